//! What the keys promise, each as the threat it meets.

use domain::{
    codes::Category,
    ids::{DocumentId, OrgId, ParticipantId, TrajectoryId},
};
use jiff::{ToSpan as _, civil::Date};

use super::*;
use crate::{entropy::SystemEntropy, seal::Class};

fn ring(folder: &Path, root: u8) -> Result<Keyring> {
    Keyring::open(folder, RootKey::from_secret(&[root; 32])?, Arc::new(SystemEntropy))
}

fn person() -> ParticipantId {
    ParticipantId(SystemEntropy.id())
}

fn org(code: &str) -> OrgId {
    code.parse().unwrap()
}

fn sealed(keys: &Keyring, who: ParticipantId) -> Vec<u8> {
    let sections = [(Category::Process, b"open".to_vec()), (Category::Medical, b"geheim".to_vec())];
    keys.make(who).unwrap().seal(Class::File, b"place", &sections, &SystemEntropy).unwrap()
}

#[test]
fn an_organisation_that_was_never_granted_a_category_cannot_open_it() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    let who = person();
    let bytes = sealed(&keys, who);
    assert!(keys.reader(&org("avim"), who).unwrap().is_none(), "no wrap, no reading");
    keys.grant(&org("avim"), &[who], &[Category::Process]).unwrap();
    let reader = keys.reader(&org("avim"), who).unwrap().unwrap();
    let opened = reader.open(Class::File, b"place", &bytes).unwrap();
    assert_eq!(opened, [(Category::Process, Some(b"open".to_vec())), (Category::Medical, None)]);
    assert!(keys.reader(&org("de-brug"), who).unwrap().is_none(), "another organisation");
}

#[test]
fn a_wrap_moved_to_another_category_organisation_or_person_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    let (who, other) = (person(), person());
    keys.make_all(&[who, other]).unwrap();
    keys.grant(&org("de-brug"), &[who], &[Category::Medical]).unwrap();
    keys.grant(&org("avim"), &[who], &[Category::Process]).unwrap();
    let steal = |sql: &str| {
        let fresh = tempfile::tempdir().unwrap();
        guard(&keys.inner.store).execute("VACUUM INTO ?1", [fresh.path().join("keys.db").to_string_lossy()]).unwrap();
        let copy = Connection::open(fresh.path().join("keys.db")).unwrap();
        assert_eq!(copy.execute(sql, rusqlite::named_params! {}).unwrap(), 1, "{sql}");
        drop(copy);
        let stolen = ring(fresh.path(), 1).unwrap();
        (stolen.reader(&org("avim"), who).is_err(), stolen.reader(&org("avim"), other).is_err())
    };
    let medical = "UPDATE person_wrap SET owner = 'avim' WHERE category = 'medical'";
    assert!(steal(medical).0, "the wrap of another organisation");
    let moved = "UPDATE person_wrap SET category = 'medical' WHERE owner = 'avim'";
    assert!(steal(moved).0, "as another category");
    let other_person = "UPDATE person_wrap SET participant = (SELECT participant FROM person_wrap WHERE owner = '' AND
        participant <> (SELECT participant FROM person_wrap WHERE owner = 'avim')) WHERE owner = 'avim'";
    assert!(steal(other_person).1, "of another person");
}

#[test]
fn after_an_agreement_ends_an_organisation_has_no_keys_and_gets_none() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    let who = person();
    keys.make(who).unwrap();
    keys.grant(&org("de-brug"), &[who], &[Category::Process]).unwrap();
    keys.revoke(&org("de-brug")).unwrap();
    assert!(keys.reader(&org("de-brug"), who).unwrap().is_none());
    keys.grant(&org("de-brug"), &[who], &[Category::Process]).unwrap();
    assert!(keys.reader(&org("de-brug"), who).unwrap().is_none(), "granted again without an agreement");
    keys.readmit(&org("de-brug")).unwrap();
    keys.grant(&org("de-brug"), &[who], &[Category::Process]).unwrap();
    assert!(keys.reader(&org("de-brug"), who).unwrap().is_some());
}

