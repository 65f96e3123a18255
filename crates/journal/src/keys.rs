//! Keys: one per person, wrapped under a root key, in a small store of their own.
//!
//! A new key is durable before the first fact that uses it; a key without facts is swept at start.

use std::{
    collections::HashMap,
    fs::OpenOptions,
    io::{Read, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aes_gcm_siv::{Aes256GcmSiv, KeyInit};
use domain::ids::ParticipantId;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::{
    entropy::Entropy,
    error::{Error, Result},
    seal::{PersonKey, open_with, seal_with},
};

/// Most keys kept open in memory.
const CACHED: usize = 20_000;

/// The key that wraps all others: 32 bytes in a file outside the store.
pub struct RootKey {
    cipher: Aes256GcmSiv,
    /// Eight hexadecimal digits that tell which root key wrapped a key.
    id: String,
}

impl RootKey {
    /// Reads the root key, or makes one where there is none.
    ///
    /// # Errors
    /// When the file cannot be read or made, has another length, or others may read it.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self> {
        let mut secret = secret_file(path, "root key", entropy)?;
        let root = Self::from_secret(&secret);
        secret.zeroize();
        root
    }

    /// A root key from its bytes.
    ///
    /// # Errors
    /// Never for 32 bytes; the cipher's own type says so.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self> {
        let cipher = Aes256GcmSiv::new_from_slice(secret).map_err(|_| Error::Seal)?;
        let digest = Sha256::digest([b"bestendig root key id".as_slice(), secret].concat());
        Ok(Self { cipher, id: digest[..4].iter().map(|byte| format!("{byte:02x}")).collect() })
    }
}

/// The 32 bytes of a private file, made where there is none.
pub(crate) fn secret_file(path: &Path, what: &str, entropy: &dyn Entropy) -> Result<[u8; 32]> {
    let mut secret = [0; 32];
    if !path.exists() {
        entropy.fill(&mut secret);
        create(path, &secret)?;
        return Ok(secret);
    }
    let mut file = std::fs::File::open(path).map_err(Error::file(path))?;
    private(path, &file)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(Error::file(path))?;
    let found = bytes.len();
    let fits = <[u8; 32]>::try_from(&bytes[..]);
    bytes.zeroize();
    fits.map_err(|_| {
        Error::Key(format!("the {what} {} holds {found} bytes, not 32; put back the right file", path.display()))
    })
}

fn create(path: &Path, secret: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(Error::file(path))?;
    file.write_all(secret).and_then(|()| file.sync_all()).map_err(Error::file(path))
}

#[cfg(unix)]
fn private(path: &Path, file: &std::fs::File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(Error::file(path))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Error::Key(format!("the key {path} can be read by others (mode {mode:o}); make it private: chmod 600 {path}")))
}

#[cfg(not(unix))]
fn private(_: &Path, _: &std::fs::File) -> Result<()> {
    Ok(())
}

/// The keys of all people.
#[derive(Clone)]
pub struct Keyring {
    inner: Arc<Inner>,
}

