//! Reading a history file: whole and checked before anything is taken in.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom},
    path::Path,
};

use age::{DecryptError, secrecy::SecretString};
use desk::{Desk, conference::SittingLog};
use domain::{
    fact::{Fact, Kind, describe},
    ids::FactId,
    sitting::Line,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{FORMAT, Head, HistoryError, IMPORTED, LineHash, SittingLine, Tail, VERSION, WORK, check};

/// Longest line that is read: a fact is a few thousand characters.
const LONGEST: u64 = 4 << 20;

/// Takes a history file into an empty store, all or nothing; how many facts.
///
/// # Errors
/// What is wrong and in which line; then nothing was taken in.
pub fn import(
    desk: &Desk,
    path: &Path,
    passphrase: Option<SecretString>,
    mut progress: impl FnMut(Progress) + Send + 'static,
) -> Result<u64, HistoryError> {
    let mut file = File::open(path).map_err(HistoryError::file(path))?;
    let length = file.metadata().map_err(HistoryError::file(path))?.len();
    let hash = hash(&mut file).map_err(HistoryError::file(path))?;
    let read = |done| progress(Progress::Reading { done, length });
    let mut reader = BufReader::new(Counting { file, done: 0, told: 0, progress: read });
    let encrypted = reader.fill_buf().map_err(HistoryError::file(path))?.starts_with(b"age-encryption.org/");
    let (facts, sittings) = match (encrypted, passphrase) {
        (false, _) => read_all(desk, path, reader)?,
        (true, passphrase) => read_all(desk, path, decrypted(path, reader, passphrase)?)?,
    };
    progress(Progress::TakingIn { done: 0, all: facts.len() as u64 });
    let told = move |done, all| progress(Progress::TakingIn { done, all });
    Ok(desk.take_in_with(facts, sittings, vec![(IMPORTED, hash)], told)?)
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Reading and checking: bytes of the file.
    Reading {
        /// So many were read.
        done: u64,
        /// Of so many.
        length: u64,
    },
    /// Writing to the store: facts.
    TakingIn {
        /// So many were written.
        done: u64,
        /// Of so many.
        all: u64,
    },
}

/// How often reading is told, in bytes.
const TELL: u64 = 1 << 16;

/// A file that tells how much of it was read: before decryption, so that the length is that of the file.
struct Counting<F> {
    file: File,
    done: u64,
    told: u64,
    progress: F,
}

impl<F: FnMut(u64)> Read for Counting<F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.done += read as u64;
        if read == 0 || self.done - self.told >= TELL {
            self.told = self.done;
            (self.progress)(self.done);
        }
        Ok(read)
    }
}

fn hash(file: &mut File) -> std::io::Result<String> {
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(journal::hex(&hash.finalize()))
}

fn decrypted<R: Read>(
    path: &Path,
    reader: BufReader<R>,
    passphrase: Option<SecretString>,
) -> Result<impl BufRead + use<R>, HistoryError> {
    let wrong = |what: String| HistoryError::Age { path: path.to_owned(), what };
    let Some(passphrase) = passphrase else {
        let what = "this file is encrypted; give its passphrase with --passphrase-file or BESTENDIG_PASSPHRASE";
        return Err(wrong(what.to_owned()));
    };
    let mut identity = age::scrypt::Identity::new(passphrase);
    identity.set_max_work_factor(WORK + 2);
    let explain = |error| match error {
        DecryptError::Io(source) => HistoryError::File { path: path.to_owned(), source },
        DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed => {
            wrong("the passphrase does not fit this file; give the one it was written with".to_owned())
        }
        other => wrong(format!("the encryption cannot be read ({other}); get the file again, whole")),
    };
    let decryptor = age::Decryptor::new_buffered(reader).map_err(explain)?;
    let plain = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(explain)?;
    Ok(BufReader::new(plain))
}

/// A line at a time, with its number for every message.
struct Source<'p, R> {
    reader: R,
    path: &'p Path,
    line: u64,
    hash: LineHash,
}

impl<R: BufRead> Source<'_, R> {
    fn wrong(&self, what: impl Into<String>) -> HistoryError {
        HistoryError::Line { path: self.path.to_owned(), line: self.line, what: what.into() }
    }

    fn next(&mut self) -> Result<Option<String>, HistoryError> {
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(LONGEST).read_until(b'\n', &mut bytes);
        self.line += 1;
        let read = read.map_err(|source| match source.kind() {
            // what the encryption says of a part that is missing or was changed
            ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => {
                self.wrong("the encrypted file was cut off or changed here; get it again, whole")
            }
            _ => HistoryError::File { path: self.path.to_owned(), source },
        })?;
        if read == 0 {
            return Ok(None);
        }
        if bytes.pop() != Some(b'\n') {
            return Err(self.wrong(if read as u64 == LONGEST {
                "this line is longer than 4 MB, which no fact is; write the file again with `export history`"
            } else {
                "the file was cut off in the middle of this line; get it again, whole"
            }));
        }
        let line = String::from_utf8(bytes);
        let line = line.map_err(|_| self.wrong("the text is not UTF-8; write the file again with `export history`"))?;
        Ok(Some(line))
    }
}

