//! The dossier contract: what each partner delivers, what is not there, what goes back, and what starts the rest period.

use domain::{
    codes::Phase,
    dossier::{
        DossierDelivered, DossierIncomplete, DossierRejected, DossierReminded, DossierRequested, DossierUnavailable,
        ItemState, Stands,
    },
    fact::{Body, Codes, Withdrawn},
    ids::{Code, OrgId},
    programme::{Contracted, RestStart, SeenUntil},
    term::{Rule, item_due, terms},
    trajectory::{Draft, Trajectory},
};
use proptest::prelude::*;

use crate::world::{World, asked, code, complete, day, delivered, lacking};

fn org(id: &str) -> OrgId {
    id.parse().unwrap()
}

fn of(partner: &str, body: impl Into<Body>, on: &str) -> Draft {
    Draft::new(body, day(on)).codes(Codes { partner: Some(org(partner)), ..Codes::default() })
}

fn items(codes: &[&str]) -> Vec<Code> {
    codes.iter().map(|item| code(item)).collect()
}

fn came(partner: &str, what: &[&str], on: &str) -> Draft {
    of(partner, DossierDelivered { items: items(what), note: String::new() }, on)
}

fn not_there(partner: &str, what: &[&str], on: &str) -> Draft {
    of(partner, DossierUnavailable { items: items(what), ground: code("not-found"), note: String::new() }, on)
}

fn sent_back(partner: &str, what: &[&str], on: &str) -> Draft {
    of(partner, DossierRejected { items: items(what), ground: code("wrong-person"), note: String::new() }, on)
}

fn misses(partner: &str, what: &[&str], on: &str) -> Draft {
    of(partner, DossierIncomplete { missing: items(what), note: String::new() }, on)
}

fn reminded(partner: &str, on: &str) -> Draft {
    of(partner, DossierReminded { items: vec![], note: String::new() }, on)
}

fn silent(mut draft: Draft) -> Draft {
    if let Body::DossierCompleted(body) = &mut draft.body {
        body.note.clear();
    }
    draft
}

fn asked_both() -> World {
    let mut world = World::with_intake();
    world.does(asked("ind", "2022-01-11"));
    world.does(asked("dtv", "2022-01-11"));
    world
}

fn state_of(state: &Trajectory, partner: &str, item: &str) -> Option<(ItemState, String)> {
    let delivery = state.deliveries.iter().find(|delivery| delivery.partner == org(partner)).unwrap();
    delivery.item(&code(item)).map(|now| (now.state, now.since.to_string()))
}

fn delivery_term(world: &World, partner: &str) -> Option<(Rule, String)> {
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let all = terms(&world.state(), &world.method, &lead);
    let found = all.into_iter().find(|term| term.waiting_on == Some(org(partner)))?;
    Some((found.rule, found.end.to_string()))
}

#[test]
fn who_asks_for_nothing_in_particular_asks_for_all_that_was_agreed() {
    let world = asked_both();
    let state = world.state();
    assert_eq!(state_of(&state, "ind", "interviews"), Some((ItemState::Asked, "2022-01-11".into())));
    assert_eq!(state.deliveries[0].asked.len(), 5);
    assert_eq!(state_of(&state, "dtv", "interviews"), None, "another partner's item");
}

#[test]
fn a_part_comes_in_pieces_and_is_complete_with_every_item_that_is_needed() {
    let mut world = asked_both();
    world.does(came("ind", &["decision-history"], "2022-02-01"));
    world.does(reminded("ind", "2022-02-10"));
    let early = world.attempt(silent(complete("ind", "2022-02-11"))).unwrap_err();
    assert_eq!((early.problem.key, early.field), ("dossier-item-required", Some("note")));
    assert_eq!(delivery_term(&world, "dtv"), Some((Rule::DossierDelivery, "2022-02-08".into())));
    world.does(not_there("ind", &["interviews"], "2022-02-12"));
    let state = world.does(came("ind", &["procedures"], "2022-02-14"));
    assert_eq!(state_of(&state, "ind", "interviews"), Some((ItemState::Unavailable, "2022-02-12".into())));
    let delivery = &state.deliveries[0];
    assert_eq!((delivery.reminded.len(), delivery.outstanding().len()), (1, 2), "two that are not needed");
    let state = world.does(silent(complete("ind", "2022-02-15")));
    assert_eq!(state.deliveries[0].complete, Some(day("2022-02-15")));
    assert_eq!(world.attempt(reminded("ind", "2022-02-16")).unwrap_err().problem.key, "nothing-to-remind-of");
}

