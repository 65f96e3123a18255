//! Bands that hold a whole survival curve, not one time of it: Hall and Wellner (1980), and equal precision (Nair 1984).
//!
//! For unweighted rows without delayed entry. Critical values are computed from the boundary crossing of the Brownian
//! bridge, not looked up. The tables of Klein and Moeschberger (2003, appendix C) agree to four digits for Hall and Wellner; for
//! equal precision they hold the tail approximation of Miller and Siegmund (1982), which is up to 1% off.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use std::f64::consts::PI;

use crate::{
    Curve, Problem, Scale,
    distribution::{normal_density, normal_tail, two_sided},
    interval::around,
    problem,
    table::count,
};

/// Which band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// Hall and Wellner: narrow in the middle, wide at the ends
    HallWellner,
    /// Everywhere the same number of pointwise standard errors
    EqualPrecision,
}

/// A band over a stretch of a curve.
#[derive(Clone, Debug)]
pub struct Banded {
    /// Times at which someone left
    pub time: Vec<f64>,
    /// Survival after each
    pub value: Vec<f64>,
    /// Lower end of the band
    pub lower: Vec<f64>,
    /// Upper end of the band
    pub upper: Vec<f64>,
    /// The critical value
    pub critical: f64,
}

impl Curve {
    /// A band over `[from, to]`, on the same scales as an interval. Refuses a stretch in which nothing happens, or in which nobody is left.
    pub fn band(&self, band: Band, scale: Scale, level: f64, from: f64, to: f64) -> Result<Banded, Problem> {
        let level = problem::level(level)?;
        let steps = self.stretch(from, to)?;
        let clock = |index: &usize| self.spread(*index) / (1.0 + self.spread(*index));
        let ends = steps.first().map(clock).zip(steps.last().map(clock)).unwrap_or_default();
        Ok(self.banded(band, scale, critical_value(band, level, ends.0, ends.1), &steps))
    }

    /// The same with a critical value of the caller's own, from a table or a simulation.
    pub fn band_with(&self, band: Band, scale: Scale, critical: f64, from: f64, to: f64) -> Result<Banded, Problem> {
        Ok(self.banded(band, scale, critical, &self.stretch(from, to)?))
    }

    /// The steps from one time to another; at least one.
    fn stretch(&self, from: f64, to: f64) -> Result<Vec<usize>, Problem> {
        let inside = |index: &usize| (from..=to).contains(&self.time[*index]) && self.survival.value[*index] > 0.0;
        let steps: Vec<usize> = (0..self.time.len()).filter(inside).collect();
        if steps.is_empty() {
            let what =
                format!("nobody leaves from {from} to {to} with anyone left; choose a stretch where someone does");
            return Err(Problem::column("time", what));
        }
        Ok(steps)
    }

    /// n σ², the variance on the scale of the hazard.
    fn spread(&self, index: usize) -> f64 {
        count(self.rows) * (self.survival.se[index] / self.survival.value[index]).powi(2)
    }

    fn banded(&self, band: Band, scale: Scale, critical: f64, steps: &[usize]) -> Banded {
        let half = |index: usize| match band {
            Band::HallWellner => {
                critical * (1.0 + self.spread(index)) / count(self.rows).sqrt() * self.survival.value[index]
            }
            Band::EqualPrecision => critical * self.survival.se[index],
        };
        let (lower, upper) = steps.iter().map(|i| around(scale, self.survival.value[*i], half(*i))).unzip();
        let pick = |all: &[f64]| steps.iter().map(|index| all[*index]).collect();
        Banded { time: pick(&self.time), value: pick(&self.survival.value), lower, upper, critical }
    }
}

