//! Destruction at the end of retention: after it no file of the store, no backup made before it and no log gives the
//! person back, and every figure is what it was.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use access::Principal;
use desk::{Desk, Order, Target};
use domain::{
    codes::{Role, Sex, Status},
    fact::Codes,
    ids::{CommandId, TrajectoryId, UserId},
    outflow::Left,
    participant::{IdentityRecorded, Name},
    plan::GoalSet,
    programme::{List, Programme},
    registration::Registered,
    screening::{Mandate, Screened},
    trajectory::Draft,
};
use jiff::{Timestamp, civil::Date};
use journal::{Entropy as _, Keyring, Location, RootKey, Store, SystemEntropy, params};

use crate::run::{Place, text};

const CITY: [&str; 2] = ["--programme", "one-city"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &CITY].concat()
}

/// A clock that stands still.
struct Stopped(Timestamp);

impl desk::Clock for Stopped {
    fn real(&self) -> Timestamp {
        self.0
    }
    fn business(&self) -> Timestamp {
        self.0
    }
}

fn programme() -> Programme {
    programme_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes/one-city"))
}

pub(crate) fn programme_in(dir: &Path) -> Programme {
    let mut files: Vec<(String, String)> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    Programme::parse(&files).unwrap()
}

/// The store of a place, in this process, on a day.
fn opened(place: &Place, store: &str, on: &str) -> Desk {
    opened_with(place, store, on, programme())
}

/// The same, of another programme.
pub(crate) fn opened_with(place: &Place, store: &str, on: &str, programme: Programme) -> Desk {
    let folder = place.path(store);
    let entropy = Arc::new(SystemEntropy);
    let opened = Store::open(&Location::Folder(folder.clone()), &desk::migrations()).unwrap();
    let root = RootKey::load(&place.path("root.key")).unwrap();
    let keys = Keyring::open(&folder, root, entropy.clone()).unwrap();
    let clock = Arc::new(Stopped(on.parse().unwrap()));
    let programme = Arc::new(programme);
    let desk = Desk::new(opened, keys, programme, access::Settings::DEMONSTRATION, clock, entropy).unwrap();
    desk.keep_destructions_in(place.path("root.destructions"));
    desk
}

pub(crate) fn someone(desk: &Desk, role: Role) -> Principal {
    let site = desk.programme().sites[0].clone();
    let org = site.lead.clone();
    let org_kind = desk.programme().org(&org).unwrap().kind;
    Principal {
        user: UserId(SystemEntropy.id()),
        name: "Proef Collega".into(),
        role,
        org,
        org_kind,
        sites: vec![site.id],
        strength: access::Strength::SecondFactor,
        settings: access::Settings::DEMONSTRATION,
        trace: access::Trace::default(),
        purpose: access::working_purpose(
            access::Asker { role, org_kind, strength: access::Strength::SecondFactor },
            access::Settings::DEMONSTRATION,
        ),
    }
}

pub(crate) fn first(desk: &Desk, list: List) -> domain::ids::Code {
    desk.programme().list(list).0[0].code.clone()
}

/// Words that stand nowhere but in the record of one person.
fn canary(number: usize) -> String {
    format!("Kanarie{number:03}Zevenstaart")
}

const CANARIES: usize = 60;
/// The facts of that person: three names stand in one, two words in another.
const FACTS: usize = CANARIES - 3;

