//! Monitoring that adds up: risk-adjusted CUSUM, VLAD, and how long until a false alarm.
//!
//! Page 1954, *Biometrika* 41, 100; Steiner, Cook, Farewell and Treasure 2000, *Biostatistics* 1, 441 (log-likelihood
//! ratio weights with risk adjustment); Lovegrove et al. 1997, *Lancet* 350, 1128 (VLAD). A chart is about a site or
//! a method: each case enters with the chance that the case mix gives it, and nothing is said of one person.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use nalgebra::{DMatrix, DVector};

use crate::{
    Problem,
    distribution::normal_density,
    funnel::counts,
    refuse,
    special::{gauss_legendre, normal},
};

/// A cumulative sum of log-likelihood ratios, held at zero from below.
#[derive(Debug, Clone, PartialEq)]
pub struct Cusum {
    /// What each observation adds.
    pub weight: Vec<f64>,
    /// The sum after each: `S ← max(0, S + w)`, from 0.
    pub sum: Vec<f64>,
    /// The first observation at which the sum is above the limit, from 0.
    pub signal: Option<usize>,
}

/// The CUSUM that looks for odds `odds_ratio` times those expected, for periods with `events` among `total` and the
/// expected chance `expected` (one case: `total` 1).
///
/// # Errors
/// When a count or chance cannot be, or the odds ratio is not a positive number other than 1.
pub fn cusum(events: &[f64], total: &[f64], expected: &[f64], odds_ratio: f64, limit: f64) -> Result<Cusum, Problem> {
    counts(events, total)?;
    chances(expected, events.len())?;
    odds(odds_ratio)?;
    let weight: Vec<f64> = (0..events.len())
        .map(|i| {
            let (event, none) = weights(expected[i], odds_ratio);
            events[i] * event + (total[i] - events[i]) * none
        })
        .collect();
    let mut last = 0.0_f64;
    let sum: Vec<f64> = weight
        .iter()
        .map(|w| {
            last = (last + w).max(0.0);
            last
        })
        .collect();
    Ok(Cusum { signal: sum.iter().position(|s| *s > limit), weight, sum })
}

/// What one case adds with and without the event: `ln R − ln(1 − p + R p)` and `−ln(1 − p + R p)`.
fn weights(chance: f64, odds_ratio: f64) -> (f64, f64) {
    let scale = (1.0 - chance + odds_ratio * chance).ln();
    (odds_ratio.ln() - scale, -scale)
}

/// Expected minus observed, added up (VLAD): rises when fewer events come than expected.
///
/// # Errors
/// When the lengths differ or a chance is not between 0 and 1.
pub fn vlad(event: &[bool], expected: &[f64]) -> Result<Vec<f64>, Problem> {
    chances(expected, event.len())?;
    let mut sum = 0.0;
    Ok(event
        .iter()
        .zip(expected)
        .map(|(&event, chance)| {
            sum += chance - f64::from(u8::from(event));
            sum
        })
        .collect())
}

/// How many cases pass on average before the risk-adjusted CUSUM signals, when the odds are `true_ratio` times those
/// expected.
///
/// Markov chain of Brook and Evans 1972 (*Biometrika* 59, 539) on `cells` cells of `[0, limit]`, the case mix being
/// `expected`, each as likely. The error of the cells falls with their width; 400 give three digits.
///
/// # Errors
/// As for [`cusum`]; and when the limit is not positive or no case can ever reach it.
pub fn cases_to_signal(
    expected: &[f64],
    odds_ratio: f64,
    true_ratio: f64,
    limit: f64,
    cells: usize,
) -> Result<f64, Problem> {
    chances(expected, expected.len())?;
    odds(odds_ratio)?;
    if !(limit > 0.0 && limit.is_finite()) || cells < 2 || expected.is_empty() {
        return Err(refuse::argument("limit", limit, "a positive limit, at least two cells and one case"));
    }
    let width = limit / (cells as f64 - 0.5);
    let mut system = DMatrix::<f64>::identity(cells, cells);
    let share = 1.0 / expected.len() as f64;
    for &chance in expected {
        let (event, none) = weights(chance, odds_ratio);
        let happens = true_ratio * chance / (1.0 - chance + true_ratio * chance);
        for from in 0..cells {
            for (weight, p) in [(event, happens), (none, 1.0 - happens)] {
                let to = (from as f64 * width + weight).max(0.0);
                if to <= limit {
                    let cell = ((to / width).round() as usize).min(cells - 1);
                    system[(from, cell)] -= share * p;
                }
            }
        }
    }
    let runs = system.lu().solve(&DVector::from_element(cells, 1.0));
    match runs.map(|runs| runs[0]).filter(|run| run.is_finite() && *run > 0.0) {
        Some(run) => Ok(run),
        None => Err(refuse::argument("limit", limit, "a limit that a run of cases can reach")),
    }
}

