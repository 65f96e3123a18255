//! What the others say about a small site: estimates drawn towards the mean of sites.
//!
//! Normal-normal model on the log odds: DerSimonian and Laird 1986, *Controlled Clinical Trials* 7, 177 (DL); Hedges
//! and Olkin 1985, *Statistical Methods for Meta-Analysis* (HE); Paule and Mandel 1982, *Journal of Research NBS* 87,
//! 377 (PM); Morris 1983, *JASA* 78, 47 (EB); maximum and restricted maximum likelihood by Fisher scoring
//! (Viechtbauer 2005, *Journal of Educational and Behavioral Statistics* 30, 261). Beta-binomial model by maximum
//! likelihood (Skellam 1948, *JRSS B* 10, 257).
//!
//! Ranks are given as intervals only (Goldstein and Spiegelhalter 1996, *JRSS A* 159, 385): a place in a list without
//! its interval is mostly chance.
#![allow(
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "counts far below 2^52; letters as in the papers"
)]

use statrs::function::{beta::ln_beta, factorial::ln_factorial};

use crate::{
    Problem,
    distribution::chi_square_tail,
    funnel::counts,
    refuse,
    special::{beta, beta_quantile, gauss_legendre},
};

/// How the variance between sites is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Moments, DerSimonian and Laird.
    DerSimonianLaird,
    /// Moments without weights, Hedges and Olkin.
    Hedges,
    /// The variance with which the weighted squares are what they should be (Paule and Mandel; the same as empirical
    /// Bayes).
    PauleMandel,
    /// Maximum likelihood.
    Likelihood,
    /// Restricted maximum likelihood.
    Restricted,
}

/// Sites as draws from a distribution of sites.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// The mean of sites.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
    /// The variance between sites.
    pub tau2: f64,
    /// Cochran's Q: the weighted squares around the mean without variance between sites.
    pub q: f64,
    /// Its chance, or a larger one, when sites are equal.
    pub q_chance: f64,
    /// The share of variation that lies between sites, in percent.
    pub i2: f64,
    /// Each site drawn towards the mean (best linear unbiased prediction) and its standard error.
    pub sites: Vec<(f64, f64)>,
}

