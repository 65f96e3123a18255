//! Releases: figures that leave the house, safe together with everything that was released before.
//!
//! What is asked is kept, definitions included, so that a release can be counted again later: to see that it still stands, and
//! to see which people it shares with the next one. Numbers are hidden by the ledger of disclosure control, which looks at all
//! releases at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    codes::{Phase, Status},
    ids::{Code, SiteId},
    programme::{Base, Column, Definition, Exclude, Measure, Of, Part, Programme, Text},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::{
    count::{self, Counted, Member},
    disclosure::{
        Refusal,
        ledger::{Ledger, Overlay, Release as Numbers},
        table::Shown,
    },
    figure::{self, Figure, Value, canonical},
    guarded::{Guarded, Told, Why, left_out},
    history::{Checkpoint, History, Snapshot},
    question::{Moment, Period, Question},
};

/// A question as it is kept: with its whole definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    definition: Json,
    on: Option<Date>,
    from: Option<Date>,
    to: Option<Date>,
    site: Option<SiteId>,
    by: Vec<String>,
    classification: Option<Code>,
}

/// Everything that a release asked, and what it showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// As known when.
    pub known_at: Timestamp,
    /// The questions.
    pub questions: Vec<Kept>,
    /// What is shown for each number.
    pub numbers: Numbers,
}

/// Why a release is not made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// What was kept of an earlier release cannot be read.
    #[error("what was kept of a release cannot be read: {0}")]
    Unreadable(String),
    /// Small groups would be given away, or cannot be judged.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// A question that was kept, made whole.
struct Whole {
    definition: Definition,
    moment: Moment,
    site: Option<SiteId>,
    by: Vec<Column>,
    classification: Option<Code>,
}

impl Kept {
    /// Keeps a question.
    pub fn of(question: &Question<'_>) -> Self {
        let (on, period) = match question.moment {
            Moment::Stock(on) => (Some(on), None),
            Moment::Inflow(period) | Moment::Outflow(period) => (None, Some(period)),
        };
        Self {
            definition: figure::definition(question.definition),
            on,
            from: period.map(|period| period.from),
            to: period.map(|period| period.to),
            site: question.site.clone(),
            by: question.by.iter().map(|column| column.code().to_owned()).collect(),
            classification: question.classification.map(|classification| classification.id.clone()),
        }
    }

    fn whole(&self) -> Option<Whole> {
        let definition = definition(&self.definition)?;
        let period = || Some(Period { from: self.from?, to: self.to? });
        let moment = match definition.base {
            Base::Stock => Moment::Stock(self.on?),
            Base::Inflow => Moment::Inflow(period()?),
            Base::Outflow => Moment::Outflow(period()?),
        };
        let by = self.by.iter().map(|code| Column::from_code(code)).collect::<Option<Vec<_>>>()?;
        Some(Whole { definition, moment, site: self.site.clone(), by, classification: self.classification.clone() })
    }
}

/// Reads what [`figure::definition`] wrote.
fn definition(json: &Json) -> Option<Definition> {
    fn all<T>(json: &Json, key: &str, read: impl Fn(&Json) -> Option<T>) -> Option<Vec<T>> {
        json[key].as_array()?.iter().map(read).collect()
    }
    fn one<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str, json: &Json) -> Option<T> {
        all.iter().copied().find(|value| json.as_str() == Some(code(*value)))
    }
    let text = |json: &Json| Some(Text { nl: json["nl"].as_str()?.to_owned(), en: json["en"].as_str()?.to_owned() });
    let part = |json: &Json| {
        let values = all(json, "values", |value| value.as_str()?.parse().ok())?;
        Some(Part { column: Column::from_code(json["column"].as_str()?)?, values })
    };
    let share = &json["share"];
    Some(Definition {
        id: json["id"].as_str()?.parse().ok()?,
        version: u16::try_from(json["version"].as_u64()?).ok()?,
        name: text(&json["name"])?,
        note: text(&json["note"]),
        base: one(Base::ALL, Base::code, &json["base"])?,
        of: one(Of::ALL, Of::code, &json["of"])?,
        statuses: all(json, "statuses", |value| Status::from_code(value.as_str()?))?,
        phases: all(json, "phases", |value| Phase::from_code(value.as_str()?))?,
        only: all(json, "only", part)?,
        measure: one(Measure::ALL, Measure::code, &json["measure"])?,
        share: if share.is_null() { None } else { Some(part(share)?) },
        by: vec![],
        exclude: all(json, "exclude", |value| one(Exclude::ALL, Exclude::code, value))?,
        classification: None,
    })
}

/// The groups of a number: everyone in it, and for a share those in the part and the rest.
const GROUPS: [&str; 3] = ["all", "part", "rest"];

