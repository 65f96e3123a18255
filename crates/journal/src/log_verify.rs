//! Recomputing both trees from the rows, and comparing with every checkpoint that was kept anywhere.

use std::collections::BTreeMap;

use crate::{
    append::leaf_of,
    checkpoint::{self, origin},
    error::{Error, Result},
    merkle::{Frontier, Hash},
    note::{Note, Verifier},
    params, read, read_log,
    sql::Tx,
    tree::{self, KEPT, Tree},
};

/// What a walk over both trees found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines of the read log.
    pub reads: u64,
    /// Checkpoints that fit, from the store, the file outside it and the partners.
    pub checkpoints: u64,
    /// What is wrong, by position, line or size; never personal data.
    pub findings: Vec<String>,
}

const NODES: &str = "SELECT level, number, hash FROM tree_node WHERE tree = $1 ORDER BY level, number";
/// Every statement here.
pub const SQL: &[&str] = &[NODES];

const CHUNK: u32 = 2000;

/// A checkpoint to compare with, and who kept it.
struct Expected {
    note: Note,
    keeper: String,
}

/// Recomputes both trees; `outside` are notes from beside the store. `progress` hears leaves done.
///
/// # Errors
/// When the store cannot be read at all; what is merely wrong stands in the report.
pub fn verify(tx: &mut Tx<'_>, verifier: &Verifier, outside: &[Note], mut progress: impl FnMut(u64)) -> Result<Report> {
    let mut report = Report::default();
    for of in Tree::ALL {
        let expected = expected(tx, of, verifier, outside, &mut report)?;
        let mut walk = Walk::new(of, expected);
        match of {
            Tree::Facts => facts(tx, &mut walk, &mut report, &mut progress)?,
            Tree::Reads => reads(tx, &mut walk, &mut report, &mut progress)?,
        }
        walk.end(tx, &mut report)?;
    }
    Ok(report)
}

/// The checkpoints of a tree by size.
fn expected(
    tx: &mut Tx<'_>,
    of: Tree,
    verifier: &Verifier,
    outside: &[Note],
    report: &mut Report,
) -> Result<BTreeMap<u64, Vec<Expected>>> {
    let mut all: Vec<Expected> = Vec::new();
    let mut add = |text: &str, keeper: String, size: Option<u64>| match Note::parse(text) {
        Ok(note) if size.is_none_or(|size| size == note.head.size) => all.push(Expected { note, keeper }),
        Ok(_) => report.findings.push(format!("{keeper}: a checkpoint stands under another size than its own")),
        Err(error) => report.findings.push(format!("{keeper}: {error}")),
    };
    for kept in checkpoint::all(tx)?.into_iter().filter(|kept| kept.tree == of) {
        add(&kept.note, "the store".to_owned(), Some(kept.size));
    }
    for seen in checkpoint::witnessed(tx, u32::MAX)?.into_iter().filter(|seen| seen.kept.tree == of) {
        add(&seen.kept.note, seen.org.to_string(), Some(seen.kept.size));
    }
    let own = origin(verifier.name(), of);
    all.extend(
        outside
            .iter()
            .filter(|note| note.head.origin == own)
            .map(|note| Expected { note: note.clone(), keeper: "the file outside the store".to_owned() }),
    );
    let mut by_size: BTreeMap<u64, Vec<Expected>> = BTreeMap::new();
    for one in all {
        let (size, keeper) = (one.note.head.size, &one.keeper);
        if one.note.head.origin != own || !verifier.signed(&one.note) {
            let what =
                format!("{keeper}: the checkpoint of {} {size} was not signed by this installation's key", of.name());
            report.findings.push(what);
            continue;
        }
        by_size.entry(size).or_default().push(one);
    }
    Ok(by_size)
}

/// A tree as it is being recomputed.
struct Walk {
    of: Tree,
    edge: Frontier,
    nodes: Vec<(u32, u64, Hash)>,
    expected: BTreeMap<u64, Vec<Expected>>,
    /// The largest checkpoint that fits: what is altered lies after it.
    fits: u64,
}

impl Walk {
    fn new(of: Tree, expected: BTreeMap<u64, Vec<Expected>>) -> Self {
        Self { of, edge: Frontier::default(), nodes: Vec::new(), expected, fits: 0 }
    }

    fn push(&mut self, leaf: Hash, report: &mut Report) {
        let nodes = &mut self.nodes;
        self.edge.push(leaf, |level, number, hash| {
            if level >= KEPT {
                nodes.push((level, number, *hash));
            }
        });
        let size = self.edge.size();
        let Some(here) = self.expected.remove(&size) else { return };
        let root = self.edge.root();
        for one in here {
            if one.note.head.root == root {
                (self.fits, report.checkpoints) = (size, report.checkpoints + 1);
            } else {
                report.findings.push(format!(
                    "{} {} to {size}: something was altered here, by the checkpoint that {} kept",
                    self.of.name(),
                    self.fits + 1,
                    one.keeper
                ));
            }
        }
    }

