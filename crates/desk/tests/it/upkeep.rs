//! What is over its term goes by itself, and everything that was signed still holds.

use access::Relation;
use desk::{Activity, EventKind, Ledger, Reading, SignIn, SignInFrom, upkeep::Gone};
use domain::{
    codes::{Category, Purpose, Role},
    ids::ParticipantId,
};
use journal::{note::Signer, outside::Outside};

use crate::{
    sign_in::{House, PASSWORD, opened},
    world::{World, command, someone, worlds},
};

async fn upkeep(desk: &desk::Desk) -> Gone {
    let desk = desk.clone();
    tokio::task::spawn_blocking(move || desk.upkeep().unwrap()).await.unwrap()
}

async fn read(world: &World, about: ParticipantId) {
    let reading = Reading {
        activity: Activity::File,
        purpose: Purpose::Guidance,
        categories: vec![Category::Process],
        subjects: vec![about],
        relation: Relation::OwnSite,
    };
    world.desk.log_read(&someone(world, Role::Guide, "groningen"), reading).await.unwrap();
}

fn keep_checkpoints(world: &World) {
    let signer = Signer::from_secret(&[5; 32], &world.desk.log_name());
    let outside = Outside::new(world.test.folder.path().join("outside.checkpoints"));
    world.desk.keep_checkpoints(Ledger { signer, outside });
}

async fn findings(world: &World) -> Vec<String> {
    let desk = world.desk.clone();
    tokio::task::spawn_blocking(move || desk.verify_logs(|_| {}).unwrap().findings).await.unwrap()
}

async fn checkpoint(world: &World) {
    let desk = world.desk.clone();
    tokio::task::spawn_blocking(move || desk.checkpoint().unwrap()).await.unwrap();
}

fn bodies(world: &World) -> Vec<String> {
    let lines = world.test.store.read_blocking(|tx| journal::read_log::after(tx, 0, 10_000)).unwrap();
    lines.into_iter().map(|line| line.body).collect()
}

#[tokio::test]
async fn the_content_of_old_readings_goes_and_every_checkpoint_still_holds() {
    for world in worlds() {
        keep_checkpoints(&world);
        let (old, new) = (ParticipantId(command().0), ParticipantId(command().0));
        for _ in 0..300 {
            read(&world, old).await;
        }
        checkpoint(&world).await;
        world.clock.move_to("2024-07-01T10:00:00Z");
        read(&world, new).await;
        checkpoint(&world).await;
        assert_eq!(upkeep(&world.desk).await.reads, 0, "two years");
        world.clock.move_to("2027-07-02T10:00:00Z");
        let desk = world.desk.clone();
        tokio::task::spawn_blocking(move || desk.index_reads().unwrap()).await.unwrap();
        assert_eq!(upkeep(&world.desk).await.reads, 300, "{}", world.test.database);
        checkpoint(&world).await;
        let after = bodies(&world);
        assert!(after[..300].iter().all(String::is_empty) && after[300].contains(&new.to_string()));
        assert!(after[301].starts_with("{\"forgot\":300,"), "{}", after[301]);
        assert!(after.iter().all(|body| !body.contains(&old.to_string())), "nothing of it is left");
        let about = world.test.store.read_blocking(move |tx| journal::read_log::about(tx, old.0)).unwrap();
        assert!(about.is_empty(), "nor in the index");
        assert_eq!(findings(&world).await, Vec::<String>::new(), "{}", world.test.database);
        // a person outside with a checkpoint of before can still be shown that this is the same history
        let desk = world.desk.clone();
        let proof = tokio::task::spawn_blocking(move || desk.prove(journal::tree::Tree::Reads, Some(301), None));
        proof.await.unwrap().unwrap();
        // what is left is exported, reviewed and read as before, and a second time nothing goes
        assert_eq!(world.desk.reads_after(0, 100).unwrap().len(), 1);
        let desk = world.desk.clone();
        tokio::task::spawn_blocking(move || desk.evaluate_reads().unwrap()).await.unwrap();
        assert_eq!(upkeep(&world.desk).await, Gone::default());
    }
}