#[test]
fn who_is_late_is_reminded_again_and_again_until_something_comes() {
    let mut world = asked_both();
    world.method.reminder_days = Some(7);
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let reminder = |world: &World, on: &str| {
        let all = terms(&world.state(), &world.method, &lead);
        let mut found = all.into_iter().filter(|term| term.rule == Rule::Reminder && term.counts_on(day(on)));
        let mine =
            found.next().map(|term| (term.end.to_string(), term.waiting_on == Some(lead.clone()), term.trigger()));
        (mine, found.count())
    };
    // due on 8 February, both
    assert_eq!(reminder(&world, "2022-02-08"), (None, 0), "it is not late yet");
    let (first, others) = reminder(&world, "2022-02-09");
    assert_eq!((first.clone().unwrap().0, first.unwrap().1, others), ("2022-02-15".into(), true, 1));
    // one that was early does not count
    world.does(came("dtv", &["departure-file"], "2022-02-09"));
    world.does(reminded("ind", "2022-02-01"));
    assert_eq!(reminder(&world, "2022-02-20").0.unwrap().0, "2022-02-15");
    world.does(reminded("ind", "2022-02-14"));
    let fact = world.last();
    let (again, others) = reminder(&world, "2022-02-20");
    assert_eq!((again.unwrap(), others), (("2022-02-21".into(), true, Some(fact)), 0), "the DT&V delivered");
    world.does(not_there("ind", &["interviews"], "2022-02-15"));
    assert!(reminder(&world, "2022-02-20").0.is_some(), "a part of the answer is no answer");
    world.does(came("ind", &["decision-history"], "2022-02-16"));
    assert_eq!(reminder(&world, "2022-02-20"), (None, 0), "now it is for who checks");
}

#[test]
fn nobody_is_reminded_who_has_gone_or_whose_term_stands_still() {
    let mut world = asked_both();
    world.method.reminder_days = Some(7);
    world.method.absent = vec![domain::absence::Absence { org: org("ind"), from: day("2022-02-12"), to: None }];
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let on = |world: &World, on: &str| {
        let all = terms(&world.state(), &world.method, &lead);
        all.into_iter().filter(|term| term.rule == Rule::Reminder && term.counts_on(day(on))).count()
    };
    assert_eq!((on(&world, "2022-02-11"), on(&world, "2022-02-12")), (2, 1));
    world.method.pauses = [(code("hospital"), vec![Rule::DossierDelivery])].into();
    let codes = Codes { pause: Some(code("hospital")), ..Codes::default() };
    world.does(Draft::new(domain::pause::PauseStarted { note: String::new() }, day("2022-02-01")).codes(codes));
    assert_eq!(on(&world, "2022-02-11"), 0);
}

#[test]
fn who_checks_may_say_why_it_is_complete_all_the_same() {
    let mut world = asked_both();
    world.does(came("ind", &["decision-history"], "2022-02-01"));
    world.does(complete("ind", "2022-02-11"));
    let nothing = world.attempt(complete("dtv", "2022-02-11")).unwrap_err();
    assert_eq!(nothing.problem.key, "dossier-not-delivered", "also with a reason");
}

#[test]
fn an_older_completion_knew_no_items() {
    let mut world = asked_both();
    world.does(came("ind", &["decision-history"], "2022-02-01"));
    let (mut fact, _) = world.try_as(900, complete("ind", "2022-02-11")).unwrap();
    fact.header.version = 1;
    let Some(Body::DossierCompleted(body)) = &mut fact.body else { unreachable!() };
    body.note.clear();
    world.add(fact);
    assert_eq!(world.state().deliveries[0].complete, Some(day("2022-02-11")));
}

