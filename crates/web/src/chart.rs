//! The words of charts, in the language of the page.

use charts::{Chart, Fact};

use crate::text::L;

/// A share in whole per cent: `31%`.
pub(crate) fn percent(value: f64) -> String {
    format!("{:.0}%", value * 100.0)
}

/// A number in the language of the page, with so many decimals.
pub(crate) fn number(l: L, value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if l.t("decimal-mark") == "," { text.replace('.', ",") } else { text }
}

/// What there is to see, in sentences; `value` writes a value, `place` a place on the horizontal axis.
pub(crate) fn sentences(
    l: L,
    facts: &[Fact<'_>],
    value: &dyn Fn(f64) -> String,
    place: &dyn Fn(f64) -> String,
) -> String {
    let ends = |interval: (f64, f64)| (value(interval.0), value(interval.1));
    let one = |fact: &Fact<'_>| match *fact {
        Fact::End { label, at, value: end, interval: Some(interval) } => {
            let (from, to) = ends(interval);
            l.f(
                "chart-end-interval",
                &[("label", &label), ("at", &place(at)), ("value", &value(end)), ("from", &from), ("to", &to)],
            )
        }
        Fact::End { label, at, value: end, interval: None } => {
            l.f("chart-end", &[("label", &label), ("at", &place(at)), ("value", &value(end))])
        }
        Fact::Largest { label, value: most } => l.f("chart-largest", &[("label", &label), ("value", &value(most))]),
        Fact::Estimate { label, value: at, interval: Some(interval) } => {
            let (from, to) = ends(interval);
            l.f("chart-estimate-interval", &[("label", &label), ("value", &value(at)), ("from", &from), ("to", &to)])
        }
        Fact::Estimate { label, value: at, interval: None } => {
            l.f("chart-estimate", &[("label", &label), ("value", &value(at))])
        }
        Fact::Outside { label, value: at, above: true } => {
            l.f("chart-above", &[("label", &label), ("value", &value(at))])
        }
        Fact::Outside { label, value: at, above: false } => {
            l.f("chart-below", &[("label", &label), ("value", &value(at))])
        }
        Fact::Inside { points } => l.f("chart-inside", &[("points", &points)]),
    };
    facts.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The drawing; nothing when there is nothing to draw. Anything else that cannot be drawn is a mistake of ours, for the log.
pub(crate) fn drawing(chart: &impl Chart) -> Option<String> {
    match chart.draw() {
        Ok(drawn) => Some(drawn),
        Err(charts::Error::Empty) => None,
        Err(error) => {
            tracing::error!(%error, "a chart could not be drawn");
            None
        }
    }
}
