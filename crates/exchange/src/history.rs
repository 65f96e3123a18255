//! History files: every fact of a store, one a line, in the order of the journal (`docs/history-format.md`).
//!
//! Facts travel decrypted, with their ids and both times, without hashes; import makes new keys and chains.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use age::secrecy::SecretString;
use desk::{Desk, Failure};
use domain::{
    fact::{Fact, Kind, describe},
    ids::{FactId, Stream},
    participant,
    trajectory::{self, Recorded},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the format that this program writes.
pub const VERSION: u32 = 1;
const FORMAT: &str = "bestendig-history";
/// Facts read at a time.
const CHUNK: u32 = 2000;

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
    sha256: String,
}

fn hex(digest: &[u8]) -> String { digest.iter().map(|byte| format!("{byte:02x}")).collect() }

/// Writes lines and keeps their hash, for the last line.
struct Lines<W: Write> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Lines<W> {
    fn put(&mut self, line: &str) -> std::io::Result<()> {
        self.hash.update(line);
        self.hash.update("\n");
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(b"\n")
    }
}

/// Writes every fact into a file; how many. Without a passphrase the file is plain.
///
/// # Errors
/// When the file exists or cannot be written, or the store cannot be read.
pub fn export(
    desk: &Desk,
    path: &Path,
    passphrase: Option<SecretString>,
    progress: impl FnMut(u64, u64),
) -> Result<u64, HistoryError> {
    let file_error = |source| HistoryError::File { path: path.to_owned(), source };
    let file = File::create_new(path).map_err(file_error)?;
    let out = BufWriter::new(file);
    match passphrase {
        None => write_all(desk, path, out, progress).map(|(count, _)| count),
        Some(passphrase) => {
            let out = age::Encryptor::with_user_passphrase(passphrase).wrap_output(out).map_err(file_error)?;
            let (count, out) = write_all(desk, path, out, progress)?;
            out.finish().and_then(|mut out| out.flush()).map_err(file_error)?;
            Ok(count)
        }
    }
}

fn write_all<W: Write>(
    desk: &Desk,
    path: &Path,
    out: W,
    mut progress: impl FnMut(u64, u64),
) -> Result<(u64, W), HistoryError> {
    let file_error = |source| HistoryError::File { path: path.to_owned(), source };
    let mut lines = Lines { out, hash: Sha256::new() };
    let head = Head { format: FORMAT.to_owned(), version: VERSION, programme: desk.programme().id.to_string() };
    lines.put(&json(&head)?).map_err(file_error)?;
    let (mut count, all) = (0, desk.facts_in_all()?);
    loop {
        let facts = desk.facts_after(count, CHUNK)?;
        if facts.is_empty() {
            break;
        }
        for fact in &facts {
            lines.put(&json(fact)?).map_err(file_error)?;
        }
        count += facts.len() as u64;
        progress(count, all);
    }
    let sha256 = hex(&lines.hash.clone().finalize());
    let tail = json(&Tail { end: true, facts: count, sha256 })?;
    lines.put(&tail).map_err(file_error)?;
    lines.out.flush().map_err(file_error)?;
    Ok((count, lines.out))
}

fn json<T: Serialize>(value: &T) -> Result<String, HistoryError> {
    serde_json::to_string(value).map_err(|error| Failure::Unreadable(describe(&error)).into())
}

/// Takes a history file into an empty store, all or nothing; how many facts.
///
/// # Errors
/// What is wrong and in which line; then nothing was taken in.
pub fn import(
    desk: &Desk,
    path: &Path,
    passphrase: Option<SecretString>,
    mut progress: impl FnMut(u64, u64) + Send + 'static,
) -> Result<u64, HistoryError> {
    let file_error = |source| HistoryError::File { path: path.to_owned(), source };
    let mut reader = BufReader::new(File::open(path).map_err(file_error)?);
    let encrypted = reader.fill_buf().map_err(file_error)?.starts_with(b"age-encryption.org/");
    let facts = match (encrypted, passphrase) {
        (false, _) => read_all(desk, path, reader)?,
        (true, None) => {
            let what = "this file is encrypted; give its passphrase with --passphrase-file or BESTENDIG_PASSPHRASE";
            return Err(HistoryError::Age { path: path.to_owned(), what: what.to_owned() });
        }
        (true, Some(passphrase)) => {
            let age_error = |error: age::DecryptError| HistoryError::Age { path: path.to_owned(), what: error.to_string() };
            let decryptor = age::Decryptor::new_buffered(reader).map_err(age_error)?;
            let identity = age::scrypt::Identity::new(passphrase);
            let plain = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(age_error)?;
            read_all(desk, path, BufReader::new(plain))?
        }
    };
    progress(0, facts.len() as u64);
    Ok(desk.take_in(facts, progress)?)
}

/// A line at a time, with its number for every message.
struct Source<'p, R> {
    reader: R,
    path: &'p Path,
    line: u64,
    hash: Sha256,
}

impl<R: BufRead> Source<'_, R> {
    fn wrong(&self, what: impl Into<String>) -> HistoryError {
        HistoryError::Line { path: self.path.to_owned(), line: self.line, what: what.into() }
    }

    fn next(&mut self) -> Result<Option<String>, HistoryError> {
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(4 << 20).read_until(b'\n', &mut bytes);
        let read = read.map_err(|source| HistoryError::File { path: self.path.to_owned(), source })?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        if bytes.pop() != Some(b'\n') {
            return Err(self.wrong("the file was cut off in the middle of this line; get it again, whole"));
        }
        let line = String::from_utf8(bytes).map_err(|_| self.wrong("the text is not UTF-8; write the file again with `export history`"))?;
        Ok(Some(line))
    }

    fn count(&mut self, line: &str) {
        self.hash.update(line);
        self.hash.update("\n");
    }
}

