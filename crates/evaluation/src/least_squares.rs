//! Linear regression with the variances that cost and policy evaluations use.
//!
//! White 1980, *Econometrica* 48, 817 (HC0); MacKinnon and White 1985, *Journal of Econometrics* 29, 305 (HC1, HC3);
//! Liang and Zeger 1986, *Biometrika* 73, 13 (CR0); CR1 with the factor `G/(G−1) · (n−1)/(n−k)`.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use nalgebra::{DMatrix, DVector};

use crate::{Problem, refuse};

/// How the variance of the coefficients is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Variance<'a> {
    /// The same for every row, independent.
    Classic,
    /// Its own for every row.
    Hc0,
    /// The same, times `n / (n − k)`.
    Hc1,
    /// The same, with each residual divided by one minus its leverage.
    Hc3,
    /// Rows of one cluster hang together: the cluster of each row, numbered from 0.
    Cr0(&'a [usize]),
    /// The same with the small-sample factor.
    Cr1(&'a [usize]),
}

/// A fitted linear regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The coefficients, in the order of the columns.
    pub coefficients: Vec<f64>,
    /// What is left of each row.
    pub residuals: Vec<f64>,
    design: DMatrix<f64>,
    /// `(XᵀX)⁻¹`
    inverse: DMatrix<f64>,
}

/// Fits `y` on the columns of `design` (rows × columns; with a column of ones when an intercept is wanted).
///
/// # Errors
/// When lengths differ, a value is not a number, there are no more rows than columns, or the columns hang together.
pub fn fit(design: &DMatrix<f64>, y: &[f64]) -> Result<Fit, Problem> {
    let (rows, columns) = design.shape();
    if y.len() != rows {
        return Err(refuse::lengths("y", y.len(), rows));
    }
    refuse::finite("y", y)?;
    for column in 0..columns {
        refuse::finite("design", design.column(column).clone_owned().as_slice())?;
    }
    if rows <= columns {
        return Err(refuse::needs("rows", "more rows than columns"));
    }
    let qr = design.clone().qr();
    let r = qr.r();
    let largest = r.diagonal().amax();
    if r.diagonal().iter().any(|d| d.abs() < largest * 1e-11) {
        return Err(refuse::dependent());
    }
    let right = qr.q().transpose() * DVector::from_column_slice(y);
    let (Some(beta), Some(inverse_r)) = (r.solve_upper_triangular(&right), r.clone().try_inverse()) else {
        return Err(refuse::dependent());
    };
    let residuals = DVector::from_column_slice(y) - design * &beta;
    Ok(Fit {
        coefficients: beta.as_slice().to_vec(),
        residuals: residuals.as_slice().to_vec(),
        design: design.clone(),
        inverse: &inverse_r * inverse_r.transpose(),
    })
}

impl Fit {
    /// The covariance of the coefficients.
    ///
    /// # Errors
    /// When clusters are asked for and there are fewer than two, or not one for each row.
    pub fn covariance(&self, variance: Variance<'_>) -> Result<DMatrix<f64>, Problem> {
        let (rows, columns) = self.design.shape();
        let (n, k) = (rows as f64, columns as f64);
        let meat = |residual: &dyn Fn(usize) -> f64| {
            let mut scaled = self.design.clone();
            for row in 0..rows {
                scaled.row_mut(row).scale_mut(residual(row));
            }
            &self.inverse * (scaled.transpose() * &scaled) * &self.inverse
        };
        Ok(match variance {
            Variance::Classic => {
                let sum: f64 = self.residuals.iter().map(|e| e * e).sum();
                &self.inverse * (sum / (n - k))
            }
            Variance::Hc0 => meat(&|row| self.residuals[row]),
            Variance::Hc1 => meat(&|row| self.residuals[row]) * (n / (n - k)),
            Variance::Hc3 => meat(&|row| self.residuals[row] / (1.0 - self.leverage(row))),
            Variance::Cr0(cluster) => self.clustered(cluster)?.0,
            Variance::Cr1(cluster) => {
                let (covariance, clusters) = self.clustered(cluster)?;
                covariance * (clusters / (clusters - 1.0) * (n - 1.0) / (n - k))
            }
        })
    }

    /// The standard errors of the coefficients.
    ///
    /// # Errors
    /// As for [`Fit::covariance`].
    pub fn errors(&self, variance: Variance<'_>) -> Result<Vec<f64>, Problem> {
        Ok(self.covariance(variance)?.diagonal().iter().map(|v| v.sqrt()).collect())
    }

    fn leverage(&self, row: usize) -> f64 {
        let x = self.design.row(row);
        (x * &self.inverse * x.transpose())[(0, 0)]
    }

    fn clustered(&self, cluster: &[usize]) -> Result<(DMatrix<f64>, f64), Problem> {
        let (rows, columns) = self.design.shape();
        if cluster.len() != rows {
            return Err(refuse::lengths("cluster", cluster.len(), rows));
        }
        let clusters = cluster.iter().max().map_or(0, |most| most + 1);
        let mut scores = DMatrix::<f64>::zeros(clusters, columns);
        let mut seen = vec![false; clusters];
        for (row, &of) in cluster.iter().enumerate() {
            seen[of] = true;
            for column in 0..columns {
                scores[(of, column)] += self.design[(row, column)] * self.residuals[row];
            }
        }
        let clusters = seen.iter().filter(|seen| **seen).count();
        if clusters < 2 {
            return Err(refuse::needs("cluster", "at least two clusters"));
        }
        Ok((&self.inverse * (scores.transpose() * &scores) * &self.inverse, clusters as f64))
    }
}
