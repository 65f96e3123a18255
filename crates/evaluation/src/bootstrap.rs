//! Incidence in samples drawn with replacement: Efron (1981).

use crate::{
    Groups, Problem, Sample,
    table::{count, tables},
};

/// The incidence of each cause at each of the times, in each of `replicates` samples of the same size drawn with replacement:
/// `[replicate][time][cause]`.
///
/// Randomness is handed in: `random` gives the next of a sequence of evenly spread 64-bit numbers. For rows without weights and
/// delayed entry. A sample may end before a time asked for; its incidence then is the last one.
pub fn resampled_incidence(
    sample: &Sample,
    times: &[f64],
    replicates: usize,
    random: &mut impl FnMut() -> u64,
) -> Result<Vec<Vec<Vec<f64>>>, Problem> {
    for (column, there) in [("entry", sample.entry().is_some()), ("weights", sample.weights().is_some())] {
        if there {
            return Err(Problem::column(column, "samples are drawn of rows without entry and weights; leave it out"));
        }
    }
    let groups = Groups::one(sample.rows());
    let all = tables(sample, &groups).pop().unwrap_or_default();
    let (kinds, rows) = (sample.causes() + 1, sample.rows());
    // where each row is counted: its time, and its event
    let cell = |(time, event): (&f64, &u8)| {
        let place = all.time.partition_point(|other| other < time) * kinds + usize::from(*event);
        u32::try_from(place).map_err(|_| Problem::whole("there are too many rows to draw from"))
    };
    let cells = sample.time().iter().zip(sample.event()).map(cell).collect::<Result<Vec<_>, _>>()?;
    let upto: Vec<usize> = times.iter().map(|t| all.time.partition_point(|time| time <= t)).collect();
    let mut counts = vec![0_u32; all.time.len() * kinds];
    let mut results = Vec::with_capacity(replicates);
    for _ in 0..replicates {
        counts.fill(0);
        for _ in 0..rows {
            counts[cells[below(random(), rows)] as usize] += 1;
        }
        results.push(incidence(&counts, kinds, rows, &upto));
    }
    Ok(results)
}

/// A number below `n` from an evenly spread one (the high half of the product; off by at most n / 2⁶⁴).
fn below(random: u64, n: usize) -> usize {
    let product = u128::from(random) * n as u128;
    usize::try_from(product >> 64).unwrap_or_default()
}

/// Incidences after the given numbers of times.
fn incidence(counts: &[u32], kinds: usize, rows: usize, upto: &[usize]) -> Vec<Vec<f64>> {
    let last = upto.iter().copied().max().unwrap_or_default();
    let mut found = vec![vec![0.0; kinds - 1]; upto.len()];
    let (mut sums, mut survival, mut at_risk) = (vec![0.0; kinds - 1], 1.0, rows);
    for (index, cell) in counts.chunks_exact(kinds).enumerate().take(last) {
        let leaving: u32 = cell.iter().sum();
        if leaving > 0 {
            let share = survival / count(at_risk);
            let mut events = 0;
            for (sum, number) in sums.iter_mut().zip(&cell[1..]) {
                *sum += share * f64::from(*number);
                events += number;
            }
            survival -= share * f64::from(events);
            at_risk -= leaving as usize;
        }
        for (found, upto) in found.iter_mut().zip(upto) {
            if *upto == index + 1 {
                found.clone_from(&sums);
            }
        }
    }
    found
}

/// The percentile interval of estimates from samples drawn with replacement; NaN when there are none.
///
/// Quantiles by linear interpolation between order statistics (Hyndman and Fan 1996, definition 7).
pub fn percentiles(estimates: &[f64], level: f64) -> (f64, f64) {
    let mut sorted = estimates.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |p: f64| {
        let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
        let place = p * count(last);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last index")]
        let low = (place.floor() as usize).min(last);
        sorted[low] + (place - count(low)) * (sorted[(low + 1).min(last)] - sorted[low])
    };
    (at(0.5 - 0.5 * level), at(0.5 + 0.5 * level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Confidence, Variance, aalen_johansen};

    #[test]
    fn the_same_sample_gives_the_estimate_itself() {
        let (time, event) = ([3.0, 1.0, 2.0, 2.0, 5.0], [1, 0, 2, 1, 0]);
        let sample = Sample::new(&time, &event).unwrap();
        let curve = &aalen_johansen(&sample, &Groups::one(5), &Confidence::default(), Variance::Greenwood).unwrap()[0];
        // every row once
        let mut next = 0_u64;
        let mut once = || {
            next += 1;
            (next - 1) * (u64::MAX / 5 + 1) + 1
        };
        let found = resampled_incidence(&sample, &[2.0, 4.0], 1, &mut once).unwrap();
        for (t, found) in [2.0, 4.0].into_iter().zip(&found[0]) {
            for cause in [1, 2] {
                assert!((found[usize::from(cause) - 1] - curve.at(cause, t).value).abs() < 1e-15, "{t} {cause}");
            }
        }
        assert!(resampled_incidence(&sample.with_weights(&[1.0; 5]).unwrap(), &[2.0], 1, &mut once).is_err());
    }

    #[test]
    fn percentiles_lie_between_the_order_statistics() {
        let (low, high) = percentiles(&[4.0, 1.0, 3.0, 2.0, 5.0], 0.9);
        assert!((low - 1.2).abs() < 1e-12 && (high - 4.8).abs() < 1e-12, "{low} {high}");
        assert!(percentiles(&[], 0.9).0.is_nan());
    }
}
