//! What figures are counted from: spells and the clear headers of facts, with the time at which each was learnt.
//!
//! [`History`] is everything that was ever known; [`Snapshot`] is what was known at one moment. Every figure is counted from
//! a snapshot, so that what was reported once can be counted again. Nothing personal is read.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use domain::{
    codes::{AgeBand, OrgKind, Sex},
    fact::{Codes, Kind},
    ids::{FactId, ParticipantId, TrajectoryId},
    programme::Programme,
    spell::Line,
};
use jiff::{Timestamp, civil::Date};
use journal::{Error, Row, Tx, Value, checkpoint, merkle::Hash, params, tree, tree::Tree};
use uuid::Uuid;

const SPELLS: &str = "SELECT trajectory, line, code, valid_from, valid_to, known_from, known_to FROM spell";
/// The kinds of fact whose headers say what no spell does.
const KINDS: &[Kind] = &[
    Kind::Registered,
    Kind::Left,
    Kind::CooperationReviewed,
    Kind::DossierRequested,
    Kind::WorkerAssigned,
    Kind::IdentityRecorded,
    Kind::Withdrawn,
];
const LATER: &str = "SELECT MIN(position) FROM fact WHERE recorded_at > $1";

fn heads() -> String {
    let kinds: Vec<String> = KINDS.iter().map(|kind| format!("'{kind}'")).collect();
    format!(
        "SELECT stream, stream_kind, subject, site, method, kind, valid_from, recorded_at, id, supersedes, codes, position
         FROM fact WHERE kind IN ({}) ORDER BY position",
        kinds.join(", ")
    )
}

/// Every statement of this room that reads, for the test that prepares them on both databases.
pub fn statements() -> Vec<String> {
    let fixed = crate::diff::SQL.iter().map(|sql| (*sql).to_owned());
    [SPELLS.to_owned(), heads(), LATER.to_owned()].into_iter().chain(fixed).collect()
}

/// The state of the history that a figure rests on: the head of the tree over the facts known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many facts.
    pub size: u64,
    /// The root of the tree over them (RFC 6962).
    pub root: Hash,
}

#[derive(Debug, Clone)]
struct KnownSpell {
    spell: Spell,
    from: Timestamp,
    to: Option<Timestamp>,
}

#[derive(Debug, Clone)]
struct Head {
    kind: Kind,
    on: Date,
    recorded: Timestamp,
    id: FactId,
    supersedes: Option<FactId>,
    codes: Codes,
}

#[derive(Debug, Clone)]
struct TripHistory {
    person: ParticipantId,
    site: Arc<str>,
    method: Arc<str>,
    spells: Vec<KnownSpell>,
    heads: Vec<Head>,
}

#[derive(Debug, Clone, Default)]
struct PersonHistory {
    heads: Vec<Head>,
    trips: Vec<TrajectoryId>,
}

/// Everything that was ever known, of everyone.
#[derive(Debug, Clone, Default)]
pub struct History {
    trips: BTreeMap<TrajectoryId, TripHistory>,
    people: BTreeMap<ParticipantId, PersonHistory>,
}

/// An interval of one code. Half-open: [from, to).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// About what.
    pub line: Line,
    /// Which value.
    pub code: Arc<str>,
    /// First day.
    pub from: Date,
    /// Day after the last, if it has ended.
    pub to: Option<Date>,
}

impl Spell {
    /// Whether it lasts at the start of a day: it began before, and ends that day or later (design.md 6.17).
    pub fn at_start_of(&self, day: Date) -> bool {
        self.from < day && self.to.is_none_or(|to| to >= day)
    }

    /// Whether it lasts at the end of a day.
    pub fn at_end_of(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| to > day)
    }
}

/// A cooperation review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// Day.
    pub on: Date,
    /// Outcome.
    pub cooperates: bool,
    /// Whether a consequence was taken.
    pub consequence: bool,
}

