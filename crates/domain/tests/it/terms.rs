//! Deadlines: what starts them, stops them, extends them, and what becomes of them when a fact turns out otherwise.

use std::sync::LazyLock;

use domain::{
    calendar::{Calendar, Ground, Length, Move},
    codes::{Phase, Status},
    fact::{Codes, Fact, Kind},
    ids::FactId,
    pause::{PauseEnded, PauseStarted},
    programme::EndRule,
    term::{Rule, Term, TermExtended, terms},
    trajectory::{Draft, Trajectory},
};
use proptest::prelude::*;

use crate::world::{World, asked, code, complete, day, delivered};

/// Groningen, where a stay in hospital stops the rest period, the decision and the review.
fn world() -> World {
    let mut world = World::with_deliveries();
    choose(&mut world);
    world
}

fn choose(world: &mut World) {
    let rules = vec![Rule::RestPeriod, Rule::Decision, Rule::Review];
    world.method.pauses = [(code("hospital"), rules), (code("absent"), vec![])].into();
    world.method.extensions = [(Rule::RestPeriod, 14), (Rule::DossierDelivery, 28)].into();
}

fn all(world: &World, state: &Trajectory) -> Vec<Term> {
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    terms(state, &world.method, &lead)
}

fn of(world: &World, state: &Trajectory, rule: Rule) -> Term {
    all(world, state).into_iter().find(|term| term.rule == rule).unwrap()
}

fn paused(on: &str, reason: &str) -> Draft {
    let codes = Codes { pause: Some(code(reason)), ..Codes::default() };
    Draft::new(PauseStarted { note: String::new() }, day(on)).codes(codes)
}

fn resumed(on: &str, pause: FactId) -> Draft {
    Draft::new(PauseEnded { note: String::new() }, day(on)).codes(Codes { about: Some(pause), ..Codes::default() })
}

fn extended(rule: Rule, about: FactId, on: &str, until: &str) -> Draft {
    let body = TermExtended { rule, ground: "tolk was ziek".into(), by: "Proef Beslisser".into() };
    let codes = Codes { about: Some(about), until: Some(day(until)), ..Codes::default() };
    Draft::new(body, day(on)).codes(codes)
}

/// Rests from 4 April: until 18 April 2022, Easter Monday.
fn resting() -> (World, FactId) {
    let mut world = world();
    world.does(complete("ind", "2022-04-02"));
    world.does(complete("dtv", "2022-04-04"));
    let completion = world.last();
    (world, completion)
}

#[test]
fn a_rest_period_names_every_fact_that_started_it() {
    let (world, last) = resting();
    let rest = world.state().rest.unwrap();
    assert_eq!((rest.triggers.len(), rest.trigger()), (2, Some(last)));
    assert_eq!((rest.length, rest.plain, rest.end), (Some(Length::Days(14)), day("2022-04-18"), day("2022-04-18")));
    assert_eq!((rest.calendar, rest.moves.len()), (Calendar::Stays, 0));
}

#[test]
fn a_pause_in_the_rest_period_moves_the_decision() {
    let (mut world, _) = resting();
    let still = world.does(paused("2022-04-10", "hospital"));
    let rest = still.rest.clone().unwrap();
    assert_eq!((rest.stands_still(), rest.has_end(), rest.until), (Some(day("2022-04-10")), false, None));
    assert_eq!(still.phase_on(day("2022-07-01")), Phase::RestPeriod, "nobody knows when it ends");
    let pause = world.last();
    let refusal = world.attempt(world.decided("2022-05-20")).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.possible_from), ("rest-period-stands-still", None));
    let state = world.does(resumed("2022-04-17", pause));
    let rest = state.rest.clone().unwrap();
    // days 10 to 16 do not count
    assert_eq!((rest.end, rest.stops[0].days(), &rest.stops[0].facts), (day("2022-04-25"), Some(7), &vec![pause]));
    assert_eq!(state.phase_on(day("2022-04-25")), Phase::RestPeriod);
    assert_eq!(state.phase_on(day("2022-04-26")), Phase::Decision);
    assert_eq!(world.attempt(world.decided("2022-04-25")).unwrap_err().possible_from, Some(day("2022-04-26")));
    world.does(world.decided("2022-04-26"));
}

#[test]
fn a_pause_that_the_method_does_not_name_stops_nothing() {
    let (mut world, _) = resting();
    let state = world.does(paused("2022-04-10", "absent"));
    assert_eq!(state.rest.unwrap().end, day("2022-04-18"));
}

