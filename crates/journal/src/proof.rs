//! Proofs that a person outside can check with one old checkpoint, and without the store.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    chain::entry_of,
    checkpoint,
    error::{Error, Result},
    merkle::{self, Hash},
    note::{Note, Signer, Verifier},
    read, read_log,
    sql::Tx,
    tree::{Kept, Tree},
};

/// A proof, as JSON for people outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The signed head that it leads to.
    pub checkpoint: String,
    /// The public key that signed it.
    pub key: String,
    /// One entry in the tree.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inclusion: Option<Inclusion>,
    /// An older tree as the beginning of this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub consistency: Option<Consistency>,
}

/// That an entry is in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// Position of the fact or number of the line, from 1.
    pub number: u64,
    /// What the leaf covers, base64: for a line of the read log its text, for a fact its clear header and the hash of the
    /// sealed part.
    pub entry: String,
    /// The hashes on the way to the root, base64.
    pub path: Vec<String>,
}

/// That the tree of an older checkpoint is its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// Leaves of the older tree.
    pub from: u64,
    /// The hashes, base64.
    pub path: Vec<String>,
}

/// What a check found, when all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Leaves of the tree that the proof leads to.
    pub size: u64,
    /// The entry that is in it.
    pub number: Option<u64>,
    /// Leaves of the old checkpoint that it begins with.
    pub old: u64,
}

fn encode(path: &[Hash]) -> Vec<String> {
    path.iter().map(|hash| BASE64_STANDARD.encode(hash)).collect()
}

fn decode(path: &[String]) -> Result<Vec<Hash>> {
    let one = |text: &String| BASE64_STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    path.iter().map(|text| one(text).ok_or_else(|| wrong("a hash is not 32 bytes of base64"))).collect()
}

fn wrong(what: &str) -> Error {
    Error::Unusable(format!("the proof does not hold: {what}"))
}

fn entry(tx: &mut Tx<'_>, tree: Tree, number: u64) -> Result<Vec<u8>> {
    let before = number.saturating_sub(1);
    let found = match tree {
        Tree::Facts => read::after(tx, before, 1)?
            .into_iter()
            .find(|fact| fact.position == number)
            .map(|fact| entry_of(&fact.header, &fact.codes, fact.number, &fact.sealed_hash)),
        Tree::Reads => read_log::after(tx, before, 1)?
            .into_iter()
            .find(|line| line.number == number)
            .map(|line| line.body.into_bytes())
            .filter(|body| !body.is_empty()),
    };
    let what = if tree == Tree::Facts { "fact" } else { "line of the read log" };
    found.ok_or_else(|| Error::Unusable(format!("there is no {what} {number}, or its term has ended")))
}

/// Proves that an entry is in the tree as it is now, that the tree begins with an older checkpoint, or both.
///
/// # Errors
/// When there is no such entry, the checkpoint is of another log or larger than the tree, or rows are missing.
pub fn prove(tx: &mut Tx<'_>, tree: Tree, number: Option<u64>, old: Option<&Note>, signer: &Signer) -> Result<Proof> {
    let head = checkpoint::head(tx, tree, signer.verifier().name())?;
    let size = head.size;
    if let Some(old) = old
        && (old.head.origin != head.origin || old.head.size > size)
    {
        let what = format!(
            "the checkpoint is of {} with {} leaves, this is {} with {size}",
            old.head.origin, old.head.size, head.origin
        );
        return Err(Error::Unusable(what));
    }
    let inclusion = match number {
        None => None,
        Some(number) => {
            let entry = entry(tx, tree, number)?;
            let path = merkle::inclusion(&mut Kept::new(tx, tree), number - 1, size)?;
            Some(Inclusion { number, entry: BASE64_STANDARD.encode(entry), path: encode(&path) })
        }
    };
    let consistency = match old {
        None => None,
        Some(old) => {
            let path = merkle::consistency(&mut Kept::new(tx, tree), old.head.size, size)?;
            Some(Consistency { from: old.head.size, path: encode(&path) })
        }
    };
    Ok(Proof { checkpoint: signer.sign(head).text, key: signer.verifier().to_string(), inclusion, consistency })
}

impl Proof {
    /// Checks the proof against a checkpoint that was kept by who checks; `key` is the public key they trust (that of the
    /// old checkpoint's log), or the one in the proof.
    ///
    /// # Errors
    /// Says what does not hold.
    pub fn check(&self, old: &Note, key: Option<&Verifier>) -> Result<Checked> {
        let own = Verifier::parse(&self.key)?;
        let key = key.unwrap_or(&own);
        let new = Note::parse(&self.checkpoint)?;
        if !key.signed(old) {
            return Err(wrong("the old checkpoint was not signed with this key"));
        }
        if !key.signed(&new) {
            return Err(wrong("its checkpoint was not signed with this key"));
        }
        let (old, new) = (&old.head, &new.head);
        if old.origin != new.origin {
            return Err(wrong(&format!("it is about {}, the old checkpoint about {}", new.origin, old.origin)));
        }
        let path = match &self.consistency {
            Some(path) if path.from == old.size => decode(&path.path)?,
            None if old.size == new.size => vec![],
            _ => return Err(wrong(&format!("it does not begin at the {} of the old checkpoint", old.size))),
        };
        if !merkle::consistent(old.size, &old.root, new.size, &new.root, &path) {
            return Err(wrong("the history does not begin with the old checkpoint: it was rewritten"));
        }
        if let Some(one) = &self.inclusion {
            let entry = BASE64_STANDARD.decode(&one.entry).map_err(|_| wrong("the entry is not base64"))?;
            let index = one.number.checked_sub(1).ok_or_else(|| wrong("numbers begin at 1"))?;
            if !merkle::includes(&merkle::leaf(&entry), index, new.size, &decode(&one.path)?, &new.root) {
                return Err(wrong(&format!("entry {} is not in the tree of {} leaves", one.number, new.size)));
            }
        }
        Ok(Checked { size: new.size, number: self.inclusion.as_ref().map(|one| one.number), old: old.size })
    }
}
