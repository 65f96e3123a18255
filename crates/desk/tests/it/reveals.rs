//! A code can tell more than where a trajectory stands: that someone needs care is about health.

use access::Principal;
use desk::{Failure, File};
use domain::{
    codes::{Category, Role},
    fact::{Body, Codes, Kind},
    ids::{Code, TrajectoryId},
    intake::IntakeHeld,
    obstacle::{ObstacleNoted, ObstacleResolved},
    pause::{PauseEnded, PauseStarted},
    trajectory::Draft,
};
use views::worklist::Filter;

use crate::conference::partners;
use crate::world::{World, admission, day, language, on, register, someone, taken_by, worlds};

const NOTE: String = String::new();

fn code(text: &str) -> Option<Code> {
    Some(text.parse().unwrap())
}

fn obstacle(text: &str, from: &str) -> Draft {
    Draft::new(ObstacleNoted { note: NOTE }, day(from)).codes(Codes { obstacle: code(text), ..Codes::default() })
}

fn intake(needs: &[&str]) -> Body {
    let needs = needs.iter().map(|need| need.parse().unwrap()).collect();
    IntakeHeld { languages: vec![language("fa")], interpreter: None, needs, summary: String::new() }.into()
}

async fn does(world: &World, who: &Principal, id: TrajectoryId, draft: Draft) -> domain::ids::FactId {
    let kind = draft.body.kind();
    world.desk.execute(who, on(id, None, draft)).await.unwrap();
    // the newest of its kind that is seen by who recorded it
    let timeline = world.desk.timeline(who, id).await.unwrap();
    let newest = timeline.iter().filter(|item| item.fact.header.kind == kind).max_by_key(|item| item.number);
    newest.unwrap().fact.header.id
}

/// A case with needs, obstacles and a pause, some of which tell of health; and who guides it.
async fn case(world: &World) -> (TrajectoryId, Principal, domain::ids::FactId) {
    let (id, _) = register(world, "Zebedeus Kastdeur", "2022-05-01").await;
    let (lead, guide) = (someone(world, Role::Coordinator, "groningen"), someone(world, Role::Guide, "groningen"));
    does(world, &lead, id, admission(world, day("2022-05-02"))).await;
    does(world, &guide, id, taken_by(&guide, "2022-05-03")).await;
    does(world, &guide, id, Draft::new(intake(&["addiction-care", "documents"]), day("2022-05-04"))).await;
    does(world, &guide, id, obstacle("identity", "2022-05-05")).await;
    let ill = does(world, &guide, id, obstacle("health-mental", "2022-05-06")).await;
    let better = Draft::new(ObstacleResolved { note: NOTE }, day("2022-05-20"));
    does(world, &guide, id, better.codes(Codes { about: Some(ill), ..Codes::default() })).await;
    does(world, &guide, id, obstacle("addiction", "2022-05-07")).await;
    let pause = Codes { pause: code("waiting-mental-health-care"), ..Codes::default() };
    let pause = does(world, &guide, id, Draft::new(PauseStarted { note: NOTE }, day("2022-05-21")).codes(pause)).await;
    (id, guide, pause)
}

fn obstacles(file: &File) -> Vec<&str> {
    file.trajectory.obstacles.iter().map(|one| one.code.as_str()).collect()
}

fn needs(file: &File) -> Vec<&str> {
    let detail = file.trajectory.intake.as_ref().unwrap().detail.as_ref().unwrap();
    detail.needs.iter().map(Code::as_str).collect()
}

