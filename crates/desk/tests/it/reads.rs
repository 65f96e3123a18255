//! Who read what: written before the answer, shown to the participant, reviewed by someone else.

use access::{Principal, Relation, Source};
use desk::{
    Activity, Failure, Ledger, Reading,
    read_review::{ReviewItem, Why},
};
use domain::{
    codes::{Category, Purpose, Role},
    ids::{ParticipantId, UserId},
};
use journal::{checkpoint::Compared, note::Signer, outside::Outside};

use crate::world::{World, command, register, someone, worlds};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn reading(subjects: &[ParticipantId]) -> Reading {
    Reading {
        activity: Activity::File,
        purpose: Purpose::Guidance,
        categories: vec![Category::Process, Category::Identity, Category::Process],
        subjects: subjects.to_vec(),
        relation: Relation::OwnSite,
    }
}

fn reviewer(world: &World) -> Principal {
    someone(world, Role::PrivacyOfficer, "groningen")
}

#[tokio::test]
async fn a_page_is_one_line_with_everyone_on_it() {
    for world in worlds() {
        let (_, one) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let (_, two) = register(&world, "Lucinda Lampenkap", "2022-05-02").await;
        let mut who = someone(&world, Role::Guide, "groningen");
        who.trace = world.desk.trace(Some(PARENT), Source::Private).in_session("geheim");
        world.desk.log_read(&who, reading(&[two, one, two])).await.unwrap();
        world.desk.log_read(&who, reading(&[])).await.unwrap();
        let lines = world.desk.clone();
        let lines = tokio::task::spawn_blocking(move || lines.reads_after(0, 10)).await.unwrap().unwrap();
        assert_eq!(lines.len(), 1, "a page about nobody is no reading; {}", world.test.database);
        let (number, line) = &lines[0];
        let mut both = vec![one, two];
        both.sort_unstable();
        assert_eq!((*number, &line.subjects), (1, &both));
        assert_eq!((line.user, line.role, &line.org), (who.user, Role::Guide, &who.org));
        assert_eq!(line.categories, [Category::Identity, Category::Process]);
        assert_eq!(line.trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(line.parent.unwrap().to_string(), "00f067aa0ba902b7");
        assert_eq!(line.policy.len(), 16);
        assert_eq!(line.time(), "2022-07-01T10:00:00Z".parse().unwrap());
        let text = format!("{line:?}");
        assert!(!text.contains("Proef") && !text.contains("Kastdeur") && !text.contains("geheim"), "{text}");
    }
}

#[tokio::test]
async fn without_the_line_there_is_no_answer() {
    let world = crate::world::world(journal::testing::sqlite(&desk::migrations()));
    let (_, one) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
    let who = someone(&world, Role::Coordinator, "groningen");
    assert!(world.desk.who_read(&who, one).await.is_ok());
    let broken = world.test.store.write(|tx| tx.batch("DROP TABLE read_log"));
    broken.await.unwrap();
    assert!(matches!(world.desk.log_read(&who, reading(&[one])).await, Err(Failure::Store(_))));
    assert!(matches!(world.desk.who_read(&who, one).await, Err(Failure::Store(_))));
}

#[tokio::test]
async fn a_participant_sees_which_organisations_read_and_no_names() {
    for world in worlds() {
        let (_, one) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let (_, other) = register(&world, "Lucinda Lampenkap", "2022-05-02").await;
        let guide = someone(&world, Role::Guide, "groningen");
        for _ in 0..3 {
            world.desk.log_read(&guide, reading(&[one])).await.unwrap();
        }
        world.desk.log_read(&guide, reading(&[other])).await.unwrap();
        world.clock.move_to("2022-07-02T23:30:00Z");
        let coordinator = someone(&world, Role::Coordinator, "groningen");
        let found = world.desk.who_read(&coordinator, one).await.unwrap();
        assert_eq!(found.readings.len(), 2);
        let (own, earlier) = (&found.readings[0], &found.readings[1]);
        assert_eq!((own.day.to_string().as_str(), own.purpose), ("2022-07-03", Purpose::Rights), "in Dutch time");
        assert_eq!((own.role, own.times), (Role::Coordinator, 1));
        assert_eq!((earlier.role, earlier.times, &earlier.org), (Role::Guide, 3, &guide.org));
        assert_eq!(earlier.categories, [Category::Identity, Category::Process]);
        assert!(!format!("{:?}", found.readings).contains("Proef"));
        // who may not see who someone is, does not see who read about them
        for (role, site) in
            [(Role::Coordinator, "utrecht"), (Role::Administrator, "groningen"), (Role::Researcher, "groningen")]
        {
            let refused = world.desk.who_read(&someone(&world, role, site), one).await;
            assert!(matches!(refused, Err(Failure::Hidden)), "{role} of {site}");
        }
    }
}

async fn items(world: &World, why: Why) -> Vec<ReviewItem> {
    let reviews = world.desk.reviews(&reviewer(world)).await.unwrap();
    reviews.open.into_iter().filter(|item| item.why == why).collect()
}

#[tokio::test]
async fn what_stands_out_comes_on_the_worklist_when_the_day_has_ended() {
    for world in worlds() {
        let (_, one) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let readers: Vec<Principal> = (0..8).map(|_| someone(&world, Role::Guide, "groningen")).collect();
        for who in &readers {
            world.desk.log_read(who, reading(&[one])).await.unwrap();
        }
        // two hundred people within an hour
        let many: Vec<ParticipantId> = (0..200).map(|_| ParticipantId(UserId(command().0).0)).collect();
        world.desk.log_read(&readers[1], reading(&many)).await.unwrap();
        let outside = Reading { relation: Relation::None, ..reading(&[one]) };
        world.desk.log_read(&readers[2], outside).await.unwrap();
        world.clock.move_to("2022-07-01T21:30:00Z");
        world.desk.log_read(&readers[3], reading(&[one])).await.unwrap();
        let broken = Reading { relation: Relation::BreakGlass, ..reading(&[one]) };
        world.desk.log_read(&readers[4], broken).await.unwrap();

        let now = items(&world, Why::BreakGlass).await;
        assert_eq!((now.len(), &now[0].readers), (1, &vec![readers[4].user]), "an emergency does not wait");
        assert!(now[0].cases.0[0].starts_with("GRO-"), "{:?}", now[0].cases);
        assert!(items(&world, Why::ManyReaders).await.is_empty(), "the day has not ended");

        world.clock.move_to("2022-07-02T08:00:00Z");
        let found = items(&world, Why::ManyReaders).await;
        assert_eq!((found.len(), found[0].amount, found[0].subject), (1, 8, Some(one)), "{}", world.test.database);
        let found = items(&world, Why::ManyPeople).await;
        assert_eq!((found.len(), &found[0].readers), (1, &vec![readers[1].user]));
        let found = items(&world, Why::Outside).await;
        assert_eq!((found.len(), &found[0].readers), (1, &vec![readers[2].user]));
        // the reviewers who looked at the emergency at that hour read at night too
        let found: Vec<_> = items(&world, Why::Night).await.iter().map(|item| item.readers[0]).collect();
        assert!(
            found.contains(&readers[3].user) && found.contains(&readers[4].user),
            "23.30 in the Netherlands is night"
        );
        assert!(readers[..3].iter().all(|who| !found.contains(&who.user)), "noon is not");
        assert_eq!(items(&world, Why::Sample).await.len(), 5, "a random sample");
        assert_eq!(items(&world, Why::BreakGlass).await.len(), 1, "and once only");
    }
}

#[tokio::test]
async fn someone_else_signs_off_with_a_remark_and_late_ones_show() {
    for world in worlds() {
        let (_, one) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let own = reviewer(&world);
        let broken = Reading { relation: Relation::BreakGlass, ..reading(&[one]) };
        world.desk.log_read(&own, broken).await.unwrap();
        let item = items(&world, Why::BreakGlass).await.remove(0);
        let key = |failure: Failure| match failure {
            Failure::Refused(refusal) => refusal.problem.key,
            other => panic!("{other}"),
        };
        let other = reviewer(&world);
        assert_eq!(key(world.desk.sign_off(&own, item.id, "zelf").await.unwrap_err()), "review-own");
        assert_eq!(key(world.desk.sign_off(&other, item.id, "  ").await.unwrap_err()), "review-remark");
        for (role, site) in [(Role::Coordinator, "groningen"), (Role::Guide, "groningen")] {
            let refused = world.desk.sign_off(&someone(&world, role, site), item.id, "goed").await;
            assert!(matches!(refused, Err(Failure::Hidden)), "{role}");
            assert!(matches!(world.desk.reviews(&someone(&world, role, site)).await, Err(Failure::Hidden)));
        }
        let reviews = world.desk.reviews(&other).await.unwrap();
        assert!(reviews.open.iter().all(|item| item.due >= reviews.today));
        world.clock.move_to("2022-07-16T08:00:00Z");
        let reviews = world.desk.reviews(&other).await.unwrap();
        let late = reviews.open.iter().find(|open| open.id == item.id).unwrap();
        assert!(late.due < reviews.today, "overdue after fourteen days");
        world.desk.sign_off(&other, item.id, "Nagevraagd: brand in de opvang.").await.unwrap();
        world.desk.sign_off(&other, item.id, "Nagevraagd: brand in de opvang.").await.unwrap();
        assert_eq!(key(world.desk.sign_off(&reviewer(&world), item.id, "ook").await.unwrap_err()), "review-done");
        let done = world.desk.reviews(&other).await.unwrap().done;
        let signed = done[0].done.clone().unwrap();
        assert_eq!((signed.by, signed.remark.as_str()), (other.user, "Nagevraagd: brand in de opvang."));
    }
}

#[tokio::test]
async fn partners_are_each_others_witnesses() {
    for world in worlds() {
        let desk = world.desk.clone();
        let folder = world.test.folder.path().to_owned();
        register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let signed = tokio::task::spawn_blocking(move || {
            let signer = Signer::from_secret(&[3; 32], &desk.log_name());
            desk.keep_checkpoints(Ledger { signer, outside: Outside::new(folder.join("outside")) });
            desk.checkpoint().unwrap()
        });
        assert_eq!(signed.await.unwrap(), 1, "nothing was read yet: only facts");
        let who = someone(&world, Role::Guide, "groningen");
        let kept = world.desk.checkpoints().await.unwrap().newest.remove(0);
        register(&world, "Lucinda Lampenkap", "2022-05-02").await;
        let handed = world.desk.hand_in(&who, command(), &kept.note).await.unwrap();
        assert_eq!((handed.size, handed.compared), (2, Compared::Consistent));

        // another history, signed by the same hand: what a partner kept tells
        let signer = Signer::from_secret(&[3; 32], &world.desk.log_name());
        let mut head = journal::note::Note::parse(&kept.note).unwrap().head;
        head.root[0] ^= 1;
        let forged = signer.sign(head.clone()).text;
        let handed = world.desk.hand_in(&who, command(), &forged).await.unwrap();
        assert_eq!(handed.compared, Compared::Rewritten);
        head.size = 9;
        let handed = world.desk.hand_in(&who, command(), &signer.sign(head).text).await.unwrap();
        assert_eq!(handed.compared, Compared::Behind(4));
        let shown = world.desk.checkpoints().await.unwrap();
        assert_eq!(shown.witnessed.iter().filter(|seen| !seen.consistent).count(), 2);
        assert!(shown.partners.iter().any(|(org, at)| *org == who.org && at.is_some()));
        assert_eq!(world.desk.reviews(&reviewer(&world)).await.unwrap().alarms, 2);

        for bad in
            ["", "geen controlepunt", &kept.note.replace("facts", "elders"), &kept.note.replacen("\n2\n", "\n3\n", 1)]
        {
            let refused = world.desk.hand_in(&who, command(), bad).await;
            assert!(matches!(refused, Err(Failure::Refused(_))), "{bad}");
        }
    }
}

/// Lines of the read log so far.
async fn lines(world: &World) -> Vec<desk::ReadLine> {
    let desk = world.desk.clone();
    let all = tokio::task::spawn_blocking(move || desk.reads_after(0, 1000)).await.unwrap().unwrap();
    all.into_iter().map(|(_, line)| line).collect()
}

#[tokio::test]
async fn every_view_of_personal_data_leaves_one_line() {
    for world in worlds() {
        let (id, person) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let who = someone(&world, Role::Coordinator, "groningen");
        let query = || desk::Query { text: "Zebedeus Kastdeur".into(), birth_year: None };
        let mut before = lines(&world).await.len();
        let mut seen = Vec::new();
        macro_rules! one_line {
            ($activity:ident, $read:expr) => {
                $read.await.unwrap();
                let all = lines(&world).await;
                assert_eq!(all.len(), before + 1, "{:?} on {}", Activity::$activity, world.test.database);
                before = all.len();
                let line = all.last().unwrap().clone();
                assert_eq!(
                    (line.activity, line.user, &line.subjects[..]),
                    (Activity::$activity, who.user, &[person][..])
                );
                seen.push(line);
            };
        }
        one_line!(File, world.desk.file(&who, id));
        one_line!(Timeline, world.desk.timeline(&who, id));
        one_line!(Timeline, world.desk.file_with_timeline(&who, id));
        one_line!(Worklist, world.desk.worklist(&who, views::worklist::Filter::default()));
        one_line!(Today, world.desk.today(&who));
        one_line!(Search, world.desk.search(&who, query()));
        one_line!(Person, world.desk.person(&who, person));
        assert!(seen[0].categories.contains(&Category::Legal) && seen[0].purpose == Purpose::Guidance);
        assert_eq!(seen[3].categories, [Category::Identity, Category::Process], "a list shows no more");
        assert_eq!(seen[5].purpose, Purpose::Registration, "who searches is about to register");
        // what was not shown was not read
        let elsewhere = someone(&world, Role::Coordinator, "utrecht");
        assert!(world.desk.file(&elsewhere, id).await.is_err());
        assert!(world.desk.search(&elsewhere, query()).await.unwrap().matches.is_empty());
        assert_eq!(lines(&world).await.len(), before);
    }
}

#[tokio::test]
async fn without_a_line_in_the_log_nothing_is_shown() {
    for world in worlds() {
        let (id, person) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let who = someone(&world, Role::Coordinator, "groningen");
        world.test.store.write(|tx| tx.batch("DROP TABLE read_log")).await.unwrap();
        assert!(matches!(world.desk.file(&who, id).await, Err(Failure::Store(_))), "{}", world.test.database);
        assert!(matches!(world.desk.person(&who, person).await, Err(Failure::Store(_))));
        assert!(world.desk.worklist(&who, views::worklist::Filter::default()).await.is_err());
    }
}
