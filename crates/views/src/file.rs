//! One file: the sealed state of a trajectory and of its person.

use access::Scope;
use domain::ids::{ParticipantId, TrajectoryId, UserId};
use jiff::{Timestamp, civil::Date};
use journal::{Tx, Value, params};

use crate::scoped;

/// A file, still sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRow {
    /// Which.
    pub trajectory: TrajectoryId,
    /// Whose.
    pub participant: ParticipantId,
    /// Site.
    pub site: String,
    /// Case number.
    pub case_number: String,
    /// Version of the stream.
    pub version: u32,
    /// The state of the trajectory, sealed.
    pub sealed: Option<Vec<u8>>,
    /// The person, sealed.
    pub person: Option<Vec<u8>>,
    /// What the asker last saw, and when.
    pub looked: Option<(u32, Timestamp)>,
}

const COLUMNS: &str = "t.id, t.participant, t.site, t.case_number, t.version, f.sealed, p.sealed, l.version, l.at
    FROM trajectory t JOIN file f ON f.trajectory = t.id JOIN participant p ON p.id = t.participant
    LEFT JOIN looked l ON l.trajectory = t.id AND l.person = $2";
const PUT_LOOKED: &str = "INSERT INTO looked (person, trajectory, version, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (person, trajectory) DO UPDATE SET version = excluded.version, at = excluded.at
    WHERE looked.version < excluded.version";
const SHIFTING: &str = "SELECT id FROM trajectory WHERE shift_on <= $1 LIMIT $2";
const OF_PERSON: &str = "SELECT id, site, case_number, opened, ended, version FROM trajectory WHERE participant = $1
    ORDER BY opened, id";
const WHERE_IS: &str = "SELECT participant, site, version FROM trajectory WHERE id = $1";

/// Every statement here that does not vary.
pub const SQL: &[&str] = &[PUT_LOOKED, SHIFTING, OF_PERSON, WHERE_IS];

fn narrow(version: i64) -> u32 {
    u32::try_from(version).unwrap_or(0)
}

/// A file within the scope; `None` otherwise, whether it exists or not.
pub fn file(tx: &mut Tx<'_>, scope: &Scope, id: TrajectoryId) -> journal::Result<Option<FileRow>> {
    let (sites, more) = scoped::sites(scope, 3);
    let mut values = vec![Value::from(id.0), Value::from(scope.user().0)];
    values.extend(more);
    tx.one(&format!("SELECT {COLUMNS} WHERE t.id = $1 AND t.site {sites}"), &values, |row| {
        let seen: Option<i64> = row.get(7)?;
        let at: Option<Timestamp> = row.get(8)?;
        Ok(FileRow {
            trajectory: TrajectoryId(row.get(0)?),
            participant: ParticipantId(row.get(1)?),
            site: row.get(2)?,
            case_number: row.get(3)?,
            version: narrow(row.get(4)?),
            sealed: row.get(5)?,
            person: row.get(6)?,
            looked: seen.map(narrow).zip(at),
        })
    })
}

/// Remembers that someone has seen a file up to a version.
pub fn looked(tx: &mut Tx<'_>, who: UserId, id: TrajectoryId, version: u32, at: Timestamp) -> journal::Result<()> {
    tx.exec(PUT_LOOKED, params![who.0, id.0, i64::from(version), at])?;
    Ok(())
}

/// Trajectories whose row changes by itself on or before a day.
pub fn shifting(tx: &mut Tx<'_>, today: Date, most: u32) -> journal::Result<Vec<TrajectoryId>> {
    tx.query(SHIFTING, params![today, i64::from(most)], |row| Ok(TrajectoryId(row.get(0)?)))
}

/// A trajectory of a person, without anything sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Which.
    pub trajectory: TrajectoryId,
    /// Where.
    pub site: String,
    /// Case number.
    pub case_number: String,
    /// Day of registration.
    pub opened: Date,
    /// Day it ended.
    pub ended: Option<Date>,
    /// Version of the stream.
    pub version: u32,
}

/// All trajectories of a person, at every site: the caller tells nobody about other sites' ones.
pub fn of_person(tx: &mut Tx<'_>, person: ParticipantId) -> journal::Result<Vec<Membership>> {
    tx.query(OF_PERSON, params![person.0], |row| {
        Ok(Membership {
            trajectory: TrajectoryId(row.get(0)?),
            site: row.get(1)?,
            case_number: row.get(2)?,
            opened: row.get(3)?,
            ended: row.get(4)?,
            version: narrow(row.get(5)?),
        })
    })
}

/// Whose a trajectory is, where, and its version: for commands, which check access themselves.
pub fn where_is(tx: &mut Tx<'_>, id: TrajectoryId) -> journal::Result<Option<(ParticipantId, String, u32)>> {
    tx.one(WHERE_IS, params![id.0], |row| Ok((ParticipantId(row.get(0)?), row.get(1)?, narrow(row.get(2)?))))
}
