//! Agendas, decisions at a sitting, and the way to other bodies and back.

use domain::{
    agenda::{CaseDiscussed, End, Tabled, Untabled},
    codes::{Answered, Board, Discussed, Status, Why},
    conference::{Considered, Dissent},
    escalation::{Advised, Escalated, Position},
    fact::{Body, Codes},
    ids::{FactId, SittingId},
    programme::Way,
    term::{Rule, terms},
    trajectory::Draft,
};
use uuid::Uuid;

use crate::world::{World, asked, complete, day, delivered};

fn sitting(number: u128) -> SittingId {
    SittingId(Uuid::from_u128(700 + number))
}

fn tabled(at: u128, on: &str, meets: &str) -> Draft {
    let body = Tabled {
        sitting: sitting(at),
        board: Board::Lso,
        why: Why::FirstDecision,
        question: String::new(),
        also: false,
    };
    Draft::new(body, day(on)).codes(Codes { until: Some(day(meets)), ..Codes::default() })
}

fn about(fact: FactId) -> Codes {
    Codes { about: Some(fact), ..Codes::default() }
}

/// In Groningen, dossier complete on 1 April 2022: a decision is possible from 16 April.
fn ready() -> World {
    let mut world = World::with_deliveries();
    world.does(complete("ind", "2022-03-05"));
    world.does(complete("dtv", "2022-04-01"));
    world
}

fn decided_at(world: &World, at: u128, on: &str) -> Draft {
    let mut draft = world.decided(on);
    let Body::Decided(body) = &mut draft.body else { unreachable!() };
    body.sitting = Some(sitting(at));
    draft
}

fn escalated(from: Board, to: Board, at: Option<u128>, on: &str, until: &str) -> Draft {
    let org = "municipality-groningen".parse().unwrap();
    let positions = vec![Position { org: "dtv".parse().unwrap(), text: "terugkeer is mogelijk".into() }];
    let body = Escalated {
        sitting: at.map(sitting),
        from,
        to,
        question: "Is er zicht op een reisdocument?".into(),
        positions,
    };
    Draft::new(body, day(on)).codes(Codes { until: Some(day(until)), partner: Some(org), ..Codes::default() })
}

fn advised(from: Board, sent: FactId, on: &str) -> Draft {
    let body =
        Advised { sitting: None, from, answer: Answered::Advice, text: "eerst de identiteit vaststellen".into() };
    Draft::new(body, day(on)).codes(about(sent))
}

fn waits(world: &World, rule: Rule) -> Option<(String, Option<String>)> {
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let all = terms(&world.state(), &world.method, &lead);
    let term = all.into_iter().find(|term| term.rule == rule)?;
    Some((term.end.to_string(), term.waiting_on.map(|org| org.to_string())))
}

#[test]
fn a_case_is_placed_and_decided_at_its_sitting() {
    let mut world = ready();
    let state = world.does(tabled(1, "2022-04-10", "2022-04-20"));
    assert_eq!(state.tabled_at(sitting(1)).unwrap().planned, Some(day("2022-04-20")));
    assert_eq!(world.attempt(tabled(1, "2022-04-11", "2022-04-20")).unwrap_err().problem.key, "tabled-here-already");
    let elsewhere = world.attempt(decided_at(&world.clone(), 2, "2022-04-20")).unwrap_err();
    assert_eq!(elsewhere.problem.key, "not-on-agenda");
    let state = world.does(decided_at(&world.clone(), 1, "2022-04-20"));
    assert_eq!(state.tablings[0].end.unwrap().how, End::Decided);
    assert!(state.tabled_now().next().is_none());
}

#[test]
fn the_same_case_on_two_agendas_is_refused_or_has_to_be_accepted() {
    let mut world = ready();
    world.does(tabled(1, "2022-04-10", "2022-04-20"));
    let refused = world.attempt(tabled(2, "2022-04-11", "2022-05-04")).unwrap_err();
    assert_eq!((refused.problem.key, refused.field), ("tabled-elsewhere", Some("also")));
    assert!(refused.problem.args.iter().any(|(_, value)| value == "2022-04-20"), "it says which");
    let also = |board| {
        let mut draft = tabled(2, "2022-04-11", "2022-05-04");
        let Body::Tabled(body) = &mut draft.body else { unreachable!() };
        (body.also, body.board) = (true, board);
        draft
    };
    assert_eq!(world.attempt(also(Board::Lso)).unwrap_err().problem.key, "tabled-twice-refused");
    assert_eq!(world.does(also(Board::Mrt)).tabled_now().count(), 2);
}

