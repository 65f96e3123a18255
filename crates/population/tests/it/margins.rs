//! Counted from what follows from the facts, not from the schedule they were made with.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use domain::{
    codes::Status,
    ids::ParticipantId,
    programme::{OutcomeClass, Programme},
    spell::Line,
    trajectory::{Trajectory, replay},
};
use jiff::civil::{Date, date};

use super::published;

static NETWORK: LazyLock<(Programme, Vec<Trajectory>)> = LazyLock::new(|| {
    let (programme, members) = published();
    let histories = members.iter().flat_map(|member| &member.trajectories);
    let trajectories = histories
        .map(|(_, facts)| {
            let method = programme.method(&facts[0].fact.header.method).unwrap();
            replay(facts, method).unwrap()
        })
        .collect();
    (programme, trajectories)
});

const ENTERED: &[Status] = &[Status::Admitted, Status::ShelteredWithoutStatus, Status::LivingAllowanceOnly];

/// The intervals in which someone takes part.
fn present(t: &Trajectory, counted: &[Status]) -> Vec<(Date, Option<Date>)> {
    let spells = t.spells().into_iter().filter(|spell| spell.line == Line::Status);
    spells.filter(|s| counted.iter().any(|status| status.code() == s.code)).map(|s| (s.from, s.to)).collect()
}

fn at(site: &str) -> impl Iterator<Item = &'static Trajectory> + '_ {
    NETWORK.1.iter().filter(move |t| site == "national" || t.site.as_str() == site)
}

fn entered(site: &str, from: Date, to: Date, counted: &[Status]) -> usize {
    let mut first: BTreeMap<ParticipantId, Date> = BTreeMap::new();
    for t in at(site) {
        for (day, _) in present(t, counted) {
            let known = first.entry(t.participant).or_insert(day);
            *known = day.min(*known);
        }
    }
    first.values().filter(|day| (from..to).contains(day)).count()
}

fn stock(site: &str, on: Date) -> usize {
    let here =
        at(site).filter(|t| present(t, ENTERED).iter().any(|(from, to)| *from < on && to.is_none_or(|to| to >= on)));
    here.map(|t| t.participant).collect::<BTreeSet<_>>().len()
}

/// People who left in a period, by reason: their latest trajectory that began before its end.
fn left(site: &str, from: Date, to: Date) -> BTreeMap<String, usize> {
    let mut latest: BTreeMap<ParticipantId, &Trajectory> = BTreeMap::new();
    for t in at(site).filter(|t| present(t, ENTERED).iter().any(|(day, _)| *day < to)) {
        let known = latest.entry(t.participant).or_insert(t);
        if t.opened > known.opened {
            *known = t;
        }
    }
    let mut out = BTreeMap::new();
    for outflow in latest.values().filter_map(|t| t.outflow.as_ref()).filter(|o| (from..to).contains(&o.on)) {
        *out.entry(outflow.reason.to_string()).or_default() += 1;
    }
    out
}

fn sum(left: &BTreeMap<String, usize>, reasons: &[&str]) -> usize {
    reasons.iter().filter_map(|reason| left.get(*reason)).sum()
}

#[test]
fn the_whole_network_has_the_published_inflow_outflow_and_outcome_classes() {
    let (from, to) = (date(2019, 3, 1), date(2022, 7, 1));
    assert_eq!(entered("national", from, to, ENTERED), 2065);
    let left = left("national", from, to);
    let all: usize = left.values().sum();
    assert_eq!(all, 1258);
    assert_eq!(stock("national", to), 807);
    let classes = NETWORK.0.classification(&"regioplan-2022".parse().unwrap()).unwrap();
    let share = |class: OutcomeClass| {
        let of = |reason: &str| classes.map.iter().any(|(code, to)| *code == *reason && to.class == class);
        let people: usize = left.iter().filter(|(reason, _)| of(reason)).map(|(_, n)| n).sum();
        (people * 200 + all) / (all * 2)
    };
    let shares = [OutcomeClass::Durable, OutcomeClass::SemiDurable, OutcomeClass::None].map(share);
    assert_eq!(shares, [18, 41, 41]);
}

#[test]
fn amsterdam_has_the_published_reasons_and_no_others() {
    let expected = [
        ("permit", 17),
        ("temporary-medical-permit", 5),
        ("repeated-asylum-application", 46),
        ("return-to-country-of-origin", 21),
        ("onward-migration", 1),
        ("detention", 13),
        ("participation-ended", 2),
        ("unknown-destination", 37),
    ];
    let expected: BTreeMap<String, usize> = expected.into_iter().map(|(reason, n)| (reason.to_owned(), n)).collect();
    assert_eq!(left("amsterdam", date(2019, 7, 1), date(2020, 3, 1)), expected);
}

