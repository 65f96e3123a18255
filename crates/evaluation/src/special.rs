//! Quantiles, roots and nodes that the comparisons need, to full precision.
//!
//! The incomplete beta and gamma functions are those of `statrs`; their quantiles are found here, to the last digits.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use statrs::function::{beta::beta_reg, gamma::gamma_lr};

use crate::distribution::normal_tail;

/// The share of a standard normal below `z`.
pub(crate) fn normal(z: f64) -> f64 {
    normal_tail(-z)
}

/// The share of a beta distribution below `x`.
pub(crate) fn beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if x >= 1.0 {
        1.0
    } else {
        beta_reg(a, b, x)
    }
}

/// The quantile of a beta distribution.
pub(crate) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    bisect(0.0, 1.0, |x| beta(x, a, b) - p)
}

/// The share of a chi-square distribution below `x`.
pub(crate) fn chi_square(x: f64, freedom: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { gamma_lr(freedom / 2.0, x / 2.0) }
}

/// The quantile of a chi-square distribution.
pub(crate) fn chi_square_quantile(p: f64, freedom: f64) -> f64 {
    let mut high = freedom + 1.0;
    while chi_square(high, freedom) < p {
        high *= 2.0;
    }
    bisect(0.0, high, |x| chi_square(x, freedom) - p)
}

/// The quantile of Student's t.
pub(crate) fn student_quantile(p: f64, freedom: f64) -> f64 {
    if p < 0.5 {
        return -student_quantile(1.0 - p, freedom);
    }
    // the square of t follows a beta distribution after a transformation
    let x = beta_quantile(2.0 * (1.0 - p), freedom / 2.0, 0.5);
    (freedom * (1.0 - x) / x).sqrt()
}

/// The chance of at most `events` among `n`, each with chance `p`.
pub(crate) fn binomial(events: f64, n: f64, p: f64) -> f64 {
    if events < 0.0 {
        0.0
    } else if events >= n {
        1.0
    } else {
        beta(1.0 - p, n - events, events + 1.0)
    }
}

/// The smallest number of events whose share at or below is at least `q`.
pub(crate) fn binomial_quantile(q: f64, n: f64, p: f64) -> f64 {
    let (mut low, mut high) = (-1.0, n);
    while high - low > 1.0 {
        let middle = f64::floor(f64::midpoint(low, high));
        // what is equal but for rounding counts as equal
        if binomial(middle, n, p) >= q * (1.0 - 1e-13) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The chance of at most `events` when `mean` are expected (Poisson).
pub(crate) fn poisson(events: f64, mean: f64) -> f64 {
    if events < 0.0 { 0.0 } else { 1.0 - chi_square(2.0 * mean, 2.0 * (events + 1.0)) }
}

/// A root of an increasing function between two bounds, to the last digits.
pub(crate) fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// A quantile of values in ascending order, interpolated (definition 7 of Hyndman and Fan 1996, *The American
/// Statistician* 50, 361).
pub(crate) fn quantile_sorted(sorted: &[f64], p: f64) -> f64 {
    let place = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (place - place.floor()) * (sorted[high] - sorted[low])
}

/// The values in ascending order.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Nodes and weights of Gauss-Legendre quadrature on `[low, high]`, by Newton's method on the Legendre polynomial.
pub(crate) fn gauss_legendre(nodes: usize, low: f64, high: f64) -> Vec<(f64, f64)> {
    let n = nodes as f64;
    (0..nodes)
        .map(|i| {
            let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut p0, mut p1) = (1.0, x);
                for k in 2..=nodes {
                    let k = k as f64;
                    (p0, p1) = (p1, ((2.0 * k - 1.0) * x * p1 - (k - 1.0) * p0) / k);
                }
                slope = n * (x * p1 - p0) / (x * x - 1.0);
                let step = p1 / slope;
                x -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            let weight = 2.0 / ((1.0 - x * x) * slope * slope);
            (low + (high - low) * 0.5 * (1.0 + x), weight * 0.5 * (high - low))
        })
        .collect()
}
