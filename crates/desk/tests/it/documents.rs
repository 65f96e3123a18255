//! Documents from handing in to destruction: on a folder and in a bucket, interrupted at every moment, and on the table.

use std::{path::Path, sync::Arc};

use access::Principal;
use desk::{Activity, Desk, Failure, NewDocument, Order, Target, conference::CaseAtTable};
use domain::{
    codes::{Board, Category, Purpose, Role},
    document::{DocumentCondemned, DocumentDestroyed, DocumentReleased, Media},
    dossier::{DossierDelivered, DossierRequested},
    fact::{Body, Codes, Withdrawn},
    ids::{CommandId, DocumentId, FactId, TrajectoryId, UserId},
    sitting::Act,
    trajectory::Draft,
};
use journal::{
    DocumentState, Entropy as _, Keyring, RootKey, SystemEntropy,
    files::{Files, Folder},
    testing::bucket::{Mood, StandIn},
};

use crate::{
    conference::{Partners, act, held, partners, ready_case, seats},
    world::{World, command, day, desk_again, on, worlds},
};

const TEXT: &[u8] = b"Kanariedocument: een verzonnen verslag";
const NAME: &str = "Kanarienaam.txt";

/// A place for documents, with what keeps it alive.
pub(crate) struct Place {
    pub(crate) world: World,
    files: Arc<dyn Files>,
    service: Option<StandIn>,
}

impl Place {
    fn new(world: World, files: Arc<dyn Files>, service: Option<StandIn>) -> Self {
        let place = Self { world, files, service };
        place.set_up(&place.world.desk);
        place
    }

    fn set_up(&self, desk: &Desk) {
        desk.keep_documents_in(Arc::clone(&self.files), 1000);
        desk.keep_destructions_in(self.world.test.folder.path().join("outside.destructions"));
    }

    fn folder(&self) -> std::path::PathBuf {
        self.world.test.folder.path().join("documents")
    }

    /// The same store after the program began again.
    async fn restarted(&self) -> Desk {
        let desk = desk_again(&self.world);
        self.set_up(&desk);
        let again = desk.clone();
        tokio::task::spawn_blocking(move || again.settle_destructions()).await.unwrap().unwrap();
        desk
    }

    pub(crate) fn documents(&self) -> Vec<DocumentId> {
        self.world.keys.documents().unwrap().into_iter().map(|(document, _)| document).collect()
    }

    async fn has(&self, document: DocumentId) -> bool {
        let files = Arc::clone(&self.files);
        tokio::task::spawn_blocking(move || files.has(document)).await.unwrap().unwrap()
    }
}

/// On each database a folder, and a bucket.
pub(crate) fn places() -> Vec<Place> {
    let folder = |world: World| {
        let files = Arc::new(Folder::new(world.test.folder.path().join("documents")));
        Place::new(world, files, None)
    };
    let bucket = |world| {
        let service = StandIn::start();
        Place::new(world, Arc::new(service.bucket("bestendig/")), Some(service))
    };
    worlds().into_iter().map(folder).chain(worlds().into_iter().map(bucket)).collect()
}

pub(crate) fn paper(case: TrajectoryId, partner: &str, item: &str, bytes: &[u8]) -> NewDocument {
    NewDocument {
        trajectory: case,
        command: command(),
        expected: None,
        on: day("2022-06-20"),
        partner: partner.parse().unwrap(),
        item: item.parse().unwrap(),
        name: NAME.into(),
        media: Media::Text,
        bytes: bytes.to_vec(),
        note: String::new(),
    }
}

/// A case with one document of the IND: its reports of interviews.
async fn with_document(place: &Place) -> (Partners, TrajectoryId, FactId) {
    let who = partners(&place.world);
    let case = ready_case(&place.world, &who, "Zebedeus Kastdeur").await;
    let fact = added(&place.world.desk, &who.coordinator, paper(case, "ind", "interviews", TEXT)).await;
    (who, case, fact)
}

async fn added(desk: &Desk, who: &Principal, new: NewDocument) -> FactId {
    let (case, bytes) = (new.trajectory, new.bytes.clone());
    desk.add_document(who, new).await.unwrap();
    let size = u64::try_from(bytes.len()).unwrap();
    let file = desk.file(who, case).await.unwrap();
    let mine = |document: &&domain::document::Document| document.detail.as_ref().is_some_and(|one| one.size == size);
    file.trajectory.documents.iter().rev().find(mine).unwrap().fact
}

