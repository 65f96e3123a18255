//! Documents beside the store: what a backup says of them, what is put back, and that no copy gives back what was destroyed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use access::Principal;
use desk::{Desk, Failure, NewDocument, Order, Target};
use domain::{
    codes::{Role, Sex, Status},
    document::{DocumentCondemned, Media},
    dossier::DossierRequested,
    fact::Codes,
    ids::{CommandId, FactId, TrajectoryId, UserId},
    intake::IntakeHeld,
    participant::{IdentityRecorded, Name},
    programme::List,
    registration::Registered,
    screening::{Mandate, Screened},
    trajectory::Draft,
};
use jiff::civil::Date;
use journal::{
    Entropy as _, SystemEntropy,
    files::{Files, Folder},
    testing::bucket::StandIn,
};

use crate::{
    destruction::{first, opened_with, programme_in, someone},
    run::{Place, text},
};

const STAYS: &[u8] = b"Kanariestuk dat blijft";
const GOES: &[u8] = b"Kanariestuk dat weg moet";

fn opened(place: &Place, store: &str, files: Arc<dyn Files>) -> Desk {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes/lvv-2018");
    // the day of the program that runs beside this test: keys age by it
    let desk = opened_with(place, store, &jiff::Timestamp::now().to_string(), programme_in(&dir));
    desk.keep_documents_in(files, desk::LARGEST);
    desk
}

/// Of a site where the screening admits.
fn coordinator(desk: &Desk) -> Principal {
    let site = desk.programme().site(&"groningen".parse().unwrap()).unwrap();
    Principal { org: site.lead.clone(), sites: vec![site.id.clone()], ..someone(desk, Role::Coordinator) }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn order(target: Target, draft: Draft) -> Order {
    Order { command: CommandId(SystemEntropy.id()), expected: None, target, drafts: vec![draft] }
}

/// Someone of whom the IND was asked for the dossier.
async fn asked(desk: &Desk, who: &Principal) -> TrajectoryId {
    let names = vec![Name { text: "Zebedeus Kastdeur".into(), kind: first(desk, List::NameKinds) }];
    let missing = Some(first(desk, List::VNumberMissing));
    let identity =
        IdentityRecorded { names, birth: None, v_number: None, v_number_missing: missing, nationalities: vec![] };
    let identity = Draft::new(identity, day("2022-05-02")).codes(Codes { sex: Some(Sex::Unknown), ..Codes::default() });
    let site = who.sites[0].clone();
    let registered = Registered { circumstances: "kwam zelf".into(), informed_in: None };
    let new = Target::New { site: site.clone(), known: None, identity: Some(Box::new(identity)) };
    let done = desk.execute(who, order(new, Draft::new(registered, day("2022-05-02")))).await.unwrap();
    let id = done.trajectory.unwrap();
    let mandate = Mandate {
        by: "Proef Beslisser".into(),
        on_behalf_of: first(desk, List::OnBehalfOf),
        form: first(desk, List::Forms),
        form_date: day("2022-05-03"),
    };
    let ground = desk.programme().method_on(&site, day("2022-05-03")).unwrap().grounds.first().cloned();
    let screened = Screened { ground, exception_by: None, reason: "voldoet".into(), mandate, remedy: None };
    let intake = IntakeHeld {
        languages: vec![first(desk, List::Languages)],
        interpreter: None,
        needs: vec![],
        summary: "gesproken".into(),
    };
    let steps = [
        Draft::new(screened, day("2022-05-03")).codes(Codes { status: Some(Status::Admitted), ..Codes::default() }),
        Draft::new(intake, day("2022-05-10")),
        Draft::new(DossierRequested { items: vec![], note: String::new() }, day("2022-05-11"))
            .codes(Codes { partner: "ind".parse().ok(), ..Codes::default() }),
    ];
    for step in steps {
        desk.execute(who, order(Target::Trajectory(id), step)).await.unwrap();
    }
    id
}

async fn added(desk: &Desk, who: &Principal, case: TrajectoryId, item: &str, bytes: &[u8]) -> FactId {
    let new = NewDocument {
        trajectory: case,
        command: CommandId(SystemEntropy.id()),
        expected: None,
        on: day("2022-06-01"),
        partner: "ind".parse().unwrap(),
        item: item.parse().unwrap(),
        name: format!("{item}.txt"),
        media: Media::Text,
        bytes: bytes.to_vec(),
        note: String::new(),
    };
    desk.add_document(who, new).await.unwrap();
    let file = desk.file(who, case).await.unwrap();
    let mine = file.trajectory.documents.iter().find(|one| one.detail.as_ref().unwrap().item.as_str() == item);
    mine.unwrap().fact
}

async fn destroyed(desk: &Desk, who: &Principal, case: TrajectoryId, fact: FactId) {
    let body = DocumentCondemned { ground: first(desk, List::RejectionGrounds), note: String::new() };
    let draft = Draft::new(body, day("2022-06-02")).codes(Codes { about: Some(fact), ..Codes::default() });
    desk.execute(who, order(Target::Trajectory(case), draft)).await.unwrap();
    let other = Principal { user: UserId(SystemEntropy.id()), ..who.clone() };
    let command = CommandId(SystemEntropy.id());
    desk.destroy_document(&other, case, fact, String::new(), command).await.unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// A store with two documents; a copy of everything; then one of them is destroyed.
struct Made {
    place: Place,
    case: TrajectoryId,
    stays: FactId,
    goes: FactId,
    backup: String,
    keys: String,
    said: String,
    copied: PathBuf,
}

fn made(runtime: &tokio::runtime::Runtime) -> Made {
    let place = Place::new();
    // the program makes the store and its root key
    place.fine("one", &["verify"]);
    let folder = place.path("one").join("documents");
    let desk = opened(&place, "one", Arc::new(Folder::new(&folder)));
    let who = coordinator(&desk);
    let case = runtime.block_on(asked(&desk, &who));
    let stays = runtime.block_on(added(&desk, &who, case, "interviews", STAYS));
    let goes = runtime.block_on(added(&desk, &who, case, "procedures", GOES));
    drop(desk);
    let (backup, keys) = (text(&place.path("store.backup")), text(&place.path("keys.backup")));
    let said = place.fine("one", &["backup", &backup]);
    place.fine("one", &["backup", "keys", &keys]);
    let copied = place.path("copied");
    copy(&folder, &copied);
    let desk = opened(&place, "one", Arc::new(Folder::new(&folder)));
    let who = coordinator(&desk);
    runtime.block_on(destroyed(&desk, &who, case, goes));
    assert_eq!((count(&folder), count(&copied)), (1, 2));
    drop(desk);
    Made { place, case, stays, goes, backup, keys, said, copied }
}

#[test]
fn no_copy_of_store_folder_or_keys_gives_a_destroyed_document_back_and_the_others_come_whole() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = made(&runtime);
    let place = &made.place;
    assert!(made.said.contains("2 documents lie encrypted in") && made.said.contains("copy that too"), "{}", made.said);
    let documents = text(&made.copied);
    place.fine("two", &["restore", &made.backup, "--keys", &made.keys, "--documents", &documents]);
    assert_eq!(count(&made.copied), 1, "the file of the destroyed one is gone from the copy too");
    let desk = opened(place, "two", Arc::new(Folder::new(&made.copied)));
    let who = coordinator(&desk);
    assert_eq!(runtime.block_on(desk.document(&who, made.case, made.stays)).unwrap().bytes, STAYS);
    let gone = runtime.block_on(desk.document(&who, made.case, made.goes));
    assert!(matches!(gone, Err(Failure::Hidden)), "{gone:?}");
    drop(desk);
    let said = place.fine("two", &["verify", "--documents", &documents]);
    assert!(said.contains("every chain is whole"), "{said}");
}

#[test]
fn a_restore_without_the_folder_says_what_is_missing_and_the_folder_can_come_later() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = made(&runtime);
    let place = &made.place;
    let out = place.run("two", &["restore", &made.backup, "--keys", &made.keys]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success() && said.contains("1 of 1 documents are not in"), "{said}");
    let folder = place.path("two").join("documents");
    let desk = opened(place, "two", Arc::new(Folder::new(&folder)));
    let who = coordinator(&desk);
    let lost = runtime.block_on(desk.document(&who, made.case, made.stays));
    assert!(matches!(lost, Err(Failure::Unreadable(_))), "{lost:?}");
    copy(&made.copied, &folder);
    assert_eq!(runtime.block_on(desk.document(&who, made.case, made.stays)).unwrap().bytes, STAYS);
}

