//! A case from body to body: the MRT and its fresh eyes, the stuurgroep and back; what is proposed, a series, a partner gone.

use access::Principal;
use desk::{
    Account,
    conference::{Deal, Placing, Plan},
};
use domain::{
    absence::Absence,
    agenda::End,
    codes::{Answered, Board, OrgKind, Role, Status, Why},
    dossier::DossierRequested,
    escalation::{Advised, Escalated},
    fact::{Body, Codes},
    ids::{SittingId, TrajectoryId},
    intake::IntakeHeld,
    programme::List,
    sitting::{Act, Seat},
    trajectory::Draft,
};

use crate::{
    conference::{Partners, act, colleague, decision, held, partners, placing, planned, ready_case, refused, seats},
    world::{World, admission, command, day, first, language, on, register, someone, taken_by, worlds},
};

/// Sends a case on from a sitting with one question.
fn sent_on(who: &Partners, from: Board, to: Board, until: &str) -> Deal {
    let codes = Codes { until: Some(day(until)), partner: Some(who.coordinator.org.clone()), ..Codes::default() };
    let question = "Is er zicht op een reisdocument?".to_owned();
    Deal::Escalated(Escalated { sitting: None, from, to, question, positions: vec![] }, codes)
}

/// A sitting of a body that is held on a day, with one case on its agenda and these there.
async fn held_by(
    world: &World,
    who: &Partners,
    (board, on): (Board, &str),
    there: &[&Principal],
    (case, why): (TrajectoryId, Why),
) -> SittingId {
    let id = planned(world, who, board, on, there).await;
    let proposals = world.desk.proposals(&who.coordinator, id).await.unwrap();
    assert_eq!(proposals.iter().map(|one| one.why).collect::<Vec<_>>(), [why], "{board} on {}", world.test.database);
    world.desk.place(&who.coordinator, command(), id, vec![Placing { why, ..placing(case) }]).await.unwrap();
    world.clock.move_to(&format!("{on}T08:00:00Z"));
    act(world, &who.coordinator, id, Act::Opened {}).await.unwrap();
    act(world, &who.coordinator, id, seats(there)).await.unwrap();
    id
}

fn advice(from: Board, answer: Answered) -> Deal {
    Deal::Advised(Advised { sitting: None, from, answer, text: "eerst identiteit".into() })
}

#[tokio::test]
async fn two_partners_disagree_and_it_travels_to_the_stuurgroep_and_back() {
    for world in worlds() {
        let who = partners(&world);
        let fresh = [
            (Role::IndOfficer, "ind", "ind-fris"),
            (Role::IndOfficer, "ind", "ind-nieuw"),
            (Role::CaseDirector, "dtv", "dtv-fris"),
        ];
        let [one, two, dtv] = fresh.map(|(role, org, name)| colleague(&world, role, org, name));
        let (id, case) = held(&world, &who, &who.all()).await;
        let deal = |id, deal| world.desk.deal(&who.coordinator, command(), (id, case), None, deal);
        deal(id, sent_on(&who, Board::Lso, Board::Mrt, "2022-08-23")).await.unwrap();
        // it waits at the MRT, with an owner and a day, in the lists of who has to act
        let today = world.desk.worklist(&who.coordinator, views::worklist::Filter::default()).await.unwrap();
        let row = &today.items[0].row;
        assert_eq!(row.next_rule, Some(domain::term::Rule::Escalation));
        let waits = (row.next_due, row.next_waiting_on.as_deref());
        assert_eq!(waits, (Some(day("2022-08-23")), Some("municipality-groningen")));
        // people with fresh eyes advise, and it comes back to the partners
        let mrt = (Board::Mrt, "2022-07-19");
        let there = [&who.coordinator, &who.guide, &one, &two, &dtv];
        let mrt = held_by(&world, &who, mrt, &there, (case, Why::Sent)).await;
        deal(mrt, advice(Board::Mrt, Answered::Advice)).await.unwrap();
        let file = world.desk.file(&who.coordinator, case).await.unwrap();
        assert!(file.trajectory.advice().is_some() && file.trajectory.escalation().is_none());
        // they still do not agree: the steering group
        let lso = held_by(&world, &who, (Board::Lso, "2022-07-26"), &who.all(), (case, Why::Advised)).await;
        deal(lso, sent_on(&who, Board::Lso, Board::SteeringGroup, "2022-10-25")).await.unwrap();
        let there = [&who.coordinator, &who.ind, &who.dtv, &who.police];
        let group = held_by(&world, &who, (Board::SteeringGroup, "2022-08-02"), &there, (case, Why::Sent)).await;
        deal(group, advice(Board::SteeringGroup, Answered::Decision)).await.unwrap();
        // and back: what follows from it the partners decide
        let lso = held_by(&world, &who, (Board::Lso, "2022-08-09"), &who.all(), (case, Why::Advised)).await;
        deal(lso, decision(&world)).await.unwrap();
        let file = world.desk.file(&who.coordinator, case).await.unwrap();
        let ends: Vec<End> = file.trajectory.tablings.iter().filter_map(|one| Some(one.end?.how)).collect();
        let way = [End::Escalated, End::Advised, End::Escalated, End::Advised, End::Decided];
        assert_eq!(ends, way, "{}", world.test.database);
        assert!(file.trajectory.advice().is_none(), "nothing is waited for any more");
    }
}