    /// Compares with what the store says of the tree, and with checkpoints of more than there is.
    fn end(mut self, tx: &mut Tx<'_>, report: &mut Report) -> Result<()> {
        let (name, size) = (self.of.name(), self.edge.size());
        for (of, kept) in &self.expected {
            for one in kept {
                report.findings.push(format!(
                    "{name}: {size} are in the store, {} kept a checkpoint of {of}: {name} {} to {of} were removed",
                    one.keeper,
                    size + 1
                ));
            }
        }
        match tree::now(tx, self.of) {
            Ok(edge) if edge.size() != size => {
                let what = format!("{name}: {size} are in the store, its tree was made of {}", edge.size());
                report.findings.push(what);
            }
            Ok(edge) if edge != self.edge => {
                report.findings.push(format!("{name}: the rows do not hash to the root of their tree"));
            }
            Ok(_) => {}
            Err(error) => report.findings.push(error.to_string()),
        }
        let kept = tx.query(NODES, params![name], |row| {
            let at = |column: usize| row.get::<i64>(column).map(|value| u64::try_from(value).unwrap_or(u64::MAX));
            Ok((u32::try_from(at(0)?).unwrap_or(u32::MAX), at(1)?, row.get::<Hash>(2)?))
        })?;
        let kept: BTreeMap<(u32, u64), Hash> = kept.into_iter().map(|(level, at, hash)| ((level, at), hash)).collect();
        let known = self.nodes.len();
        self.nodes.retain(|(level, at, hash)| kept.get(&(*level, *at)) != Some(hash));
        for (_, at, _) in self.nodes.iter().filter(|(level, ..)| *level == KEPT) {
            let (from, to) = ((at << KEPT) + 1, (at + 1) << KEPT);
            report.findings.push(format!("{name} {from} to {to}: something was altered here, or its node in the tree"));
        }
        if self.nodes.iter().all(|(level, ..)| *level > KEPT) && !self.nodes.is_empty() {
            report.findings.push(format!("{name}: {} upper nodes of the tree were altered", self.nodes.len()));
        }
        if kept.len() > known {
            report.findings.push(format!("{name}: the tree has {} nodes too many", kept.len() - known));
        }
        Ok(())
    }
}

fn facts(tx: &mut Tx<'_>, walk: &mut Walk, report: &mut Report, progress: &mut impl FnMut(u64)) -> Result<()> {
    let mut position = 0;
    loop {
        let rows = match read::after(tx, position, CHUNK) {
            Ok(rows) => rows,
            Err(error @ (Error::Damaged { .. } | Error::NewerFact { .. })) => {
                report.findings.push(format!("after position {position}: {error}"));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if rows.is_empty() {
            return Ok(());
        }
        for fact in rows {
            // a gap is named by the walk over the chains; here it makes every root differ
            position = fact.position;
            walk.push(leaf_of(&fact.header, &fact.codes, fact.number, &fact.sealed_hash), report);
        }
        progress(position);
    }
}

/// The part of a line that its columns repeat.
#[derive(serde::Deserialize)]
struct Repeated {
    at: i64,
}

fn reads(tx: &mut Tx<'_>, walk: &mut Walk, report: &mut Report, progress: &mut impl FnMut(u64)) -> Result<()> {
    let (mut number, mut emptied, mut forgot) = (0, Vec::new(), Vec::new());
    loop {
        let lines = read_log::after(tx, number, CHUNK)?;
        if lines.is_empty() {
            // what was emptied is said by a later line, when it was old enough
            let said = |(number, at): &(u64, i64)| {
                let of_it = |one: &read_log::Forgot| one.until >= *number && *at < one.before && one.is_old_enough();
                forgot.iter().any(of_it)
            };
            let unsaid = emptied.iter().filter(|line| !said(line));
            report.findings.extend(unsaid.map(|(number, _)| format!("read log: line {number} was emptied")));
            return Ok(());
        }
        for line in lines {
            if line.number != number + 1 {
                let what = format!("read log: lines {} to {} were removed", number + 1, line.number - 1);
                report.findings.push(what);
            }
            number = line.number;
            report.reads += 1;
            if line.body.is_empty() {
                emptied.push((number, line.at.as_microsecond()));
                walk.push(line.leaf, report);
                continue;
            }
            forgot.extend(line.forgot());
            let leaf = line.leaf();
            let at = serde_json::from_str::<Repeated>(&line.body).map(|body| body.at);
            if leaf != line.leaf || at.is_ok_and(|at| at != line.at.as_microsecond()) {
                report.findings.push(format!("read log: line {number} was altered"));
            }
            walk.push(leaf, report);
        }
        progress(number);
    }
}