#[test]
fn a_pause_after_the_last_day_changes_nothing() {
    let (mut world, _) = resting();
    let state = world.does(paused("2022-04-19", "hospital"));
    assert_eq!(state.rest.clone().unwrap().end, day("2022-04-18"));
    assert_eq!(state.phase_on(day("2022-04-19")), Phase::Decision);
    assert_eq!(of(&world, &state, Rule::Decision).stands_still(), Some(day("2022-04-20")), "day 0 does not count");
}

#[test]
fn an_extension_says_why_and_by_whom_and_is_bounded_by_the_method() {
    let (mut world, completion) = resting();
    let too_long = world.attempt(extended(Rule::RestPeriod, completion, "2022-04-10", "2022-05-03")).unwrap_err();
    assert_eq!((too_long.problem.key, too_long.field), ("extension-too-long", Some("until")));
    let nothing = world.attempt(extended(Rule::RestPeriod, completion, "2022-04-10", "2022-04-18")).unwrap_err();
    assert_eq!((nothing.problem.key, nothing.field), ("extension-adds-nothing", Some("until")));
    let over = world.attempt(extended(Rule::RestPeriod, completion, "2022-04-19", "2022-04-25")).unwrap_err();
    assert_eq!((over.problem.key, over.field), ("term-not-running", Some("term")));
    let other = world.attempt(extended(Rule::Decision, completion, "2022-04-20", "2022-06-25")).unwrap_err();
    assert_eq!(other.problem.key, "term-not-extendable");
    let law = world.attempt(extended(Rule::Objection, completion, "2022-04-10", "2022-06-25")).unwrap_err();
    assert_eq!(law.problem.key, "term-not-extendable", "a term in a law is not ours to extend");

    let state = world.does(extended(Rule::RestPeriod, completion, "2022-04-10", "2022-04-25"));
    let rest = state.rest.clone().unwrap();
    assert_eq!((rest.end, state.phase_on(day("2022-04-26"))), (day("2022-04-25"), Phase::Decision));
    let extension = &rest.extensions[0];
    assert_eq!((extension.days, extension.on), (7, day("2022-04-10")));
    assert_eq!(
        (extension.ground.as_deref(), extension.by.as_deref()),
        (Some("tolk was ziek"), Some("Proef Beslisser"))
    );
    // once more, and it is too much in all
    let again = world.attempt(extended(Rule::RestPeriod, completion, "2022-04-20", "2022-05-03")).unwrap_err();
    assert_eq!(again.problem.key, "extension-too-long");
    let state = world.does(extended(Rule::RestPeriod, completion, "2022-04-20", "2022-05-02"));
    assert_eq!(state.rest.unwrap().extensions.iter().map(|extension| extension.days).sum::<u16>(), 14);
}

#[test]
fn a_term_that_stands_still_is_not_extended() {
    let (mut world, completion) = resting();
    world.does(paused("2022-04-10", "hospital"));
    let refusal = world.attempt(extended(Rule::RestPeriod, completion, "2022-04-11", "2022-04-25")).unwrap_err();
    assert_eq!(refusal.problem.key, "term-stands-still");
}

#[test]
fn a_delivery_that_is_extended_is_due_later_and_falls_back_when_that_is_withdrawn() {
    let mut world = World::with_intake();
    choose(&mut world);
    let state = world.does(asked("ind", "2022-01-11"));
    let asked = world.last();
    assert_eq!(of(&world, &state, Rule::DossierDelivery).end, day("2022-02-08"));
    let state = world.does(extended(Rule::DossierDelivery, asked, "2022-02-01", "2022-02-28"));
    assert_eq!(of(&world, &state, Rule::DossierDelivery).end, day("2022-02-28"));
    let wrong = world.last();
    let taken = Draft::new(domain::fact::Withdrawn {}, world.today).correcting(wrong, "vergissing");
    let state = world.does(taken);
    assert_eq!(of(&world, &state, Rule::DossierDelivery).end, day("2022-02-08"));
}

