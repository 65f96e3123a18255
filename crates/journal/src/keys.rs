//! Keys that forget: one per person and category, wrapped for each organisation that may read it, in a small store of
//! their own (`keys.db`).
//!
//! root key (a file outside the store) → key of an organisation (random, versioned) → key of an organisation for a category
//! (derived) → key of a person for a category. That last key follows from the person's secret, which the record keeper
//! alone can unwrap; from the key of one category nothing follows about another. No wrap, no reading.
//!
//! A new secret is durable before the first fact that uses it; one without facts is swept at start.

mod copy;
mod document;
mod owner;
mod root;
mod rotate;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    codes::Category,
    ids::{OrgId, ParticipantId},
};
use hmac::{Hmac, Mac};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    entropy::Entropy,
    error::{Error, Result},
    seal::{PersonKey, Secret, seal_with},
};
pub use copy::{KEY_BACKUP_DAYS, accept_key_backup};
pub use document::{DocumentKey, DocumentState, Unsettled};
use owner::{OwnerKey, RECORD_KEEPER};
pub use root::RootKey;
pub use root::read_private;
pub(crate) use root::secret_file;

/// Most keys kept open in memory, of each of both kinds.
const CACHED: usize = 20_000;
/// How the whole secret of a person stands among the categories.
const EVERYTHING: &str = "everything";

/// The keys of all people.
#[derive(Clone)]
pub struct Keyring {
    inner: Arc<Inner>,
}

