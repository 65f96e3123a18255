//! What supervision sees of a trajectory in a period: from what is in the clear, and of that period alone.

use domain::{
    codes::Task,
    departure::DepartureStep,
    fact::Codes,
    ids::{OrgId, UserId},
    partner::{WorkerAssigned, WorkerReleased},
    pause::{PauseEnded, PauseStarted},
    programme::List,
    supervision::{Cause, Stood, Watched, together, watch},
    trajectory::{Draft, Recorded},
};
use uuid::Uuid;

use crate::world::{World, code, day};

fn dtv() -> OrgId {
    "dtv".parse().unwrap()
}

/// Over a period [from, to), from codes and days alone.
fn watched(world: &World, from: &str, to: &str) -> Option<Watched> {
    let bare = |recorded: &Recorded| {
        let mut recorded = recorded.clone();
        (recorded.fact.body, recorded.fact.why) = (None, None);
        recorded
    };
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let over = |facts: &[Recorded]| watch(facts, &world.method, &lead, &[dtv()], (day(from), day(to))).unwrap();
    let seen = over(&world.history);
    assert_eq!(seen, over(&world.history.iter().map(bare).collect::<Vec<_>>()), "the same of a forgotten person");
    seen
}

fn director(on: &str) -> Draft {
    let body =
        WorkerAssigned { user: Some(UserId(Uuid::from_u128(7))), task: Task::CaseDirector, function: String::new() };
    Draft::new(body, day(on)).codes(Codes { partner: Some(dtv()), ..Codes::default() })
}

#[test]
fn involvement_is_of_the_period_that_is_asked() {
    let mut world = World::guided();
    world.today = day("2023-12-01");
    assert!(watched(&world, "2021-01-01", "2022-01-04").is_none(), "nobody took part yet");
    assert!(!watched(&world, "2022-01-01", "2022-02-01").unwrap().involved);
    world.does(director("2022-05-10"));
    let assigned = world.last();
    let note = WorkerReleased { note: "andere taak".into() };
    world.does(Draft::new(note, day("2022-08-10")).codes(Codes { about: Some(assigned), ..Codes::default() }));
    let involved = |world: &World, from: &str, to: &str| watched(world, from, to).unwrap().involved;
    for (from, to, is) in [
        ("2022-01-01", "2022-05-10", false),
        ("2022-05-01", "2022-05-11", true),
        ("2022-06-01", "2022-07-01", true),
        ("2022-08-10", "2022-12-01", false),
    ] {
        assert_eq!(involved(&world, from, to), is, "{from} to {to}");
    }
    // a step that anyone recorded, from its day on
    let step = Codes { departure: Some(code("departure-talk")), partner: Some(dtv()), ..Codes::default() };
    world.does(Draft::new(DepartureStep { note: String::new() }, day("2022-09-01")).codes(step));
    assert!(!involved(&world, "2022-08-10", "2022-09-01") && involved(&world, "2022-08-10", "2022-09-02"));
    world.does(world.left("2022-10-01"));
    assert!(
        watched(&world, "2022-09-01", "2022-12-01").is_some() && watched(&world, "2022-10-01", "2022-12-01").is_none()
    );
}

#[test]
fn a_case_director_without_an_account_is_involved_on_information_of_the_dtv() {
    let mut world = World::guided();
    world.today = day("2023-12-01");
    let named = |function: &str, org: &str| {
        let body = WorkerAssigned { user: None, task: Task::CaseDirector, function: function.into() };
        let codes = Codes { partner: org.parse().ok(), ..Codes::default() };
        Draft { source: Some(dtv()), ..Draft::new(body, day("2022-05-10")).codes(codes) }
    };
    let key = |world: &World, draft: Draft| world.try_as(999, draft).unwrap_err().problem.key;
    assert_eq!(key(&world, named(" ", "dtv")), "text-missing", "someone is told by function");
    assert_eq!(key(&world, named("regievoerder", "askv")), "not-a-partner", "of a partner of the site");
    let state = world.does(named("regievoerder, team Noord", "dtv"));
    let worker = state.worker(Task::CaseDirector).unwrap();
    assert_eq!((worker.org.clone(), worker.detail.as_ref().unwrap().user), (dtv(), None));
    assert!(watched(&world, "2022-05-01", "2022-06-01").unwrap().involved);
    // nothing of the function stands in the clear
    let clear = serde_json::to_string(&world.history.last().unwrap().fact.header).unwrap();
    assert!(!clear.contains("regievoerder") && clear.contains("dtv"));
    // who comes after takes the task over
    let state = world.does(director("2022-06-10"));
    assert_eq!(state.workers.len(), 1);
}

