//! Steps out of order, and what must be said with them.

use domain::{
    codes::{Phase, Status},
    conference::{Commitment, Decided},
    cooperation::CooperationReviewed,
    fact::{Body, Codes, Kind},
    pause::{PauseEnded, PauseStarted},
    plan::{ContactNoted, GoalSet},
    programme::{List, Step},
    screening::Screened,
    shelter::ShelterStarted,
    status::StatusChanged,
    term::{Rule, terms},
    trajectory::Draft,
};

use crate::world::{World, asked, complete, day, delivered, lacking};

fn changed(on: &str, status: Status) -> Draft {
    let codes = Codes { status: Some(status), ..Codes::default() };
    Draft::new(StatusChanged { reason: "zo is het".into() }, day(on)).codes(codes)
}

fn first(world: &World, list: List) -> domain::ids::Code {
    world.programme.list(list).0[0].code.clone()
}

fn key(world: &World, draft: Draft) -> &'static str {
    world.try_as(999, draft).unwrap_err().problem.key
}

fn bed(world: &World, on: &str) -> Draft {
    let (kind, funder) = (first(world, List::ShelterKinds), first(world, List::Funders));
    Draft::new(ShelterStarted { kind, location: "Proefhuis".into(), funder }, day(on))
}

fn pause(world: &World, on: &str) -> Draft {
    let codes = Codes { pause: Some(first(world, List::Pauses)), ..Codes::default() };
    Draft::new(PauseStarted { note: String::new() }, day(on)).codes(codes)
}

fn resumed(world: &World, on: &str) -> Draft {
    let codes = Codes { about: Some(world.last()), ..Codes::default() };
    Draft::new(PauseEnded { note: String::new() }, day(on)).codes(codes)
}

fn reviewed(world: &World, on: &str, assessors: &[&str]) -> Draft {
    let assessors = assessors.iter().map(|name| (*name).to_owned()).collect();
    let body = CooperationReviewed {
        reason: "besproken".into(),
        assessors,
        consequence: first(world, List::Consequences),
        heard: None,
        not_heard: None,
        settled: None,
    };
    Draft::new(body, day(on)).codes(Codes { cooperates: Some(true), ..Codes::default() })
}

#[test]
fn possible_from_may_lie_after_today_and_is_always_a_day_that_works() {
    let mut world = World::with_deliveries();
    world.today = day("2022-04-10");
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-04"));
    let refusal = world.attempt(world.decided("2022-04-10")).unwrap_err();
    assert_eq!(refusal.possible_from, Some(day("2022-04-19")), "after the rest period, which is after today");
    // before the dossier was complete the first reason names no day at all
    let refusal = world.attempt(world.decided("2022-03-01")).unwrap_err();
    assert_eq!(refusal.problem.key, "dossier-not-complete");
    assert_eq!(refusal.possible_from, Some(day("2022-04-19")));
    world.today = day("2022-07-01");
    assert!(world.attempt(world.decided("2022-04-19")).is_ok(), "and that day is right");
}

#[test]
fn a_fact_in_the_way_comes_with_the_first_day_that_is_free() {
    let mut world = World::with_intake();
    let refusal = world.attempt(world.left("2022-01-05")).unwrap_err();
    assert_eq!(refusal.stands_in_way.map(|standing| standing.kind), Some(Kind::IntakeHeld));
    assert_eq!(refusal.possible_from, Some(day("2022-01-10")));
    assert!(world.attempt(world.left("2022-01-10")).is_ok());
}

#[test]
fn who_is_admitted_again_goes_to_the_intake_again() {
    let mut world = World::groningen();
    world.does(world.registered("2022-01-03"));
    world.does(world.screened("2022-01-04", Status::Admitted));
    let state = world.does(changed("2022-01-10", Status::WaitingList));
    assert_eq!(state.phase_on(world.today), Phase::Registration);
    let state = world.does(changed("2022-02-01", Status::Admitted));
    assert_eq!((state.status(), state.phase_on(world.today)), (Status::Admitted, Phase::Intake));
    // an admission is not taken back by a plain change, not by a detour either
    assert_eq!(key(&world, changed("2022-02-02", Status::ShelteredWithoutStatus)), "status-needs-decision");
    world.does(changed("2022-02-03", Status::LivingAllowanceOnly));
    assert_eq!(key(&world, changed("2022-02-04", Status::ShelteredWithoutStatus)), "status-needs-decision");
    assert_eq!(key(&world, changed("2022-02-04", Status::Refused)), "status-needs-decision");
    assert_eq!(key(&world, changed("2022-02-04", Status::LivingAllowanceOnly)), "status-unchanged");
}

