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
    /// What the leaf covers.
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
/// Every statement here.
pub const SQL: &[&str] = &[PUT, AFTER, BETWEEN, LAST, ABOUT, INDEXED, INDEX, DONE];

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
            for subject in subjects(line)? {
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
    Ok(inside.map(|line| merkle::leaf(line.body.as_bytes())).collect())
}
