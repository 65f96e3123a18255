//! Walking all chains: shows which fact was changed, removed or moved.

use std::collections::HashMap;

use domain::ids::Stream;

use crate::{
    append::head,
    chain::{chain_start, chain_step, hash},
    error::{Error, Result},
    keys::Keyring,
    params, read,
    sql::Tx,
};

/// What a walk over all chains found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Facts read.
    pub facts: u64,
    /// Streams walked.
    pub streams: u64,
    /// Facts whose sealed part is gone (forgotten people).
    pub forgotten: u64,
    /// What is wrong, by position or stream; never personal data.
    pub findings: Vec<String>,
}

const HEADS: &str = "SELECT stream, number, chain FROM stream_head";
/// Every statement here.
pub const SQL: &[&str] = &[HEADS];

/// Facts read at a time.
const CHUNK: u32 = 2000;

/// Recomputes every chain and opens every sealed part.
///
/// # Errors
/// When the store cannot be read at all; what is merely wrong stands in the report.
pub fn verify(tx: &mut Tx<'_>, keys: &Keyring, mut progress: impl FnMut(u64)) -> Result<Report> {
    let mut report = Report::default();
    let mut heads: HashMap<Stream, (u32, [u8; 32])> = HashMap::new();
    let mut position = 0;
    loop {
        let facts = match read::after(tx, position, CHUNK) {
            Ok(facts) => facts,
            Err(error @ (Error::Damaged { .. } | Error::NewerFact { .. })) => {
                report.findings.push(format!("after position {position}: {error}"));
                return Ok(report);
            }
            Err(error) => return Err(error),
        };
        if facts.is_empty() {
            break;
        }
        for fact in facts {
            if fact.position != position + 1 {
                report.findings.push(format!("positions {} to {} are missing", position + 1, fact.position - 1));
            }
            position = fact.position;
            report.facts += 1;
            one(&mut report, &mut heads, keys, fact)?;
        }
        progress(position);
    }
    report.streams = heads.len() as u64;
    if head(tx)? != position {
        report.findings.push(format!("the last position is {position}, the store gave out {}", head(tx)?));
    }
    let kept =
        tx.query(HEADS, params![], |row| Ok((row.get::<uuid::Uuid>(0)?, row.get::<i64>(1)?, row.get::<[u8; 32]>(2)?)))?;
    for (id, number, chain) in &kept {
        let walked = heads.iter().find(|(stream, _)| stream.id() == *id).map(|(_, head)| *head);
        if walked.is_none_or(|(last, end)| i64::from(last) != *number || end != *chain) {
            report.findings.push(format!("stream {id}: its end is not what was walked"));
        }
    }
    if kept.len() != heads.len() {
        report.findings.push(format!("{} streams have facts, {} have an end", heads.len(), kept.len()));
    }
    Ok(report)
}

fn one(
    report: &mut Report,
    heads: &mut HashMap<Stream, (u32, [u8; 32])>,
    keys: &Keyring,
    fact: read::StoredFact,
) -> Result<()> {
    let (position, stream) = (fact.position, fact.header.stream);
    let (last, chain) = heads.get(&stream).copied().unwrap_or_else(|| (0, chain_start(stream)));
    if fact.number != last + 1 {
        report.findings.push(format!("position {position}: number {} of its stream follows {last}", fact.number));
    }
    let next = chain_step(&chain, &fact.header, &fact.codes, fact.number, &fact.sealed_hash);
    if next != fact.chain {
        report
            .findings
            .push(format!("position {position}: the chain does not fit; this or an earlier fact was altered"));
    }
    // go on from what is written, so that one altered fact is one finding
    heads.insert(stream, (fact.number, fact.chain));
    match &fact.sealed {
        None => report.forgotten += 1,
        Some(sealed) if hash(sealed) != fact.sealed_hash => {
            report.findings.push(format!("position {position}: the sealed part was altered"));
        }
        Some(_) => {
            let key = keys.key(fact.header.subject)?;
            if key.is_none() {
                report.forgotten += 1;
            } else if let Err(error) = fact.open(key.as_deref()) {
                report.findings.push(format!("position {position}: {error}"));
            }
        }
    }
    Ok(())
}