#[test]
fn a_screening_past_the_intake_does_not_send_someone_back_to_wait() {
    let mut world = World::at("lvv-2018", "amsterdam");
    world.does(world.registered("2022-01-03"));
    world.does(world.screened("2022-01-04", Status::ShelteredWithoutStatus));
    world.does(world.intake("2022-01-10"));
    world.does(asked("ind", "2022-01-11"));
    assert_eq!(key(&world, world.screened("2022-02-01", Status::WaitingList)), "status-needs-outflow");
    world.does(bed(&world, "2022-01-12"));
    world.does(pause(&world, "2022-01-20"));
    let state = world.does(world.screened("2022-02-01", Status::Refused));
    assert_eq!(state.stays[0].to, Some(day("2022-02-01")), "who is refused no longer sleeps here");
    assert_eq!(state.pauses[0].to, Some(day("2022-02-01")));
}

#[test]
fn the_waiting_list_is_no_overdue_screening() {
    let mut world = World::groningen();
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let registered = world.does(world.registered("2022-01-03"));
    let rules = |state: &_, world: &World| terms(state, &world.method, &lead);
    let term = rules(&registered, &world).remove(0);
    assert_eq!((term.rule, term.trigger()), (Rule::Screening, Some(world.last())));
    let waiting = world.does(world.screened("2022-01-10", Status::WaitingList));
    let terms = rules(&waiting, &world);
    assert_eq!(terms.len(), 1);
    assert_eq!((terms[0].rule, terms[0].start, terms[0].length), (Rule::WaitingList, day("2022-01-10"), None));
    assert_eq!(terms[0].trigger(), Some(world.last()));
}

#[test]
fn a_review_or_a_commitment_is_not_due_before_the_decision() {
    let mut world = World::with_deliveries();
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-02"));
    let mut draft = world.decided("2022-05-02");
    draft.codes.until = Some(day("2022-05-01"));
    let refusal = world.attempt(draft.clone()).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.field), ("due-before-start", Some("until")));
    draft.codes.until = None;
    let promise = |draft: &mut Draft, due: &str| {
        let Body::Decided(Decided { commitments, .. }) = &mut draft.body else { unreachable!() };
        let org = commitments[0].org.clone();
        let text = "papieren aanvragen".to_owned();
        commitments[0] = Commitment { org, text, due: Some(day(due)), nothing: false };
    };
    promise(&mut draft, "2022-05-01");
    let refusal = world.attempt(draft.clone()).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.field), ("due-before-start", Some("commitments")));
    promise(&mut draft, "2022-06-01");
    let state = world.does(draft);
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let term = terms(&state, &world.method, &lead).into_iter().find(|term| term.rule == Rule::Commitment).unwrap();
    assert_eq!((term.end, term.trigger()), (day("2022-06-01"), Some(world.last())));
    assert!(term.counts_on(day("2022-06-01")) && !term.counts_on(day("2022-06-02")));
}