#[cfg(unix)]
#[test]
fn documents_are_kept_in_a_bucket_by_a_setting() {
    use std::os::unix::fs::PermissionsExt as _;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (place, service) = (Place::new(), StandIn::start());
    place.fine("one", &["verify"]);
    let desk = opened(&place, "one", Arc::new(service.bucket("groningen/")));
    let who = coordinator(&desk);
    let case = runtime.block_on(asked(&desk, &who));
    let fact = runtime.block_on(added(&desk, &who, case, "interviews", STAYS));
    assert_eq!(runtime.block_on(desk.document(&who, case, fact)).unwrap().bytes, STAYS);
    drop(desk);
    let (settings, secret) = (place.path("bucket.toml"), place.path("bucket.secret"));
    let known = service.settings("groningen/");
    let written = |more: &str| {
        let lines = [
            format!("endpoint = \"{}\"", known.endpoint),
            format!("bucket = \"{}\"", known.bucket),
            format!("region = \"{}\"", known.region),
            format!("access_key = \"{}\"", known.access_key),
            "secret_key_file = \"bucket.secret\"".to_owned(),
            "prefix = \"groningen/\"".to_owned(),
            more.to_owned(),
        ];
        std::fs::write(&settings, lines.join("\n")).unwrap();
    };
    let mode = |mode: u32| std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
    let file = text(&settings);
    written("");
    std::fs::write(&secret, format!("{}\n", service.secret())).unwrap();
    mode(0o644);
    let said = place.refused("one", &["verify", "--documents-bucket", &file]);
    assert!(said.contains("can be read by others"), "{said}");
    mode(0o600);
    let said = place.fine("one", &["backup", &text(&place.path("store.backup")), "--documents-bucket", &file]);
    assert!(said.contains("1 documents lie encrypted in the bucket bestendig-proef"), "{said}");
    assert_eq!((service.names().len(), service.refused()), (1, 0));
    written("colour = \"blue\"");
    let said = place.refused("one", &["verify", "--documents-bucket", &file]);
    assert!(said.contains("colour"), "{said}");
    let both = place.run("one", &["verify", "--documents-bucket", &file, "--documents", "elders"]);
    assert_eq!(both.status.code(), Some(2));
    for none in ["0", "201", "veel"] {
        assert_eq!(place.run("one", &["verify", "--largest-document", none]).status.code(), Some(2), "{none}");
    }
}
