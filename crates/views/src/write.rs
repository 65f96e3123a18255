//! Writing read tables, in the transaction of the facts they follow from.

use domain::{
    ids::{Code, ParticipantId, TrajectoryId},
    participant::Person,
};
use jiff::Timestamp;
use journal::{Tx, params};

use crate::project::{KnownSpell, NEVER, TrajectoryRow};

/// The reasons of the pauses that are on, apart by a space; none when it does not pause.
fn paused(t: &domain::trajectory::Trajectory) -> Option<String> {
    let codes: Vec<&str> = t.pauses_on().filter_map(|pause| pause.code.as_ref()).map(Code::as_str).collect();
    (!codes.is_empty()).then(|| codes.join(" "))
}

const PUT_PARTICIPANT: &str = "INSERT INTO participant (id, version, age_band, sex, sealed) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, age_band = excluded.age_band, sex = excluded.sex,
    sealed = excluded.sealed";
const DROP_TOKENS: &str = "DELETE FROM search_token WHERE participant = $1";
const PUT_TOKEN: &str = "INSERT INTO search_token (token, participant) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const PUT_TRAJECTORY: &str = "INSERT INTO trajectory (id, participant, site, case_number, method, version, previous,
    opened, ended, is_open, phase, phase_since, status, status_since, scenario, cooperates, pause, outflow_reason,
    next_rule, next_due, next_waiting_on, guide, guide_org, shift_on, changed_at, changed_by, sealed, admitted,
    restricted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
    $24, $25, $26, $27, $28, $29)
    ON CONFLICT (id) DO UPDATE SET method = excluded.method, version = excluded.version, opened = excluded.opened,
    previous = excluded.previous, ended = excluded.ended, is_open = excluded.is_open, phase = excluded.phase,
    phase_since = excluded.phase_since, status = excluded.status, status_since = excluded.status_since,
    scenario = excluded.scenario, cooperates = excluded.cooperates, pause = excluded.pause,
    outflow_reason = excluded.outflow_reason, next_rule = excluded.next_rule, next_due = excluded.next_due,
    next_waiting_on = excluded.next_waiting_on, guide = excluded.guide, guide_org = excluded.guide_org,
    shift_on = excluded.shift_on, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
    sealed = excluded.sealed, admitted = excluded.admitted, restricted = excluded.restricted";
const DROP_INVOLVED: &str = "DELETE FROM involved WHERE trajectory = $1";
const PUT_INVOLVED: &str = "INSERT INTO involved (trajectory, org) VALUES ($1, $2)";
const PUT_FILE: &str = "INSERT INTO file (trajectory, sealed) VALUES ($1, $2)
    ON CONFLICT (trajectory) DO UPDATE SET sealed = excluded.sealed";
const DROP_TERMS: &str = "DELETE FROM term WHERE trajectory = $1";
const PUT_TERM: &str = "INSERT INTO term (trajectory, number, site, rule, start, due, agreed, valid_from, valid_to,
    waiting_on, worker) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const DROP_WORKERS: &str = "DELETE FROM worker WHERE trajectory = $1";
const PUT_WORKER: &str = "INSERT INTO worker (trajectory, person, task, org, since) VALUES ($1, $2, $3, $4, $5)";
const DROP_SPELLS: &str = "DELETE FROM spell WHERE trajectory = $1";
const PUT_SPELL: &str = "INSERT INTO spell (trajectory, participant, site, line, code, valid_from, valid_to,
    known_from, known_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const CLOSE_SPELL: &str = "UPDATE spell SET known_to = $5 WHERE trajectory = $1 AND line = $2 AND code = $3
    AND valid_from = $4 AND known_to IS NULL";
const FORGET_SPELL: &str = "DELETE FROM spell WHERE trajectory = $1 AND known_from = known_to";
const CLEAR: &[&str] = &[
    "DELETE FROM participant",
    "DELETE FROM trajectory",
    "DELETE FROM file",
    "DELETE FROM term",
    "DELETE FROM worker",
    "DELETE FROM involved",
    "DELETE FROM agenda",
    "DELETE FROM spell",
    "DELETE FROM search_token",
    "DELETE FROM rights_request",
];

/// Every statement here, for the test that prepares them on both databases.
pub const SQL: &[&str] = &[
    PUT_PARTICIPANT,
    DROP_TOKENS,
    PUT_TOKEN,
    PUT_TRAJECTORY,
    PUT_FILE,
    DROP_TERMS,
    PUT_TERM,
    DROP_WORKERS,
    PUT_WORKER,
    DROP_INVOLVED,
    PUT_INVOLVED,
    DROP_SPELLS,
    PUT_SPELL,
    CLOSE_SPELL,
    FORGET_SPELL,
];

/// Writes a person: the sealed JSON of the state (nothing when the key is gone) and the tokens to find them by.
pub fn put_person(tx: &mut Tx<'_>, person: &Person, sealed: Option<&[u8]>, tokens: &[[u8; 16]]) -> journal::Result<()> {
    let band = person.age_band.map(|band| i64::from(band.0));
    tx.exec(PUT_PARTICIPANT, params![person.id.0, i64::from(person.version), band, person.sex.code(), sealed])?;
    crate::rights::put(tx, person)?;
    tx.exec(DROP_TOKENS, params![person.id.0])?;
    for token in tokens {
        tx.exec(PUT_TOKEN, params![&token[..], person.id.0])?;
    }
    Ok(())
}

