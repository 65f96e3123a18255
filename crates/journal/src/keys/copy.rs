//! Backups of the keys: dated, and too old after a month, so that a destroyed key does not come back.

use std::path::Path;

use jiff::{ToSpan as _, civil::Date};
use rusqlite::OptionalExtension as _;

use super::{Keyring, RootKey, guard};
use crate::{
    error::{Error, Result},
    seal::{open_with, seal_with},
};

/// Days after which a backup of the keys is refused: from then on a destruction is final.
pub const KEY_BACKUP_DAYS: i32 = 30;
const PLACE: &[u8] = b"key backup";

impl Keyring {
    /// Copies the key store into a file (online, whole), dated.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn copy_to(&self, file: &Path, today: Date) -> Result<()> {
        if file.exists() {
            return Err(Error::Unusable(format!("{} exists; name a new file", file.display())));
        }
        let store = guard(&self.inner.store);
        let mut copy = rusqlite::Connection::open(file)?;
        let backup = rusqlite::backup::Backup::new(&store, &mut copy)?;
        backup.run_to_completion(1000, std::time::Duration::ZERO, None)?;
        drop(backup);
        // sealed, so that the day cannot be moved with an editor
        let day = today.to_string();
        let stamp = seal_with(&guard(&self.inner.root).cipher, PLACE, day.as_bytes(), self.inner.entropy.as_ref())?;
        copy.execute_batch("PRAGMA journal_mode = DELETE; CREATE TABLE key_backup (stamp BLOB NOT NULL)")?;
        copy.execute("INSERT INTO key_backup (stamp) VALUES (?1)", [stamp])?;
        private(file)
    }
}

/// Takes the key store in a folder, copied from a backup, into use; the day the backup was made.
///
/// # Errors
/// When it is older than [`KEY_BACKUP_DAYS`], has no date, or was made under another root key.
pub fn accept_key_backup(folder: &Path, root: &RootKey, today: Date) -> Result<Date> {
    let mut store = rusqlite::Connection::open(folder.join("keys.db"))?;
    let made = dated(&mut store, root)?;
    if today > made.saturating_add(KEY_BACKUP_DAYS.days()) {
        return Err(Error::Unusable(format!(
            "this backup of the keys is of {made}, more than {KEY_BACKUP_DAYS} days ago: it would bring back people whose \
             keys were destroyed; use one of the last {KEY_BACKUP_DAYS} days, and destroy this file"
        )));
    }
    store.execute_batch("DROP TABLE key_backup")?;
    Ok(made)
}

/// The day a backup of the keys was made.
fn dated(copy: &mut rusqlite::Connection, root: &RootKey) -> Result<Date> {
    let not_ours = |why: &str| Error::Unusable(format!("this is not a backup of the keys: {why}"));
    let stamp: Option<Vec<u8>> = copy
        .query_row("SELECT stamp FROM key_backup", [], |row| row.get(0))
        .optional()
        .map_err(|_| not_ours("it has no date; make one with `backup keys`"))?;
    let stamp = stamp.ok_or_else(|| not_ours("it has no date; make one with `backup keys`"))?;
    let day = open_with(&root.cipher, PLACE, &stamp).map_err(|_| {
        not_ours("it was made under another root key, or its date was altered; name its root key with --key")
    })?;
    let day = String::from_utf8(day).ok().and_then(|text| text.parse().ok());
    day.ok_or_else(|| not_ours("its date cannot be read"))
}

#[cfg(unix)]
fn private(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).map_err(Error::file(file))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<()> {
    Ok(())
}
