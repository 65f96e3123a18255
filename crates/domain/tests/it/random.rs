//! Laws over random histories: nearly every kind of fact, on the same days too, corrected and withdrawn.

use std::sync::LazyLock;

use domain::{
    agenda::{CaseDiscussed, Tabled, Untabled},
    codes::{Answered, AskedBy, Board, Discussed, Measure, ObjectionOutcome, Status, Task, Why},
    departure::DepartureStep,
    escalation::{Advised, Escalated},
    fact::{Body, Codes, Kind, Withdrawn},
    history::History,
    hold::{HoldLifted, HoldSet},
    ids::{FactId, SittingId, UserId},
    measure::MeasureTaken,
    objection::{ObjectionDecided, ObjectionMade},
    obstacle::{ObstacleNoted, ObstacleResolved},
    partner::{WorkerAssigned, WorkerReleased},
    pause::{PauseEnded, PauseStarted},
    plan::{ActionAdded, ActionClosed, ContactNoted, GoalClosed, GoalSet},
    programme::List,
    shelter::{ShelterEnded, ShelterStarted},
    spell::{Line, Spell},
    status::StatusChanged,
    term::{Rule, TermExtended},
    trajectory::{Draft, Recorded, Trajectory},
};
use jiff::{ToSpan as _, civil::Date};
use proptest::{prelude::*, strategy::ValueTree as _};
use uuid::Uuid;

use crate::world::{World, asked, code, complete, day, delivered, lacking};

/// Kinds that are drawn; what a trajectory cannot hold (identities, links) is left out, a registration comes first.
const KINDS: &[Kind] = &[
    Kind::Screened,
    Kind::StatusChanged,
    Kind::ShelterStarted,
    Kind::ShelterEnded,
    Kind::IntakeHeld,
    Kind::ObstacleNoted,
    Kind::ObstacleResolved,
    Kind::DossierRequested,
    Kind::DossierDelivered,
    Kind::DossierCompleted,
    Kind::DossierIncomplete,
    Kind::Decided,
    Kind::Tabled,
    Kind::Untabled,
    Kind::CaseDiscussed,
    Kind::Escalated,
    Kind::Advised,
    Kind::GoalSet,
    Kind::GoalClosed,
    Kind::ActionAdded,
    Kind::ActionClosed,
    Kind::ContactNoted,
    Kind::CooperationAssessed,
    Kind::CooperationReviewed,
    Kind::MeasureTaken,
    Kind::ObjectionMade,
    Kind::ObjectionDecided,
    Kind::HoldSet,
    Kind::HoldLifted,
    Kind::PauseStarted,
    Kind::PauseEnded,
    Kind::TermExtended,
    Kind::WorkerAssigned,
    Kind::WorkerReleased,
    Kind::DepartureStep,
    Kind::Left,
];

/// One throw: which kind, on which of 60 days, a choice within the kind, and what is done with an earlier fact.
#[derive(Debug, Clone)]
struct Throw {
    kind: usize,
    on: i64,
    pick: usize,
    /// From 0 to 99: below 12 it corrects, below 18 it withdraws.
    mends: u8,
}

fn throws() -> impl Strategy<Value = Vec<Throw>> {
    let one = (0..KINDS.len(), 0_i64..60, 0_usize..64, 0_u8..100);
    let throw = one.prop_map(|(kind, on, pick, mends)| Throw { kind, on, pick, mends });
    proptest::collection::vec(throw, 20..60)
}

/// A way to guidance, with days between the steps that may be none at all: without it chance seldom gets that far.
fn way(world: &World, gaps: &[i64]) -> Vec<Draft> {
    let mut on = day("2022-01-03");
    let mut days = gaps.iter().map(|gap| {
        on = on.saturating_add(gap.days());
        on.to_string()
    });
    let mut next = || days.next().unwrap();
    let mut out = vec![
        world.registered(&next()),
        world.screened(&next(), Status::Admitted),
        world.intake(&next()),
        asked("ind", &next()),
        asked("dtv", &next()),
        delivered("ind", &next()),
        delivered("dtv", &next()),
        complete("ind", &next()),
        complete("dtv", &next()),
    ];
    let rested = out[8].valid_from.saturating_add(15.days());
    out.push(world.decided(&rested.to_string()));
    out
}