struct Inner {
    root: RootKey,
    store: Mutex<rusqlite::Connection>,
    cache: Mutex<HashMap<ParticipantId, Arc<PersonKey>>>,
    index: Hmac<Sha256>,
    entropy: Arc<dyn Entropy>,
}

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS person_key (
        participant BLOB PRIMARY KEY, wrapped BLOB NOT NULL, root TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS index_key (one INTEGER PRIMARY KEY, wrapped BLOB NOT NULL, root TEXT NOT NULL);";

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keyring {
    /// Opens (and if need be makes) the key store `keys.db` in a folder.
    ///
    /// # Errors
    /// When it cannot be opened, or was made under another root key.
    pub fn open(folder: &Path, root: RootKey, entropy: Arc<dyn Entropy>) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let store = rusqlite::Connection::open(folder.join("keys.db"))?;
        store.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0;",
        )?;
        store.execute_batch(SCHEMA)?;
        let mut secret = index_secret(&store, &root, entropy.as_ref())?;
        let index = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&secret).map_err(|_| Error::Seal);
        secret.zeroize();
        let (store, cache) = (Mutex::new(store), Mutex::new(HashMap::new()));
        Ok(Self { inner: Arc::new(Inner { root, store, cache, index: index?, entropy }) })
    }

    /// The key of a person; `None` when there is none (any more).
    ///
    /// # Errors
    /// When the key store cannot be read or the key does not unwrap.
    pub fn key(&self, who: ParticipantId) -> Result<Option<Arc<PersonKey>>> {
        if let Some(key) = guard(&self.inner.cache).get(&who) {
            return Ok(Some(Arc::clone(key)));
        }
        let wrapped: Option<Vec<u8>> = {
            let store = guard(&self.inner.store);
            let mut statement = store.prepare_cached("SELECT wrapped FROM person_key WHERE participant = ?1")?;
            let mut rows = statement.query([who.0.as_bytes().as_slice()])?;
            rows.next()?.map(|row| row.get(0)).transpose()?
        };
        let Some(wrapped) = wrapped else { return Ok(None) };
        let mut secret = unwrap(&self.inner.root, who.0.as_bytes(), &wrapped)?;
        let key = PersonKey::new(&secret);
        secret.zeroize();
        Ok(Some(self.remember(who, Arc::new(key?))))
    }

    /// The key of a person who must have one.
    ///
    /// # Errors
    /// [`Error::Key`] when there is none.
    pub fn need(&self, who: ParticipantId) -> Result<Arc<PersonKey>> {
        self.key(who)?.ok_or_else(|| Error::Key("the key of this person was destroyed".to_owned()))
    }

    fn remember(&self, who: ParticipantId, key: Arc<PersonKey>) -> Arc<PersonKey> {
        let mut cache = guard(&self.inner.cache);
        // which keys go does not matter much: those in use come back at once
        if cache.len() >= CACHED {
            cache.clear();
        }
        cache.insert(who, Arc::clone(&key));
        key
    }

    /// Makes keys for new people; durable when this returns. Who has one keeps it.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn make_all(&self, people: &[ParticipantId]) -> Result<()> {
        let mut store = guard(&self.inner.store);
        let tx = store.transaction()?;
        for who in people {
            let mut secret = [0; 32];
            self.inner.entropy.fill(&mut secret);
            let wrapped = seal_with(&self.inner.root.cipher, who.0.as_bytes(), &secret, self.inner.entropy.as_ref());
            secret.zeroize();
            tx.prepare_cached(
                "INSERT INTO person_key (participant, wrapped, root) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute((who.0.as_bytes().as_slice(), wrapped?, &self.inner.root.id))?;
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
        let mut statement = store.prepare("SELECT participant FROM person_key")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| {
            let id = Uuid::from_slice(&bytes?).map_err(|_| Error::Key("a damaged row in the key store".to_owned()))?;
            Ok(ParticipantId(id))
        })
        .collect()
    }

    /// Destroys the keys of people: what is sealed under them can never be read again.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn destroy(&self, people: &[ParticipantId]) -> Result<()> {
        let mut store = guard(&self.inner.store);
        let tx = store.transaction()?;
        for who in people {
            tx.execute("DELETE FROM person_key WHERE participant = ?1", [who.0.as_bytes().as_slice()])?;
            guard(&self.inner.cache).remove(who);
        }
        tx.commit()?;
        // the write-ahead log still holds the pages as they were
        store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
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

    /// Copies the key store into a file (online, whole).
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn copy_to(&self, file: &Path) -> Result<()> {
        if file.exists() {
            return Err(Error::Unusable(format!("{} exists; name a new file", file.display())));
        }
        let store = guard(&self.inner.store);
        let mut copy = rusqlite::Connection::open(file)?;
        let backup = rusqlite::backup::Backup::new(&store, &mut copy)?;
        Ok(backup.run_to_completion(1000, std::time::Duration::ZERO, None)?)
    }
}

fn unwrap(root: &RootKey, place: &[u8], wrapped: &[u8]) -> Result<[u8; 32]> {
    let mut secret = open_with(&root.cipher, place, wrapped).map_err(|_| {
        Error::Key(
            "a key does not unwrap: this store was made with another root key; name the right one with --key"
                .to_owned(),
        )
    })?;
    let array = <[u8; 32]>::try_from(&secret[..]).map_err(|_| Error::Seal);
    secret.zeroize();
    array
}

fn index_secret(store: &rusqlite::Connection, root: &RootKey, entropy: &dyn Entropy) -> Result<[u8; 32]> {
    let kept: Option<Vec<u8>> = {
        let mut statement = store.prepare("SELECT wrapped FROM index_key WHERE one = 1")?;
        let mut rows = statement.query([])?;
        rows.next()?.map(|row| row.get(0)).transpose()?
    };
    if let Some(wrapped) = kept {
        return unwrap(root, b"index", &wrapped);
    }
    let mut secret = [0; 32];
    entropy.fill(&mut secret);
    let wrapped = seal_with(&root.cipher, b"index", &secret, entropy)?;
    store.execute("INSERT INTO index_key (one, wrapped, root) VALUES (1, ?1, ?2)", (wrapped, &root.id))?;
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
        PersonKey::new(&mac.finalize().into_bytes().into())
    }
}