#[tokio::test]
async fn a_case_travels_to_the_administrative_consultation_and_back_each_step_with_clock_and_owner() {
    for world in worlds() {
        let who = partners(&world);
        let fresh = [
            (Role::IndOfficer, "ind", "ind-fris"),
            (Role::IndOfficer, "ind", "ind-nieuw"),
            (Role::CaseDirector, "dtv", "dtv-fris"),
        ];
        let [one, two, dtv] = fresh.map(|(role, org, name)| colleague(&world, role, org, name));
        let (id, case) = held(&world, &who, &who.all()).await;
        let programme = world.desk.programme().clone();
        let deal = |id, deal| world.desk.deal(&who.coordinator, command(), (id, case), None, deal);
        // what a step sends on, with the owner and the last day that the programme gives it
        let sent = |from: Board, to: Board, on: &str| {
            let (owner, due) = programme.step_to(to, &"groningen".parse().unwrap(), day(on));
            assert_eq!(owner, Some(who.coordinator.org.clone()), "{to} has an owner");
            let codes = Codes { until: due, partner: owner, ..Codes::default() };
            let question = "Is er zicht op een reisdocument?".to_owned();
            Deal::Escalated(Escalated { sitting: None, from, to, question, positions: vec![] }, codes)
        };
        let waits = async || {
            let rows = world.desk.worklist(&who.coordinator, views::worklist::Filter::default()).await.unwrap();
            let row = &rows.items[0].row;
            (row.next_rule, row.next_due, row.next_waiting_on.clone())
        };
        let clock = |on: &str| {
            let rule = Some(domain::term::Rule::Escalation);
            (rule, Some(day(on)), Some("municipality-groningen".to_owned()))
        };
        deal(id, sent(Board::Lso, Board::Mrt, "2022-07-12")).await.unwrap();
        assert_eq!(waits().await, clock("2022-08-23"), "six weeks");
        let there = [&who.coordinator, &who.guide, &one, &two, &dtv];
        let mrt = held_by(&world, &who, (Board::Mrt, "2022-07-19"), &there, (case, Why::Sent)).await;
        deal(mrt, advice(Board::Mrt, Answered::Advice)).await.unwrap();
        let lso = held_by(&world, &who, (Board::Lso, "2022-07-26"), &who.all(), (case, Why::Advised)).await;
        deal(lso, sent(Board::Lso, Board::SteeringGroup, "2022-07-26")).await.unwrap();
        assert_eq!(waits().await, clock("2022-10-25"), "a quarter of a year");
        let there = [&who.coordinator, &who.ind, &who.dtv, &who.police];
        let group = held_by(&world, &who, (Board::SteeringGroup, "2022-08-02"), &there, (case, Why::Sent)).await;
        deal(group, sent(Board::SteeringGroup, Board::ProgrammeCouncil, "2022-08-02")).await.unwrap();
        assert_eq!(waits().await, clock("2022-11-01"), "a quarter of a year");
        // the ministry sits there as a guest: the room sees no case while it does, and without it nothing is answered
        let mut bodies = [(Board::ProgrammeCouncil, "2022-09-06"), (Board::Administrative, "2022-10-04")].into_iter();
        let mut at = async || {
            let (board, on) = bodies.next().unwrap();
            let alone = [&who.coordinator];
            let id = held_by(&world, &who, (board, on), &alone, (case, Why::Sent)).await;
            let early = deal(id, advice(board, Answered::Decision)).await;
            assert_eq!(refused(early.unwrap_err()), "quorum-lost", "{board}: the ministry is not there");
            let ministry = programme.organisations.iter().find(|org| org.kind == OrgKind::Ministry).unwrap();
            let guest = Seat { org: ministry.id.clone(), name: "Proef Ministerie".into(), user: None, mandate: true };
            let own = Seat { user: Some(who.coordinator.user), org: who.coordinator.org.clone(), ..guest.clone() };
            act(&world, &who.coordinator, id, Act::Attended { seats: vec![own, guest] }).await.unwrap();
            let (_, screen) = world.desk.screen(&who.coordinator, id).await.unwrap();
            assert!(!format!("{screen:?}").contains("Kastdeur"), "{board}: the ministry knows no person");
            id
        };
        let council = at().await;
        deal(council, sent(Board::ProgrammeCouncil, Board::Administrative, "2022-09-06")).await.unwrap();
        assert_eq!(waits().await, clock("2023-03-07"), "half a year");
        let administrative = at().await;
        deal(administrative, advice(Board::Administrative, Answered::Decision)).await.unwrap();
        let minutes = world.desk.minutes(&who.coordinator, administrative).await.unwrap();
        assert_eq!(minutes.cases[0].facts.len(), 1, "and it stands in minutes as at any other body");
        // and back: what follows from it the partners decide
        let lso = held_by(&world, &who, (Board::Lso, "2022-10-11"), &who.all(), (case, Why::Advised)).await;
        deal(lso, decision(&world)).await.unwrap();
        let file = world.desk.file(&who.coordinator, case).await.unwrap();
        let ends: Vec<&str> = file.trajectory.tablings.iter().filter_map(|one| Some(one.end?.how.code())).collect();
        let way = ["escalated", "advised", "escalated", "escalated", "escalated", "advised", "decided"];
        assert_eq!(ends, way, "{}", world.test.database);
        assert!(file.trajectory.advice().is_none() && file.trajectory.escalation().is_none());
    }
}