#[test]
fn an_interrupted_rotation_goes_on_and_the_old_key_is_gone_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    let people: Vec<_> = (0..1200).map(|_| person()).collect();
    keys.make_all(&people).unwrap();
    let bytes = sealed(&keys, people[0]);
    let versions = |keys: &Keyring| -> Vec<i64> {
        let store = guard(&keys.inner.store);
        let mut statement = store.prepare("SELECT version FROM owner_key ORDER BY version").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(keys.rotate_owner_step(RECORD_KEEPER, true).unwrap() > 0);
    assert_eq!(versions(&keys), [1, 2]);
    drop(keys);
    // a crash; meanwhile someone new came in
    let keys = ring(folder.path(), 1).unwrap();
    keys.make(person()).unwrap();
    assert!(people.iter().all(|who| keys.key(*who).unwrap().is_some()), "half way everything opens");
    keys.rotate_owner(RECORD_KEEPER).unwrap();
    assert_eq!(versions(&keys), [2]);
    let key = keys.need(people[0]).unwrap();
    assert!(key.open(Class::File, b"place", &bytes).is_ok(), "what was sealed was never encrypted again");
    drop(keys);
    let keys = ring(folder.path(), 1).unwrap();
    assert!(people.iter().all(|who| keys.key(*who).unwrap().is_some()));
}

#[test]
fn the_old_root_key_opens_nothing_after_a_rotation() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    let who = person();
    let bytes = sealed(&keys, who);
    keys.rotate_root(RootKey::from_secret(&[2; 32]).unwrap(), None).unwrap();
    let key = keys.need(who).unwrap();
    assert!(key.open(Class::File, b"place", &bytes).is_ok());
    drop(keys);
    assert!(ring(folder.path(), 1).is_err());
    assert!(ring(folder.path(), 2).unwrap().need(who).unwrap().open(Class::File, b"place", &bytes).is_ok());
}

#[test]
fn a_backup_of_the_keys_is_refused_after_thirty_days() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    keys.make(person()).unwrap();
    let (file, day) = (folder.path().join("keys.backup"), "2026-03-01".parse::<Date>().unwrap());
    keys.copy_to(&file, day).unwrap();
    let root = RootKey::from_secret(&[1; 32]).unwrap();
    let accept = |name: &str, root: &RootKey, on: Date| {
        let target = folder.path().join(name);
        std::fs::create_dir(&target).unwrap();
        std::fs::copy(&file, target.join("keys.db")).unwrap();
        (accept_key_backup(&target, root, on), target)
    };
    let late = accept("late", &root, day + 31.days()).0.unwrap_err().to_string();
    assert!(late.contains("2026-03-01") && late.contains("more than 30 days ago"), "{late}");
    let (made, target) = accept("on-time", &root, day + 30.days());
    assert_eq!(made.unwrap(), day);
    assert_eq!(ring(&target, 1).unwrap().everyone().unwrap().len(), 1);
    let other = RootKey::from_secret(&[9; 32]).unwrap();
    assert!(accept("other", &other, day).0.unwrap_err().to_string().contains("another root key"));
}

