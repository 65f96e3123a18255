//! Disclosure control, against other engines and under attack.

use std::collections::BTreeMap;

use figures::disclosure::{
    Method, Refusal,
    anonymity::{below, measure},
    attack::{Attack, Interval, Statement},
    curve::{self, Step, coarsen},
    ledger::{Ledger, Overlay, Release},
    magnitude::{self, Reason, Rules},
    round,
    suppress::{Cell, State, System},
    table::{Shown, Table},
};
use proptest::prelude::*;
use serde_json::Value;

fn expected() -> Value {
    serde_json::from_str(include_str!("../disclosure/expected.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<Vec<u64>> {
    serde_json::from_value(value.clone()).unwrap()
}

fn site_by_outcome() -> Table {
    Table::new(&numbers(&expected()["table_site_outcome"]["counts"])).unwrap()
}

/// The cells inside and the totals, each the sum of groups, with some of them hidden.
#[allow(clippy::cast_precision_loss)]
fn attacked(table: &Table, hidden: &[(usize, usize)]) -> BTreeMap<(usize, usize), Interval> {
    let (rows, columns) = (table.rows(), table.columns());
    let truth: Vec<f64> =
        (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))).map(|(r, c)| table.count(r, c) as f64).collect();
    let statements = places(table).into_iter().filter(|place| !hidden.contains(place)).map(|(r, c)| {
        let value = table.count(r, c) as f64;
        Statement { groups: groups(table, r, c), from: value, to: value }
    });
    let attack = Attack::new(&truth, statements.collect()).unwrap();
    hidden.iter().map(|(r, c)| ((*r, *c), attack.interval(&groups(table, *r, *c)).unwrap())).collect()
}

fn groups(table: &Table, row: usize, column: usize) -> Vec<usize> {
    let inside = |at: usize, most: usize| if at < most { at..at + 1 } else { 0..most };
    inside(row, table.rows())
        .flat_map(|r| inside(column, table.columns()).map(move |c| r * table.columns() + c))
        .collect()
}

fn places(table: &Table) -> Vec<(usize, usize)> {
    (0..=table.rows()).flat_map(|r| (0..=table.columns()).map(move |c| (r, c))).collect()
}

fn hidden(shown: &[Vec<Shown>]) -> Vec<(usize, usize)> {
    let cells = shown.iter().enumerate().flat_map(|(r, row)| row.iter().enumerate().map(move |(c, it)| ((r, c), it)));
    cells.filter(|(_, shown)| shown.number().is_none()).map(|(place, _)| place).collect()
}

#[test]
fn hiding_only_the_small_cells_is_broken_as_the_reference_says() {
    let (table, reference) = (site_by_outcome(), expected());
    let small: Vec<(usize, usize)> = places(&table).into_iter().filter(|(r, c)| table.count(*r, *c) < 10).collect();
    assert_eq!(small, [(1, 2), (1, 3), (1, 6), (3, 2), (3, 3)]);
    let known = attacked(&table, &small);
    compare(&known, &reference["primary_only_is_broken"]["attacker_interval"]);
    assert!(known[&(1, 6)].width() < 1e-6, "the seventh cell of Eindhoven follows exactly");
}

#[test]
fn the_attack_gives_the_intervals_of_the_reference() {
    let (table, reference) = (site_by_outcome(), expected());
    for choice in ["suppression_count_of_cells", "suppression_sum_of_values"] {
        let cells = numbers(&reference[choice]["suppressed"]);
        let cells: Vec<(usize, usize)> =
            cells.iter().map(|c| (usize::try_from(c[0]).unwrap(), usize::try_from(c[1]).unwrap())).collect();
        compare(&attacked(&table, &cells), &reference[choice]["attacker_interval"]);
    }
}

fn compare(known: &BTreeMap<(usize, usize), Interval>, reference: &Value) {
    let rows: Vec<(usize, usize, f64, f64)> = serde_json::from_value(reference.clone()).unwrap();
    assert_eq!(rows.len(), known.len());
    for (row, column, from, to) in rows {
        let ours = known[&(row, column)];
        assert!((ours.from - from).abs() < 1e-5 && (ours.to - to).abs() < 1e-5, "({row},{column}): {ours:?}");
    }
}

