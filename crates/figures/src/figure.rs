//! A figure: numbers that carry what they count, when, as known when, what was left out, and on which history they rest.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ids::Code,
    programme::{Column, Measure, Of, Part, Programme},
};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::{
    count::{self, Counted, Member},
    history::{Checkpoint, Snapshot},
    question::{Moment, Question, Refused},
};

/// A number of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// How many.
    Count(u64),
    /// How long: how many were measured, and in days the quartiles (linear between ranks: R's type 7).
    Days {
        /// How many.
        count: u64,
        /// First quartile, median, third quartile.
        quartiles: Option<[f64; 3]>,
    },
    /// Which part of them.
    Share {
        /// Those in the part.
        part: u64,
        /// All.
        whole: u64,
    },
}

impl Value {
    /// How many people, spells or reviews it is made of.
    pub const fn count(self) -> u64 {
        match self {
            Self::Count(count) | Self::Days { count, .. } => count,
            Self::Share { whole, .. } => whole,
        }
    }

    pub(crate) fn json(self) -> Json {
        match self {
            Self::Count(count) => json!({ "count": count }),
            Self::Days { count, quartiles } => {
                let at = |place: usize| quartiles.map_or(Json::Null, |quartiles| json!(quartiles[place]));
                json!({ "count": count, "q1": at(0), "median": at(1), "q3": at(2) })
            }
            Self::Share { part, whole } => json!({ "part": part, "whole": whole }),
        }
    }
}

/// One number with the values of its breakdowns.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// One value for each breakdown, in their order.
    pub key: Vec<String>,
    /// The number.
    pub value: Value,
}

/// What a figure says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// Definition.
    pub id: Code,
    /// Its version.
    pub version: u16,
    /// Everything the definition says, as JSON.
    pub definition: Json,
    /// Base and when.
    pub moment: Moment,
    /// What is told.
    pub measure: Measure,
    /// Place; everywhere when none.
    pub site: Option<String>,
    /// As known when.
    pub known_at: Timestamp,
    /// Breakdowns.
    pub by: Vec<Column>,
    /// Classification, with what it makes of each reason.
    pub classification: Option<(Code, BTreeMap<String, String>)>,
    /// The history it rests on.
    pub checkpoint: Checkpoint,
    /// Programme.
    pub programme: Code,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it says about itself.
    pub about: About,
    /// The numbers, in order of their keys.
    pub cells: Vec<Cell>,
    /// All together.
    pub total: Value,
    /// Why things were left out, and how many.
    pub excluded: BTreeMap<&'static str, u64>,
}

/// The unit that a definition counts.
pub const fn unit(of: Of) -> &'static str {
    match of {
        Of::Participation | Of::ReEntry => "participant",
        Of::Phase => "trajectory-phase",
        Of::Review => "review",
    }
}

/// Computes a figure.
pub fn compute(snapshot: &Snapshot, programme: &Programme, question: &Question<'_>) -> Figure {
    figure(snapshot, programme, question, &count::count(snapshot, question))
}

/// The members of each cell: what a drill-down shows.
pub fn members<'c>(
    snapshot: &Snapshot,
    question: &Question<'_>,
    counted: &'c Counted,
) -> BTreeMap<Vec<String>, Vec<&'c Member>> {
    let mut cells: BTreeMap<Vec<String>, Vec<&Member>> = BTreeMap::new();
    for member in &counted.members {
        let key = question.by.iter().map(|column| count::value(snapshot, question, member, *column)).collect();
        cells.entry(key).or_default().push(member);
    }
    cells
}

/// Makes a figure of what was counted.
pub fn figure(snapshot: &Snapshot, programme: &Programme, question: &Question<'_>, counted: &Counted) -> Figure {
    let mut grouped = members(snapshot, question, counted);
    if let [column] = question.by[..] {
        // a site or class without anyone is a zero, not a gap
        for value in always(programme, question, column) {
            grouped.entry(vec![value]).or_default();
        }
    }
    let number = |members: &[&Member]| number(snapshot, question, members);
    let all: Vec<&Member> = counted.members.iter().collect();
    let cells = if question.by.is_empty() { BTreeMap::new() } else { grouped };
    Figure {
        about: about(snapshot, programme, question),
        cells: cells.into_iter().map(|(key, members)| Cell { value: number(&members), key }).collect(),
        total: number(&all),
        excluded: counted.excluded.0.clone(),
    }
}

