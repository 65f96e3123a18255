//! Sums of money: when a few contributions make a sum, the sum gives them away.
//!
//! The rules are those of Hundepool and others, Statistical Disclosure Control (2012), section 4.2: (n, k) dominance, the p% rule, and
//! a least number of contributors.

use super::{Refusal, THRESHOLD, suppress::Need};

/// The largest `largest` contributions may be at most `percent` of the sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dominance {
    /// How many.
    pub largest: usize,
    /// How much of the sum, per cent.
    pub percent: f64,
}

/// The rules for a sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Fewest contributors.
    pub contributors: u64,
    /// Dominance.
    pub dominance: Vec<Dominance>,
    /// The second largest contributor may not be able to estimate the largest within this many per cent.
    pub percent: f64,
}

impl Default for Rules {
    /// Ten contributors; (1, 50) and (2, 90) dominance; p = 10.
    fn default() -> Self {
        let dominance = vec![Dominance { largest: 1, percent: 50.0 }, Dominance { largest: 2, percent: 90.0 }];
        Self { contributors: THRESHOLD, dominance, percent: 10.0 }
    }
}

/// Why a sum is not shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// Fewer contributors than the rule asks.
    Few,
    /// A few dominate.
    Dominated(Dominance),
    /// The largest can be estimated too closely.
    Close,
}

/// Every reason not to show the sum of these contributions; none: it may be shown. Nobody's sum (none at all) may be shown.
///
/// # Errors
/// A contribution that is negative or no number.
pub fn reasons(contributions: &[f64], rules: &Rules) -> Result<Vec<Reason>, Refusal> {
    let sorted = largest_first(contributions)?;
    let sum: f64 = sorted.iter().sum();
    let first = |n: usize| -> f64 { sorted.iter().take(n).sum() };
    let mut reasons = Vec::new();
    if sorted.is_empty() {
        return Ok(reasons);
    }
    if (sorted.len() as u64) < rules.contributors {
        reasons.push(Reason::Few);
    }
    let dominates = |rule: &&Dominance| first(rule.largest) > rule.percent / 100.0 * sum;
    reasons.extend(rules.dominance.iter().filter(dominates).map(|rule| Reason::Dominated(*rule)));
    if sum - first(2) < rules.percent / 100.0 * first(1) {
        reasons.push(Reason::Close);
    }
    Ok(reasons)
}

/// What a sum that may not be shown needs of the table around it: a distance at which the rule that is broken most would
/// hold, and at least `percent` of the largest contribution. None when it may be shown.
///
/// # Errors
/// A contribution that is negative or no number.
pub fn need(groups: &[usize], contributions: &[f64], rules: &Rules) -> Result<Option<Need>, Refusal> {
    if reasons(contributions, rules)?.is_empty() {
        return Ok(None);
    }
    let sorted = largest_first(contributions)?;
    let sum: f64 = sorted.iter().sum();
    let first = |n: usize| -> f64 { sorted.iter().take(n).sum() };
    let share = rules.percent / 100.0 * first(1);
    let dominance = rules.dominance.iter().map(|rule| first(rule.largest) * 100.0 / rule.percent - sum);
    let far = dominance.fold(share.max(share - (sum - first(2))), f64::max);
    Ok(Some(Need { groups: groups.to_vec(), down: far.min(sum), up: far }))
}

fn largest_first(contributions: &[f64]) -> Result<Vec<f64>, Refusal> {
    let wrong = contributions.iter().position(|value| !value.is_finite() || *value < 0.0);
    if let Some(index) = wrong {
        return Err(Refusal::Contribution { index, value: contributions[index] });
    }
    let mut sorted = contributions.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    Ok(sorted)
}
