//! The list of replications that failed, kept out of every table and retried on the next run.

use serde::{Deserialize, Serialize};

use super::run_key::RunKey;
use forestall_model::{Column, Table};

/// A replication that gave no result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Failure {
    /// Which one.
    pub run: RunKey,
    /// Why, in words.
    pub message: String,
}

impl Failure {
    /// Which run failed, and why.
    pub(crate) fn words(&self) -> String {
        format!("{}, replication {}: {}", self.run.arm, self.run.replication, self.message)
    }
}

/// The rows of `failures.csv`: arm, draw, replication, message.
pub(crate) fn table(failures: &[Failure]) -> Table {
    let number = |value: u64| Some(i64::try_from(value).unwrap_or(i64::MAX));
    let mut table = Table::new();
    table.push("arm", Column::Text(failures.iter().map(|f| f.run.arm.clone()).collect()));
    table.push("draw", Column::Integer(failures.iter().map(|f| number(f.run.draw)).collect()));
    table.push("replication", Column::Integer(failures.iter().map(|f| number(f.run.replication)).collect()));
    table.push("message", Column::Text(failures.iter().map(|f| f.message.clone()).collect()));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_with_commas_stay_one_field() {
        let run = RunKey { draw: 1, replication: 7, arm: "notices".into() };
        let text = super::super::csv::to_text(&table(&[Failure { run, message: "step 3, \"queue\"".into() }]));
        assert_eq!(text, "arm,draw,replication,message\nnotices,1,7,\"step 3, \"\"queue\"\"\"\n");
    }
}