/// A person whose whole record is canaries, from registration to leaving in 2019.
async fn one_with_canaries(desk: &Desk) -> (TrajectoryId, String) {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let coordinator = someone(desk, Role::Coordinator);
    let names = (0..3).map(|n| Name { text: canary(n), kind: first(desk, List::NameKinds) }).collect();
    let identity = IdentityRecorded {
        names,
        birth: None,
        v_number: None,
        v_number_missing: Some(first(desk, List::VNumberMissing)),
        nationalities: vec![],
    };
    let codes = Codes { sex: Some(Sex::Unknown), ..Codes::default() };
    let identity = Draft::new(identity, day("2019-05-01")).codes(codes);
    let registered = Registered { circumstances: canary(3), informed_in: None };
    let site = coordinator.sites[0].clone();
    let order = |target, draft: Draft| Order {
        command: CommandId(SystemEntropy.id()),
        expected: None,
        target,
        drafts: vec![draft],
    };
    let new = Target::New { site: site.clone(), known: None, identity: Some(Box::new(identity)) };
    let done = desk.execute(&coordinator, order(new, Draft::new(registered, day("2019-05-01")))).await.unwrap();
    let id = done.trajectory.unwrap();
    let method = desk.programme().method_on(&site, day("2019-05-02")).unwrap();
    let screened = Screened {
        ground: method.grounds.first().cloned(),
        exception_by: None,
        reason: canary(4),
        mandate: Mandate {
            by: canary(5),
            on_behalf_of: first(desk, List::OnBehalfOf),
            form: first(desk, List::Forms),
            form_date: day("2019-05-02"),
        },
        remedy: None,
    };
    let codes = Codes { status: Some(Status::Admitted), ..Codes::default() };
    let admitted = Draft::new(screened, day("2019-05-02")).codes(codes);
    desk.execute(&coordinator, order(Target::Trajectory(id), admitted)).await.unwrap();
    for number in 6..CANARIES - 1 {
        let goal = GoalSet { text: canary(number), owner: coordinator.org.clone() };
        desk.execute(&coordinator, order(Target::Trajectory(id), Draft::new(goal, day("2019-06-01")))).await.unwrap();
    }
    let left = Left { destination: None, evidence: first(desk, List::Evidence), note: canary(CANARIES - 1) };
    let codes = Codes { outflow_reason: Some(first(desk, List::OutflowReasons)), ..Codes::default() };
    let left = Draft::new(left, day("2019-08-01")).codes(codes);
    desk.execute(&coordinator, order(Target::Trajectory(id), left)).await.unwrap();
    let file = desk.file(&coordinator, id).await.unwrap();
    assert_eq!(file.person.name(), Some(canary(0).as_str()));
    (id, file.case_number)
}

/// Everything figures are made of, as text.
fn figures(place: &Place, store: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(place.path(store).join("store.db")).unwrap();
    let mut out = Vec::new();
    for sql in [
        "SELECT hex(trajectory), site, line, code, valid_from, valid_to, known_from, known_to, '' FROM spell ORDER BY 1, 3, 4, 5, 7",
        "SELECT hex(id), site, opened, ended, phase, status, scenario, cooperates, outflow_reason FROM trajectory ORDER BY 1",
        "SELECT hex(id), age_band, sex, version, '', '', '', '', '' FROM participant ORDER BY 1",
        "SELECT hex(id), hex(sealed_hash), hex(chain), codes, kind, valid_from, recorded_at, site, hex(subject) FROM fact ORDER BY 1",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement
            .query_map([], |row| (0..9).map(|at| Ok(format!("{:?}", row.get_ref(at)?))).collect::<Result<Vec<_>, _>>());
        out.extend(rows.unwrap().map(|row| row.unwrap().join(" ")));
    }
    out
}

/// Every published figure, counted from the tables.
fn published(desk: &Desk) -> Vec<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes/lvv-2018");
    let (programme, published) = (desk.programme().clone(), programme_in(&dir).published);
    let (now, of) = (desk.clock().business(), programme.clone());
    let known = desk.store().read_blocking(move |tx| figures::history::snapshot(tx, now, &of)).unwrap();
    let lines = figures::published::compare(&known, &programme, &published);
    assert!(lines.iter().any(|line| line.ours.is_some()));
    lines.iter().map(|line| format!("{:?} {:?}", line.part, line.ours)).collect()
}

/// Files in which a canary stands, in the clear.
fn found_in(folder: &Path) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(found_in(&path));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let haystack = String::from_utf8_lossy(&bytes);
        if (0..CANARIES).any(|number| haystack.contains(&canary(number))) {
            out.insert(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    out
}

/// What was sealed of a person, and the tokens they are found by.
fn traces(desk: &Desk, id: TrajectoryId) -> Vec<Vec<u8>> {
    desk.store()
        .read_blocking(move |tx| {
            let mut out: Vec<Vec<u8>> = Vec::new();
            for sql in [
                "SELECT f.sealed FROM fact f JOIN trajectory t ON t.participant = f.subject WHERE t.id = $1",
                "SELECT sealed FROM file WHERE trajectory = $1",
                "SELECT sealed FROM trajectory WHERE id = $1",
                "SELECT p.sealed FROM participant p JOIN trajectory t ON t.participant = p.id WHERE t.id = $1",
                "SELECT s.token FROM search_token s JOIN trajectory t ON t.participant = s.participant WHERE t.id = $1",
            ] {
                out.extend(tx.query(sql, params![id.0], |row| row.get::<Option<Vec<u8>>>(0))?.into_iter().flatten());
            }
            Ok::<_, journal::Error>(out)
        })
        .unwrap()
}

/// How many of the traces stand in the files of a folder, were it in part: any sixteen bytes of one.
fn count_in(folder: &Path, traces: &[Vec<u8>]) -> usize {
    let parts = traces.iter().enumerate().flat_map(|(at, trace)| trace.chunks_exact(16).map(move |part| (part, at)));
    let parts: std::collections::HashMap<&[u8], usize> = parts.collect();
    let mut found = BTreeSet::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(path).unwrap();
        found.extend(bytes.windows(16).filter_map(|window| parts.get(window)).copied());
    }
    found.len()
}

