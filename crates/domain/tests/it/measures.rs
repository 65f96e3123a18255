//! What follows from a review, objection, and a hold that nothing else overrides.

use domain::{
    codes::{AskedBy, Measure, ObjectionOutcome, Status},
    fact::{Body, Codes, Kind},
    hold::{HoldLifted, HoldSet},
    ids::FactId,
    measure::MeasureTaken,
    objection::{ObjectionDecided, ObjectionMade},
    programme::List,
    shelter::{ShelterEnded, ShelterStarted},
    status::StatusChanged,
    term::{Rule, terms},
    trajectory::Draft,
};

use crate::world::{World, code, day};

fn key(world: &World, draft: Draft) -> &'static str {
    world.try_as(999, draft).unwrap_err().problem.key
}

/// A step with all it must hold.
pub(crate) fn taken(world: &World, measure: Measure, on: &str) -> Draft {
    let heard = (measure == Measure::Hearing).then(|| world.hearing(on));
    let last = measure == Measure::ShelterEnds;
    let mandate = last.then(|| world.mandate(on));
    let remedy = last.then(|| code("objection"));
    let until = (measure == Measure::Term).then(|| day(on).saturating_add(jiff::Span::new().days(14)));
    let body = MeasureTaken { measure, reason: "besproken".into(), heard, mandate, remedy };
    Draft::new(body, day(on)).codes(Codes { until, ..Codes::default() })
}

fn about(body: impl Into<Body>, about: FactId, on: &str) -> Draft {
    Draft::new(body, day(on)).codes(Codes { about: Some(about), ..Codes::default() })
}

fn objection(about_: FactId, on: &str) -> Draft {
    about(ObjectionMade { by: AskedBy::Participant, grounds: "niet eens".into() }, about_, on)
}

fn hold(world: &World, on: &str, until: Option<&str>) -> Draft {
    let ground = world.programme.list(List::HoldGrounds).0[0].code.clone();
    Draft::new(HoldSet { ground, note: "zaak TEST 22/1".into() }, day(on))
        .codes(Codes { until: until.map(day), ..Codes::default() })
}

fn bed(world: &World, on: &str) -> Draft {
    let first = |list| world.programme.list(list).0[0].code.clone();
    let body =
        ShelterStarted { kind: first(List::ShelterKinds), location: "Proefhuis".into(), funder: first(List::Funders) };
    Draft::new(body, day(on))
}

/// Negative on 3 May, then up to (not with) the end of shelter.
fn on_the_ladder() -> World {
    let mut world = World::guided();
    world.today = day("2022-12-01");
    world.reviews("2022-05-03", false);
    for (measure, on) in [
        (Measure::Talk, "2022-05-05"),
        (Measure::Warning, "2022-05-10"),
        (Measure::Hearing, "2022-05-17"),
        (Measure::Term, "2022-05-20"),
    ] {
        world.does(taken(&world, measure, on));
    }
    world
}

#[test]
fn each_step_needs_the_one_before_and_says_which_is_missing() {
    let mut world = World::guided();
    assert_eq!(key(&world, taken(&world, Measure::Talk, "2022-05-05")), "review-first");
    world.reviews("2022-05-03", false);
    let refusal = world.try_as(999, taken(&world, Measure::Hearing, "2022-05-05")).unwrap_err();
    let missing = refusal.problem.args.iter().find(|(name, _)| *name == "measure").unwrap();
    assert_eq!((refusal.problem.key, missing.1.as_ref()), ("measure-first", "talk"));
    world.does(taken(&world, Measure::Talk, "2022-05-05"));
    let refusal = world.try_as(999, taken(&world, Measure::ShelterEnds, "2022-05-06")).unwrap_err();
    assert!(refusal.problem.args.iter().any(|(name, value)| *name == "measure" && value == "warning"));
    assert_eq!(world.state().next_measures(&world.method), [Measure::Talk, Measure::Warning]);
    let mut silent = taken(&world, Measure::Warning, "2022-05-06");
    if let Body::MeasureTaken(body) = &mut silent.body {
        body.reason = " ".into();
    }
    assert_eq!(key(&world, silent), "text-missing");
}