/// Log odds of each site and their variances; half a case is added on both sides where none or all had the event.
///
/// # Errors
/// When the counts cannot be.
pub fn log_odds(events: &[f64], total: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Problem> {
    counts(events, total)?;
    Ok(events
        .iter()
        .zip(total)
        .map(|(&r, &n)| {
            let add = if r <= 0.0 || r >= n { 0.5 } else { 0.0 };
            let (yes, no) = (r + add, n - r + add);
            ((yes / no).ln(), 1.0 / yes + 1.0 / no)
        })
        .unzip())
}

/// Pools estimates `y` with variances `v`.
///
/// # Errors
/// With fewer than two sites, different lengths, or a variance that is not positive.
pub fn pool(y: &[f64], v: &[f64], between: Between) -> Result<Pooled, Problem> {
    refuse::finite("y", y)?;
    if y.len() < 2 {
        return Err(refuse::needs("y", "at least two sites"));
    }
    if v.len() != y.len() {
        return Err(refuse::lengths("v", v.len(), y.len()));
    }
    if let Some(row) = v.iter().position(|v| !(*v > 0.0 && v.is_finite())) {
        return Err(refuse::value("v", row, v[row], "a variance above 0"));
    }
    let sites = y.len() as f64;
    let fixed = weighted(y, v, 0.0);
    let squares: f64 = v.iter().map(|v| 1.0 / (v * v)).sum();
    let spare = fixed.weights - squares / fixed.weights;
    let tau2 = match between {
        Between::DerSimonianLaird => (fixed.q - (sites - 1.0)) / spare,
        Between::Hedges => {
            let centre = y.iter().sum::<f64>() / sites;
            y.iter().map(|y| (y - centre).powi(2)).sum::<f64>() / (sites - 1.0) - v.iter().sum::<f64>() / sites
        }
        Between::PauleMandel => paule_mandel(y, v),
        Between::Likelihood => scoring(y, v, false),
        Between::Restricted => scoring(y, v, true),
    }
    .max(0.0);
    let random = weighted(y, v, tau2);
    let typical = (sites - 1.0) / spare;
    let towards = |(y, v): (&f64, &f64)| {
        let kept = tau2 / (tau2 + v);
        let error = (kept * v + (1.0 - kept).powi(2) / random.weights).sqrt();
        (kept * y + (1.0 - kept) * random.mean, error)
    };
    Ok(Pooled {
        mean: random.mean,
        error: (1.0 / random.weights).sqrt(),
        tau2,
        q: fixed.q,
        q_chance: chi_square_tail(fixed.q, y.len() - 1),
        i2: 100.0 * tau2 / (tau2 + typical),
        sites: y.iter().zip(v).map(towards).collect(),
    })
}

struct Weighted {
    mean: f64,
    weights: f64,
    q: f64,
}

fn weighted(y: &[f64], v: &[f64], tau2: f64) -> Weighted {
    let w: Vec<f64> = v.iter().map(|v| 1.0 / (v + tau2)).collect();
    let weights: f64 = w.iter().sum();
    let mean = w.iter().zip(y).map(|(w, y)| w * y).sum::<f64>() / weights;
    let q = w.iter().zip(y).map(|(w, y)| w * (y - mean).powi(2)).sum();
    Weighted { mean, weights, q }
}

/// The root of `Q(τ²) = sites − 1`; Q falls as τ² rises.
fn paule_mandel(y: &[f64], v: &[f64]) -> f64 {
    let over = |tau2: f64| (y.len() as f64 - 1.0) - weighted(y, v, tau2).q;
    if over(0.0) >= 0.0 {
        return 0.0;
    }
    let mut high = 1.0;
    while over(high) < 0.0 {
        high *= 2.0;
    }
    crate::special::bisect(0.0, high, over)
}

/// Fisher scoring on τ², held at zero from below.
fn scoring(y: &[f64], v: &[f64], restricted: bool) -> f64 {
    let mut tau2 = v.iter().sum::<f64>() / v.len() as f64;
    for _ in 0..10_000 {
        let at = weighted(y, v, tau2);
        let sum = |f: &dyn Fn(f64, f64) -> f64| {
            v.iter().zip(y).map(|(v, y)| f(1.0 / (v + tau2), (y - at.mean).powi(2))).sum::<f64>()
        };
        let (w, w2, w3) = (at.weights, sum(&|w, _| w * w), sum(&|w, _| w * w * w));
        let squares = sum(&|w, e| w * w * e);
        let step = if restricted {
            // trace of P and of P P, with P the projection off the mean
            let trace = w - w2 / w;
            (squares - trace) / (w2 - 2.0 * w3 / w + (w2 / w).powi(2))
        } else {
            (squares - w) / w2
        };
        let next = (tau2 + step).max(0.0);
        let done = (next - tau2).abs() <= 1e-14 * (1.0 + tau2);
        tau2 = next;
        if done {
            break;
        }
    }
    tau2
}

/// Shares of sites as draws from a beta distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct BetaBinomial {
    /// Its first parameter.
    pub a: f64,
    /// Its second parameter.
    pub b: f64,
    /// The log-likelihood at the maximum.
    pub log_likelihood: f64,
    /// The share of each site after its own cases: mean, lower and upper bound.
    pub sites: Vec<(f64, f64, f64)>,
    after: Vec<(f64, f64)>,
}

/// Fits by maximum likelihood (Nelder and Mead on the logarithms, then Newton).
///
/// # Errors
/// When the counts cannot be, or sites vary no more than chance gives: then there is no maximum (all sites equal).
pub fn beta_binomial(events: &[f64], total: &[f64], level: f64) -> Result<BetaBinomial, Problem> {
    counts(events, total)?;
    let level = crate::problem::level(level)?;
    let choose: f64 = events.iter().zip(total).map(|(r, n)| ln_choose(*n, *r)).sum();
    // mean and size instead of the two parameters: nearly independent, so that one search at a time converges
    let likelihood = |logit: f64, log_size: f64| {
        let (share, size) = (1.0 / (1.0 + (-logit).exp()), log_size.exp());
        let (a, b) = (share * size, (1.0 - share) * size);
        events.iter().zip(total).map(|(r, n)| ln_beta(r + a, n - r + b) - ln_beta(a, b)).sum::<f64>()
    };
    let centre = crate::funnel::centre(events, total)?;
    let (mut logit, mut log_size) = ((centre / (1.0 - centre)).ln(), 3.0);
    for _ in 0..60 {
        let (before, before_size) = (logit, log_size);
        log_size = crate::stepped_wedge::minimum(-5.0, 14.0, |size| -likelihood(logit, size));
        logit = crate::stepped_wedge::minimum(logit - 2.0, logit + 2.0, |logit| -likelihood(logit, log_size));
        if (logit - before).abs() + (log_size - before_size).abs() < 1e-10 {
            break;
        }
    }
    if log_size > 13.9 {
        let what = "the sites vary no more than chance gives; there is no distribution of sites to estimate";
        return Err(Problem::column("events", what));
    }
    let (share, size) = (1.0 / (1.0 + (-logit).exp()), log_size.exp());
    let (a, b) = (share * size, (1.0 - share) * size);
    let after: Vec<(f64, f64)> = events.iter().zip(total).map(|(r, n)| (r + a, n - r + b)).collect();
    let tail = (1.0 - level) / 2.0;
    let sites =
        after.iter().map(|&(a, b)| (a / (a + b), beta_quantile(tail, a, b), beta_quantile(1.0 - tail, a, b))).collect();
    Ok(BetaBinomial { a, b, log_likelihood: likelihood(logit, log_size) + choose, sites, after })
}

