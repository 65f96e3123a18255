//! Reviews of cooperation: two people, blind to each other, by a rubric; the participant is heard.

use domain::{
    codes::{Answer, Category},
    cooperation::CooperationAssessed,
    fact::{Body, Codes, Kind, Sealed, Withdrawn},
    ids::FactId,
    plan::{ActionAdded, ContactNoted},
    programme::List,
    spell::Line,
    term::{Rule, terms},
    trajectory::{Draft, replay},
};
use uuid::Uuid;

use crate::world::{World, day};

fn key(world: &World, draft: Draft) -> &'static str {
    world.try_as(999, draft).unwrap_err().problem.key
}

fn change(mut draft: Draft, with: impl Fn(&mut CooperationAssessed)) -> Draft {
    if let Body::CooperationAssessed(body) = &mut draft.body {
        with(body);
    }
    draft
}

#[test]
fn a_review_counts_when_both_assessments_are_in() {
    let mut world = World::guided();
    assert_eq!(key(&world, world.reviewed("2022-06-03", true)), "assessments-first");
    let state = world.does(world.assessed("2022-06-01", true, None));
    assert!(state.reviews.is_empty() && !state.open_round().unwrap().is_complete());
    let first = world.last();
    assert_eq!(key(&world, world.reviewed("2022-06-03", true)), "assessments-missing");
    assert_eq!(key(&world, world.assessed("2022-06-02", true, Some(first))), "same-assessor");
    world.actor = 4;
    // who did not know that there is a first one is told so, and nothing is recorded
    assert_eq!(key(&world, world.assessed("2022-06-02", true, None)), "assessment-open");
    world.does(world.assessed("2022-06-02", true, Some(first)));
    world.actor = 5;
    assert_eq!(key(&world, world.assessed("2022-06-02", true, Some(first))), "assessments-complete");
    let state = world.does(world.reviewed("2022-06-03", true));
    assert_eq!((state.reviews.len(), state.reviews[0].round), (1, Some(first)));
    assert_eq!(state.open_round(), None);
}

#[test]
fn the_second_cannot_be_dated_before_the_first() {
    let mut world = World::guided();
    world.does(world.assessed("2022-06-10", true, None));
    let first = world.last();
    world.actor = 4;
    let refusal = world.try_as(999, world.assessed("2022-06-09", true, Some(first))).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.possible_from), ("assessment-unknown", Some(day("2022-06-10"))));
}

#[test]
fn two_who_differ_settle_it_in_a_dated_decision() {
    let mut world = World::guided();
    world.does(world.assessed("2022-06-01", false, None));
    let first = world.last();
    world.actor = 4;
    let state = world.does(world.assessed("2022-06-02", true, Some(first)));
    assert_eq!(state.open_round().unwrap().agrees(), Some(false));
    let refusal = world.try_as(999, world.reviewed("2022-06-03", true)).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.field), ("assessors-differ", Some("settled")));
    let mut settled = world.reviewed("2022-06-03", true);
    if let Body::CooperationReviewed(body) = &mut settled.body {
        body.settled = Some("de gemiste afspraak viel in een ziekteweek".into());
    }
    let state = world.does(settled);
    assert!(state.reviews[0].cooperates, "as it was settled");
    assert_eq!(state.rounds[0].agrees(), Some(false), "and that they differed stays");
}

#[test]
fn nobody_concludes_against_both() {
    let mut world = World::guided();
    world.does(world.assessed("2022-06-01", true, None));
    let first = world.last();
    world.actor = 4;
    world.does(world.assessed("2022-06-02", true, Some(first)));
    let refusal = world.try_as(999, world.reviewed("2022-06-03", false)).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.field), ("review-against-both", Some("cooperates")));
}

#[test]
fn the_rubric_is_answered_whole_and_a_no_says_why() {
    let world = World::guided();
    let draft = || world.assessed("2022-06-01", true, None);
    assert_eq!(key(&world, change(draft(), |body| drop(body.criteria.pop()))), "criterion-once");
    assert_eq!(key(&world, change(draft(), |body| body.criteria[1] = body.criteria[0].clone())), "criterion-once");
    assert_eq!(key(&world, change(draft(), |body| body.criteria[0].answer = Answer::No)), "no-without-reason");
    let other = |body: &mut CooperationAssessed| body.criteria[0].criterion = "karakter".parse().unwrap();
    assert_eq!(key(&world, change(draft(), other)), "not-in-method");
    assert_eq!(key(&world, change(draft(), |body| body.reason = " ".into())), "text-missing");
}

