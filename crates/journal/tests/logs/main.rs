//! The read log under its tree: proofs on both databases, and every way of altering it shows.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::path::Path;

use jiff::Timestamp;
use journal::{
    Error, Result, Store,
    checkpoint::{self, Compared},
    log_verify::{self, Report},
    merkle,
    note::{Note, Signer},
    outside::Outside,
    proof::{self, Proof},
    read_log,
    testing::{TestStore, sqlite, stores},
    tree::{self, Tree},
};

const NAME: &str = "bestendig/proef";

fn signer() -> Signer {
    Signer::from_secret(&[3; 32], NAME)
}

fn at(number: u64) -> Timestamp {
    Timestamp::from_microsecond(1_656_000_000_000_000 + i64::try_from(number).unwrap()).unwrap()
}

/// Adds lines up to a number, in commits of seven.
fn add(store: &Store, from: u64, to: u64) {
    let mut next = from;
    while next <= to {
        let last = (next + 6).min(to);
        let work = move |tx: &mut journal::Tx<'_>| -> Result<()> {
            for number in next..=last {
                let at = at(number);
                let body = format!("{{\"at\":{},\"line\":{number}}}", at.as_microsecond());
                assert_eq!(read_log::append(tx, at, &body)?, number);
            }
            Ok(())
        };
        store.write_blocking(work).unwrap();
        next = last + 1;
    }
}

fn sign(store: &Store) -> Note {
    let note = store.read_blocking(|tx| checkpoint::sign(tx, Tree::Reads, &signer())).unwrap().unwrap();
    let kept = note.clone();
    store.write_blocking(move |tx| checkpoint::keep(tx, Tree::Reads, &kept, at(0))).unwrap();
    note
}

fn verify(store: &Store, outside: Vec<Note>) -> Report {
    store.read_blocking(move |tx| log_verify::verify(tx, signer().verifier(), &outside, |_| {})).unwrap()
}

fn prove(store: &Store, number: Option<u64>, old: Option<Note>) -> Result<Proof> {
    store.read_blocking(move |tx| proof::prove(tx, Tree::Reads, number, old.as_ref(), &signer()))
}

#[test]
fn the_tree_that_grows_is_the_tree_that_is_recomputed() {
    for TestStore { store, database, .. } in stores(journal::MIGRATIONS) {
        let mut notes = Vec::new();
        let mut done = 0;
        for size in [1, 2, 255, 256, 257, 513, 700] {
            add(&store, done + 1, size);
            done = size;
            notes.push(sign(&store));
        }
        let report = verify(&store, notes.clone());
        assert_eq!(report.findings, Vec::<String>::new(), "{database}");
        // in the store and outside
        assert_eq!((report.reads, report.checkpoints), (700, 14), "{database}");
        for note in &notes {
            let head = note.head.clone();
            let compared = store.read_blocking(move |tx| checkpoint::compare(tx, Tree::Reads, head.size, &head.root));
            assert_eq!(compared.unwrap(), Compared::Consistent, "{database} {}", note.head.size);
        }
        for number in [1, 2, 200, 256, 257, 512, 513, 699, 700] {
            for old in &notes {
                let proof = prove(&store, Some(number), Some(old.clone())).unwrap();
                let checked = proof.check(old, Some(signer().verifier())).unwrap();
                assert_eq!((checked.size, checked.number, checked.old), (700, Some(number), old.head.size));
                let path = &proof.inclusion.as_ref().unwrap().path;
                assert!(path.len() <= 10, "{} hashes", path.len());
            }
        }
        assert!(prove(&store, Some(701), None).unwrap_err().to_string().contains("no line of the read log 701"));
        store.write_blocking(tree::catch_up).unwrap();
    }
}

