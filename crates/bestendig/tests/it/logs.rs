//! Checkpoints, proofs and witnesses as people run them, and a store that lost its tail.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

use crate::run::{Place, text};

const CITY: [&str; 2] = ["--programme", "one-city"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &CITY].concat()
}

fn edit(place: &Place, store: &str, sql: &str) {
    rusqlite::Connection::open(place.path(store).join("store.db")).unwrap().execute_batch(sql).unwrap();
}

/// What `verify` finds wrong.
fn wrong(place: &Place, store: &str) -> String {
    let out = place.run(store, &with(&["verify"]));
    let said = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(1), "{said}");
    said.lines().filter(|line| line.starts_with("WRONG")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_row_changed_with_a_database_editor_is_named() {
    let place = Place::new();
    place.filled("one");
    assert!(place.fine("one", &with(&["verify"])).contains("both trees are as they were signed"));
    edit(&place, "one", "UPDATE fact SET valid_from = '2019-01-01' WHERE position = 300");
    let said = wrong(&place, "one");
    assert!(said.contains("position 300: the chain does not fit"), "{said}");
    assert!(said.contains("facts 257 to 512: something was altered"), "{said}");
}

#[test]
fn a_fact_taken_out_or_the_last_ones_cut_off_show() {
    let place = Place::new();
    place.filled("one");
    let serve = with(&["serve", "--port", "0"]);
    edit(&place, "one", "DELETE FROM fact WHERE position = 100");
    assert!(wrong(&place, "one").contains("positions 100 to 100 are missing"));
    // the tail cut off, with heads and tree made to fit: only the checkpoint outside the store tells
    let place = Place::new();
    place.filled("one");
    let db = rusqlite::Connection::open(place.path("one").join("store.db")).unwrap();
    let size: u64 = db.query_row("SELECT position FROM head", [], |row| row.get::<_, i64>(0)).unwrap().unsigned_abs();
    drop(db);
    edit(
        &place,
        "one",
        "DELETE FROM fact WHERE position > (SELECT position - 3 FROM head); UPDATE head SET position = position - 3;
         UPDATE tree SET size = 0, frontier = NULL WHERE name = 'facts'; DELETE FROM tree_node; DELETE FROM checkpoint",
    );
    let said = place.refused("one", &serve);
    assert!(said.contains("the last 3 were lost") && said.contains("Nothing is served"), "{said}");
    assert!(said.contains("restore the newest backup") && said.contains("root.checkpoints"), "{said}");
    let said = wrong(&place, "one");
    assert!(said.contains(&format!("facts {} to {size} were removed", size - 2)), "{said}");
    // put back on purpose: the operator says so, and it is said what that means
    let said = place.fine("one", &with(&["checkpoints", "--set-aside"]));
    assert!(said.contains("partners who kept them will see"), "{said}");
    // what would be refused before serving is not refused now
    assert!(place.fine("one", &with(&["checkpoints"])).contains("public key"));
}

#[test]
fn a_person_outside_checks_a_fact_with_one_old_checkpoint() {
    let place = Place::new();
    place.filled("one");
    let folder = text(place.dir.path());
    place.fine("one", &with(&["checkpoints", "--to", &folder]));
    let old = text(&place.path("facts.checkpoint"));
    let proof = place.fine("one", &with(&["prove", "--fact", "42", "--from", &old]));
    let file = text(&place.path("proof.json"));
    std::fs::write(&file, &proof).unwrap();
    // no store, no root key: another machine
    let elsewhere = Place::new();
    let said = elsewhere.fine("none", &["check-proof", &file, "--checkpoint", &old]);
    assert!(said.contains("entry 42 is in the history of"), "{said}");
    assert!(!elsewhere.path("none").exists() && !elsewhere.path("root.key").exists(), "nothing was made");
    std::fs::write(&file, proof.replacen("\"number\": 42", "\"number\": 43", 1)).unwrap();
    let said = elsewhere.refused("none", &["check-proof", &file, "--checkpoint", &old]);
    assert!(said.contains("entry 43 is not in the tree"), "{said}");

    assert!(place.fine("one", &with(&["witness", "check", &old])).contains("the history begins with"));
    edit(&place, "one", "UPDATE tree_node SET hash = zeroblob(32) WHERE level = 8 AND number = 0");
    edit(&place, "one", "UPDATE tree SET frontier = zeroblob(length(frontier)) WHERE name = 'facts'");
    let out = place.run("one", &with(&["witness", "check", &old]));
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8(out.stdout).unwrap().contains("they were altered"));
    let said = place.refused("one", &with(&["witness", "check", &text(&place.path("root.key"))]));
    assert!(!said.is_empty());
}

#[test]
fn a_store_of_another_key_is_not_served_under_the_old_checkpoints() {
    let place = Place::new();
    place.filled("one");
    std::fs::write(place.path("root.signing"), [9; 32]).unwrap();
    let said = place.refused("one", &with(&["serve", "--port", "0"]));
    assert!(said.contains("signed with another key"), "{said}");
    assert!(wrong(&place, "one").contains("was not signed by this installation's key"));
}

