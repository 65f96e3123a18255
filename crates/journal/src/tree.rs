//! The Merkle trees of a store: one over the facts, one over the read log, kept as they grow.
//!
//! An append changes one row (the right edge) and, once in 256, adds a node. Nodes below that are made from the rows
//! themselves when a proof asks for them, so a proof never rests on a copy of what it proves.

use crate::{
    append::leaf_of,
    error::{Error, Result},
    merkle::{self, Frontier, Hash, Subtrees},
    params, read, read_log,
    sql::Tx,
};

/// Which tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tree {
    /// Facts; leaf `n` is the fact at position `n + 1`.
    Facts,
    /// Lines of the read log; leaf `n` is line `n + 1`.
    Reads,
}

impl Tree {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Facts, Self::Reads];

    /// Its name in the store and in checkpoints.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Reads => "reads",
        }
    }

    /// The tree with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tree| tree.name() == name)
    }
}

/// Nodes from this level on are kept: subtrees of 256 leaves.
pub(crate) const KEPT: u32 = 8;

const GROW: &str = "UPDATE tree SET size = size + $2 WHERE name = $1 RETURNING size, frontier";
const EDGE: &str = "UPDATE tree SET size = $2, frontier = $3 WHERE name = $1";
const NOW: &str = "SELECT size, frontier FROM tree WHERE name = $1";
const PUT: &str = "INSERT INTO tree_node (tree, level, number, hash) VALUES ($1, $2, $3, $4)";
const NODE: &str = "SELECT hash FROM tree_node WHERE tree = $1 AND level = $2 AND number = $3";
/// Every statement here.
pub const SQL: &[&str] = &[GROW, EDGE, NOW, PUT, NODE];

fn edge(tree: Tree, size: i64, bytes: Option<&[u8]>) -> Result<Frontier> {
    let edge = u64::try_from(size).ok().and_then(|size| Frontier::from_bytes(size, bytes.unwrap_or_default()));
    let what =
        || format!("the edge of the tree of {} does not fit its size; run `verify`, restore a backup", tree.name());
    edge.ok_or_else(|| Error::Unusable(what()))
}

/// The right edge as it is now.
///
/// # Errors
/// When it was altered.
pub fn now(tx: &mut Tx<'_>, tree: Tree) -> Result<Frontier> {
    let kept = tx.one(NOW, params![tree.name()], |row| Ok((row.get::<i64>(0)?, row.get::<Option<Vec<u8>>>(1)?)))?;
    let (size, bytes) = kept.unwrap_or_default();
    edge(tree, size, bytes.as_deref())
}

/// Takes the tree for this transaction (the next writer on a server waits here), with room for `count` leaves.
fn take(tx: &mut Tx<'_>, tree: Tree, count: usize) -> Result<Frontier> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let kept = tx.one(GROW, params![tree.name(), count], |row| Ok((row.get::<i64>(0)?, row.get(1)?)))?;
    let (size, bytes): (i64, Option<Vec<u8>>) = kept.unwrap_or((count, None));
    edge(tree, size - count, bytes.as_deref())
}

fn put(tx: &mut Tx<'_>, tree: Tree, edge: &mut Frontier, leaves: &[Hash]) -> Result<()> {
    let mut nodes = Vec::new();
    for leaf in leaves {
        edge.push(*leaf, |level, number, hash| {
            if level >= KEPT {
                nodes.push((level, number, *hash));
            }
        });
    }
    for (level, number, hash) in nodes {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        tx.exec(PUT, params![tree.name(), i64::from(level), number, &hash[..]])?;
    }
    Ok(())
}

fn keep(tx: &mut Tx<'_>, tree: Tree, edge: &Frontier) -> Result<()> {
    let size = i64::try_from(edge.size()).unwrap_or(i64::MAX);
    tx.exec(EDGE, params![tree.name(), size, edge.to_bytes()])?;
    Ok(())
}