#[test]
fn evidence_is_a_contact_or_action_of_this_trajectory_from_before() {
    let mut world = World::guided();
    let how = world.programme.list(List::ContactKinds).0[0].code.clone();
    world.does(Draft::new(ContactNoted { how, note: "gesproken".into() }, day("2022-05-20")));
    let contact = world.last();
    let owner = world.method.deliver[0].clone();
    let action = ActionAdded { text: "papieren".into(), owner, worker: None };
    world.does(
        Draft::new(action, day("2022-06-20")).codes(Codes { until: Some(day("2022-07-01")), ..Codes::default() }),
    );
    let later = world.last();
    let with = |fact| change(world.assessed("2022-06-01", true, None), |body| body.evidence = vec![fact]);
    assert_eq!(key(&world, with(FactId(Uuid::from_u128(77)))), "evidence-unknown");
    assert_eq!(key(&world, with(later)), "evidence-unknown", "it lies after the assessment");
    let state = world.does(with(contact));
    let kept = &state.rounds[0].assessments[0].detail.as_ref().unwrap().evidence;
    assert_eq!(kept, &[contact]);
    // what an assessment rests on cannot silently disappear
    let gone = Draft::new(Body::from(Withdrawn {}), world.today).correcting(contact, "verkeerde persoon");
    let refusal = world.try_as(999, gone).unwrap_err();
    assert_eq!(refusal.stands_in_way.map(|standing| standing.kind), Some(Kind::CooperationAssessed));
}

#[test]
fn before_a_negative_review_the_participant_is_heard_or_it_says_why_not() {
    let mut world = World::guided();
    world.does(world.assessed("2022-06-01", false, None));
    let first = world.last();
    world.actor = 4;
    world.does(world.assessed("2022-06-02", false, Some(first)));
    let with = |world: &World, heard: Option<&str>, why: Option<&str>| {
        let mut draft = world.reviewed("2022-06-03", false);
        if let Body::CooperationReviewed(body) = &mut draft.body {
            body.heard = heard.map(|on| world.hearing(on));
            body.not_heard = why.map(str::to_owned);
        }
        draft
    };
    let refusal = world.try_as(999, with(&world, None, Some("  "))).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.field), ("not-heard-why", Some("not_heard")));
    assert_eq!(key(&world, with(&world, Some("2022-06-04"), None)), "heard-after-review");
    assert!(world.try_as(999, with(&world, None, Some("tweemaal uitgenodigd, niet gekomen"))).is_ok());
    let state = world.does(with(&world, Some("2022-06-03"), None));
    assert_eq!(state.reviews[0].detail.as_ref().unwrap().heard.as_ref().unwrap().said, "was ziek");
}

#[test]
fn an_assessment_is_mended_by_its_author_and_not_after_the_other_is_in() {
    let mut world = World::guided();
    world.does(world.assessed("2022-06-01", true, None));
    let first = world.last();
    let mended = |world: &World| world.assessed("2022-06-01", false, None).correcting(first, "verkeerd vakje");
    world.actor = 4;
    assert_eq!(key(&world, mended(&world)), "assessment-of-another");
    let withdrawn = Draft::new(Body::from(Withdrawn {}), world.today).correcting(first, "weg ermee");
    assert_eq!(key(&world, withdrawn), "assessment-of-another");
    world.actor = 3;
    let state = world.does(mended(&world));
    assert_eq!(state.rounds[0].assessments[0].detail.as_ref().map(|detail| detail.cooperates), Some(false));
    world.actor = 4;
    // an old form still names the first fact: it means the one that stands in its place
    world.does(world.assessed("2022-06-02", true, Some(first)));
    world.actor = 3;
    let again = world.assessed("2022-06-01", true, None).correcting(state.rounds[0].first().unwrap(), "toch anders");
    assert_eq!(key(&world, again), "assessments-all-in", "its author has seen the other by now");
}

#[test]
fn the_next_review_is_due_after_the_interval_of_the_method() {
    let mut world = World::guided();
    let state = world.reviews("2022-06-01", true);
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let term = terms(&state, &world.method, &lead).into_iter().find(|term| term.rule == Rule::Review).unwrap();
    assert_eq!((term.start, term.end), (day("2022-06-01"), day("2022-08-31")), "91 days");
}

#[test]
fn a_forgotten_history_keeps_its_reviews_and_consequences() {
    let mut world = World::guided();
    world.reviews("2022-06-01", false);
    let review = world.last();
    let talk = crate::measures::taken(&world, domain::codes::Measure::Talk, "2022-06-05");
    let before = world.does(talk).spells();
    for recorded in &mut world.history {
        (recorded.fact.body, recorded.fact.why) = (None, None);
    }
    let state = replay(&world.history, &world.method).unwrap();
    assert_eq!(state.spells(), before);
    assert_eq!((state.reviews[0].fact, state.reviews[0].cooperates), (review, false));
    let consequence = before.iter().find(|spell| spell.line == Line::Consequence).unwrap();
    assert_eq!((consequence.code.as_str(), consequence.from), ("taken", day("2022-06-05")));
}

#[test]
fn a_review_of_the_first_version_still_counts() {
    let mut world = World::guided();
    let bytes = br#"{"body":{"reason":"besproken","assessors":["Proef Een","Proef Twee"],"consequence":"continue"}}"#;
    let body = Sealed::from_bytes(Kind::CooperationReviewed, 1, bytes).unwrap().body;
    let codes = Codes { cooperates: Some(true), ..Codes::default() };
    world.method.criteria.clear();
    world.does(Draft::new(body, day("2022-06-01")).codes(codes));
    world.method = World::groningen().method;
    assert!(!world.method.criteria.is_empty());
    world.history.last_mut().unwrap().fact.header.version = 1;
    let state = world.state();
    assert_eq!((state.reviews.len(), state.reviews[0].round), (1, None));
    assert_eq!(Kind::CooperationAssessed.category(), Category::Cooperation);
}
