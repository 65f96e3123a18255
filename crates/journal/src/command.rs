//! Idempotency: a command id has one effect; a repeat gets the first answer.

use domain::ids::{CommandId, UserId};
use jiff::Timestamp;

use crate::{error::Result, params, sql::Tx};

const FIND: &str = "SELECT digest, outcome FROM command WHERE id = $1";
const PUT: &str = "INSERT INTO command (id, digest, actor, outcome, at) VALUES ($1, $2, $3, $4, $5)";

/// Every statement here.
pub const SQL: &[&str] = &[FIND, PUT];

/// A command carried out before: the digest of what it said, and its outcome.
pub fn find(tx: &mut Tx<'_>, id: CommandId) -> Result<Option<([u8; 32], String)>> {
    tx.one(FIND, params![id.0], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Remembers a command.
pub fn remember(
    tx: &mut Tx<'_>,
    id: CommandId,
    digest: &[u8; 32],
    actor: UserId,
    outcome: &str,
    at: Timestamp,
) -> Result<()> {
    tx.exec(PUT, params![id.0, &digest[..], actor.0, outcome, at])?;
    Ok(())
}