/// A trajectory as it was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// Which.
    pub id: TrajectoryId,
    /// Place of the participant in [`Snapshot::people`].
    pub person: usize,
    /// Site.
    pub site: Arc<str>,
    /// Way of working under which it opened.
    pub method: Arc<str>,
    /// Day of registration.
    pub opened: Date,
    /// In order of line and first day.
    pub spells: Vec<Spell>,
    /// When and why the participant left.
    pub left: Option<(Date, Arc<str>)>,
    /// Cooperation reviews, in order.
    pub reviews: Vec<Review>,
    /// First day on which the DT&V had a task in it: a worker, or a part of the dossier to deliver.
    pub dtv: Option<Date>,
}

impl Trip {
    /// The spells of a line.
    pub fn line(&self, line: Line) -> impl Iterator<Item = &Spell> {
        self.spells.iter().filter(move |spell| spell.line == line)
    }

    /// The day on which the trajectory ended, by leaving or otherwise.
    pub fn ended(&self) -> Option<Date> {
        self.line(Line::Phase).find(|spell| &*spell.code == "ended").map(|spell| spell.from)
    }
}

/// Age band and sex, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// From which day.
    pub on: Date,
    /// Ten-year band.
    pub age_band: Option<AgeBand>,
    /// Sex.
    pub sex: Option<Sex>,
}

/// A participant as known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who; says nothing about them.
    pub id: ParticipantId,
    /// Places of their trajectories, in order of registration.
    pub trips: Vec<usize>,
    /// What was recorded of age and sex, in order.
    pub identities: Vec<Identity>,
}

/// What was known at a moment, of everyone.
///
/// Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The moment.
    pub known_at: Timestamp,
    /// The history it rests on.
    pub checkpoint: Checkpoint,
    /// Trajectories, by participant and in order of registration.
    pub trips: Arc<Vec<Trip>>,
    /// Participants, in order of their id.
    pub people: Arc<Vec<Person>>,
}

/// Many rows share few texts.
#[derive(Default)]
struct Interned(HashSet<Arc<str>>);

impl Interned {
    fn get(&mut self, text: String) -> Arc<str> {
        if let Some(known) = self.0.get(text.as_str()) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.0.insert(Arc::clone(&text));
        text
    }
}

fn head(row: &Row<'_>) -> journal::Result<Head> {
    let kind: String = row.get(5)?;
    let position = u64::try_from(row.get::<i64>(11)?).unwrap_or(0);
    let damaged = |what: &str| Error::Damaged { position, what: what.to_owned() };
    let codes: String = row.get(10)?;
    Ok(Head {
        kind: Kind::from_code(&kind).ok_or_else(|| damaged("kind"))?,
        on: row.get(6)?,
        recorded: row.get(7)?,
        id: FactId(row.get(8)?),
        supersedes: row.get::<Option<Uuid>>(9)?.map(FactId),
        codes: serde_json::from_str(&codes).map_err(|_| damaged("codes"))?,
    })
}

fn known_spell(row: &Row<'_>, texts: &mut Interned) -> journal::Result<KnownSpell> {
    let line: String = row.get(1)?;
    let line = Line::ALL.iter().copied().find(|known| known.code() == line);
    let line = line.ok_or_else(|| Error::Unusable("a spell of an unknown line; run `bestendig rebuild`".to_owned()))?;
    let spell = Spell { line, code: texts.get(row.get(2)?), from: row.get(3)?, to: row.get(4)? };
    Ok(KnownSpell { spell, from: row.get(5)?, to: row.get(6)? })
}

impl History {
    /// When the last of its facts was recorded.
    pub(crate) fn last_recorded(&self) -> Option<Timestamp> {
        let trips = self.trips.values().flat_map(|trip| &trip.heads);
        trips.chain(self.people.values().flat_map(|person| &person.heads)).map(|head| head.recorded).max()
    }

