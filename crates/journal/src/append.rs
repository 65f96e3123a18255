//! Appending facts: sealed outside the transaction, chained and placed inside it.

use std::sync::Arc;

use domain::{
    fact::{Fact, Header},
    ids::Stream,
};

use crate::{
    chain::{chain_start, hash, step_to},
    entropy::Entropy,
    error::{Error, Result},
    params,
    seal::{Class, PersonKey},
    sql::Tx,
    tree,
};

pub(crate) use crate::chain::leaf_of;

/// A fact ready to append.
#[derive(Debug, Clone)]
pub struct SealedFact {
    pub(crate) header: Header,
    pub(crate) codes: String,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) sealed_hash: [u8; 32],
}

const HEAD: &str = "UPDATE head SET position = position + $1 WHERE one = 1 RETURNING position";
const STREAM: &str = "SELECT number, chain FROM stream_head WHERE stream = $1";
const PUT_STREAM: &str = "INSERT INTO stream_head (stream, stream_kind, subject, number, chain)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (stream) DO UPDATE SET number = excluded.number, chain = excluded.chain";
const PUT_FACT: &str =
    "INSERT INTO fact (position, id, stream, stream_kind, number, subject, site, method, kind, version,
    valid_from, recorded_at, actor, org, source, purpose, command, supersedes, codes, sealed, sealed_hash, chain)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
const HEAD_NOW: &str = "SELECT position FROM head WHERE one = 1";

/// Every statement here.
pub const SQL: &[&str] = &[HEAD, STREAM, PUT_STREAM, PUT_FACT, HEAD_NOW];

/// Where a fact's sealed part belongs: fact, stream and kind.
pub(crate) fn place(header: &Header) -> Vec<u8> {
    [header.id.0.as_bytes().as_slice(), header.stream.id().as_bytes(), header.kind.code().as_bytes()].concat()
}

impl SealedFact {
    /// Seals a fact under its subject's key. A fact without body (forgotten) stays without.
    ///
    /// # Errors
    /// Only when the algorithm refuses.
    pub fn new(fact: &Fact, key: Option<&Arc<PersonKey>>, entropy: &dyn Entropy) -> Result<Self> {
        let codes = serde_json::to_string(&fact.header.codes)
            .map_err(|error| Error::Unusable(format!("codes of a fact: {error}")))?;
        let sealed = match (fact.sealed(), key) {
            (Some(sealed), Some(key)) => {
                Some(key.seal(Class::Fact, &place(&fact.header), &sealed.sections(), entropy)?)
            }
            (None, _) => None,
            (Some(_), None) => return Err(Error::Key("a fact cannot be sealed without a key".to_owned())),
        };
        let sealed_hash = hash(sealed.as_deref().unwrap_or_default());
        Ok(Self { header: fact.header.clone(), codes, sealed, sealed_hash })
    }
}

/// The number and chain of a stream; `(0, start)` for a new one.
pub fn stream_head(tx: &mut Tx<'_>, stream: Stream) -> Result<(u32, [u8; 32])> {
    let kept = tx.one(STREAM, params![stream.id()], |row| Ok((row.get::<i64>(0)?, row.get::<[u8; 32]>(1)?)))?;
    Ok(kept
        .map_or_else(|| (0, chain_start(stream)), |(number, chain)| (u32::try_from(number).unwrap_or(u32::MAX), chain)))
}

/// The last position given out.
pub fn head(tx: &mut Tx<'_>) -> Result<u64> {
    let position = tx.one(HEAD_NOW, params![], |row| row.get::<i64>(0))?.unwrap_or(0);
    Ok(u64::try_from(position).unwrap_or(0))
}

/// Appends facts of one stream after the number the writer knew.
///
/// # Errors
/// [`Error::Conflict`] when someone else appended first; then nothing may be kept of the transaction.
pub fn append(tx: &mut Tx<'_>, stream: Stream, expected: u32, facts: &[SealedFact]) -> Result<()> {
    let Some(first) = facts.first() else { return Ok(()) };
    let count = i64::try_from(facts.len()).unwrap_or(i64::MAX);
    // taking positions first locks the row: on a server the next writer waits here, and positions follow commits
    let last = tx.one(HEAD, params![count], |row| row.get::<i64>(0))?.unwrap_or(count);
    let (actual, mut chain) = stream_head(tx, stream)?;
    if actual != expected {
        return Err(Error::Conflict { stream, expected, actual });
    }
    let (mut number, mut leaves) = (expected, Vec::with_capacity(facts.len()));
    for (position, fact) in (last - count + 1..).zip(facts) {
        number += 1;
        let leaf = leaf_of(&fact.header, &fact.codes, number, &fact.sealed_hash);
        chain = step_to(&chain, &leaf);
        put(tx, position, number, fact, &chain)?;
        leaves.push(leaf);
    }
    tree::add_facts(tx, u64::try_from(last - count + 1).unwrap_or(1), &leaves)?;
    let subject = first.header.subject.0;
    tx.exec(PUT_STREAM, params![stream.id(), stream.kind(), subject, i64::from(number), &chain[..]])?;
    Ok(())
}

fn put(tx: &mut Tx<'_>, position: i64, number: u32, fact: &SealedFact, chain: &[u8; 32]) -> Result<()> {
    let h = &fact.header;
    tx.exec(
        PUT_FACT,
        params![
            position,
            h.id.0,
            h.stream.id(),
            h.stream.kind(),
            i64::from(number),
            h.subject.0,
            h.site.as_str(),
            h.method.as_str(),
            h.kind.code(),
            i64::from(h.version),
            h.valid_from,
            h.recorded_at,
            h.actor.0,
            h.org.as_str(),
            h.source.as_str(),
            h.purpose.code(),
            h.command.0,
            h.supersedes.map(|fact| fact.0),
            fact.codes.as_str(),
            fact.sealed.as_deref(),
            &fact.sealed_hash[..],
            &chain[..]
        ],
    )?;
    Ok(())
}