#[test]
fn a_proof_that_was_tampered_with_is_refused() {
    let test = sqlite(journal::MIGRATIONS);
    add(&test.store, 1, 300);
    let old = sign(&test.store);
    add(&test.store, 301, 600);
    let good = prove(&test.store, Some(450), Some(old.clone())).unwrap();
    assert!(good.check(&old, None).is_ok());
    let said = |proof: &Proof| proof.check(&old, None).unwrap_err().to_string();
    let mut proof = good.clone();
    proof.inclusion.as_mut().unwrap().number = 451;
    assert!(said(&proof).contains("entry 451 is not in the tree"));
    let mut proof = good.clone();
    proof.inclusion.as_mut().unwrap().entry = "aGFoYQ==".to_owned();
    assert!(said(&proof).contains("entry 450 is not in the tree"));
    let mut proof = good.clone();
    proof.consistency.as_mut().unwrap().path.swap(0, 1);
    assert!(said(&proof).contains("rewritten"));
    let mut proof = good.clone();
    proof.consistency = None;
    assert!(said(&proof).contains("does not begin at the 300"));
    let mut proof = good.clone();
    let head = Note::parse(&good.checkpoint).unwrap().head;
    proof.checkpoint = Signer::from_secret(&[4; 32], NAME).sign(head).text;
    assert!(said(&proof).contains("not signed with this key"));
    // history rewritten and signed anew with the same key: an old checkpoint refuses it
    let other = sqlite(journal::MIGRATIONS);
    add(&other.store, 1, 100);
    let body = "{\"at\":1,\"line\":\"another\"}";
    other.store.write_blocking(move |tx| read_log::append(tx, at(1), body)).unwrap();
    add(&other.store, 102, 600);
    let proof = prove(&other.store, Some(450), Some(old.clone())).unwrap();
    assert!(said(&proof).contains("rewritten"));
}

/// A store that was altered with a database editor while it was closed, and the checkpoints that others kept.
struct Altered {
    folder: tempfile::TempDir,
    outside: Vec<Note>,
}

/// Six hundred lines with checkpoints at 256, 300 and 600.
fn original() -> Altered {
    let TestStore { store, folder, .. } = sqlite(journal::MIGRATIONS);
    let mut outside = Vec::new();
    let mut done = 0;
    for size in [256, 300, 600] {
        add(&store, done + 1, size);
        done = size;
        outside.push(sign(&store));
    }
    drop(store);
    Altered { folder, outside }
}

impl Altered {
    fn edit(&self, sql: &str) {
        rusqlite::Connection::open(self.folder.path().join("store.db")).unwrap().execute_batch(sql).unwrap();
    }

    fn findings(&self) -> Vec<String> {
        verify(&self.open(), self.outside.clone()).findings
    }

    fn open(&self) -> Store {
        Store::open(&journal::Location::Folder(self.folder.path().to_owned()), journal::MIGRATIONS).unwrap()
    }

    fn found(&self, what: &str) {
        let findings = self.findings();
        assert!(findings.iter().any(|finding| finding.contains(what)), "{what}: {findings:?}");
    }

    /// Makes the tree fit the rows again, as someone would who knows how: only the checkpoints tell then.
    fn repair_tree(&self) {
        let store = self.open();
        let leaves = store.read_blocking(|tx| {
            let lines = read_log::after(tx, 0, 10_000)?;
            Ok::<_, Error>(lines.iter().map(|line| merkle::leaf(line.body.as_bytes())).collect::<Vec<_>>())
        });
        let (mut edge, mut nodes) = (merkle::Frontier::default(), Vec::new());
        for leaf in leaves.unwrap() {
            edge.push(leaf, |level, number, hash| {
                if level >= 8 {
                    nodes.push((level, number, *hash));
                }
            });
        }
        drop(store);
        let db = rusqlite::Connection::open(self.folder.path().join("store.db")).unwrap();
        db.execute("DELETE FROM tree_node WHERE tree = 'reads'", []).unwrap();
        for (level, number, hash) in nodes {
            let number = i64::try_from(number).unwrap();
            db.execute("INSERT INTO tree_node VALUES ('reads', ?1, ?2, ?3)", (level, number, hash.as_slice())).unwrap();
        }
        let size = i64::try_from(edge.size()).unwrap();
        db.execute("UPDATE tree SET size = ?1, frontier = ?2 WHERE name = 'reads'", (size, edge.to_bytes())).unwrap();
    }
}

const OTHER: &str = "{\"at\":1656000000000123,\"line\":\"another\"}";

#[test]
fn an_untouched_log_has_no_findings() {
    let store = original();
    assert_eq!(store.findings(), Vec::<String>::new());
    store.repair_tree();
    assert_eq!(store.findings(), Vec::<String>::new(), "and repairing what is right changes nothing");
}

#[test]
fn a_line_that_was_altered_is_named() {
    let store = original();
    store.edit(&format!("UPDATE read_log SET body = '{OTHER}' WHERE number = 123"));
    store.found("line 123 was altered");
    store.found("reads 1 to 256: something was altered");
    let store = original();
    store.edit("UPDATE read_log SET at = at + 1 WHERE number = 299");
    store.found("line 299 was altered");
}

