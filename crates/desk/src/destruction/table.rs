//! The tables of retention and destruction.

use domain::ids::{ParticipantId, UserId};
use jiff::{Timestamp, civil::Date};
use journal::{Tx, params};
use uuid::Uuid;

/// Ended trajectories of people who are still there and have no open one. Everything asked is in the clear header.
const ENDED: &str = "SELECT t.participant, t.site, t.case_number, t.ended,
    (SELECT COUNT(*) FROM spell s WHERE s.trajectory = t.id AND s.known_to IS NULL AND s.line = 'status'
        AND s.code IN ('admitted', 'sheltered-without-status', 'living-allowance-only'))
    FROM trajectory t JOIN participant p ON p.id = t.participant
    WHERE p.sealed IS NOT NULL AND t.ended IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM trajectory o WHERE o.participant = t.participant AND o.is_open = 1)
    ORDER BY t.participant, t.ended, t.id";
const HOLDS: &str = "SELECT participant, reason FROM legal_hold ORDER BY participant, reason";
const HOLD: &str = "INSERT INTO legal_hold (participant, reason, placed_by, placed_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (participant, reason) DO NOTHING";
const LIFT: &str = "DELETE FROM legal_hold WHERE participant = $1 AND reason = $2";
const BY_CASE: &str = "SELECT participant, site FROM trajectory WHERE case_number = $1";
const PROPOSE: &str = "INSERT INTO destruction (id, state, proposed_by, proposed_at) VALUES ($1, 'proposed', $2, $3)
    ON CONFLICT (id) DO NOTHING";
const ADD: &str = "INSERT INTO destruction_person (destruction, participant, grounds) VALUES ($1, $2, $3)";
const DECIDE: &str =
    "UPDATE destruction SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND state = 'proposed'";
const DONE: &str = "UPDATE destruction SET state = 'done', certificate = $2 WHERE id = $1";
const ALL: &str = "SELECT id, state, proposed_by, proposed_at, decided_by, decided_at, certificate FROM destruction
    ORDER BY proposed_at DESC, id LIMIT 200";
const ONE: &str = "SELECT id, state, proposed_by, proposed_at, decided_by, decided_at, certificate FROM destruction
    WHERE id = $1";
const PEOPLE: &str = "SELECT participant, grounds FROM destruction_person WHERE destruction = $1 ORDER BY participant";
const CASES: &str = "SELECT case_number FROM trajectory WHERE participant = $1 ORDER BY case_number";
const APPROVED: &str = "SELECT id FROM destruction WHERE state = 'approved'";
const PROPOSED: &str = "SELECT p.participant FROM destruction_person p JOIN destruction d ON d.id = p.destruction
    WHERE d.state IN ('proposed', 'approved')";
const LOOKED: &str = "DELETE FROM looked WHERE trajectory IN (SELECT id FROM trajectory WHERE participant = $1)";
const SEALED: &str = "SELECT COUNT(*) FROM fact WHERE subject = $1 AND sealed IS NOT NULL";
const KNOWN: &str = "SELECT COUNT(*) FROM stream_head WHERE subject = $1";
const GLASS: &str = "SELECT id FROM glass WHERE participant = $1";
const BLANK_GLASS: &str =
    "UPDATE glass SET reason = $2, remark = CASE WHEN remark IS NOT NULL THEN $2 ELSE remark END WHERE id = $1";
const QUESTIONS: &str = "SELECT id FROM question WHERE participant = $1";
const BLANK_QUESTION: &str = "UPDATE question SET words = $2 WHERE id = $1";
const UNHOLD: &str = "DELETE FROM legal_hold WHERE participant = $1";

/// Every statement here.
pub(crate) const SQL: &[&str] = &[
    ENDED,
    HOLDS,
    HOLD,
    LIFT,
    BY_CASE,
    PROPOSE,
    ADD,
    DECIDE,
    DONE,
    ALL,
    ONE,
    PEOPLE,
    CASES,
    APPROVED,
    PROPOSED,
    LOOKED,
    SEALED,
    KNOWN,
    UNHOLD,
    GLASS,
    BLANK_GLASS,
    QUESTIONS,
    BLANK_QUESTION,
];

/// A trajectory that ended.
pub(super) struct EndedRow {
    pub(super) participant: ParticipantId,
    pub(super) site: String,
    pub(super) case_number: String,
    pub(super) ended: Date,
    pub(super) admitted: bool,
}

pub(super) fn ended(tx: &mut Tx<'_>) -> journal::Result<Vec<EndedRow>> {
    tx.query(ENDED, params![], |row| {
        Ok(EndedRow {
            participant: ParticipantId(row.get(0)?),
            site: row.get(1)?,
            case_number: row.get(2)?,
            ended: row.get(3)?,
            admitted: row.get::<i64>(4)? > 0,
        })
    })
}

pub(super) fn holds(tx: &mut Tx<'_>) -> journal::Result<Vec<(ParticipantId, String)>> {
    tx.query(HOLDS, params![], |row| Ok((ParticipantId(row.get(0)?), row.get(1)?)))
}