#[test]
fn suppression_is_safe_and_hides_little_more_than_the_optimum() {
    let table = site_by_outcome();
    let shown = table.protect(Method::Suppression).unwrap();
    let hidden = hidden(&shown);
    for (place, known) in attacked(&table, &hidden) {
        let small = table.count(place.0, place.1) < 10;
        assert!(!small || (known.from < 1e-6 && known.to > 10.0 - 1e-6), "{place:?} {known:?}");
    }
    // the exact optimum hides eight cells, or a sum of 75
    let sum: u64 = hidden.iter().map(|(r, c)| table.count(*r, *c)).sum();
    assert!((8..=9).contains(&hidden.len()) && (75..=100).contains(&sum), "{} cells, {sum}: {hidden:?}", hidden.len());
}

#[test]
fn rounding_reaches_the_optimum_of_the_exact_program() {
    let reference = expected();
    let large = Table::new(&numbers(&reference["controlled_rounding_site_age"]["counts"])).unwrap();
    for (table, optimum) in [
        (site_by_outcome(), &reference["controlled_rounding_base5"]["optimal_total_abs_deviation"]),
        (large, &reference["controlled_rounding_site_age"]["optimal_total_abs_deviation"]),
    ] {
        let rounded = round::controlled(&table, 5, |_, _| None).unwrap();
        additive(&table, &rounded);
        assert_eq!(Some(round::deviation(&table, &rounded)), optimum.as_u64());
    }
}

fn additive(table: &Table, rounded: &[Vec<u64>]) {
    for (row, column) in places(table) {
        let (shown, count) = (rounded[row][column], table.count(row, column));
        assert!(shown.is_multiple_of(5) && shown.abs_diff(count) < 5, "({row},{column}): {count} as {shown}");
    }
    let (bottom, right) = (table.rows(), table.columns());
    for row in rounded {
        assert_eq!(row[..right].iter().sum::<u64>(), row[right]);
    }
    for column in 0..=right {
        assert_eq!(rounded[..bottom].iter().map(|row| row[column]).sum::<u64>(), rounded[bottom][column]);
    }
}

#[test]
fn a_table_without_cells_or_with_uneven_rows_is_refused() {
    assert_eq!(Table::new(&[]).unwrap_err(), Refusal::Empty);
    assert_eq!(Table::new(&[vec![]]).unwrap_err(), Refusal::Empty);
    let uneven = Table::new(&[vec![1, 2], vec![3]]).unwrap_err();
    assert_eq!(uneven, Refusal::Shape { row: 1, found: 1, expected: 2 });
}

#[test]
fn sums_of_money_are_judged_as_the_reference_does() {
    for cell in expected()["magnitude_rules"].as_array().unwrap() {
        let contributions: Vec<f64> = serde_json::from_value(cell["values"].clone()).unwrap();
        let reasons = magnitude::reasons(&contributions, &Rules::default()).unwrap();
        let dominated = |largest: usize| {
            reasons.iter().any(|reason| matches!(reason, Reason::Dominated(rule) if rule.largest == largest))
        };
        let is = |rule: &str| cell[rule].as_bool().unwrap();
        assert_eq!(dominated(2), is("nk_2_90"), "{cell}");
        assert_eq!(dominated(1), is("nk_1_50"), "{cell}");
        assert_eq!(reasons.contains(&Reason::Close), is("p_percent_10"), "{cell}");
        assert_eq!(reasons.contains(&Reason::Few), is("min10"), "{cell}");
    }
}

#[test]
fn a_sum_that_one_dominates_gives_its_closeness_and_its_distance() {
    let mut contributions = vec![1.0; 11];
    contributions.push(1000.0);
    let reasons = magnitude::reasons(&contributions, &Rules::default()).unwrap();
    assert_eq!(reasons.len(), 3, "{reasons:?}"); // both dominance rules, and the second largest knows the first
    let need = magnitude::need(&[4], &contributions, &Rules::default()).unwrap().unwrap();
    // half of the sum may be the largest: 2000 - 1011
    assert!((need.up - 989.0).abs() < 1e-9, "{need:?}");
    assert_eq!(magnitude::need(&[0], &[5.0; 12], &Rules::default()).unwrap(), None);
    for wrong in [f64::NAN, -1.0, f64::INFINITY] {
        let refused = magnitude::reasons(&[1.0, wrong], &Rules::default()).unwrap_err();
        assert!(matches!(refused, Refusal::Contribution { index: 1, .. }), "{refused}");
    }
}