struct Inner {
    root: Mutex<RootKey>,
    store: Mutex<Connection>,
    owners: Mutex<HashMap<(String, i64), Arc<OwnerKey>>>,
    cache: Mutex<HashMap<ParticipantId, Arc<PersonKey>>>,
    readers: Mutex<HashMap<(OrgId, ParticipantId), Arc<PersonKey>>>,
    index: Hmac<Sha256>,
    entropy: Arc<dyn Entropy>,
    /// Changes when another process has written: what is kept open in memory may be gone.
    seen: Mutex<i64>,
}

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS owner_key (
        owner TEXT NOT NULL, version INTEGER NOT NULL, wrapped BLOB NOT NULL, root TEXT NOT NULL,
        PRIMARY KEY (owner, version));
    CREATE TABLE IF NOT EXISTS person_wrap (
        participant BLOB NOT NULL, owner TEXT NOT NULL, category TEXT NOT NULL, version INTEGER NOT NULL,
        wrapped BLOB NOT NULL, PRIMARY KEY (participant, owner, category)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS person_wrap_owner ON person_wrap (owner, version);
    CREATE TABLE IF NOT EXISTS ended (owner TEXT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS root_file (one INTEGER PRIMARY KEY, path TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS index_key (one INTEGER PRIMARY KEY, wrapped BLOB NOT NULL, root TEXT NOT NULL);";

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Folds the write-ahead log back: it still holds the pages as they were.
fn fold(store: &Connection) -> Result<()> {
    Ok(store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

fn category_of(code: &str) -> Result<Option<Category>> {
    if code == EVERYTHING {
        return Ok(None);
    }
    let known = Category::from_code(code).map(Some);
    known.ok_or_else(|| {
        Error::Key("a key for a category this program does not know; install the newer version".to_owned())
    })
}

impl Keyring {
    /// Opens (and if need be makes) the key store `keys.db` in a folder.
    ///
    /// # Errors
    /// When it cannot be opened, or was made under another root key.
    pub fn open(folder: &Path, root: RootKey, entropy: Arc<dyn Entropy>) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let mut store = Connection::open(folder.join("keys.db"))?;
        store.busy_timeout(std::time::Duration::from_secs(10))?;
        store.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0;",
        )?;
        store.execute_batch(SCHEMA)?;
        store.execute_batch(document::SCHEMA)?;
        let root = present(&store, root)?;
        let secret = index_secret(&mut store, &root, entropy.as_ref())?;
        let index = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&secret.0).map_err(|_| Error::Seal)?;
        Ok(Self {
            inner: Arc::new(Inner {
                root: Mutex::new(root),
                store: Mutex::new(store),
                owners: Mutex::default(),
                cache: Mutex::default(),
                readers: Mutex::default(),
                index,
                entropy,
                seen: Mutex::default(),
            }),
        })
    }

    /// The key of a person to every category, for the record keeper; `None` when there is none (any more).
    ///
    /// # Errors
    /// When the key store cannot be read or the key does not unwrap.
    pub fn key(&self, who: ParticipantId) -> Result<Option<Arc<PersonKey>>> {
        let store = self.inner.fresh()?;
        if let Some(key) = guard(&self.inner.cache).get(&who) {
            return Ok(Some(Arc::clone(key)));
        }
        // one snapshot: another process may be rotating
        let snapshot = store.unchecked_transaction()?;
        let Some(secret) = self.inner.secret(&snapshot, who)? else { return Ok(None) };
        let key = Arc::new(PersonKey::whole(&secret)?);
        remember(&self.inner.cache, who, &key);
        Ok(Some(key))
    }

    /// The key of a person who must have one.
    ///
    /// # Errors
    /// [`Error::Key`] when there is none.
    pub fn need(&self, who: ParticipantId) -> Result<Arc<PersonKey>> {
        self.key(who)?.ok_or_else(|| Error::Key("the key of this person was destroyed".to_owned()))
    }

    /// What an organisation can open of a person: the categories wrapped for it. `None` when nothing was.
    ///
    /// # Errors
    /// When the key store cannot be read or a key does not unwrap.
    pub fn reader(&self, org: &OrgId, who: ParticipantId) -> Result<Option<Arc<PersonKey>>> {
        let store = self.inner.fresh()?;
        let known = (org.clone(), who);
        if let Some(key) = guard(&self.inner.readers).get(&known) {
            return Ok(Some(Arc::clone(key)));
        }
        let snapshot = store.unchecked_transaction()?;
        let rows = {
            let mut statement = snapshot.prepare_cached(
                "SELECT category, version, wrapped FROM person_wrap WHERE participant = ?1 AND owner = ?2",
            )?;
            let rows = statement.query_map((who.0.as_bytes().as_slice(), org.as_str()), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            rows.collect::<Result<Vec<(String, i64, Vec<u8>)>, _>>()?
        };
        let mut grants = Vec::new();
        for (code, version, wrapped) in rows {
            let Some(category) = category_of(&code)? else { continue };
            let owner = self.inner.version(&snapshot, org.as_str(), version)?;
            grants.push((category, owner.unwrap(who.0.as_bytes(), Some(category), &wrapped)?));
        }
        if grants.is_empty() {
            return Ok(None);
        }
        let key = Arc::new(PersonKey::granted(grants));
        remember(&self.inner.readers, known, &key);
        Ok(Some(key))
    }

    /// Lets an organisation read categories of people, in one transaction: one wrap for each. Who has no key (any more)
    /// is passed over, and what was granted stays. An organisation whose agreement ended gets nothing.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn grant(&self, org: &OrgId, people: &[ParticipantId], categories: &[Category]) -> Result<()> {
        let mut store = self.inner.fresh()?;
        let tx = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if tx.prepare_cached("SELECT 1 FROM ended WHERE owner = ?1")?.exists([org.as_str()])? {
            return Ok(());
        }
        let owner = self.inner.newest(&tx, org.as_str())?;
        for who in people {
            let Some(secret) = self.inner.secret(&tx, *who)? else { continue };
            let whole = PersonKey::whole(&secret)?;
            for category in categories {
                let Some(key) = whole.of(*category) else { continue };
                let wrapped = owner.wrap(who.0.as_bytes(), Some(*category), key, self.inner.entropy.as_ref())?;
                put_wrap(&tx, *who, org.as_str(), category.code(), owner.version, &wrapped)?;
            }
        }
        tx.commit()?;
        let mut readers = guard(&self.inner.readers);
        people.iter().for_each(|who| drop(readers.remove(&(org.clone(), *who))));
        Ok(())
    }

    /// Lets an organisation be granted keys again: there is a new agreement.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn readmit(&self, org: &OrgId) -> Result<()> {
        guard(&self.inner.store).execute("DELETE FROM ended WHERE owner = ?1", [org.as_str()])?;
        Ok(())
    }

    /// Takes from an organisation everything it could read, for good: its agreement ended.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn revoke(&self, org: &OrgId) -> Result<()> {
        let mut store = guard(&self.inner.store);
        let tx = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute("DELETE FROM person_wrap WHERE owner = ?1", [org.as_str()])?;
        tx.execute("DELETE FROM owner_key WHERE owner = ?1", [org.as_str()])?;
        tx.execute("INSERT INTO ended (owner) VALUES (?1) ON CONFLICT DO NOTHING", [org.as_str()])?;
        tx.commit()?;
        guard(&self.inner.readers).retain(|(known, _), _| known != org);
        guard(&self.inner.owners).retain(|(known, _), _| known != org.as_str());
        fold(&store)
    }

    /// Makes keys for new people; durable when this returns. Who has one keeps it.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn make_all(&self, people: &[ParticipantId]) -> Result<()> {
        let mut store = guard(&self.inner.store);
        let tx = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let owner = self.inner.newest(&tx, RECORD_KEEPER)?;
        for who in people {
            let secret = Secret::random(self.inner.entropy.as_ref());
            let wrapped = owner.wrap(who.0.as_bytes(), None, &secret, self.inner.entropy.as_ref())?;
            put_wrap(&tx, *who, RECORD_KEEPER, EVERYTHING, owner.version, &wrapped)?;
        }
        Ok(tx.commit()?)
    }

    /// Makes the key of one new person.
    ///
    /// # Errors
    /// As [`Keyring::make_all`].
    pub fn make(&self, who: ParticipantId) -> Result<Arc<PersonKey>> {
        self.make_all(&[who])?;
        self.need(who)
    }

    /// Everyone with a key.
    ///
    /// # Errors
    /// When the key store cannot be read.
    pub fn everyone(&self) -> Result<Vec<ParticipantId>> {
        let store = guard(&self.inner.store);
        let mut statement = store.prepare("SELECT DISTINCT participant FROM person_wrap")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| {
            let id = Uuid::from_slice(&bytes?).map_err(|_| Error::Key("a damaged row in the key store".to_owned()))?;
            Ok(ParticipantId(id))
        })
        .collect()
    }

    /// Destroys the keys of people, with every wrap: what is sealed under them can never be read again.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn destroy(&self, people: &[ParticipantId]) -> Result<()> {
        let mut store = guard(&self.inner.store);
        let tx = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for who in people {
            tx.execute("DELETE FROM person_wrap WHERE participant = ?1", [who.0.as_bytes().as_slice()])?;
            let of = format!("{} WHERE participant = ?1", document::DESTROY);
            tx.execute(&of, [who.0.as_bytes().as_slice()])?;
        }
        tx.commit()?;
        let gone = |who: &ParticipantId| people.contains(who);
        guard(&self.inner.cache).retain(|who, _| !gone(who));
        guard(&self.inner.readers).retain(|(_, who), _| !gone(who));
        store.execute_batch("VACUUM")?;
        fold(&store)
    }

    /// The keyed token of something to search by: the same text gives the same token, under this key alone.
    pub fn token(&self, text: &str) -> [u8; 16] {
        let mut mac = self.inner.index.clone();
        mac.update(text.as_bytes());
        let full = mac.finalize().into_bytes();
        let mut token = [0; 16];
        token.copy_from_slice(&full[..16]);
        token
    }
}

