//! Backup and restore of an embedded store. A backup holds no keys and no search tokens.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
};

use rusqlite::{Connection, OpenFlags};

use crate::{
    backend::check_sqlite_version,
    error::{Error, Result},
    store::Location,
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
    /// Copying it: bytes.
    Copying,
}

/// Copies a file a piece at a time, and is sure it is on the disk.
fn copy(from: &Path, to: &Path, mut progress: impl FnMut(u64, u64)) -> Result<()> {
    let mut source = File::open(from).map_err(Error::file(from))?;
    let all = source.metadata().map_err(Error::file(from))?.len();
    let mut target = File::create(to).map_err(Error::file(to))?;
    let (mut piece, mut done) = (vec![0; 1 << 20], 0);
    loop {
        let read = source.read(&mut piece).map_err(Error::file(from))?;
        if read == 0 {
            return target.sync_all().map_err(Error::file(to));
        }
        target.write_all(&piece[..read]).map_err(Error::file(to))?;
        done += read as u64;
        progress(done, all);
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
    {
        let backup = rusqlite::backup::Backup::new(source, &mut copy)?;
        loop {
            let step = backup.step(2000)?;
            let done = backup.progress();
            let left = u64::try_from(done.remaining).unwrap_or(0);
            let all = u64::try_from(done.pagecount).unwrap_or(0);
            progress(all - left.min(all), all);
            if step == rusqlite::backup::StepResult::Done {
                break;
            }
        }
    }
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

/// Puts a backup in place of an empty folder. Search tokens are made again by a rebuild.
///
/// # Errors
/// When the folder already holds a store, or the file is not a whole backup.
///
/// `progress` hears what is being done, how much of it, and of how much: SQLite does not say how far its integrity check
/// is, so that step has a length of nothing.
pub fn restore(location: &Location, file: &Path, mut progress: impl FnMut(Restoring, u64, u64)) -> Result<Info> {
    check_sqlite_version(rusqlite::version_number())?;
    let folder = embedded(location)?;
    let target = folder.join("store.db");
    if target.exists() {
        return Err(Error::Unusable(format!(
            "{} already holds a store; restore into an empty folder",
            folder.display()
        )));
    }
    if !file.exists() {
        return Err(Error::Unusable(format!("there is no file {}", file.display())));
    }
    let not_whole = |error: &dyn std::fmt::Display| {
        Error::Unusable(format!("{} is not a whole backup of this program: {error}", file.display()))
    };
    let source = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    progress(Restoring::Checking, 0, 0);
    let check: String =
        source.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(|error| not_whole(&error))?;
    if check != "ok" {
        return Err(not_whole(&check));
    }
    let info = source
        .query_row("SELECT version, position FROM backup_info", [], |row| {
            Ok(Info { version: row.get(0)?, position: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0) })
        })
        .map_err(|error| not_whole(&error))?;
    drop(source);
    std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let part = folder.join("store.part");
    copy(file, &part, |done, all| progress(Restoring::Copying, done, all))?;
    let copy = Connection::open(&part)?;
    copy.execute_batch("DROP TABLE backup_info")?;
    copy.close().map_err(|(_, error)| error)?;
    std::fs::rename(&part, &target).map_err(Error::file(&target))?;
    Ok(info)
}