fn about(fact: FactId) -> Codes {
    Codes { about: Some(fact), ..Codes::default() }
}

fn condemned(fact: FactId) -> Draft {
    let ground = "wrong-person".parse().unwrap();
    Draft::new(DocumentCondemned { ground, note: String::new() }, day("2022-06-21")).codes(about(fact))
}

fn released(fact: FactId, board: Board) -> Draft {
    Draft::new(DocumentReleased { board, note: String::new() }, day("2022-06-21")).codes(about(fact))
}

/// Another coordinator of the same site.
pub(crate) fn colleague(who: &Principal) -> Principal {
    Principal { user: UserId(SystemEntropy.id()), ..who.clone() }
}

fn is_hidden<T>(found: Result<T, Failure>) -> bool {
    matches!(found, Err(Failure::Hidden))
}

pub(crate) fn refused<T: std::fmt::Debug>(found: Result<T, Failure>) -> &'static str {
    match found {
        Err(Failure::Refused(refusal)) => refusal.problem.key,
        other => panic!("{other:?}"),
    }
}

async fn readings(desk: &Desk, activity: Activity) -> Vec<(UserId, Purpose)> {
    let desk = desk.clone();
    let lines = tokio::task::spawn_blocking(move || desk.reads_after(0, 10_000)).await.unwrap().unwrap();
    let lines = lines.into_iter().map(|(_, line)| line).filter(|line| line.activity == activity);
    lines.map(|line| (line.user, line.purpose)).collect()
}

fn holds(folder: &Path, word: &[u8]) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.into_iter().any(|path| {
        if path.is_dir() {
            holds(&path, word)
        } else {
            std::fs::read(&path).unwrap().windows(word.len()).any(|at| at == word)
        }
    })
}

#[tokio::test]
async fn a_document_is_kept_encrypted_and_opened_by_whom_the_contract_names() {
    for place in places() {
        let (who, case, fact) = with_document(&place).await;
        let desk = &place.world.desk;
        for member in [&who.coordinator, &who.ind, &who.dtv] {
            let opened = desk.document(member, case, fact).await.unwrap();
            assert_eq!((opened.bytes.as_slice(), opened.name.as_str(), opened.media), (TEXT, NAME, Media::Text));
        }
        assert!(is_hidden(desk.document(&who.guide, case, fact).await), "of the IND the guide sees nothing");
        assert!(is_hidden(desk.document(&who.police, case, fact).await));
        let shown = |file: &desk::File| file.trajectory.documents.len();
        assert_eq!(shown(&desk.file(&who.guide, case).await.unwrap()), 0, "nor that it is there");
        let timeline = desk.timeline(&who.guide, case).await.unwrap();
        assert!(!format!("{timeline:?}").contains("Kanarienaam"));
        let read: Vec<UserId> = readings(desk, Activity::Document).await.into_iter().map(|(user, _)| user).collect();
        assert_eq!(read, [who.coordinator.user, who.ind.user, who.dtv.user], "one line for each that opened it");
        // neither the content nor the name lies anywhere in the open
        for word in [&TEXT[..15], b"Kanarienaam"] {
            assert!(!holds(place.world.test.folder.path(), word), "{}", place.world.test.database);
            let kept = place.service.as_ref().map(StandIn::content).unwrap_or_default();
            assert!(!kept.windows(word.len()).any(|at| at == word));
        }
        let (all, missing, _) = {
            let desk = desk.clone();
            tokio::task::spawn_blocking(move || desk.documents_kept()).await.unwrap().unwrap()
        };
        assert_eq!((all, missing), (1, 0));
    }
}

/// What was asked of a partner, and an item that came of it.
fn of(partner: &str, body: impl Into<Body>, on: &str) -> Draft {
    Draft::new(body, day(on)).codes(Codes { partner: partner.parse().ok(), ..Codes::default() })
}

