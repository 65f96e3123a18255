//! How many people would be enough to see a difference, when there are too few.
//!
//! Two shares: Fleiss, Tytun and Ury 1980, *Biometrics* 36, 343 (unequal groups; with the continuity correction). Two
//! cumulative incidences: the variance that the present people give, scaled to more of them.

use crate::{Problem, distribution::normal_quantile, refuse};

/// What is to be seen, and how surely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aim {
    /// The chance of a difference found where there is none, on both sides together (0.05).
    pub false_alarm: f64,
    /// The chance that a difference which is there is found (0.8).
    pub power: f64,
}

impl Aim {
    fn quantiles(self) -> Result<(f64, f64), Problem> {
        for (name, value) in [("false_alarm", self.false_alarm), ("power", self.power)] {
            if !(value > 0.0 && value < 1.0) {
                return Err(refuse::argument(name, value, "a chance between 0 and 1"));
            }
        }
        Ok((normal_quantile(1.0 - self.false_alarm / 2.0), normal_quantile(self.power)))
    }
}

/// People needed in the first group to tell two shares apart when the second group is `ratio` times as large; rounded
/// up.
///
/// # Errors
/// When a share is not between 0 and 1, both are equal, or the ratio is not positive.
pub fn two_shares(first: f64, second: f64, ratio: f64, aim: Aim, corrected: bool) -> Result<f64, Problem> {
    let (alpha, beta) = aim.quantiles()?;
    for (row, share) in [first, second].into_iter().enumerate() {
        if !(share > 0.0 && share < 1.0) {
            return Err(refuse::value("share", row, share, "a share between 0 and 1"));
        }
    }
    if !(ratio > 0.0 && ratio.is_finite()) {
        return Err(refuse::argument("ratio", ratio, "a number above 0"));
    }
    let apart = (first - second).abs();
    if apart <= 0.0 {
        return Err(refuse::argument(
            "second",
            second,
            "a share that differs from the first; equal ones are never told apart",
        ));
    }
    let both = (first + ratio * second) / (1.0 + ratio);
    let under_none = ((1.0 + ratio) * both * (1.0 - both)).sqrt();
    let under_difference = (ratio * first * (1.0 - first) + second * (1.0 - second)).sqrt();
    let n = (alpha * under_none + beta * under_difference).powi(2) / (ratio * apart * apart);
    if !corrected {
        return Ok(n.ceil());
    }
    let more = 1.0 + (1.0 + 2.0 * (ratio + 1.0) / (n * ratio * apart)).sqrt();
    Ok((n / 4.0 * more * more).ceil())
}

/// People needed altogether to see a difference `apart` between two cumulative incidences, when `people` now give the
/// difference a standard error of `error`, with the same follow-up and division over the groups; rounded up.
///
/// # Errors
/// When a number is not positive.
pub fn two_incidences(apart: f64, error: f64, people: f64, aim: Aim) -> Result<f64, Problem> {
    let (alpha, beta) = aim.quantiles()?;
    for (name, value) in [("apart", apart), ("error", error), ("people", people)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(refuse::argument(name, value, "a number above 0"));
        }
    }
    Ok((people * (error * (alpha + beta) / apart).powi(2)).ceil())
}

/// The smallest difference that is found with this power, when its standard error is `error`.
///
/// # Errors
/// When a number is not possible.
pub fn smallest_difference(error: f64, aim: Aim) -> Result<f64, Problem> {
    let (alpha, beta) = aim.quantiles()?;
    if !(error > 0.0 && error.is_finite()) {
        return Err(refuse::argument("error", error, "a standard error above 0"));
    }
    Ok((alpha + beta) * error)
}
