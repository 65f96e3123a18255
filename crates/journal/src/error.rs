//! What can go wrong with the store, in words for the person who runs it.

use std::path::PathBuf;

use domain::ids::Stream;

/// The result of work on the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The embedded database.
    #[error("the embedded database says: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The database server.
    #[error("PostgreSQL says: {}", describe_postgres(.0))]
    Postgres(#[from] postgres::Error),
    /// A file or folder.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A service that keeps documents.
    #[error("{place}: {why}")]
    Elsewhere {
        /// Which.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// Someone else appended to the stream first.
    #[error("the history has moved on: expected {expected}, found {actual}")]
    Conflict {
        /// Which history.
        stream: Stream,
        /// The last number the writer knew.
        expected: u32,
        /// The last number now.
        actual: u32,
    },
    /// A fact of a kind, or of a version, that this program does not know.
    #[error(
        "fact {kind} of version {version} was made by a newer version of the program; install that version to read it"
    )]
    NewerFact {
        /// Kind.
        kind: String,
        /// Version.
        version: u16,
    },
    /// A row that cannot be right.
    #[error("damaged record at position {position}: {what}; run `verify`, and restore a backup if it confirms this")]
    Damaged {
        /// Where.
        position: u64,
        /// What is wrong.
        what: String,
    },
    /// A key that is missing or does not fit.
    #[error("{0}")]
    Key(String),
    /// A ciphertext does not open with its key, row and field.
    #[error("a sealed value does not open: wrong key, or moved, or altered")]
    Seal,
    /// The store cannot be opened as it is.
    #[error("{0}")]
    Unusable(String),
    /// A write failed in a way after which the disk cannot be trusted.
    #[error("the store stopped writing after an input/output error; restart the program and run `verify`")]
    Poisoned,
    /// The thread that should answer has ended.
    #[error("the store is closing")]
    Closing,
    /// A piece of work inside a transaction panicked; only its own changes were rolled back.
    #[error("internal error in a transaction; nothing was changed")]
    Panicked,
}

fn describe_postgres(error: &postgres::Error) -> String {
    // the detail of a server message can repeat values of the row: only the message is shown
    if let Some(db) = error.as_db_error() {
        return format!("{} ({})", db.message(), db.code().code());
    }
    let why = std::error::Error::source(error);
    why.map_or_else(|| error.to_string(), |why| format!("{error}: {why}"))
}

impl Error {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// Whether the disk failed, so that nothing more may be written.
    pub(crate) fn is_io(&self) -> bool {
        matches!(self, Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _))
            if failure.code == rusqlite::ErrorCode::SystemIoFailure)
    }
}
