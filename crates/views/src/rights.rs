//! Requests of participants about their data that wait for an answer.

use access::{Relation, Scope, State};
use domain::{
    codes::Category,
    ids::{FactId, OrgId, ParticipantId, TrajectoryId, UserId},
    participant::Person,
};
use jiff::{Timestamp, civil::Date};
use journal::{Tx, params};

use crate::scoped;

const DROP: &str = "DELETE FROM rights_request WHERE participant = $1";
const PUT: &str = "INSERT INTO rights_request (request, participant, received, due) VALUES ($1, $2, $3, $4)";
const LOOKED: &str = "SELECT person, at FROM looked WHERE trajectory = $1 ORDER BY at, person";
const INVOLVED: &str = "SELECT org FROM involved WHERE trajectory = $1 ORDER BY org";

/// Every statement here that does not vary.
pub const SQL: &[&str] = &[DROP, PUT, LOOKED, INVOLVED];

/// A request that waits, beside a case of its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// The request.
    pub request: FactId,
    /// Whose.
    pub participant: ParticipantId,
    /// A case of theirs.
    pub trajectory: TrajectoryId,
    /// Its number.
    pub case_number: String,
    /// Where.
    pub site: String,
    /// When it was received.
    pub received: Date,
    /// By when it has to be answered.
    pub due: Date,
    /// How the asker stands to the case.
    pub case: (Relation, State),
}

/// Writes what waits of a person.
pub(crate) fn put(tx: &mut Tx<'_>, person: &Person) -> journal::Result<()> {
    tx.exec(DROP, params![person.id.0])?;
    for request in person.rights.open() {
        tx.exec(PUT, params![request.fact.0, person.id.0, request.on, request.term().end])?;
    }
    Ok(())
}

/// What waits at the sites of a scope, soonest first: a row for each case of the person that may be seen.
pub fn open(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> journal::Result<Vec<RequestRow>> {
    let scoped::Rows { condition, columns, values } = scoped::rows(scope, Category::Process, today, 1);
    let sql = format!(
        "SELECT r.request, r.participant, t.id, t.case_number, t.site, r.received, r.due, {columns}
         FROM rights_request r JOIN trajectory t ON t.participant = r.participant
         WHERE {condition} ORDER BY r.due, r.request, t.opened, t.id"
    );
    tx.query(&sql, &values, |row| {
        Ok(RequestRow {
            request: FactId(row.get(0)?),
            participant: ParticipantId(row.get(1)?),
            trajectory: TrajectoryId(row.get(2)?),
            case_number: row.get(3)?,
            site: row.get(4)?,
            received: row.get(5)?,
            due: row.get(6)?,
            case: scoped::case(row, 7)?,
        })
    })
}

/// Who opened a file, and when last: for the participant, who is told the organisations.
pub fn looked(tx: &mut Tx<'_>, id: TrajectoryId) -> journal::Result<Vec<(UserId, Timestamp)>> {
    tx.query(LOOKED, params![id.0], |row| Ok((UserId(row.get(0)?), row.get(1)?)))
}

/// The organisations with a task in a case.
pub fn involved(tx: &mut Tx<'_>, id: TrajectoryId) -> journal::Result<Vec<OrgId>> {
    let codes = tx.query(INVOLVED, params![id.0], |row| row.get::<String>(0))?;
    Ok(codes.into_iter().filter_map(|code| code.parse().ok()).collect())
}
