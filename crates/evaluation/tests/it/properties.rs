//! What must hold whatever the numbers are.

use evaluation::{
    Confidence, Event, Groups, Sample, Scale, Variance, aalen_johansen,
    bands::Band,
    gray, gray_pairs, kaplan_meier, log_rank, pseudo_values, restricted_means,
    states::{Moves, change_in_stay, occupancy, transitions},
};
use proptest::prelude::*;

/// A row: time, event, entry before it, weight, group.
type Row = (f64, Event, f64, u8, u32);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (1_u32..20, 0_u8..4, 0.0..0.99_f64, 1_u8..4, 0_u32..2, any::<bool>());
    let row = row.prop_map(|(time, event, entry, weight, group, whole)| {
        let time = if whole { f64::from(time) } else { f64::from(time) + 0.5 };
        (time, event, (entry * time).floor(), weight, group)
    });
    proptest::collection::vec(row, 4..60).prop_filter("an event, and both groups", |rows| {
        rows.iter().any(|row| row.1 > 0) && rows.iter().any(|row| row.4 == 0) && rows.iter().any(|row| row.4 == 1)
    })
}

struct Columns {
    time: Vec<f64>,
    event: Vec<Event>,
    entry: Vec<f64>,
    weights: Vec<f64>,
    groups: Groups,
}

fn columns(rows: &[Row]) -> Columns {
    Columns {
        time: rows.iter().map(|row| row.0).collect(),
        event: rows.iter().map(|row| row.1).collect(),
        entry: rows.iter().map(|row| row.2).collect(),
        weights: rows.iter().map(|row| f64::from(row.3)).collect(),
        groups: Groups::from_codes(rows.iter().map(|row| row.4).collect(), vec!["a".into(), "b".into()]).unwrap(),
    }
}

impl Columns {
    fn sample(&self) -> Sample<'_> {
        Sample::new(&self.time, &self.event).unwrap()
    }
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9 || a.is_nan() && b.is_nan())
}

