//! The list of destructions: a file outside the store, to which lines are only added. A backup that is put back does not
//! know who was destroyed after it was made; this list does.

use std::{
    fs::OpenOptions,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
};

use domain::ids::{DocumentId, ParticipantId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Result};

/// One destruction: ids that say nothing by themselves, and days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destroyed {
    /// Which destruction.
    pub destruction: Uuid,
    /// The day.
    pub on: Date,
    /// The day after which no backup of the keys can bring them back.
    pub final_on: Date,
    /// Who, by random id.
    pub people: Vec<ParticipantId>,
    /// Documents that went alone, by random id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentId>,
}

/// Adds a destruction; durable when this returns. One that is there already is not added again.
///
/// # Errors
/// When the file cannot be read or written.
pub fn append(path: &Path, entry: &Destroyed) -> Result<()> {
    if read(path)?.iter().any(|known| known.destruction == entry.destruction) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let line = serde_json::to_string(entry).map_err(|error| Error::Unusable(format!("a destruction: {error}")))?;
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(Error::file(path))?;
    file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(Error::file(path))
}

/// Every destruction so far; none when there is no file.
///
/// # Errors
/// When the file cannot be read, or a line is not a destruction: then nothing may be served.
pub fn read(path: &Path) -> Result<Vec<Destroyed>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(Error::file(path)(error)),
    };
    let mut out = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.map_err(Error::file(path))?;
        out.push(serde_json::from_str(&line).map_err(|error| {
            Error::Unusable(format!(
                "{}, line {number}: not a destruction ({}); put back the file as it was, people may come back without it",
                path.display(),
                domain::fact::describe(&error)
            ))
        })?);
    }
    Ok(out)
}
