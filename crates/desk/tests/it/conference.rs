//! A conference from plan to fixed minutes: what members see, quorum, two agendas, other bodies and back.

use access::Principal;
use desk::{
    Account, Activity, Failure,
    conference::{Deal, Placing, Plan},
};
use domain::{
    absence::Absence,
    agenda::End,
    codes::{Answered, Board, Category, Discussed, Role, Status, Why},
    conference::{Commitment, Decided},
    dossier::{DossierCompleted, DossierDelivered, DossierRequested},
    escalation::{Advised, Escalated},
    fact::{Body, Codes},
    ids::{OrgId, SittingId, TrajectoryId},
    intake::IntakeHeld,
    obstacle::ObstacleNoted,
    programme::List,
    shelter::ShelterStarted,
    sitting::{Act, Seat, Stage},
    trajectory::Draft,
};

use crate::world::{World, admission, command, day, first, language, on, register, someone, taken_by, worlds};

const SECRET: &str = "DIAGNOSE-VERZONNEN";

/// The five partners of Groningen, with an account each.
pub(crate) struct Partners {
    pub(crate) coordinator: Principal,
    pub(crate) guide: Principal,
    pub(crate) ind: Principal,
    pub(crate) dtv: Principal,
    pub(crate) police: Principal,
}

impl Partners {
    pub(crate) fn all(&self) -> [&Principal; 5] {
        [&self.coordinator, &self.guide, &self.ind, &self.dtv, &self.police]
    }
}

/// Someone of an organisation with an account.
fn colleague(world: &World, role: Role, org: &str, name: &str) -> Principal {
    let mut who = someone(world, Role::Coordinator, "groningen");
    who.role = role;
    who.org = org.parse().unwrap();
    who.org_kind = world.desk.programme().org(&who.org).unwrap().kind;
    who.name = format!("Proef {name}");
    who.purpose = access::working_purpose(who.asker(), who.settings);
    let account = Account {
        user: who.user,
        login: format!("{name}.proef"),
        name: who.name.clone(),
        role,
        org: who.org.clone(),
        sites: who.sites.clone(),
    };
    world.desk.add_accounts(vec![(account, "geen".into())]).unwrap();
    who
}

pub(crate) fn partners(world: &World) -> Partners {
    let one = |role, org: &str| colleague(world, role, org, org);
    Partners {
        coordinator: one(Role::Coordinator, "municipality-groningen"),
        guide: one(Role::Guide, "inlia"),
        ind: one(Role::IndOfficer, "ind"),
        dtv: one(Role::CaseDirector, "dtv"),
        police: one(Role::PoliceOfficer, "avim"),
    }
}

/// A case ready for its first decision: the rest period ended on 19 June 2022.
pub(crate) async fn ready_case(world: &World, who: &Partners, name: &str) -> TrajectoryId {
    let (id, _) = register(world, name, "2022-05-02").await;
    let of = |org: &str, body: Body, on: &str| {
        Draft::new(body, day(on)).codes(Codes { partner: org.parse().ok(), ..Codes::default() })
    };
    let intake = IntakeHeld {
        languages: vec![language("fa")],
        interpreter: None,
        needs: vec![],
        summary: "in vertrouwen".into(),
    };
    let mut steps = vec![admission(world, day("2022-05-03")), taken_by(&who.guide, "2022-05-04")];
    steps.push(Draft::new(intake, day("2022-05-10")));
    for org in ["ind", "dtv"] {
        let items = vec![first(List::DossierItems)];
        steps.push(of(org, DossierRequested { items: items.clone(), note: String::new() }.into(), "2022-05-11"));
        steps.push(of(org, DossierDelivered { items, note: "stukken".into() }.into(), "2022-06-01"));
        steps.push(of(org, DossierCompleted { note: "alles is er".into() }.into(), "2022-06-05"));
    }
    for step in steps {
        world.desk.execute(&who.coordinator, on(id, None, step)).await.unwrap();
    }
    let obstacle = Some(first(List::Obstacles));
    let note = Draft::new(ObstacleNoted { note: SECRET.into() }, day("2022-05-12"));
    let note = note.codes(Codes { obstacle, ..Codes::default() });
    world.desk.execute(&who.guide, on(id, None, note)).await.unwrap();
    id
}

