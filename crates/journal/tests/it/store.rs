//! Opening a store, and what may go wrong with it.

use journal::{Location, MIGRATIONS, Migration, Store, check_sqlite_version, params, testing::stores};

#[test]
fn a_sqlite_that_can_corrupt_its_log_is_refused() {
    for fine in [3_051_003, 3_052_000, 4_000_000] {
        check_sqlite_version(fine).unwrap();
    }
    for old in [3_051_002, 3_050_099, 2_999_999] {
        let said = check_sqlite_version(old).unwrap_err().to_string();
        assert!(said.contains("3.51.3 or newer"), "{said}");
    }
    assert!(check_sqlite_version(3_051_002).unwrap_err().to_string().contains("SQLite 3.51.2"));
}

/// Opens the same store with other migrations.
fn again(location: &Location, migrations: &[Migration]) -> String {
    Store::open(location, migrations).unwrap_err().to_string()
}

#[test]
fn a_store_of_a_newer_program_or_with_a_changed_migration_is_refused() {
    let extra = Migration { number: 900, name: "later", sql: "CREATE TABLE later (id BIGINT PRIMARY KEY)" };
    let newer: Vec<Migration> = MIGRATIONS.iter().cloned().chain([extra.clone()]).collect();
    for test in stores(&newer) {
        let location = test.store.location().clone();
        drop(test.store);
        let said = again(&location, MIGRATIONS);
        assert!(said.contains("newer version") && said.contains("900 later"), "{}: {said}", test.database);
        let mut changed = newer.clone();
        changed[0].sql = "CREATE TABLE something_else (id BIGINT PRIMARY KEY)";
        let said = again(&location, &changed);
        assert!(said.contains("migration 1 journal differs"), "{}: {said}", test.database);
        // what was refused changed nothing
        let store = Store::open(&location, &newer).unwrap();
        let read = store.read_blocking(|tx| tx.one("SELECT position FROM head", params![], |row| row.get::<i64>(0)));
        assert_eq!(read.unwrap(), Some(0), "{}", test.database);
    }
}

#[test]
fn a_second_process_on_the_same_keys_is_refused_whatever_the_database() {
    for test in stores(MIGRATIONS) {
        let said = again(test.store.location(), MIGRATIONS);
        assert!(said.contains("in use by another bestendig process"), "{}: {said}", test.database);
    }
}

#[test]
fn a_connection_that_the_server_closed_is_opened_anew() {
    for test in stores(MIGRATIONS).into_iter().filter(|test| test.database == "postgres") {
        let put = |value: &'static str| {
            test.store.write_blocking(move |tx| journal::setting::put(tx, "proef", value)).map_err(|e| e.to_string())
        };
        let get = || test.store.read_blocking(|tx| journal::setting::get(tx, "proef")).map_err(|e| e.to_string());
        put("one").unwrap();
        assert_eq!(get(), Ok(Some("one".to_owned())));
        let Location::Postgres { server, .. } = test.store.location() else { panic!("a server") };
        let mut other = postgres::Client::connect(&server.url, postgres::NoTls).unwrap();
        for round in ["two", "three"] {
            let ended = other
                .query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()",
                    &[],
                )
                .unwrap();
            // the writer and the readers; one that has not been needed since is still closed
            assert!(ended.len() >= 2, "{}", ended.len());
            put(round).unwrap();
            // each of the two readers
            assert_eq!((get(), get(), get()), (Ok(Some(round.into())), Ok(Some(round.into())), Ok(Some(round.into()))));
        }
    }
}
