//! Five sites of a made-up network, of which the truth is known: case 19.

use evaluation::{
    Groups, Sample, logistic,
    regression::Covariates,
    standardisation::{Compared, Standardised, g_formula},
    weighting::aiptw,
};
use nalgebra::DMatrix;
use serde_json::Value;

use crate::oracle::{Case, agree};

const SITES: [&str; 5] = ["Amsterdam", "Rotterdam", "Utrecht", "Eindhoven", "Groningen"];
const TIMES: [f64; 3] = [180.0, 365.0, 730.0];

struct Network {
    case: Case,
    time: Vec<f64>,
    event: Vec<u8>,
    site: Vec<u32>,
    names: Vec<&'static str>,
    columns: Vec<Vec<f64>>,
}

fn open() -> Network {
    let case = Case::open("19_lvv_synth");
    let column = |name: &str| case.column("persons.csv", name);
    let region = column("region");
    let is = |code: f64| region.iter().map(|r| f64::from(u8::from((r - code).abs() < 0.5))).collect::<Vec<f64>>();
    let scaled = |name: &str, from: f64, by: f64| column(name).iter().map(|x| (x - from) / by).collect::<Vec<f64>>();
    let site = case.text("persons.csv", "entry_site");
    Network {
        time: column("time"),
        event: case.codes("persons.csv", "event"),
        site: site.iter().map(|name| u32::try_from(SITES.iter().position(|s| s == name).unwrap()).unwrap()).collect(),
        names: vec!["age10", "female", "yrs5", "region1", "region2", "region3", "health", "earlier_dtv"],
        columns: vec![
            scaled("age", 36.0, 10.0),
            column("female"),
            scaled("years_since_refusal", 5.0, 5.0),
            is(1.0),
            is(2.0),
            is(3.0),
            column("health"),
            column("earlier_dtv"),
        ],
        case,
    }
}

impl Network {
    fn ask(&self, how: impl Fn(Compared<'_>) -> Standardised) -> Standardised {
        let sample = Sample::new(&self.time, &self.event).unwrap();
        let groups = Groups::from_codes(self.site.clone(), SITES.map(str::to_owned).to_vec()).unwrap();
        let covariates =
            self.names.iter().zip(&self.columns).fold(Covariates::new(), |all, (name, column)| all.with(*name, column));
        how(Compared { sample: &sample, groups: &groups, covariates: &covariates })
    }
}

/// The errors of R count each time with events once in the score, however many there were: in whole days that is a
/// good part of them, and its errors are wider by up to ERRORS (see `standardisation`). Risks are asked to 1e-8.
const ERRORS: f64 = 0.04;

#[test]
fn risks_of_five_sites_are_those_of_r_and_near_the_truth() {
    let network = open();
    let truth = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/19_lvv_synth/truth.json"));
    let truth: Value = serde_json::from_str(&truth.unwrap()).unwrap();
    for cause in [1, 4] {
        let found = network.ask(|compared| g_formula(compared, cause, &TIMES, 0.95).unwrap());
        let expected = network.case.expected(&[&format!("gformula_{cause}")]);
        for site in 0..5 {
            for (time, days) in ["180", "365", "730"].iter().enumerate() {
                let risk = found.risk(site, time);
                agree("risk", &[risk.estimate], &expected["risk"][3 * site + time], 1e-8);
                let theirs = expected["se"][3 * site + time].as_f64().unwrap();
                assert!((risk.error / theirs - 1.0).abs() < ERRORS, "{risk:?} {theirs}");
                let true_risk = &truth["true_standardised_cif"][SITES[site]][days][usize::from(cause) - 1];
                let off = (risk.estimate - true_risk.as_f64().unwrap()) / risk.error;
                assert!(off.abs() < 4.0, "{} {days}: {risk:?} where {true_risk} is true", SITES[site]);
            }
        }
        let mut pair = 0;
        for from in 0..5 {
            for to in from + 1..5 {
                for time in 0..3 {
                    let difference = found.difference(to, from, time);
                    agree("difference", &[difference.estimate], &expected["diff"]["est"][pair], 1e-8);
                    let theirs = expected["diff"]["se"][pair].as_f64().unwrap();
                    assert!((difference.error / theirs - 1.0).abs() < ERRORS, "{difference:?} {theirs}");
                    pair += 1;
                }
            }
        }
    }
}

#[test]
fn both_ways_together_come_near_the_g_formula() {
    let network = open();
    let g = network.ask(|compared| g_formula(compared, 4, &[365.0], 0.95).unwrap());
    let both = network.ask(|compared| aiptw(compared, 4, &[365.0], 0.95).unwrap());
    for site in 0..5 {
        let (g, both) = (g.risk(site, 0), both.risk(site, 0));
        // the models are right here; weighting as well only costs some width
        assert!((g.estimate - both.estimate).abs() < 2.0 * both.error && both.error > 0.9 * g.error, "{g:?} {both:?}");
    }
}

/// Observed against expected from a logistic model of the case mix, among those who entered a year or more before the
/// end.
#[test]
fn observed_against_expected_of_each_site() {
    let network = open();
    let day = network.case.column("persons.csv", "entry_day");
    let rows: Vec<usize> = (0..day.len()).filter(|&row| day[row] <= 1187.0 - 365.0).collect();
    let durable = |row: usize| (1..=3).contains(&network.event[row]) && network.time[row] <= 365.0;
    let design = DMatrix::from_fn(rows.len(), 9, |i, c| if c == 0 { 1.0 } else { network.columns[c - 1][rows[i]] });
    let y: Vec<bool> = rows.iter().map(|row| durable(*row)).collect();
    let model = logistic::fit(&design, &y).unwrap();
    let expected = |key: &str| network.case.expected(&["indirect", key]).clone();
    for (found, name) in
        model.coefficients.iter().zip(std::iter::once("(Intercept)").chain(network.names.iter().copied()))
    {
        agree(name, &[*found], &expected("glm_coef")[name], 1e-8);
    }
    let sum = |of: &dyn Fn(usize) -> f64| {
        let mut sums = vec![0.0; 5];
        rows.iter().enumerate().for_each(|(i, row)| sums[network.site[*row] as usize] += of(i));
        sums
    };
    let (observed, fitted) = (sum(&|i| f64::from(u8::from(y[i]))), sum(&|i| model.fitted[i]));
    agree("n", &sum(&|_| 1.0), &expected("n"), 1e-12);
    agree("O", &observed, &expected("O"), 1e-12);
    agree("E", &fitted, &expected("E"), 1e-8);
    let ratio: Vec<f64> = observed.iter().zip(&fitted).map(|(o, e)| o / e).collect();
    agree("O/E", &ratio, &expected("smr"), 1e-8);
}