fn always(programme: &Programme, question: &Question<'_>, column: Column) -> Vec<String> {
    match column {
        Column::Site => {
            let sites = programme.sites.iter().map(|site| &site.id);
            sites.filter(|id| question.site.as_ref().is_none_or(|only| only == *id)).map(ToString::to_string).collect()
        }
        Column::Class => domain::programme::OutcomeClass::ALL.iter().map(ToString::to_string).collect(),
        _ => vec![],
    }
}

fn number(snapshot: &Snapshot, question: &Question<'_>, members: &[&Member]) -> Value {
    let whole = members.len() as u64;
    match (question.definition.measure, &question.definition.share) {
        (Measure::Share, Some(part)) => {
            let inside =
                |member: &&&Member| count::within(part, &count::value(snapshot, question, member, part.column));
            Value::Share { part: members.iter().filter(inside).count() as u64, whole }
        }
        (Measure::Days, _) => {
            let mut days: Vec<i64> = members.iter().filter_map(|member| member.days).collect();
            days.sort_unstable();
            Value::Days { count: days.len() as u64, quartiles: quartiles(&days) }
        }
        _ => Value::Count(whole),
    }
}

/// Where a quarter lies among ranks up to `last`: the rank, and how many quarters of the way to the next.
const fn quarter(last: usize, number: usize) -> (usize, usize) {
    (last * number / 4, last * number % 4)
}

/// Quartiles of whole numbers in order, linear between ranks: Hyndman and Fan, American Statistician 50, 1996, 361-365,
/// definition 7.
pub(crate) fn quartiles(sorted: &[i64]) -> Option<[f64; 3]> {
    let last = sorted.len().checked_sub(1)?;
    let at = |number: usize| {
        // the rank is a number of quarters: exact in a float
        let (rank, rest) = quarter(last, number);
        let (low, high) = (sorted[rank], sorted[(rank + 1).min(last)]);
        #[expect(clippy::cast_precision_loss, reason = "days are far below 2^52")]
        let (low, step) = (low as f64, (high - low) as f64);
        #[expect(clippy::cast_precision_loss, reason = "0 to 3")]
        let part = rest as f64 / 4.0;
        low + step * part
    };
    Some([at(1), at(2), at(3)])
}

