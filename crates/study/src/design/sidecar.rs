//! What stands beside a design's table: its id and how it was made.

use serde::{Deserialize, Serialize};

use super::error::DesignError;
use super::plan::{Design, DesignRequest, Method};

/// The content of `design.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sidecar {
    /// Version of this file's meaning.
    pub format: u32,
    /// Hash of factors and points.
    pub id: String,
    /// How the points were laid out.
    pub design: Method,
    /// Blocks, trajectories or points asked for.
    pub base: usize,
    /// Seed of all that is random in it.
    pub seed: u64,
    /// Rows of the table.
    pub rows: usize,
    /// Rows in sequence that belong together and should share their random streams.
    pub block_rows: usize,
    /// Names of the parameters in order.
    pub parameters: Vec<String>,
}

impl Sidecar {
    /// The sidecar of a planned design.
    pub fn of(design: &Design, request: &DesignRequest) -> Self {
        Self {
            format: 1,
            id: design.id().to_owned(),
            design: design.method(),
            base: request.base,
            seed: request.seed,
            rows: design.rows(),
            block_rows: design.block_rows(),
            parameters: design.factors().iter().map(|f| f.name.clone()).collect(),
        }
    }

    /// Its text.
    pub fn write(&self) -> String {
        // A struct of numbers and texts always has a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads a sidecar and holds `design` against it.
    ///
    /// # Errors
    /// [`DesignError::Mismatch`] where the text is no sidecar, or the points or parameters are not those planned.
    pub fn attach(text: &str, design: Design) -> Result<Design, DesignError> {
        let sidecar: Self = serde_json::from_str(text)
            .map_err(|e| DesignError::mismatch(format!("design.json is damaged ({e}); plan the design again")))?;
        if sidecar.rows != design.rows() {
            return Err(DesignError::mismatch(format!(
                "the design has {} rows, and {} were planned: rows were lost or added; take the table as it was \
                 written, or plan again",
                design.rows(),
                sidecar.rows
            )));
        }
        if sidecar.id != design.id() {
            return Err(DesignError::mismatch(format!(
                "this is not the design that was planned: its id is {}, design.json says {}; take table and problem file \
                 as they were, or remove design.json to have the points judged by themselves",
                short(design.id()),
                short(&sidecar.id)
            )));
        }
        Ok(design.made_by(sidecar.design))
    }
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::super::{Factor, Problem, plan};
    use super::*;
    use crate::results::csv;
    use forestall_model::{Column, Table};

    fn problem() -> Problem {
        let policy = Factor::category("policy", vec!["none".into(), "pool".into(), "both".into()]);
        let rate = Factor::uniform("rate", -1.0, 3.0);
        let effect = Factor::number("effect", forestall_model::Distribution::Normal { mean: 0.0, sd: 1.0 });
        Problem::new(vec![rate, policy, effect]).expect("sound")
    }

    /// The table as it comes back from a file.
    fn back(design: &Design) -> Table {
        let records = csv::parse(&csv::to_text(&design.table())).expect("own output");
        let mut table = Table::new();
        for (j, name) in records[0].iter().enumerate() {
            let texts: Vec<String> = records[1..].iter().map(|r| r[j].clone()).collect();
            let numbers: Option<Vec<Option<f64>>> = texts.iter().map(|t| t.parse().ok().map(Some)).collect();
            table.push(name, numbers.map_or(Column::Text(texts), Column::Number));
        }
        table
    }

    const METHODS: [Method; 7] = [
        Method::Grid { levels: 3 },
        Method::Lhs { maximin: false },
        Method::Lhs { maximin: true },
        Method::Sobol,
        Method::Saltelli { second_order: false },
        Method::Saltelli { second_order: true },
        Method::Morris { levels: 4 },
    ];

    #[test]
    fn a_design_survives_its_file_and_any_change_is_seen() {
        for method in METHODS {
            let request = DesignRequest { method, base: 16, seed: 9 };
            let design = plan(&problem(), &request).expect("planned");
            assert_eq!(design, plan(&problem(), &request).expect("again"), "the same seed gives the same points");
            let sidecar = Sidecar::of(&design, &request).write();
            let read = Design::from_table(&problem(), &back(&design)).expect("read");
            assert_eq!(Sidecar::attach(&sidecar, read).expect("the same"), design);
            let fewer = back(&design).take(&(1..design.rows()).collect::<Vec<_>>());
            let fewer = Design::from_table(&problem(), &fewer).expect("read");
            assert!(Sidecar::attach(&sidecar, fewer).expect_err("a row less").to_string().contains("rows"));
            let swapped: Vec<usize> = [1, 0].into_iter().chain(2..design.rows()).collect();
            let swapped = Design::from_table(&problem(), &back(&design).take(&swapped)).expect("read");
            assert!(Sidecar::attach(&sidecar, swapped).expect_err("rows exchanged").is_data_mismatch(), "{method:?}");
        }
    }

    #[test]
    fn structure_is_recognised_by_the_points_alone() {
        for method in METHODS {
            let design = plan(&problem(), &DesignRequest { method, base: 16, seed: 9 }).expect("planned");
            let read = Design::from_table(&problem(), &back(&design)).expect("read");
            match method {
                Method::Saltelli { .. } | Method::Morris { .. } => assert_eq!(read.method(), method),
                _ => assert_eq!(read.method(), Method::Points),
            }
        }
    }

    #[test]
    fn rows_are_as_many_as_other_tools_expect() {
        let rows = |method| plan(&problem(), &DesignRequest { method, base: 8, seed: 1 }).expect("planned").rows();
        assert_eq!(rows(Method::Saltelli { second_order: false }), 8 * 5);
        assert_eq!(rows(Method::Saltelli { second_order: true }), 8 * 8);
        assert_eq!(rows(Method::Morris { levels: 4 }), 8 * 4);
        assert_eq!(rows(Method::Grid { levels: 3 }), 27);
    }

    #[test]
    fn requests_that_cannot_be_met_are_told() {
        let told =
            |method, base| plan(&problem(), &DesignRequest { method, base, seed: 1 }).expect_err("refused").to_string();
        assert!(told(Method::Sobol, 0).contains("--base"));
        assert!(told(Method::Morris { levels: 3 }, 4).contains("even"));
        assert!(told(Method::Sobol, usize::MAX).contains("smaller --base"));
        let many: Vec<Factor> = (0..1101).map(|i| Factor::uniform(format!("x{i}"), 0.0, 1.0)).collect();
        let many = Problem::new(many).expect("sound");
        let request = DesignRequest { method: Method::Saltelli { second_order: false }, base: 1, seed: 1 };
        assert!(plan(&many, &request).expect_err("too many").to_string().contains("2200"));
    }
}
