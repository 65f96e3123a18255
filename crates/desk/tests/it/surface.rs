//! What the outside can learn or do at the door: passwords, tokens, the end of a session.

use std::time::{Duration, Instant};

use desk::{Account, SignIn};
use domain::{codes::Role, ids::UserId};

use crate::world::{World, world};

const PASSWORD: &str = " Één lang wachtwoord met spaties, hoofdletters en 🔑: {<'\"&>} ";

fn sqlite() -> World {
    world(journal::testing::sqlite(&desk::migrations()))
}

fn account(number: u128, login: &str) -> Account {
    let programme = crate::world::programme();
    let site = programme.sites[0].id.clone();
    let org = programme.organisations.iter().find(|org| org.kind == domain::codes::OrgKind::Municipality).unwrap();
    Account {
        user: UserId(uuid::Uuid::from_u128(number)),
        login: login.to_owned(),
        name: "P. Verzonnen".to_owned(),
        role: Role::Coordinator,
        org: org.id.clone(),
        sites: vec![site],
    }
}

async fn token(world: &World, login: &str, password: &str) -> Option<String> {
    match world.desk.sign_in(login, password).await.unwrap() {
        SignIn::Welcome(token) => Some(token),
        SignIn::Wrong => None,
    }
}

#[test]
fn a_short_password_is_refused() {
    let world = sqlite();
    let refused = world.desk.add_account(account(1, "p.kort"), "elf-tekens-").unwrap_err();
    assert!(refused.to_string().contains("too short"), "{refused}");
    world.desk.add_account(account(1, "p.kort"), "twaalf-teken").unwrap();
}

#[tokio::test]
async fn any_characters_make_a_password_and_none_is_changed() {
    let world = tokio::task::spawn_blocking(|| {
        let world = sqlite();
        world.desk.add_account(account(1, "p.lang"), PASSWORD).unwrap();
        world.desk.add_account(account(2, "p.langer"), &"a".repeat(128)).unwrap();
        world
    });
    let world = world.await.unwrap();
    assert!(token(&world, "p.lang", PASSWORD).await.is_some());
    for other in [PASSWORD.trim(), &PASSWORD.to_lowercase(), &PASSWORD[..40]] {
        assert!(token(&world, "p.lang", other).await.is_none(), "{other:?}");
    }
    assert!(token(&world, "p.langer", &"a".repeat(128)).await.is_some());
    assert!(token(&world, "p.langer", &"a".repeat(127)).await.is_none());
    assert!(token(&world, "p.langer", &"a".repeat(64)).await.is_none());
}

#[tokio::test]
async fn every_sign_in_has_a_new_token_of_256_bits_and_only_its_hash_is_kept() {
    let world = tokio::task::spawn_blocking(|| {
        let world = sqlite();
        world.desk.add_account(account(1, "p.vaak"), PASSWORD).unwrap();
        world
    });
    let world = world.await.unwrap();
    let (one, other) =
        (token(&world, "p.vaak", PASSWORD).await.unwrap(), token(&world, "p.vaak", PASSWORD).await.unwrap());
    assert_ne!(one, other);
    assert_eq!(one.len(), 64);
    let sessions =
        [world.desk.session(&one).await.unwrap().unwrap(), world.desk.session(&other).await.unwrap().unwrap()];
    assert_ne!(sessions[0].csrf, sessions[1].csrf);
    let folder = world.test.folder.path();
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in [one.as_bytes(), other.as_bytes(), PASSWORD.as_bytes()] {
            assert!(!bytes.windows(secret.len()).any(|found| found == secret), "{}", file.display());
        }
    }
}

#[tokio::test]
async fn a_session_ends_when_idle_and_after_a_working_day() {
    let world = tokio::task::spawn_blocking(|| {
        let world = sqlite();
        world.desk.add_account(account(1, "p.traag"), PASSWORD).unwrap();
        world
    });
    let world = world.await.unwrap();
    world.clock.move_to("2022-07-01T08:00:00Z");
    let idle = token(&world, "p.traag", PASSWORD).await.unwrap();
    let busy = token(&world, "p.traag", PASSWORD).await.unwrap();
    world.clock.move_to("2022-07-01T08:29:00Z");
    assert!(world.desk.session(&busy).await.unwrap().is_some());
    world.clock.move_to("2022-07-01T08:31:00Z");
    assert!(world.desk.session(&idle).await.unwrap().is_none(), "half an hour without a request");
    for quarter in 3..48 {
        let at = format!("2022-07-01T{:02}:{:02}:00Z", 8 + quarter / 4, quarter % 4 * 15);
        world.clock.move_to(&at);
        assert!(world.desk.session(&busy).await.unwrap().is_some(), "{at}");
    }
    world.clock.move_to("2022-07-01T20:01:00Z");
    assert!(world.desk.session(&busy).await.unwrap().is_none(), "twelve hours");
    world.clock.move_to("2022-07-01T08:32:00Z");
    assert!(world.desk.session(&busy).await.unwrap().is_none(), "and it does not come back when the clock does");
}

#[tokio::test]
async fn an_unknown_name_is_answered_like_a_wrong_password() {
    let world = tokio::task::spawn_blocking(|| {
        let world = sqlite();
        world.desk.add_account(account(1, "p.bekend"), PASSWORD).unwrap();
        world
    });
    let world = world.await.unwrap();
    assert_eq!(world.desk.sign_in("p.bekend", "een-ander-wachtwoord").await.unwrap(), SignIn::Wrong);
    assert_eq!(world.desk.sign_in("p.onbekend", "een-ander-wachtwoord").await.unwrap(), SignIn::Wrong);
    // the fastest of many: what else runs on the machine only makes a try slower
    let mut fastest = [Duration::MAX; 2];
    let mut apart = f64::MAX;
    for _ in 0..100 {
        for (at, login) in ["p.bekend", "p.onbekend"].into_iter().enumerate() {
            let begun = Instant::now();
            world.desk.sign_in(login, "een-ander-wachtwoord").await.unwrap();
            fastest[at] = fastest[at].min(begun.elapsed());
        }
        apart = (fastest[0].as_secs_f64() / fastest[1].as_secs_f64() - 1.0).abs();
        if apart < 0.05 {
            break;
        }
    }
    assert!(apart < 0.05, "{fastest:?} for a known and an unknown name");
}