proptest! {
    #[test]
    fn the_order_of_the_rows_does_not_matter(rows in rows(), seed in any::<u64>()) {
        let mut other = rows.clone();
        other.sort_by_key(|row| (row.0.to_bits() ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (one, other) = (columns(&rows), columns(&other));
        for variance in [Variance::Greenwood, Variance::Robust] {
            let curves = |columns: &Columns| {
                let sample = columns.sample().with_entry(&columns.entry).unwrap().with_weights(&columns.weights).unwrap();
                aalen_johansen(&sample, &columns.groups, &Confidence::default(), variance).unwrap()
            };
            for (a, b) in curves(&one).iter().zip(curves(&other)) {
                prop_assert!(near(&a.time, &b.time) && near(&a.event_free.value, &b.event_free.value));
                for (a, b) in a.causes.iter().zip(&b.causes) {
                    prop_assert!(near(&a.value, &b.value), "{:?} {:?}", a.value, b.value);
                    prop_assert!(a.se.iter().zip(&b.se).all(|(a, b)| (a - b).abs() < 1e-6), "{:?} {:?}", a.se, b.se);
                }
            }
        }
        let test = |columns: &Columns| log_rank(&columns.sample(), &columns.groups, None, 0.0).map(|test| test.statistic);
        match (test(&one), test(&other)) {
            (Ok(a), Ok(b)) => prop_assert!((a - b).abs() < 1e-9),
            (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
        }
    }

    #[test]
    fn the_states_add_up_and_one_cause_is_kaplan_meier(rows in rows()) {
        let columns = columns(&rows);
        let sample = columns.sample().with_entry(&columns.entry).unwrap();
        let curves = aalen_johansen(&sample, &columns.groups, &Confidence::default(), Variance::Greenwood).unwrap();
        for curve in &curves {
            for row in 0..curve.time.len() {
                let sum: f64 = curve.event_free.value[row] + curve.causes.iter().map(|cause| cause.value[row]).sum::<f64>();
                prop_assert!((sum - 1.0).abs() < 1e-12, "{sum}");
            }
        }
        let any: Vec<Event> = columns.event.iter().map(|event| (*event).min(1)).collect();
        let sample = Sample::new(&columns.time, &any).unwrap().with_entry(&columns.entry).unwrap();
        let one = aalen_johansen(&sample, &columns.groups, &Confidence::default(), Variance::Greenwood).unwrap();
        let survival = kaplan_meier(&sample, &columns.groups, &Confidence::default(), Variance::Greenwood).unwrap();
        for ((all, one), survival) in curves.iter().zip(&one).zip(&survival) {
            let left: Vec<f64> = survival.survival.value.iter().map(|value| 1.0 - value).collect();
            prop_assert!(near(&one.causes[0].value, &left) && near(&all.event_free.value, &survival.survival.value));
            for row in (0..left.len()).filter(|row| survival.survival.value[*row] > 0.0) {
                prop_assert!((one.causes[0].se[row] - survival.survival.se[row]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_weight_of_two_is_a_row_twice(rows in rows()) {
        let columns = columns(&rows);
        let twice: Vec<Row> = rows.iter().flat_map(|row| std::iter::repeat_n(*row, usize::from(row.3))).collect();
        let twice = self::columns(&twice);
        let weighted = columns.sample().with_entry(&columns.entry).unwrap().with_weights(&columns.weights).unwrap();
        let repeated = twice.sample().with_entry(&twice.entry).unwrap();
        let a = aalen_johansen(&weighted, &columns.groups, &Confidence::default(), Variance::Greenwood).unwrap();
        let b = aalen_johansen(&repeated, &twice.groups, &Confidence::default(), Variance::Greenwood).unwrap();
        for (a, b) in a.iter().zip(&b) {
            prop_assert!(near(&a.at_risk, &b.at_risk) && near(&a.event_free.se, &b.event_free.se));
            for (a, b) in a.causes.iter().zip(&b.causes) {
                prop_assert!(near(&a.value, &b.value) && near(&a.se, &b.se));
            }
        }
    }

    #[test]
    fn without_entry_and_weights_both_variances_are_one(rows in rows()) {
        let columns = columns(&rows);
        let curves = |variance| aalen_johansen(&columns.sample(), &columns.groups, &Confidence::default(), variance).unwrap();
        for (a, b) in curves(Variance::Greenwood).iter().zip(curves(Variance::Robust)) {
            for (a, b) in a.causes.iter().zip(&b.causes) {
                // where it is 0, the root of a rounding error
                prop_assert!(a.se.iter().zip(&b.se).all(|(a, b)| (a - b).abs() < 1e-6), "{:?} {:?}", a.se, b.se);
            }
        }
        let horizon = 1.0;
        let means = |variance| restricted_means(&columns.sample(), &columns.groups, horizon, variance).unwrap();
        for (a, b) in means(Variance::Greenwood).iter().zip(means(Variance::Robust)) {
            prop_assert!((a.event_free.se - b.event_free.se).abs() < 1e-9);
            let sum: f64 = a.event_free.value + a.causes.iter().map(|mean| mean.value).sum::<f64>();
            prop_assert!((sum - horizon).abs() < 1e-12);
        }
    }

    #[test]
    fn pseudo_values_have_the_estimate_as_their_mean(rows in rows()) {
        let columns = columns(&rows);
        let sample = columns.sample();
        let curve = aalen_johansen(&sample, &Groups::one(rows.len()), &Confidence::default(), Variance::Greenwood).unwrap();
        let values = pseudo_values(&sample, 1.5).unwrap();
        for cause in 0..=u8::try_from(sample.causes()).unwrap() {
            let mean: f64 = values.iter().map(|row| row[usize::from(cause)]).sum::<f64>() / rows.len() as f64;
            let point = curve[0].at(cause, 1.5).value;
            prop_assert!((mean - point).abs() < 1e-9, "{mean} {point}");
        }
    }

    #[test]
    fn which_group_comes_first_does_not_matter_to_a_test(rows in rows()) {
        let columns = columns(&rows);
        let swapped: Vec<u32> = columns.groups.of().iter().map(|code| 1 - code).collect();
        let swapped = Groups::from_codes(swapped, vec!["b".into(), "a".into()]).unwrap();
        match (gray(&columns.sample(), &columns.groups, None, 0.0), gray(&columns.sample(), &swapped, None, 0.0)) {
            (Ok(a), Ok(b)) => for (a, b) in a.iter().zip(&b) {
                prop_assert!((a.statistic - b.statistic).abs() < 1e-6 * a.statistic.max(1.0), "{a:?} {b:?}");
            },
            (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
        }
    }
}

/// Numbers of every kind, good and bad.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => (0_u8..6).prop_map(f64::from),
        2 => 0.0..6.0_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(-1.0),
        1 => Just(-0.0),
        1 => Just(f64::MAX),
        1 => Just(f64::MIN_POSITIVE),
    ]
}

proptest! {
    /// Whatever comes in, an answer or a refusal comes out.
    #[test]
    fn nothing_panics(
        rows in proptest::collection::vec((any_number(), any_number(), any_number(), 0_u8..4, 0_u32..3, 0_usize..3, 0_usize..3), 0..12),
        t in any_number(),
        to in any_number(),
        rho in any_number(),
    ) {
        let column = |pick: fn(&(f64, f64, f64, u8, u32, usize, usize)) -> f64| rows.iter().map(pick).collect::<Vec<_>>();
        let (time, entry, weights) = (column(|row| row.0), column(|row| row.1), column(|row| row.2));
        let event: Vec<Event> = rows.iter().map(|row| row.3).collect();
        let groups = Groups::from_labels(&rows.iter().map(|row| row.4.to_string()).collect::<Vec<_>>());
        if let Ok(sample) = Sample::new(&time, &event) {
            let others = [Some(sample), sample.with_entry(&entry).ok(), sample.with_weights(&weights).ok()];
            for sample in others.into_iter().flatten() {
                for variance in [Variance::Greenwood, Variance::Robust] {
                    let curves = kaplan_meier(&sample, &groups, &Confidence::default(), variance).unwrap();
                    for curve in &curves {
                        curve.at(t);
                        curve.quantile(0.5);
                        let bands = [Band::HallWellner, Band::EqualPrecision];
                        for band in bands.into_iter().filter(|_| variance == Variance::Greenwood) {
                            let _ = curve.band(band, Scale::LogLog, 0.95, t, to);
                        }
                        prop_assert!(curve.survival.value.iter().all(|value| (0.0..=1.0).contains(value)));
                    }
                    for curve in aalen_johansen(&sample, &groups, &Confidence::default(), variance).unwrap() {
                        curve.at(1, t);
                        curve.delta_se(1);
                    }
                    let _ = restricted_means(&sample, &groups, t, variance);
                }
                let _ = pseudo_values(&sample, t);
                let _ = log_rank(&sample, &groups, None, rho);
                let _ = gray(&sample, &groups, Some(&groups), rho);
                let _ = gray_pairs(&sample, &groups, None, 1, rho);
            }
        }
        let from: Vec<usize> = rows.iter().map(|row| row.5).collect();
        let next: Vec<Option<usize>> = rows.iter().map(|row| row.6.checked_sub(1)).collect();
        if let Ok(moves) = Moves::new(&entry, &time, &from, &next, 3) {
            let _ = moves.paths(&from);
            let _ = transitions(&moves, t, &[to]);
            let _ = occupancy(&moves, &[to, t]);
            let _ = change_in_stay(&moves, 0, 1);
        }
    }
}

proptest! {
    /// The infinitesimal jackknife is a derivative: moving each weight a little gives the same.
    #[test]
    fn the_robust_variance_is_the_derivative_in_the_weights(rows in rows()) {
        let columns = columns(&rows);
        let all = Groups::one(rows.len());
        let t = columns.time.iter().copied().fold(0.0, f64::max) * 0.6;
        let found = |weights: &[f64], variance| {
            let sample = columns.sample().with_entry(&columns.entry).unwrap().with_weights(weights).unwrap();
            let curve = aalen_johansen(&sample, &all, &Confidence::default(), variance).unwrap().remove(0);
            let mean = restricted_means(&sample, &all, t.max(0.1), variance).unwrap().remove(0);
            let (point, lost, free) = (curve.at(1, t), mean.causes[0], curve.at(0, t));
            ([point.value, free.value, lost.value], [point.se, free.se, lost.se])
        };
        let (_, se) = found(&columns.weights, Variance::Robust);
        let mut squares = [0.0; 3];
        for row in 0..rows.len() {
            let moved = |by: f64| {
                let mut weights = columns.weights.clone();
                weights[row] *= 1.0 + by;
                found(&weights, Variance::Greenwood).0
            };
            let (up, down) = (moved(1e-5), moved(-1e-5));
            for (square, (up, down)) in squares.iter_mut().zip(up.iter().zip(down)) {
                *square += ((up - down) / 2e-5).powi(2);
            }
        }
        for (se, square) in se.iter().zip(squares) {
            prop_assert!((se - square.sqrt()).abs() < 1e-5 * (1.0 + se), "{se} {}", square.sqrt());
        }
    }

    /// Competing risks are states that nobody leaves.
    #[test]
    fn states_without_a_way_back_are_competing_risks(rows in rows()) {
        let columns = columns(&rows);
        let all = Groups::one(rows.len());
        let t = columns.time.iter().copied().fold(0.0, f64::max) * 0.6;
        let zero = vec![0.0; rows.len()];
        let from = vec![0; rows.len()];
        let to: Vec<Option<usize>> = columns.event.iter().map(|event| (*event > 0).then_some(usize::from(*event))).collect();
        let moves = Moves::new(&zero, &columns.time, &from, &to, 4).unwrap();
        let occupied = occupancy(&moves, &[t]).unwrap().remove(0);
        let sample = columns.sample();
        let curve = aalen_johansen(&sample, &all, &Confidence::default(), Variance::Greenwood).unwrap().remove(0);
        let means = restricted_means(&sample, &all, t, Variance::Greenwood).unwrap().remove(0);
        for state in 0..=u8::try_from(sample.causes()).unwrap() {
            let (point, index) = (curve.at(state, t), usize::from(state));
            let mean = if index == 0 { means.event_free } else { means.causes[index - 1] };
            prop_assert!((point.value - occupied.p[index]).abs() < 1e-12);
            prop_assert!((point.se - occupied.se[index]).abs() < 1e-7, "{} {}", point.se, occupied.se[index]);
            prop_assert!((mean.value - occupied.mean_time[index]).abs() < 1e-9);
            prop_assert!((mean.se - occupied.mean_time_se[index]).abs() < 1e-6 * (1.0 + mean.se));
        }
    }
}