#[test]
fn shelter_ends_after_the_term_in_mandate_and_open_to_objection() {
    let mut world = on_the_ladder();
    let refusal = world.try_as(999, taken(&world, Measure::ShelterEnds, "2022-06-03")).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.possible_from), ("term-still-runs", Some(day("2022-06-04"))));
    let mut bare = taken(&world, Measure::ShelterEnds, "2022-06-04");
    if let Body::MeasureTaken(body) = &mut bare.body {
        body.mandate = None;
    }
    assert_eq!(key(&world, bare.clone()), "measure-mandate-missing");
    if let Body::MeasureTaken(body) = &mut bare.body {
        (body.mandate, body.remedy) = (Some(world.mandate("2022-06-04")), None);
    }
    assert_eq!(key(&world, bare), "remedy-missing");
    let state = world.does(taken(&world, Measure::ShelterEnds, "2022-06-04"));
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let all = terms(&state, &world.method, &lead);
    let objection = all.iter().find(|term| term.rule == Rule::Objection).unwrap();
    // six weeks after 4 June 2022 is Saturday 16 July
    assert_eq!((objection.end, objection.moved_from()), (day("2022-07-18"), Some(day("2022-07-16"))));
    assert!(objection.calendar.statutory());
}

#[test]
fn a_hearing_and_a_term_hold_what_they_are_named_for() {
    let mut world = World::guided();
    world.reviews("2022-05-03", false);
    world.does(taken(&world, Measure::Talk, "2022-05-05"));
    world.does(taken(&world, Measure::Warning, "2022-05-06"));
    let mut draft = taken(&world, Measure::Hearing, "2022-05-07");
    if let Body::MeasureTaken(body) = &mut draft.body {
        body.heard = None;
    }
    assert_eq!(key(&world, draft), "hearing-missing");
    world.does(taken(&world, Measure::Hearing, "2022-05-07"));
    let mut draft = taken(&world, Measure::Term, "2022-05-08");
    draft.codes.until = None;
    assert_eq!(key(&world, draft.clone()), "term-missing");
    draft.codes.until = Some(day("2022-05-08"));
    assert_eq!(key(&world, draft), "term-before-start");
    // when the term has run out there is a look again, not a consequence by itself
    let state = world.does(taken(&world, Measure::Term, "2022-05-08"));
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let review = terms(&state, &world.method, &lead).into_iter().find(|term| term.rule == Rule::Review).unwrap();
    assert_eq!((review.start, review.end), (day("2022-05-08"), day("2022-05-22")));
}

#[test]
fn a_positive_review_begins_the_ladder_anew() {
    let mut world = on_the_ladder();
    world.reviews("2022-06-10", true);
    assert_eq!(key(&world, taken(&world, Measure::ShelterEnds, "2022-06-11")), "review-positive");
    world.reviews("2022-07-10", false);
    let refusal = world.try_as(999, taken(&world, Measure::Warning, "2022-07-11")).unwrap_err();
    assert_eq!(refusal.problem.key, "measure-first");
    let old = world.state().reviews[0].fact;
    let mut late = taken(&world, Measure::Talk, "2022-07-11");
    late.codes.about = Some(old);
    assert_eq!(key(&world, late), "review-not-last");
}

#[test]
fn a_step_that_is_not_the_methods_is_refused() {
    let mut world = World::guided();
    world.reviews("2022-05-03", false);
    world.method.ladder = vec![Measure::Talk, Measure::Warning];
    assert_eq!(key(&world, taken(&world, Measure::ShelterEnds, "2022-05-05")), "not-on-ladder");
}

#[test]
fn an_objection_is_made_decided_and_may_undo_the_step() {
    let mut world = on_the_ladder();
    world.does(taken(&world, Measure::ShelterEnds, "2022-06-04"));
    let step = world.last();
    assert_eq!(key(&world, objection(FactId(uuid::Uuid::from_u128(8)), "2022-06-10")), "nothing-to-object");
    let state = world.does(objection(step, "2022-06-10"));
    let made = world.last();
    assert!(!state.objections[0].is_late());
    assert_eq!(key(&world, objection(step, "2022-06-11")), "objection-open");
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let all = terms(&state, &world.method, &lead);
    assert!(all.iter().all(|term| term.rule != Rule::Objection), "it was made");
    let decide = all.iter().find(|term| term.rule == Rule::ObjectionDecision).unwrap();
    // the term to object ended on 18 July; six weeks later is Monday 29 August
    assert_eq!(
        (decide.start, decide.end, decide.waiting_on.as_ref()),
        (day("2022-07-18"), day("2022-08-29"), Some(&lead))
    );
    let upheld = ObjectionDecided { outcome: ObjectionOutcome::Upheld, reason: "termijn te kort".into() };
    let state = world.does(about(upheld.clone(), made, "2022-07-20"));
    assert_eq!(state.measures.last().unwrap().annulled, Some(day("2022-07-20")));
    assert_eq!(state.next_measures(&world.method).last(), Some(&Measure::ShelterEnds), "to be taken anew");
    assert_eq!(key(&world, about(upheld, made, "2022-07-21")), "objection-not-open");
}

