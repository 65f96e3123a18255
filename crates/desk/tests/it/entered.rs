//! With what and from where people sign in: kept for each sign-in and each failure, and told when it is somewhere new.

use desk::{EventKind, FAMILIAR, Notice, SignIn, SignInFrom, Way};
use domain::codes::Role;

use crate::sign_in::{House, OTHER, PASSWORD, app_code, house, opened};

fn from(address: &str, device: &str) -> SignInFrom {
    SignInFrom { address: address.into(), device: device.into() }
}

async fn enter(house: &House, address: &str, device: &str) -> String {
    match house.desk.sign_in_from("guide", PASSWORD, from(address, device)).await.unwrap() {
        SignIn::Welcome(token) => token,
        SignIn::Wrong => panic!("a right password"),
    }
}

async fn told(house: &House, token: &str) -> Option<Notice> {
    house.session(token).await.unwrap().notice
}

const OFFICE: &str = "203.0.113.7";
const HERE: &str = "Firefox, Linux";

#[tokio::test]
async fn an_event_says_with_which_factors_and_from_where_and_no_more() {
    for test in journal::testing::stores(&desk::migrations()) {
        let house = opened(test, access::Settings::DEMONSTRATION);
        let guide = house.add("guide", Role::Guide);
        let token = enter(&house, OFFICE, HERE).await;
        let offer = house.desk.offer_totp(&token).unwrap();
        house.desk.accept_totp(&token, &app_code(&offer.secret, "2022-07-01T10:00:00Z")).await.unwrap();
        let codes = house.desk.make_recovery_codes(guide.user).await.unwrap();
        house.clock.move_to("2022-07-01T10:02:00Z");
        let token = enter(&house, "203.0.113.99", HERE).await;
        house.desk.second_factor(&token, &app_code(&offer.secret, "2022-07-01T10:02:00Z")).await.unwrap().unwrap();
        house.clock.move_to("2022-07-01T10:04:00Z");
        let token = enter(&house, OFFICE, HERE).await;
        let token = house.desk.second_factor(&token, &codes[0]).await.unwrap().unwrap();
        let events = house.desk.own_account(guide.user).await.unwrap().events;
        let signed_in = events.iter().filter(|event| event.kind == EventKind::SignedIn);
        let entered: Vec<_> = signed_in.map(|event| event.entered.clone().unwrap()).collect();
        assert_eq!(entered[0].with, [Way::Password, Way::Recovery]);
        assert_eq!(entered[1].with, [Way::Password, Way::Totp]);
        assert!(entered.iter().any(|one| one.with == [Way::Password]), "before there was an app");
        assert!(entered.iter().all(|one| one.network == "203.0.113.0/24" && one.device == HERE), "{entered:?}");
        assert!(!format!("{events:?}").contains("203.0.113.99"), "the whole address is not kept");
        // showing again who one is, is one too
        house.desk.show_again(&token, PASSWORD, &codes[1]).await.unwrap().unwrap();
        let events = house.desk.own_account(guide.user).await.unwrap().events;
        assert!(events.iter().any(|event| event.kind == EventKind::ShownAgain));
    }
}

#[tokio::test]
async fn the_factor_is_known_after_a_restart_between_the_two() {
    let house = house(access::Settings::DEMONSTRATION);
    let guide = house.add("guide", Role::Guide);
    let token = enter(&house, OFFICE, HERE).await;
    let offer = house.desk.offer_totp(&token).unwrap();
    house.desk.accept_totp(&token, &app_code(&offer.secret, "2022-07-01T10:00:00Z")).await.unwrap();
    let codes = house.desk.make_recovery_codes(guide.user).await.unwrap();
    let token = enter(&house, OFFICE, HERE).await;
    let again = opened(house.test, access::Settings::DEMONSTRATION);
    again.desk.second_factor(&token, &codes[0]).await.unwrap().unwrap();
    let events = again.desk.own_account(guide.user).await.unwrap().events;
    let with = |with: &[Way]| events.iter().any(|event| event.entered.as_ref().is_some_and(|one| one.with == with));
    assert!(with(&[Way::Password, Way::Recovery]), "{events:?}");
}

#[tokio::test]
async fn a_sign_in_from_somewhere_new_is_told_there_and_where_the_owner_already_is() {
    for test in journal::testing::stores(&desk::migrations()) {
        let house = opened(test, access::Settings::DEMONSTRATION);
        let guide = house.add("guide", Role::Guide);
        let owner = enter(&house, OFFICE, HERE).await;
        assert_eq!(told(&house, &owner).await, None, "the first time there is nothing to compare with");
        let same = enter(&house, "203.0.113.200", HERE).await;
        assert_eq!(told(&house, &same).await, None, "the same network and kind of device");
        for (address, device) in [("198.51.100.4", HERE), (OFFICE, "Chrome, Windows")] {
            let odd = enter(&house, address, device).await;
            assert!(told(&house, &odd).await.unwrap().odd, "{address} {device}");
            assert_eq!(told(&house, &enter(&house, address, device).await).await.map(|notice| notice.odd), Some(false));
        }
        // whoever it was: the owner's open session says so, also after a restart
        assert_eq!(told(&house, &owner).await.unwrap().odd_others, 2);
        let house = opened(house.test, access::Settings::DEMONSTRATION);
        assert_eq!(told(&house, &owner).await.unwrap().odd_others, 2);
        house.desk.notice_read(&owner).await.unwrap();
        assert_eq!(told(&house, &owner).await, None);
        let events = house.desk.own_account(guide.user).await.unwrap().events;
        assert_eq!(events.iter().filter(|event| event.kind == EventKind::SignedInOdd).count(), 2);
    }
}