/// A fact of one of these kinds in the history.
fn earlier(history: &[Recorded], kinds: &[Kind], pick: usize) -> Option<FactId> {
    let of: Vec<FactId> = history
        .iter()
        .map(|recorded| &recorded.fact.header)
        .filter(|header| kinds.contains(&header.kind))
        .map(|header| header.id)
        .collect();
    (!of.is_empty()).then(|| of[pick % of.len()])
}

/// What a fact says.
fn said(history: &[Recorded], fact: Option<FactId>) -> Option<&Body> {
    history.iter().find(|recorded| Some(recorded.fact.header.id) == fact)?.fact.body.as_ref()
}

/// One of three sittings.
fn sitting(pick: usize) -> SittingId {
    SittingId(Uuid::from_u128(700 + (pick % 3) as u128))
}

fn draft(world: &World, kind: Kind, on: Date, pick: usize) -> Draft {
    let (history, text) = (&world.history, on.to_string());
    let some = |list: List| world.programme.list(list).0[pick % world.programme.list(list).0.len()].code.clone();
    let about = |kinds: &[Kind]| Codes { about: earlier(history, kinds, pick), ..Codes::default() };
    let partner = || if pick.is_multiple_of(2) { "ind" } else { "dtv" };
    let note = String::new;
    let org = || world.method.deliver[pick % world.method.deliver.len()].clone();
    let new = |body: Body, codes: Codes| Draft::new(body, on).codes(codes);
    match kind {
        Kind::Screened => {
            let outcomes = [
                Status::Admitted,
                Status::ShelteredWithoutStatus,
                Status::Refused,
                Status::WaitingList,
                Status::OutsideLvv,
            ];
            world.screened(&text, outcomes[pick % outcomes.len()])
        }
        Kind::StatusChanged => {
            let status = Some(Status::ALL[pick % Status::ALL.len()]);
            new(StatusChanged { reason: "reden".into() }.into(), Codes { status, ..Codes::default() })
        }
        Kind::ShelterStarted => {
            let (kind, funder) = (some(List::ShelterKinds), some(List::Funders));
            new(ShelterStarted { kind, location: "verzonnen plek".into(), funder }.into(), Codes::default())
        }
        Kind::ShelterEnded => new(ShelterEnded { reason: "reden".into() }.into(), about(&[Kind::ShelterStarted])),
        Kind::IntakeHeld => world.intake(&text),
        Kind::ObstacleNoted => {
            let obstacle = Some(some(List::Obstacles));
            new(ObstacleNoted { note: note() }.into(), Codes { obstacle, ..Codes::default() })
        }
        Kind::ObstacleResolved => new(ObstacleResolved { note: note() }.into(), about(&[Kind::ObstacleNoted])),
        Kind::DossierRequested => asked(partner(), &text),
        Kind::DossierDelivered => delivered(partner(), &text),
        Kind::DossierCompleted => complete(partner(), &text),
        Kind::DossierIncomplete => lacking(world, partner(), &text),
        Kind::Decided => {
            let mut decided = world.decided(&text);
            decided.codes.scenario = Some(some(List::Scenarios));
            decided
        }
        Kind::Tabled => {
            let body = Tabled {
                sitting: sitting(pick),
                board: Board::Mrt,
                why: Why::ALL[pick % Why::ALL.len()],
                question: String::new(),
                also: pick.is_multiple_of(2),
            };
            new(body.into(), Codes { until: Some(on.saturating_add(7.days())), ..Codes::default() })
        }
        Kind::Untabled => new(Untabled { reason: "reden".into() }.into(), about(&[Kind::Tabled])),
        Kind::CaseDiscussed => {
            let outcome = Discussed::ALL[pick % Discussed::ALL.len()];
            let about = about(&[Kind::Tabled]);
            let at = said(history, about.about).and_then(Body::sitting).unwrap_or_else(|| sitting(pick));
            new(CaseDiscussed { sitting: at, outcome, reason: "reden".into() }.into(), about)
        }
        Kind::Escalated => {
            let to = [Board::Mrt, Board::SteeringGroup][pick % 2];
            let at = pick.is_multiple_of(3).then(|| sitting(pick));
            let body =
                Escalated { sitting: at, from: Board::Lso, to, question: "welke weg?".into(), positions: vec![] };
            let until = Some(on.saturating_add(42.days()));
            new(body.into(), Codes { until, partner: Some(org()), ..Codes::default() })
        }
        Kind::Advised => {
            let about = about(&[Kind::Escalated]);
            let from = match said(history, about.about) {
                Some(Body::Escalated(sent)) => sent.to,
                _ => Board::Mrt,
            };
            let body = Advised { sitting: None, from, answer: Answered::Advice, text: "advies".into() };
            new(body.into(), about)
        }
        Kind::GoalSet => new(GoalSet { text: "doel".into(), owner: org() }.into(), Codes::default()),
        Kind::GoalClosed => {
            new(GoalClosed { result: some(List::Results), note: note() }.into(), about(&[Kind::GoalSet]))
        }
        Kind::ActionAdded => {
            let mut codes = if pick.is_multiple_of(3) { about(&[Kind::GoalSet]) } else { Codes::default() };
            codes.until = Some(on.saturating_add(7.days()));
            new(ActionAdded { text: "actie".into(), owner: org(), worker: None }.into(), codes)
        }
        Kind::ActionClosed => {
            new(ActionClosed { result: some(List::Results), note: note() }.into(), about(&[Kind::ActionAdded]))
        }
        Kind::ContactNoted => {
            new(ContactNoted { how: some(List::ContactKinds), note: "gesprek".into() }.into(), Codes::default())
        }
        Kind::CooperationReviewed => {
            let mut draft = world.reviewed(&text, pick.is_multiple_of(2));
            if let Body::CooperationReviewed(body) = &mut draft.body {
                body.settled = Some("samen bekeken".into());
            }
            draft
        }
        Kind::CooperationAssessed => {
            let about = earlier(history, &[Kind::CooperationAssessed], pick).filter(|_| !pick.is_multiple_of(4));
            let mut draft = world.assessed(&text, pick.is_multiple_of(2), about);
            if let Body::CooperationAssessed(body) = &mut draft.body {
                body.evidence.extend(earlier(history, &[Kind::ContactNoted, Kind::ActionAdded], pick));
            }
            draft
        }
        Kind::MeasureTaken => {
            let measure = world.method.ladder[pick % world.method.ladder.len()];
            let heard = (measure == Measure::Hearing).then(|| world.hearing(&text));
            let mandate = (measure == Measure::ShelterEnds).then(|| world.mandate(&text));
            let body =
                MeasureTaken { measure, reason: "reden".into(), heard, mandate, remedy: Some(code("objection")) };
            let until = (measure == Measure::Term).then(|| on.saturating_add(3.days()));
            new(body.into(), Codes { until, ..Codes::default() })
        }
        Kind::ObjectionMade => new(
            ObjectionMade { by: AskedBy::Participant, grounds: "niet eens".into() }.into(),
            about(if pick.is_multiple_of(2) { &[Kind::Screened] } else { &[Kind::MeasureTaken] }),
        ),
        Kind::ObjectionDecided => {
            let outcome = ObjectionOutcome::ALL[pick % ObjectionOutcome::ALL.len()];
            new(ObjectionDecided { outcome, reason: "reden".into() }.into(), about(&[Kind::ObjectionMade]))
        }
        Kind::HoldSet => {
            let until = pick.is_multiple_of(2).then(|| on.saturating_add(5.days()));
            let body = HoldSet { ground: some(List::HoldGrounds), note: "zaak TEST 1".into() };
            new(body.into(), Codes { until, ..Codes::default() })
        }
        Kind::HoldLifted => new(HoldLifted { note: "uitspraak TEST 2".into() }.into(), about(&[Kind::HoldSet])),
        Kind::DepartureStep => {
            let codes =
                Codes { departure: Some(some(List::DepartureSteps)), partner: "dtv".parse().ok(), ..Codes::default() };
            new(DepartureStep { note: note() }.into(), codes)
        }
        Kind::PauseStarted => {
            new(PauseStarted { note: note() }.into(), Codes { pause: Some(some(List::Pauses)), ..Codes::default() })
        }
        Kind::PauseEnded => new(PauseEnded { note: note() }.into(), about(&[Kind::PauseStarted])),
        Kind::TermExtended => {
            // mostly the rest period: it is the one that phases follow
            let rules = [Rule::RestPeriod, Rule::RestPeriod, Rule::Decision, Rule::Review, Rule::DossierCheck];
            let body = TermExtended { rule: rules[pick % rules.len()], ground: "reden".into(), by: "Proef".into() };
            let kinds = [Kind::DossierCompleted, Kind::DossierDelivered, Kind::Decided, Kind::CooperationReviewed];
            let mut codes = about(if body.rule == Rule::RestPeriod { &kinds[..1] } else { &kinds });
            // so far ahead that it always adds something, also after what started the term was corrected
            codes.until = Some(on.saturating_add(200.days()));
            new(body.into(), codes)
        }
        Kind::WorkerAssigned => {
            let user = UserId(Uuid::from_u128(500 + pick as u128 % 5));
            let body =
                WorkerAssigned { user: Some(user), task: Task::ALL[pick % Task::ALL.len()], function: String::new() };
            new(body.into(), Codes { partner: Some(org()), ..Codes::default() })
        }
        Kind::WorkerReleased => new(WorkerReleased { note: note() }.into(), about(&[Kind::WorkerAssigned])),
        Kind::Left => world.left(&text),
        other => panic!("{other} is not drawn"),
    }
}