    /// Reads it.
    ///
    /// # Errors
    /// When the store cannot be read, or a row of it.
    pub fn load(tx: &mut Tx<'_>) -> journal::Result<Self> {
        let mut texts = Interned::default();
        let mut history = Self::default();
        let rows = tx.query(&heads(), params![], |row| {
            let (stream, kind): (Uuid, String) = (row.get(0)?, row.get(1)?);
            let (subject, site, method) = (ParticipantId(row.get(2)?), row.get(3)?, row.get(4)?);
            let place = (texts.get(site), texts.get(method));
            Ok(((kind == "trajectory").then_some(TrajectoryId(stream)), subject, place, head(row)?))
        })?;
        for (trip, person, (site, method), head) in rows {
            let known = history.people.entry(person).or_default();
            let Some(id) = trip else {
                known.heads.push(head);
                continue;
            };
            let empty = || TripHistory { person, site, method, spells: vec![], heads: vec![] };
            let trip = history.trips.entry(id).or_insert_with(|| {
                known.trips.push(id);
                empty()
            });
            trip.heads.push(head);
        }
        let spells =
            tx.query(SPELLS, params![], |row| Ok((TrajectoryId(row.get(0)?), known_spell(row, &mut texts)?)))?;
        for (trip, spell) in spells {
            // a spell without a registration follows from nothing
            let found = history.trips.get_mut(&trip);
            let what = "a spell of a trajectory that is not in the journal; run `bestendig rebuild`";
            found.ok_or_else(|| Error::Unusable(what.to_owned()))?.spells.push(spell);
        }
        Ok(history)
    }

    /// What was known at a moment: what had been learnt by then and had not turned out otherwise.
    pub fn known(&self, at: Timestamp, checkpoint: Checkpoint, programme: &Programme) -> Snapshot {
        self.snapshot(at, checkpoint, programme, self.people.iter())
    }

    /// The same, of one participant.
    pub fn known_of(&self, who: ParticipantId, at: Timestamp, programme: &Programme) -> Snapshot {
        let nowhere = Checkpoint { size: 0, root: Hash::default() };
        self.snapshot(at, nowhere, programme, self.people.get_key_value(&who).into_iter())
    }

    fn snapshot<'h>(
        &self,
        at: Timestamp,
        checkpoint: Checkpoint,
        programme: &Programme,
        people: impl Iterator<Item = (&'h ParticipantId, &'h PersonHistory)>,
    ) -> Snapshot {
        let dtv = |org: &domain::ids::OrgId| programme.org(org).is_some_and(|org| org.kind == OrgKind::Dtv);
        let (mut all, mut persons) = (Vec::new(), Vec::new());
        for (id, history) in people {
            let place = persons.len();
            let known = history.trips.iter().filter_map(|trip| Some((*trip, self.trips.get(trip)?)));
            let mut trips: Vec<Trip> = known.filter_map(|(id, trip)| trip.known(id, place, at, dtv)).collect();
            trips.sort_by_key(|trip| (trip.opened, trip.id));
            let first = all.len();
            let person = Person { trips: (first..first + trips.len()).collect(), ..history.known(*id, at) };
            all.extend(trips);
            persons.push(person);
        }
        Snapshot { known_at: at, checkpoint, trips: Arc::new(all), people: Arc::new(persons) }
    }

    /// The moments after one and up to another at which something was learnt of anyone, by participant.
    pub fn learnt(&self, after: Timestamp, until: Timestamp) -> BTreeMap<ParticipantId, BTreeSet<Timestamp>> {
        let mut out: BTreeMap<ParticipantId, BTreeSet<Timestamp>> = BTreeMap::new();
        let mut note = |person: ParticipantId, at: Timestamp| {
            if at > after && at <= until {
                out.entry(person).or_default().insert(at);
            }
        };
        for (id, person) in &self.people {
            person.heads.iter().for_each(|head| note(*id, head.recorded));
        }
        for trip in self.trips.values() {
            trip.heads.iter().for_each(|head| note(trip.person, head.recorded));
            for spell in &trip.spells {
                note(trip.person, spell.from);
                spell.to.into_iter().for_each(|to| note(trip.person, to));
            }
        }
        out
    }

    /// Everyone there is anything about.
    pub fn everyone(&self) -> impl Iterator<Item = ParticipantId> {
        self.people.keys().copied()
    }

    /// The trajectories of a participant.
    pub fn trips_of(&self, who: ParticipantId) -> &[TrajectoryId] {
        self.people.get(&who).map_or(&[], |person| &person.trips)
    }
}