#[test]
fn a_case_is_taken_off_or_postponed_with_a_reason() {
    let mut world = ready();
    world.does(tabled(1, "2022-04-10", "2022-04-20"));
    let placed = world.last();
    let off = |reason: &str| Draft::new(Untabled { reason: reason.into() }, day("2022-04-12")).codes(about(placed));
    assert_eq!(world.attempt(off(" ")).unwrap_err().problem.key, "text-missing");
    assert_eq!(world.does(off("tolk niet beschikbaar")).tablings[0].end.unwrap().how, End::TakenOff);
    world.does(tabled(2, "2022-04-13", "2022-05-04"));
    let placed = world.last();
    let body = CaseDiscussed { sitting: sitting(2), outcome: Discussed::Postponed, reason: "IND leverde later".into() };
    let postponed = Draft::new(body, day("2022-05-04")).codes(about(placed));
    assert_eq!(world.does(postponed.clone()).tablings[1].end.unwrap().how, End::Postponed);
    assert_eq!(world.attempt(postponed).unwrap_err().problem.key, "not-on-agenda", "once is enough");
}

#[test]
fn two_partners_disagree_and_it_travels_to_the_steering_group_and_back() {
    let mut world = ready();
    world.does(tabled(1, "2022-04-10", "2022-04-20"));
    world.does(escalated(Board::Lso, Board::Mrt, Some(1), "2022-04-20", "2022-06-01"));
    let sent = world.last();
    assert_eq!(world.state().tablings[0].end.unwrap().how, End::Escalated);
    let lead = Some("municipality-groningen".to_owned());
    assert_eq!(waits(&world, Rule::Escalation), Some(("2022-06-01".into(), lead.clone())), "a clock and an owner");
    // it cannot be sent on by a body that does not have it
    let twice = world.attempt(escalated(Board::Lso, Board::SteeringGroup, None, "2022-05-01", "2022-08-01"));
    assert_eq!(twice.unwrap_err().problem.key, "escalation-open");
    let other = world.attempt(advised(Board::SteeringGroup, sent, "2022-05-10")).unwrap_err();
    assert_eq!(other.problem.key, "escalation-other-board");
    world.does(advised(Board::Mrt, sent, "2022-05-10"));
    assert!(world.state().advice().is_some() && waits(&world, Rule::Escalation).is_none());
    assert_eq!(waits(&world, Rule::Advice).unwrap().1, lead, "back at the partners");
    // still no agreement: further on
    world.does(tabled(3, "2022-05-11", "2022-05-18"));
    world.does(escalated(Board::Lso, Board::SteeringGroup, Some(3), "2022-05-18", "2022-08-17"));
    let sent = world.last();
    world.does(advised(Board::SteeringGroup, sent, "2022-06-10"));
    world.does(tabled(4, "2022-06-11", "2022-06-20"));
    let state = world.does(decided_at(&world.clone(), 4, "2022-06-20"));
    assert!(state.advice().is_none() && state.escalation().is_none());
    assert_eq!((state.escalations.len(), state.decisions.len()), (2, 1));
    assert_eq!((waits(&world, Rule::Advice), waits(&world, Rule::Escalation)), (None, None));
}

#[test]
fn a_case_goes_no_way_that_the_programme_does_not_have() {
    let mut world = ready();
    let back = world.attempt(escalated(Board::Mrt, Board::Lso, None, "2022-04-20", "2022-06-01"));
    assert_eq!(back.unwrap_err().problem.key, "escalation-way");
    let mut without = escalated(Board::Lso, Board::Mrt, None, "2022-04-20", "2022-06-01");
    without.codes.until = None;
    assert_eq!(world.attempt(without).unwrap_err().field, Some("until"));
    let mut silent = escalated(Board::Lso, Board::Mrt, None, "2022-04-20", "2022-06-01");
    let Body::Escalated(body) = &mut silent.body else { unreachable!() };
    body.question = String::new();
    assert_eq!(world.attempt(silent).unwrap_err().field, Some("question"), "one central question");
    let mut alone = World::at("one-city", "vrijstad");
    alone.does(alone.registered("2022-01-03"));
    alone.does(alone.screened("2022-01-04", Status::Admitted));
    let mut to_mrt = escalated(Board::Lso, Board::Mrt, None, "2022-04-20", "2022-06-01");
    to_mrt.codes.partner = "de-brug".parse().ok();
    let refused = alone.attempt(to_mrt).unwrap_err();
    assert_eq!(refused.problem.key, "conference-unknown", "a city alone has no MRT");
}

