//! Residuals of the Cox model and the sandwich variance made of them.
//!
//! Martingale and deviance: Therneau, Grambsch and Fleming (1990, *Biometrika* 77:147); Schoenfeld (1982, *Biometrika*
//! 69:239); score residuals and their sandwich: Lin and Wei (1989). With tied events (Efron) a row with the event at that
//! moment carries the part `1 - l/d` of the `l`-th share.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

use super::likelihood::walk;
use super::rows::{Rows, Stratum};
use super::{CoxFit, Ties};
use crate::Problem;

/// What one moment does to those at risk: hazard, and hazard times mean covariate; the same for those with the event.
#[derive(Clone, Default)]
pub(crate) struct Jump {
    pub(crate) hazard: f64,
    pub(crate) mean: Vec<f64>,
    own_hazard: f64,
    own_mean: Vec<f64>,
    /// Mean covariate of the risk set, over the shares.
    centre: Vec<f64>,
    /// Greenwood-type part of the variance of the hazard.
    pub(crate) square: f64,
}

/// Jumps of every group, and their sums from the start of each stratum.
pub(crate) struct Jumps {
    pub(crate) own: Vec<Option<Jump>>,
    pub(crate) hazard: Vec<f64>,
    pub(crate) mean: Vec<f64>,
    pub(crate) square: Vec<f64>,
    p: usize,
}

impl Jumps {
    pub(crate) fn of(rows: &Rows, ratios: &[f64], ties: Ties) -> Self {
        let mut own: Vec<Option<Jump>> = vec![None; rows.groups.len()];
        walk(rows, ratios, false, |moment| {
            let shares = moment.shares(ties);
            let (s, t) = (&moment.all.one, &moment.tied.one);
            let of = |a: f64, b: f64| s.iter().zip(t).map(|(s, t)| s * a - t * b).collect::<Vec<f64>>();
            own[moment.at] = Some(Jump {
                hazard: shares.one,
                mean: of(shares.two, shares.two_f),
                own_hazard: shares.one - shares.one_f,
                own_mean: of(shares.two - shares.two_f, shares.two_f - shares.two_ff),
                centre: of(shares.one / moment.weight, shares.one_f / moment.weight),
                square: shares.two,
            });
        });
        let p = rows.p;
        let mut out =
            Self { hazard: vec![0.0; own.len()], mean: vec![0.0; own.len() * p], square: vec![0.0; own.len()], own, p };
        for stratum in &rows.strata {
            let (mut hazard, mut square, mut mean) = (0.0, 0.0, vec![0.0; p]);
            for at in stratum.groups.clone().rev() {
                if let Some(jump) = &out.own[at] {
                    hazard += jump.hazard;
                    square += jump.square;
                    mean.iter_mut().zip(&jump.mean).for_each(|(sum, value)| *sum += value);
                }
                out.hazard[at] = hazard;
                out.square[at] = square;
                out.mean[at * p..(at + 1) * p].copy_from_slice(&mean);
            }
        }
        out
    }

    pub(crate) fn mean(&self, at: usize) -> &[f64] {
        &self.mean[at * self.p..(at + 1) * self.p]
    }
}

/// Cumulative hazard that each row met (for the mean covariate), and its score residual; in sorted order.
fn met(rows: &Rows, ratios: &[f64], ties: Ties) -> (Vec<f64>, Vec<f64>) {
    let jumps = Jumps::of(rows, ratios, ties);
    let p = rows.p;
    let (mut hazard, mut score) = (vec![0.0; rows.n], vec![0.0; rows.n * p]);
    for stratum in &rows.strata {
        for at in stratum.groups.clone() {
            let group = &rows.groups[at];
            for row in group.rows.clone() {
                let before = rows.entry.as_ref().and_then(|entry| rows.group_at(stratum, entry[row]));
                let died = row < group.rows.start + group.deaths;
                met_by(
                    rows,
                    &jumps,
                    ratios[row],
                    (row, at, before, died),
                    &mut hazard[row],
                    &mut score[row * p..(row + 1) * p],
                );
            }
        }
    }
    (hazard, score)
}

fn met_by(
    rows: &Rows,
    jumps: &Jumps,
    ratio: f64,
    (row, at, before, died): (usize, usize, Option<usize>, bool),
    hazard: &mut f64,
    score: &mut [f64],
) {
    let x = rows.row(row);
    let mut total = jumps.hazard[at] - before.map_or(0.0, |before| jumps.hazard[before]);
    let own = jumps.own[at].as_ref().filter(|_| died);
    if let Some(jump) = own {
        total += jump.own_hazard - jump.hazard;
    }
    for j in 0..score.len() {
        let mut mean = jumps.mean(at)[j] - before.map_or(0.0, |before| jumps.mean(before)[j]);
        if let Some(jump) = own {
            mean += jump.own_mean[j] - jump.mean[j];
        }
        score[j] = own.map_or(0.0, |jump| x[j] - jump.centre[j]) - ratio * (x[j] * total - mean);
    }
    *hazard = total;
}

