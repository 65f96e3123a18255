//! Commands: one effect, nothing half done, and who may.

use desk::{Failure, Query, Why};
use domain::{
    codes::{Phase, Role},
    dossier::{DossierCompleted, DossierDelivered, DossierRequested},
    fact::{Body, Codes, Kind},
    intake::IntakeHeld,
    obstacle::ObstacleNoted,
    trajectory::Draft,
};

use crate::world::{World, admission, command, day, language, on, register, registration, someone, worlds};

fn intake(text: &str) -> Draft {
    let body = IntakeHeld { languages: vec![language("en")], interpreter: None, needs: vec![], summary: String::new() };
    Draft::new(body, day(text))
}

fn dossier(body: impl Into<Body>, partner: &str, text: &str) -> Draft {
    Draft::new(body, day(text)).codes(Codes { partner: partner.parse().ok(), ..Codes::default() })
}

/// From admission to a complete dossier on 10 June 2022.
async fn with_dossier(world: &World) -> domain::ids::TrajectoryId {
    let (id, _) = register(world, "Zebedeus Kastdeur", "2022-05-02").await;
    let who = someone(world, Role::Coordinator, "groningen");
    let mut steps = vec![admission(world, day("2022-05-03")), intake("2022-05-10")];
    for partner in ["ind", "dtv"] {
        steps.push(dossier(DossierRequested { items: vec![], note: String::new() }, partner, "2022-05-11"));
        steps.push(dossier(DossierDelivered { items: vec![], note: String::new() }, partner, "2022-06-01"));
        steps.push(dossier(DossierCompleted { note: "meer is er niet".into() }, partner, "2022-06-10"));
    }
    for step in steps {
        world.desk.execute(&who, on(id, None, step)).await.unwrap();
    }
    id
}

#[tokio::test]
async fn the_same_form_sent_twice_has_one_effect() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let order = registration("Zebedeus Kastdeur", day("2022-06-01"));
        let first = world.desk.execute(&who, order.clone()).await.unwrap();
        let again = world.desk.execute(&who, order.clone()).await.unwrap();
        assert!(again.repeated && !first.repeated);
        assert_eq!((first.trajectory, first.version), (again.trajectory, again.version), "{}", world.test.database);
        let facts = world.desk.facts_in_all_async().await;
        assert_eq!(facts, 2);
        let mut other = order;
        other.drafts[0].valid_from = day("2022-06-02");
        assert!(matches!(world.desk.execute(&who, other).await, Err(Failure::ReusedCommand)));
    }
}

#[tokio::test]
async fn fifty_clicks_at_once_have_one_effect() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        let order = registration("Zebedeus Kastdeur", day("2022-06-01"));
        let clicks = (0..50).map(|_| {
            let (desk, who, order) = (world.desk.clone(), who.clone(), order.clone());
            tokio::spawn(async move { desk.execute(&who, order).await.unwrap().trajectory })
        });
        let mut answers = Vec::new();
        for click in clicks.collect::<Vec<_>>() {
            answers.push(click.await.unwrap());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{}: every click gets the same answer", world.test.database);
        assert_eq!(world.desk.facts_in_all_async().await, 2);
    }
}

#[tokio::test]
async fn the_second_of_two_sees_who_changed_what() {
    for world in worlds() {
        let (id, _) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let (one, other) =
            (someone(&world, Role::Coordinator, "groningen"), someone(&world, Role::Coordinator, "groningen"));
        let seen = world.desk.file(&one, id).await.unwrap().trajectory.version;
        world.desk.execute(&one, on(id, Some(seen), admission(&world, day("2022-06-02")))).await.unwrap();
        let clash = world.desk.execute(&other, on(id, Some(seen), admission(&world, day("2022-06-03")))).await;
        let Err(Failure::Conflict { yours, now, changes }) = clash else { panic!("{clash:?}") };
        assert_eq!((yours, now), (1, 2));
        assert_eq!((changes[0].kind, changes[0].valid_from), (Kind::Screened, day("2022-06-02")));
        // what only adds does not clash
        let obstacle =
            Codes { obstacle: Some(crate::world::first(domain::programme::List::Obstacles)), ..Codes::default() };
        let note = Draft::new(ObstacleNoted { note: String::new() }, day("2022-06-03")).codes(obstacle);
        world.desk.execute(&other, on(id, Some(seen), note)).await.unwrap();
    }
}

