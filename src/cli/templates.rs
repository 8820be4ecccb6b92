//! The scenarios that come with the program, and the files that each of them names.

use std::collections::BTreeSet;

/// The embedded files by their path under `scenarios/`.
macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../scenarios/", $path)))),*]
    };
}

/// Every shipped scenario, and what scenarios name.
const FILES: &[(&str, &str)] = embedded![
    "quickstart.toml",
    "europe-2014-2016.toml",
    "united-states-2014-2017.toml",
    "europe-hand-set.toml",
    "united-states-hand-set.toml",
    "cross-border-cell.toml",
    "territory-collapse.toml",
    "command-versus-influence.toml",
    "two-organisations.toml",
    "virtual-entrepreneurs.toml",
    "travel-bans.toml",
    "pool-or-watchers.toml",
    "interpol-programme.toml",
    "atlantic-2014-2017.toml",
    "announced-tightening.toml",
    "intervention-threshold.toml",
    "published-record.toml",
    "those-who-stay.toml",
    "europe-2014-2019-forecast.toml",
    "europe-2004-2013-forecast.toml",
    "europe-all-rules.toml",
    "europe-first-rules.toml",
    "united-states-first-rules.toml",
    "europe-levers.toml",
    "europe-sensitivity.toml",
    "staff-europe.toml",
    "staff-stationary.toml",
    "staggered-adoption.toml",
    "terror-queue.toml",
    "erlang-a.toml",
    "neutral-world.toml",
    "calibration/europe.toml",
    "calibration/europe-all-rules.toml",
    "calibration/europe-2004-2013.toml",
    "calibration/europe-left-fixed.toml",
    "calibration/united-states.toml",
    "calibration/united-states-all-rules.toml",
    "calibration/finite-staff.toml",
    "calibration/rival-finite-staff.toml",
    "calibration/rival-shorter-plots.toml",
    "calibration/rival-simpler-plots.toml",
    "calibration/small.toml",
    "calibration/europe-all-rules-posterior/posterior.csv",
    "calibration/europe-all-rules-posterior/manifest.json",
    "calibration/europe-posterior/posterior.csv",
    "calibration/europe-posterior/manifest.json",
    "calibration/europe-2004-2013-posterior/posterior.csv",
    "calibration/europe-2004-2013-posterior/manifest.json",
    "calibration/united-states-all-rules-posterior/posterior.csv",
    "calibration/united-states-all-rules-posterior/manifest.json",
    "calibration/united-states-posterior/posterior.csv",
    "calibration/united-states-posterior/manifest.json",
];

/// The template that is written from the model's own parameters.
pub const MINIMAL: &str = "minimal";

/// Names and questions of all templates, the smallest first.
pub fn all() -> Vec<(String, String)> {
    let minimal = (MINIMAL.to_owned(), "a commented scenario to start from, with every parameter".to_owned());
    let scenarios = FILES.iter().filter_map(|(path, text)| Some((path.strip_suffix(".toml")?.to_owned(), about(text))));
    std::iter::once(minimal).chain(scenarios).collect()
}

/// The question with which a scenario opens.
fn about(text: &str) -> String {
    let comment = text.lines().skip_while(|line| line.starts_with("#:")).map_while(|line| line.strip_prefix('#'));
    let words: Vec<&str> = comment.map(str::trim).take_while(|line| !line.is_empty()).collect();
    let words = words.join(" ");
    words.find('?').map_or(words.clone(), |end| words[..=end].to_owned())
}

/// A shipped scenario as it is copied.
pub struct Copied {
    /// Its text, which names the other files from its own folder.
    pub text: String,
    /// The other files: path from its folder, and text.
    pub beside: Vec<(String, String)>,
}

