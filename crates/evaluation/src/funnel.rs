//! Sites side by side without ranking them: how far chance alone takes them apart.
//!
//! Spiegelhalter 2005, *Statistics in Medicine* 24, 1185 (funnel plots: exact and normal limits, over-dispersion);
//! Spiegelhalter et al. 2012, *JRSS A* 175, 1 (winsorised z-scores); Wilson 1927, *JASA* 22, 209; Clopper and Pearson
//! 1934, *Biometrika* 26, 404; Garwood 1936, *Biometrika* 28, 437; Breslow and Day 1987, *Statistical Methods in
//! Cancer Research* II, page 69 (Byar's approximation).
#![allow(
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "counts far below 2^52; letters as in the papers"
)]

use crate::{
    Problem,
    distribution::normal_quantile,
    refuse,
    special::{
        beta_quantile, binomial, binomial_quantile, chi_square_quantile, mean, poisson, quantile_sorted, sorted,
    },
};

/// Refuses counts that cannot be: of different length, not whole, negative, more events than people, nobody.
pub(crate) fn counts(events: &[f64], total: &[f64]) -> Result<(), Problem> {
    if events.is_empty() {
        return Err(refuse::needs("events", "at least one row"));
    }
    if total.len() != events.len() {
        return Err(refuse::lengths("total", total.len(), events.len()));
    }
    for row in 0..events.len() {
        if !(total[row] >= 1.0 && total[row].is_finite() && total[row].fract() == 0.0) {
            return Err(refuse::value("total", row, total[row], "a whole number of people, at least 1"));
        }
        if !(events[row] >= 0.0 && events[row] <= total[row] && events[row].fract() == 0.0) {
            let right = format!("a whole number from 0 up to the total of its row, {}", total[row]);
            return Err(refuse::value("events", row, events[row], &right));
        }
    }
    Ok(())
}

/// The share over all sites together.
///
/// # Errors
/// When the counts cannot be, or all or none had the event (then sites cannot differ, and there are no limits).
pub fn centre(events: &[f64], total: &[f64]) -> Result<f64, Problem> {
    counts(events, total)?;
    let share = events.iter().sum::<f64>() / total.iter().sum::<f64>();
    if share <= 0.0 || share >= 1.0 {
        return Err(refuse::argument("events", share, "a share above 0 and below 1 over all sites together"));
    }
    Ok(share)
}

/// The limit below which a share `q` of sites with `n` people lies by chance, from the binomial distribution,
/// interpolated between two counts so that the line is smooth (Spiegelhalter 2005, appendix A.1.1). It can fall below
/// 0 or above 1, where nothing lies.
pub fn limit_exact(n: f64, centre: f64, q: f64) -> f64 {
    let r = binomial_quantile(q, n, centre);
    let (at, before) = (binomial(r, n, centre), binomial(r - 1.0, n, centre));
    (r - (at - q) / (at - before)) / n
}

/// The same from the normal distribution.
pub fn limit_normal(n: f64, centre: f64, q: f64) -> f64 {
    centre + normal_quantile(q) * spread(n, centre)
}

/// The same, widened by over-dispersion.
pub fn limit_dispersed(n: f64, centre: f64, q: f64, dispersion: Dispersion) -> f64 {
    let s = spread(n, centre);
    let widened = match dispersion {
        Dispersion::Multiplicative(phi) => s * phi.max(1.0).sqrt(),
        Dispersion::Additive(tau2) => (s * s + tau2).sqrt(),
    };
    centre + normal_quantile(q) * widened
}

fn spread(n: f64, centre: f64) -> f64 {
    (centre * (1.0 - centre) / n).sqrt()
}

/// More variation between sites than chance gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dispersion {
    /// Each variance times φ (below 1: left as it is).
    Multiplicative(f64),
    /// Each variance plus τ².
    Additive(f64),
}

