//! Keys of documents: each document has its own, so that a wrong one can be destroyed alone. It stands in the key store,
//! sealed under the person's key for the dossier: who may not open the dossier does not open the document, and whoever destroys
//! the person destroys it too.

use domain::{
    codes::Category,
    ids::{DocumentId, ParticipantId, TrajectoryId},
};
use rusqlite::{OptionalExtension as _, TransactionBehavior};
use uuid::Uuid;

use super::{Keyring, fold, guard};
use crate::{
    entropy::Entropy,
    error::{Error, Result},
    seal::{PersonKey, Secret, open_with, seal_with},
};

pub(super) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS document_key (
        document BLOB PRIMARY KEY, participant BLOB NOT NULL, trajectory BLOB NOT NULL, state TEXT NOT NULL,
        wrapped BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS document_key_participant ON document_key (participant);";

/// Destroys keys; which, is added to it.
pub(super) const DESTROY: &str = "UPDATE document_key SET state = 'gone', wrapped = x''";

/// The category under whose key the keys of documents are sealed.
const CATEGORY: Category = Category::Dossier;

/// Where a key of a document stands between the key store and the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentState {
    /// Made; the fact that brings the document may or may not be there yet.
    New,
    /// The fact is there.
    Kept,
    /// It is being destroyed; the fact that says so may or may not be there yet.
    Doomed,
    /// The key is destroyed; the file may still lie there.
    Gone,
}

impl DocumentState {
    const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Kept => "kept",
            Self::Doomed => "doomed",
            Self::Gone => "gone",
        }
    }

    fn from_code(code: &str) -> Result<Self> {
        let all = [Self::New, Self::Kept, Self::Doomed, Self::Gone];
        let found = all.into_iter().find(|state| state.code() == code);
        found.ok_or_else(|| Error::Key("a document in the key store in a state that is none".to_owned()))
    }
}

/// A key whose state the history has to settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsettled {
    /// Of which document.
    pub document: DocumentId,
    /// Whose it is.
    pub participant: ParticipantId,
    /// In which trajectory.
    pub trajectory: TrajectoryId,
    /// What was under way.
    pub state: DocumentState,
}

/// The key of one document.
pub struct DocumentKey {
    document: DocumentId,
    secret: Secret,
}

impl std::fmt::Debug for DocumentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DocumentKey")
    }
}

impl DocumentKey {
    /// The content, encrypted for this document alone.
    ///
    /// # Errors
    /// [`Error::Seal`] for more than the cipher takes (64 GB).
    pub fn seal(&self, content: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>> {
        seal_with(&self.secret.cipher()?, &content_place(self.document), content, entropy)
    }

    /// The content again.
    ///
    /// # Errors
    /// [`Error::Seal`] when it was altered, or is that of another document.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        open_with(&self.secret.cipher()?, &content_place(self.document), sealed)
    }
}

fn content_place(document: DocumentId) -> Vec<u8> {
    [b"document\0".as_slice(), document.0.as_bytes()].concat()
}

fn key_place(document: DocumentId, who: ParticipantId) -> Vec<u8> {
    [b"document key\0".as_slice(), document.0.as_bytes(), who.0.as_bytes()].concat()
}

fn id(bytes: &[u8]) -> Result<Uuid> {
    Uuid::from_slice(bytes).map_err(|_| Error::Key("a damaged row in the key store".to_owned()))
}

impl Keyring {
    /// The key of a new document, durable when this returns, and whether it was made just now: asked again for the same
    /// document it is the same.
    ///
    /// # Errors
    /// When the key store cannot be written, or the person has no key (any more).
    pub fn make_document_key(
        &self,
        document: DocumentId,
        who: ParticipantId,
        trajectory: TrajectoryId,
    ) -> Result<(DocumentKey, bool)> {
        let person = self.need(who)?;
        if let Some(key) = self.document_key(document, &person)? {
            return Ok((key, false));
        }
        let secret = Secret::random(self.inner.entropy.as_ref());
        let over = person.of(CATEGORY).ok_or(Error::Seal)?.cipher()?;
        let wrapped = seal_with(&over, &key_place(document, who), &secret.0, self.inner.entropy.as_ref())?;
        let made = guard(&self.inner.store).execute(
            "INSERT INTO document_key (document, participant, trajectory, state, wrapped) VALUES (?1, ?2, ?3, 'new', ?4)
             ON CONFLICT (document) DO UPDATE SET trajectory = ?3, state = 'new', wrapped = ?4
             WHERE state = 'gone' AND participant = ?2",
            (document.0.as_bytes().as_slice(), who.0.as_bytes().as_slice(), trajectory.0.as_bytes().as_slice(), wrapped),
        )?;
        if made == 1 {
            return Ok((DocumentKey { document, secret }, true));
        }
        // another request for the same document was quicker
        let key = self.document_key(document, &person)?;
        key.map(|key| (key, false)).ok_or_else(|| Error::Key("this document belongs to someone else".to_owned()))
    }