async fn planned(world: &World, who: &Partners, board: Board, on: &str, invited: &[&Principal]) -> SittingId {
    let plan = Plan {
        board,
        site: "groningen".parse().unwrap(),
        on: day(on),
        at: jiff::civil::time(9, 30, 0, 0),
        minutes: 120,
        place: "stadhuis".into(),
        invited: invited.iter().map(|who| who.user).collect(),
    };
    world.desk.plan_sitting(&who.coordinator, command(), plan).await.unwrap()
}

fn placing(case: TrajectoryId) -> Placing {
    Placing { case, why: Why::FirstDecision, question: "welk scenario?".into(), also: false }
}

pub(crate) async fn act(world: &World, who: &Principal, id: SittingId, act: Act) -> Result<(), Failure> {
    world.desk.act_on_sitting(who, command(), id, None, act).await.map(drop)
}

pub(crate) fn seats(there: &[&Principal]) -> Act {
    let seat =
        |who: &&Principal| Seat { org: who.org.clone(), name: String::new(), user: Some(who.user), mandate: true };
    Act::Attended { seats: there.iter().map(seat).collect() }
}

fn decision(world: &World) -> Deal {
    let site = world.desk.programme().site(&"groningen".parse().unwrap()).unwrap().clone();
    let nothing = |org: &OrgId| Commitment { org: org.clone(), text: String::new(), due: None, nothing: true };
    let body = Decided {
        perspective: first(List::Perspectives),
        reason: "samen besloten".into(),
        present: vec![],
        commitments: site.partners.iter().map(nothing).collect(),
        mandate: None,
        sitting: None,
        options: vec![],
        dissent: vec![],
        exception_by: None,
    };
    let codes = Codes { scenario: Some("under-investigation".parse().unwrap()), ..Codes::default() };
    Deal::Decided(Box::new(body), codes)
}

fn refused(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused(refusal) => refusal.problem.key,
        other => panic!("{other}"),
    }
}

/// A sitting on 12 July with one case, being held with these partners there.
pub(crate) async fn held(world: &World, who: &Partners, there: &[&Principal]) -> (SittingId, TrajectoryId) {
    let case = ready_case(world, who, "Zebedeus Kastdeur").await;
    let id = planned(world, who, Board::Lso, "2022-07-12", &who.all()).await;
    world.desk.place(&who.coordinator, command(), id, vec![placing(case)]).await.unwrap();
    world.clock.move_to("2022-07-12T08:00:00Z");
    act(world, &who.coordinator, id, Act::Opened {}).await.unwrap();
    act(world, &who.coordinator, id, seats(there)).await.unwrap();
    (id, case)
}

#[tokio::test]
async fn cases_are_proposed_by_what_they_wait_for() {
    for world in worlds() {
        let who = partners(&world);
        let case = ready_case(&world, &who, "Zebedeus Kastdeur").await;
        register(&world, "Lucinda Lampenkap", "2022-05-02").await;
        let id = planned(&world, &who, Board::Lso, "2022-07-12", &who.all()).await;
        let proposals = world.desk.proposals(&who.coordinator, id).await.unwrap();
        let [one] = &proposals[..] else { panic!("one case is ready, not {}", proposals.len()) };
        assert_eq!((one.item.row.trajectory, one.why), (case, Why::FirstDecision), "{}", world.test.database);
        assert!(one.ready.is_ready() && one.since == day("2022-06-20"));
        assert!(matches!(world.desk.proposals(&who.ind, id).await, Err(Failure::Denied)), "the chair's");
        world.desk.place(&who.coordinator, command(), id, vec![placing(case)]).await.unwrap();
        assert!(world.desk.proposals(&who.coordinator, id).await.unwrap().is_empty(), "it stands there now");
        let (_, agenda) = world.desk.agenda(&who.coordinator, id).await.unwrap();
        assert_eq!((agenda.len(), agenda[0].minutes, agenda[0].outcome), (1, 20, None));
        // tables that are made anew say the same
        let again = world.desk.clone();
        tokio::task::spawn_blocking(move || again.rebuild(|_, _| {})).await.unwrap().unwrap();
        let (_, rebuilt) = world.desk.agenda(&who.coordinator, id).await.unwrap();
        assert_eq!(rebuilt[0].item.row.trajectory, case);
    }
}

