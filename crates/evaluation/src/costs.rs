//! What a result costs: two ways of working, their costs and their results, compared.
//!
//! Incremental cost-effectiveness ratio with Fieller's interval (Willan and O'Brien 1996, *Health Economics* 5, 297),
//! incremental net benefit (Stinnett and Mullahy 1998, *Medical Decision Making* 18, S68), acceptability curve (van
//! Hout et al. 1994, *Health Economics* 3, 309), bootstrap percentile and BCa intervals (Efron 1987, *JASA* 82, 171),
//! net-benefit regression (Hoch, Briggs and Willan 2002, *Health Economics* 11, 415; [`crate::least_squares`] with HC
//! variances).
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use crate::{
    Problem,
    distribution::normal_quantile,
    refuse,
    refuse::finite,
    special::{mean, normal, quantile_sorted, sorted},
};

/// The people of one way of working: their costs and results, in the same order.
#[derive(Debug, Clone, Copy)]
pub struct Arm<'a> {
    /// Cost of each person.
    pub cost: &'a [f64],
    /// Result of each person (for instance 1 for a durable outcome).
    pub effect: &'a [f64],
}

impl Arm<'_> {
    fn check(&self) -> Result<(), Problem> {
        finite("cost", self.cost)?;
        finite("effect", self.effect)?;
        if self.cost.len() != self.effect.len() {
            return Err(refuse::lengths("effect", self.effect.len(), self.cost.len()));
        }
        if self.cost.len() < 2 {
            return Err(refuse::needs("cost", "at least two people in each arm"));
        }
        Ok(())
    }
}

/// The second way of working minus the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// In mean cost.
    pub cost: f64,
    /// In mean result.
    pub effect: f64,
    /// Variance of the difference in cost.
    pub cost_variance: f64,
    /// Variance of the difference in result.
    pub effect_variance: f64,
    /// Their covariance.
    pub covariance: f64,
}

/// The interval of a ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fieller {
    /// Between two values.
    Bounded {
        /// The lower.
        lower: f64,
        /// The upper.
        upper: f64,
    },
    /// Everything *outside* two values: the difference in result may be none, so the ratio may be without bound.
    Outside {
        /// The lower.
        lower: f64,
        /// The upper.
        upper: f64,
    },
    /// Every value: the data say nothing of the ratio.
    Everything,
}

/// What a result is worth minus what it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetBenefit {
    /// `λ · effect − cost`.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// The interval.
    pub lower: f64,
    /// The interval.
    pub upper: f64,
    /// The chance, by the normal approximation, that it is above zero: a point of the acceptability curve.
    pub acceptable: f64,
}

/// Compares two groups of different people.
///
/// # Errors
/// When an arm has fewer than two people, columns of different length, or a value that is not a number.
pub fn difference(first: Arm<'_>, second: Arm<'_>) -> Result<Difference, Problem> {
    first.check()?;
    second.check()?;
    let spread = |a: &[f64], b: &[f64]| {
        let (ma, mb) = (mean(a), mean(b));
        let n = a.len() as f64;
        a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum::<f64>() / (n - 1.0) / n
    };
    Ok(Difference {
        cost: mean(second.cost) - mean(first.cost),
        effect: mean(second.effect) - mean(first.effect),
        cost_variance: spread(first.cost, first.cost) + spread(second.cost, second.cost),
        effect_variance: spread(first.effect, first.effect) + spread(second.effect, second.effect),
        covariance: spread(first.cost, first.effect) + spread(second.cost, second.effect),
    })
}

impl Difference {
    /// Cost for each result more (ICER). It means nothing without its interval and the signs of both differences.
    pub fn ratio(&self) -> f64 {
        self.cost / self.effect
    }

    /// The interval of the ratio: all values `r` for which `cost − r · effect` does not differ from zero.
    pub fn fieller(&self, level: f64) -> Fieller {
        let z = normal_quantile(f64::midpoint(1.0, level));
        let a = self.effect.powi(2) - z * z * self.effect_variance;
        let b = self.cost * self.effect - z * z * self.covariance;
        let c = self.cost.powi(2) - z * z * self.cost_variance;
        let inside = b * b - a * c;
        if inside < 0.0 {
            return Fieller::Everything;
        }
        let (one, other) = ((b - inside.sqrt()) / a, (b + inside.sqrt()) / a);
        let (lower, upper) = (one.min(other), one.max(other));
        if a > 0.0 { Fieller::Bounded { lower, upper } } else { Fieller::Outside { lower, upper } }
    }

    /// The net benefit when one result more is worth `worth`.
    pub fn net_benefit(&self, worth: f64, level: f64) -> NetBenefit {
        let z = normal_quantile(f64::midpoint(1.0, level));
        let estimate = worth * self.effect - self.cost;
        let variance = worth * worth * self.effect_variance + self.cost_variance - 2.0 * worth * self.covariance;
        let error = variance.sqrt();
        NetBenefit {
            estimate,
            error,
            lower: estimate - z * error,
            upper: estimate + z * error,
            acceptable: normal(estimate / error),
        }
    }
}

