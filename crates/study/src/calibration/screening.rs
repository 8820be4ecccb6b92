//! Screening: which uncertain parameters the distance hangs on, by Morris's elementary effects.

use rayon::prelude::*;

use crate::analysis::{Resampling, Response, morris};
use crate::design::{DesignRequest, Factor, Method, Problem, plan};

use super::error::CalibrationError;
use super::smc::{Answer, FitPoint};

/// Levels of the grid that trajectories walk on.
const LEVELS: usize = 4;
/// Generation number of screening points, which no fit reaches: their streams are their own.
pub(super) const SCREENING: u32 = u32::MAX;

/// One parameter after screening.
#[derive(Clone, Debug, PartialEq)]
pub struct Screened {
    /// Its path.
    pub parameter: String,
    /// Mean size of its elementary effects on the distance; `None` where undefined.
    pub mu_star: Option<f64>,
    /// Whether it stays free.
    pub kept: bool,
}

/// Orders the factors by their effect on the distance and keeps at most `most` of them, first those named in `always`.
///
/// `None` if asked to stop. Points that fail leave out their trajectory.
///
/// # Errors
/// [`CalibrationError::Design`] or [`CalibrationError::Analysis`] where too few trajectories are whole.
pub(crate) fn screen(
    factors: &[Factor],
    trajectories: usize,
    most: usize,
    always: &[String],
    seed: u64,
    evaluate: &(dyn Fn(&FitPoint) -> Answer + Sync),
) -> Result<Option<Vec<Screened>>, CalibrationError> {
    let problem = Problem::new(factors.to_vec())?;
    let request = DesignRequest { method: Method::Morris { levels: LEVELS }, base: trajectories, seed };
    let design = plan(&problem, &request)?;
    // All points of a trajectory run on the same streams: an effect is then a parameter's and not chance's.
    let steps = (design.rows() / trajectories.max(1)).max(1);
    let answers: Vec<Answer> = (0..design.rows())
        .into_par_iter()
        .with_max_len(1)
        .map(|row| {
            let values = (0..factors.len()).map(|j| design.column(j)[row]).collect();
            evaluate(&FitPoint { generation: SCREENING, serial: (row / steps) as u64, values })
        })
        .collect();
    if answers.contains(&Answer::Stopped) {
        return Ok(None);
    }
    let distances = answers.iter().map(|a| if let Answer::Done(found) = a { Some(found.distance) } else { None });
    let response = Response::new(&design, "distance", distances.collect())?;
    let found = morris(&design, &response, Resampling { resamples: 0, seed })?;
    let mut rows: Vec<Screened> = factors
        .iter()
        .map(|factor| {
            let row = found.indices.iter().find(|row| row.parameter == factor.name);
            let mu_star = row.and_then(|row| row.get("mu_star")).and_then(|e| e.estimate);
            Screened { parameter: factor.name.clone(), mu_star, kept: false }
        })
        .collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let size = |i: usize| rows[i].mu_star.unwrap_or(f64::NEG_INFINITY);
    let named = |i: usize| always.contains(&rows[i].parameter);
    order.sort_by(|a, b| named(*b).cmp(&named(*a)).then(size(*b).total_cmp(&size(*a))));
    order.into_iter().take(most).for_each(|i| rows[i].kept = true);
    Ok(Some(rows))
}

#[cfg(test)]
mod tests {
    use super::super::smc::Evaluation;
    use super::*;

    #[test]
    fn what_matters_is_kept_and_the_rest_is_not() {
        let factors: Vec<Factor> = (0..12).map(|i| Factor::uniform(format!("p{i}"), 0.0, 1.0)).collect();
        let evaluate = |point: &FitPoint| {
            let distance = (point.values[3] - 0.2).abs() * 5.0 + point.values[7] * 2.0 + point.values[1] * 0.01;
            Answer::Done(Evaluation { distance, summaries: Vec::new() })
        };
        let found = screen(&factors, 8, 3, &[], 1, &evaluate).unwrap().unwrap();
        let kept: Vec<&str> = found.iter().filter(|s| s.kept).map(|s| s.parameter.as_str()).collect();
        assert_eq!(kept, ["p1", "p3", "p7"]);
        assert!(found[0].mu_star.unwrap().abs() < 1e-12);
        assert_eq!(screen(&factors, 8, 3, &[], 1, &|_| Answer::Stopped).unwrap(), None);
        // What is named stays, and takes the place of the weakest.
        let found = screen(&factors, 8, 3, &["p9".into()], 1, &evaluate).unwrap().unwrap();
        let kept: Vec<&str> = found.iter().filter(|s| s.kept).map(|s| s.parameter.as_str()).collect();
        assert_eq!(kept, ["p3", "p7", "p9"]);
    }

    #[test]
    fn chance_is_no_effect() {
        let factors: Vec<Factor> = (0..12).map(|i| Factor::uniform(format!("p{i}"), 0.0, 1.0)).collect();
        // What chance adds hangs on the stream alone, and is far larger than what any parameter does.
        let evaluate = |point: &FitPoint| {
            let chance = forestall_model::Key::from_bits(point.serial).child(1, 0).bits() as f64 / 1e15;
            Answer::Done(Evaluation { distance: chance + point.values[3], summaries: Vec::new() })
        };
        let found = screen(&factors, 8, 1, &[], 1, &evaluate).unwrap().unwrap();
        assert!(found[3].kept && found.iter().all(|s| s.parameter == "p3" || s.mu_star.unwrap() < 1e-9));
    }
}