fn read_all(desk: &Desk, path: &Path, reader: impl BufRead) -> Result<(Vec<Fact>, Vec<SittingLog>), HistoryError> {
    let mut source = Source { reader, path, line: 0, hash: LineHash::default() };
    head(&mut source, desk)?;
    let mut facts: Vec<Fact> = Vec::new();
    let mut seen: HashMap<FactId, u64> = HashMap::new();
    let mut sittings: Vec<(u64, SittingLog)> = Vec::new();
    loop {
        let Some(line) = source.next()? else {
            return Err(source.wrong("the last line is missing: the file was cut off; get it again, whole"));
        };
        if line.starts_with("{\"end\"") {
            let lines = sittings.iter().map(|(_, (_, lines))| lines.len() as u64).sum();
            tail(&mut source, &line, facts.len() as u64, lines)?;
            break;
        }
        if line.starts_with("{\"sitting\"") {
            sitting(&source, &line, &mut sittings)?;
        } else {
            let fact = fact(&source, &line)?;
            if !sittings.is_empty() {
                return Err(source.wrong("a fact after the logs of sittings; facts come first"));
            }
            if let Some(first) = seen.insert(fact.header.id, source.line) {
                return Err(
                    source.wrong(format!("the same fact already stands in line {first}; each fact stands once"))
                );
            }
            facts.push(fact);
        }
        source.hash.add(&line);
    }
    let wrong = |line, what| HistoryError::Line { path: path.to_owned(), line, what };
    check::makes_sense(desk.programme(), &facts)
        .map_err(|bad| wrong(seen.get(&bad.fact).copied().unwrap_or(0), bad.what))?;
    let known = check::Known::of(&facts);
    for (first, (id, lines)) in &sittings {
        check::sitting(desk.programme(), *id, lines, &known).map_err(|(at, what)| wrong(first + at, what))?;
    }
    Ok((facts, sittings.into_iter().map(|(_, log)| log).collect()))
}

/// A line of a sitting: those of one sitting stand together, in their order.
fn sitting<R: BufRead>(
    source: &Source<'_, R>,
    line: &str,
    sittings: &mut Vec<(u64, SittingLog)>,
) -> Result<(), HistoryError> {
    let read: SittingLine = serde_json::from_str(line).map_err(|error| {
        source.wrong(format!("{}; each line of a sitting is as docs/history-format.md describes", describe(&error)))
    })?;
    let SittingLine { sitting, number, at, by, act } = read;
    let next = Line { number, at, by, act };
    let known = sittings.iter().position(|(_, (known, _))| *known == sitting);
    match known.map(|at| (at + 1 == sittings.len(), &mut sittings[at].1.1)) {
        Some((true, lines)) => lines.push(next),
        Some((false, _)) => {
            return Err(source.wrong("another sitting stands between the lines of this one; they stand together"));
        }
        None => sittings.push((source.line, (sitting, vec![next]))),
    }
    Ok(())
}

fn head<R: BufRead>(source: &mut Source<'_, R>, desk: &Desk) -> Result<(), HistoryError> {
    let Some(line) = source.next()? else {
        return Err(source.wrong("the file is empty; write it with `export history`"));
    };
    let not_ours =
        || source.wrong(format!("this is not a history file: its first line must be {{\"format\":\"{FORMAT}\",…}}"));
    let value: Value = serde_json::from_str(&line).map_err(|_| not_ours())?;
    if value["format"] != FORMAT {
        return Err(not_ours());
    }
    // before the fields: a newer version may have others
    if let Some(newer) = value["version"].as_u64().filter(|version| *version > u64::from(VERSION)) {
        return Err(source.wrong(format!(
            "made by a newer version of the program (format {newer}); this one reads up to {VERSION}"
        )));
    }
    let head: Head = serde_json::from_str(&line).map_err(|error| source.wrong(describe(&error)))?;
    let own = desk.programme().id.as_str();
    if head.programme != own {
        return Err(source.wrong(format!(
            "made for the programme {}, this store is for {own}; name it with --programme",
            head.programme
        )));
    }
    source.hash.add(&line);
    Ok(())
}

fn tail<R: BufRead>(source: &mut Source<'_, R>, line: &str, facts: u64, sittings: u64) -> Result<(), HistoryError> {
    let tail: Tail = serde_json::from_str(line).map_err(|error| source.wrong(describe(&error)))?;
    if tail.facts != facts {
        return Err(
            source.wrong(format!("{} facts were written, {facts} are here; get the file again, whole", tail.facts))
        );
    }
    if tail.sittings != sittings {
        return Err(source.wrong(format!(
            "{} lines of sittings were written, {sittings} are here; get the file again, whole",
            tail.sittings
        )));
    }
    if !tail.end || tail.sha256 != source.hash.hex() {
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
        let header = serde_json::from_str::<Value>(line).map(|mut value| value["header"].take()).unwrap_or_default();
        let kind = header["kind"].as_str();
        match (kind, kind.and_then(Kind::from_code), header["version"].as_u64()) {
            (Some(_), None, _) => source.wrong(
                "a fact of a kind that this program does not know, made by a newer version; install that version",
            ),
            (_, Some(known), Some(version)) if version > u64::from(known.version()) => source.wrong(format!(
                "{known} of version {version}, made by a newer version of the program; this one knows up to {}",
                known.version()
            )),
            _ => {
                source.wrong(format!("{}; each line is one fact as docs/history-format.md describes", describe(&error)))
            }
        }
    })
}