#[tokio::test]
async fn who_guides_delivers_and_opens_its_own_items_and_nothing_else_of_the_dossier() {
    for place in places() {
        let (who, case, of_ind) = with_document(&place).await;
        let desk = &place.world.desk;
        let report: domain::ids::Code = "intake-report".parse().unwrap();
        let asked = DossierRequested { items: vec![report.clone()], note: String::new() };
        desk.execute(&who.coordinator, on(case, None, of("inlia", asked, "2022-06-14"))).await.unwrap();
        // the organisation with the task delivers its item, with the document
        let delivered =
            |item: &domain::ids::Code| DossierDelivered { items: vec![item.clone()], note: "verzonnen".into() };
        desk.execute(&who.guide, on(case, None, of("inlia", delivered(&report), "2022-06-15"))).await.unwrap();
        let own = {
            let name = "Verslag.txt".into();
            let new = NewDocument { name, ..paper(case, "inlia", "intake-report", b"van de begeleiding") };
            added(desk, &who.guide, new).await
        };
        for member in [&who.guide, &who.coordinator, &who.ind, &who.dtv] {
            let opened = desk.document(member, case, own).await.unwrap();
            assert_eq!(opened.bytes, b"van de begeleiding", "{} on {}", member.role, place.world.test.database);
        }
        // it sees that, and of the parts of others nothing
        let file = desk.file(&who.guide, case).await.unwrap();
        let seen: Vec<FactId> = file.trajectory.documents.iter().map(|document| document.fact).collect();
        assert_eq!(seen, [own]);
        let items = |partner: &str| {
            let part = file.trajectory.deliveries.iter().find(|part| part.partner.as_str() == partner).unwrap();
            (part.states.len(), part.items.len() + part.asked.len())
        };
        assert_eq!((items("inlia"), items("ind"), items("dtv")), ((1, 2), (0, 0), (0, 0)));
        assert!(is_hidden(desk.document(&who.guide, case, of_ind).await));
        let timeline = desk.timeline(&who.guide, case).await.unwrap();
        let dossier = timeline.iter().filter(|item| item.fact.header.kind.category() == Category::Dossier);
        let partners: Vec<_> = dossier.map(|item| item.fact.header.codes.partner.clone().unwrap()).collect();
        assert_eq!(
            partners,
            ["inlia", "inlia", "inlia"].map(|org| org.parse().unwrap()),
            "asked, delivered, the document"
        );
        assert!(!format!("{file:?}{timeline:?}").contains("Kanarienaam"));
        // nor does it bring what another delivers, nor an item that was not agreed with it
        let other = on(case, None, of("ind", delivered(&"procedures".parse().unwrap()), "2022-06-15"));
        assert_eq!(refused(desk.execute(&who.guide, other).await), "part-of-another");
        let item = on(case, None, of("inlia", delivered(&"procedures".parse().unwrap()), "2022-06-15"));
        assert_eq!(refused(desk.execute(&who.guide, item).await), "item-of-another");
        // a guide whose organisation has no task in the case sees nothing of it
        let stranger = crate::conference::colleague(&place.world, Role::Guide, "askv", "askv");
        assert!(is_hidden(desk.document(&stranger, case, own).await));
        // what it brought by mistake it takes back
        let back = timeline.iter().find(|item| matches!(item.fact.body, Some(Body::DossierDelivered(_)))).unwrap();
        let back = Draft::new(Body::from(Withdrawn {}), day("2022-06-16")).correcting(back.fact.header.id, "te vroeg");
        desk.execute(&who.guide, on(case, None, back)).await.unwrap();
        assert!(desk.file(&who.coordinator, case).await.unwrap().trajectory.deliveries[2].delivered.is_empty());
    }
}

