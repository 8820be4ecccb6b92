//! Full grids: every combination of evenly spaced shares of each factor, and of every category.

use super::error::DesignError;
use super::factor::Factor;

/// The values of all rows, row after row; the last factor changes fastest.
///
/// # Errors
/// [`DesignError::Request`] where the grid would have more than `most` rows.
pub(super) fn values(factors: &[Factor], levels: usize, most: usize) -> Result<Vec<f64>, DesignError> {
    let axes: Vec<Vec<f64>> = factors.iter().map(|f| axis(f, levels)).collect();
    let rows = axes.iter().try_fold(1_usize, |product, axis| product.checked_mul(axis.len()));
    let Some(rows) = rows.filter(|rows| *rows <= most) else {
        let message = format!(
            "a grid of {levels} levels in {} factors would have more than {most} rows; take fewer levels, or \
             --design sobol, whose number of rows you choose",
            factors.len()
        );
        return Err(DesignError::request(message));
    };
    let mut all = Vec::with_capacity(rows * factors.len());
    for row in 0..rows {
        let mut rest = row;
        let mut point: Vec<f64> = axes
            .iter()
            .rev()
            .map(|axis| {
                let value = axis[rest % axis.len()];
                rest /= axis.len();
                value
            })
            .collect();
        point.reverse();
        all.extend(point);
    }
    Ok(all)
}

/// The different values of one factor: `levels` evenly spaced shares, or all categories.
fn axis(factor: &Factor, levels: usize) -> Vec<f64> {
    if let Some(names) = factor.categories() {
        return (0..names.len()).map(|code| code as f64).collect();
    }
    let share = |i: usize| if levels == 1 { 0.5 } else { i as f64 / (levels - 1) as f64 };
    let mut values: Vec<f64> = (0..levels).map(|i| factor.value(factor.rank_of_share(share(i)))).collect();
    // Rounding to whole numbers can make neighbours equal.
    values.dedup();
    values
}
