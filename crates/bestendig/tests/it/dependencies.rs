//! What others made and we build in: under which licence, from where, and what must not be there.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

use crate::source::{built_in, code, files, metadata, read, top};

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

fn ours(package: &Value) -> bool {
    package["source"].is_null()
}

/// The licences that `deny.toml` allows: one list for both checks.
fn allowed() -> Vec<String> {
    let deny: toml::Table = read("deny.toml").parse().unwrap();
    let list = deny["licenses"]["allow"].as_array().unwrap();
    list.iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression can be satisfied: `OR` one side, `AND` both; `/` is how `OR` was once written.
fn fits(expression: &str, allowed: &[String], used: &mut BTreeSet<String>) -> bool {
    let text = expression.trim().replace('/', " OR ");
    for (word, both) in [(" OR ", false), (" AND ", true)] {
        let parts = split(&text, word);
        if parts.len() > 1 {
            let each: Vec<bool> = parts.iter().map(|part| fits(part, allowed, used)).collect();
            return if both { each.iter().all(|fit| *fit) } else { each.iter().any(|fit| *fit) };
        }
    }
    if let Some(inner) = text.trim().strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        return fits(inner, allowed, used);
    }
    let found = allowed.iter().find(|licence| **licence == text.trim());
    used.extend(found.cloned());
    found.is_some()
}

/// Splits outside brackets.
fn split(text: &str, word: &str) -> Vec<String> {
    let (mut parts, mut depth, mut rest) = (vec![String::new()], 0, text);
    while let Some(letter) = rest.chars().next() {
        if depth == 0 && rest.starts_with(word) {
            parts.push(String::new());
            rest = &rest[word.len()..];
            continue;
        }
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        parts.last_mut().unwrap().push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    parts
}

#[test]
fn every_licence_fits_ours() {
    let (allowed, mut used) = (allowed(), BTreeSet::new());
    for package in metadata()["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{} has no licence", name(package)));
        assert!(fits(licence, &allowed, &mut used), "{} is under {licence}", name(package));
    }
    assert!(!fits("GPL-3.0-only", &allowed, &mut used) && !fits("MIT AND SSPL-1.0", &allowed, &mut used));
    let unused: Vec<&String> = allowed.iter().filter(|licence| !used.contains(*licence)).collect();
    assert!(unused.is_empty(), "allowed and not needed: {unused:?}");
}

#[test]
fn everything_comes_from_the_registry_with_a_checksum() {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    for package in metadata()["packages"].as_array().unwrap().iter().filter(|package| !ours(package)) {
        assert_eq!(package["source"], registry, "{}", name(package));
    }
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    for package in lock["package"].as_array().unwrap() {
        let foreign = package.get("source").is_some();
        assert_eq!(foreign, package.get("checksum").is_some(), "{}", package["name"]);
    }
    let npm: Value = serde_json::from_str(&read("frontend/package-lock.json")).unwrap();
    for (path, package) in npm["packages"].as_object().unwrap().iter().filter(|(path, _)| !path.is_empty()) {
        assert!(package["integrity"].as_str().is_some_and(|sum| sum.starts_with("sha512-")), "{path}");
    }
}

/// Who builds in a second way to encrypt builds in a second place for leaks.
#[test]
fn no_other_tls_is_built_in() {
    for package in built_in() {
        let name = name(package);
        for banned in ["openssl", "native-tls", "aws-lc", "cmake", "boring", "gnutls", "mbedtls", "schannel"] {
            assert!(!name.starts_with(banned), "{name}");
        }
    }
}

#[test]
fn the_one_client_for_http_is_that_of_identity_providers_and_a_bucket() {
    let clients = ["reqwest", "isahc", "curl", "surf", "attohttpc", "hyper-rustls", "lettre", "minreq"];
    for package in built_in() {
        assert!(!clients.contains(&name(package)), "{} can call another server", name(package));
    }
    let using = metadata()["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| ours(package))
        .filter(|package| {
            package["dependencies"].as_array().unwrap().iter().any(|dependency| dependency["name"] == "ureq")
        })
        .map(|package| name(package).to_owned())
        .collect::<Vec<_>>();
    let named = "signing in and a bucket of documents call another server, and only one that a file names";
    assert_eq!(using, ["desk", "journal"], "{named}");
    let client = ["hyper::client", "hyper_util::client", "TcpStream::connect", "UdpSocket"];
    // what stands in for others in tests is in no program
    let of_program = code().into_iter().filter(|(file, _)| !file.contains("/src/testing/"));
    // a scanner for malware answers at the place that `--scanner` names, and nowhere else
    for (file, text) in of_program.filter(|(file, _)| file != "crates/desk/src/scanner.rs") {
        assert!(!client.iter().any(|call| text.contains(call)), "{file} calls another machine");
    }
}

#[test]
fn the_program_starts_no_other_program() {
    for (file, text) in code().into_iter().filter(|(file, _)| !file.ends_with("build.rs")) {
        assert!(!text.contains("process::Command") && !text.contains("Command::new("), "{file}");
    }
}

#[test]
fn the_program_makes_no_regular_expression() {
    for (file, text) in code() {
        assert!(!text.contains("Regex::new") && !text.contains("regex::"), "{file}");
    }
}

#[test]
fn every_room_forbids_unsafe_code() {
    let workspace: toml::Table = read("Cargo.toml").parse().unwrap();
    assert_eq!(workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let rooms = files("crates", "/Cargo.toml");
    assert!(rooms.len() >= 11, "{}", rooms.len());
    for (file, text) in rooms {
        let manifest: toml::Table = text.parse().unwrap();
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        assert_eq!(lints.and_then(toml::Value::as_bool), Some(true), "{file} does not take the lints of the workspace");
    }
    for (file, text) in files("crates", ".rs").into_iter().filter(|(file, _)| !file.ends_with("dependencies.rs")) {
        assert!(!text.contains("unsafe {") && !text.contains("allow(unsafe_code"), "{file}");
    }
}

#[test]
fn a_bill_of_materials_names_every_library() {
    let out = Command::new(top().join("bin/sbom")).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let bill: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((bill["bomFormat"].as_str(), bill["specVersion"].as_str()), (Some("CycloneDX"), Some("1.6")));
    assert_eq!(bill["metadata"]["component"]["name"], "bestendig");
    let components = bill["components"].as_array().unwrap();
    let purls: BTreeSet<&str> = components.iter().map(|component| component["purl"].as_str().unwrap()).collect();
    assert_eq!(purls.len(), components.len(), "each once");
    for package in built_in().into_iter().filter(|package| !ours(package)) {
        let purl = format!("pkg:cargo/{}@{}", name(package), package["version"].as_str().unwrap());
        assert!(purls.contains(purl.as_str()), "{purl}");
    }
    let npm = components.iter().filter(|component| component["purl"].as_str().unwrap().starts_with("pkg:npm/"));
    assert!(npm.count() > 5, "the front end's are there");
    for component in components {
        assert!(component["hashes"].as_array().is_some_and(|all| !all.is_empty()), "{}", component["purl"]);
        assert!(component["licenses"].as_array().is_some_and(|all| !all.is_empty()), "{}", component["purl"]);
    }
    let known: BTreeSet<&str> =
        bill["dependencies"].as_array().unwrap().iter().map(|one| one["ref"].as_str().unwrap()).collect();
    assert!(purls.iter().all(|purl| known.contains(purl) || purl.starts_with("pkg:npm/")), "what needs what");
}
