//! From spells to an evaluation, and what it refuses.

use figures::evaluation::{
    HORIZONS,
    change::{Change, Direction, Few, Finding, Indicator, Late, finding},
    cohort::{Person, arrays, read},
    guard::{Checked, Guard, check},
    plan::{By, Estimator, Plan, TimeZero},
    safe::{Results, Told, evaluate},
};
use jiff::{ToSpan, civil::Date};

use crate::world::{programme, published};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn plan(by: By, zero: TimeZero) -> Plan {
    Plan {
        by,
        zero,
        classification: "letter-2018".parse().unwrap(),
        estimator: Estimator::AalenJohansen,
        starting: None,
        seen_from: None,
        until: day("2022-07-01"),
    }
}

fn checked(by: By, zero: TimeZero) -> Checked {
    check(plan(by, zero)).unwrap()
}

fn someone(site: &str, entered: &str, left: Option<(&str, &str)>) -> Person {
    Person {
        site: site.into(),
        method: format!("{site}-2019"),
        entered: day(entered),
        scenario: None,
        left: left.map(|(on, reason)| (day(on), reason.into())),
    }
}

#[test]
fn a_covariate_that_is_measured_after_time_zero_is_refused() {
    for (by, zero) in [
        (By::Scenario, TimeZero::Entry),
        (By::Cooperation, TimeZero::Entry),
        (By::Cooperation, TimeZero::Scenario),
        (By::Shelter, TimeZero::Entry),
    ] {
        assert_eq!(check(plan(by, zero)).unwrap_err(), Guard::MeasuredLater(by, zero));
    }
    // with the clock started on the day it is known, it may be compared
    check(plan(By::Scenario, TimeZero::Scenario)).unwrap();
    check(plan(By::Site, TimeZero::Entry)).unwrap();
}

#[test]
fn having_had_three_reviews_is_no_baseline_group() {
    for zero in TimeZero::ALL {
        let refused = check(plan(By::Reviews, zero)).unwrap_err();
        assert_eq!(refused, Guard::ImmortalTime(By::Reviews));
        assert!(refused.to_string().contains("immortal"), "{refused}");
    }
}

#[test]
fn one_minus_kaplan_meier_of_a_cause_is_refused() {
    let wrong = Plan { estimator: Estimator::OneMinusKaplanMeier, ..plan(By::Site, TimeZero::Entry) };
    assert_eq!(check(wrong).unwrap_err(), Guard::OneMinusKaplanMeier);
}

#[test]
fn a_period_that_cannot_be_is_refused() {
    for (from, to) in [("2021-01-01", "2021-01-01"), ("2022-01-01", "2021-01-01"), ("2022-07-01", "2023-01-01")] {
        let wrong = Plan { starting: Some((day(from), day(to))), ..plan(By::Site, TimeZero::Entry) };
        assert_eq!(check(wrong).unwrap_err(), Guard::Period);
    }
}

#[test]
fn people_become_rows_with_time_entry_and_class() {
    let programme = programme();
    let classification = &programme.classifications[0];
    let people = [
        someone("utrecht", "2021-07-01", Some(("2021-07-31", "permit"))),
        someone("utrecht", "2021-07-01", Some(("2021-07-01", "unknown-destination"))),
        someone("groningen", "2022-01-01", None),
        // comes after the day up to which was looked
        someone("groningen", "2022-07-01", None),
        // leaves after it: still there
        someone("groningen", "2022-06-01", Some(("2022-08-01", "permit"))),
    ];
    let rows = arrays(&people, &checked(By::Site, TimeZero::Entry), classification);
    assert_eq!(rows.time, [30.0, 0.5, 181.0, 30.0]);
    assert_eq!(rows.event, [1, 3, 0, 0]);
    assert_eq!(rows.group, ["utrecht", "utrecht", "groningen", "groningen"]);
    // seen from a later day: who left before it is out, who was there enters late
    let late = Plan { seen_from: Some(day("2021-07-11")), ..plan(By::Site, TimeZero::Entry) };
    let rows = arrays(&people, &check(late).unwrap(), classification);
    assert_eq!((rows.entry.clone(), rows.time.clone()), (vec![10.0, 0.0, 0.0], vec![30.0, 181.0, 30.0]));
}

