//! The read log: one line per page of personal data that was answered, covered by a Merkle tree of its own.
//!
//! A line is text that the rooms above write and read; here it is kept as it came, with its leaf. It holds ids, no names.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::Result,
    merkle::{self, Hash},
    params,
    sql::{Row, Tx},
    tree,
};

/// A line as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1, without gaps.
    pub number: u64,
    /// When, by the real clock.
    pub at: Timestamp,
    /// What the leaf covers; empty when it was forgotten at the end of its term.
    pub body: String,
    /// The leaf as it was written.
    pub leaf: Hash,
}

const PUT: &str = "INSERT INTO read_log (number, at, body, leaf) VALUES ($1, $2, $3, $4)";
const AFTER: &str = "SELECT number, at, body, leaf FROM read_log WHERE number > $1 ORDER BY number LIMIT $2";
const BETWEEN: &str = "SELECT number, at, body, leaf FROM read_log WHERE at >= $1 AND at < $2 ORDER BY number";
const LAST: &str = "SELECT number, at, body, leaf FROM read_log ORDER BY number DESC LIMIT $1";
const ABOUT: &str = "SELECT l.number, l.at, l.body, l.leaf FROM read_subject s JOIN read_log l ON l.number = s.number
    WHERE s.subject = $1 ORDER BY l.number DESC";
const INDEXED: &str = "SELECT COALESCE(MAX(number), 0) FROM read_subject_done";
const INDEX: &str = "INSERT INTO read_subject (subject, number) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const DONE: &str = "UPDATE read_subject_done SET number = $1";
const UNTIL: &str = "SELECT COALESCE(MAX(number), 0) FROM read_log WHERE at < $1";
const FULL: &str = "SELECT COALESCE(MIN(number), 0) FROM read_log WHERE number <= $1 AND body <> ''";
const EMPTY: &str = "UPDATE read_log SET body = '' WHERE number >= $1 AND number < $2";
const UNINDEX: &str = "DELETE FROM read_subject WHERE number >= $1 AND number < $2";
/// Every statement here.
pub const SQL: &[&str] = &[PUT, AFTER, BETWEEN, LAST, ABOUT, INDEXED, INDEX, DONE, UNTIL, FULL, EMPTY, UNINDEX];

/// Lines that are emptied in one transaction: others wait for it.
const BATCH: u64 = 2000;
/// The least age of a line that is emptied; `verify` takes an emptied line that was younger for an altered one.
pub const YOUNGEST: jiff::SignedDuration = jiff::SignedDuration::from_hours(364 * 24);

/// A line that says that lines were emptied: under the tree, as every other.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgot {
    /// Lines up to this one.
    #[serde(rename = "forgot")]
    pub(crate) until: u64,
    /// When, in microseconds.
    pub(crate) at: i64,
    /// They are older than this.
    pub(crate) before: i64,
}

/// A line that covers a record elsewhere in the store.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Covers {
    #[serde(rename = "covers")]
    hash: String,
    at: i64,
}

/// Covers a record that is kept elsewhere by the tree of the read log: whoever alters it has to alter that too.
///
/// # Errors
/// When it cannot be kept.
pub fn cover(tx: &mut Tx<'_>, at: Timestamp, hash: &Hash) -> Result<()> {
    let line = Covers { hash: crate::hex(hash), at: at.as_microsecond() };
    let body = serde_json::to_string(&line).map_err(|error| crate::Error::Unusable(error.to_string()))?;
    append(tx, at, &body)?;
    Ok(())
}

impl Forgot {
    pub(crate) fn is_old_enough(&self) -> bool {
        self.before <= self.at.saturating_sub(i64::try_from(YOUNGEST.as_micros()).unwrap_or(i64::MAX))
    }
}

impl Line {
    /// Whether it says who read: it was not forgotten, does not say that others were, and covers no other record.
    pub fn is_reading(&self) -> bool {
        !self.body.is_empty() && self.forgot().is_none() && self.covers().is_none()
    }

