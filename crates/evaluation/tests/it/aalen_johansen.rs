//! Case 03 (MGUS): R survival, cmprsk and etm.

use evaluation::{
    Confidence, Estimate, Groups, Incidence, Sample, Scale, Variance, aalen_johansen, pseudo_values, restricted_means,
};
use serde_json::Value;

use crate::oracle::{Case, agree, names, numbers};

const NEAR: f64 = 1e-10;

struct Mgus {
    case: Case,
    time: Vec<f64>,
    event: Vec<u8>,
    weights: Vec<f64>,
    sex: Groups,
}

fn mgus() -> Mgus {
    let case = Case::open("03_aj_mgus2");
    Mgus {
        time: case.column("data.csv", "time"),
        event: case.codes("data.csv", "event"),
        weights: case.column("data.csv", "w"),
        sex: Groups::from_labels(&case.text("data.csv", "sex")),
        case,
    }
}

impl Mgus {
    fn sample(&self) -> Sample<'_> {
        Sample::new(&self.time, &self.event).unwrap()
    }
}

/// Columns of R's matrices: event-free first, then the causes, row by row.
fn matrix(incidence: &Incidence, column: impl Fn(&Estimate) -> &Vec<f64>) -> Vec<f64> {
    let columns: Vec<&Vec<f64>> = std::iter::once(&incidence.event_free).chain(&incidence.causes).map(column).collect();
    (0..incidence.time.len()).flat_map(|row| columns.iter().map(move |column| column[row])).collect()
}

/// Everything R gives of the curves. R counts people where it is given weights; `counted` are the unweighted curves.
fn as_expected(found: &Incidence, counted: &Incidence, expected: &Value) {
    let rows = 0..found.time.len();
    let events = rows.clone().flat_map(|row| [0.0, counted.events[0][row], counted.events[1][row]]).collect::<Vec<_>>();
    let hazards = rows.flat_map(|row| [found.hazards[0][row], found.hazards[1][row]]).collect::<Vec<_>>();
    for column in names(expected) {
        let values = match column {
            "states" => {
                assert_eq!(expected[column], serde_json::json!(["(s0)", "pcm", "death"]));
                continue;
            }
            "time" => found.time.clone(),
            "n_risk" => found.people.clone(),
            "n_event" => events.clone(),
            "n_censor" => counted.censored.clone(),
            "pstate" => matrix(found, |estimate| &estimate.value),
            "se" => matrix(found, |estimate| &estimate.se),
            "lower" => matrix(found, |estimate| &estimate.lower),
            "upper" => matrix(found, |estimate| &estimate.upper),
            "cumhaz" => hazards.clone(),
            other => panic!("{other} is not checked"),
        };
        agree(column, &values, &expected[column], NEAR);
    }
}

fn confidence(scale: Scale) -> Confidence {
    Confidence::new(scale, 0.95).unwrap()
}

#[test]
fn curves_by_group_with_both_variances() {
    let mgus = mgus();
    for variance in [Variance::Greenwood, Variance::Robust] {
        let curves = aalen_johansen(&mgus.sample(), &mgus.sex, &confidence(Scale::Log), variance).unwrap();
        for (curve, sex) in curves.iter().zip(["sex=0", "sex=1"]) {
            as_expected(curve, curve, mgus.case.expected(&["survfit_by_sex_log", sex]));
        }
        let all = Groups::one(mgus.time.len());
        let curve = aalen_johansen(&mgus.sample(), &all, &confidence(Scale::LogLog), variance).unwrap().remove(0);
        as_expected(&curve, &curve, mgus.case.expected(&["survfit_all_loglog", "all"]));
    }
}

#[test]
fn values_at_given_times_on_the_logit_scale() {
    let mgus = mgus();
    let all = Groups::one(mgus.time.len());
    let curve = aalen_johansen(&mgus.sample(), &all, &confidence(Scale::Logit), Variance::Greenwood).unwrap().remove(0);
    let expected = mgus.case.expected(&["survfit_all_logit_at"]);
    let times = numbers(&expected["times"]);
    let points: Vec<_> = times.iter().flat_map(|t| [0, 1, 2].map(|cause| curve.at(cause, *t))).collect();
    agree("pstate", &points.iter().map(|p| p.value).collect::<Vec<_>>(), &expected["pstate"], NEAR);
    agree("se", &points.iter().map(|p| p.se).collect::<Vec<_>>(), &expected["se"], NEAR);
    agree("lower", &points.iter().map(|p| p.lower).collect::<Vec<_>>(), &expected["lower"], NEAR);
    agree("upper", &points.iter().map(|p| p.upper).collect::<Vec<_>>(), &expected["upper"], NEAR);
}

#[test]
fn weighted_curves_with_the_robust_variance() {
    let mgus = mgus();
    let confidence = confidence(Scale::Log);
    let sample = mgus.sample().with_weights(&mgus.weights).unwrap();
    let curves = aalen_johansen(&sample, &mgus.sex, &confidence, Variance::Robust).unwrap();
    let counted = aalen_johansen(&mgus.sample(), &mgus.sex, &confidence, Variance::Greenwood).unwrap();
    for (index, sex) in ["sex=0", "sex=1"].into_iter().enumerate() {
        as_expected(&curves[index], &counted[index], mgus.case.expected(&["survfit_weighted_by_sex", sex]));
    }
}

