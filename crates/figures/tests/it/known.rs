//! "As known on": what was reported once is rebuilt exactly later, and what makes the difference adds up to it.

use std::collections::BTreeMap;

use access::Principal;
use desk::{Order, Target};
use domain::{
    codes::Role,
    fact::{Codes, Kind},
    ids::{CommandId, Stream, TrajectoryId, UserId},
    outflow::Left,
    programme::{Column, List},
    trajectory::{Draft, Recorded},
};
use figures::{
    diff::{self, Because, Deltas, Report},
    figure::{Figure, Value, compute},
    history::History,
    question::{Asked, Days, Question, definition},
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use journal::{Entropy as _, SystemEntropy};
use population::Size;
use proptest::prelude::*;

use crate::world::{World, filled, small};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn during(from: &str, to: &str, by: &[Column]) -> Asked {
    Asked { days: Days { on: None, from: Some(day(from)), to: Some(day(to)) }, by: by.to_vec(), ..Asked::default() }
}

fn on(text: &str, by: &[Column]) -> Asked {
    Asked { days: Days { on: Some(day(text)), ..Days::default() }, by: by.to_vec(), ..Asked::default() }
}

fn as_known(world: &World, id: &str, asked: Asked, at: Timestamp) -> Figure {
    let question = Question::new(&world.programme, definition(&world.programme, id).unwrap(), asked, at).unwrap();
    let (history, checkpoint) = world.history(at);
    compute(&history.known(at, checkpoint, &world.programme), &world.programme, &question)
}

fn coordinator(world: &World, site: &str) -> Principal {
    let site = world.programme.site(&site.parse().unwrap()).unwrap();
    let org_kind = world.programme.org(&site.lead).unwrap().kind;
    let (strength, settings) = (access::Strength::SecondFactor, access::Settings::CLOSED);
    let role = Role::Coordinator;
    Principal {
        user: UserId(SystemEntropy.id()),
        name: "Proef Collega".into(),
        role,
        org: site.lead.clone(),
        org_kind,
        sites: vec![site.id.clone()],
        strength,
        settings,
        purpose: access::working_purpose(access::Asker { role, org_kind, strength }, settings),
        trace: access::Trace::default(),
    }
}

/// Open trajectories of people who take part, with their site and the day of the last fact of each.
fn open_cases(world: &World) -> Vec<(TrajectoryId, String, Date)> {
    let sql = "SELECT t.id, t.site, MAX(f.valid_from) FROM trajectory t JOIN fact f ON f.stream = t.id
        WHERE t.is_open = 1 AND t.status = 'admitted' GROUP BY t.id, t.site ORDER BY t.id";
    let rows = move |tx: &mut journal::Tx<'_>| {
        tx.query(sql, &[], |row| Ok((TrajectoryId(row.get(0)?), row.get(1)?, row.get::<Date>(2)?)))
    };
    world.test.store.read_blocking(rows).unwrap()
}

async fn record(world: &World, who: &Principal, trip: TrajectoryId, draft: Draft) {
    let command = CommandId(SystemEntropy.id());
    let order = Order { command, expected: None, target: Target::Trajectory(trip), drafts: vec![draft] };
    world.desk.execute(who, order).await.unwrap();
}

fn left(world: &World, reason: &str, on: Date) -> Draft {
    let evidence = world.programme.list(List::Evidence).first().unwrap().clone();
    let body = Left { destination: None, evidence, note: "verzonnen".into() };
    Draft::new(body, on).codes(Codes { outflow_reason: reason.parse().ok(), ..Codes::default() })
}

/// Reviews that found no cooperation, and those of them from which a step followed, counted from the facts themselves.
fn negative_reviews(world: &World, from: Date, to: Date) -> (u64, u64) {
    let mut streams: BTreeMap<Stream, Vec<Recorded>> = BTreeMap::new();
    for fact in world.desk.facts_after(0, u32::MAX).unwrap() {
        let history = streams.entry(fact.header.stream).or_default();
        history.push(Recorded { number: u32::try_from(history.len() + 1).unwrap(), fact });
    }
    let (mut all, mut followed) = (0, 0);
    for facts in streams.values() {
        let history = domain::history::History::of(facts);
        let heads = || history.order().iter().map(|recorded| &recorded.fact.header);
        let steps: Vec<_> = heads().filter(|h| h.kind == Kind::MeasureTaken).filter_map(|h| h.codes.about).collect();
        for review in heads().filter(|h| h.kind == Kind::CooperationReviewed && h.codes.cooperates == Some(false)) {
            if (from..to).contains(&review.valid_from) {
                all += 1;
                followed += u64::from(steps.iter().any(|about| history.current(*about) == review.id));
            }
        }
    }
    (followed, all)
}