#[test]
fn a_case_goes_from_body_to_body_with_an_owner_and_a_last_day() {
    let world = ready();
    let (programme, site) = (&world.programme, &world.method.site);
    let all = [Board::Mrt, Board::SteeringGroup, Board::ProgrammeCouncil, Board::Administrative];
    assert_eq!(programme.further(Board::Lso, site), all);
    assert_eq!(programme.further(Board::SteeringGroup, site), all[2..]);
    assert!(programme.further(Board::Administrative, site).is_empty());
    for board in all {
        let (owner, due) = programme.step_to(board, site, day("2022-07-12"));
        assert!(owner.is_some() && due.is_some_and(|due| due > day("2022-07-12")), "{board}");
    }
    let ways = |board| {
        let conference = programme.conference(board, site).unwrap();
        Way::ALL.into_iter().filter(|way| conference.allows(*way)).collect::<Vec<_>>()
    };
    assert_eq!(ways(Board::Lso), [Way::Decide, Way::Discuss, Way::Send]);
    assert_eq!(ways(Board::Mrt), [Way::Answer, Way::Discuss, Way::Send]);
    assert_eq!(ways(Board::Administrative), [Way::Answer, Way::Discuss], "the last one sends nothing on");
}

#[test]
fn whoever_leaves_stands_on_no_agenda_and_is_waited_for_nowhere() {
    let mut world = ready();
    world.does(tabled(1, "2022-04-10", "2022-07-20"));
    world.does(escalated(Board::Lso, Board::Mrt, None, "2022-04-20", "2022-06-01"));
    let state = world.does(world.left("2022-05-01"));
    assert_eq!(state.tablings[0].end.unwrap().how, End::Ended);
    assert!(state.escalation().is_none() && waits(&world, Rule::Escalation).is_none());
}

#[test]
fn the_conference_admits_by_exception_where_the_method_leaves_it_to_it() {
    let mut world = World::at("lvv-2018", "amsterdam");
    world.does(world.registered("2022-01-03"));
    world.does(world.screened("2022-01-04", Status::ShelteredWithoutStatus));
    world.does(world.intake("2022-01-10"));
    for partner in ["ind", "dtv"] {
        world.does(asked(partner, "2022-01-11"));
        world.does(delivered(partner, "2022-02-01"));
        world.does(complete(partner, "2022-02-02"));
    }
    let by_exception = |mut draft: Draft, by: &str| {
        let Body::Decided(body) = &mut draft.body else { unreachable!() };
        body.exception_by = by.parse().ok();
        draft
    };
    let who = world.method.exception_by[0].to_string();
    let nobody = world.attempt(by_exception(world.clone().admitted("2022-02-20"), "iemand")).unwrap_err();
    assert_eq!(nobody.field, Some("exception_by"), "one of those the method names");
    let without = world.attempt(by_exception(world.clone().decided("2022-02-20"), &who)).unwrap_err();
    assert_eq!(without.problem.key, "exception-only-admits");
    let state = world.does(by_exception(world.clone().admitted("2022-02-20"), &who));
    assert_eq!(state.status(), Status::Admitted);
    let kept = state.decisions[0].detail.as_ref().unwrap().exception_by.as_ref().unwrap();
    assert_eq!(kept.as_str(), who, "and who allowed it stays with the decision");
}

#[test]
fn options_and_dissent_have_reasons() {
    let mut world = ready();
    let with = |options: Vec<Considered>, dissent: Vec<Dissent>| {
        let mut draft = world.decided("2022-04-20");
        let Body::Decided(body) = &mut draft.body else { unreachable!() };
        (body.options, body.dissent) = (options, dissent);
        draft
    };
    let way = |reason: &str| Considered { text: "terugkeer".into(), reason: reason.into(), chosen: true };
    let dissent = |org: &str| Dissent { org: org.parse().unwrap(), reason: "ziet geen reisdocument".into() };
    let without = with(vec![way("")], vec![]);
    let stranger = with(vec![], vec![dissent("askv")]);
    let sound = with(vec![way("familie helpt")], vec![dissent("dtv")]);
    assert_eq!(world.attempt(without).unwrap_err().field, Some("options"));
    assert_eq!(world.attempt(stranger).unwrap_err().field, Some("dissent"));
    let state = world.does(sound);
    assert_eq!(state.decisions[0].detail.as_ref().unwrap().dissent.len(), 1);
}

#[test]
fn a_sitting_before_the_case_was_placed_is_refused() {
    let mut world = ready();
    let refused = world.attempt(tabled(1, "2022-04-20", "2022-04-10")).unwrap_err();
    assert_eq!(refused.problem.key, "sitting-before-tabled");
}
