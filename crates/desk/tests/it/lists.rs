//! Lists with every filter and order, and the page of today: the same answers on both databases, and the right ones.

use desk::{Account, SignIn};
use domain::{
    codes::{OrgKind, Phase, Role, Status},
    programme::List,
};
use population::Size;
use views::worklist::{Due, Filter, Sort};

use crate::world::{World, first, programme, someone, worlds};

fn filled(world: &World) {
    let mut facts = Vec::new();
    for member in population::draw(&programme(), 5, Size::Small(60)) {
        facts.extend(member.person);
        facts.extend(member.trajectories.into_iter().flat_map(|(_, facts)| facts));
    }
    facts.sort_by_key(|recorded| (recorded.fact.header.recorded_at, recorded.fact.header.stream, recorded.number));
    world.desk.take_in(facts.into_iter().map(|recorded| recorded.fact).collect(), |_, _| {}).unwrap();
}

const SORTS: [Sort; 4] = [Sort::Due, Sort::Changed, Sort::Waiting, Sort::Case];

/// Every filter by itself, and several at once.
fn filters() -> Vec<Filter> {
    let all = || Filter { ended: true, ..Filter::default() };
    let mut out = vec![
        Filter::default(),
        all(),
        Filter { mine: true, ..all() },
        Filter { paused: true, ..all() },
        Filter { site: "groningen".parse().ok(), ..all() },
        Filter { waiting_on: "ind".parse().ok().map(views::turn::WaitingOn::Org), ..all() },
        Filter { page: 2, ..all() },
        Filter { scenario: Some(first(List::Scenarios)), ..all() },
        Filter {
            phase: Some(Phase::Guidance),
            status: Some(Status::Admitted),
            due: vec![Due::Overdue, Due::Week],
            site: "groningen".parse().ok(),
            ..Filter::default()
        },
    ];
    out.extend(Phase::ALL.iter().map(|phase| Filter { phase: Some(*phase), ..all() }));
    out.extend(Status::ALL.iter().map(|status| Filter { status: Some(*status), ..all() }));
    out.extend([Due::Overdue, Due::Week, Due::Later, Due::Nothing].map(|due| Filter { due: vec![due], ..all() }));
    out
}

/// What the lists answer, as text; and that each answer is what was asked for.
fn answers(world: &World) -> Vec<String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let staff = population::staff(world.desk.programme());
    let guide = staff.iter().find(|one| one.role == Role::Guide && one.sites[0].as_str() == "groningen").unwrap();
    let all = world.desk.programme().sites.iter().map(|site| site.id.clone()).collect();
    let mut who = someone(world, Role::Guide, "groningen");
    (who.user, who.sites) = (guide.user, all);
    let mut out = Vec::new();
    let mut total = 0;
    for filter in filters() {
        let mut of_phase = Vec::new();
        for sort in SORTS {
            let asked = Filter { sort, ..filter.clone() };
            let page = runtime.block_on(world.desk.worklist(&who, asked.clone())).unwrap();
            let rows: Vec<_> = page.items.iter().map(|item| &item.row).collect();
            assert!(rows.iter().all(|row| filter.phase.is_none_or(|phase| row.phase == phase)), "{asked:?}");
            assert!(rows.iter().all(|row| filter.status.is_none_or(|status| row.status == status)), "{asked:?}");
            assert!(
                rows.iter().all(|row| filter.site.as_ref().is_none_or(|site| row.site == site.as_str())),
                "{asked:?}"
            );
            assert!(rows.iter().all(|row| !filter.paused || row.paused), "{asked:?}");
            match sort {
                Sort::Due => assert!(rows.is_sorted_by_key(|row| row.next_due.unwrap_or(jiff::civil::Date::MAX))),
                Sort::Waiting => assert!(rows.is_sorted_by_key(|row| row.phase_since)),
                Sort::Case => assert!(rows.is_sorted_by_key(|row| row.case_number.clone())),
                Sort::Changed => {}
            }
            of_phase.push(page.total);
            total += page.items.len();
            out.push(format!("{asked:?} {} {:?}", page.total, rows.iter().map(|r| r.trajectory).collect::<Vec<_>>()));
        }
        of_phase.dedup();
        assert_eq!(of_phase.len(), 1, "an order leaves nothing out: {filter:?}");
    }
    assert!(total > 400, "{total}");
    for role in [Role::Guide, Role::Coordinator] {
        let mut who = who.clone();
        who.role = role;
        if role == Role::Coordinator {
            (who.org, who.org_kind) = ("municipality-groningen".parse().unwrap(), OrgKind::Municipality);
        }
        let today = runtime.block_on(world.desk.today(&who)).unwrap();
        for part in [&today.overdue, &today.today, &today.week, &today.waiting] {
            let items: Vec<_> = part.items.iter().map(|(item, due)| (item.row.trajectory, due.due)).collect();
            out.push(format!("{role} {} {items:?}", part.total));
        }
        assert!(today.overdue.total + today.week.total + today.waiting.total > 0, "{role} has nothing to do");
        out.push(format!("{:?}", today.new.iter().map(|item| item.row.trajectory).collect::<Vec<_>>()));
    }
    out
}

#[test]
fn lists_and_today_answer_the_same_on_both_databases() {
    let mut first: Option<Vec<String>> = None;
    for world in worlds() {
        filled(&world);
        let answers = answers(&world);
        let first = first.get_or_insert_with(|| answers.clone());
        for (one, other) in first.iter().zip(&answers) {
            assert_eq!(one, other, "{}", world.test.database);
        }
    }
}

#[test]
fn accounts_and_sessions_work_on_both_databases() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for world in worlds() {
        let site = world.desk.programme().sites[0].clone();
        let user = domain::ids::UserId(uuid::Uuid::from_u128(7));
        let (login, name, role) = ("proef".to_owned(), "Proef Persoon".to_owned(), Role::Coordinator);
        let account = Account { user, login, name, role, org: site.lead, sites: vec![site.id] };
        let password = "een verzonnen wachtzin";
        world.desk.add_account(account.clone(), password).unwrap();
        assert!(world.desk.add_account(account, password).is_err(), "a login is used once");
        let signed = runtime.block_on(world.desk.sign_in("Proef ", password)).unwrap();
        let SignIn::Welcome(token) = signed else { panic!("{}", world.test.database) };
        assert!(runtime.block_on(world.desk.session(&token)).unwrap().is_some());
        // after a restart only the store knows the session
        let again = crate::world::desk_again(&world);
        assert!(runtime.block_on(again.session(&token)).unwrap().is_some(), "{}", world.test.database);
        runtime.block_on(again.sign_out(&token)).unwrap();
        assert!(runtime.block_on(again.session(&token)).unwrap().is_none());
        assert_eq!(runtime.block_on(world.desk.sign_in("proef", "een andere wachtzin")).unwrap(), SignIn::Wrong);
    }
}
