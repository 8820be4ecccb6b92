//! What `optimize` is asked for: levers, objectives and limits out of the scenario's table and the flags.

use crate::cluster;
use crate::design::Factor;
use crate::montecarlo::pattern::{Expression, Known};
use crate::optimization::{Goal, OutcomeLimit, SearchProblem};
use crate::study::calibrate::known;
use forestall_model::{
    Assignment, DAYS_PER_YEAR, Diagnostic, Diagnostics, Kind, Line, Mark, Operation, Optimize, Plan, Policy, Stage,
    days_between,
};

/// What is looked for where nothing else is asked for.
const OBJECTIVES: [&str; 3] = ["attacks_completed", "cost", "intrusion"];
/// The outcome that the budget limits.
const COST: &str = "cost";
/// The name of the budget's limit in tables.
const COST_A_YEAR: &str = "cost a year";

/// What a lever does to the value that it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Set,
    Times,
    Add,
}

/// One lever.
#[derive(Clone, Debug)]
pub struct Lever {
    path: String,
    act: Act,
    kind: Kind,
    target: forestall_model::Target,
    mark: Mark,
}

/// One response of a run: an expression, perhaps by the year.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its name in tables.
    pub name: String,
    /// The expression.
    pub expression: Expression,
    /// What the expression is divided by.
    pub divisor: f64,
}

/// All that is asked for.
#[derive(Clone, Debug)]
pub struct Input {
    /// Levers, objectives and limits as the search takes them.
    pub problem: SearchProblem,
    /// What each lever does, in the order of the problem's factors.
    pub levers: Vec<Lever>,
    /// Responses in the order of the problem.
    pub asked: Vec<Asked>,
    /// The dates and the ramp of what the levers set.
    frame: Stage,
    /// The policy over which settings are laid; none: the baseline.
    base: Option<Policy>,
    /// Everything in one text, for the hash.
    pub fingerprint: String,
}

/// The scenario's table with the flags laid over it; a flag replaces all that the file says of its kind.
pub(super) fn table(plan: &Plan, levers: &[String], objectives: &[String], constraints: &[String]) -> Optimize {
    let lines = |flag: &str, texts: &[String]| -> Vec<Line> {
        let mark = |text: &String| Mark { file: format!("{flag} '{text}'"), ..Mark::default() };
        texts.iter().map(|text| Line { text: text.clone(), mark: mark(text) }).collect()
    };
    let mut all = plan.optimize.clone().unwrap_or(Optimize { ramp_step_days: 7, ..Optimize::default() });
    let over = |own: &mut Vec<Line>, flag: &str, texts: &[String]| {
        if !texts.is_empty() {
            *own = lines(flag, texts);
        }
    };
    over(&mut all.levers, "--lever", levers);
    over(&mut all.objectives, "--objective", objectives);
    over(&mut all.constraints, "--constraint", constraints);
    if all.objectives.is_empty() {
        all.objectives = lines("the default objective", &OBJECTIVES.map(String::from));
    }
    all
}

/// Reads the table; every mistake is told. Settings are laid over the policy `base`, or over the baseline.
///
/// # Errors
/// All that is wrong, with places.
pub(in crate::study) fn read(plan: &Plan, table: &Optimize, base: Option<&Policy>) -> Result<Input, Diagnostics> {
    let mut wrong = Vec::new();
    let (mut factors, mut levers): (Vec<Factor>, Vec<Lever>) = (Vec::new(), Vec::new());
    for line in &table.levers {
        match lever(plan, line, &factors) {
            Ok((factor, lever)) => {
                factors.push(factor);
                levers.push(lever);
            }
            Err(diagnostic) => wrong.push(*diagnostic),
        }
    }
    if table.levers.is_empty() {
        let mark = Mark { file: plan.file.clone(), ..Mark::default() };
        wrong.push(
            Diagnostic::at(&mark, "there is no lever to set")
                .help("write [optimize] levers = [\"services.analysts*=0.5..2\"] into the scenario, or give --lever"),
        );
    }
    let known = known(plan);
    let (mut asked, mut goals) = (Vec::new(), Vec::new());
    for line in &table.objectives {
        let (maximise, text) = match line.text.trim().split_once(':') {
            Some(("max", rest)) => (true, rest),
            Some(("min", rest)) => (false, rest),
            _ => (false, line.text.as_str()),
        };
        match expression(text, &known) {
            Ok(expression) => {
                let name = text.trim().to_owned();
                if asked.iter().any(|a: &Asked| a.name == name) {
                    wrong
                        .push(Diagnostic::at(&line.mark, format!("`{name}` is an objective twice")).help("remove one"));
                }
                asked.push(Asked { name, expression, divisor: 1.0 });
                goals.push(Goal { maximise });
            }
            Err(message) => wrong.push(Diagnostic::at(&line.mark, message)),
        }
    }
    let mut limits = Vec::new();
    for line in &table.constraints {
        match constraint(&line.text, &known) {
            Ok((name, expression, limit)) => {
                asked.push(Asked { name, expression, divisor: 1.0 });
                limits.push(limit);
            }
            Err(message) => wrong.push(Diagnostic::at(&line.mark, message)),
        }
    }
    if let Some(budget) = table.budget {
        let years = days_between(plan.start, plan.end) / DAYS_PER_YEAR;
        if let Ok(expression) = expression(COST, &known) {
            asked.push(Asked { name: COST_A_YEAR.into(), expression, divisor: years });
            limits.push(OutcomeLimit { at_most: true, value: budget });
        }
    }
    let frame = Stage {
        name: None,
        from: table.from.unwrap_or(plan.start),
        until: table.until,
        ramp_days: table.ramp_days,
        ramp_step_days: table.ramp_step_days.max(1),
        note: String::new(),
        set: Vec::new(),
    };
    let decimals = factors.iter().map(decimals).collect();
    let problem = SearchProblem { factors, decimals, goals, limits };
    let input = Input { fingerprint: fingerprint(table, &frame), problem, levers, asked, frame, base: base.cloned() };
    if wrong.is_empty() {
        input.check_ends(plan)?;
        return Ok(input);
    }
    Err(Diagnostics(wrong))
}

