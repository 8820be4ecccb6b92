//! Saves a setting as a policy at the end of the scenario's file, so that `run` gives the numbers of the explorer.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use crate::results::{atomic, beside, bounded};
use forestall_model::{BASELINE, Diagnostics, Operation, Plan, Policy};

use super::{ExploreError, ExploreSetting, Explorer, Origin, Study};

/// Longest label and description that are taken.
const LONGEST: usize = 500;
/// Longest name.
const LONGEST_NAME: usize = 64;

/// What is to be saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaveRequest {
    /// The policy's name in the file.
    pub name: String,
    /// Its label; made of the name if empty.
    pub label: String,
    /// What it is, in words.
    pub description: String,
    /// The setting.
    pub setting: ExploreSetting,
}

/// What was saved.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// The file.
    pub file: String,
    /// The policy's name.
    pub name: String,
    /// What was added at the end of the file.
    pub block: String,
}

impl Explorer {
    /// Adds a setting as a policy at the end of the scenario's file; all that stands there stays as it is.
    ///
    /// The new file is read and checked before it is put in place and again afterwards: the policy must be the setting,
    /// and everything else what it was.
    ///
    /// # Errors
    /// As [`Explorer::check`], and [`ExploreError`] where the name is taken, the file has changed or the policy cannot be
    /// added; the file is then as it was.
    pub fn save(&self, request: &SaveRequest) -> Result<Saved, ExploreError> {
        let name = &request.name;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let sound = !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(plain) && name != BASELINE;
        if !sound {
            return Err(ExploreError::Name { found: name.chars().take(2 * LONGEST_NAME).collect() });
        }
        // One at a time: what is compared below must not be replaced meanwhile.
        let mut open = self.plan.write().unwrap_or_else(PoisonError::into_inner);
        let wish = self.policy(&open, &request.setting)?.ok_or(ExploreError::Nothing)?;
        if open.policy(name).is_some() {
            return Err(ExploreError::Exists(name.clone()));
        }
        let named = self.file.as_deref().ok_or_else(|| not_saved("the scenario", "it was given as text"))?;
        let shown = named.display().to_string();
        // A link stays a link: its goal is written.
        let path = std::fs::canonicalize(named).map_err(|e| not_saved(&shown, &e.to_string()))?;
        let read = || bounded::text(&path, bounded::TEXT).map_err(|e| not_saved(&shown, &e.to_string()));
        let before = read()?;
        let changed = || ExploreError::Changed { file: shown.clone() };
        let present = self.reload(named, None).map_err(|_| changed())?;
        if present.policy(name).is_some() {
            return Err(ExploreError::Exists(name.clone()));
        }
        if present.fingerprint_text() != open.fingerprint_text() {
            return Err(changed());
        }
        let block = block(&open, request, &wish);
        let after = with_block(&before, &block);
        beside::check(&path, after.as_bytes()).map_err(|why| not_saved(&shown, &why))?;
        let told = |errors: Diagnostics| not_saved(&shown, &ExploreError::Scenario(errors).to_string());
        let planned = self.reload(named, Some(&after)).map_err(told)?;
        agree(&open, &planned, name, &wish).map_err(|why| not_saved(&shown, why))?;
        if read()? != before {
            return Err(changed());
        }
        let permissions = std::fs::metadata(&path).map(|m| m.permissions());
        atomic::write(&path, after.as_bytes())?;
        if let Ok(permissions) = permissions {
            // Who may read the file stays as it was, where the system lets that be set.
            let _ = std::fs::set_permissions(&path, permissions);
        }
        let saved = self.reload(named, None).map_err(told)?;
        agree(&open, &saved, name, &wish).map_err(|why| not_saved(&shown, why))?;
        *open = Arc::new(saved);
        Ok(Saved { file: shown, name: name.clone(), block })
    }

    /// Reads the scenario again, with this text in place of the file's own if one is given.
    fn reload(&self, file: &Path, text: Option<&str>) -> Result<Plan, Diagnostics> {
        let origin = match text {
            Some(text) => Origin::Edited(file.to_path_buf(), text.to_owned()),
            None => Origin::File(file.to_path_buf()),
        };
        Study::read(&origin, &self.overrides)
    }
}

