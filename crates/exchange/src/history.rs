//! History files: every fact of a store, one a line, in the order of the journal, and then the logs of its sittings
//! (`docs/history-format.md`).
//!
//! Facts travel decrypted, with their ids and both times, without hashes; import makes new keys and chains.

mod check;
mod read;
mod write;

use std::path::{Path, PathBuf};

use desk::Failure;
use domain::{
    ids::{SittingId, UserId},
    sitting::Act,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use read::{Progress, import};
pub use write::{export, write};

/// The version of the format that this program writes.
pub const VERSION: u32 = 1;
/// Name of the setting with the SHA-256 of the file that a store was taken in from.
pub const IMPORTED: &str = "imported-history-sha256";
const FORMAT: &str = "bestendig-history";
/// Cost of guessing a passphrase: 2^18 rounds of scrypt take about a second and 256 MB.
const WORK: u8 = 18;

/// Why a history file could not be written or taken in.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is wrong, in which line, and what would be right.
    #[error("{path}, line {line}: {what}. Nothing was taken in.")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// The encryption of the file.
    #[error("{path}: {what}")]
    Age {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The store.
    #[error(transparent)]
    Desk(#[from] Failure),
}

impl HistoryError {
    fn file(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    version: u32,
    programme: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tail {
    end: bool,
    facts: u64,
    /// Lines of sittings; a store in which nobody met has none, and a file from before they travelled says nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    sittings: u64,
    sha256: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A line of the log of a sitting.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SittingLine {
    sitting: SittingId,
    number: u32,
    at: Timestamp,
    by: UserId,
    act: Act,
}

/// The hash of all lines so far, for the last line.
#[derive(Default)]
struct LineHash(Sha256);

impl LineHash {
    fn add(&mut self, line: &str) {
        self.0.update(line);
        self.0.update("\n");
    }

    fn hex(&self) -> String {
        journal::hex(&self.0.clone().finalize())
    }
}
