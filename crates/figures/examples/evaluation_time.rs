//! How long the computing of the evaluation page takes, for 2,000 and 20,000 invented people at five sites:
//! `cargo run --release -p figures --example evaluation_time`.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a measurement")]

use std::time::Instant;

use domain::programme::Programme;
use figures::evaluation::{
    cohort::Person,
    funnel::funnel,
    guard::check,
    plan::{By, Estimator, Plan, TimeZero},
    safe::evaluate,
};
use jiff::{ToSpan, civil::date};

const SITES: [&str; 5] = ["amsterdam", "eindhoven", "groningen", "rotterdam", "utrecht"];
const REASONS: [&str; 6] =
    ["permit", "return-to-country-of-origin", "onward-migration", "forced-return", "unknown-destination", "other"];

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn people(n: usize) -> Vec<Person> {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let mut person = |_| {
        let site = SITES[usize::try_from(dice.below(100)).map_or(0, |roll| [0, 0, 0, 1, 2, 2, 3, 4, 4, 4][roll / 10])];
        let entered = date(2019, 4, 1).saturating_add(i64::try_from(dice.below(1_100)).unwrap_or(0).days());
        let stay = i64::try_from(dice.below(1_200)).unwrap_or(0);
        let reason = REASONS[usize::try_from(dice.below(6)).unwrap_or(0)];
        let left = (dice.below(10) < 6).then(|| (entered.saturating_add(stay.days()), reason.to_owned()));
        let agreed = entered.saturating_add(i64::try_from(dice.below(90)).unwrap_or(0).days());
        let scenario = Some((format!("scenario-{}", dice.below(12)), agreed));
        Person { site: site.into(), method: format!("{site}-2019"), entered, scenario, left }
    };
    (0..n).map(&mut person).collect()
}

fn main() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018");
    let paths = std::fs::read_dir(dir).expect("the programme").map(|entry| entry.expect("a file").path());
    let name = |path: &std::path::Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut files: Vec<(String, String)> =
        paths.map(|path| (name(&path).unwrap_or_default(), std::fs::read_to_string(&path).expect("text"))).collect();
    files.sort();
    let programme = Programme::parse(&files).expect("a right programme");
    for n in [2_000, 20_000] {
        let people = people(n);
        for (by, zero) in
            [(By::Nothing, TimeZero::Entry), (By::Site, TimeZero::Entry), (By::Scenario, TimeZero::Scenario)]
        {
            let classification = &programme.classifications[0];
            let plan = check(Plan {
                by,
                zero,
                classification: classification.id.clone(),
                estimator: Estimator::AalenJohansen,
                starting: None,
                seen_from: None,
                until: date(2022, 7, 1),
            })
            .expect("a plan that is allowed");
            let mut took: Vec<f64> = (0..9)
                .map(|_| {
                    let start = Instant::now();
                    let results = evaluate(&people, &plan, classification).expect("results");
                    std::hint::black_box(funnel(&results, 0, 1));
                    start.elapsed().as_secs_f64() * 1_000.0
                })
                .collect();
            took.sort_by(f64::total_cmp);
            println!("{n} people, by {}: {:.1} ms (median of 9; {:.1} to {:.1})", by.code(), took[4], took[0], took[8]);
        }
    }
}