fn read_all(desk: &Desk, path: &Path, reader: impl BufRead) -> Result<Vec<Fact>, HistoryError> {
    let mut source = Source { reader, path, line: 0, hash: Sha256::new() };
    head(&mut source, desk)?;
    let mut facts: Vec<Fact> = Vec::new();
    let mut seen: BTreeMap<FactId, u64> = BTreeMap::new();
    loop {
        let Some(line) = source.next()? else {
            return Err(source.wrong("the last line is missing; the file was cut off: get it again, whole"));
        };
        if line.starts_with("{\"end\"") {
            tail(&mut source, &line, facts.len() as u64)?;
            break;
        }
        let fact = fact(&source, &line)?;
        if let Some(first) = seen.insert(fact.header.id, source.line) {
            return Err(source.wrong(format!("the same fact already stands in line {first}; each fact stands once")));
        }
        source.count(&line);
        facts.push(fact);
    }
    makes_sense(desk, path, &facts, &seen)?;
    Ok(facts)
}

fn head<R: BufRead>(source: &mut Source<'_, R>, desk: &Desk) -> Result<(), HistoryError> {
    let Some(line) = source.next()? else {
        source.line = 1;
        return Err(source.wrong("the file is empty; write it with `export history`"));
    };
    let head: Head = serde_json::from_str(&line)
        .map_err(|_| source.wrong(format!("this is not a history file: the first line must be {{\"format\":\"{FORMAT}\",…}}")))?;
    if head.format != FORMAT {
        return Err(source.wrong(format!("the format is {}, expected {FORMAT}", head.format)));
    }
    if head.version > VERSION {
        return Err(source.wrong(format!("made by a newer version of the program (format {}); this one reads up to {VERSION}", head.version)));
    }
    let own = desk.programme().id.as_str();
    if head.programme != own {
        return Err(source.wrong(format!("made for the programme {}, this store is for {own}; name it with --programme", head.programme)));
    }
    source.count(&line);
    Ok(())
}

fn tail<R: BufRead>(source: &mut Source<'_, R>, line: &str, facts: u64) -> Result<(), HistoryError> {
    let tail: Tail = serde_json::from_str(line).map_err(|error| source.wrong(describe(&error)))?;
    if tail.facts != facts {
        return Err(source.wrong(format!("{} facts were written, {facts} are here; get the file again, whole", tail.facts)));
    }
    if tail.sha256 != hex(&source.hash.clone().finalize()) {
        return Err(source.wrong("the file was changed after it was written (its SHA-256 differs); get it again"));
    }
    match source.next()? {
        None => Ok(()),
        Some(_) => Err(source.wrong("there is text after the last line; get the file again")),
    }
}

fn fact<R: BufRead>(source: &Source<'_, R>, line: &str) -> Result<Fact, HistoryError> {
    serde_json::from_str(line).map_err(|error| {
        // a kind or version this program does not know is not a mistake in the file
        let header = serde_json::from_str::<serde_json::Value>(line).ok().map(|value| value["header"].clone());
        let kind = header.as_ref().and_then(|header| header["kind"].as_str().map(str::to_owned));
        let version = header.as_ref().and_then(|header| header["version"].as_u64());
        match (kind.as_deref(), kind.as_deref().and_then(Kind::from_code), version) {
            (Some(kind), None, _) => {
                source.wrong(format!("a fact of the kind {kind}, made by a newer version of the program; install that version"))
            }
            (_, Some(known), Some(version)) if version > u64::from(known.version()) => {
                source.wrong(format!("{known} of version {version}, made by a newer version of the program; this one knows up to {}", known.version()))
            }
            _ => source.wrong(format!("{}; each line is one fact as docs/history-format.md describes", describe(&error))),
        }
    })
}

/// Every history must make sense by itself; otherwise the line of the fact that does not.
fn makes_sense(desk: &Desk, path: &Path, facts: &[Fact], lines: &BTreeMap<FactId, u64>) -> Result<(), HistoryError> {
    let mut streams: BTreeMap<Stream, Vec<Recorded>> = BTreeMap::new();
    for fact in facts {
        let stream = streams.entry(fact.header.stream).or_default();
        let number = u32::try_from(stream.len() + 1).unwrap_or(u32::MAX);
        stream.push(Recorded { number, fact: fact.clone() });
    }
    for (stream, history) in &streams {
        let Some(first) = history.first().map(|recorded| &recorded.fact.header) else { continue };
        let at = |fact: FactId, what: String| {
            let line = lines.get(&fact).copied().unwrap_or(0);
            HistoryError::Line { path: path.to_owned(), line, what }
        };
        if let Some(other) = history.iter().find(|recorded| recorded.fact.header.subject != first.subject) {
            return Err(at(other.fact.header.id, "a history has facts about two people; each history is about one".to_owned()));
        }
        let checked = match stream {
            Stream::Participant(id) => participant::replay(*id, history).map(|_| ()),
            Stream::Trajectory(_) => match desk.programme().method(&first.method) {
                Some(method) => trajectory::replay(history, method).map(|_| ()),
                None => return Err(at(first.id, format!("the programme has no method {}", first.method))),
            },
        };
        checked.map_err(|refusal| {
            let fact = refusal.stands_in_way.map_or(first.id, |standing| standing.fact);
            at(fact, format!("this fact does not fit its history: {}", refusal.problem))
        })?;
    }
    Ok(())
}