#[test]
fn a_partner_that_has_nothing_answers_too() {
    let mut world = asked_both();
    let all = ["decision-history", "interviews", "procedures", "identity-documents", "court-rulings"];
    let state = world.does(not_there("ind", &all, "2022-02-01"));
    let delivery = &state.deliveries[0];
    assert_eq!((delivery.answered, delivery.delivered.len()), (Some(day("2022-02-01")), 0));
    assert!(delivery.outstanding().is_empty());
    // now it is for who checks
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let check = terms(&state, &world.method, &lead).into_iter().find(|term| term.rule == Rule::DossierCheck).unwrap();
    assert_eq!((check.start, check.waiting_on), (day("2022-02-01"), Some(lead)));
    world.does(silent(complete("ind", "2022-02-02")));
    let there = world.attempt(sent_back("ind", &["interviews"], "2022-02-03")).unwrap_err();
    assert_eq!((there.problem.key, there.field), ("item-not-delivered", Some("items")));
}

#[test]
fn an_item_about_someone_else_goes_back_and_the_rest_stops() {
    let mut world = World::with_deliveries();
    let all = ["decision-history", "interviews", "procedures"];
    world.does(came("ind", &all, "2022-04-01"));
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-04"));
    let contradiction = world.attempt(not_there("ind", &["interviews"], "2022-04-05")).unwrap_err();
    assert_eq!(contradiction.problem.key, "item-was-delivered");
    let state = world.does(sent_back("ind", &["interviews"], "2022-04-06"));
    assert_eq!((state.rest.clone(), state.phase_on(day("2022-04-06"))), (None, Phase::Dossier));
    let item = state.deliveries[0].item(&code("interviews")).unwrap();
    assert_eq!((item.state, item.ground.clone()), (ItemState::Rejected, Some(code("wrong-person"))));
    assert_eq!(delivery_term(&world, "ind"), Some((Rule::DossierDelivery, "2022-05-04".into())));
    world.does(came("ind", &["interviews"], "2022-04-08"));
    let state = world.does(complete("ind", "2022-04-11"));
    assert_eq!(state.rest.unwrap().end, day("2022-04-25"));
}

#[test]
fn what_a_later_check_does_not_name_stands_as_it_did_before() {
    let mut world = asked_both();
    world.does(came("ind", &["decision-history", "interviews"], "2022-02-01"));
    assert_eq!(world.state().deliveries[0].stands(), Stands::ToCheck(day("2022-02-01")));
    let state = world.does(misses("ind", &["interviews", "procedures", "talks-report"], "2022-02-02"));
    assert_eq!(state_of(&state, "ind", "interviews"), Some((ItemState::Missing, "2022-02-02".into())));
    let delivery = &state.deliveries[0];
    assert_eq!(delivery.items, items(&["decision-history"]));
    assert_eq!(delivery.stands(), Stands::Lacking(day("2022-02-02")));
    let state = world.does(misses("ind", &["procedures"], "2022-02-04"));
    assert_eq!(state_of(&state, "ind", "interviews"), Some((ItemState::Delivered, "2022-02-01".into())));
    assert_eq!(state_of(&state, "ind", "procedures"), Some((ItemState::Missing, "2022-02-04".into())));
    assert_eq!(state_of(&state, "ind", "talks-report"), None, "nobody asked for it");
    assert_eq!(state.deliveries[0].items, items(&["decision-history", "interviews"]));
    let state = world.does(misses("ind", &["interviews"], "2022-02-05"));
    assert_eq!(state_of(&state, "ind", "procedures"), Some((ItemState::Asked, "2022-01-11".into())));
    // it came and is another one's, or it never came
    let mut other = world.clone();
    let state = other.does(sent_back("ind", &["interviews"], "2022-02-06"));
    assert_eq!(state_of(&state, "ind", "interviews").unwrap().0, ItemState::Rejected);
    world.does(not_there("ind", &["interviews"], "2022-02-06"));
    world.does(came("ind", &["procedures"], "2022-02-07"));
    let state = world.does(silent(complete("ind", "2022-02-08")));
    assert_eq!(state.deliveries[0].stands(), Stands::Complete(day("2022-02-08")));
}