#[test]
fn the_variance_of_cmprsk_and_that_of_etm_with_its_interval() {
    let mgus = mgus();
    let curves = aalen_johansen(&mgus.sample(), &mgus.sex, &confidence(Scale::LogLog), Variance::Greenwood).unwrap();
    let expected = mgus.case.expected(&["cuminc_aalen_var"]);
    let times = numbers(&expected["times"]);
    assert_eq!(expected["curves"], serde_json::json!(["0 1", "1 1", "0 2", "1 2"]));
    for (index, (sex, cause)) in [(0, 1), (1, 1), (0, 2), (1, 2)].into_iter().enumerate() {
        let curve = &curves[sex];
        let delta = curve.delta_se(cause);
        let est: Vec<f64> = times.iter().map(|t| curve.at(cause, *t).value).collect();
        let var: Vec<f64> =
            times.iter().map(|t| delta[curve.time.partition_point(|time| time <= t) - 1].powi(2)).collect();
        agree("est", &est, &expected["est"][index], NEAR);
        agree("var", &var, &expected["var"][index], NEAR);
        // etm: the interval of 1 − F on the scale log(−log)
        let etm = mgus.case.expected(&["etm_greenwood_cif", &format!("sex={sex}"), &format!("CIF {cause}")]);
        let at = numbers(&etm["at"]);
        let points: Vec<_> = at.iter().map(|t| curve.at(cause, *t)).collect();
        let ends: Vec<_> = points.iter().map(|p| confidence(Scale::LogLog).around(1.0 - p.value, p.se)).collect();
        agree("P", &points.iter().map(|p| p.value).collect::<Vec<_>>(), &etm["P"], NEAR);
        agree("var", &points.iter().map(|p| p.se.powi(2)).collect::<Vec<_>>(), &etm["var"], NEAR);
        agree("lower", &ends.iter().map(|(_, upper)| 1.0 - upper).collect::<Vec<_>>(), &etm["lower"], NEAR);
        agree("upper", &ends.iter().map(|(lower, _)| 1.0 - lower).collect::<Vec<_>>(), &etm["upper"], NEAR);
        // etm has a step where there was an event
        let upto = |t: &f64| {
            let before = curve.time.partition_point(|time| time <= t);
            let event = |index: &usize| curve.events[0][*index] + curve.events[1][*index] > 0.0;
            curve.time[(0..before).rev().find(event).unwrap()]
        };
        agree("time", &at.iter().map(upto).collect::<Vec<_>>(), &etm["time"], NEAR);
    }
}

#[test]
fn mean_times_in_state() {
    let mgus = mgus();
    for expected in mgus.case.expected(&["rmts"]).as_array().unwrap() {
        for (group, name) in ["sex0", "sex1"].into_iter().enumerate() {
            let expected = &expected[name];
            let horizon = expected["tau"].as_f64().unwrap();
            for variance in [Variance::Greenwood, Variance::Robust] {
                let means = restricted_means(&mgus.sample(), &mgus.sex, horizon, variance).unwrap();
                let all = [means[group].event_free, means[group].causes[0], means[group].causes[1]];
                agree("rmean", &all.map(|mean| mean.value), &expected["rmean"], NEAR);
                agree("se_ij", &all.map(|mean| mean.se), &expected["se_ij"], NEAR);
                assert!((all.iter().map(|mean| mean.value).sum::<f64>() - horizon).abs() < 1e-9);
            }
            agree("n", &[mgus.sex.rows()[group].len() as f64], &expected["n"], 0.0);
        }
    }
}

#[test]
fn pseudo_values_and_the_variance_they_carry() {
    let mgus = mgus();
    let values = pseudo_values(&mgus.sample(), 120.0).unwrap();
    agree("pseudo_cif_120", &values.concat(), mgus.case.expected(&["pseudo_cif_120"]), NEAR);
    let all = Groups::one(mgus.time.len());
    let curve = aalen_johansen(&mgus.sample(), &all, &Confidence::default(), Variance::Robust).unwrap().remove(0);
    let points = [0, 1, 2].map(|cause| curve.at(cause, 120.0));
    let n = values.len() as f64;
    let spread = [0, 1, 2]
        .map(|state| values.iter().map(|row| ((row[state] - points[state].value) / n).powi(2)).sum::<f64>().sqrt());
    let expected = mgus.case.expected(&["check_ij_se_from_residuals_120"]);
    agree("from_residuals", &spread, &expected["from_residuals"], NEAR);
    agree("from_survfit", &points.map(|point| point.se), &expected["from_survfit"], NEAR);
    assert_eq!(names(expected), ["from_residuals", "from_survfit"]);
}

#[test]
fn no_result_of_the_case_is_left_out() {
    let mut keys = mgus().case.keys().into_iter().map(str::to_owned).collect::<Vec<_>>();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "check_ij_se_from_residuals_120",
            "cuminc_aalen_var",
            "etm_greenwood_cif",
            "pseudo_cif_120",
            "rmts",
            "survfit_all_logit_at",
            "survfit_all_loglog",
            "survfit_by_sex_log",
            "survfit_weighted_by_sex",
        ]
    );
}
