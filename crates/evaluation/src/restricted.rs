//! Mean time up to a horizon without an event, and lost to each cause; and pseudo-values.
//!
//! Restricted mean survival time: Irwin (1949), Karrison (1997). Restricted mean time lost to a cause, the area under its
//! incidence: Andersen (2013). Pseudo-values by the infinitesimal jackknife: Andersen, Klein and Rosthøj (2003);
//! Parner, Andersen and Overgaard (2023).

use crate::{
    Groups, Problem, Sample,
    steps::{Gradient, Steps, Variance, back},
    table::{count, tables},
};

/// A mean time with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// Mean, in the unit of the times
    pub value: f64,
    /// Its standard error
    pub se: f64,
}

/// Where the time from 0 to the horizon goes, in one group. The means add up to the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanTimes {
    /// Without an event: the restricted mean survival time
    pub event_free: Mean,
    /// Lost to each cause (from 1): the restricted mean time lost
    pub causes: Vec<Mean>,
}

/// Mean time without an event and lost to each cause, up to `horizon`, for each group.
///
/// The variance is that of the area: Greenwood's kind, or the infinitesimal jackknife (equal without weights and delayed
/// entry). Refuses a horizon that some group was not followed to.
pub fn restricted_means(
    sample: &Sample,
    groups: &Groups,
    horizon: f64,
    variance: Variance,
) -> Result<Vec<MeanTimes>, Problem> {
    sample.fits(groups, "group")?;
    if !(horizon > 0.0 && horizon.is_finite()) {
        return Err(Problem::whole(format!("a horizon of {horizon} is not possible; give a time after 0")));
    }
    let rows = groups.rows();
    let mut means = Vec::new();
    for (group, table) in tables(sample, groups).into_iter().enumerate() {
        let steps = Steps::new(table);
        followed(&steps, groups, group, horizon)?;
        let of = |cause| mean(&steps, horizon, cause, variance, sample, &rows[group]);
        let causes = (0..sample.causes()).map(|cause| of(Some(cause))).collect();
        means.push(MeanTimes { event_free: of(None), causes });
    }
    Ok(means)
}

fn followed(steps: &Steps, groups: &Groups, group: usize, t: f64) -> Result<(), Problem> {
    if steps.reaches(t) {
        return Ok(());
    }
    let (name, last) = (&groups.names()[group], steps.table.time.last().copied().unwrap_or_default());
    Err(Problem::column(
        "time",
        format!("group {name} was followed to {last} only; ask for a time up to that, not {t}"),
    ))
}

fn mean(
    steps: &Steps,
    horizon: f64,
    cause: Option<usize>,
    variance: Variance,
    sample: &Sample,
    rows: &[usize],
) -> Mean {
    let value = |u: usize| cause.map_or(steps.after[u], |cause| steps.incidence_of(u, cause));
    // area from each time to the horizon
    let upto = steps.upto(horizon);
    let mut area = vec![0.0; steps.times() + 1];
    for u in (0..upto).rev() {
        let end = if u + 1 < upto { steps.table.time[u + 1] } else { horizon };
        area[u] = area[u + 1] + value(u) * (end - steps.table.time[u]);
    }
    let first = steps.table.time.first().map_or(horizon, |first| first.min(horizon));
    let whole = area[0] + if cause.is_none() { first } else { 0.0 };
    let slope = |u: usize, j: usize| {
        let rest = horizon - steps.table.time[u];
        if u >= upto || rest <= 0.0 {
            return 0.0;
        }
        match cause {
            None => -back(steps, u) * area[u],
            Some(cause) => {
                let direct = if j == cause { steps.before[u] * rest } else { 0.0 };
                direct - back(steps, u) * (area[u] - value(u) * rest)
            }
        }
    };
    Mean { value: whole, se: Gradient::new(steps, slope).variance(variance, sample, rows).sqrt() }
}

/// Pseudo-values at `t` for each row of a sample taken as one group: event-free first, then each cause. Their mean is the
/// estimate; a regression on them is a regression on the probability.
///
/// θ + n × the influence of the row (infinitesimal jackknife).
pub fn pseudo_values(sample: &Sample, t: f64) -> Result<Vec<Vec<f64>>, Problem> {
    let groups = Groups::one(sample.rows());
    let Some(table) = tables(sample, &groups).pop() else { return Ok(Vec::new()) };
    let steps = Steps::new(table);
    if t.is_nan() || t < 0.0 {
        return Err(Problem::whole(format!("a time of {t} is not possible; give a time from 0")));
    }
    followed(&steps, &groups, 0, t)?;
    let rows: Vec<usize> = (0..sample.rows()).collect();
    let upto = steps.upto(t);
    let of = |cause: Option<usize>| {
        let at = |u: usize| cause.map_or(steps.after[u], |cause| steps.incidence_of(u, cause));
        let start = if cause.is_none() { 1.0 } else { 0.0 };
        let theta = upto.checked_sub(1).map_or(start, at);
        let slope = |u: usize, j: usize| match cause {
            _ if u >= upto => 0.0,
            None => -back(&steps, u) * theta,
            Some(cause) => {
                let direct = if j == cause { steps.before[u] } else { 0.0 };
                direct - back(&steps, u) * (theta - at(u))
            }
        };
        let influence = Gradient::new(&steps, slope).influence(sample, &rows);
        influence.into_iter().map(|one| theta + count(rows.len()) * one).collect::<Vec<f64>>()
    };
    let columns: Vec<Vec<f64>> = std::iter::once(None).chain((0..sample.causes()).map(Some)).map(of).collect();
    Ok(rows.iter().map(|row| columns.iter().map(|column| column[*row]).collect()).collect())
}