#[test]
fn an_item_is_due_as_the_part_is_also_after_a_pause_and_an_extension() {
    let mut world = asked_both();
    world.method.pauses = [(code("hospital"), vec![Rule::DossierDelivery])].into();
    world.method.extensions = [(Rule::DossierDelivery, 28)].into();
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let due = |world: &World, item: &str| {
        let state = world.state();
        let all = terms(&state, &world.method, &lead);
        let part = all.into_iter().find(|term| term.waiting_on == Some(org("ind"))).unwrap();
        let item = item_due(&state, &world.method, &part, &code(item));
        assert_eq!((item.has_end(), item.waiting_on.clone()), (part.has_end(), part.waiting_on.clone()));
        (item.end.to_string(), part.end.to_string())
    };
    assert_eq!(due(&world, "interviews"), ("2022-02-08".into(), "2022-02-08".into()));
    let request = world.history.iter().rev().nth(1).unwrap().fact.header.id;
    let codes = Codes { pause: Some(code("hospital")), ..Codes::default() };
    world.does(Draft::new(domain::pause::PauseStarted { note: String::new() }, day("2022-02-01")).codes(codes));
    let codes = Codes { about: Some(world.last()), ..Codes::default() };
    world.does(Draft::new(domain::pause::PauseEnded { note: String::new() }, day("2022-02-06")).codes(codes));
    assert_eq!(due(&world, "interviews"), ("2022-02-13".into(), "2022-02-13".into()), "five days stood still");
    let body = domain::term::TermExtended {
        rule: Rule::DossierDelivery,
        ground: "archief verhuist".into(),
        by: "Proef Beslisser".into(),
    };
    let codes = Codes { about: Some(request), until: Some(day("2022-02-20")), ..Codes::default() };
    world.does(Draft::new(body, day("2022-02-07")).codes(codes));
    assert_eq!(due(&world, "interviews"), ("2022-02-20".into(), "2022-02-20".into()));
    // with days of its own it comes first, and the part with it
    world.method.dossier.iter_mut().filter(|item| item.item == code("interviews")).for_each(|item| item.days = Some(7));
    let (first, part) = due(&world, "interviews");
    assert_eq!(first, part);
    assert!(due(&world, "procedures").0 > first);
}

#[test]
fn an_item_found_wrong_after_the_decision_undoes_nothing() {
    let mut world = World::with_deliveries();
    world.does(came("ind", &["interviews"], "2022-04-01"));
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-04"));
    world.does(world.decided("2022-04-19"));
    let state = world.does(sent_back("ind", &["interviews"], "2022-05-02"));
    assert_eq!(state.phase_on(day("2022-05-02")), Phase::Guidance);
    assert_eq!(state_of(&state, "ind", "interviews").unwrap().0, ItemState::Rejected);
}

#[test]
fn a_partner_beside_the_two_can_be_asked_and_nothing_waits_for_it() {
    let mut world = World::with_intake();
    let stranger = world.attempt(asked("municipality-groningen", "2022-01-11")).unwrap_err();
    assert_eq!(stranger.problem.key, "partner-delivers-nothing");
    // of the AVIM and of the guidance an item was agreed that nothing waits for
    for from in ["avim", "inlia"] {
        let agreed: Vec<_> = world.method.items_of(&org(from)).collect();
        assert!(!agreed.is_empty() && agreed.iter().all(|item| !item.required), "{from}");
    }
    world.method.dossier.retain(|item| item.from != org("avim"));
    world.method.dossier.push(Contracted {
        item: code("identity-documents"),
        from: org("avim"),
        required: false,
        days: Some(5),
        seen_by: vec![],
        seen_until: SeenUntil::Ended,
    });
    world.does(asked("avim", "2022-01-11"));
    assert_eq!(delivery_term(&world, "avim"), Some((Rule::DossierDelivery, "2022-01-16".into())), "its own days");
    for partner in ["ind", "dtv"] {
        world.does(asked(partner, "2022-01-11"));
        world.does(delivered(partner, "2022-02-01"));
        world.does(complete(partner, "2022-02-02"));
    }
    assert!(world.state().rest.is_some());
}

