//! History files, backups, and what is wrong with them.

use crate::run::{Place, text};

const CITY: [&str; 2] = ["--programme", "one-city"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &CITY].concat()
}

fn exported(place: &Place, store: &str, name: &str) -> String {
    let file = place.path(name);
    place.fine(store, &with(&["export", "history", "--plain", &text(&file)]));
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn export_and_import_into_an_empty_store_give_the_same_export() {
    let place = Place::new();
    place.filled("one");
    let first = exported(&place, "one", "one.jsonl");
    assert!(first.lines().count() > 500);
    place.fine("two", &with(&["import", "history", &text(&place.path("one.jsonl"))]));
    assert_eq!(first, exported(&place, "two", "two.jsonl"));
    assert!(place.fine("two", &with(&["verify"])).contains("every chain is whole"));
    let again = place.refused("two", &with(&["import", "history", &text(&place.path("one.jsonl"))]));
    assert!(again.contains("already holds facts"), "{again}");
}

#[test]
fn an_encrypted_history_needs_its_passphrase() {
    let place = Place::new();
    place.filled("one");
    std::fs::write(place.path("secret"), "een verzonnen wachtzin\n").unwrap();
    let (file, secret) = (text(&place.path("one.age")), text(&place.path("secret")));
    assert!(place.refused("one", &with(&["export", "history", &file])).contains("--plain"));
    place.fine("one", &with(&["export", "history", &file, "--passphrase-file", &secret]));
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/") && !bytes.windows(6).any(|part| part == b"header"));
    assert!(place.refused("two", &with(&["import", "history", &file])).contains("encrypted"));
    place.fine("two", &with(&["import", "history", &file, "--passphrase-file", &secret]));
}

#[test]
fn a_wrong_history_is_refused_with_its_line_and_nothing_is_taken_in() {
    let place = Place::new();
    place.filled("one");
    let good = exported(&place, "one", "good.jsonl");
    let lines: Vec<&str> = good.lines().collect();
    let cut = good.len() / 2;
    let without_end = lines[..lines.len() - 1].join("\n") + "\n";
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("cut in a line", good.as_bytes()[..cut].to_vec(), "cut off"),
        ("without its end", without_end.into_bytes(), "last line is missing"),
        (
            "a newer kind",
            good.replacen("\"kind\":\"registered\"", "\"kind\":\"telepathy\"", 1).into_bytes(),
            "newer version",
        ),
        (
            "a newer version",
            good.replacen("\"version\":1,\"valid_from\"", "\"version\":9,\"valid_from\"", 1).into_bytes(),
            "newer version",
        ),
        ("an unknown field", good.replacen("\"header\":{", "\"mood\":1,\"header\":{", 1).into_bytes(), "line 2"),
        ("a word changed", good.replacen("\"circumstances\":\"", "\"circumstances\":\"X", 1).into_bytes(), "SHA-256"),
        ("not text", [good.as_bytes(), b"\xff\n"].concat(), "text"),
        ("empty", vec![], "empty"),
        ("another file", b"naam;geboren\nZebedeus;1988\n".to_vec(), "not a history file"),
    ];
    for (what, bytes, expected) in cases {
        std::fs::write(place.path("bad.jsonl"), bytes).unwrap();
        let said = place.refused("two", &with(&["import", "history", &text(&place.path("bad.jsonl"))]));
        assert!(said.contains(expected) && said.contains("line "), "{what}: {said}");
        assert!(!said.contains("Zebedeus"), "{what} repeats what the file holds: {said}");
        assert!(place.fine("two", &with(&["verify"])).starts_with("0 facts"), "{what}");
    }
}

#[test]
fn a_backup_without_keys_and_tokens_is_put_back_whole() {
    let place = Place::new();
    place.filled("one");
    let first = exported(&place, "one", "one.jsonl");
    let (backup, keys) = (text(&place.path("store.backup")), text(&place.path("keys.backup")));
    place.fine("one", &with(&["backup", &backup]));
    place.fine("one", &with(&["backup", "keys", &keys]));
    let copy = rusqlite::Connection::open(&backup).unwrap();
    let tokens: i64 = copy.query_row("SELECT COUNT(*) FROM search_token", [], |row| row.get(0)).unwrap();
    assert_eq!(tokens, 0);
    assert!(place.refused("two", &with(&["restore", &backup])).contains("--keys"));
    place.fine("two", &with(&["restore", &backup, "--keys", &keys]));
    assert_eq!(first, exported(&place, "two", "two.jsonl"));
    assert!(place.refused("two", &with(&["restore", &backup, "--keys", &keys])).contains("empty folder"));
    std::fs::write(place.path("half"), &std::fs::read(&backup).unwrap()[..5000]).unwrap();
    assert!(
        place.refused("three", &with(&["restore", &text(&place.path("half")), "--keys", &keys])).contains("bestendig:")
    );
}

#[test]
fn what_was_altered_behind_the_programs_back_is_shown() {
    let place = Place::new();
    place.filled("one");
    let store = place.path("one").join("store.db");
    let alter = |sql: &str| {
        let connection = rusqlite::Connection::open(&store).unwrap();
        assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
    };
    let verify = || {
        let out = place.run("one", &with(&["verify"]));
        (out.status.success(), String::from_utf8(out.stdout).unwrap())
    };
    assert!(verify().0);
    alter("UPDATE fact SET valid_from = '2020-01-01' WHERE position = 7");
    let (fine, said) = verify();
    assert!(!fine && said.contains("position 7"), "{said}");
    alter("UPDATE fact SET sealed = zeroblob(length(sealed)) WHERE position = 9");
    assert!(verify().1.contains("position 9: the sealed part was altered"));
    alter("DELETE FROM fact WHERE position = 11");
    assert!(verify().1.contains("positions 11 to 11 are missing"));
}
