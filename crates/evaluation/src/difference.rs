//! The effect of a change that sites made at different times: difference in differences.
//!
//! Two-way fixed effects with clustered variance; effects for each group and period against those that have not
//! changed yet (Callaway and Sant'Anna 2021, *Journal of Econometrics* 225, 200, without covariates); randomisation
//! by cyclic shifts of the order of change. With few sites the clustered variance is too small (Cameron, Gelbach and
//! Miller 2008, *Review of Economics and Statistics* 90, 414): the interval uses Student's t with sites minus one
//! degrees of freedom, and the shifts stand beside it.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use nalgebra::DMatrix;

use crate::{
    Problem,
    least_squares::{self, Variance},
    refuse,
    special::student_quantile,
};

/// One effect with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The change in the outcome.
    pub estimate: f64,
    /// Standard error with independent rows of one variance.
    pub error_classic: f64,
    /// Standard error clustered by site (CR0).
    pub error_cr0: f64,
    /// The same with the small-sample factor (CR1).
    pub error_cr1: f64,
    /// Interval from CR1 and Student's t with sites − 1 degrees of freedom.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
}

/// The effect of `on` (0 or 1, or the share of the period under the change) on `y`, with an intercept for each site
/// and each period.
///
/// `site` and `period` are numbered from 0.
///
/// # Errors
/// When lengths differ, or the effect cannot be told from site and period (no site changed, or all at once).
pub fn two_way(y: &[f64], on: &[f64], site: &[usize], period: &[usize], level: f64) -> Result<Effect, Problem> {
    for (what, length) in [("on", on.len()), ("site", site.len()), ("period", period.len())] {
        if length != y.len() {
            return Err(refuse::lengths(what, length, y.len()));
        }
    }
    let fit = least_squares::fit(&design(on, site, period), y)?;
    let error = |variance| fit.errors(variance).map(|errors| errors[0]);
    let sites = distinct(site) as f64;
    let (estimate, error_cr1) = (fit.coefficients[0], error(Variance::Cr1(site))?);
    let width = student_quantile(f64::midpoint(1.0, level), sites - 1.0) * error_cr1;
    Ok(Effect {
        estimate,
        error_classic: error(Variance::Classic)?,
        error_cr0: error(Variance::Cr0(site))?,
        error_cr1,
        lower: estimate - width,
        upper: estimate + width,
    })
}

fn distinct(numbers: &[usize]) -> usize {
    numbers.iter().collect::<std::collections::BTreeSet<_>>().len()
}

/// The effect first, an intercept, and a column for each site and period but the first.
fn design(on: &[f64], site: &[usize], period: &[usize]) -> DMatrix<f64> {
    let levels = |numbers: &[usize]| numbers.iter().copied().collect::<std::collections::BTreeSet<_>>();
    let (sites, periods) = (levels(site), levels(period));
    let columns: Vec<Vec<f64>> = std::iter::once(on.to_vec())
        .chain(std::iter::once(vec![1.0; on.len()]))
        .chain(sites.iter().skip(1).map(|s| site.iter().map(|i| f64::from(u8::from(i == s))).collect()))
        .chain(periods.iter().skip(1).map(|p| period.iter().map(|i| f64::from(u8::from(i == p))).collect()))
        .collect();
    DMatrix::from_fn(on.len(), columns.len(), |row, column| columns[column][row])
}

/// The effects under every cyclic shift of which site changed when, the true order first, and the share of them that
/// is at least as far from zero. `change` is the first period of each site under the change (none: never).
///
/// The smallest share that can come out is one in the number of sites: with few sites it cannot show much, and says so.
///
/// # Errors
/// As for [`two_way`].
pub fn cyclic_shifts(
    y: &[f64],
    site: &[usize],
    period: &[usize],
    change: &[Option<usize>],
) -> Result<(Vec<f64>, f64), Problem> {
    if let Some(row) = site.iter().position(|&s| s >= change.len()) {
        return Err(refuse::value("site", row, site[row] as f64, "a site whose period of change is given"));
    }
    let effects = (0..change.len())
        .map(|shift| {
            let on: Vec<f64> = (0..y.len())
                .map(|row| {
                    let first = change[(site[row] + shift) % change.len()];
                    f64::from(u8::from(first.is_some_and(|first| period[row] >= first)))
                })
                .collect();
            if period.len() != y.len() || site.len() != y.len() {
                return Err(refuse::lengths("period", period.len(), y.len()));
            }
            Ok(least_squares::fit(&design(&on, site, period), y)?.coefficients[0])
        })
        .collect::<Result<Vec<_>, _>>()?;
    // shifts that leave the order as it is give the same effect but for rounding
    let as_far = effects.iter().filter(|effect| effect.abs() >= effects[0].abs() * (1.0 - 1e-12)).count();
    let share = as_far as f64 / effects.len() as f64;
    Ok((effects, share))
}

/// The effect on those that changed in one period, at a later period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupEffect {
    /// The period in which they changed.
    pub changed: usize,
    /// The period looked at.
    pub period: usize,
    /// The effect.
    pub effect: f64,
    /// How many sites changed in that period.
    pub sites: usize,
    /// How many had not changed yet.
    pub controls: usize,
}

/// The effect for each group of sites that changed together and each period from then on, against the sites that have
/// not changed by that period; the last period before the change is the base. Where no site is left to compare with,
/// there is no effect.
///
/// `means` holds the mean outcome of each site (rows) and period (columns).
///
/// # Errors
/// When `change` has another length than `means` has rows, a site changed in the first period (nothing to compare it
/// with), or a mean is not a number.
pub fn group_effects(means: &DMatrix<f64>, change: &[Option<usize>]) -> Result<Vec<GroupEffect>, Problem> {
    let (sites, periods) = means.shape();
    if change.len() != sites {
        return Err(refuse::lengths("change", change.len(), sites));
    }
    for site in 0..sites {
        let row: Vec<f64> = means.row(site).iter().copied().collect();
        refuse::finite("means", &row)?;
        if change[site] == Some(0) {
            return Err(refuse::value("change", site, 0.0, "a period after the first"));
        }
    }
    let groups: std::collections::BTreeSet<usize> = change.iter().flatten().copied().filter(|g| *g < periods).collect();
    let mut effects = Vec::new();
    for &changed in &groups {
        let inside: Vec<usize> = (0..sites).filter(|&s| change[s] == Some(changed)).collect();
        for period in changed..periods {
            let controls: Vec<usize> = (0..sites).filter(|&s| change[s].is_none_or(|first| first > period)).collect();
            if controls.is_empty() {
                continue;
            }
            let moved = |of: &[usize]| {
                of.iter().map(|&s| means[(s, period)] - means[(s, changed - 1)]).sum::<f64>() / of.len() as f64
            };
            effects.push(GroupEffect {
                changed,
                period,
                effect: moved(&inside) - moved(&controls),
                sites: inside.len(),
                controls: controls.len(),
            });
        }
    }
    Ok(effects)
}
