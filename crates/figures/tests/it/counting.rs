//! Every figure of the programme: its cells add up, parts fit in wholes, and a plain query counts the same.

use domain::programme::{Base, Column, Measure};
use figures::{
    count,
    figure::{Figure, Value, compute},
    guarded,
    history::Snapshot,
    question::{Asked, Days, Question, definition},
};

use crate::{
    published::every_published_figure_with_exact_dates_is_reproduced,
    world::{World, published},
};

fn asked(base: Base, by: Vec<Column>) -> Asked {
    let day = |text: &str| Some(text.parse().unwrap());
    let days = if base.flows() {
        Days { on: None, from: day("2019-03-01"), to: day("2022-07-01") }
    } else {
        Days { on: day("2021-01-01"), ..Days::default() }
    };
    Asked { days, by, ..Asked::default() }
}

fn snapshot(world: &World) -> Snapshot {
    let (history, checkpoint) = world.history(world.now());
    history.known(world.now(), checkpoint, &world.programme)
}

fn figure(world: &World, snapshot: &Snapshot, id: &str, by: &[Column]) -> Figure {
    let definition = definition(&world.programme, id).unwrap();
    let asked = asked(definition.base, by.to_vec());
    compute(snapshot, &world.programme, &Question::new(&world.programme, definition, asked, world.now()).unwrap())
}

/// The published network takes a while to fill: all questions are put to one.
#[test]
fn the_published_network_is_counted_right() {
    let world = published();
    let snapshot = &snapshot(world);
    every_breakdown_of_every_definition_adds_up_to_its_total(world, snapshot);
    a_stock_is_what_a_plain_query_counts(world, snapshot);
    what_is_left_out_is_told(world, snapshot);
    classes_under_two_classifications_differ_where_the_readings_do(world, snapshot);
    small_groups_are_not_shown_and_cannot_be_subtracted(world, snapshot);
    members_are_what_the_figure_counts(world, snapshot);
    every_published_figure_with_exact_dates_is_reproduced(world);
}

fn every_breakdown_of_every_definition_adds_up_to_its_total(world: &World, snapshot: &Snapshot) {
    let mut asked = 0;
    for definition in &world.programme.definitions {
        let all = figure(world, snapshot, definition.id.as_str(), &[]).total;
        for column in &definition.by {
            let figure = figure(world, snapshot, definition.id.as_str(), &[*column]);
            assert_eq!(figure.total, all, "{} by {column}", definition.id);
            let sum: u64 = figure.cells.iter().map(|cell| cell.value.count()).sum();
            assert_eq!(sum, all.count(), "{} by {column}", definition.id);
            for cell in &figure.cells {
                match cell.value {
                    Value::Share { part, whole } => assert!(part <= whole, "{figure:?}"),
                    Value::Days { quartiles: Some([q1, median, q3]), .. } => {
                        assert!(0.0 <= q1 && q1 <= median && median <= q3);
                    }
                    _ => {}
                }
            }
            asked += 1;
        }
        assert_eq!(definition.measure == Measure::Share, matches!(all, Value::Share { .. }));
    }
    assert!(asked > 60, "{asked}");
}

/// Who is there on a day, counted by a query on spells of its own.
fn a_stock_is_what_a_plain_query_counts(world: &World, snapshot: &Snapshot) {
    let sql = "SELECT COUNT(DISTINCT participant) FROM spell WHERE line = 'status' AND known_to IS NULL
        AND code IN ('admitted', 'sheltered-without-status', 'living-allowance-only')
        AND valid_from < '2021-01-01' AND (valid_to IS NULL OR valid_to >= '2021-01-01')";
    let plain = world.test.store.read_blocking(move |tx| tx.one(sql, &[], |row| row.get::<i64>(0))).unwrap().unwrap();
    let ours = figure(world, snapshot, "stock", &[]).total.count();
    assert!(ours > 500);
    assert_eq!(i64::try_from(ours).unwrap(), plain);
}

