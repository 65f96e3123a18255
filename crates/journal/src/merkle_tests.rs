//! The tree against the test vectors of the reference implementation of RFC 6962, and against its definition.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "tests of small trees")]

use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// The leaves and roots of the reference tests of Certificate Transparency (`merkletree/merkle_tree_test.cc`).
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn hash(hex: &str) -> Hash {
    bytes(hex).try_into().unwrap()
}

/// MTH(D[n]), word for word as RFC 6962 defines it.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty(),
        [one] => *one,
        many => {
            let k = split(many.len() as u64) as usize;
            node(&defined(&many[..k]), &defined(&many[k..]))
        }
    }
}

struct Plain(Vec<Hash>);

impl Subtrees for Plain {
    type Error = Infallible;
    fn subtree(&mut self, level: u32, number: u64) -> Result<Hash, Infallible> {
        let (from, to) = ((number << level) as usize, ((number + 1) << level) as usize);
        Ok(defined(&self.0[from..to]))
    }
}

fn reference() -> Plain {
    Plain(LEAVES.iter().map(|entry| leaf(&bytes(entry))).collect())
}

#[test]
fn roots_are_those_of_the_reference_tests() {
    assert_eq!(empty(), hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    let mut tree = reference();
    let mut edge = Frontier::default();
    for (size, expected) in (1..).zip(ROOTS) {
        edge.push(tree.0[size - 1], |_, _, _| {});
        assert_eq!(edge.root(), hash(expected), "the root of {size} leaves");
        assert_eq!(root(&mut tree, size as u64).unwrap(), hash(expected));
        assert_eq!(Frontier::from_bytes(size as u64, &edge.to_bytes()), Some(edge.clone()));
    }
    assert_eq!(Frontier::from_bytes(7, &edge.to_bytes()), None, "the edge of another size");
}

#[test]
fn paths_are_those_of_the_reference_tests() {
    let mut tree = reference();
    assert_eq!(inclusion(&mut tree, 0, 1).unwrap(), Vec::<Hash>::new());
    let path = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(inclusion(&mut tree, 0, 8).unwrap(), path.map(hash), "leaf 1 of 8");
    let path = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(inclusion(&mut tree, 5, 8).unwrap(), path.map(hash), "leaf 6 of 8");
    let path = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(consistency(&mut tree, 1, 8).unwrap(), path.map(hash), "from 1 to 8");
    let path = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(consistency(&mut tree, 6, 8).unwrap(), path.map(hash), "from 6 to 8");
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|at| leaf(&at.to_be_bytes())).collect()
}

proptest! {
    #[test]
    fn every_proof_holds_and_no_altered_one(size in 1_u64..300, at in any::<u64>(), other in any::<u64>()) {
        let mut tree = Plain(leaves(size));
        let all = root(&mut tree, size).unwrap();
        let (index, old) = (at % size, other % size + 1);
        let own = tree.0[index as usize];
        let path = inclusion(&mut tree, index, size).unwrap();
        prop_assert!(includes(&own, index, size, &path, &all));
        prop_assert!(!includes(&leaf(b"another"), index, size, &path, &all));
        prop_assert!(!includes(&own, index + 1, size, &path, &all));
        let old_root = root(&mut tree, old).unwrap();
        let path = consistency(&mut tree, old, size).unwrap();
        prop_assert!(consistent(old, &old_root, size, &all, &path));
        prop_assert!(!consistent(old, &leaf(b"another"), size, &all, &path));
        if old < size {
            let mut cut = path.clone();
            cut.pop();
            prop_assert!(!consistent(old, &old_root, size, &all, &cut));
        }
        // history rewritten at one leaf before the old head
        tree.0[(index % old) as usize] = leaf(b"another");
        let rewritten = root(&mut tree, size).unwrap();
        let path = consistency(&mut tree, old, size).unwrap();
        prop_assert!(!consistent(old, &old_root, size, &rewritten, &path));
    }
}
