//! A table of figures as a drawing: bars, one series for each column. The numbers stand in the table beside it.

use charts::{Axis, Bars, Chart as _, Error, Fact, Words};
use domain::programme::Measure;
use figures::{
    export::percent,
    figure::Value,
    guarded::{Guarded, Told},
};

use crate::session::Signed;

/// What is drawn of a number; nothing of one that is left out.
fn length(told: Told) -> Option<f64> {
    match told {
        #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
        Told::Value(Value::Count(count)) => Some(count as f64),
        Told::Value(Value::Share { part, whole }) => percent(part, whole),
        Told::Value(Value::Days { quartiles, .. }) => quartiles.map(|[_, median, _]| median),
        Told::Whole(_) | Told::Hidden(_) => None,
    }
}

/// The drawing of a table: rows with their key and label, columns with their name. Nothing where there is nothing to draw.
pub(super) fn bars(
    signed: &Signed,
    id: &str,
    title: &str,
    rows: &[(String, String)],
    columns: &[(String, &Guarded)],
) -> Option<String> {
    let l = signed.l;
    let measure = columns.first()?.1.about.measure;
    // bars of one kind beside each other: people and per cents have no axis in common
    if columns.iter().any(|(_, figure)| figure.about.measure != measure) {
        return None;
    }
    let of = |figure: &Guarded, key: &String| {
        let found = figure.cells.iter().find(|(known, _)| known.first() == Some(key));
        found.map_or(Some(0.0), |(_, told)| length(*told))
    };
    let series: Vec<(String, Vec<Option<f64>>)> = columns
        .iter()
        .map(|(name, figure)| (name.clone(), rows.iter().map(|(key, _)| of(figure, key)).collect()))
        .collect();
    let something = series.iter().flat_map(|(_, values)| values).flatten().any(|value| *value > 0.0);
    if !something {
        return None;
    }
    let axis = match measure {
        Measure::Count => l.t("figures-axis-count"),
        Measure::Share => l.t("figures-axis-share"),
        Measure::Days => l.t("figures-axis-days"),
    };
    let describe = |facts: &[Fact<'_>]| {
        let sentence = |fact: &Fact<'_>| match fact {
            Fact::Largest { label, .. } => Some(l.f("figures-chart-largest", &[("label", label)])),
            _ => None,
        };
        facts.iter().filter_map(sentence).collect::<Vec<_>>().join(" ")
    };
    let id = format!("g-{id}");
    let hidden = l.t("figures-hidden");
    let chart = Bars {
        words: Words { id: &id, title, describe: &describe, hidden: &hidden },
        axis: Axis { label: &axis, format: &|value| format!("{value:.0}") },
        categories: rows.iter().map(|(_, label)| label.clone()).collect(),
        series,
        stacked: false,
    };
    match chart.draw() {
        Ok(drawing) => Some(drawing),
        Err(Error::Empty) => None,
        Err(error) => {
            tracing::error!(%error, "a chart could not be drawn");
            None
        }
    }
}
