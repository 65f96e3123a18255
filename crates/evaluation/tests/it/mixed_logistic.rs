//! Sites as draws, an outcome that happens or not: cases 13 and 18 (R: lme4).

use evaluation::{
    gee::{self, Working},
    mixed_logistic::fit,
};
use nalgebra::DMatrix;

use crate::oracle::{Case, agree};

/// Both sides search for a maximum; the case names this tolerance.
const TOLERANCE: f64 = 1e-4;

#[test]
fn twelve_hospitals() {
    let case = Case::open("13_funnel_surgical");
    let (events, total) = (case.column("data.csv", "r"), case.column("data.csv", "n"));
    let site: Vec<usize> = (0..12).collect();
    let found = fit(&DMatrix::from_element(12, 1, 1.0), &events, &total, &site, 25).unwrap();
    let expected = |key: &str| case.expected(&["glmm_agq25", key]).clone();
    agree("intercept", &found.coefficients, &expected("intercept"), 1e-5);
    agree("se", &found.errors, &expected("se"), TOLERANCE);
    agree("sigma", &[found.between], &expected("sigma"), 1e-5);
    // lme4 counts from the likelihood of a model with a chance for each hospital
    let own = |r: f64, n: f64| if r > 0.0 && r < n { r * (r / n).ln() + (n - r) * (1.0 - r / n).ln() } else { 0.0 };
    let saturated: f64 = events.iter().zip(&total).map(|(r, n)| own(*r, *n)).sum();
    agree("log-likelihood", &[found.log_likelihood - saturated], &expected("loglik"), 1e-6);
    let (mode, spread): (Vec<f64>, Vec<f64>) = found.sites.iter().copied().unzip();
    agree("mode", &mode, &expected("mode"), TOLERANCE);
    agree("cond_sd", &spread, &expected("cond_sd"), TOLERANCE);
    let share: Vec<f64> = mode.iter().map(|mode| 1.0 / (1.0 + (-found.coefficients[0] - mode).exp())).collect();
    agree("p", &share, &expected("p"), TOLERANCE);
}

/// Sites, the change and the periods as columns, and whether it happened.
fn wedge(case: &Case) -> (Vec<usize>, DMatrix<f64>, Vec<f64>) {
    let from_one = |column: &str| -> Vec<usize> {
        case.codes::<usize>("data.csv", column).into_iter().map(|code| code - 1).collect()
    };
    let (site, period) = (from_one("site"), from_one("q"));
    let (on, y) = (case.column("data.csv", "on"), case.column("data.csv", "b"));
    let design = DMatrix::from_fn(y.len(), 11, |row, column| match column {
        0 => on[row],
        _ => f64::from(u8::from(period[row] == column - 1)),
    });
    (site, design, y)
}

#[test]
fn a_stepped_wedge_with_an_outcome_that_happens_or_not() {
    let case = Case::open("18_did_steppedwedge");
    let (site, design, y) = wedge(&case);
    let found = fit(&design, &y, &vec![1.0; y.len()], &site, 15).unwrap();
    let expected = |key: &str| case.expected(&["glmm_logit", key]).clone();
    assert!(expected("tolerance").as_f64().unwrap() >= TOLERANCE);
    agree("coef_on", &found.coefficients[..1], &expected("coef_on"), TOLERANCE);
    agree("sigma", &[found.between], &expected("sigma"), TOLERANCE);
    agree("log-likelihood", &[found.log_likelihood], &expected("loglik"), 1e-6);
    // the truth of the case is 0.5
    assert!((found.coefficients[0] - 0.5).abs() < 2.0 * found.errors[0], "{found:?}");
}

#[test]
fn what_cannot_be_told_is_refused() {
    let one = DMatrix::from_element(4, 1, 1.0);
    let (events, total) = (vec![5.0, 5.0, 5.0, 5.0], vec![10.0; 4]);
    let told = |design: &DMatrix<f64>, events: &[f64], site: &[usize]| {
        fit(design, events, &total, site, 15).unwrap_err().to_string()
    };
    assert!(told(&one, &events, &[0, 1, 2, 3]).contains("no more than chance"));
    assert!(told(&one, &events, &[0, 0, 0, 0]).contains("at least two sites"));
    assert!(told(&one, &events, &[0, 1]).contains("has 2 values"));
    assert!(told(&one, &[5.0, 11.0, 5.0, 5.0], &[0, 1, 2, 3]).contains("row 2, events"));
    assert!(told(&DMatrix::from_element(4, 2, 1.0), &[1.0, 9.0, 2.0, 8.0], &[0, 1, 2, 3]).contains("told apart"));
    let split = DMatrix::from_row_slice(4, 2, &[1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    assert!(told(&split, &[0.0, 0.0, 10.0, 10.0], &[0, 1, 2, 3]).contains("separates"));
}

/// R's geepack stops when a round changes less than 1e-4.
#[test]
fn the_same_wedge_on_average_over_sites() {
    let case = Case::open("18_did_steppedwedge");
    let (site, design, y) = wedge(&case);
    let y: Vec<bool> = y.iter().map(|y| *y > 0.5).collect();
    for (key, working) in [("gee_independence", Working::Independence), ("gee_exchangeable", Working::Exchangeable)] {
        let found = gee::fit(&design, &y, &site, working).unwrap();
        let expected = |name: &str| case.expected(&[key, name]).clone();
        agree("coef_on", &found.coefficients[..1], &expected("coef_on"), TOLERANCE);
        agree("san_se", &found.errors[..1], &expected("san_se"), TOLERANCE);
        agree("alpha", &[found.alike], &expected("alpha"), TOLERANCE);
        agree("phi", &[found.scale], &expected("phi"), TOLERANCE);
    }
    assert!(
        gee::fit(&design, &y, &vec![0; y.len()], Working::Exchangeable).unwrap_err().to_string().contains("two sites")
    );
    assert!(gee::fit(&design, &y, &[0, 1], Working::Exchangeable).unwrap_err().to_string().contains("has 2 values"));
}
