//! One file: the sealed state of a trajectory and of its person.

use access::{Relation, Scope, State};
use domain::{
    codes::Category,
    ids::{MethodId, OrgId, ParticipantId, SiteId, TrajectoryId, UserId},
};
use jiff::{Timestamp, civil::Date};
use journal::{Row, Tx, Value, params};

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
    /// Version of the person's stream.
    pub person_version: u32,
    /// What the asker last saw of that.
    pub person_looked: Option<u32>,
    /// How the asker stands to it, and its state.
    pub case: (Relation, State),
}

const COLUMNS: &str = "t.id, t.participant, t.site, t.case_number, t.version, f.sealed, p.sealed, l.version, l.at,
    p.version, lp.version";
const FROM: &str = "FROM trajectory t JOIN file f ON f.trajectory = t.id JOIN participant p ON p.id = t.participant
    LEFT JOIN looked l ON l.trajectory = t.id AND l.person = $2
    LEFT JOIN looked lp ON lp.trajectory = t.participant AND lp.person = $2";
const PUT_LOOKED: &str = "INSERT INTO looked (person, trajectory, version, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (person, trajectory) DO UPDATE SET version = excluded.version, at = excluded.at
    WHERE looked.version <= excluded.version";
const SHIFTING: &str = "SELECT id FROM trajectory WHERE shift_on <= $1 LIMIT $2";
const METHOD_OF: &str = "SELECT method FROM trajectory WHERE id = $1";
const WHERE_IS: &str = "SELECT participant FROM trajectory WHERE id = $1";

/// Every statement here that does not vary.
pub const SQL: &[&str] = &[PUT_LOOKED, SHIFTING, WHERE_IS, METHOD_OF];

/// All trajectories of a person, with how an organisation stands to each.
fn of_person_sql() -> String {
    let case = scoped::columns(2, 3);
    format!(
        "SELECT t.id, t.site, t.case_number, t.opened, t.ended, t.version, {case} FROM trajectory t
         WHERE t.participant = $1 ORDER BY t.opened, t.id"
    )
}

/// One trajectory, with how an organisation stands to it.
fn case_sql() -> String {
    format!("SELECT t.participant, t.site, {} FROM trajectory t WHERE t.id = $1", scoped::columns(2, 3))
}

/// Every statement here that is put together.
pub fn statements() -> Vec<String> {
    vec![of_person_sql(), case_sql(), any_sql()]
}

fn narrow(version: i64) -> u32 {
    u32::try_from(version).unwrap_or(0)
}

/// A file of which anything may be seen; `None` otherwise, whether it exists or not.
pub fn file(tx: &mut Tx<'_>, scope: &Scope, id: TrajectoryId, today: Date) -> journal::Result<Option<FileRow>> {
    let rows = scoped::rows(scope, Category::Process, today, 3);
    let mut values = vec![Value::from(id.0), Value::from(scope.user().0)];
    values.extend(rows.values);
    let sql = format!("SELECT {COLUMNS}, {} {FROM} WHERE t.id = $1 AND {}", rows.columns, rows.condition);
    tx.one(&sql, &values, file_row)
}

fn any_sql() -> String {
    format!("SELECT {COLUMNS}, {} {FROM} WHERE t.id = $1", scoped::columns(3, 4))
}

/// A file at any site: for broken glass and answered questions, which the caller has checked.
pub fn any(tx: &mut Tx<'_>, scope: &Scope, id: TrajectoryId, today: Date) -> journal::Result<Option<FileRow>> {
    let values = params![id.0, scope.user().0, scope.org().as_str(), scoped::long_ago(today)];
    tx.one(&any_sql(), values, file_row)
}

fn file_row(row: &Row<'_>) -> journal::Result<FileRow> {
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
        person_version: narrow(row.get(9)?),
        person_looked: row.get::<Option<i64>>(10)?.map(narrow),
        case: scoped::case(row, 11)?,
    })
}

/// Remembers that someone has seen a file up to a version, and with it what is known about the person. A file and a
/// person are both streams: the row of the second bears the person's id.
pub fn looked(
    tx: &mut Tx<'_>,
    who: UserId,
    file: (TrajectoryId, u32),
    person: (ParticipantId, u32),
    at: Timestamp,
) -> journal::Result<()> {
    tx.exec(PUT_LOOKED, params![who.0, file.0.0, i64::from(file.1), at])?;
    tx.exec(PUT_LOOKED, params![who.0, person.0.0, i64::from(person.1), at])?;
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
    /// How the organisation that asks stands to it, were it at a site of theirs, and its state.
    pub case: (Relation, State),
}

/// All trajectories of a person, at every site: the caller tells nobody about other sites' ones.
pub fn of_person(tx: &mut Tx<'_>, org: &OrgId, person: ParticipantId, today: Date) -> journal::Result<Vec<Membership>> {
    tx.query(&of_person_sql(), params![person.0, org.as_str(), scoped::long_ago(today)], |row| {
        Ok(Membership {
            trajectory: TrajectoryId(row.get(0)?),
            site: row.get(1)?,
            case_number: row.get(2)?,
            opened: row.get(3)?,
            ended: row.get(4)?,
            version: narrow(row.get(5)?),
            case: scoped::case(row, 6)?,
        })
    })
}

/// Whose a trajectory is: for work on rows, which shows nothing to anyone.
pub fn whose(tx: &mut Tx<'_>, id: TrajectoryId) -> journal::Result<Option<ParticipantId>> {
    tx.one(WHERE_IS, params![id.0], |row| Ok(ParticipantId(row.get(0)?)))
}

/// The way of working a trajectory goes by: for what follows from it, which shows nothing to anyone.
pub fn method(tx: &mut Tx<'_>, id: TrajectoryId) -> journal::Result<Option<MethodId>> {
    let found = tx.one(METHOD_OF, params![id.0], |row| row.get::<String>(0))?;
    Ok(found.and_then(|method| method.parse().ok()))
}

/// Whose a trajectory is, where, and how an organisation stands to it were it at a site of theirs: for commands, which check
/// site and kind of fact.
pub fn case(
    tx: &mut Tx<'_>,
    org: &OrgId,
    id: TrajectoryId,
    today: Date,
) -> journal::Result<Option<(ParticipantId, SiteId, (Relation, State))>> {
    let found = tx.one(&case_sql(), params![id.0, org.as_str(), scoped::long_ago(today)], |row| {
        Ok((ParticipantId(row.get(0)?), row.get::<String>(1)?, scoped::case(row, 2)?))
    })?;
    Ok(found.and_then(|(person, site, case)| Some((person, site.parse().ok()?, case))))
}
