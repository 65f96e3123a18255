//! Fine-Gray regression: proportional hazards of the subdistribution of one cause (Fine and Gray 1999, *JASA* 94:496).
//!
//! Someone who left by another cause stays in the risk set with weight `G(t-)/G(T-)`, where `G` is Kaplan-Meier of being
//! censored, for all together or for each censoring group: both just before, as `crr` of the R package cmprsk has it
//! (`survival::finegray` takes them at the event, which changes the fourth decimal). Ties: Breslow.
//! **Linear time**: the weight is a product of something of `t` and something of the person, so all sums over risk sets are
//! cumulative sums (Kawaguchi, Shen, Li and Suchard 2021, *J. Comput. Graph. Stat.* 30:1).
//! **Variance**: the sandwich of the 1999 paper, with the part for having estimated `G`.

mod rows;
mod variance;

use nalgebra::DMatrix;

use crate::regression::newton::{Derivatives, maximise};
use crate::regression::{Covariates, dot, refusal};
use crate::{Event, Problem};
use rows::Rows;

/// What to fit: one row for each subject, from time 0 on.
#[derive(Clone, Debug)]
pub struct FineGray<'a> {
    time: &'a [f64],
    event: &'a [Event],
    cause: Event,
    covariates: &'a Covariates<'a>,
    censoring: Option<&'a [u32]>,
    own_events: bool,
}

impl<'a> FineGray<'a> {
    /// `event`: 0 is censored, `cause` is what is explained, any other value competes with it.
    pub fn new(time: &'a [f64], event: &'a [Event], cause: Event, covariates: &'a Covariates<'a>) -> Self {
        Self { time, event, cause, covariates, censoring: None, own_events: false }
    }

    /// Groups that are censored in different ways, each with its own `G`.
    #[must_use]
    pub fn censoring_groups(mut self, groups: &'a [u32]) -> Self {
        self.censoring = Some(groups);
        self
    }

    /// With censoring groups, the variance that cmprsk (2.2-11) computes: what the estimate of a group's `G` adds is summed over
    /// the events of that group only. The paper's derivation, and ours without this, sums over all events; the two differ in
    /// the fourth digit, and not at all without groups.
    #[must_use]
    pub fn variance_of_cmprsk(mut self) -> Self {
        self.own_events = true;
        self
    }

    /// Fits the model.
    pub fn fit(&self) -> Result<FineGrayFit, Problem> {
        let rows = Rows::of(self)?;
        let names = self.covariates.names().to_vec();
        let maximum = maximise(rows.p, rows.events(), |beta| derivatives(&rows, beta))
            .map_err(|stuck| refusal::stuck(stuck, &names))?;
        let sums = Sums::of(&rows, &maximum.beta);
        let variance = variance::sandwich(&rows, &sums, &maximum.inverse, self.own_events);
        let coefficients = rows.units.coefficients(&maximum.beta);
        let shift = (-dot(&coefficients, &rows.units.centre)).exp();
        Ok(FineGrayFit {
            variance: rows.units.variance(&variance),
            model_variance: rows.units.variance(&maximum.inverse),
            loglik: maximum.loglik,
            score: maximum.score.iter().zip(&rows.units.width).map(|(score, width)| score * width).collect(),
            score_test: maximum.score_test,
            steps: maximum.steps,
            events: rows.events(),
            rows: rows.n,
            times: rows.moments.iter().map(|moment| moment.time).collect(),
            jumps: sums.jump.iter().map(|jump| jump * shift).collect(),
            coefficients,
            names,
        })
    }
}

/// A fitted Fine-Gray model.
#[derive(Clone, Debug)]
pub struct FineGrayFit {
    /// Names of the covariates.
    pub names: Vec<String>,
    /// Log subdistribution hazard ratio per unit of each covariate.
    pub coefficients: Vec<f64>,
    /// Their variance: the sandwich of Fine and Gray.
    pub variance: DMatrix<f64>,
    /// Inverse of the information, which forgets that the weights were estimated.
    pub model_variance: DMatrix<f64>,
    /// Log pseudo-likelihood without covariates, and with.
    pub loglik: [f64; 2],
    /// What is left of the score at the maximum.
    pub score: Vec<f64>,
    /// Score test of all coefficients being 0, with the model's information.
    pub score_test: f64,
    /// Newton steps made.
    pub steps: usize,
    /// Rows with the event.
    pub events: usize,
    /// Rows in the model.
    pub rows: usize,
    /// Moments with the event, earliest first.
    pub times: Vec<f64>,
    /// Jump of the cumulative subdistribution hazard at each of them, for covariates that are all 0.
    pub jumps: Vec<f64>,
}

impl FineGrayFit {
    /// Standard errors, from `variance`.
    pub fn standard_errors(&self) -> Vec<f64> {
        (0..self.variance.nrows()).map(|j| self.variance[(j, j)].sqrt()).collect()
    }

