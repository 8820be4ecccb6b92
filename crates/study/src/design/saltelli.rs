//! Saltelli's design for Sobol indices: blocks of A, A with one group from B, [B with one group from A], B.
//!
//! Saltelli (2002, 2010). Row order is that of `SALib`. A and B are two halves of one scrambled Sobol sequence
//! in twice as many dimensions; a group of factors is taken over whole.

use super::owen::ScrambledSobol;
use super::plan::Group;

/// Rows of one block.
pub(super) fn block_rows(groups: usize, second_order: bool) -> usize {
    if second_order { 2 * groups + 2 } else { groups + 2 }
}

/// The ranks of all rows, row after row.
pub(super) fn ranks(
    points: &ScrambledSobol,
    base: usize,
    factors: usize,
    groups: &[Group],
    second_order: bool,
) -> Vec<f64> {
    let mut all = Vec::with_capacity(base * block_rows(groups.len(), second_order) * factors);
    for block in 0..base {
        let point = |offset: usize| -> Vec<f64> { (0..factors).map(|d| points.at(block as u64, offset + d)).collect() };
        let (a, b) = (point(0), point(factors));
        let mixed = |from: &[f64], with: &[f64], group: &Group| -> Vec<f64> {
            let mut row = from.to_vec();
            group.members.iter().for_each(|&m| row[m] = with[m]);
            row
        };
        all.extend(&a);
        all.extend(groups.iter().flat_map(|g| mixed(&a, &b, g)));
        if second_order {
            all.extend(groups.iter().flat_map(|g| mixed(&b, &a, g)));
        }
        all.extend(&b);
    }
    all
}

/// Whether every block of a table has this structure; the first block that has not is told otherwise.
pub(super) fn check(columns: &[Vec<f64>], groups: &[Group], second_order: bool) -> Result<(), usize> {
    let size = block_rows(groups.len(), second_order);
    let rows = columns.first().map_or(0, Vec::len);
    if rows == 0 || !rows.is_multiple_of(size) {
        return Err(0);
    }
    for start in (0..rows).step_by(size) {
        let (a, b) = (start, start + size - 1);
        let fits = groups.iter().enumerate().all(|(k, group)| {
            columns.iter().enumerate().all(|(j, column)| {
                let inside = group.members.contains(&j);
                let (own, other) = if inside { (b, a) } else { (a, b) };
                column[start + 1 + k] == column[own]
                    && (!second_order || column[start + 1 + groups.len() + k] == column[other])
            })
        });
        if !fits {
            return Err(start / size);
        }
    }
    Ok(())
}