#[test]
fn a_cost_in_a_table_is_hidden_with_others_until_its_distance_is_safe() {
    // three sites in two years; one contributor makes nearly all of the first cell
    let mut one = vec![1.0; 11];
    one.push(1000.0);
    let truth = vec![1011.0, 900.0, 1200.0, 1500.0, 800.0, 1100.0];
    let cell = |groups: Vec<usize>, state| Cell { groups, state };
    let mut cells: Vec<Cell> = (0..6).map(|group| cell(vec![group], State::Open)).collect();
    cells[0].state = State::Hidden;
    for sum in [vec![0, 1], vec![2, 3], vec![4, 5], vec![0, 2, 4], vec![1, 3, 5], (0..6).collect()] {
        cells.push(cell(sum, State::Open));
    }
    let needs: Vec<_> = magnitude::need(&[0], &one, &Rules::default()).unwrap().into_iter().collect();
    let system = System { truth, cells };
    let hidden = figures::disclosure::suppress::suppress(&system, &needs).unwrap();
    let known = system.attack(&hidden).unwrap().interval(&[0]).unwrap();
    assert!(known.from <= 1011.0 - needs[0].down + 1e-6 && known.to >= 1011.0 + needs[0].up - 1e-6, "{known:?}");
    let alone: Vec<bool> = (0..12).map(|number| number == 0).collect();
    assert!(!system.met(&system.attack(&alone).unwrap(), &needs[0]).unwrap(), "hidden alone it follows");
}

fn people() -> Vec<Vec<String>> {
    let lines = include_str!("../disclosure/micro.csv").lines().skip(1);
    lines.map(|line| line.split(',').map(ToOwned::to_owned).collect()).collect()
}

#[test]
fn microdata_are_as_anonymous_as_the_reference_says() {
    let (people, reference) = (people(), expected());
    let column = |of: &[usize]| -> Vec<Vec<&str>> {
        people.iter().map(|row| of.iter().map(|at| row[*at].as_str()).collect()).collect()
    };
    let outcome = column(&[1]);
    let known = column(&[0, 2, 4, 5]);
    let (ours, theirs) = (measure(&known, &outcome), &reference["anonymity"]);
    let is = |name: &str| usize::try_from(theirs[name].as_u64().unwrap()).unwrap();
    assert_eq!((ours.k, ours.l, ours.classes, ours.uniques), (is("k"), is("l"), is("classes"), is("uniques")));
    for k in [3, 5, 10] {
        assert_eq!(below(&known, k).len(), is(&format!("records_below_k{k}")));
    }
    let fewer = measure(&column(&[0, 2]), &outcome);
    assert_eq!((fewer.k, fewer.l), (5, 3));
}

#[test]
fn a_curve_takes_steps_together_and_stops_where_few_are_left() {
    let step = |time: u32, at_risk, events| Step { time: f64::from(time), at_risk, events };
    let steps: Vec<Step> = (1..=30).map(|day| step(day, 100 - 3 * u64::from(day), 2)).collect();
    let drawn = coarsen(&steps, &[], 40.0).unwrap();
    assert_eq!(drawn.kept, [4, 9, 14, 19, 24, 29]);
    assert_eq!((drawn.until, drawn.cut), (40.0, false));
    // from the 31st day fewer than ten are at risk: the step there is not drawn
    let few: Vec<Step> = steps.iter().copied().chain([step(31, 7, 7)]).collect();
    let drawn = coarsen(&few, &[], 40.0).unwrap();
    assert_eq!((drawn.kept.last(), drawn.until, drawn.cut), (Some(&29), 31.0, true));
    // nine in all: no curve; none at all: a flat one
    assert_eq!(coarsen(&[step(1, 50, 9)], &[], 2.0), None);
    assert_eq!(coarsen(&[step(1, 50, 0)], &[], 2.0).unwrap().kept, Vec::<usize>::new());
    assert_eq!((curve::at_risk(9), curve::at_risk(10), curve::at_risk(14)), (None, Some(10), Some(10)));
}

