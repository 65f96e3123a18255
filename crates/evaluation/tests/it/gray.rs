//! Case 04 (MGUS by age bands): cmprsk, and R survival for the log-rank tests beside it.

use evaluation::{Event, Groups, Sample, gray, gray_pairs, log_rank};
use serde_json::Value;

use crate::oracle::{Case, agree, names, numbers};

const NEAR: f64 = 1e-9;

#[test]
fn tests_of_two_and_five_groups_stratified_weighted_and_in_pairs() {
    let case = Case::open("04_gray_mgus2");
    let (time, event) = (case.column("data.csv", "time"), case.codes::<Event>("data.csv", "event"));
    let sample = Sample::new(&time, &event).unwrap();
    let [sex, site, decade] = ["sex", "site5", "dec"].map(|name| Groups::from_labels(&case.text("data.csv", name)));
    for key in case.keys() {
        let expected = case.expected(&[key]);
        match key {
            "sex" => check(&sample, &sex, None, 0.0, expected),
            "sex_rho1" => check(&sample, &sex, None, 1.0, expected),
            "sex_strat_dec" => check(&sample, &sex, Some(&decade), 0.0, expected),
            "site5" => check(&sample, &site, None, 0.0, expected),
            "site5_strat_sex" => check(&sample, &site, Some(&sex), 0.0, expected),
            "site5_strat_dec_rho_half" => check(&sample, &site, Some(&decade), 0.5, expected),
            "pairwise_site5" => pairs(&sample, &site, expected),
            "cs_logrank_site5" => cause_specific(&time, &event, &site, expected),
            other => panic!("{other} is not checked"),
        }
    }
}

fn check(sample: &Sample, groups: &Groups, strata: Option<&Groups>, rho: f64, expected: &Value) {
    let tests = gray(sample, groups, strata, rho).unwrap();
    for name in names(expected) {
        let found: Vec<f64> = tests
            .iter()
            .map(|test| match name {
                "cause" => f64::from(test.cause),
                "stat" => test.statistic,
                "p" => test.p,
                "df" => test.df as f64,
                other => panic!("{other} is not checked"),
            })
            .collect();
        agree(name, &found, &expected[name], NEAR);
    }
}

fn pairs(sample: &Sample, site: &Groups, expected: &Value) {
    let pairs = gray_pairs(sample, site, None, 1, 0.0).unwrap();
    let codes: Vec<f64> = pairs.iter().flat_map(|pair| [pair.one as f64 + 1.0, pair.other as f64 + 1.0]).collect();
    assert_eq!(codes, numbers(&expected["pairs"]));
    agree("p", &pairs.iter().map(|pair| pair.test.p).collect::<Vec<_>>(), &expected["p_cause1"], NEAR);
    agree("holm", &pairs.iter().map(|pair| pair.p_holm).collect::<Vec<_>>(), &expected["p_holm"], NEAR);
    agree("bh", &pairs.iter().map(|pair| pair.p_bh).collect::<Vec<_>>(), &expected["p_bh"], NEAR);
}

fn cause_specific(time: &[f64], event: &[Event], site: &Groups, expected: &Value) {
    for expected in expected.as_array().unwrap() {
        let cause = expected["cause"].as_u64().unwrap();
        let only: Vec<Event> = event.iter().map(|event| u8::from(u64::from(*event) == cause)).collect();
        let test = log_rank(&Sample::new(time, &only).unwrap(), site, None, 0.0).unwrap();
        agree("chisq", &[test.statistic], &expected["chisq"], NEAR);
        agree("obs", &test.observed, &expected["obs"], NEAR);
        agree("exp", &test.expected, &expected["exp"], NEAR);
    }
}
