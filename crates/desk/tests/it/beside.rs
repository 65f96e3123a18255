//! What others do beside a command: other trajectories of the same person, the same V-number, the same fact.

use desk::{Failure, Order, Target};
use domain::{
    codes::{AskedBy, ObjectionOutcome, Relation, Role, Status},
    fact::{Body, Codes, Kind, Withdrawn},
    hold::HoldSet,
    ids::{FactId, ParticipantId, TrajectoryId},
    objection::{ObjectionDecided, ObjectionMade},
    outflow::Left,
    participant::{PersonLinked, PersonUnlinked},
    plan::{ActionAdded, ActionClosed},
    programme::List,
    registration::Registered,
    shelter::ShelterStarted,
    trajectory::Draft,
};

use crate::world::{World, admission, command, day, first, identity, on, register, registration, someone, worlds};

fn left(text: &str) -> Draft {
    let body = Left { destination: None, evidence: first(List::Evidence), note: String::new() };
    Draft::new(body, day(text)).codes(Codes { outflow_reason: "permit".parse().ok(), ..Codes::default() })
}

fn about(person: ParticipantId, draft: Draft) -> Order {
    Order { command: command(), expected: None, target: Target::Participant(person), drafts: vec![draft] }
}

fn key(answer: Result<desk::Done, Failure>) -> &'static str {
    match answer {
        Err(Failure::Refused(refusal)) => refusal.problem.key,
        other => panic!("{other:?}"),
    }
}

async fn last(world: &World, id: TrajectoryId, kind: Kind) -> FactId {
    let who = someone(world, Role::Coordinator, "groningen");
    let items = world.desk.timeline(&who, id).await.unwrap();
    let newest = items.iter().filter(|item| item.fact.header.kind == kind).max_by_key(|item| item.number);
    newest.unwrap().fact.header.id
}

/// Left on 10 June 2022, and in again on the 20th.
async fn left_and_in_again(world: &World) -> (TrajectoryId, TrajectoryId) {
    let (id, person) = register(world, "Zebedeus Kastdeur", "2022-05-02").await;
    let who = someone(world, Role::Coordinator, "groningen");
    world.desk.execute(&who, on(id, None, admission(world, day("2022-05-03")))).await.unwrap();
    world.desk.execute(&who, on(id, None, left("2022-06-10"))).await.unwrap();
    let body = Registered { circumstances: "kwam terug".into(), informed_in: None };
    let target = Target::New { site: "groningen".parse().unwrap(), known: Some(person), identity: None };
    let again = Order { command: command(), expected: None, target, drafts: vec![Draft::new(body, day("2022-06-20"))] };
    let again = world.desk.execute(&who, again).await.unwrap().trajectory.unwrap();
    (id, again)
}

#[tokio::test]
async fn a_person_has_one_trajectory_at_a_time() {
    for world in worlds() {
        let (id, again) = left_and_in_again(&world).await;
        let who = someone(&world, Role::Coordinator, "groningen");
        let outflow = last(&world, id, Kind::Left).await;
        let withdrawn = Draft::new(Body::from(Withdrawn {}), day("2022-07-01")).correcting(outflow, "bleef toch");
        assert_eq!(key(world.desk.execute(&who, on(id, None, withdrawn)).await), "later-trajectory");
        let later = left("2022-06-25").correcting(outflow, "was later");
        assert_eq!(key(world.desk.execute(&who, on(id, None, later)).await), "later-trajectory");
        let earlier = left("2022-06-05").correcting(outflow, "was eerder");
        world.desk.execute(&who, on(id, None, earlier)).await.unwrap();
        // and the other way round: the later one cannot be moved over the earlier
        let file = world.desk.file(&who, again).await.unwrap().trajectory;
        assert_eq!(file.previous, Some(id));
        let registered = last(&world, again, Kind::Registered).await;
        let moved = |text: &str| {
            let body = Registered { circumstances: "kwam terug".into(), informed_in: None };
            Draft::new(body, day(text)).correcting(registered, "andere dag")
        };
        let answer = world.desk.execute(&who, on(again, None, moved("2022-06-01"))).await;
        assert_eq!(key(answer), "before-previous-ended");
        world.desk.execute(&who, on(again, None, moved("2022-06-05"))).await.unwrap();
        let file = world.desk.file(&who, again).await.unwrap().trajectory;
        assert_eq!(file.previous, Some(id), "a correction keeps the link to the trajectory before");
    }
}

