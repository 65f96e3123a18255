//! Charts for one indicator over time: single values with moving ranges, shares (p and Laney p′) and EWMA.
//!
//! Shewhart 1931, *Economic Control of Quality of Manufactured Product*; Wheeler 1993, *Understanding Variation*;
//! Laney 2002, *Quality Engineering* 14, 531; Roberts 1959, *Technometrics* 1, 239.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use crate::{Problem, refuse, special::mean};

/// The constants of a moving range of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constants {
    /// As printed in handbooks: 2.66 and 3.267.
    Handbook,
    /// `3 √π / 2` and `1 + 3 √(2 − 4/π) √π / 2`.
    Exact,
}

impl Constants {
    fn values(self) -> (f64, f64) {
        // the mean of the range of two standard normal values
        let d2 = 2.0 / std::f64::consts::PI.sqrt();
        match self {
            Self::Handbook => (2.66, 3.267),
            Self::Exact => (3.0 / d2, 1.0 + 3.0 * (2.0 - 4.0 / std::f64::consts::PI).sqrt() / d2),
        }
    }
}

/// A chart of single values (XmR).
#[derive(Debug, Clone, PartialEq)]
pub struct Xmr {
    /// The mean.
    pub centre: f64,
    /// The mean moving range.
    pub mean_range: f64,
    /// The lower natural limit.
    pub lower: f64,
    /// The upper natural limit.
    pub upper: f64,
    /// The upper limit of the moving ranges.
    pub range_upper: f64,
    /// The moving ranges: one fewer than the values.
    pub ranges: Vec<f64>,
    /// Which values lie outside the limits, from 0.
    pub outside: Vec<usize>,
}

/// Limits for single values in order of time, from their moving ranges.
///
/// # Errors
/// With fewer than two values, or one that is not a number.
pub fn xmr(values: &[f64], constants: Constants) -> Result<Xmr, Problem> {
    refuse::finite("values", values)?;
    if values.len() < 2 {
        return Err(refuse::needs("values", "at least two values"));
    }
    let (wide, range) = constants.values();
    let ranges: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let (centre, mean_range) = (mean(values), mean(&ranges));
    let (lower, upper) = (centre - wide * mean_range, centre + wide * mean_range);
    Ok(Xmr {
        outside: (0..values.len()).filter(|&i| values[i] < lower || values[i] > upper).collect(),
        centre,
        mean_range,
        lower,
        upper,
        range_upper: range * mean_range,
        ranges,
    })
}

/// A chart of shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// The share over all periods.
    pub centre: f64,
    /// Three-sigma limits of each period from the binomial alone (p chart), kept within 0 and 1.
    pub limits: Vec<(f64, f64)>,
    /// The share of each period in standard errors from the centre.
    pub z: Vec<f64>,
    /// How much more the periods vary than the binomial says, from the moving ranges of `z` (1.128 their mean).
    pub sigma_z: f64,
    /// The limits widened by it (Laney's p′), kept within 0 and 1.
    pub laney: Vec<(f64, f64)>,
}

/// Limits for shares of `events` among `total`, in order of time.
///
/// # Errors
/// With fewer than two periods, an empty period, more events than people, or no or only events at all.
pub fn shares(events: &[f64], total: &[f64]) -> Result<Shares, Problem> {
    crate::funnel::counts(events, total)?;
    if events.len() < 2 {
        return Err(refuse::needs("events", "at least two periods"));
    }
    let centre = events.iter().sum::<f64>() / total.iter().sum::<f64>();
    if centre <= 0.0 || centre >= 1.0 {
        return Err(refuse::argument("events", centre, "a share above 0 and below 1 over all periods"));
    }
    let spread: Vec<f64> = total.iter().map(|n| (centre * (1.0 - centre) / n).sqrt()).collect();
    let z: Vec<f64> = (0..events.len()).map(|i| (events[i] / total[i] - centre) / spread[i]).collect();
    let moving: Vec<f64> = z.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let sigma_z = mean(&moving) / 1.128;
    let limits = |width: f64| {
        spread.iter().map(|s| ((centre - 3.0 * s * width).max(0.0), (centre + 3.0 * s * width).min(1.0))).collect()
    };
    Ok(Shares { centre, limits: limits(1.0), laney: limits(sigma_z), z, sigma_z })
}

/// An exponentially weighted moving average and its standard error, in units of one value's.
#[derive(Debug, Clone, PartialEq)]
pub struct Ewma {
    /// The average after each value.
    pub value: Vec<f64>,
    /// Its standard error for values with variance 1: `√(λ/(2−λ) (1 − (1−λ)^{2i}))`.
    pub error: Vec<f64>,
}

/// The moving average `e ← (1 − λ) e + λ x`, from `start`.
///
/// # Errors
/// When `lambda` is not in (0, 1] or a value is not a number.
pub fn ewma(values: &[f64], lambda: f64, start: f64) -> Result<Ewma, Problem> {
    refuse::finite("values", values)?;
    if !(lambda > 0.0 && lambda <= 1.0) {
        return Err(refuse::argument("lambda", lambda, "a number above 0 and at most 1, such as 0.2"));
    }
    let mut last = start;
    let value = values
        .iter()
        .map(|x| {
            last = (1.0 - lambda) * last + lambda * x;
            last
        })
        .collect();
    let error = (1..=values.len())
        .map(|i| (lambda / (2.0 - lambda) * (1.0 - (1.0 - lambda).powf(2.0 * i as f64))).sqrt())
        .collect();
    Ok(Ewma { value, error })
}