#[test]
fn every_partner_says_what_it_takes_on_or_that_it_takes_on_nothing() {
    let mut world = World::with_deliveries();
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-02"));
    let with = |world: &World, change: &dyn Fn(&mut Vec<Commitment>)| {
        let mut draft = world.decided("2022-05-02");
        if let Body::Decided(body) = &mut draft.body {
            change(&mut body.commitments);
        }
        draft
    };
    let draft = with(&world, &|said| drop(said.pop()));
    assert_eq!(key(&world, draft), "commitment-missing");
    let draft = with(&world, &|said| said[0].nothing = false);
    assert_eq!(key(&world, draft), "text-missing");
    let draft = with(&world, &|said| said[0].text = "iets".into());
    assert_eq!(key(&world, draft), "commitment-and-nothing");
    let draft = with(&world, &|said| said[0].org = "amsterdam".parse().unwrap());
    assert_eq!(key(&world, draft), "not-a-partner");
    let mut draft = world.decided("2022-05-02");
    if let Body::Decided(body) = &mut draft.body {
        body.present[0].name = "  ".into();
    }
    let refusal = world.attempt(draft).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.field), ("text-missing", Some("present")));
}

fn screening(world: &World, status: Status, change: impl FnOnce(&mut Screened)) -> Draft {
    let mut draft = world.screened("2022-01-04", status);
    if let Body::Screened(body) = &mut draft.body {
        change(body);
    }
    draft
}

#[test]
fn what_is_said_with_a_screening_fits_its_outcome() {
    let mut world = World::groningen();
    world.does(world.registered("2022-01-03"));
    let exception = world.method.exception_by.first().cloned();
    let unknown = || "nooit-van-gehoord".parse().ok();
    let cases = [
        (screening(&world, Status::Refused, |body| body.remedy = None), "remedy-missing"),
        (screening(&world, Status::Admitted, |body| body.remedy = "objection".parse().ok()), "remedy-without-refusal"),
        (screening(&world, Status::WaitingList, |body| body.exception_by = exception.clone()), "exception-only-admits"),
        (screening(&world, Status::WaitingList, |body| body.ground = unknown()), "not-in-method"),
        (screening(&world, Status::OutsideLvv, |body| body.ground = unknown()), "not-in-method"),
        (screening(&world, Status::LivingAllowanceOnly, |body| body.ground = unknown()), "not-in-method"),
        (
            screening(&world, Status::Admitted, |body| {
                (body.exception_by, body.ground) = (exception.clone(), unknown());
            }),
            "not-in-method",
        ),
        (screening(&world, Status::Admitted, |body| body.mandate.form_date = day("2022-07-02")), "date-in-future"),
    ];
    for (draft, expected) in cases {
        assert_eq!(key(&world, draft), expected);
    }
    let exception =
        screening(&world, Status::Admitted, |body| (body.exception_by, body.ground) = (exception.clone(), None));
    let state = world.does(exception);
    assert_eq!(state.status(), Status::Admitted, "by exception no ground is needed");
}

#[test]
fn a_registration_is_not_moved_to_before_the_site_opened() {
    let mut world = World::groningen();
    world.does(world.registered("2022-01-03"));
    let wrong = world.last();
    assert_eq!(key(&world, world.registered("2017-01-03").correcting(wrong, "eerder")), "site-not-open");
}

#[test]
fn without_a_rubric_two_assessors_are_two_names() {
    let mut world = World::with_deliveries();
    world.method.criteria.clear();
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-02"));
    assert_eq!(key(&world, reviewed(&world, "2022-05-01", &["Proef Een", "Proef Twee"])), "decision-first");
    world.does(world.decided("2022-05-02"));
    assert_eq!(key(&world, reviewed(&world, "2022-06-01", &["Proef Een", " proef een "])), "assessors-missing");
    let state = world.does(reviewed(&world, "2022-06-01", &["Proef Een", "Proef Twee"]));
    assert_eq!(state.reviews.len(), 1);
}