#[test]
fn the_clock_of_a_scenario_starts_when_it_is_agreed() {
    let programme = programme();
    let mut person = someone("utrecht", "2021-07-01", Some(("2021-12-31", "permit")));
    let without = person.clone();
    person.scenario = Some(("return-voluntary".into(), day("2021-10-01")));
    let rows = arrays(&[person, without], &checked(By::Scenario, TimeZero::Scenario), &programme.classifications[0]);
    assert_eq!((rows.time, rows.group), (vec![91.0], vec!["return-voluntary".to_owned()]));
}

#[test]
fn the_cohort_counts_as_the_figures_do_and_nothing_small_leaves_the_room() {
    let people = published().test.store.read_blocking(read).unwrap();
    // what was published of the first of July 2022: 2,065 came and 1,258 left
    let until = day("2022-07-01");
    let inflow = people.iter().filter(|person| person.entered < until).count() as u64;
    let gone = people.iter().filter(|person| person.left.as_ref().is_some_and(|(on, _)| *on < until)).count();
    assert_eq!((inflow, gone), (2_065, 1_258));

    let programme = programme();
    for classification in &programme.classifications {
        for (by, zero) in [
            (By::Nothing, TimeZero::Entry),
            (By::Site, TimeZero::Entry),
            (By::Method, TimeZero::Entry),
            (By::Scenario, TimeZero::Scenario),
        ] {
            let results = evaluate(&people, &checked(by, zero), classification).unwrap();
            nothing_small(&results);
            same_after_storing(&results);
        }
    }
    let by_site = evaluate(&people, &checked(By::Site, TimeZero::Entry), &programme.classifications[0]).unwrap();
    let everyone = &by_site.groups[0];
    assert_eq!((by_site.groups.len(), everyone.people), (6, Told::Told(inflow)));
    let durable = &everyone.classes[0];
    // the share among leavers is not the chance: this is what the two columns are for
    let (share, chance) = (durable.share.told().unwrap(), durable.within[1].told().unwrap());
    assert!(share > chance.value, "{share} {chance:?}");
    let (from, to) = chance.interval.unwrap();
    assert!(from < chance.value && chance.value < to && chance.at_risk >= 10 && chance.at_risk.is_multiple_of(5));
    // within a year is less than within two
    assert!(durable.within[0].told().unwrap().value < chance.value);
    let curve = durable.curve.as_ref().unwrap();
    assert!(curve.time.is_sorted() && curve.value.is_sorted() && curve.until <= HORIZONS[1] / 30.0);
}

/// Every number that is told rests on ten people or none, and differences of what is told between a total and its parts do too.
fn nothing_small(results: &Results) {
    let ok = |told: Told<u64>| told.told().is_none_or(|count| count == 0 || count >= 10);
    for group in &results.groups {
        assert!(ok(group.people) && ok(group.leavers), "{group:?}");
        assert!(group.at_risk.iter().flatten().all(|count| *count >= 10 && count.is_multiple_of(5)));
        for class in &group.classes {
            assert!(ok(class.left), "{class:?}");
            assert!(class.share.told().is_none() || class.left.told().is_some());
        }
        // leavers less all classes but one is that one: it is told, or at least two are not
        let hidden = group.classes.iter().filter(|class| class.left.told().is_none()).count();
        assert!(group.leavers.told().is_none() || hidden != 1, "{group:?}");
    }
    // and the same over the groups
    let (all, parts) = results.groups.split_first().unwrap();
    for class in 0..all.classes.len() {
        let hidden = parts.iter().filter(|group| group.classes[class].left.told().is_none()).count();
        assert!(all.classes[class].left.told().is_none() || hidden != 1, "class {class}: {results:?}");
    }
}

fn same_after_storing(results: &Results) {
    let text = serde_json::to_string(results).unwrap();
    assert_eq!(serde_json::from_str::<Results>(&text).unwrap().protocol, results.protocol);
}