/// Sites as z-scores, and how much they vary beyond chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Each site's distance from the centre in standard errors.
    pub z: Vec<f64>,
    /// Its mean square: 1 when chance alone is at work.
    pub phi: f64,
    /// The same after drawing in the outermost share of scores on each side.
    pub phi_winsorised: f64,
    /// The variance between sites by moments, from the winsorised scores.
    pub tau2: f64,
    errors: Vec<f64>,
    from: Vec<f64>,
}

impl Spread {
    /// The z-scores when the variance between sites is counted in.
    pub fn z_additive(&self) -> Vec<f64> {
        self.from.iter().zip(&self.errors).map(|(from, s)| from / (s * s + self.tau2).sqrt()).collect()
    }
}

/// How far the shares of sites lie apart; `winsor` is the share of scores drawn in on each side (0.1: a tenth).
///
/// # Errors
/// As for [`centre`]; and with fewer than two sites.
pub fn spread_of_shares(events: &[f64], total: &[f64], winsor: f64) -> Result<Spread, Problem> {
    let centre = centre(events, total)?;
    let from = events.iter().zip(total).map(|(r, n)| r / n - centre).collect();
    let errors = total.iter().map(|n| spread(*n, centre)).collect();
    spread_of(from, errors, winsor)
}

/// The same on the scale `arcsin √share`, whose variance does not depend on the share.
///
/// # Errors
/// As for [`spread_of_shares`].
pub fn spread_of_arcsines(events: &[f64], total: &[f64], winsor: f64) -> Result<Spread, Problem> {
    let middle = centre(events, total)?.sqrt().asin();
    let from = events.iter().zip(total).map(|(r, n)| (r / n).sqrt().asin() - middle).collect();
    let errors = total.iter().map(|n| 0.5 / n.sqrt()).collect();
    spread_of(from, errors, winsor)
}

fn spread_of(from: Vec<f64>, errors: Vec<f64>, winsor: f64) -> Result<Spread, Problem> {
    if from.len() < 2 {
        return Err(refuse::needs("total", "at least two sites"));
    }
    if !(0.0..0.5).contains(&winsor) {
        return Err(refuse::argument("winsor", winsor, "a share from 0 to below 0.5"));
    }
    let z: Vec<f64> = from.iter().zip(&errors).map(|(from, s)| from / s).collect();
    let ordered = sorted(&z);
    let (low, high) = (quantile_sorted(&ordered, winsor), quantile_sorted(&ordered, 1.0 - winsor));
    let square = |z: f64| z * z;
    let phi = mean(&z.iter().map(|z| square(*z)).collect::<Vec<_>>());
    let phi_winsorised = mean(&z.iter().map(|z| square(z.clamp(low, high))).collect::<Vec<_>>());
    let sites = z.len() as f64;
    let weights: Vec<f64> = errors.iter().map(|s| 1.0 / (s * s)).collect();
    let (sum, squares): (f64, f64) = (weights.iter().sum(), weights.iter().map(|w| w * w).sum());
    let tau2 = ((sites * phi_winsorised - (sites - 1.0)) / (sum - squares / sum)).max(0.0);
    Ok(Spread { z, phi, phi_winsorised, tau2, errors, from })
}

/// Where a site stands against the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No further from the centre than chance takes one of this many equal sites.
    AsOthers,
    /// Fewer events than chance explains.
    Fewer,
    /// More events than chance explains.
    More,
}

/// Which sites lie further from the centre than chance would bring *any* of this many equal sites, at `level` for all
/// together.
///
/// Two exact binomial tails; the level of one site is that of all to the power one over the number of sites (Šidák
/// 1967, *JASA* 62, 626), so that a network of equal sites is set apart in at most `1 − level` of the cases. The
/// centre includes the site itself, which errs on the same side. No order is given: what lies within cannot be told
/// apart.
///
/// # Errors
/// As for [`centre`]; and when `level` is not between 0 and 1.
pub fn standing(events: &[f64], total: &[f64], level: f64) -> Result<Vec<Standing>, Problem> {
    let centre = centre(events, total)?;
    let tail = each_tail(events.len(), level)?;
    Ok(events
        .iter()
        .zip(total)
        .map(|(&r, &n)| {
            if binomial(r, n, centre) <= tail {
                Standing::Fewer
            } else if 1.0 - binomial(r - 1.0, n, centre) <= tail {
                Standing::More
            } else {
                Standing::AsOthers
            }
        })
        .collect())
}

