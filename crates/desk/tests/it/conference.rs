//! A conference from plan to fixed minutes: what members see, quorum, two agendas, other bodies and back.

use access::Principal;
use desk::{
    Account, Activity, Failure,
    conference::{Deal, Placing, Plan},
};
use domain::{
    agenda::End,
    codes::{Board, Category, Discussed, Role, Why},
    conference::{Commitment, Decided},
    dossier::{DossierCompleted, DossierDelivered, DossierRequested},
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
pub(crate) fn colleague(world: &World, role: Role, org: &str, name: &str) -> Principal {
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
        needs: vec![language("addiction-care")],
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
    for obstacle in [first(List::Obstacles), language("health-mental")] {
        let note = Draft::new(ObstacleNoted { note: SECRET.into() }, day("2022-05-12"));
        let note = note.codes(Codes { obstacle: Some(obstacle), ..Codes::default() });
        world.desk.execute(&who.guide, on(id, None, note)).await.unwrap();
    }
    id
}

pub(crate) async fn planned(
    world: &World,
    who: &Partners,
    board: Board,
    on: &str,
    invited: &[&Principal],
) -> SittingId {
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

pub(crate) fn placing(case: TrajectoryId) -> Placing {
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

pub(crate) fn decision(world: &World) -> Deal {
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

pub(crate) fn refused(failure: Failure) -> &'static str {
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
            for told in [SECRET, "addiction-care", "health-mental"] {
                assert_eq!(all.contains(told), knows, "{told}: {} on {}", member.role, world.test.database);
            }
            assert!(all.contains("Kastdeur"), "who is on the agenda is known at the table");
            assert!(!all.contains("in vertrouwen"), "what was said in confidence is not on the table");
        }
        let (_, screen) = world.desk.screen(&who.coordinator, id).await.unwrap();
        for told in [SECRET, "addiction-care", "health-mental"] {
            assert!(!text(&screen).contains(told));
        }
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
        let out = Act::Recused { case, org: "dtv".parse().unwrap(), one: None, out: true };
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
async fn who_never_answers_or_has_left_does_not_block_the_minutes_for_good() {
    for world in worlds() {
        let who = partners(&world);
        let left = colleague(&world, Role::Guide, "inlia", "vertrokken");
        let there = [&who.coordinator, &who.guide, &left];
        let id = planned(&world, &who, Board::Lso, "2022-07-12", &there).await;
        world.clock.move_to("2022-07-12T08:00:00Z");
        act(&world, &who.coordinator, id, Act::Opened {}).await.unwrap();
        act(&world, &who.coordinator, id, seats(&there)).await.unwrap();
        act(&world, &who.coordinator, id, Act::Closed {}).await.unwrap();
        let digest = world.desk.minutes(&who.coordinator, id).await.unwrap().digest;
        let confirm = || Act::Confirmed { digest: digest.clone() };
        act(&world, &who.coordinator, id, confirm()).await.unwrap();
        // the term counts from the last time that they were contested
        world.clock.move_to("2022-07-14T08:00:00Z");
        let contest = Act::Contested { digest: digest.clone(), reason: "er ontbreekt iets".into() };
        act(&world, &who.guide, id, contest).await.unwrap();
        let minutes = world.desk.minutes(&who.coordinator, id).await.unwrap();
        assert_eq!(minutes.fix_from, Some(day("2022-07-28")), "fourteen days, {}", world.test.database);
        // who has left does not block: when all others confirm, they are fixed at once
        let administrator = someone(&world, Role::Administrator, "groningen");
        world.desk.leave(&administrator, left.user).await.unwrap();
        let minutes = world.desk.minutes(&who.coordinator, id).await.unwrap();
        assert_eq!(minutes.gone.into_iter().collect::<Vec<_>>(), [left.user]);
        act(&world, &who.coordinator, id, confirm()).await.unwrap();
        let fix = || Act::Fixed { digest: digest.clone(), facts: vec![] };
        world.clock.move_to("2022-07-27T08:00:00Z");
        let early = act(&world, &who.coordinator, id, fix()).await;
        assert_eq!(refused(early.unwrap_err()), "minutes-unconfirmed", "the guide can still answer");
        world.clock.move_to("2022-07-28T08:00:00Z");
        assert!(matches!(act(&world, &who.guide, id, fix()).await, Err(Failure::Denied)), "the chair's");
        act(&world, &who.coordinator, id, fix()).await.unwrap();
        let state = world.desk.sitting(&who.coordinator, id).await.unwrap();
        let names: Vec<&str> = state.unanswered().iter().map(|seat| seat.name.as_str()).collect();
        assert_eq!(
            (state.stage, names),
            (Stage::Fixed, vec!["Proef inlia", "Proef vertrokken"]),
            "named in the minutes"
        );
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
        one_line!(world.desk.throughput(&who.coordinator, Board::Lso, &site, 1));
        let _ = before;
        // counts of what someone may not see are not shown either
        assert!(matches!(world.desk.throughput(&who.police, Board::Lso, &site, 1).await, Err(Failure::Denied)));
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
        let queue = world.desk.throughput(&who.coordinator, Board::Lso, &site, 9).await.unwrap();
        let [one] = &queue.queue[..] else { panic!("{}", queue.queue.len()) };
        assert_eq!((one.days, one.at), (22, None), "since 20 June");
        let shown: Vec<_> = queue.items.iter().map(|item| item.row.trajectory).collect();
        assert_eq!((shown, queue.page), (vec![waits], (1, 1)), "a page that is not there is the last");
        let [sitting] = &queue.sittings[..] else { panic!() };
        assert_eq!((sitting.dealt, sitting.open, sitting.took), (1, 0, Some(90)));
        assert_eq!((&queue.undecided[..], queue.too_long), (&[58][..], 0), "who has a decision is not in it");
        assert_eq!(queue.arrivals.len(), 2, "both were ready for a decision on 20 June");
    }
}
