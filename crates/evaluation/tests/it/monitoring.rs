//! Charts and sums over time against case 15 (R: base, spc).

use evaluation::{
    cusum::{
        cases_to_signal, cusum, normal_cusum_limit, normal_cusum_run, normal_ewma_limit, normal_ewma_run, shewhart_run,
        vlad,
    },
    xmr::{Constants, ewma, shares, xmr},
};

use crate::oracle::{Case, agree, numbers};

const TOLERANCE: f64 = 1e-10;

fn open() -> Case {
    Case::open("15_spc_cusum")
}

#[test]
fn every_result_of_the_case_is_asked_for() {
    let asked = ["arl", "binomial_llr_cusum", "ewma_path", "p_chart", "ra_cusum", "vlad", "xmr"];
    assert_eq!(open().keys(), asked);
}

#[test]
fn single_values_and_their_ranges() {
    let case = open();
    let (events, total) = (case.column("data.csv", "x"), case.column("data.csv", "n"));
    let values: Vec<f64> = events.iter().zip(&total).map(|(x, n)| x / n).collect();
    let found = xmr(&values, Constants::Handbook).unwrap();
    let exact = xmr(&values, Constants::Exact).unwrap();
    for (key, found) in [
        ("centre", found.centre),
        ("mr_bar", found.mean_range),
        ("lcl", found.lower),
        ("ucl", found.upper),
        ("ucl_exact", exact.upper),
        ("mr_ucl", found.range_upper),
    ] {
        agree(key, &[found], case.expected(&["xmr", key]), TOLERANCE);
    }
    agree("mr", &found.ranges, case.expected(&["xmr", "mr"]), TOLERANCE);
    assert!(found.outside.is_empty() && numbers(case.expected(&["xmr", "out"])).is_empty());
    // a value that does lie outside is seen, and which
    let mut steady = vec![1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0];
    steady[4] = 30.0;
    assert_eq!(xmr(&[steady.clone(), steady].concat(), Constants::Exact).unwrap().outside, [4, 13]);
}

#[test]
fn shares_and_their_limits() {
    let case = open();
    let found = shares(&case.column("data.csv", "x"), &case.column("data.csv", "n")).unwrap();
    let expected = |key: &str| case.expected(&["p_chart", key]).clone();
    agree("pbar", &[found.centre], &expected("pbar"), TOLERANCE);
    agree("z", &found.z, &expected("z"), TOLERANCE);
    agree("sigma z", &[found.sigma_z], &expected("sigma_z"), TOLERANCE);
    for (limits, lower, upper) in [(&found.limits, "lcl", "ucl"), (&found.laney, "laney_lcl", "laney_ucl")] {
        agree(lower, &limits.iter().map(|l| l.0).collect::<Vec<_>>(), &expected(lower), TOLERANCE);
        agree(upper, &limits.iter().map(|l| l.1).collect::<Vec<_>>(), &expected(upper), TOLERANCE);
    }
    let lambda = case.expected(&["ewma_path", "lambda"]).as_f64().unwrap();
    let path = ewma(&found.z, lambda, 0.0).unwrap();
    agree("ewma", &path.value, case.expected(&["ewma_path", "value"]), TOLERANCE);
    agree("ewma se", &path.error, case.expected(&["ewma_path", "se"]), TOLERANCE);
}

/// The case starts at the first weight, even below zero; the sum here starts at zero and is never below (Page 1954).
/// From the second observation on they are the same, as the first weight is negative in both series.
fn same_sum(what: &str, found: &[f64], expected: &[f64]) {
    assert!(expected[0] < 0.0 && found[0].abs() < TOLERANCE, "{what}: the first");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate().skip(1) {
        assert!((found - expected).abs() <= TOLERANCE, "{what}[{place}]: {found} instead of {expected}");
    }
}