#[test]
fn the_rest_starts_with_the_event_that_the_method_names() {
    let start = |starts: RestStart| {
        let mut world = World::with_intake();
        world.method.rest_starts = starts;
        world.does(asked("ind", "2022-01-11"));
        world.does(asked("dtv", "2022-01-13"));
        world.does(delivered("ind", "2022-02-01"));
        world.does(complete("ind", "2022-02-03"));
        world.does(delivered("dtv", "2022-02-10"));
        world.does(complete("dtv", "2022-02-14"));
        let state = world.state();
        let rest = state.rest.clone().unwrap();
        assert_eq!(state.phase_on(rest.start), Phase::RestPeriod, "{starts}");
        assert_eq!(state.phase_on(domain::term::after(rest.end)), Phase::Decision, "{starts}");
        (rest.start.to_string(), rest.triggers.len())
    };
    assert_eq!(start(RestStart::AllComplete), ("2022-02-14".into(), 2));
    assert_eq!(start(RestStart::FirstComplete), ("2022-02-03".into(), 1));
    assert_eq!(start(RestStart::AllDelivered), ("2022-02-10".into(), 2));
    assert_eq!(start(RestStart::AllRequested), ("2022-01-13".into(), 2));
}

#[test]
fn a_rest_that_began_with_the_first_part_stops_only_when_that_part_goes_back() {
    let mut world = World::with_deliveries();
    world.method.rest_starts = RestStart::FirstComplete;
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-04"));
    let found = lacking(&world, "dtv", "2022-04-05");
    assert_eq!(world.does(found).rest.unwrap().start, day("2022-04-02"));
    let found = lacking(&world, "ind", "2022-04-06");
    assert!(world.does(found).rest.is_none());
}

#[test]
fn what_is_open_while_the_rest_runs_stays_due() {
    let mut world = asked_both();
    world.method.rest_starts = RestStart::AllRequested;
    assert_eq!(world.state().phase_on(day("2022-01-12")), Phase::RestPeriod);
    assert_eq!(delivery_term(&world, "ind"), Some((Rule::DossierDelivery, "2022-02-08".into())));
}

#[test]
fn of_a_forgotten_person_the_rest_stays_where_it_was() {
    for starts in RestStart::ALL {
        let mut world = World::with_intake();
        world.method.rest_starts = *starts;
        world.does(asked("ind", "2022-01-11"));
        world.does(asked("dtv", "2022-01-13"));
        world.does(reminded("ind", "2022-01-20"));
        world.does(not_there("ind", &["interviews"], "2022-02-01"));
        world.does(came("ind", &["decision-history", "procedures"], "2022-02-02"));
        world.does(complete("ind", "2022-02-03"));
        world.does(came("dtv", &["departure-file", "talks-report"], "2022-02-04"));
        if *starts == RestStart::AllComplete {
            world.does(sent_back("dtv", &["talks-report"], "2022-02-05"));
            world.does(came("dtv", &["talks-report"], "2022-02-06"));
        }
        world.does(complete("dtv", "2022-02-07"));
        let state = world.state();
        world.history.iter_mut().for_each(|recorded| (recorded.fact.body, recorded.fact.why) = (None, None));
        assert_eq!(world.state().phases, state.phases, "{starts}");
    }
}

/// What happened; a day each, so that the order is that of the days.
fn events() -> Vec<Draft> {
    vec![
        asked("ind", "2022-01-11"),
        asked("dtv", "2022-01-12"),
        came("ind", &["decision-history"], "2022-02-01"),
        reminded("ind", "2022-02-02"),
        not_there("ind", &["interviews"], "2022-02-03"),
        came("dtv", &["departure-file", "talks-report", "travel-document-applications"], "2022-02-04"),
        came("ind", &["procedures"], "2022-02-05"),
        complete("dtv", "2022-02-06"),
        sent_back("ind", &["procedures"], "2022-02-07"),
        came("ind", &["procedures"], "2022-02-08"),
        complete("ind", "2022-02-09"),
    ]
}