#[tokio::test]
async fn who_was_involved_before_does_not_count_at_the_mrt() {
    for world in worlds() {
        let who = partners(&world);
        let (id, case) = held(&world, &who, &who.all()).await;
        let sent = sent_on(&who, Board::Lso, Board::Mrt, "2022-08-23");
        world.desk.deal(&who.coordinator, command(), (id, case), None, sent).await.unwrap();
        // both sat at the LSO, and so know the case
        let there = [&who.coordinator, &who.guide, &who.ind, &who.dtv];
        let mrt = held_by(&world, &who, (Board::Mrt, "2022-07-19"), &there, (case, Why::Sent)).await;
        let (_, agenda) = world.desk.agenda(&who.coordinator, mrt).await.unwrap();
        assert_eq!(agenda[0].ready.not_fresh, ["Proef ind", "Proef dtv"], "it is told before the day");
        let lost =
            world.desk.deal(&who.coordinator, command(), (mrt, case), None, advice(Board::Mrt, Answered::Advice));
        assert_eq!(refused(lost.await.unwrap_err()), "quorum-lost", "{}", world.test.database);
        let state = world.desk.sitting(&who.coordinator, mrt).await.unwrap();
        let of_case = world.desk.quorum(&state, Some(case)).await.unwrap();
        assert_eq!((of_case.not_fresh.len(), of_case.present.len()), (2, 2));
        assert!(world.desk.quorum(&state, None).await.unwrap().not_fresh.is_empty(), "in this case alone");
        // colleagues of both come as guests
        let seat = |org: &str, user| Seat { org: org.parse().unwrap(), name: "Gast".into(), user, mandate: true };
        let mut there = vec![seat("ind", None), seat("ind", None)];
        for one in [&who.coordinator, &who.guide] {
            there.push(seat(one.org.as_str(), Some(one.user)));
        }
        there.push(seat("dtv", None));
        act(&world, &who.coordinator, mrt, Act::Attended { seats: there }).await.unwrap();
        let answer = advice(Board::Mrt, Answered::Advice);
        world.desk.deal(&who.coordinator, command(), (mrt, case), None, answer).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_on_an_agenda_waits_for_a_partner_that_has_gone() {
    for test in journal::testing::stores(&desk::migrations()) {
        let mut programme = crate::world::programme();
        // from 5 July on the municipality and the guide go on by themselves
        let gone =
            ["ind", "dtv", "avim"].map(|org| Absence { org: org.parse().unwrap(), from: day("2022-07-05"), to: None });
        for method in programme.methods.iter_mut().filter(|method| method.site.as_str() == "groningen") {
            method.absent.extend(gone.clone());
        }
        let world = crate::world::world_of(test, programme);
        let who = partners(&world);
        let (case, _) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let intake =
            IntakeHeld { languages: vec![language("fa")], interpreter: None, needs: vec![], summary: "kort".into() };
        let request = |org: &str| {
            let body = DossierRequested { items: vec![first(List::DossierItems)], note: String::new() };
            Draft::new(body, day("2022-05-11")).codes(Codes { partner: org.parse().ok(), ..Codes::default() })
        };
        let steps = [admission(&world, day("2022-05-03")), taken_by(&who.guide, "2022-05-04")].into_iter();
        let steps = steps.chain([Draft::new(intake, day("2022-05-10")), request("ind"), request("dtv")]);
        for step in steps {
            world.desk.execute(&who.coordinator, on(case, None, step)).await.unwrap();
        }
        let ready = async |on: &str| {
            let id = planned(&world, &who, Board::Lso, on, &[&who.coordinator, &who.guide]).await;
            world.desk.place(&who.coordinator, command(), id, vec![placing(case)]).await.unwrap();
            let ready = world.desk.agenda(&who.coordinator, id).await.unwrap().1.remove(0).ready;
            (id, ready)
        };
        let (before, waits) = ready("2022-07-04").await;
        assert_eq!(waits.refusal.as_ref().unwrap().problem.key, "dossier-not-complete", "{}", world.test.database);
        assert_eq!(waits.waiting.len(), 2, "both deliveries are waited for: {:?}", waits.waiting);
        world.desk.take_off(&who.coordinator, command(), before, case, "nog niet".into()).await.unwrap();
        let (id, alone) = ready("2022-07-12").await;
        assert!(alone.is_ready() && alone.waiting.is_empty(), "{:?} {:?}", alone.refusal, alone.waiting);
        // and two kinds are enough where two are left
        world.clock.move_to("2022-07-12T08:00:00Z");
        act(&world, &who.coordinator, id, Act::Opened {}).await.unwrap();
        act(&world, &who.coordinator, id, seats(&[&who.coordinator, &who.guide])).await.unwrap();
        let mut alone = decision(&world);
        if let Deal::Decided(body, _) = &mut alone {
            body.commitments.retain(|one| [&who.coordinator.org, &who.guide.org].contains(&&one.org));
        }
        world.desk.deal(&who.coordinator, command(), (id, case), None, alone).await.unwrap();
    }
}

#[tokio::test]
async fn a_review_that_comes_up_and_a_long_stay_without_a_decision_are_proposed() {
    for world in worlds() {
        let who = partners(&world);
        let case = ready_case(&world, &who, "Zebedeus Kastdeur").await;
        let id = planned(&world, &who, Board::Lso, "2022-07-05", &who.all()).await;
        world.desk.place(&who.coordinator, command(), id, vec![placing(case)]).await.unwrap();
        world.clock.move_to("2022-07-05T08:00:00Z");
        act(&world, &who.coordinator, id, Act::Opened {}).await.unwrap();
        act(&world, &who.coordinator, id, seats(&who.all())).await.unwrap();
        let mut agreed = decision(&world);
        if let Deal::Decided(_, codes) = &mut agreed {
            codes.until = Some(day("2022-09-20"));
        }
        world.desk.deal(&who.coordinator, command(), (id, case), None, agreed).await.unwrap();
        let proposed = async |on: &str| {
            let id = planned(&world, &who, Board::Lso, on, &who.all()).await;
            let all = world.desk.proposals(&who.coordinator, id).await.unwrap();
            all.into_iter().map(|one| (one.item.row.trajectory, one.why)).collect::<Vec<_>>()
        };
        assert_eq!(proposed("2022-08-16").await, [], "not yet");
        assert_eq!(proposed("2022-09-06").await, [(case, Why::Review)], "three weeks before it is due");
        // in Amsterdam, where the partners admit: sheltered without status, and too long
        let amsterdam = someone(&world, Role::Coordinator, "amsterdam");
        let mut order = crate::world::registration("Lucinda Lampenkap", day("2022-05-02"));
        if let desk::Target::New { site, .. } = &mut order.target {
            *site = "amsterdam".parse().unwrap();
        }
        let waits = world.desk.execute(&amsterdam, order).await.unwrap().trajectory.unwrap();
        let method = world.desk.programme().method_on(&"amsterdam".parse().unwrap(), day("2022-05-03")).unwrap();
        let agreed = i64::from(method.undecided_days.expect("Amsterdam agreed a term"));
        let mut sheltered = admission(&world, day("2022-05-03"));
        sheltered.codes.status = Some(Status::ShelteredWithoutStatus);
        if let Body::Screened(body) = &mut sheltered.body {
            (body.ground, body.mandate) = (method.grounds.first().cloned(), body.mandate.clone());
        }
        world.desk.execute(&amsterdam, on(waits, None, sheltered)).await.unwrap();
        let account = Account {
            user: amsterdam.user,
            login: "amsterdam.proef".into(),
            name: "Proef Amsterdam".into(),
            role: amsterdam.role,
            org: amsterdam.org.clone(),
            sites: amsterdam.sites.clone(),
        };
        world.desk.add_accounts(vec![(account, "geen".into())]).unwrap();
        let late = day("2022-05-03").saturating_add(jiff::Span::new().days(agreed + 1)).max(day("2022-07-12"));
        let plan = Plan {
            board: Board::Lso,
            site: "amsterdam".parse().unwrap(),
            on: late,
            at: jiff::civil::time(9, 30, 0, 0),
            minutes: 120,
            place: "stadhuis".into(),
            invited: vec![amsterdam.user],
        };
        let id = world.desk.plan_sitting(&amsterdam, command(), plan).await.unwrap();
        let all = world.desk.proposals(&amsterdam, id).await.unwrap();
        let all: Vec<_> = all.into_iter().map(|one| (one.item.row.trajectory, one.why)).collect();
        assert_eq!(all, [(waits, Why::Undecided)], "{}", world.test.database);
    }
}

#[tokio::test]
async fn a_series_is_planned_whole_or_not_at_all() {
    for world in worlds() {
        let who = partners(&world);
        let plan = |board: Board, on: &str| Plan {
            board,
            site: "groningen".parse().unwrap(),
            on: day(on),
            at: jiff::civil::time(9, 30, 0, 0),
            minutes: 120,
            place: "stadhuis".into(),
            invited: vec![who.coordinator.user],
        };
        let once = command();
        let ids = world.desk.plan_series(&who.coordinator, once, plan(Board::Lso, "2022-07-12"), 4).await.unwrap();
        assert_eq!(
            world.desk.plan_series(&who.coordinator, once, plan(Board::Lso, "2022-07-12"), 4).await.unwrap(),
            ids
        );
        let now = world.desk.sittings_now(&who.coordinator, day("2030-01-01")).await.unwrap();
        assert_eq!(now, world.desk.sittings(&who.coordinator).await.unwrap(), "all are to come");
        let soon = world.desk.sittings_now(&who.coordinator, day("2022-07-12")).await.unwrap();
        assert_eq!(soon.iter().map(|item| item.row.on).collect::<Vec<_>>(), [day("2022-07-12")], "as far as is asked");
        assert!(
            world.desk.sittings_now(&who.guide, day("2030-01-01")).await.unwrap().is_empty(),
            "who is not invited sees none"
        );
        let mut days: Vec<String> =
            world.desk.sittings(&who.coordinator).await.unwrap().iter().map(|item| item.row.on.to_string()).collect();
        days.reverse();
        assert_eq!(days, ["2022-07-12", "2022-07-26", "2022-08-09", "2022-08-23"], "{}", world.test.database);
        for (board, on, times, why) in [
            (Board::Lso, "2022-07-12", 0, "series-times"),
            (Board::Lso, "2022-07-12", 53, "series-times"),
            (Board::Lso, "2022-06-30", 3, "sitting-in-past"),
            (Board::Mrt, "2022-07-12", 2, "series-without-rhythm"),
        ] {
            let bad = world.desk.plan_series(&who.coordinator, command(), plan(board, on), times).await;
            assert_eq!(refused(bad.unwrap_err()), why);
        }
        assert_eq!(world.desk.sittings(&who.coordinator).await.unwrap().len(), 4, "nothing half done");
    }
}