    /// Cumulative incidence expected for covariates `x`, at `times`.
    pub fn predict(&self, x: &[f64], times: &[f64]) -> Result<Vec<f64>, Problem> {
        if x.len() != self.coefficients.len() {
            let what = format!("{} covariates are given where the model has {}", x.len(), self.coefficients.len());
            return Err(Problem::whole(what));
        }
        let ratio = dot(x, &self.coefficients).exp();
        let at = |time: &f64| {
            let seen = self.times.partition_point(|moment| moment <= time);
            1.0 - (-ratio * self.jumps[..seen].iter().sum::<f64>()).exp()
        };
        Ok(times.iter().map(at).collect())
    }
}

/// Sums over the risk set of every moment with the event, at some coefficients.
pub(crate) struct Sums {
    /// Hazard ratio of each row.
    pub(crate) ratio: Vec<f64>,
    /// `S0` of each moment.
    pub(crate) zero: Vec<f64>,
    /// `S1 / S0`, moment after moment.
    pub(crate) mean: Vec<f64>,
    /// Jump of the cumulative subdistribution hazard: events over `S0`.
    pub(crate) jump: Vec<f64>,
}

impl Sums {
    pub(crate) fn of(rows: &Rows, beta: &[f64]) -> Self {
        let p = rows.p;
        let ratio: Vec<f64> = (0..rows.n).map(|row| dot(rows.row(row), beta).exp()).collect();
        let moments = &rows.moments;
        let (mut zero, mut one) = (vec![0.0; moments.len()], vec![0.0; moments.len() * p]);
        // still under observation: from the latest time back
        let (mut all, mut sum, mut from) = (0.0, vec![0.0; p], rows.n);
        for (k, moment) in moments.iter().enumerate().rev() {
            for row in (moment.first..from).rev() {
                all += ratio[row];
                sum.iter_mut().zip(rows.row(row)).for_each(|(sum, x)| *sum += ratio[row] * x);
            }
            from = moment.first;
            zero[k] = all;
            one[k * p..(k + 1) * p].copy_from_slice(&sum);
        }
        // left by another cause: from the earliest time on, each group with its own weight
        let groups = rows.groups;
        let (mut gone, mut gone_x, mut seen) = (vec![0.0; groups], vec![0.0; groups * p], 0);
        for (k, moment) in moments.iter().enumerate() {
            for (row, ratio) in (seen..moment.first).zip(&ratio[seen..]) {
                if rows.competes(row) {
                    let group = rows.group(row);
                    let part = ratio / rows.before(row);
                    gone[group] += part;
                    gone_x[group * p..(group + 1) * p]
                        .iter_mut()
                        .zip(rows.row(row))
                        .for_each(|(sum, x)| *sum += part * x);
                }
            }
            seen = moment.first;
            for group in 0..groups {
                let still = rows.still(k, group);
                zero[k] += still * gone[group];
                one[k * p..(k + 1) * p].iter_mut().zip(&gone_x[group * p..]).for_each(|(sum, x)| *sum += still * x);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]
        let jump = moments.iter().zip(&zero).map(|(moment, zero)| moment.events as f64 / zero).collect();
        let mut mean = one;
        mean.chunks_exact_mut(p).zip(&zero).for_each(|(mean, zero)| mean.iter_mut().for_each(|value| *value /= zero));
        Self { ratio, zero, mean, jump }
    }
}

/// Log pseudo-likelihood and its derivatives. The information is one weighted sum of `x x'` over rows, each with the
/// cumulative hazard it meets, less one over moments.
fn derivatives(rows: &Rows, beta: &[f64]) -> Derivatives {
    let p = rows.p;
    let sums = Sums::of(rows, beta);
    let mut out = Derivatives::zero(p);
    let met = rows.met(&sums.jump);
    for (row, (ratio, met)) in sums.ratio.iter().zip(met).enumerate() {
        let x = rows.row(row);
        outer(&mut out.information, ratio * met, x);
        if rows.has_event(row) {
            out.loglik += dot(beta, x);
            out.score.iter_mut().zip(x).for_each(|(score, x)| *score += x);
        }
    }
    for (k, moment) in rows.moments.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]
        let events = moment.events as f64;
        let mean = &sums.mean[k * p..(k + 1) * p];
        out.loglik -= events * sums.zero[k].ln();
        out.score.iter_mut().zip(mean).for_each(|(score, mean)| *score -= events * mean);
        outer(&mut out.information, -events, mean);
    }
    out
}

/// Adds `factor x x'` to a lower triangle.
fn outer(triangle: &mut [f64], factor: f64, x: &[f64]) {
    let mut rest = triangle;
    for (j, value) in x.iter().enumerate() {
        let part = factor * value;
        let (line, below) = rest.split_at_mut(j + 1);
        line.iter_mut().zip(x).for_each(|(cell, other)| *cell += part * other);
        rest = below;
    }
}
