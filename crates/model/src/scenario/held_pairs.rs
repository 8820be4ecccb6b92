//! What may pass between a pair of countries, held over the whole time: `sharing.OWNER.READER.KEY` in `--set` and `[held]`.

use std::sync::Arc;

use super::address::{Codes, PathError};
use super::diagnostic::{Diagnostic, Mark, Reports};
use super::nearest::did_you_mean;
use super::pairs::{Pair, Pairs, Sharing};
use super::parameter::{Kind, Parameter};
use super::sharing::{ANSWER_DAYS, READ_SHARE, REGIME, WARNINGS};

/// Stands for every country.
const ALL: &str = "*";

/// The settings of a pair that can be held, the regime first: the others act on what it lets pass.
const SETTINGS: [&Parameter; 4] = [&REGIME, &READ_SHARE, &ANSWER_DAYS, &WARNINGS];

/// One setting of some pairs, held above all entries of `[[sharing]]`, of the baseline and of policies.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldPair {
    /// The path as written.
    pub path: String,
    /// The owner by position; `None` for every country.
    pub owner: Option<usize>,
    /// The reader by position; `None` for every country.
    pub reader: Option<usize>,
    /// Position among the settings.
    setting: usize,
    /// The value, as the setting's parameter has it.
    pub value: f64,
    /// Whether it was marked with `!` to stand above entries that speak of the same pair.
    pub over: bool,
    /// Where it stands.
    pub mark: Mark,
}

/// A path of a pair, understood.
pub(super) struct PairPath {
    owner: Option<usize>,
    reader: Option<usize>,
    setting: usize,
}

impl PairPath {
    /// Whether a path speaks of pairs at all.
    pub(super) fn is_one(path: &str) -> bool {
        path.starts_with("sharing.")
    }

    /// What `sharing.OWNER.READER.KEY` means.
    ///
    /// # Errors
    /// If it has other parts, or names a country or a setting that there is not.
    pub(super) fn read(codes: &Codes, path: &str) -> Result<Self, PathError> {
        let parts: Vec<&str> = path.split('.').map(str::trim).collect();
        let wrong = |message: String, expected: String, help: Option<String>| PathError {
            message,
            expected: Some(expected),
            help,
        };
        let [_, owner, reader, key] = parts.as_slice() else {
            let message = format!("`{}` is no path to what a pair shares", path.chars().take(80).collect::<String>());
            let expected = "`sharing.OWNER.READER.KEY` with two country codes, or `*` for all".to_owned();
            return Err(wrong(message, expected, None));
        };
        let country = |code: &str| {
            if code == ALL {
                return Ok(None);
            }
            codes.countries.iter().position(|known| known == code).map(Some).ok_or_else(|| {
                let shown: String = code.chars().take(80).collect();
                let expected = format!("`*` for all, or one of {}", codes.countries.join(", "));
                let help = did_you_mean(code, codes.countries.iter().map(String::as_str));
                wrong(format!("`{shown}` is not in the scenario's countries"), expected, help)
            })
        };
        let (owner, reader) = (country(owner)?, country(reader)?);
        if owner.is_some() && owner == reader {
            let message = format!("`{path}` names one country as owner and reader");
            return Err(wrong(message, "two different countries".into(), None));
        }
        let names = || SETTINGS.iter().map(|p| p.name);
        let setting = SETTINGS.iter().position(|p| p.name == *key).ok_or_else(|| {
            let message = format!("pairs have no setting `{}`", key.chars().take(80).collect::<String>());
            wrong(message, format!("one of {}", names().collect::<Vec<_>>().join(", ")), did_you_mean(key, names()))
        })?;
        Ok(Self { owner, reader, setting })
    }

    /// What the setting may be.
    pub(super) fn parameter(&self) -> &'static Parameter {
        SETTINGS[self.setting]
    }

    /// The held value.
    pub(super) fn hold(self, path: &str, value: f64, over: bool, mark: Mark) -> HeldPair {
        let Self { owner, reader, setting } = self;
        HeldPair { path: path.to_owned(), owner, reader, setting, value, over, mark }
    }
}

