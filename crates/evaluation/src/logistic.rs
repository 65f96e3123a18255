//! Logistic regression, for the chance of being in a group given what was known at the start (propensity).
//!
//! Maximum likelihood by iteratively reweighted least squares (McCullagh and Nelder 1989, *Generalized Linear
//! Models*, chapter 2.5); variance from the expected information. A covariate that separates the groups has no
//! maximum (Albert and Anderson 1984, *Biometrika* 71, 1) and is refused.
#![allow(
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "counts far below 2^52; letters as in the papers"
)]

use nalgebra::{DMatrix, DVector};

use crate::{Problem, refuse};

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// The coefficients, in the order of the columns.
    pub coefficients: Vec<f64>,
    /// Their covariance.
    pub covariance: DMatrix<f64>,
    /// The fitted chance of each row.
    pub fitted: Vec<f64>,
    /// The log-likelihood.
    pub log_likelihood: f64,
    design: DMatrix<f64>,
    y: Vec<bool>,
}

const ROUNDS: usize = 50;

/// Fits the chance of `y` on the columns of `design` (rows × columns; with a column of ones for an intercept).
///
/// # Errors
/// When lengths differ, a value is not a number, all or none of `y` hold, the columns hang together, or they separate
/// those with and without.
pub fn fit(design: &DMatrix<f64>, y: &[bool]) -> Result<Logistic, Problem> {
    let (rows, columns) = design.shape();
    if y.len() != rows {
        return Err(refuse::lengths("y", y.len(), rows));
    }
    for row in 0..rows {
        for column in 0..columns {
            crate::problem::finite(row, "covariates", design[(row, column)])?;
        }
    }
    let holds = y.iter().filter(|y| **y).count();
    if holds == 0 || holds == rows {
        return Err(refuse::argument("y", holds as f64, "some rows with and some without"));
    }
    // columns on one scale, so that the test of dependence means the same for each
    let scale: Vec<f64> = (0..columns).map(|c| design.column(c).amax().max(f64::MIN_POSITIVE)).collect();
    let x = DMatrix::from_fn(rows, columns, |r, c| design[(r, c)] / scale[c]);
    let mut beta = DVector::<f64>::zeros(columns);
    let mut last = f64::NEG_INFINITY;
    for _ in 0..ROUNDS {
        let chance = (&x * &beta).map(|eta| 1.0 / (1.0 + (-eta).exp()));
        let information = information(&x, &chance);
        let score = x.transpose() * DVector::from_fn(rows, |r, _| f64::from(u8::from(y[r])) - chance[r]);
        let inverse = invert(&information)?;
        let step = &inverse * score;
        beta += &step;
        let likelihood = log_likelihood(&x, &beta, y);
        if (likelihood - last).abs() <= 1e-13 * (1.0 + likelihood.abs()) && step.amax() <= 1e-9 * (1.0 + beta.amax()) {
            let fitted = (&x * &beta).map(|eta| 1.0 / (1.0 + (-eta).exp()));
            let inverse = invert(&self::information(&x, &fitted))?;
            return Ok(Logistic {
                coefficients: beta.iter().zip(&scale).map(|(b, s)| b / s).collect(),
                covariance: DMatrix::from_fn(columns, columns, |i, j| inverse[(i, j)] / scale[i] / scale[j]),
                fitted: fitted.as_slice().to_vec(),
                log_likelihood: likelihood,
                design: design.clone(),
                y: y.to_vec(),
            });
        }
        last = likelihood;
    }
    Err(separated())
}

fn separated() -> Problem {
    Problem::column(
        "covariates",
        "separate those with from those without, so that no chance can be fitted; leave out the covariate that does, or join its rare values",
    )
}

fn information(x: &DMatrix<f64>, chance: &DVector<f64>) -> DMatrix<f64> {
    let mut weighted = x.clone();
    for row in 0..x.nrows() {
        weighted.row_mut(row).scale_mut(chance[row] * (1.0 - chance[row]));
    }
    x.transpose() * weighted
}

fn invert(information: &DMatrix<f64>) -> Result<DMatrix<f64>, Problem> {
    let Some(cholesky) = information.clone().cholesky() else { return Err(separated_or_dependent(information)) };
    let diagonal = cholesky.l().diagonal();
    if diagonal.amin() < 1e-7 * diagonal.amax() {
        return Err(separated_or_dependent(information));
    }
    Ok(cholesky.inverse())
}

/// Information that vanishes altogether comes from chances of 0 and 1; otherwise one column follows from the others.
fn separated_or_dependent(information: &DMatrix<f64>) -> Problem {
    if information.diagonal().amax() < 1e-3 { separated() } else { refuse::dependent() }
}

fn log_likelihood(x: &DMatrix<f64>, beta: &DVector<f64>, y: &[bool]) -> f64 {
    (x * beta).iter().zip(y).map(|(eta, y)| if *y { -(-eta).exp().ln_1p() } else { -eta.exp().ln_1p() }).sum()
}

impl Logistic {
    /// The standard errors of the coefficients.
    pub fn errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|v| v.sqrt()).collect()
    }

    /// What each row adds to the error of the coefficients (influence function over the number of rows): rows ×
    /// columns.
    pub fn influence(&self) -> DMatrix<f64> {
        let mut scores = self.design.clone();
        for (row, (y, fitted)) in self.y.iter().zip(&self.fitted).enumerate() {
            scores.row_mut(row).scale_mut(f64::from(u8::from(*y)) - fitted);
        }
        scores * &self.covariance
    }

    /// The design it was fitted on.
    pub fn design(&self) -> &DMatrix<f64> {
        &self.design
    }
}
