//! Do groups differ in their hazard? The log-rank test and its weighted forms.

use nalgebra::{DMatrix, DVector};

use crate::{
    Groups, Problem, Sample,
    distribution::chi_square_tail,
    table::{Walk, entries, tables},
};

/// A test that groups are equal.
#[derive(Clone, Debug)]
pub struct Test {
    /// Statistic, chi-square when the groups are equal
    pub statistic: f64,
    /// Degrees of freedom
    pub df: usize,
    /// P-value
    pub p: f64,
    /// Events of each group (weighted by rho)
    pub observed: Vec<f64>,
    /// Events expected in each group when they are equal (weighted by rho)
    pub expected: Vec<f64>,
    /// Covariance of observed − expected, row by row
    pub variance: Vec<Vec<f64>>,
}

impl Test {
    /// The statistic from observed − expected and its covariance, which add up to zero over the groups.
    pub(crate) fn new(observed: Vec<f64>, expected: Vec<f64>, variance: &DMatrix<f64>) -> Result<Self, Problem> {
        let all: Vec<usize> = (0..observed.len()).filter(|group| expected[*group] > 0.0).collect();
        let Some((_, kept)) = all.split_last().filter(|(_, kept)| !kept.is_empty()) else {
            return Err(Problem::column(
                "group",
                "only one group has anyone at risk when events happen; two are needed",
            ));
        };
        let difference =
            DVector::from_iterator(kept.len(), kept.iter().map(|group| observed[*group] - expected[*group]));
        let part = DMatrix::from_fn(kept.len(), kept.len(), |i, j| variance[(kept[i], kept[j])]);
        let statistic = quadratic(&difference, part).ok_or_else(apart)?;
        let df = kept.len();
        Ok(Self {
            statistic,
            df,
            p: chi_square_tail(statistic, df),
            observed,
            expected,
            variance: variance.row_iter().map(|row| row.iter().copied().collect()).collect(),
        })
    }
}

/// x' V⁻¹ x, when V is positive definite.
pub(crate) fn quadratic(x: &DVector<f64>, v: DMatrix<f64>) -> Option<f64> {
    let scale = v.diagonal().max();
    let factor = v.cholesky()?;
    // a factor this small is rounding: the groups were never at risk together
    let smallest = factor.l_dirty().diagonal().min();
    (smallest * smallest > 1e-12 * scale).then(|| x.dot(&factor.solve(x)))
}

pub(crate) fn apart() -> Problem {
    Problem::column("group", "two groups are never at risk at the same time, so they cannot be compared; leave one out")
}

/// More groups than this are a column that holds something else; the covariance is a square of them.
const MOST_GROUPS: usize = 500;
/// The same for strata.
const MOST_STRATA: usize = 100_000;

/// Refuses what a test between groups cannot use.
pub(crate) fn comparable(sample: &Sample, groups: &Groups, strata: Option<&Groups>, rho: f64) -> Result<(), Problem> {
    sample.fits(groups, "group")?;
    if let Some(strata) = strata {
        sample.fits(strata, "strata")?;
    }
    if groups.count() > MOST_GROUPS || strata.is_some_and(|strata| strata.count() > MOST_STRATA) {
        let (column, found, most) = match strata {
            Some(strata) if strata.count() > MOST_STRATA => ("strata", strata.count(), MOST_STRATA),
            _ => ("group", groups.count(), MOST_GROUPS),
        };
        return Err(Problem::column(column, format!("has {found} different values; at most {most} can be compared")));
    }
    if groups.count() < 2 {
        return Err(Problem::column("group", "there is one group only; a comparison needs two"));
    }
    if sample.weights().is_some() {
        return Err(Problem::column("weights", "this test is for unweighted rows; leave the weights out"));
    }
    if !rho.is_finite() {
        return Err(Problem::whole(format!("a rho of {rho} is not possible; 0 is the plain test")));
    }
    Ok(())
}

/// The log-rank test of two or more groups: Mantel (1966), Peto and Peto (1972); `rho` weights each time with
/// S(t−)^rho, S the pooled Kaplan-Meier curve of the stratum (Harrington and Fleming 1982): 0 is the log-rank test, 1
/// Peto and Peto's. Any cause is the event. Hypergeometric variance; at risk on `(entry, time]`; with strata, observed,
/// expected and variance are added up over them.
pub fn log_rank(sample: &Sample, groups: &Groups, strata: Option<&Groups>, rho: f64) -> Result<Test, Problem> {
    comparable(sample, groups, strata, rho)?;
    let count = groups.count();
    let crossed = strata.map_or_else(|| groups.clone(), |strata| groups.within(strata));
    let (tables, entered) = (tables(sample, &crossed), entries(sample, &crossed));
    let (mut observed, mut expected) = (vec![0.0; count], vec![0.0; count]);
    let mut variance = DMatrix::zeros(count, count);
    for (stratum, tables) in tables.chunks(count).enumerate() {
        let entered = entered.as_ref().map(|all| &all[stratum * count..][..count]);
        let (mut walk, mut survival) = (Walk::new(tables, entered), 1.0_f64);
        while walk.step() {
            let own = |group: usize| walk.here[group].map_or(0.0, |index| tables[group].any(index));
            let events: Vec<f64> = (0..count).map(own).collect();
            let (d, y): (f64, f64) = (events.iter().sum(), walk.at_risk.iter().sum());
            if d <= 0.0 || y <= 0.0 {
                continue;
            }
            let weight = survival.powf(rho);
            survival *= (y - d) / y;
            // drawn without replacement from those at risk
            let draw = if y > 1.0 { weight * weight * d * (y - d) / (y - 1.0) } else { 0.0 };
            for i in 0..count {
                let share = walk.at_risk[i] / y;
                observed[i] += weight * events[i];
                expected[i] += weight * d * share;
                for j in 0..count {
                    let same = if i == j { 1.0 } else { 0.0 };
                    variance[(i, j)] += draw * share * (same - walk.at_risk[j] / y);
                }
            }
        }
    }
    Test::new(observed, expected, &variance)
}
