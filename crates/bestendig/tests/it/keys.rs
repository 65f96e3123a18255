//! Keys: rotated while the store serves, gone with an agreement, and backups of them that do not last.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use crate::run::{Place, text};

const CITY: [&str; 2] = ["--programme", "one-city"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &CITY].concat()
}

fn exported(place: &Place, name: &str) -> String {
    let file = place.path(name);
    place.fine("one", &with(&["export", "history", "--plain", &text(&file)]));
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn after_a_rotation_the_old_root_key_opens_nothing() {
    let place = Place::new();
    place.filled("one");
    let before = exported(&place, "before.jsonl");
    std::fs::copy(place.path("root.key"), place.path("old.key")).unwrap();
    place.fine("one", &with(&["keys", "rotate"]));
    assert_ne!(std::fs::read(place.path("root.key")).unwrap(), std::fs::read(place.path("old.key")).unwrap());
    assert!(!place.path("root.key.next").exists());
    assert_eq!(before, exported(&place, "after.jsonl"));

    let new = text(&place.path("elsewhere.key"));
    let said = place.fine("one", &with(&["keys", "rotate", "--new-key", &new]));
    assert!(said.contains("elsewhere.key"), "{said}");
    let refused = place.refused("one", &with(&["verify"]));
    assert!(refused.contains("--key"), "the old root key: {refused}");
    std::fs::rename(&new, place.path("root.key")).unwrap();
    assert_eq!(before, exported(&place, "again.jsonl"));
    std::fs::rename(place.path("old.key"), place.path("root.key")).unwrap();
    assert!(place.refused("one", &with(&["verify"])).contains("another root key"));
}

#[test]
fn keys_rotate_while_commands_are_carried_out() {
    let place = Place::new();
    place.filled("one");
    let mut writer = place.command("one", &with(&["torture"])).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut people = Vec::new();
    for round in 0..4 {
        for _ in 0..5 {
            people.push(lines.next().unwrap_or_else(|| panic!("stopped in round {round}")).unwrap());
        }
        if round < 3 {
            place.fine("one", &with(&["keys", "rotate"]));
        }
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert!(place.fine("one", &with(&["verify"])).contains("every chain is whole and every fact opens"));
    assert!(place.fine("one", &with(&["verify"])).contains(", 0 of them forgotten"));
    assert_eq!(people.len(), 20);
}

#[test]
fn the_date_of_a_backup_of_the_keys_cannot_be_moved() {
    let place = Place::new();
    place.filled("one");
    let (backup, keys) = (text(&place.path("store.backup")), text(&place.path("keys.backup")));
    place.fine("one", &with(&["backup", &backup]));
    place.fine("one", &with(&["backup", "keys", &keys]));
    // the date cannot be moved with an editor, nor left out
    let copy = rusqlite::Connection::open(&keys).unwrap();
    copy.execute("UPDATE key_backup SET stamp = zeroblob(length(stamp))", []).unwrap();
    assert!(place.refused("two", &with(&["restore", &backup, "--keys", &keys])).contains("altered"));
    copy.execute_batch("DROP TABLE key_backup").unwrap();
    drop(copy);
    assert!(place.refused("two", &with(&["restore", &backup, "--keys", &keys])).contains("no date"));
    assert!(!place.path("two").join("store.db").exists(), "nothing was put back");
}

#[test]
fn a_store_copied_without_its_root_key_opens_nothing() {
    let place = Place::new();
    place.filled("one");
    std::fs::rename(place.path("root.key"), place.path("away.key")).unwrap();
    let said = place.refused("one", &with(&["verify"]));
    assert!(said.contains("another root key"), "{said}");
}

#[test]
fn another_algorithm_seals_what_comes_from_now_on_and_all_of_it_opens() {
    let place = Place::new();
    place.filled("one");
    let choice = ["torture", "--seal-with", "xchacha20-poly1305"];
    let mut writer = place.command("one", &with(&choice)).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    (0..5).for_each(|_| drop(lines.next().unwrap().unwrap()));
    writer.kill().unwrap();
    writer.wait().unwrap();
    let said = place.fine("one", &with(&["verify"]));
    assert!(said.contains("every chain is whole and every fact opens"), "{said}");
    let store = rusqlite::Connection::open(place.path("one").join("store.db")).unwrap();
    let mut facts = store.prepare("SELECT sealed FROM fact ORDER BY position").unwrap();
    let sealed = facts.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap().map(Result::unwrap);
    // behind the list of sections and the length of the first one
    let algorithms: Vec<u8> = sealed.map(|value| value[2 + usize::from(value[1]) + 4]).collect();
    let first_new = algorithms.iter().position(|algorithm| *algorithm == 3).unwrap();
    assert!(first_new > 0 && algorithms[..first_new].iter().all(|algorithm| *algorithm == 1), "{algorithms:?}");
    assert!(algorithms[first_new..].iter().all(|algorithm| *algorithm == 3));
    for (wrong, expected) in [
        (["--seal-with", "rot13"], "aes-256-gcm-siv or xchacha20-poly1305"),
        (["--scanner", "clamd"], "unix:/run/clamav/clamd.ctl"),
    ] {
        let tried = place.command("one", &with(&["verify", wrong[0], wrong[1]])).output().unwrap();
        let said = String::from_utf8_lossy(&tried.stderr).into_owned();
        assert!(!tried.status.success() && said.contains(expected), "{said}");
    }
}