#[tokio::test]
async fn news_is_what_others_recorded_also_about_the_person() {
    for world in worlds() {
        let (id, person) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let me = someone(&world, Role::Coordinator, "groningen");
        let colleague = someone(&world, Role::Coordinator, "groningen");
        let obstacle = |at: usize| {
            let code = world.desk.programme().list(domain::programme::List::Obstacles).0[at].code.clone();
            let codes = Codes { obstacle: Some(code), ..Codes::default() };
            Draft::new(ObstacleNoted { note: String::new() }, day("2022-06-02")).codes(codes)
        };
        let look = async || world.desk.file(&me, id).await.unwrap();
        let file = look().await;
        assert!(file.unseen && file.since.is_none(), "a first look is no news");
        world.desk.mark_looked(&me, &file).await.unwrap();
        assert!(!look().await.unseen);

        world.desk.execute(&me, on(id, None, obstacle(0))).await.unwrap();
        let file = look().await;
        assert!(file.unseen && file.since.is_none(), "my own edit is no news ({})", world.test.database);
        world.desk.mark_looked(&me, &file).await.unwrap();

        world.desk.execute(&colleague, on(id, None, obstacle(1))).await.unwrap();
        let identity = crate::world::identity("Zebedeus Kastplank", day("2022-06-03"));
        let target = desk::Target::Participant(person);
        let order = desk::Order { command: command(), expected: None, target, drafts: vec![identity] };
        world.desk.execute(&colleague, order).await.unwrap();
        let file = look().await;
        let mut kinds: Vec<Kind> = file.since.as_ref().unwrap().1.iter().map(|change| change.kind).collect();
        kinds.sort_by_key(|kind| kind.code());
        assert_eq!(kinds, [Kind::IdentityRecorded, Kind::ObstacleNoted]);
        world.desk.mark_looked(&me, &file).await.unwrap();
        let file = look().await;
        assert!(!file.unseen && file.since.is_none());
    }
}

#[tokio::test]
async fn another_site_does_not_exist() {
    for world in worlds() {
        let (id, person) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let elsewhere = someone(&world, Role::Coordinator, "utrecht");
        assert!(matches!(world.desk.file(&elsewhere, id).await, Err(Failure::Hidden)));
        assert!(matches!(world.desk.timeline(&elsewhere, id).await, Err(Failure::Hidden)));
        assert!(matches!(world.desk.person(&elsewhere, person).await, Err(Failure::Hidden)));
        let order = on(id, None, admission(&world, day("2022-06-02")));
        assert!(matches!(world.desk.execute(&elsewhere, order).await, Err(Failure::Hidden)));
        let found =
            world.desk.search(&elsewhere, Query { text: "Zebedeus Kastdeur".into(), birth_year: None }).await.unwrap();
        assert!(found.matches.is_empty() && found.elsewhere, "only that someone is known elsewhere");
    }
}

#[tokio::test]
async fn a_guide_takes_no_decision_on_admission_and_the_police_have_no_search() {
    for world in worlds() {
        let (id, _) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let guide = someone(&world, Role::Guide, "groningen");
        let order = on(id, None, admission(&world, day("2022-06-02")));
        assert!(matches!(world.desk.execute(&guide, order).await, Err(Failure::Denied)));
        let police = someone(&world, Role::PoliceOfficer, "groningen");
        let query = Query { text: "Zebedeus".into(), birth_year: None };
        assert!(matches!(world.desk.search(&police, query).await, Err(Failure::Denied)));
        assert!(matches!(world.desk.file(&police, id).await, Err(Failure::Hidden)));
    }
}

#[tokio::test]
async fn a_name_in_another_script_is_found_by_its_sound() {
    for world in worlds() {
        register(&world, "Мустафо Кастдер", "2022-06-01").await;
        let who = someone(&world, Role::Coordinator, "groningen");
        let query = |text: &str| Query { text: text.into(), birth_year: None };
        let found = world.desk.search(&who, query("Moestafo Kastder")).await.unwrap();
        assert!(matches!(found.matches[0].why, Why::Name(..)));
        let number = found.matches[0].trajectories[0].1.to_lowercase();
        let found = world.desk.search(&who, query(&number)).await.unwrap();
        assert_eq!(found.matches[0].why, Why::CaseNumber);
        assert!(world.desk.search(&who, query("Gordijnrail")).await.unwrap().matches.is_empty());
    }
}

#[tokio::test]
async fn a_rest_period_that_ended_is_a_decision_to_take() {
    for world in worlds() {
        let id = with_dossier(&world).await;
        let who = someone(&world, Role::Coordinator, "groningen");
        let rest = world.desk.file(&who, id).await.unwrap().trajectory.rest.unwrap();
        assert_eq!((rest.start, rest.end), (day("2022-06-10"), day("2022-06-24")));
        world.clock.move_to("2022-06-20T10:00:00Z");
        assert_eq!(world.desk.file(&who, id).await.unwrap().trajectory.phase_on(day("2022-06-20")), Phase::RestPeriod);
        world.clock.move_to("2022-06-25T10:00:00Z");
        let page = world.desk.worklist(&who, views::worklist::Filter::default()).await.unwrap();
        assert_eq!(page.items[0].row.phase, Phase::Decision, "{}", world.test.database);
    }
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_behind() {
    for world in worlds() {
        let (id, _) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let who = someone(&world, Role::Coordinator, "groningen");
        let before = world.desk.facts_in_all_async().await;
        let refused = world.desk.execute(&who, on(id, None, intake("2022-06-05"))).await;
        assert!(matches!(refused, Err(Failure::Refused(_))));
        assert_eq!(world.desk.facts_in_all_async().await, before);
        let order = desk::Order { command: command(), ..registration("", day("2022-06-05")) };
        assert!(matches!(world.desk.execute(&who, order).await, Err(Failure::Refused(_))));
        assert_eq!(world.desk.facts_in_all_async().await, before);
    }
}

/// Counting without blocking the loop of the test.
trait Facts {
    async fn facts_in_all_async(&self) -> u64;
}

impl Facts for desk::Desk {
    async fn facts_in_all_async(&self) -> u64 {
        let desk = self.clone();
        tokio::task::spawn_blocking(move || desk.facts_in_all().unwrap()).await.unwrap()
    }
}