#[test]
fn standstill_is_of_the_period_that_is_asked() {
    let mut world = World::guided();
    world.today = day("2023-12-01");
    let reason = world.programme.list(List::Pauses).0[0].code.clone();
    let pause = Codes { pause: Some(reason.clone()), ..Codes::default() };
    world.does(Draft::new(PauseStarted { note: String::new() }, day("2022-05-10")).codes(pause));
    let began = Codes { about: Some(world.last()), ..Codes::default() };
    world.does(Draft::new(PauseEnded { note: String::new() }, day("2022-06-09")).codes(began));
    let stood = |world: &World, from: &str, to: &str| watched(world, from, to).unwrap().stood;
    let paused = |days| vec![Stood { cause: Cause::Pause(Some(reason.clone())), days }];
    assert_eq!(stood(&world, "2022-05-02", "2022-05-10"), []);
    assert_eq!(stood(&world, "2022-05-01", "2022-05-21"), paused(10), "until the last day of the period");
    assert_eq!(stood(&world, "2022-06-01", "2022-07-01"), paused(30), "until it ended");
    assert_eq!(stood(&world, "2022-06-09", "2022-07-01"), []);
    // the review that is due after so many days, and that nobody held
    let review = i64::from(world.method.review_days.unwrap());
    let due = day("2022-05-02").saturating_add(jiff::Span::new().days(review));
    let late = due.saturating_add(jiff::Span::new().days(5));
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let after = late.tomorrow().unwrap().to_string();
    let found = stood(&world, &due.to_string(), &after);
    assert_eq!(found, [Stood { cause: Cause::Late(lead), days: 5 }], "on the last day of the period");
    assert_eq!(stood(&world, "2022-07-01", &due.to_string()), [], "not yet on its last day");
}

#[test]
fn a_correction_changes_the_period_it_belongs_to() {
    let mut world = World::guided();
    world.today = day("2023-12-01");
    world.does(director("2022-05-10"));
    let wrong = world.last();
    assert!(watched(&world, "2022-05-01", "2022-06-01").unwrap().involved);
    world.does(director("2022-07-10").correcting(wrong, "verkeerde dag"));
    assert!(!watched(&world, "2022-05-01", "2022-06-01").unwrap().involved);
    assert!(watched(&world, "2022-07-01", "2022-08-01").unwrap().involved);
}

#[test]
fn a_cause_that_few_share_is_told_together_with_the_others() {
    let world = World::guided();
    let code = |list, at: usize| Some(world.programme.list(list).0[at].code.clone());
    let cases = |cause: Cause, count: usize| (0..count).map(move |_| Stood { cause: cause.clone(), days: 3 });
    let (often, once) = (Cause::Obstacle(code(List::Obstacles, 0)), Cause::Obstacle(code(List::Obstacles, 1)));
    let pause = Cause::Pause(code(List::Pauses, 0));
    let late = Cause::Late(world.programme.site(&world.method.site).unwrap().lead.clone());
    let mut stood: Vec<Stood> =
        cases(often.clone(), 10).chain(cases(once, 1)).chain(cases(pause, 9)).chain(cases(late.clone(), 1)).collect();
    together(&mut stood.iter_mut().collect::<Vec<_>>(), &world.programme);
    let told = |cause: Cause| stood.iter().filter(|one| one.cause == cause).count();
    assert_eq!([told(often), told(Cause::Obstacle(None)), told(Cause::Pause(None)), told(late)], [10, 1, 9, 1]);
}