#[test]
fn the_share_of_negative_reviews_with_a_consequence_is_a_figure() {
    let world = small();
    let (from, to) = ("2020-01-01", "2022-07-01");
    let figure = as_known(world, "consequence-share", during(from, to, &[]), world.now());
    let (part, whole) = negative_reviews(world, day(from), day(to));
    assert!(part > 0 && part < whole, "some have a consequence and some have none: {part} of {whole}");
    assert_eq!(figure.total, Value::Share { part, whole });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_is_rebuilt_byte_by_byte_after_late_facts_and_corrections() {
    for test in journal::testing::stores(&desk::migrations()) {
        let world = filled(test, 11, Size::Small(50));
        let reported = world.now();
        let questions = || {
            [
                ("outflow", during("2022-01-01", "2022-07-01", &[Column::Reason])),
                ("stock", on("2022-07-01", &[Column::Site])),
                ("stock", on("2022-07-01", &[Column::AgeBand, Column::Sex])),
                ("conference-wait", during("2019-01-01", "2022-07-01", &[Column::Site])),
            ]
        };
        let before: Vec<Figure> =
            questions().into_iter().map(|(id, asked)| as_known(&world, id, asked, reported)).collect();
        let hashes: Vec<String> = before.iter().map(Figure::hash).collect();
        // a month later it is learnt that two people had left in June; of one the reason was another
        world.clock.move_to("2022-08-01T10:00:00Z");
        let cases: Vec<_> =
            open_cases(&world).into_iter().filter(|(_, _, last)| *last < day("2022-06-28")).take(2).collect();
        assert_eq!(cases.len(), 2, "two cases that can have ended in June");
        for (trip, site, _) in &cases {
            record(&world, &coordinator(&world, site), *trip, left(&world, "permit", day("2022-06-28"))).await;
        }
        world.clock.move_to("2022-08-02T10:00:00Z");
        let who = coordinator(&world, &cases[0].1);
        let items = world.desk.timeline(&who, cases[0].0).await.unwrap();
        let wrong = items.iter().find(|item| item.fact.header.kind == Kind::Left).unwrap().fact.header.id;
        let right = left(&world, "detention", day("2022-06-28")).correcting(wrong, "verkeerde reden");
        record(&world, &who, cases[0].0, right).await;
        // as known then: the same bytes, checkpoint included
        let again: Vec<Figure> =
            questions().into_iter().map(|(id, asked)| as_known(&world, id, asked, reported)).collect();
        for (before, again) in before.iter().zip(&again) {
            assert_eq!(figures::figure::canonical(&before.content()), figures::figure::canonical(&again.content()));
        }
        assert_eq!(hashes, again.iter().map(Figure::hash).collect::<Vec<_>>(), "{}", world.test.database);
        // as known now: two more left, and one of them by the corrected reason
        let (now, between) = (world.now(), "2022-08-01T12:00:00Z".parse().unwrap());
        let asked = || during("2022-01-01", "2022-07-01", &[Column::Reason]);
        let reason = |figure: &Figure, code: &str| {
            figure.cells.iter().find(|cell| cell.key == [code]).map_or(0, |cell| cell.value.count())
        };
        let (first, then, last) =
            (&before[0], as_known(&world, "outflow", asked(), between), as_known(&world, "outflow", asked(), now));
        assert_eq!(then.total.count(), first.total.count() + 2);
        assert_eq!(
            (reason(&then, "permit"), reason(&last, "permit")),
            (reason(first, "permit") + 2, reason(first, "permit") + 1)
        );
        assert_eq!(reason(&last, "detention"), reason(first, "detention") + 1);
        assert_ne!(journal::hex(&first.about.checkpoint.root), journal::hex(&last.about.checkpoint.root));
        explained(&world, &asked, reported, now, cases[0].0);
    }
}

/// The three facts that make the difference are named, and nothing else is.
fn explained(world: &World, asked: &dyn Fn() -> Asked, reported: Timestamp, now: Timestamp, corrected: TrajectoryId) {
    let definition = definition(&world.programme, "outflow").unwrap();
    let one = Question::new(&world.programme, definition, asked(), reported).unwrap();
    let other = Question::new(&world.programme, definition, asked(), now).unwrap();
    let (history, _) = world.history(now);
    let reports = (Report { question: &one, known_at: reported }, Report { question: &other, known_at: now });
    let mut changes = diff::changes(&history, &world.programme, reports.0, reports.1);
    let changes = world
        .test
        .store
        .read_blocking(move |tx| {
            diff::explain(tx, &history, &mut changes)?;
            Ok::<_, journal::Error>(changes)
        })
        .unwrap();
    assert_eq!(changes.len(), 3, "{changes:#?}");
    assert!(changes.iter().all(|change| change.facts.iter().any(|fact| fact.kind == Kind::Left)));
    let correction: Vec<_> = changes.iter().filter(|change| change.facts.iter().any(|fact| fact.corrects)).collect();
    assert_eq!(correction.len(), 1);
    assert_eq!(correction[0].trip, corrected);
    let delta = |key: &str| correction[0].deltas[&vec![key.to_owned()]].count;
    assert_eq!((delta("permit"), delta("detention")), (-1, 1));
}

fn as_deltas(figure: &Figure) -> Deltas {
    let delta = |value: Value| match value {
        Value::Share { part, whole } => (whole, part),
        value => (value.count(), 0),
    };
    let cells = figure.cells.iter().map(|cell| {
        let (count, part) = delta(cell.value);
        let number = |n: u64| i64::try_from(n).unwrap();
        (cell.key.clone(), diff::Delta { count: number(count), part: number(part) })
    });
    cells.collect()
}

/// Everything the small network knows, read once.
fn history() -> &'static History {
    static HISTORY: std::sync::OnceLock<History> = std::sync::OnceLock::new();
    HISTORY.get_or_init(|| small().history(small().now()).0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any two reports: on whatever day or period, known whenever. The changes sum to the difference in every cell.
    #[test]
    fn changes_sum_to_the_difference(
        which in 0_usize..6,
        days in (0_i64..1000, 1_i64..400, -300_i64..300),
        known in (0_i64..800, 0_i64..600),
        moves in any::<bool>(),
    ) {
        let (id, by) = [
            ("stock", vec![Column::Scenario]),
            ("outflow", vec![Column::Reason]),
            ("inflow", vec![Column::Site, Column::AgeBand]),
            ("durable-share", vec![Column::Site]),
            ("conference-wait", vec![Column::Site]),
            ("reviews", vec![Column::Cooperation]),
        ][which].clone();
        let world = small();
        let definition = definition(&world.programme, id).unwrap();
        let start = day("2019-03-01");
        let plus = |date: Date, days: i64| date.saturating_add(days.days());
        let from = plus(start, days.0);
        let at = |date: Date| -> Timestamp { format!("{date}T10:00:00Z").parse().unwrap() };
        // known no earlier than the days that are asked about
        let last = plus(from, days.1 + 300);
        let first_known = at(plus(last, known.0));
        let second_known = at(plus(last, known.0 + known.1));
        let asked = |shift: i64| {
            let from = plus(from, shift);
            let days = if definition.base.flows() {
                Days { on: None, from: Some(from), to: Some(plus(from, days.1)) }
            } else {
                Days { on: Some(from), ..Days::default() }
            };
            Asked { days, by: by.clone(), ..Asked::default() }
        };
        let shift = if moves { days.2 } else { 0 };
        let one = Question::new(&world.programme, definition, asked(0), first_known).unwrap();
        let other = Question::new(&world.programme, definition, asked(shift), second_known).unwrap();
        let nowhere = figures::history::Checkpoint { size: 0, root: [0; 32] };
        let figure = |question: &Question<'_>, at| {
            compute(&history().known(at, nowhere, &world.programme), &world.programme, question)
        };
        let (before, after) = (figure(&one, first_known), figure(&other, second_known));
        let reports = (Report { question: &one, known_at: first_known }, Report { question: &other, known_at: second_known });
        let changes = diff::changes(history(), &world.programme, reports.0, reports.1);
        prop_assert_eq!(diff::sum(&changes), diff::less(&as_deltas(&after), &as_deltas(&before)));
        let learnt = changes.iter().filter(|change| matches!(change.because, Because::Learnt(_)));
        for change in learnt {
            let Because::Learnt(at) = change.because else { unreachable!() };
            prop_assert!(at > first_known && at <= second_known);
        }
        let empty: BTreeMap<Vec<String>, diff::Delta> = BTreeMap::new();
        prop_assert!(changes.iter().all(|change| change.deltas != empty));
    }
}