#[test]
fn a_correction_after_the_rest_period_ended_counts_anew() {
    let (mut world, completion) = resting();
    world.does(paused("2022-04-10", "hospital"));
    let pause = world.last();
    world.does(resumed("2022-04-13", pause));
    assert_eq!(world.state().rest.unwrap().end, day("2022-04-21"));
    // learnt in May: the DT&V's part was complete on 11 April; the pause then stops the rest from day 1
    let state = world.does(complete("dtv", "2022-04-11").correcting(completion, "verkeerde datum"));
    let rest = state.rest.clone().unwrap();
    assert_eq!((rest.start, rest.end), (day("2022-04-11"), day("2022-04-26")));
    assert_eq!((rest.stops[0].from, rest.stops[0].days()), (day("2022-04-12"), Some(1)));
    assert_eq!(state.phase_on(day("2022-04-22")), Phase::RestPeriod);
    // and the pause was longer than was thought
    let ended = world.history.iter().find(|recorded| recorded.fact.header.kind == Kind::PauseEnded).unwrap();
    let ended = ended.fact.header.id;
    let state = world.does(resumed("2022-04-20", pause).correcting(ended, "later thuis"));
    assert_eq!(state.rest.unwrap().end, day("2022-05-03"));
}

#[test]
fn a_correction_that_leaves_a_decision_within_the_rest_period_is_refused_and_names_it() {
    let (mut world, completion) = resting();
    world.does(world.decided("2022-04-19"));
    let refusal = world.attempt(complete("dtv", "2022-04-11").correcting(completion, "verkeerde datum")).unwrap_err();
    assert_eq!(refusal.problem.key, "rest-period-runs");
    assert_eq!(refusal.stands_in_way.unwrap().kind, Kind::Decided);
    // earlier is possible: the decision only came later than it could
    let state = world.does(complete("dtv", "2022-04-03").correcting(completion, "verkeerde datum"));
    assert_eq!(state.rest.unwrap().end, day("2022-04-17"));
}

#[test]
fn the_agreed_day_of_an_extension_stays_when_the_start_is_corrected() {
    let (mut world, completion) = resting();
    world.does(extended(Rule::RestPeriod, completion, "2022-04-10", "2022-04-25"));
    let state = world.does(complete("dtv", "2022-04-06").correcting(completion, "verkeerde datum"));
    let rest = state.rest.unwrap();
    assert_eq!((rest.end, rest.extensions[0].days), (day("2022-04-25"), 5));
}

#[test]
fn weekends_and_holidays_do_what_the_method_says() {
    let (mut world, _) = resting();
    let rest = |world: &World| world.state().rest.unwrap();
    assert_eq!(rest(&world).end, day("2022-04-18"));
    for (end, ground) in [(EndRule::NextWorkingDay, Ground::Method), (EndRule::AsInLaw, Ground::DayOff)] {
        world.method.rest_end = end;
        let moved = Move { from: day("2022-04-18"), to: day("2022-04-19"), ground };
        assert_eq!((rest(&world).end, rest(&world).moves), (day("2022-04-19"), vec![moved]), "Easter Monday");
        assert_eq!(world.state().phase_on(day("2022-04-19")), Phase::RestPeriod);
    }
    // the other terms have an entry of their own: from 20 April, 28 days, to a Wednesday
    let decision = of(&world, &world.state(), Rule::Decision);
    assert_eq!((decision.calendar, decision.end), (Calendar::Stays, day("2022-05-18")));
    world.method.decision_days = Some(15);
    assert_eq!(of(&world, &world.state(), Rule::Decision).end, day("2022-05-05"));
    world.method.ends = [(Rule::Decision, EndRule::AsInLaw)].into();
    assert_eq!(of(&world, &world.state(), Rule::Decision).end, day("2022-05-06"), "5 May is a holiday every year");
}

#[test]
fn two_working_days_are_in_a_term_that_is_counted_as_in_law() {
    let mut world = world();
    world.method.rest_days = 4;
    world.method.rest_end = EndRule::AsInLaw;
    world.does(complete("ind", "2022-04-13"));
    // Wednesday before Easter, four days: only Maundy Thursday works, so the Tuesday is the second
    let rest = world.does(complete("dtv", "2022-04-13")).rest.unwrap();
    assert_eq!(rest.end, day("2022-04-19"));
    world.method.rest_days = 3;
    world.does(complete("dtv", "2022-04-14").correcting(world.last(), "een dag later"));
    let rest = world.state().rest.unwrap();
    assert_eq!(
        (rest.end, rest.moves.last().map(|moved| moved.ground)),
        (day("2022-04-20"), Some(Ground::TwoWorkingDays))
    );
}

