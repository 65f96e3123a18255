//! The rows as the sums need them: by stratum, latest time first, events before censoring.

use std::ops::Range;

use super::Cox;
use crate::Problem;
use crate::regression::{Units, check_column, check_length, dot, key, refusal, same};

/// Everyone with the same time in the same stratum.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) time: f64,
    pub(crate) rows: Range<usize>,
    /// The first so many of `rows` have the event.
    pub(crate) deaths: usize,
}

/// One stratum: its name for the caller, its groups and rows.
#[derive(Clone, Debug)]
pub(crate) struct Stratum {
    pub(crate) code: u32,
    pub(crate) groups: Range<usize>,
    pub(crate) rows: Range<usize>,
}

pub(crate) struct Rows {
    pub(crate) n: usize,
    pub(crate) p: usize,
    /// Centred and scaled covariates, row after row.
    pub(crate) x: Vec<f64>,
    pub(crate) entry: Option<Vec<f64>>,
    pub(crate) weight: Option<Vec<f64>>,
    /// From here to the caller's row.
    pub(crate) order: Vec<u32>,
    pub(crate) strata: Vec<Stratum>,
    pub(crate) groups: Vec<Group>,
    /// With delayed entry: rows of each stratum, latest entry first.
    pub(crate) leaving: Vec<u32>,
    pub(crate) scale: Units,
}

impl Rows {
    pub(crate) fn of(cox: &Cox<'_>) -> Result<Self, Problem> {
        let n = cox.time.len();
        check(cox)?;
        let scale = Units::of(cox.covariates, n)?;
        let stratum = |row: usize| cox.strata.map_or(0, |strata| strata[row]);
        let mut sorted: Vec<(u32, u64, bool, u32)> = (0..n)
            .map(|row| (stratum(row), !key(cox.time[row]), !cox.event[row], u32::try_from(row).unwrap_or(u32::MAX)))
            .collect();
        sorted.sort_unstable();
        let order: Vec<u32> = sorted.iter().map(|(.., row)| *row).collect();
        drop(sorted);
        let (strata, groups) = grouped(cox, &order, stratum);
        let pick = |column: &[f64]| order.iter().map(|row| column[*row as usize]).collect::<Vec<f64>>();
        let entry = cox.entry.map(pick);
        let leaving = entry.as_ref().map_or_else(Vec::new, |entry| leaving(entry, &strata));
        Ok(Self {
            n,
            p: scale.centre.len(),
            x: scale.rows(cox.covariates, &order),
            entry,
            weight: cox.weights.map(pick),
            order,
            strata,
            groups,
            leaving,
            scale,
        })
    }

    pub(crate) fn row(&self, at: usize) -> &[f64] {
        &self.x[at * self.p..(at + 1) * self.p]
    }

    pub(crate) fn weight(&self, at: usize) -> f64 {
        self.weight.as_ref().map_or(1.0, |weight| weight[at])
    }

    pub(crate) fn events(&self) -> usize {
        self.groups.iter().map(|group| group.deaths).sum()
    }

    /// Hazard ratio of each row against the mean, without its weight.
    pub(crate) fn ratios(&self, beta: &[f64]) -> Vec<f64> {
        (0..self.n).map(|at| dot(self.row(at), beta).exp()).collect()
    }

    /// The last group of the stratum (in time) at or before `time`; groups run from late to early.
    pub(crate) fn group_at(&self, stratum: &Stratum, time: f64) -> Option<usize> {
        let groups = &self.groups[stratum.groups.clone()];
        let at = groups.partition_point(|group| group.time > time);
        (at < groups.len()).then_some(stratum.groups.start + at)
    }
}

fn check(cox: &Cox<'_>) -> Result<(), Problem> {
    let n = cox.time.len();
    if n == 0 {
        return Err(Problem::whole("there are no rows; give at least one"));
    }
    check_column("time", cox.time, n)?;
    check_length("event", cox.event.len(), n)?;
    if let Some(strata) = cox.strata {
        check_length("strata", strata.len(), n)?;
    }
    if let Some(clusters) = cox.clusters {
        check_length("clusters", clusters.len(), n)?;
    }
    if let Some(entry) = cox.entry {
        check_column("entry", entry, n)?;
        if let Some(row) = (0..n).find(|row| entry[*row] >= cox.time[*row]) {
            return Err(Problem::at(row, "entry", format!("{} is not before the time, {}", entry[row], cox.time[row])));
        }
    }
    if let Some(weights) = cox.weights {
        check_column("weights", weights, n)?;
        if let Some(row) = weights.iter().position(|weight| *weight <= 0.0) {
            return Err(Problem::at(row, "weights", format!("{} is not more than 0", weights[row])));
        }
    }
    if !cox.event.contains(&true) {
        return Err(refusal::no_events());
    }
    Ok(())
}

fn grouped(cox: &Cox<'_>, order: &[u32], stratum: impl Fn(usize) -> u32) -> (Vec<Stratum>, Vec<Group>) {
    let (mut strata, mut groups): (Vec<Stratum>, Vec<Group>) = (Vec::new(), Vec::new());
    for (at, row) in order.iter().enumerate() {
        let row = *row as usize;
        let code = stratum(row);
        if strata.last().is_none_or(|last| last.code != code) {
            strata.push(Stratum { code, groups: groups.len()..groups.len(), rows: at..at });
        }
        let Some(current) = strata.last_mut() else { continue };
        let joins = current.groups.end > current.groups.start
            && groups.last().is_some_and(|last| same(last.time, cox.time[row]));
        if !joins {
            groups.push(Group { time: cox.time[row], rows: at..at, deaths: 0 });
            current.groups.end = groups.len();
        }
        current.rows.end = at + 1;
        if let Some(group) = groups.last_mut() {
            group.rows.end = at + 1;
            group.deaths += usize::from(cox.event[row]);
        }
    }
    (strata, groups)
}

fn leaving(entry: &[f64], strata: &[Stratum]) -> Vec<u32> {
    let mut out: Vec<u32> = (0..entry.len()).map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect();
    for stratum in strata {
        out[stratum.rows.clone()].sort_unstable_by_key(|at| (!key(entry[*at as usize]), *at));
    }
    out
}