#[test]
fn everyone_who_is_sheltered_without_a_decision_of_the_partners_waits_undecided() {
    for (folder, site) in [
        ("lvv-2018", "amsterdam"),
        ("lvv-2018", "rotterdam"),
        ("lvv-2018", "utrecht"),
        ("lvv-2018", "eindhoven"),
        ("lvv-2018", "groningen"),
        ("one-city", "vrijstad"),
    ] {
        let mut world = World::at(folder, site);
        assert!(
            world.method.undecided_days.is_some() && world.method.assumptions.contains_key("undecided_days"),
            "{site}"
        );
        let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
        let waits = |world: &World| {
            let all = terms(&world.state(), &world.method, &lead);
            all.iter().find(|term| term.rule == Rule::Undecided).map(|term| (term.start, term.trigger().unwrap()))
        };
        world.does(world.registered("2022-01-03"));
        let status = if site == "amsterdam" { Status::ShelteredWithoutStatus } else { Status::Admitted };
        world.does(world.screened("2022-01-04", status));
        let screened = world.last();
        let by_status = (site == "amsterdam").then_some((day("2022-01-04"), screened));
        assert_eq!(waits(&world), by_status, "{site}: admitted, and no bed yet");
        world.does(bed(&world, "2022-01-06"));
        let first = world.last();
        let since = by_status.or(Some((day("2022-01-06"), first)));
        assert_eq!(waits(&world), since, "{site}: a bed, admitted or not");
        let moved = bed(&world, "2022-01-20").codes(Codes { about: Some(first), ..Codes::default() });
        world.does(moved);
        assert_eq!(waits(&world), since, "{site}: a move begins nothing anew");
    }
    let mut world = World::guided();
    world.does(bed(&world, "2022-05-03"));
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let decided = terms(&world.state(), &world.method, &lead);
    assert!(decided.iter().all(|term| term.rule != Rule::Undecided), "the partners have decided");
}

#[test]
fn a_trajectory_pauses_for_different_reasons_at_the_same_time_and_for_one_reason_once() {
    let mut world = World::with_intake();
    let reasons: Vec<_> = world.programme.list(List::Pauses).0.iter().take(2).map(|one| one.code.clone()).collect();
    let of = |reason: &domain::ids::Code, on: &str| {
        let codes = Codes { pause: Some(reason.clone()), ..Codes::default() };
        Draft::new(PauseStarted { note: String::new() }, day(on)).codes(codes)
    };
    let over = |world: &World, fact, on: &str| {
        let codes = Codes { about: Some(fact), ..Codes::default() };
        world.try_as(999, Draft::new(PauseEnded { note: String::new() }, day(on)).codes(codes))
    };
    world.does(of(&reasons[0], "2022-02-01"));
    let first = world.last();
    world.does(of(&reasons[1], "2022-02-10"));
    assert_eq!(key(&world, of(&reasons[1], "2022-02-20")), "pause-still-on");
    assert_eq!(world.state().pauses_on().count(), 2);
    let (fact, _) = over(&world, first, "2022-03-01").unwrap();
    world.add(fact);
    let state = world.state();
    assert_eq!(state.pauses_on().map(|pause| pause.code.clone()).collect::<Vec<_>>(), [Some(reasons[1].clone())]);
    let spells: Vec<_> = state.spells().into_iter().filter(|one| one.line == domain::spell::Line::Pause).collect();
    let expected: std::collections::BTreeSet<_> = [
        (reasons[0].to_string(), day("2022-02-01"), Some(day("2022-03-01"))),
        (reasons[1].to_string(), day("2022-02-10"), None),
    ]
    .into();
    assert_eq!(
        spells.into_iter().map(|one| (one.code, one.from, one.to)).collect::<std::collections::BTreeSet<_>>(),
        expected
    );
    // the end of a trajectory ends all that are on
    let state = world.does(world.left("2022-04-01"));
    assert!(state.pauses_on().next().is_none());
}

#[test]
fn a_trajectory_pauses_as_often_as_needed_but_for_one_reason_once_at_a_time() {
    let mut world = World::with_intake();
    world.does(pause(&world, "2022-02-01"));
    assert_eq!(key(&world, pause(&world, "2022-02-10")), "pause-still-on");
    assert!(world.does(resumed(&world, "2022-03-01")).pauses_on().next().is_none());
    world.does(pause(&world, "2022-04-01"));
    let state = world.does(resumed(&world, "2022-05-01"));
    assert_eq!(
        state.pauses.iter().map(|pause| pause.to).collect::<Vec<_>>(),
        [Some(day("2022-03-01")), Some(day("2022-05-01"))]
    );
}

