//! Log partial likelihood of Efron and Breslow, its gradient and information, in one walk from the latest time to the earliest.

use super::Ties;
use super::rows::{Group, Rows};
use crate::regression::dot;
use crate::regression::newton::Derivatives;

/// Weighted sums over a set of rows: of the hazard ratio `r`, of `r x`, and of `r x x'` (lower triangle).
#[derive(Clone)]
pub(crate) struct Sums {
    pub(crate) zero: f64,
    pub(crate) one: Vec<f64>,
    pub(crate) two: Vec<f64>,
}

impl Sums {
    fn new(p: usize, second: bool) -> Self {
        Self { zero: 0.0, one: vec![0.0; p], two: vec![0.0; if second { p * (p + 1) / 2 } else { 0 }] }
    }

    fn add(&mut self, risk: f64, x: &[f64]) {
        self.zero += risk;
        if self.two.is_empty() {
            for (sum, value) in self.one.iter_mut().zip(x) {
                *sum += risk * value;
            }
            return;
        }
        let mut two = self.two.as_mut_slice();
        for (j, (sum, value)) in self.one.iter_mut().zip(x).enumerate() {
            let part = risk * value;
            *sum += part;
            let (line, rest) = two.split_at_mut(j + 1);
            for (cell, other) in line.iter_mut().zip(x) {
                *cell += part * other;
            }
            two = rest;
        }
    }

    fn clear(&mut self) {
        self.zero = 0.0;
        self.one.fill(0.0);
        self.two.fill(0.0);
    }
}

/// Those who have the event at one moment, against all at risk then.
pub(crate) struct Moment<'a> {
    /// Place among the groups.
    pub(crate) at: usize,
    pub(crate) group: &'a Group,
    /// All at risk.
    pub(crate) all: &'a Sums,
    /// Those with the event.
    pub(crate) tied: &'a Sums,
    /// Sum of their weights, and of their weighted covariates.
    pub(crate) weight: f64,
    pub(crate) x: &'a [f64],
}

/// Sums over the events of a moment, each seeing `D_l = all - f_l tied` with `f_l = l/d` (Efron) or 0 (Breslow), and each
/// counting for `m`, the mean weight.
#[derive(Clone, Copy, Default)]
pub(crate) struct Shares {
    /// `sum m log D`
    pub(crate) log: f64,
    /// `sum m / D`, `sum m f / D`
    pub(crate) one: f64,
    pub(crate) one_f: f64,
    /// `sum m / D^2`, with `f`, with `f^2`
    pub(crate) two: f64,
    pub(crate) two_f: f64,
    pub(crate) two_ff: f64,
}

impl Moment<'_> {
    #[expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]
    pub(crate) fn shares(&self, ties: Ties) -> Shares {
        let deaths = self.group.deaths;
        if ties == Ties::Breslow || deaths == 1 {
            let (m, left) = (self.weight, self.all.zero);
            return Shares { log: m * left.ln(), one: m / left, two: m / (left * left), ..Shares::default() };
        }
        let mut out = Shares::default();
        let m = self.weight / deaths as f64;
        for l in 0..deaths {
            let f = l as f64 / deaths as f64;
            let left = self.all.zero - f * self.tied.zero;
            let (one, two) = (m / left, m / (left * left));
            out.log += m * left.ln();
            out.one += one;
            out.one_f += f * one;
            out.two += two;
            out.two_f += f * two;
            out.two_ff += f * f * two;
        }
        out
    }

    /// Adds the information of this moment, `factor` times.
    pub(crate) fn add_information(&self, shares: &Shares, factor: f64, out: &mut [f64]) {
        let (s, t) = (&self.all.one, &self.tied.one);
        let mut cell = 0;
        for j in 0..s.len() {
            for k in 0..=j {
                out[cell] += factor
                    * (self.all.two[cell] * shares.one - self.tied.two[cell] * shares.one_f - s[j] * s[k] * shares.two
                        + (s[j] * t[k] + t[j] * s[k]) * shares.two_f
                        - t[j] * t[k] * shares.two_ff);
                cell += 1;
            }
        }
    }
}

/// Calls `at` for every moment with an event, stratum after stratum, latest first. `ratios` without weights.
pub(crate) fn walk(rows: &Rows, ratios: &[f64], second: bool, mut at: impl FnMut(&Moment<'_>)) {
    let mut all = Sums::new(rows.p, second);
    let mut tied = Sums::new(rows.p, second);
    let mut x = vec![0.0; rows.p];
    for stratum in &rows.strata {
        all.clear();
        let mut leave = stratum.rows.start;
        let mut inside = 0_usize;
        for place in stratum.groups.clone() {
            let group = &rows.groups[place];
            for row in group.rows.clone() {
                all.add(rows.weight(row) * ratios[row], rows.row(row));
            }
            inside += group.rows.len();
            if let Some(entry) = &rows.entry {
                while leave < stratum.rows.end && entry[rows.leaving[leave] as usize] >= group.time {
                    let row = rows.leaving[leave] as usize;
                    all.add(-rows.weight(row) * ratios[row], rows.row(row));
                    leave += 1;
                    inside -= 1;
                }
                if inside == 0 {
                    // nobody left: drop what rounding has left
                    all.clear();
                }
            }
            if group.deaths == 0 {
                continue;
            }
            tied.clear();
            x.fill(0.0);
            let mut weight = 0.0;
            for (ratio, row) in ratios[group.rows.start..].iter().zip(group.rows.clone()).take(group.deaths) {
                let w = rows.weight(row);
                weight += w;
                if group.deaths > 1 {
                    tied.add(w * ratio, rows.row(row));
                }
                for (sum, value) in x.iter_mut().zip(rows.row(row)) {
                    *sum += w * value;
                }
            }
            at(&Moment { at: place, group, all: &all, tied: &tied, weight, x: &x });
        }
    }
}

/// Log-likelihood and derivatives at `beta`.
pub(crate) fn derivatives(rows: &Rows, beta: &[f64], ties: Ties) -> Derivatives {
    let ratios = rows.ratios(beta);
    let mut out = Derivatives::zero(rows.p);
    walk(rows, &ratios, true, |moment| {
        let shares = moment.shares(ties);
        out.loglik += dot(beta, moment.x) - shares.log;
        for (j, score) in out.score.iter_mut().enumerate() {
            *score += moment.x[j] - moment.all.one[j] * shares.one + moment.tied.one[j] * shares.one_f;
        }
        moment.add_information(&shares, 1.0, &mut out.information);
    });
    out
}
