//! Seeing what is not one's own: broken glass, questions of the police; and what a purpose and a task show.

use access::Principal;
use desk::{
    Failure, Query,
    glass::{Verdict, may_break_glass},
    question::{Ground, Stage, Words},
};
use domain::{
    codes::{Category, Purpose, Role},
    dossier::DossierRequested,
    fact::Codes,
    ids::{ParticipantId, TrajectoryId},
    obstacle::ObstacleNoted,
    plan::ContactNoted,
    programme::List,
    trajectory::Draft,
};

use crate::world::{World, admission, command, day, first, on, register, someone, taken_by, worlds};

/// Someone of an organisation at a site.
fn of(world: &World, role: Role, site: &str, org: &str) -> Principal {
    let mut who = someone(world, role, site);
    who.org = org.parse().unwrap();
    who.org_kind = world.desk.programme().org(&who.org).unwrap().kind;
    who.purpose = access::working_purpose(who.asker(), who.settings);
    who
}

/// A case in Groningen with a conversation in confidence and a note about health.
async fn case(world: &World) -> (TrajectoryId, ParticipantId, String) {
    let (id, person) = register(world, "Zebedeus Kastdeur", "2022-06-01").await;
    let (lead, guide) = (someone(world, Role::Coordinator, "groningen"), someone(world, Role::Guide, "groningen"));
    world.desk.execute(&lead, on(id, None, admission(world, day("2022-06-02")))).await.unwrap();
    let contact = ContactNoted { how: first(List::ContactKinds), note: "in vertrouwen".into() };
    let ill = Codes { obstacle: Some(first(List::Obstacles)), ..Codes::default() };
    let ill = Draft::new(ObstacleNoted { note: "een pil per dag".into() }, day("2022-06-03")).codes(ill);
    // the guide's organisation has a task once one of its people has
    let task = world.desk.file(&guide, id).await.unwrap();
    assert!(!task.standing.sees(Category::GuidanceNotes) || task.standing.relation() == access::Relation::Involved);
    for draft in [taken_by(&guide, "2022-06-03"), ill, Draft::new(contact, day("2022-06-03"))] {
        world.desk.execute(&guide, on(id, None, draft)).await.unwrap();
    }
    let number = world.desk.file(&lead, id).await.unwrap().case_number;
    (id, person, number)
}

const REASON: &str = "Ligt bewusteloos op straat, ambulance vraagt naar medicijnen";

#[tokio::test]
async fn broken_glass_shows_the_little_that_averts_danger_and_no_more() {
    for world in worlds() {
        let (_, _, number) = case(&world).await;
        let elsewhere = someone(&world, Role::Guide, "utrecht");
        world.desk.break_glass(&elsewhere, command(), &number.to_lowercase(), REASON).await.unwrap();
        let mine = world.desk.own_glass(&elsewhere).await.unwrap();
        let file = world.desk.file_through_glass(&elsewhere, mine[0].id).await.unwrap();
        assert_eq!(file.person.name(), Some("Zebedeus Kastdeur"));
        assert_eq!(file.trajectory.obstacles[0].note.as_deref(), Some("een pil per dag"));
        assert!(file.trajectory.contacts.is_empty(), "nothing said in confidence");
        assert!(file.trajectory.screenings.iter().all(|screening| screening.detail.is_none()), "nothing of the law");
        assert!(file.others.is_empty() && !file.standing.may_record(domain::fact::Kind::ContactNoted));
        // it is theirs alone, and shuts by itself
        let other = someone(&world, Role::Guide, "utrecht");
        assert!(matches!(world.desk.file_through_glass(&other, mine[0].id).await, Err(Failure::Hidden)));
        world.clock.move_to("2022-07-01T14:00:01Z");
        assert!(matches!(world.desk.file_through_glass(&elsewhere, mine[0].id).await, Err(Failure::Hidden)));
    }
}

