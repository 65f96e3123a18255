//! Signing in, named after the threat.

use std::{sync::Arc, time::Instant};

use access::{Principal, Settings, Strength};
use desk::{Account, Desk, EventKind, Failure, IDLE, Next, Proposal, ProposalKind, Session, SignIn, SignInRules};
use domain::{codes::Role, ids::UserId};
use journal::{Entropy as _, Keyring, RootKey, SystemEntropy, testing::TestStore};

use crate::world::{Hands, command, programme};

pub(crate) const PASSWORD: &str = "vier bomen bij de sloot";
pub(crate) const OTHER: &str = "klaproosjes en wat mos";

pub(crate) struct House {
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<Hands>,
    pub(crate) test: TestStore,
}

/// A store where a second factor is needed, or not.
pub(crate) fn house(settings: Settings) -> House {
    opened(journal::testing::sqlite(&desk::migrations()), settings)
}

pub(crate) fn opened(test: TestStore, settings: Settings) -> House {
    let clock = Hands::at("2022-07-01T10:00:00Z");
    House { desk: desk_of(&test, settings, clock.clone()), clock, test }
}

pub(crate) fn desk_of(test: &TestStore, settings: Settings, clock: Arc<Hands>) -> Desk {
    let entropy = Arc::new(SystemEntropy);
    let keys = Keyring::open(test.folder.path(), RootKey::from_secret(&[7; 32]).unwrap(), entropy.clone()).unwrap();
    Desk::new(test.store.clone(), keys, Arc::new(programme()), settings, clock, entropy).unwrap()
}

impl House {
    fn account(&self, login: &str, role: Role) -> Account {
        let site = self.desk.programme().site(&"groningen".parse().unwrap()).unwrap().clone();
        let user = UserId(SystemEntropy.id());
        Account { user, login: login.into(), name: "Proef Collega".into(), role, org: site.lead, sites: vec![site.id] }
    }

    pub(crate) fn add(&self, login: &str, role: Role) -> Account {
        let account = self.account(login, role);
        let hash = self.desk.shared_password(PASSWORD).unwrap();
        self.desk.add_accounts(vec![(account.clone(), hash)]).unwrap();
        account
    }

    async fn sign_in(&self, login: &str, password: &str) -> Option<String> {
        match self.desk.sign_in(login, password).await.unwrap() {
            SignIn::Welcome(token) => Some(token),
            SignIn::Wrong => None,
        }
    }

    pub(crate) async fn session(&self, token: &str) -> Option<Session> {
        self.desk.session(token).await.unwrap()
    }

    pub(crate) async fn principal(&self, login: &str) -> Principal {
        let token = self.sign_in(login, PASSWORD).await.unwrap();
        self.session(&token).await.unwrap().principal
    }

    async fn proposals(&self, who: &Principal) -> Vec<Proposal> {
        self.desk.administration(who).await.unwrap().proposals
    }
}

