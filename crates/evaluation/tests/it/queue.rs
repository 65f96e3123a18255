//! When a case gets its turn: against counting every way it can go, and by reasoning.

use evaluation::queue::{Counts, backlog, turn};
use proptest::prelude::*;

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-12, "{found} instead of {wanted}");
}

#[test]
fn with_a_fixed_number_per_sitting_the_turn_is_a_division() {
    let four = Counts::always(4);
    for (ahead, sitting) in [(0, 0), (3, 0), (4, 1), (7, 1), (8, 2), (39, 9)] {
        let turn = turn(ahead, &four, None, 12, 0.8).unwrap();
        assert_eq!((turn.earliest, turn.median, turn.latest), (Some(sitting), Some(sitting), Some(sitting)), "{ahead}");
    }
    // the fortieth after ten sittings is not among them
    let after = turn(40, &four, None, 10, 0.8).unwrap();
    assert_eq!((after.earliest, after.median, after.latest), (None, None, None));
    near(after.by[9], 0.0);
}

#[test]
fn two_kinds_of_sitting_give_the_chances_of_a_coin() {
    let coin = Counts::observed(&[1, 2]).unwrap();
    let turn = turn(3, &coin, None, 4, 0.8).unwrap();
    // the fourth in the queue: two sittings of two, or any three with at least four cases, and surely within four
    for (found, wanted) in turn.by.iter().zip([0.0, 0.25, 0.875, 1.0]) {
        near(*found, wanted);
    }
    assert_eq!((turn.earliest, turn.median, turn.latest, turn.seen), (Some(1), Some(2), Some(3), 2));
}

#[test]
fn urgent_cases_that_go_first_push_a_case_back() {
    let two = Counts::always(2);
    let alone = turn(5, &two, None, 10, 0.8).unwrap();
    let one = turn(5, &two, Some(&Counts::always(1)), 10, 0.8).unwrap();
    assert_eq!((alone.median, one.median), (Some(2), Some(5)));
    let never = turn(5, &two, Some(&Counts::always(2)), 10, 0.8).unwrap();
    assert_eq!(never.median, None);
}

#[test]
fn a_queue_grows_when_more_come_than_go_and_empties_otherwise() {
    let five = Counts::always(5);
    let grows = backlog(10, &five, &Counts::always(6), 4, 0.8).unwrap();
    assert_eq!(
        grows.iter().map(|after| (after.lower, after.upper)).collect::<Vec<_>>(),
        [(11, 11), (12, 12), (13, 13), (14, 14)]
    );
    let empties = backlog(10, &five, &Counts::observed(&[0, 2]).unwrap(), 4, 0.8).unwrap();
    // 10 → 6 on average; the fourth leaves nobody
    near(empties[0].mean, 6.0);
    near(empties[3].empty, 1.0);
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let two = Counts::always(2);
    let told = |problem: evaluation::Problem| problem.to_string();
    assert!(told(Counts::observed(&[]).unwrap_err()).contains("at least one sitting"));
    assert!(told(turn(3, &two, None, 0, 0.8).unwrap_err()).contains("sitting to come"));
    assert!(told(turn(3, &two, None, 5, 1.0).unwrap_err()).contains("between 0 and 1"));
    assert!(told(turn(3, &Counts::observed(&[0, 0]).unwrap(), None, 5, 0.8).unwrap_err()).contains("handled a case"));
}

/// The chance of a turn by each sitting, by going through every way the sittings can go.
fn every_way(ahead: u32, seen: &[u32], sittings: usize) -> Vec<f64> {
    let mut by = vec![0.0; sittings];
    let ways = seen.len().pow(u32::try_from(sittings).unwrap());
    for way in 0..ways {
        let (mut rest, mut handled) = (way, 0);
        for chance in &mut by {
            handled += seen[rest % seen.len()];
            rest /= seen.len();
            if handled > ahead {
                *chance += 1.0 / f64::from(u32::try_from(ways).unwrap());
            }
        }
    }
    by
}

proptest! {
    #[test]
    fn the_convolution_is_what_counting_gives(ahead in 0..12_u32, seen in prop::collection::vec(0..6_u32, 1..5), sittings in 1..5_usize) {
        prop_assume!(seen.iter().any(|count| *count > 0));
        let found = turn(ahead, &Counts::observed(&seen).unwrap(), None, sittings, 0.8).unwrap();
        for (found, wanted) in found.by.iter().zip(every_way(ahead, &seen, sittings)) {
            prop_assert!((found - wanted).abs() < 1e-12);
        }
    }

    #[test]
    fn further_back_is_never_sooner(ahead in 0..20_u32, seen in prop::collection::vec(0..6_u32, 1..8)) {
        prop_assume!(seen.iter().any(|count| *count > 0));
        let handled = Counts::observed(&seen).unwrap();
        let (this, next) = (turn(ahead, &handled, None, 8, 0.8).unwrap(), turn(ahead + 1, &handled, None, 8, 0.8).unwrap());
        for (this, next) in this.by.iter().zip(&next.by) {
            prop_assert!(next <= &(this + 1e-12));
        }
        prop_assert!(this.by.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12));
    }
}
