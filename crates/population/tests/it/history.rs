//! Every history makes sense, at the end and at every moment in between.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    codes::{Relation, Status},
    fact::{Body, Kind},
    ids::{CommandId, FactId},
    participant,
    programme::Programme,
    trajectory::{Context, Draft, Recorded, decide, replay},
};
use jiff::civil::date;
use population::{Member, Size, draw};

use super::{day, programme, published};

fn context(fact: &domain::fact::Fact, ids: Vec<FactId>) -> Context {
    let h = &fact.header;
    Context {
        stream: h.stream,
        subject: h.subject,
        site: h.site.clone(),
        method: h.method.clone(),
        actor: h.actor,
        org: h.org.clone(),
        command: h.command,
        recorded_at: h.recorded_at,
        today: day(h.recorded_at),
        ids,
    }
}

/// The commands of a history, in the order in which they were given.
fn commands(facts: &[Recorded]) -> Vec<&[Recorded]> {
    facts.chunk_by(|a, b| a.fact.header.command == b.fact.header.command).collect()
}

/// Gives every command anew: the program accepts it, and makes the same facts of it.
fn accepted(programme: &Programme, member: &Member) {
    let streams = std::iter::once(&member.person).chain(member.trajectories.iter().map(|(_, facts)| facts));
    for facts in streams {
        let mut before = 0;
        for command in commands(facts) {
            let drafts = command.iter().map(|recorded| {
                let (h, body) = (&recorded.fact.header, recorded.fact.body.clone().unwrap());
                let (supersedes, why) = (h.supersedes, recorded.fact.why.clone());
                let source = (h.source != h.org).then(|| h.source.clone());
                Draft { body, codes: h.codes.clone(), valid_from: h.valid_from, supersedes, why, source }
            });
            let context = context(&command[0].fact, command.iter().map(|recorded| recorded.fact.header.id).collect());
            let method = programme.method(&context.method).unwrap();
            let (history, drafts) = (&facts[..before], drafts.collect());
            let made = match context.stream {
                domain::ids::Stream::Participant(_) => {
                    participant::decide(history, drafts, &context, method, programme).map(|(facts, _)| facts)
                }
                domain::ids::Stream::Trajectory(_) => {
                    decide(history, drafts, &context, method, programme).map(|(facts, _)| facts)
                }
            };
            let made = made.unwrap_or_else(|refusal| panic!("{refusal:?}\n{:#?}", command[0].fact));
            assert!(made.iter().eq(command.iter().map(|recorded| &recorded.fact)));
            before += command.len();
        }
    }
}

#[test]
fn every_history_replays() {
    let (programme, members) = published();
    for member in &members {
        participant::replay(member.participant, &member.person).unwrap();
        for (id, facts) in &member.trajectories {
            let method = programme.method(&facts[0].fact.header.method).unwrap();
            let state = replay(facts, method).unwrap_or_else(|refusal| panic!("{refusal:?}"));
            assert_eq!((state.id, state.participant), (*id, member.participant));
        }
    }
}

#[test]
fn the_program_would_have_accepted_every_command_when_it_was_given() {
    let programme = programme("lvv-2018");
    for member in draw(&programme, 5, Size::Small(150)) {
        accepted(&programme, &member);
    }
    let city = super::programme("one-city");
    for member in draw(&city, 5, Size::Small(60)) {
        accepted(&city, &member);
    }
    let (programme, members) = published();
    members.iter().step_by(9).for_each(|member| accepted(&programme, member));
}

#[test]
fn nothing_is_corrected_before_it_is_recorded() {
    let programme = programme("lvv-2018");
    for seed in 1..=3 {
        let corrected = |member: &Member| {
            let facts = member.person.iter().chain(member.trajectories.iter().flat_map(|(_, facts)| facts));
            facts.into_iter().any(|recorded| recorded.fact.header.supersedes.is_some())
        };
        let members = draw(&programme, seed, Size::Published).into_iter().filter(corrected);
        members.for_each(|member| accepted(&programme, &member));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(12))]

    #[test]
    fn whatever_the_seed_every_command_is_accepted(seed: u64) {
        let programme = programme("lvv-2018");
        for member in draw(&programme, seed, Size::Small(25)) {
            accepted(&programme, &member);
        }
    }
}

