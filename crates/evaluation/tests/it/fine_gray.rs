//! Fine-Gray regression against R cmprsk (cases 07 and 19), and what it refuses.
#![allow(clippy::float_cmp, reason = "the same moment is the same number")]

use evaluation::fine_gray::FineGray;
use evaluation::regression::Covariates;
use proptest::prelude::*;

use crate::cox::{case_mix, covariates};
use crate::reference::{Table, close, expected, flat, in_order, numbers};

const NAMES: [&str; 5] = ["age", "sex", "hgb", "creat", "mspike"];

fn columns(table: &Table) -> (Vec<String>, Vec<Vec<f64>>) {
    NAMES.iter().map(|name| ((*name).to_owned(), table.numbers(name))).unzip()
}

#[test]
fn case_07_coefficients_variance_baseline_and_prediction() {
    let table = Table::read("07_finegray_mgus2", "data.csv");
    let expected = expected("07_finegray_mgus2");
    let (time, event, all) = (table.numbers("time"), table.events("event"), columns(&table));
    let covariates = covariates(&all);
    for cause in [1, 2] {
        let fit = FineGray::new(&time, &event, cause, &covariates).fit().unwrap();
        let theirs = &expected[format!("crr_cause{cause}")];
        close("coef", &fit.coefficients, &in_order(&theirs["coef"], &NAMES), 1e-6);
        close("var", &flat(&fit.variance), &numbers(&theirs["var"]), 1e-5);
        close("invinf", &flat(&fit.model_variance), &numbers(&theirs["invinf"]), 1e-6);
        close(
            "loglik",
            &fit.loglik,
            &[theirs["loglik_null"].as_f64().unwrap(), theirs["loglik"].as_f64().unwrap()],
            1e-9,
        );
        assert!(fit.score.iter().all(|score| score.abs() < 1e-6), "{:?}", fit.score);
        assert_eq!(fit.rows as u64, theirs["n"].as_u64().unwrap());
        close("times", &fit.times[..10], &numbers(&theirs["base_time_first"]), 0.0);
        close("jumps", &fit.jumps[..10], &numbers(&theirs["base_jump_first"]), 1e-6);
        let times = numbers(&theirs["predict"]["times"]);
        for person in 0..2 {
            let cif = fit.predict(&numbers(&theirs["predict"]["newdata"][person]), &times).unwrap();
            let theirs: Vec<f64> =
                (0..times.len()).map(|at| theirs["predict"]["cif"][at][person].as_f64().unwrap()).collect();
            close("cif", &cif, &theirs, 1e-6);
        }
    }
}

#[test]
fn case_07_censoring_groups() {
    let table = Table::read("07_finegray_mgus2", "data.csv");
    let theirs = &expected("07_finegray_mgus2")["crr_cause1_cengroup_sex"];
    let (time, event, all) = (table.numbers("time"), table.events("event"), columns(&table));
    let covariates = covariates(&all);
    let groups = table.codes("sex");
    let model = FineGray::new(&time, &event, 1, &covariates).censoring_groups(&groups);
    let fit = model.clone().variance_of_cmprsk().fit().unwrap();
    close("coef", &fit.coefficients, &in_order(&theirs["coef"], &NAMES), 1e-6);
    close("var", &flat(&fit.variance), &numbers(&theirs["var"]), 1e-5);
    close("loglik", &[fit.loglik[1]], &numbers(&theirs["loglik"]), 1e-9);
    // over all events, as the paper has it, it is another number, though a near one
    let ours = model.fit().unwrap();
    assert_eq!(ours.coefficients, fit.coefficients);
    close("var", &flat(&ours.variance), &flat(&fit.variance), 0.02);
    assert!((ours.variance[(0, 0)] / fit.variance[(0, 0)] - 1.0).abs() > 1e-4);
}

#[test]
fn case_19_fine_gray_on_the_case_mix() {
    let table = Table::read("19_lvv_synth", "persons.csv");
    let expected = expected("19_lvv_synth");
    let mix = case_mix(&table, "entry_site");
    let names: Vec<&str> = mix.0.iter().map(String::as_str).collect();
    let (time, event) = (table.numbers("time"), table.events("event"));
    for cause in [1, 4] {
        let fit = FineGray::new(&time, &event, cause, &covariates(&mix)).fit().unwrap();
        let theirs = &expected[format!("finegray_{cause}")];
        close("coef", &fit.coefficients, &in_order(&theirs["coef"], &names), 1e-6);
        close("se", &fit.standard_errors(), &numbers(&theirs["se"]), 1e-5);
        close("loglik", &[fit.loglik[1]], &numbers(&theirs["loglik"]), 1e-8);
    }
}

