//! The lists `[[countries]]`, `[[movements]]` and `[[languages]]`: codes, names and languages.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

use super::address::Codes;
use super::reading::{Entry, Node, Reading, entries, in_words};
use super::resolved::{Country, Movement};

/// Most countries of a scenario.
const MOST_COUNTRIES: usize = 60;
/// Most movements, and most languages.
const MOST_OTHERS: usize = 200;
/// The movement of a scenario that lists none.
const ONLY_MOVEMENT: &str = "transnational";
/// The language of countries that name none.
const ONLY_LANGUAGE: &str = "common";

/// One entry of a list, as the files together say it.
pub(super) struct Listed<'t, 'i> {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Languages and shares, of countries.
    pub languages: Option<Vec<(String, f64)>>,
    /// The tables that speak of it, with the position of their file.
    pub tables: Vec<(usize, &'t DeTable<'i>)>,
}

/// The three lists.
#[derive(Default)]
pub(super) struct Lists<'t, 'i> {
    /// Countries.
    pub countries: Vec<Listed<'t, 'i>>,
    /// Movements.
    pub movements: Vec<Listed<'t, 'i>>,
    /// Languages.
    pub languages: Vec<Listed<'t, 'i>>,
}

/// Keys of an entry that are no parameters.
pub(super) const ENTRY_KEYS: &[&str] = &["code", "name", "languages"];

impl<'t, 'i> Lists<'t, 'i> {
    /// Takes in one file's lists.
    pub(super) fn read(&mut self, r: Reading<'_>, file: usize, tree: &'t DeTable<'i>) {
        read_list(r, file, tree, "countries", &mut self.countries);
        read_list(r, file, tree, "movements", &mut self.movements);
        read_list(r, file, tree, "languages", &mut self.languages);
    }

    /// Fills in the entries that nobody listed and checks the numbers of entries; whether there are not too many.
    pub(super) fn complete(&mut self, r: Reading<'_>, tree: &DeTable<'_>) -> bool {
        let nowhere = tree.get("countries").map_or(0..0, |node: &Node<'_>| node.span());
        if self.countries.is_empty() {
            let help = "begin with [[countries]], code = \"AA\", name = \"Aland\", residents = 10_000_000";
            r.report(r.at(&nowhere, "the scenario has no country").help(help));
        }
        if self.movements.is_empty() {
            self.movements.push(Listed::bare(ONLY_MOVEMENT));
        }
        let mut used: BTreeSet<String> = self.languages.iter().map(|l| l.code.clone()).collect();
        for country in &mut self.countries {
            let languages = country.languages.get_or_insert_with(|| vec![(ONLY_LANGUAGE.to_owned(), 1.0)]);
            for (code, _) in languages.iter() {
                if used.insert(code.clone()) {
                    self.languages.push(Listed::bare(code));
                }
            }
        }
        let mut few = true;
        let counts = [
            ("countries", self.countries.len(), MOST_COUNTRIES),
            ("movements", self.movements.len(), MOST_OTHERS),
            ("languages", self.languages.len(), MOST_OTHERS),
        ];
        for (what, number, most) in counts {
            if number > most {
                let span = tree.get(what).map_or(nowhere.clone(), |node: &Node<'_>| node.span());
                let diagnostic = r.at(&span, format!("too many {what}")).found(number.to_string());
                r.report(diagnostic.expected(format!("at most {most}")));
                few = false;
            }
        }
        few
    }

    /// The codes in order.
    pub(super) fn codes(&self) -> Codes {
        let list = |all: &[Listed<'_, '_>]| all.iter().map(|l| l.code.clone()).collect();
        Codes {
            countries: list(&self.countries),
            movements: list(&self.movements),
            languages: list(&self.languages),
            numbers: Vec::new(),
        }
    }

    /// The countries as the model needs them.
    pub(super) fn countries(&self) -> Vec<Country> {
        let position = |code: &str| self.languages.iter().position(|l| l.code == code).unwrap_or(0);
        let spoken = |l: &Listed<'_, '_>| {
            let all = l.languages.iter().flatten();
            all.map(|(code, share)| (position(code), *share)).collect()
        };
        self.countries
            .iter()
            .map(|c| Country { code: c.code.clone(), name: c.shown_name(), languages: spoken(c) })
            .collect()
    }

    /// The movements as the model needs them.
    pub(super) fn movements(&self) -> Vec<Movement> {
        self.movements.iter().map(|m| Movement { code: m.code.clone(), name: m.shown_name() }).collect()
    }
}

impl Listed<'_, '_> {
    fn bare(code: &str) -> Self {
        Self { code: code.to_owned(), name: None, languages: None, tables: Vec::new() }
    }

    /// The name, or the code where there is none.
    pub(super) fn shown_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.code.clone())
    }
}