#[tokio::test]
async fn a_member_without_right_to_medical_facts_finds_none_in_the_pack() {
    for world in worlds() {
        let who = partners(&world);
        let (id, case) = held(&world, &who, &who.all()).await;
        let text = |found: &dyn std::fmt::Debug| format!("{found:?}");
        for member in who.all() {
            let (_, pack) = world.desk.pack(member, id).await.unwrap();
            let (_, one) = world.desk.pack_case(member, id, case).await.unwrap();
            let minutes = world.desk.minutes(member, id).await.unwrap();
            let all = [text(&pack), text(&one), text(&minutes)].concat();
            // whoever guides the participant knows it, and so would see it if it were not cut out for the others
            let knows = member.role == Role::Guide;
            assert_eq!(all.contains(SECRET), knows, "{} on {}", member.role, world.test.database);
            assert!(all.contains("Kastdeur"), "who is on the agenda is known at the table");
            assert!(!all.contains("in vertrouwen"), "what was said in confidence is not on the table");
        }
        let (_, screen) = world.desk.screen(&who.coordinator, id).await.unwrap();
        assert!(!text(&screen).contains(SECRET));
    }
}

#[tokio::test]
async fn the_screen_shows_what_everyone_in_the_room_may_see() {
    for world in worlds() {
        let who = partners(&world);
        let four = [&who.coordinator, &who.guide, &who.ind, &who.dtv];
        let (id, _) = held(&world, &who, &four).await;
        let sees = |screen: &[desk::conference::CaseAtTable], category| screen[0].file.standing.sees(category);
        let (_, screen) = world.desk.screen(&who.coordinator, id).await.unwrap();
        assert!(sees(&screen, Category::Legal) && sees(&screen, Category::Identity));
        assert!(!sees(&screen, Category::Dossier), "the guide sees no dossier");
        act(&world, &who.coordinator, id, seats(&who.all())).await.unwrap();
        let (_, screen) = world.desk.screen(&who.coordinator, id).await.unwrap();
        assert!(!sees(&screen, Category::Legal) && sees(&screen, Category::Identity), "the police came in");
        assert!(screen[0].withheld.contains(&Category::Legal) && screen[0].file.trajectory.reviews.is_empty());
        assert!(screen[0].file.trajectory.screenings.iter().all(|screening| screening.detail.is_none()));
        // a guest without an account counts by the least that their kind of organisation could see
        let guest = Seat { org: "avim".parse().unwrap(), name: "Gast".into(), user: None, mandate: true };
        act(&world, &who.coordinator, id, Act::Attended { seats: vec![guest] }).await.unwrap();
        let (_, screen) = world.desk.screen(&who.coordinator, id).await.unwrap();
        assert!(!sees(&screen, Category::Legal) && sees(&screen, Category::Identity));
        act(&world, &who.coordinator, id, Act::Attended { seats: vec![] }).await.unwrap();
        let (_, screen) = world.desk.screen(&who.coordinator, id).await.unwrap();
        assert!(screen[0].file.standing.is_hidden(), "nobody is there: nothing is shown");
    }
}

