//! What was wrong is mended, and what builds on it still stands.

use domain::{
    codes::{Status, Task},
    fact::{Body, Codes, Kind, Withdrawn},
    ids::{FactId, UserId},
    obstacle::{ObstacleNoted, ObstacleResolved},
    partner::{WorkerAssigned, WorkerReleased},
    pause::{PauseEnded, PauseStarted},
    plan::{ActionAdded, ActionClosed, GoalClosed, GoalSet},
    programme::List,
    shelter::{ShelterEnded, ShelterStarted},
    trajectory::{Draft, Trajectory},
};
use proptest::prelude::*;

use crate::world::{World, asked, code, complete, day, delivered};

fn first(world: &World, list: List) -> domain::ids::Code {
    world.programme.list(list).0[0].code.clone()
}

fn withdrawn(world: &World, fact: FactId) -> Draft {
    Draft::new(Body::from(Withdrawn {}), world.today).correcting(fact, "klopte niet")
}

/// The six kinds that something later ends, each with what ends it.
fn pairs(world: &World) -> Vec<(Draft, Body)> {
    let note = || String::from("om te beginnen");
    let owner = world.method.deliver[0].clone();
    let (done, from) = (first(world, List::Results), day("2022-02-01"));
    let stay = ShelterStarted {
        kind: first(world, List::ShelterKinds),
        location: "Proefhuis".into(),
        funder: first(world, List::Funders),
    };
    let worker = WorkerAssigned {
        user: Some(UserId(uuid::Uuid::from_u128(9))),
        task: Task::CaseManager,
        function: String::new(),
    };
    let with = |codes| move |draft: Draft| draft.codes(codes);
    let obstacle = Codes { obstacle: Some(first(world, List::Obstacles)), ..Codes::default() };
    let pause = Codes { pause: Some(first(world, List::Pauses)), ..Codes::default() };
    let until = Codes { until: Some(day("2022-09-01")), ..Codes::default() };
    let partner = Codes { partner: Some(owner.clone()), ..Codes::default() };
    vec![
        (Draft::new(stay, from), ShelterEnded { reason: "verhuisd".into() }.into()),
        (with(obstacle)(Draft::new(ObstacleNoted { note: note() }, from)), ObstacleResolved { note: note() }.into()),
        (with(pause)(Draft::new(PauseStarted { note: note() }, from)), PauseEnded { note: note() }.into()),
        (
            Draft::new(GoalSet { text: note(), owner: owner.clone() }, from),
            GoalClosed { result: done.clone(), note: note() }.into(),
        ),
        (
            with(until)(Draft::new(ActionAdded { text: note(), owner, worker: None }, from)),
            ActionClosed { result: done, note: note() }.into(),
        ),
        (with(partner)(Draft::new(worker, from)), WorkerReleased { note: note() }.into()),
    ]
}

/// How many of what these kinds begin are still on.
fn open(state: &Trajectory) -> usize {
    state.stays.iter().filter(|stay| stay.to.is_none()).count()
        + state.obstacles.iter().filter(|obstacle| obstacle.to.is_none()).count()
        + state.pauses.iter().filter(|pause| pause.to.is_none()).count()
        + state.goals.iter().filter(|goal| goal.closed.is_none()).count()
        + state.actions.iter().filter(|action| action.closed.is_none()).count()
        + state.workers.len()
}

#[test]
fn what_has_ended_can_still_be_corrected() {
    for at in 0..6 {
        let mut world = World::with_intake();
        let (begin, end) = pairs(&world).swap_remove(at);
        let kind = begin.body.kind();
        assert_eq!(open(&world.does(begin.clone())), 1, "{kind}");
        let begun = world.last();
        let about = Codes { about: Some(begun), ..Codes::default() };
        assert_eq!(open(&world.does(Draft::new(end, day("2022-03-01")).codes(about))), 0, "{kind}");
        let earlier = Draft { valid_from: day("2022-01-20"), ..begin.clone() }.correcting(begun, "was eerder");
        let state = world.attempt(earlier).unwrap_or_else(|refusal| panic!("{kind}: {refusal}"));
        assert_eq!(open(&state), 0, "{kind}: what ended the first ends its correction");
        assert_eq!(state.current(begun), world.last(), "an old link leads to the correction");
        // and again, over two corrections
        let again = Draft { valid_from: day("2022-01-25"), ..begin }.correcting(world.last(), "toch later");
        assert_eq!(open(&world.attempt(again).unwrap_or_else(|refusal| panic!("{kind}: {refusal}"))), 0, "{kind}");
    }
}