#[tokio::test]
async fn an_item_of_the_police_is_recorded_on_their_information_and_on_their_agenda_they_open_it() {
    for place in places().into_iter().filter(|place| place.service.is_none()) {
        let (world, desk) = (&place.world, place.world.desk.clone());
        let who = partners(world);
        let (id, case) = held(world, &who, &who.all()).await;
        let inquiry: domain::ids::Code = "identity-inquiry".parse().unwrap();
        let asked = DossierRequested { items: vec![inquiry.clone()], note: String::new() };
        desk.execute(&who.coordinator, on(case, None, of("avim", asked, "2022-07-11"))).await.unwrap();
        let delivered = DossierDelivered { items: vec![inquiry], note: "verzonnen".into() };
        let told = Draft { source: "avim".parse().ok(), ..of("avim", delivered, "2022-07-12") };
        let own = desk.execute(&who.police, on(case, None, told.clone())).await;
        assert!(matches!(own, Err(Failure::Denied)), "they have no files: {own:?}");
        desk.execute(&who.coordinator, on(case, None, told)).await.unwrap();
        let paper = |partner: &str, item: &str, bytes: &[u8]| NewDocument {
            name: format!("Kanarie-{item}.txt"),
            on: day("2022-07-12"),
            ..paper(case, partner, item, bytes)
        };
        let theirs = added(&desk, &who.coordinator, paper("avim", "identity-inquiry", b"onderzoek")).await;
        let others = added(&desk, &who.coordinator, paper("ind", "interviews", b"een ander stuk")).await;
        assert!(names(&desk.pack(&who.police, id).await.unwrap().1).is_empty(), "not released, not on the table");
        for fact in [theirs, others] {
            let release = Draft { valid_from: day("2022-07-12"), ..released(fact, Board::Lso) };
            desk.execute(&who.coordinator, on(case, None, release)).await.unwrap();
        }
        let (_, pack) = desk.pack(&who.police, id).await.unwrap();
        assert_eq!(names(&pack), ["Kanarie-identity-inquiry.txt"], "{}", world.test.database);
        assert_eq!(desk.pack_document(&who.police, id, case, theirs).await.unwrap().bytes, b"onderzoek");
        assert!(is_hidden(desk.pack_document(&who.police, id, case, others).await));
        // the contract does not name who guides: so neither do they, nor the screen while they are there
        assert!(is_hidden(desk.pack_document(&who.guide, id, case, theirs).await));
        let screen = |desk: Desk, who: Principal| async move { names(&desk.screen(&who, id).await.unwrap().1) };
        assert!(screen(desk.clone(), who.coordinator.clone()).await.is_empty());
        act(world, &who.coordinator, id, seats(&[&who.coordinator, &who.ind, &who.dtv, &who.police])).await.unwrap();
        assert_eq!(screen(desk.clone(), who.coordinator.clone()).await, ["Kanarie-identity-inquiry.txt"]);
        // when it is over they open nothing any more
        act(world, &who.coordinator, id, Act::Closed {}).await.unwrap();
        let read = readings(&desk, Activity::Document).await;
        assert_eq!(read, [(who.police.user, Purpose::Conference)], "one line for the one that was opened");
    }
}

#[tokio::test]
async fn the_same_form_twice_is_one_document() {
    for place in places() {
        let who = partners(&place.world);
        let case = ready_case(&place.world, &who, "Zebedeus Kastdeur").await;
        let desk = &place.world.desk;
        let new = paper(case, "ind", "interviews", TEXT);
        // also at the same moment
        let tries = (0..6).map(|_| desk.add_document(&who.coordinator, new.clone()));
        let mut done = Vec::new();
        for one in futures(tries).await {
            done.push(one.unwrap().version);
        }
        done.dedup();
        assert_eq!((done.len(), place.documents().len()), (1, 1));
        // the same command with another content is another wish, and changes nothing of what is there
        let other = NewDocument { bytes: b"iets anders".to_vec(), ..new.clone() };
        assert!(matches!(desk.add_document(&who.coordinator, other).await, Err(Failure::ReusedCommand)));
        let fact = desk.file(&who.coordinator, case).await.unwrap().trajectory.documents[0].fact;
        assert_eq!(desk.document(&who.coordinator, case, fact).await.unwrap().bytes, TEXT);
        // the same file in another form
        let again = NewDocument { command: command(), ..new };
        assert_eq!(refused(desk.add_document(&who.coordinator, again).await), "document-already-there");
        assert_eq!(place.documents().len(), 1, "and no key or file of it stays");
    }
}