/// The average run length of a one-sided CUSUM of normal values with mean `shift` and variance 1, reference value
/// `k`, limit `h`.
///
/// Integral equation (Page 1954) by Nyström's method with Gauss-Legendre nodes.
pub fn normal_cusum_run(k: f64, h: f64, shift: f64) -> f64 {
    let nodes = gauss_legendre(60, 0.0, h);
    let n = nodes.len();
    // unknowns: the run from each node, and from zero, where an atom sits
    let mut system = DMatrix::<f64>::identity(n + 1, n + 1);
    let from = |row: usize| if row == n { 0.0 } else { nodes[row].0 };
    for row in 0..=n {
        for (column, &(x, w)) in nodes.iter().enumerate() {
            system[(row, column)] -= w * normal_density(x - from(row) + k - shift);
        }
        system[(row, n)] -= normal(k - from(row) - shift);
    }
    system.lu().solve(&DVector::from_element(n + 1, 1.0)).map_or(f64::INFINITY, |runs| runs[n])
}

/// The limit `h` with which [`normal_cusum_run`] without a shift is `run`.
pub fn normal_cusum_limit(k: f64, run: f64) -> f64 {
    root(0.01, 1.0, |h| normal_cusum_run(k, h, 0.0) - run)
}

/// The average run length of a two-sided EWMA of normal values with mean `shift` and variance 1, limits at `c` of its
/// standard errors in the long run (Crowder 1987, *Technometrics* 29, 401).
pub fn normal_ewma_run(lambda: f64, c: f64, shift: f64) -> f64 {
    let h = c * (lambda / (2.0 - lambda)).sqrt();
    let nodes = gauss_legendre(60, -h, h);
    let n = nodes.len();
    let mut system = DMatrix::<f64>::identity(n + 1, n + 1);
    let from = |row: usize| if row == n { 0.0 } else { nodes[row].0 };
    for row in 0..=n {
        for (column, &(x, w)) in nodes.iter().enumerate() {
            system[(row, column)] -= w / lambda * normal_density((x - (1.0 - lambda) * from(row)) / lambda - shift);
        }
    }
    system.lu().solve(&DVector::from_element(n + 1, 1.0)).map_or(f64::INFINITY, |runs| runs[n])
}

/// The limit `c` with which [`normal_ewma_run`] without a shift is `run`.
pub fn normal_ewma_limit(lambda: f64, run: f64) -> f64 {
    root(0.5, 1.0, |c| normal_ewma_run(lambda, c, 0.0) - run)
}

/// The average run length of a chart of single normal values with limits at `z` standard deviations on both sides.
pub fn shewhart_run(z: f64) -> f64 {
    1.0 / (2.0 * normal(-z))
}

/// The root of an increasing function: doubles until it is above, then bisects to ten digits (each value is a linear
/// system).
fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    while f(high) < 0.0 {
        low = high;
        high *= 2.0;
    }
    while high - low > 1e-10 * high {
        let middle = f64::midpoint(low, high);
        if f(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

fn chances(expected: &[f64], rows: usize) -> Result<(), Problem> {
    if expected.len() != rows {
        return Err(refuse::lengths("expected", expected.len(), rows));
    }
    match expected.iter().position(|p| !(*p > 0.0 && *p < 1.0)) {
        Some(row) => Err(refuse::value("expected", row, expected[row], "a chance above 0 and below 1")),
        None => Ok(()),
    }
}

fn odds(odds_ratio: f64) -> Result<(), Problem> {
    if odds_ratio > 0.0 && odds_ratio.is_finite() && (odds_ratio - 1.0).abs() > f64::EPSILON {
        Ok(())
    } else {
        Err(refuse::argument("odds_ratio", odds_ratio, "a positive number other than 1, such as 2"))
    }
}
