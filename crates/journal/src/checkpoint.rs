//! Checkpoints: signed heads of both trees, kept in the store, outside it and by the partners; what was kept is compared
//! with what is there.

use domain::ids::{OrgId, UserId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    merkle::Hash,
    note::{Head, Note, Signer},
    params,
    sql::{Row, Tx},
    tree::{self, Tree},
};

const PUT: &str = "INSERT INTO checkpoint (tree, size, at, note) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const ALL: &str = "SELECT tree, size, at, note FROM checkpoint ORDER BY tree, size";
const NEWEST: &str = "SELECT tree, size, at, note FROM checkpoint WHERE tree = $1 ORDER BY size DESC LIMIT $2";
const HAND_IN: &str = "INSERT INTO witness (id, tree, size, at, account, org, consistent, note)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
const WITNESSED: &str =
    "SELECT tree, size, at, account, org, consistent, note FROM witness ORDER BY at DESC, id LIMIT $1";
/// Every statement here.
pub const SQL: &[&str] = &[PUT, ALL, NEWEST, HAND_IN, WITNESSED];

/// A checkpoint as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Of which tree.
    pub tree: Tree,
    /// Leaves.
    pub size: u64,
    /// When it was made.
    pub at: Timestamp,
    /// The text of the note.
    pub note: String,
}

/// A checkpoint that a partner handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// The checkpoint, and when it was handed in.
    pub kept: Kept,
    /// By whom.
    pub account: UserId,
    /// For which organisation.
    pub org: OrgId,
    /// Whether the history still began with it at that moment.
    pub consistent: bool,
}

/// What comparing a head with the store gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// The history begins with it.
    Consistent,
    /// The store holds fewer leaves: so many.
    Behind(u64),
    /// As many leaves hash to something else: history was rewritten.
    Rewritten,
}

fn tree_of(row: &Row<'_>) -> Result<Tree> {
    let name: String = row.get(0)?;
    Tree::from_name(&name).ok_or_else(|| Error::Unusable(format!("a checkpoint of an unknown tree {name}")))
}

fn kept(row: &Row<'_>, note: usize) -> Result<Kept> {
    let size = u64::try_from(row.get::<i64>(1)?).unwrap_or(0);
    Ok(Kept { tree: tree_of(row)?, size, at: row.get(2)?, note: row.get(note)? })
}

/// The name of a log in its checkpoints.
pub fn origin(name: &str, tree: Tree) -> String {
    format!("{name}/{}", tree.name())
}

/// The head of a tree as it is now.
///
/// # Errors
/// When the tree was altered.
pub fn head(tx: &mut Tx<'_>, tree: Tree, name: &str) -> Result<Head> {
    let edge = tree::now(tx, tree)?;
    Ok(Head { origin: origin(name, tree), size: edge.size(), root: edge.root() })
}

/// Signs the head of a tree as it is in what is durable, unless that was done; `None` when nothing was added since.
///
/// # Errors
/// When the tree was altered.
pub fn sign(tx: &mut Tx<'_>, tree: Tree, signer: &Signer) -> Result<Option<Note>> {
    let head = head(tx, tree, signer.verifier().name())?;
    let last = newest(tx, tree, 1)?.first().map_or(0, |kept| kept.size);
    Ok((head.size > last).then(|| signer.sign(head)))
}

/// Keeps a signed head in the store.
///
/// # Errors
/// When the store cannot be written.
pub fn keep(tx: &mut Tx<'_>, tree: Tree, note: &Note, at: Timestamp) -> Result<()> {
    let size = i64::try_from(note.head.size).unwrap_or(i64::MAX);
    tx.exec(PUT, params![tree.name(), size, at, note.text.as_str()])?;
    Ok(())
}

/// Every checkpoint kept in the store.
///
/// # Errors
/// When the store cannot be read.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Kept>> {
    tx.query(ALL, params![], |row| kept(row, 3))
}

/// The newest checkpoints of a tree, newest first.
///
/// # Errors
/// As [`all`].
pub fn newest(tx: &mut Tx<'_>, tree: Tree, most: u32) -> Result<Vec<Kept>> {
    tx.query(NEWEST, params![tree.name(), i64::from(most)], |row| kept(row, 3))
}

/// Whether the history still begins with a head.
///
/// # Errors
/// When rows that the tree needs are missing.
pub fn compare(tx: &mut Tx<'_>, tree: Tree, size: u64, root: &Hash) -> Result<Compared> {
    let edge = tree::now(tx, tree)?;
    if edge.size() < size {
        return Ok(Compared::Behind(edge.size()));
    }
    let here = if edge.size() == size { edge.root() } else { tree::root_at(tx, tree, size)? };
    Ok(if here == *root { Compared::Consistent } else { Compared::Rewritten })
}

/// Keeps what a partner handed in.
///
/// # Errors
/// When the store cannot be written.
pub fn hand_in(tx: &mut Tx<'_>, id: Uuid, what: &Witnessed) -> Result<()> {
    let size = i64::try_from(what.kept.size).unwrap_or(i64::MAX);
    tx.exec(
        HAND_IN,
        params![
            id,
            what.kept.tree.name(),
            size,
            what.kept.at,
            what.account.0,
            what.org.as_str(),
            i64::from(what.consistent),
            what.kept.note.as_str()
        ],
    )?;
    Ok(())
}

/// What partners handed in, newest first.
///
/// # Errors
/// As [`all`].
pub fn witnessed(tx: &mut Tx<'_>, most: u32) -> Result<Vec<Witnessed>> {
    tx.query(WITNESSED, params![i64::from(most)], |row| {
        let org = row.get::<String>(4)?;
        Ok(Witnessed {
            kept: kept(row, 6)?,
            account: UserId(row.get(3)?),
            org: org.parse().map_err(|_| Error::Unusable("a witness of an unknown organisation".to_owned()))?,
            consistent: row.get::<i64>(5)? == 1,
        })
    })
}