#[test]
fn numbers_follow_the_order_of_recording_and_commands_stay_together() {
    let (_, members) = published();
    let last = date(2022, 6, 30);
    for member in &members {
        let mut seen: BTreeMap<CommandId, jiff::Timestamp> = BTreeMap::new();
        let streams = std::iter::once(&member.person).chain(member.trajectories.iter().map(|(_, facts)| facts));
        for facts in streams {
            assert!(facts.iter().zip(1..).all(|(recorded, number)| recorded.number == number));
            assert!(facts.is_sorted_by_key(|recorded| recorded.fact.header.recorded_at));
            assert_eq!(
                commands(facts).len(),
                facts.iter().map(|r| r.fact.header.command).collect::<BTreeSet<_>>().len()
            );
            for h in facts.iter().map(|recorded| &recorded.fact.header) {
                assert_eq!(*seen.entry(h.command).or_insert(h.recorded_at), h.recorded_at);
                let on = day(h.recorded_at);
                assert!(h.valid_from <= on && on <= last, "{h:?}");
            }
        }
    }
}

#[test]
fn a_finished_trajectory_has_some_fifty_facts() {
    let (_, members) = published();
    let histories = members.iter().flat_map(|member| &member.trajectories);
    let finished: Vec<usize> = histories
        .map(|(_, facts)| facts)
        .filter(|facts| facts.iter().any(|recorded| recorded.fact.header.kind == Kind::Left))
        .map(Vec::len)
        .collect();
    let average = finished.iter().sum::<usize>() / finished.len();
    assert!((42..=58).contains(&average), "{average}");
}

#[test]
fn every_kind_of_thing_that_happens_is_there() {
    let (_, members) = published();
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    let (mut corrected, mut late, mut returned, mut unnumbered) = (0, 0, 0, 0);
    for member in &members {
        returned += usize::from(member.trajectories.len() > 1);
        let person = participant::replay(member.participant, &member.person).unwrap();
        unnumbered += usize::from(person.identity.is_some_and(|identity| identity.v_number.is_none()));
        for recorded in member.person.iter().chain(member.trajectories.iter().flat_map(|(_, facts)| facts)) {
            let h = &recorded.fact.header;
            *kinds.entry(h.kind).or_default() += 1;
            corrected += usize::from(h.supersedes.is_some() && h.kind != Kind::Withdrawn);
            let on = day(h.recorded_at);
            late += usize::from(on > h.valid_from && h.supersedes.is_none());
            assert_eq!(h.supersedes.is_some(), recorded.fact.why.is_some());
        }
    }
    let rare = [
        Kind::PersonUnlinked,
        Kind::WorkerReleased,
        // and none that ends so badly that someone objects
        Kind::ObjectionMade,
        Kind::ObjectionDecided,
        Kind::HoldLifted,
        // the invented partners always agree, at the sitting where they meant to
        Kind::Untabled,
        Kind::CaseDiscussed,
        Kind::Escalated,
        Kind::Advised,
        // what was asked of them they have, and it is about the right person; nobody asks for more time
        Kind::DossierReminded,
        Kind::DossierUnavailable,
        Kind::DossierRejected,
        Kind::TermExtended,
        // there are no invented files
        Kind::DocumentAdded,
        Kind::DocumentReleased,
        Kind::DocumentCondemned,
        Kind::DocumentDestroyed,
        // the invented network has no requests about data
        Kind::InformationGiven,
        Kind::RightsRequested,
        Kind::RightsAnswered,
        Kind::RestrictionChanged,
    ];
    for kind in Kind::ALL.iter().filter(|kind| !rare.contains(kind)) {
        assert!(kinds.get(kind).is_some_and(|n| *n >= 10), "{kind}: {kinds:?}");
    }
    assert!(corrected > 50 && late > 1_000, "{corrected} {late}");
    assert!((35..=50).contains(&returned), "{returned}");
    let share = unnumbered * 100 / members.len();
    assert!((16..=20).contains(&share), "{share}");
    for status in [Status::Refused, Status::WaitingList, Status::OutsideLvv] {
        let any = members
            .iter()
            .flat_map(|member| &member.trajectories)
            .any(|(_, facts)| facts.last().is_some_and(|recorded| recorded.fact.header.codes.status == Some(status)));
        assert!(any, "{status}");
    }
}

#[test]
fn links_of_a_household_stand_on_both_sides() {
    let (_, members) = published();
    let mut links = BTreeMap::new();
    for member in &members {
        for recorded in &member.person {
            if let Some(Body::PersonLinked(link)) = &recorded.fact.body {
                links.insert((member.participant, link.other), link.relation);
            }
        }
    }
    assert!(links.len() > 100);
    for ((one, other), relation) in &links {
        let back = match relation {
            Relation::Child => Relation::Parent,
            Relation::Parent => Relation::Child,
            same => *same,
        };
        assert_eq!(links.get(&(*other, *one)), Some(&back));
    }
}