#[tokio::test]
async fn breaking_the_glass_does_not_tell_whether_someone_exists() {
    for world in worlds() {
        let (_, _, number) = case(&world).await;
        let guide = someone(&world, Role::Guide, "utrecht");
        for asked in [number.as_str(), "GRO-0000-0000", "2815550142"] {
            world.desk.break_glass(&guide, command(), asked, REASON).await.unwrap();
        }
        for asked in ["Zebedeus Kastdeur", "GRO", "28155501", ""] {
            let refused = world.desk.break_glass(&guide, command(), asked, REASON).await;
            assert!(matches!(refused, Err(Failure::Refused(_))), "{asked} is no exact number");
        }
        let all = world.desk.own_glass(&guide).await.unwrap();
        assert_eq!((all.len(), all.iter().filter(|glass| glass.trajectory.is_some()).count()), (3, 1));
        // a try at nobody is reviewed too: at the site of who tried
        let officer = someone(&world, Role::PrivacyOfficer, "utrecht");
        assert_eq!(world.desk.glass_to_review(&officer).await.unwrap().len(), 2);
        for _ in 0..2 {
            world.desk.break_glass(&guide, command(), &number, REASON).await.unwrap();
        }
        let refused = world.desk.break_glass(&guide, command(), &number, REASON).await;
        assert!(matches!(refused, Err(Failure::Refused(_))), "five times a day is enough");
    }
}

#[tokio::test]
async fn broken_glass_is_reviewed_by_a_second_person() {
    for world in worlds() {
        let (_, _, number) = case(&world).await;
        let guide = someone(&world, Role::Guide, "utrecht");
        let order = command();
        world.desk.break_glass(&guide, order, &number, REASON).await.unwrap();
        world.desk.break_glass(&guide, order, &number, REASON).await.unwrap();
        let officer = someone(&world, Role::PrivacyOfficer, "groningen");
        let waiting = world.desk.glass_to_review(&officer).await.unwrap();
        assert_eq!(waiting.len(), 1, "a double click breaks it once");
        assert_eq!((waiting[0].by, waiting[0].reason.as_str()), (guide.user, REASON));
        assert!(!waiting[0].overdue(world.desk.clock().real()));
        world.clock.move_to("2022-07-09T10:00:00Z");
        assert!(waiting[0].overdue(world.desk.clock().real()), "an open review shows");
        let id = waiting[0].id;
        assert!(matches!(world.desk.glass_to_review(&guide).await, Err(Failure::Denied)));
        assert!(matches!(
            world.desk.review_glass(&officer, id, Verdict::Justified, " ").await,
            Err(Failure::Refused(_))
        ));
        let own = Principal { user: guide.user, ..officer.clone() };
        assert!(matches!(
            world.desk.review_glass(&own, id, Verdict::Justified, "goed").await,
            Err(Failure::Refused(_))
        ));
        world.desk.review_glass(&officer, id, Verdict::Justified, "Ambulance bevestigt het").await.unwrap();
        let again = world.desk.review_glass(&officer, id, Verdict::Breach, "toch niet").await;
        assert!(matches!(again, Err(Failure::Refused(_))), "once");
        let done = world.desk.glass_to_review(&officer).await.unwrap();
        assert_eq!(done[0].review.as_ref().unwrap().verdict, Verdict::Justified);
        for (role, org) in [(Role::PoliceOfficer, "avim"), (Role::IndOfficer, "ind"), (Role::CaseDirector, "dtv")] {
            let who = of(&world, role, "groningen", org);
            assert!(!may_break_glass(&who), "{role}");
            assert!(matches!(world.desk.break_glass(&who, command(), &number, REASON).await, Err(Failure::Denied)));
        }
        assert!(!may_break_glass(&officer), "who watches over it does not break it");
    }
}

fn words() -> Words {
    let why = "Is deze persoon bij u in beeld? Familie meldt vermissing.".to_owned();
    Words { about: "Zebedeus Kastdeur, 3 mei 1988".to_owned(), why, law: None }
}

