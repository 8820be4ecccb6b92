//! Symmetric matrices as regressions need them: Cholesky's factor, what it solves, the inverse.

use libm::sqrt;

/// A square matrix, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Square {
    pub(crate) size: usize,
    pub(crate) cells: Vec<f64>,
}

impl Square {
    /// All cells 0.
    pub(crate) fn zero(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    /// One cell.
    pub(crate) fn at(&self, i: usize, j: usize) -> f64 {
        self.cells[i * self.size + j]
    }

    /// One cell, to be changed.
    pub(crate) fn cell(&mut self, i: usize, j: usize) -> &mut f64 {
        &mut self.cells[i * self.size + j]
    }

    /// The lower factor L of L Lᵀ; `None` where the matrix is not positive definite.
    pub(crate) fn cholesky(&self) -> Option<Self> {
        let n = self.size;
        let mut low = Self::zero(n);
        for i in 0..n {
            for j in 0..=i {
                let (a, b) = (&low.cells[i * n..i * n + j], &low.cells[j * n..j * n + j]);
                let rest = self.at(i, j) - a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
                if i == j {
                    // Less than this of itself left is rounding.
                    if !(rest.is_finite() && rest > 1e-13 * self.at(i, i).abs() && rest > 0.0) {
                        return None;
                    }
                    *low.cell(i, i) = sqrt(rest);
                } else {
                    *low.cell(i, j) = rest / low.at(j, j);
                }
            }
        }
        Some(low)
    }

    /// The factor of the matrix, or of one with the least stretched diagonal that has one.
    pub(crate) fn cholesky_or_near(&self) -> Option<Self> {
        self.cholesky().or_else(|| {
            (-12..=-2).find_map(|power| {
                let mut near = self.clone();
                let mean = (0..self.size).map(|i| self.at(i, i)).sum::<f64>() / self.size as f64;
                (0..self.size).for_each(|i| *near.cell(i, i) += mean * libm::pow(10.0, f64::from(power)));
                near.cholesky()
            })
        })
    }

    /// L⁻¹ b of a lower factor.
    pub(crate) fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in 0..self.size {
            let known: f64 = (0..i).map(|j| self.at(i, j) * x[j]).sum();
            x[i] = (x[i] - known) / self.at(i, i);
        }
        x
    }

    /// L⁻ᵀ b of a lower factor.
    pub(crate) fn backward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in (0..self.size).rev() {
            let known: f64 = (i + 1..self.size).map(|j| self.at(j, i) * x[j]).sum();
            x[i] = (x[i] - known) / self.at(i, i);
        }
        x
    }

    /// (L Lᵀ)⁻¹ b of a lower factor.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        self.backward(&self.forward(b))
    }

    /// (L Lᵀ)⁻¹ of a lower factor.
    pub(crate) fn inverse(&self) -> Self {
        let n = self.size;
        let mut out = Self::zero(n);
        for j in 0..n {
            let mut unit = vec![0.0; n];
            unit[j] = 1.0;
            for (i, value) in self.solve(&unit).into_iter().enumerate() {
                *out.cell(i, j) = value;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_and_inverts() {
        let a = Square { size: 3, cells: vec![4.0, 2.0, 1.0, 2.0, 5.0, 3.0, 1.0, 3.0, 6.0] };
        let low = a.cholesky().unwrap();
        let x = low.solve(&[1.0, 2.0, 3.0]);
        for (i, b) in [1.0, 2.0, 3.0].into_iter().enumerate() {
            assert!(((0..3).map(|j| a.at(i, j) * x[j]).sum::<f64>() - b).abs() < 1e-12);
        }
        let inverse = low.inverse();
        let product: f64 = (0..3).map(|k| a.at(0, k) * inverse.at(k, 0)).sum();
        assert!((product - 1.0).abs() < 1e-12);
        let flat = Square { size: 2, cells: vec![1.0, 1.0, 1.0, 1.0] };
        assert!(flat.cholesky().is_none() && flat.cholesky_or_near().is_some());
    }
}
