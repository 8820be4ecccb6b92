//! What is kept of one run while somebody explores: a few outcomes, its attacks by month, and its plots in short.

use crate::montecarlo::plots::Plot;
use forestall_model::{Labels, Pathway, Rows, Table};

/// The outcomes that are shown, in their order: what is prevented, what it costs, and what it asks of people who never
/// plotted.
pub const SHOWN: [&str; 9] = [
    "attacks_completed",
    "plots_started",
    "plots_foiled",
    "people_harmed",
    "cost",
    "held_without_plot",
    "searched_without_plot",
    "watched_without_plot",
    "assessed_without_plot",
];

/// One plot that counts, in short.
#[derive(Clone, Debug)]
struct Life {
    key: Box<str>,
    pathway: Pathway,
    target: u16,
    completed: bool,
    start_day: Option<f64>,
    end_day: Option<f64>,
}

/// What is kept of one run.
#[derive(Clone, Debug)]
pub(super) struct Glimpse {
    /// The values of [`SHOWN`].
    pub(super) outcomes: [Option<f64>; SHOWN.len()],
    /// Attacks completed in each month.
    pub(super) months: Vec<f64>,
    lives: Vec<Life>,
}

impl Glimpse {
    /// What is kept of these rows.
    pub(super) fn of(rows: &Rows, labels: &Labels) -> Self {
        let outcome = |name| rows.replications.column(name).and_then(|column| column.number(0));
        let months = rows.monthly.numbers_where("attacks_completed", |_| true);
        Self { outcomes: SHOWN.map(outcome), months, lives: lives(&rows.matched, labels).unwrap_or_default() }
    }

    /// Its plots as those of an arm.
    pub(super) fn plots<'a>(&'a self, arm: &'a str, labels: &'a Labels) -> impl Iterator<Item = Plot<'a>> {
        self.lives.iter().map(move |life| Plot {
            arm,
            key: &life.key,
            pathway: life.pathway.name(),
            target: labels.countries.get(usize::from(life.target)).map_or("", String::as_str),
            outcome: if life.completed { "completed" } else { "" },
            start_day: life.start_day,
            end_day: life.end_day,
        })
    }
}

/// The plots that begin in the counted period or end in an attack; sting cases are counted apart everywhere.
fn lives(matched: &Table, labels: &Labels) -> Option<Vec<Life>> {
    let texts = |name| matched.texts(name);
    let (keys, pathways, targets, endings) =
        (texts("plot")?, texts("pathway")?, texts("target_country")?, texts("outcome")?);
    let (starts, ends) = (matched.column("start_day")?, matched.column("end_day")?);
    let life = |row: usize| {
        let pathway = Pathway::ALL.into_iter().find(|pathway| pathway.name() == pathways[row])?;
        let target = labels.countries.iter().position(|code| *code == targets[row])?;
        let (start_day, completed) = (starts.number(row), endings[row] == "completed");
        (completed || start_day.is_some_and(|day| day >= 0.0)).then(|| Life {
            key: keys[row].as_str().into(),
            pathway,
            target: target as u16,
            completed,
            start_day,
            end_day: ends.number(row),
        })
    };
    Some((0..matched.rows()).filter_map(life).collect())
}
