//! Cases 01 (NCCTG lung) and 06 (Channing House, delayed entry): R survival.

use evaluation::{
    Confidence, Curve, Groups, Sample, Scale, Variance, kaplan_meier, log_rank, log_rank::Test, restricted_means,
};
use serde_json::Value;

use crate::oracle::{Case, agree, names, numbers};

const NEAR: f64 = 1e-10;

struct Lung {
    case: Case,
    time: Vec<f64>,
    status: Vec<u8>,
    weights: Vec<f64>,
    sex: Groups,
}

fn lung() -> Lung {
    let case = Case::open("01_km_lung");
    Lung {
        time: case.column("data.csv", "time"),
        status: case.codes("data.csv", "status"),
        weights: case.column("data.csv", "w"),
        sex: Groups::from_labels(&case.text("data.csv", "sex")),
        case,
    }
}

impl Lung {
    fn sample(&self) -> Sample<'_> {
        Sample::new(&self.time, &self.status).unwrap()
    }

    fn curves(&self, scale: Scale) -> Vec<Curve> {
        let confidence = Confidence::new(scale, 0.95).unwrap();
        kaplan_meier(&self.sample(), &self.sex, &confidence, Variance::Greenwood).unwrap()
    }
}

/// Everything R gives of a curve, but the standard error of the robust one (see its test).
fn as_expected(curve: &Curve, expected: &Value, robust: bool) {
    let se = &curve.survival.se;
    let of_log: Vec<f64> = se.iter().zip(&curve.survival.value).map(|(se, value)| se / value).collect();
    let columns: [(&str, &[f64]); 11] = [
        ("time", &curve.time),
        ("n_risk", &curve.at_risk),
        ("n_event", &curve.events),
        ("n_censor", &curve.censored),
        ("surv", &curve.survival.value),
        ("se_cumhaz_scale", if robust { se } else { &of_log }),
        ("se_surv", se),
        ("lower", &curve.survival.lower),
        ("upper", &curve.survival.upper),
        ("cumhaz", &curve.hazard),
        ("se_chaz", &curve.hazard_se),
    ];
    let mut checked = Vec::new();
    for (name, found) in columns {
        checked.push(name);
        if robust && name == "se_surv" {
            continue;
        }
        agree(name, found, &expected[name], NEAR);
    }
    checked.sort_unstable();
    assert_eq!(names(expected), checked);
}

#[test]
fn curves_with_every_scale_of_the_interval() {
    let lung = lung();
    let scales = [
        ("plain", Scale::Plain),
        ("log", Scale::Log),
        ("log-log", Scale::LogLog),
        ("logit", Scale::Logit),
        ("arcsin", Scale::Arcsine),
    ];
    for (name, scale) in scales {
        let curves = lung.curves(scale);
        for (curve, sex) in curves.iter().zip(["sex=1", "sex=2"]) {
            as_expected(curve, lung.case.expected(&[&format!("km_by_sex_{name}"), sex]), false);
            assert_eq!(curve.people, curve.at_risk);
        }
    }
}

#[test]
fn weighted_curves_plain_and_robust() {
    let lung = lung();
    let sample = lung.sample().with_weights(&lung.weights).unwrap();
    let confidence = Confidence::new(Scale::Log, 0.95).unwrap();
    let plain = kaplan_meier(&sample, &lung.sex, &confidence, Variance::Greenwood).unwrap();
    let robust = kaplan_meier(&sample, &lung.sex, &confidence, Variance::Robust).unwrap();
    for (index, sex) in ["sex=1", "sex=2"].into_iter().enumerate() {
        as_expected(&plain[index], lung.case.expected(&["km_weighted_greenwood", sex]), false);
        // R's `std.err` of a robust curve is that of survival itself; the case file multiplied it by survival once more
        let expected = lung.case.expected(&["km_weighted_robust", sex]);
        as_expected(&robust[index], expected, true);
        let estimate = &robust[index].survival;
        let twice: Vec<f64> = estimate.se.iter().zip(&estimate.value).map(|(se, value)| se * value).collect();
        agree("se_surv", &twice, &expected["se_surv"], NEAR);
    }
    // people are counted without their weights
    assert_eq!(plain[0].people, lung.curves(Scale::Log)[0].at_risk);
}

#[test]
fn quantiles_with_intervals() {
    let lung = lung();
    let expected = lung.case.expected(&["quantiles_log"]);
    let curves = lung.curves(Scale::Log);
    for (index, curve) in curves.iter().enumerate() {
        let quantiles = [0.25, 0.5, 0.75].map(|p| curve.quantile(p));
        agree("quantile", &quantiles.map(|q| q.value), &expected["quantile"][index], NEAR);
        agree("lower", &quantiles.map(|q| q.lower), &expected["lower"][index], NEAR);
        agree("upper", &quantiles.map(|q| q.upper), &expected["upper"][index], NEAR);
    }
}

