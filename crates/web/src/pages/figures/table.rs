//! A table of figures as a page shows it: rows by one breakdown, a column for each figure, all on one base.

use std::collections::HashMap;

use domain::{
    ids::Code,
    programme::{Column, Definition, FigureTable, Mapping},
};
use figures::{
    count,
    export::percent,
    figure::{self, Value},
    guarded::{Guarded, Told},
    question::{Question, Refused},
};

use super::{Known, ask::Ask, chart, shown, words};
use crate::session::Signed;

/// Why a table is not shown.
pub(super) enum Not {
    /// It cannot be asked so.
    Refused(Refused),
    /// It cannot be protected.
    Unsafe(figures::disclosure::Refusal),
}

/// A number.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct CellView {
    /// As text.
    pub(super) text: String,
    /// What belongs to it, smaller.
    pub(super) small: Option<String>,
    /// The head of its column, for a narrow screen.
    pub(super) label: String,
    /// Where its cases are, for who may see any; never in a release.
    #[serde(skip)]
    pub(super) href: Option<String>,
}

/// A row.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct RowView {
    /// What it is about.
    pub(super) label: String,
    /// Its numbers.
    pub(super) cells: Vec<CellView>,
}

/// A column: a figure, and what it counts.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct HeadView {
    /// Name.
    pub(super) name: String,
    /// Its definition in words.
    pub(super) lines: Vec<(String, String)>,
    /// What was left out, and how many.
    pub(super) excluded: Vec<(String, String)>,
    /// Readings that are an assumption.
    pub(super) assumptions: Vec<(String, String)>,
}

/// A table.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct TableView {
    /// Its id in the address.
    pub(super) id: String,
    /// Title.
    pub(super) title: String,
    /// What the rows are.
    pub(super) rows_are: String,
    /// Base and day or period.
    pub(super) about: String,
    /// Columns.
    pub(super) heads: Vec<HeadView>,
    /// Rows.
    pub(super) rows: Vec<RowView>,
    /// All together.
    pub(super) total: RowView,
    /// Whether small groups are left out of it.
    pub(super) protected: bool,
    /// Whether any were.
    pub(super) hides: bool,
    /// A drawing of it, escaped.
    #[serde(skip)]
    pub(super) chart: Option<String>,
    /// Figures as they may be shown, for a file.
    #[serde(skip)]
    pub(super) figures: Vec<Guarded>,
}

/// The questions of a table: each of its figures; where classes are told, by each classification side by side.
pub(super) fn questions<'a>(known: &'a Known, table: &FigureTable, ask: &Ask) -> Result<Vec<Question<'a>>, Refused> {
    let programme = &known.programme;
    let mut out = Vec::new();
    for id in &table.figures {
        let definition = figures::question::definition(programme, id.as_str())?;
        let by: Vec<Option<Code>> = if table.by == Column::Class {
            programme.classifications.iter().map(|classification| Some(classification.id.clone())).collect()
        } else {
            vec![None]
        };
        for classification in by {
            let asked = ask.of(definition.base.flows(), vec![table.by], classification);
            out.push(Question::new(programme, definition, asked, known.snapshot.known_at)?);
        }
    }
    Ok(out)
}

