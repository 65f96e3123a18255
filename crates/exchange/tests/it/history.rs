//! There and back again.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use age::secrecy::SecretString;
use exchange::history::{HistoryError, IMPORTED, Progress, export, import};
use sha2::{Digest, Sha256};

use crate::world::{desk, facts, stores};

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn exported(desk: &desk::Desk, file: &Path) -> String {
    export(desk, file, None, |_, _| {}).unwrap();
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn a_history_taken_in_gives_the_same_export_on_both_databases() {
    let mut kept: Vec<String> = Vec::new();
    for (from, to) in stores().iter().zip(stores()) {
        let (first, second) = (desk(from), desk(&to));
        let facts = facts();
        let count = facts.len();
        first.take_in(facts, |_, _| {}).unwrap();
        let (one, two) = (from.folder.path().join("one.jsonl"), to.folder.path().join("two.jsonl"));
        let text = exported(&first, &one);
        assert!(count > 100 && text.lines().count() == count + 2, "{count} facts");
        assert_eq!(import(&second, &one, None, |_| {}).unwrap(), count as u64);
        assert!(text == exported(&second, &two), "{}: the export differs", to.database);
        let report = second.verify(|_| {}).unwrap();
        assert!(report.findings.is_empty() && report.facts == count as u64, "{report:?}");
        let hash = to.store.read_blocking(|tx| journal::setting::get(tx, IMPORTED)).unwrap();
        assert_eq!(hash, Some(hex(text.as_bytes())), "the hash of the file is kept");
        kept.push(text);
    }
    assert!(kept.windows(2).all(|pair| pair[0] == pair[1]), "the databases differ");
}

#[test]
fn the_logs_of_sittings_travel_and_come_out_the_same() {
    for (from, to) in stores().iter().zip(stores()) {
        let (first, second) = (desk(from), desk(&to));
        let facts = facts();
        let case = crate::world::a_case(&facts);
        first.take_in(facts, |_, _| {}).unwrap();
        let logs = crate::world::sittings(case);
        let lines: usize = logs.iter().map(|(_, lines)| lines.len()).sum();
        let held = logs.into_iter().map(|(id, lines)| (id, lines, jiff::Timestamp::MAX));
        first.take_in_sittings(held.collect()).unwrap();
        let (one, two) = (from.folder.path().join("one.jsonl"), to.folder.path().join("two.jsonl"));
        let text = exported(&first, &one);
        assert_eq!(text.matches("\n{\"sitting\"").count(), lines);
        assert!(text.contains(&format!("\"sittings\":{lines},")), "the last line counts them");
        import(&second, &one, None, |_| {}).unwrap();
        assert!(text == exported(&second, &two), "{}: the export differs", to.database);
        let (count, broken) = second.verify_sittings().unwrap();
        assert!(count == 2 && broken.is_empty(), "chains of its own");
    }
}

#[test]
fn forgotten_people_travel_without_what_was_said_of_them() {
    for (from, to) in stores().iter().zip(stores()) {
        let mut facts = facts();
        let forgotten = facts[0].header.subject;
        for fact in facts.iter_mut().filter(|fact| fact.header.subject == forgotten) {
            (fact.body, fact.why) = (None, None);
        }
        let gone = facts.iter().filter(|fact| fact.body.is_none()).count();
        let (first, second) = (desk(from), desk(&to));
        first.take_in(facts, |_, _| {}).unwrap();
        let (one, two) = (from.folder.path().join("one.jsonl"), to.folder.path().join("two.jsonl"));
        let text = exported(&first, &one);
        assert_eq!(
            text.lines().filter(|line| line.starts_with("{\"header\"") && !line.contains("\"body\"")).count(),
            gone
        );
        import(&second, &one, None, |_| {}).unwrap();
        assert!(text == exported(&second, &two), "{}: the export differs", to.database);
    }
}

#[test]
fn an_encrypted_history_opens_with_its_passphrase_alone() {
    let test = journal::testing::sqlite(&desk::migrations());
    let from = desk(&test);
    from.take_in(facts(), |_, _| {}).unwrap();
    let file = test.folder.path().join("history.age");
    let secret = |text: &str| Some(SecretString::from(text.to_owned()));
    export(&from, &file, secret("een verzonnen wachtzin"), |_, _| {}).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/") && !bytes.windows(9).any(|part| part == b"\"header\":"));

    let other = journal::testing::sqlite(&desk::migrations());
    let to = desk(&other);
    let said = |file: &Path, passphrase| import(&to, file, passphrase, |_| {}).unwrap_err().to_string();
    assert!(said(&file, None).contains("encrypted"));
    assert!(said(&file, secret("een andere wachtzin")).contains("does not fit"));
    let cut = test.folder.path().join("cut.age");
    std::fs::write(&cut, &bytes[..bytes.len() - 40]).unwrap();
    let wrong = said(&cut, secret("een verzonnen wachtzin"));
    assert!(wrong.contains("cut off or changed") && wrong.contains("line "), "{wrong}");
    assert_eq!(to.facts_in_all().unwrap(), 0);
    import(&to, &file, secret("een verzonnen wachtzin"), |_| {}).unwrap();
    assert_eq!(to.facts_in_all().unwrap(), from.facts_in_all().unwrap());
}

#[test]
fn a_file_that_exists_is_kept_and_a_plain_one_is_private() {
    let test = journal::testing::sqlite(&desk::migrations());
    let (from, file) = (desk(&test), test.folder.path().join("kept.txt"));
    std::fs::write(&file, "kept").unwrap();
    assert!(matches!(export(&from, &file, None, |_, _| {}), Err(HistoryError::File { .. })));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");
    let new = test.folder.path().join("new.jsonl");
    export(&from, &new, None, |_, _| {}).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn reading_and_checking_is_told_by_bytes_before_anything_is_taken_in() {
    let test = journal::testing::sqlite(&desk::migrations());
    let from = desk(&test);
    from.take_in(facts(), |_, _| {}).unwrap();
    for passphrase in [None, Some(SecretString::from("een verzonnen wachtzin".to_owned()))] {
        let file = test.folder.path().join(if passphrase.is_some() { "told.age" } else { "told.jsonl" });
        export(&from, &file, passphrase.clone(), |_, _| {}).unwrap();
        let other = journal::testing::sqlite(&desk::migrations());
        let (to, told) = (desk(&other), Arc::new(Mutex::new(Vec::new())));
        let said = Arc::clone(&told);
        import(&to, &file, passphrase, move |step| said.lock().unwrap().push(step)).unwrap();
        let (told, size) = (told.lock().unwrap(), std::fs::metadata(&file).unwrap().len());
        let reading: Vec<u64> = told
            .iter()
            .map_while(|step| match step {
                Progress::Reading { done, length } if *length == size => Some(*done),
                _ => None,
            })
            .collect();
        assert!(reading.len() > 1 && reading.is_sorted() && reading.last() == Some(&size), "{reading:?} of {size}");
        let rest = &told[reading.len()..];
        assert!(!rest.is_empty() && rest.iter().all(|step| matches!(step, Progress::TakingIn { .. })), "{rest:?}");
    }
}
