//! Whether two groups can be compared at all: overlap, balance, how many people the weights leave, how strong a
//! hidden cause must be.
//!
//! Austin 2009, *Statistics in Medicine* 28, 3083 (standardised differences); Kish 1965, *Survey Sampling* (effective
//! sample size); Crump et al. 2009, *Biometrika* 96, 187 (overlap); VanderWeele and Ding 2017, *Annals of Internal
//! Medicine* 167, 268 (E-value).
#![allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]

use crate::{Problem, refuse};

/// Weights that make both groups like all together, from the chance of being treated: `1/p` and `1/(1 − p)`;
/// stabilised: times the share of the group.
///
/// # Errors
/// When lengths differ or a chance is not strictly between 0 and 1.
pub fn weights(treated: &[bool], chance: &[f64], stabilised: bool) -> Result<Vec<f64>, Problem> {
    if chance.len() != treated.len() {
        return Err(refuse::lengths("chance", chance.len(), treated.len()));
    }
    if let Some(row) = chance.iter().position(|p| !(*p > 0.0 && *p < 1.0)) {
        return Err(refuse::value(
            "chance",
            row,
            chance[row],
            "a chance above 0 and below 1: nobody certain is comparable",
        ));
    }
    let share = treated.iter().filter(|treated| **treated).count() as f64 / treated.len() as f64;
    let of = |treated: bool, p: f64| if treated { p } else { 1.0 - p };
    Ok(treated
        .iter()
        .zip(chance)
        .map(|(&t, &p)| if stabilised { of(t, share) / of(t, p) } else { 1.0 / of(t, p) })
        .collect())
}

/// How many people would say as much without weights: `(Σw)² / Σw²`.
pub fn effective_size(weights: &[f64]) -> f64 {
    let (sum, squares): (f64, f64) = (weights.iter().sum(), weights.iter().map(|w| w * w).sum());
    sum * sum / squares
}

/// The difference in means between treated and not, in standard deviations (of both groups, averaged), all weighted.
///
/// NaN when the covariate does not vary in either group.
///
/// # Errors
/// When lengths differ or one group is empty.
pub fn standardised_difference(x: &[f64], treated: &[bool], weights: &[f64]) -> Result<f64, Problem> {
    for (name, length) in [("treated", treated.len()), ("weights", weights.len())] {
        if length != x.len() {
            return Err(refuse::lengths(name, length, x.len()));
        }
    }
    let moments = |group: bool| {
        let sum = |f: &dyn Fn(f64) -> f64| {
            (0..x.len()).filter(|&i| treated[i] == group).map(|i| weights[i] * f(x[i])).sum::<f64>()
        };
        let weight = sum(&|_| 1.0);
        let mean = sum(&|x| x) / weight;
        (mean, sum(&|x| (x - mean).powi(2)) / weight, weight)
    };
    let ((one, v1, w1), (none, v0, w0)) = (moments(true), moments(false));
    if w1 <= 0.0 || w0 <= 0.0 {
        return Err(refuse::needs("treated", "people in both groups"));
    }
    Ok((one - none) / f64::midpoint(v1, v0).sqrt())
}

/// Where the chances of both groups meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// The lowest chance that occurs in both groups: the larger of the two lowest.
    pub from: f64,
    /// The highest that occurs in both.
    pub to: f64,
    /// How many treated lie outside.
    pub treated_outside: usize,
    /// How many others lie outside.
    pub others_outside: usize,
    /// How many lie below 0.1 or above 0.9, where weights get heavy.
    pub extreme: usize,
}

/// Looks at where the chances of treated and others lie.
///
/// # Errors
/// When lengths differ or one group is empty.
pub fn overlap(treated: &[bool], chance: &[f64]) -> Result<Overlap, Problem> {
    if chance.len() != treated.len() {
        return Err(refuse::lengths("chance", chance.len(), treated.len()));
    }
    let of = |group: bool| treated.iter().zip(chance).filter(move |(t, _)| **t == group).map(|(_, p)| *p);
    if of(true).next().is_none() || of(false).next().is_none() {
        return Err(refuse::needs("treated", "people in both groups"));
    }
    let from = of(true).fold(f64::INFINITY, f64::min).max(of(false).fold(f64::INFINITY, f64::min));
    let to = of(true).fold(0.0, f64::max).min(of(false).fold(0.0, f64::max));
    let outside = |group: bool| of(group).filter(|p| *p < from || *p > to).count();
    Ok(Overlap {
        from,
        to,
        treated_outside: outside(true),
        others_outside: outside(false),
        extreme: chance.iter().filter(|p| **p < 0.1 || **p > 0.9).count(),
    })
}

/// How strongly a cause that nobody measured would have to go with both group and outcome (as risk ratios) to explain
/// a risk ratio away: `RR + √(RR (RR − 1))`, below 1 of its inverse.
///
/// # Errors
/// When the ratio is not positive.
pub fn e_value(ratio: f64) -> Result<f64, Problem> {
    if !(ratio > 0.0 && ratio.is_finite()) {
        return Err(refuse::argument("ratio", ratio, "a risk ratio above 0"));
    }
    let ratio = ratio.max(1.0 / ratio);
    Ok(ratio + (ratio * (ratio - 1.0)).sqrt())
}

/// The E-value of the end of an interval nearest to 1; 1 when the interval holds 1.
///
/// # Errors
/// As for [`e_value`].
pub fn e_value_of_interval(lower: f64, upper: f64) -> Result<f64, Problem> {
    if lower <= 1.0 && upper >= 1.0 {
        return Ok(1.0);
    }
    e_value(if lower > 1.0 { lower } else { upper })
}
