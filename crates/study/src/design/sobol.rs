//! Sobol sequences with the direction numbers of Joe and Kuo (2008), at 64 bits.
//!
//! The table holds a primitive polynomial and initial numbers m for each dimension; the recurrence of
//! Bratley and Fox (1988, Algorithm 659) gives the others. Point i in natural binary order is the
//! exclusive-or of the direction numbers at the set bits of i, so any 2ᵏ first points are a digital net.

use std::sync::OnceLock;

/// Dimensions the embedded table holds.
pub(super) const MOST_DIMENSIONS: usize = 2200;

/// Bits of a direction number, and the binary logarithm of the longest sequence.
const BITS: usize = 64;

const TABLE: &str = include_str!("../../../../assets/joe-kuo-6.txt");

/// Degree, inner coefficients and initial numbers of one dimension.
struct Row {
    inner: u64,
    initial: Vec<u64>,
}

/// The rows of dimensions 2, 3, …; the first dimension is the van der Corput sequence.
fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        lines
            .map(|line| {
                // The file is compiled in; a test reads every row of it.
                let numbers: Vec<u64> = line.split(' ').filter_map(|n| n.parse().ok()).collect();
                Row { inner: numbers[2], initial: numbers[3..].to_vec() }
            })
            .collect()
    })
}

/// The unscrambled sequence in some number of dimensions.
#[derive(Clone, Debug)]
pub(super) struct Sobol {
    directions: Vec<[u64; BITS]>,
}

impl Sobol {
    /// The sequence in `dimensions` dimensions; `None` above [`MOST_DIMENSIONS`].
    pub(super) fn new(dimensions: usize) -> Option<Self> {
        if dimensions > MOST_DIMENSIONS {
            return None;
        }
        let corput = std::array::from_fn(|k| 1_u64 << (BITS - 1 - k));
        let others = rows().iter().take(dimensions.saturating_sub(1)).map(directions);
        let directions = if dimensions == 0 { Vec::new() } else { std::iter::once(corput).chain(others).collect() };
        Some(Self { directions })
    }

    /// The number of dimensions.
    #[cfg(test)]
    pub(super) fn dimensions(&self) -> usize {
        self.directions.len()
    }

    /// Coordinate `dimension` of point `index` as a 64-bit fraction: the value is word ÷ 2⁶⁴.
    ///
    /// # Panics
    /// If `dimension` is not below [`Self::dimensions`]: a defect of the caller.
    pub(super) fn word(&self, index: u64, dimension: usize) -> u64 {
        let directions = &self.directions[dimension];
        let mut rest = index;
        let mut word = 0;
        while rest != 0 {
            word ^= directions[rest.trailing_zeros() as usize];
            rest &= rest - 1;
        }
        word
    }
}

fn directions(row: &Row) -> [u64; BITS] {
    let degree = row.initial.len();
    let mut v = [0_u64; BITS];
    for k in 0..BITS {
        if k < degree {
            v[k] = row.initial[k] << (BITS - 1 - k);
            continue;
        }
        v[k] = v[k - degree] ^ v[k - degree] >> degree;
        for j in 1..degree {
            if row.inner >> (degree - 1 - j) & 1 == 1 {
                v[k] ^= v[k - j];
            }
        }
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_sound() {
        assert_eq!(rows().len(), MOST_DIMENSIONS - 1);
        for (i, row) in rows().iter().enumerate() {
            let degree = row.initial.len();
            assert!(degree > 0 && row.inner < 1 << (degree - 1), "dimension {}", i + 2);
            for (k, m) in row.initial.iter().enumerate() {
                assert!(m % 2 == 1 && *m < 2 << k, "dimension {}: m{} = {m}", i + 2, k + 1);
            }
        }
        assert!(Sobol::new(MOST_DIMENSIONS + 1).is_none());
        assert_eq!(Sobol::new(0).map(|s| s.dimensions()), Some(0));
    }

    /// The first points of SciPy 1.17, `qmc.Sobol(d, scramble=False)`, put from Gray-code into natural order.
    #[test]
    fn points_agree_with_an_outside_generator() {
        let sobol = Sobol::new(1200).expect("in the table");
        let expected = include_str!("../../../../tests/fixtures/sobol_points.csv");
        let mut checked = 0;
        for line in expected.lines().skip(1) {
            let cells: Vec<f64> = line.split(',').map(|c| c.parse().expect("a number")).collect();
            let word = sobol.word(cells[0] as u64, cells[1] as usize);
            assert_eq!(word as f64 / 2f64.powi(64), cells[2], "{line}");
            checked += 1;
        }
        assert!(checked >= 400);
    }

    #[test]
    fn each_dimension_fills_each_stratum_once() {
        let sobol = Sobol::new(MOST_DIMENSIONS).expect("in the table");
        for dimension in (0..MOST_DIMENSIONS).step_by(37) {
            let mut seen = [false; 256];
            for index in 0..256 {
                let stratum = (sobol.word(index, dimension) >> 56) as usize;
                assert!(!std::mem::replace(&mut seen[stratum], true), "dimension {dimension}");
            }
        }
    }
}
