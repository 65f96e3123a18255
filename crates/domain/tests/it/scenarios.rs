//! What happens at work.

use domain::{
    codes::{Phase, Status},
    fact::{Body, Codes, Kind, Withdrawn},
    plan::ActionAdded,
    programme::EndRule,
    term::{Rule, terms},
    trajectory::Draft,
};

use crate::world::{World, asked, complete, day, delivered, lacking};

#[test]
fn a_decision_before_day_fifteen_is_refused_with_the_first_possible_day() {
    let mut world = World::with_deliveries();
    world.does(complete("ind", "2022-04-02"));
    let state = world.does(complete("dtv", "2022-04-04"));
    let rest = state.rest.unwrap();
    assert_eq!(
        (rest.start, rest.end),
        (day("2022-04-04"), day("2022-04-18")),
        "ends on Easter Monday and does not move"
    );
    assert_eq!(rest.moved_from(), None);
    let refusal = world.attempt(world.decided("2022-04-18")).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.possible_from), ("rest-period-runs", Some(day("2022-04-19"))));
    let state = world.does(world.decided("2022-04-19"));
    assert_eq!(state.phase_on(day("2022-04-18")), Phase::RestPeriod);
    assert_eq!(state.phase_on(day("2022-04-19")), Phase::Guidance);
}

#[test]
fn a_rest_period_moves_off_a_holiday_only_where_the_method_says_so() {
    let mut world = World::with_deliveries();
    world.method.rest_end = EndRule::NextWorkingDay;
    world.does(complete("ind", "2022-04-02"));
    let rest = world.does(complete("dtv", "2022-04-04")).rest.unwrap();
    assert_eq!((rest.end, rest.moved_from()), (day("2022-04-19"), Some(day("2022-04-18"))));
}

#[test]
fn the_rest_period_starts_when_the_last_of_two_parts_is_complete() {
    let mut world = World::with_deliveries();
    let one = world.does(complete("ind", "2022-05-10"));
    assert!(one.rest.is_none() && one.phase_on(world.today) == Phase::Dossier);
    // the other part was complete before, and is recorded later
    let both = world.does(complete("dtv", "2022-04-05"));
    assert_eq!(both.rest.unwrap().start, day("2022-05-10"));
}

#[test]
fn a_part_found_lacking_stops_the_rest_period() {
    let mut world = World::with_deliveries();
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-04"));
    let found = lacking(&world, "ind", "2022-04-10");
    let state = world.does(found);
    assert_eq!((state.rest.clone(), state.phase_on(world.today)), (None, Phase::Dossier));
    world.does(delivered("ind", "2022-04-20"));
    let state = world.does(complete("ind", "2022-04-21"));
    assert_eq!(state.rest.unwrap().end, day("2022-05-05"));
}

#[test]
fn a_step_out_of_order_names_the_day_from_which_it_would_be_possible() {
    let mut world = World::groningen();
    world.does(world.registered("2022-01-03"));
    assert_eq!(world.attempt(world.intake("2022-01-05")).unwrap_err().problem.key, "not-admitted-yet");
    world.does(world.screened("2022-02-01", Status::Admitted));
    let refusal = world.attempt(world.intake("2022-01-20")).unwrap_err();
    assert_eq!(refusal.possible_from, Some(day("2022-02-01")));
    let early = world.attempt(world.intake("2021-12-01")).unwrap_err();
    assert_eq!(early.problem.key, "not-registered-yet");
    assert_eq!(world.attempt(world.intake("2022-07-02")).unwrap_err().problem.key, "date-in-future");
}

#[test]
fn a_late_fact_that_breaks_a_later_one_names_it() {
    let mut world = World::with_intake();
    let refusal = world.attempt(world.left("2022-01-05")).unwrap_err();
    let standing = refusal.stands_in_way.unwrap();
    assert_eq!((standing.kind, standing.on), (Kind::IntakeHeld, day("2022-01-10")));
    assert_eq!(world.state().outflow, None, "nothing changed");
}

