//! Where no partner uses the system: the municipality records what each of them did, on their information, and guides itself.

use access::Principal;
use desk::Failure;
use domain::{
    codes::{Category, Role, Task},
    departure::DepartureStep,
    dossier::{
        DossierCompleted, DossierDelivered, DossierIncomplete, DossierRejected, DossierReminded, DossierRequested,
        DossierUnavailable,
    },
    fact::{Body, Codes, Kind},
    ids::{FactId, TrajectoryId},
    intake::IntakeHeld,
    partner::WorkerAssigned,
    plan::{ActionAdded, ActionClosed, ContactNoted, GoalClosed, GoalSet},
    programme::List,
    shelter::{ShelterEnded, ShelterStarted},
    trajectory::Draft,
};

use crate::{
    conference::colleague,
    world::{World, admission, day, first, on, register, taken_by, worlds},
};

fn told(source: &str, partner: Option<&str>, body: impl Into<Body>, on: &str) -> Draft {
    let codes = Codes { partner: partner.and_then(|org| org.parse().ok()), ..Codes::default() };
    Draft { source: source.parse().ok(), ..Draft::new(body, day(on)).codes(codes) }
}

async fn last(world: &World, who: &Principal, case: TrajectoryId) -> FactId {
    let timeline = world.desk.timeline(who, case).await.unwrap();
    timeline.iter().max_by_key(|item| item.number).unwrap().fact.header.id
}

#[tokio::test]
async fn every_step_of_a_partner_is_recorded_by_the_municipality_on_information_of_that_partner() {
    for world in worlds() {
        let lead = colleague(&world, Role::Coordinator, "municipality-groningen", "lead");
        let (case, _) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let record = async |draft: Draft| world.desk.execute(&lead, on(case, None, draft)).await;
        record(admission(&world, day("2022-05-03"))).await.unwrap();
        let languages = vec![crate::world::language("fa")];
        let intake = IntakeHeld { languages, interpreter: None, needs: vec![], summary: String::new() };
        let bed = ShelterStarted {
            kind: first(List::ShelterKinds),
            location: "Proefhuis".into(),
            funder: first(List::Funders),
        };
        let goal = GoalSet { text: "paspoort".into(), owner: "inlia".parse().unwrap() };
        let action = ActionAdded { text: "ambassade bellen".into(), owner: "dtv".parse().unwrap(), worker: None };
        let task = WorkerAssigned { user: None, task: Task::CaseDirector, function: "regievoerder".into() };
        let until = |draft: Draft, day_: &str| {
            let codes = Codes { until: Some(day(day_)), ..draft.codes.clone() };
            Draft { codes, ..draft }
        };
        let mut steps: Vec<(&str, Draft, bool)> = vec![
            ("a bed", told("inlia", None, bed, "2022-05-04"), false),
            ("the end of it", told("inlia", None, ShelterEnded { reason: "verhuisd".into() }, "2022-05-05"), true),
            ("the intake", told("inlia", None, intake, "2022-05-06"), false),
            ("a worker", told("dtv", Some("dtv"), task, "2022-05-06"), false),
        ];
        let none = String::new;
        for org in ["ind", "dtv", "avim"] {
            let items = |place: usize| -> Vec<_> {
                let list = world.desk.programme().list(List::DossierItems);
                vec![list.0[place].code.clone()]
            };
            let body: [(&str, Body); 7] = [
                ("asked", DossierRequested { items: [items(0), items(1)].concat(), note: none() }.into()),
                ("delivered", DossierDelivered { items: items(0), note: none() }.into()),
                (
                    "not there",
                    DossierUnavailable { items: items(1), ground: first(List::UnavailableGrounds), note: none() }
                        .into(),
                ),
                (
                    "sent back",
                    DossierRejected { items: items(0), ground: first(List::RejectionGrounds), note: none() }.into(),
                ),
                ("reminded", DossierReminded { items: items(0), note: none() }.into()),
                ("lacking", DossierIncomplete { missing: items(0), note: none() }.into()),
                ("complete", DossierCompleted { note: "zo is het genoeg".into() }.into()),
            ];
            steps.extend(body.map(|(what, body)| (what, told(org, Some(org), body, "2022-05-10"), false)));
        }
        let departure = DepartureStep { note: "gesprek".into() };
        let mut departure = told("dtv", Some("dtv"), departure, "2022-05-12");
        departure.codes.departure = "departure-talk".parse().ok();
        let left = domain::outflow::Left { destination: None, evidence: first(List::Evidence), note: none() };
        let mut left = told("dtv", None, left, "2022-06-01");
        left.codes.outflow_reason = Some(first(List::OutflowReasons));
        let closed = |result| (result, none());
        let (result, note) = closed(first(List::Results));
        steps.extend([
            ("a goal", until(told("inlia", None, goal, "2022-05-11"), "2022-08-01"), false),
            (
                "reached",
                told("inlia", None, GoalClosed { result: result.clone(), note: note.clone() }, "2022-05-20"),
                true,
            ),
            ("an action", until(told("dtv", None, action, "2022-05-11"), "2022-08-01"), false),
            ("done", told("dtv", None, ActionClosed { result, note }, "2022-05-20"), true),
            ("a step of departure", departure, false),
            ("outflow", left, false),
        ]);
        let mut seen = 0;
        for (what, mut draft, ends_last) in steps {
            let source = draft.source.clone().unwrap();
            if ends_last {
                draft.codes.about = Some(last(&world, &lead, case).await);
            }
            let kind = draft.body.kind();
            record(draft).await.unwrap_or_else(|failure| panic!("{what} of {source}: {failure:?}"));
            let timeline = world.desk.timeline(&lead, case).await.unwrap();
            let now = timeline.iter().max_by_key(|item| item.number).unwrap();
            assert_eq!((now.fact.header.kind, &now.fact.header.source), (kind, &source), "{what}");
            assert_eq!(now.fact.header.org, lead.org, "{what}: who recorded it stands beside");
            if kind == Kind::WorkerAssigned {
                let (open, without) = world.desk.supervision(&lead, 1).await.unwrap().totals();
                assert_eq!((open, without), (1, 0), "supervision counts who has no account");
            }
            seen += 1;
        }
        assert_eq!(seen, 31, "{}", world.test.database);
        let file = world.desk.file(&lead, case).await.unwrap();
        assert_eq!(file.trajectory.deliveries.iter().filter(|part| part.complete.is_some()).count(), 3);
    }
}