#[tokio::test]
async fn who_was_refused_is_not_screened_again_beside_a_re_entry() {
    for world in worlds() {
        let (id, person) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let who = someone(&world, Role::Coordinator, "groningen");
        let mut refused = admission(&world, day("2022-05-03"));
        let method = world.desk.programme().method_on(&"groningen".parse().unwrap(), day("2022-05-03")).unwrap();
        refused.codes.status = Some(Status::Refused);
        if let Body::Screened(body) = &mut refused.body {
            body.ground = method.refusal_grounds.first().cloned();
            body.remedy = "objection".parse().ok();
        }
        world.desk.execute(&who, on(id, None, refused)).await.unwrap();
        let body = Registered { circumstances: "kwam terug".into(), informed_in: None };
        let target = Target::New { site: "groningen".parse().unwrap(), known: Some(person), identity: None };
        let drafts = vec![Draft::new(body, day("2022-06-20"))];
        world.desk.execute(&who, Order { command: command(), expected: None, target, drafts }).await.unwrap();
        let answer = world.desk.execute(&who, on(id, None, admission(&world, day("2022-06-21")))).await;
        assert_eq!(key(answer), "later-trajectory");
    }
}

fn numbered(name: &str, number: &str) -> Draft {
    let mut draft = identity(name, day("2022-06-02"));
    if let Body::IdentityRecorded(body) = &mut draft.body {
        (body.v_number, body.v_number_missing) = (Some(number.to_owned().try_into().unwrap()), None);
    }
    draft
}

#[tokio::test]
async fn a_v_number_is_one_person_also_when_it_is_learnt_later() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let (_, one) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let (_, other) = register(&world, "Bea Gordijnrail", "2022-06-01").await;
        world.desk.execute(&who, about(one, numbered("Zebedeus Kastdeur", "2815550142"))).await.unwrap();
        let answer = world.desk.execute(&who, about(other, numbered("Bea Gordijnrail", "2815550142"))).await;
        assert_eq!(key(answer), "v-number-known-here");
        // one's own number is no obstacle
        world.desk.execute(&who, about(one, numbered("Zebedeus K. Kastdeur", "2815550142"))).await.unwrap();
    }
}

#[tokio::test]
async fn two_people_are_linked_from_both_sides_and_let_go_from_both() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let (_, parent) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let (_, child) = register(&world, "Bea Kastdeur", "2022-06-01").await;
        let link = Draft::new(PersonLinked { other: child, relation: Relation::Child }, day("2022-06-02"));
        world.desk.execute(&who, about(parent, link.clone())).await.unwrap();
        let page = world.desk.person(&who, child).await.unwrap();
        assert_eq!((page.linked[0].0.other, page.linked[0].0.relation), (parent, Relation::Parent));
        assert_eq!(key(world.desk.execute(&who, about(parent, link)).await), "already-linked");
        let unlink = Draft::new(PersonUnlinked { other: parent }, day("2022-06-03"));
        world.desk.execute(&who, about(child, unlink.clone())).await.unwrap();
        assert!(world.desk.person(&who, parent).await.unwrap().linked.is_empty());
        assert_eq!(key(world.desk.execute(&who, about(child, unlink)).await), "not-linked");
    }
}

#[tokio::test]
async fn two_actions_are_closed_at_once_but_one_only_once() {
    for world in worlds() {
        let (id, _) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let who = someone(&world, Role::Coordinator, "groningen");
        world.desk.execute(&who, on(id, None, admission(&world, day("2022-05-03")))).await.unwrap();
        let mut actions = Vec::new();
        for text in ["bellen", "schrijven"] {
            let body = ActionAdded { text: text.into(), owner: who.org.clone(), worker: None };
            let codes = Codes { until: Some(day("2022-08-01")), ..Codes::default() };
            world.desk.execute(&who, on(id, None, Draft::new(body, day("2022-06-01")).codes(codes))).await.unwrap();
            actions.push(last(&world, id, Kind::ActionAdded).await);
        }
        let seen = world.desk.file(&who, id).await.unwrap().trajectory.version;
        let closed = |fact| {
            let body = ActionClosed { result: first(List::Results), note: String::new() };
            Draft::new(body, day("2022-06-20")).codes(Codes { about: Some(fact), ..Codes::default() })
        };
        world.desk.execute(&who, on(id, Some(seen), closed(actions[0]))).await.unwrap();
        let same = world.desk.execute(&who, on(id, Some(seen), closed(actions[0]))).await;
        assert!(matches!(same, Err(Failure::Conflict { .. })), "{same:?}");
        world.desk.execute(&who, on(id, Some(seen), closed(actions[1]))).await.unwrap();
        // whoever records the end has seen what was recorded last
        let gone = world.desk.execute(&who, on(id, Some(1), left("2022-06-30"))).await;
        assert!(matches!(gone, Err(Failure::Conflict { .. })), "{gone:?}");
    }
}

