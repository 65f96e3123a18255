//! Results in words, tables and charts.

use charts::{Axis, Band, Curve, Forest, Funnel, Limits, Point, Row, Steps, Words};
use domain::programme::List;
use figures::evaluation::{
    funnel::funnel,
    plan::By,
    protocol::Protocol,
    safe::{Class, Estimated, Group, Results, TICKS, Told},
};

use crate::{
    chart::{drawing, number, percent, sentences},
    names::Names,
    text::L,
};

/// Most lines in one drawing; the table has them all.
const MOST_LINES: usize = 6;

/// A line of the table.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) people: String,
    pub(crate) leavers: String,
    pub(crate) left: String,
    pub(crate) share: String,
    pub(crate) within: Vec<Chance>,
    pub(crate) lost: String,
}

/// A chance with its interval and how many were followed.
pub(crate) struct Chance {
    pub(crate) value: String,
    pub(crate) followed: String,
}

/// A chart under its heading.
pub(crate) struct Picture {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) explain: String,
    pub(crate) drawing: String,
}

/// Everything that is shown of an analysis.
pub(crate) struct Shown {
    /// The class that the comparison is about.
    pub(crate) class: String,
    /// All classes of everyone together.
    pub(crate) everyone: Vec<Line>,
    /// The class in each group; empty when nothing is compared.
    pub(crate) groups: Vec<Line>,
    pub(crate) pictures: Vec<Picture>,
    /// Part and words of the protocol.
    pub(crate) protocol: Vec<(String, String)>,
}

impl Shown {
    pub(crate) fn new(l: L, names: &Names, results: &Results, class: usize) -> Self {
        let by = results.protocol.plan.by;
        let (first, rest) = results.groups.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
        let everyone = first.iter().flat_map(|group| {
            group.classes.iter().map(|class| line(l, class_name(l, class), group, class)).collect::<Vec<_>>()
        });
        let group_name = |group: &Group| name(names, by, &group.name);
        let groups = rest.iter().filter_map(|group| Some(line(l, group_name(group), group, group.classes.get(class)?)));
        let of = results.groups.first().and_then(|group| group.classes.get(class)).map(|class| class_name(l, class));
        let of = of.unwrap_or_default();
        let pictures = [
            first.and_then(|group| over_time(l, group)),
            compared(l, &of, rest, class, &group_name),
            funnel_picture(l, &of, results, class, &|code| name(names, by, code)),
            forest(l, &of, results, class, &group_name),
        ];
        Self {
            everyone: everyone.collect(),
            groups: groups.collect(),
            pictures: pictures.into_iter().flatten().collect(),
            protocol: protocol(l, names, &results.protocol),
            class: of,
        }
    }
}

fn class_name(l: L, class: &Class) -> String {
    l.code("outcome-class", &class.class).into_owned()
}

/// The name of a group.
fn name(names: &Names, by: By, code: &str) -> String {
    match by {
        By::Site => names.site(code),
        By::Scenario => names.of(List::Scenarios, code),
        By::Method => {
            let found = names.programme().methods.iter().find(|method| method.id.as_str() == code);
            found.map_or_else(|| code.to_owned(), |method| names.text(&method.name).to_owned())
        }
        By::Nothing | By::Reviews | By::Cooperation | By::Shelter => code.to_owned(),
    }
}

/// What is told, or the sign that stands in its place.
fn told<T: Copy>(l: L, told: Told<T>, write: impl Fn(T) -> String) -> String {
    match told {
        Told::Told(it) => write(it),
        Told::Few => l.t("told-few").into_owned(),
        Told::Protecting => l.t("told-protecting").into_owned(),
        Told::FewFollowed => l.t("told-few-followed").into_owned(),
    }
}