/// A row with its sealed parts, ready to write.
pub struct SealedRow {
    /// The row.
    pub row: TrajectoryRow,
    /// [`crate::project::Card`], sealed; nothing when the key is gone.
    pub card: Option<Vec<u8>>,
    /// The whole state, sealed; nothing when the key is gone.
    pub file: Option<Vec<u8>>,
}

/// Writes a trajectory: its row, file, terms and workers.
pub fn put_trajectory(tx: &mut Tx<'_>, sealed: &SealedRow) -> journal::Result<()> {
    put_row(tx, sealed)?;
    let (row, id) = (&sealed.row, sealed.row.state.id.0);
    tx.exec(PUT_FILE, params![id, sealed.file.as_deref()])?;
    tx.exec(DROP_TERMS, params![id])?;
    for (number, term) in (0_i64..).zip(&row.terms) {
        let waiting_on = term.waiting_on.as_ref().map(domain::ids::OrgId::as_str);
        tx.exec(
            PUT_TERM,
            params![
                id,
                number,
                row.state.site.as_str(),
                term.rule.code(),
                term.start,
                term.end,
                i64::from(term.has_end()),
                term.from,
                term.until,
                waiting_on,
                term.worker.map(|worker| worker.0)
            ],
        )?;
    }
    tx.exec(DROP_WORKERS, params![id])?;
    for worker in &row.state.workers {
        let Some(detail) = &worker.detail else { continue };
        // of who has no account it is known that there is someone; no list of theirs is asked for
        let person = detail.user.map_or(uuid::Uuid::nil(), |user| user.0);
        tx.exec(PUT_WORKER, params![id, person, detail.task.code(), worker.org.as_str(), worker.from])?;
    }
    crate::agenda::put(tx, &row.state)?;
    tx.exec(DROP_INVOLVED, params![id])?;
    row.involved.iter().try_for_each(|org| tx.exec(PUT_INVOLVED, params![id, org.as_str()]).map(|_| ()))
}

fn put_row(tx: &mut Tx<'_>, sealed: &SealedRow) -> journal::Result<()> {
    let row = &sealed.row;
    let t = &row.state;
    let next = row.next.as_ref();
    // without an agreed length, or while it stands still, there is no day to sort by
    let due = next.filter(|term| term.has_end()).map_or(NEVER, |term| term.end);
    let cooperates = t.reviews.last().map(|review| i64::from(review.cooperates));
    tx.exec(
        PUT_TRAJECTORY,
        params![
            t.id.0,
            t.participant.0,
            t.site.as_str(),
            row.case_number.as_str(),
            t.method.as_str(),
            i64::from(t.version),
            t.previous.map(|previous| previous.0),
            t.opened,
            t.ended(),
            i64::from(t.ended().is_none()),
            row.phase.0.code(),
            row.phase.1,
            t.status().code(),
            t.status_since(),
            t.scenario().map(domain::ids::Code::as_str),
            cooperates,
            paused(t),
            t.outflow.as_ref().map(|outflow| outflow.reason.as_str()),
            next.map(|term| term.rule.code()),
            due,
            next.and_then(|term| term.waiting_on.as_ref()).map(domain::ids::OrgId::as_str),
            row.guide.as_ref().map(|(user, _)| user.0),
            row.guide.as_ref().map(|(_, org)| org.as_str()),
            row.shift_on,
            row.changed.0,
            row.changed.1.0,
            sealed.card.as_deref(),
            i64::from(t.was_admitted()),
            i64::from(row.restricted)
        ],
    )?;
    Ok(())
}

/// Writes the spells of a trajectory after one command: what no longer holds is closed in known time.
pub fn change_spells(
    tx: &mut Tx<'_>,
    row: &TrajectoryRow,
    before: &[domain::spell::Spell],
    now: &[domain::spell::Spell],
    at: Timestamp,
) -> journal::Result<()> {
    let id = row.state.id;
    let gone: Vec<_> = before.iter().filter(|spell| !now.contains(spell)).collect();
    for spell in &gone {
        tx.exec(CLOSE_SPELL, params![id.0, spell.line.code(), spell.code.as_str(), spell.from, at])?;
    }
    if !gone.is_empty() {
        // two commands within one microsecond: what was known for no time at all was never known
        tx.exec(FORGET_SPELL, params![id.0])?;
    }
    for spell in now.iter().filter(|spell| !before.contains(spell)) {
        let known = KnownSpell { spell: spell.clone(), from: at, to: None };
        put_spell(tx, id, row.state.participant, row.state.site.as_str(), &known)?;
    }
    Ok(())
}

/// Writes all spells of a trajectory anew.
pub fn put_spells(tx: &mut Tx<'_>, row: &TrajectoryRow, spells: &[KnownSpell]) -> journal::Result<()> {
    let id = row.state.id;
    tx.exec(DROP_SPELLS, params![id.0])?;
    spells.iter().try_for_each(|known| put_spell(tx, id, row.state.participant, row.state.site.as_str(), known))
}

fn put_spell(
    tx: &mut Tx<'_>,
    id: TrajectoryId,
    participant: ParticipantId,
    site: &str,
    known: &KnownSpell,
) -> journal::Result<()> {
    let spell = &known.spell;
    tx.exec(
        PUT_SPELL,
        params![
            id.0,
            participant.0,
            site,
            spell.line.code(),
            spell.code.as_str(),
            spell.from,
            spell.to,
            known.from,
            known.to
        ],
    )?;
    Ok(())
}

/// Empties every table that follows from the journal.
pub fn clear(tx: &mut Tx<'_>) -> journal::Result<()> {
    for statement in CLEAR {
        tx.exec(statement, params![])?;
    }
    Ok(())
}