/// Runs all of them at the same time.
async fn futures<T: Send + 'static>(all: impl Iterator<Item = impl Future<Output = T> + Send>) -> Vec<T> {
    let mut waiting: Vec<_> = all.map(Box::pin).collect();
    let mut out = Vec::new();
    std::future::poll_fn(|cx| {
        waiting.retain_mut(|one| match one.as_mut().poll(cx) {
            std::task::Poll::Ready(done) => {
                out.push(done);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    out
}

#[tokio::test]
async fn a_refused_document_leaves_neither_key_nor_file() {
    for place in places() {
        let who = partners(&place.world);
        let case = ready_case(&place.world, &who, "Zebedeus Kastdeur").await;
        let desk = &place.world.desk;
        let add = |new: NewDocument| desk.add_document(&who.coordinator, new);
        assert_eq!(
            refused(add(paper(case, "municipality-groningen", "interviews", TEXT)).await),
            "partner-delivers-nothing"
        );
        assert_eq!(refused(add(paper(case, "ind", "zomaar", TEXT)).await), "code-unknown");
        assert_eq!(refused(add(paper(case, "ind", "interviews", &[b'a'; 1001])).await), "file-too-large");
        let outside = NewDocument { name: "../../x".into(), ..paper(case, "ind", "interviews", TEXT) };
        assert_eq!(refused(add(outside).await), "file-name-unsafe");
        let tomorrow = NewDocument { on: day("2022-07-02"), ..paper(case, "ind", "interviews", TEXT) };
        assert_eq!(refused(add(tomorrow).await), "date-in-future");
        let late = NewDocument { expected: Some(1), ..paper(case, "ind", "interviews", TEXT) };
        drop(add(late).await);
        let guide = desk.add_document(&who.guide, paper(case, "ind", "interviews", b"van de begeleider")).await;
        assert_eq!(refused(guide), "part-of-another", "their own part they may bring, not that of the IND");
        assert!(is_hidden(desk.add_document(&who.police, paper(case, "ind", "interviews", b"politie")).await));
        let there = desk.file(&who.coordinator, case).await.unwrap().trajectory.documents.len();
        assert_eq!(place.documents().len(), there, "{}", place.world.test.database);
        if place.service.is_none() {
            let files = Folder::new(place.folder()).list().unwrap();
            assert_eq!(files.len(), there);
        }
    }
}

#[tokio::test]
async fn whatever_was_interrupted_is_whole_or_gone_after_a_start() {
    for place in places() {
        let (who, case, fact) = with_document(&place).await;
        let person = place.world.desk.file(&who.coordinator, case).await.unwrap().person.id;
        let known = place.documents()[0];
        // ended between the key and the file, and between the file and the fact
        let (keyed, filed) = (DocumentId(SystemEntropy.id()), DocumentId(SystemEntropy.id()));
        let (keys, files) = (place.world.keys.clone(), Arc::clone(&place.files));
        let work = move || {
            keys.make_document_key(keyed, person, case).unwrap();
            let (key, made) = keys.make_document_key(filed, person, case).unwrap();
            assert!(made);
            files.put(filed, &key.seal(TEXT, &SystemEntropy).unwrap()).unwrap();
            // ended after the fact, before that was noted
            keys.mark_document(known, DocumentState::New).unwrap();
        };
        tokio::task::spawn_blocking(work).await.unwrap();
        let desk = place.restarted().await;
        assert_eq!(place.documents(), [known]);
        assert!(!place.has(filed).await && place.has(known).await);
        assert_eq!(desk.document(&who.coordinator, case, fact).await.unwrap().bytes, TEXT);
        // ended before the fact that says it was destroyed: it is still there
        place.world.keys.mark_document(known, DocumentState::Doomed).unwrap();
        let desk = place.restarted().await;
        assert_eq!(desk.document(&who.coordinator, case, fact).await.unwrap().bytes, TEXT);
        // ended after it, before the key and the file went: they go
        desk.execute(&who.coordinator, on(case, None, condemned(fact))).await.unwrap();
        place.world.keys.mark_document(known, DocumentState::Doomed).unwrap();
        let gone = Draft::new(DocumentDestroyed { note: String::new() }, day("2022-06-22")).codes(about(fact));
        desk.execute(&colleague(&who.coordinator), on(case, None, gone)).await.unwrap();
        assert!(place.has(known).await);
        place.restarted().await;
        assert!(place.documents().is_empty() && !place.has(known).await, "{}", place.world.test.database);
    }
}

#[tokio::test]
async fn what_two_people_destroyed_comes_back_from_no_copy() {
    for place in places() {
        let (who, case, fact) = with_document(&place).await;
        let (desk, document) = (place.world.desk.clone(), place.documents()[0]);
        let sealed = {
            let files = Arc::clone(&place.files);
            tokio::task::spawn_blocking(move || files.get(document)).await.unwrap().unwrap().unwrap()
        };
        let backup = place.world.test.folder.path().join("keys.backup");
        place.world.keys.copy_to(&backup, day("2022-07-01")).unwrap();
        let destroy = |who: Principal| {
            let desk = desk.clone();
            async move { desk.destroy_document(&who, case, fact, String::new(), command()).await }
        };
        assert_eq!(refused(destroy(who.coordinator.clone()).await), "document-not-condemned");
        desk.execute(&who.coordinator, on(case, None, condemned(fact))).await.unwrap();
        assert!(is_hidden(desk.document(&who.coordinator, case, fact).await), "nobody opens it from now on");
        assert_eq!(refused(destroy(who.coordinator.clone()).await), "document-needs-another");
        assert!(place.has(document).await, "a refusal destroys nothing");
        destroy(colleague(&who.coordinator)).await.unwrap();
        assert!(place.documents().is_empty() && !place.has(document).await);
        // the key lies in no page of the key store that was freed
        assert!(is_hidden(desk.document(&who.coordinator, case, fact).await));
        // the folder (or bucket) is put back from a copy, and the keys from a backup of before
        let files = Arc::clone(&place.files);
        tokio::task::spawn_blocking(move || files.put(document, &sealed)).await.unwrap().unwrap();
        assert!(is_hidden(place.restarted().await.document(&who.coordinator, case, fact).await));
        let again = tempfile::tempdir().unwrap();
        std::fs::copy(&backup, again.path().join("keys.db")).unwrap();
        let root = RootKey::from_secret(&[7; 32]).unwrap();
        journal::accept_key_backup(again.path(), &root, day("2022-07-02")).unwrap();
        let keys = Keyring::open(again.path(), root, Arc::new(SystemEntropy)).unwrap();
        assert_eq!(keys.documents().unwrap().len(), 1, "the backup of before has it");
        let restored = desk_with(&place, keys.clone());
        let settling = restored.clone();
        tokio::task::spawn_blocking(move || settling.settle_destructions()).await.unwrap().unwrap();
        assert!(keys.documents().unwrap().is_empty() && !place.has(document).await, "the list destroys it again");
        assert!(is_hidden(restored.document(&who.coordinator, case, fact).await));
        // that it was there stays in the history, without a page that opens it
        let timeline = restored.timeline(&who.coordinator, case).await.unwrap();
        assert!(timeline.iter().any(|item| matches!(item.fact.body, Some(Body::DocumentDestroyed(_)))));
    }
}

fn desk_with(place: &Place, keys: Keyring) -> Desk {
    let (store, programme) = (place.world.test.store.clone(), place.world.desk.programme().clone());
    let settings = access::Settings::DEMONSTRATION;
    let desk = Desk::new(store, keys, programme, settings, place.world.clock.clone(), Arc::new(SystemEntropy)).unwrap();
    place.set_up(&desk);
    desk
}

#[tokio::test]
async fn a_file_that_was_altered_swapped_or_lost_is_never_handed_out() {
    for place in places() {
        let (who, case, fact) = with_document(&place).await;
        let desk = place.world.desk.clone();
        let other = added(&desk, &who.coordinator, paper(case, "ind", "procedures", b"een ander stuk")).await;
        let [one, two] = place.documents()[..] else { panic!("two") };
        let (files, at) = (Arc::clone(&place.files), *SystemEntropy.id().as_bytes());
        tokio::task::spawn_blocking(move || {
            let (first, second) = (files.get(one).unwrap().unwrap(), files.get(two).unwrap().unwrap());
            files.put(one, &second).unwrap();
            let mut bent = first;
            let place = usize::from(at[0]) % bent.len();
            bent[place] ^= 1 << (at[1] % 8);
            files.put(two, &bent).unwrap();
        })
        .await
        .unwrap();
        for fact in [fact, other] {
            let found = desk.document(&who.coordinator, case, fact).await;
            assert!(found.is_err() && !is_hidden(found), "it is told that something is wrong");
        }
        let files = Arc::clone(&place.files);
        tokio::task::spawn_blocking(move || [one, two].map(|id| files.delete(id).unwrap())).await.unwrap();
        let lost = desk.document(&who.coordinator, case, fact).await;
        assert!(matches!(lost, Err(Failure::Unreadable(_))), "{lost:?}");
        let counted = desk.clone();
        let (all, missing, _) = tokio::task::spawn_blocking(move || counted.documents_kept()).await.unwrap().unwrap();
        assert_eq!((all, missing), (2, 2), "who makes a backup is told");
    }
}

#[tokio::test]
async fn a_bucket_that_is_out_of_reach_is_told_and_loses_nothing() {
    for place in places().into_iter().filter(|place| place.service.is_some()) {
        let (who, case, fact) = with_document(&place).await;
        let (desk, service) = (place.world.desk.clone(), place.service.as_ref().unwrap());
        let known = place.documents()[0];
        let new = paper(case, "ind", "procedures", b"een tweede stuk");
        for mood in [Mood::Busy, Mood::HangsUp, Mood::NoBucket] {
            service.mood(mood);
            assert_eq!(refused(desk.add_document(&who.coordinator, new.clone()).await), "documents-out-of-reach");
            assert_eq!(refused(desk.document(&who.coordinator, case, fact).await), "documents-out-of-reach");
            assert_eq!(place.documents(), [known], "{mood:?}");
        }
        service.mood(Mood::Well);
        // the same form again
        desk.add_document(&who.coordinator, new).await.unwrap();
        assert_eq!(desk.document(&who.coordinator, case, fact).await.unwrap().bytes, TEXT);
        // destroyed while it is out of reach: the key is gone at once, the file as soon as it answers
        desk.execute(&who.coordinator, on(case, None, condemned(fact))).await.unwrap();
        service.mood(Mood::Busy);
        let other = colleague(&who.coordinator);
        desk.destroy_document(&other, case, fact, String::new(), command()).await.unwrap();
        assert_eq!(place.documents().len(), 1);
        place.restarted().await;
        service.mood(Mood::Well);
        assert_eq!(service.names().len(), 2, "the file waits, and nobody can read it");
        place.restarted().await;
        assert_eq!(service.names().len(), 1, "{}", place.world.test.database);
    }
}

fn names(cases: &[CaseAtTable]) -> Vec<String> {
    let documents = cases.iter().flat_map(|case| &case.file.trajectory.documents);
    documents.filter_map(|document| document.detail.as_ref().map(|detail| detail.name.clone())).collect()
}

#[tokio::test]
async fn a_released_document_is_on_the_table_of_its_body_for_who_may_see_the_item_and_nobody_else() {
    for place in places().into_iter().filter(|place| place.service.is_none()) {
        let (world, desk) = (&place.world, place.world.desk.clone());
        let who = partners(world);
        let (id, case) = held(world, &who, &who.all()).await;
        let paper = |name: &str, item: &str, bytes: &[u8]| NewDocument {
            name: name.into(),
            on: day("2022-07-12"),
            ..paper(case, "ind", item, bytes)
        };
        let lso = added(&desk, &who.coordinator, paper("Kanarie-lso.txt", "interviews", b"voor het overleg")).await;
        let mrt = added(&desk, &who.coordinator, paper("Kanarie-mrt.txt", "procedures", b"voor het andere")).await;
        let kept =
            added(&desk, &who.coordinator, paper("Kanarie-dossier.txt", "court-rulings", b"alleen dossier")).await;
        assert!(names(&desk.pack(&who.coordinator, id).await.unwrap().1).is_empty(), "no act, no table");
        for (fact, board) in [(lso, Board::Lso), (mrt, Board::Mrt)] {
            let release = Draft { valid_from: day("2022-07-12"), ..released(fact, board) };
            desk.execute(&who.coordinator, on(case, None, release)).await.unwrap();
        }
        for member in who.all() {
            let (_, pack) = desk.pack(member, id).await.unwrap();
            let (_, one) = desk.pack_case(member, id, case).await.unwrap();
            let sees = matches!(member.role, Role::Coordinator | Role::IndOfficer | Role::CaseDirector);
            let expected: Vec<String> = if sees { vec!["Kanarie-lso.txt".into()] } else { vec![] };
            assert_eq!(names(&pack), expected, "{}", member.role);
            assert_eq!(names(&[one]), expected, "{}", member.role);
            let all = format!("{pack:?}{:?}", desk.minutes(member, id).await.unwrap());
            assert_eq!(all.contains("Kanarie-lso"), sees, "{}", member.role);
            assert!(!all.contains("Kanarie-mrt") && !all.contains("Kanarie-dossier"), "{}", member.role);
            let opened = desk.pack_document(member, id, case, lso).await;
            if sees {
                assert_eq!(opened.unwrap().bytes, b"voor het overleg");
            } else {
                assert!(is_hidden(opened), "{}", member.role);
            }
            for other in [mrt, kept] {
                assert!(is_hidden(desk.pack_document(member, id, case, other).await), "{}", member.role);
            }
        }
        let read = readings(&desk, Activity::Document).await;
        let expected = [&who.coordinator, &who.ind, &who.dtv].map(|member| (member.user, Purpose::Conference));
        assert_eq!(read, expected, "each opening is one line, for conferring");
        // the screen: what everyone in the room may open
        assert!(
            names(&desk.screen(&who.coordinator, id).await.unwrap().1).is_empty(),
            "the guide and the police are there"
        );
        act(world, &who.coordinator, id, seats(&[&who.coordinator, &who.ind, &who.dtv])).await.unwrap();
        assert_eq!(names(&desk.screen(&who.coordinator, id).await.unwrap().1), ["Kanarie-lso.txt"]);
        // a release that was a mistake is taken back, and it is gone from the table
        let timeline = desk.timeline(&who.coordinator, case).await.unwrap();
        let of = |item: &&desk::TimelineItem| {
            matches!(item.fact.body, Some(Body::DocumentReleased(_))) && item.fact.header.codes.about == Some(lso)
        };
        let release = timeline.iter().find(of).unwrap().fact.header.id;
        let back = Draft::new(Body::from(Withdrawn {}), day("2022-07-12")).correcting(release, "te vroeg");
        desk.execute(&who.coordinator, on(case, None, back)).await.unwrap();
        assert!(is_hidden(desk.pack_document(&who.ind, id, case, lso).await), "{}", world.test.database);
        assert!(names(&desk.pack(&who.ind, id).await.unwrap().1).is_empty());
        // cancelled or not, another sitting's member opens nothing by this way
        drop(act(world, &who.coordinator, id, Act::Closed {}).await);
    }
}

#[tokio::test]
async fn a_document_of_a_destroyed_person_is_destroyed_with_them() {
    for place in places() {
        let (who, case, fact) = with_document(&place).await;
        let person = place.world.desk.file(&who.coordinator, case).await.unwrap().person.id;
        let document = place.documents()[0];
        let list = place.world.test.folder.path().join("outside.destructions");
        let entry = journal::destroyed::Destroyed {
            destruction: SystemEntropy.id(),
            on: day("2022-07-01"),
            final_on: day("2022-07-31"),
            people: vec![person],
            documents: vec![],
        };
        journal::destroyed::append(&list, &entry).unwrap();
        let desk = place.restarted().await;
        assert!(place.documents().is_empty() && !place.has(document).await, "{}", place.world.test.database);
        assert!(is_hidden(desk.document(&who.coordinator, case, fact).await));
    }
}

#[tokio::test]
async fn a_document_command_that_goes_another_way_has_no_file_and_opens_nothing() {
    for place in places() {
        let (who, case, _) = with_document(&place).await;
        let desk = &place.world.desk;
        // a fact that names a document for which nothing was handed in
        let body = domain::document::DocumentAdded {
            document: DocumentId(SystemEntropy.id()),
            item: "procedures".parse().unwrap(),
            name: "niets.txt".into(),
            media: Media::Text,
            size: 1,
            sha256: "0".repeat(64),
            note: String::new(),
        };
        let codes = Codes { partner: "ind".parse().ok(), ..Codes::default() };
        let draft = Draft::new(body, day("2022-06-22")).codes(codes);
        let order = Order {
            command: CommandId(SystemEntropy.id()),
            expected: None,
            target: Target::Trajectory(case),
            drafts: vec![draft],
        };
        desk.execute(&who.coordinator, order).await.unwrap();
        let file = desk.file(&who.coordinator, case).await.unwrap();
        let empty = file.trajectory.documents.last().unwrap().fact;
        assert!(is_hidden(desk.document(&who.coordinator, case, empty).await));
    }
}