#[tokio::test]
async fn the_next_sign_in_tells_of_one_from_somewhere_new() {
    let house = house(access::Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    let owner = enter(&house, OFFICE, HERE).await;
    house.desk.sign_out(&owner).await.unwrap();
    house.clock.move_to("2022-07-01T11:00:00Z");
    let thief = enter(&house, "198.51.100.4", "Chrome, Windows").await;
    house.desk.notice_read(&thief).await.unwrap();
    assert_eq!(told(&house, &thief).await, None);
    house.clock.move_to("2022-07-01T12:00:00Z");
    let notice = told(&house, &enter(&house, OFFICE, HERE).await).await.unwrap();
    assert_eq!((notice.odd, notice.odd_others), (false, 1), "what the thief clicked away is told to the owner");
}

#[tokio::test]
async fn a_change_of_the_password_is_told_until_it_is_read_however_often_somebody_signs_in() {
    for test in journal::testing::stores(&desk::migrations()) {
        let house = opened(test, access::Settings::DEMONSTRATION);
        house.add("guide", Role::Guide);
        let thief = enter(&house, OFFICE, HERE).await;
        house.clock.move_to("2022-07-01T10:01:00Z");
        house.desk.change_password(&thief, PASSWORD, OTHER).await.unwrap();
        for minute in 2..5 {
            house.clock.move_to(&format!("2022-07-01T10:0{minute}:00Z"));
            let SignIn::Welcome(token) = house.desk.sign_in_from("guide", OTHER, from(OFFICE, HERE)).await.unwrap()
            else {
                panic!("the new password")
            };
            assert_eq!(told(&house, &token).await.unwrap().changes, 1, "{minute}");
            if minute == 4 {
                house.desk.notice_read(&token).await.unwrap();
            }
        }
        house.clock.move_to("2022-07-01T10:06:00Z");
        let SignIn::Welcome(token) = house.desk.sign_in_from("guide", OTHER, from(OFFICE, HERE)).await.unwrap() else {
            panic!("the new password")
        };
        assert_eq!(told(&house, &token).await, None);
    }
}

#[tokio::test]
async fn a_place_not_used_for_three_months_is_new() {
    let house = house(access::Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    enter(&house, OFFICE, HERE).await;
    let begin: jiff::Timestamp = "2022-07-01T10:00:00Z".parse().unwrap();
    house.clock.move_to(&(begin + FAMILIAR - jiff::SignedDuration::from_hours(1)).to_string());
    assert_eq!(told(&house, &enter(&house, OFFICE, HERE).await).await, None);
    house.clock.move_to(&(begin + FAMILIAR * 3).to_string());
    assert!(told(&house, &enter(&house, OFFICE, HERE).await).await.unwrap().odd);
}

#[tokio::test]
async fn a_try_that_fails_is_kept_with_its_factor_and_few_of_many() {
    for test in journal::testing::stores(&desk::migrations()) {
        let house = opened(test, access::Settings::DEMONSTRATION);
        let guide = house.add("guide", Role::Guide);
        house.add("one", Role::Administrator);
        for _ in 0..10 {
            let place = from("198.51.100.4", "Chrome, Windows");
            assert_eq!(house.desk.sign_in_from("guide", OTHER, place).await.unwrap(), SignIn::Wrong);
        }
        house.desk.sign_in_from("geheim-wachtwoord", OTHER, from(OFFICE, HERE)).await.unwrap();
        // they are kept after the answer
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        house.clock.move_to("2022-07-01T10:01:00Z");
        let desk = house.desk.clone();
        tokio::task::spawn_blocking(move || desk.settle_refusals(false)).await.unwrap().unwrap();
        let own = house.desk.own_account(guide.user).await.unwrap();
        let entered: Vec<_> = own.failed.iter().map(|event| event.entered.clone().unwrap()).collect();
        assert_eq!(entered.iter().map(|one| one.times).sum::<u32>(), 10);
        assert_eq!(entered.len(), 4, "three, and the rest in one");
        assert!(entered.iter().all(|one| one.with == [Way::Password] && one.network == "198.51.100.0/24"));
        assert!(own.events.iter().all(|event| event.kind != EventKind::SignInFailed), "they push nothing out");
        // a name that is no account is kept without it
        let admin = house.principal("one").await;
        let all = house.desk.administration(&admin).await.unwrap().events;
        assert!(all.iter().any(|event| event.kind == EventKind::SignInFailed && event.account.is_none()));
        assert!(!format!("{all:?}").contains("geheim"));
    }
}
