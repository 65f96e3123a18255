//! Backup and restore of an embedded store. A backup holds no keys and no search tokens.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::{
    backend::check_sqlite_version,
    error::{Error, Result},
    store::{Location, make_folder},
};

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Version of the program that made it.
    pub version: String,
    /// Last position in it.
    pub position: u64,
}

/// What a restore is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restoring {
    /// Checking that the backup is whole.
    Checking,
    /// Copying it: pages of the store.
    Copying,
}

/// Copies every page of a store, while it is in use.
fn copy_pages(source: &Connection, copy: &mut Connection, progress: &mut impl FnMut(u64, u64)) -> Result<()> {
    let backup = rusqlite::backup::Backup::new(source, copy)?;
    loop {
        let step = backup.step(2000)?;
        let done = backup.progress();
        let left = u64::try_from(done.remaining).unwrap_or(0);
        let all = u64::try_from(done.pagecount).unwrap_or(0);
        progress(all - left.min(all), all);
        if step == rusqlite::backup::StepResult::Done {
            return Ok(());
        }
    }
}

fn embedded(location: &Location) -> Result<&Path> {
    match location {
        Location::Folder(folder) => Ok(folder),
        Location::Postgres { .. } => Err(Error::Unusable(
            "this store is on PostgreSQL: make its backup with pg_dump, and that of the keys with `backup keys`"
                .to_owned(),
        )),
    }
}

/// Copies the store into one file while it is in use, without the tables named in `leave_out`.
///
/// # Errors
/// When the file exists, cannot be written, or the store is not embedded.
pub fn backup(
    location: &Location,
    file: &Path,
    leave_out: &[&str],
    mut progress: impl FnMut(u64, u64),
) -> Result<Info> {
    let folder = embedded(location)?;
    if file.exists() {
        return Err(Error::Unusable(format!("{} exists; name a new file", file.display())));
    }
    let source = Connection::open_with_flags(folder.join("store.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let part = file.with_extension("part");
    let made = fill(&source, &part, leave_out, &mut progress);
    match made {
        Ok(info) => {
            std::fs::rename(&part, file).map_err(Error::file(file))?;
            Ok(info)
        }
        Err(error) => {
            // a half backup is worse than none; when even this fails the first error says more
            let _ = std::fs::remove_file(&part);
            Err(error)
        }
    }
}

fn fill(source: &Connection, part: &Path, leave_out: &[&str], progress: &mut impl FnMut(u64, u64)) -> Result<Info> {
    if part.exists() {
        std::fs::remove_file(part).map_err(Error::file(part))?;
    }
    let mut copy = Connection::open(part)?;
    copy_pages(source, &mut copy, progress)?;
    copy.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON;")?;
    for table in leave_out {
        copy.execute_batch(&format!("DELETE FROM {table}"))?;
    }
    let position: i64 = copy.query_row("SELECT position FROM head", [], |row| row.get(0))?;
    copy.execute_batch("CREATE TABLE backup_info (version TEXT NOT NULL, position BIGINT NOT NULL)")?;
    copy.execute("INSERT INTO backup_info VALUES (?1, ?2)", (env!("CARGO_PKG_VERSION"), position))?;
    copy.execute_batch("VACUUM")?;
    Ok(Info { version: env!("CARGO_PKG_VERSION").to_owned(), position: u64::try_from(position).unwrap_or(0) })
}

/// Puts the store of a backup, and the keys that belong to it, in a new folder. The search tokens are made again by a
/// rebuild; until then, and until the keys have been tried, nobody should use this folder.
///
/// # Errors
/// When a file is not a whole backup of its kind; what was written by then stays for the caller to remove.
///
/// `progress` hears what is being done, how much of it, and of how much: SQLite does not say how far its integrity check
/// is, so that step has a length of nothing.
pub fn restore(file: &Path, keys: &Path, folder: &Path, mut progress: impl FnMut(Restoring, u64, u64)) -> Result<Info> {
    check_sqlite_version(rusqlite::version_number())?;
    progress(Restoring::Checking, 0, 0);
    let source = open_whole(file, "backup of a store")?;
    let info = source
        .query_row("SELECT version, position FROM backup_info", [], |row| {
            Ok(Info { version: row.get(0)?, position: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0) })
        })
        .map_err(|error| not_whole(file, "backup of a store", &error))?;
    let secrets = open_whole(keys, "backup of the keys")?;
    let count = secrets.query_row("SELECT COUNT(*) FROM person_wrap", [], |row| row.get::<_, i64>(0));
    count.map_err(|error| not_whole(keys, "backup of the keys", &error))?;
    make_folder(folder)?;
    let copied = copy_whole(&source, &folder.join("store.db"), |done, all| progress(Restoring::Copying, done, all))?;
    copied.execute_batch("DROP TABLE backup_info")?;
    copy_whole(&secrets, &folder.join("keys.db"), |_, _| {})?;
    Ok(info)
}

fn not_whole(file: &Path, what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Unusable(format!("{} is not a whole {what}: {error}", file.display()))
}

fn open_whole(file: &Path, what: &str) -> Result<Connection> {
    if !file.exists() {
        return Err(Error::Unusable(format!("there is no file {}", file.display())));
    }
    // a key store that was not closed has part of its pages in a log beside it: reading those may need the log written to
    let source = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    let check: std::result::Result<String, _> = source.query_row("PRAGMA integrity_check", [], |row| row.get(0));
    match check {
        Ok(check) if check == "ok" => Ok(source),
        Ok(check) => Err(not_whole(file, what, &check)),
        Err(error) => Err(not_whole(file, what, &error)),
    }
}

fn copy_whole(source: &Connection, file: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Connection> {
    let mut copy = Connection::open(file)?;
    copy_pages(source, &mut copy, &mut progress)?;
    Ok(copy)
}
