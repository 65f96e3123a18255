//! Simulated networks: equal sites are set apart as seldom as the level says, and intervals hold the truth as often.

use evaluation::{
    Confidence, Event, Groups, Sample, Scale, Variance, aalen_johansen, bands::Band, gray, kaplan_meier, log_rank,
    resampled_incidence, restricted_means,
};

use crate::random::Random;

const HAZARDS: [f64; 2] = [0.002, 0.003];

/// Whole days, two causes with constant hazards, censored evenly over 100 to 700 days.
fn people(random: &mut Random, n: usize) -> (Vec<f64>, Vec<Event>) {
    let total = HAZARDS[0] + HAZARDS[1];
    let mut one = || {
        let (end, censored) = (-random.unit().ln() / total, 100.0 + 600.0 * random.unit());
        let cause = if random.unit() * total <= HAZARDS[0] { 1 } else { 2 };
        (end.min(censored).ceil(), if end <= censored { cause } else { 0 })
    };
    (0..n).map(|_| one()).unzip()
}

/// The true incidence of the first cause.
fn truth(t: f64) -> f64 {
    let total = HAZARDS[0] + HAZARDS[1];
    HAZARDS[0] / total * (1.0 - (-total * t).exp())
}

const RUNS: u32 = 2_000;

/// Three standard errors of a share of `RUNS`.
fn margin(share: f64) -> f64 {
    3.0 * (share * (1.0 - share) / f64::from(RUNS)).sqrt()
}

#[test]
fn equal_sites_are_set_apart_in_five_percent_of_networks() {
    let mut random = Random(2018);
    let (mut by_gray, mut by_log_rank) = (0_u32, 0_u32);
    let site = Groups::from_codes((0..300).map(|row| row % 5).collect(), (0..5).map(|site| site.to_string()).collect());
    let site = site.unwrap();
    for _ in 0..RUNS {
        let (time, event) = people(&mut random, 300);
        let sample = Sample::new(&time, &event).unwrap();
        by_gray += u32::from(gray(&sample, &site, None, 0.0).unwrap()[0].p < 0.05);
        by_log_rank += u32::from(log_rank(&sample, &site, None, 0.0).unwrap().p < 0.05);
    }
    for (name, found) in [("Gray", by_gray), ("log-rank", by_log_rank)] {
        let share = f64::from(found) / f64::from(RUNS);
        assert!((share - 0.05).abs() < margin(0.05), "{name}: {share}");
    }
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let mut random = Random(2022);
    let (mut held, all) = ([0_u32; 4], Groups::one(300));
    let horizon = 365.0_f64;
    let total = HAZARDS[0] + HAZARDS[1];
    // the area under the true incidence; days are rounded up, which moves it by half a day
    let lost = HAZARDS[0] / total * (horizon - 0.5 - (1.0 - (-total * (horizon - 0.5)).exp()) / total);
    for _ in 0..RUNS {
        let (time, event) = people(&mut random, 300);
        let sample = Sample::new(&time, &event).unwrap();
        let confidence = Confidence::new(Scale::LogLog, 0.95).unwrap();
        let curve = &aalen_johansen(&sample, &all, &confidence, Variance::Greenwood).unwrap()[0];
        let point = curve.at(1, horizon);
        held[0] += u32::from((point.lower..=point.upper).contains(&truth(horizon)));
        let survival = kaplan_meier(&sample, &all, &confidence, Variance::Greenwood).unwrap()[0].at(horizon);
        held[1] += u32::from((survival.lower..=survival.upper).contains(&(-total * horizon).exp()));
        let mean = restricted_means(&sample, &all, horizon, Variance::Greenwood).unwrap()[0].causes[0];
        held[2] += u32::from((mean.value - lost).abs() <= confidence.z() * mean.se);
        let early = curve.at(1, 30.0);
        held[3] += u32::from((early.lower..=early.upper).contains(&truth(30.0)));
    }
    for (name, found) in ["incidence", "survival", "mean time lost", "incidence at 30 days"].into_iter().zip(held) {
        let share = f64::from(found) / f64::from(RUNS);
        assert!((share - 0.95).abs() < margin(0.95) + 0.005, "{name}: {share}");
    }
}

#[test]
fn drawing_again_spreads_as_the_standard_error_says() {
    let mut random = Random(7);
    let (time, event) = people(&mut random, 1_000);
    let sample = Sample::new(&time, &event).unwrap();
    let curves = aalen_johansen(&sample, &Groups::one(1_000), &Confidence::default(), Variance::Greenwood).unwrap();
    let point = curves[0].at(1, 365.0);
    let draws = resampled_incidence(&sample, &[365.0], 2_000, &mut || random.next()).unwrap();
    let mean = draws.iter().map(|draw| draw[0][0]).sum::<f64>() / 2_000.0;
    let spread = (draws.iter().map(|draw| (draw[0][0] - mean).powi(2)).sum::<f64>() / 2_000.0).sqrt();
    assert!((mean - point.value).abs() < 4.0 * point.se / 2_000_f64.sqrt(), "{mean} {}", point.value);
    assert!((spread / point.se - 1.0).abs() < 0.06, "{spread} {}", point.se);
}

/// With one cause the incidence is 1 − survival, whose band has an exact critical value; and it holds the whole curve as often as it says.
#[test]
fn a_drawn_band_is_the_exact_one_and_holds_the_whole_curve() {
    let mut random = Random(41);
    let (time, event) = people(&mut random, 2_000);
    let any: Vec<Event> = event.iter().map(|event| (*event).min(1)).collect();
    let (sample, all) = (Sample::new(&time, &any).unwrap(), Groups::one(2_000));
    let confidence = Confidence::default();
    let curve = aalen_johansen(&sample, &all, &confidence, Variance::Greenwood).unwrap().remove(0);
    let survival = kaplan_meier(&sample, &all, &confidence, Variance::Greenwood).unwrap().remove(0);
    let exact = survival.band(Band::EqualPrecision, Scale::LogLog, 0.95, 60.0, 400.0).unwrap().critical;
    let drawn = curve.band(1, Scale::LogLog, 0.95, (60.0, 400.0), 4_000, &mut || random.next()).unwrap().critical;
    // drawn at the days only, it can miss a little of what lies between
    assert!((exact - 0.1..exact + 0.05).contains(&drawn), "{drawn} {exact}");

    let all = Groups::one(300);
    let (runs, mut held) = (400, 0);
    for _ in 0..runs {
        let (time, event) = people(&mut random, 300);
        let sample = Sample::new(&time, &event).unwrap();
        let curve = aalen_johansen(&sample, &all, &confidence, Variance::Greenwood).unwrap().remove(0);
        let band = curve.band(1, Scale::LogLog, 0.95, (50.0, 400.0), 400, &mut || random.next()).unwrap();
        let inside = |index: usize| (band.lower[index]..=band.upper[index]).contains(&truth(band.time[index]));
        held += u32::from((0..band.time.len()).all(inside));
    }
    let share = f64::from(held) / f64::from(runs);
    assert!((0.91..0.985).contains(&share), "{share}");
}