#[test]
fn a_method_may_let_a_step_be_skipped() {
    let mut world = World::with_intake();
    assert_eq!(key(&world, world.decided("2022-02-01")), "dossier-not-complete");
    world.method.may_skip.push(Step::Dossier);
    assert_eq!(world.does(world.decided("2022-02-01")).phase_on(world.today), Phase::Guidance);
}

#[test]
fn the_ind_delivers_after_the_partners_met() {
    let mut world = World::with_intake();
    world.method.may_skip.push(Step::Dossier);
    world.does(asked("ind", "2022-01-11"));
    world.does(world.decided("2022-02-01"));
    world.does(delivered("ind", "2022-03-01"));
    let state = world.does(complete("ind", "2022-03-02"));
    assert_eq!(state.phase_on(world.today), Phase::Guidance, "what comes late does not undo the decision");
    assert_eq!(state.deliveries[0].complete, Some(day("2022-03-02")));
}

#[test]
fn a_part_found_lacking_is_not_complete_without_a_supplement_or_a_reason() {
    let mut world = World::with_deliveries();
    // nothing agreed about items: what is asked and found missing stands alone
    world.method.dossier.clear();
    let found = lacking(&world, "ind", "2022-04-03");
    let state = world.does(found);
    assert_eq!(state.deliveries[0].outstanding(), [&first(&world, List::DossierItems)]);
    let silent = |on: &str| {
        let mut draft = complete("ind", on);
        draft.body = domain::dossier::DossierCompleted { note: " ".into() }.into();
        draft
    };
    let refusal = world.attempt(silent("2022-04-04")).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.field), ("dossier-still-lacking", Some("note")));
    // something came, but not what was missing
    world.does(delivered("ind", "2022-04-05"));
    assert_eq!(key(&world, silent("2022-04-06")), "dossier-still-lacking");
    let mut all = delivered("ind", "2022-04-07");
    let items = vec![first(&world, List::DossierItems)];
    all.body = domain::dossier::DossierDelivered { items, note: String::new() }.into();
    world.does(all);
    let state = world.does(silent("2022-04-08"));
    assert!(state.deliveries[0].complete.is_some() && state.deliveries[0].outstanding().is_empty());
}

#[test]
fn a_goal_is_due_on_a_day() {
    let mut world = World::with_intake();
    let owner = world.method.deliver[0].clone();
    let goal = |until: &str| {
        let codes = Codes { until: Some(day(until)), ..Codes::default() };
        Draft::new(GoalSet { text: "papieren".into(), owner: owner.clone() }, day("2022-02-01")).codes(codes)
    };
    assert_eq!(key(&world, goal("2022-01-31")), "due-before-start");
    let state = world.does(goal("2022-08-01"));
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let term = terms(&state, &world.method, &lead).into_iter().find(|term| term.rule == Rule::Goal).unwrap();
    assert_eq!((term.end, term.trigger(), term.waiting_on), (day("2022-08-01"), Some(world.last()), Some(owner)));
}

#[test]
fn a_contact_can_be_noted_late_even_after_leaving() {
    let mut world = World::with_intake();
    world.does(world.left("2022-03-01"));
    let note = ContactNoted { how: first(&world, List::ContactKinds), note: "belde nog".into() };
    assert_eq!(world.does(Draft::new(note, day("2022-03-05"))).contacts.len(), 1);
}

#[test]
fn an_older_decision_is_read_without_a_mandate() {
    let old = r#"{"body":{"perspective":"return","reason":"samen","present":[],"commitments":[]}}"#;
    let read = domain::fact::Sealed::from_bytes(Kind::Decided, 1, old.as_bytes()).unwrap();
    assert!(matches!(read.body, Body::Decided(Decided { mandate: None, .. })));
    let old = r#"{"body":{"perspective":"return","reason":"samen","present":[],"commitments":[],"mandate":null}}"#;
    let read = domain::fact::Sealed::from_bytes(Kind::Decided, 2, old.as_bytes()).unwrap();
    let Body::Decided(read) = read.body else { unreachable!() };
    assert!(read.sitting.is_none() && read.options.is_empty() && read.dissent.is_empty());
    assert_eq!(Kind::Decided.version(), 3);
}