impl TripHistory {
    fn known(
        &self,
        id: TrajectoryId,
        person: usize,
        at: Timestamp,
        dtv: impl Fn(&domain::ids::OrgId) -> bool,
    ) -> Option<Trip> {
        let heads = holding(&self.heads, at);
        let registered = heads.iter().find(|head| head.kind == Kind::Registered)?;
        let mut spells: Vec<Spell> = self
            .spells
            .iter()
            .filter(|known| known.from <= at && known.to.is_none_or(|to| to > at))
            .map(|known| known.spell.clone())
            .collect();
        spells.sort_by(|a, b| (a.line, a.from, &a.code).cmp(&(b.line, b.from, &b.code)));
        let of = |kind: Kind| heads.iter().filter(move |head| head.kind == kind);
        let left = of(Kind::Left).next_back();
        let left = left.and_then(|head| Some((head.on, head.codes.outflow_reason.as_ref()?.as_str().into())));
        let mut reviews: Vec<Review> = of(Kind::CooperationReviewed)
            .filter_map(|head| Some(Review { on: head.on, cooperates: head.codes.cooperates?, consequence: false }))
            .collect();
        reviews.sort_by_key(|review| review.on);
        // a consequence follows from the last review before it that found no cooperation
        for taken in spells.iter().filter(|spell| spell.line.code() == "consequence") {
            let review = reviews.iter_mut().rev().find(|review| !review.cooperates && review.on <= taken.from);
            review.into_iter().for_each(|review| review.consequence = true);
        }
        let tasks = of(Kind::WorkerAssigned).chain(of(Kind::DossierRequested));
        let dtv = tasks.filter(|head| head.codes.partner.as_ref().is_some_and(&dtv)).map(|head| head.on).min();
        let (site, method) = (Arc::clone(&self.site), Arc::clone(&self.method));
        Some(Trip { id, person, site, method, opened: registered.on, spells, left, reviews, dtv })
    }
}

impl PersonHistory {
    fn known(&self, id: ParticipantId, at: Timestamp) -> Person {
        let mut identities: Vec<Identity> = holding(&self.heads, at)
            .iter()
            .filter(|head| head.kind == Kind::IdentityRecorded)
            .map(|head| Identity { on: head.on, age_band: head.codes.age_band, sex: head.codes.sex })
            .collect();
        identities.sort_by_key(|identity| identity.on);
        Person { id, trips: vec![], identities }
    }
}

/// The facts of a stream that held at a moment, in their order: what was superseded by then no longer did, and what a
/// correction had replaced holds again once that correction is withdrawn (as in `domain::history`).
fn holding(heads: &[Head], at: Timestamp) -> Vec<&Head> {
    let known: Vec<&Head> = heads.iter().filter(|head| head.recorded <= at).collect();
    let (mut superseded, mut withdrawn) = (HashSet::new(), HashSet::new());
    for head in known.iter().rev() {
        let Some(old) = head.supersedes.filter(|_| !withdrawn.contains(&head.id)) else { continue };
        superseded.insert(old);
        if head.kind == Kind::Withdrawn {
            withdrawn.insert(old);
        }
    }
    known.into_iter().filter(|head| head.kind != Kind::Withdrawn && !superseded.contains(&head.id)).collect()
}

/// The head of the tree over the facts that had been recorded at a moment: those before the first that came later.
///
/// # Errors
/// When the store or its tree cannot be read.
pub fn checkpoint_at(tx: &mut Tx<'_>, at: Timestamp) -> journal::Result<Checkpoint> {
    let later = tx.one(LATER, &[Value::from(at)], |row| row.get::<Option<i64>>(0))?.flatten();
    let size = match later {
        Some(position) => u64::try_from(position - 1).unwrap_or(0),
        None => checkpoint::head(tx, Tree::Facts, "")?.size,
    };
    Ok(Checkpoint { size, root: tree::root_at(tx, Tree::Facts, size)? })
}

/// What was known at a moment, read from the store.
///
/// # Errors
/// When the store cannot be read.
pub fn snapshot(tx: &mut Tx<'_>, at: Timestamp, programme: &Programme) -> journal::Result<Snapshot> {
    let checkpoint = checkpoint_at(tx, at)?;
    Ok(History::load(tx)?.known(at, checkpoint, programme))
}