#[test]
fn a_destroyed_key_is_in_no_byte_of_the_key_store() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    let (who, stays) = (person(), person());
    keys.make_all(&[who, stays]).unwrap();
    keys.grant(&org("de-brug"), &[who, stays], &[Category::Process, Category::Medical]).unwrap();
    let wraps: Vec<Vec<u8>> = {
        let store = guard(&keys.inner.store);
        let mut statement = store.prepare("SELECT wrapped FROM person_wrap WHERE participant = ?1").unwrap();
        let rows = statement.query_map([who.0.as_bytes().as_slice()], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(wraps.len(), 3);
    let found = || {
        let files =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        let bytes: Vec<Vec<u8>> = files.collect();
        wraps
            .iter()
            .filter(|wrap| bytes.iter().any(|all| all.windows(wrap.len()).any(|part| part == &wrap[..])))
            .count()
    };
    assert_eq!(found(), 3);
    keys.destroy(&[who]).unwrap();
    assert_eq!(found(), 0);
    assert!(keys.key(who).unwrap().is_none() && keys.reader(&org("de-brug"), who).unwrap().is_none());
    assert!(keys.reader(&org("de-brug"), stays).unwrap().is_some());
}

/// A document of a person, with its key.
fn document(keys: &Keyring, who: ParticipantId) -> (DocumentId, Vec<u8>) {
    let id = DocumentId(SystemEntropy.id());
    let (key, made) = keys.make_document_key(id, who, TrajectoryId(SystemEntropy.id())).unwrap();
    assert!(made);
    (id, key.seal(b"een verzonnen stuk", &SystemEntropy).unwrap())
}

#[test]
fn a_document_opens_by_who_has_the_dossier_key_of_its_person_and_by_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    let (who, other) = (person(), person());
    keys.make_all(&[who, other]).unwrap();
    let (id, bytes) = document(&keys, who);
    let (second, _) = document(&keys, who);
    keys.grant(&org("ind"), &[who, other], &[Category::Process, Category::Dossier]).unwrap();
    keys.grant(&org("de-brug"), &[who], &[Category::Process]).unwrap();
    let reader = |of: &str, who| keys.reader(&org(of), who).unwrap().unwrap();
    let key = keys.document_key(id, &reader("ind", who)).unwrap().unwrap();
    assert_eq!(key.open(&bytes).unwrap(), b"een verzonnen stuk");
    assert!(keys.document_key(id, &reader("de-brug", who)).unwrap().is_none(), "no key to the dossier");
    assert!(keys.document_key(id, &reader("ind", other)).is_err(), "the key of someone else");
    let another = keys.document_key(second, &reader("ind", who)).unwrap().unwrap();
    assert!(another.open(&bytes).is_err(), "each document has its own");
    let mut bent = bytes.clone();
    *bent.last_mut().unwrap() ^= 1;
    assert!(key.open(&bent).is_err() && key.open(&bytes[..10]).is_err() && key.open(b"").is_err());
    // asked again it is the same key, and never that of another person
    let trajectory = TrajectoryId(SystemEntropy.id());
    let (again, made) = keys.make_document_key(id, who, trajectory).unwrap();
    assert!(!made && again.open(&bytes).is_ok());
    assert!(keys.make_document_key(id, other, trajectory).is_err());
    assert_eq!(keys.documents().unwrap().len(), 2);
}

#[test]
fn a_destroyed_key_of_a_document_is_in_no_byte_of_the_key_store_and_the_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ring(folder.path(), 1).unwrap();
    let who = person();
    keys.make(who).unwrap();
    let ((goes, sealed), (stays, other)) = (document(&keys, who), document(&keys, who));
    let wrapped = |id: DocumentId| -> Vec<u8> {
        let store = guard(&keys.inner.store);
        let sql = "SELECT wrapped FROM document_key WHERE document = ?1";
        store.query_row(sql, [id.0.as_bytes().as_slice()], |row| row.get(0)).unwrap()
    };
    let wraps = [wrapped(goes), wrapped(stays)];
    let found = || {
        let files =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        let all: Vec<u8> = files.flatten().collect();
        wraps.each_ref().map(|wrap| all.windows(wrap.len()).any(|part| part == &wrap[..]))
    };
    assert_eq!(found(), [true, true]);
    keys.destroy_documents(&[goes]).unwrap();
    assert_eq!(found(), [false, true]);
    let own = keys.key(who).unwrap().unwrap();
    assert!(keys.document_key(goes, &own).unwrap().is_none());
    assert_eq!(keys.document_key(stays, &own).unwrap().unwrap().open(&other).unwrap(), b"een verzonnen stuk");
    // what is left to do is noted until it is done, and no other state takes its place
    keys.mark_document(goes, DocumentState::Kept).unwrap();
    let unsettled: Vec<_> =
        keys.unsettled_documents().unwrap().into_iter().map(|one| (one.document, one.state)).collect();
    assert!(unsettled.contains(&(goes, DocumentState::Gone)), "{unsettled:?}");
    // a document that comes under the same id has a key of its own: the old file stays closed
    let (new, made) = keys.make_document_key(goes, who, TrajectoryId(SystemEntropy.id())).unwrap();
    assert!(made && new.open(&sealed).is_err());
    keys.destroy(&[who]).unwrap();
    assert_eq!(found(), [false, false], "with the person all of their documents go");
    assert!(keys.documents().unwrap().is_empty());
    let left: Vec<_> = keys.unsettled_documents().unwrap().into_iter().map(|one| one.document).collect();
    keys.forget_documents(&left).unwrap();
    assert_eq!((left.len(), keys.unsettled_documents().unwrap().len()), (2, 0));
}
