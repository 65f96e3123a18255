//! The journal: append, read, verify, encrypt, migrate. The only room with a database driver.
//!
//! [`Store`] runs synchronous work in transactions: `store.read(|tx| …)` on a snapshot,
//! `store.write(|tx| …)` in the next commit. No `.await` can stand inside a transaction.

pub mod append;
mod backend;
pub mod backup;
mod chain;
pub mod command;
mod entropy;
mod error;
mod keys;
mod migrate;
pub mod read;
mod seal;
pub mod setting;
mod sql;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod verify;

pub use append::SealedFact;
pub use backend::check_sqlite_version;
pub use entropy::{Entropy, SystemEntropy};
pub use error::{Error, Result};
pub use keys::{Keyring, RootKey};
pub use migrate::Migration;
pub use seal::{Class, PersonKey};
pub use sql::{Column, PostgresLink, Row, Tx, Value};
pub use store::{Location, Store};

/// The migrations of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "journal", sql: include_str!("../migrations/0001_journal.sql") },
    Migration { number: 2, name: "kinds", sql: include_str!("../migrations/0002_kinds.sql") },
];

/// Every fixed statement of this room.
pub fn statements() -> Vec<String> {
    let fixed = [append::SQL, command::SQL, setting::SQL, verify::SQL];
    fixed.into_iter().flatten().map(|sql| (*sql).to_owned()).chain(read::statements()).collect()
}
