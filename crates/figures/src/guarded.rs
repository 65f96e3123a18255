//! A figure as it may be shown: small groups left out, and what would give them away (design.md 6.19).
//!
//! Inside the house someone who may see every case that a table counts could count them; for everyone else, and for
//! everything that is published, the numbers go through here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::{
    disclosure::{self, Method, Refusal, table::Shown},
    figure::{About, Cell, Figure, Value, canonical},
};

/// A number as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Told {
    /// All of it.
    Value(Value),
    /// Of a share, only how many there are in all.
    Whole(u64),
    /// Nothing: fewer than ten, or it would give such a group away.
    Hidden(Why),
}

/// Why a number is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is small itself.
    Small,
    /// A small one could be computed from it.
    Protecting,
}

impl Why {
    /// The code in files and text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Protecting => "protecting",
        }
    }
}

/// A figure with the numbers that may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Guarded {
    /// What it says about itself.
    pub about: About,
    /// Whether anything had to be left out, or could have been: false where the reader may see every case.
    pub protected: bool,
    /// The numbers.
    pub cells: Vec<(Vec<String>, Told)>,
    /// All together.
    pub total: Told,
    /// What was left out of the count; nothing where that number is small.
    pub excluded: BTreeMap<&'static str, Option<u64>>,
}

/// A figure for those who may see every case it counts.
pub fn open(figure: Figure) -> Guarded {
    let cells = figure.cells.into_iter().map(|cell| (cell.key, Told::Value(cell.value)));
    Guarded {
        protected: false,
        cells: cells.collect(),
        total: Told::Value(figure.total),
        excluded: left_out(&figure.excluded),
        about: figure.about,
    }
}