#[test]
fn values_at_given_times() {
    let lung = lung();
    let expected = lung.case.expected(&["at_times"]);
    let times = numbers(&expected["times"]);
    let curves = lung.curves(Scale::Log);
    let points: Vec<_> = curves.iter().flat_map(|curve| times.iter().map(|t| curve.at(*t))).collect();
    agree("surv", &points.iter().map(|p| p.value).collect::<Vec<_>>(), &expected["surv"], NEAR);
    agree("std_err", &points.iter().map(|p| p.se).collect::<Vec<_>>(), &expected["std_err"], NEAR);
    agree("lower", &points.iter().map(|p| p.lower).collect::<Vec<_>>(), &expected["lower"], NEAR);
    agree("upper", &points.iter().map(|p| p.upper).collect::<Vec<_>>(), &expected["upper"], NEAR);
    let people: Vec<f64> = curves.iter().flat_map(|curve| times.iter().map(|t| curve.people_at(*t))).collect();
    agree("n_risk", &people, &expected["n_risk"], NEAR);
    let strata: Vec<&str> = expected["strata"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(strata, ["sex=1", "sex=1", "sex=1", "sex=1", "sex=2", "sex=2", "sex=2", "sex=2"]);
}

#[test]
fn delayed_entry_and_the_curve_of_those_who_got_to_an_age() {
    let case = Case::open("06_lefttrunc_channing_jasa");
    let (entry, exit) = (case.column("channing.csv", "entry"), case.column("channing.csv", "exit"));
    let (death, male) = (case.codes::<u8>("channing.csv", "death"), case.text("channing.csv", "male"));
    let check = |key: &str, keep: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = (0..exit.len()).filter(|row| keep(*row)).collect();
        let (time, entry) = (pick(&exit, &rows), pick(&entry, &rows));
        let (event, groups) = (pick(&death, &rows), Groups::from_labels(&pick(&male, &rows)));
        let sample = Sample::new(&time, &event).unwrap().with_entry(&entry).unwrap();
        let curves = kaplan_meier(&sample, &groups, &Confidence::default(), Variance::Greenwood).unwrap();
        for (curve, name) in curves.iter().zip(["male=0", "male=1"]) {
            let expected = case.expected(&[key, name]);
            for column in names(expected) {
                let found = match column {
                    "time" => &curve.time,
                    "n_risk" => &curve.people,
                    "n_event" => &curve.events,
                    "surv" => &curve.survival.value,
                    "se_surv" => &curve.survival.se,
                    other => panic!("{other} is not checked"),
                };
                agree(column, found, &expected[column], 1e-8);
            }
        }
    };
    check("km_delayed_entry", &|_| true);
    check("km_conditional_on_816", &|row| exit[row] >= 816.0);
}

fn pick<T: Clone>(all: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| all[*row].clone()).collect()
}

#[test]
fn restricted_mean_survival_and_its_difference() {
    let lung = lung();
    for expected in lung.case.expected(&["rmst"]).as_array().unwrap() {
        let horizon = expected["tau"].as_f64().unwrap();
        let means = restricted_means(&lung.sample(), &lung.sex, horizon, Variance::Greenwood).unwrap();
        let all: Vec<_> = means.iter().map(|means| means.event_free).collect();
        agree("rmean", &[all[0].value, all[1].value], &expected["rmean"], NEAR);
        agree("se", &[all[0].se, all[1].se], &expected["se"], NEAR);
        agree("diff", &[all[1].value - all[0].value], &expected["diff"], NEAR);
        agree("diff_se", &[all[0].se.hypot(all[1].se)], &expected["diff_se"], NEAR);
    }
}

#[test]
fn pseudo_values() {
    let lung = lung();
    let values: Vec<f64> = evaluation::pseudo_values(&lung.sample(), 365.0).unwrap().iter().map(|row| row[0]).collect();
    agree("pseudo_surv_365", &values, lung.case.expected(&["pseudo_surv_365"]), NEAR);
}

fn test_as_expected(test: &Test, expected: &Value) {
    for name in names(expected) {
        let found = match name {
            "chisq" => vec![test.statistic],
            "df" => vec![test.df as f64],
            "p" => vec![test.p],
            "obs" => test.observed.clone(),
            "exp" => test.expected.clone(),
            "var" => test.variance.concat(),
            other => panic!("{other} is not checked"),
        };
        agree(name, &found, &expected[name], NEAR);
    }
}

#[test]
fn log_rank_of_two_and_four_groups_stratified_and_weighted() {
    let lung = lung();
    let (sample, ecog) = (lung.sample(), Groups::from_labels(&lung.case.text("data.csv", "ph.ecog")));
    let expected = |key: &str| lung.case.expected(&[key]);
    test_as_expected(&log_rank(&sample, &lung.sex, None, 0.0).unwrap(), expected("logrank"));
    test_as_expected(&log_rank(&sample, &lung.sex, None, 1.0).unwrap(), expected("peto_rho1"));
    test_as_expected(&log_rank(&sample, &ecog, None, 0.0).unwrap(), expected("logrank_k4"));
    test_as_expected(&log_rank(&sample, &lung.sex, Some(&ecog), 0.0).unwrap(), expected("logrank_strat_ecog"));
}

#[test]
fn no_result_of_the_case_is_left_out() {
    let mut keys = lung().case.keys().into_iter().map(str::to_owned).collect::<Vec<_>>();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "at_times",
            "km_by_sex_arcsin",
            "km_by_sex_log",
            "km_by_sex_log-log",
            "km_by_sex_logit",
            "km_by_sex_plain",
            "km_weighted_greenwood",
            "km_weighted_robust",
            "logrank",
            "logrank_k4",
            "logrank_strat_ecog",
            "peto_rho1",
            "pseudo_surv_365",
            "quantiles_log",
            "rmst",
        ]
    );
}
