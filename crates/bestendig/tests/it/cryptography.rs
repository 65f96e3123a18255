//! `docs/cryptography.md` names all cryptography that is built in, and every room that uses it.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{built_in, code, read};

/// Libraries of cryptography that do not call themselves so.
const SILENT: &[&str] = &["rand", "rand_core", "getrandom"];

fn libraries() -> BTreeSet<&'static str> {
    let all = built_in().into_iter().filter(|package| !package["source"].is_null());
    let found = all.filter(|package| {
        let categories = package["categories"].as_array().unwrap();
        categories.iter().any(|category| category == "cryptography")
    });
    found.map(|package| package["name"].as_str().unwrap()).collect()
}

#[test]
fn every_algorithm_that_is_built_in_is_in_the_inventory() {
    let page = read("docs/cryptography.md");
    let missing: Vec<_> = libraries().into_iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/cryptography.md does not say what these are for: {missing:?}");
    // `sha1`, `rsa` and `cbc` come with codes of an app, identity providers and passkeys: the page says what for
    for weak in ["des", "rc4", "sha-1", "md2", "md4", "blowfish", "ecb"] {
        assert!(!libraries().contains(weak), "{weak} is built in");
    }
}

/// Whether a line names a module as a word of its own: `ring::`, not `String::`.
fn names_module(line: &str, module: &str) -> bool {
    let call = format!("{module}::");
    let mut found = line.match_indices(&call).map(|(at, _)| line[..at].chars().next_back());
    found.any(|before| before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_'))
}

#[test]
fn every_place_that_uses_cryptography_is_in_the_inventory() {
    let page = read("docs/cryptography.md");
    let names: Vec<&str> = libraries().into_iter().chain(SILENT.iter().copied()).collect();
    let mut used: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (file, text) in code() {
        let room = file.split('/').nth(1).unwrap().to_owned();
        for name in &names {
            let module = name.replace('-', "_");
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            if lines.into_iter().any(|line| names_module(line, &module)) {
                used.entry(room.clone()).or_default().insert(name);
            }
        }
    }
    for (room, names) in &used {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{room}` |")));
        let row =
            row.unwrap_or_else(|| panic!("docs/cryptography.md has no row for the room {room}, which uses {names:?}"));
        let cell = row.split('|').nth(2).unwrap();
        let missing: Vec<_> = names.iter().filter(|name| !cell.contains(&format!("`{name}`"))).collect();
        assert!(missing.is_empty(), "the row of {room} in docs/cryptography.md lacks {missing:?}");
    }
    assert!(used.contains_key("journal") && used.contains_key("desk"), "{used:?}");
}