#[test]
fn what_builds_on_a_withdrawn_fact_stands_in_its_way() {
    let mut world = World::with_intake();
    let (begin, end) = pairs(&world).swap_remove(0);
    world.does(begin);
    let begun = world.last();
    world.does(Draft::new(end, day("2022-03-01")).codes(Codes { about: Some(begun), ..Codes::default() }));
    let refusal = world.attempt(withdrawn(&world, begun)).unwrap_err();
    assert_eq!(refusal.stands_in_way.map(|standing| standing.kind), Some(Kind::ShelterEnded));
}

#[test]
fn a_registration_of_the_same_day_as_the_screening_can_be_corrected() {
    let mut world = World::groningen();
    world.does(world.registered("2022-01-03"));
    let registered = world.last();
    world.does(world.screened("2022-01-03", Status::Admitted));
    let state = world.attempt(world.registered("2022-01-03").correcting(registered, "tikfout")).unwrap();
    assert_eq!(state.status(), Status::Admitted);
    let again = world.registered("2022-01-03").correcting(world.last(), "nog een tikfout");
    assert_eq!(world.attempt(again).unwrap().status(), Status::Admitted, "also over two corrections");
}

#[test]
fn a_withdrawn_correction_gives_back_what_it_replaced() {
    let mut world = World::with_intake();
    let intake = world.last();
    world.does(world.intake("2022-01-12").correcting(intake, "andere dag"));
    let correction = world.last();
    let state = world.does(withdrawn(&world, correction));
    assert_eq!(state.intake.as_ref().map(|intake| intake.on), Some(day("2022-01-10")), "the first holds again");
    let withdrawal = world.last();
    let refusal = world.attempt(withdrawn(&world, withdrawal)).unwrap_err();
    assert_eq!(refusal.problem.key, "withdrawal-stays");
    let refusal = world.attempt(withdrawn(&world, correction)).unwrap_err();
    assert_eq!(refusal.problem.key, "already-superseded");
    // what holds again can be corrected again, and withdrawn
    world.does(world.intake("2022-01-14").correcting(intake, "toch anders"));
    let state = world.does(withdrawn(&world, world.last()));
    assert_eq!(state.intake.as_ref().map(|intake| intake.on), Some(day("2022-01-10")));
    assert!(world.does(withdrawn(&world, intake)).intake.is_none());
}

/// Steps of one busy week; several on one day.
fn steps(world: &World, days: [i64; 7]) -> Vec<Draft> {
    let mut on = day("2022-01-03");
    let mut next = |days: i64| {
        on = on.saturating_add(jiff::Span::new().days(days));
        on.to_string()
    };
    vec![
        world.registered("2022-01-03"),
        world.screened(&next(days[0]), Status::Admitted),
        world.intake(&next(days[1])),
        asked("ind", &next(days[2])),
        asked("dtv", &next(days[3])),
        delivered("ind", &next(days[4])),
        delivered("dtv", &next(days[5])),
        complete("ind", &next(days[6])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn corrections_that_leave_the_day_alone_leave_the_state_alone(
        days in prop::array::uniform7(0_i64..2),
        corrected in prop::collection::vec(0_usize..8, 1..5),
    ) {
        let mut world = World::groningen();
        let steps = steps(&world, days);
        for step in &steps {
            world.does(step.clone());
        }
        let before = world.state();
        let mut holds: Vec<FactId> = world.history.iter().map(|recorded| recorded.fact.header.id).collect();
        for at in corrected {
            let same = steps[at].clone().correcting(holds[at], "opnieuw opgeschreven");
            let state = world.attempt(same).map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
            prop_assert_eq!(state.spells(), before.spells());
            prop_assert_eq!(&state.deliveries.iter().map(|d| (&d.partner, d.complete)).collect::<Vec<_>>(),
                &before.deliveries.iter().map(|d| (&d.partner, d.complete)).collect::<Vec<_>>());
            holds[at] = world.last();
        }
    }
}

#[test]
fn codes_of_the_world_exist() {
    // the helpers above name lists that may not be empty
    let world = World::groningen();
    for list in [List::Obstacles, List::Pauses, List::Results, List::ShelterKinds, List::Funders] {
        assert!(!world.programme.list(list).0.is_empty());
    }
    assert!(!world.programme.list(List::ShelterKinds).contains(code("living-allowance").as_str()), "a status, no bed");
}