#[test]
fn sums_of_log_likelihood_ratios() {
    let case = open();
    let expected = |key: &str| case.expected(&["binomial_llr_cusum", key]).clone();
    let p0 = vec![expected("p0").as_f64().unwrap(); 36];
    let ratio = expected("odds_ratio").as_f64().unwrap();
    let found = cusum(&case.column("data.csv", "x"), &case.column("data.csv", "n"), &p0, ratio, 3.0).unwrap();
    agree("w", &found.weight, &expected("w"), TOLERANCE);
    same_sum("S", &found.sum, &numbers(&expected("S")));
    // R counts from 1
    assert_eq!(found.signal.map(|at| at as u64 + 1), expected("signal_h3").as_u64());

    let expected = |key: &str| case.expected(&["ra_cusum", key]).clone();
    let (risk, y) = (case.column("racusum.csv", "risk"), case.column("racusum.csv", "y"));
    let found = cusum(&y, &vec![1.0; y.len()], &risk, 2.0, 2.5).unwrap();
    agree("ra w", &found.weight, &expected("w"), TOLERANCE);
    same_sum("ra S", &found.sum, &numbers(&expected("S")));
    assert_eq!(found.signal.map(|at| at as u64 + 1), expected("first_signal_h2_5").as_u64());
    let event: Vec<bool> = y.iter().map(|y| *y > 0.5).collect();
    agree("vlad", &vlad(&event, &risk).unwrap(), case.expected(&["vlad"]), TOLERANCE);
}

#[test]
fn how_long_until_a_false_alarm() {
    let case = open();
    let expected = |path: &[&str]| numbers(case.expected(&[&["arl"], path].concat()));
    let near = |what: &str, found: f64, wanted: f64| {
        assert!(((found - wanted) / wanted).abs() <= 1e-3, "{what}: {found} instead of {wanted}");
    };
    let (k, h) = (expected(&["cusum", "k"]), expected(&["cusum", "h"]));
    let (shift, run) = (expected(&["cusum", "mu"]), expected(&["cusum", "arl"]));
    for i in 0..run.len() {
        near("cusum", normal_cusum_run(k[i], h[i], shift[i]), run[i]);
    }
    near("cusum limit", normal_cusum_limit(0.5, 370.4), expected(&["cusum_crit_arl370"])[0]);
    let (l, c, run) = (expected(&["ewma", "l"]), expected(&["ewma", "c"]), expected(&["ewma", "arl"]));
    let shift = expected(&["ewma", "mu"]);
    for i in 0..run.len() {
        near("ewma", normal_ewma_run(l[i], c[i], shift[i]), run[i]);
    }
    near("ewma limit", normal_ewma_limit(0.2, 500.0), expected(&["ewma_crit"])[0]);
    near("shewhart", shewhart_run(3.0), expected(&["shewhart_3s"])[0]);
}

/// With one chance for all, each event adds ln(4/3) and each other case takes off ln(3/2) (p = 1/2, R = 2): with a
/// limit below ln(4/3) the first event signals, so the run is 1 / p.
#[test]
fn a_limit_that_the_first_event_passes_is_passed_at_the_first_event() {
    let run = cases_to_signal(&[0.5], 2.0, 1.0, 0.2, 200).unwrap();
    assert!((run - 2.0).abs() < 1e-9, "{run}");
    // and the wider the limit the longer it takes; a true change shortens it
    let mix = [0.1, 0.3, 0.5];
    let still = [1.0, 2.0, 3.0].map(|limit| cases_to_signal(&mix, 2.0, 1.0, limit, 300).unwrap());
    assert!(still[0] < still[1] && still[1] < still[2]);
    assert!(cases_to_signal(&mix, 2.0, 2.0, 3.0, 300).unwrap() < still[2] / 3.0);
}

#[test]
fn what_cannot_be_is_refused_with_its_row() {
    assert_eq!(xmr(&[1.0, f64::NAN], Constants::Exact).unwrap_err().row, Some(1));
    assert!(xmr(&[1.0], Constants::Exact).is_err());
    assert_eq!(cusum(&[1.0, 1.0], &[2.0, 2.0], &[0.2, 1.0], 2.0, 3.0).unwrap_err().row, Some(1));
    assert!(cusum(&[1.0], &[2.0], &[0.2], 1.0, 3.0).is_err());
    assert!(vlad(&[true], &[0.2, 0.3]).is_err());
    assert!(ewma(&[1.0], 0.0, 0.0).is_err());
    assert!(cases_to_signal(&[], 2.0, 1.0, 1.0, 100).is_err());
}