#[test]
fn the_decision_on_an_objection_is_put_off_once_and_in_time() {
    let mut world = on_the_ladder();
    world.today = day("2022-12-31");
    world.does(taken(&world, Measure::ShelterEnds, "2022-06-04"));
    let step = world.last();
    world.does(objection(step, "2022-06-10"));
    let made = world.last();
    let decided = |outcome| ObjectionDecided { outcome, reason: "er moet iemand gehoord worden".into() };
    let off = |on: &str| about(decided(ObjectionOutcome::Postponed), made, on);
    assert_eq!(key(&world, off("2022-08-30")), "objection-postponed-late", "the term ended on 29 August");
    let state = world.does(off("2022-08-29"));
    assert!(state.objections[0].closed.is_none(), "it is not decided by that");
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let term = terms(&state, &world.method, &lead).into_iter().find(|term| term.rule == Rule::ObjectionDecision);
    // six weeks after 29 August, a Monday
    assert_eq!(term.unwrap().end, day("2022-10-10"));
    assert_eq!(key(&world, off("2022-09-20")), "objection-postponed-twice");
    let state = world.does(about(decided(ObjectionOutcome::Dismissed), made, "2022-10-03"));
    assert!(terms(&state, &world.method, &lead).iter().all(|term| term.rule != Rule::ObjectionDecision));
    // when someone is forgotten the same facts still make sense
    for recorded in &mut world.history {
        (recorded.fact.body, recorded.fact.why) = (None, None);
    }
    assert_eq!(world.state().objections[0].closed.unwrap().1, day("2022-10-03"));
}

#[test]
fn a_late_objection_is_recorded_as_late() {
    let mut world = on_the_ladder();
    world.does(taken(&world, Measure::ShelterEnds, "2022-06-04"));
    let step = world.last();
    let state = world.does(objection(step, "2022-08-01"));
    assert!(state.objections[0].is_late());
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let decide = terms(&state, &world.method, &lead);
    let decide = decide.iter().find(|term| term.rule == Rule::ObjectionDecision).unwrap();
    assert_eq!(decide.start, day("2022-08-01"));
}

#[test]
fn while_a_hold_runs_nothing_ends_shelter_or_participation() {
    let mut world = on_the_ladder();
    world.does(bed(&world, "2022-05-04"));
    let stay = world.last();
    world.does(hold(&world, "2022-06-01", Some("2022-08-31")));
    let held = world.last();
    let ended = |on: &str| about(ShelterEnded { reason: "weg".into() }, stay, on);
    let status = |status| {
        Draft::new(StatusChanged { reason: "zo".into() }, day("2022-06-10"))
            .codes(Codes { status: Some(status), ..Codes::default() })
    };
    let tried = [
        ended("2022-06-10"),
        world.left("2022-06-10"),
        taken(&world, Measure::ShelterEnds, "2022-06-10"),
        status(Status::LivingAllowanceOnly),
        ended("2022-08-31"),
    ];
    for draft in tried {
        let kind = draft.body.kind();
        let refusal = world.try_as(999, draft).unwrap_err();
        let of =
            |name: &str| refusal.problem.args.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_ref());
        assert_eq!(refusal.problem.key, "held-until", "{kind}");
        assert_eq!((of("hold"), of("until")), (Some("court-order"), Some("2022-08-31")), "{kind}: ground and date");
        assert_eq!(refusal.possible_from, Some(day("2022-09-01")), "{kind}");
    }
    // to another bed is not to the street
    let mut moved = bed(&world, "2022-06-20");
    moved.codes.about = Some(stay);
    let state = world.does(moved);
    assert_eq!((state.stays[0].to, state.stay().unwrap().from), (Some(day("2022-06-20")), day("2022-06-20")));
    let silent = about(HoldLifted { note: " ".into() }, held, "2022-07-01");
    assert_eq!(key(&world, silent), "text-missing", "what ended it must be named");
    world.does(about(HoldLifted { note: "uitspraak TEST 22/9 van 1 juli".into() }, held, "2022-07-01"));
    assert!(world.try_as(999, world.left("2022-07-01")).is_ok());
    let twice = about(HoldLifted { note: "nog eens".into() }, held, "2022-07-02");
    assert_eq!(key(&world, twice), "hold-not-running");
}