#[test]
fn a_line_that_was_altered_with_its_leaf_and_the_whole_tree_shows_by_the_checkpoints() {
    let store = original();
    let leaf: String = merkle::leaf(OTHER.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    store.edit(&format!(
        "UPDATE read_log SET body = '{OTHER}', at = 1656000000000123, leaf = x'{leaf}' WHERE number = 280"
    ));
    store.repair_tree();
    store.found("reads 257 to 300: something was altered here, by the checkpoint that the store kept");
    store.found("by the checkpoint that the file outside the store kept");
    // also when the checkpoints in the store were thrown away
    store.edit("DELETE FROM checkpoint");
    store.found("reads 257 to 300: something was altered here, by the checkpoint that the file outside the store kept");
}

#[test]
fn a_line_that_was_removed_is_named() {
    let store = original();
    store.edit("DELETE FROM read_log WHERE number = 77");
    store.found("lines 77 to 77 were removed");
    // and when the numbers were closed up, and the tree made anew
    store.edit("UPDATE read_log SET number = -number WHERE number > 77; UPDATE read_log SET number = -number - 1 WHERE number < 0");
    store.repair_tree();
    store.found("reads 1 to 256: something was altered");
}

#[test]
fn two_lines_that_were_swapped_show() {
    let store = original();
    store.edit(
        "UPDATE read_log SET number = -1 WHERE number = 40; UPDATE read_log SET number = 40 WHERE number = 41;
         UPDATE read_log SET number = 41 WHERE number = -1",
    );
    store.found("reads 1 to 256: something was altered");
}

#[test]
fn the_last_lines_that_were_deleted_show_for_every_number_of_them() {
    for k in 1..=20 {
        let store = original();
        store.edit(&format!(
            "DELETE FROM read_log WHERE number > 600 - {k}; DELETE FROM checkpoint WHERE size > 600 - {k}"
        ));
        store.found(&format!("{} are in the store, its tree was made of 600", 600 - k));
        store.repair_tree();
        store.found(&format!("reads {} to 600 were removed", 601 - k));
        let said = start(&store.open(), store.folder.path(), &store.outside).unwrap_err().to_string();
        assert!(said.contains(&format!("the last {k} were lost")), "{said}");
    }
}

fn start(store: &Store, folder: &Path, notes: &[Note]) -> Result<()> {
    let outside = Outside::new(folder.join("outside.checkpoints"));
    outside.add(notes)?;
    store.read_blocking(move |tx| outside.check(tx, signer().verifier()))
}

#[test]
fn a_history_signed_anew_with_another_key_shows() {
    let store = original();
    let other = Signer::from_secret(&[4; 32], NAME);
    let head = store.outside[2].head.clone();
    let again = other.sign(head).text;
    store.edit(&format!("UPDATE checkpoint SET note = '{again}' WHERE size = 600"));
    store.found("the checkpoint of reads 600 was not signed by this installation's key");
    // the key file replaced: what was kept outside does not fit the key
    let open = store.open();
    assert!(start(&open, store.folder.path(), &store.outside).is_ok());
    let file = Outside::new(store.folder.path().join("outside.checkpoints"));
    let said = open.read_blocking(move |tx| file.check(tx, other.verifier())).unwrap_err().to_string();
    assert!(said.contains("signed with another key"), "{said}");
}

#[test]
fn fifty_flipped_bits_are_fifty_findings() {
    let store = original();
    let db = rusqlite::Connection::open(store.folder.path().join("store.db")).unwrap();
    let body = |number: u64| -> Vec<u8> {
        db.query_row(
            "SELECT CAST(body AS BLOB) FROM read_log WHERE number = ?1",
            [i64::try_from(number).unwrap()],
            |row| row.get(0),
        )
        .unwrap()
    };
    for flip in (0_u64..1000).step_by(20) {
        let number = flip.wrapping_mul(2_654_435_761) % 600 + 1;
        let good = body(number);
        let mut bad = good.clone();
        let at = usize::try_from(flip % good.len() as u64).unwrap();
        bad[at] ^= 1;
        let put = |bytes: &[u8]| {
            let sql = "UPDATE read_log SET body = CAST(?1 AS TEXT) WHERE number = ?2";
            db.execute(sql, (bytes, i64::try_from(number).unwrap())).unwrap();
        };
        put(&bad);
        store.found(&format!("line {number} was altered"));
        put(&good);
    }
    assert_eq!(store.findings(), Vec::<String>::new());
}

#[test]
fn the_file_outside_is_kept_for_every_store_and_can_be_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let outside = Outside::new(folder.path().join("root.checkpoints"));
    let sign = |name: &str, size| {
        let head = note_head(name, size);
        Signer::from_secret(&[3; 32], name).sign(head)
    };
    for size in 1..=300 {
        outside.add(&[sign("bestendig/een", size)]).unwrap();
    }
    outside.add(&[sign("bestendig/twee", 5)]).unwrap();
    let kept = outside.notes().unwrap();
    assert_eq!(kept.len(), 201, "the newest two hundred of one, and the other");
    assert_eq!(kept[0].head.size, 101);
    let (aside, moved) = outside.set_aside("bestendig/een").unwrap();
    assert_eq!((moved, outside.notes().unwrap().len()), (200, 1));
    assert_eq!(Outside::new(aside).notes().unwrap().len(), 200);
    std::fs::write(outside.path(), "iets anders").unwrap();
    let said = outside.notes().unwrap_err().to_string();
    assert!(said.contains("root.checkpoints") && said.contains("no checkpoint"), "{said}");
}

