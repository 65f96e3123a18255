//! Why a use case could not be carried out.

use domain::{fact::Kind, refusal::Refusal};
use jiff::{Timestamp, civil::Date};

/// Why a use case could not be carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The domain says no, with the reason.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// Someone else changed the same thing in the meantime.
    #[error("changed by someone else since version {yours}")]
    Conflict {
        /// The version the form was made for.
        yours: u32,
        /// The version now.
        now: u32,
        /// What changed in between, newest first.
        changes: Vec<Change>,
    },
    /// Others kept changing what this was decided on while it was carried out; sent again, it may well succeed.
    #[error("others changed the same record at the same moment; try again")]
    Overtaken,
    /// It does not exist, or may not be seen: the answer is the same.
    #[error("not found")]
    Hidden,
    /// This role may not do this.
    #[error("not allowed for this role")]
    Denied,
    /// The same command id came with other content.
    #[error("this command was used before for something else")]
    ReusedCommand,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] journal::Error),
    /// Something that was kept cannot be read.
    #[error("unreadable record: {0}")]
    Unreadable(String),
}

/// A change by someone else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind.
    pub kind: Kind,
    /// From which day it holds.
    pub valid_from: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By whom.
    pub by: String,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<domain::problem::Problem> for Failure {
    fn from(problem: domain::problem::Problem) -> Self {
        Refusal::from(problem).into()
    }
}

impl From<access::Denied> for Failure {
    fn from(_: access::Denied) -> Self {
        Self::Denied
    }
}
