//! Read tables: every statement fits both databases, and a rebuild makes them equal.

use std::collections::BTreeMap;

use desk::Desk;
use domain::codes::Role;
use journal::params;
use population::Size;

use crate::world::{World, programme, someone, worlds};

#[test]
fn every_statement_prepares_on_both_databases() {
    for world in worlds() {
        journal::testing::prepare_all(&world.test.store, desk::statements()).unwrap();
    }
}

/// Every row of the read tables as text, sealed parts opened by the use cases that read them.
fn dump(world: &World) -> BTreeMap<String, Vec<String>> {
    let tables = [
        ("participant", "SELECT id, version, age_band, sex FROM participant ORDER BY id", 4),
        (
            "trajectory",
            "SELECT id, participant, site, case_number, method, version, previous, opened, ended, is_open, phase,
             phase_since, status, status_since, scenario, cooperates, pause, outflow_reason, next_rule, next_due,
             next_waiting_on, guide, guide_org, shift_on, changed_at, changed_by FROM trajectory ORDER BY id",
            26,
        ),
        (
            "term",
            "SELECT trajectory, number, site, rule, start, due, agreed, valid_from, valid_to, waiting_on, worker
             FROM term ORDER BY trajectory, number",
            11,
        ),
        ("worker", "SELECT trajectory, person, task, org, since FROM worker ORDER BY trajectory, task", 5),
        (
            "spell",
            "SELECT trajectory, participant, site, line, code, valid_from, valid_to, known_from, known_to FROM spell
             ORDER BY trajectory, line, code, valid_from, known_from, valid_to",
            9,
        ),
        ("search_token", "SELECT token, participant FROM search_token ORDER BY token, participant", 2),
    ];
    let mut out = BTreeMap::new();
    for (table, sql, columns) in tables {
        let rows = world.test.store.read_blocking(move |tx| {
            tx.query(sql, params![], |row| {
                let cell = |at| {
                    row.get::<Option<String>>(at)
                        .map(|text| format!("{text:?}"))
                        .or_else(|_| row.get::<Option<i64>>(at).map(|number| format!("{number:?}")))
                        .or_else(|_| row.get::<Option<Vec<u8>>>(at).map(|bytes| format!("{bytes:?}")))
                };
                (0..columns).map(cell).collect::<journal::Result<Vec<_>>>().map(|cells| cells.join(" "))
            })
        });
        out.insert(table.to_owned(), rows.map_err(|error: journal::Error| format!("{table}: {error}")).unwrap());
    }
    let opened = opened(world, &world.desk);
    out.insert("opened".to_owned(), opened);
    out
}

/// What the sealed parts say.
fn opened(world: &World, desk: &Desk) -> Vec<String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ids = world.test.store.read_blocking(|tx| {
        tx.query("SELECT id, site FROM trajectory ORDER BY id", params![], |row| {
            Ok::<_, journal::Error>((row.get::<uuid::Uuid>(0)?, row.get::<String>(1)?))
        })
    });
    ids.map_err(|error: journal::Error| error.to_string())
        .unwrap()
        .into_iter()
        .map(|(id, site)| {
            let who = someone(world, Role::PrivacyOfficer, &site);
            let file = runtime.block_on(desk.file(&who, domain::ids::TrajectoryId(id))).unwrap();
            format!("{:?} {:?} {:?}", file.trajectory, file.person, file.case_number)
        })
        .collect()
}

#[test]
fn kept_and_rebuilt_tables_are_equal() {
    for world in worlds() {
        let mut facts = Vec::new();
        for member in population::draw(&programme(), 5, Size::Small(40)) {
            facts.extend(member.person);
            facts.extend(member.trajectories.into_iter().flat_map(|(_, facts)| facts));
        }
        facts.sort_by_key(|recorded| (recorded.fact.header.recorded_at, recorded.fact.header.stream, recorded.number));
        let facts = facts.into_iter().map(|recorded| recorded.fact).collect();
        world.desk.take_in(facts, |_, _| {}).unwrap();
        // and some kept one by one, as people do it
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (id, _) = runtime.block_on(crate::world::register(&world, "Zebedeus Kastdeur", "2022-06-01"));
        let who = someone(&world, Role::Coordinator, "groningen");
        let admission = crate::world::admission(&world, crate::world::day("2022-06-03"));
        runtime.block_on(world.desk.execute(&who, crate::world::on(id, None, admission))).unwrap();
        let item = runtime.block_on(world.desk.timeline(&who, id)).unwrap().remove(0);
        let mut again = crate::world::admission(&world, crate::world::day("2022-06-02"));
        again = again.correcting(item.fact.header.id, "verkeerde datum");
        runtime.block_on(world.desk.execute(&who, crate::world::on(id, None, again))).unwrap();

        let before = dump(&world);
        assert!(before["spell"].len() > 100 && before["opened"].len() > 40);
        world.desk.rebuild(|_, _| {}).unwrap();
        let after = dump(&world);
        for (table, rows) in &before {
            assert_eq!(rows, &after[table], "{} on {}", table, world.test.database);
        }
        let report = world.desk.verify(|_| {}).unwrap();
        assert_eq!(report.findings, Vec::<String>::new());
    }
}
