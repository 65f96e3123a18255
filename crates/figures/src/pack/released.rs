//! The released tables of a pack: what each counted, its numbers with all digits, and counting them again from the rows of the
//! pack as the R scripts do.

use std::collections::BTreeMap;

use super::{
    Key, PackError,
    results::Figure,
    seen::{Seen, seen},
};
use crate::{
    disclosure::{THRESHOLD, small},
    figure::{Value, quartiles},
    guarded::{Guarded, Told, Why},
    history::{Checkpoint, History, checkpoint_at},
    question::{Moment, Question},
    release::{self, Asked},
};
use domain::programme::Programme;

/// A release as it is kept.
#[derive(Debug, Clone)]
pub struct Released {
    /// Title, as its author gave it.
    pub title: String,
    /// SHA-256 over what was published, in hexadecimal.
    pub hash: String,
    /// Hash over its numbers as counted then.
    pub exact: String,
    /// What was asked and shown.
    pub asked: Asked,
    /// The history as it was known then.
    pub checkpoint: Checkpoint,
}

/// What a table counts, as it stands in `tables.csv`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) release: String,
    pub(crate) sha256: String,
    pub(crate) figure: String,
    pub(crate) version: String,
    pub(crate) base: String,
    pub(crate) of: String,
    /// Statuses or phases that count; empty for reviews.
    pub(crate) codes: Vec<String>,
    pub(crate) without: Vec<String>,
    pub(crate) measure: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) place: String,
    pub(crate) by: Vec<String>,
    pub(crate) classification: String,
    pub(crate) known_at: String,
    /// `yes`, or why it cannot be computed again: `counted-otherwise`.
    pub(crate) again: String,
}

/// Everything of the releases that goes into a pack.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    pub(crate) all: Vec<Table>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) results: Vec<Figure>,
}

/// Rounding of a division, in two programs.
const ROUNDING: f64 = 1e-12;

/// Why a number of a release cannot be computed from the rows of the pack.
const OTHERWISE: &str = "counted-otherwise";

/// The tables of all releases.
///
/// # Errors
/// When what was kept of a release cannot be read.
pub(crate) fn tables(
    releases: &[Released],
    history: &History,
    programme: &Programme,
    key: &Key,
) -> Result<Tables, PackError> {
    let mut out = Tables::default();
    for one in releases {
        let unreadable = |why: release::Trouble| PackError::Release { title: one.title.clone(), why };
        let snapshot = history.known(one.asked.known_at, one.checkpoint, programme);
        // a store or a program that counts otherwise now does not stand for what was published
        let same = release::recount(&snapshot, programme, &one.asked).map_err(unreadable)? == one.exact;
        release::each(programme, &one.asked, |question| {
            let told = release::told(&snapshot, programme, question, &one.asked);
            let id = format!("t{:02}", out.all.len() + 1);
            let mut results = numbers(&id, question, &told);
            let again = if same { "yes" } else { OTHERWISE };
            if same {
                out.seen.extend(seen(&snapshot, question, &told, key, &id));
            } else {
                for figure in &mut results {
                    (figure.value, figure.why) = (None, OTHERWISE.to_owned());
                }
            }
            out.all.push(table(id, one, question, again));
            out.results.extend(results);
        })
        .map_err(unreadable)?;
    }
    Ok(out)
}

fn table(id: String, release: &Released, question: &Question<'_>, again: &str) -> Table {
    let definition = question.definition;
    let codes = match definition.of {
        domain::programme::Of::Participation | domain::programme::Of::ReEntry => {
            definition.statuses.iter().map(|status| status.code().to_owned()).collect()
        }
        domain::programme::Of::Phase => definition.phases.iter().map(|phase| phase.code().to_owned()).collect(),
        domain::programme::Of::Review => vec![],
    };
    let (from, to) = match question.moment {
        Moment::Stock(on) => (on.to_string(), String::new()),
        Moment::Inflow(period) | Moment::Outflow(period) => (period.from.to_string(), period.to.to_string()),
    };
    Table {
        id,
        release: release.title.clone(),
        sha256: release.hash.clone(),
        figure: definition.id.to_string(),
        version: definition.version.to_string(),
        base: definition.base.code().to_owned(),
        of: definition.of.code().to_owned(),
        codes,
        without: definition.exclude.iter().map(|exclude| exclude.code().to_owned()).collect(),
        measure: definition.measure.code().to_owned(),
        from,
        to,
        place: question.site.as_ref().map_or("national", |site| site.as_str()).to_owned(),
        by: question.by.iter().map(|column| column.code().to_owned()).collect(),
        classification: question.classification.map_or_else(String::new, |by| by.id.to_string()),
        known_at: release.asked.known_at.to_string(),
        again: again.to_owned(),
    }
}

