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
    assert!(first.contains("\n{\"sitting\":"), "the logs of the sittings are in it");
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
}

#[test]
fn a_restore_that_fails_says_why_and_leaves_nothing_behind() {
    let place = Place::new();
    place.filled("one");
    let (backup, keys) = (text(&place.path("store.backup")), text(&place.path("keys.backup")));
    place.fine("one", &with(&["backup", &backup]));
    place.fine("one", &with(&["backup", "keys", &keys]));
    // the same people under other keys, and other people
    place.filled("same");
    place.fine("same", &with(&["backup", "keys", &text(&place.path("same.backup"))]));
    place.fine("other", &with(&["demo", "--fill-only", "--seed", "7"]));
    place.fine("other", &with(&["backup", "keys", &text(&place.path("other.backup"))]));
    std::fs::write(place.path("half"), &std::fs::read(&backup).unwrap()[..5000]).unwrap();
    std::fs::write(place.path("nonsense"), "naam;geboren").unwrap();
    let failing = |backup: &str, keys: &str, expected: &str| {
        let said =
            place.refused("two", &with(&["restore", &text(&place.path(backup)), "--keys", &text(&place.path(keys))]));
        assert!(said.contains(expected), "{backup} {keys}: {said}");
        assert!(!place.path("two").exists(), "{backup} {keys} left something behind");
    };
    failing("half", "keys.backup", "is not a whole backup of a store");
    failing("nonsense", "keys.backup", "is not a whole backup of a store");
    failing("nowhere", "keys.backup", "there is no file");
    failing("store.backup", "nonsense", "is not a whole backup of the keys");
    failing("store.backup", "store.backup", "is not a whole backup of the keys");
    failing("store.backup", "nowhere", "there is no file");
    failing("store.backup", "same.backup", "do not open");
    failing("store.backup", "other.backup", "holds no key of anyone");
    let root = std::fs::read(place.path("root.key")).unwrap();
    std::fs::write(place.path("root.key"), [9; 32]).unwrap();
    failing("store.backup", "keys.backup", "another root key");
    std::fs::remove_file(place.path("root.key")).unwrap();
    failing("store.backup", "keys.backup", "there is no root key");
    assert!(!place.path("root.key").exists(), "no new root key was made");
    std::fs::write(place.path("root.key"), root).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(place.path("root.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    // keys that are there already are used, and stay
    std::fs::create_dir(place.path("two")).unwrap();
    std::fs::copy(&keys, place.path("two").join("keys.db")).unwrap();
    place.fine("two", &with(&["restore", &backup]));
    assert!(place.fine("two", &with(&["verify"])).contains("every fact opens"));
    assert!(!place.path("two").join("restore.part").exists());
}

#[test]
fn a_lost_key_is_shown() {
    let place = Place::new();
    place.filled("one");
    let keys = rusqlite::Connection::open(place.path("one").join("keys.db")).unwrap();
    let lost = "DELETE FROM person_wrap WHERE participant = (SELECT MIN(participant) FROM person_wrap)";
    assert!(keys.execute(lost, []).unwrap() > 0);
    drop(keys);
    let out = place.run("one", &with(&["verify"]));
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(!out.status.success() && said.contains("the key of this person is missing"), "{said}");
    assert!(said.contains(", 0 of them forgotten") && !said.contains("every fact opens"), "{said}");
    // and does not keep the others from being read
    place.fine("one", &with(&["rebuild"]));
}

#[test]
fn read_tables_of_another_version_are_made_anew_at_the_next_start() {
    let place = Place::new();
    place.filled("one");
    let open = || rusqlite::Connection::open(place.path("one").join("store.db")).unwrap();
    let rows = || -> i64 { open().query_row("SELECT count(*) FROM spell", [], |row| row.get(0)).unwrap() };
    let before = rows();
    assert!(before > 0);
    open().execute_batch("DELETE FROM spell; UPDATE setting SET value = '1' WHERE name = 'views-version'").unwrap();
    let out = place.run("one", &with(&["verify"]));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success() && said.contains("making them anew"), "{said}");
    assert_eq!(rows(), before);
    let out = place.run("one", &with(&["verify"]));
    assert!(!String::from_utf8(out.stderr).unwrap().contains("making them anew"));
}

#[test]
fn no_name_of_a_participant_stands_in_the_files_of_the_store() {
    let place = Place::new();
    place.filled("one");
    let mut writers = place.command("one", &with(&["torture"])).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(writers.stdout.take().unwrap()));
    (0..20).for_each(|_| drop(lines.next().unwrap().unwrap()));
    writers.kill().unwrap();
    writers.wait().unwrap();
    let store = place.path("one");
    let read = |name: &str| std::fs::read(store.join(name)).unwrap();
    let (all, log) = (read("store.db"), read("store.db-wal"));
    assert!(log.len() > 10_000, "the log of a killed process holds its last commits");
    let files = [String::from_utf8_lossy(&all), String::from_utf8_lossy(&log)];
    let history = exported(&place, "one", "one.jsonl");
    let mut names: Vec<String> = history
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|line| line["body"]["names"].as_array().cloned())
        .flatten()
        .map(|name| name["text"].as_str().unwrap().to_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 60 && names.iter().any(|name| name.starts_with("Verzonnen Naam")), "{}", names.len());
    for name in &names {
        let words = name.split_whitespace().filter(|word| word.chars().count() > 5).chain([name.as_str()]);
        for word in words {
            assert!(!files.iter().any(|file| file.contains(word)), "{word:?} stands in a file of the store");
        }
    }
    assert!(
        files[0].contains("groningen") || files[0].contains("vrijstad"),
        "codes are in the clear: this reads the file"
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
