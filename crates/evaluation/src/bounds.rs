//! What can be said when some left and nobody knows where to.
//!
//! Worst-case bounds (Manski 1989, *Journal of Human Resources* 24, 343): all of them, or none of them, had the
//! event. No assumption is made on who they are; the truth lies between, and how wide that is shows what registration
//! would gain. Intervals for the truth, not for both bounds, by Imbens and Manski 2004, *Econometrica* 72, 1845.

use crate::{
    Problem,
    distribution::{normal_tail, two_sided},
    refuse,
    sample::Event,
};

/// Events with those of unknown destination counted as `cause`: the upper bound of its incidence, as of no other
/// cause: the lower.
///
/// # Errors
/// When `unknown` and `cause` are one, or nobody has either.
pub fn recode(event: &[Event], unknown: Event, cause: Event, as_cause: bool) -> Result<Vec<Event>, Problem> {
    if unknown == cause {
        return Err(Problem::column(
            "unknown",
            format!("{unknown} is the cause itself; give the code of those whose destination is unknown"),
        ));
    }
    if !event.contains(&cause) && !event.contains(&unknown) {
        return Err(Problem::column(
            "event",
            format!("nobody has cause {cause}, nor left for an unknown destination ({unknown})"),
        ));
    }
    // a lower bound keeps them as a cause of their own: they have left, and no longer compete
    Ok(event.iter().map(|&e| if as_cause && e == unknown { cause } else { e }).collect())
}

/// Between what an incidence lies, whoever the unknown are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// None of the unknown had the event.
    pub lower: f64,
    /// All of them had.
    pub upper: f64,
    /// The interval of the truth.
    pub from: f64,
    /// Its end.
    pub to: f64,
}

/// Bounds from the estimate and standard error of each.
///
/// # Errors
/// When a number is missing, a standard error is negative, the lower bound lies above the upper, or `level` is not
/// between 0 and 1.
pub fn bounds(lower: (f64, f64), upper: (f64, f64), level: f64) -> Result<Bounds, Problem> {
    let level = crate::problem::level(level)?;
    for (row, (estimate, error)) in [lower, upper].into_iter().enumerate() {
        crate::problem::finite(row, "estimate", estimate)?;
        if !(error >= 0.0 && error.is_finite()) {
            return Err(refuse::value("error", row, error, "a standard error, 0 or more"));
        }
    }
    if lower.0 > upper.0 {
        return Err(refuse::argument("lower", lower.0, "a lower bound that is not above the upper"));
    }
    let c = factor(upper.0 - lower.0, lower.1.max(upper.1), level);
    Ok(Bounds {
        lower: lower.0,
        upper: upper.0,
        from: (lower.0 - c * lower.1).max(0.0),
        to: (upper.0 + c * upper.1).min(1.0),
    })
}

/// The incidence when a share of the unknown, from none (0) to all (1), had the event.
pub fn between(bounds: &Bounds, share: f64) -> f64 {
    bounds.lower + share * (bounds.upper - bounds.lower)
}

/// The factor of Imbens and Manski: between the one-sided one (bounds far apart) and the two-sided one (bounds
/// together).
fn factor(width: f64, error: f64, level: f64) -> f64 {
    let two = two_sided(level);
    if error <= 0.0 {
        return two;
    }
    let apart = width / error;
    crate::special::bisect(0.0, two, |c| normal_tail(-(c + apart)) - normal_tail(c) - level)
}
