//! The sandwich of Fine and Gray (1999, section 4): each person's part in the score, and in the estimate of being censored.

use nalgebra::DMatrix;

use super::Sums;
use super::rows::Rows;
use crate::regression::same;

/// Variance of the coefficients on the scale of the fit.
pub(crate) fn sandwich(rows: &Rows, sums: &Sums, model: &DMatrix<f64>, own_events: bool) -> DMatrix<f64> {
    let p = rows.p;
    let mut parts = score_parts(rows, sums);
    add_censoring_parts(rows, sums, own_events, &mut parts);
    let mut meat = vec![0.0; p * (p + 1) / 2];
    parts.chunks_exact(p).for_each(|part| super::outer(&mut meat, 1.0, part));
    let meat = DMatrix::from_fn(p, p, |i, j| {
        let (i, j) = (i.max(j), i.min(j));
        meat[i * (i + 1) / 2 + j]
    });
    model * meat * model
}

/// `eta`: covariates less their mean at risk, at the event and over all hazard met; row after row.
fn score_parts(rows: &Rows, sums: &Sums) -> Vec<f64> {
    let p = rows.p;
    let hazard = rows.met(&sums.jump);
    let mut out = vec![0.0; rows.n * p];
    for j in 0..p {
        let by_mean: Vec<f64> = sums.jump.iter().enumerate().map(|(k, jump)| jump * sums.mean[k * p + j]).collect();
        for (row, mean) in rows.met(&by_mean).into_iter().enumerate() {
            out[row * p + j] = -sums.ratio[row] * (rows.row(row)[j] * hazard[row] - mean);
        }
    }
    for (k, moment) in rows.moments.iter().enumerate() {
        for row in rows.at(moment).filter(|row| rows.has_event(*row)) {
            for j in 0..p {
                out[row * p + j] += rows.row(row)[j] - sums.mean[k * p + j];
            }
        }
    }
    out
}

/// `psi`: what each person adds through the estimate of `G`. `q(u)` sums, over those who left by another cause before `u`,
/// what they add to the score from `u` on; it is a product of sums before `u` and sums from `u` on.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
fn add_censoring_parts(rows: &Rows, sums: &Sums, own_events: bool, parts: &mut [f64]) {
    let (p, groups) = (rows.p, rows.groups);
    let (mut ahead, mut ahead_x) = (vec![0.0; groups], vec![0.0; groups * p]);
    let weigh = |k: usize, sign: f64, ahead: &mut [f64], ahead_x: &mut [f64]| {
        for group in 0..groups {
            let mut part = sign * sums.jump[k] * rows.still(k, group);
            if own_events {
                let moment = &rows.moments[k];
                let own = rows.at(moment).filter(|row| rows.has_event(*row) && rows.group(*row) == group).count();
                part *= own as f64 / moment.events as f64;
            }
            ahead[group] += part;
            for j in 0..p {
                ahead_x[group * p + j] += part * sums.mean[k * p + j];
            }
        }
    };
    (0..rows.moments.len()).for_each(|k| weigh(k, 1.0, &mut ahead, &mut ahead_x));
    let (mut gone, mut gone_x) = (vec![0.0; groups], vec![0.0; groups * p]);
    let mut at_risk = vec![0_usize; groups];
    (0..rows.n).for_each(|row| at_risk[rows.group(row)] += 1);
    let mut spread = vec![0.0; groups * p];
    let mut q = vec![0.0; groups * p];
    let (mut from, mut next) = (0, 0);
    while from < rows.n {
        let until = from + rows.time[from..].iter().take_while(|time| same(**time, rows.time[from])).count();
        for group in 0..groups {
            for j in 0..p {
                let at = group * p + j;
                q[at] = (gone_x[at] * ahead[group] - gone[group] * ahead_x[at]) / at_risk[group].max(1) as f64;
            }
        }
        for row in (from..until).filter(|row| rows.censored(*row)) {
            let group = rows.group(row);
            for j in 0..p {
                spread[group * p + j] -= q[group * p + j] / at_risk[group] as f64;
            }
        }
        for row in from..until {
            let group = rows.group(row);
            for j in 0..p {
                let own = if rows.censored(row) { q[group * p + j] } else { 0.0 };
                parts[row * p + j] += spread[group * p + j] + own;
            }
        }
        if next < rows.moments.len() && rows.moments[next].first == from {
            weigh(next, -1.0, &mut ahead, &mut ahead_x);
            next += 1;
        }
        for row in from..until {
            let group = rows.group(row);
            at_risk[group] -= 1;
            if rows.competes(row) {
                let part = sums.ratio[row] / rows.before(row);
                gone[group] += part;
                gone_x[group * p..(group + 1) * p].iter_mut().zip(rows.row(row)).for_each(|(sum, x)| *sum += part * x);
            }
        }
        from = until;
    }
}