#[tokio::test]
async fn the_police_see_a_case_from_the_invitation_until_the_minutes_are_fixed() {
    for world in worlds() {
        let who = partners(&world);
        let case = ready_case(&world, &who, "Zebedeus Kastdeur").await;
        let without = planned(&world, &who, Board::Lso, "2022-07-05", &[&who.coordinator, &who.guide]).await;
        world.desk.place(&who.coordinator, command(), without, vec![placing(case)]).await.unwrap();
        assert!(matches!(world.desk.pack(&who.police, without).await, Err(Failure::Hidden)), "not invited");
        assert!(world.desk.sittings(&who.police).await.unwrap().is_empty());
        world.desk.take_off(&who.coordinator, command(), without, case, "volgende keer".into()).await.unwrap();
        let id = planned(&world, &who, Board::Lso, "2022-07-12", &who.all()).await;
        world.desk.place(&who.coordinator, command(), id, vec![placing(case)]).await.unwrap();
        assert_eq!(world.desk.pack(&who.police, id).await.unwrap().1.len(), 1);
        assert!(matches!(world.desk.file(&who.police, case).await, Err(Failure::Hidden)), "no file of their own");
        world.clock.move_to("2022-07-12T08:00:00Z");
        act(&world, &who.coordinator, id, Act::Opened {}).await.unwrap();
        act(&world, &who.coordinator, id, seats(&[&who.coordinator, &who.guide, &who.ind, &who.dtv])).await.unwrap();
        world.desk.deal(&who.coordinator, command(), (id, case), None, decision(&world)).await.unwrap();
        act(&world, &who.coordinator, id, Act::Closed {}).await.unwrap();
        assert_eq!(world.desk.minutes(&who.police, id).await.unwrap().cases.len(), 1, "until they are fixed");
        let digest = world.desk.minutes(&who.coordinator, id).await.unwrap().digest;
        for member in [&who.coordinator, &who.guide, &who.ind, &who.dtv] {
            act(&world, member, id, Act::Confirmed { digest: digest.clone() }).await.unwrap();
        }
        act(&world, &who.coordinator, id, Act::Fixed { digest, facts: vec![] }).await.unwrap();
        assert!(world.desk.pack(&who.police, id).await.unwrap().1.is_empty(), "{}", world.test.database);
        assert!(world.desk.minutes(&who.police, id).await.unwrap().cases.is_empty());
        assert_eq!(world.desk.minutes(&who.coordinator, id).await.unwrap().cases.len(), 1, "their own task goes on");
    }
}

#[tokio::test]
async fn the_quorum_is_lost_halfway_and_nothing_is_decided() {
    for world in worlds() {
        let who = partners(&world);
        let (id, case) = held(&world, &who, &[&who.coordinator, &who.guide, &who.ind, &who.dtv]).await;
        let other = ready_case(&world, &who, "Lucinda Lampenkap").await;
        world.desk.place(&who.coordinator, command(), id, vec![placing(other)]).await.unwrap();
        world.desk.deal(&who.coordinator, command(), (id, case), None, decision(&world)).await.unwrap();
        act(&world, &who.coordinator, id, seats(&[&who.coordinator, &who.guide, &who.ind])).await.unwrap();
        let before = world.desk.facts_in_all();
        let lost = world.desk.deal(&who.coordinator, command(), (id, other), None, decision(&world)).await;
        assert_eq!(refused(lost.unwrap_err()), "quorum-lost", "{}", world.test.database);
        assert_eq!(before.unwrap(), world.desk.facts_in_all().unwrap(), "nothing half done");
        // what was decided before stands; this one is postponed, which needs no quorum
        let later = Deal::Discussed { outcome: Discussed::Postponed, reason: "te weinig partners".into(), until: None };
        world.desk.deal(&who.coordinator, command(), (id, other), None, later).await.unwrap();
        let (_, agenda) = world.desk.agenda(&who.coordinator, id).await.unwrap();
        let outcomes: Vec<Option<End>> = agenda.iter().map(|case| case.outcome).collect();
        assert_eq!(outcomes, [Some(End::Decided), Some(End::Postponed)]);
        // recused in the case: does not count in it
        act(&world, &who.coordinator, id, seats(&[&who.coordinator, &who.guide, &who.ind, &who.dtv])).await.unwrap();
        let out = Act::Recused { case, org: "dtv".parse().unwrap(), out: true };
        act(&world, &who.coordinator, id, out).await.unwrap();
        let state = world.desk.sitting(&who.coordinator, id).await.unwrap();
        assert!(!world.desk.quorum(&state, Some(case)).await.unwrap().holds());
        assert!(world.desk.quorum(&state, Some(other)).await.unwrap().holds());
    }
}

