//! What each sting case would have come to: the same person followed in a shadow run without personas.
//!
//! Rule: the shadow is the same arm on the same keys with personas held at 0 in every country. From the time of the case
//! on, the person's steps in the shadow are read in order, and the first that says what became of them gives the label:
//! instructed by a virtual entrepreneur, a plot begun or joined without one, a departure, or none of these. A plot that
//! runs, or a journey that lasts, at that time counts as the first step.
//! Assumption: the person's key stands for the person. Where other cases changed the shadow before, the person may not
//! be seeking there at that moment; such cases keep the label of what follows and are counted beside it.

use forestall_model::{Ending, Fact, FactKind, Held, Key, Mark, Note, Pathway, Plan, Scenario, Slot, Value};

use super::log::Log;

/// The parameter that the shadow holds at 0.
const PERSONAS: [&str; 2] = ["services", "undercover_personas"];

/// What a sting case would have come to without personas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// A virtual entrepreneur would have contacted the person and instructed a plot.
    Recruiter,
    /// The person would have begun a plot without a recruiter, or joined one as a friend.
    SelfStarter,
    /// The person would have left for held territory.
    Travelled,
    /// None of these until the end of the run.
    Nothing,
}

impl Label {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Recruiter, Self::SelfStarter, Self::Travelled, Self::Nothing];

    /// The label's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recruiter => "recruiter",
            Self::SelfStarter => "self_starter",
            Self::Travelled => "travelled",
            Self::Nothing => "nothing",
        }
    }

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Recruiter => "a virtual entrepreneur would have instructed a plot",
            Self::SelfStarter => "would have begun or joined a plot without one",
            Self::Travelled => "would have left for held territory",
            Self::Nothing => "would have come to nothing by the end of the run",
        }
    }
}

/// One sting case and what the person does in the shadow.
#[derive(Clone, Debug, PartialEq)]
pub struct StingCase {
    /// The person.
    pub person: Key,
    /// When the person takes a persona for a recruiter, in days from the start.
    pub day: f64,
    /// What it would have come to.
    pub label: Label,
    /// The plots that the person would have been in from then on, in order, with their ends.
    pub plots: Vec<(Key, Ending)>,
    /// Whether the person does not seek in the shadow at that moment, because other cases moved their life there before.
    pub elsewhere: bool,
    /// Whether the label is `nothing` and the person is still free and has not given up when the run ends.
    pub undecided: bool,
}

impl StingCase {
    /// Whether the person would have taken part in an attack carried out.
    pub fn attack(&self) -> bool {
        self.plots.iter().any(|p| p.1 == Ending::Completed)
    }
}

/// The scenario with personas held at 0 in every country, above changes and policies.
///
/// # Errors
/// In words, where the scenario's tables have no personas.
pub fn without_personas(plan: &Plan) -> Result<Plan, String> {
    let path = PERSONAS.join(".");
    let target = plan.target(&path).map_err(|e| e.message)?;
    let mark = Mark { file: format!("--set {path}!=0"), ..Mark::default() };
    let mut shadow = plan.clone();
    shadow.held.push(Held { path, target, value: 0.0, over: true, mark });
    Ok(shadow)
}

/// Whether any country has personas at any time of the counted period.
pub fn has_personas(plan: &Plan, scenario: &Scenario) -> bool {
    let Some(Slot { table, parameter }) = plan.registry.slot(PERSONAS[0], PERSONAS[1]) else { return false };
    // What was in force last before the start still holds at the start.
    let first = scenario.snapshots.iter().rposition(|s| s.time <= 0.0).unwrap_or(0);
    let counted = &scenario.snapshots[first..];
    counted.iter().any(|s| s.values.countries.iter().any(|c| c[table][parameter] > 0.0))
}

/// The sting cases of an arm's counted period in order of time, followed in its shadow.
pub fn cases(arm: &Log, shadow: &Log) -> Vec<StingCase> {
    let stings = arm.facts().iter().filter(|f| f.kind == FactKind::StingCase && f.time >= 0.0);
    stings.map(|sting| follow(arm, shadow, sting)).collect()
}

fn steps(log: &Log, person: Key) -> impl Iterator<Item = &Fact> {
    log.about(person).iter().map(|&place| &log.facts()[place]).filter(|f| f.kind.is(Note::StepOfLife))
}