/// What was left out of the count, without small numbers: it may be of cases that the reader does not see.
pub(crate) fn left_out(excluded: &BTreeMap<&'static str, u64>) -> BTreeMap<&'static str, Option<u64>> {
    excluded.iter().map(|(why, count)| (*why, (!disclosure::small(*count)).then_some(*count))).collect()
}

/// A figure for everyone else.
///
/// # Errors
/// When it cannot be protected; then it is not shown.
pub fn protect(figure: Figure) -> Result<Guarded, Refusal> {
    let (cells, total) = if figure.cells.is_empty() {
        (vec![], alone(figure.total)?)
    } else if figure.about.by.len() == 2 {
        matrix(&figure.cells, figure.total)?
    } else {
        column(&figure.cells, figure.total)?
    };
    let excluded = left_out(&figure.excluded);
    Ok(Guarded { about: figure.about, protected: true, cells, total, excluded })
}

/// The groups of people in a number: one, or those in and outside the part of a share.
fn groups(value: Value) -> Vec<u64> {
    match value {
        Value::Count(count) | Value::Days { count, .. } => vec![count],
        Value::Share { part, whole } => vec![part, whole - part],
    }
}

/// What a row of shown groups, with its total, leaves of a number.
fn told(value: Value, shown: &[Shown]) -> Told {
    let all = shown.last().copied().unwrap_or(Shown::Small);
    let hidden = |shown: Shown| if shown == Shown::Small { Why::Small } else { Why::Protecting };
    match value {
        Value::Share { whole, .. } => match shown.iter().find(|shown| shown.number().is_none()) {
            None => Told::Value(value),
            Some(_) if all.number().is_some() => Told::Whole(whole),
            Some(_) => Told::Hidden(hidden(all)),
        },
        _ if all.number().is_some() => Told::Value(value),
        _ => Told::Hidden(hidden(all)),
    }
}

/// A number without breakdown.
fn alone(total: Value) -> Result<Told, Refusal> {
    let shown = disclosure::table::Table::new(&[groups(total)])?.protect(Method::Suppression)?;
    Ok(shown.first().map_or(Told::Hidden(Why::Small), |row| told(total, row)))
}

type Protected = (Vec<(Vec<String>, Told)>, Told);

/// One breakdown: its rows and their total.
fn column(cells: &[Cell], total: Value) -> Result<Protected, Refusal> {
    let rows: Vec<Vec<u64>> = cells.iter().map(|cell| groups(cell.value)).collect();
    let shown = disclosure::table::Table::new(&rows)?.protect(Method::Suppression)?;
    let told_rows = cells.iter().zip(&shown).map(|(cell, row)| (cell.key.clone(), told(cell.value, row)));
    let all = shown.last().map_or(Told::Hidden(Why::Small), |row| told(total, row));
    Ok((told_rows.collect(), all))
}

/// Two breakdowns: a table with margins; a cell that nobody is in is a zero in it.
fn matrix(cells: &[Cell], total: Value) -> Result<Protected, Refusal> {
    let axis = |at: usize| cells.iter().map(|cell| cell.key[at].clone()).collect::<BTreeSet<_>>();
    let (rows, columns) = (axis(0), axis(1));
    let by_key: BTreeMap<&[String], Value> = cells.iter().map(|cell| (&cell.key[..], cell.value)).collect();
    let at = |row: &String, column: &String| by_key.get(&[row.clone(), column.clone()][..]).copied();
    let count = |row: &String, column: &String| at(row, column).map_or(0, Value::count);
    let counts: Vec<Vec<u64>> =
        rows.iter().map(|row| columns.iter().map(|column| count(row, column)).collect()).collect();
    let shown = disclosure::table::Table::new(&counts)?.protect(Method::Suppression)?;
    let mut out = Vec::new();
    for (row, line) in rows.iter().zip(&shown) {
        for (column, shown) in columns.iter().zip(line) {
            let Some(value) = at(row, column) else { continue };
            out.push((vec![row.clone(), column.clone()], whole_of(value, *shown)));
        }
    }
    let all = shown.last().and_then(|line| line.last()).copied().unwrap_or(Shown::Small);
    Ok((out, part_of(total, all)))
}

/// In a table of two breakdowns the parts of a share are not protected against each other: only whom it is of is told.
fn whole_of(value: Value, shown: Shown) -> Told {
    match value {
        Value::Share { whole, .. } if shown.number().is_some() => Told::Whole(whole),
        _ => told(value, &[shown]),
    }
}

/// The share of all together is told where both its groups are large.
fn part_of(value: Value, shown: Shown) -> Told {
    match value {
        Value::Share { part, whole } if shown.number().is_some() => {
            let small = disclosure::small(part) || disclosure::small(whole - part);
            if small { Told::Whole(whole) } else { Told::Value(value) }
        }
        _ => told(value, &[shown]),
    }
}

impl Told {
    /// As JSON: the number, or why it is left out.
    pub fn json(self) -> Json {
        match self {
            Self::Value(value) => value.json(),
            Self::Whole(whole) => json!({ "whole": whole, "hidden": Why::Small.code() }),
            Self::Hidden(why) => json!({ "hidden": why.code() }),
        }
    }

    /// The number of those counted, where it is told.
    pub const fn count(self) -> Option<u64> {
        match self {
            Self::Value(value) => Some(value.count()),
            Self::Whole(whole) => Some(whole),
            Self::Hidden(_) => None,
        }
    }
}

impl Guarded {
    /// Everything that makes it the figure it is, as shown.
    pub fn content(&self) -> Json {
        let cells = self.cells.iter().map(|(key, told)| (key.as_slice(), told.json()));
        let mut content = self.about.content(cells, self.total.json(), json!(self.excluded));
        if let Json::Object(fields) = &mut content {
            fields.insert("protected".to_owned(), json!(self.protected));
        }
        content
    }

    /// SHA-256 over its canonical JSON, as [`Figure::hash`]. It covers what is shown and nothing that is hidden: otherwise a
    /// small number could be found by trying.
    pub fn hash(&self) -> String {
        journal::hex(&Sha256::digest(canonical(&self.content())))
    }

    /// The whole as JSON, with hash and version of the software.
    pub fn json(&self) -> Json {
        crate::figure::whole(self.content(), &self.hash())
    }

    /// Whether anything is left out.
    pub fn hides(&self) -> bool {
        let hidden = |told: &Told| !matches!(told, Told::Value(_));
        self.cells.iter().any(|(_, told)| hidden(told)) || hidden(&self.total)
    }
}
