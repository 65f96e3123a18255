//! Keys of organisations: random, versioned, wrapped under the root key. From one follows a key per category. The record
//! keeper (the program itself: replay, rebuild, deciding) is an owner like them, with one wrap for each person.

use std::sync::Arc;

use domain::codes::Category;
use rusqlite::{Connection, OptionalExtension as _};

use super::{Inner, RootKey, guard};
use crate::{
    entropy::Entropy,
    error::{Error, Result},
    seal::{Secret, open_with, seal_with},
};

/// The owner that reads every category; no organisation has an empty code.
pub(super) const RECORD_KEEPER: &str = "";

/// One version of the key of an organisation.
pub(super) struct OwnerKey {
    owner: String,
    pub(super) version: i64,
    secret: Secret,
}

impl OwnerKey {
    /// Wraps a key of a person for this owner and a category (`None`: the person's whole secret).
    pub(super) fn wrap(
        &self,
        who: &[u8],
        category: Option<Category>,
        key: &Secret,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>> {
        seal_with(&self.category(category)?.cipher()?, &self.place(who, category), &key.0, entropy)
    }

    pub(super) fn unwrap(&self, who: &[u8], category: Option<Category>, wrapped: &[u8]) -> Result<Secret> {
        let mut bytes = open_with(&self.category(category)?.cipher()?, &self.place(who, category), wrapped)?;
        let secret = Secret::from_slice(&bytes);
        zeroize::Zeroize::zeroize(&mut bytes);
        secret
    }

    fn category(&self, category: Option<Category>) -> Result<Secret> {
        self.secret.derive(&format!("bestendig wrap 1 {}", category.map_or("everything", Category::code)))
    }

    fn place(&self, who: &[u8], category: Option<Category>) -> Vec<u8> {
        let category = category.map_or("everything", Category::code);
        [b"wrap\0", self.owner.as_bytes(), b"\0", category.as_bytes(), b"\0", &self.version.to_be_bytes(), who].concat()
    }
}

pub(super) fn place(owner: &str, version: i64) -> Vec<u8> {
    [b"owner\0".as_slice(), owner.as_bytes(), b"\0", &version.to_be_bytes()].concat()
}

/// Opens what is wrapped under a root key.
pub(super) fn under_root(root: &RootKey, place: &[u8], wrapped: &[u8]) -> Result<Secret> {
    let mut bytes = open_with(&root.cipher, place, wrapped).map_err(|_| {
        Error::Key(
            "a key does not unwrap: this store was made with another root key; name the right one with --key"
                .to_owned(),
        )
    })?;
    let secret = Secret::from_slice(&bytes);
    zeroize::Zeroize::zeroize(&mut bytes);
    secret
}

impl Inner {
    /// The newest version of an owner's key; made where there is none. Within a transaction that may write.
    pub(super) fn newest(&self, store: &Connection, owner: &str) -> Result<Arc<OwnerKey>> {
        let version: Option<i64> = store
            .prepare_cached("SELECT MAX(version) FROM owner_key WHERE owner = ?1")?
            .query_row([owner], |row| row.get(0))?;
        match version {
            Some(version) => self.version(store, owner, version),
            None => self.add_version(store, owner, 1),
        }
    }

    /// A version of an owner's key.
    pub(super) fn version(&self, store: &Connection, owner: &str, version: i64) -> Result<Arc<OwnerKey>> {
        let known = (owner.to_owned(), version);
        if let Some(key) = guard(&self.owners).get(&known) {
            return Ok(Arc::clone(key));
        }
        let kept = store
            .prepare_cached("SELECT wrapped, root FROM owner_key WHERE owner = ?1 AND version = ?2")?
            .query_row((owner, version), |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)))
            .optional()?;
        let (wrapped, root) =
            kept.ok_or_else(|| Error::Key("the key of an organisation is missing; restore the keys".to_owned()))?;
        self.follow_root(store, &root)?;
        let secret = under_root(&guard(&self.root), &place(owner, version), &wrapped)?;
        let key = Arc::new(OwnerKey { owner: owner.to_owned(), version, secret });
        guard(&self.owners).insert(known, Arc::clone(&key));
        Ok(key)
    }

    pub(super) fn add_version(&self, store: &Connection, owner: &str, version: i64) -> Result<Arc<OwnerKey>> {
        let current: Option<String> =
            store.query_row("SELECT root FROM index_key WHERE one = 1", [], |row| row.get(0)).optional()?;
        if let Some(current) = current {
            self.follow_root(store, &current)?;
        }
        let secret = Secret::random(self.entropy.as_ref());
        let root = guard(&self.root);
        let wrapped = seal_with(&root.cipher, &place(owner, version), &secret.0, self.entropy.as_ref())?;
        store.execute(
            "INSERT INTO owner_key (owner, version, wrapped, root) VALUES (?1, ?2, ?3, ?4)",
            (owner, version, wrapped, &root.id),
        )?;
        let key = Arc::new(OwnerKey { owner: owner.to_owned(), version, secret });
        guard(&self.owners).insert((owner.to_owned(), version), Arc::clone(&key));
        Ok(key)
    }

    /// Takes up the new root key when another process has rotated it.
    fn follow_root(&self, store: &Connection, id: &str) -> Result<()> {
        let mut root = guard(&self.root);
        if root.id == id {
            return Ok(());
        }
        let told: Option<String> =
            store.query_row("SELECT path FROM root_file WHERE one = 1", [], |row| row.get(0)).optional()?;
        let own = root.path.clone().into_iter().flat_map(|path| [path.clone(), RootKey::next(&path)]);
        for path in own.chain(told.map(Into::into)) {
            if let Ok(found) = RootKey::load(&path)
                && found.id == id
            {
                *root = found;
                return Ok(());
            }
        }
        Err(Error::Key("the root key was rotated; name the file of the new one with --key".to_owned()))
    }
}
