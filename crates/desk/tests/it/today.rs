//! What today counts and what the worklist lists are the same, on both databases.

use desk::TodayPart;
use domain::codes::{Role, Status};
use views::{
    turn::WaitingOn,
    worklist::{Due, Filter},
};

use crate::world::{admission, day, on, register, someone, worlds};

#[tokio::test]
async fn every_count_of_today_is_that_of_a_list() {
    for world in worlds() {
        let who = someone(&world, Role::Coordinator, "groningen");
        // some registered long ago, some lately, some with a decision
        for (at, on_day) in ["2022-03-01", "2022-05-02", "2022-05-25", "2022-06-01"].into_iter().enumerate() {
            let (id, _) = register(&world, &format!("Proef Nummer{at}"), on_day).await;
            if at % 2 == 0 {
                world.desk.execute(&who, on(id, None, admission(&world, day(on_day)))).await.unwrap();
            }
        }
        let today = world.desk.today(&who).await.unwrap();
        let list = async |waiting_on, due: &[Due]| {
            let filter = Filter { waiting_on: Some(waiting_on), due: due.to_vec(), ended: true, ..Filter::default() };
            world.desk.worklist(&who, filter).await.unwrap().total
        };
        let mine = || WaitingOn::Org(who.org.clone());
        let parts: [(&TodayPart, u64); 4] = [
            (&today.overdue, list(mine(), &[Due::Overdue]).await),
            (&today.today, list(mine(), &[Due::Today]).await),
            (&today.week, list(mine(), &[Due::Week]).await),
            (&today.waiting, list(WaitingOn::Others, &[]).await),
        ];
        for (part, total) in parts {
            assert_eq!(part.total, total, "{}", world.test.database);
            let mut shown: Vec<_> = part.items.iter().map(|(item, _)| item.row.trajectory).collect();
            shown.dedup();
            assert_eq!(shown.len() as u64, part.total, "each stands in it once");
        }
        assert!(parts_in(&today) > 0, "something is due in this world");
        // every kind of term at once, and one by one, with what else can be asked
        let all = list(mine(), &Due::ALL).await;
        let mut some = 0;
        for due in Due::ALL {
            some += list(mine(), &[due]).await;
        }
        assert!(some >= all, "{some} {all}");
        let filter = Filter { ours: true, guide: Some(who.user), reversed: true, ..Filter::default() };
        world.desk.worklist(&who, Filter { status: Some(Status::Admitted), ..filter }).await.unwrap();
    }
}

fn parts_in(page: &desk::TodayPage) -> u64 {
    page.overdue.total + page.today.total + page.week.total + page.waiting.total
}
