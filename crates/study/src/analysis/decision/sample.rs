//! Which rows of a table of draws are draws of their own, and how many independent ones they are worth.
//!
//! A posterior of weighted particles gives equally likely draws by drawing a heavy particle several times. Such rows are
//! one family: what one has beyond the regression on a parameter the others have too. A family is left out together,
//! and errors count families, not rows: n²/Σm² for families of m rows (Kish 1965).

use std::collections::BTreeMap;

/// Rows in families.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// The family of each row, numbered by its first row.
    families: Vec<usize>,
    /// Independent rows that give the same error.
    pub(crate) effective: f64,
}

impl Sample {
    /// Rows each of which is its own.
    pub(crate) fn single(rows: usize) -> Self {
        Self { families: (0..rows).collect(), effective: rows as f64 }
    }

    /// Rows that are alike in every column, bit by bit, are a family.
    pub(crate) fn of_equal_rows(columns: &[Vec<f64>]) -> Self {
        let rows = columns.first().map_or(0, Vec::len);
        let (mut first, mut sizes) = (BTreeMap::new(), BTreeMap::<usize, f64>::new());
        let mut families = Vec::with_capacity(rows);
        for row in 0..rows {
            let bits: Vec<u64> = columns.iter().map(|column| column[row].to_bits()).collect();
            let family = *first.entry(bits).or_insert(row);
            *sizes.entry(family).or_default() += 1.0;
            families.push(family);
        }
        let squares: f64 = sizes.values().map(|m| m * m).sum();
        Self { families, effective: (rows * rows) as f64 / squares.max(1.0) }
    }

    /// The number by which a row's family goes.
    pub(crate) fn family(&self, row: usize) -> usize {
        self.families[row]
    }

    /// Whether some family has more rows than one.
    pub(crate) fn repeats(&self) -> bool {
        self.effective < self.families.len() as f64
    }

    /// Number of families.
    pub(crate) fn distinct(&self) -> usize {
        self.families.iter().enumerate().filter(|(row, family)| row == *family).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_a_family_and_count_by_their_squares() {
        let sample = Sample::of_equal_rows(&[vec![1.0, 2.0, 1.0, 1.0, 2.0], vec![5.0, 5.0, 5.0, 6.0, 5.0]]);
        let families: Vec<usize> = (0..5).map(|row| sample.family(row)).collect();
        assert_eq!((families, sample.distinct(), sample.repeats()), (vec![0, 1, 0, 3, 1], 3, true));
        // Families of 2, 2 and 1: 25 ÷ 9.
        assert_eq!(sample.effective, 25.0 / 9.0);
        let single = Sample::single(4);
        assert_eq!((single.effective, single.repeats(), single.distinct()), (4.0, false, 4));
    }
}