/// Who entered up to the end of a year, by site and outcome, with totals: what a monitor publishes every year.
fn up_to(year: u32, person: &[String]) -> Vec<String> {
    let entered = person[3].parse::<u32>().unwrap() <= year;
    let cells = [(person[0].as_str(), person[1].as_str()), (&person[0], "all"), ("all", &person[1]), ("all", "all")];
    if entered { cells.iter().map(|(site, outcome)| format!("{year} {site} {outcome}")).collect() } else { Vec::new() }
}

fn years(of: &[u32]) -> (Overlay, Vec<Vec<String>>) {
    let mut overlay = Overlay::default();
    for person in people() {
        overlay.add(of.iter().flat_map(|year| up_to(*year, &person)), 1);
    }
    let keys = |year: &u32| {
        let mut keys: Vec<String> = people().iter().flat_map(|person| up_to(*year, person)).collect();
        keys.sort();
        keys.dedup();
        keys
    };
    (overlay, of.iter().map(keys).collect())
}

#[test]
fn two_releases_that_are_safe_alone_give_people_away_together_unless_the_ledger_is_asked() {
    let (overlay, keys) = years(&[2021, 2022]);
    // each protected alone, and then laid side by side
    let alone: Vec<Release> =
        keys.iter().map(|keys| Ledger::default().suppressed("alone", keys, &overlay).unwrap()).collect();
    let mut naive = Ledger::default();
    naive.add(alone[0].clone(), &overlay).unwrap();
    let refused = naive.add(alone[1].clone(), &overlay).unwrap_err();
    assert!(matches!(refused, Refusal::GivenAway { found } if found > 0), "{refused}");
    assert_eq!(naive.releases().len(), 1, "what is refused is not added");
    // with the first in mind, the second hides more and is safe
    let second = naive.suppressed("second", &keys[1], &overlay).unwrap();
    let shown = |release: &Release| release.numbers.values().filter(|shown| shown.number().is_some()).count();
    assert!(shown(&second) < shown(&alone[1]) && shown(&second) > 5, "{} of {}", shown(&second), keys[1].len());
    naive.add(second, &overlay).unwrap();
    assert_eq!(naive.attack(&overlay).unwrap(), []);
}

#[test]
fn a_number_is_said_once_and_one_method_is_used() {
    let mut overlay = Overlay::default();
    overlay.add(["a", "all"], 40);
    overlay.add(["b", "all"], 23);
    let release = |method, shown: u64| Release {
        name: "first".into(),
        method,
        numbers: [("all".to_owned(), Shown::Number(shown))].into(),
    };
    let mut ledger = Ledger::default();
    let wrong = ledger.add(release(Method::Suppression, 60), &overlay).unwrap_err();
    assert!(matches!(wrong, Refusal::SaidOtherwise { .. }), "not the truth: {wrong}");
    ledger.add(release(Method::Rounding, 60), &overlay).unwrap();
    let other = ledger.add(release(Method::Rounding, 65), &overlay).unwrap_err();
    assert!(matches!(other, Refusal::SaidOtherwise { .. }), "63 as 60 and as 65 is 61 to 64: {other}");
    let method = ledger.add(release(Method::Suppression, 63), &overlay).unwrap_err();
    assert!(matches!(method, Refusal::OtherMethod { .. }), "{method}");
    assert_eq!(ledger.shown("all"), Some(Shown::Number(60)));
}

#[test]
fn rounding_keeps_what_was_published_before_or_says_that_it_cannot() {
    let table = Table::new(&[vec![12, 7], vec![3, 18]]).unwrap();
    let up = round::controlled(&table, 5, |row, column| (row + column == 0).then_some(15)).unwrap();
    additive(&table, &up);
    assert_eq!(up[0][0], 15);
    let refused = round::controlled(&table, 5, |row, column| (row + column == 0).then_some(20)).unwrap_err();
    assert_eq!(refused, Refusal::NoRounding);
}