/// Whether a kind is the first step of all, by whichever source.
fn onset(kind: FactKind) -> bool {
    matches!(kind, FactKind::OnsetSpontaneous | FactKind::OnsetOnline | FactKind::OnsetPeer | FactKind::OnsetRecruiter)
}

fn follow(arm: &Log, shadow: &Log, sting: &Fact) -> StingCase {
    let (person, day) = (sting.subject, sting.time);
    let joined = || steps(shadow, person).filter(|f| f.kind == FactKind::PlotJoined);
    // A plot that ended before the case has no record if it ended in the warm-up.
    let open = |f: &Fact| shadow.plot(f.plot).filter(|p| f.time >= day || p.ended > day).map(|p| (p.key, p.ending));
    let label = label(shadow, person, day);
    StingCase {
        person,
        day,
        label,
        plots: joined().filter_map(open).collect(),
        elsewhere: !seeks(arm, shadow, person, day),
        undecided: label == Label::Nothing && undecided(arm, shadow, person),
    }
}

/// Whether the person is committed and waits in the shadow too just before `day`, when they do in the arm.
fn seeks(arm: &Log, shadow: &Log, person: Key, day: f64) -> bool {
    let before = |log: &'_ Log| steps(log, person).take_while(|f| f.time < day).copied().collect::<Vec<Fact>>();
    let (here, there) = (before(arm), before(shadow));
    match there.last() {
        // Without any step, somebody is as the run began: committed, unless they had to become so in the arm.
        None => here.first().is_none_or(|f| !(onset(f.kind) || f.kind == FactKind::Committed)),
        // People whose plot dissolved wait again; one without a record ended in the warm-up.
        Some(f) if f.kind == FactKind::PlotJoined => {
            shadow.plot(f.plot).is_none_or(|p| p.ending == Ending::Dissolved && p.ended <= day)
        }
        Some(f) => {
            let waits = matches!(
                f.kind,
                FactKind::Committed
                    | FactKind::Reengaged
                    | FactKind::ContactLost
                    | FactKind::ReleasedUncharged
                    | FactKind::TravelBlocked
            );
            // Another time alone is no difference: the other cases only moved a clock.
            waits || here.last().is_some_and(|h| h.kind == f.kind)
        }
    }
}

/// The first step that says what became of the person from `day` on.
fn label(shadow: &Log, person: Key, day: f64) -> Label {
    let mut before = None;
    for step in steps(shadow, person) {
        if step.time >= day
            && let Some(label) = before.or_else(|| of_step(shadow, step))
        {
            return label;
        }
        if step.time < day {
            let is_over = matches!(step.kind, FactKind::Returned | FactKind::DiedAbroad | FactKind::Arrested);
            if step.kind == FactKind::PlotJoined {
                before = of_step(shadow, step).filter(|_| ends_after(shadow, step.plot, day));
            } else if step.kind == FactKind::Departed {
                before = Some(Label::Travelled);
            } else if is_over {
                before = None;
            }
        }
    }
    before.unwrap_or(Label::Nothing)
}

fn ends_after(shadow: &Log, plot: Key, day: f64) -> bool {
    shadow.plot(plot).is_some_and(|p| p.ended > day)
}

fn of_step(shadow: &Log, step: &Fact) -> Option<Label> {
    if step.kind == FactKind::Departed {
        return Some(Label::Travelled);
    }
    if step.kind != FactKind::PlotJoined {
        return None;
    }
    // Only the founder, whose place is 0, was instructed; the others are friends who join.
    let founder = step.meant() == Value::Position(0);
    Some(match shadow.plot(step.plot).map(|p| p.pathway) {
        Some(Pathway::OnlineDirected) if founder => Label::Recruiter,
        Some(Pathway::Dispatched) => Label::Travelled,
        Some(Pathway::Inspired | Pathway::Networked | Pathway::OnlineDirected) | None => Label::SelfStarter,
    })
}

/// Whether the person lives in the shadow and is neither in prison nor has given up when the run ends.
fn undecided(arm: &Log, shadow: &Log, person: Key) -> bool {
    let won = |log: &Log| steps(log, person).any(|f| onset(f.kind));
    let lives = won(shadow) || !won(arm);
    let settled = |f: &Fact| {
        matches!(f.kind, FactKind::Desisted | FactKind::Imprisoned | FactKind::Released | FactKind::DiedAbroad)
    };
    lives && !steps(shadow, person).last().is_some_and(settled)
}
