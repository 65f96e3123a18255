//! Read tables: kept from facts in the same transaction, rebuilt equal from the journal.
//!
//! [`project`] makes rows of states (pure), [`write`] writes them, the other modules read.
//! Every list and file takes an [`access::Scope`].

pub mod file;
pub mod names;
pub mod project;
mod scoped;
pub mod search;
pub mod today;
pub mod worklist;
pub mod write;

use journal::Migration;

/// The migrations of this room.
pub const MIGRATIONS: &[Migration] =
    &[Migration { number: 101, name: "read_tables", sql: include_str!("../migrations/0101_read_tables.sql") }];

/// Every fixed statement of this room.
pub fn statements() -> Vec<&'static str> {
    [write::SQL, file::SQL, search::SQL].into_iter().flatten().copied().collect()
}