impl Table {
    /// What a cell is called in the results.
    pub(crate) fn term(&self, cell: &str) -> String {
        format!("{}={cell}", self.by.join("+"))
    }
}

/// The numbers of a table as released: what it hides is empty.
fn numbers(id: &str, question: &Question<'_>, told: &Guarded) -> Vec<Figure> {
    let mut out = Vec::new();
    let by: Vec<&str> = question.by.iter().map(|column| column.code()).collect();
    let mut tell = |term: &str, told: Told| {
        for (quantity, value, why) in quantities(question, told) {
            let tolerance = if quantity == "count" { 0.0 } else { ROUNDING };
            out.push(Figure {
                analysis: format!("table-{id}"),
                term: term.to_owned(),
                quantity: quantity.to_owned(),
                value,
                tolerance,
                why: why.to_owned(),
            });
        }
    };
    tell("total", told.total);
    for (cell, value) in &told.cells {
        tell(&format!("{}={}", by.join("+"), cell.join("+")), *value);
    }
    out
}

type Quantity = (&'static str, Option<f64>, &'static str);

fn quantities(question: &Question<'_>, told: Told) -> Vec<Quantity> {
    use domain::programme::Measure;
    let names: &[&'static str] = match question.definition.measure {
        Measure::Count => &["count"],
        Measure::Days => &["count", "q1", "median", "q3"],
        Measure::Share => &["count", "part", "share"],
    };
    let hidden = |from: usize, why: &'static str| names[from..].iter().map(move |name| (*name, None, why));
    match told {
        Told::Hidden(why) => hidden(0, why.code()).collect(),
        Told::Whole(whole) => {
            [("count", Some(float(whole)), "")].into_iter().chain(hidden(1, Why::Small.code())).collect()
        }
        Told::Value(value) => values(value).into_iter().map(|(name, value)| (name, Some(value), "")).collect(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
const fn float(count: u64) -> f64 {
    count as f64
}

/// The quantities of a number. What cannot be said of nobody is not said.
fn values(value: Value) -> Vec<(&'static str, f64)> {
    let mut out = vec![("count", float(value.count()))];
    match value {
        Value::Count(_) => {}
        Value::Days { quartiles, .. } => {
            out.extend(["q1", "median", "q3"].into_iter().zip(quartiles.into_iter().flatten()));
        }
        Value::Share { part, whole } => {
            out.push(("part", float(part)));
            if whole > 0 {
                out.push(("share", float(part) / float(whole)));
            }
        }
    }
    out
}

/// The spells that a table counts, as `counted` in `r/tables.R` has them.
fn counted<'a>(table: &Table, seen: &[&'a Seen]) -> Vec<&'a Seen> {
    let rows = seen.iter().copied().filter(|row| table.codes.is_empty() || table.codes.contains(&row.code));
    let people = |rows: &mut dyn Iterator<Item = &'a Seen>, last: bool| {
        let mut one: BTreeMap<usize, &'a Seen> = BTreeMap::new();
        for row in rows {
            if last {
                one.insert(row.person, row);
            } else {
                one.entry(row.person).or_insert(row);
            }
        }
        one.into_values().collect::<Vec<_>>()
    };
    let mut out: Vec<&Seen> = match (table.of.as_str(), table.base.as_str()) {
        ("participation", "stock") => {
            people(&mut rows.filter(|row| row.begins == "before" && row.ends == "after"), true)
        }
        ("participation", "inflow") => {
            people(&mut rows.into_iter(), false).into_iter().filter(|row| row.begins == "in").collect()
        }
        ("participation", _) => {
            people(&mut rows.into_iter(), true).into_iter().filter(|row| row.ends == "in").collect()
        }
        ("re-entry", _) => {
            let mut first: BTreeMap<(usize, usize), &Seen> = BTreeMap::new();
            rows.for_each(|row| {
                first.entry((row.person, row.trajectory)).or_insert(row);
            });
            people(&mut first.into_values().filter(|row| row.begins == "in" && row.returned == "yes"), false)
        }
        (_, "stock") => rows.filter(|row| row.begins == "before" && row.ends == "after").collect(),
        (_, "inflow") => rows.filter(|row| row.begins == "in").collect(),
        _ => rows.filter(|row| row.ends == "in").collect(),
    };
    let without = |what: &str| table.without.iter().any(|one| one == what);
    let (returned, cut) = (without("returned"), without("cut-short"));
    out.retain(|row| row.only != "no" && !(returned && row.returned == "yes") && !(cut && row.cut == "yes"));
    out
}