#[tokio::test]
async fn a_refused_registration_leaves_no_key() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let mut order = registration("Zebedeus Kastdeur", day("2022-06-01"));
        if let Body::Registered(body) = &mut order.drafts[0].body {
            body.circumstances = " ".into();
        }
        assert_eq!(key(world.desk.execute(&who, order).await), "text-missing");
        let desk = world.desk.clone();
        let orphans = tokio::task::spawn_blocking(move || desk.sweep_keys().unwrap()).await.unwrap();
        assert_eq!(orphans, 0);
    }
}

#[tokio::test]
async fn a_link_is_corrected_and_withdrawn_on_both_sides() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let (_, one) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let (_, other) = register(&world, "Bea Kastdeur", "2022-06-01").await;
        let (_, third) = register(&world, "Cor Gordijnrail", "2022-06-01").await;
        let link = |other, relation| Draft::new(PersonLinked { other, relation }, day("2022-06-02"));
        world.desk.execute(&who, about(one, link(other, Relation::Child))).await.unwrap();
        let fact = world.desk.person(&who, one).await.unwrap().linked[0].0.fact;
        let wrong = link(third, Relation::Child).correcting(fact, "andere persoon");
        assert_eq!(key(world.desk.execute(&who, about(one, wrong)).await), "link-other-person");
        let right = link(other, Relation::Parent).correcting(fact, "omgekeerd");
        world.desk.execute(&who, about(one, right)).await.unwrap();
        let theirs = world.desk.person(&who, other).await.unwrap();
        assert_eq!((theirs.linked.len(), theirs.linked[0].0.relation), (1, Relation::Child));
        let own = world.desk.person(&who, one).await.unwrap().linked[0].0.clone();
        assert_eq!(own.relation, Relation::Parent);
        // the correction is withdrawn, and then the link itself, each time on both sides
        for left in [1, 0] {
            let fact = world.desk.person(&who, one).await.unwrap().linked[0].0.fact;
            let gone = Draft::new(Body::from(Withdrawn {}), day("2022-07-01")).correcting(fact, "klopte niet");
            world.desk.execute(&who, about(one, gone)).await.unwrap();
            for person in [one, other] {
                assert_eq!(world.desk.person(&who, person).await.unwrap().linked.len(), left);
            }
        }
    }
}

#[tokio::test]
async fn a_member_of_a_household_is_registered_and_linked_in_one_command() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let (id, parent) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let mut order = registration("Bea Kastdeur", day("2022-06-02"));
        let link = PersonLinked { other: parent, relation: Relation::Parent };
        order.drafts.push(Draft::new(link, day("2022-06-02")));
        let done = world.desk.execute(&who, order.clone()).await.unwrap();
        assert!(world.desk.execute(&who, order).await.unwrap().repeated);
        let page = world.desk.person(&who, done.participant).await.unwrap();
        assert_eq!((page.linked[0].0.other, page.linked[0].0.relation), (parent, Relation::Parent));
        let file = world.desk.file(&who, id).await.unwrap();
        assert_eq!(file.household[0].1, "Bea Kastdeur", "and stands on the file");
        assert_eq!(file.household[0].0.relation, Relation::Child);
        // someone of another site cannot be linked to by guessing
        let elsewhere = someone(&world, Role::Coordinator, "utrecht");
        let mut order = registration("Dirk Kastdeur", day("2022-06-02"));
        if let Target::New { site, .. } = &mut order.target {
            *site = "utrecht".parse().unwrap();
        }
        order.drafts.push(Draft::new(PersonLinked { other: parent, relation: Relation::Parent }, day("2022-06-02")));
        assert!(matches!(world.desk.execute(&elsewhere, order).await, Err(Failure::Hidden)));
    }
}