/// A history of what is accepted of the way and the throws, in the order in which they come.
fn history(gaps: &[i64], throws: &[Throw]) -> World {
    // read once: the files are the same for every history
    static GRONINGEN: LazyLock<World> = LazyLock::new(|| {
        let mut world = World::groningen();
        world.today = day("2023-07-01");
        let rules = [Rule::RestPeriod, Rule::Decision, Rule::Review, Rule::DossierCheck];
        let pauses = &world.programme.list(List::Pauses).0;
        world.method.pauses = pauses.iter().skip(1).map(|entry| (entry.code.clone(), rules.to_vec())).collect();
        world.method.extensions = rules.iter().map(|rule| (*rule, u16::MAX)).collect();
        world
    });
    let mut world = GRONINGEN.clone();
    let mut id = 1000;
    let mut offer = |world: &mut World, mut draft: Draft| {
        id += 1;
        // whoever assesses second answers the first
        if draft.body.kind() == Kind::CooperationAssessed && draft.supersedes.is_none() && id % 4 != 0 {
            draft.codes.about = world.state().open_round().and_then(domain::cooperation::Round::first);
        }
        if let Ok((fact, state)) = world.try_as(id, draft) {
            world.add(fact);
            // what the program answers is what it reads back later
            assert_eq!(state, world.state());
        }
    };
    let mut steps = way(&world, gaps).into_iter();
    // some of what is thrown comes before the last steps of the way, and some after
    for draft in steps.by_ref().take(4) {
        offer(&mut world, draft);
    }
    for (at, throw) in throws.iter().enumerate() {
        if at % 3 == 0
            && let Some(draft) = steps.next()
        {
            offer(&mut world, draft);
        }
        let on = day("2022-01-03").saturating_add(throw.on.days());
        // two people record: an assessment needs the other
        world.actor = 3 + u128::from(throw.mends % 2);
        let target = earlier(&world.history, Kind::ALL, throw.pick).filter(|_| throw.mends < 18);
        let made = match target {
            None => draft(&world, KINDS[throw.kind], on, throw.pick),
            Some(target) if throw.mends < 12 => {
                let kind =
                    world.history.iter().find(|recorded| recorded.fact.header.id == target).unwrap().fact.header.kind;
                let made = match kind {
                    Kind::Registered => world.registered(&on.to_string()),
                    Kind::Withdrawn => continue,
                    kind => draft(&world, kind, on, throw.pick),
                };
                made.correcting(target, "vergissing")
            }
            Some(target) => Draft::new(Body::from(Withdrawn {}), on).correcting(target, "vergissing"),
        };
        offer(&mut world, made);
    }
    for draft in steps {
        offer(&mut world, draft);
    }
    // a review and what follows: chance alone seldom brings two people to one
    let decided = earlier(&world.history, &[Kind::Decided], 0);
    let decided = world.history.iter().find(|recorded| Some(recorded.fact.header.id) == decided);
    let last = decided.map_or(day("2022-03-10"), |recorded| recorded.fact.header.valid_from);
    let kinds = [
        (3, Kind::CooperationAssessed),
        (4, Kind::CooperationAssessed),
        (3, Kind::CooperationReviewed),
        (3, Kind::MeasureTaken),
        (3, Kind::ObjectionMade),
        (3, Kind::ObjectionDecided),
    ];
    for (place, (actor, kind)) in kinds.into_iter().enumerate() {
        world.actor = actor;
        let on = last.saturating_add(i64::try_from(place).unwrap().days());
        let made = draft(&world, kind, on, 5);
        offer(&mut world, made);
    }
    world
}

