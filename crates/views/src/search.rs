//! Finding people by keyed tokens. What is found is still sealed, and may be of another site.

use domain::ids::{ParticipantId, TrajectoryId};
use journal::{Tx, Value, params};

/// The most candidates that are opened and scored (design.md 6.10).
pub const MOST: u32 = 200;

const BY_CASE: &str = "SELECT id, participant FROM trajectory WHERE case_number = $1";
const PERSON: &str = "SELECT sealed FROM participant WHERE id = $1";

/// Every statement here that does not vary.
pub const SQL: &[&str] = &[BY_CASE, PERSON];

/// People that share a token, most shared first.
pub fn candidates(tx: &mut Tx<'_>, tokens: &[[u8; 16]]) -> journal::Result<Vec<ParticipantId>> {
    if tokens.is_empty() {
        return Ok(vec![]);
    }
    let marks: Vec<String> = (1..=tokens.len()).map(|at| format!("${at}")).collect();
    let values: Vec<Value> = tokens.iter().map(|token| Value::from(&token[..])).collect();
    let sql = format!(
        "SELECT participant FROM search_token WHERE token IN ({}) GROUP BY participant
         ORDER BY COUNT(*) DESC, participant LIMIT {MOST}",
        marks.join(", ")
    );
    tx.query(&sql, &values, |row| Ok(ParticipantId(row.get(0)?)))
}

/// The trajectory with this case number.
pub fn by_case(tx: &mut Tx<'_>, number: &str) -> journal::Result<Option<(TrajectoryId, ParticipantId)>> {
    tx.one(BY_CASE, params![number], |row| Ok((TrajectoryId(row.get(0)?), ParticipantId(row.get(1)?))))
}

/// A person, sealed.
pub fn person(tx: &mut Tx<'_>, id: ParticipantId) -> journal::Result<Option<Vec<u8>>> {
    Ok(tx.one(PERSON, params![id.0], |row| row.get::<Option<Vec<u8>>>(0))?.flatten())
}
