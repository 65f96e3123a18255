//! The exact conditional likelihood of tied events: those with the event against all sets of that size from the risk set.
//!
//! The sums over sets follow the recursion of Gail, Lubin and Rubinstein (1981), with first and second derivatives; it takes
//! (risk set) x (events) steps for each moment.

use super::rows::Rows;
use crate::Problem;
use crate::regression::dot;
use crate::regression::newton::Derivatives;

/// Steps of the recursion beyond which Efron is the better choice.
const AFFORDABLE: usize = 2_000_000_000;

pub(crate) fn affordable(rows: &Rows) -> Result<(), Problem> {
    let cells = 1 + rows.p + rows.p * (rows.p + 1) / 2;
    let work: usize = rows
        .strata
        .iter()
        .flat_map(|stratum| {
            rows.groups[stratum.groups.clone()].iter().map(|group| (group.rows.end - stratum.rows.start) * group.deaths)
        })
        .fold(0, |sum, steps| sum.saturating_add(steps.saturating_mul(cells)));
    if work > AFFORDABLE {
        return Err(Problem::whole("too many ties for the exact likelihood: choose Efron"));
    }
    Ok(())
}

/// The sums over all sets of each size up to `d`: value, first and second derivatives.
struct Sets {
    p: usize,
    cells: Vec<f64>,
}

impl Sets {
    fn width(&self) -> usize {
        1 + self.p + self.p * (self.p + 1) / 2
    }

    /// One more member of the risk set.
    fn join(&mut self, ratio: f64, x: &[f64], d: usize) {
        let (p, width) = (self.p, self.width());
        for size in (1..=d).rev() {
            let (low, high) = self.cells.split_at_mut(size * width);
            let (without, with) = (&low[(size - 1) * width..], &mut high[..width]);
            if without[0] == 0.0 {
                continue;
            }
            with[0] += ratio * without[0];
            let mut cell = 1 + p;
            for j in 0..p {
                with[1 + j] += ratio * (without[1 + j] + x[j] * without[0]);
                for k in 0..=j {
                    with[cell] += ratio
                        * (without[cell] + x[j] * without[1 + k] + x[k] * without[1 + j] + x[j] * x[k] * without[0]);
                    cell += 1;
                }
            }
        }
    }
}

pub(crate) fn derivatives(rows: &Rows, beta: &[f64]) -> Derivatives {
    let ratios = rows.ratios(beta);
    let p = rows.p;
    let mut out = Derivatives::zero(p);
    for stratum in &rows.strata {
        for group in &rows.groups[stratum.groups.clone()] {
            if group.deaths == 0 {
                continue;
            }
            let at_risk: Vec<usize> = (stratum.rows.start..group.rows.end)
                .filter(|row| rows.entry.as_ref().is_none_or(|entry| entry[*row] < group.time))
                .collect();
            // scaled by the mean, so that a product of many ratios stays within range
            #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
            let mean = at_risk.iter().map(|row| ratios[*row]).sum::<f64>() / at_risk.len() as f64;
            let d = group.deaths;
            let mut sets = Sets { p, cells: vec![0.0; (d + 1) * (1 + p + p * (p + 1) / 2)] };
            sets.cells[0] = 1.0;
            for row in &at_risk {
                sets.join(ratios[*row] / mean, rows.row(*row), d);
            }
            let top = &sets.cells[d * sets.width()..];
            #[expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]
            let scale = d as f64 * mean.ln();
            out.loglik -= top[0].ln() + scale;
            for row in group.rows.start..group.rows.start + d {
                out.loglik += dot(beta, rows.row(row));
                for (score, value) in out.score.iter_mut().zip(rows.row(row)) {
                    *score += value;
                }
            }
            let mut cell = 0;
            for j in 0..p {
                out.score[j] -= top[1 + j] / top[0];
                for k in 0..=j {
                    out.information[cell] += top[1 + p + cell] / top[0] - top[1 + j] * top[1 + k] / (top[0] * top[0]);
                    cell += 1;
                }
            }
        }
    }
    out
}