impl Inner {
    /// The key store; what is kept open is dropped when another process wrote to it.
    fn fresh(&self) -> Result<MutexGuard<'_, Connection>> {
        let store = guard(&self.store);
        let version: i64 = store.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        let mut seen = guard(&self.seen);
        if *seen != version {
            *seen = version;
            guard(&self.cache).clear();
            guard(&self.readers).clear();
            guard(&self.owners).clear();
        }
        Ok(store)
    }

    /// The secret of a person, by the record keeper's own wrap.
    fn secret(&self, store: &Connection, who: ParticipantId) -> Result<Option<Secret>> {
        let kept = store
            .prepare_cached(
                "SELECT version, wrapped FROM person_wrap WHERE participant = ?1 AND owner = '' AND category = ?2",
            )?
            .query_row((who.0.as_bytes().as_slice(), EVERYTHING), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
            })
            .optional()?;
        let Some((version, wrapped)) = kept else { return Ok(None) };
        self.version(store, RECORD_KEEPER, version)?.unwrap(who.0.as_bytes(), None, &wrapped).map(Some)
    }
}

fn put_wrap(
    tx: &Connection,
    who: ParticipantId,
    owner: &str,
    category: &str,
    version: i64,
    wrapped: &[u8],
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO person_wrap (participant, owner, category, version, wrapped) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?
    .execute((who.0.as_bytes().as_slice(), owner, category, version, wrapped))?;
    Ok(())
}

