//! Migrations: numbered, forward only, one SQL text for both databases.

use sha2::{Digest, Sha256};

use crate::{
    error::{Error, Result},
    params,
    sql::Tx,
};

/// A step of the schema. Each room brings its own numbers.
#[derive(Debug, Clone)]
pub struct Migration {
    /// Order.
    pub number: u32,
    /// Name.
    pub name: &'static str,
    /// The statements, in the shared subset.
    pub sql: &'static str,
}

const MADE: &str =
    "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 BLOB NOT NULL)";
const DONE: &str = "SELECT number, name, sha256 FROM migration ORDER BY number";
const MARK: &str = "INSERT INTO migration (number, name, sha256) VALUES ($1, $2, $3)";

/// Brings the schema up to date within one transaction.
///
/// # Errors
/// When the store was made by a newer program, or a migration was changed after it was applied.
pub(crate) fn migrate(tx: &mut Tx<'_>, migrations: &[Migration]) -> Result<()> {
    tx.batch(&dialect(tx, MADE))?;
    let done =
        tx.query(DONE, params![], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<Vec<u8>>(2)?)))?;
    for (number, name, digest) in &done {
        let known = migrations.iter().find(|migration| i64::from(migration.number) == *number);
        match known {
            None => {
                return Err(Error::Unusable(format!(
                    "this store was made by a newer version of the program (migration {number} {name}); install that version"
                )));
            }
            Some(migration) if Sha256::digest(migration.sql).as_slice() != digest.as_slice() => {
                return Err(Error::Unusable(format!(
                    "migration {number} {name} differs from the one this store was made with; use the version that made it"
                )));
            }
            Some(_) => {}
        }
    }
    for migration in migrations {
        if done.iter().any(|(number, ..)| *number == i64::from(migration.number)) {
            continue;
        }
        tx.batch(&dialect(tx, migration.sql))?;
        let digest = Sha256::digest(migration.sql);
        tx.exec(MARK, params![i64::from(migration.number), migration.name, digest.as_slice()])?;
    }
    Ok(())
}

/// The one word in which the two differ.
fn dialect(tx: &Tx<'_>, sql: &str) -> String {
    match tx {
        Tx::Sqlite(_) => sql.to_owned(),
        Tx::Postgres(_) => sql.replace("BLOB", "BYTEA"),
    }
}