fn line(l: L, name: String, group: &Group, class: &Class) -> Line {
    let count = |count: Told<u64>| told(l, count, |count| count.to_string());
    let between = |estimated: Estimated, write: &dyn Fn(f64) -> String| match estimated.interval {
        Some((from, to)) => format!("{} ({}–{})", write(estimated.value), write(from), write(to)),
        None => write(estimated.value),
    };
    let chance = |within: &Told<Estimated>| Chance {
        value: told(l, *within, |it| between(it, &percent)),
        followed: within.told().map_or_else(String::new, |it| l.f("evaluation-followed", &[("people", &it.at_risk)])),
    };
    Line {
        name,
        people: count(group.people),
        leavers: count(group.leavers),
        left: count(class.left),
        share: told(l, class.share, percent),
        within: class.within.iter().map(chance).collect(),
        lost: told(l, class.lost, |it| between(it, &|months| number(l, months, 1))),
    }
}

fn curve(label: String, curve: &figures::evaluation::safe::Curve, risk: Option<Vec<Option<u64>>>) -> Curve {
    let band = Band { from: curve.from.clone(), to: curve.to.clone() };
    Curve { label, x: curve.time.clone(), y: curve.value.clone(), band: Some(band), risk }
}

/// Curves with their words.
fn steps(l: L, id: &'static str, title: &str, curves: Vec<(Curve, f64)>) -> Option<String> {
    let months = |value: f64| number(l, value, 0);
    let describe = |facts: &[charts::Fact<'_>]| {
        sentences(l, facts, &percent, &|at| l.f("chart-months", &[("months", &months(at))]))
    };
    let (hidden, x, y) = (l.t("told-few"), l.t("evaluation-months"), l.t("evaluation-chance"));
    let risk = l.t("evaluation-at-risk");
    let (curves, until) = curves.into_iter().unzip();
    drawing(&Steps {
        words: Words { id, title, describe: &describe, hidden: &hidden },
        x: Axis { label: &x, format: &months },
        y: Axis { label: &y, format: &percent },
        ticks: TICKS.to_vec(),
        curves,
        until,
        risk: &risk,
    })
}

/// All classes of everyone together.
fn over_time(l: L, group: &Group) -> Option<Picture> {
    // a class that the classification does not have is a line at zero
    let some = group.classes.iter().filter(|class| class.left != Told::Told(0));
    let drawn = some.filter_map(|class| Some((class, class.curve.as_ref()?)));
    // the numbers at risk are those of everyone: they stand once
    let curves = drawn
        .enumerate()
        .map(|(at, (class, it))| (curve(class_name(l, class), it, (at == 0).then(|| group.at_risk.clone())), it.until));
    let title = l.t("evaluation-over-time").into_owned();
    let drawing = steps(l, "beloop", &title, curves.collect())?;
    Some(Picture { id: "beloop", explain: l.t("evaluation-over-time-explain").into_owned(), title, drawing })
}

/// One class in each group.
fn compared(l: L, of: &str, groups: &[Group], class: usize, name: &dyn Fn(&Group) -> String) -> Option<Picture> {
    let drawn = groups.iter().filter_map(|group| Some((group, group.classes.get(class)?.curve.as_ref()?)));
    let curves =
        drawn.take(MOST_LINES).map(|(group, it)| (curve(name(group), it, Some(group.at_risk.clone())), it.until));
    let title = l.f("evaluation-compared", &[("class", &of)]);
    let drawing = steps(l, "vergeleken", &title, curves.collect())?;
    Some(Picture { id: "vergeleken", explain: l.t("evaluation-compared-explain").into_owned(), title, drawing })
}

