//! Factors of a sweep: the scenario's uncertain parameters, levers that the user names, and the policy itself.

use crate::design::{Design, Factor, Levels, Problem};
use forestall_model::{BASELINE, Distribution, Kind, Plan};

use super::error::ClusterError;

/// Name of the factor whose categories are policies.
pub(super) const POLICY_FACTOR: &str = "policy";

/// The factors: every `[uncertain]` parameter unless `uncertain` is false, each lever, and the policy if `policies`
/// names its categories.
///
/// A lever is `PATH=LOW..HIGH` or `PATH=a|b|c`.
///
/// # Errors
/// [`ClusterError::Request`] where a lever is not understood, a path is a factor twice, or `--set` holds one.
pub(crate) fn factors(
    plan: &Plan,
    uncertain: bool,
    levers: &[String],
    policies: Option<&[String]>,
) -> Result<Problem, ClusterError> {
    let mut factors = Vec::new();
    for entry in plan.uncertain.iter().filter(|_| uncertain) {
        factors.push(numeric(plan, &entry.path, entry.distribution)?);
    }
    for lever in levers {
        factors.push(self::lever(plan, lever)?);
    }
    if let Some(names) = policies {
        factors.push(Factor::category(POLICY_FACTOR, names.to_vec()));
    }
    if factors.is_empty() {
        return Err(ClusterError::request(
            "there is nothing to vary: the scenario has no [uncertain] table; name levers by --lever \
             services.analysts=50..200, or add --policy-factor",
        ));
    }
    for (i, factor) in factors.iter().enumerate() {
        check_target(plan, &factors[..i], factor)?;
    }
    Ok(Problem::new(factors)?)
}

/// Refuses a factor that sets what one of those before it sets, or what `--set` or `[held]` holds.
///
/// # Errors
/// [`ClusterError::Request`], naming both.
pub(crate) fn check_target(plan: &Plan, before: &[Factor], factor: &Factor) -> Result<(), ClusterError> {
    if factor.name == POLICY_FACTOR {
        return Ok(());
    }
    let target = plan.target(&factor.name).map_err(|e| unknown(&factor.name, &e))?;
    for other in before {
        let known = plan.target(&other.name).map_err(|e| unknown(&other.name, &e))?;
        if known.overlaps(&target) {
            let message = format!("`{}` and `{}` set the same value; leave one out", other.name, factor.name);
            return Err(ClusterError::request(message));
        }
    }
    if let Some(other) = plan.alternative()
        && other.set.iter().any(|line| line.target.overlaps(&target))
    {
        return Err(ClusterError::request(format!(
            "`{}` is a factor, and the alternative `{}` sets it too; leave one out",
            factor.name, other.name
        )));
    }
    if let Some(held) = plan.held.iter().find(|held| held.target.overlaps(&target)) {
        return Err(ClusterError::request(format!(
            "`{}` is a factor, and --set or [held] holds `{}` at {}: the factor would do nothing; leave one out",
            factor.name, held.path, held.value
        )));
    }
    Ok(())
}

fn unknown(path: &str, error: &forestall_model::PathError) -> ClusterError {
    let more = [error.expected.as_deref(), error.help.as_deref()].into_iter().flatten();
    ClusterError::request(
        more.fold(format!("factor `{path}`: {}", error.message), |all, next| format!("{all}; {next}")),
    )
}

fn kind(plan: &Plan, path: &str) -> Result<Kind, ClusterError> {
    let target = plan.target(path).map_err(|e| unknown(path, &e))?;
    Ok(target.kind(&plan.registry))
}

/// A numeric factor, cut to what the parameter allows.
fn numeric(plan: &Plan, path: &str, distribution: Distribution) -> Result<Factor, ClusterError> {
    let kind = kind(plan, path)?;
    if matches!(kind, Kind::Choice(_) | Kind::Switch) {
        let expected = kind.expectation();
        return Err(ClusterError::request(format!("`{path}` is {expected}; write --lever '{path}=a|b' in its place")));
    }
    let (least, most) = kind.bounds();
    let whole = matches!(kind, Kind::Count(..));
    let levels = Levels::Number { distribution, least, most, whole };
    possible(Factor { name: path.to_owned(), group: None, levels })
}

/// The factor, if it can be sampled.
fn possible(factor: Factor) -> Result<Factor, ClusterError> {
    let told = |(found, right)| ClusterError::request(format!("`{}`: {found}; expected {right}", factor.name));
    factor.flaw().map(told).map_or(Ok(factor), Err)
}