/// The policy as lines of a scenario file.
fn block(plan: &Plan, request: &SaveRequest, wish: &Policy) -> String {
    let text = |text: &str| {
        let short: String = text.trim().chars().take(LONGEST).collect();
        toml::Value::String(short.split_whitespace().collect::<Vec<_>>().join(" ")).to_string()
    };
    let name = &request.name;
    let mut out = format!("# Saved from an explorer.\n[policies.{name}]\n");
    if !request.label.trim().is_empty() {
        out += &format!("label = {}\n", text(&request.label));
    }
    out += &format!("description = {}\n", text(&request.description));
    let moved = !request.setting.levers.is_empty();
    let own = if moved { stage(plan, wish) } else { String::new() };
    let Some(base) = &request.setting.policy else { return out + &own };
    let (stages, sharing) = lines_of(&plan.resolved_toml(), base, name);
    out += &stages;
    if moved {
        out += &format!("\n[[policies.{name}.also]]\n{own}");
    }
    out + &sharing
}

/// The stage that the levers make.
fn stage(plan: &Plan, wish: &Policy) -> String {
    let Some(stage) = wish.stages.last() else { return String::new() };
    let mut out = String::new();
    if stage.from != plan.start {
        out += &format!("from = {}\n", stage.from);
    }
    let line = |assignment: &forestall_model::Assignment| {
        let value = match assignment.operation {
            Operation::Set(value) => plan.registry.parameter(assignment.target.slot).kind.write(value),
            Operation::Times(factor) => format!("{{ times = {factor:?} }}"),
            Operation::Add(term) => format!("{{ add = {term:?} }}"),
        };
        format!("\"{}\" = {value}", assignment.path)
    };
    let lines: Vec<String> = stage.set.iter().map(line).collect();
    out + &format!("set = {{ {} }}\n", lines.join(", "))
}

fn not_saved(file: &str, why: &str) -> ExploreError {
    ExploreError::NotSaved { file: file.to_owned(), why: why.to_owned() }
}

/// The file with the block at its end, an empty line between.
fn with_block(text: &str, block: &str) -> String {
    let end = if text.is_empty() || text.ends_with("\n\n") {
        ""
    } else if text.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    format!("{text}{end}{block}")
}

/// The lines of a policy in a resolved scenario, under another name: its stages, and what it lets pass between
/// countries.
fn lines_of(resolved: &str, policy: &str, name: &str) -> (String, String) {
    let head = format!("[policies.{policy}]");
    let (also, sharing) = (format!("[[policies.{policy}.also]]"), format!("[[policies.{policy}.sharing]]"));
    let (mut stages, mut passes) = (String::new(), String::new());
    let mut into: Option<&mut String> = None;
    for line in resolved.lines() {
        if line.starts_with('[') {
            into = None;
            if line == head {
                into = Some(&mut stages);
                continue;
            } else if line == also {
                stages += &format!("\n[[policies.{name}.also]]\n");
                into = Some(&mut stages);
                continue;
            } else if line == sharing {
                passes += &format!("\n[[policies.{name}.sharing]]\n");
                into = Some(&mut passes);
                continue;
            }
        }
        let own = line.starts_with("label = ") || line.starts_with("description = ");
        if let Some(into) = into.as_mut().filter(|_| !own && !line.is_empty()) {
            into.push_str(line);
            into.push('\n');
        }
    }
    (stages, passes)
}

/// That a file's policy is the one wished for, and that all else is as it was.
fn agree(before: &Plan, after: &Plan, name: &str, wish: &Policy) -> Result<(), &'static str> {
    let mut rest = after.clone();
    rest.policies.retain(|policy| policy.name != name);
    if rest.fingerprint_text() != before.fingerprint_text() {
        return Err("what stands in the file would mean something else");
    }
    let other = "the policy in the file would not be the setting";
    let arms = before.arm_under(wish, 0).ok().zip(after.arm_at_draw(Some(name), 0).ok());
    let Some((wished, found)) = arms else { return Err(other) };
    let (wished, found) = (wished.snapshots.iter(), found.snapshots.iter());
    let same = wished.len() == found.len() && wished.zip(found).all(|(a, b)| a.time == b.time && a.values == b.values);
    if same { Ok(()) } else { Err(other) }
}
