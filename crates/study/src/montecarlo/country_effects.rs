//! Every policy beside the baseline in each country, from rows that pass once: memory holds one run and the sums.

use crate::stats::RunningPairs;
use forestall_model::{Column, Table, columns};

use super::compare::{CONFIDENCE, RUN};
use super::plots::RunId;

/// The column of the country.
const COUNTRY: &str = "country";

/// The columns of the table by country that are read; one that it lacks is left out.
pub(crate) fn read() -> Vec<&'static str> {
    RUN.into_iter().chain([COUNTRY]).chain(columns().iter().map(|column| column.name)).collect()
}

/// Sums of paired differences by policy, country and outcome.
#[derive(Clone, Debug)]
pub(crate) struct CountryEffects {
    /// The arms, the baseline first.
    arms: Vec<String>,
    countries: Vec<String>,
    outcomes: Vec<&'static str>,
    /// The run whose rows come.
    run: Option<RunId>,
    /// Its values by arm, country and outcome.
    values: Vec<Option<f64>>,
    /// By policy, country and outcome.
    sums: Vec<RunningPairs>,
}

impl CountryEffects {
    /// Nothing yet, for these arms, the baseline first, and the codes of these countries.
    pub(crate) fn new(arms: &[String], countries: Vec<String>) -> Self {
        let outcomes: Vec<&str> = columns().iter().map(|column| column.name).collect();
        let of_an_arm = countries.len() * outcomes.len();
        Self {
            arms: arms.to_vec(),
            run: None,
            values: vec![None; arms.len() * of_an_arm],
            sums: vec![RunningPairs::default(); arms.len().saturating_sub(1) * of_an_arm],
            countries,
            outcomes,
        }
    }