#[tokio::test]
async fn the_same_case_on_two_agendas_is_refused() {
    for world in worlds() {
        let who = partners(&world);
        let case = ready_case(&world, &who, "Zebedeus Kastdeur").await;
        let one = planned(&world, &who, Board::Lso, "2022-07-12", &who.all()).await;
        let two = planned(&world, &who, Board::Lso, "2022-07-26", &who.all()).await;
        let place =
            |id, also| world.desk.place(&who.coordinator, command(), id, vec![Placing { also, ..placing(case) }]);
        place(one, false).await.unwrap();
        assert_eq!(refused(place(two, false).await.unwrap_err()), "tabled-elsewhere");
        assert_eq!(refused(place(two, true).await.unwrap_err()), "tabled-twice-refused");
        assert_eq!(refused(place(one, false).await.unwrap_err()), "tabled-here-already");
        assert!(world.desk.agenda(&who.coordinator, two).await.unwrap().1.is_empty());
        // the MRT may have it meanwhile, when that is said
        let mrt =
            planned(&world, &who, Board::Mrt, "2022-07-20", &[&who.coordinator, &who.guide, &who.ind, &who.dtv]).await;
        place(mrt, true).await.unwrap();
        let (_, agenda) = world.desk.agenda(&who.coordinator, mrt).await.unwrap();
        assert_eq!(agenda[0].also, [one], "with a word about it");
    }
}

#[tokio::test]
async fn a_case_of_another_site_is_on_no_agenda_here() {
    for world in worlds() {
        let who = partners(&world);
        let id = planned(&world, &who, Board::Lso, "2022-07-12", &who.all()).await;
        let elsewhere = someone(&world, Role::Coordinator, "utrecht");
        let mut order = crate::world::registration("Lucinda Lampenkap", day("2022-05-02"));
        if let desk::Target::New { site, .. } = &mut order.target {
            *site = "utrecht".parse().unwrap();
        }
        let case = world.desk.execute(&elsewhere, order).await.unwrap().trajectory.unwrap();
        let number = world.desk.file(&elsewhere, case).await.unwrap().case_number;
        // to who works here alone it does not exist
        let unknown = world.desk.case_for_agenda(&who.coordinator, id, &number).await.unwrap_err();
        assert_eq!(refused(unknown), "case-unknown");
        let placed = world.desk.place(&who.coordinator, command(), id, vec![placing(case)]).await.unwrap_err();
        assert_eq!(refused(placed), "case-other-site");
        // who works at both is told
        let mut both = who.coordinator.clone();
        both.sites.push("utrecht".parse().unwrap());
        let other = world.desk.case_for_agenda(&both, id, &number).await.unwrap_err();
        assert_eq!(refused(other), "case-other-site");
        assert!(world.desk.agenda(&who.coordinator, id).await.unwrap().1.is_empty());
        assert!(world.desk.case_for_agenda(&who.coordinator, id, "GRO-9").await.is_err());
    }
}