fn note_head(name: &str, size: u64) -> journal::note::Head {
    journal::note::Head { origin: checkpoint::origin(name, Tree::Facts), size, root: [1; 32] }
}

/// A measurement, not a test of time: `bench/read-log` runs it, with the number of lines in `BESTENDIG_MEASURE`.
#[test]
#[expect(clippy::disallowed_methods, reason = "a measurement reads its size from the environment, and the clock")]
fn measure() {
    let Some(lines) = std::env::var("BESTENDIG_MEASURE").ok().and_then(|text| text.parse::<u64>().ok()) else { return };
    let TestStore { store, .. } = sqlite(journal::MIGRATIONS);
    let plain =
        "CREATE TABLE plain (number BIGINT PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL, leaf BLOB NOT NULL);
        CREATE INDEX plain_at ON plain (at);";
    store.write_blocking(move |tx| tx.batch(plain)).unwrap();
    let pad = "x".repeat(500);
    let body = move |number: u64| format!("{{\"at\":{},\"pad\":\"{pad}\"}}", at(number).as_microsecond());
    let (mut with, mut without) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
    // in turns, so that a busy machine slows both
    for chunk in 0..lines / 250 {
        let numbers = chunk * 250 + 1..=(chunk + 1) * 250;
        let (own, text) = (numbers.clone(), body.clone());
        let begin = std::time::Instant::now();
        let work = move |tx: &mut journal::Tx<'_>| -> Result<()> {
            own.clone().try_for_each(|number| read_log::append(tx, at(number), &text(number)).map(|_| ()))
        };
        store.write_blocking(work).unwrap();
        with += begin.elapsed();
        let text = body.clone();
        let begin = std::time::Instant::now();
        let work = move |tx: &mut journal::Tx<'_>| -> Result<()> {
            numbers.clone().try_for_each(|number| {
                let (body, row) = (text(number), i64::try_from(number).unwrap());
                let leaf = merkle::leaf(body.as_bytes());
                let values = journal::params![row, at(number), body, &leaf[..]];
                tx.exec("INSERT INTO plain (number, at, body, leaf) VALUES ($1, $2, $3, $4)", values).map(|_| ())
            })
        };
        store.write_blocking(work).unwrap();
        without += begin.elapsed();
    }
    let note = sign(&store);
    let begin = std::time::Instant::now();
    let report = verify(&store, vec![note]);
    assert!(report.findings.is_empty() && report.reads == lines, "{:?}", report.findings);
    let verified = begin.elapsed();
    let each = |time: std::time::Duration| time.as_nanos() / u128::from(lines);
    println!("{lines} lines in commits of 250: {} ns a line with the tree, {} ns without", each(with), each(without));
    println!("verify of {lines} lines: {verified:.2?}");
    let begin = std::time::Instant::now();
    let proof = prove(&store, Some(lines / 3), None).unwrap();
    let hashes = proof.inclusion.unwrap().path.len();
    println!("a proof of inclusion: {hashes} hashes, made in {:.2?}", begin.elapsed());
}