#[tokio::test]
async fn the_police_learn_of_one_person_after_two_others_agreed() {
    for world in worlds() {
        let (_, _, number) = case(&world).await;
        let (_, _, other) = {
            let (id, person) = register(&world, "Fatima Gordijnrail", "2022-06-01").await;
            let lead = someone(&world, Role::Coordinator, "groningen");
            (id, person, world.desk.file(&lead, id).await.unwrap().case_number)
        };
        let police = of(&world, Role::PoliceOfficer, "groningen", "avim");
        let asked = domain::ids::CommandId(journal::Entropy::id(&journal::SystemEntropy));
        let site = police.sites[0].clone();
        world.desk.ask(&police, asked, site, Ground::Missing, words()).await.unwrap();
        let id = asked.0;
        let hidden = world.desk.answer(&police, id).await;
        assert!(matches!(hidden, Err(Failure::Hidden)), "a question alone shows nothing");
        let lead = someone(&world, Role::Coordinator, "groningen");
        let second_lead = someone(&world, Role::Coordinator, "groningen");
        let officer = someone(&world, Role::PrivacyOfficer, "groningen");
        world.desk.agree(&lead, id, &number).await.unwrap();
        assert!(matches!(world.desk.answer(&police, id).await, Err(Failure::Hidden)), "one is not two");
        let shown = &world.desk.questions(&police).await.unwrap()[0];
        assert_eq!((shown.stage, shown.trajectory, shown.first), (Stage::Asked, None, None), "nor does it show");
        for (who, case) in [(&lead, &number), (&second_lead, &number), (&officer, &other)] {
            assert!(matches!(world.desk.agree(who, id, case).await, Err(Failure::Refused(_))));
        }
        world.desk.agree(&officer, id, &number).await.unwrap();
        let file = world.desk.answer(&police, id).await.unwrap();
        assert_eq!(file.person.name(), Some("Zebedeus Kastdeur"));
        assert!(file.trajectory.contacts.is_empty() && file.trajectory.obstacles[0].note.is_none());
        assert!(file.trajectory.stays.is_empty() && file.others.is_empty() && file.trajectory.reviews.is_empty());
        let colleague = of(&world, Role::PoliceOfficer, "groningen", "avim");
        assert!(matches!(world.desk.answer(&colleague, id).await, Err(Failure::Hidden)), "for who asked alone");
        world.clock.move_to("2022-07-08T10:00:01Z");
        assert!(matches!(world.desk.answer(&police, id).await, Err(Failure::Hidden)), "seven days, no feed");
    }
}

#[tokio::test]
async fn no_such_person_and_no_look_the_same_to_the_police() {
    for world in worlds() {
        let police = of(&world, Role::PoliceOfficer, "groningen", "avim");
        let (site, asked) = (police.sites[0].clone(), command());
        world.desk.ask(&police, asked, site.clone(), Ground::Danger, words()).await.unwrap();
        let lead = someone(&world, Role::Coordinator, "groningen");
        let elsewhere = someone(&world, Role::Coordinator, "utrecht");
        assert!(matches!(world.desk.refuse(&elsewhere, asked.0).await, Err(Failure::Hidden)));
        world.desk.refuse(&lead, asked.0).await.unwrap();
        assert_eq!(world.desk.questions(&police).await.unwrap()[0].stage, Stage::Refused);
        let few = Words { why: "zomaar".into(), ..words() };
        let refused = world.desk.ask(&police, command(), site.clone(), Ground::Danger, few).await;
        assert!(matches!(refused, Err(Failure::Refused(_))), "a question needs a reason");
        for _ in 0..5 {
            world.desk.ask(&police, command(), site.clone(), Ground::Danger, words()).await.unwrap();
        }
        let refused = world.desk.ask(&police, command(), site.clone(), Ground::Danger, words()).await;
        assert!(matches!(refused, Err(Failure::Refused(_))), "never a feed");
        let denied = world.desk.ask(&lead, command(), site, Ground::Danger, words()).await;
        assert!(matches!(denied, Err(Failure::Denied)));
    }
}

#[tokio::test]
async fn a_police_user_searches_a_name_they_are_not_involved_with() {
    for world in worlds() {
        let (id, person, number) = case(&world).await;
        let police = of(&world, Role::PoliceOfficer, "groningen", "avim");
        for text in ["Zebedeus Kastdeur", &number] {
            let query = Query { text: text.into(), birth_year: None };
            assert!(matches!(world.desk.search(&police, query).await, Err(Failure::Denied)));
        }
        assert!(matches!(world.desk.worklist(&police, views::worklist::Filter::default()).await, Err(Failure::Denied)));
        assert!(matches!(world.desk.file(&police, id).await, Err(Failure::Hidden)));
        assert!(matches!(world.desk.timeline(&police, id).await, Err(Failure::Hidden)));
        assert!(matches!(world.desk.person(&police, person).await, Err(Failure::Hidden)));
        let order = on(id, None, admission(&world, day("2022-06-03")));
        assert!(world.desk.execute(&police, order).await.is_err());
    }
}