fn what_is_left_out_is_told(world: &World, snapshot: &Snapshot) {
    let left = figure(world, snapshot, "outflow", &[]);
    assert_eq!(left.total, Value::Count(1258));
    assert!(left.excluded.get("came-back").is_some_and(|count| *count > 0), "{:?}", left.excluded);
    let inflow = figure(world, snapshot, "inflow", &[]);
    assert!(inflow.excluded.contains_key("not-entered"), "{:?}", inflow.excluded);
    let wait = figure(world, snapshot, "conference-wait", &[]);
    assert!(wait.excluded.get("cut-short").is_some_and(|count| *count > 0), "{:?}", wait.excluded);
    let Value::Days { count, quartiles: Some(quartiles) } = wait.total else { panic!("{wait:?}") };
    assert!(count > 100 && quartiles[1] > 0.0, "{wait:?}");
}

fn classes_under_two_classifications_differ_where_the_readings_do(world: &World, snapshot: &Snapshot) {
    let by = |id: &str| {
        let definition = definition(&world.programme, "outflow").unwrap();
        let asked = Asked { classification: id.parse().ok(), ..asked(definition.base, vec![Column::Class]) };
        compute(snapshot, &world.programme, &Question::new(&world.programme, definition, asked, world.now()).unwrap())
    };
    let (letter, regioplan) = (by("letter-2018"), by("regioplan-2022"));
    assert_eq!(letter.total, regioplan.total, "the same people left");
    let durable = |figure: &Figure| figure.cells.iter().find(|cell| cell.key == ["durable"]).unwrap().value.count();
    assert!(durable(&letter) > durable(&regioplan), "forced return is durable by the letter only");
    assert_ne!(letter.hash(), regioplan.hash());
    assert!(letter.about.classification.as_ref().unwrap().1.len() > 10, "the reading itself is in the figure");
}

fn small_groups_are_not_shown_and_cannot_be_subtracted(world: &World, snapshot: &Snapshot) {
    let exact = figure(world, snapshot, "outflow", &[Column::Reason]);
    let small = exact.cells.iter().filter(|cell| (1..10).contains(&cell.value.count())).count();
    assert!(small > 0, "the network has a rare reason");
    let shown = guarded::protect(exact.clone()).unwrap();
    let hidden: u64 = exact
        .cells
        .iter()
        .zip(&shown.cells)
        .filter(|(_, (_, told))| told.count().is_none())
        .map(|(cell, _)| cell.value.count())
        .sum();
    let left_out = shown.cells.iter().filter(|(_, told)| told.count().is_none()).count();
    assert!(left_out >= 2 && hidden >= 10, "{left_out} cells with {hidden} people");
    for (cell, (key, told)) in exact.cells.iter().zip(&shown.cells) {
        assert_eq!(&cell.key, key);
        assert!(!(1..10).contains(&told.count().unwrap_or(0)), "{key:?}");
    }
    assert!(shown.hides() && shown.hash() != exact.hash());
    let text = shown.json().to_string();
    assert!(!text.contains(&exact.hash()), "a hash over hidden numbers would let them be tried");
    // two breakdowns: no small cell in sight, margins included
    let two = guarded::protect(figure(world, snapshot, "outflow", &[Column::Site, Column::Class])).unwrap();
    assert!(two.cells.iter().all(|(_, told)| !(1..10).contains(&told.count().unwrap_or(0))));
}

fn members_are_what_the_figure_counts(world: &World, snapshot: &Snapshot) {
    let definition = definition(&world.programme, "stock").unwrap();
    let asked = asked(definition.base, vec![Column::Scenario]);
    let question = Question::new(&world.programme, definition, asked, world.now()).unwrap();
    let counted = count::count(snapshot, &question);
    let figure = compute(snapshot, &world.programme, &question);
    for (key, members) in figures::figure::members(snapshot, &question, &counted) {
        let cell = figure.cells.iter().find(|cell| cell.key == key).unwrap();
        assert_eq!(cell.value.count(), members.len() as u64);
    }
}