/// The numbers of all tables, computed again from their spells: by `analysis,term,quantity`. A cell that nobody is in has no
/// spell; for the terms in `told` it is zero.
pub(crate) fn recount(tables: &[Table], seen: &[Seen], told: &[Figure]) -> Vec<(String, f64)> {
    let mut by_table: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
    for row in seen {
        by_table.entry(row.table.as_str()).or_default().push(row);
    }
    let mut out = Vec::new();
    for table in tables {
        let rows = |id: &str| by_table.get(id).map_or_else(Vec::new, |rows| counted(table, rows));
        let analysis = format!("table-{}", table.id);
        let mut groups: BTreeMap<String, Vec<&Seen>> = BTreeMap::new();
        for figure in told.iter().filter(|figure| figure.analysis == analysis && figure.value.is_some()) {
            groups.entry(figure.term.clone()).or_default();
        }
        if let Some(total) = groups.get_mut("total") {
            *total = rows(&table.id);
        }
        for row in rows(&format!("{}-by", table.id)).into_iter().filter(|row| !row.cell.is_empty()) {
            groups.entry(table.term(&row.cell)).or_default().push(row);
        }
        for (term, rows) in groups {
            for (quantity, value) in values(value_of(table, &rows)) {
                out.push((format!("{analysis},{term},{quantity}"), value));
            }
        }
    }
    out
}

fn value_of(table: &Table, rows: &[&Seen]) -> Value {
    let count = rows.len() as u64;
    match table.measure.as_str() {
        "days" => {
            let mut days: Vec<i64> = rows.iter().filter_map(|row| row.days).collect();
            days.sort_unstable();
            Value::Days { count, quartiles: quartiles(&days) }
        }
        "share" => Value::Share { part: rows.iter().filter(|row| row.part == "yes").count() as u64, whole: count },
        _ => Value::Count(count),
    }
}

/// Cells that fewer share than a release may tell: in words.
pub(crate) fn small_cells(tables: &[Table], seen: &[Seen]) -> Vec<String> {
    let mut out = Vec::new();
    for table in tables {
        let id = format!("{}-by", table.id);
        let rows: Vec<&Seen> = seen.iter().filter(|row| row.table == id).collect();
        let mut cells: BTreeMap<&str, u64> = BTreeMap::new();
        for row in counted(table, &rows) {
            *cells.entry(&row.cell).or_default() += 1;
        }
        for (cell, count) in cells.into_iter().filter(|(_, count)| small(*count)) {
            out.push(format!("seen.csv: {} {cell} is told of {count} only; at least {THRESHOLD} are needed", table.id));
        }
    }
    out
}

/// What is kept of a release in the store, as text.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Title.
    pub title: String,
    /// SHA-256 over what was published.
    pub hash: String,
    /// Hash over its numbers as counted then.
    pub exact: String,
    /// What was asked and shown, as JSON.
    pub asked: String,
}

/// The releases with the history that each rests on.
///
/// # Errors
/// When the store, or what was kept, cannot be read.
pub fn released(tx: &mut journal::Tx<'_>, kept: &[Kept]) -> Result<Vec<Released>, PackError> {
    let mut out = Vec::new();
    for one in kept {
        let asked: Asked = serde_json::from_str(&one.asked).map_err(|error| PackError::Release {
            title: one.title.clone(),
            why: release::Trouble::Unreadable(error.to_string()),
        })?;
        let checkpoint = checkpoint_at(tx, asked.known_at)?;
        let (title, hash, exact) = (one.title.clone(), one.hash.clone(), one.exact.clone());
        out.push(Released { title, hash, exact, asked, checkpoint });
    }
    Ok(out)
}
