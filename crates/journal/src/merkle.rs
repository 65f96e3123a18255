//! Merkle trees as in RFC 6962: hashing, the right edge that grows, proofs and their checks. No store here.

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256(0x00 ‖ entry).
pub fn leaf(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// The root of a tree without leaves.
pub fn empty() -> Hash {
    Sha256::digest(b"").into()
}

/// The roots of the complete subtrees at the right edge, largest first: all that is needed to go on growing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

impl Frontier {
    /// From what was kept; `None` when it cannot belong to a tree of this size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && hashes.len() == size.count_ones() as usize).then(|| Self { size, hashes: hashes.to_vec() })
    }

    /// To keep.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.concat()
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// One leaf more; `complete` hears of every inner node (level from 1, number from 0) that is now complete.
    pub fn push(&mut self, leaf: Hash, mut complete: impl FnMut(u32, u64, &Hash)) {
        let (mut hash, mut level, mut number) = (leaf, 0, self.size);
        while number & 1 == 1 {
            // as many hashes as bits that are set
            let Some(left) = self.hashes.pop() else { break };
            hash = node(&left, &hash);
            (level, number) = (level + 1, number >> 1);
            complete(level, number, &hash);
        }
        self.hashes.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut from_right = self.hashes.iter().rev();
        let Some(last) = from_right.next() else { return empty() };
        from_right.fold(*last, |right, left| node(left, &right))
    }
}

/// Where complete subtrees come from.
pub trait Subtrees {
    /// What can go wrong there.
    type Error;
    /// The root of the complete subtree over leaves `number << level` to `(number + 1) << level`.
    fn subtree(&mut self, level: u32, number: u64) -> Result<Hash, Self::Error>;
}

/// The largest power of two below `n` (which is above 1).
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The root over leaves `from` to `to`; `from` is a multiple of the largest power of two in their number.
fn range<S: Subtrees>(of: &mut S, from: u64, to: u64) -> Result<Hash, S::Error> {
    let n = to - from;
    if n.is_power_of_two() {
        let level = n.trailing_zeros();
        return of.subtree(level, from >> level);
    }
    let middle = from + split(n);
    Ok(node(&range(of, from, middle)?, &range(of, middle, to)?))
}

/// The root of the first `size` leaves.
///
/// # Errors
/// Those of the source.
pub fn root<S: Subtrees>(of: &mut S, size: u64) -> Result<Hash, S::Error> {
    if size == 0 { Ok(empty()) } else { range(of, 0, size) }
}

/// The path that shows leaf `index` (from 0) in the tree of `size` leaves (RFC 6962, 2.1.1). `index` is below `size`.
///
/// # Errors
/// Those of the source.
pub fn inclusion<S: Subtrees>(of: &mut S, index: u64, size: u64) -> Result<Vec<Hash>, S::Error> {
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range(of, middle, to)?);
            to = middle;
        } else {
            path.push(range(of, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The path that shows that the tree of `old` leaves is the beginning of that of `size` (RFC 6962, 2.1.2).
///
/// # Errors
/// Those of the source.
pub fn consistency<S: Subtrees>(of: &mut S, old: u64, size: u64) -> Result<Vec<Hash>, S::Error> {
    if old == 0 || old >= size {
        return Ok(vec![]);
    }
    let (mut from, mut to, mut whole, mut path) = (0, size, true, Vec::new());
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(range(of, middle, to)?);
            to = middle;
        } else {
            path.push(range(of, from, middle)?);
            (from, whole) = (middle, false);
        }
    }
    if !whole {
        path.push(range(of, from, to)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether a path shows a leaf in a tree (RFC 9162, 2.1.3.2).
pub fn includes(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(step, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether a path shows that one tree is the beginning of another (RFC 9162, 2.1.4.2).
pub fn consistent(old: u64, old_root: &Hash, size: u64, root: &Hash, path: &[Hash]) -> bool {
    if old > size {
        return false;
    }
    if old == size || old == 0 {
        let begin = if old == 0 { *old_root == empty() } else { old_root == root };
        return begin && path.is_empty();
    }
    let mut steps = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, size - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut before, mut after) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            (before, after) = (node(step, &before), node(step, &after));
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            after = node(&after, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && before == *old_root && after == *root
}

#[cfg(test)]
#[path = "merkle_tests.rs"]
mod tests;
