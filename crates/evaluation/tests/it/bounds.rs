//! Bounds for those of unknown destination, and how many people would be enough.

use evaluation::{
    bounds::{between, bounds, recode},
    sample_size::{Aim, smallest_difference, two_incidences, two_shares},
};

const AIM: Aim = Aim { false_alarm: 0.05, power: 0.8 };

#[test]
fn the_unknown_are_all_or_none() {
    let event = [0, 1, 2, 9, 9, 1];
    assert_eq!(recode(&event, 9, 1, true).unwrap(), [0, 1, 2, 1, 1, 1]);
    assert_eq!(recode(&event, 9, 1, false).unwrap(), event);
    assert!(recode(&event, 1, 1, true).is_err() && recode(&event, 8, 7, true).is_err());
}

#[test]
fn an_interval_for_the_truth_lies_between_one_sided_and_two_sided_ends() {
    let far = bounds((0.2, 0.02), (0.5, 0.03), 0.95).unwrap();
    assert!(
        (far.from - (0.2 - 1.644_853_627 * 0.02)).abs() < 1e-6 && (far.to - (0.5 + 1.644_853_627 * 0.03)).abs() < 1e-6
    );
    let one = bounds((0.3, 0.02), (0.3, 0.02), 0.95).unwrap();
    assert!((one.from - (0.3 - 1.959_963_985 * 0.02)).abs() < 1e-6);
    assert!((between(&far, 0.5) - 0.35).abs() < 1e-12);
    // an end never leaves the range of a share
    let edge = bounds((0.01, 0.02), (0.99, 0.02), 0.95).unwrap();
    assert!(edge.from >= 0.0 && edge.to <= 1.0);
    for (lower, upper, level) in [
        ((0.5, 0.1), (0.2, 0.1), 0.95),
        ((0.1, -0.1), (0.2, 0.1), 0.95),
        ((f64::NAN, 0.1), (0.2, 0.1), 0.95),
        ((0.1, 0.1), (0.2, 0.1), 1.0),
    ] {
        assert!(bounds(lower, upper, level).is_err(), "{lower:?} {upper:?} {level}");
    }
}

/// Fleiss, Levin and Paik 2003, table A.4: 0.05, power 0.80, 0.20 against 0.30 and 0.05 against 0.10, with the
/// correction.
#[test]
fn people_for_two_shares_are_those_of_the_table() {
    assert_eq!(two_shares(0.20, 0.30, 1.0, AIM, false).unwrap().to_bits(), 294.0_f64.to_bits());
    assert_eq!(two_shares(0.20, 0.30, 1.0, AIM, true).unwrap().to_bits(), 313.0_f64.to_bits());
    assert_eq!(two_shares(0.05, 0.10, 1.0, AIM, true).unwrap().to_bits(), 474.0_f64.to_bits());
    // unequal groups need more in all
    let (first, second) =
        (two_shares(0.2, 0.3, 3.0, AIM, false).unwrap(), two_shares(0.2, 0.3, 1.0, AIM, false).unwrap());
    assert!(first * 4.0 > second * 2.0 && first < second);
    assert!(two_shares(0.2, 0.2, 1.0, AIM, false).is_err() && two_shares(0.0, 0.2, 1.0, AIM, false).is_err());
}

#[test]
fn twice_as_small_a_difference_takes_four_times_as_many() {
    let people = two_incidences(0.1, 0.05, 100.0, AIM).unwrap();
    // (0.05 × (1.95996 + 0.84162) / 0.1)² × 100 = 196.2
    assert_eq!(people.to_bits(), 197.0_f64.to_bits());
    assert!((two_incidences(0.05, 0.05, 100.0, AIM).unwrap() / people - 4.0).abs() < 0.03);
    assert!((smallest_difference(0.05, AIM).unwrap() - 0.140_079).abs() < 1e-6);
    assert!(two_incidences(0.0, 0.05, 100.0, AIM).is_err() && smallest_difference(-1.0, AIM).is_err());
    assert!(two_incidences(0.1, 0.05, 100.0, Aim { power: 1.0, ..AIM }).is_err());
}