#[test]
fn a_backup_of_last_year_restored_after_destruction_does_not_bring_the_person_back() {
    let place = Place::new();
    place.filled("demo");
    let history = text(&place.path("demo.jsonl"));
    place.fine("demo", &with(&["export", "history", "--plain", &history]));
    place.fine("one", &with(&["import", "history", &history]));
    let runtime = tokio::runtime::Runtime::new().unwrap();

    let desk = opened(&place, "one", "2019-09-01T10:00:00Z");
    let (id, case) = runtime.block_on(one_with_canaries(&desk));
    let traces = traces(&desk, id);
    assert!(traces.len() > CANARIES, "{} sealed values and tokens", traces.len());
    drop(desk);
    assert!(found_in(&place.path("one")).is_empty(), "no name stands in the clear in the bytes of the store");
    assert_eq!(count_in(&place.path("one"), &traces), traces.len(), "the search for traces finds them");
    let (backup, keys) = (text(&place.path("store.backup")), text(&place.path("keys.backup")));
    place.fine("one", &with(&["backup", &backup]));
    place.fine("one", &with(&["backup", "keys", &keys]));

    // ten years after they left; two administrators
    let desk = opened(&place, "one", "2029-09-01T10:00:00Z");
    let (one, other) = (someone(&desk, Role::Administrator), someone(&desk, Role::Administrator));
    let due = runtime.block_on(desk.retention(&one)).unwrap();
    let mine = due.due.iter().find(|due| due.cases == [case.clone()]).unwrap();
    assert_eq!(mine.grounds.len(), 2);
    assert_eq!(mine.grounds[0].until.to_string(), "2029-08-01");
    let (before, numbers) = (figures(&place, "one"), published(&desk));
    let propose = |command| runtime.block_on(desk.propose_destruction(&one, command, vec![case.clone()]));

    // a hold stops it
    runtime.block_on(desk.hold(&one, case.clone(), "appeal".into(), true)).unwrap();
    assert!(
        propose(CommandId(SystemEntropy.id())).is_err_and(|error| format!("{error:?}").contains("destruction-held"))
    );
    runtime.block_on(desk.hold(&other, case.clone(), "appeal".into(), false)).unwrap();
    let command = CommandId(SystemEntropy.id());
    propose(command).unwrap();
    propose(command).unwrap();
    // never alone, never by another role
    let alone = runtime.block_on(desk.decide_destruction(&one, command.0, true)).unwrap_err();
    assert!(format!("{alone:?}").contains("destruction-same-person"), "{alone:?}");
    for role in Role::ALL.iter().filter(|role| ![Role::Administrator, Role::PrivacyOfficer].contains(role)) {
        let who = someone(&desk, *role);
        assert!(runtime.block_on(desk.decide_destruction(&who, command.0, true)).is_err(), "{role}");
        assert!(runtime.block_on(desk.retention(&who)).is_err(), "{role}");
    }
    assert_eq!(count_in(&place.path("one"), &traces), traces.len(), "nothing has gone yet");
    runtime.block_on(desk.decide_destruction(&other, command.0, true)).unwrap();

    let done = runtime.block_on(desk.destruction(&one, command.0)).unwrap();
    let certificate = done.certificate.unwrap();
    assert_eq!((certificate.people, certificate.final_on.to_string().as_str()), (1, "2029-10-01"));
    assert_eq!(certificate.hashes.len(), FACTS);
    assert_ne!(certificate.proposed.account, certificate.approved.account);
    assert!(runtime.block_on(desk.file(&someone(&desk, Role::Coordinator), id)).is_err());
    let query = desk::Query { text: canary(0), birth_year: None };
    assert!(runtime.block_on(desk.search(&someone(&desk, Role::Coordinator), query)).unwrap().matches.is_empty());
    assert_eq!(numbers, published(&desk), "published figures");
    assert_eq!(before, figures(&place, "one"), "figures, headers, hashes");
    assert_eq!(desk.verify(|_| {}).unwrap().findings, Vec::<String>::new());
    desk.rebuild(|_, _| {}).unwrap();
    assert_eq!(before, figures(&place, "one"), "after a rebuild");
    assert_eq!(count_in(&place.path("one"), &traces), 0, "while the store is open");
    drop(desk);
    assert_eq!(count_in(&place.path("one"), &traces), 0, "ciphertext and tokens are in no byte of the store");

    // the backup made before, with keys of the same day
    let said = place.run("two", &with(&["restore", &backup, "--keys", &keys]));
    let log = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success() && log.contains("1 people who were destroyed before"), "{log}");
    assert!(!(0..CANARIES).any(|number| log.contains(&canary(number))));
    assert_eq!(count_in(&place.path("two"), &traces), 0, "restored, and gone again");
    let said = place.fine("two", &with(&["verify"]));
    assert!(said.contains("every chain is whole") && said.contains(&format!("{FACTS} of them forgotten")), "{said}");
    let desk = opened(&place, "two", "2029-09-01T10:00:00Z");
    assert!(runtime.block_on(desk.file(&someone(&desk, Role::Coordinator), id)).is_err());
    drop(desk);
    assert_eq!(before, figures(&place, "two"), "figures from the restored backup");

    // forgotten facts travel without payload, and come in without
    let out = text(&place.path("after.jsonl"));
    place.fine("two", &with(&["export", "history", "--plain", &out]));
    place.fine("three", &with(&["import", "history", &out]));
    let plain = std::fs::read_to_string(&out).unwrap();
    assert!(!(0..CANARIES).any(|number| plain.contains(&canary(number))));
    place.fine("three", &with(&["export", "history", "--plain", &text(&place.path("again.jsonl"))]));
    assert_eq!(plain, std::fs::read_to_string(place.path("again.jsonl")).unwrap());
    for store in ["one", "two", "three"] {
        assert!(found_in(&place.path(store)).is_empty(), "{store}");
    }
}

