//! Rotation: keys are wrapped anew, payloads never encrypted again. It may run beside a process that serves: each step is
//! one transaction, and who finds a version they do not know reads it.

use std::path::Path;

use super::{Keyring, RootKey, category_of, guard, owner};
use crate::{
    error::{Error, Result},
    seal::seal_with,
};

/// People whose wraps are made anew in one transaction.
const STEP: usize = 500;

impl Keyring {
    /// Wraps the keys of all organisations under another root key, in one transaction. After it the old one opens nothing.
    /// `told` is where processes that serve find the new one.
    ///
    /// # Errors
    /// When the key store cannot be written, or was not made under the present root key; then nothing is changed.
    pub fn rotate_root(&self, new: RootKey, told: Option<&Path>) -> Result<()> {
        let mut store = guard(&self.inner.store);
        let mut root = guard(&self.inner.root);
        let tx = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let rows = {
            let mut statement = tx.prepare("SELECT owner, version, wrapped, root FROM owner_key")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            rows.collect::<Result<Vec<(String, i64, Vec<u8>, String)>, _>>()?
        };
        for (owner, version, wrapped, by) in rows {
            if by == new.id {
                continue;
            }
            let place = owner::place(&owner, version);
            let secret = owner::under_root(&root, &place, &wrapped)?;
            let wrapped = seal_with(&new.cipher, &place, &secret.0, self.inner.entropy.as_ref())?;
            tx.execute(
                "UPDATE owner_key SET wrapped = ?3, root = ?4 WHERE owner = ?1 AND version = ?2",
                (&owner, version, wrapped, &new.id),
            )?;
        }
        let (wrapped, by): (Vec<u8>, String) =
            tx.query_row("SELECT wrapped, root FROM index_key WHERE one = 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if by != new.id {
            let secret = owner::under_root(&root, b"index", &wrapped)?;
            let wrapped = seal_with(&new.cipher, b"index", &secret.0, self.inner.entropy.as_ref())?;
            tx.execute("UPDATE index_key SET wrapped = ?1, root = ?2 WHERE one = 1", (wrapped, &new.id))?;
        }
        tx.execute("DELETE FROM root_file", [])?;
        if let Some(path) = told {
            tx.execute("INSERT INTO root_file (one, path) VALUES (1, ?1)", [path.to_string_lossy()])?;
        }
        tx.commit()?;
        *root = new;
        drop(root);
        super::fold(&store)
    }

    /// Everyone with a key of their own: organisations, and the record keeper (an empty name).
    ///
    /// # Errors
    /// When the key store cannot be read.
    pub fn owners(&self) -> Result<Vec<String>> {
        let store = guard(&self.inner.store);
        let mut statement = store.prepare("SELECT DISTINCT owner FROM owner_key ORDER BY owner")?;
        let owners = statement.query_map([], |row| row.get(0))?;
        Ok(owners.collect::<Result<_, _>>()?)
    }

    /// Gives an organisation a new key and wraps a part of what it may read under it; how much is left. Called again after
    /// an interruption it goes on; when nothing is left the old key is gone.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn rotate_owner_step(&self, owner: &str, fresh: bool) -> Result<usize> {
        let mut store = guard(&self.inner.store);
        let tx = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let versions: i64 =
            tx.query_row("SELECT COUNT(*) FROM owner_key WHERE owner = ?1", [owner], |row| row.get(0))?;
        if versions == 0 {
            return Err(Error::Key(format!("there is no key for the organisation {owner}")));
        }
        let mut newest = self.inner.newest(&tx, owner)?;
        // two versions: an earlier rotation was interrupted, and goes on first
        if fresh && versions == 1 {
            newest = self.inner.add_version(&tx, owner, newest.version + 1)?;
        }
        let rows = {
            let mut statement = tx.prepare_cached(
                "SELECT participant, category, version, wrapped FROM person_wrap
                 WHERE owner = ?1 AND version < ?2 LIMIT ?3",
            )?;
            let rows = statement.query_map((owner, newest.version, i64::try_from(STEP).unwrap_or(0)), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
            rows.collect::<Result<Vec<(Vec<u8>, String, i64, Vec<u8>)>, _>>()?
        };
        for (who, code, version, wrapped) in &rows {
            let category = category_of(code)?;
            let key = self.inner.version(&tx, owner, *version)?.unwrap(who, category, wrapped)?;
            let wrapped = newest.wrap(who, category, &key, self.inner.entropy.as_ref())?;
            tx.prepare_cached(
                "UPDATE person_wrap SET version = ?4, wrapped = ?5 WHERE participant = ?1 AND owner = ?2 AND category = ?3",
            )?
            .execute((who, owner, code, newest.version, wrapped))?;
        }
        let left: i64 = tx.query_row(
            "SELECT COUNT(*) FROM person_wrap WHERE owner = ?1 AND version < ?2",
            (owner, newest.version),
            |row| row.get(0),
        )?;
        if left == 0 {
            tx.execute("DELETE FROM owner_key WHERE owner = ?1 AND version < ?2", (owner, newest.version))?;
        }
        tx.commit()?;
        guard(&self.inner.owners)
            .retain(|(known, version), _| known != owner || *version >= newest.version || left > 0);
        if left == 0 {
            super::fold(&store)?;
        }
        Ok(usize::try_from(left).unwrap_or(0))
    }

    /// Gives an organisation a new key, whole.
    ///
    /// # Errors
    /// When the key store cannot be written; called again it goes on.
    pub fn rotate_owner(&self, owner: &str) -> Result<()> {
        let mut left = self.rotate_owner_step(owner, true)?;
        while left > 0 {
            left = self.rotate_owner_step(owner, false)?;
        }
        Ok(())
    }
}