#[test]
fn an_objection_follows_the_algemene_termijnenwet() {
    let end = |refused: &str, registered: &str| {
        let mut world = World::groningen();
        world.does(world.registered(registered));
        let state = world.does(world.screened(refused, Status::Refused));
        of(&world, &state, Rule::Objection)
    };
    let easter = end("2022-03-07", "2022-03-01");
    assert_eq!((easter.end, easter.moved_from()), (day("2022-04-19"), Some(day("2022-04-18"))));
    assert!(easter.calendar.statutory() && !easter.rule.of_the_method());
    assert_eq!(end("2022-03-24", "2022-03-01").end, day("2022-05-06"), "5 May");
    assert_eq!(end("2020-01-18", "2020-01-10").end, day("2020-03-02"), "a Saturday: 29 February of a leap year");
    assert_eq!(end("2021-11-13", "2021-11-01").end, day("2021-12-27"), "Christmas and the Sunday after");
}

#[test]
fn a_longest_stay_from_a_leap_day_ends_on_the_last_day_of_february() {
    let mut world = World::groningen();
    world.method.max_stay_months = Some(12);
    world.does(world.registered("2020-02-03"));
    let state = world.does(world.screened("2020-02-29", Status::Admitted));
    let stay = of(&world, &state, Rule::MaxStay);
    assert_eq!((stay.length, stay.end), (Some(Length::Months(12)), day("2021-02-28")));
}

fn learn(mut world: World, facts: &[(u128, Draft)], order: &[usize]) -> Option<Trajectory> {
    let mut waiting: Vec<usize> = order.to_vec();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|at| {
            let (id, draft) = &facts[*at];
            match world.try_as(*id, draft.clone()) {
                Ok((fact, _)) => {
                    world.add(fact);
                    false
                }
                Err(_) => true,
            }
        });
        if waiting.len() == before {
            return None;
        }
    }
    let mut state = world.state();
    state.version = 0;
    state.latest.iter_mut().for_each(|recorded| recorded.number = 0);
    Some(state)
}