#[tokio::test]
async fn the_ind_delivers_after_the_meeting_was_planned() {
    for world in worlds() {
        let who = partners(&world);
        let case = ready_case(&world, &who, "Zebedeus Kastdeur").await;
        let id = planned(&world, &who, Board::Lso, "2022-07-12", &who.all()).await;
        world.desk.place(&who.coordinator, command(), id, vec![placing(case)]).await.unwrap();
        world.clock.move_to("2022-07-06T08:00:00Z");
        let items = vec![first(List::DossierItems)];
        let more = Draft::new(DossierDelivered { items, note: "aanvulling".into() }, day("2022-07-05"));
        let more = more.codes(Codes { partner: "ind".parse().ok(), ..Codes::default() });
        world.desk.execute(&who.ind, on(case, None, more)).await.unwrap();
        let (_, agenda) = world.desk.agenda(&who.coordinator, id).await.unwrap();
        let late = &agenda[0].ready.delivered_since;
        assert_eq!(late[..], [("ind".parse().unwrap(), day("2022-07-05"))], "{}", world.test.database);
        // the guide does not see the dossier, and so not that either
        assert!(world.desk.agenda(&who.guide, id).await.unwrap().1[0].ready.delivered_since.is_empty());
    }
}

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
async fn a_correction_of_the_delivery_date_after_the_rest_period_ended() {
    for world in worlds() {
        let who = partners(&world);
        let case = ready_case(&world, &who, "Zebedeus Kastdeur").await;
        let id = planned(&world, &who, Board::Lso, "2022-07-12", &who.all()).await;
        world.desk.place(&who.coordinator, command(), id, vec![placing(case)]).await.unwrap();
        assert!(world.desk.agenda(&who.coordinator, id).await.unwrap().1[0].ready.is_ready());
        // the DT&V was complete on 30 June only: the rest period, over since 19 June, runs until 14 July after all
        let items = world.desk.timeline(&who.coordinator, case).await.unwrap();
        let dtv: OrgId = "dtv".parse().unwrap();
        let complete = |item: &&desk::TimelineItem| {
            let h = &item.fact.header;
            h.kind == domain::fact::Kind::DossierCompleted && h.codes.partner.as_ref() == Some(&dtv)
        };
        let wrong = items.iter().find(complete).unwrap().fact.header.clone();
        let right = || {
            let body = DossierCompleted { note: "alles is er".into() };
            Draft::new(body, day("2022-06-30")).codes(wrong.codes.clone()).correcting(wrong.id, "verkeerde dag")
        };
        world.desk.execute(&who.coordinator, on(case, None, right())).await.unwrap();
        let (_, agenda) = world.desk.agenda(&who.coordinator, id).await.unwrap();
        let refusal = agenda[0].ready.refusal.as_ref().expect("the agenda says that it is not ready any more");
        assert_eq!((refusal.problem.key, refusal.possible_from), ("rest-period-runs", Some(day("2022-07-15"))));
        world.clock.move_to("2022-07-12T08:00:00Z");
        act(&world, &who.coordinator, id, Act::Opened {}).await.unwrap();
        act(&world, &who.coordinator, id, seats(&who.all())).await.unwrap();
        let early = world.desk.deal(&who.coordinator, command(), (id, case), None, decision(&world)).await;
        assert_eq!(refused(early.unwrap_err()), "rest-period-runs", "{}", world.test.database);
        // once decided, a correction that would make the decision too early names it
        let other = ready_case(&world, &who, "Lucinda Lampenkap").await;
        world.desk.place(&who.coordinator, command(), id, vec![placing(other)]).await.unwrap();
        world.desk.deal(&who.coordinator, command(), (id, other), None, decision(&world)).await.unwrap();
        let items = world.desk.timeline(&who.coordinator, other).await.unwrap();
        let wrong = items.iter().find(complete).unwrap().fact.header.clone();
        let body = DossierCompleted { note: "alles is er".into() };
        let late = Draft::new(body, day("2022-06-30")).codes(wrong.codes).correcting(wrong.id, "verkeerde dag");
        match world.desk.execute(&who.coordinator, on(other, None, late)).await.unwrap_err() {
            Failure::Refused(refusal) => {
                let stands = refusal.stands_in_way.expect("the decision stands in the way");
                assert_eq!(stands.kind, domain::fact::Kind::Decided);
            }
            failure => panic!("{failure}"),
        }
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
        let now = world.desk.sittings_now(&who.coordinator).await.unwrap();
        assert_eq!(now, world.desk.sittings(&who.coordinator).await.unwrap(), "all are to come");
        assert!(world.desk.sittings_now(&who.guide).await.unwrap().is_empty(), "who is not invited sees none");
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

#[tokio::test]
async fn minutes_are_contested_corrected_confirmed_and_fixed() {
    for world in worlds() {
        let who = partners(&world);
        let four = [&who.coordinator, &who.guide, &who.ind, &who.dtv];
        let (id, case) = held(&world, &who, &four).await;
        world.desk.deal(&who.coordinator, command(), (id, case), None, decision(&world)).await.unwrap();
        act(&world, &who.coordinator, id, Act::Closed {}).await.unwrap();
        let draft = world.desk.minutes(&who.coordinator, id).await.unwrap();
        assert_eq!(draft.cases[0].facts.len(), 1);
        let first_digest = draft.digest.clone();
        act(&world, &who.coordinator, id, Act::Confirmed { digest: first_digest.clone() }).await.unwrap();
        let why = Act::Contested { digest: first_digest.clone(), reason: "wij zegden iets toe".into() };
        act(&world, &who.dtv, id, why).await.unwrap();
        // minutes are corrected where they came from: the fact
        let (fact, ..) = &draft.cases[0].facts[0];
        let Some(Body::Decided(body)) = fact.body.clone() else { panic!() };
        let body = Decided { reason: "samen besloten, met een toezegging".into(), ..body };
        let corrected = Draft::new(body, fact.header.valid_from)
            .codes(fact.header.codes.clone())
            .correcting(fact.header.id, "betwist");
        world.desk.execute(&who.coordinator, on(case, None, corrected)).await.unwrap();
        let now = world.desk.minutes(&who.coordinator, id).await.unwrap();
        assert_ne!(now.digest, first_digest, "another text, another digest");
        let old = act(&world, &who.ind, id, Act::Confirmed { digest: first_digest }).await.unwrap_err();
        assert_eq!(refused(old), "minutes-changed");
        let fix = || Act::Fixed { digest: now.digest.clone(), facts: vec![] };
        assert_eq!(refused(act(&world, &who.coordinator, id, fix()).await.unwrap_err()), "minutes-unconfirmed");
        for member in four {
            act(&world, member, id, Act::Confirmed { digest: now.digest.clone() }).await.unwrap();
        }
        assert!(matches!(act(&world, &who.ind, id, fix()).await, Err(Failure::Denied)), "the chair's");
        act(&world, &who.coordinator, id, fix()).await.unwrap();
        // a later correction shows beside them and changes nothing in them
        let fixed = world.desk.minutes(&who.coordinator, id).await.unwrap();
        let (fact, _, changed) = &fixed.cases[0].facts[0];
        assert!(fixed.sitting.stage == Stage::Fixed && !changed);
        let Some(Body::Decided(body)) = fact.body.clone() else { panic!() };
        let body = Decided { reason: "toch anders".into(), ..body };
        let later = Draft::new(body, fact.header.valid_from)
            .codes(fact.header.codes.clone())
            .correcting(fact.header.id, "later");
        world.desk.execute(&who.coordinator, on(case, None, later)).await.unwrap();
        let still = world.desk.minutes(&who.coordinator, id).await.unwrap();
        let (fact, _, changed) = &still.cases[0].facts[0];
        let Some(Body::Decided(body)) = &fact.body else { panic!() };
        assert!(*changed && body.reason == "samen besloten, met een toezegging" && still.digest == fixed.digest);
    }
}

#[tokio::test]
async fn a_log_that_was_changed_is_found() {
    for world in worlds() {
        let who = partners(&world);
        planned(&world, &who, Board::Lso, "2022-07-05", &who.all()).await;
        let id = planned(&world, &who, Board::Lso, "2022-07-12", &who.all()).await;
        let verify = || {
            let desk = world.desk.clone();
            tokio::task::spawn_blocking(move || desk.verify_sittings().unwrap())
        };
        assert_eq!(verify().await.unwrap(), (2, vec![]));
        let changed = world.test.store.write(move |tx| {
            tx.exec("UPDATE sitting_event SET at = at + 1 WHERE sitting = $1 AND number = 1", &[id.0.into()])
        });
        changed.await.unwrap();
        assert_eq!(verify().await.unwrap(), (2, vec![id]), "{}", world.test.database);
    }
}

#[tokio::test]
async fn sent_twice_is_done_once_and_what_is_wrong_is_refused() {
    for world in worlds() {
        let who = partners(&world);
        let plan = |on: &str, place: &str| Plan {
            board: Board::Lso,
            site: "groningen".parse().unwrap(),
            on: day(on),
            at: jiff::civil::time(9, 30, 0, 0),
            minutes: 120,
            place: place.into(),
            invited: vec![who.coordinator.user],
        };
        let once = command();
        let one = world.desk.plan_sitting(&who.coordinator, once, plan("2022-07-12", "zaal")).await.unwrap();
        assert_eq!(world.desk.plan_sitting(&who.coordinator, once, plan("2022-07-12", "zaal")).await.unwrap(), one);
        let other = world.desk.plan_sitting(&who.coordinator, once, plan("2022-07-13", "zaal")).await;
        assert!(matches!(other, Err(Failure::ReusedCommand)));
        assert_eq!(world.desk.sittings(&who.coordinator).await.unwrap().len(), 1);
        let past = world.desk.plan_sitting(&who.coordinator, command(), plan("2022-06-30", "zaal")).await;
        assert_eq!(refused(past.unwrap_err()), "sitting-in-past");
        let stranger = Plan { invited: vec![domain::ids::UserId(uuid::Uuid::nil())], ..plan("2022-07-12", "zaal") };
        let stranger = world.desk.plan_sitting(&who.coordinator, command(), stranger).await;
        assert_eq!(refused(stranger.unwrap_err()), "member-unknown");
        let guide = world.desk.plan_sitting(&who.guide, command(), plan("2022-07-12", "zaal")).await;
        assert!(matches!(guide, Err(Failure::Denied)), "the chair's");
        // the form was made before somebody else acted
        let moved = |place: &str| Act::Moved {
            on: day("2022-07-14"),
            at: jiff::civil::time(10, 0, 0, 0),
            minutes: 60,
            place: place.into(),
        };
        let version = world.desk.sitting(&who.coordinator, one).await.unwrap().version;
        world.desk.act_on_sitting(&who.coordinator, command(), one, Some(version), moved("a")).await.unwrap();
        let late = world.desk.act_on_sitting(&who.coordinator, command(), one, Some(version), moved("b")).await;
        assert!(matches!(late, Err(Failure::Overtaken)));
        let empty = world.desk.place(&who.coordinator, command(), one, vec![]).await;
        assert_eq!(refused(empty.unwrap_err()), "choice-missing");
    }
}

#[tokio::test]
async fn every_page_of_a_sitting_leaves_one_line() {
    for world in worlds() {
        let who = partners(&world);
        let (id, case) = held(&world, &who, &who.all()).await;
        let lines = || {
            let desk = world.desk.clone();
            async move { tokio::task::spawn_blocking(move || desk.reads_after(0, 10_000).unwrap()).await.unwrap() }
        };
        let mut before = lines().await.len();
        let site = "groningen".parse().unwrap();
        macro_rules! one_line {
            ($read:expr) => {
                $read.await.unwrap();
                let all = lines().await;
                assert_eq!(all.len(), before + 1, "{}", world.test.database);
                before = all.len();
                let line = &all.last().unwrap().1;
                assert_eq!((line.activity, line.subjects.len()), (Activity::Conference, 1));
                assert_eq!(line.purpose, domain::codes::Purpose::Conference);
            };
        }
        one_line!(world.desk.agenda(&who.coordinator, id));
        one_line!(world.desk.pack(&who.police, id));
        one_line!(world.desk.pack_case(&who.ind, id, case));
        one_line!(world.desk.screen(&who.coordinator, id));
        one_line!(world.desk.minutes(&who.dtv, id));
        one_line!(world.desk.throughput(&who.coordinator, Board::Lso, &site));
        let _ = before;
        // counts of what someone may not see are not shown either
        assert!(matches!(world.desk.throughput(&who.police, Board::Lso, &site).await, Err(Failure::Denied)));
    }
}

#[tokio::test]
async fn the_queue_counts_who_waits_and_what_sittings_did() {
    for world in worlds() {
        let who = partners(&world);
        let (id, case) = held(&world, &who, &who.all()).await;
        let waits = ready_case(&world, &who, "Lucinda Lampenkap").await;
        for case in [case, waits] {
            let bed = ShelterStarted {
                location: "Proefhuis".into(),
                kind: first(List::ShelterKinds),
                funder: first(List::Funders),
            };
            world.desk.execute(&who.coordinator, on(case, None, Draft::new(bed, day("2022-05-15")))).await.unwrap();
        }
        world.desk.deal(&who.coordinator, command(), (id, case), None, decision(&world)).await.unwrap();
        world.clock.move_to("2022-07-12T09:30:00Z");
        act(&world, &who.coordinator, id, Act::Closed {}).await.unwrap();
        let site = "groningen".parse().unwrap();
        let queue = world.desk.throughput(&who.coordinator, Board::Lso, &site).await.unwrap();
        let [one] = &queue.queue[..] else { panic!("{}", queue.queue.len()) };
        assert_eq!((one.item.row.trajectory, one.days, one.at), (waits, 22, None), "since 20 June");
        let [sitting] = &queue.sittings[..] else { panic!() };
        assert_eq!((sitting.dealt, sitting.open, sitting.took), (1, 0, Some(90)));
        assert_eq!((&queue.undecided[..], queue.too_long), (&[58][..], 0), "who has a decision is not in it");
        assert_eq!(queue.arrivals.len(), 2, "both were ready for a decision on 20 June");
    }
}
