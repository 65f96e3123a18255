//! Hash chains: every stream of facts is one, so that a later change to any fact shows.
//!
//! leaf = SHA-256(0x00 ‖ canonical header ‖ SHA-256(sealed)); chain = SHA-256(0x01 ‖ chain before ‖ leaf).
//! The canonical header is every clear column in a fixed order, each with its length before it. The leaf
//! covers the hash of the ciphertext, so a chain still verifies when the ciphertext has been destroyed.

use domain::{fact::Header, ids::Stream};
use sha2::{Digest, Sha256};

/// SHA-256.
pub(crate) fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The chain of a stream before its first fact.
pub(crate) fn chain_start(stream: Stream) -> [u8; 32] {
    hash(stream.id().as_bytes())
}

/// The chain after a fact.
pub(crate) fn chain_step(
    before: &[u8; 32],
    header: &Header,
    codes: &str,
    number: u32,
    sealed_hash: &[u8; 32],
) -> [u8; 32] {
    step_to(before, &leaf_of(header, codes, number, sealed_hash))
}

/// The chain after a leaf.
pub(crate) fn step_to(before: &[u8; 32], leaf: &[u8; 32]) -> [u8; 32] {
    let mut step = Sha256::new();
    step.update([1]);
    step.update(before);
    step.update(leaf);
    step.finalize().into()
}

/// The leaf of a fact, in its chain and in the Merkle tree over all facts (RFC 6962 hashes a leaf the same way).
pub(crate) fn leaf_of(header: &Header, codes: &str, number: u32, sealed_hash: &[u8; 32]) -> [u8; 32] {
    let mut leaf = Sha256::new();
    leaf.update([0]);
    canonical(|bytes| leaf.update(bytes), header, codes, number);
    leaf.update(sealed_hash);
    leaf.finalize().into()
}

/// What the leaf of a fact covers: what a proof shows to someone outside. Codes and ids, nothing that was sealed.
pub(crate) fn entry_of(header: &Header, codes: &str, number: u32, sealed_hash: &[u8; 32]) -> Vec<u8> {
    let mut entry = Vec::new();
    canonical(|bytes| entry.extend_from_slice(bytes), header, codes, number);
    entry.extend_from_slice(sealed_hash);
    entry
}

fn canonical(mut out: impl FnMut(&[u8]), h: &Header, codes: &str, number: u32) {
    let valid_from = h.valid_from.to_string();
    let stream = h.stream.id();
    let supersedes = h.supersedes.map(|fact| fact.0);
    let fields: [&[u8]; 18] = [
        h.id.0.as_bytes(),
        stream.as_bytes(),
        h.stream.kind().as_bytes(),
        &number.to_be_bytes(),
        h.subject.0.as_bytes(),
        h.site.as_str().as_bytes(),
        h.method.as_str().as_bytes(),
        h.kind.code().as_bytes(),
        &h.version.to_be_bytes(),
        valid_from.as_bytes(),
        &h.recorded_at.as_microsecond().to_be_bytes(),
        h.actor.0.as_bytes(),
        h.org.as_str().as_bytes(),
        h.source.as_str().as_bytes(),
        h.purpose.code().as_bytes(),
        h.command.0.as_bytes(),
        supersedes.as_ref().map_or(&[], |fact| fact.as_bytes().as_slice()),
        codes.as_bytes(),
    ];
    for field in fields {
        // no field comes near four gigabytes: a request is limited to one megabyte
        out(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        out(field);
    }
}
