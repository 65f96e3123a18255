//! Read tables: kept from facts in the same transaction, rebuilt equal from the journal.
//!
//! [`project`] makes rows of states (pure), [`write`] writes them, the other modules read.
//! Every list and file takes an [`access::Scope`].

pub mod agenda;
pub mod cases;
pub mod file;
pub mod names;
pub mod project;
pub mod rights;
mod scoped;
pub mod search;
pub mod supervision;
pub mod today;
pub mod turn;
pub mod worklist;
pub mod write;

use journal::Migration;

/// The migrations of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 101, name: "read_tables", sql: include_str!("../migrations/0101_read_tables.sql") },
    Migration { number: 102, name: "standing", sql: include_str!("../migrations/0102_standing.sql") },
    Migration { number: 103, name: "rights", sql: include_str!("../migrations/0103_rights.sql") },
    Migration { number: 104, name: "agenda", sql: include_str!("../migrations/0104_agenda.sql") },
];

/// Version of what these tables hold: a store that was kept with another one makes them anew at start.
pub const VERSION: &str = "11";

/// Every fixed statement of this room.
pub fn statements() -> Vec<String> {
    let fixed = [write::SQL, file::SQL, search::SQL, rights::SQL, agenda::SQL]
        .into_iter()
        .flatten()
        .map(|sql| (*sql).to_owned());
    fixed.chain(file::statements()).chain(agenda::statements()).collect()
}