fn ln_choose(n: f64, r: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers, checked")]
    let ln = |x: f64| ln_factorial(x as u64);
    ln(n) - ln(r) - ln(n - r)
}

/// Between which places a site lies, 1 being the fewest events. Sites are in the caller's order, never in that of
/// their places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Places {
    /// The lowest place that `level` leaves.
    pub lower: usize,
    /// The highest.
    pub upper: usize,
    /// The mean place; not to be shown without the two bounds.
    pub mean: f64,
}

impl BetaBinomial {
    /// The chance that site `i` has a smaller share than site `j`.
    pub fn smaller(&self, i: usize, j: usize) -> f64 {
        if i == j {
            return 0.5;
        }
        let ((ai, bi), (aj, bj)) = (self.after[i], self.after[j]);
        nodes(aj, bj).iter().map(|&(x, w)| w * density(x, aj, bj) * beta(x, ai, bi)).sum()
    }

    /// The interval of places of each site: given its own share the others lie below it independently, so its place
    /// has a Poisson-binomial distribution, averaged over its share.
    pub fn places(&self, level: f64) -> Vec<Places> {
        let tail = (1.0 - level) / 2.0;
        (0..self.after.len())
            .map(|i| {
                let (a, b) = self.after[i];
                let mut chance = vec![0.0; self.after.len()];
                for (x, w) in nodes(a, b) {
                    let weight = w * density(x, a, b);
                    for (place, share) in self.below(i, x).into_iter().enumerate() {
                        chance[place] += weight * share;
                    }
                }
                let total: f64 = chance.iter().sum();
                let mut sum = 0.0;
                let cumulative: Vec<f64> = chance
                    .iter()
                    .map(|share| {
                        sum += share / total;
                        sum
                    })
                    .collect();
                let place = |p: f64| cumulative.iter().position(|share| *share >= p).unwrap_or(chance.len() - 1) + 1;
                let mean = chance.iter().enumerate().map(|(place, share)| (place as f64 + 1.0) * share).sum::<f64>();
                Places { lower: place(tail), upper: place(1.0 - tail - 1e-12), mean: mean / total }
            })
            .collect()
    }

    /// The chances that 0, 1, … of the other sites have a share below `x`.
    fn below(&self, i: usize, x: f64) -> Vec<f64> {
        let mut chance = vec![1.0];
        for (j, &(a, b)) in self.after.iter().enumerate() {
            if j == i {
                continue;
            }
            let p = beta(x, a, b);
            let mut next = vec![0.0; chance.len() + 1];
            for (count, share) in chance.iter().enumerate() {
                next[count] += share * (1.0 - p);
                next[count + 1] += share * p;
            }
            chance = next;
        }
        chance
    }
}

/// Nodes over the part of a beta distribution that holds all but nothing of it.
fn nodes(a: f64, b: f64) -> Vec<(f64, f64)> {
    let (low, high) = (beta_quantile(1e-15, a, b), beta_quantile(1.0 - 1e-15, a, b));
    let pieces = 8;
    (0..pieces)
        .flat_map(|piece| {
            let at = |k: i32| low + (high - low) * f64::from(k) / f64::from(pieces);
            gauss_legendre(16, at(piece), at(piece + 1))
        })
        .collect()
}

fn density(x: f64, a: f64, b: f64) -> f64 {
    ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - ln_beta(a, b)).exp()
}