/// Steps of about a thousandth of the range are finer than any effect that can be seen, and short to write.
fn decimals(factor: &Factor) -> Option<usize> {
    if factor.categories().is_some() {
        return None;
    }
    let range = factor.value(1.0) - factor.value(0.0);
    Some((-libm::log10(range / 1000.0)).ceil().clamp(0.0, 15.0) as usize)
}

fn fingerprint(table: &Optimize, frame: &Stage) -> String {
    let texts = |lines: &[Line]| lines.iter().map(|l| l.text.trim().to_owned()).collect::<Vec<_>>().join("\n");
    format!(
        "levers\n{}\nobjectives\n{}\nconstraints\n{}\nbudget {:?} from {} until {:?} ramp {} {}\n",
        texts(&table.levers),
        texts(&table.objectives),
        texts(&table.constraints),
        table.budget,
        frame.from,
        frame.until,
        frame.ramp_days,
        frame.ramp_step_days
    )
}

fn expression(text: &str, known: &Known) -> Result<Expression, String> {
    let expression = Expression::parse(text)?;
    expression.check(known)?;
    Ok(expression)
}

/// `EXPRESSION <= NUMBER` or `EXPRESSION >= NUMBER`.
fn constraint(text: &str, known: &Known) -> Result<(String, Expression, OutcomeLimit), String> {
    let wrong = || {
        format!("a constraint is an outcome, <= or >=, and a number, such as held_without_plot <= 500; found `{text}`")
    };
    let (left, at_most, right) = match (text.split_once("<="), text.split_once(">=")) {
        (Some((left, right)), None) => (left, true, right),
        (None, Some((left, right))) => (left, false, right),
        _ => return Err(wrong()),
    };
    let value: f64 = right.trim().replace('_', "").parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(wrong)?;
    Ok((left.trim().to_owned(), expression(left, known)?, OutcomeLimit { at_most, value }))
}

/// One lever; `*=` and `+=` act on the value of the level below, `=` replaces it.
fn lever(plan: &Plan, line: &Line, before: &[Factor]) -> Result<(Factor, Lever), Box<Diagnostic>> {
    let told = |error: cluster::ClusterError| Box::new(Diagnostic::at(&line.mark, error.to_string()));
    let split = |act: &str| line.text.split_once(act).map(|(path, range)| (path.trim(), range.trim()));
    let (act, (path, range)) = match (split("*="), split("+=")) {
        (Some(parts), _) => (Act::Times, parts),
        (None, Some(parts)) => (Act::Add, parts),
        (None, None) => (Act::Set, split("=").unwrap_or((line.text.trim(), ""))),
    };
    let mut factor =
        if act == Act::Set { cluster::lever(plan, &line.text).map_err(told)? } else { Factor::uniform(path, 0.0, 1.0) };
    cluster::check_target(plan, before, &factor).map_err(told)?;
    let target = plan.target(path).map_err(|e| {
        let mut diagnostic = Diagnostic::at(&line.mark, e.message).maybe_help(e.help);
        diagnostic.expected = e.expected;
        Box::new(diagnostic)
    })?;
    if path.starts_with("changes.") {
        let message = format!("`{path}` is the number of a change, which no policy sets");
        return Err(Box::new(Diagnostic::at(&line.mark, message).expected("the path of a parameter")));
    }
    let kind = target.kind(&plan.registry);
    if act != Act::Set {
        let ends = range.split_once("..").map(|(low, high)| (low.trim().parse::<f64>(), high.trim().parse::<f64>()));
        let Some((Ok(low), Ok(high))) =
            ends.filter(|e| matches!(e, (Ok(a), Ok(b)) if a.is_finite() && b.is_finite() && a < b))
        else {
            let message = "a lever with *= or += takes a range LOW..HIGH with LOW below HIGH";
            let diagnostic = Diagnostic::at(&line.mark, message).found(format!("`{range}`"));
            let right = "such as services.analysts*=0.5..2, half to twice of what the scenario has";
            return Err(Box::new(diagnostic.expected(right)));
        };
        if !kind.continuous() {
            let message = format!("`{path}` is no number: *= and += cannot act on it");
            return Err(Box::new(Diagnostic::at(&line.mark, message).expected(kind.expectation())));
        }
        factor = Factor::uniform(path, low, high);
        if let Some((found, right)) = factor.flaw() {
            return Err(Box::new(Diagnostic::at(&line.mark, format!("`{path}`: {found}")).expected(right)));
        }
    }
    Ok((factor, Lever { path: path.to_owned(), act, kind, target, mark: line.mark.clone() }))
}

