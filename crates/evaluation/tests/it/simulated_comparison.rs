//! Networks made up by chance, of which the truth is known: equal sites are set apart in at most one of twenty, and
//! intervals hold the truth as often as they say. Every test has its own fixed seed, so that a failure comes back.
//! Curves and their tests are in `simulated`.

use evaluation::{
    Confidence, Groups, Sample, Variance, aalen_johansen,
    funnel::{Standing, standing},
    regression::Covariates,
    standardisation::{Compared, Standardised, g_formula},
    weighting::{aiptw, iptw},
};

use crate::random::Random;

struct Chance(Random);

impl Chance {
    /// Between 0 and 1, neither included.
    fn share(&mut self) -> f64 {
        ((self.0.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn wait(&mut self, rate: f64) -> f64 {
        -self.share().ln() / rate
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.share() < chance
    }

    fn count(&mut self, n: u32, chance: f64) -> f64 {
        (0..n).filter(|_| self.happens(chance)).count() as f64
    }
}

/// The share of runs may be this much off by chance: 3 standard errors.
fn margin(share: f64, runs: u32) -> f64 {
    3.0 * (share * (1.0 - share) / f64::from(runs)).sqrt()
}

fn at_most(what: &str, found: u32, runs: u32, share: f64) {
    let found = f64::from(found) / f64::from(runs);
    assert!(found <= share + margin(share, runs), "{what}: {found} of the runs, more than {share}");
}

fn nominal(what: &str, found: u32, runs: u32, share: f64) {
    let found = f64::from(found) / f64::from(runs);
    assert!((found - share).abs() <= margin(share, runs), "{what}: {found} of the runs, not {share}");
}

/// The networks of 2018 and 2022 in size.
const FIVE: [u32; 5] = [33, 201, 73, 268, 287];
const EIGHT: [u32; 8] = [33, 201, 73, 268, 287, 30, 25, 40];

fn apart(events: &[f64], total: &[f64]) -> bool {
    standing(events, total, 0.95).unwrap().iter().any(|standing| *standing != Standing::AsOthers)
}

#[test]
fn equal_sites_are_set_apart_by_the_funnel_in_at_most_one_network_of_twenty() {
    let mut chance = Chance(Random(2018));
    for sizes in [&FIVE[..], &EIGHT[..]] {
        let total: Vec<f64> = sizes.iter().map(|n| f64::from(*n)).collect();
        for share in [0.1, 0.3, 0.6] {
            let runs = 2000;
            let apart = (0..runs).filter(|_| {
                let events: Vec<f64> = sizes.iter().map(|n| chance.count(*n, share)).collect();
                apart(&events, &total)
            });
            let found = u32::try_from(apart.count()).unwrap();
            // one level for all sites, so not so few either that nothing would ever be seen
            at_most(&format!("{} sites, {share}", sizes.len()), found, runs, 0.05);
            assert!(f64::from(found) / f64::from(runs) > 0.005, "{found} of {runs}: the limits are too wide");
        }
    }
}

#[test]
fn a_site_that_does_better_is_set_apart() {
    let mut chance = Chance(Random(7));
    let total: Vec<f64> = FIVE.iter().map(|n| f64::from(*n)).collect();
    let seen = (0..300).filter(|_| {
        let events: Vec<f64> = (0..5).map(|i| chance.count(FIVE[i], if i == 1 { 0.45 } else { 0.25 })).collect();
        standing(&events, &total, 0.95).unwrap()[1] == Standing::More
    });
    assert!(seen.count() > 240);
}

/// Two causes and censoring, each with its own rate a day.
fn someone(chance: &mut Chance, rates: [f64; 2], censored: f64) -> (f64, u8) {
    let waits = [chance.wait(rates[0]), chance.wait(rates[1]), chance.wait(censored)];
    if waits[2] < waits[0].min(waits[1]) {
        (waits[2], 0)
    } else if waits[0] < waits[1] {
        (waits[0], 1)
    } else {
        (waits[1], 2)
    }
}

/// The cumulative incidence of the first cause.
fn truth(rates: [f64; 2], time: f64) -> f64 {
    let sum = rates[0] + rates[1];
    rates[0] / sum * (1.0 - (-sum * time).exp())
}

const CENSORED: f64 = 0.0004;
const YEAR: f64 = 365.0;

/// A population in which those with more against them come to the one method more often, and it works a little better.
struct Population {
    time: Vec<f64>,
    event: Vec<u8>,
    treated: Vec<u32>,
    against: Vec<f64>,
}

const AGAINST: [f64; 3] = [0.5, 0.3, 0.2];

fn rates(treated: bool, against: f64) -> [f64; 2] {
    let better = if treated { 0.35_f64 } else { 0.0 };
    [0.0016 * (better - 0.5 * against).exp(), 0.0008 * (0.3 * against).exp()]
}

impl Population {
    fn new(chance: &mut Chance, people: usize) -> Self {
        let mut all = Self { time: vec![], event: vec![], treated: vec![], against: vec![] };
        for _ in 0..people {
            let share = chance.share();
            let against: f64 = if share < AGAINST[0] {
                0.0
            } else if share < AGAINST[0] + AGAINST[1] {
                1.0
            } else {
                2.0
            };
            let treated = chance.happens(1.0 / (1.0 + (0.6 - 0.7 * against).exp()));
            let (time, event) = someone(chance, rates(treated, against), CENSORED);
            all.time.push(time);
            all.event.push(event);
            all.treated.push(u32::from(treated));
            all.against.push(against);
        }
        all
    }

    fn ask(&self, how: impl Fn(Compared<'_>) -> Standardised) -> Standardised {
        let sample = Sample::new(&self.time, &self.event).unwrap();
        let groups = Groups::from_codes(self.treated.clone(), vec!["A".into(), "B".into()]).unwrap();
        let covariates = Covariates::new().with("against", &self.against);
        how(Compared { sample: &sample, groups: &groups, covariates: &covariates })
    }
}

#[test]
fn the_interval_of_a_standardised_difference_holds_the_truth_as_often_as_it_says() {
    let mut chance = Chance(Random(13));
    let average = |treated: bool| {
        AGAINST
            .iter()
            .zip([0.0, 1.0, 2.0])
            .map(|(share, against)| share * truth(rates(treated, against), YEAR))
            .sum::<f64>()
    };
    let truth = average(true) - average(false);
    let runs = 300;
    let (mut held, mut crude) = ([0; 3], 0.0);
    for _ in 0..runs {
        let people = Population::new(&mut chance, 300);
        let found = [
            people.ask(|compared| g_formula(compared, 1, &[YEAR], 0.95).unwrap()),
            people.ask(|compared| iptw(compared, 1, &[YEAR], 0.95).unwrap()),
            people.ask(|compared| aiptw(compared, 1, &[YEAR], 0.95).unwrap()),
        ];
        for (held, found) in held.iter_mut().zip(&found) {
            let difference = found.difference(1, 0, 0);
            *held += u32::from(difference.lower <= truth && truth <= difference.upper);
        }
        crude += crude_difference(&people) / f64::from(runs);
    }
    for (what, held) in ["g-formula", "IPTW", "AIPTW"].into_iter().zip(held) {
        nominal(what, held, runs, 0.95);
    }
    // without the covariate the better method looks no better than half of what it is
    assert!(crude < truth * 0.6, "{crude} {truth}");
}

fn crude_difference(people: &Population) -> f64 {
    let sample = Sample::new(&people.time, &people.event).unwrap();
    let groups = Groups::from_codes(people.treated.clone(), vec!["A".into(), "B".into()]).unwrap();
    let curves = aalen_johansen(&sample, &groups, &Confidence::default(), Variance::Greenwood).unwrap();
    curves[1].at(1, YEAR).value - curves[0].at(1, YEAR).value
}