/// The copy of a shipped scenario; `None` if there is no such.
pub fn copied(name: &str) -> Option<Copied> {
    let path = format!("{name}.toml");
    let text = file(&path)?;
    let mut named = BTreeSet::new();
    gather(&path, text, &mut named);
    named.remove(&path);
    let beside = named.into_iter().filter_map(|path| file(&path).map(|text| (path.clone(), with_schema(&path, text))));
    // The others keep the places that they have to one another; the scenario itself stands above all of them.
    let lines = text.lines().map(|line| match named_in(line) {
        Some(other) => line.replacen(other, &joined(&path, other), 1),
        None => line.to_owned(),
    });
    let text = lines.map(|line| line + "\n").collect::<String>();
    Some(Copied { text: with_schema("", &text), beside: beside.collect() })
}

fn file(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// The file that a line names by `extends` or `draws`.
fn named_in(line: &str) -> Option<&str> {
    let value = ["extends", "draws"].iter().find_map(|key| line.strip_prefix(key))?.trim_start().strip_prefix('=')?;
    value.trim_start().strip_prefix('"')?.split('"').next()
}

/// All files that a text names, and those that they name, with the record beside a table that has one.
fn gather(path: &str, text: &str, named: &mut BTreeSet<String>) {
    for other in text.lines().filter_map(named_in).map(|other| joined(path, other)) {
        let record = joined(&other, "manifest.json");
        if other.strip_suffix(".csv").is_some() && file(&record).is_some() {
            named.insert(record);
        }
        if let Some(text) = file(&other).filter(|_| named.insert(other.clone())) {
            gather(&other, text, named);
        }
    }
}

/// A path from the folder of another file.
fn joined(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The text with the line by which editors find the schema that `init` writes, at a path under the scenario's folder.
fn with_schema(path: &str, text: &str) -> String {
    let up = "../".repeat(path.matches('/').count());
    match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("#:schema") => format!("#:schema {up}{SCHEMA}\n{rest}"),
        _ => text.to_owned(),
    }
}

/// The name of the schema beside a scenario.
pub const SCHEMA: &str = "forestall.schema.json";

#[cfg(test)]
mod tests {
    use super::*;

    fn on_disk(folder: &str, into: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let path = entry.to_str().unwrap().to_owned();
            if entry.is_dir() {
                on_disk(&path, into);
            } else if path.strip_suffix(".toml").is_some_and(|stem| !stem.ends_with("-targets")) {
                into.insert(path.trim_start_matches("scenarios/").to_owned());
            }
        }
    }

    #[test]
    fn every_shipped_scenario_is_a_template_and_says_its_question() {
        let mut shipped = BTreeSet::new();
        on_disk("scenarios", &mut shipped);
        let embedded: BTreeSet<String> =
            FILES.iter().filter(|file| file.0.strip_suffix(".toml").is_some()).map(|file| file.0.to_owned()).collect();
        assert_eq!(embedded, shipped);
        for (name, about) in all().iter().skip(1) {
            assert!(about.contains('?') || name.starts_with("calibration/"), "{name}: {about}");
            assert!(!about.is_empty() && about.len() < 300, "{name}: {about}");
        }
    }

    #[test]
    fn a_copy_has_all_that_it_names_wherever_it_stood() {
        let beside = |name: &str| copied(name).unwrap().beside.into_iter().map(|file| file.0).collect::<Vec<_>>();
        assert!(beside("quickstart").is_empty());
        let europe = [
            "calibration/europe-all-rules-posterior/manifest.json",
            "calibration/europe-all-rules-posterior/posterior.csv",
            "calibration/europe-all-rules.toml",
            "europe-all-rules.toml",
            "europe-hand-set.toml",
        ];
        assert_eq!(beside("europe-2014-2016"), europe);
        let deep = copied("calibration/europe").unwrap();
        assert!(
            deep.text.contains("extends = \"europe-hand-set.toml\"") && deep.text.starts_with("#:schema forestall.")
        );
        let (_, text) = &copied("europe-2014-2016").unwrap().beside[2];
        assert!(
            text.starts_with("#:schema ../forestall.schema.json\n") && text.contains("\"../europe-all-rules.toml\"")
        );
        assert!(copied("no-such").is_none());
    }
}