    /// The key of a document, as far as a reader's keys of the person open it; `None` when there is none (any more), or it
    /// stays closed to them.
    ///
    /// # Errors
    /// When the key store cannot be read, or what stands there is not that of this document and person.
    pub fn document_key(&self, document: DocumentId, reader: &PersonKey) -> Result<Option<DocumentKey>> {
        let kept: Option<(Vec<u8>, Vec<u8>)> = guard(&self.inner.store)
            .prepare_cached("SELECT participant, wrapped FROM document_key WHERE document = ?1 AND state <> 'gone'")?
            .query_row([document.0.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (Some((who, wrapped)), Some(over)) = (kept, reader.of(CATEGORY)) else { return Ok(None) };
        let place = key_place(document, ParticipantId(id(&who)?));
        let mut bytes = open_with(&over.cipher()?, &place, &wrapped)?;
        let secret = Secret::from_slice(&bytes);
        zeroize::Zeroize::zeroize(&mut bytes);
        Ok(Some(DocumentKey { document, secret: secret? }))
    }

    /// Notes where a document stands.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn mark_document(&self, document: DocumentId, state: DocumentState) -> Result<()> {
        guard(&self.inner.store).execute(
            "UPDATE document_key SET state = ?2 WHERE document = ?1 AND state <> 'gone'",
            (document.0.as_bytes().as_slice(), state.code()),
        )?;
        Ok(())
    }

    /// Documents of which something was under way when the program ended.
    ///
    /// # Errors
    /// When the key store cannot be read.
    pub fn unsettled_documents(&self) -> Result<Vec<Unsettled>> {
        let store = guard(&self.inner.store);
        let mut statement =
            store.prepare("SELECT document, participant, trajectory, state FROM document_key WHERE state <> 'kept'")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.map(|row| {
            let (document, who, trajectory, state): (Vec<u8>, Vec<u8>, Vec<u8>, String) = row?;
            let state = DocumentState::from_code(&state)?;
            let (document, participant) = (DocumentId(id(&document)?), ParticipantId(id(&who)?));
            Ok(Unsettled { document, participant, trajectory: TrajectoryId(id(&trajectory)?), state })
        })
        .collect()
    }

    /// Every document with a key, and whose it is.
    ///
    /// # Errors
    /// When the key store cannot be read.
    pub fn documents(&self) -> Result<Vec<(DocumentId, ParticipantId)>> {
        let store = guard(&self.inner.store);
        let mut statement = store.prepare("SELECT document, participant FROM document_key WHERE state <> 'gone'")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (document, who): (Vec<u8>, Vec<u8>) = row?;
            Ok((DocumentId(id(&document)?), ParticipantId(id(&who)?)))
        })
        .collect()
    }

    /// Destroys keys of documents: what is encrypted under them can never be read again. That their files are to be taken away
    /// stays noted until [`Keyring::forget_documents`].
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn destroy_documents(&self, documents: &[DocumentId]) -> Result<()> {
        let mut store = guard(&self.inner.store);
        let tx = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for document in documents {
            tx.execute(&format!("{DESTROY} WHERE document = ?1"), [document.0.as_bytes().as_slice()])?;
        }
        tx.commit()?;
        store.execute_batch("VACUUM")?;
        fold(&store)
    }

    /// Forgets documents whose key is destroyed and whose file is gone.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn forget_documents(&self, documents: &[DocumentId]) -> Result<()> {
        let mut store = guard(&self.inner.store);
        let tx = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for document in documents {
            let id = document.0.as_bytes().as_slice();
            tx.execute("DELETE FROM document_key WHERE document = ?1 AND state = 'gone'", [id])?;
        }
        Ok(tx.commit()?)
    }
}
