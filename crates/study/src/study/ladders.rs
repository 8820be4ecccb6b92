//! Ladders among the policies of a run: those that multiply the same parameters by different factors.

use forestall_model::{Column, Operation, Plan, Policy, Stage, Table};

use super::RunPolicy;

/// The fewest factors beside 1 that make a ladder.
const FEWEST: usize = 2;

/// What the policies of a ladder multiply, and the ladder's factors.
type Ladder<'p> = (Vec<String>, Vec<(f64, &'p RunPolicy)>);

/// What a policy multiplies, from when and how fast, and by how much; `None` where it does anything else.
fn rung(policy: &Policy) -> Option<(Vec<String>, f64)> {
    let [stage] = policy.stages.as_slice() else { return None };
    if !policy.sharing.is_empty() {
        return None;
    }
    let factor = |a: &forestall_model::Assignment| match a.operation {
        Operation::Times(factor) => Some(factor),
        Operation::Set(_) | Operation::Add(_) => None,
    };
    let first = factor(stage.set.first()?)?;
    if !first.is_finite() || first <= 0.0 || !stage.set.iter().all(|a| factor(a) == Some(first)) {
        return None;
    }
    let mut paths: Vec<String> = stage.set.iter().map(|a| a.path.clone()).collect();
    paths.sort();
    let Stage { from, until, ramp_days, ramp_step_days, .. } = stage;
    paths.push(format!("{from} {until:?} {ramp_days} {ramp_step_days}"));
    Some((paths, first))
}

/// What the labels of a ladder have in common at their beginning, whole words without a sign of multiplication.
fn common(labels: &[&str]) -> String {
    let first: Vec<&str> = labels.first().map(|l| l.split_whitespace().collect()).unwrap_or_default();
    let same = |k: usize| labels.iter().all(|l| l.split_whitespace().nth(k) == first.get(k).copied());
    let words: Vec<&str> = first.iter().enumerate().take_while(|(k, _)| same(*k)).map(|(_, word)| *word).collect();
    words.join(" ").trim_end_matches([' ', '×', ',', ':']).to_owned()
}

/// One row a rung of each ladder, in the order of the file and by ascending factor: `ladder`, `policy`, `factor`. Empty
/// where the policies that were run have none.
pub(super) fn table(plan: &Plan, policies: &[RunPolicy]) -> Table {
    let mut ladders: Vec<Ladder<'_>> = Vec::new();
    for run in policies.iter().filter(|p| p.replications > 0) {
        let Some((what, factor)) = plan.policy(&run.name).and_then(rung) else { continue };
        let place = ladders.iter().position(|(known, _)| *known == what).unwrap_or_else(|| {
            ladders.push((what, Vec::new()));
            ladders.len() - 1
        });
        let rungs = &mut ladders[place].1;
        if !rungs.iter().any(|(known, _)| known.to_bits() == factor.to_bits()) {
            rungs.push((factor, run));
        }
    }
    let (mut names, mut arms, mut factors) = (Vec::new(), Vec::new(), Vec::new());
    for (what, rungs) in &mut ladders {
        if rungs.iter().filter(|(factor, _)| *factor != 1.0).count() < FEWEST {
            continue;
        }
        rungs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let labels: Vec<&str> = rungs.iter().map(|(_, p)| p.label.as_str()).collect();
        let shared = common(&labels);
        let name = if shared.is_empty() { what[..what.len() - 1].join(", ") } else { shared };
        for (factor, policy) in rungs.iter() {
            names.push(name.clone());
            arms.push(policy.name.clone());
            factors.push(Some(*factor));
        }
    }
    let mut table = Table::new();
    table.push("ladder", Column::Text(names));
    table.push("policy", Column::Text(arms));
    table.push("factor", Column::Number(factors));
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Overrides, Study};

    fn found(policies: &str) -> Vec<(String, String, f64)> {
        let text = format!(
            "schema_version = 1\n[scenario]\nstart = 2014-01-01\nend = 2014-02-01\n[[countries]]\ncode = \"A\"\n{policies}"
        );
        let study = Study::from_text(&text, Overrides::default()).unwrap();
        let plan = study.scenario();
        let run = |p: &Policy| RunPolicy { name: p.name.clone(), label: p.label.clone(), replications: 3, null: false };
        let table = table(plan, &plan.policies.iter().map(run).collect::<Vec<_>>());
        let text = |name: &str, row| table.column(name).unwrap().text(row);
        let one =
            |row| (text("ladder", row), text("policy", row), table.column("factor").unwrap().number(row).unwrap());
        (0..table.rows()).map(one).collect()
    }

    #[test]
    fn policies_that_multiply_the_same_by_different_factors_are_a_ladder() {
        let policy =
            |name: &str, label: &str, set: &str| format!("[policies.{name}]\nlabel = \"{label}\"\nset = {{ {set} }}\n");
        let times = |f: f64| format!("\"services.analysts\" = {{ times = {f} }}");
        let all = policy("b", "Analysts ×2", &times(2.0))
            + &policy("a", "Analysts ×½", &times(0.5))
            + &policy("c", "Officers ×2", "\"services.case_officers\" = { times = 2 }")
            + &policy("d", "Set", "\"services.analysts\" = 5")
            + &policy(
                "e",
                "Mixed",
                "\"services.analysts\" = { times = 2 }, \"services.case_officers\" = { times = 3 }",
            )
            + &policy("f", "Analysts ×2 again", &times(2.0));
        let row = |policy: &str, factor| ("Analysts".to_owned(), policy.to_owned(), factor);
        assert_eq!(found(&all), [row("a", 0.5), row("b", 2.0)]);
        // A ramp, or another first day, is another ladder; one factor alone is none.
        let late = all.replace("label = \"Analysts ×½\"", "label = \"Analysts ×½\"\nfrom = 2014-01-10");
        assert_eq!(found(&late), []);
    }
}
