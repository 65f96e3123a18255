//! The researcher's pack: pseudonymised spells, what every column means, the protocol, results at full precision, and R scripts
//! that compute them again (docs/research-pack.md).
//!
//! What leaves has no name, no id of the store and no date. People have a keyed pseudonym, another one in every project; days
//! count from someone's own first day; and what could be known from elsewhere (site, age, sex) is shared by at least [`K`]
//! people, made coarser where it is not. The results are computed from the very rows of the pack, so that whoever has the
//! pack can compute them; those of released tables from spells that stand apart, because a table has a calendar day.

mod anonymous;
mod check;
mod columns;
mod dictionary;
mod person;
mod protocol;
mod released;
mod results;
mod script;
mod seen;
mod write;

pub use anonymous::{Coarser, anonymous};
pub use check::{Checked, check, compare};
pub use person::{Key, Person, Spell, people};
pub use released::{Kept, Released, released};
pub use results::{Figure, results};
pub use write::{Made, Source, make};

use thiserror::Error;

/// How many people share what can be known from elsewhere, at least.
pub const K: usize = 5;

/// Name of the format, in the manifest.
pub const FORMAT: &str = "bestendig-pack-1";

/// Why there is no pack, or why one is not right.
#[derive(Debug, Error)]
pub enum PackError {
    /// Fewer people than may leave together.
    #[error("{people} people took part; a pack needs at least {K}")]
    TooFew {
        /// How many.
        people: usize,
    },
    /// The folder exists.
    #[error("{0} exists; name a folder that does not")]
    Exists(String),
    /// The folder in which it would be put together exists.
    #[error("{0} exists: another pack is being made there, or was never finished; remove it, or name another folder")]
    Underway(String),
    /// There is no pack, and what was written of it could not be taken away.
    #[error("{why}; and {part}, which holds some of the pack, could not be taken away ({error}): remove it")]
    Left {
        /// Why there is no pack.
        why: Box<Self>,
        /// What is left.
        part: String,
        /// Why it is left.
        error: std::io::Error,
    },
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// A table could not be written.
    #[error("a table could not be written: {0}")]
    Csv(#[from] csv::Error),
    /// A file is not what it should be.
    #[error("{file}, line {line}: {what}")]
    Line {
        /// Which.
        file: String,
        /// Where.
        line: usize,
        /// What, and what would be right.
        what: String,
    },
    /// A file as a whole is not what it should be.
    #[error("{file}: {what}")]
    Whole {
        /// Which.
        file: String,
        /// What, and what would be right.
        what: String,
    },
    /// What was kept of a release cannot be read.
    #[error("the release {title:?}: {why}")]
    Release {
        /// Its title.
        title: String,
        /// Why.
        why: crate::release::Trouble,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] journal::Error),
    /// A kernel could not compute a result.
    #[error("{0}")]
    Statistics(#[from] evaluation::Problem),
}