impl HeldPair {
    /// What the setting may be.
    pub(super) fn kind(&self) -> Kind {
        SETTINGS[self.setting].kind
    }

    fn names(&self, (owner, reader): (usize, usize)) -> bool {
        owner != reader && self.owner.is_none_or(|o| o == owner) && self.reader.is_none_or(|r| r == reader)
    }

    fn act(&self, pair: &mut Pair) {
        match SETTINGS[self.setting].name {
            "regime" => {
                let regime = self.value as u8;
                (pair.notices, pair.pool, pair.warnings) = (regime & 1 != 0, regime & 2 != 0, regime != 0);
            }
            "read_share" => pair.read_share = Some(self.value),
            "answer_days" => pair.answer_days = Some(self.value),
            _ => pair.warnings = self.value != 0.0,
        }
    }
}

/// Lays held settings on a table of pairs, the regime first and of one setting the later last.
pub(super) fn lay(held: &[HeldPair], below: Option<Arc<Pairs>>, countries: usize) -> Option<Arc<Pairs>> {
    if held.is_empty() {
        return below;
    }
    let mut table = below.map_or_else(|| Pairs::open(countries), |pairs| (*pairs).clone());
    for setting in 0..SETTINGS.len() {
        for one in held.iter().filter(|one| one.setting == setting) {
            for owner in 0..countries {
                for reader in (0..countries).filter(|reader| one.names((owner, *reader))) {
                    one.act(table.of_mut(owner, reader));
                }
            }
        }
    }
    Some(Arc::new(table))
}

/// Reports held settings of which an entry speaks too, unless they are marked.
pub(super) fn check<'e, I: Iterator<Item = (&'e str, &'e Sharing)>>(
    held: &[HeldPair],
    entries: impl Fn() -> I,
    reports: &Reports,
) {
    for one in held.iter().filter(|one| !one.over) {
        let Some((owner, entry)) = entries().find(|(_, entry)| entry.pairs().any(|pair| one.names(pair))) else {
            continue;
        };
        let message = format!("`{}` is held at one value, and {owner} speaks of the pair too", one.path);
        let place = format!("{}:{}", entry.mark.file, entry.mark.line);
        let help = if one.mark.line == 0 {
            format!("write `--set '{}!={}'` to hold it all the same", one.path, one.kind().write(one.value))
        } else {
            format!("write `\"{}!\" = …` to hold it all the same", one.path)
        };
        reports.add(Diagnostic::at(&one.mark, message).found(place).help(help));
    }
}

/// Reports held settings of notices between pairs of which none ever lets notices pass: they would act on nothing.
pub(super) fn check_acts<'e, I: Iterator<Item = (&'e str, &'e Sharing)>>(
    held: &[HeldPair],
    entries: impl Fn() -> I,
    countries: usize,
    reports: &Reports,
) {
    let passes = |pair: (usize, usize)| {
        let regime = held.iter().rev().find(|one| SETTINGS[one.setting].name == "regime" && one.names(pair));
        if let Some(regime) = regime {
            return regime.value as u8 & 1 != 0;
        }
        let of_pair = || entries().map(|(_, entry)| entry).filter(|entry| entry.pairs().any(|known| known == pair));
        // Pairs of which nothing is said let everything pass.
        of_pair().any(|entry| entry.pair.notices)
            || of_pair().all(|entry| entry.from.is_some() || entry.until.is_some())
    };
    for one in held.iter().filter(|one| ["read_share", "answer_days"].contains(&SETTINGS[one.setting].name)) {
        let mut pairs = (0..countries).flat_map(|owner| (0..countries).map(move |reader| (owner, reader)));
        if !pairs.any(|pair| one.names(pair) && passes(pair)) {
            let message = format!("`{}` acts on nothing: no notices pass there", one.path);
            let expected = "a pair that shares notices, such as with `regime=notices` beside it";
            reports.add(Diagnostic::at(&one.mark, message).expected(expected));
        }
    }
}