/// The differences in cost and result in each resample. A resample is the row numbers drawn from each arm, from 0:
/// drawing is the caller's, so that a run can be repeated.
///
/// # Errors
/// When an arm is wrong (see [`difference`]), or a resample is empty or names a row that is not there.
pub fn bootstrap(
    first: Arm<'_>,
    second: Arm<'_>,
    resamples: &[(Vec<usize>, Vec<usize>)],
) -> Result<Vec<(f64, f64)>, Problem> {
    first.check()?;
    second.check()?;
    let mean_of = |values: &[f64], rows: &[usize]| rows.iter().map(|&row| values[row]).sum::<f64>() / rows.len() as f64;
    resamples
        .iter()
        .enumerate()
        .map(|(number, (one, two))| {
            for (rows, arm) in [(one, first), (two, second)] {
                if rows.is_empty() {
                    return Err(refuse::needs("resamples", "at least one row of each arm in every resample"));
                }
                if let Some(&row) = rows.iter().find(|&&row| row >= arm.cost.len()) {
                    return Err(refuse::value("resamples", number, row as f64, "the number of a row of its arm"));
                }
            }
            Ok((
                mean_of(second.cost, two) - mean_of(first.cost, one),
                mean_of(second.effect, two) - mean_of(first.effect, one),
            ))
        })
        .collect()
}

/// The share of resamples in which the net benefit is above zero: the acceptability curve at `worth`.
pub fn acceptable(points: &[(f64, f64)], worth: f64) -> f64 {
    share(points, |&(cost, effect)| worth * effect - cost > 0.0)
}

/// The share of resamples in each quadrant of the plane of result (east is better) and cost (north is dearer).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quadrants {
    /// Dearer and better.
    pub north_east: f64,
    /// Not dearer, better.
    pub south_east: f64,
    /// Not dearer, not better.
    pub south_west: f64,
    /// Dearer, not better.
    pub north_west: f64,
}

/// In which quadrant the resamples lie.
pub fn quadrants(points: &[(f64, f64)]) -> Quadrants {
    Quadrants {
        north_east: share(points, |p| p.0 > 0.0 && p.1 > 0.0),
        south_east: share(points, |p| p.0 <= 0.0 && p.1 > 0.0),
        south_west: share(points, |p| p.0 <= 0.0 && p.1 <= 0.0),
        north_west: share(points, |p| p.0 > 0.0 && p.1 <= 0.0),
    }
}

fn share(points: &[(f64, f64)], is: impl Fn(&(f64, f64)) -> bool) -> f64 {
    points.iter().filter(|point| is(point)).count() as f64 / points.len() as f64
}

/// The percentile interval of values from resamples.
///
/// # Errors
/// Without values, or with one that is not a number.
pub fn percentile(values: &[f64], level: f64) -> Result<(f64, f64), Problem> {
    finite("values", values)?;
    if values.is_empty() {
        return Err(refuse::needs("values", "at least one resample"));
    }
    let sorted = sorted(values);
    let tail = (1.0 - level) / 2.0;
    Ok((quantile_sorted(&sorted, tail), quantile_sorted(&sorted, 1.0 - tail)))
}

/// A bias-corrected and accelerated interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bca {
    /// The correction for bias, `z₀`.
    pub bias: f64,
    /// The acceleration `a`, from the jackknife.
    pub acceleration: f64,
    /// The shares at which the values are read.
    pub shares: (f64, f64),
    /// The interval.
    pub lower: f64,
    /// The interval.
    pub upper: f64,
}

/// The BCa interval of `values` from resamples, around `estimate`; `jackknife` is the estimate without each person in
/// turn.
///
/// # Errors
/// Without values; when all resamples lie on one side of the estimate, or the jackknife does not vary.
pub fn bca(values: &[f64], estimate: f64, jackknife: &[f64], level: f64) -> Result<Bca, Problem> {
    percentile(values, level)?;
    finite("jackknife", jackknife)?;
    let below = values.iter().filter(|value| **value < estimate).count() as f64 / values.len() as f64;
    let centre = mean(jackknife);
    let moment = |power: i32| jackknife.iter().map(|value| (centre - value).powi(power)).sum::<f64>();
    if below <= 0.0 || below >= 1.0 {
        return Err(refuse::argument("values", below, "resamples on both sides of the estimate"));
    }
    if moment(2) <= 0.0 || jackknife.is_empty() {
        return Err(refuse::argument("jackknife", moment(2), "estimates that vary"));
    }
    let bias = normal_quantile(below);
    let acceleration = moment(3) / (6.0 * moment(2).powf(1.5));
    let place = |p: f64| {
        let z = bias + normal_quantile(p);
        normal(bias + z / (1.0 - acceleration * z))
    };
    let tail = (1.0 - level) / 2.0;
    let shares = (place(tail), place(1.0 - tail));
    let sorted = sorted(values);
    Ok(Bca {
        bias,
        acceleration,
        shares,
        lower: quantile_sorted(&sorted, shares.0),
        upper: quantile_sorted(&sorted, shares.1),
    })
}

/// The difference in mean cost without each person in turn, the first arm's people first.
///
/// # Errors
/// As for [`difference`].
pub fn jackknife_cost(first: Arm<'_>, second: Arm<'_>) -> Result<Vec<f64>, Problem> {
    let whole = difference(first, second)?.cost;
    let without = |values: &[f64]| {
        let (centre, n) = (mean(values), values.len() as f64);
        values.iter().map(|value| (centre - value) / (n - 1.0)).collect::<Vec<_>>()
    };
    let first = without(first.cost).into_iter().map(|change| whole - change);
    let second = without(second.cost).into_iter().map(|change| whole + change);
    Ok(first.chain(second).collect())
}