#[test]
fn without_competing_events_it_is_cox_with_breslow_ties() {
    let table = Table::read("05_cox_colon", "data.csv");
    let (time, event) = (table.numbers("time"), table.events("status"));
    let (age, nodes) = (table.numbers("age"), table.numbers("nodes"));
    let covariates = Covariates::new().with("age", &age).with("nodes", &nodes);
    let ours = FineGray::new(&time, &event, 1, &covariates).fit().unwrap();
    let flags = table.flags("status");
    let cox = evaluation::cox::Cox::new(&time, &flags, &covariates)
        .ties(evaluation::cox::Ties::Breslow)
        .robust()
        .fit()
        .unwrap();
    close("coef", &ours.coefficients, &cox.coefficients, 1e-9);
    close("sandwich", &flat(&ours.variance), &flat(&cox.variance), 1e-9);
    close("information", &flat(&ours.model_variance), &flat(&cox.model_variance), 1e-9);
}

#[test]
fn what_cannot_be_estimated_is_named() {
    let time = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let event = [1, 2, 1, 0, 1, 2];
    let x = [0.3, 0.1, 0.9, 0.4, 0.2, 0.8];
    let good = Covariates::new().with("x", &x);
    let refusal = |cause, covariates: &Covariates<'_>| {
        FineGray::new(&time, &event, cause, covariates).fit().unwrap_err().to_string()
    };
    assert!(FineGray::new(&time, &event, 1, &good).fit().is_ok());
    assert!(refusal(3, &good).starts_with("event"));
    assert!(refusal(0, &good).starts_with("event"));
    let other: Vec<f64> = x.iter().map(|value| 1.0 - value).collect();
    assert!(refusal(1, &Covariates::new().with("x", &x).with("rest", &other)).starts_with("rest: follows"));
    assert!(refusal(1, &Covariates::new().with("x", &[1.0; 6])).starts_with("x: has one value"));
    let bad = [0.3, 0.1, 0.9, f64::INFINITY, 0.2, 0.8];
    assert!(refusal(1, &Covariates::new().with("x", &bad)).starts_with("row 4, x"));
    let groups = [0, 1];
    let text = FineGray::new(&time, &event, 1, &good).censoring_groups(&groups).fit().unwrap_err().to_string();
    assert!(text.starts_with("censoring groups"), "{text}");
}

/// The log pseudo-likelihood as the paper writes it: every moment sums over everyone, in quadratic time.
fn written_out(time: &[f64], event: &[u8], groups: &[u32], x: &[f64], beta: f64) -> f64 {
    // Kaplan-Meier of being censored, in the group of `who`, just before `t`
    let g = |who: usize, t: f64| {
        let own: Vec<usize> = (0..time.len()).filter(|other| groups[*other] == groups[who]).collect();
        let mut at: Vec<f64> = own.iter().filter(|i| event[**i] == 0 && time[**i] < t).map(|i| time[*i]).collect();
        at.sort_by(f64::total_cmp);
        at.dedup();
        let count = |keep: &dyn Fn(usize) -> bool| own.iter().filter(|i| keep(**i)).count() as f64;
        at.iter().map(|u| 1.0 - count(&|i| time[i] == *u && event[i] == 0) / count(&|i| time[i] >= *u)).product::<f64>()
    };
    let mut sum = 0.0;
    for i in (0..time.len()).filter(|i| event[*i] == 1) {
        let t = time[i];
        let at_risk: f64 = (0..time.len())
            .map(|j| match (time[j] >= t, event[j] > 1) {
                (true, _) => (beta * x[j]).exp(),
                (false, true) => (beta * x[j]).exp() * g(j, t) / g(j, time[j]),
                (false, false) => 0.0,
            })
            .sum();
        sum += beta * x[i] - at_risk.ln();
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The sums in linear time are those of the paper, with ties and groups; and no other coefficient is more likely.
    #[test]
    fn it_is_the_likelihood_written_out(
        rows in prop::collection::vec((1_u32..25, 0_u8..3, -20_i32..20, 0_u32..2), 25..60),
        turn in 0_usize..60,
    ) {
        let time: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let event: Vec<u8> = rows.iter().map(|row| row.1).collect();
        let x: Vec<f64> = rows.iter().map(|row| f64::from(row.2) / 10.0).collect();
        let groups: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let covariates = Covariates::new().with("x", &x);
        let Ok(fit) = FineGray::new(&time, &event, 1, &covariates).censoring_groups(&groups).fit() else { return Ok(()) };
        let at = |beta: f64| written_out(&time, &event, &groups, &x, beta);
        let beta = fit.coefficients[0];
        close("loglik", &fit.loglik, &[at(0.0), at(beta)], 1e-9);
        prop_assert!(at(beta) >= at(beta + 1e-3) && at(beta) >= at(beta - 1e-3));

        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        let time: Vec<f64> = turned.iter().map(|row| f64::from(row.0)).collect();
        let event: Vec<u8> = turned.iter().map(|row| row.1).collect();
        let x: Vec<f64> = turned.iter().map(|row| f64::from(row.2) / 10.0).collect();
        let groups: Vec<u32> = turned.iter().map(|row| row.3).collect();
        let covariates = Covariates::new().with("x", &x);
        let again = FineGray::new(&time, &event, 1, &covariates).censoring_groups(&groups).fit().unwrap();
        close("coef", &again.coefficients, &fit.coefficients, 1e-8);
        close("var", &flat(&again.variance), &flat(&fit.variance), 1e-7);
    }
}
