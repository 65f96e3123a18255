//! Walking all chains: shows which fact was changed, removed or moved.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::ids::ParticipantId;
use uuid::Uuid;

use crate::{
    append::head,
    chain::{chain_start, chain_step, hash},
    error::{Error, Result},
    keys::Keyring,
    params,
    read::{self, StoredFact},
    sql::Tx,
};

/// What a walk over all chains found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Facts read.
    pub facts: u64,
    /// Streams walked.
    pub streams: u64,
    /// Facts of forgotten people: the sealed part is gone, or its key was destroyed on purpose.
    pub forgotten: u64,
    /// What is wrong, by position or stream; never personal data.
    pub findings: Vec<String>,
}

const HEADS: &str = "SELECT stream, number, chain FROM stream_head";
/// Every statement here.
pub const SQL: &[&str] = &[HEADS];

/// Facts read at a time.
const CHUNK: u32 = 2000;

/// A walk: what was found, and where each stream stands.
struct Walk<'a> {
    report: Report,
    /// By id, which no two streams share.
    heads: HashMap<Uuid, (u32, [u8; 32])>,
    keys: &'a Keyring,
    destroyed: &'a BTreeSet<ParticipantId>,
    /// People whose key is missing: position of their first fact that does not open, and how many there are.
    lost: BTreeMap<ParticipantId, (u64, u64)>,
}

/// Recomputes every chain and opens every sealed part. `destroyed`: whose keys were destroyed on purpose; a key that is
/// missing for anyone else was lost.
///
/// # Errors
/// When the store cannot be read at all; what is merely wrong stands in the report.
pub fn verify(
    tx: &mut Tx<'_>,
    keys: &Keyring,
    destroyed: &BTreeSet<ParticipantId>,
    mut progress: impl FnMut(u64),
) -> Result<Report> {
    let (report, heads, lost) = (Report::default(), HashMap::new(), BTreeMap::new());
    let mut walk = Walk { report, heads, keys, destroyed, lost };
    let mut position = 0;
    loop {
        let facts = match read::after(tx, position, CHUNK) {
            Ok(facts) => facts,
            Err(error @ (Error::Damaged { .. } | Error::NewerFact { .. })) => {
                walk.find(format!("after position {position}: {error}"));
                return Ok(walk.end());
            }
            Err(error) => return Err(error),
        };
        if facts.is_empty() {
            break;
        }
        for fact in facts {
            if fact.position != position + 1 {
                walk.find(format!("positions {} to {} are missing", position + 1, fact.position - 1));
            }
            position = fact.position;
            walk.one(fact)?;
        }
        progress(position);
    }
    if head(tx)? != position {
        walk.find(format!("the last position is {position}, the store gave out {}", head(tx)?));
    }
    walk.compare(&tx.query(HEADS, params![], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?);
    Ok(walk.end())
}

impl Walk<'_> {
    fn find(&mut self, finding: String) {
        self.report.findings.push(finding);
    }

    /// Holds the ends of the streams, as kept, against those walked to.
    fn compare(&mut self, kept: &[(Uuid, i64, [u8; 32])]) {
        for (id, number, chain) in kept {
            let walked = self.heads.get(id);
            if walked.is_none_or(|(last, end)| i64::from(*last) != *number || end != chain) {
                self.find(format!("stream {id}: its end is not what was walked"));
            }
        }
        if kept.len() != self.heads.len() {
            self.find(format!("{} streams have facts, {} have an end", self.heads.len(), kept.len()));
        }
    }

    fn one(&mut self, fact: StoredFact) -> Result<()> {
        let (position, stream, subject) = (fact.position, fact.header.stream, fact.header.subject);
        self.report.facts += 1;
        let (last, chain) = self.heads.get(&stream.id()).copied().unwrap_or_else(|| (0, chain_start(stream)));
        if fact.number != last + 1 {
            self.find(format!("position {position}: number {} of its stream follows {last}", fact.number));
        }
        let next = chain_step(&chain, &fact.header, &fact.codes, fact.number, &fact.sealed_hash);
        if next != fact.chain {
            self.find(format!("position {position}: the chain does not fit; this or an earlier fact was altered"));
        }
        // go on from what is written, so that one altered fact is one finding
        self.heads.insert(stream.id(), (fact.number, fact.chain));
        match &fact.sealed {
            None => self.report.forgotten += 1,
            Some(sealed) if hash(sealed) != fact.sealed_hash => {
                self.find(format!("position {position}: the sealed part was altered"));
            }
            Some(_) => match self.keys.key(subject)? {
                Some(key) => {
                    if let Err(error) = fact.open(Some(&key)) {
                        self.find(format!("position {position}: {error}"));
                    }
                }
                None if self.destroyed.contains(&subject) => self.report.forgotten += 1,
                None => self.lost.entry(subject).or_insert((position, 0)).1 += 1,
            },
        }
        Ok(())
    }

    fn end(mut self) -> Report {
        self.report.streams = self.heads.len() as u64;
        let mut lost: Vec<(u64, u64)> = self.lost.values().copied().collect();
        lost.sort_unstable();
        for (position, facts) in lost {
            self.find(format!(
                "position {position}: the key of this person is missing, and was not destroyed on purpose; {facts} of \
                 their facts do not open; put back a backup of the keys"
            ));
        }
        self.report
    }
}
