//! What changed between two reports: the facts that make the difference, one by one, summing exactly to it.
//!
//! First the question of the first report is asked again after each moment at which something was learnt, up to the moment
//! at which the second was known: what changes then was learnt then. After that the question itself moves, to the other day,
//! period or place. Every step is taken for one participant at a time, so that the sum of all steps is the difference.

use std::collections::BTreeMap;

use domain::{
    fact::Kind,
    ids::{ParticipantId, TrajectoryId},
    programme::Programme,
    spell::Line,
};
use jiff::{Timestamp, civil::Date};
use journal::{Tx, params};
use uuid::Uuid;

use crate::{
    count::{self, Member},
    history::{History, Snapshot},
    question::{Moment, Question},
};

const FACTS: &str = "SELECT kind, valid_from, recorded_at, supersedes FROM fact WHERE stream = $1 ORDER BY number";

/// Every statement here.
pub const SQL: &[&str] = &[FACTS];

/// By how much a number changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delta {
    /// How many more are counted.
    pub count: i64,
    /// How many more are in the part, where a share is told.
    pub part: i64,
}

/// Numbers by cell: the values of the breakdowns.
pub type Deltas = BTreeMap<Vec<String>, Delta>;

/// Why someone is counted otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// Something was learnt at this moment.
    Learnt(Timestamp),
    /// The second report is about another day, period or place; this is the day of the event in question.
    Moved(Date),
}

/// A fact that was learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactLine {
    /// What kind.
    pub kind: Kind,
    /// The day from which it holds.
    pub on: Date,
    /// Whether it corrected or withdrew another.
    pub corrects: bool,
}

/// One participant counted otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who; says nothing about them.
    pub person: ParticipantId,
    /// In which trajectory.
    pub trip: TrajectoryId,
    /// At which site.
    pub site: String,
    /// Why.
    pub because: Because,
    /// What it changes.
    pub deltas: Deltas,
    /// The facts learnt at that moment.
    pub facts: Vec<FactLine>,
}

/// A report: what was asked, and as known when.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// What was asked.
    pub question: &'a Question<'a>,
    /// As known when.
    pub known_at: Timestamp,
}

/// What one participant adds to each cell, with the members behind it.
struct Share {
    cells: Deltas,
    members: Vec<Member>,
    snapshot: Snapshot,
}

fn share(
    history: &History,
    programme: &Programme,
    who: ParticipantId,
    question: &Question<'_>,
    at: Timestamp,
) -> Share {
    let snapshot = history.known_of(who, at, programme);
    let members = count::count(&snapshot, question).members;
    let mut cells = Deltas::new();
    for member in &members {
        let key = question.by.iter().map(|column| count::value(&snapshot, question, member, *column)).collect();
        let inside = question
            .definition
            .share
            .as_ref()
            .is_some_and(|part| count::within(part, &count::value(&snapshot, question, member, part.column)));
        let cell = cells.entry(key).or_default();
        cell.count += 1;
        cell.part += i64::from(inside);
    }
    Share { cells, members, snapshot }
}

/// The cells of `after` without those of `before`; what does not change is left out.
pub fn less(after: &Deltas, before: &Deltas) -> Deltas {
    let mut out = after.clone();
    for (key, delta) in before {
        let cell = out.entry(key.clone()).or_default();
        cell.count -= delta.count;
        cell.part -= delta.part;
    }
    out.retain(|_, delta| *delta != Delta::default());
    out
}

/// The sum of changes: the difference between the two reports.
pub fn sum<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Deltas {
    let mut out = Deltas::new();
    for (key, delta) in changes.into_iter().flat_map(|change| &change.deltas) {
        let cell = out.entry(key.clone()).or_default();
        cell.count += delta.count;
        cell.part += delta.part;
    }
    out.retain(|_, delta| *delta != Delta::default());
    out
}

/// What makes the difference between two reports, in order of time. The first has to be known no later than the second.
pub fn changes(history: &History, programme: &Programme, first: Report<'_>, second: Report<'_>) -> Vec<Change> {
    let mut out = Vec::new();
    for (who, moments) in history.learnt(first.known_at, second.known_at) {
        let mut before = share(history, programme, who, first.question, first.known_at);
        // what was learnt and taken back in between makes no difference
        if before.cells == share(history, programme, who, first.question, second.known_at).cells {
            continue;
        }
        for at in moments {
            let after = share(history, programme, who, first.question, at);
            let deltas = less(&after.cells, &before.cells);
            out.extend(change(who, Because::Learnt(at), deltas, &before, &after));
            before = after;
        }
    }
    let (one, other) = (first.question, second.question);
    if (one.moment, &one.site) != (other.moment, &other.site) {
        for who in history.everyone() {
            let before = share(history, programme, who, one, second.known_at);
            let after = share(history, programme, who, other, second.known_at);
            let deltas = less(&after.cells, &before.cells);
            let day = event(&before, one).or_else(|| event(&after, other)).unwrap_or_else(|| start(other.moment));
            let day = if before.members.is_empty() { event(&after, other).unwrap_or(day) } else { day };
            out.extend(change(who, Because::Moved(day), deltas, &before, &after));
        }
    }
    out.sort_by_key(|change| (change.because, change.person));
    out
}

fn change(who: ParticipantId, because: Because, deltas: Deltas, before: &Share, after: &Share) -> Option<Change> {
    if deltas.is_empty() {
        return None;
    }
    let of = |share: &Share| share.members.last().map(|member| share.snapshot.trips[member.trip].clone());
    let trip = of(after).or_else(|| of(before))?;
    Some(Change { person: who, trip: trip.id, site: trip.site.to_string(), because, deltas, facts: vec![] })
}

fn start(moment: Moment) -> Date {
    match moment {
        Moment::Stock(on) => on,
        Moment::Inflow(period) | Moment::Outflow(period) => period.from,
    }
}

/// The day of what made someone count: of the event itself, or for a stock the day they began to take part.
fn event(share: &Share, question: &Question<'_>) -> Option<Date> {
    let member = share.members.last()?;
    let Moment::Stock(on) = question.moment else { return Some(member.on) };
    let trip = &share.snapshot.trips[member.trip];
    trip.line(Line::Status).filter(|spell| spell.at_start_of(on)).map(|spell| spell.from).last()
}

/// Adds to each change the facts that were learnt at its moment.
///
/// # Errors
/// When the store cannot be read.
pub fn explain(tx: &mut Tx<'_>, history: &History, changes: &mut [Change]) -> journal::Result<()> {
    let mut known: BTreeMap<Uuid, Vec<(Timestamp, FactLine)>> = BTreeMap::new();
    for change in changes {
        let Because::Learnt(at) = change.because else { continue };
        let trips = history.trips_of(change.person).iter().map(|trip| trip.0);
        for stream in trips.chain([change.person.0]) {
            let facts = match known.entry(stream) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => entry.insert(facts(tx, stream)?),
            };
            change.facts.extend(facts.iter().filter(|(learnt, _)| *learnt == at).map(|(_, fact)| fact.clone()));
        }
    }
    Ok(())
}

fn facts(tx: &mut Tx<'_>, stream: Uuid) -> journal::Result<Vec<(Timestamp, FactLine)>> {
    tx.query(FACTS, params![stream], |row| {
        let kind: String = row.get(0)?;
        let version = 0;
        let kind = Kind::from_code(&kind).ok_or(journal::Error::NewerFact { kind, version })?;
        let corrects = row.get::<Option<Uuid>>(3)?.is_some();
        Ok((row.get(2)?, FactLine { kind, on: row.get(1)?, corrects }))
    })
}