/// The value that a bridge on `[from, to]` (0 ≤ from ≤ to ≤ 1) stays under with probability `level`: the bridge itself, or
/// for equal precision the bridge divided by its standard deviation.
pub fn critical_value(band: Band, level: f64, from: f64, to: f64) -> f64 {
    let (mut low, mut high) = match band {
        Band::HallWellner => (0.02, 4.0),
        Band::EqualPrecision => (two_sided(level), 12.0),
    };
    while high - low > 1e-10 {
        let middle = f64::midpoint(low, high);
        let inside = match band {
            Band::HallWellner => bridge_stays(middle, from, to),
            Band::EqualPrecision => {
                // divided by its standard deviation the bridge is an Ornstein-Uhlenbeck process of this duration
                stationary_stays(middle, 0.5 * (to * (1.0 - from) / (from * (1.0 - to))).ln())
            }
        };
        if inside < level { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// Intervals for Simpson's rule.
const PARTS: u32 = 400;

/// ∫ f over [−c, c].
fn integral(c: f64, f: impl Fn(f64) -> f64) -> f64 {
    let step = 2.0 * c / f64::from(PARTS);
    let weight = |i: u32| {
        if i == 0 || i == PARTS {
            1.0
        } else if i % 2 == 1 {
            4.0
        } else {
            2.0
        }
    };
    (0..=PARTS).map(|i| weight(i) * f(f64::from(i) * step - c)).sum::<f64>() * step / 3.0
}

/// P(|bridge| ≤ c on [from, to]): from its normal law at `from`, by the motion absorbed at ±c (its expansion in cosines), to the
/// density of coming back to 0 at time 1.
fn bridge_stays(c: f64, from: f64, to: f64) -> f64 {
    let side = |variance: f64, k: f64| {
        if variance <= 1e-12 {
            return 1.0;
        }
        let s = variance.sqrt();
        integral(c, |x| normal_density(x / s) / s * (k * x).cos())
    };
    let mut sum = 0.0;
    for m in (1..400).step_by(2) {
        let k = f64::from(m) * PI / (2.0 * c);
        let decay = (-0.5 * k * k * (to - from).max(0.0)).exp();
        if decay < 1e-14 {
            break;
        }
        sum += decay * side(from, k) * side(1.0 - to, k);
    }
    sum * (2.0 * PI).sqrt() / c
}

/// P(|X| ≤ c for so long), X a stationary process with covariance exp(−t): eigenvalues of its generator on [−c, c] with absorbing
/// ends, in a basis of cosines.
fn stationary_stays(c: f64, duration: f64) -> f64 {
    const SIZE: usize = 24;
    // so short that a basis whose members end in 0 does not do
    if duration < 1e-6 {
        return 1.0 - 2.0 * normal_tail(c);
    }
    let k = |m: usize| (2.0 * count(m) + 1.0) * PI / (2.0 * c);
    // ∫ x² cos(k x) over [−c, c]
    let moment = |k: f64| {
        if k == 0.0 {
            return 2.0 * c * c * c / 3.0;
        }
        let (sin, cos) = (k * c).sin_cos();
        2.0 * (c * c * sin / k + 2.0 * c * cos / (k * k) - 2.0 * sin / (k * k * k))
    };
    let energy = DMatrix::from_fn(SIZE, SIZE, |m, n| {
        let apart = if m == n { 0.0 } else { k(m) - k(n) };
        let own = if m == n { k(m) * k(m) - 0.5 } else { 0.0 };
        own + (moment(apart) + moment(k(m) + k(n))) / (8.0 * c)
    });
    let start = DVector::from_fn(SIZE, |m, _| integral(c, |x| normal_density(x).sqrt() * (k(m) * x).cos()) / c.sqrt());
    let eigen = SymmetricEigen::new(energy);
    let part = |(value, vector): (&f64, nalgebra::DVectorView<'_, f64>)| {
        (-value * duration).exp() * vector.dot(&start).powi(2)
    };
    let columns = eigen.eigenvectors.column_iter().map(nalgebra::Matrix::into_owned);
    eigen.eigenvalues.iter().zip(columns).map(|(value, vector)| part((value, vector.as_view()))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Over the whole of [0, 1] the bridge follows Kolmogorov's law, whose 95% point is 1.3581 (Smirnov 1948).
    #[test]
    fn the_whole_bridge_is_kolmogorovs() {
        assert!((critical_value(Band::HallWellner, 0.95, 0.0, 1.0) - 1.358_098_6).abs() < 1e-5);
        assert!((critical_value(Band::HallWellner, 0.99, 0.0, 1.0) - 1.627_623_6).abs() < 1e-5);
    }

    #[test]
    fn a_single_time_needs_no_more_than_an_interval() {
        assert!((critical_value(Band::EqualPrecision, 0.95, 0.3, 0.3) - two_sided(0.95)).abs() < 1e-9);
        let short = critical_value(Band::EqualPrecision, 0.95, 0.3, 0.31);
        assert!((2.11..2.14).contains(&short), "{short}");
        // close to the tail approximation of Miller and Siegmund (1982, Biometrics 38), which gives 3.05 from 0.1 to 0.9
        let wide = critical_value(Band::EqualPrecision, 0.95, 0.1, 0.9);
        assert!((3.04..3.06).contains(&wide), "{wide}");
        // finite differences on 1,200 points give a probability of 0.950000 for this value
        let middle = critical_value(Band::EqualPrecision, 0.95, 0.3, 0.7);
        assert!((middle - 2.759_110).abs() < 1e-5, "{middle}");
    }
}
