//! Laws that hold in whatever order facts are learnt.

use domain::{
    codes::Status,
    spell::Line,
    term::rest_period,
    trajectory::{Draft, Trajectory},
};
use jiff::civil::Date;
use proptest::prelude::*;

use crate::world::{World, asked, complete, day, delivered, lacking};

/// What happened, in the order in which it did; every day is another.
fn events(world: &World) -> Vec<Draft> {
    vec![
        world.registered("2022-01-03"),
        world.screened("2022-01-04", Status::Admitted),
        world.intake("2022-01-10"),
        asked("ind", "2022-01-11"),
        asked("dtv", "2022-01-12"),
        delivered("ind", "2022-02-01"),
        lacking(world, "ind", "2022-02-03"),
        delivered("dtv", "2022-02-10"),
        delivered("ind", "2022-02-14"),
        complete("dtv", "2022-02-15"),
        complete("ind", "2022-02-16"),
        world.decided("2022-03-10"),
        world.left("2022-06-01"),
    ]
}

/// Records what is accepted, again and again, until everything is: each fact keeps its own id.
fn learn(world: &mut World, order: &[usize]) -> Trajectory {
    let events = events(world);
    let mut waiting: Vec<usize> = order.to_vec();
    while !waiting.is_empty() {
        let before = waiting.len();
        let history = world.history.len();
        waiting.retain(|at| match world.try_as(1000 + *at as u128, events[*at].clone()) {
            Ok((fact, _)) => {
                world.add(fact);
                false
            }
            Err(_) => true,
        });
        assert!(waiting.len() < before, "no order of {waiting:?} is accepted after {history} facts");
    }
    world.state()
}

/// Without the numbers, which tell in which order facts were learnt.
fn timeless(mut state: Trajectory) -> Trajectory {
    state.version = 0;
    state.latest.iter_mut().for_each(|recorded| recorded.number = 0);
    state.deliveries.sort_by(|one, other| one.partner.cmp(&other.partner));
    state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_state_does_not_depend_on_the_order_in_which_facts_were_learnt(order in Just((0..13).collect::<Vec<usize>>()).prop_shuffle()) {
        let mut one = World::groningen();
        let mut other = one.clone();
        let straight = learn(&mut one, &(0..13).collect::<Vec<_>>());
        let shuffled = learn(&mut other, &order);
        prop_assert_eq!(straight.spells(), shuffled.spells());
        prop_assert_eq!(timeless(straight), timeless(shuffled));
    }

    #[test]
    fn every_accepted_history_replays_and_its_phases_never_overlap(order in Just((0..13).collect::<Vec<usize>>()).prop_shuffle(), until in 1_usize..13) {
        let mut world = World::groningen();
        let events = events(&world);
        for at in order.into_iter().take(until) {
            if let Ok((fact, state)) = world.try_as(1000 + at as u128, events[at].clone()) {
                world.add(fact);
                prop_assert_eq!(&state, &world.state());
            }
        }
        if world.history.is_empty() {
            return Ok(());
        }
        for line in [Line::Phase, Line::Status] {
            let spells: Vec<_> = world.state().spells().into_iter().filter(|spell| spell.line == line).collect();
            let mut spells = spells;
            spells.sort_by_key(|spell| spell.from);
            for pair in spells.windows(2) {
                prop_assert_eq!(pair[0].to, Some(pair[1].from), "half-open, one after the other");
            }
            prop_assert!(spells.last().is_none_or(|last| last.to.is_none()));
        }
    }

    #[test]
    fn rest_ends_on_day_fourteen_whatever_the_day(days in 0_i64..8400) {
        let world = World::groningen();
        let complete: Date = day("2018-01-01").saturating_add(jiff::Span::new().days(days));
        let term = rest_period(vec![], complete, None, &world.method);
        prop_assert_eq!(complete.until(term.end).unwrap().get_days(), 14);
        prop_assert!(term.moves.is_empty() && !term.calendar.statutory());
    }
}