fn remember<K: std::hash::Hash + Eq>(cache: &Mutex<HashMap<K, Arc<PersonKey>>>, of: K, key: &Arc<PersonKey>) {
    let mut cache = guard(cache);
    // which keys go does not matter much: those in use come back at once
    if cache.len() >= CACHED {
        cache.clear();
    }
    cache.insert(of, Arc::clone(key));
}

/// The root key under which the store is wrapped now: a rotation that was interrupted after its last write is finished.
fn present(store: &Connection, root: RootKey) -> Result<RootKey> {
    let kept: Option<String> =
        store.query_row("SELECT root FROM index_key WHERE one = 1", [], |row| row.get(0)).optional()?;
    let (Some(kept), Some(path)) = (kept, root.path.clone()) else { return Ok(root) };
    if kept == root.id || !RootKey::next(&path).exists() {
        return Ok(root);
    }
    let next = RootKey::load(&RootKey::next(&path))?;
    if next.id != kept {
        return Ok(root);
    }
    RootKey::finish(&path)?;
    Ok(RootKey { path: Some(path), ..next })
}

fn index_secret(store: &mut Connection, root: &RootKey, entropy: &dyn Entropy) -> Result<Secret> {
    // two processes that start at once: the second finds the key that the first made
    let tx = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let kept: Option<Vec<u8>> =
        tx.query_row("SELECT wrapped FROM index_key WHERE one = 1", [], |row| row.get(0)).optional()?;
    if let Some(wrapped) = kept {
        return owner::under_root(root, b"index", &wrapped);
    }
    let secret = Secret::random(entropy);
    let wrapped = seal_with(&root.cipher, b"index", &secret.0, entropy)?;
    tx.execute("INSERT INTO index_key (one, wrapped, root) VALUES (1, ?1, ?2)", (wrapped, &root.id))?;
    tx.commit()?;
    Ok(secret)
}

impl Keyring {
    /// A key for a service of the program that is about no participant, such as the secrets of sign-in codes. It hangs under the
    /// index key, so it outlives a rotation of the root key.
    ///
    /// # Errors
    /// Never for 32 bytes; the cipher's own type says so.
    pub fn service_key(&self, label: &str) -> Result<PersonKey> {
        let mut mac = self.inner.index.clone();
        // no search token begins with a zero byte
        mac.update(b"\0service key ");
        mac.update(label.as_bytes());
        PersonKey::whole(&Secret(mac.finalize().into_bytes().into()))
    }
}