/// Without the numbers, which tell in which order facts were learnt, and what makes a fact a correction.
fn timeless(mut state: Trajectory) -> Trajectory {
    state.version = 0;
    let now = state.clone();
    state.replaced.clear();
    for recorded in &mut state.latest {
        let codes = &mut recorded.fact.header.codes;
        codes.about = codes.about.map(|about| now.current(about));
        recorded.number = 0;
        (recorded.fact.header.supersedes, recorded.fact.why) = (None, None);
    }
    state
}

/// Records the facts that hold, one after the other, in this order; each must be accepted in its turn. Where it is not
/// yet, it waits, and so does what was recorded after it on the same day.
///
/// `None` when some are never accepted: a stay that ended is not recorded after the next one, for instance.
fn recorded_anew(world: &World, mut waiting: Vec<&Recorded>) -> Option<Trajectory> {
    let now = History::of(&world.history);
    let mut other = World { history: vec![], ..world.clone() };
    while !waiting.is_empty() {
        let mut left: Vec<&Recorded> = Vec::new();
        let before = waiting.len();
        for recorded in waiting {
            let (h, mut body) = (&recorded.fact.header, recorded.fact.body.clone().unwrap());
            if let Body::CooperationAssessed(body) = &mut body {
                body.evidence.iter_mut().for_each(|fact| *fact = now.current(*fact));
            }
            other.actor = h.actor.0.as_u128();
            let held_up = left.iter().any(|earlier| earlier.fact.header.valid_from == h.valid_from);
            // recorded as it now is, a fact builds on the correction and not on what that replaced
            let codes = Codes { about: h.codes.about.map(|about| now.current(about)), ..h.codes.clone() };
            let draft = Draft::new(body, h.valid_from).codes(codes);
            match other.try_as(h.id.0.as_u128(), draft) {
                Ok((fact, _)) if !held_up => other.add(fact),
                _ => left.push(recorded),
            }
        }
        if left.len() == before {
            return None;
        }
        waiting = left;
    }
    Some(other.state())
}

