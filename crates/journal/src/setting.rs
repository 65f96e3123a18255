//! Settings of a store: which programme, which business date.

use crate::{error::Result, params, sql::Tx};

const GET: &str = "SELECT value FROM setting WHERE name = $1";
const PUT: &str =
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// Every statement here.
pub const SQL: &[&str] = &[GET, PUT];

/// The value of a setting.
pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>> {
    tx.one(GET, params![name], |row| row.get(0))
}

/// Sets a setting.
pub fn put(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<()> {
    tx.exec(PUT, params![name, value])?;
    Ok(())
}