fn contact(note: &str) -> Draft {
    Draft::new(ContactNoted { how: first(List::ContactKinds), note: note.into() }, day("2022-06-03"))
}

#[tokio::test]
async fn a_municipality_that_guides_itself_notes_contacts_and_only_who_guides_reads_them() {
    for world in worlds() {
        let lead = colleague(&world, Role::Coordinator, "municipality-groningen", "lead");
        let own = colleague(&world, Role::Guide, "municipality-groningen", "eigen");
        let ngo = colleague(&world, Role::Guide, "inlia", "inlia");
        let (alone, _) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let (theirs, _) = register(&world, "Lucinda Lampenkap", "2022-05-02").await;
        for (case, guide) in [(alone, &own), (theirs, &ngo)] {
            for step in [admission(&world, day("2022-05-03")), taken_by(guide, "2022-05-04")] {
                world.desk.execute(&lead, on(case, None, step)).await.unwrap();
            }
        }
        // where the municipality guides, its guide notes a contact, also on information of who guided before
        world.desk.execute(&own, on(alone, None, contact("in vertrouwen verteld"))).await.unwrap();
        let before = Draft { source: "inlia".parse().ok(), ..contact("verteld door de vorige begeleider") };
        world.desk.execute(&own, on(alone, None, before)).await.unwrap();
        let file = world.desk.file(&own, alone).await.unwrap();
        assert_eq!(file.trajectory.contacts.len(), 2, "{}", world.test.database);
        assert!(file.standing.sees(Category::GuidanceNotes));
        // who leads reads none of it, and neither does who guides others
        let words = |what: &dyn std::fmt::Debug| format!("{what:?}");
        for who in [&lead, &ngo] {
            let Ok(file) = world.desk.file(who, alone).await else { continue };
            let timeline = world.desk.timeline(who, alone).await.unwrap();
            assert!(!words(&(&file, &timeline)).contains("in vertrouwen"), "{}", who.role);
            let noted = world.desk.execute(who, on(alone, None, contact("zomaar"))).await;
            assert!(matches!(noted, Err(Failure::Denied)), "{}", who.role);
        }
        // and of those whom an organisation guides the guide of the municipality knows and notes nothing
        world.desk.execute(&ngo, on(theirs, None, contact("alleen voor de begeleider"))).await.unwrap();
        let file = world.desk.file(&own, theirs).await.unwrap();
        let timeline = world.desk.timeline(&own, theirs).await.unwrap();
        assert!(!words(&(&file, &timeline)).contains("alleen voor de begeleider"));
        assert!(!file.standing.sees(Category::GuidanceNotes) && !file.standing.may_record(Kind::ContactNoted));
        let noted = world.desk.execute(&own, on(theirs, None, contact("zomaar"))).await;
        assert!(matches!(noted, Err(Failure::Denied)));
    }
}