/// The code an app would show for an offered secret.
pub(crate) fn app_code(secret: &str, at: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<usize> = secret
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(|c| {
            let value = letters.find(c).unwrap();
            (0..5).rev().map(move |at| value >> at & 1)
        })
        .collect();
    let key: Vec<u8> =
        bits.chunks_exact(8).map(|byte| byte.iter().fold(0_u8, |sum, bit| sum << 1 | u8::from(*bit == 1))).collect();
    let step = at.parse::<jiff::Timestamp>().unwrap().as_second() / 30;
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let word = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
    match result {
        Err(Failure::Refused(refusal)) => refusal.problem.key.to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_stolen_cookie_after_sign_out() {
    let house = house(Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    assert!(house.session(&token).await.is_some());
    house.desk.sign_out(&token).await.unwrap();
    assert!(house.session(&token).await.is_none());
    // not after a restart either
    let again = opened(house.test, Settings::DEMONSTRATION);
    assert!(again.session(&token).await.is_none());
}

#[tokio::test]
async fn a_request_under_way_does_not_bring_a_session_back() {
    let house = Arc::new(house(Settings::DEMONSTRATION));
    house.add("guide", Role::Guide);
    for _ in 0..20 {
        let token = house.sign_in("guide", PASSWORD).await.unwrap();
        let (asking, one) = (Arc::clone(&house), token.clone());
        let asked = tokio::spawn(async move { asking.session(&one).await.is_some() });
        house.desk.sign_out(&token).await.unwrap();
        asked.await.unwrap();
        assert!(house.session(&token).await.is_none());
    }
}

#[tokio::test]
async fn a_session_that_nobody_uses_and_one_that_lasts_a_day() {
    let house = house(Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    let idle = house.sign_in("guide", PASSWORD).await.unwrap();
    house.clock.move_to("2022-07-01T10:30:00Z");
    assert!(house.session(&idle).await.is_some());
    house.clock.move_to("2022-07-01T11:00:01Z");
    assert!(house.session(&idle).await.is_none(), "{IDLE:?}");
    let busy = house.sign_in("guide", PASSWORD).await.unwrap();
    let mut there = 0;
    for half_hour in 1..30 {
        let at = "2022-07-01T11:00:01Z".parse::<jiff::Timestamp>().unwrap() + IDLE * half_hour;
        house.clock.move_to(&at.to_string());
        there += i32::from(house.session(&busy).await.is_some());
    }
    assert_eq!(there, 24, "twelve hours");
}

#[tokio::test]
async fn a_password_alone_gives_nothing_where_a_second_factor_is_needed() {
    let house = house(Settings::CLOSED);
    house.add("guide", Role::Guide);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    let halfway = house.session(&token).await.unwrap();
    assert_eq!((halfway.next, halfway.principal.strength), (Next::Enrol, Strength::Password));
    assert!(halfway.principal.sites.is_empty());
    let offer = house.desk.offer_totp(&token).unwrap();
    assert_eq!(refused(house.desk.accept_totp(&token, "000000x").await), "code-wrong");
    let code = app_code(&offer.secret, "2022-07-01T10:00:00Z");
    let raised = house.desk.accept_totp(&token, &code).await.unwrap();
    assert!(house.session(&token).await.is_none(), "the token of before is worth nothing");
    let whole = house.session(&raised).await.unwrap();
    assert_eq!((whole.next, whole.principal.strength), (Next::Nothing, Strength::SecondFactor));
    // and the next time the code is asked for; the one that was used does not work again
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    assert_eq!(house.session(&token).await.unwrap().next, Next::SecondFactor);
    assert_eq!(house.desk.second_factor(&token, &code).await.unwrap(), None, "a replayed code");
    let later = "2022-07-01T10:01:00Z";
    house.clock.move_to(later);
    let code = app_code(&offer.secret, later);
    let raised = house.desk.second_factor(&token, &code).await.unwrap().unwrap();
    assert_eq!(house.session(&raised).await.unwrap().principal.strength, Strength::SecondFactor);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    assert_eq!(house.desk.second_factor(&token, &code).await.unwrap(), None, "a replayed code");
}

#[tokio::test]
async fn codes_are_guessed_after_a_right_password() {
    let house = house(Settings::CLOSED);
    let guide = house.add("guide", Role::Guide);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    let offer = house.desk.offer_totp(&token).unwrap();
    house.desk.accept_totp(&token, &app_code(&offer.secret, "2022-07-01T10:00:00Z")).await.unwrap();
    house.clock.move_to("2022-07-01T10:02:00Z");
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    for _ in 0..5 {
        assert_eq!(house.desk.second_factor(&token, "123456x").await.unwrap(), None);
    }
    let right = app_code(&offer.secret, "2022-07-01T10:02:00Z");
    assert_eq!(house.desk.second_factor(&token, &right).await.unwrap(), None, "the session has ended");
    assert!(house.session(&token).await.is_none());
    let events = house.desk.own_account(guide.user).await.unwrap().events;
    assert!(events.iter().any(|event| event.kind == EventKind::WrongCodes));
}

#[tokio::test]
async fn a_recovery_code_works_once_and_new_ones_end_the_old() {
    let house = house(Settings::CLOSED);
    let guide = house.add("guide", Role::Guide);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    let offer = house.desk.offer_totp(&token).unwrap();
    house.desk.accept_totp(&token, &app_code(&offer.secret, "2022-07-01T10:00:00Z")).await.unwrap();
    let codes = house.desk.make_recovery_codes(guide.user).await.unwrap();
    assert_eq!(codes.len(), 10);
    for (code, good) in [(&codes[0], true), (&codes[0], false), (&codes[1], true)] {
        let token = house.sign_in("guide", PASSWORD).await.unwrap();
        assert_eq!(house.desk.second_factor(&token, code).await.unwrap().is_some(), good);
    }
    assert_eq!(house.desk.own_account(guide.user).await.unwrap().recovery, 8);
    house.desk.make_recovery_codes(guide.user).await.unwrap();
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    assert_eq!(house.desk.second_factor(&token, &codes[2]).await.unwrap(), None, "an old one");
    // nothing of what was shown is in the store
    let file = std::fs::read(house.test.folder.path().join("bestendig.db")).unwrap_or_default();
    let plain = offer.secret.replace(' ', "");
    for shown in codes.iter().chain([&plain]) {
        assert!(!file.windows(shown.len()).any(|part| part == shown.as_bytes()));
    }
}

#[tokio::test]
async fn whether_a_name_exists_cannot_be_told_by_the_answer_or_the_time() {
    let house = house(Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    // a busy machine: the promise is 5 %, and without the decoy it is more than half; one quiet round of three is enough
    let mut apart = Vec::new();
    for _ in 0..3 {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..15 {
            for (at, login) in ["guide", "nobody"].into_iter().enumerate() {
                let begin = Instant::now();
                assert_eq!(house.desk.sign_in(login, OTHER).await.unwrap(), SignIn::Wrong);
                times[at].push(begin.elapsed());
                // counting the failed try goes on after the answer
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
        let [known, unknown] = times.map(|mut times| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64()
        });
        apart.push((known - unknown).abs() / known);
        if apart.last().is_some_and(|apart| *apart < 0.3) {
            return;
        }
    }
    panic!("known and unknown names are apart by {apart:?}");
}

#[tokio::test]
async fn a_first_password_is_changed_at_once_and_runs_out() {
    let house = house(Settings::DEMONSTRATION);
    house.desk.add_account(house.account("new", Role::Coordinator), PASSWORD).unwrap();
    let token = house.sign_in("new", PASSWORD).await.unwrap();
    let halfway = house.session(&token).await.unwrap();
    assert!(halfway.next == Next::Password && halfway.principal.sites.is_empty());
    assert_eq!(refused(house.desk.change_password(&token, OTHER, OTHER).await), "password-current-wrong");
    assert_eq!(refused(house.desk.change_password(&token, PASSWORD, PASSWORD).await), "password-the-same");
    assert_eq!(refused(house.desk.change_password(&token, PASSWORD, "bestendig 2026").await), "password-of-this-place");
    house.desk.change_password(&token, PASSWORD, OTHER).await.unwrap();
    assert_eq!(house.session(&token).await.unwrap().next, Next::Nothing);
    assert!(house.sign_in("new", PASSWORD).await.is_none());
    house.desk.add_account(house.account("later", Role::Coordinator), PASSWORD).unwrap();
    house.clock.move_to("2022-07-04T10:00:01Z");
    assert!(house.sign_in("later", PASSWORD).await.is_none(), "after three days");
    assert!(house.sign_in("new", OTHER).await.is_some(), "one's own does not run out");
}

#[tokio::test]
async fn a_password_that_was_stolen_is_changed() {
    let house = house(Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    let thief = house.sign_in("guide", PASSWORD).await.unwrap();
    let owner = house.sign_in("guide", PASSWORD).await.unwrap();
    house.desk.change_password(&owner, PASSWORD, OTHER).await.unwrap();
    assert!(house.session(&thief).await.is_none());
    assert!(house.session(&owner).await.is_some());
}

#[tokio::test]
async fn the_owner_is_told_of_failed_tries() {
    let house = house(Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    let first = house.sign_in("guide", PASSWORD).await.unwrap();
    assert_eq!(house.session(&first).await.unwrap().notice, None);
    for _ in 0..3 {
        assert!(house.sign_in("guide", OTHER).await.is_none());
    }
    // they are counted after the answer
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    let notice = house.session(&token).await.unwrap().notice.unwrap();
    assert_eq!((notice.failed, notice.changes, notice.since.is_some()), (3, 0, true));
    house.desk.notice_read(&token).await.unwrap();
    assert_eq!(house.session(&token).await.unwrap().notice, None);
}

#[tokio::test]
async fn one_session_of_many_is_ended_and_nobody_ends_another_s() {
    let house = house(Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    house.add("other", Role::Guide);
    let mut tokens = Vec::new();
    for minute in 0..12 {
        house.clock.move_to(&format!("2022-07-01T10:{minute:02}:00Z"));
        tokens.push(house.sign_in("guide", PASSWORD).await.unwrap());
    }
    let own = house.desk.own_sessions(&tokens[11]);
    assert_eq!(own.len(), desk::MOST_SESSIONS, "the oldest ended");
    assert!(house.session(&tokens[0]).await.is_none() && own.iter().filter(|item| item.this).count() == 1);
    let stranger = house.sign_in("other", PASSWORD).await.unwrap();
    let which = own.iter().find(|item| !item.this).unwrap().id;
    assert!(matches!(house.desk.end_own_session(&stranger, Some(which)).await, Err(Failure::Hidden)));
    house.desk.end_own_session(&tokens[11], Some(which)).await.unwrap();
    assert_eq!(house.desk.own_sessions(&tokens[11]).len(), desk::MOST_SESSIONS - 1);
    house.desk.end_own_session(&tokens[11], None).await.unwrap();
    assert_eq!(house.desk.own_sessions(&tokens[11]).len(), 1);
}

#[tokio::test]
async fn rights_are_granted_by_four_eyes_and_never_by_or_for_oneself() {
    for test in journal::testing::stores(&desk::migrations()) {
        let house = opened(test, Settings::DEMONSTRATION);
        let (one, two) = (house.add("one", Role::Administrator), house.add("two", Role::Administrator));
        house.add("lead", Role::Coordinator);
        house.add("guide", Role::Guide);
        let (first, second) = (house.principal("one").await, house.principal("two").await);
        let (lead, guide) = (house.principal("lead").await, house.principal("guide").await);
        let wanted = house.account("newcomer", Role::Coordinator);
        let id = command();
        for who in [&lead, &guide] {
            let proposed = house.desk.propose(who, command(), ProposalKind::New, wanted.clone()).await;
            assert!(matches!(proposed, Err(Failure::Denied)));
        }
        for _ in 0..2 {
            house.desk.propose(&first, id, ProposalKind::New, wanted.clone()).await.unwrap();
        }
        assert_eq!(house.proposals(&first).await.len(), 1, "sent twice, proposed once");
        assert!(house.desk.colleague(wanted.user).is_none(), "it is not in force");
        assert_eq!(refused(house.desk.decide_proposal(&first, id.0, true).await), "rights-four-eyes");
        assert!(matches!(house.desk.decide_proposal(&guide, id.0, true).await, Err(Failure::Hidden)));
        let password = house.desk.decide_proposal(&lead, id.0, true).await.unwrap().unwrap();
        assert!(matches!(house.desk.decide_proposal(&second, id.0, true).await, Err(Failure::Hidden)), "decided");
        let token = house.sign_in("newcomer", &password).await.unwrap();
        assert_eq!(house.session(&token).await.unwrap().next, Next::Password);
        // not for oneself, whoever proposes it
        let mut more = two.clone();
        more.role = Role::Coordinator;
        assert_eq!(
            refused(house.desk.propose(&second, command(), ProposalKind::Change, more.clone()).await),
            "rights-of-oneself"
        );
        let id = command();
        house.desk.propose(&first, id, ProposalKind::Change, more).await.unwrap();
        assert_eq!(refused(house.desk.decide_proposal(&second, id.0, true).await), "rights-four-eyes");
        assert_eq!(refused(house.desk.confirm_rights(&second, two.user).await), "rights-of-oneself");
        assert!(house.desk.decide_proposal(&lead, id.0, false).await.unwrap().is_none(), "refused");
        assert_eq!(house.desk.colleague(two.user).unwrap().role, Role::Administrator);
        let events = house.desk.administration(&first).await.unwrap().events;
        for kind in [EventKind::Proposed, EventKind::Approved, EventKind::Refused] {
            assert!(events.iter().any(|event| event.kind == kind && event.by.is_some()), "{kind:?}");
        }
        let _ = one;
    }
}

#[tokio::test]
async fn someone_leaves_and_the_next_request_is_refused() {
    let house = house(Settings::DEMONSTRATION);
    house.add("one", Role::Administrator);
    let guide = house.add("guide", Role::Guide);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    let admin = house.principal("one").await;
    house.desk.leave(&admin, guide.user).await.unwrap();
    assert!(house.session(&token).await.is_none());
    assert!(house.sign_in("guide", PASSWORD).await.is_none());
    assert_eq!(house.desk.colleague(guide.user).unwrap().name, "Proef Collega", "the name stands in what they did");
    assert!(house.desk.colleagues(&guide.sites[0]).iter().all(|one| one.user != guide.user));
    let again = opened(house.test, Settings::DEMONSTRATION);
    assert!(again.session(&token).await.is_none() && again.sign_in("guide", PASSWORD).await.is_none());
}

#[tokio::test]
async fn other_rights_and_the_administrator_end_sessions() {
    let house = house(Settings::DEMONSTRATION);
    house.add("one", Role::Administrator);
    house.add("two", Role::Administrator);
    let mut guide = house.add("guide", Role::Coordinator);
    let (first, second) = (house.principal("one").await, house.principal("two").await);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    house.desk.end_sessions_of(&first, guide.user).await.unwrap();
    assert!(house.session(&token).await.is_none());
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    let who = house.session(&token).await.unwrap().principal;
    assert!(matches!(house.desk.end_sessions_of(&who, first.user).await, Err(Failure::Denied)));
    guide.sites = vec!["utrecht".parse().unwrap()];
    let id = command();
    house.desk.propose(&first, id, ProposalKind::Change, guide.clone()).await.unwrap();
    assert_eq!(house.session(&token).await.unwrap().principal.sites[0].as_str(), "groningen");
    house.desk.decide_proposal(&second, id.0, true).await.unwrap();
    assert!(house.session(&token).await.is_none());
    assert_eq!(house.principal("guide").await.sites, guide.sites);
}

#[tokio::test]
async fn lost_password_and_phone_start_anew_by_four_eyes() {
    let house = house(Settings::DEMONSTRATION);
    house.add("one", Role::Administrator);
    house.add("two", Role::Administrator);
    let guide = house.add("guide", Role::Coordinator);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    let offer = house.desk.offer_totp(&token).unwrap();
    let token = house.desk.accept_totp(&token, &app_code(&offer.secret, "2022-07-01T10:00:00Z")).await.unwrap();
    let (first, second) = (house.principal("one").await, house.principal("two").await);
    let id = command();
    house.desk.propose(&first, id, ProposalKind::Reset, guide).await.unwrap();
    let password = house.desk.decide_proposal(&second, id.0, true).await.unwrap().unwrap();
    assert!(house.session(&token).await.is_none() && house.sign_in("guide", PASSWORD).await.is_none());
    let token = house.sign_in("guide", &password).await.unwrap();
    assert_eq!(house.session(&token).await.unwrap().next, Next::Password);
}

#[tokio::test]
async fn a_forgotten_password_starts_anew_and_the_second_factor_stays() {
    for test in journal::testing::stores(&desk::migrations()) {
        let house = opened(test, Settings::DEMONSTRATION);
        house.add("one", Role::Administrator);
        house.add("two", Role::Administrator);
        let guide = house.add("guide", Role::Coordinator);
        let token = house.sign_in("guide", PASSWORD).await.unwrap();
        let offer = house.desk.offer_totp(&token).unwrap();
        house.desk.accept_totp(&token, &app_code(&offer.secret, "2022-07-01T10:00:00Z")).await.unwrap();
        let (first, second) = (house.principal("one").await, house.principal("two").await);
        let id = command();
        house.desk.propose(&first, id, ProposalKind::Password, guide.clone()).await.unwrap();
        assert_eq!(refused(house.desk.decide_proposal(&first, id.0, true).await), "rights-four-eyes");
        let once = house.desk.decide_proposal(&second, id.0, true).await.unwrap().unwrap();
        assert!(matches!(house.desk.decide_proposal(&second, id.0, true).await, Err(Failure::Hidden)), "shown once");
        assert!(house.sign_in("guide", PASSWORD).await.is_none(), "the old one is gone");
        // who approved and tries it comes no further than the second factor, and cannot choose a password
        let token = house.sign_in("guide", &once).await.unwrap();
        let halfway = house.session(&token).await.unwrap();
        assert!(halfway.next == Next::SecondFactor && halfway.principal.sites.is_empty());
        house.clock.move_to("2022-07-01T10:02:00Z");
        let code = app_code(&offer.secret, "2022-07-01T10:02:00Z");
        let token = house.desk.second_factor(&token, &code).await.unwrap().unwrap();
        assert_eq!(house.session(&token).await.unwrap().next, Next::Password, "and then one's own is chosen");
        house.desk.change_password(&token, &once, OTHER).await.unwrap();
        assert!(house.sign_in("guide", &once).await.is_none(), "it worked once");
        let events = house.desk.own_account(guide.user).await.unwrap().events;
        let told = events.iter().find(|event| event.kind == EventKind::PasswordReset).unwrap();
        assert_eq!(told.by, Some(second.user));
        // one that nobody used ends
        let id = command();
        house.desk.propose(&first, id, ProposalKind::Password, guide).await.unwrap();
        let once = house.desk.decide_proposal(&second, id.0, true).await.unwrap().unwrap();
        house.clock.move_to("2022-07-02T10:02:01Z");
        assert!(house.sign_in("guide", &once).await.is_none(), "{:?}", desk::NEW_START);
    }
}

#[tokio::test]
async fn rights_that_nobody_confirmed_for_a_year_are_suspended_where_the_rules_say_so() {
    let house = house(Settings::DEMONSTRATION);
    let admin = house.add("one", Role::Administrator);
    let guide = house.add("guide", Role::Guide);
    house.clock.move_to("2023-07-03T10:00:00Z");
    let who = house.principal("one").await;
    let overdue = |page: desk::Administration| page.accounts.iter().filter(|item| item.overdue).count();
    assert_eq!(overdue(house.desk.administration(&who).await.unwrap()), 2);
    house.desk.confirm_rights(&who, guide.user).await.unwrap();
    assert_eq!(overdue(house.desk.administration(&who).await.unwrap()), 1);
    let (token, own) = (house.sign_in("guide", PASSWORD).await.unwrap(), house.sign_in("one", PASSWORD).await.unwrap());
    house.desk.set_rules(SignInRules { suspend_overdue: true, ..house.desk.rules() });
    assert!(house.session(&token).await.is_some() && house.session(&own).await.is_none());
    let _ = admin;
}

#[tokio::test]
async fn who_has_just_signed_in_is_asked_again_for_sensitive_acts_after_a_while() {
    let house = house(Settings::DEMONSTRATION);
    house.add("guide", Role::Guide);
    let token = house.sign_in("guide", PASSWORD).await.unwrap();
    assert!(house.session(&token).await.unwrap().fresh);
    house.clock.move_to("2022-07-01T10:05:01Z");
    assert!(!house.session(&token).await.unwrap().fresh);
    assert_eq!(house.desk.show_again(&token, OTHER, "").await.unwrap(), None);
    let token = house.desk.show_again(&token, PASSWORD, "").await.unwrap().unwrap();
    assert!(house.session(&token).await.unwrap().fresh);
}

#[test]
fn no_statement_changes_or_removes_an_account_event() {
    let about: Vec<String> = desk::statements().into_iter().filter(|sql| sql.contains("account_event")).collect();
    assert!(about.len() >= 4);
    let kept = |sql: &&String| !(sql.starts_with("INSERT") || sql.starts_with("SELECT"));
    let removes: Vec<&String> = about.iter().filter(kept).collect();
    // at the end of its term: of somebody who left all of them, and of everyone the sign-ins
    assert!(removes.iter().all(|sql| sql.starts_with("DELETE FROM account_event WHERE a")), "{removes:?}");
    assert_eq!(removes.len(), 2, "{removes:?}");
}
