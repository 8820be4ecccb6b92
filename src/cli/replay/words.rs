//! What `replay` prints: facts, ends and chains as lines of text.

use forestall_report::assembly::end_words;
use forestall_study::narrative::{Lever, Line, Narrative};

use crate::cli::terminal::columns;

/// How the plot ends in both, in one sentence.
pub fn verdict(told: &Narrative) -> String {
    let (baseline, policy) = (end_words(told.baseline.as_ref()), end_words(told.policy.as_ref()));
    format!("{} in the baseline, {} under the policy", baseline.trim_end_matches('.'), policy.trim_end_matches('.'))
}

/// One plot's life beside its twin, for a terminal.
pub fn telling(told: &Narrative, replication: u64, label: &str) -> String {
    let mut out = format!("Plot {} ({}), replication {}\n", told.plot, told.pathway.replace('_', " "), replication);
    out += &format!(
        "  baseline: {}\n  {label}: {}\n\n",
        end_words(told.baseline.as_ref()),
        end_words(told.policy.as_ref())
    );
    out += "Life (= in both, B in the baseline only, P under the policy only)\n";
    out += &columns(&told.life.iter().map(line_cells).collect::<Vec<_>>());
    let Some(why) = &told.why else {
        return out + "\nIt ends alike in both.\n";
    };
    if let Some(first) = why.first_difference.as_ref().filter(|f| f.id != why.divergence.id) {
        out += &format!("\nFirst difference: {}\n", sentence(first));
    }
    out += &format!("\nWhere they part: {}\n", sentence(&why.divergence));
    out += &format!("Mechanism: {}. {}\n\n", why.mechanism, why.meaning);
    out += "Causes, from the end back\n";
    out += &columns(&why.chain.iter().map(line_cells).collect::<Vec<_>>());
    out += if why.reaches_policy {
        "The policy changed\n"
    } else {
        "The log keeps no closer link from there to what the policy changed:\n"
    };
    out + &lever_lines(&why.levers)
}

/// Parameters that a policy changed, one a line.
pub fn lever_lines(levers: &[Lever]) -> String {
    let line = |l: &Lever| {
        let since = l.since.as_ref().map_or("from the first simulated day".to_owned(), |d| format!("from {d}"));
        format!("  {}: {} → {}, {since}\n", l.parameter, l.baseline, l.policy)
    };
    levers.iter().map(line).collect()
}

/// A fact as a row: date, arm, words, kind and identity.
pub fn line_cells(line: &Line) -> Vec<String> {
    let arm = match line.arm {
        "both" => "=",
        "baseline" => "B",
        _ => "P",
    };
    vec![format!("  {}", line.date), arm.into(), line.words.clone(), format!("[{} {}]", line.fact, line.id)]
}

/// A fact as a sentence.
pub fn sentence(line: &Line) -> String {
    let arm = match line.arm {
        "both" => "in both",
        "baseline" => "in the baseline only",
        _ => "under the policy only",
    };
    format!("{}, {},\n  {arm} [{} {}]", line.date, line.words, line.fact, line.id)
}
