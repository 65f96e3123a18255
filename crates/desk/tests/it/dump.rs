//! Every row of the read tables as text, with every sealed part opened.

use std::collections::BTreeMap;

use journal::{Class, params};

use crate::world::World;

/// Table, its columns in the clear, and its order.
const TABLES: &[(&str, &str, usize)] = &[
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
    ("rights_request", "SELECT request, participant, received, due FROM rights_request ORDER BY request", 4),
    ("search_token", "SELECT token, participant FROM search_token ORDER BY token, participant", 2),
];

/// Table, what its sealed column is, where it is sealed, and whose key opens it: id, person, sealed.
const SEALED: &[(&str, Class, &str, &str)] = &[
    ("participant, sealed", Class::Person, "participant", "SELECT id, id, sealed FROM participant ORDER BY id"),
    ("trajectory, sealed", Class::Card, "trajectory", "SELECT id, participant, sealed FROM trajectory ORDER BY id"),
    (
        "file, sealed",
        Class::File,
        "trajectory",
        "SELECT t.id, t.participant, f.sealed FROM file f JOIN trajectory t ON t.id = f.trajectory ORDER BY t.id",
    ),
];

pub(crate) fn dump(world: &World) -> BTreeMap<&'static str, Vec<String>> {
    let mut out = BTreeMap::new();
    for (table, sql, columns) in TABLES {
        let rows = world.test.store.read_blocking(move |tx| {
            tx.query(sql, params![], |row| {
                let cell = |at| {
                    row.get::<Option<String>>(at)
                        .map(|text| format!("{text:?}"))
                        .or_else(|_| row.get::<Option<i64>>(at).map(|number| format!("{number:?}")))
                        .or_else(|_| row.get::<Option<Vec<u8>>>(at).map(|bytes| format!("{bytes:?}")))
                };
                (0..*columns).map(cell).collect::<journal::Result<Vec<_>>>().map(|cells| cells.join(" "))
            })
        });
        out.insert(*table, rows.map_err(|error: journal::Error| format!("{table}: {error}")).unwrap());
    }
    for (name, class, place, sql) in SEALED {
        let keys = world.keys.clone();
        let rows = world.test.store.read_blocking(move |tx| {
            tx.query(sql, params![], |row| {
                let (id, who) = (row.get::<uuid::Uuid>(0)?, domain::ids::ParticipantId(row.get(1)?));
                let sealed = row.get::<Option<Vec<u8>>>(2)?;
                let opened = match (sealed, keys.key(who)?) {
                    (Some(sealed), Some(key)) => {
                        let at = [place.as_bytes(), id.as_bytes()].concat();
                        joined(key.open(*class, &at, &sealed)?)
                    }
                    _ => "closed".to_owned(),
                };
                Ok(format!("{id} {opened}"))
            })
        });
        out.insert(*name, rows.map_err(|error: journal::Error| format!("{name}: {error}")).unwrap());
    }
    out
}

/// Kept and rebuilt tables are the same, row by row.
pub(crate) fn same_as_rebuilt(world: &World) {
    let before = dump(world);
    world.desk.rebuild(|_, _| {}).unwrap();
    let after = dump(world);
    assert!(!before["trajectory"].is_empty());
    for (table, rows) in &before {
        for (kept, rebuilt) in rows.iter().zip(&after[table]) {
            assert_eq!(kept, rebuilt, "{table} on {}", world.test.database);
        }
        assert_eq!(rows.len(), after[table].len(), "{table} on {}", world.test.database);
    }
}

/// The sections of a sealed value, each with its category.
pub(crate) fn joined(sections: Vec<(domain::codes::Category, Option<Vec<u8>>)>) -> String {
    let text = |(category, bytes): (domain::codes::Category, Option<Vec<u8>>)| {
        format!("{category} {}", String::from_utf8(bytes.unwrap()).unwrap())
    };
    sections.into_iter().map(text).collect::<Vec<_>>().join(" ")
}