/// Makes the tables of the programme: all of them, as their numbers are read beside each other.
pub(super) fn views(signed: &Signed, known: &Known, ask: &Ask) -> Result<Vec<TableView>, Not> {
    let tables = &known.programme.tables;
    let asked: Vec<Vec<Question<'_>>> =
        tables.iter().map(|table| questions(known, table, ask)).collect::<Result<_, _>>().map_err(Not::Refused)?;
    let all: Vec<(&Known, &Question<'_>)> = asked.iter().flatten().map(|question| (known, question)).collect();
    let mut figures = shown(&all).map_err(Not::Unsafe)?.into_iter();
    let made = tables.iter().zip(&asked).map(|(table, questions)| {
        let figures = figures.by_ref().take(questions.len()).collect();
        let drills: Vec<Drill> = questions.iter().map(|question| Drill::new(known, table, question, ask)).collect();
        build(signed, table, questions, figures, &drills)
    });
    Ok(made.collect())
}

/// The same of figures that are shown already, for everyone: no number leads to cases.
pub(super) fn published(
    signed: &Signed,
    table: &FigureTable,
    questions: &[Question<'_>],
    figures: Vec<Guarded>,
) -> TableView {
    build(signed, table, questions, figures, &[])
}

fn build(
    signed: &Signed,
    table: &FigureTable,
    questions: &[Question<'_>],
    figures: Vec<Guarded>,
    drills: &[Drill],
) -> TableView {
    let mut keys: Vec<String> =
        figures.iter().flat_map(|figure| figure.cells.iter().filter_map(|(key, _)| key.first().cloned())).collect();
    keys.sort_by_key(|key| (words::place(signed, table.by, key), key.clone()));
    keys.dedup();
    let names: Vec<String> = questions.iter().map(|question| name(signed, table, question)).collect();
    let cell = |at: usize, key: Option<&String>| {
        let told = match key {
            None => figures[at].total,
            Some(key) => {
                let found = figures[at].cells.iter().find(|(known, _)| known.first() == Some(key));
                found.map_or_else(|| nothing(&questions[at]), |(_, told)| *told)
            }
        };
        let (text, small) = number(signed, told);
        CellView { text, small, label: names[at].clone(), href: drills.get(at).and_then(|drill| drill.href(key)) }
    };
    let row = |label: String, key: Option<&String>| RowView {
        label,
        cells: (0..questions.len()).map(|at| cell(at, key)).collect(),
    };
    let labelled: Vec<(String, String)> =
        keys.iter().map(|key| (key.clone(), words::value(signed, table.by, key))).collect();
    let columns: Vec<(String, &Guarded)> = names.iter().cloned().zip(&figures).collect();
    let title = signed.names.text(&table.name);
    let chart = chart::bars(signed, table.id.as_str(), title, &labelled, &columns);
    let rows = keys.iter().map(|key| row(words::value(signed, table.by, key), Some(key))).collect();
    let total = row(signed.l.t("figures-total").into_owned(), None);
    let heads = names
        .iter()
        .zip(questions)
        .zip(&figures)
        .map(|((name, question), figure)| head(signed, name, question.definition, question, figure));
    let (heads, base) = (heads.collect(), questions.first().map(|question| question.moment));
    TableView {
        id: table.id.to_string(),
        title: signed.names.text(&table.name).to_owned(),
        rows_are: words::column(signed, table.by),
        about: base.map(|moment| about(signed, moment)).unwrap_or_default(),
        heads,
        rows,
        total,
        protected: figures.iter().any(|figure| figure.protected),
        hides: figures.iter().any(Guarded::hides),
        chart,
        figures,
    }
}

fn about(signed: &Signed, moment: figures::question::Moment) -> String {
    let base = signed.l.code("base", moment.base().code());
    format!("{base}, {}", words::when(signed, moment))
}

fn name(signed: &Signed, table: &FigureTable, question: &Question<'_>) -> String {
    match question.classification {
        Some(by) if table.by == Column::Class => signed.names.text(&by.name).to_owned(),
        _ => signed.names.text(&question.definition.name).to_owned(),
    }
}

fn head(signed: &Signed, name: &str, definition: &Definition, question: &Question<'_>, figure: &Guarded) -> HeadView {
    let (l, names) = (signed.l, &signed.names);
    let mut lines = words::definition(signed, definition);
    let mut assumptions = Vec::new();
    if let Some(by) = question.classification {
        lines.push((l.t("figures-classification").into_owned(), format!("{} ({})", names.text(&by.name), by.source)));
        let assumed = by.map.iter().filter_map(|(reason, Mapping { class, assumption, .. })| {
            let words = names.text(assumption.as_ref()?);
            let reason = words::value(signed, Column::Reason, reason.as_str());
            Some((format!("{reason}: {}", l.code("class", class)), words.to_owned()))
        });
        assumptions.extend(assumed);
    }
    lines.extend(words::about(signed, &figure.about));
    let excluded = figure.excluded.iter().map(|(why, count)| {
        let count = count.map_or_else(|| l.t("figures-hidden").into_owned(), |count| count.to_string());
        (l.code("figures-excluded", why).into_owned(), count)
    });
    HeadView { name: name.to_owned(), lines, excluded: excluded.collect(), assumptions }
}

/// What a figure says where nobody was counted.
fn nothing(question: &Question<'_>) -> Told {
    use domain::programme::Measure;
    Told::Value(match question.definition.measure {
        Measure::Count => Value::Count(0),
        Measure::Days => Value::Days { count: 0, quartiles: None },
        Measure::Share => Value::Share { part: 0, whole: 0 },
    })
}

/// A number in words.
pub(super) fn number(signed: &Signed, told: Told) -> (String, Option<String>) {
    let l = signed.l;
    let decimal = |value: f64, decimals: usize| {
        let text = format!("{value:.decimals$}");
        if l.lang == crate::text::Lang::Nl { text.replace('.', ",") } else { text }
    };
    match told {
        Told::Value(Value::Count(count)) => (count.to_string(), None),
        Told::Value(Value::Share { part, whole }) => match percent(part, whole) {
            Some(share) => {
                let of = l.f("figures-of", &[("part", &part), ("whole", &whole)]);
                (format!("{} %", decimal(share, 0)), Some(of))
            }
            None => ("–".to_owned(), None),
        },
        Told::Value(Value::Days { count, quartiles }) => match quartiles {
            Some([q1, median, q3]) => {
                let (q1, q3) = (decimal(q1, 0), decimal(q3, 0));
                let small = l.f("figures-quartiles", &[("q1", &q1), ("q3", &q3), ("count", &count)]);
                (decimal(median, 0), Some(small))
            }
            None => ("–".to_owned(), None),
        },
        Told::Whole(whole) => (l.t("figures-hidden").into_owned(), Some(l.f("figures-of-all", &[("whole", &whole)]))),
        Told::Hidden(why) => (l.code("figures-hidden", why.code()).into_owned(), None),
    }
}

/// The way to the cases of each cell, for who may see any of them.
struct Drill {
    base: String,
    keys: HashMap<String, bool>,
    any: bool,
}

impl Drill {
    fn new(known: &Known, table: &FigureTable, question: &Question<'_>, ask: &Ask) -> Self {
        let counted = count::count(&known.snapshot, question);
        let told = question.tells(&known.programme);
        let sees = |member: &&count::Member| known.sees(known.snapshot.trips[member.trip].id, &told);
        let cells = figure::members(&known.snapshot, question, &counted);
        let keys = cells.into_iter().filter_map(|(mut key, members)| Some((key.pop()?, members.iter().any(sees))));
        let keys: HashMap<String, bool> = keys.collect();
        let classification = question.classification.map(|by| format!("&indeling={}", by.id)).unwrap_or_default();
        let (id, by, query) = (&question.definition.id, table.by, ask.query());
        Self {
            base: format!("/cijfers/gevallen?figuur={id}&per={by}{classification}&{query}"),
            any: keys.values().any(|any| *any),
            keys,
        }
    }

    fn href(&self, key: Option<&String>) -> Option<String> {
        match key {
            None => self.any.then(|| self.base.clone()),
            Some(key) => self.keys.get(key).is_some_and(|any| *any).then(|| format!("{}&waarde={key}", self.base)),
        }
    }
}
