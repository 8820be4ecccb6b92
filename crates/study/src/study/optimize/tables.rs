//! Tables of an optimization: the front, all candidates, hypervolumes.

use crate::optimization::{Candidate, Judged, estimate};
use crate::stats::Interval;
use forestall_model::{Column, Table};

use super::found::{FrontSetting, Optimized};

/// A column of words.
pub(in crate::study) fn texts<T>(rows: &[T], f: impl Fn(&T) -> String) -> Column {
    Column::Text(rows.iter().map(f).collect())
}

/// A column of numbers; what is not finite is undefined.
pub(in crate::study) fn numbers<T>(rows: &[T], f: impl Fn(&T) -> Option<f64>) -> Column {
    Column::Number(rows.iter().map(|row| f(row).filter(|x| x.is_finite())).collect())
}

/// The columns of levers, in words where they are categories.
fn lever_columns<T>(table: &mut Table, optimized: &Optimized, rows: &[T], values: impl Fn(&T) -> &[f64]) {
    for (i, factor) in optimized.input.problem.factors.iter().enumerate() {
        let column = if factor.categories().is_some() {
            texts(rows, |row| factor.text(values(row)[i]))
        } else {
            numbers(rows, |row| Some(values(row)[i]))
        };
        table.push(optimized.input.name(i), column);
    }
}

/// The columns of responses with their intervals; limits are named so, as an objective may have the same expression.
fn response_columns(table: &mut Table, optimized: &Optimized, rows: &[FrontSetting]) {
    for response in 0..optimized.input.asked.len() {
        let limit = if response < optimized.goals() { "" } else { "limited: " };
        let name = format!("{limit}{}", optimized.name(response));
        let interval = |row: &FrontSetting| row.judged.responses[response].and_then(|r| r.1);
        table.push(name.clone(), numbers(rows, |row| row.judged.responses[response].map(|r| r.0)));
        table.push(format!("{name}_low"), numbers(rows, |row| interval(row).map(|i| i.low)));
        table.push(format!("{name}_high"), numbers(rows, |row| interval(row).map(|i| i.high)));
    }
}

/// front.csv: the front and what may belong to it.
pub(super) fn front(optimized: &Optimized, rows: &[FrontSetting]) -> Table {
    let mut table = Table::new();
    table.push("name", texts(rows, |r| r.name.clone()));
    table.push("status", texts(rows, |r| r.judged.status.word().into()));
    table.push("found_by", texts(rows, |r| r.finalist.found_by().into()));
    table.push("chance_front", numbers(rows, |r| Some(r.judged.chance_front)));
    table.push("chance_feasible", numbers(rows, |r| Some(r.judged.chance_feasible)));
    table.push("limits_met", texts(rows, |r| r.judged.met.word().into()));
    lever_columns(&mut table, optimized, rows, |row| &row.finalist.values);
    response_columns(&mut table, optimized, rows);
    for response in 0..optimized.goals() {
        let name = optimized.name(response);
        let of = |row: &FrontSetting| row.against[response];
        table.push(format!("{name}_minus_baseline"), numbers(rows, |row| of(row).map(|d| d.0)));
        table.push(format!("{name}_minus_baseline_low"), numbers(rows, |row| of(row).map(|d| d.1.low)));
        table.push(format!("{name}_minus_baseline_high"), numbers(rows, |row| of(row).map(|d| d.1.high)));
    }
    table
}

/// candidates.csv: every setting that was tried.
pub(super) fn candidates(optimized: &Optimized) -> Table {
    struct Line<'l> {
        by: &'static str,
        candidate: &'l Candidate,
        stayed: bool,
        judged: Option<&'l Judged>,
    }
    let mut lines = Vec::new();
    for (by, found) in [("search", Some(&optimized.evolved)), ("random", optimized.random.as_ref())] {
        let Some(found) = found else { continue };
        for (place, candidate) in found.candidates.iter().enumerate() {
            let judged =
                optimized.finalists.iter().position(|f| f.values == candidate.values).map(|i| &optimized.judged[i]);
            lines.push(Line { by, candidate, stayed: found.population.contains(&place), judged });
        }
    }
    let mut table = Table::new();
    table.push("found_by", texts(&lines, |l| l.by.into()));
    let whole = |f: &dyn Fn(&Line) -> i64| Column::Integer(lines.iter().map(|l| Some(f(l))).collect());
    table.push("generation", whole(&|l| i64::from(l.candidate.generation)));
    table.push("replications", whole(&|l| l.candidate.runs.len() as i64));
    table.push("stayed", texts(&lines, |l| if l.stayed { "yes" } else { "no" }.into()));
    table.push("status", texts(&lines, |l| l.judged.map_or_else(String::new, |j| j.status.word().into())));
    lever_columns(&mut table, optimized, &lines, |line| &line.candidate.values);
    for response in 0..optimized.input.asked.len() {
        let limit = if response < optimized.goals() { "" } else { "limited: " };
        let name = format!("{limit}{}", optimized.name(response));
        let seen = |line: &Line| {
            let parts: Vec<_> = line.candidate.runs.values().map(|run| run.get(response).copied().flatten()).collect();
            estimate(&parts).map(|e| e.0)
        };
        table.push(format!("{name}_in_search"), numbers(&lines, seen));
        table.push(format!("{name}_fresh"), numbers(&lines, |l| l.judged?.responses[response].map(|r| r.0)));
    }
    table
}

/// hypervolume.csv: by generation, and on fresh replications.
pub(super) fn volumes(optimized: &Optimized) -> Table {
    let mut lines = Vec::new();
    let Some(volumes) = &optimized.volumes else { return volume_columns(&[]) };
    let searches = [("optimize", Some(&optimized.evolved)), ("random", optimized.random.as_ref())];
    for (by, found) in searches {
        let generations = found.into_iter().flat_map(|f| &f.generations);
        lines.extend(generations.map(|g| VolumeLine {
            stage: "search",
            by,
            generation: g.number,
            runs: g.runs,
            volume: volumes.frame.share(&g.outcomes),
            interval: None,
        }));
    }
    let start = ("start", Some(&optimized.evolved));
    for ((by, found), volume) in [start].into_iter().chain(searches).zip(&volumes.groups) {
        let generations = found.map(|f| f.generations.as_slice()).unwrap_or_default();
        let Some(at) = (if by == "start" { generations.first() } else { generations.last() }) else { continue };
        let (volume, interval) = (volume.value, Some(volume.interval));
        lines.push(VolumeLine { stage: "fresh", by, generation: at.number, runs: at.runs, volume, interval });
    }
    volume_columns(&lines)
}

/// One line of hypervolume.csv.
struct VolumeLine {
    stage: &'static str,
    by: &'static str,
    generation: u32,
    runs: u64,
    volume: f64,
    interval: Option<Interval>,
}

fn volume_columns(lines: &[VolumeLine]) -> Table {
    let mut table = Table::new();
    table.push("stage", texts(lines, |l| l.stage.into()));
    table.push("by", texts(lines, |l| l.by.into()));
    table.push("generation", Column::Integer(lines.iter().map(|l| Some(i64::from(l.generation))).collect()));
    table.push("runs", Column::Integer(lines.iter().map(|l| Some(l.runs as i64)).collect()));
    table.push("hypervolume", numbers(lines, |l| Some(l.volume)));
    table.push("low", numbers(lines, |l| l.interval.map(|i| i.low)));
    table.push("high", numbers(lines, |l| l.interval.map(|i| i.high)));
    table
}
