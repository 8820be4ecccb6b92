//! What `calibrate` prints: generations, parameters, ridges and patterns.

use serde_json::json;

use forestall_study::{Calibration, FitGeneration};

use crate::cli::terminal::{columns, number};

/// One generation in a line.
pub fn generation_line(g: &FitGeneration) -> String {
    format!(
        "generation {}: tolerance {}, accepted {} of {} ({:.0} %), effective sample {:.0}, median distance {:.2}",
        g.number,
        g.tolerance.map_or_else(|| "none".into(), |t| format!("{t:.3}")),
        g.accepted,
        g.tried,
        100.0 * g.acceptance(),
        g.effective,
        g.median_distance
    )
}

/// A calibration for people.
pub fn text(found: &Calibration) -> String {
    let n = |x: f64| number(Some(x));
    let mut out = format!("{}\n\n", found.end_words());
    let mut lines =
        vec![["parameter", "prior 90 %", "posterior 90 %", "median", "width", "verdict"].map(String::from).to_vec()];
    for r in &found.parameters {
        lines.push(vec![
            r.parameter.clone(),
            format!("{} to {}", n(r.prior.0), n(r.prior.1)),
            format!("{} to {}", n(r.posterior.0), n(r.posterior.1)),
            n(r.median),
            number(r.width_ratio),
            r.verdict().into(),
        ]);
    }
    out += &columns(&lines);
    for pair in &found.ridges {
        out += &format!(
            "ridge: {} and {}, correlation {:.2}: known together only\n",
            pair.parameters[0], pair.parameters[1], pair.correlation
        );
    }
    if let Some(truths) = &found.truths {
        out += &format!("{}\n", truths.words().join("\n"));
    }
    if let Some(screened) = &found.screened {
        let fixed: Vec<&str> = screened.iter().filter(|s| !s.kept).map(|s| s.parameter.as_str()).collect();
        out += &format!("left at the scenario's value after screening: {}\n", fixed.join(", "));
    }
    let mut lines =
        vec![["pattern", "fact", "interval", "simulated 90 %", "median", "verdict"].map(String::from).to_vec()];
    for r in &found.patterns {
        let q = r.simulated;
        lines.push(vec![
            format!("{}{}", r.pattern, if r.held_out { " (held out)" } else { "" }),
            r.fact.clone(),
            format!("{} to {}", n(r.interval.0), n(r.interval.1)),
            q.map_or_else(|| "undefined".into(), |q| format!("{} to {}", n(q[0]), n(q[2]))),
            number(q.map(|q| q[1])),
            r.verdict().into(),
        ]);
    }
    out += &format!("\n{}\n", columns(&lines));
    out += &format!(
        "Put this into a scenario to run on the posterior (the path is relative to the scenario's file):\n\n\
         [calibrated]\ndraws = \"{}\"\nreplaces_file = true\n\n{}",
        found.draws().display(),
        found.folder.path().display()
    );
    out
}

/// A calibration for scripts.
pub fn json(found: &Calibration) -> serde_json::Value {
    let parameters: Vec<_> = found
        .parameters
        .iter()
        .map(|r| {
            json!({"parameter": r.parameter, "prior": [r.prior.0, r.prior.1],
                   "posterior": [r.posterior.0, r.posterior.1], "median": r.median, "mean": r.mean,
                   "width_ratio": r.width_ratio, "verdict": r.verdict()})
        })
        .collect();
    let patterns: Vec<_> = found
        .patterns
        .iter()
        .map(|r| {
            json!({"pattern": r.pattern, "fact": r.fact, "interval": [r.interval.0, r.interval.1],
                   "simulated": r.simulated, "published": r.published, "pit": r.pit, "held_out": r.held_out, "hit": r.hit(), "overlap": r.overlaps()})
        })
        .collect();
    let ridges: Vec<_> =
        found.ridges.iter().map(|r| json!({"parameters": r.parameters, "correlation": r.correlation})).collect();
    let generations: Vec<_> = found
        .state
        .generations
        .iter()
        .map(|g| {
            json!({"generation": g.number, "tolerance": g.tolerance, "tried": g.tried, "accepted": g.accepted,
                   "effective_sample": g.effective})
        })
        .collect();
    let truths = found.truths.as_ref().map(|t| {
        let (half, most) = t.inside();
        json!({"count": t.count, "even": t.even(), "uniformity_probability": t.probability(), "inside_50": half,
               "inside_90": most, "as_far": t.as_far})
    });
    json!({"folder": found.folder.path(), "truths": truths, "draws": found.draws(), "end": found.end_words(),
           "generations": generations, "parameters": parameters, "ridges": ridges, "patterns": patterns})
}
