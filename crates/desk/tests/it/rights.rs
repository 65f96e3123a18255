//! The rights of a participant: informed, answered in time, restricted at once, put right; and nothing else changes.

use access::{Asker, Question, Relation};
use desk::{Failure, Order, Target};
use domain::{
    codes::{AskedBy, Category, InformedHow, Outcome, Purpose, RestrictionGround, Right, Role},
    fact::{Codes, Kind},
    ids::{FactId, ParticipantId},
    participant::{IdentityRecorded, Name},
    programme::List,
    rights::{InformationGiven, RestrictionChanged, RightsAnswered, RightsRequested},
    trajectory::Draft,
};

use crate::world::{World, admission, command, day, first, language, on, register, someone, worlds};

fn of_person(id: ParticipantId, draft: Draft) -> Order {
    Order { command: command(), expected: None, target: Target::Participant(id), drafts: vec![draft] }
}

fn request(right: Right, on: &str) -> Draft {
    Draft::new(RightsRequested { right, text: "in eigen woorden".into(), by: AskedBy::Participant }, day(on))
}

fn answer(about: FactId, outcome: Outcome, on: &str) -> Draft {
    let remedy = Some("klacht bij de Autoriteit Persoonsgegevens".to_owned());
    let body = RightsAnswered { outcome, reason: "verzonnen reden".into(), remedy };
    Draft::new(body, day(on)).codes(Codes { about: Some(about), ..Codes::default() })
}

fn restriction(restricted: bool, on: &str) -> Draft {
    Draft::new(RestrictionChanged { restricted, ground: RestrictionGround::Accuracy, note: String::new() }, day(on))
}

/// Records a request; which fact it is.
async fn ask(world: &World, id: ParticipantId, right: Right, on: &str) -> FactId {
    let privacy = someone(world, Role::PrivacyOfficer, "groningen");
    world.desk.execute(&privacy, of_person(id, request(right, on))).await.unwrap();
    let person = world.desk.person(&privacy, id).await.unwrap().person;
    person.rights.requests.last().unwrap().fact
}