    /// Adds rows of the table by country, which come in the order of draw and replication.
    ///
    /// # Errors
    /// What is wrong if they do not: the rows of a run would then not meet.
    pub(crate) fn add(&mut self, rows: &Table) -> Result<(), &'static str> {
        let [arm, draw, replication] = RUN;
        let (Some(arms), Some(countries), Some(draws), Some(replications)) =
            (rows.texts(arm), rows.texts(COUNTRY), rows.integers(draw), rows.integers(replication))
        else {
            return Ok(());
        };
        let read: Vec<Option<&Column>> = self.outcomes.iter().map(|outcome| rows.column(outcome)).collect();
        for row in 0..rows.rows() {
            let (Some(draw), Some(replication)) = (draws[row], replications[row]) else { continue };
            self.turn_to((draw, replication))?;
            let arm = self.arms.iter().position(|name| *name == arms[row]);
            let country = self.countries.iter().position(|code| *code == countries[row]);
            let (Some(arm), Some(country)) = (arm, country) else { continue };
            let first = (arm * self.countries.len() + country) * self.outcomes.len();
            for (value, column) in self.values[first..].iter_mut().zip(&read) {
                *value = column.and_then(|column| column.number(row));
            }
        }
        Ok(())
    }

    /// Takes the rows of a run as complete when those of a later one begin.
    fn turn_to(&mut self, run: RunId) -> Result<(), &'static str> {
        match self.run {
            Some(last) if last == run => return Ok(()),
            Some(last) if last > run => return Err("its rows are out of order"),
            Some(_) => self.complete(),
            None => {}
        }
        self.run = Some(run);
        Ok(())
    }

    /// Pairs the values of the run that has come.
    fn complete(&mut self) {
        let Some((draw, _)) = self.run else { return };
        let of_an_arm = self.countries.len() * self.outcomes.len();
        let (baseline, policies) = self.values.split_at(of_an_arm.min(self.values.len()));
        for (place, value) in policies.iter().enumerate() {
            if let (Some(baseline), Some(policy)) = (baseline[place % of_an_arm], *value) {
                self.sums[place].add(draw, baseline, policy);
            }
        }
        self.values.fill(None);
    }

    /// One row a policy, country and outcome with a pair of runs in some country: `policy`, `country`, `outcome`, `n`,
    /// `baseline_mean`, `policy_mean`, `difference`, `ci_low`, `ci_high`, as in the comparisons of the whole.
    pub(crate) fn table(mut self) -> Table {
        self.complete();
        let (countries, outcomes) = (self.countries.len(), self.outcomes.len());
        let known = |o: usize| self.sums.iter().skip(o).step_by(outcomes).any(|sums| sums.n() > 0);
        let known: Vec<usize> = (0..outcomes).filter(|&o| known(o)).collect();
        let mut texts: [Vec<String>; 3] = Default::default();
        let mut n = Vec::new();
        let mut numbers: [Vec<Option<f64>>; 5] = Default::default();
        for (p, policy) in self.arms.iter().skip(1).enumerate() {
            for (c, country) in self.countries.iter().enumerate() {
                for &o in &known {
                    let sums = &self.sums[(p * countries + c) * outcomes + o];
                    for (column, text) in texts.iter_mut().zip([policy, country, self.outcomes[o]]) {
                        column.push(text.to_owned());
                    }
                    n.push(i64::try_from(sums.n()).ok());
                    let found = sums.difference(CONFIDENCE);
                    let cells = [
                        found.map(|d| d.baseline_mean),
                        found.map(|d| d.policy_mean),
                        found.map(|d| d.difference),
                        found.map(|d| d.interval.low),
                        found.map(|d| d.interval.high),
                    ];
                    for (column, cell) in numbers.iter_mut().zip(cells) {
                        column.push(cell);
                    }
                }
            }
        }
        let mut table = Table::new();
        for (name, values) in ["policy", COUNTRY, "outcome"].into_iter().zip(texts) {
            table.push(name, Column::Text(values));
        }
        table.push("n", Column::Integer(n));
        let names = ["baseline_mean", "policy_mean", "difference", "ci_low", "ci_high"];
        for (name, values) in names.into_iter().zip(numbers) {
            table.push(name, Column::Number(values));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare::difference;
    use super::*;

    /// Arm, draw, replication, country, attacks, share of plots foiled.
    type Row<'a> = (&'a str, i64, i64, &'a str, i64, Option<f64>);

    fn table(rows: &[Row]) -> Table {
        let mut table = Table::new();
        table.push("arm", Column::Text(rows.iter().map(|r| r.0.to_owned()).collect()));
        table.push("draw", Column::Integer(rows.iter().map(|r| Some(r.1)).collect()));
        table.push("replication", Column::Integer(rows.iter().map(|r| Some(r.2)).collect()));
        table.push("country", Column::Text(rows.iter().map(|r| r.3.to_owned()).collect()));
        table.push("attacks_completed", Column::Integer(rows.iter().map(|r| Some(r.4)).collect()));
        table.push("foiled_share", Column::Number(rows.iter().map(|r| r.5).collect()));
        table
    }

    /// Two arms, two countries, two draws of two replications each; France's share is undefined in a run of the policy.
    const ROWS: [Row; 16] = [
        ("baseline", 0, 0, "FR", 4, Some(0.5)),
        ("baseline", 0, 0, "DE", 1, None),
        ("p", 0, 0, "FR", 2, Some(0.75)),
        ("p", 0, 0, "DE", 1, None),
        ("baseline", 0, 1, "FR", 6, Some(0.25)),
        ("baseline", 0, 1, "DE", 0, None),
        ("p", 0, 1, "FR", 6, Some(0.25)),
        ("p", 0, 1, "DE", 0, None),
        ("baseline", 1, 2, "FR", 5, Some(0.5)),
        ("baseline", 1, 2, "DE", 2, None),
        ("p", 1, 2, "FR", 2, None),
        ("p", 1, 2, "DE", 2, None),
        ("baseline", 1, 3, "FR", 3, Some(0.5)),
        ("baseline", 1, 3, "DE", 1, None),
        ("p", 1, 3, "FR", 2, Some(0.5)),
        ("p", 1, 3, "DE", 1, None),
    ];

    /// The effects from rows that come in pieces of so many.
    fn effects(piece: usize) -> Table {
        let names = ["baseline", "p"].map(str::to_owned);
        let mut effects = CountryEffects::new(&names, vec!["FR".into(), "DE".into()]);
        ROWS.chunks(piece).for_each(|rows| effects.add(&table(rows)).expect("in order"));
        effects.table()
    }

    #[test]
    fn a_small_table_by_hand() {
        let found = effects(3);
        let names = |row: usize| ["policy", "country", "outcome"].map(|name| found.column(name).unwrap().text(row));
        let at = |name: &str, row: usize| found.column(name).and_then(|column| column.number(row));
        assert_eq!(found.rows(), 4, "two outcomes in two countries, and none that the rows lack");
        assert_eq!(names(0), ["p", "FR", "attacks_completed"]);
        // France: −2 and 0 in one draw, −3 and −1 in the other: means −1 and −2, t(1) = 12.706204736174694.
        assert_eq!((at("n", 0), at("baseline_mean", 0), at("policy_mean", 0)), (Some(4.0), Some(4.5), Some(3.0)));
        assert_eq!(at("difference", 0), Some(-1.5));
        let reach = 0.5 * 12.706_204_736_174_694;
        assert!(
            (at("ci_low", 0).unwrap() + 1.5 + reach).abs() < 1e-9
                && (at("ci_high", 0).unwrap() + 1.5 - reach).abs() < 1e-9
        );
        // Its share has three pairs: 0.25 and 0 in one draw, 0 in the other.
        assert_eq!((names(1)[2].as_str(), at("n", 1)), ("foiled_share", Some(3.0)));
        assert!((at("difference", 1).unwrap() - 0.25 / 3.0).abs() < 1e-15);
        // Germany: nothing changes, and its share has no pair.
        assert_eq!((names(2)[1].as_str(), at("difference", 2), at("ci_low", 2)), ("DE", Some(0.0), Some(0.0)));
        assert_eq!((at("n", 3), at("difference", 3)), (Some(0.0), None));
    }

    #[test]
    fn pieces_do_not_matter_and_intervals_are_those_of_comparisons() {
        let whole = effects(16);
        assert_eq!(effects(1), whole);
        assert_eq!(effects(5), whole);
        let pairs = [(0, 4.0, 2.0), (0, 6.0, 6.0), (1, 5.0, 2.0), (1, 3.0, 2.0)];
        let same = difference(&pairs).expect("defined");
        let at = |name: &str| whole.column(name).and_then(|column| column.number(0)).expect("defined");
        assert!((at("ci_low") - same.low).abs() < 1e-12 && (at("ci_high") - same.high).abs() < 1e-12);
    }

    #[test]
    fn rows_out_of_order_are_told() {
        let mut effects = CountryEffects::new(&["baseline".into(), "p".into()], vec!["FR".into()]);
        effects.add(&table(&ROWS[8..12])).expect("in order");
        assert!(effects.add(&table(&ROWS[..4])).is_err());
    }

    #[test]
    fn without_policies_there_is_nothing() {
        let mut effects = CountryEffects::new(&["baseline".into()], vec!["FR".into()]);
        effects.add(&table(&ROWS[..1])).expect("in order");
        assert_eq!(effects.table().rows(), 0);
    }
}
