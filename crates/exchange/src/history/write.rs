//! Writing a history file, a chunk of facts at a time.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    path::Path,
};

use age::secrecy::SecretString;
use desk::{Desk, Failure};
use domain::{fact::describe, sitting::Line};
use serde::Serialize;

use super::{FORMAT, Head, HistoryError, LineHash, SittingLine, Tail, VERSION, WORK};

/// Facts read at a time.
const CHUNK: u32 = 2000;

/// Writes every fact into a new file; how many. Without a passphrase the file is plain.
///
/// # Errors
/// When the file exists or cannot be written, or the store cannot be read; then there is no file.
pub fn export(
    desk: &Desk,
    path: &Path,
    passphrase: Option<SecretString>,
    progress: impl FnMut(u64, u64),
) -> Result<u64, HistoryError> {
    let file = create(path)?;
    let written = match passphrase {
        None => plain(desk, path, file, progress),
        Some(passphrase) => encrypted(desk, path, file, passphrase, progress),
    };
    written.inspect_err(|_| {
        // a half file is worse than none; when even this fails the first error says more
        let _ = std::fs::remove_file(path);
    })
}

fn create(path: &Path) -> Result<File, HistoryError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(HistoryError::file(path))
}

fn plain(desk: &Desk, path: &Path, file: File, progress: impl FnMut(u64, u64)) -> Result<u64, HistoryError> {
    let mut out = BufWriter::new(file);
    let count = write(desk, path, &mut out, progress)?;
    durable(out).map_err(HistoryError::file(path))?;
    Ok(count)
}

fn encrypted(
    desk: &Desk,
    path: &Path,
    file: File,
    passphrase: SecretString,
    progress: impl FnMut(u64, u64),
) -> Result<u64, HistoryError> {
    let mut recipient = age::scrypt::Recipient::new(passphrase);
    recipient.set_work_factor(WORK);
    let age_error = |error: age::EncryptError| HistoryError::Age { path: path.to_owned(), what: error.to_string() };
    let encryptor =
        age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).map_err(age_error)?;
    let mut out = encryptor.wrap_output(BufWriter::new(file)).map_err(HistoryError::file(path))?;
    let count = write(desk, path, &mut out, progress)?;
    out.finish().and_then(durable).map_err(HistoryError::file(path))?;
    Ok(count)
}

fn durable(out: BufWriter<File>) -> std::io::Result<()> {
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()
}

/// Writes every fact, and the logs of the sittings; how many facts. The path is for messages alone.
///
/// # Errors
/// When the store cannot be read or the text not be written.
pub fn write(
    desk: &Desk,
    path: &Path,
    out: &mut impl Write,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64, HistoryError> {
    let mut hash = LineHash::default();
    let mut put = |hash: &mut LineHash, line: String| {
        hash.add(&line);
        out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(HistoryError::file(path))
    };
    let programme = desk.programme().id.to_string();
    put(&mut hash, json(&Head { format: FORMAT.to_owned(), version: VERSION, programme })?)?;
    let (mut count, all) = (0, desk.facts_in_all()?);
    loop {
        let facts = desk.facts_after(count, CHUNK)?;
        if facts.is_empty() {
            break;
        }
        for fact in &facts {
            put(&mut hash, json(fact)?)?;
        }
        count += facts.len() as u64;
        progress(count, all);
    }
    let mut sittings = 0;
    for (sitting, lines) in desk.sitting_logs()? {
        for Line { number, at, by, act } in lines {
            put(&mut hash, json(&SittingLine { sitting, number, at, by, act })?)?;
            sittings += 1;
        }
    }
    let tail = Tail { end: true, facts: count, sittings, sha256: hash.hex() };
    put(&mut hash, json(&tail)?)?;
    Ok(count)
}

fn json<T: Serialize>(value: &T) -> Result<String, HistoryError> {
    serde_json::to_string(value).map_err(|error| Failure::Unreadable(describe(&error)).into())
}