#[test]
fn at_the_end_of_2019_every_site_has_the_number_on_its_own_base() {
    let on = date(2019, 12, 31);
    let start = date(2019, 1, 1);
    assert_eq!(entered("amsterdam", start, on, &[Status::Admitted]), 287);
    assert_eq!(entered("eindhoven", start, on, ENTERED), 33);
    assert_eq!(entered("eindhoven", start, on, &[Status::Admitted]), 33);
    assert_eq!((stock("groningen", on), stock("rotterdam", on), stock("utrecht", on)), (201, 73, 268));
    // the Kamerbrief names another reference date: who is on a living allowance then is known about
    let allowance = at("amsterdam").filter(|t| {
        present(t, &[Status::LivingAllowanceOnly]).iter().any(|(from, to)| *from < on && to.is_none_or(|to| to >= on))
    });
    assert_eq!(allowance.count(), 82);
}

#[test]
fn groningen_has_its_first_eleven_months() {
    let (from, to) = (date(2019, 4, 1), date(2020, 3, 1));
    assert_eq!(entered("groningen", from, to, ENTERED), 330);
    let left = left("groningen", from, to);
    assert_eq!(left.values().sum::<usize>(), 133);
    assert_eq!(sum(&left, &["return-to-country-of-origin", "onward-migration", "permit"]), 36);
    assert_eq!(sum(&left, &["unknown-destination"]), 13);
    assert_eq!(stock("groningen", to), 197);
}

#[test]
fn eindhoven_has_fifty_and_no_permit_or_return() {
    let (from, to) = (date(2019, 3, 1), date(2020, 10, 1));
    assert_eq!(entered("eindhoven", from, to, ENTERED), 50);
    let left = left("eindhoven", from, to);
    assert_eq!(sum(&left, &["return-to-country-of-origin", "permit"]), 0);
    assert!(left.values().sum::<usize>() > 0);
    let medical = at("eindhoven").flat_map(Trajectory::spells).filter(|spell| {
        let on = spell.from < to && spell.to.is_none_or(|end| end >= to);
        spell.line == Line::Scenario && spell.code == "art64-medical" && on
    });
    assert_eq!(medical.count(), 5);
}

#[test]
fn those_present_are_in_every_phase_and_have_terms_due_and_overdue() {
    use domain::{codes::Phase, term};
    let today = date(2022, 7, 1);
    let (programme, trajectories) = &*NETWORK;
    let mut phases: BTreeMap<Phase, usize> = BTreeMap::new();
    let (mut overdue, mut soon, mut actions) = (0, 0, 0);
    for t in trajectories {
        *phases.entry(t.phase_on(today)).or_default() += 1;
        let lead = &programme.site(&t.site).unwrap().lead;
        let terms = term::terms(t, programme.method(&t.method).unwrap(), lead);
        for term in terms.iter().filter(|term| term.counts_on(today) && term.has_end() && term.rule.asks_action()) {
            let days = today.until(term.end).unwrap().get_days();
            overdue += usize::from(days < 0);
            soon += usize::from((0..=7).contains(&days));
            actions += usize::from(term.rule == term::Rule::Action && (-3..=3).contains(&days));
        }
    }
    for phase in Phase::ALL {
        assert!(phases.get(phase).is_some_and(|people| *people >= 10), "{phase}: {phases:?}");
    }
    assert!(overdue > 100 && soon > 50 && actions > 20, "{overdue} {soon} {actions}");
}

#[test]
fn the_numbers_do_not_hang_on_the_seed() {
    use domain::fact::Kind;
    use population::{Size, draw};
    for seed in [1, 42, 0xdead_beef] {
        let members = draw(&NETWORK.0, seed, Size::Published);
        let part = members.iter().filter(|member| {
            let facts = member.trajectories.iter().flat_map(|(_, facts)| facts);
            facts.filter_map(|recorded| recorded.fact.header.codes.status).any(|status| ENTERED.contains(&status))
        });
        let left = members.iter().filter(|member| {
            let last = member.trajectories.last();
            last.is_some_and(|(_, facts)| facts.iter().any(|recorded| recorded.fact.header.kind == Kind::Left))
        });
        assert_eq!((part.count(), left.count()), (2065, 1258), "{seed}");
    }
}