static DELIVERED: LazyLock<World> = LazyLock::new(world);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// Two pauses for different reasons, also over each other, learnt in either order: a day in any of them counts once.
    #[test]
    fn pauses_for_different_reasons_over_each_other_take_each_day_once(
        one in (1_i64..20, 1_i64..15), other in (1_i64..20, 1_i64..15), turned in any::<bool>(),
    ) {
        let mut world = resting().0;
        world.method.pauses.insert(code("detention"), vec![Rule::RestPeriod]);
        let start = world.state().rest.unwrap().start;
        let on = |offset: i64| start.saturating_add(jiff::Span::new().days(offset));
        let mut both = [("hospital", one), ("detention", other)];
        if turned {
            both.reverse();
        }
        for (reason, (from, long)) in both {
            world.does(paused(&on(from).to_string(), reason));
            let fact = world.last();
            world.does(resumed(&on(from + long).to_string(), fact));
        }
        let paused = |offset: i64| [one, other].iter().any(|(from, long)| (*from..from + long).contains(&offset));
        let days = usize::from(world.method.rest_days);
        let last = (1_i64..).filter(|offset| !paused(*offset)).nth(days - 1).unwrap();
        prop_assert_eq!(world.state().rest.unwrap().end, on(last));
    }

    /// Deliveries, completions, pauses and extensions, learnt in any order: one rest period, one explanation.
    #[test]
    fn the_rest_period_does_not_depend_on_the_order_in_which_facts_were_learnt(
        ind in 0_i64..10, dtv in 0_i64..10,
        extras in proptest::collection::vec((0_usize..2, 0_i64..50, 1_i64..12), 0..4),
        shuffle in any::<u64>(),
    ) {
        static INTAKE: LazyLock<World> = LazyLock::new(World::with_intake);
        let mut start = INTAKE.clone();
        choose(&mut start);
        start.today = day("2022-12-01");
        start.method.extensions = [(Rule::RestPeriod, 1000)].into();
        let on = |offset: i64| day("2022-02-01").saturating_add(jiff::Span::new().days(offset)).to_string();
        let id = |n: usize| 5000 + n as u128;
        let fact = |n: usize| FactId(uuid::Uuid::from_u128(id(n)));
        let mut facts = vec![
            (id(0), asked("ind", "2022-01-11")),
            (id(1), asked("dtv", "2022-01-12")),
            (id(2), delivered("ind", &on(ind * 2))),
            (id(3), delivered("dtv", &on(dtv * 2))),
            // never on one day: which came first would be what tells them apart
            (id(4), complete("ind", &on(ind * 2 + 1))),
            (id(5), complete("dtv", &on(dtv * 2 + 2))),
        ];
        let last = if dtv >= ind { 5 } else { 4 };
        // pauses one after the other: a trajectory pauses once at a time
        let mut free = 0;
        let pauses = extras.iter().filter(|(kind, ..)| *kind == 0).count();
        for (kind, from, long) in extras {
            let (n, from) = (facts.len(), from.max(free));
            if kind == 0 {
                facts.push((id(n), paused(&on(from), "hospital")));
                facts.push((id(n + 1), resumed(&on(from + long), fact(n))));
                free = from + long + 1;
            } else {
                // each goes further than the one before
                let until = on(100 + 10 * from);
                facts.push((id(n), extended(Rule::RestPeriod, fact(last), &on(from), &until)));
                free = from + 1;
            }
        }
        let straight: Vec<usize> = (0..facts.len()).collect();
        let mut shuffled = straight.clone();
        let mut seed = shuffle;
        for at in (1..shuffled.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, usize::try_from(seed >> 33).unwrap() % (at + 1));
        }
        // an extension is possible while the term runs; where it is not, neither order has it
        let one = learn(start.clone(), &facts, &straight);
        let other = learn(start.clone(), &facts, &shuffled);
        // a pause that ended is not recorded after the next one
        if pauses < 2 {
            prop_assert_eq!(one.is_some(), other.is_some());
        }
        if let (Some(one), Some(other)) = (&one, &other) {
            prop_assert_eq!(one.spells(), other.spells());
            prop_assert_eq!(&one.rest, &other.rest);
            let rest = one.rest.as_ref().unwrap();
            prop_assert!(rest.end >= rest.plain && rest.plain >= rest.start.saturating_add(jiff::Span::new().days(14)));
            // as many days count as the term has
            let added: i32 = rest.extensions.iter().map(|extension| i32::from(extension.days)).sum();
            let still: i32 = rest.stops.iter().filter_map(domain::term::StandStill::days).sum();
            let long = rest.start.until(rest.plain).unwrap().get_days();
            prop_assert_eq!(long, i32::from(start.method.rest_days) + added + still);
            // and the decision phase begins on the day after
            prop_assert_eq!(one.phases.last().copied(), Some((Phase::Decision, domain::term::after(rest.end))));
        }
    }

    /// A correction of a day gives what would have been, had it been known.
    #[test]
    fn a_correction_gives_what_would_have_been(wrong in 0_i64..30, right in 0_i64..30, pause in 0_i64..30, long in 1_i64..10) {
        let on = |offset: i64| day("2022-04-01").saturating_add(jiff::Span::new().days(offset)).to_string();
        let told = |dtv: i64| {
            let mut world = DELIVERED.clone();
            world.today = day("2022-12-01");
            world.does(complete("ind", "2022-04-01"));
            world.does(complete("dtv", &on(dtv)));
            let completion = world.last();
            world.does(paused(&on(pause), "hospital"));
            let started = world.last();
            world.does(resumed(&on(pause + long), started));
            (world, completion)
        };
        let (mut corrected, completion) = told(wrong);
        let mut state = corrected.does(complete("dtv", &on(right)).correcting(completion, "verkeerde datum"));
        let known = told(right).0.state();
        prop_assert_eq!(state.spells(), known.spells());
        let rest = state.rest.take().unwrap();
        let expected = known.rest.unwrap();
        prop_assert_eq!((rest.start, rest.end, rest.stops), (expected.start, expected.end, expected.stops));
    }
}

#[test]
fn of_a_forgotten_person_the_phases_stay_as_they_were() {
    let (mut world, completion) = resting();
    world.does(extended(Rule::RestPeriod, completion, "2022-04-10", "2022-04-25"));
    world.does(paused("2022-04-20", "hospital"));
    let pause = world.last();
    world.does(resumed("2022-04-22", pause));
    let state = world.does(world.decided("2022-05-10"));
    for recorded in &mut world.history {
        let fact: &mut Fact = &mut recorded.fact;
        (fact.body, fact.why) = (None, None);
    }
    let forgotten = world.state();
    assert_eq!(forgotten.phases, state.phases);
    assert_eq!(forgotten.rest.map(|rest| rest.end), state.rest.map(|rest| rest.end));
}