#[test]
fn fewer_than_ten_at_risk_are_told_nowhere() {
    let programme = programme();
    let mut people: Vec<Person> = (0..40)
        .map(|n| {
            let left = (n < 20).then_some(("2021-03-01", "permit"));
            someone("utrecht", "2021-01-01", left)
        })
        .collect();
    people.extend((0..9).map(|_| someone("groningen", "2021-01-01", Some(("2021-02-01", "permit")))));
    let results = evaluate(&people, &checked(By::Site, TimeZero::Entry), &programme.classifications[0]).unwrap();
    let small = results.groups.iter().find(|group| group.name == "groningen").unwrap();
    assert_eq!(small.people, Told::Few);
    for class in &small.classes {
        assert!(class.curve.is_none() && class.lost.told().is_none() && class.share.told().is_none());
        assert!(class.within.iter().all(|within| within.told().is_none()), "{class:?}");
    }
    // everyone less Utrecht would be Groningen: one of the two is not told either
    assert!(results.groups.iter().filter(|group| group.people.told().is_none()).count() >= 2);
    // nobody was followed for two years
    let everyone =
        evaluate(&people[..40], &checked(By::Nothing, TimeZero::Entry), &programme.classifications[0]).unwrap();
    assert_eq!(everyone.groups[0].classes[0].within[1], Told::FewFollowed);
    assert!(everyone.groups[0].classes[0].within[0].told().is_some());
}

#[test]
fn an_analysis_of_nobody_says_so() {
    let programme = programme();
    let refused = evaluate(&[], &checked(By::Nothing, TimeZero::Entry), &programme.classifications[0]).unwrap_err();
    assert!(refused.to_string().contains("no rows"), "{refused}");
    let stay = [someone("utrecht", "2021-01-01", None)];
    let one = evaluate(&stay, &checked(By::Nothing, TimeZero::Entry), &programme.classifications[0]).unwrap();
    assert_eq!(one.groups[0].people, Told::Few);
}

fn change(starts: &str) -> Change {
    Change {
        site: "utrecht".into(),
        what: "a new way".into(),
        starts: day(starts),
        indicator: Indicator::DurableInYear,
        direction: Direction::Up,
        classification: "letter-2018".into(),
    }
}

#[test]
fn a_change_is_written_down_before_it_starts() {
    let today = day("2022-07-01");
    assert_eq!(change("2022-07-02").in_time(today), Ok(()));
    assert_eq!(change("2022-07-01").in_time(today), Err(Late::Started(today)));
    assert_eq!(change("2021-01-01").in_time(today), Err(Late::Started(day("2021-01-01"))));
}

/// `n` people a month at a site over two years, of whom so many in a hundred leave durably within a year.
fn months(site: &str, from: &str, n: u32, percent: u32) -> Vec<Person> {
    let mut people = Vec::new();
    for month in 0..12_i64 {
        let entered = day(from).saturating_add(month.months());
        for number in 0..n {
            let left = (number * 100 < n * percent).then(|| (entered.saturating_add(100.days()), "permit".to_owned()));
            people.push(Person { left, entered, ..someone(site, from, None) });
        }
    }
    people
}