/// Sandwich variance on the scale of the fit.
pub(crate) fn sandwich(
    rows: &Rows,
    beta: &[f64],
    ties: Ties,
    model: &DMatrix<f64>,
    clusters: Option<&[u32]>,
) -> DMatrix<f64> {
    let p = rows.p;
    let (_, mut score) = met(rows, &rows.ratios(beta), ties);
    if rows.weight.is_some() {
        for row in 0..rows.n {
            let weight = rows.weight(row);
            score[row * p..(row + 1) * p].iter_mut().for_each(|value| *value *= weight);
        }
    }
    let pieces = match clusters {
        None => score,
        Some(clusters) => summed(rows, &score, clusters),
    };
    let mut meat = DMatrix::zeros(p, p);
    for piece in pieces.chunks_exact(p) {
        for j in 0..p {
            for k in 0..=j {
                meat[(j, k)] += piece[j] * piece[k];
            }
        }
    }
    meat.fill_upper_triangle_with_lower_triangle();
    model * meat * model
}

/// Rows of one cluster added up; clusters in the order of their code.
fn summed(rows: &Rows, score: &[f64], clusters: &[u32]) -> Vec<f64> {
    let mut place: BTreeMap<u32, usize> = BTreeMap::new();
    for code in clusters {
        place.insert(*code, 0);
    }
    for (at, slot) in place.values_mut().enumerate() {
        *slot = at;
    }
    let p = rows.p;
    let mut out = vec![0.0; place.len() * p];
    for row in 0..rows.n {
        let at = place[&clusters[rows.order[row] as usize]];
        for j in 0..p {
            out[at * p + j] += score[row * p + j];
        }
    }
    out
}

/// One event and how its covariates differ from those at risk then.
#[derive(Clone, Debug, PartialEq)]
pub struct Schoenfeld {
    /// The caller's row.
    pub row: usize,
    /// When.
    pub time: f64,
    /// Covariates of the row less their mean at risk.
    pub residual: Vec<f64>,
}

impl CoxFit {
    /// Martingale residuals, in the caller's order: events less what was expected.
    pub fn martingale(&self) -> Result<Vec<f64>, Problem> {
        self.needs_sums()?;
        let ratios = self.rows.ratios(&self.beta);
        let (hazard, _) = met(&self.rows, &ratios, self.ties);
        let mut out = vec![0.0; self.rows.n];
        for group in &self.rows.groups {
            for row in group.rows.clone() {
                let event = f64::from(u8::from(row < group.rows.start + group.deaths));
                out[self.rows.order[row] as usize] = event - ratios[row] * hazard[row];
            }
        }
        Ok(out)
    }

    /// Deviance residuals, in the caller's order.
    pub fn deviance(&self) -> Result<Vec<f64>, Problem> {
        let mut out = self.martingale()?;
        for group in &self.rows.groups {
            for row in group.rows.clone() {
                let residual = &mut out[self.rows.order[row] as usize];
                let m = *residual;
                let log = if row < group.rows.start + group.deaths { (1.0 - m).ln() } else { 0.0 };
                *residual = m.signum() * (-2.0 * (m + log)).max(0.0).sqrt();
            }
        }
        Ok(out)
    }

    /// Schoenfeld residuals: stratum after stratum, earliest event first.
    pub fn schoenfeld(&self) -> Result<Vec<Schoenfeld>, Problem> {
        self.needs_sums()?;
        let rows = &self.rows;
        let jumps = Jumps::of(rows, &rows.ratios(&self.beta), self.ties);
        let mut out = Vec::new();
        for Stratum { groups, .. } in &rows.strata {
            for at in groups.clone().rev() {
                let group = &rows.groups[at];
                let Some(jump) = &jumps.own[at] else { continue };
                for row in group.rows.start..group.rows.start + group.deaths {
                    let x = rows.row(row);
                    let residual = (0..rows.p).map(|j| (x[j] - jump.centre[j]) * rows.scale.width[j]).collect();
                    out.push(Schoenfeld { row: rows.order[row] as usize, time: group.time, residual });
                }
            }
        }
        Ok(out)
    }

    /// Score residuals, one line for each row in the caller's order; without weights.
    pub fn score_residuals(&self) -> Result<DMatrix<f64>, Problem> {
        self.needs_sums()?;
        let rows = &self.rows;
        let (_, score) = met(rows, &rows.ratios(&self.beta), self.ties);
        let mut out = DMatrix::zeros(rows.n, rows.p);
        for row in 0..rows.n {
            for j in 0..rows.p {
                out[(rows.order[row] as usize, j)] = score[row * rows.p + j] * rows.scale.width[j];
            }
        }
        Ok(out)
    }

    /// What each row moves the coefficients by, about (infinitesimal jackknife; with its weight).
    pub fn dfbeta(&self) -> Result<DMatrix<f64>, Problem> {
        let mut score = self.score_residuals()?;
        for row in 0..self.rows.n {
            let weight = self.rows.weight(row);
            score.row_mut(self.rows.order[row] as usize).iter_mut().for_each(|value| *value *= weight);
        }
        Ok(score * &self.model_variance)
    }
}