/// The name of a number: it says exactly who is in it.
fn key(question: &Question<'_>, known_at: Timestamp, cell: Option<&[String]>, group: &str) -> String {
    let d = question.definition;
    let when = match question.moment {
        Moment::Stock(on) => on.to_string(),
        Moment::Inflow(period) | Moment::Outflow(period) => format!("{}/{}", period.from, period.to),
    };
    let place = question.site.as_ref().map_or("national", |site| site.as_str());
    let class = question.classification.map_or("", |classification| classification.id.as_str());
    let by: Vec<&str> = question.by.iter().map(|column| column.code()).collect();
    let cell = cell.map_or_else(|| "total".to_owned(), |cell| format!("{}={}", by.join("+"), cell.join("+")));
    format!("{}.{} {when} {place} {known_at} {class} {cell} {group}", d.id, d.version)
}

/// What is counted once: a participant, or a phase or review of theirs.
fn unit(snapshot: &Snapshot, question: &Question<'_>, member: &Member) -> String {
    let trip = &snapshot.trips[member.trip];
    match question.definition.of {
        Of::Participation | Of::ReEntry => snapshot.people[trip.person].id.to_string(),
        of => format!("{of} {} {}", trip.id, member.on),
    }
}

/// Who is in which number.
#[derive(Default)]
struct Who(BTreeMap<String, BTreeSet<String>>);

impl Who {
    fn add(&mut self, snapshot: &Snapshot, question: &Question<'_>, counted: &Counted) {
        for member in &counted.members {
            let cell: Vec<String> =
                question.by.iter().map(|column| count::value(snapshot, question, member, *column)).collect();
            let part = question.definition.share.as_ref().map(|part| {
                let inside = count::within(part, &count::value(snapshot, question, member, part.column));
                if inside { GROUPS[1] } else { GROUPS[2] }
            });
            let keys = self.0.entry(unit(snapshot, question, member)).or_default();
            for group in [Some(GROUPS[0]), part].into_iter().flatten() {
                keys.insert(key(question, snapshot.known_at, None, group));
                if !cell.is_empty() {
                    keys.insert(key(question, snapshot.known_at, Some(&cell), group));
                }
            }
        }
    }

    fn overlay(self) -> Overlay {
        let mut overlay = Overlay::default();
        for keys in self.0.into_values() {
            overlay.add(keys, 1);
        }
        overlay
    }
}

/// Puts the questions of a release again, in their order.
///
/// # Errors
/// [`Trouble::Unreadable`] when a question cannot be read, or asks for a classification that is no longer there.
pub(crate) fn each<T>(
    programme: &Programme,
    asked: &Asked,
    mut with: impl FnMut(&Question<'_>) -> T,
) -> Result<Vec<T>, Trouble> {
    let one = |kept: &Kept| {
        let unreadable = || Trouble::Unreadable(format!("a question of {}", asked.numbers.name));
        let whole = kept.whole().ok_or_else(unreadable)?;
        let classification = match &whole.classification {
            None => None,
            Some(id) => Some(programme.classification(id).ok_or_else(unreadable)?),
        };
        let (definition, site, by) = (&whole.definition, whole.site, whole.by);
        Ok(with(&Question { definition, moment: whole.moment, site, by, classification }))
    };
    asked.questions.iter().map(one).collect()
}

/// A figure of a release, counted again, as far as the release tells it.
pub(crate) fn told(snapshot: &Snapshot, programme: &Programme, question: &Question<'_>, asked: &Asked) -> Guarded {
    shown(question, figure::compute(snapshot, programme, question), &asked.numbers)
}

/// Adds everyone in an earlier release.
fn add_earlier(who: &mut Who, history: &History, programme: &Programme, asked: &Asked) -> Result<(), Trouble> {
    let nowhere = Checkpoint { size: 0, root: [0; 32] };
    let snapshot = history.known(asked.known_at, nowhere, programme);
    each(programme, asked, |question| who.add(&snapshot, question, &count::count(&snapshot, question)))?;
    Ok(())
}

/// All earlier releases as a ledger.
fn ledger(earlier: &[Asked]) -> Result<Ledger, Trouble> {
    let releases: Vec<&Numbers> = earlier.iter().map(|asked| &asked.numbers).collect();
    serde_json::from_value(json!({ "releases": releases })).map_err(|error| Trouble::Unreadable(error.to_string()))
}

/// A release that is drafted: its figures as they may be shown, and what has to be kept of it.
pub struct Drafted {
    /// The figures.
    pub figures: Vec<Guarded>,
    /// What is kept.
    pub asked: Asked,
    /// Hash over the numbers as counted: to see later that they are still the same.
    pub exact: String,
}

/// Figures as counted, with the names of their numbers and who is in each.
struct Gathered {
    who: Who,
    figures: Vec<Figure>,
    keys: Vec<String>,
}

impl Gathered {
    fn of<'q>(programme: &Programme, asked: impl Iterator<Item = (&'q Snapshot, &'q Question<'q>)>) -> Self {
        let (mut who, mut figures, mut keys) = (Who::default(), Vec::new(), Vec::new());
        for (snapshot, question) in asked {
            let counted = count::count(snapshot, question);
            who.add(snapshot, question, &counted);
            let figure = figure::figure(snapshot, programme, question, &counted);
            let groups = if question.definition.share.is_some() { &GROUPS[..] } else { &GROUPS[..1] };
            for group in groups {
                keys.push(key(question, snapshot.known_at, None, group));
                keys.extend(figure.cells.iter().map(|cell| key(question, snapshot.known_at, Some(&cell.key), group)));
            }
            figures.push(figure);
        }
        keys.sort();
        keys.dedup();
        Self { who, figures, keys }
    }
}

