//! Ciphertext in the wrong place, and organisations without a key.

use domain::{
    codes::{Category, OrgKind, Role},
    ids::{ParticipantId, TrajectoryId},
};
use journal::{Keyring, RootKey, SystemEntropy, params};

use crate::world::{World, register, someone, worlds};

fn run(world: &World, sql: &'static str) -> u64 {
    world.test.store.write_blocking(move |tx| tx.exec(sql, params![])).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_value_moved_to_another_row_or_field_does_not_open() {
    let moves = [
        // two people: each gets what is sealed of the other
        ("card", "UPDATE trajectory SET sealed = (SELECT o.sealed FROM trajectory o WHERE o.id <> trajectory.id)"),
        ("file", "UPDATE file SET sealed = (SELECT o.sealed FROM file o WHERE o.trajectory <> file.trajectory)"),
        ("person", "UPDATE participant SET sealed = (SELECT o.sealed FROM participant o WHERE o.id <> participant.id)"),
        ("fact", "UPDATE fact SET sealed = (SELECT o.sealed FROM fact o WHERE o.kind = fact.kind AND o.id <> fact.id)"),
        // one person, another field
        ("card as file", "UPDATE file SET sealed = (SELECT t.sealed FROM trajectory t WHERE t.id = file.trajectory)"),
        (
            "file as card",
            "UPDATE trajectory SET sealed = (SELECT f.sealed FROM file f WHERE f.trajectory = trajectory.id)",
        ),
        (
            "fact as person",
            "UPDATE participant SET sealed = (SELECT f.sealed FROM fact f WHERE f.stream = participant.id)",
        ),
        (
            "fact of another kind",
            "UPDATE fact SET sealed = (SELECT o.sealed FROM fact o WHERE o.subject = fact.subject AND o.kind <> fact.kind)",
        ),
    ];
    for (what, sql) in moves {
        for world in worlds() {
            let (id, person) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
            register(&world, "Apollonia Tafelpoot", "2022-06-02").await;
            let who = someone(&world, Role::Coordinator, "groningen");
            let reads = || async {
                let list = world.desk.worklist(&who, views::worklist::Filter { page: 1, ..Default::default() }).await;
                let (file, page) = (world.desk.file(&who, id).await, world.desk.person(&who, person).await);
                let verified = world.desk.verify(|_| {}).unwrap().findings.is_empty();
                list.is_ok() && file.is_ok() && page.is_ok() && verified && world.desk.timeline(&who, id).await.is_ok()
            };
            assert!(reads().await, "before");
            assert!(run(&world, sql) >= 2, "{what}");
            assert!(!reads().await, "{what} was moved, on {}", world.test.database);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_hands_over_rows_of_another_site_hands_over_ciphertext() {
    for world in worlds() {
        let (id, person) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let mut stranger = someone(&world, Role::Coordinator, "amsterdam");
        assert!(world.desk.file(&stranger, id).await.is_err());
        // as if the scope were wrong: the query now covers the other site
        stranger.sites.push("groningen".parse().unwrap());
        assert!(world.desk.file(&stranger, id).await.is_err(), "the organisation has no key");
        assert!(world.desk.person(&stranger, person).await.is_err());
        assert!(world.desk.timeline(&stranger, id).await.is_err());
        let list =
            world.desk.worklist(&stranger, views::worklist::Filter { page: 1, ..Default::default() }).await.unwrap();
        assert!(list.items.iter().all(|item| item.card.name.is_empty()));
        let found =
            world.desk.search(&stranger, desk::Query { text: "Kastdeur".into(), birth_year: None }).await.unwrap();
        assert!(found.matches.is_empty());
        let own = someone(&world, Role::Coordinator, "groningen");
        assert!(world.desk.file(&own, id).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wraps_are_few_and_follow_the_policy() {
    let world = crate::world::world(journal::testing::sqlite(&desk::migrations()));
    let (id, who): (TrajectoryId, ParticipantId) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
    let keys = rusqlite::Connection::open(world.test.folder.path().join("keys.db")).unwrap();
    let count = || keys.query_row("SELECT COUNT(*) FROM person_wrap", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count(), 1, "the record keeper alone, until someone looks");
    let coordinator = someone(&world, Role::Coordinator, "groningen");
    world.desk.file(&coordinator, id).await.unwrap();
    let seen = access::ever_sees(OrgKind::Municipality, access::Settings::DEMONSTRATION).len();
    let seen = i64::try_from(seen).unwrap();
    assert_eq!(count(), 1 + seen);
    world.desk.file(&coordinator, id).await.unwrap();
    assert_eq!(count(), 1 + seen, "made once");
    let ring = Keyring::open(
        world.test.folder.path(),
        RootKey::from_secret(&[7; 32]).unwrap(),
        std::sync::Arc::new(SystemEntropy),
    )
    .unwrap();
    assert!(ring.reader(&"avim".parse().unwrap(), who).unwrap().is_none());
    let reader = ring.reader(&coordinator.org, who).unwrap().unwrap();
    let seen = access::ever_sees(OrgKind::Municipality, access::Settings::DEMONSTRATION);
    for category in Category::ALL {
        assert_eq!(reader.opens(*category), seen.contains(category), "{category}");
    }
}