/// The tail of one site on each side, so that `level` holds for all `sites` together.
///
/// # Errors
/// When `level` is not between 0 and 1.
pub fn each_tail(sites: usize, level: f64) -> Result<f64, Problem> {
    let level = crate::problem::level(level)?;
    Ok((1.0 - level.powf(1.0 / sites as f64)) / 2.0)
}

/// The interval of one share by inverting the exact test (Clopper-Pearson): never too short.
pub fn clopper_pearson(events: f64, n: f64, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    let lower = if events <= 0.0 { 0.0 } else { beta_quantile(tail, events, n - events + 1.0) };
    let upper = if events >= n { 1.0 } else { beta_quantile(1.0 - tail, events + 1.0, n - events) };
    (lower, upper)
}

/// The interval of one share by inverting the score test (Wilson, without continuity correction): right on average.
pub fn wilson(events: f64, n: f64, level: f64) -> (f64, f64) {
    let z = crate::distribution::two_sided(level);
    let (p, z2) = (events / n, z * z);
    let middle = p + z2 / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // at none or all, one end is exactly there
    let lower = if events <= 0.0 { 0.0 } else { (middle - half) / scale };
    let upper = if events >= n { 1.0 } else { (middle + half) / scale };
    (lower, upper)
}

/// Observed against expected (SMR), the exact Poisson interval (Garwood).
///
/// # Errors
/// When the observed number is negative or not whole, or the expected one not positive.
pub fn garwood(observed: f64, expected: f64, level: f64) -> Result<(f64, f64), Problem> {
    observed_expected(observed, expected)?;
    let tail = (1.0 - level) / 2.0;
    let lower = if observed <= 0.0 { 0.0 } else { chi_square_quantile(tail, 2.0 * observed) / 2.0 };
    let upper = chi_square_quantile(1.0 - tail, 2.0 * (observed + 1.0)) / 2.0;
    Ok((lower / expected, upper / expected))
}

/// Observed against expected, Byar's approximation; `z` is 1.96 for 95%.
///
/// # Errors
/// As for [`garwood`].
pub fn byar(observed: f64, expected: f64, z: f64) -> Result<(f64, f64), Problem> {
    observed_expected(observed, expected)?;
    let end = |o: f64, z: f64| o * (1.0 - 1.0 / (9.0 * o) + z / (3.0 * o.sqrt())).powi(3);
    let lower = if observed <= 0.0 { 0.0 } else { end(observed, -z) };
    Ok((lower / expected, end(observed + 1.0, z) / expected))
}

/// The limit of observed over expected below which a share `q` of sites lies by chance when nothing differs (Poisson,
/// interpolated).
pub fn limit_ratio(expected: f64, q: f64) -> f64 {
    let mut r = 0.0;
    while poisson(r, expected) < q {
        r += 1.0;
    }
    let (at, before) = (poisson(r, expected), poisson(r - 1.0, expected));
    (r - (at - q) / (at - before)) / expected
}

fn observed_expected(observed: f64, expected: f64) -> Result<(), Problem> {
    if !(observed >= 0.0 && observed.is_finite() && observed.fract() == 0.0) {
        return Err(refuse::argument("observed", observed, "a whole number, 0 or more"));
    }
    if !(expected > 0.0 && expected.is_finite()) {
        return Err(refuse::argument("expected", expected, "a number above 0"));
    }
    Ok(())
}