#[tokio::test]
async fn codes_that_tell_of_health_do_not_exist_for_who_may_not_know_of_it() {
    for world in worlds() {
        let (id, guide, _) = case(&world).await;
        let file = world.desk.file(&guide, id).await.unwrap();
        assert_eq!(obstacles(&file), ["identity", "health-mental", "addiction"]);
        assert_eq!(needs(&file), ["addiction-care", "documents"]);
        assert_eq!(file.trajectory.pauses_on().next().unwrap().code, code("waiting-mental-health-care"));
        let list = world.desk.worklist(&guide, Filter::default()).await.unwrap();
        assert_eq!(list.items[0].row.pauses, ["waiting-mental-health-care"]);
        let who = partners(&world);
        for partner in [&who.ind, &who.dtv] {
            world.desk.execute(&who.coordinator, on(id, None, taken_by(partner, "2022-05-10"))).await.unwrap();
        }
        for who in [&who.coordinator, &who.ind, &who.dtv] {
            let (file, timeline) = world.desk.file_with_timeline(who, id).await.unwrap();
            assert!(file.standing.sees(Category::Process) && !file.standing.sees(Category::Medical), "{:?}", who.role);
            assert_eq!((obstacles(&file), needs(&file)), (vec!["identity"], vec!["documents"]), "{:?}", who.role);
            // that it pauses shows, as terms stand still; the reason of no pause does
            let pause = file.trajectory.pauses_on().next().unwrap();
            assert_eq!((pause.from, &pause.code), (day("2022-05-21"), &None));
            let told = |kind| timeline.iter().filter(|item| item.fact.header.kind == kind).count();
            assert_eq!([Kind::ObstacleNoted, Kind::ObstacleResolved, Kind::PauseStarted].map(told), [1, 0, 1]);
            let text = format!("{timeline:?} {:?}", file.trajectory);
            for word in ["addiction", "health"] {
                assert!(!text.contains(word), "{:?} reads `{word}`", who.role);
            }
            let list = world.desk.worklist(who, Filter::default()).await.unwrap();
            let row = &list.items.iter().find(|item| item.row.trajectory == id).unwrap().row;
            assert!(row.paused && row.pauses.is_empty());
        }
    }
}

#[tokio::test]
async fn no_version_of_an_obstacle_is_left_of_which_one_tells_of_health() {
    for world in worlds() {
        let (id, guide, _) = case(&world).await;
        let identity = world.desk.file(&guide, id).await.unwrap().trajectory.obstacles[0].fact;
        does(&world, &guide, id, obstacle("health-physical", "2022-05-05").correcting(identity, "verkeerd gekozen"))
            .await;
        let lead = someone(&world, Role::Coordinator, "groningen");
        let (file, timeline) = world.desk.file_with_timeline(&lead, id).await.unwrap();
        assert_eq!(obstacles(&file), Vec::<&str>::new());
        assert!(timeline.iter().all(|item| item.fact.header.kind != Kind::ObstacleNoted));
        let hidden = world.desk.file_with_fact(&lead, id, identity).await;
        assert!(matches!(hidden, Err(Failure::Hidden)), "its form does not exist either");
    }
}

#[tokio::test]
async fn a_correction_by_who_may_not_know_loses_nothing() {
    for world in worlds() {
        let (id, guide, pause) = case(&world).await;
        let lead = someone(&world, Role::Coordinator, "groningen");
        let earlier = Draft::new(PauseStarted { note: NOTE }, day("2022-05-20")).correcting(pause, "verkeerde dag");
        let pause = does(&world, &lead, id, earlier).await;
        let held = world.desk.file_with_timeline(&lead, id).await.unwrap().1;
        let held = held.iter().find(|item| item.fact.header.kind == Kind::IntakeHeld).unwrap().fact.header.id;
        let other = Draft::new(intake(&["legal-aid"]), day("2022-05-04")).correcting(held, "andere hulp");
        does(&world, &lead, id, other).await;
        let over = Codes { about: Some(pause), ..Codes::default() };
        does(&world, &lead, id, Draft::new(PauseEnded { note: NOTE }, day("2022-05-25")).codes(over)).await;
        let file = world.desk.file(&guide, id).await.unwrap();
        let kept = &file.trajectory.pauses[0];
        assert_eq!((kept.from, &kept.code), (day("2022-05-20"), &code("waiting-mental-health-care")));
        assert_eq!(needs(&file), ["legal-aid", "addiction-care"]);
    }
}