fn tables() -> impl Strategy<Value = Table> {
    let cell = prop_oneof![3 => 0_u64..30, 1 => 1_u64..10, 1 => 30_u64..400];
    (1_usize..6, 1_usize..6).prop_flat_map(move |(rows, columns)| {
        let row = proptest::collection::vec(cell.clone(), columns);
        proptest::collection::vec(row, rows).prop_map(|rows| Table::new(&rows).unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_table_protected_by_suppression_gives_a_small_cell_away(table in tables()) {
        let shown = table.protect(Method::Suppression).unwrap();
        for (row, column) in places(&table) {
            if let Some(number) = shown[row][column].number() {
                prop_assert_eq!(number, table.count(row, column));
            }
        }
        for ((row, column), known) in attacked(&table, &hidden(&shown)) {
            if (1..10).contains(&table.count(row, column)) {
                prop_assert!(known.from < 1e-5 && known.to > 10.0 - 1e-5, "({},{}): {:?}", row, column, known);
            }
        }
    }

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn an_additive_rounding_leaves_each_cell_all_its_room(table in tables()) {
        let rounded = round::controlled(&table, 5, |_, _| None).unwrap();
        additive(&table, &rounded);
        let truth: Vec<f64> = places(&table)
            .into_iter()
            .filter(|(r, c)| *r < table.rows() && *c < table.columns())
            .map(|(r, c)| table.count(r, c) as f64)
            .collect();
        let statements = places(&table).into_iter().map(|(r, c)| {
            let shown = rounded[r][c];
            let (from, to) = (shown.saturating_sub(4) as f64, (shown + 4) as f64);
            Statement { groups: groups(&table, r, c), from, to }
        });
        let attack = Attack::new(&truth, statements.collect()).unwrap();
        for (row, column) in places(&table).into_iter().filter(|(r, c)| *r < table.rows() && *c < table.columns()) {
            let known = attack.interval(&groups(&table, row, column)).unwrap();
            let shown = rounded[row][column];
            prop_assert!((known.from - shown.saturating_sub(4) as f64).abs() < 1e-5, "{:?} {}", known, shown);
            prop_assert!((known.to - (shown + 4) as f64).abs() < 1e-5, "{:?} {}", known, shown);
        }
    }

    #[test]
    fn no_step_of_a_curve_rests_on_fewer_than_ten(
        steps in proptest::collection::vec((0_u64..8, 0_u64..4), 1..80),
        mark in 1_u32..80,
    ) {
        let mut at_risk: u64 = 200;
        let steps: Vec<Step> = steps
            .iter()
            .zip(1_u32..)
            .map(|((events, censored), day)| {
                let step = Step { time: f64::from(day), at_risk, events: (*events).min(at_risk) };
                at_risk = at_risk.saturating_sub(events + censored);
                step
            })
            .collect();
        // beside a number that is told at some time, nothing small lies between
        if let Some(drawn) = coarsen(&steps, &[f64::from(mark)], 100.0) {
            let until = steps.iter().take_while(|step| step.at_risk >= 10 && step.time <= f64::from(mark)).count();
            let from = drawn.kept.iter().rfind(|place| **place < until).map_or(0, |place| place + 1);
            let between = steps[from.min(until)..until].iter().map(|step| step.events).sum::<u64>();
            prop_assert!(between == 0 || drawn.until <= 0.0, "{} between", between);
            for (kept, from) in drawn.kept.iter().zip([0].into_iter().chain(drawn.kept.iter().map(|place| place + 1))) {
                prop_assert!(steps[from..=*kept].iter().map(|step| step.events).sum::<u64>() >= 10);
            }
        }
        if let Some(drawn) = coarsen(&steps, &[], 100.0) {
            let mut from = 0;
            for place in drawn.kept {
                prop_assert!(steps[from..=place].iter().map(|step| step.events).sum::<u64>() >= 10);
                prop_assert!(steps[place].at_risk >= 10);
                from = place + 1;
            }
            // nothing is left undrawn behind the last step
            let rest = steps[from..].iter().filter(|step| step.at_risk >= 10);
            prop_assert_eq!(rest.map(|step| step.events).sum::<u64>(), 0);
        }
    }
}
