//! Several people at once: what a command was decided on must still stand when it is written.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use desk::{Clock, Desk, Failure, Order, Target};
use domain::{
    codes::Role,
    fact::{Body, Codes},
    ids::ParticipantId,
    plan::ContactNoted,
    programme::List,
    registration::Registered,
    trajectory::Draft,
    vnumber::VNumber,
};
use jiff::Timestamp;
use journal::{SystemEntropy, params};

use crate::{
    dump::same_as_rebuilt,
    world::{
        World, admission, command, day, first, identity, on, programme, register, registration, someone, taken_by,
        worlds,
    },
};

fn renamed(person: ParticipantId, name: &str) -> Order {
    let drafts = vec![identity(name, day("2022-06-01"))];
    Order { command: command(), expected: None, target: Target::Participant(person), drafts }
}

fn contact(number: usize) -> Draft {
    Draft::new(ContactNoted { how: first(List::ContactKinds), note: format!("gesprek {number}") }, day("2022-06-03"))
}

/// Carries out a command; a collision is tried again, as a person would.
async fn insist(desk: &Desk, who: &access::Principal, order: Order) {
    loop {
        match desk.execute(who, order.clone()).await {
            Err(Failure::Overtaken) => {}
            done => {
                done.unwrap();
                return;
            }
        }
    }
}

#[test]
fn rows_show_what_two_writers_at_once_left() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for world in worlds() {
        let (who, guide) = (someone(&world, Role::Coordinator, "groningen"), someone(&world, Role::Guide, "groningen"));
        runtime.block_on(async {
            let mut people = Vec::new();
            for _ in 0..5 {
                let (id, person) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
                insist(&world.desk, &who, on(id, None, admission(&world, day("2022-06-02")))).await;
                insist(&world.desk, &guide, on(id, None, taken_by(&guide, "2022-06-02"))).await;
                people.push((id, person));
            }
            for number in 0..100 {
                let (id, person) = people[number % people.len()];
                let name = format!("Zebedeus Kastdeur {number}");
                let (one, other) = (world.desk.clone(), world.desk.clone());
                let (who, guide, order) = (who.clone(), guide.clone(), renamed(person, &name));
                let note = on(id, None, contact(number));
                let naming = tokio::spawn(async move { insist(&one, &who, order).await });
                let noting = tokio::spawn(async move { insist(&other, &guide, note).await });
                naming.await.unwrap();
                noting.await.unwrap();
                // the row shows the person and the trajectory, whoever of the two was last
                let row = sealed_card(&world, id);
                assert!(row.1.contains(&name), "{} after {number}: {row:?}", world.test.database);
                assert_eq!(
                    row.0,
                    i64::try_from(number / people.len()).unwrap() + 4,
                    "{} after {number}",
                    world.test.database
                );
            }
        });
        assert_eq!(world.desk.facts_in_all().unwrap(), 220);
        same_as_rebuilt(&world);
    }
}

/// The version of the row of a trajectory, and its card.
fn sealed_card(world: &World, id: domain::ids::TrajectoryId) -> (i64, String) {
    let keys = world.keys.clone();
    let read = move |tx: &mut journal::Tx<'_>| {
        let sql = "SELECT version, participant, sealed FROM trajectory WHERE id = $1";
        let row = tx.one(sql, params![id.0], |row| Ok((row.get::<i64>(0)?, row.get(1)?, row.get::<Vec<u8>>(2)?)))?;
        let (version, who, sealed) = row.unwrap();
        let place = [b"trajectory".as_slice(), id.0.as_bytes()].concat();
        let card = keys.need(ParticipantId(who))?.open(journal::Class::Card, &place, &sealed)?;
        Ok::<_, journal::Error>((version, crate::dump::joined(card)))
    };
    world.test.store.read_blocking(read).unwrap()
}

fn with_number(name: &str, digits: &str) -> Order {
    let mut order = registration(name, day("2022-06-01"));
    let Target::New { identity: Some(draft), .. } = &mut order.target else { panic!("a new person") };
    let Body::IdentityRecorded(body) = &mut draft.body else { panic!("an identity") };
    (body.v_number, body.v_number_missing) = (VNumber::try_from(digits.to_owned()).ok(), None);
    order
}

/// Sends orders at the same moment; what came of each.
async fn at_once(world: &World, orders: Vec<Order>) -> Vec<Result<desk::Done, Failure>> {
    let who = someone(world, Role::Coordinator, "groningen");
    let tasks: Vec<_> = orders
        .into_iter()
        .map(|order| {
            let (desk, who) = (world.desk.clone(), who.clone());
            tokio::spawn(async move { desk.execute(&who, order).await })
        })
        .collect();
    let mut out = Vec::new();
    for task in tasks {
        out.push(task.await.unwrap());
    }
    out
}

fn refused_with(answers: &[Result<desk::Done, Failure>], key: &str) -> usize {
    let is =
        |answer: &&Result<desk::Done, Failure>| matches!(answer, Err(Failure::Refused(why)) if why.problem.key == key);
    answers.iter().filter(is).count()
}

