//! A change brought in site after site (stepped wedge), with sites as draws from a population of sites.
//!
//! Hussey and Hughes 2007, *Contemporary Clinical Trials* 28, 182: `y = period + effect · on + site + error`, both
//! normal, by restricted maximum likelihood (Patterson and Thompson 1971, *Biometrika* 58, 545), profiled over the
//! ratio of the two variances. With sites as fixed, see [`crate::difference::two_way`].
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use nalgebra::{DMatrix, DVector};

use crate::{Problem, refuse, special::student_quantile};

/// The effect and how sites differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixed {
    /// The effect of the change.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// Interval with Student's t and sites − 1 degrees of freedom.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
    /// Standard deviation within sites.
    pub within: f64,
    /// Standard deviation between sites.
    pub between: f64,
    /// How far each site lies from the mean of sites (best linear unbiased prediction).
    pub sites: Vec<f64>,
    /// Minus twice the restricted log-likelihood.
    pub criterion: f64,
}

struct Solved {
    beta: DVector<f64>,
    inverse: DMatrix<f64>,
    variance: f64,
    criterion: f64,
}

struct Data<'a> {
    design: DMatrix<f64>,
    y: &'a [f64],
    site: &'a [usize],
    sites: usize,
}

/// Fits the model; `site` and `period` are numbered from 0.
///
/// # Errors
/// When lengths differ, a value is not a number, or the effect cannot be told from the periods.
pub fn mixed(y: &[f64], on: &[f64], site: &[usize], period: &[usize], level: f64) -> Result<Mixed, Problem> {
    for (what, length) in [("on", on.len()), ("site", site.len()), ("period", period.len())] {
        if length != y.len() {
            return Err(refuse::lengths(what, length, y.len()));
        }
    }
    refuse::finite("y", y)?;
    refuse::finite("on", on)?;
    let periods: std::collections::BTreeSet<usize> = period.iter().copied().collect();
    let sites = site.iter().max().map_or(0, |most| most + 1);
    if sites < 2 || y.len() <= periods.len() + 1 {
        return Err(refuse::needs("site", "at least two sites, and more rows than periods"));
    }
    let columns: Vec<usize> = periods.into_iter().collect();
    let design = DMatrix::from_fn(y.len(), columns.len() + 1, |row, column| match column {
        0 => on[row],
        _ => f64::from(u8::from(period[row] == columns[column - 1])),
    });
    let data = Data { design, y, site, sites };
    // the ratio of the variances on the scale of its root; a minimum at zero stays there
    let criterion = |root: f64| data.solve(root * root).map_or(f64::INFINITY, |solved| solved.criterion);
    let root = minimum(0.0, 10.0, criterion);
    let solved = data.solve(root * root).ok_or_else(refuse::dependent)?;
    let error = (solved.variance * solved.inverse[(0, 0)]).sqrt();
    let width = student_quantile(f64::midpoint(1.0, level), sites as f64 - 1.0) * error;
    Ok(Mixed {
        estimate: solved.beta[0],
        error,
        lower: solved.beta[0] - width,
        upper: solved.beta[0] + width,
        within: solved.variance.sqrt(),
        between: solved.variance.sqrt() * root,
        sites: data.effects(root * root, &solved.beta),
        criterion: solved.criterion,
    })
}

impl Data<'_> {
    /// Sums over each site: how many rows, of the design and of what is given.
    fn site_sums(&self, of: &dyn Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.sites];
        for row in 0..self.y.len() {
            sums[self.site[row]] += of(row);
        }
        sums
    }

    /// The generalised least squares solution when the variance between sites is `ratio` times that within.
    ///
    /// The inverse of `I + θJ` for a site of `n` rows is `I − θ/(1 + nθ) J`, so sums over sites are enough.
    fn solve(&self, ratio: f64) -> Option<Solved> {
        let (rows, columns) = self.design.shape();
        let sizes = self.site_sums(&|_| 1.0);
        let shrink: Vec<f64> = sizes.iter().map(|n| ratio / (1.0 + n * ratio)).collect();
        let sums: Vec<Vec<f64>> =
            (0..columns).map(|column| self.site_sums(&|row| self.design[(row, column)])).collect();
        let y_sums = self.site_sums(&|row| self.y[row]);
        let y = DVector::from_column_slice(self.y);
        let mut left = self.design.transpose() * &self.design;
        let mut right = self.design.transpose() * &y;
        let mut square = y.dot(&y);
        for site in 0..self.sites {
            for i in 0..columns {
                for j in 0..columns {
                    left[(i, j)] -= shrink[site] * sums[i][site] * sums[j][site];
                }
                right[i] -= shrink[site] * sums[i][site] * y_sums[site];
            }
            square -= shrink[site] * y_sums[site] * y_sums[site];
        }
        let cholesky = left.cholesky()?;
        let beta = cholesky.solve(&right);
        let rest = square - beta.dot(&right);
        let freedom = (rows - columns) as f64;
        let variance = rest / freedom;
        let log_v: f64 = sizes.iter().map(|n| (1.0 + n * ratio).ln()).sum();
        let log_x: f64 = 2.0 * cholesky.l().diagonal().iter().map(|d| d.ln()).sum::<f64>();
        let criterion = freedom * ((2.0 * std::f64::consts::PI * variance).ln() + 1.0) + log_v + log_x;
        Some(Solved { beta, inverse: cholesky.inverse(), variance, criterion })
    }

    fn effects(&self, ratio: f64, beta: &DVector<f64>) -> Vec<f64> {
        let fitted = &self.design * beta;
        let sizes = self.site_sums(&|_| 1.0);
        let rest = self.site_sums(&|row| self.y[row] - fitted[row]);
        sizes.iter().zip(rest).map(|(n, rest)| ratio / (1.0 + n * ratio) * rest).collect()
    }
}

/// The minimum of a function with one valley, by golden section.
pub(crate) fn minimum(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut a, mut b) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_a, mut at_b) = (f(a), f(b));
    for _ in 0..120 {
        if at_a <= at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - golden * (high - low);
            at_a = f(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + golden * (high - low);
            at_b = f(b);
        }
    }
    f64::midpoint(low, high)
}