/// Figures that are read beside each other, as they may be shown to who cannot see every case in them: no number of one,
/// less a number of another, tells a small group.
///
/// # Errors
/// When they cannot be protected; then none is shown.
pub fn together(programme: &Programme, asked: &[(&Snapshot, &Question<'_>)]) -> Result<Vec<Guarded>, Refusal> {
    let Gathered { who, figures, keys } = Gathered::of(programme, asked.iter().copied());
    let numbers = Ledger::default().suppressed("together", &keys, &who.overlay())?;
    let one = |((_, question), figure): (&(&Snapshot, &Question<'_>), Figure)| {
        let excluded = left_out(&figure.excluded);
        Guarded { excluded, ..shown(question, figure, &numbers) }
    };
    Ok(asked.iter().zip(figures).map(one).collect())
}

/// Drafts a release of some questions, all known at the moment of the snapshot.
///
/// # Errors
/// [`Trouble`]: with the earlier releases it would give a small group away, and no number can be left out to prevent that.
pub fn draft(
    history: &History,
    snapshot: &Snapshot,
    programme: &Programme,
    name: &str,
    questions: &[Question<'_>],
    earlier: &[Asked],
) -> Result<Drafted, Trouble> {
    let Gathered { mut who, figures, keys } =
        Gathered::of(programme, questions.iter().map(|question| (snapshot, question)));
    for asked in earlier {
        add_earlier(&mut who, history, programme, asked)?;
    }
    // the same group keeps the same number: what was said of it before is said again
    let numbers = ledger(earlier)?.suppressed(name, &keys, &who.overlay())?;
    let exact = exact(&figures);
    let figures = questions.iter().zip(figures).map(|(question, figure)| shown(question, figure, &numbers));
    let (figures, questions) = (figures.collect(), questions.iter().map(Kept::of).collect());
    Ok(Drafted { figures, asked: Asked { known_at: snapshot.known_at, questions, numbers }, exact })
}

/// Whether a release, with everything that was released before, gives nobody away: the attack is asked again.
///
/// # Errors
/// [`Trouble`] says what it would give away.
pub fn stands(history: &History, programme: &Programme, asked: &Asked, earlier: &[Asked]) -> Result<(), Trouble> {
    let mut who = Who::default();
    for asked in earlier.iter().chain([asked]) {
        add_earlier(&mut who, history, programme, asked)?;
    }
    Ok(ledger(earlier)?.add(asked.numbers.clone(), &who.overlay())?)
}

/// Counts a release again, and gives the hash over its numbers.
///
/// # Errors
/// [`Trouble::Unreadable`] when what was kept cannot be read.
pub fn recount(snapshot: &Snapshot, programme: &Programme, asked: &Asked) -> Result<String, Trouble> {
    let figures = each(programme, asked, |question| figure::compute(snapshot, programme, question))?;
    Ok(exact(&figures))
}

fn exact(figures: &[Figure]) -> String {
    let hashes: Vec<String> = figures.iter().map(Figure::hash).collect();
    journal::hex(&Sha256::digest(canonical(&json!(hashes))))
}

/// A figure with what the release shows of it.
fn shown(question: &Question<'_>, figure: Figure, numbers: &Numbers) -> Guarded {
    let known_at = figure.about.known_at;
    let told = |cell: Option<&[String]>, value: Value| {
        let said = |group: &str| numbers.numbers.get(&key(question, known_at, cell, group)).copied();
        let hidden = |shown: Option<Shown>| {
            Told::Hidden(if shown == Some(Shown::Protecting) { Why::Protecting } else { Why::Small })
        };
        let open = |group: &str| said(group).and_then(Shown::number).is_some();
        match value {
            Value::Share { whole, .. } if open("all") => {
                if open("part") && open("rest") {
                    Told::Value(value)
                } else {
                    Told::Whole(whole)
                }
            }
            _ if open("all") => Told::Value(value),
            _ => hidden(said("all")),
        }
    };
    let cells = figure.cells.iter().map(|cell| (cell.key.clone(), told(Some(&cell.key), cell.value))).collect();
    Guarded {
        protected: true,
        cells,
        total: told(None, figure.total),
        // named without numbers: they are in no table that the ledger compares over releases
        excluded: figure.excluded.keys().map(|why| (*why, None)).collect(),
        about: figure.about,
    }
}