/// The ranks that the quartiles of so many numbers rest on, in order.
pub(crate) fn quarter_ranks(count: usize) -> Vec<usize> {
    let Some(last) = count.checked_sub(1) else { return vec![] };
    let of = |number: usize| {
        let (rank, rest) = quarter(last, number);
        [rank, if rest == 0 { rank } else { rank + 1 }]
    };
    let mut ranks: Vec<usize> = (1..=3).flat_map(of).collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

fn about(snapshot: &Snapshot, programme: &Programme, question: &Question<'_>) -> About {
    let d = question.definition;
    About {
        id: d.id.clone(),
        version: d.version,
        definition: definition(d),
        moment: question.moment,
        measure: d.measure,
        site: question.site.as_ref().map(ToString::to_string),
        known_at: snapshot.known_at,
        by: question.by.clone(),
        classification: question.classification.map(|by| {
            let map = by.map.iter().map(|(reason, to)| (reason.to_string(), to.class.to_string()));
            (by.id.clone(), map.collect())
        }),
        checkpoint: snapshot.checkpoint,
        programme: programme.id.clone(),
    }
}

/// A definition as JSON: what it says, all of it.
pub fn definition(d: &domain::programme::Definition) -> Json {
    let part = |part: &Part| json!({ "column": part.column.code(), "values": part.values });
    let text = |text: &domain::programme::Text| json!({ "nl": text.nl, "en": text.en });
    json!({
        "id": d.id,
        "version": d.version,
        "name": text(&d.name),
        "note": d.note.as_ref().map(text),
        "base": d.base.code(),
        "of": d.of.code(),
        "unit": unit(d.of),
        "measure": d.measure.code(),
        "statuses": d.statuses.iter().map(|status| status.code()).collect::<Vec<_>>(),
        "phases": d.phases.iter().map(|phase| phase.code()).collect::<Vec<_>>(),
        "only": d.only.iter().map(part).collect::<Vec<_>>(),
        "share": d.share.as_ref().map(part),
        "exclude": d.exclude.iter().map(|exclude| exclude.code()).collect::<Vec<_>>(),
    })
}

/// The moment as JSON.
pub fn when(moment: Moment) -> Json {
    match moment {
        Moment::Stock(on) => json!({ "on": on }),
        Moment::Inflow(period) | Moment::Outflow(period) => json!({ "from": period.from, "to": period.to }),
    }
}

impl About {
    /// What a figure says, with its numbers as they are given.
    pub(crate) fn content<'c>(
        &self,
        cells: impl Iterator<Item = (&'c [String], Json)>,
        total: Json,
        excluded: Json,
    ) -> Json {
        let classification = self.classification.as_ref().map(|(id, map)| json!({ "id": id, "classes": map }));
        let cells = cells.map(|(key, value)| {
            let key: BTreeMap<&str, &String> = self.by.iter().map(|column| column.code()).zip(key).collect();
            json!({ "key": key, "value": value })
        });
        json!({
            "definition": self.definition,
            "base": self.moment.base().code(),
            "when": when(self.moment),
            "place": self.site.as_deref().unwrap_or("national"),
            "known_at": self.known_at.to_string(),
            "by": self.by.iter().map(|column| column.code()).collect::<Vec<_>>(),
            "classification": classification,
            "cells": cells.collect::<Vec<_>>(),
            "total": total,
            "excluded": excluded,
            "checkpoint": { "size": self.checkpoint.size, "root": journal::hex(&self.checkpoint.root) },
            "programme": self.programme,
        })
    }
}

impl Figure {
    /// Everything that makes it the number it is, without its hash and the version of the software.
    pub fn content(&self) -> Json {
        let cells = self.cells.iter().map(|cell| (cell.key.as_slice(), cell.value.json()));
        self.about.content(cells, self.total.json(), json!(self.excluded))
    }

    /// SHA-256 over its canonical JSON (RFC 8785: keys in order, no spaces). The version of the software is not in it, so
    /// that a newer one can show that it still counts the same.
    pub fn hash(&self) -> String {
        journal::hex(&Sha256::digest(canonical(&self.content())))
    }

    /// The whole as JSON, with hash and version of the software.
    pub fn json(&self) -> Json {
        whole(self.content(), &self.hash())
    }
}

/// Content with its hash and the version of the software.
pub(crate) fn whole(mut content: Json, hash: &str) -> Json {
    if let Json::Object(fields) = &mut content {
        fields.insert("software".to_owned(), json!(env!("CARGO_PKG_VERSION")));
        fields.insert("hash".to_owned(), json!(hash));
    }
    content
}

/// JSON with keys in order and without spaces: one text for one value.
pub fn canonical(value: &Json) -> String {
    match value {
        Json::Object(fields) => {
            let sorted: BTreeMap<&String, &Json> = fields.iter().collect();
            let fields = sorted.iter().map(|(key, value)| format!("{}:{}", json!(key), canonical(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        // whole numbers in a float are written without a fraction
        Json::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 => format!("{float:.0}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// Figures that may stand in one table: the same base, moment, place, known-at and breakdown.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    figures: Vec<Figure>,
}

impl Table {
    /// Puts figures beside each other.
    ///
    /// # Errors
    /// [`Refused::TwoBases`], or [`Refused::NotAlike`] with what differs.
    pub fn new(figures: Vec<Figure>) -> Result<Self, Refused> {
        if let Some(first) = figures.first() {
            for other in &figures[1..] {
                alike(&first.about, &other.about)?;
            }
        }
        Ok(Self { figures })
    }

    /// The figures.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// The keys of all rows, in order.
    pub fn keys(&self) -> Vec<Vec<String>> {
        let keys: BTreeSet<Vec<String>> =
            self.figures.iter().flat_map(|figure| figure.cells.iter().map(|cell| cell.key.clone())).collect();
        keys.into_iter().collect()
    }

    /// The number of a figure in a row; nothing where nobody was counted.
    pub fn value(&self, figure: usize, key: &[String]) -> Option<Value> {
        self.figures.get(figure)?.cells.iter().find(|cell| cell.key == key).map(|cell| cell.value)
    }
}

fn alike(one: &About, other: &About) -> Result<(), Refused> {
    let (first, second) = (one.id.clone(), other.id.clone());
    if one.moment.base() != other.moment.base() {
        return Err(Refused::TwoBases { first, one: one.moment.base(), second, other: other.moment.base() });
    }
    let differs = [
        (one.moment != other.moment, "day or period"),
        (one.site != other.site, "place"),
        (one.known_at != other.known_at, "known-at date"),
        (one.by != other.by, "breakdown"),
    ];
    match differs.into_iter().find(|(differs, _)| *differs) {
        Some((_, what)) => Err(Refused::NotAlike { first, second, what }),
        None => Ok(()),
    }
}
