//! An outcome that happens or not, of people who hang together by site, on average over sites: generalised estimating
//! equations.
//!
//! Liang and Zeger 1986, *Biometrika* 73, 13: logistic mean, people of a site alike to one degree (exchangeable) or
//! not at all, errors by the sandwich, which is right whatever the degree but too small with few sites (Mancl and
//! DeRouen 2001, *Biometrics* 57, 126): under some forty, [`crate::mixed_logistic`] or
//! [`crate::difference::cyclic_shifts`] tell more. Effects are of the average person, and nearer to zero than those
//! of the mixed model.
#![allow(
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "counts far below 2^52; letters as in the papers"
)]

use nalgebra::{DMatrix, DVector};

use crate::{Problem, refuse};

/// How people of one site hang together in the working model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Working {
    /// Not at all.
    Independence,
    /// Each two to the same degree.
    Exchangeable,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Gee {
    /// The coefficients, in the order of the columns.
    pub coefficients: Vec<f64>,
    /// Their sandwich standard errors.
    pub errors: Vec<f64>,
    /// The correlation of two people of one site.
    pub alike: f64,
    /// The mean square of the residuals; 1 for outcomes that happen or not.
    pub scale: f64,
}

/// Fits `y` on the columns of `design`; `site` is numbered from 0.
///
/// # Errors
/// When lengths differ, a value is not a number, there are fewer than two sites, columns hang together, or the
/// equations have no solution.
pub fn fit(design: &DMatrix<f64>, y: &[bool], site: &[usize], working: Working) -> Result<Gee, Problem> {
    if site.len() != y.len() {
        return Err(refuse::lengths("site", site.len(), y.len()));
    }
    let begin = crate::logistic::fit(design, y)?;
    let sites = site.iter().max().map_or(0, |most| most + 1);
    let mut rows = vec![Vec::new(); sites];
    site.iter().enumerate().for_each(|(row, site)| rows[*site].push(row));
    rows.retain(|rows| !rows.is_empty());
    if rows.len() < 2 {
        return Err(refuse::needs("site", "at least two sites"));
    }
    let mut beta = DVector::from_vec(begin.coefficients);
    let mut alike = 0.0;
    for _ in 0..200 {
        let parts = Parts::of(design, y, &beta);
        let scale = parts.residual.norm_squared() / y.len() as f64;
        let next = match working {
            Working::Independence => 0.0,
            Working::Exchangeable => parts.alike(&rows, scale),
        };
        let (bread, scores) = parts.equations(&rows, next)?;
        let Some(inverse) = bread.cholesky().map(|cholesky| cholesky.inverse()) else {
            return Err(refuse::dependent());
        };
        let step = &inverse * scores.row_sum().transpose();
        let still = step.amax() < 1e-10 && f64::abs(next - alike) < 1e-10;
        beta += &step;
        alike = next;
        if still {
            let variance = &inverse * (scores.transpose() * &scores) * &inverse;
            return Ok(Gee {
                coefficients: beta.as_slice().to_vec(),
                errors: variance.diagonal().iter().map(|v| v.sqrt()).collect(),
                alike,
                scale,
            });
        }
    }
    Err(Problem::whole("the equations have no solution that 200 rounds find; leave out a column, or take independence"))
}

struct Parts {
    /// The design, each row times the root of its variance.
    scaled: DMatrix<f64>,
    /// Residuals over the root of their variance.
    residual: DVector<f64>,
}

impl Parts {
    fn of(design: &DMatrix<f64>, y: &[bool], beta: &DVector<f64>) -> Self {
        let mut scaled = design.clone();
        let chance = (design * beta).map(|eta| 1.0 / (1.0 + (-eta).exp()));
        let residual = DVector::from_fn(y.len(), |row, _| {
            let root = (chance[row] * (1.0 - chance[row])).sqrt();
            scaled.row_mut(row).scale_mut(root);
            (f64::from(u8::from(y[row])) - chance[row]) / root
        });
        Self { scaled, residual }
    }

    /// The mean product of two residuals of one site, over the scale.
    fn alike(&self, rows: &[Vec<usize>], scale: f64) -> f64 {
        let (mut products, mut pairs) = (0.0, 0.0);
        for rows in rows {
            let sum: f64 = rows.iter().map(|row| self.residual[*row]).sum();
            let squares: f64 = rows.iter().map(|row| self.residual[*row].powi(2)).sum();
            products += (sum * sum - squares) / 2.0;
            pairs += rows.len() as f64 * (rows.len() as f64 - 1.0) / 2.0;
        }
        if pairs > 0.0 { products / pairs / scale } else { 0.0 }
    }

    /// The information, and the score of each site in a row. The inverse of `(1 − α) I + α J` for `n` people is
    /// `(I − α / (1 + (n − 1) α) J) / (1 − α)`.
    fn equations(&self, rows: &[Vec<usize>], alike: f64) -> Result<(DMatrix<f64>, DMatrix<f64>), Problem> {
        let columns = self.scaled.ncols();
        let mut bread = DMatrix::zeros(columns, columns);
        let mut scores = DMatrix::zeros(rows.len(), columns);
        for (site, rows) in rows.iter().enumerate() {
            let spread = 1.0 + (rows.len() as f64 - 1.0) * alike;
            if spread <= 0.0 || alike >= 1.0 {
                let what = format!("people of one site cannot be alike to the degree {alike:.3}; take independence");
                return Err(Problem::column("site", what));
            }
            let (mut sum, mut rest) = (DVector::<f64>::zeros(columns), 0.0);
            let mut score = DVector::<f64>::zeros(columns);
            for &row in rows {
                let x = self.scaled.row(row).transpose();
                bread += &x * x.transpose() / (1.0 - alike);
                score += &x * self.residual[row];
                rest += self.residual[row];
                sum += x;
            }
            let off = alike / spread;
            bread -= &sum * sum.transpose() * (off / (1.0 - alike));
            score -= &sum * (off * rest);
            scores.row_mut(site).copy_from(&(score.transpose() / (1.0 - alike)));
        }
        Ok((bread, scores))
    }
}