static ASKED: std::sync::LazyLock<World> = std::sync::LazyLock::new(asked_both);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn where_an_item_stands_does_not_depend_on_the_order_in_which_facts_were_learnt(
        order in Just((0..11).collect::<Vec<usize>>()).prop_shuffle(),
        starts in 0_usize..4,
    ) {
        static INTAKE: std::sync::LazyLock<World> = std::sync::LazyLock::new(World::with_intake);
        let told = |order: &[usize]| {
            let (mut world, events) = (INTAKE.clone(), events());
            world.method.rest_starts = RestStart::ALL[starts];
            let mut waiting = order.to_vec();
            while !waiting.is_empty() {
                let before = waiting.len();
                waiting.retain(|at| match world.try_as(1000 + *at as u128, events[*at].clone()) {
                    Ok((fact, _)) => {
                        world.add(fact);
                        false
                    }
                    Err(_) => true,
                });
                assert!(waiting.len() < before, "never accepted: {waiting:?}");
            }
            let mut state = world.state();
            state.deliveries.sort_by(|one, other| one.partner.cmp(&other.partner));
            (state.deliveries.clone(), state.rest.clone(), state.phases.clone())
        };
        prop_assert_eq!(told(&(0..11).collect::<Vec<_>>()), told(&order));
    }

    /// A delivery whose day was wrong: corrected, everything is as if it had been right from the start.
    #[test]
    fn a_corrected_delivery_is_as_if_it_had_been_right(wrong in 0_i64..20, right in 0_i64..20) {
        let on = |offset: i64| day("2022-02-01").saturating_add(jiff::Span::new().days(offset)).to_string();
        let told = |first: i64| {
            let mut world = ASKED.clone();
            world.method.rest_starts = RestStart::AllDelivered;
            world.does(came("dtv", &["departure-file"], &on(5)));
            world.does(came("ind", &["interviews"], &on(first)));
            world
        };
        let mut corrected = told(wrong);
        let state = corrected.does(came("ind", &["interviews"], &on(right)).correcting(corrected.last(), "vergissing"));
        let known = told(right).state();
        prop_assert_eq!(state.phases, known.phases);
        prop_assert_eq!(state.rest.map(|rest| (rest.start, rest.end)), known.rest.map(|rest| (rest.start, rest.end)));
    }
}

#[test]
fn a_request_that_is_withdrawn_takes_what_rests_on_it_or_is_refused() {
    let mut world = asked_both();
    let request = world.history.iter().rev().nth(1).unwrap().fact.header.id;
    world.does(came("ind", &["interviews"], "2022-02-01"));
    let taken = Draft::new(Body::from(Withdrawn {}), world.today).correcting(request, "verkeerde partner");
    let refusal = world.attempt(taken).unwrap_err();
    assert_eq!(refusal.problem.key, "dossier-not-requested");
    assert!(refusal.stands_in_way.is_some());
}

#[test]
fn codes_that_are_no_codes_are_refused() {
    let mut world = asked_both();
    let mut draft = not_there("ind", &["interviews"], "2022-02-01");
    if let Body::DossierUnavailable(body) = &mut draft.body {
        body.ground = code("geen-zin");
    }
    assert_eq!(world.attempt(draft).unwrap_err().field, Some("ground"));
    assert_eq!(world.attempt(not_there("ind", &[], "2022-02-01")).unwrap_err().problem.key, "choice-missing");
    assert_eq!(world.attempt(not_there("ind", &["zomaar"], "2022-02-01")).unwrap_err().problem.key, "code-unknown");
    let mut request = of("ind", DossierRequested { items: items(&["zomaar"]), note: String::new() }, "2022-01-11");
    request.codes.partner = Some(org("ind"));
    assert_eq!(world.attempt(request).unwrap_err().problem.key, "code-unknown");
}