/// Adds facts that were placed from position `first` on. A store from before the tree is caught up with at its first append.
pub(crate) fn add_facts(tx: &mut Tx<'_>, first: u64, leaves: &[Hash]) -> Result<()> {
    let mut edge = take(tx, Tree::Facts, leaves.len())?;
    if edge.size() >= first {
        return Err(Error::Unusable(format!(
            "the tree covers {} facts, the journal has {}: facts were lost; run `verify`, restore a backup",
            edge.size(),
            first - 1
        )));
    }
    while edge.size() + 1 < first {
        let behind = facts(tx, edge.size(), (first - 1).min(edge.size() + 2000))?;
        if behind.is_empty() {
            return Err(Error::Damaged { position: edge.size() + 1, what: "this fact is missing".to_owned() });
        }
        put(tx, Tree::Facts, &mut edge, &behind)?;
    }
    put(tx, Tree::Facts, &mut edge, leaves)?;
    keep(tx, Tree::Facts, &edge)
}

/// Brings the tree of the facts up to the journal: for a store from before the tree.
///
/// # Errors
/// When a fact cannot be read.
pub fn catch_up(tx: &mut Tx<'_>) -> Result<()> {
    let next = crate::append::head(tx)? + 1;
    if now(tx, Tree::Facts)?.size() + 1 < next { add_facts(tx, next, &[]) } else { Ok(()) }
}

/// Adds lines of the read log; the number of the first.
pub(crate) fn add_reads(tx: &mut Tx<'_>, leaves: &[Hash]) -> Result<u64> {
    let mut edge = take(tx, Tree::Reads, leaves.len())?;
    let first = edge.size() + 1;
    put(tx, Tree::Reads, &mut edge, leaves)?;
    keep(tx, Tree::Reads, &edge)?;
    Ok(first)
}

/// Leaves of facts from index `from` up to `to`, made from the rows.
fn facts(tx: &mut Tx<'_>, from: u64, to: u64) -> Result<Vec<Hash>> {
    let most = u32::try_from(to - from).unwrap_or(u32::MAX);
    let rows = read::after(tx, from, most)?;
    let inside = rows.iter().take_while(|fact| fact.position <= to);
    Ok(inside.map(|fact| leaf_of(&fact.header, &fact.codes, fact.number, &fact.sealed_hash)).collect())
}

/// A tree to take proofs from.
pub struct Kept<'t, 'c> {
    tx: &'t mut Tx<'c>,
    tree: Tree,
}

impl<'t, 'c> Kept<'t, 'c> {
    /// The tree, in a transaction.
    pub fn new(tx: &'t mut Tx<'c>, tree: Tree) -> Self {
        Self { tx, tree }
    }

    fn missing(&self, at: u64) -> Error {
        let (what, tree) = (format!("nothing is here in the tree of {}", self.tree.name()), self.tree);
        match tree {
            Tree::Facts => Error::Damaged { position: at, what },
            Tree::Reads => Error::Unusable(format!("line {at} of the read log is missing; run `verify`")),
        }
    }
}

impl Subtrees for Kept<'_, '_> {
    type Error = Error;

    fn subtree(&mut self, level: u32, number: u64) -> Result<Hash> {
        let (from, to) = (number << level, (number + 1) << level);
        if level >= KEPT {
            let at = i64::try_from(number).unwrap_or(i64::MAX);
            let kept = self.tx.one(NODE, params![self.tree.name(), i64::from(level), at], |row| row.get::<Hash>(0))?;
            return kept.ok_or_else(|| self.missing(from + 1));
        }
        let leaves = match self.tree {
            Tree::Facts => facts(self.tx, from, to)?,
            Tree::Reads => read_log::leaves(self.tx, from, to)?,
        };
        if leaves.len() as u64 != to - from {
            return Err(self.missing(from + 1 + leaves.len() as u64));
        }
        let mut edge = Frontier::default();
        leaves.into_iter().for_each(|leaf| edge.push(leaf, |_, _, _| {}));
        Ok(edge.root())
    }
}

/// The root of the first `size` leaves.
///
/// # Errors
/// When rows or nodes are missing.
pub fn root_at(tx: &mut Tx<'_>, tree: Tree, size: u64) -> Result<Hash> {
    merkle::root(&mut Kept::new(tx, tree), size)
}