fn read_list<'t, 'i>(r: Reading<'_>, file: usize, tree: &'t DeTable<'i>, what: &str, list: &mut Vec<Listed<'t, 'i>>) {
    let Some(node) = tree.get(what) else { return };
    let expected = format!("a list of tables, each headed [[{what}]]");
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut places: BTreeMap<String, usize> = list.iter().map(|l| l.code.clone()).zip(0..).collect();
    for item in r.list(node, what, &expected) {
        let Some(table) = r.table(item, what) else { continue };
        let Some(code) = read_code(r, item, table, what) else { continue };
        if !seen.insert(code.clone()) {
            let span = table.get("code").map_or(item.span(), |node: &Node<'_>| node.span());
            let diagnostic = r.at(&span, format!("`{code}` stands twice in the list of {what}"));
            r.report(diagnostic.help("give every entry a code of its own"));
            continue;
        }
        let position = *places.entry(code).or_insert_with_key(|code| {
            list.push(Listed::bare(code));
            list.len() - 1
        });
        let listed = &mut list[position];
        listed.tables.push((file, table));
        if let Some(node) = table.get("name") {
            listed.name = r.label(node, "name").or(listed.name.take());
        }
        if what == "countries"
            && let Some(node) = table.get("languages")
        {
            listed.languages = read_languages(r, node).or(listed.languages.take());
        }
    }
}

fn read_code(r: Reading<'_>, item: &Node<'_>, table: &DeTable<'_>, what: &str) -> Option<String> {
    let right = "a code of 1 to 24 letters, digits, `-` or `_`, such as \"FR\"";
    let Some(node) = table.get("code") else {
        r.report(r.at(&item.span(), format!("this entry of {what} has no `code`")).expected(right));
        return None;
    };
    let code = r.text(node, "code")?;
    if plain_code(&code) {
        return Some(code);
    }
    r.wrong(node, "code", right);
    None
}

fn plain_code(code: &str) -> bool {
    (1..=24).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// `["fr", "nl"]` for equal shares, or `{ fr = 0.4, nl = 0.6 }`.
#[allow(clippy::wildcard_enum_match_arm, reason = "the kinds of value are those of the file format")]
fn read_languages(r: Reading<'_>, node: &Node<'_>) -> Option<Vec<(String, f64)>> {
    let right = "a list such as [\"fr\", \"nl\"], or shares such as { fr = 0.4, nl = 0.6 }";
    let mut languages: Vec<(String, f64)> = Vec::new();
    match node.get_ref() {
        DeValue::Array(array) if !array.is_empty() && array.len() <= MOST_OTHERS => {
            let share = 1.0 / array.len() as f64;
            for item in array {
                let code = r.text(item, "languages")?;
                if !plain_code(&code) || languages.iter().any(|l| l.0 == code) {
                    r.wrong(item, "languages", "language codes of letters, each once");
                    return None;
                }
                languages.push((code, share));
            }
        }
        DeValue::Table(table) if !table.is_empty() => {
            for Entry { key, node, .. } in entries(table) {
                let share = r.number(node, &format!("languages.{key}"))?;
                if !(0.0..=1.0).contains(&share) || !plain_code(key) {
                    r.wrong(node, &format!("languages.{key}"), "a share from 0 to 1 under a code of letters");
                    return None;
                }
                languages.push((key.to_owned(), share));
            }
            let sum: f64 = languages.iter().map(|l| l.1).sum();
            if (sum - 1.0).abs() > 1e-6 {
                let diagnostic = r.at(&node.span(), "the shares of languages do not sum to 1");
                r.report(diagnostic.found(format!("a sum of {sum}")).expected("shares that sum to 1"));
                return None;
            }
        }
        _ => {
            let diagnostic = r.at(&node.span(), "`languages` cannot have this value").found(in_words(node));
            r.report(diagnostic.expected(right));
            return None;
        }
    }
    Some(languages)
}