#[test]
fn a_destruction_that_was_interrupted_is_finished_before_anything_is_served() {
    let place = Place::new();
    place.filled("demo");
    let history = text(&place.path("demo.jsonl"));
    place.fine("demo", &with(&["export", "history", "--plain", &history]));
    place.fine("one", &with(&["import", "history", &history]));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let desk = opened(&place, "one", "2019-09-01T10:00:00Z");
    let (id, case) = runtime.block_on(one_with_canaries(&desk));
    let traces = traces(&desk, id);
    drop(desk);
    let desk = opened(&place, "one", "2029-09-01T10:00:00Z");
    let one = someone(&desk, Role::Administrator);
    let command = CommandId(SystemEntropy.id());
    runtime.block_on(desk.propose_destruction(&one, command, vec![case])).unwrap();
    drop(desk);
    // as if the program had stopped just after the approval was written
    let store = rusqlite::Connection::open(place.path("one").join("store.db")).unwrap();
    let changed = store
        .execute("UPDATE destruction SET state = 'approved', decided_by = zeroblob(16), decided_at = proposed_at", []);
    assert_eq!(changed.unwrap(), 1);
    drop(store);
    place.fine("one", &with(&["verify"]));
    assert_eq!(count_in(&place.path("one"), &traces), 0);
    // the list says it too, and is not written twice
    let list = std::fs::read_to_string(place.path("root.destructions")).unwrap();
    assert_eq!(list.lines().count(), 1);
    place.fine("one", &with(&["verify"]));
    assert_eq!(list, std::fs::read_to_string(place.path("root.destructions")).unwrap());
    // and a list that was tampered with stops the program instead of bringing people back
    std::fs::write(place.path("root.destructions"), "{}\n").unwrap();
    assert!(place.refused("one", &with(&["verify"])).contains("line 1"));
}
