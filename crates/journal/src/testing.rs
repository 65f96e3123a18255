//! For the tests of all rooms: a store on each database.
#![allow(clippy::disallowed_methods, reason = "tests read their environment and make names of their own")]

pub mod bucket;
pub mod scanner;

use std::path::PathBuf;

use crate::{Error, Location, Migration, Result, Store, params};

/// A store for a test, and what to clean up after it.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// Folder of the store and its keys.
    pub folder: tempfile::TempDir,
}

/// An empty store on SQLite, and one on PostgreSQL when `BESTENDIG_TEST_POSTGRES` names a server.
///
/// Without that variable PostgreSQL is not tested, which on the build server (`CI` set) is an error.
///
/// # Panics
/// When a store cannot be made: the test cannot go on.
#[expect(clippy::expect_used, reason = "for tests")]
pub fn stores(migrations: &[Migration]) -> Vec<TestStore> {
    let mut out = vec![sqlite(migrations)];
    match std::env::var("BESTENDIG_TEST_POSTGRES") {
        Ok(server) => out.push(postgres(&server, migrations).expect("a fresh database on the test server")),
        Err(_) if std::env::var_os("CI").is_some() => {
            panic!("BESTENDIG_TEST_POSTGRES is not set: PostgreSQL would not be tested")
        }
        Err(_) => eprintln!("BESTENDIG_TEST_POSTGRES is not set: PostgreSQL is not tested"),
    }
    out
}

/// An empty store on SQLite.
///
/// # Panics
/// When it cannot be made.
#[expect(clippy::expect_used, reason = "for tests")]
pub fn sqlite(migrations: &[Migration]) -> TestStore {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&Location::Folder(folder.path().to_owned()), migrations).expect("a store");
    TestStore { store, database: "sqlite", folder }
}

#[expect(clippy::expect_used, reason = "for tests")]
fn postgres(server: &str, migrations: &[Migration]) -> Result<TestStore> {
    let name = format!("bestendig_{}", uuid::Uuid::new_v4().simple());
    let create = format!("CREATE DATABASE {name}");
    // a thread of its own: the driver runs a loop of its own, and some tests run in one already
    let made = std::thread::scope(|scope| {
        let work = || -> Result<()> {
            let mut client = postgres::Client::connect(server, postgres::NoTls)?;
            Ok(client.batch_execute(&create)?)
        };
        scope.spawn(work).join()
    });
    made.map_err(|_| Error::Panicked)??;
    let folder = tempfile::tempdir().expect("a folder");
    let keys: PathBuf = folder.path().to_owned();
    let store =
        Store::open(&Location::Postgres { server: format!("{server} dbname={name}").into(), keys }, migrations)?;
    Ok(TestStore { store, database: "postgres", folder })
}

/// Prepares statements without running them: every table and column they name must exist, and the database must
/// understand them. That the store still answers is asked afterwards.
///
/// # Errors
/// The statement and what the database says of it.
pub fn prepare_all(store: &Store, statements: Vec<String>) -> Result<()> {
    store.write_blocking(move |tx| {
        for sql in &statements {
            tx.prepare(sql).map_err(|error| Error::Unusable(format!("{sql}\n{error}")))?;
        }
        tx.query("SELECT position FROM head", params![], |row| row.get::<i64>(0)).map(|_| ())
    })
}