#[test]
fn the_effect_of_a_change_is_what_it_was_made_to_be() {
    let programme = programme();
    let by = &programme.classifications[0];
    let today = day("2023-01-01");
    // twenty in a hundred before, forty after; elsewhere twenty and twenty-five. Whoever came in the year before the change was followed
    // under the new way: sixty in a hundred of them left, and none of them counts
    let mut people = months("utrecht", "2019-01-01", 40, 20);
    let between = months("utrecht", "2020-02-01", 40, 60);
    people.extend(between.into_iter().filter(|person| person.entered < day("2021-01-01")));
    people.extend(months("utrecht", "2021-01-01", 40, 40));
    people.extend(months("groningen", "2019-01-01", 40, 20));
    people.extend(months("groningen", "2021-01-01", 40, 25));
    let one = change("2021-01-01");
    let found = |people: &[Person], all: &[Change]| match finding(people, &one, all, by, today) {
        Finding::Effect(effect) => effect,
        other => panic!("{other:?}"),
    };
    let effect = found(&people, std::slice::from_ref(&one));
    assert!((effect.before - 0.2).abs() < 1e-9 && (effect.after - 0.4).abs() < 1e-9, "{effect:?}");
    assert!((effect.others.unwrap() - 0.05).abs() < 1e-9 && (effect.difference - 0.15).abs() < 1e-9);
    // the standard error by hand: 480 people after, 440 in the equal period that ended 365 days before (it began on 2 January 2019)
    let se = (0.2 * 0.8 * 2.0 / 440.0 + (0.4 * 0.6 + 0.25 * 0.75) / 480.0_f64).sqrt();
    assert!((effect.interval.0 - (0.15 - 1.96 * se)).abs() < 1e-9);
    // a site that changed something itself in that time is not compared with
    let theirs = Change { site: "groningen".into(), ..change("2021-06-01") };
    let effect = found(&people, &[one.clone(), theirs]);
    assert!((effect.difference - 0.2).abs() < 1e-9 && effect.others.is_none());
    // without the others it is the plain difference
    let alone: Vec<Person> = people.into_iter().filter(|person| person.site == "utrecht").collect();
    let effect = found(&alone, &[]);
    assert!((effect.difference - 0.2).abs() < 1e-9 && effect.others.is_none());
}

/// Two sites with the same change in chance: the interval of the effect holds nothing in as many of them as it says.
#[test]
fn the_interval_of_an_effect_holds_the_truth_as_often_as_it_says() {
    let programme = programme();
    let by = &programme.classifications[0];
    let mut state = 2018_u64;
    let mut chance = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 33).unwrap()) / f64::from(u32::MAX >> 1)
    };
    let mut held = 0;
    for _ in 0..400 {
        let mut people = Vec::new();
        for (site, from, share) in [
            ("utrecht", "2019-01-01", 0.3),
            ("utrecht", "2021-01-01", 0.4),
            ("groningen", "2019-01-01", 0.2),
            ("groningen", "2021-01-01", 0.3),
        ] {
            for number in 0..180_i64 {
                let entered = day(from).saturating_add((2 * number).days());
                let left = (chance() < share).then(|| (entered.saturating_add(100.days()), "permit".to_owned()));
                people.push(Person { left, entered, ..someone(site, from, None) });
            }
        }
        match finding(&people, &change("2021-01-01"), &[], by, day("2023-01-01")) {
            Finding::Effect(effect) => held += u32::from(effect.interval.0 <= 0.0 && effect.interval.1 >= 0.0),
            other => panic!("{other:?}"),
        }
    }
    // 95% of 400, and three standard errors
    assert!((367..=393).contains(&held), "{held} of 400");
}

#[test]
fn too_few_too_early_and_not_yet_are_said() {
    let programme = programme();
    let by = &programme.classifications[0];
    let mut people = months("utrecht", "2019-01-01", 2, 50);
    people.extend(months("utrecht", "2021-01-01", 2, 50));
    let found = |people: &[Person], on: &str| finding(people, &change("2021-01-01"), &[], by, day(on));
    assert_eq!(found(&people, "2021-01-01"), Finding::Waiting);
    assert_eq!(found(&people, "2021-06-01"), Finding::TooEarly);
    let few: Vec<Person> = people.iter().take(8).cloned().collect();
    assert_eq!(found(&few, "2023-01-01"), Finding::TooFew { of: Few::People, enough: None });
    // elsewhere half had the outcome: 388 on each side for fifty against sixty in a hundred (Fleiss, without correction)
    let mut more = few;
    more.extend(months("groningen", "2019-01-01", 40, 50));
    let Finding::TooFew { of: Few::People, enough: Some(enough) } = found(&more, "2023-01-01") else { panic!() };
    assert!((380..=395).contains(&enough), "{enough}");
    // many people of whom fewer than ten had it are another reason, and need more than are there
    let mut rare = months("utrecht", "2019-01-01", 40, 0);
    rare.extend(months("utrecht", "2021-01-01", 40, 0));
    rare.extend(months("groningen", "2019-01-01", 100, 2));
    let Finding::TooFew { of: Few::Outcomes, enough: Some(enough) } = found(&rare, "2023-01-01") else { panic!() };
    assert!(enough >= 500, "{enough}");
}