#[test]
fn a_hold_without_a_day_runs_until_it_is_lifted() {
    let mut world = World::guided();
    world.does(hold(&world, "2022-05-10", None));
    let refusal = world.try_as(999, world.left("2022-06-30")).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.possible_from), ("held", None));
    assert_eq!(key(&world, hold(&world, "2022-05-10", Some("2022-05-09"))), "due-before-start");
}

/// Refused on 4 January, or left on 10 June: with a hold from 15 June until 30 June, and a bed under it.
fn held_after(refused: bool) -> World {
    let mut world = if refused { World::groningen() } else { World::guided() };
    if refused {
        world.does(world.registered("2022-01-03"));
        world.does(world.screened("2022-01-04", Status::Refused));
    } else {
        world.does(world.left("2022-06-10"));
    }
    assert_eq!(key(&world, bed(&world, "2022-06-15")), "ended-needs-hold", "no bed without an order");
    world.does(hold(&world, "2022-06-15", Some("2022-06-30")));
    world.does(bed(&world, "2022-06-15"));
    world
}

#[test]
fn after_a_refusal_or_outflow_a_hold_gives_a_bed_that_ends_with_it_and_nothing_comes_alive() {
    use domain::spell::{Line, Spell};
    for refused in [true, false] {
        let mut world = held_after(refused);
        let (before, ended) = (world.state().status(), world.state().ended());
        assert_eq!(before, if refused { Status::Refused } else { Status::Left });
        let state = world.state();
        assert!(ended.is_some());
        assert!(state.stay_on(day("2022-06-30")).is_some() && state.stay_on(day("2022-07-01")).is_none());
        let nights = |state: &domain::trajectory::Trajectory| {
            let beds = state.spells().into_iter().filter(|spell| spell.line == Line::Shelter);
            beds.map(|Spell { from, to, .. }| (from, to)).collect::<Vec<_>>()
        };
        assert_eq!(nights(&state), [(day("2022-06-15"), Some(day("2022-07-01")))], "figures know the bed");
        assert_eq!(key(&world, bed(&world, "2022-06-20")), "stay-still-on");
        // a move within it; then another hold lengthens it, and lifting that one ends the bed
        let first = world.state().stays.last().unwrap().fact;
        world.does(about(bed(&world, "2022-06-20").body, first, "2022-06-20"));
        world.does(hold(&world, "2022-06-25", None));
        let second = world.last();
        assert_eq!(nights(&world.state()), [(day("2022-06-15"), Some(day("2022-06-20"))), (day("2022-06-20"), None)]);
        let lift = about(HoldLifted { note: "uitspraak".into() }, second, "2022-07-01");
        let state = world.does(lift);
        assert_eq!(nights(&state).last().unwrap().1, Some(day("2022-07-01")));
        assert_eq!((state.status(), state.ended()), (before, ended));
        // every other step is as impossible as before
        assert_eq!(key(&world, world.decided("2022-06-20")), "already-ended");
    }
}

#[test]
fn who_was_refused_and_is_admitted_after_all_keeps_the_bed() {
    let mut world = held_after(true);
    let state = world.does(world.screened("2022-06-20", Status::Admitted));
    assert!(state.stay().is_some_and(|stay| !stay.held), "no longer by the hold alone");
}