impl Input {
    /// The policy that a setting of the levers makes.
    pub fn policy(&self, name: &str, values: &[f64]) -> Policy {
        let mut set: Vec<Assignment> = (0..self.levers.len()).map(|i| self.assignment(i, values[i])).collect();
        // What is said of one country acts on what is said of all.
        set.sort_by_key(|a| a.target.is_particular());
        let stage = Stage { set, ..self.frame.clone() };
        let (mut stages, sharing) = self.base.clone().map(|p| (p.stages, p.sharing)).unwrap_or_default();
        stages.push(stage);
        let label = name.to_owned();
        Policy { name: name.into(), label, description: String::new(), stages, sharing, mark: Mark::default() }
    }

    /// The name of the policy over which settings are laid.
    pub fn base(&self) -> Option<&str> {
        self.base.as_ref().map(|policy| policy.name.as_str())
    }

    /// The first lever that would replace a value which `policy` sets, with its place and path.
    pub(in crate::study) fn overwrites(&self, policy: &Policy) -> Option<(Mark, String)> {
        let set = || policy.stages.iter().flat_map(|stage| &stage.set);
        let levers = self.levers.iter().filter(|lever| lever.act == Act::Set);
        let mut both = levers.filter(|lever| set().any(|assignment| assignment.target.overlaps(&lever.target)));
        both.next().map(|lever| (lever.mark.clone(), lever.path.clone()))
    }

    fn assignment(&self, i: usize, value: f64) -> Assignment {
        let lever = &self.levers[i];
        let operation = match lever.act {
            Act::Set => Operation::Set(self.plain(i, value)),
            Act::Times => Operation::Times(value),
            Act::Add => Operation::Add(value),
        };
        Assignment { path: lever.path.clone(), target: lever.target, operation, mark: lever.mark.clone(), number: None }
    }

    /// The value that a parameter gets; a category has the value of its word.
    fn plain(&self, i: usize, value: f64) -> f64 {
        let factor = &self.problem.factors[i];
        let word = factor.categories().map(|_| factor.text(value));
        word.and_then(|word| cluster::category(self.levers[i].kind, &word)).unwrap_or(value)
    }

    /// One line of a policy's `set`, as a scenario file writes it.
    pub fn written(&self, i: usize, value: f64) -> String {
        let lever = &self.levers[i];
        let right = match lever.act {
            Act::Set => lever.kind.write(self.plain(i, value)),
            Act::Times => format!("{{ times = {value:?} }}"),
            Act::Add => format!("{{ add = {value:?} }}"),
        };
        format!("\"{}\" = {right}", lever.path)
    }

    /// A lever's name in tables: its path, with what it does.
    pub fn name(&self, i: usize) -> String {
        let lever = &self.levers[i];
        match lever.act {
            Act::Set => lever.path.clone(),
            Act::Times => format!("{} times", lever.path),
            Act::Add => format!("{} plus", lever.path),
        }
    }

    /// The dates and the ramp, as lines of a policy.
    pub fn dates(&self) -> String {
        let mut out = format!("from = {}\n", self.frame.from);
        if let Some(until) = self.frame.until {
            out += &format!("until = {until}\n");
        }
        if self.frame.ramp_days > 0 {
            out += &format!("ramp_days = {}\nramp_step_days = {}\n", self.frame.ramp_days, self.frame.ramp_step_days);
        }
        out
    }

    /// Builds the arms at both ends of all levers, so that a range that leaves its parameter's is told at once.
    fn check_ends(&self, plan: &Plan) -> Result<(), Diagnostics> {
        [0.0, 1.0].into_iter().try_for_each(|rank| {
            let values: Vec<f64> = self.problem.factors.iter().map(|f| f.value(rank)).collect();
            plan.arm_under(&self.policy("the end of the levers' ranges", &values), 0).map(|_| ())
        })
    }
}