/// Refused on 3 June 2022, with an objection of 5 June.
async fn refused_and_objected(world: &World) -> (TrajectoryId, ParticipantId, FactId) {
    let (id, person) = register(world, "Zebedeus Kastdeur", "2022-06-01").await;
    let who = someone(world, Role::Coordinator, "groningen");
    let method = world.desk.programme().method_on(&"groningen".parse().unwrap(), day("2022-06-03")).unwrap();
    let mut refused = admission(world, day("2022-06-03"));
    refused.codes.status = Some(Status::Refused);
    if let Body::Screened(body) = &mut refused.body {
        body.ground = method.refusal_grounds.first().cloned();
        body.remedy = "objection".parse().ok();
    }
    world.desk.execute(&who, on(id, None, refused)).await.unwrap();
    let against = Codes { about: Some(last(world, id, Kind::Screened).await), ..Codes::default() };
    let made = ObjectionMade { by: AskedBy::Participant, grounds: "niet eens".into() };
    world.desk.execute(&who, on(id, None, Draft::new(made, day("2022-06-05")).codes(against))).await.unwrap();
    let made = last(world, id, Kind::ObjectionMade).await;
    (id, person, made)
}

fn upheld(made: FactId) -> Draft {
    let body = ObjectionDecided { outcome: ObjectionOutcome::Upheld, reason: "verkeerd toegepast".into() };
    Draft::new(body, day("2022-06-25")).codes(Codes { about: Some(made), ..Codes::default() })
}

#[tokio::test]
async fn an_objection_upheld_against_a_refusal_opens_the_screening_again_unless_they_came_back_meanwhile() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let (id, _, made) = refused_and_objected(&world).await;
        world.desk.execute(&who, on(id, None, upheld(made))).await.unwrap();
        let file = world.desk.file(&who, id).await.unwrap();
        assert_eq!((file.trajectory.status(), file.trajectory.ended()), (Status::Registered, None));
        world.desk.execute(&who, on(id, None, admission(&world, day("2022-06-26")))).await.unwrap();
    }
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let (id, person, made) = refused_and_objected(&world).await;
        let body = Registered { circumstances: "kwam terug".into(), informed_in: None };
        let target = Target::New { site: "groningen".parse().unwrap(), known: Some(person), identity: None };
        let drafts = vec![Draft::new(body, day("2022-06-20"))];
        world.desk.execute(&who, Order { command: command(), expected: None, target, drafts }).await.unwrap();
        world.desk.execute(&who, on(id, None, upheld(made))).await.unwrap();
        let file = world.desk.file(&who, id).await.unwrap();
        assert!(file.trajectory.ended().is_some(), "one trajectory at a time, {}", world.test.database);
        assert!(file.trajectory.screenings[0].annulled.is_some(), "and the refusal is annulled all the same");
    }
}

#[tokio::test]
async fn a_bed_by_order_after_a_refusal_ends_with_its_hold_also_beside_a_new_trajectory() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let (id, person, _) = refused_and_objected(&world).await;
        let bed = || {
            let (kind, funder) = (first(List::ShelterKinds), first(List::Funders));
            Draft::new(ShelterStarted { kind, location: "Proefhuis".into(), funder }, day("2022-06-10"))
        };
        assert_eq!(key(world.desk.execute(&who, on(id, None, bed())).await), "ended-needs-hold");
        let hold = HoldSet { ground: first(List::HoldGrounds), note: "zaak TEST 22/1".into() };
        let hold = Draft::new(hold, day("2022-06-10"));
        let hold = hold.codes(Codes { until: Some(day("2022-06-24")), ..Codes::default() });
        world.desk.execute(&who, on(id, None, hold)).await.unwrap();
        world.desk.execute(&who, on(id, None, bed())).await.unwrap();
        let body = Registered { circumstances: "kwam terug".into(), informed_in: None };
        let target = Target::New { site: "groningen".parse().unwrap(), known: Some(person), identity: None };
        let drafts = vec![Draft::new(body, day("2022-06-20"))];
        world.desk.execute(&who, Order { command: command(), expected: None, target, drafts }).await.unwrap();
        let t = world.desk.file(&who, id).await.unwrap().trajectory;
        assert_eq!((t.stays[0].to, t.status()), (Some(day("2022-06-25")), Status::Refused), "{}", world.test.database);
    }
}
