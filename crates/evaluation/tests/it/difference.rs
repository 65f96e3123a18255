//! Changes that sites made at different times: case 18 (R: base, lme4).

use evaluation::{
    difference::{cyclic_shifts, group_effects, two_way},
    stepped_wedge::mixed,
};
use nalgebra::DMatrix;

use crate::oracle::{Case, agree, numbers};

const TOLERANCE: f64 = 1e-8;

struct Data {
    case: Case,
    y: Vec<f64>,
    on: Vec<f64>,
    site: Vec<usize>,
    period: Vec<usize>,
}

fn open() -> Data {
    let case = Case::open("18_did_steppedwedge");
    let from_one = |column: &str| case.codes::<usize>("data.csv", column).into_iter().map(|code| code - 1).collect();
    let (site, period) = (from_one("site"), from_one("q"));
    let (y, on) = (case.column("data.csv", "y"), case.column("data.csv", "on"));
    Data { case, y, on, site, period }
}

/// Site `s` (from 0) is under the change from period `s + 2` (from 0).
fn change() -> Vec<Option<usize>> {
    (0..8).map(|site| Some(site + 2)).collect()
}

#[test]
fn every_result_of_the_case_is_asked_for_or_named() {
    let asked = ["att_gt_not_yet_treated", "cyclic_permutation", "hussey_hughes_reml", "twfe"];
    // asked for in `mixed_logistic`
    let left = ["gee_exchangeable", "gee_independence", "glmm_logit"];
    let mut all: Vec<&str> = asked.into_iter().chain(left).collect();
    all.sort_unstable();
    assert_eq!(open().case.keys(), all);
}

#[test]
fn two_way_fixed_effects_with_clustered_errors() {
    let data = open();
    let found = two_way(&data.y, &data.on, &data.site, &data.period, 0.95).unwrap();
    for (key, found) in [
        ("coef_on", found.estimate),
        ("se_ols", found.error_classic),
        ("se_CR0", found.error_cr0),
        ("se_CR1", found.error_cr1),
    ] {
        agree(key, &[found], data.case.expected(&["twfe", key]), TOLERANCE);
    }
    // t with 7 degrees of freedom: 2.364624 (any table)
    assert!(((found.upper - found.estimate) / found.error_cr1 - 2.364_624_251).abs() < 1e-8);
    assert!(found.lower < 0.4 && 0.4 < found.upper, "the truth of the case is 0.4");
}

#[test]
fn sites_as_draws_by_restricted_likelihood() {
    let data = open();
    let found = mixed(&data.y, &data.on, &data.site, &data.period, 0.95).unwrap();
    let expected = |key: &str| data.case.expected(&["hussey_hughes_reml", key]).clone();
    // a search for a maximum, in R as here: the tolerance of mixed models
    let tolerance = 1e-6;
    for (key, found) in [
        ("coef_on", found.estimate),
        ("se", found.error),
        ("sigma", found.within),
        ("tau", found.between),
        ("reml", found.criterion),
    ] {
        agree(key, &[found], &expected(key), tolerance);
    }
    agree("blup", &found.sites, &expected("blup"), tolerance);
}

#[test]
fn effects_of_each_group_and_period_against_those_not_changed_yet() {
    let data = open();
    let means = DMatrix::from_fn(8, 10, |site, period| {
        let rows: Vec<f64> = (0..data.y.len())
            .filter(|&row| data.site[row] == site && data.period[row] == period)
            .map(|row| data.y[row])
            .collect();
        rows.iter().sum::<f64>() / rows.len() as f64
    });
    let found = group_effects(&means, &change()).unwrap();
    let expected = |key: &str| data.case.expected(&["att_gt_not_yet_treated", key]).clone();
    let effects: Vec<f64> = found.iter().map(|effect| effect.effect).collect();
    // one site a group: the group that changed in period s + 2 is site s; R counts from 1
    let sites: Vec<f64> = found.iter().map(|effect| effect.changed as f64 - 1.0).collect();
    let periods: Vec<f64> = found.iter().map(|effect| effect.period as f64 + 1.0).collect();
    agree("site", &sites, &expected("site"), TOLERANCE);
    agree("quarter", &periods, &expected("quarter"), TOLERANCE);
    agree("att", &effects, &expected("att"), TOLERANCE);
    agree("mean", &[effects.iter().sum::<f64>() / effects.len() as f64], &expected("simple_mean"), TOLERANCE);
}

/// The case gives eight times the effect in the true order and a chance of 1: its script lets the shifted column fall
/// back on the one in the data. Only the first, the true order, can be asked of it; the others are asked of the
/// regression itself.
#[test]
fn cyclic_shifts_of_the_order_of_change() {
    let data = open();
    let expected = numbers(data.case.expected(&["cyclic_permutation", "stat"]));
    assert!(expected.iter().all(|effect| (effect - expected[0]).abs() < 1e-15), "the case was mended: ask it all");
    let (found, share) = cyclic_shifts(&data.y, &data.site, &data.period, &change()).unwrap();
    assert!((found[0] - expected[0]).abs() < TOLERANCE);
    for (shift, found) in found.iter().enumerate() {
        let on: Vec<f64> = (0..data.y.len())
            .map(|row| f64::from(u8::from(data.period[row] >= (data.site[row] + shift) % 8 + 2)))
            .collect();
        let other = two_way(&data.y, &on, &data.site, &data.period, 0.95).unwrap().estimate;
        assert!((found - other).abs() < TOLERANCE, "{shift}: {found} {other}");
    }
    let as_far = found.iter().filter(|effect| effect.abs() >= found[0].abs() - 1e-9).count();
    assert!((share - as_far as f64 / 8.0).abs() < 1e-12 && share < 0.5, "{share}: {found:?}");
}

#[test]
fn what_cannot_be_told_is_refused() {
    let (site, period) = (vec![0, 0, 1, 1], vec![0, 1, 0, 1]);
    let y = [1.0, 2.0, 3.0, 4.0];
    // everyone changed at once: the effect is that of the period
    let six = |v: &[f64]| [v, &v[..2]].concat();
    let (site6, period6) = (vec![0, 0, 1, 1, 2, 2], vec![0, 1, 0, 1, 0, 1]);
    let all = two_way(&six(&y), &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0], &site6, &period6, 0.95).unwrap_err();
    assert!(all.to_string().contains("told apart"), "{all}");
    assert!(two_way(&y, &[0.0, 1.0], &site, &period, 0.95).unwrap_err().to_string().contains("has 2 values"));
    let means = DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 3.0, f64::NAN]);
    assert_eq!(group_effects(&means, &[Some(1), None]).unwrap_err().row, Some(1));
    assert_eq!(group_effects(&means, &[Some(0), None]).unwrap_err().row, Some(0));
    // nobody left to compare with: no effect rather than a number
    let means = DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 3.0, 4.0]);
    assert!(group_effects(&means, &[Some(1), Some(1)]).unwrap().is_empty());
}
