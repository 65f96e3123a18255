//! The two databases behind one shape: a connection that runs transactions.

use std::{collections::HashMap, path::Path};

use crate::{
    error::{Error, Result},
    server::Server,
    sql::{PostgresLink, Tx, Value},
};

/// The oldest SQLite that is safe: older ones can corrupt a write-ahead log (fixed in 3.51.3).
pub(crate) const OLDEST_SQLITE: i32 = 3_051_003;

/// Refuses a SQLite that can corrupt its write-ahead log.
///
/// # Errors
/// Names the version found and the version needed.
pub fn check_sqlite_version(number: i32) -> Result<()> {
    if number >= OLDEST_SQLITE {
        return Ok(());
    }
    let show = |n: i32| format!("{}.{}.{}", n / 1_000_000, n / 1000 % 1000, n % 1000);
    Err(Error::Unusable(format!(
        "this program was built with SQLite {}, which can corrupt a store; build it with {} or newer",
        show(number),
        show(OLDEST_SQLITE)
    )))
}

/// A connection to either database.
pub(crate) enum Connection {
    /// The embedded store.
    Sqlite(rusqlite::Connection),
    /// A server.
    Postgres(Box<Client>),
}

/// A PostgreSQL connection with its prepared statements.
pub(crate) struct Client {
    link: postgres::Client,
    /// To connect anew.
    server: Server,
    statements: HashMap<String, postgres::Statement>,
}

impl Client {
    fn connect(server: &Server) -> Result<Self> {
        Ok(Self { link: server.connect()?, server: server.clone(), statements: HashMap::new() })
    }

    fn statement(&mut self, sql: &str) -> Result<postgres::Statement> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.link.prepare(sql)?;
        // filters make a few hundred texts at most; a bound keeps a mistake from filling the server
        if self.statements.len() > 1000 {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn bound(values: &[Value]) -> Vec<&(dyn postgres::types::ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn postgres::types::ToSql + Sync)).collect()
}

impl PostgresLink for Client {
    fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<postgres::Row>> {
        let statement = self.statement(sql)?;
        Ok(self.link.query(&statement, &bound(values))?)
    }

    fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64> {
        let statement = self.statement(sql)?;
        Ok(self.link.execute(&statement, &bound(values))?)
    }

    fn prepare(&mut self, sql: &str) -> Result<()> {
        self.statement(sql).map(|_| ())
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.link.batch_execute(sql)?)
    }
}

impl Connection {
    /// Opens a SQLite file; readers may not write.
    pub(crate) fn sqlite(path: &Path, reader: bool) -> Result<Self> {
        use rusqlite::OpenFlags;
        check_sqlite_version(rusqlite::version_number())?;
        let mode = if reader {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
        };
        let connection = rusqlite::Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.set_prepared_statement_cache_capacity(256);
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        if !reader {
            connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 16777216;")?;
        }
        connection.execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA cache_size = -12000; PRAGMA temp_store = MEMORY;",
        )?;
        Ok(Self::Sqlite(connection))
    }

    /// Connects to a PostgreSQL server.
    pub(crate) fn postgres(server: &Server) -> Result<Self> {
        Ok(Self::Postgres(Box::new(Client::connect(server)?)))
    }

    /// Begins a transaction. A server that was restarted, or that closed the connection, is connected to anew.
    pub(crate) fn begin(&mut self, write: bool) -> Result<()> {
        match self.try_begin(write) {
            Err(Error::Postgres(error)) => {
                tracing::warn!(closed = error.is_closed(), "the connection to PostgreSQL is opened anew");
                if let Self::Postgres(client) = self {
                    // nothing is lost: no transaction was begun, and what was prepared belongs to the old connection
                    **client = Client::connect(&client.server.clone())?;
                }
                self.try_begin(write)
            }
            other => other,
        }
    }

    fn try_begin(&mut self, write: bool) -> Result<()> {
        match (self, write) {
            (Self::Sqlite(connection), true) => Ok(connection.execute_batch("BEGIN IMMEDIATE")?),
            (Self::Sqlite(connection), false) => Ok(connection.execute_batch("BEGIN DEFERRED")?),
            (Self::Postgres(client), true) => client.batch("BEGIN"),
            (Self::Postgres(client), false) => client.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    /// Rewrites the database, so that freed space holds nothing of what was there.
    pub(crate) fn scrub(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                connection.execute_batch("VACUUM")?;
                let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
                if busy == 0 {
                    return Ok(());
                }
                Err(Error::Unusable("the log could not be folded back: the store is being read; try again".to_owned()))
            }
            // the server keeps a log of its own: how long is a matter of its settings
            Self::Postgres(client) => client.batch("VACUUM FULL"),
        }
    }

    pub(crate) fn tx(&mut self) -> Tx<'_> {
        match self {
            Self::Sqlite(connection) => Tx::Sqlite(connection),
            Self::Postgres(client) => Tx::Postgres(client.as_mut()),
        }
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.tx().batch(sql)
    }
}