fn refused(outcome: Result<desk::Done, Failure>) -> domain::refusal::Refusal {
    match outcome {
        Err(Failure::Refused(refusal)) => *refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn article_13_that_someone_was_informed_is_recorded_with_language_and_text() {
    for world in worlds() {
        let (_, id) = register(&world, "Zebedeus Kastdeur", "2022-06-01").await;
        let guide = someone(&world, Role::Coordinator, "groningen");
        let body = InformationGiven {
            language: language("ti"),
            how: InformedHow::Spoken,
            text_version: "folder 2022-1".into(),
            interpreter: true,
        };
        world.desk.execute(&guide, of_person(id, Draft::new(body.clone(), day("2022-06-02")))).await.unwrap();
        let person = world.desk.person(&guide, id).await.unwrap().person;
        assert_eq!(person.rights.informed[0].detail.as_ref(), Some(&body));
        let unknown = InformationGiven { language: language("klingon"), ..body };
        let refusal = refused(world.desk.execute(&guide, of_person(id, Draft::new(unknown, day("2022-06-02")))).await);
        assert_eq!((refusal.problem.key, refusal.field), ("code-unknown", Some("language")));
    }
}

#[tokio::test]
async fn article_12_an_answer_is_due_in_one_month_or_three_and_the_list_says_which_is_late() {
    for world in worlds() {
        let (_, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        let privacy = someone(&world, Role::PrivacyOfficer, "groningen");
        let fact = ask(&world, id, Right::Access, "2022-05-31").await;
        let list = world.desk.open_requests(&privacy).await.unwrap();
        // 31 May and one month is 30 June
        assert_eq!((list.len(), list[0].term.end, list[0].overdue), (1, day("2022-06-30"), true));
        assert!(list[0].term.calendar.statutory() && list[0].term.trigger() == Some(fact));
        let extend = of_person(id, answer(fact, Outcome::Extended, "2022-06-20"));
        world.desk.execute(&privacy, extend).await.unwrap();
        let list = world.desk.open_requests(&privacy).await.unwrap();
        assert_eq!((list[0].term.end, list[0].overdue), (day("2022-08-31"), false));
        let again = of_person(id, answer(fact, Outcome::Extended, "2022-06-21"));
        assert_eq!(refused(world.desk.execute(&privacy, again).await).problem.key, "rights-already-extended");
        let answered = of_person(id, answer(fact, Outcome::Granted, "2022-06-30"));
        world.desk.execute(&privacy, answered).await.unwrap();
        assert!(world.desk.open_requests(&privacy).await.unwrap().is_empty());
        // a guide has no such list, and another site's officer sees nothing of it
        let guide = someone(&world, Role::Guide, "groningen");
        assert!(matches!(world.desk.open_requests(&guide).await, Err(Failure::Denied)));
    }
}

#[tokio::test]
async fn article_12_a_last_day_on_a_weekend_moves_to_the_next_working_day() {
    for world in worlds() {
        let (_, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        ask(&world, id, Right::Access, "2022-06-02").await;
        let privacy = someone(&world, Role::PrivacyOfficer, "groningen");
        let list = world.desk.open_requests(&privacy).await.unwrap();
        assert_eq!((list[0].term.end, list[0].term.moved_from()), (day("2022-07-04"), Some(day("2022-07-02"))));
    }
}

#[tokio::test]
async fn an_answer_out_of_order_is_refused_with_the_reason_and_the_day() {
    for world in worlds() {
        let (_, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        let privacy = someone(&world, Role::PrivacyOfficer, "groningen");
        let nothing = FactId(uuid::Uuid::nil());
        let without =
            world.desk.execute(&privacy, of_person(id, answer(nothing, Outcome::Granted, "2022-06-02"))).await;
        assert_eq!(refused(without).problem.key, "rights-no-request");
        let fact = ask(&world, id, Right::Erasure, "2022-06-10").await;
        let early = world.desk.execute(&privacy, of_person(id, answer(fact, Outcome::Granted, "2022-06-02"))).await;
        assert_eq!(refused(early).possible_from, Some(day("2022-06-10")));
        let mut bare = answer(fact, Outcome::Refused, "2022-06-12");
        if let domain::fact::Body::RightsAnswered(body) = &mut bare.body {
            body.remedy = None;
        }
        assert_eq!(refused(world.desk.execute(&privacy, of_person(id, bare)).await).problem.key, "remedy-missing");
        // erasure refused, with the ground: recorded, nothing else
        let refuse = of_person(id, answer(fact, Outcome::Refused, "2022-06-12"));
        world.desk.execute(&privacy, refuse.clone()).await.unwrap();
        let twice = Order { command: command(), ..refuse };
        assert_eq!(refused(world.desk.execute(&privacy, twice).await).problem.key, "rights-already-answered");
        let lift = world.desk.execute(&privacy, of_person(id, restriction(false, "2022-06-13"))).await;
        assert_eq!(refused(lift).problem.key, "not-restricted");
    }
}

#[tokio::test]
async fn article_18_a_restriction_works_in_the_next_request_and_so_does_lifting_it() {
    for world in worlds() {
        let (file, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        let privacy = someone(&world, Role::PrivacyOfficer, "groningen");
        let coordinator = someone(&world, Role::Coordinator, "groningen");
        world.desk.file(&coordinator, file).await.unwrap();
        world.desk.execute(&privacy, of_person(id, restriction(true, "2022-06-02"))).await.unwrap();
        assert!(matches!(world.desk.file(&coordinator, file).await, Err(Failure::Hidden)));
        assert!(matches!(world.desk.person(&coordinator, id).await, Err(Failure::Hidden)));
        let list = world.desk.worklist(&coordinator, views::worklist::Filter::default()).await.unwrap();
        assert_eq!(list.total, 0, "no list shows it");
        assert!(world.desk.person(&privacy, id).await.unwrap().person.restricted);
        let twice = world.desk.execute(&privacy, of_person(id, restriction(true, "2022-06-03"))).await;
        assert_eq!(refused(twice).problem.key, "already-restricted");
        world.desk.execute(&privacy, of_person(id, restriction(false, "2022-06-04"))).await.unwrap();
        world.desk.file(&coordinator, file).await.unwrap();
    }
}

#[tokio::test]
async fn article_21_an_objection_holds_the_use_until_it_is_answered() {
    for world in worlds() {
        let (file, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        let privacy = someone(&world, Role::PrivacyOfficer, "groningen");
        let coordinator = someone(&world, Role::Coordinator, "groningen");
        // the coordinator takes it down; from the next request on the file is closed to them too
        world.desk.execute(&coordinator, of_person(id, request(Right::Objection, "2022-06-02"))).await.unwrap();
        assert!(matches!(world.desk.file(&coordinator, file).await, Err(Failure::Hidden)));
        let lift = world.desk.execute(&privacy, of_person(id, restriction(false, "2022-06-03"))).await;
        assert_eq!(refused(lift).problem.key, "restriction-waits-for-answer");
        let fact = world.desk.person(&privacy, id).await.unwrap().person.rights.requests[0].fact;
        let answered = of_person(id, answer(fact, Outcome::Refused, "2022-06-10"));
        world.desk.execute(&privacy, answered).await.unwrap();
        world.desk.file(&coordinator, file).await.unwrap();
    }
}

#[tokio::test]
async fn only_the_privacy_officer_answers_and_restricts() {
    for world in worlds() {
        let (_, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        let fact = ask(&world, id, Right::Access, "2022-06-02").await;
        for role in [Role::Coordinator, Role::ShelterWorker, Role::IndOfficer] {
            let who = someone(&world, role, "groningen");
            for draft in [answer(fact, Outcome::Granted, "2022-06-03"), restriction(true, "2022-06-03")] {
                let outcome = world.desk.execute(&who, of_person(id, draft)).await;
                assert!(matches!(outcome, Err(Failure::Denied | Failure::Hidden)), "{role}: {outcome:?}");
            }
        }
    }
}

/// To ask, to be refused, to be informed or not: shelter, phase, status and terms stay what they were.
#[tokio::test]
async fn no_request_and_no_refusal_changes_anything_but_rights() {
    for world in worlds() {
        let (file, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        let coordinator = someone(&world, Role::Coordinator, "groningen");
        let privacy = someone(&world, Role::PrivacyOfficer, "groningen");
        world.desk.execute(&coordinator, on(file, None, admission(&world, day("2022-05-03")))).await.unwrap();
        let state = async |world: &World| {
            let file = world.desk.file(&privacy, file).await.unwrap();
            let mut person = file.person;
            let rights = std::mem::take(&mut person.rights);
            (person.version, person.restricted) = (0, false);
            (file.trajectory, person, file.terms, rights)
        };
        let before = state(&world).await;
        for right in Right::ALL {
            let fact = ask(&world, id, *right, "2022-06-02").await;
            let refuse = of_person(id, answer(fact, Outcome::Refused, "2022-06-03"));
            world.desk.execute(&privacy, refuse).await.unwrap();
        }
        world.desk.execute(&privacy, of_person(id, restriction(true, "2022-06-04"))).await.unwrap();
        let after = state(&world).await;
        assert_eq!((before.0, before.1, before.2), (after.0, after.1, after.2), "{}", world.test.database);
        assert_eq!(after.3.requests.len(), Right::ALL.len());
    }
}

/// A correction on a request names it; who saw the old value is told that it changed.
#[tokio::test]
async fn article_16_and_19_a_correction_names_the_request_and_shows_to_who_saw_the_old_value() {
    for world in worlds() {
        let (file, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        let coordinator = someone(&world, Role::Coordinator, "groningen");
        // it is put right by a colleague: what one did oneself is no news
        let colleague = someone(&world, Role::Coordinator, "groningen");
        let seen = world.desk.file(&coordinator, file).await.unwrap();
        world.desk.mark_looked(&coordinator, &seen).await.unwrap();
        let fact = ask(&world, id, Right::Rectification, "2022-06-02").await;
        // a request is seen as a change; what follows is about the correction
        let seen = world.desk.file(&coordinator, file).await.unwrap();
        let changes = seen.since.clone().unwrap().1;
        assert_eq!(changes.iter().map(|change| change.kind).collect::<Vec<_>>(), [Kind::RightsRequested]);
        world.desk.mark_looked(&coordinator, &seen).await.unwrap();
        assert!(world.desk.file(&coordinator, file).await.unwrap().since.is_none(), "looked again");

        let page = world.desk.person(&coordinator, id).await.unwrap();
        let old = page.facts.iter().find(|one| one.fact.header.kind == Kind::IdentityRecorded).unwrap();
        let names = vec![Name { text: "Zebedeus Kastanje".into(), kind: first(List::NameKinds) }];
        let v_number_missing = Some(first(List::VNumberMissing));
        let body = IdentityRecorded { names, birth: None, v_number: None, v_number_missing, nationalities: vec![] };
        let correction = |about| {
            let codes = Codes { about: Some(about), ..Codes::default() };
            let draft = Draft::new(body.clone(), day("2022-05-01")).codes(codes);
            draft.correcting(old.fact.header.id, "de naam was verkeerd geschreven")
        };
        let wrong = world.desk.execute(&colleague, of_person(id, correction(old.fact.header.id))).await;
        assert_eq!(refused(wrong).problem.key, "request-unknown");
        world.desk.execute(&colleague, of_person(id, correction(fact))).await.unwrap();
        let page = world.desk.person(&coordinator, id).await.unwrap();
        assert_eq!(page.facts[0].fact.header.codes.about, Some(fact), "it names the request");
        assert_eq!(page.person.name(), Some("Zebedeus Kastanje"));
        for _ in 0..2 {
            let changes = world.desk.file(&coordinator, file).await.unwrap().since.unwrap().1;
            let kinds: Vec<Kind> = changes.iter().map(|change| change.kind).collect();
            assert_eq!(kinds, [Kind::IdentityRecorded], "{}: until they look", world.test.database);
        }
    }
}

/// What a participant is told about who can see what is what the policy answers, cell by cell and both ways.
#[tokio::test]
async fn article_13_the_table_of_who_sees_what_is_the_policys() {
    for world in worlds() {
        let (_, id) = register(&world, "Zebedeus Kastdeur", "2022-05-01").await;
        let coordinator = someone(&world, Role::Coordinator, "groningen");
        let shown = world.desk.who_sees(&coordinator, id).await.unwrap();
        let case = &shown.cases[0];
        let (programme, settings) = (world.desk.programme(), world.desk.settings());
        let site = programme.site(&"groningen".parse().unwrap()).unwrap();
        let involved = [&site.lead];
        let mut cells = 0;
        for org in desk::sees::organisations(site) {
            let org_kind = programme.org(&org).unwrap().kind;
            let near = if involved.contains(&&org) { Relation::Involved } else { Relation::OwnSite };
            for relation in [near, Relation::Agenda, Relation::Question, Relation::BreakGlass] {
                for role in Role::ALL {
                    let asker = Asker { role: *role, org_kind, strength: access::Strength::SecondFactor };
                    // every purpose, every kind of information
                    for purpose in Purpose::ALL {
                        for category in Category::ALL.iter().filter(|category| category.of_a_person()) {
                            let (state, category) = (case.state, *category);
                            let question = Question { asker, relation, state, category, purpose: *purpose };
                            let rows = case.now.iter().chain(&case.only_when);
                            let told = rows.filter(|row| row.org == org && row.role == *role).any(|row| {
                                row.relation == relation
                                    && row.categories.contains(category)
                                    && row.purposes.contains(purpose)
                            });
                            let policy = access::ask(&question, settings).see;
                            assert_eq!(told, policy, "{org} {role} {relation} {purpose} {category}");
                            cells += usize::from(policy);
                        }
                    }
                }
            }
        }
        assert!(cells > 100, "{cells}");
        let outside = someone(&world, Role::Coordinator, "utrecht");
        assert!(matches!(world.desk.who_sees(&outside, id).await, Err(Failure::Hidden)));
    }
}