pub(super) fn hold(
    tx: &mut Tx<'_>,
    who: ParticipantId,
    reason: &str,
    by: UserId,
    at: Timestamp,
) -> journal::Result<()> {
    tx.exec(HOLD, params![who.0, reason, by.0, at]).map(|_| ())
}

pub(super) fn lift(tx: &mut Tx<'_>, who: ParticipantId, reason: &str) -> journal::Result<u64> {
    tx.exec(LIFT, params![who.0, reason])
}

pub(super) fn by_case(tx: &mut Tx<'_>, number: &str) -> journal::Result<Option<(ParticipantId, String)>> {
    tx.one(BY_CASE, params![number], |row| Ok((ParticipantId(row.get(0)?), row.get(1)?)))
}

/// Whether it is new: the same id twice has one effect.
pub(super) fn propose(tx: &mut Tx<'_>, id: Uuid, by: UserId, at: Timestamp) -> journal::Result<bool> {
    Ok(tx.exec(PROPOSE, params![id, by.0, at])? == 1)
}

pub(super) fn add(tx: &mut Tx<'_>, id: Uuid, who: ParticipantId, grounds: &str) -> journal::Result<()> {
    tx.exec(ADD, params![id, who.0, grounds]).map(|_| ())
}

/// Whether it was still a proposal.
pub(super) fn decide(tx: &mut Tx<'_>, id: Uuid, state: &str, by: UserId, at: Timestamp) -> journal::Result<bool> {
    Ok(tx.exec(DECIDE, params![id, state, by.0, at])? == 1)
}

pub(super) fn done(tx: &mut Tx<'_>, id: Uuid, certificate: &str) -> journal::Result<()> {
    tx.exec(DONE, params![id, certificate]).map(|_| ())
}

/// A destruction as it is kept.
pub(super) struct DestructionRow {
    pub(super) id: Uuid,
    pub(super) state: String,
    pub(super) proposed: (UserId, Timestamp),
    pub(super) decided: Option<(UserId, Timestamp)>,
    pub(super) certificate: Option<String>,
}

fn row(row: &journal::Row<'_>) -> journal::Result<DestructionRow> {
    let (by, at): (Option<Uuid>, Option<Timestamp>) = (row.get(4)?, row.get(5)?);
    Ok(DestructionRow {
        id: row.get(0)?,
        state: row.get(1)?,
        proposed: (UserId(row.get(2)?), row.get(3)?),
        decided: by.map(UserId).zip(at),
        certificate: row.get(6)?,
    })
}

pub(super) fn all(tx: &mut Tx<'_>) -> journal::Result<Vec<DestructionRow>> {
    tx.query(ALL, params![], row)
}

pub(super) fn one(tx: &mut Tx<'_>, id: Uuid) -> journal::Result<Option<DestructionRow>> {
    tx.one(ONE, params![id], row)
}

pub(super) fn people(tx: &mut Tx<'_>, id: Uuid) -> journal::Result<Vec<(ParticipantId, String)>> {
    tx.query(PEOPLE, params![id], |row| Ok((ParticipantId(row.get(0)?), row.get(1)?)))
}

pub(super) fn cases(tx: &mut Tx<'_>, who: ParticipantId) -> journal::Result<Vec<String>> {
    tx.query(CASES, params![who.0], |row| row.get(0))
}

pub(super) fn approved(tx: &mut Tx<'_>) -> journal::Result<Vec<Uuid>> {
    tx.query(APPROVED, params![], |row| row.get(0))
}

pub(super) fn proposed(tx: &mut Tx<'_>) -> journal::Result<Vec<ParticipantId>> {
    tx.query(PROPOSED, params![], |row| Ok(ParticipantId(row.get(0)?)))
}

/// What is about a person in tables that do not follow from facts.
pub(super) fn clean(tx: &mut Tx<'_>, who: ParticipantId) -> journal::Result<()> {
    tx.exec(LOOKED, params![who.0])?;
    tx.exec(UNHOLD, params![who.0]).map(|_| ())
}

/// Puts other words in the place of those about a person in exceptions: they lie under a key of the service, not of the person.
pub(super) fn blank(
    tx: &mut Tx<'_>,
    who: ParticipantId,
    words: impl Fn(Uuid) -> Result<Vec<u8>, crate::Failure>,
) -> Result<(), crate::Failure> {
    for (find, put) in [(GLASS, BLANK_GLASS), (QUESTIONS, BLANK_QUESTION)] {
        for id in tx.query(find, params![who.0], |row| row.get::<Uuid>(0))? {
            tx.exec(put, params![id, &words(id)?[..]])?;
        }
    }
    Ok(())
}

/// Whether the store knows someone, and whether anything sealed is left of them.
pub(super) fn left(tx: &mut Tx<'_>, who: ParticipantId) -> journal::Result<(bool, bool)> {
    let mut count = |sql| tx.one(sql, params![who.0], |row| row.get::<i64>(0)).map(|count| count.unwrap_or(0) > 0);
    Ok((count(KNOWN)?, count(SEALED)?))
}
