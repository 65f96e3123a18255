//! Mistakes in published figures: none is passed over, none becomes a zero.

use super::{finds, parse, shipped, sound};
use crate::programme::{Count, Counted, OutcomeClass, What};

#[test]
fn a_sound_figure_says_what_is_counted() {
    let programme = parse(&sound()).unwrap();
    let [figure] = &programme.published[..] else { panic!("one figure") };
    let counts: Vec<Count> = figure.numbers.iter().map(|number| number.counts.count()).collect();
    assert_eq!(counts, [Count::Inflow, Count::Share, Count::Outflow, Count::Stock, Count::Budget]);
    assert!(matches!(figure.numbers[0].counts, What::Inflow { counted: Counted::Entered, .. }));
    assert!(matches!(figure.numbers[1].counts, What::Share { class: OutcomeClass::None, .. }));
    let site: Vec<_> = figure.numbers.iter().map(|number| number.site.as_ref().unwrap().as_str()).collect();
    assert_eq!(site, ["harbour"; 5], "the place of the figure is that of its numbers");
}

#[test]
fn a_place_that_is_no_site_is_not_counted_nationally() {
    finds("place = \"harbour\"", "place = \"harbor\"", "place = ", "harbor", "did you mean `harbour`");
    finds("site=\"harbour\"", "site=\"nowhere\"", "value = 9", "nowhere", "harbour");
}

#[test]
fn a_classification_that_is_not_there_makes_no_line_vanish() {
    finds("classification = \"letter\"", "classification = \"leter\"", "classification = ", "leter", "`letter`");
    finds("classification = \"letter\"\n", "", "value = 45", "`classification`", "to the figure");
    finds("class = \"none\" },", "class = \"no\" },", "value = 45", "not a value of `class`", "`none`");
    finds(", class = \"none\" },", " },", "value = 45", "does not say its `class`", "durable");
}

#[test]
fn a_value_that_is_no_number_of_people_is_not_dropped() {
    finds("value = 12", "value = 12.5", "count = \"inflow\"", "not a whole number", "value = 1");
    finds("value = 12", "value = \"12\"", "count = \"inflow\"", "not a whole number", "value = 1");
    finds("value = 12", "value = -12", "count = \"inflow\"", "-12", "from 0");
    finds("value = 45", "value = 145", "count = \"share\"", "145", "to 100");
    finds("value = 12, ", "", "count = \"inflow\"", "`value` is missing", "value = ");
}

#[test]
fn a_period_that_is_none_is_found() {
    let period = "period = [2020-01-01, 2021-01-01]";
    finds(period, "period = [2021-01-01, 2020-01-01]", "period = ", "not a period", "the day after the last");
    finds(period, "period = [2020-01-01]", "period = ", "not a period", "the day after the last");
    finds(period, "period = [\"2020-01-01\", 2021-01-01]", "period = ", "not a date", "2019-04-01");
    finds("on = 2020-07-01 ", "on = 0220-07-01 ", "value = 9", "year 0220", "in full");
    finds(", on = 2020-07-01 ", " ", "value = 9", "does not say its `on`", "on = ");
}

#[test]
fn a_reason_that_is_not_in_the_list_is_not_zero() {
    finds("reasons = [\"gone\"]", "reasons = [\"gome\"]", "part = \"papers\"", "gome", "did you mean `gone`");
    finds("count = \"inflow\" }", "count = \"inflow\", reasons = [\"gone\"] }", "value = 12", "no `reasons`", "leave");
    finds("count = \"inflow\" }", "count = \"inflows\" }", "value = 12", "not a value of `count`", "`inflow`");
    finds(
        "count = \"inflow\" }",
        "count = \"inflow\", mood = 1 }",
        "value = 12",
        "`mood` is not known",
        "leave it out",
    );
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = sound().replace("place = \"harbour\"", "place = \"nowhere\"").replace("value = 12", "value = true");
    let findings = parse(&text.replace("reasons = [\"gone\"]", "reasons = [\"went\"]")).unwrap_err();
    assert_eq!(findings.len(), 3, "{findings:#?}");
    assert!(findings.iter().all(|finding| finding.line > 60 && !finding.remedy.is_empty()));
}

#[test]
fn the_figures_that_come_with_the_network_are_whole() {
    let published = shipped("lvv-2018").published;
    assert_eq!(published.len(), 12);
    assert_eq!(published.iter().map(|figure| figure.numbers.len()).sum::<usize>(), 49);
}
