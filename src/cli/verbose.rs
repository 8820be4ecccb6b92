//! `--verbose`: every file that is read or written, and what for.

use std::ffi::OsStr;
use std::path::Path;

use forestall_model::visible;
use forestall_study::{READ, WROTE};

use super::terminal::tell;

/// Listens to what the library tells of files.
struct Files;

impl log::Log for Files {
    fn enabled(&self, about: &log::Metadata<'_>) -> bool {
        [READ, WROTE].contains(&about.target())
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let path = record.args().to_string();
        let (word, why) = if record.target() == WROTE { ("wrote", written(&path)) } else { ("read", read(&path)) };
        tell(&visible(&format!("{word} {path}: {why}")));
    }

    fn flush(&self) {}
}

/// Says from here on what is read and written.
pub fn listen() {
    // Only the first listener of a process can be set.
    if log::set_logger(&Files).is_ok() {
        log::set_max_level(log::LevelFilter::Info);
    }
}

/// The name of a file and its ending.
fn name<'p>(path: &'p str) -> (&'p str, &'p str) {
    let path = Path::new(path);
    let text = |part: Option<&'p OsStr>| part.and_then(OsStr::to_str).unwrap_or_default();
    (text(path.file_name()), text(path.extension()))
}

/// What a file holds, where its name says it.
fn known(name: &str) -> Option<&'static str> {
    Some(match name {
        "manifest.json" => "the record: what was asked, with which program, how far it came, checksums",
        "scenario.resolved.toml" => "every value with its origin; `run` takes it like the scenario itself",
        "plan.json" => "the plan of a sweep: points, policies, shards, estimate",
        "design.csv" | "design.parquet" => "the points of a design",
        "design.json" => "what the points were drawn by, so that analyses can check them",
        "replications.parquet" => "one row a replication and policy run",
        "monthly.parquet" => "one row a month, replication and policy run",
        "by_country.parquet" => "one row a country, replication and policy run",
        "matched.parquet" => "one row a plot and policy run, matched by plot",
        "events.parquet" => "the event log of the replications that were named",
        "comparisons.csv" => "each policy beside the baseline, paired, with intervals",
        "posterior.csv" => "draws from the posterior of a calibration",
        "report.html" => "the report, one file that opens offline",
        "failures.json" | "failures.csv" => "runs that failed, and why",
        _ => return None,
    })
}

fn written(path: &str) -> &'static str {
    let (name, ending) = name(path);
    known(name).unwrap_or(match ending {
        "part" => "finished replications, kept at once so that a stop loses none",
        "svg" | "png" => "a chart",
        "csv" | "parquet" => "a table",
        "html" => "a page, one file that opens offline",
        "json" => "the answer for scripts",
        _ => "as asked",
    })
}

fn read(path: &str) -> &'static str {
    let (name, ending) = name(path);
    known(name).unwrap_or(match ending {
        "part" => "replications that an earlier session has finished",
        "toml" => "the scenario, or a file that it or the command names",
        "csv" | "parquet" => "a table that the scenario or the command names",
        _ => "named by the command",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_explained_by_what_they_are() {
        assert!(written("output/x/report.html").contains("the report"));
        assert!(written("output/x/parts/00001.part").contains("a stop loses none"));
        assert!(read("a/b.toml").contains("the scenario"));
        assert!(read("calibration/posterior.csv").contains("posterior"));
        assert_eq!(written("a/b"), "as asked");
    }
}
