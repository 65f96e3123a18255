//! Concordance: how often the higher risk has the event first.
//!
//! Harrell, Lee and Mark (1996, *Stat. Med.* 15:361); pairs that have the event at the same moment are not compared, someone
//! censored at the moment of an event outlives it, and pairs of equal risk count for half. Standard error by the infinitesimal
//! jackknife over rows or clusters.

use super::CoxFit;
use super::rows::{Rows, Stratum};
use crate::regression::{dot, key, same};

/// Share of comparable pairs in which the higher risk had the event first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concordance {
    /// From 0 to 1; 0.5 says that the model orders nobody.
    pub share: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Sums of weight per rank of risk.
struct Ranks {
    tree: Vec<f64>,
    own: Vec<f64>,
    total: f64,
}

impl Ranks {
    fn new(size: usize) -> Self {
        Self { tree: vec![0.0; size + 1], own: vec![0.0; size], total: 0.0 }
    }

    fn add(&mut self, rank: usize, weight: f64) {
        self.own[rank] += weight;
        self.total += weight;
        let mut at = rank + 1;
        while at < self.tree.len() {
            self.tree[at] += weight;
            at += at & at.wrapping_neg();
        }
    }

    /// Weight below, at and above a rank.
    fn around(&self, rank: usize) -> [f64; 3] {
        let (mut below, mut at) = (0.0, rank);
        while at > 0 {
            below += self.tree[at];
            at -= at & at.wrapping_neg();
        }
        [below, self.own[rank], self.total - below - self.own[rank]]
    }
}

impl CoxFit {
    /// Concordance of the linear predictor with what happened.
    pub fn concordance(&self) -> Concordance {
        let rows = &self.rows;
        let risk: Vec<f64> = (0..rows.n).map(|row| dot(rows.row(row), &self.beta)).collect();
        // agreeing weight (half for equal risk) and comparable weight of each row's pairs
        let (mut agree, mut pairs) = (vec![0.0; rows.n], vec![0.0; rows.n]);
        for stratum in &rows.strata {
            let (ranks, count) = ranked(&risk[stratum.rows.clone()]);
            let rank = |row: usize| ranks[row - stratum.rows.start];
            later(rows, stratum, &rank, count, &mut agree, &mut pairs);
            earlier(rows, stratum, &rank, count, &mut agree, &mut pairs);
        }
        let weighted =
            |of: &[f64]| of.iter().enumerate().map(|(row, value)| rows.weight(row) * value).sum::<f64>() / 2.0;
        let (all_agree, all_pairs) = (weighted(&agree), weighted(&pairs));
        let share = all_agree / all_pairs;
        let influence = |row: usize| rows.weight(row) * (agree[row] - share * pairs[row]) / all_pairs;
        let squares: f64 = match &self.clusters {
            None => (0..rows.n).map(|row| influence(row).powi(2)).sum(),
            Some(clusters) => {
                let mut sums = std::collections::BTreeMap::<u32, f64>::new();
                for row in 0..rows.n {
                    *sums.entry(clusters[rows.order[row] as usize]).or_default() += influence(row);
                }
                sums.values().map(|sum| sum * sum).sum()
            }
        };
        Concordance { share, standard_error: squares.sqrt() }
    }
}

/// Rank of each value among the different ones.
fn ranked(values: &[f64]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by_key(|at| key(values[*at]));
    let (mut ranks, mut count) = (vec![0; values.len()], 0);
    for (place, at) in order.iter().enumerate() {
        if place > 0 && !same(values[*at], values[order[place - 1]]) {
            count += 1;
        }
        ranks[*at] = count;
    }
    (ranks, count + 1)
}

/// For each event: those who outlive it. Runs from late to early.
fn later(
    rows: &Rows,
    stratum: &Stratum,
    rank: &impl Fn(usize) -> usize,
    count: usize,
    agree: &mut [f64],
    pairs: &mut [f64],
) {
    let mut at_risk = Ranks::new(count);
    let mut leave = stratum.rows.start;
    for group in &rows.groups[stratum.groups.clone()] {
        let deaths = group.rows.start..group.rows.start + group.deaths;
        for row in deaths.end..group.rows.end {
            at_risk.add(rank(row), rows.weight(row));
        }
        if let Some(entry) = &rows.entry {
            while leave < stratum.rows.end && entry[rows.leaving[leave] as usize] >= group.time {
                let row = rows.leaving[leave] as usize;
                at_risk.add(rank(row), -rows.weight(row));
                leave += 1;
            }
        }
        for row in deaths.clone() {
            let [below, equal, above] = at_risk.around(rank(row));
            agree[row] += below + equal / 2.0;
            pairs[row] += below + equal + above;
        }
        for row in deaths {
            at_risk.add(rank(row), rows.weight(row));
        }
    }
}

/// For each row: the events it outlived. Runs from early to late; what happened before its entry is taken off.
fn earlier(
    rows: &Rows,
    stratum: &Stratum,
    rank: &impl Fn(usize) -> usize,
    count: usize,
    agree: &mut [f64],
    pairs: &mut [f64],
) {
    let mut events = Ranks::new(count);
    let mut entering = rows.leaving.get(stratum.rows.clone()).unwrap_or_default().iter().rev().peekable();
    for group in rows.groups[stratum.groups.clone()].iter().rev() {
        if let Some(entry) = &rows.entry {
            // events so far lie before this group; a row that enters before it saw none of them
            while let Some(row) = entering.next_if(|row| entry[**row as usize] < group.time) {
                let row = *row as usize;
                let [below, equal, above] = events.around(rank(row));
                agree[row] -= above + equal / 2.0;
                pairs[row] -= below + equal + above;
            }
        }
        let deaths = group.rows.start..group.rows.start + group.deaths;
        let mut outlived = |row: usize, events: &Ranks| {
            let [below, equal, above] = events.around(rank(row));
            agree[row] += above + equal / 2.0;
            pairs[row] += below + equal + above;
        };
        for row in deaths.clone() {
            outlived(row, &events);
        }
        for row in deaths.clone() {
            events.add(rank(row), rows.weight(row));
        }
        for row in deaths.end..group.rows.end {
            outlived(row, &events);
        }
    }
}
