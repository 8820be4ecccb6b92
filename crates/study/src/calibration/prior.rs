//! The uncertain parameters of a scenario as factors of a design: their priors.

use crate::design::{Factor, Levels};
use forestall_model::{Kind, Plan};

/// One factor an uncertain parameter, cut to the parameter's own range, in the order of the file.
pub fn factors(plan: &Plan) -> Vec<Factor> {
    let one = |u: &forestall_model::Uncertain| {
        let kind = u.target.kind(&plan.registry);
        let (least, most) = kind.bounds();
        let whole = matches!(kind, Kind::Count(..));
        let levels = Levels::Number { distribution: u.distribution, least, most, whole };
        Factor { name: u.path.clone(), group: None, levels }
    };
    plan.uncertain.iter().map(one).collect()
}