/// The facts that hold, recorded in another order: those of one day stay in theirs, which is what tells them apart.
fn shuffled(world: &World, mut seed: u64) -> Option<Trajectory> {
    let held = History::of(&world.history).order().to_vec();
    let mut days: Vec<Date> = held.iter().map(|recorded| recorded.fact.header.valid_from).collect();
    days.dedup();
    for _ in 0..6 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(seed >> 33).unwrap();
        let (one, other) = (at % days.len(), (at / days.len()) % days.len());
        days.swap(one, other);
    }
    let of = |day: &Date| held.iter().copied().filter(|r| r.fact.header.valid_from == *day).collect::<Vec<_>>();
    recorded_anew(world, days.iter().flat_map(of).collect())
}

/// Two spells of one line that lie over each other; obstacles of different kinds may, and pauses for different reasons.
fn overlap(spells: &[Spell]) -> Option<(&Spell, &Spell)> {
    spells.iter().enumerate().find_map(|(at, one)| {
        let same = |other: &&Spell| {
            one.line == other.line && (!matches!(one.line, Line::Obstacle | Line::Pause) || one.code == other.code)
        };
        let meets = |other: &&Spell| one.to.is_none_or(|to| other.from < to) && other.to.is_none_or(|to| one.from < to);
        spells[at + 1..].iter().filter(same).find(meets).map(|other| (one, other))
    })
}

