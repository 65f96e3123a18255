//! Reading facts back: rows first, then opened with the key of their subject.

use domain::{
    codes::Purpose,
    fact::{Codes, Fact, Header, Kind, Sealed},
    ids::{CommandId, FactId, MethodId, OrgId, ParticipantId, SiteId, Stream, TrajectoryId, UserId},
    trajectory::Recorded,
};
use jiff::{Timestamp, civil::Date};

use crate::{
    append::place,
    error::{Error, Result},
    params,
    seal::{Class, PersonKey},
    sql::{Row, Tx},
};

/// A fact as it stands in the journal, its sealed part still closed.
#[derive(Debug, Clone)]
pub struct StoredFact {
    /// Place in the whole journal, from 1.
    pub position: u64,
    /// Place in the stream, from 1.
    pub number: u32,
    /// The clear part.
    pub header: Header,
    /// The codes as they were written.
    pub(crate) codes: String,
    /// The ciphertext; `None` once the person is forgotten.
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) sealed_hash: [u8; 32],
    pub(crate) chain: [u8; 32],
}

const COLUMNS: &str = "position, id, stream, stream_kind, number, subject, site, method, kind, version, valid_from,
    recorded_at, actor, org, source, purpose, command, supersedes, codes, sealed, sealed_hash, chain FROM fact";
const STREAMS: &str =
    "SELECT stream, stream_kind, subject FROM stream_head WHERE subject = $1 ORDER BY stream_kind, stream";
const SUBJECTS: &str = "SELECT DISTINCT subject FROM stream_head ORDER BY subject";

const LATEST: &str = "SELECT MAX(recorded_at), MAX(valid_from) FROM fact";

const KINDS: &str = "SELECT DISTINCT kind, version FROM fact ORDER BY kind, version";

/// A stream and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamOf {
    /// Which.
    pub stream: Stream,
    /// Whose.
    pub subject: ParticipantId,
}

fn stream_of(kind: &str, id: uuid::Uuid) -> Result<Stream> {
    match kind {
        "participant" => Ok(Stream::Participant(ParticipantId(id))),
        "trajectory" => Ok(Stream::Trajectory(TrajectoryId(id))),
        other => Err(Error::NewerFact { kind: format!("stream {other}"), version: 0 }),
    }
}

fn small<T: TryFrom<i64>>(position: u64, what: &'static str, value: i64) -> Result<T> {
    T::try_from(value).map_err(|_| Error::Damaged { position, what: format!("{what} is {value}") })
}

fn stored(row: &Row<'_>) -> Result<StoredFact> {
    let position: u64 = u64::try_from(row.get::<i64>(0)?).unwrap_or(0);
    let damaged = |what: &str| Error::Damaged { position, what: what.to_owned() };
    let kind: String = row.get(8)?;
    let version: u16 = small(position, "version", row.get(9)?)?;
    let known = Kind::from_code(&kind).filter(|known| version <= known.version());
    let kind = known.ok_or(Error::NewerFact { kind, version })?;
    let codes: String = row.get(18)?;
    let text = |at: usize| row.get::<String>(at);
    let header = Header {
        id: FactId(row.get(1)?),
        stream: stream_of(&text(3)?, row.get(2)?)?,
        subject: ParticipantId(row.get(5)?),
        site: text(6)?.parse::<SiteId>().map_err(|_| damaged("site"))?,
        method: text(7)?.parse::<MethodId>().map_err(|_| damaged("method"))?,
        kind,
        version,
        valid_from: row.get(10)?,
        recorded_at: row.get(11)?,
        actor: UserId(row.get(12)?),
        org: text(13)?.parse::<OrgId>().map_err(|_| damaged("org"))?,
        source: text(14)?.parse::<OrgId>().map_err(|_| damaged("source"))?,
        purpose: Purpose::from_code(&text(15)?).ok_or_else(|| damaged("purpose"))?,
        command: CommandId(row.get(16)?),
        supersedes: row.get::<Option<uuid::Uuid>>(17)?.map(FactId),
        codes: serde_json::from_str::<Codes>(&codes).map_err(|_| damaged("codes"))?,
    };
    let (sealed, sealed_hash, chain) = (row.get(19)?, row.get(20)?, row.get(21)?);
    Ok(StoredFact {
        position,
        number: small(position, "number", row.get(4)?)?,
        header,
        codes,
        sealed,
        sealed_hash,
        chain,
    })
}