/// Registrations until a first checkpoint was signed, and then `kill -9`: before the log is folded back into the store.
/// The place, and as much of the log as is in use: more than half of its facts are below the checkpoint.
fn killed() -> (Place, usize) {
    // the log may have been begun anew just before, or the kill have come late: then a loss from it is no loss of what was signed
    for _ in 0..20 {
        let place = Place::new();
        let (store, outside) = (place.path("store"), place.path("root.checkpoints"));
        // two: more fill the log so fast that it is folded back before there is a checkpoint
        let mut writer =
            place.command("store", &with(&["torture", "--writers", "2"])).stdout(Stdio::piped()).spawn().unwrap();
        for line in BufReader::new(writer.stdout.take().unwrap()).lines() {
            line.unwrap();
            if std::fs::read_to_string(&outside).is_ok_and(|notes| notes.contains("/facts")) {
                break;
            }
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        copy(&store, &place.path("whole"));
        copy(&store, &place.path("folded"));
        std::fs::remove_file(place.path("folded").join("store.db-wal")).unwrap();
        let (folded, whole) = (facts(&place.path("folded")), facts(&place.path("whole")));
        if backfilled(&store) == 0 && whole > folded && signed(&outside) > folded + (whole - folded) / 2 {
            let used = in_use(&std::fs::read(store.join("store.db-wal")).unwrap());
            return (place, used);
        }
    }
    panic!("the checkpoint never covered what the log holds");
}

/// How many facts a store has; none when it has no tables yet.
fn facts(store: &Path) -> i64 {
    let db = rusqlite::Connection::open(store.join("store.db")).unwrap();
    db.query_row("SELECT position FROM head", [], |row| row.get(0)).unwrap_or(0)
}

/// How many facts the newest checkpoint outside the store covers (c2sp.org/tlog-checkpoint: origin, size, hash).
fn signed(outside: &Path) -> i64 {
    let notes = std::fs::read_to_string(outside).unwrap();
    let sizes = notes.lines().skip_while(|line| !line.ends_with("/facts"));
    sizes.skip(1).find_map(|line| line.parse().ok()).unwrap()
}

/// How many frames of the present round were already folded into the store (sqlite.org/walformat.html, section 2.1, `nBackfill`).
/// The pages of the store are then newer than the beginning of the log, and losing its end leaves a store that SQLite itself
/// sees is damaged: that is noticed too, but it is not what is shown here.
fn backfilled(store: &Path) -> u32 {
    let index = std::fs::read(store.join("store.db-shm")).unwrap();
    u32::from_ne_bytes(index[96..100].try_into().unwrap())
}

/// How many bytes of a write-ahead log belong to its present round: frames with the salt of its header
/// (sqlite.org/fileformat2.html, section 4.1).
fn in_use(wal: &[u8]) -> usize {
    let page = u32::from_be_bytes(wal[8..12].try_into().unwrap()) as usize;
    let frames = wal[32..].chunks_exact(24 + page);
    32 + frames.take_while(|frame| frame[8..16] == wal[16..24]).count() * (24 + page)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // the index of the log is made again from the log
        if entry.file_name() != "store.db-shm" {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn one_flipped_bit_in_the_write_ahead_log_is_noticed_at_start() {
    let (place, used) = killed();
    let store = place.path("store");
    let serve = with(&["serve", "--port", "0"]);
    copy(&store, &place.path("good"));
    let wal = std::fs::read(store.join("store.db-wal")).unwrap();
    for (name, at) in [("early", 10), ("earlier", 20), ("middle", 3)] {
        copy(&store, &place.path(name));
        let mut bytes = wal.clone();
        bytes[used / at] ^= 1;
        let file = place.path(name).join("store.db-wal");
        std::fs::write(&file, &bytes).unwrap();
        let said = place.refused(name, &serve);
        assert!(said.contains("were lost") && said.contains("Nothing is served"), "{name}: {said}");
        // the database's own check says that all is well: that is why
        let db = rusqlite::Connection::open(place.path(name).join("store.db")).unwrap();
        let own: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(own, "ok", "{name}");
    }
    copy(&store, &place.path("cut"));
    let file = place.path("cut").join("store.db-wal");
    std::fs::write(&file, &wal[..used / 5]).unwrap();
    assert!(place.refused("cut", &serve).contains("were lost"));
    // untouched it starts, as far as a store without accounts can
    let said = place.refused("good", &serve);
    assert!(said.contains("nobody can sign in"), "{said}");
}

#[test]
fn a_read_log_is_exported_for_others_and_for_who_audits() {
    let place = Place::new();
    place.filled("one");
    let (ldv, audit) = (text(&place.path("ldv.jsonl")), text(&place.path("audit.csv")));
    place.fine("one", &with(&["export", "read-log", "--ldv", &ldv, "--audit", &audit]));
    assert!(std::fs::read_to_string(&audit).unwrap().starts_with("number,time,trace_id"));
    let said = place.refused("one", &with(&["export", "read-log", "--ldv", &ldv]));
    assert!(said.contains("ldv.jsonl"), "a file that exists is not written over: {said}");
    let said = place.refused("one", &with(&["review-threshold", "veel", "3"]));
    assert!(said.contains("name one of many-readers"), "{said}");
    assert!(place.fine("one", &with(&["review-threshold", "sample", "9"])).contains("\"sample\":9"));
}
