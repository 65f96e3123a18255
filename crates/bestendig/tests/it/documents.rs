//! What README and publiccode.yml say, asked of the program and of the files.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use crate::run::{Place, text};

fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What `demo` prints until it says how to stop it.
fn welcome(place: &Place, store: &str, args: &[&str]) -> String {
    let mut demo = place.command(store, args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(demo.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut said = String::new();
    for line in lines {
        said.push_str(&line);
        said.push('\n');
        if line.starts_with("Stop with") {
            break;
        }
    }
    demo.kill().unwrap();
    demo.wait().unwrap();
    said
}

#[test]
fn the_options_of_the_demonstration_do_what_the_readme_says() {
    let place = Place::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let args = ["demo", "--programme", "one-city", "--port", &free, "--today", "2022-03-01", "--seed", "7"];
    let said = welcome(&place, "one", &args);
    assert!(said.contains(&format!("http://localhost:{free}")), "{said}");
    assert!(said.contains("business date is 2022-03-01"), "{said}");
    assert!(said.contains("coordinator.vrijstad") && !said.contains("ind."), "one city has no IND: {said}");
    assert!(place.path("one").join("store.db").exists(), "--data is where the store is");
    // it runs on from the date it began with, unless another is named
    let again = welcome(&place, "one", &["demo", "--programme", "one-city", "--port", "0"]);
    assert!(again.contains("business date is 2022-03-01"), "{again}");
}

/// A history without what differs between two stores with the same facts: the digests of minutes, which are taken over
/// chains of ciphertext (one of the words themselves would tell of them after the keys are gone), and with them the
/// checksum of the file.
fn without_digests(history: &str) -> String {
    let (lines, _checksum) = history.trim_end().rsplit_once('\n').unwrap();
    let mut parts = lines.split("\"digest\":\"");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |all, part| all + &part[64..])
}

#[test]
fn the_same_seed_gives_the_same_people() {
    let place = Place::new();
    let exported = |store: &str, seed: &str| {
        place.fine(store, &["demo", "--programme", "one-city", "--fill-only", "--seed", seed]);
        let out = text(&place.path(&format!("{store}.jsonl")));
        place.fine(store, &["export", "history", "--plain", &out, "--programme", "one-city"]);
        without_digests(&std::fs::read_to_string(out).unwrap())
    };
    let (one, same, other) = (exported("a", "7"), exported("b", "7"), exported("c", "8"));
    assert!(one == same && one != other);
}

#[test]
fn every_command_and_option_of_the_readme_exists() {
    let (readme, place) = (file("README.md"), Place::new());
    let help = |args: &[&str]| String::from_utf8(place.run("none", &[args, &["--help"]].concat()).stdout).unwrap();
    let whole = help(&[]);
    let table = readme.lines().filter(|line| line.starts_with("| `"));
    let mut commands = 0;
    for line in table {
        for name in line.split('|').nth(1).unwrap().split('`').skip(1).step_by(2) {
            let a_command = |word: &&str| {
                !word.starts_with('-') && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
            };
            let words: Vec<&str> = name.split(' ').take_while(a_command).collect();
            assert!(whole.contains(&format!("\n  {} ", words[0])), "{name}");
            // `keys` of a backup is an argument, no command
            let own = help(if words[0] == "backup" { &words[..1] } else { &words });
            assert!(own.contains("Usage: bestendig"), "{name}: {own}");
            commands += 1;
        }
    }
    assert!(commands >= 10, "{commands} commands were read");
    let options = readme
        .split(|c: char| !(c.is_ascii_lowercase() || c == '-'))
        .filter(|word| word.starts_with("--") && !word.trim_matches('-').is_empty());
    let helps = [&["demo"][..], &["restore"], &["export", "history"], &["user", "add"], &["figure"], &["pack", "make"]]
        .map(help);
    // those of cargo are not ours
    for option in
        options.filter(|option| !["--release", "--profile", "--no-default-features", "--help"].contains(option))
    {
        let known = helps.iter().any(|text| text.contains(option));
        assert!(known, "{option} of the README is no option");
    }
}

/// What version 0.4 of the standard demands (publiccode.yml, core schema).
#[test]
fn publiccode_has_what_the_standard_demands() {
    let text = file("publiccode.yml");
    let has = |key: &str| text.lines().any(|line| line.starts_with(&format!("{key}:")));
    for key in [
        "publiccodeYmlVersion",
        "name",
        "url",
        "platforms",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    ] {
        assert!(has(key), "{key} is missing");
    }
    let under = |section: &str, key: &str| {
        let body = text.split(&format!("\n{section}:")).nth(1).unwrap();
        let body = body.lines().skip(1).take_while(|line| line.starts_with(' ') || line.is_empty());
        assert!(body.map(str::trim).any(|line| line.starts_with(&format!("{key}:"))), "{section}.{key} is missing");
    };
    for (section, key) in [
        ("legal", "license"),
        ("maintenance", "type"),
        ("maintenance", "contacts"),
        ("localisation", "localisationReady"),
        ("localisation", "availableLanguages"),
        ("description", "features"),
    ] {
        under(section, key);
    }
    let url = text.lines().find_map(|line| line.strip_prefix("url: ")).unwrap();
    assert!(url.starts_with("https://"), "{url}");
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("shortDescription: ")) {
        assert!(line.chars().count() <= 150, "{line}");
    }
    for long in text.split("longDescription: >\n").skip(1) {
        let long: String = long.lines().take_while(|line| line.starts_with("      ")).collect();
        assert!((150..=10_000).contains(&long.trim().chars().count()), "{long}");
    }
}
