//! Documents: released by an explicit act, destroyed alone by two people, shown to whom the contract says.

use domain::{
    codes::{Board, OrgKind},
    document::{DocumentAdded, DocumentCondemned, DocumentDestroyed, DocumentReleased, LONGEST_NAME, Media, file_name},
    fact::{Body, Codes, Withdrawn},
    ids::{DocumentId, FactId, UserId},
    programme::SeenUntil,
    trajectory::Draft,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::world::{World, asked, code, complete, day, delivered};

fn added(n: u128, on: &str) -> Draft {
    let body = DocumentAdded {
        document: DocumentId(Uuid::from_u128(n)),
        item: code("interviews"),
        name: "verslag van een gehoor.pdf".into(),
        media: Media::Pdf,
        size: 1234,
        sha256: format!("{n:064x}"),
        note: String::new(),
    };
    Draft::new(body, day(on)).codes(Codes { partner: "ind".parse().ok(), ..Codes::default() })
}

fn about(fact: FactId) -> Codes {
    Codes { about: Some(fact), ..Codes::default() }
}

fn released(fact: FactId, board: Board, on: &str) -> Draft {
    Draft::new(DocumentReleased { board, note: String::new() }, day(on)).codes(about(fact))
}

fn condemned(fact: FactId, on: &str) -> Draft {
    Draft::new(DocumentCondemned { ground: code("wrong-person"), note: String::new() }, day(on)).codes(about(fact))
}

fn destroyed(fact: FactId, on: &str) -> Draft {
    Draft::new(DocumentDestroyed { note: String::new() }, day(on)).codes(about(fact))
}

/// The IND was asked; a document came on 1 February.
fn world() -> (World, FactId) {
    let mut world = World::with_intake();
    world.does(asked("ind", "2022-01-11"));
    world.does(asked("dtv", "2022-01-11"));
    world.does(added(1, "2022-02-01"));
    let fact = world.last();
    (world, fact)
}

#[test]
fn a_document_belongs_to_what_was_asked() {
    let mut world = World::with_intake();
    assert_eq!(world.attempt(added(1, "2022-01-10")).unwrap_err().problem.key, "dossier-not-requested");
    world.does(asked("ind", "2022-01-11"));
    let mut elsewhere = added(1, "2022-01-12");
    elsewhere.codes.partner = "municipality-groningen".parse().ok();
    assert_eq!(world.attempt(elsewhere.clone()).unwrap_err().problem.key, "partner-delivers-nothing");
    elsewhere.codes.partner = "avim".parse().ok();
    assert_eq!(world.attempt(elsewhere).unwrap_err().problem.key, "dossier-not-requested");
    assert_eq!(world.does(added(1, "2022-01-12")).documents.len(), 1);
}

#[test]
fn the_same_file_twice_is_told() {
    let (mut world, fact) = world();
    let mut again = added(2, "2022-02-03");
    if let Body::DocumentAdded(body) = &mut again.body {
        body.sha256 = format!("{:064x}", 1);
    }
    let refusal = world.attempt(again.clone()).unwrap_err();
    assert_eq!((refusal.problem.key, refusal.field), ("document-already-there", Some("file")));
    // once it was destroyed it may come again
    world.does(condemned(fact, "2022-02-04"));
    let mut gone = world.clone();
    gone.history.last_mut().unwrap().fact.header.actor = UserId(Uuid::from_u128(77));
    gone.does(destroyed(fact, "2022-02-05"));
    gone.does(Draft { valid_from: day("2022-02-06"), ..again });
}

#[test]
fn a_release_is_an_act_for_one_body_and_can_be_taken_back() {
    let (mut world, fact) = world();
    assert!(!world.state().documents[0].is_released_to(Board::Lso));
    let state = world.does(released(fact, Board::Lso, "2022-02-02"));
    let release = world.last();
    assert!(state.documents[0].is_released_to(Board::Lso) && !state.documents[0].is_released_to(Board::Mrt));
    assert_eq!(
        world.attempt(released(fact, Board::Lso, "2022-02-03")).unwrap_err().problem.key,
        "document-already-released"
    );
    let back = Draft::new(Body::from(Withdrawn {}), world.today).correcting(release, "te vroeg");
    assert!(!world.does(back).documents[0].is_released_to(Board::Lso));
}

#[test]
fn a_wrong_document_is_destroyed_by_two_people() {
    let (mut world, fact) = world();
    assert_eq!(world.attempt(destroyed(fact, "2022-02-02")).unwrap_err().problem.key, "document-not-condemned");
    let state = world.does(condemned(fact, "2022-02-02"));
    assert!(!state.documents[0].is_there(), "nobody opens it from now on");
    assert_eq!(world.attempt(released(fact, Board::Lso, "2022-02-03")).unwrap_err().problem.key, "document-condemned");
    assert_eq!(world.attempt(destroyed(fact, "2022-02-03")).unwrap_err().problem.key, "document-needs-another");
    // said by someone else, it can be carried out
    let mut other = world.clone();
    other.history.last_mut().unwrap().fact.header.actor = UserId(Uuid::from_u128(77));
    let state = other.does(destroyed(fact, "2022-02-03"));
    assert_eq!(state.documents[0].destroyed, Some(day("2022-02-03")));
    let gone = other.last();
    let back = Draft::new(Body::from(Withdrawn {}), other.today).correcting(gone, "toch niet");
    assert_eq!(other.attempt(back).unwrap_err().problem.key, "document-stays-destroyed");
    assert_eq!(other.attempt(condemned(fact, "2022-02-04")).unwrap_err().problem.key, "document-gone");
}

#[test]
fn a_mistake_about_a_document_can_be_taken_back_before_it_is_destroyed() {
    let (mut world, fact) = world();
    world.does(condemned(fact, "2022-02-02"));
    let back = Draft::new(Body::from(Withdrawn {}), world.today).correcting(world.last(), "klopte toch");
    assert!(world.does(back).documents[0].is_there());
    let away = Draft::new(Body::from(Withdrawn {}), world.today).correcting(fact, "weg ermee");
    assert_eq!(world.attempt(away).unwrap_err().problem.key, "document-not-withdrawn");
}

#[test]
fn the_contract_says_who_sees_it_and_until_when() {
    let (mut world, _) = world();
    let may = |world: &World, kind, on: &str| {
        let state = world.state();
        state.documents[0].agreed_for(kind, &state, &world.method, day(on))
    };
    assert!(may(&world, OrgKind::Municipality, "2022-03-01") && may(&world, OrgKind::Dtv, "2022-03-01"));
    assert!(!may(&world, OrgKind::Ngo, "2022-03-01") && !may(&world, OrgKind::Police, "2022-03-01"));
    for partner in ["ind", "dtv"] {
        world.does(delivered(partner, "2022-02-02"));
        world.does(complete(partner, "2022-02-03"));
    }
    world.does(world.decided("2022-03-01"));
    world.does(world.left("2022-05-01"));
    assert!(may(&world, OrgKind::Ind, "2022-04-30") && !may(&world, OrgKind::Ind, "2022-05-01"), "until the end");
    let item = world.method.dossier.iter_mut().find(|item| item.item == code("interviews")).unwrap();
    item.seen_until = SeenUntil::Decided;
    assert!(may(&world, OrgKind::Ind, "2022-02-28") && !may(&world, OrgKind::Ind, "2022-03-01"));
    let item = world.method.dossier.iter_mut().find(|item| item.item == code("interviews")).unwrap();
    item.seen_until = SeenUntil::Kept;
    assert!(may(&world, OrgKind::Ind, "2030-01-01"));
    // nothing agreed: the access policy alone decides
    world.method.dossier.clear();
    assert!(may(&world, OrgKind::Ngo, "2022-03-01"));
}

#[test]
fn of_a_forgotten_person_what_was_done_with_documents_still_replays() {
    let (mut world, fact) = world();
    world.does(released(fact, Board::Lso, "2022-02-02"));
    world.does(condemned(fact, "2022-02-03"));
    world.history.last_mut().unwrap().fact.header.actor = UserId(Uuid::from_u128(77));
    world.does(destroyed(fact, "2022-02-04"));
    world.history.iter_mut().for_each(|recorded| (recorded.fact.body, recorded.fact.why) = (None, None));
    assert_eq!(world.state().documents[0].destroyed, Some(day("2022-02-04")));
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../../x",
        "..",
        ".",
        "a/b.pdf",
        "a\\b.pdf",
        "C:\\stuk.pdf",
        ".htaccess",
        "stuk.",
        "stuk\u{0}.pdf",
        "stuk\r\nx.pdf",
        "stuk\u{202e}fdp.exe",
        "stuk\u{200b}.pdf",
        "\u{2215}etc\u{2215}x",
        "a\u{ff0f}b",
    ] {
        assert_eq!(file_name(name).unwrap_err().problem.key, "file-name-unsafe", "{name:?}");
    }
    assert_eq!(file_name("  ").unwrap_err().problem.key, "file-missing");
    assert_eq!(file_name(&"a".repeat(LONGEST_NAME + 1)).unwrap_err().problem.key, "file-name-too-long");
    assert_eq!(file_name(" verslag (2) één.pdf ").unwrap(), "verslag (2) één.pdf");
    assert_eq!(file_name("تقرير.pdf").unwrap(), "تقرير.pdf");
}

proptest! {
    #[test]
    fn no_name_that_is_kept_holds_a_folder_or_something_hidden(name in "\\PC*|[a-z./\\\\:\u{0}-\u{1f}\u{202a}-\u{202e}]{0,12}") {
        if let Ok(kept) = file_name(&name) {
            prop_assert!(!kept.contains(['/', '\\', ':']) && !kept.starts_with('.') && !kept.chars().any(char::is_control));
            prop_assert!(kept.chars().count() <= LONGEST_NAME);
        }
    }
}
