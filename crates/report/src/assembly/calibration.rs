//! Charts of a calibration.

use crate::chart::{self, Chart, ChartError};
use forestall_study::Calibration;

/// Prior and posterior of each parameter, each pattern beside its fact, and ranks of known truths where there are some.
///
/// # Errors
/// If a chart cannot be drawn.
pub fn calibration_charts(found: &Calibration) -> Result<Vec<Chart>, ChartError> {
    let effective = found.state.generations.last().map_or(0.0, |g| g.effective);
    let sample = format!("{} particles, effective sample size {effective:.0}.", found.state.particles.len());
    let checked = format!("{} draws from the posterior, one replication each, on fresh streams.", found.checked);
    let mut charts = vec![
        chart::posterior(&found.parameter_table(), &found.rank_table(), &sample)?,
        chart::predictive(&found.pattern_table(), &checked)?,
    ];
    if let Some(truths) = &found.truths {
        let sample = format!("{} truths from the prior, each fitted as if it were the record.", truths.count);
        charts.push(chart::ranks(&found.truth_table(), &sample)?);
    }
    Ok(charts)
}
