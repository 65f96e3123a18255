//! Case 19 (an invented network of five sites, six outcomes): R survival and cmprsk. The regressions of the case are elsewhere.

use evaluation::{
    Confidence, Event, Groups, Sample, Scale, Variance, aalen_johansen, gray, kaplan_meier, restricted_means,
};
use serde_json::Value;

use crate::oracle::{Case, agree, names, numbers};

const NEAR: f64 = 1e-8;
const SITES: [&str; 5] = ["Amsterdam", "Rotterdam", "Utrecht", "Eindhoven", "Groningen"];

struct Network {
    case: Case,
    time: Vec<f64>,
    event: Vec<Event>,
    site: Groups,
}

fn network() -> Network {
    let case = Case::open("19_lvv_synth");
    let code = |site: &String| u32::try_from(SITES.iter().position(|name| name == site).unwrap()).unwrap();
    let codes = case.text("persons.csv", "entry_site").iter().map(code).collect();
    Network {
        time: case.column("persons.csv", "time"),
        event: case.codes("persons.csv", "event"),
        site: Groups::from_codes(codes, SITES.map(str::to_owned).to_vec()).unwrap(),
        case,
    }
}

#[test]
fn incidence_of_six_outcomes_at_five_sites() {
    let network = network();
    let sample = Sample::new(&network.time, &network.event).unwrap();
    let confidence = Confidence::new(Scale::Log, 0.95).unwrap();
    let curves = aalen_johansen(&sample, &network.site, &confidence, Variance::Greenwood).unwrap();
    let expected = network.case.expected(&["aj"]);
    let times = &numbers(&expected["times"])[..3];
    let points: Vec<_> = curves
        .iter()
        .flat_map(|curve| times.iter().flat_map(move |t| (0..=6).map(move |cause| curve.at(cause, *t))))
        .collect();
    for column in names(expected) {
        match column {
            "pstate" => agree(column, &points.iter().map(|p| p.value).collect::<Vec<_>>(), &expected[column], NEAR),
            "se_ij" => agree(column, &points.iter().map(|p| p.se).collect::<Vec<_>>(), &expected[column], NEAR),
            "lower_log" => agree(column, &points.iter().map(|p| p.lower).collect::<Vec<_>>(), &expected[column], NEAR),
            "upper_log" => agree(column, &points.iter().map(|p| p.upper).collect::<Vec<_>>(), &expected[column], NEAR),
            "n_risk" => {
                let people: Vec<f64> =
                    curves.iter().flat_map(|curve| times.iter().map(|t| curve.people_at(*t))).collect();
                agree(column, &people, &expected[column], 0.0);
            }
            "strata" | "times" | "states" => (),
            other => panic!("{other} is not checked"),
        }
    }
}

#[test]
fn gray_for_each_outcome() {
    let network = network();
    let sample = Sample::new(&network.time, &network.event).unwrap();
    let tests = gray(&sample, &network.site, None, 0.0).unwrap();
    let expected = network.case.expected(&["gray"]);
    agree("cause", &tests.iter().map(|test| f64::from(test.cause)).collect::<Vec<_>>(), &expected["cause"], 0.0);
    agree("stat", &tests.iter().map(|test| test.statistic).collect::<Vec<_>>(), &expected["stat"], NEAR);
    agree("p", &tests.iter().map(|test| test.p).collect::<Vec<_>>(), &expected["p"], NEAR);
    agree("df", &tests.iter().map(|test| test.df as f64).collect::<Vec<_>>(), &expected["df"], 0.0);
}

#[test]
fn mean_times_and_shares_among_leavers() {
    let network = network();
    let sample = Sample::new(&network.time, &network.event).unwrap();
    let means = restricted_means(&sample, &network.site, 730.0, Variance::Robust).unwrap();
    for (index, site) in SITES.iter().enumerate() {
        let expected = network.case.expected(&["rmts730", site]);
        let all: Vec<_> = std::iter::once(means[index].event_free).chain(means[index].causes.clone()).collect();
        agree("rmean", &all.iter().map(|mean| mean.value).collect::<Vec<_>>(), &expected["rmean"], NEAR);
        agree("se_ij", &all.iter().map(|mean| mean.se).collect::<Vec<_>>(), &expected["se_ij"], NEAR);
        let expected = network.case.expected(&["naive_share_among_exits", site]);
        let rows = &network.site.rows()[index];
        let left: Vec<Event> = rows.iter().map(|row| network.event[*row]).filter(|event| *event > 0).collect();
        let share = |cause: Event| {
            left.iter().map(|event| f64::from(u8::from(*event == cause))).sum::<f64>() / left.len() as f64
        };
        agree("share", &(1..=6).map(share).collect::<Vec<_>>(), &expected["share"], NEAR);
        agree("n", &[left.len() as f64], &expected["n"], 0.0);
    }
}

/// Everyone there on one day: those who stay long are over-represented, unless each is at risk from that day only.
#[test]
fn a_stock_sample_needs_its_delayed_entry() {
    let network = network();
    let entered = network.case.column("persons.csv", "entry_day");
    let there = |row: &usize| entered[*row] <= 1006.0 && network.time[*row] > 1006.0 - entered[*row];
    let rows: Vec<usize> = (0..entered.len()).filter(there).collect();
    let expected = network.case.expected(&["stock_sample"]);
    agree("n", &[rows.len() as f64], &expected["n"], 0.0);
    let time: Vec<f64> = rows.iter().map(|row| network.time[*row]).collect();
    let event: Vec<Event> = rows.iter().map(|row| network.event[*row]).collect();
    let entry: Vec<f64> = rows.iter().map(|row| 1006.0 - entered[*row]).collect();
    let stock = Sample::new(&time, &event).unwrap();
    check(&stock, &expected["cif365_wrong"]);
    check(&stock.with_entry(&entry).unwrap(), &expected["cif365_delayed_entry"]);
    check(&Sample::new(&network.time, &network.event).unwrap(), &expected["cif365_full_inflow"]);
}

fn check(sample: &Sample, expected: &Value) {
    let all = Groups::one(sample.rows());
    let curve = aalen_johansen(sample, &all, &Confidence::default(), Variance::Greenwood).unwrap().remove(0);
    let found: Vec<f64> = (0..=6).map(|cause| curve.at(cause, 365.0).value).collect();
    agree("cif365", &found, expected, NEAR);
    let survival = kaplan_meier(sample, &all, &Confidence::default(), Variance::Greenwood).unwrap().remove(0);
    assert!((survival.at(365.0).value - found[0]).abs() < 1e-12);
}