impl StoredFact {
    /// The hash of the stream up to and with this fact.
    pub const fn chain(&self) -> [u8; 32] {
        self.chain
    }

    /// Opens what these keys open of the sealed part. Without key or ciphertext the person is forgotten: a fact without
    /// body, as is one of a category whose key is not held.
    ///
    /// # Errors
    /// When the ciphertext does not open here, or was written by a newer program.
    pub fn open(self, key: Option<&PersonKey>) -> Result<Recorded> {
        let number = self.number;
        let (Some(key), Some(sealed)) = (key, &self.sealed) else {
            return Ok(Recorded { number, fact: Fact { header: self.header, body: None, why: None } });
        };
        let sections = key.open(Class::Fact, &place(&self.header), sealed)?;
        let sealed = Sealed::from_sections(self.header.kind, self.header.version, &sections)
            .map_err(|problem| Error::Damaged { position: self.position, what: problem.to_string() })?;
        let (body, why) = sealed.map_or((None, None), |sealed| (Some(sealed.body), sealed.why));
        Ok(Recorded { number, fact: Fact { header: self.header, body, why } })
    }
}

/// All facts of a stream, in their order.
pub fn stream(tx: &mut Tx<'_>, stream: Stream) -> Result<Vec<StoredFact>> {
    tx.query(&format!("SELECT {COLUMNS} WHERE stream = $1 ORDER BY number"), params![stream.id()], stored)
}

/// All facts about the trajectories of a site, those of one together and in their order.
pub fn of_site(tx: &mut Tx<'_>, site: &SiteId) -> Result<Vec<StoredFact>> {
    tx.query(&of_site_sql(), params![site.as_str()], stored)
}

fn of_site_sql() -> String {
    format!("SELECT {COLUMNS} WHERE site = $1 AND stream_kind = 'trajectory' ORDER BY stream, number")
}

/// Facts after a position, in the order of the journal.
pub fn after(tx: &mut Tx<'_>, position: u64, most: u32) -> Result<Vec<StoredFact>> {
    let from = i64::try_from(position).unwrap_or(i64::MAX);
    let sql = format!("SELECT {COLUMNS} WHERE position > $1 ORDER BY position LIMIT $2");
    tx.query(&sql, params![from, i64::from(most)], stored)
}

/// Everyone the journal has facts about.
pub fn subjects(tx: &mut Tx<'_>) -> Result<Vec<ParticipantId>> {
    tx.query(SUBJECTS, params![], |row| Ok(ParticipantId(row.get(0)?)))
}

/// When the last fact was recorded, and the last day from which one holds; `None` without facts.
pub fn latest(tx: &mut Tx<'_>) -> Result<Option<(Timestamp, Date)>> {
    let found = tx.one(LATEST, params![], |row| Ok((row.get::<Option<_>>(0)?, row.get::<Option<_>>(1)?)))?;
    Ok(found.and_then(|(recorded, valid)| Some((recorded?, valid?))))
}

/// Whether this program knows every kind and version of fact there is.
///
/// # Errors
/// [`Error::NewerFact`] with the first it does not know.
pub fn all_known(tx: &mut Tx<'_>) -> Result<()> {
    for (kind, version) in tx.query(KINDS, params![], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))? {
        let known = Kind::from_code(&kind).is_some_and(|known| version <= i64::from(known.version()));
        if !known {
            return Err(Error::NewerFact { kind, version: u16::try_from(version).unwrap_or(u16::MAX) });
        }
    }
    Ok(())
}

/// The streams of a person: the person first, then the trajectories.
pub fn streams(tx: &mut Tx<'_>, subject: ParticipantId) -> Result<Vec<StreamOf>> {
    tx.query(STREAMS, params![subject.0], |row| {
        Ok(StreamOf { stream: stream_of(&row.get::<String>(1)?, row.get(0)?)?, subject: ParticipantId(row.get(2)?) })
    })
}

/// Every statement here.
pub fn statements() -> Vec<String> {
    vec![
        format!("SELECT {COLUMNS} WHERE stream = $1 ORDER BY number"),
        format!("SELECT {COLUMNS} WHERE position > $1 ORDER BY position LIMIT $2"),
        of_site_sql(),
        STREAMS.to_owned(),
        SUBJECTS.to_owned(),
        KINDS.to_owned(),
        LATEST.to_owned(),
    ]
}