#[test]
fn one_v_number_is_one_person_however_many_register_at_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for world in worlds() {
        let orders = (0..20).map(|number| with_number(&format!("Zebedeus Kastdeur {number}"), "1234567890")).collect();
        let answers = runtime.block_on(at_once(&world, orders));
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{}: {answers:?}", world.test.database);
        assert_eq!(refused_with(&answers, "v-number-known-here"), 19, "{}", world.test.database);
        // nor by a correction of someone else
        let (_, other) = runtime.block_on(register(&world, "Ottilie Gordijnrail", "2022-06-01"));
        let mut order = renamed(other, "Ottilie Gordijnrail");
        let Body::IdentityRecorded(body) = &mut order.drafts[0].body else { panic!("an identity") };
        (body.v_number, body.v_number_missing) = (VNumber::try_from("1234567890".to_owned()).ok(), None);
        let answers = runtime.block_on(at_once(&world, vec![order]));
        assert_eq!(refused_with(&answers, "v-number-known-here"), 1, "{answers:?}");
    }
}

#[test]
fn a_person_enters_a_site_again_once_however_many_register_at_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for world in worlds() {
        let (id, person) = runtime.block_on(register(&world, "Zebedeus Kastdeur", "2022-06-01"));
        let who = someone(&world, Role::Coordinator, "groningen");
        let evidence = first(List::Evidence);
        let left =
            Draft::new(domain::outflow::Left { destination: None, evidence, note: String::new() }, day("2022-06-05"));
        let reason = Some(first(List::OutflowReasons));
        let left = left.codes(Codes { outflow_reason: reason, ..Codes::default() });
        runtime.block_on(world.desk.execute(&who, on(id, None, left))).unwrap();
        let again = || {
            let body = Registered { circumstances: "opnieuw".into(), informed_in: None };
            let target = Target::New { site: "groningen".parse().unwrap(), known: Some(person), identity: None };
            Order { command: command(), expected: None, target, drafts: vec![Draft::new(body, day("2022-06-10"))] }
        };
        let answers = runtime.block_on(at_once(&world, (0..10).map(|_| again()).collect()));
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{}: {answers:?}", world.test.database);
        assert_eq!(refused_with(&answers, "trajectory-still-open"), 9, "{answers:?}");
        same_as_rebuilt(&world);
    }
}

/// Every look at this clock is a moment in which someone else changes the histories.
struct Meddler {
    store: journal::Store,
    on: AtomicBool,
}

impl Clock for Meddler {
    fn real(&self) -> Timestamp {
        self.business()
    }
    fn business(&self) -> Timestamp {
        if self.on.load(Ordering::SeqCst) {
            let touch = "UPDATE stream_head SET number = number + 1";
            self.store.write_blocking(move |tx| tx.exec(touch, params![])).unwrap();
        }
        "2022-07-01T10:00:00Z".parse().unwrap()
    }
}

#[test]
fn a_command_that_is_overtaken_every_time_is_a_conflict_and_changes_nothing() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for world in worlds() {
        let (id, _) = runtime.block_on(register(&world, "Zebedeus Kastdeur", "2022-06-01"));
        let meddler = Arc::new(Meddler { store: world.test.store.clone(), on: AtomicBool::new(true) });
        let settings = access::Settings::DEMONSTRATION;
        let (store, keys, programme) = (world.test.store.clone(), world.keys.clone(), Arc::new(programme()));
        let desk = Desk::new(store, keys, programme, settings, meddler.clone(), Arc::new(SystemEntropy)).unwrap();
        let who = someone(&world, Role::Guide, "groningen");
        runtime.block_on(world.desk.execute(&who, on(id, None, taken_by(&who, "2022-06-02")))).unwrap();
        let order = on(id, None, contact(1));
        let before = world.desk.facts_in_all().unwrap();
        let answer = runtime.block_on(desk.execute(&who, order.clone()));
        assert!(matches!(answer, Err(Failure::Overtaken)), "{}: {answer:?}", world.test.database);
        assert_eq!(world.desk.facts_in_all().unwrap(), before);
    }
}

#[test]
fn a_session_that_was_ended_does_not_come_back() {
    let world = crate::world::world(journal::testing::sqlite(&desk::migrations()));
    let org = world.desk.programme().sites[0].lead.clone();
    let sites = vec![world.desk.programme().sites[0].id.clone()];
    let user = domain::ids::UserId(uuid::Uuid::from_u128(7));
    let (login, name) = ("proef".to_owned(), "Proef Persoon".to_owned());
    let account = desk::Account { user, login, name, role: Role::Coordinator, org, sites };
    let password = "een verzonnen wachtzin";
    world.desk.add_account(account, password).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        for round in 0..8 {
            let Ok(desk::SignIn::Welcome(token)) = world.desk.sign_in("proef", password).await else {
                panic!("no session")
            };
            let mut asking = Vec::new();
            for _ in 0..3 {
                let (desk, token) = (world.desk.clone(), token.clone());
                asking.push(tokio::spawn(async move {
                    let mut asked = 0_u32;
                    while desk.session(&token).await.unwrap().is_some() {
                        asked += 1;
                        assert!(asked < 5_000_000, "it never ended");
                    }
                }));
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            world.desk.sign_out(&token).await.unwrap();
            for task in asking {
                let ended = tokio::time::timeout(std::time::Duration::from_secs(10), task).await;
                ended.unwrap_or_else(|_| panic!("round {round}: the session came back")).unwrap();
            }
            assert_eq!(world.desk.session(&token).await.unwrap(), None, "round {round}");
        }
    });
}