#[test]
fn chance_draws_every_kind() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    let (mut corrected, mut withdrawn, mut same_day, mut orders) = (0, 0, 0, 0);
    for round in 0..60 {
        let value = (proptest::collection::vec(0_i64..4, 9), throws()).new_tree(&mut runner).unwrap().current();
        let world = history(&value.0, &value.1);
        let headers: Vec<_> = world.history.iter().map(|recorded| &recorded.fact.header).collect();
        seen.extend(headers.iter().map(|header| header.kind));
        corrected += headers.iter().filter(|h| h.supersedes.is_some() && h.kind != Kind::Withdrawn).count();
        withdrawn += headers.iter().filter(|h| h.kind == Kind::Withdrawn).count();
        orders += usize::from(shuffled(&world, round).is_some());
        let order = History::of(&world.history).order().to_vec();
        same_day += order.windows(2).filter(|w| w[0].fact.header.valid_from == w[1].fact.header.valid_from).count();
    }
    let missing: Vec<_> = KINDS.iter().filter(|kind| !seen.contains(kind)).collect();
    assert!(missing.is_empty(), "never accepted: {missing:?}");
    assert!(corrected > 50 && withdrawn > 20 && same_day > 200, "{corrected} {withdrawn} {same_day}");
    assert!(orders > 10, "only {orders} of 60 other orders are accepted");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_state_is_that_of_the_same_facts_recorded_as_they_happened(
        gaps in proptest::collection::vec(0_i64..4, 9),
        throws in throws(),
        seed in any::<u64>(),
    ) {
        let world = history(&gaps, &throws);
        let state = timeless(world.state());
        let straight = recorded_anew(&world, History::of(&world.history).order().to_vec()).unwrap();
        prop_assert_eq!(straight.spells(), state.spells());
        prop_assert_eq!(timeless(straight), state.clone());
        if let Some(shuffled) = shuffled(&world, seed) {
            prop_assert_eq!(timeless(shuffled), state);
        }
    }

    #[test]
    fn no_two_spells_of_a_line_lie_over_each_other(
        gaps in proptest::collection::vec(0_i64..4, 9),
        throws in throws(),
    ) {
        let world = history(&gaps, &throws);
        let spells = world.state().spells();
        prop_assert_eq!(overlap(&spells), None);
        prop_assert!(spells.iter().all(|spell| spell.to.is_none_or(|to| to > spell.from)));
    }
}