    /// The hash of a record elsewhere that this line covers.
    pub fn covers(&self) -> Option<Hash> {
        let covered =
            self.body.starts_with("{\"covers\"").then(|| serde_json::from_str::<Covers>(&self.body).ok())??;
        let hash = covered.hash;
        let byte = |at: usize| u8::from_str_radix(hash.get(at..at + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..64).step_by(2).map(byte).collect();
        bytes?.try_into().ok()
    }

    pub(crate) fn forgot(&self) -> Option<Forgot> {
        self.body.starts_with("{\"forgot\"").then(|| serde_json::from_str(&self.body).ok()).flatten()
    }

    /// The leaf, made from what is kept; of a line that was forgotten as it was written.
    pub(crate) fn leaf(&self) -> Hash {
        if self.body.is_empty() { self.leaf } else { merkle::leaf(self.body.as_bytes()) }
    }
}

/// Empties lines that are older than `before`, some at a time; how many. The leaves stay, so the tree is what it was. A line
/// that says so comes first, in the same transaction.
///
/// # Errors
/// When `before` is younger than [`YOUNGEST`], or the store cannot be written.
pub fn forget(tx: &mut Tx<'_>, now: Timestamp, before: Timestamp) -> Result<u64> {
    if before > now - YOUNGEST {
        return Err(crate::Error::Unusable("lines of the read log are kept for a year at least".to_owned()));
    }
    let number = |found: Option<i64>| u64::try_from(found.unwrap_or(0)).unwrap_or(0);
    // a clock that was put back leaves a line among older ones; it goes with the first that is not younger
    let until = number(tx.one(UNTIL, params![before], |row| row.get(0))?);
    let first = number(tx.one(FULL, params![int(until)], |row| row.get(0))?);
    if first == 0 {
        return Ok(0);
    }
    let next = (first + BATCH).min(until + 1);
    let said = Forgot { until: next - 1, at: now.as_microsecond(), before: before.as_microsecond() };
    let body = serde_json::to_string(&said).map_err(|error| crate::Error::Unusable(error.to_string()))?;
    append(tx, now, &body)?;
    tx.exec(UNINDEX, params![int(first), int(next)])?;
    tx.exec(EMPTY, params![int(first), int(next)])?;
    Ok(next - first)
}

fn line(row: &Row<'_>) -> Result<Line> {
    let number = u64::try_from(row.get::<i64>(0)?).unwrap_or(0);
    Ok(Line { number, at: row.get(1)?, body: row.get(2)?, leaf: row.get(3)? })
}

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Appends a line; its number.
///
/// # Errors
/// When it cannot be kept: then nothing may be shown.
pub fn append(tx: &mut Tx<'_>, at: Timestamp, body: &str) -> Result<u64> {
    let leaf = merkle::leaf(body.as_bytes());
    let number = tree::add_reads(tx, &[leaf])?;
    tx.exec(PUT, params![int(number), at, body, &leaf[..]])?;
    Ok(number)
}

/// Lines after a number, in order.
///
/// # Errors
/// When the store cannot be read.
pub fn after(tx: &mut Tx<'_>, number: u64, most: u32) -> Result<Vec<Line>> {
    tx.query(AFTER, params![int(number), i64::from(most)], line)
}

/// Lines of a period, in order.
///
/// # Errors
/// As [`after`].
pub fn between(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Line>> {
    tx.query(BETWEEN, params![from, to], line)
}

/// The newest lines, newest first.
///
/// # Errors
/// As [`after`].
pub fn last(tx: &mut Tx<'_>, most: u32) -> Result<Vec<Line>> {
    tx.query(LAST, params![i64::from(most)], line)
}

/// Lines about someone, newest first; [`index`] first, in a transaction that may write.
///
/// # Errors
/// As [`after`].
pub fn about(tx: &mut Tx<'_>, subject: Uuid) -> Result<Vec<Line>> {
    tx.query(ABOUT, params![subject], line)
}

/// Brings the index of subjects up to the log; `subjects` reads them from a line.
///
/// # Errors
/// As [`after`], and those of `subjects`.
pub fn index<E: From<crate::Error>>(
    tx: &mut Tx<'_>,
    subjects: impl Fn(&Line) -> std::result::Result<Vec<Uuid>, E>,
) -> std::result::Result<(), E> {
    let mut done = tx.one(INDEXED, params![], |row| row.get::<i64>(0))?.unwrap_or(0);
    loop {
        let lines = tx.query(AFTER, params![done, 1000_i64], line)?;
        let Some(last) = lines.last() else { return Ok(()) };
        done = int(last.number);
        for line in &lines {
            for subject in if line.is_reading() { subjects(line)? } else { vec![] } {
                tx.exec(INDEX, params![subject, int(line.number)])?;
            }
        }
        tx.exec(DONE, params![done])?;
    }
}

/// Leaves of lines from index `from` up to `to`, made from the lines.
pub(crate) fn leaves(tx: &mut Tx<'_>, from: u64, to: u64) -> Result<Vec<Hash>> {
    let lines = after(tx, from, u32::try_from(to - from).unwrap_or(u32::MAX))?;
    let inside = lines.iter().take_while(|line| line.number <= to);
    Ok(inside.map(Line::leaf).collect())
}