#[tokio::test]
async fn a_line_that_somebody_emptied_is_named() {
    for world in worlds() {
        keep_checkpoints(&world);
        let who = ParticipantId(command().0);
        read(&world, who).await;
        world.clock.move_to("2027-07-02T10:00:00Z");
        assert_eq!(upkeep(&world.desk).await.reads, 1);
        read(&world, who).await;
        checkpoint(&world).await;
        assert_eq!(findings(&world).await, Vec::<String>::new());
        world.test.store.write(|tx| tx.batch("UPDATE read_log SET body = '' WHERE number = 3")).await.unwrap();
        let found = findings(&world).await;
        assert!(found.iter().any(|what| what.contains("line 3 was emptied")), "{found:?}");
        // and one that was rightly emptied has its hash: another does not fit
        let wrong = "UPDATE read_log SET leaf = (SELECT leaf FROM read_log WHERE number = 3) WHERE number = 1";
        world.test.store.write(move |tx| tx.batch(wrong)).await.unwrap();
        assert!(findings(&world).await.len() > found.len());
    }
}

async fn enter(house: &House, login: &str) {
    let from = SignInFrom { device: "Firefox, Linux".into(), address: "203.0.113.7".into() };
    let entered = house.desk.sign_in_from(login, PASSWORD, from).await.unwrap();
    assert!(matches!(entered, SignIn::Welcome(_)));
}

#[tokio::test]
async fn who_left_long_ago_is_forgotten_and_who_works_here_is_not() {
    for test in journal::testing::stores(&desk::migrations()) {
        let house = opened(test, access::Settings::DEMONSTRATION);
        let admin = house.add("one", Role::Administrator);
        let guide = house.add("lucinda.lampenkap", Role::Guide);
        enter(&house, "lucinda.lampenkap").await;
        enter(&house, "one").await;
        let who = house.principal("one").await;
        house.desk.leave(&who, guide.user).await.unwrap();
        house.clock.move_to("2027-06-30T10:00:00Z");
        let went = upkeep(&house.desk).await;
        assert_eq!((went.accounts, went.sign_ins), (0, 3), "the sign-ins after thirteen months");
        assert_eq!(house.desk.colleague(guide.user).unwrap().name, "Proef Collega");
        house.clock.move_to("2027-07-03T10:00:00Z");
        assert_eq!(upkeep(&house.desk).await.accounts, 1);
        for again in [false, true] {
            let desk = if again { opened_again(&house) } else { house.desk.clone() };
            let gone = desk.colleague(guide.user).unwrap();
            assert_eq!((gone.name.as_str(), gone.login), (desk::upkeep::NOBODY, guide.user.to_string()));
            assert_eq!(desk.colleague(admin.user).unwrap().name, "Proef Collega");
            let events = desk.own_account(guide.user).await.unwrap().events;
            assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [EventKind::Forgotten]);
        }
        assert_eq!(upkeep(&house.desk).await, Gone::default());
        let file = std::fs::read(house.test.folder.path().join("bestendig.db")).unwrap_or_default();
        assert!(!file.windows(8).any(|part| part == b"lampenka"), "nothing is left in the file either");
    }
}

fn opened_again(house: &House) -> desk::Desk {
    crate::sign_in::desk_of(&house.test, access::Settings::DEMONSTRATION, house.clock.clone())
}

#[tokio::test]
async fn an_event_of_an_account_that_somebody_altered_or_removed_is_named() {
    for world in worlds() {
        keep_checkpoints(&world);
        let note = |tries| {
            let desk = world.desk.clone();
            async move { desk.note_peak(tries).await.unwrap() }
        };
        for tries in [101, 102, 103] {
            note(tries).await;
            world.clock.move_to(&format!("2022-07-01T10:{:02}:00Z", tries - 100));
        }
        checkpoint(&world).await;
        assert_eq!(findings(&world).await, Vec::<String>::new());
        for (edit, expected) in [
            ("UPDATE account_event SET detail = '999' WHERE detail = '101'", 1),
            ("DELETE FROM account_event WHERE detail = '102'", 2),
            ("UPDATE account_event SET at = at + 1 WHERE detail = '103'", 3),
        ] {
            world.test.store.write(move |tx| tx.batch(edit)).await.unwrap();
            let found = findings(&world).await;
            assert!(found.len() >= expected, "{edit}: {found:?}");
            assert!(found.iter().all(|what| what.starts_with("events of accounts: ")), "{found:?}");
        }
    }
}