/// The factor of a lever, `PATH=LOW..HIGH` or `PATH=a|b|c`.
///
/// # Errors
/// [`ClusterError::Request`] where it is not understood, or its values are not possible.
pub(crate) fn lever(plan: &Plan, text: &str) -> Result<Factor, ClusterError> {
    let wrong = || {
        ClusterError::request(format!(
            "--lever takes PATH=LOW..HIGH or PATH=a|b|c, such as services.analysts=50..200; found `{text}`"
        ))
    };
    let (path, levels) = text.split_once('=').ok_or_else(wrong)?;
    let (path, levels) = (path.trim(), levels.trim());
    if let Some((low, high)) = levels.split_once("..") {
        let number = |t: &str| t.trim().parse::<f64>().ok().filter(|x| x.is_finite());
        let written = [low.trim(), high.trim()];
        let (low, high) = (number(low).ok_or_else(wrong)?, number(high).ok_or_else(wrong)?);
        let kind = kind(plan, path)?;
        if low >= high {
            let [low, high] = written;
            return Err(ClusterError::request(format!("lever {path}: {low} is not below {high}")));
        }
        // As it was written: a number such as 1e99 fills the line when it is spelt out.
        if let Some((bad, _)) = written.into_iter().zip([low, high]).find(|(_, x)| !kind.admits(*x)) {
            let expected = kind.expectation();
            return Err(ClusterError::request(format!("lever {path}: {bad} is out of range; expected {expected}")));
        }
        return numeric(plan, path, Distribution::Uniform { low, high });
    }
    let names: Vec<String> = levels.split('|').map(|name| name.trim().to_owned()).collect();
    if names.len() < 2 {
        return Err(wrong());
    }
    let kind = kind(plan, path)?;
    if let Some(bad) = names.iter().find(|name| category(kind, name).is_none()) {
        let expected = kind.expectation();
        return Err(ClusterError::request(format!("lever {path}: `{bad}` is not possible; expected {expected}")));
    }
    possible(Factor::category(path, names))
}

/// The value that the word of a category stands for; `None` where the parameter cannot have it.
pub(crate) fn category(kind: Kind, word: &str) -> Option<f64> {
    let value = match kind {
        Kind::Switch => word.parse::<bool>().ok().map(|on| f64::from(u8::from(on))),
        Kind::Choice(words) => words.iter().position(|known| *known == word).map(|position| position as f64),
        _ => word.parse::<f64>().ok(),
    };
    value.filter(|v| kind.admits(*v))
}

/// The coordinates of a point as the scenario takes them, the policy left out.
pub(super) fn coordinates<'d>(plan: &Plan, design: &'d Design, row: usize) -> Vec<(&'d str, f64)> {
    let own = design.factors().iter().enumerate().filter(|(_, factor)| factor.name != POLICY_FACTOR);
    own.map(|(place, factor)| {
        let value = design.column(place)[row];
        let word = factor.categories().map(|_| factor.text(value));
        let value = word.and_then(|word| category(kind(plan, &factor.name).ok()?, &word)).unwrap_or(value);
        (factor.name.as_str(), value)
    })
    .collect()
}

/// The policy that the design chooses at a point; `None` where policies are no factor.
pub(super) fn policy_at(design: &Design, row: usize) -> Option<String> {
    let place = design.factors().iter().position(|factor| factor.name == POLICY_FACTOR)?;
    Some(design.factors()[place].text(design.column(place)[row]))
}

/// The baseline and the chosen policies in the order of the file; `all` means every one.
///
/// # Errors
/// [`ClusterError::Request`] for a name that the scenario does not have.
pub(super) fn arms(plan: &Plan, chosen: &[String]) -> Result<Vec<String>, ClusterError> {
    let known: Vec<&str> = plan.policies.iter().map(|p| p.name.as_str()).collect();
    let every = chosen.len() == 1 && chosen[0] == "all" && !known.contains(&"all");
    for name in chosen.iter().filter(|name| !every && !name.is_empty() && *name != BASELINE) {
        if !known.contains(&name.as_str()) {
            let near = forestall_model::did_you_mean(name, known.iter().copied());
            let help = near.unwrap_or_else(|| format!("the scenario has: {}", known.join(", ")));
            return Err(ClusterError::request(format!("no policy is called `{name}`; {help}")));
        }
    }
    let own = known.into_iter().filter(|name| every || chosen.iter().any(|c| c == name));
    Ok(std::iter::once(BASELINE).chain(own).map(str::to_owned).collect())
}