#[tokio::test]
async fn the_state_learns_a_name_when_it_gets_a_task() {
    for world in worlds() {
        let (id, _) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let ind = of(&world, Role::IndOfficer, "groningen", "ind");
        let all = || world.desk.worklist(&ind, views::worklist::Filter::default());
        assert_eq!(all().await.unwrap().total, 0, "who only applied is not made known");
        assert!(matches!(world.desk.file(&ind, id).await, Err(Failure::Hidden)));
        let lead = someone(&world, Role::Coordinator, "groningen");
        world.desk.execute(&lead, on(id, None, admission(&world, day("2022-06-02")))).await.unwrap();
        let list = all().await.unwrap();
        assert_eq!((list.total, list.items[0].card.name.as_str()), (1, ""), "a case, and no name");
        assert!(world.desk.file(&ind, id).await.unwrap().person.identity.is_none());
        let found =
            world.desk.search(&ind, Query { text: "Zebedeus Kastdeur".into(), birth_year: None }).await.unwrap();
        assert!(found.matches.is_empty() && !found.elsewhere, "nor can it be found by one");
        let intake =
            domain::intake::IntakeHeld { languages: vec![], interpreter: None, needs: vec![], summary: String::new() };
        let intake = domain::intake::IntakeHeld { languages: vec![crate::world::language("en")], ..intake };
        world.desk.execute(&lead, on(id, None, Draft::new(intake, day("2022-06-03")))).await.unwrap();
        let asks = Draft::new(DossierRequested { items: vec![], note: String::new() }, day("2022-06-04"));
        let asks = asks.codes(Codes { partner: "ind".parse().ok(), ..Codes::default() });
        world.desk.execute(&lead, on(id, None, asks)).await.unwrap();
        assert_eq!(all().await.unwrap().items[0].card.name, "Zebedeus Kastdeur", "asked for the dossier");
    }
}

#[tokio::test]
async fn a_purpose_shows_what_it_needs() {
    for world in worlds() {
        let (id, ..) = case(&world).await;
        let lead = someone(&world, Role::Coordinator, "groningen");
        let purpose = |purpose| Principal { purpose, ..lead.clone() };
        let whole = world.desk.file(&lead, id).await.unwrap();
        assert!(whole.trajectory.screenings[0].detail.is_some());
        let registering = world.desk.file(&purpose(Purpose::Registration), id).await.unwrap();
        assert!(registering.trajectory.screenings[0].detail.is_none(), "the position in law is not for registering");
        assert!(registering.person.identity.is_some());
        let accounting = world.desk.file(&purpose(Purpose::Accountability), id).await;
        assert!(matches!(accounting, Err(Failure::Hidden)), "accounting shows no person");
    }
}

#[tokio::test]
async fn when_an_agreement_ends_so_does_every_right() {
    use std::sync::Arc;
    for world in worlds() {
        let (id, ..) = case(&world).await;
        let mut programme = (**world.desk.programme()).clone();
        let guide = someone(&world, Role::Guide, "groningen");
        let site = programme.sites.iter_mut().find(|site| site.id.as_str() == "groningen").unwrap();
        site.agreements.push(domain::programme::Agreement {
            org: guide.org.clone(),
            until: day("2022-07-02"),
            source: "verzonnen".into(),
        });
        let settings = access::Settings::DEMONSTRATION;
        let entropy = Arc::new(journal::SystemEntropy);
        let desk = desk::Desk::new(
            world.test.store.clone(),
            world.keys.clone(),
            Arc::new(programme),
            settings,
            world.clock.clone(),
            entropy,
        )
        .unwrap();
        let hash = desk.shared_password("een-verzonnen-wachtwoord").unwrap();
        let account = desk::Account {
            user: guide.user,
            login: "bo".into(),
            name: guide.name.clone(),
            role: guide.role,
            org: guide.org.clone(),
            sites: guide.sites.clone(),
        };
        desk.add_accounts(vec![(account, hash)]).unwrap();
        let desk::SignIn::Welcome(token) = desk.sign_in("bo", "een-verzonnen-wachtwoord").await.unwrap() else {
            panic!()
        };
        let session = desk.session(&token).await.unwrap().unwrap();
        assert!(desk.file(&session.principal, id).await.is_ok());
        world.clock.move_to("2022-07-01T22:10:00Z");
        // past midnight in the Netherlands: the same session, the next request
        let session = desk.session(&token).await.unwrap();
        let denied = match session {
            Some(session) => {
                let hidden = desk.file(&session.principal, id).await;
                session.principal.sites.is_empty() && matches!(hidden, Err(Failure::Hidden))
            }
            None => false,
        };
        // twelve hours have passed: a session of that age ends by itself, so one is opened again
        let fresh = match desk.sign_in("bo", "een-verzonnen-wachtwoord").await.unwrap() {
            desk::SignIn::Welcome(token) => desk.session(&token).await.unwrap().unwrap(),
            other @ desk::SignIn::Wrong => panic!("{other:?}"),
        };
        assert!(denied || fresh.principal.sites.is_empty(), "no site is left");
        assert!(matches!(desk.file(&fresh.principal, id).await, Err(Failure::Hidden)));
    }
}