fn funnel_picture(l: L, of: &str, results: &Results, class: usize, name: &dyn Fn(&str) -> String) -> Option<Picture> {
    let funnel = funnel(results, class, 1)?;
    let plain = |value: f64| number(l, value, 0);
    let describe = |facts: &[charts::Fact<'_>]| sentences(l, facts, &percent, &plain);
    let title = l.f("evaluation-funnel", &[("class", &of)]);
    let (hidden, x, y) = (l.t("told-few"), l.t("evaluation-size"), l.t("evaluation-chance"));
    let (inner, outer) = (
        l.f("evaluation-limits", &[("level", &"95%")]),
        l.f("evaluation-limits", &[("level", &format!("{}%", number(l, 99.8, 1)))]),
    );
    let limits =
        |label: String, (from, to): (Vec<f64>, Vec<f64>)| Limits { label, size: funnel.sizes.clone(), from, to };
    let points =
        funnel.points.iter().map(|(code, size, value)| Point { label: name(code), size: *size, value: *value });
    let drawing = drawing(&Funnel {
        words: Words { id: "trechter", title: &title, describe: &describe, hidden: &hidden },
        x: Axis { label: &x, format: &plain },
        y: Axis { label: &y, format: &percent },
        points: points.collect(),
        centre: (funnel.centre, l.f("evaluation-together", &[("value", &percent(funnel.centre))])),
        limits: vec![limits(inner, funnel.inner.clone()), limits(outer, funnel.outer.clone())],
    })?;
    Some(Picture { id: "trechter", explain: l.t("evaluation-funnel-explain").into_owned(), title, drawing })
}

/// The chance within two years in each group, in the order of the programme: no ranking.
fn forest(l: L, of: &str, results: &Results, class: usize, name: &dyn Fn(&Group) -> String) -> Option<Picture> {
    let (everyone, groups) = results.groups.split_first()?;
    let row = |group: &Group| {
        let told = group.classes.get(class)?.within.get(1)?.told();
        let estimate = told.and_then(|it| it.interval.map(|(from, to)| (it.value, from, to)));
        let note = told.map_or_else(String::new, |it| l.f("evaluation-followed", &[("people", &it.at_risk)]));
        Some(Row { label: name(group), estimate, note })
    };
    let rows: Vec<Row> = groups.iter().filter_map(row).collect();
    if rows.iter().all(|row| row.estimate.is_none()) {
        return None;
    }
    let whole = everyone.classes.get(class)?.within.get(1)?.told().map(|it| it.value);
    let describe = |facts: &[charts::Fact<'_>]| sentences(l, facts, &percent, &|at| number(l, at, 0));
    let title = l.f("evaluation-forest", &[("class", &of)]);
    let (hidden, label) = (l.t("told-protecting"), l.t("evaluation-chance"));
    let drawing = drawing(&Forest {
        words: Words { id: "naast", title: &title, describe: &describe, hidden: &hidden },
        axis: Axis { label: &label, format: &percent },
        rows,
        reference: whole.map(|value| (value, l.f("evaluation-together", &[("value", &percent(value))]))),
    })?;
    Some(Picture { id: "naast", explain: l.t("evaluation-forest-explain").into_owned(), title, drawing })
}

/// The protocol in words, part by part.
fn protocol(l: L, names: &Names, protocol: &Protocol) -> Vec<(String, String)> {
    let statuses: Vec<_> = protocol.eligibility.statuses.iter().map(|status| l.code("status", status)).collect();
    let by = l.code("evaluation-by", protocol.strategies.by.code());
    let zero = l.code("evaluation-zero", protocol.time_zero.code());
    let classification =
        names.programme().classifications.iter().find(|it| it.id.as_str() == protocol.outcome.classification);
    let classification =
        classification.map_or_else(|| protocol.outcome.classification.clone(), |it| names.text(&it.name).to_owned());
    let classes: Vec<_> = protocol.outcome.classes.iter().map(|class| l.code("outcome-class", class)).collect();
    let until = l.date(protocol.follow_up.until);
    let text = |key: &str| l.t(key).into_owned();
    vec![
        (text("protocol-eligibility"), l.f("protocol-eligibility-words", &[("statuses", &statuses.join(", "))])),
        (text("protocol-zero"), l.f("protocol-zero-words", &[("zero", &zero)])),
        (text("protocol-strategies"), l.f("protocol-strategies-words", &[("by", &by)])),
        (text("protocol-follow-up"), l.f("protocol-follow-up-words", &[("until", &until)])),
        (
            text("protocol-outcome"),
            l.f("protocol-outcome-words", &[("name", &classification), ("classes", &classes.join(", "))]),
        ),
        (text("protocol-estimand"), text("protocol-estimand-words")),
        (
            text("protocol-analysis"),
            l.f(
                "protocol-analysis-words",
                &[("threshold", &protocol.analysis.threshold), ("version", &protocol.analysis.software)],
            ),
        ),
    ]
}
