//! Forgetting: the sealed parts of a person's facts go, headers and hashes stay, and every chain still verifies.

use domain::ids::ParticipantId;

use crate::{error::Result, params, sql::Tx};

const HASHES: &str =
    "SELECT position, sealed_hash FROM fact WHERE subject = $1 AND sealed IS NOT NULL ORDER BY position";
const FORGET: &str = "UPDATE fact SET sealed = NULL WHERE subject = $1 AND sealed IS NOT NULL";
// the digest of a command is a hash of what was typed: who guesses the text could confirm it
const DIGESTS: &str = "UPDATE command SET digest = $2 WHERE id IN (SELECT command FROM fact WHERE subject = $1)";

/// Every statement here.
pub const SQL: &[&str] = &[HASHES, FORGET, DIGESTS];

/// The hash of every sealed part that is still there, with its position.
pub fn hashes(tx: &mut Tx<'_>, who: ParticipantId) -> Result<Vec<(u64, [u8; 32])>> {
    tx.query(HASHES, params![who.0], |row| Ok((u64::try_from(row.get::<i64>(0)?).unwrap_or(0), row.get(1)?)))
}

/// Deletes the ciphertext of a person's facts; how many.
pub fn forget(tx: &mut Tx<'_>, who: ParticipantId) -> Result<u64> {
    tx.exec(DIGESTS, params![who.0, &[0_u8; 32][..]])?;
    tx.exec(FORGET, params![who.0])
}