#[test]
fn a_correction_of_the_completion_moves_the_rest_period() {
    let mut world = World::with_deliveries();
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-04"));
    let wrong = world.last();
    let state = world.does(complete("dtv", "2022-04-11").correcting(wrong, "verkeerde datum"));
    assert_eq!(state.rest.unwrap().end, day("2022-04-25"));
    assert_eq!(world.history.len(), 10, "both stay in the history");
    let twice = world.attempt(complete("dtv", "2022-04-12").correcting(wrong, "nog eens")).unwrap_err();
    assert_eq!(twice.problem.key, "already-superseded");
    let silent = world.attempt(complete("dtv", "2022-04-12").correcting(world.last(), " ")).unwrap_err();
    assert_eq!((silent.problem.key, silent.field), ("text-missing", Some("why")));
}

#[test]
fn a_withdrawn_intake_is_as_if_it_had_not_been() {
    let mut world = World::with_intake();
    let draft = Draft::new(Body::from(Withdrawn {}), world.today).correcting(world.last(), "andere persoon");
    let state = world.does(draft);
    assert_eq!((state.intake.clone(), state.phase_on(world.today)), (None, Phase::Intake));
}

#[test]
fn after_leaving_there_is_only_after_care() {
    let mut world = World::with_intake();
    let state = world.does(world.left("2022-03-01"));
    assert_eq!((state.status(), state.ended()), (Status::Left, Some(day("2022-03-01"))));
    assert_eq!(world.attempt(asked("ind", "2022-03-02")).unwrap_err().problem.key, "already-ended");
    let body = ActionAdded { text: "bellen".into(), owner: world.method.deliver[0].clone(), worker: None };
    let codes = Codes { until: Some(day("2022-08-01")), ..Codes::default() };
    let state = world.does(Draft::new(body, day("2022-03-02")).codes(codes));
    assert!(state.actions[0].aftercare);
}

#[test]
fn a_refusal_opens_a_statutory_term_of_six_weeks() {
    let mut world = World::groningen();
    world.does(world.registered("2022-03-01"));
    // six weeks after 7 March end on Easter Monday: the Algemene termijnenwet moves that
    let state = world.does(world.screened("2022-03-07", Status::Refused));
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let term = terms(&state, &world.method, &lead).into_iter().find(|term| term.rule == Rule::Objection).unwrap();
    assert_eq!((term.end, term.moved_from()), (day("2022-04-19"), Some(day("2022-04-18"))));
}

#[test]
fn in_amsterdam_the_conference_admits() {
    let mut world = World::at("lvv-2018", "amsterdam");
    world.does(world.registered("2022-01-03"));
    assert_eq!(
        world.attempt(world.screened("2022-01-04", Status::Admitted)).unwrap_err().problem.key,
        "conference-admits"
    );
    world.does(world.screened("2022-01-04", Status::ShelteredWithoutStatus));
    world.does(world.intake("2022-01-10"));
    for partner in ["ind", "dtv"] {
        world.does(asked(partner, "2022-01-11"));
        world.does(delivered(partner, "2022-02-01"));
        world.does(complete(partner, "2022-02-02"));
    }
    let mut silent = world.admitted("2022-02-20");
    if let Body::Decided(body) = &mut silent.body {
        body.mandate = None;
    }
    assert_eq!(world.attempt(silent).unwrap_err().problem.key, "mandate-missing");
    assert_eq!(world.does(world.admitted("2022-02-20")).status(), Status::Admitted);
}

#[test]
fn one_city_alone_needs_no_dossier() {
    let mut world = World::at("one-city", "vrijstad");
    world.does(world.registered("2022-01-03"));
    world.does(world.screened("2022-01-04", Status::Admitted));
    let state = world.does(world.intake("2022-01-10"));
    assert_eq!(state.phase_on(world.today), Phase::Decision);
}
