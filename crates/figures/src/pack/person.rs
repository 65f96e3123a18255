//! Who is in a pack, and what of them: from a snapshot to days counted from someone's own first day.

use domain::programme::Classification;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::civil::Date;
use sha2::Sha256;

use crate::{
    count::{days, entered, identity},
    evaluation::cohort::{ENTERED, cause},
    history::{self, Snapshot, Trip},
};

/// The secret of a project: with it the same person has the same pseudonym in every pack of the project.
pub struct Key(Hmac<Sha256>);

impl Key {
    /// From 32 random bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        // every length is a key to HMAC
        Self(Hmac::<Sha256>::new_from_slice(secret).unwrap_or_else(|_| unreachable!("32 bytes are a key")))
    }

    /// The pseudonym: 96 bits of HMAC-SHA-256, so that nobody without the key can try ids, and two never meet.
    fn pseudonym(&self, id: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(b"bestendig research pack, person\0");
        mac.update(id);
        journal::hex(&mac.finalize().into_bytes()[..12])
    }

    /// The place of someone in a table: another order in every table, that nobody without the key can try.
    pub(crate) fn order(&self, table: &str, id: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in [b"bestendig research pack, table\0", table.as_bytes(), b"\0", id] {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Someone in a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Keyed hash.
    pub pseudonym: String,
    /// Site at which they first took part.
    pub site: String,
    /// Age on the first day, in ten years: `30-39`.
    pub age: String,
    /// Sex as recorded.
    pub sex: String,
    /// Days followed, at least 1.
    pub time: u32,
    /// 0: still followed; 1 durable, 2 semi-durable, 3 no solution.
    pub event: u8,
    /// Their spells, in order.
    pub spells: Vec<Spell>,
}

/// An interval of one code, in days since the first day; an open one has no end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spell {
    /// First trajectory, second …
    pub trajectory: usize,
    /// About what: phase, status …
    pub line: String,
    /// Which value.
    pub code: String,
    /// First day; before 0 when it lies before taking part.
    pub from: i64,
    /// Day after the last.
    pub to: Option<i64>,
}

/// Everyone who took part before `on`, as known in the snapshot, in the order of their pseudonyms (which says nothing).
pub fn people(snapshot: &Snapshot, classification: &Classification, key: &Key, on: Date) -> Vec<Person> {
    let mut out: Vec<Person> =
        snapshot.people.iter().filter_map(|person| of(snapshot, person, classification, key, on)).collect();
    out.sort_by(|a, b| a.pseudonym.cmp(&b.pseudonym));
    out
}

fn of(
    snapshot: &Snapshot,
    person: &history::Person,
    classification: &Classification,
    key: &Key,
    on: Date,
) -> Option<Person> {
    let trips = person.trips.iter().map(|place| &snapshot.trips[*place]);
    let mut took: Vec<(Date, &Trip)> = trips.filter_map(|trip| Some((entered(trip, &ENTERED)?, trip))).collect();
    took.retain(|(entry, _)| *entry < on);
    took.sort_by_key(|(entry, trip)| (*entry, trip.id));
    let ((entry, first), (_, last)) = (*took.first()?, *took.last()?);
    let left = last.left.as_ref().filter(|(day, _)| *day < on);
    let (end, event) = match left {
        Some((day, reason)) => (*day, cause(classification, reason)),
        None => (last.ended().filter(|day| *day < on).unwrap_or(on), 0),
    };
    let known = identity(snapshot, first, entry);
    let age = known.and_then(|identity| identity.age_band).map_or_else(|| "unknown".to_owned(), |band| decade(band.0));
    let sex = known.and_then(|identity| identity.sex).map_or("unknown", |sex| sex.code());
    let mut spells: Vec<Spell> = Vec::new();
    for (number, (_, trip)) in (1..).zip(&took) {
        for spell in trip.spells.iter().filter(|spell| spell.from < on) {
            let to = spell.to.filter(|to| *to < on).map(|to| days(entry, to));
            let (line, code) = (spell.line.code().to_owned(), spell.code.to_string());
            spells.push(Spell { trajectory: number, line, code, from: days(entry, spell.from), to });
        }
    }
    spells.sort();
    Some(Person {
        pseudonym: key.pseudonym(person.id.0.as_bytes()),
        site: first.site.to_string(),
        age,
        sex: sex.to_owned(),
        time: u32::try_from(days(entry, end)).unwrap_or(0).max(1),
        event,
        spells,
    })
}

/// `30-39`; the highest band has no end.
fn decade(band: u8) -> String {
    if band >= 90 { "90+".to_owned() } else { format!("{band}-{}", band + 9) }
}