#[test]
fn an_objection_upheld_against_a_refusal_annuls_it_and_screening_begins_anew() {
    let mut world = World::groningen();
    world.does(world.registered("2022-01-03"));
    world.does(world.screened("2022-01-04", Status::Refused));
    let refusal = world.last();
    world.does(objection(refusal, "2022-01-10"));
    let made = world.last();
    let upheld = |outcome| {
        let body = ObjectionDecided { outcome, reason: "criteria verkeerd toegepast".into() };
        about(body, made, "2022-02-01")
    };
    let again = |outcome| {
        let draft = upheld(outcome);
        let codes = Codes { status: Some(Status::Registered), ..draft.codes.clone() };
        draft.codes(codes)
    };
    // rejected, it stays refused
    let (_, state) = world.try_as(998, upheld(ObjectionOutcome::Dismissed)).unwrap();
    assert!(state.ended().is_some() && state.screenings[0].annulled.is_none());
    assert_eq!(key(&world, again(ObjectionOutcome::Dismissed)), "status-not-an-outcome");
    // annulled, and not screened again: they came back meanwhile, and that trajectory goes on
    let (_, state) = world.try_as(998, upheld(ObjectionOutcome::Upheld)).unwrap();
    assert!(state.ended().is_some() && state.screenings[0].annulled.is_some());
    let state = world.does(again(ObjectionOutcome::Upheld));
    assert_eq!((state.status(), state.ended()), (Status::Registered, None));
    // the same of a forgotten person: it stands in the clear
    let mut bare = world.history.clone();
    bare.iter_mut().for_each(|recorded| (recorded.fact.body, recorded.fact.why) = (None, None));
    assert_eq!(domain::trajectory::replay(&bare, &world.method).unwrap().spells(), state.spells());
    assert_eq!(state.phase_on(day("2022-02-01")), domain::codes::Phase::Registration);
    assert_eq!(state.phase_on(day("2022-01-31")), domain::codes::Phase::Ended, "until then it stood");
    assert_eq!(state.screenings[0].annulled, Some(day("2022-02-01")));
    assert!(state.open_to_objection().is_empty(), "what is annulled is not objected to");
    // a term runs to screen again, from the decision on the objection
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let all = terms(&state, &world.method, &lead);
    let [screening] = &all[..] else { panic!("{all:?}") };
    assert_eq!(
        (screening.rule, screening.start, screening.trigger()),
        (Rule::Screening, day("2022-02-01"), Some(world.last()))
    );
    let state = world.does(world.screened("2022-02-10", Status::Admitted));
    assert_eq!(state.status(), Status::Admitted);
}

#[test]
fn no_withdrawal_or_correction_overrides_a_hold() {
    use domain::fact::Withdrawn;
    let mut world = World::guided();
    let admitted = world.history[1].fact.header.id;
    world.does(bed(&world, "2022-05-05"));
    let stay = world.last();
    world.does(hold(&world, "2022-05-10", Some("2022-07-20")));
    let set = world.last();
    let back = |fact: FactId| Draft::new(Body::from(Withdrawn {}), day("2022-06-01")).correcting(fact, "vergissing");
    assert_eq!(key(&world, back(set)), "hold-lift-instead", "taken back, nothing would name what ended it");
    let shorter = hold(&world, "2022-05-10", Some("2022-06-01")).correcting(set, "eerder voorbij");
    assert_eq!(key(&world, shorter), "hold-lift-instead");
    assert_eq!(key(&world, back(stay)), "hold-keeps", "the bed is what it keeps");
    assert!(world.try_as(999, back(admitted)).is_err(), "and so is that someone takes part");
    // what is only mended is mended: another place, a longer hold
    let longer = hold(&world, "2022-05-10", Some("2022-08-20")).correcting(set, "verlengd door de rechter");
    assert!(world.try_as(999, longer).is_ok());
    assert!(world.try_as(999, bed(&world, "2022-05-04").correcting(stay, "een dag eerder")).is_ok());
    // lifted, with what ended it: then everything can be taken back
    world.does(about(HoldLifted { note: "uitspraak TEST 22/2".into() }, set, "2022-06-20"));
    assert!(world.try_as(999, back(stay)).is_ok());
}

#[test]
fn a_hold_learnt_late_names_the_end_that_stands_in_its_way() {
    let mut world = World::guided();
    world.does(world.left("2022-06-10"));
    let refusal = world.try_as(999, hold(&world, "2022-06-01", None)).unwrap_err();
    assert_eq!(refusal.stands_in_way.map(|standing| standing.kind), Some(Kind::Left));
}

#[test]
fn the_longest_of_two_holds_counts() {
    let mut world = World::guided();
    world.does(hold(&world, "2022-05-10", Some("2022-06-01")));
    world.does(hold(&world, "2022-05-12", Some("2022-06-20")));
    let refusal = world.try_as(999, world.left("2022-05-20")).unwrap_err();
    assert_eq!(refusal.possible_from, Some(day("2022-06-21")));
    assert!(world.try_as(999, world.left("2022-06-21")).is_ok());
}
