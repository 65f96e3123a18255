//! The journal: append, read, verify, encrypt, migrate. The only room with a database driver.
//!
//! [`Store`] runs synchronous work in transactions: `store.read(|tx| …)` on a snapshot,
//! `store.write(|tx| …)` in the next commit. No `.await` can stand inside a transaction.

pub mod append;
mod backend;
pub mod backup;
mod chain;
pub mod checkpoint;
pub mod command;
pub mod destroyed;
mod entropy;
mod error;
pub mod files;
pub mod forget;
mod hex;
mod keys;
pub mod log_verify;
pub mod merkle;
mod migrate;
pub mod note;
pub mod outside;
pub mod proof;
pub mod read;
pub mod read_log;
mod seal;
mod server;
pub mod setting;
mod sql;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tree;
pub mod verify;

pub use append::SealedFact;
pub use backend::check_sqlite_version;
pub use entropy::{Entropy, SystemEntropy};
pub use error::{Error, Result};
pub use hex::hex;
pub use keys::read_private;
pub use keys::{DocumentKey, DocumentState, KEY_BACKUP_DAYS, Keyring, RootKey, Unsettled, accept_key_backup};
pub use migrate::Migration;
pub use seal::{Algorithm, Class, PersonKey, seal_new_with};
pub use server::Server;
pub use sql::{Column, PostgresLink, Row, Tx, Value};
pub use store::{Location, Store};

/// The migrations of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "journal", sql: include_str!("../migrations/0001_journal.sql") },
    Migration { number: 2, name: "kinds", sql: include_str!("../migrations/0002_kinds.sql") },
    Migration { number: 3, name: "transparency", sql: include_str!("../migrations/0003_transparency.sql") },
];

/// Every fixed statement of this room.
pub fn statements() -> Vec<String> {
    let fixed = [
        append::SQL,
        command::SQL,
        forget::SQL,
        setting::SQL,
        verify::SQL,
        tree::SQL,
        read_log::SQL,
        checkpoint::SQL,
        log_verify::SQL,
    ];
    fixed.into_iter().flatten().map(|sql| (*sql).to_owned()).chain(read::statements()).collect()
}
