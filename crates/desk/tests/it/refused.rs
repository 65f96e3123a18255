//! Refusals of access: in the read log, few lines of many, and looked at when there are many.

use access::{Hex, Principal};
use desk::{Activity, ReadLine, Refused, read_review::Why};
use domain::codes::Role;

use crate::world::{World, register, someone, worlds};

fn lines(world: &World) -> Vec<ReadLine> {
    world.desk.reads_after(0, 1000).unwrap().into_iter().map(|(_, line)| line).collect()
}

fn in_session(mut who: Principal, number: u8) -> Principal {
    who.trace.session = Some(Hex([number; 8]));
    who
}

#[tokio::test]
async fn a_refusal_is_a_line_about_nobody() {
    for world in worlds() {
        let guide = in_session(someone(&world, Role::Guide, "groningen"), 1);
        for what in Refused::ALL {
            world.desk.log_refusal(&guide, what, "GET", "/traject/{id}").await.unwrap();
        }
        let lines = lines(&world);
        assert_eq!(lines.len(), Refused::ALL.len());
        for (line, what) in lines.iter().zip(Refused::ALL) {
            let attempt = line.refused.as_ref().unwrap();
            assert_eq!((attempt.what, attempt.method.as_str(), attempt.route.as_str()), (what, "GET", "/traject/{id}"));
            assert_eq!((line.user, line.role, line.session), (guide.user, Role::Guide, Some(Hex([1; 8]))));
            assert_eq!((line.activity, line.outcome.as_str()), (Activity::Refusal, "refused"));
            assert!(line.subjects.is_empty() && line.categories.is_empty());
        }
    }
}

#[tokio::test]
async fn a_scanner_does_not_fill_the_log_and_is_counted() {
    for world in worlds() {
        let guide = someone(&world, Role::Guide, "groningen");
        let (scanner, other) = (in_session(guide.clone(), 1), in_session(guide, 2));
        for _ in 0..500 {
            world.desk.log_refusal(&scanner, Refused::Hidden, "GET", "/traject/{id}").await.unwrap();
        }
        world.desk.log_refusal(&other, Refused::Denied, "POST", "/werkwijzen").await.unwrap();
        assert_eq!(lines(&world).len(), 11, "ten of the one session, and that of the other");
        let again = world.desk.clone();
        tokio::task::spawn_blocking(move || again.settle_refusals(false)).await.unwrap().unwrap();
        assert_eq!(lines(&world).len(), 11, "the minute is not over");
        world.clock.move_to("2022-07-01T10:01:00Z");
        let again = world.desk.clone();
        tokio::task::spawn_blocking(move || again.settle_refusals(false)).await.unwrap().unwrap();
        let after = lines(&world);
        assert_eq!(after.len(), 12);
        assert_eq!(after[11].refused.as_ref().unwrap().times, 490);
        let times: u32 = after.iter().filter_map(|line| line.refused.as_ref()).map(|attempt| attempt.times).sum();
        assert_eq!(times, 501, "none is lost");
        // and without anyone who settles, the next minute tells it
        for _ in 0..15 {
            world.desk.log_refusal(&scanner, Refused::Hidden, "GET", "/traject/{id}").await.unwrap();
        }
        world.clock.move_to("2022-07-01T10:02:00Z");
        world.desk.log_refusal(&scanner, Refused::Hidden, "GET", "/traject/{id}").await.unwrap();
        let times: u32 = lines(&world).iter().filter_map(|line| line.refused.as_ref()).map(|one| one.times).sum();
        assert_eq!(times, 501 + 16);
    }
}

#[tokio::test]
async fn many_refusals_in_a_day_come_in_the_review_and_few_do_not() {
    for world in worlds() {
        let (often, seldom) = (someone(&world, Role::Guide, "groningen"), someone(&world, Role::Guide, "groningen"));
        for minute in 0..2 {
            world.clock.move_to(&format!("2022-07-01T10:0{minute}:00Z"));
            for _ in 0..10 {
                world.desk.log_refusal(&often, Refused::Hidden, "GET", "/traject/{id}").await.unwrap();
            }
        }
        for _ in 0..19 {
            world.desk.log_refusal(&seldom, Refused::Denied, "GET", "/beheer/gebruikers").await.unwrap();
        }
        world.clock.move_to("2022-07-02T10:00:00Z");
        let reviewer = someone(&world, Role::PrivacyOfficer, "groningen");
        let open = world.desk.reviews(&reviewer).await.unwrap().open;
        assert_eq!(open.len(), 1, "nothing was read, so nothing else stands out and none is a sample: {open:?}");
        assert_eq!(
            (open[0].why, open[0].amount, open[0].readers.as_slice()),
            (Why::ManyRefusals, 20, &[often.user][..])
        );
        assert_eq!(open[0].attempts.len(), 1);
        assert_eq!((open[0].attempts[0].route.as_str(), open[0].attempts[0].times), ("/traject/{id}", 20));
    }
}

#[tokio::test]
async fn what_is_shown_costs_no_line_of_a_refusal() {
    for world in worlds() {
        let (file, _) = register(&world, "Zebedeus Kastdeur", "2022-05-02").await;
        let before = lines(&world).len();
        world.desk.file(&someone(&world, Role::Coordinator, "groningen"), file).await.unwrap();
        let after = lines(&world);
        assert_eq!(after.len(), before + 1);
        assert!(after.iter().all(|line| line.refused.is_none()));
    }
}
