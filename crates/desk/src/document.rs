//! Documents: taken in, opened, released, destroyed alone by two people. The key is durable before the fact that brings the
//! document, and the fact before anyone can open it; what was interrupted is settled at the next start.

use std::{collections::BTreeSet, sync::Arc};

use access::{Principal, Relation};
use domain::{
    codes::Purpose,
    document::{Document, DocumentAdded, DocumentDestroyed, Media},
    fact::{Body, Codes, Kind},
    history::History,
    ids::{Code, CommandId, DocumentId, FactId, OrgId, ParticipantId, Stream, TrajectoryId},
    refusal::Refusal,
    trajectory::Draft,
};
use jiff::{ToSpan as _, civil::Date};
use journal::{
    DocumentState, KEY_BACKUP_DAYS,
    destroyed::{self, Destroyed},
    files::Files,
    hex,
};
use sha2::{Digest as _, Sha256};

use crate::{Desk, Done, Failure, File, Inner, Order, Target, aside, read_log::Activity};

/// Bytes of the largest document, unless whoever runs the program says otherwise.
pub const LARGEST: u64 = 20 * 1024 * 1024;

/// Documents that one person may have in one trajectory, and how many times the largest they may be together: several
/// deliveries of every item. Who hands in more fills the place for others.
pub(crate) const MOST_FILES: usize = 100;
const MOST_TIMES: u64 = 25;

/// Where documents lie.
pub(crate) struct Kept {
    files: Arc<dyn Files>,
    largest: u64,
    /// One document is taken in by one request at a time: by its id, so that others seldom wait.
    turns: [tokio::sync::Mutex<()>; 16],
}

/// A document that someone hands in.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// To which trajectory.
    pub trajectory: TrajectoryId,
    /// The same id twice has one effect.
    pub command: CommandId,
    /// The version of the history the form was made for.
    pub expected: Option<u32>,
    /// When it came.
    pub on: Date,
    /// Of which partner.
    pub partner: OrgId,
    /// Of which item.
    pub item: Code,
    /// The name of the file.
    pub name: String,
    /// What it is, by its content.
    pub media: Media,
    /// The content.
    pub bytes: Vec<u8>,
    /// Remark.
    pub note: String,
}

/// A document as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The name of the file.
    pub name: String,
    /// What it is.
    pub media: Media,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Desk {
    /// Where documents are kept, and the bytes of the largest. Without it none can be taken in.
    pub fn keep_documents_in(&self, files: Arc<dyn Files>, largest: u64) {
        // the first place named stays: it is named once, at start
        let _ = self.inner.documents.set(Kept { files, largest, turns: Default::default() });
    }

    /// Bytes of the largest document that is taken.
    pub fn largest_document(&self) -> u64 {
        self.inner.documents.get().map_or(LARGEST, |kept| kept.largest)
    }

    /// Takes a document in: its key, the encrypted file, then the fact. Sent twice it is there once.
    ///
    /// # Errors
    /// [`Failure::Hidden`] and [`Failure::Denied`] as for any command; a refusal when it is too large, was there already, or
    /// no place for documents is named. Then neither file nor key stays.
    pub async fn add_document(&self, who: &Principal, new: NewDocument) -> Result<Done, Failure> {
        let file = self.read_file(who, new.trajectory).await?;
        if !file.standing.may_record(Kind::DocumentAdded) {
            return Err(Failure::Denied);
        }
        let size = u64::try_from(new.bytes.len()).unwrap_or(u64::MAX);
        if size > self.largest_document() {
            return Err(too_large(self.largest_document()).into());
        }
        let bytes = self.scanned(new.bytes).await?;
        let (digest, bytes) = aside(move || (Sha256::digest(&bytes), bytes)).await?;
        let document = self.inner.document_id(new.command, &digest);
        let body = DocumentAdded {
            document,
            item: new.item,
            name: new.name,
            media: new.media,
            size,
            sha256: hex(&digest),
            note: new.note,
        };
        let codes = Codes { partner: Some(new.partner), ..Codes::default() };
        let draft = Draft::new(body, new.on).codes(codes);
        let (inner, whose) = (Arc::clone(&self.inner), file.person.id);
        let trajectory = new.trajectory;
        let kept = self.inner.kept()?;
        self.within_quota(who, trajectory, whose, (document, size)).await?;
        let _turn = kept.turns[usize::from(document.0.as_bytes()[15] % 16)].lock().await;
        let made = aside(move || inner.store_document(document, whose, trajectory, &bytes)).await??;
        let target = Target::Trajectory(trajectory);
        let order = Order { command: new.command, expected: new.expected, target, drafts: vec![draft] };
        let done = self.execute(who, order).await;
        let inner = Arc::clone(&self.inner);
        match &done {
            // the same form sent again marks nothing: the document may be about to be destroyed
            Ok(_) if made => aside(move || inner.keys.mark_document(document, DocumentState::Kept)).await??,
            // whether that was written the next start will tell
            Ok(_) | Err(Failure::Store(_)) => {}
            Err(_) if made => left_behind(aside(move || inner.drop_document(document)).await.flatten()),
            Err(_) => {}
        }
        done
    }

    /// Refuses a document with which one person would have too many in a trajectory, or too large ones together. What was
    /// destroyed does not count.
    async fn within_quota(
        &self,
        who: &Principal,
        trajectory: TrajectoryId,
        whose: ParticipantId,
        (document, size): (DocumentId, u64),
    ) -> Result<(), Failure> {
        let (inner, user, largest) = (Arc::clone(&self.inner), who.user, self.largest_document());
        let sizes = aside(move || {
            let there: BTreeSet<_> = inner.keys.documents()?.into_iter().map(|(document, _)| document).collect();
            let reading = Arc::clone(&inner);
            let stream = Stream::Trajectory(trajectory);
            let history = inner.store.read_blocking(move |tx| reading.history(tx, stream, whose))?;
            let own = history.iter().filter(|recorded| recorded.fact.header.actor == user);
            let added = own.filter_map(|recorded| match &recorded.fact.body {
                Some(Body::DocumentAdded(added)) => Some((added.document, added.size)),
                _ => None,
            });
            // the same form sent again is the same document
            let others = added.filter(|(other, _)| *other != document && there.contains(other));
            Ok::<_, Failure>(others.collect::<std::collections::BTreeMap<_, _>>())
        });
        let sizes = sizes.await??;
        let most = largest.saturating_mul(MOST_TIMES);
        let sum = sizes.values().fold(size, |sum, size| sum.saturating_add(*size));
        if sizes.len() >= MOST_FILES || sum > most {
            let refusal = Refusal::new("documents-too-many").with("files", MOST_FILES);
            return Err(refusal.with("most", most / (1024 * 1024)).field("file").into());
        }
        Ok(())
    }

    /// A document, for whom the access policy and the contract of its item let see it; one line in the read log.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when there is none, it may not be seen, is not to be here, or was destroyed;
    /// [`Failure::Unreadable`] when its file is lost or was altered.
    pub async fn document(&self, who: &Principal, id: TrajectoryId, fact: FactId) -> Result<Opened, Failure> {
        let file = self.read_file(who, id).await?;
        self.open_document(who, &file, fact, who.purpose).await
    }

    /// Opens a document of a file that was read for who asks.
    pub(crate) async fn open_document(
        &self,
        who: &Principal,
        file: &File,
        fact: FactId,
        purpose: Purpose,
    ) -> Result<Opened, Failure> {
        let document = file.document(fact).ok_or(Failure::Hidden)?;
        if !file.openable.contains(&document.fact) {
            return Err(Failure::Hidden);
        }
        let detail = document.detail.clone().ok_or(Failure::Hidden)?;
        let (inner, org, whose) = (Arc::clone(&self.inner), who.org.clone(), file.person.id);
        let opened = aside(move || {
            let lost =
                || Failure::Unreadable("the file of a document is missing; put back the folder of documents".into());
            let reader = inner.keys.reader(&org, whose)?.ok_or(Failure::Hidden)?;
            let key = inner.keys.document_key(detail.document, &reader)?.ok_or(Failure::Hidden)?;
            let sealed = inner.files()?.get(detail.document).map_err(out_of_reach)?.ok_or_else(lost)?;
            let bytes = key.open(&sealed)?;
            if hex(&Sha256::digest(&bytes)) != detail.sha256 {
                return Err(Failure::Unreadable("a document is not the one that was taken in".into()));
            }
            Ok(Opened { name: detail.name, media: detail.media, bytes })
        })
        .await??;
        self.log_standing(who, Activity::Document, purpose, &file.standing, vec![whose]).await?;
        Ok(opened)
    }

    /// Destroys a document that someone else condemned: the fact, the list outside the store, the key, the file.
    ///
    /// # Errors
    /// As for any command; a refusal when nobody condemned it, or the asker did.
    pub async fn destroy_document(
        &self,
        who: &Principal,
        trajectory: TrajectoryId,
        fact: FactId,
        note: String,
        command: CommandId,
    ) -> Result<Done, Failure> {
        let file = self.read_file(who, trajectory).await?;
        if !file.standing.may_record(Kind::DocumentDestroyed) {
            return Err(Failure::Denied);
        }
        let document = file.document(fact).ok_or(Failure::Hidden)?;
        let detail = document.detail.as_ref().ok_or(Failure::Hidden)?;
        let (id, about) = (detail.document, document.fact);
        self.list()?;
        let inner = Arc::clone(&self.inner);
        aside(move || inner.keys.mark_document(id, DocumentState::Doomed)).await??;
        let codes = Codes { about: Some(about), ..Codes::default() };
        let draft = Draft::new(DocumentDestroyed { note }, self.inner.clock.today()).codes(codes);
        let target = Target::Trajectory(trajectory);
        let done = self.execute(who, Order { command, expected: None, target, drafts: vec![draft] }).await;
        // of one that is refused the mark stays: another request may have destroyed it meanwhile. Without a fact the next
        // start takes the mark away
        if done.is_ok() {
            let desk = self.clone();
            aside(move || desk.finish_document(id)).await??;
        }
        done
    }

    /// The list first, then the key, then the file: whatever is interrupted, it does not come back.
    fn finish_document(&self, document: DocumentId) -> Result<(), Failure> {
        self.list_document(document)?;
        self.inner.drop_document(document)
    }

    fn list_document(&self, document: DocumentId) -> Result<(), Failure> {
        let on = crate::clock::date_of(self.inner.clock.real());
        let final_on = on.saturating_add(KEY_BACKUP_DAYS.days());
        let entry = Destroyed { destruction: document.0, on, final_on, people: vec![], documents: vec![document] };
        Ok(destroyed::append(self.list()?, &entry)?)
    }

    /// Finishes what was under way with documents when the program ended, and destroys again what the list names. Before
    /// anything is served.
    pub(crate) fn settle_documents(&self, listed: &[DocumentId]) -> Result<(), Failure> {
        let inner = &self.inner;
        // keys go all at once: each time the key store is written anew
        let (mut keys, mut files) = (BTreeSet::new(), Vec::new());
        for left in inner.keys.unsettled_documents()? {
            if left.state == DocumentState::Gone {
                files.push(left.document);
                continue;
            }
            let stream = Stream::Trajectory(left.trajectory);
            let reading = Arc::clone(inner);
            let history = inner.store.read_blocking(move |tx| reading.history(tx, stream, left.participant))?;
            let holds = History::of(&history);
            let of = |body: &Body| matches!(body, Body::DocumentAdded(added) if added.document == left.document);
            let brought: Vec<FactId> = history
                .iter()
                .filter(|recorded| recorded.fact.body.as_ref().is_some_and(of))
                .map(|recorded| holds.current(recorded.fact.header.id))
                .collect();
            let gone = history.iter().map(|recorded| &recorded.fact.header).any(|header| {
                let about = header.codes.about.map(|about| holds.current(about));
                header.kind == Kind::DocumentDestroyed && about.is_some_and(|about| brought.contains(&about))
            });
            match (brought.is_empty(), gone) {
                (true, _) => keys.extend([left.document]),
                (false, true) => {
                    self.list_document(left.document)?;
                    keys.extend([left.document]);
                }
                (false, false) => inner.keys.mark_document(left.document, DocumentState::Kept)?,
            }
        }
        if !listed.is_empty() {
            let known: BTreeSet<_> = inner.keys.documents()?.into_iter().map(|(document, _)| document).collect();
            keys.extend(listed.iter().copied().filter(|document| known.contains(document)));
        }
        let keys: Vec<DocumentId> = keys.into_iter().collect();
        if !keys.is_empty() {
            inner.keys.destroy_documents(&keys)?;
            files.extend(keys);
        }
        if files.is_empty() { Ok(()) } else { inner.delete_files(&files) }
    }

    /// How many documents there are, how many of their files are missing, and where they lie; for who makes backups.
    ///
    /// # Errors
    /// When the key store or the place of the documents cannot be read.
    pub fn documents_kept(&self) -> Result<(usize, usize, String), Failure> {
        let all = self.inner.keys.documents()?;
        let Some(kept) = self.inner.documents.get() else { return Ok((all.len(), all.len(), String::new())) };
        let mut missing = 0;
        for (document, _) in &all {
            missing += usize::from(!kept.files.has(*document)?);
        }
        Ok((all.len(), missing, kept.files.place()))
    }
}

impl Inner {
    fn kept(&self) -> Result<&Kept, Failure> {
        self.documents.get().ok_or_else(|| Refusal::new("documents-have-no-place").field("file").into())
    }

    /// Of the command and the content: the same form sent twice means the same document, and with another content another
    /// one. Keyed, so that an id does not tell who has the store whether a file they know is here.
    fn document_id(&self, command: CommandId, digest: &[u8]) -> DocumentId {
        let token = self.keys.token(&format!("document {command} {}", hex(digest)));
        DocumentId(uuid::Builder::from_random_bytes(token).into_uuid())
    }

    fn files(&self) -> Result<&dyn Files, Failure> {
        Ok(&*self.kept()?.files)
    }

    /// Key and file of a new document; whether they were made just now.
    fn store_document(
        &self,
        document: DocumentId,
        whose: ParticipantId,
        trajectory: TrajectoryId,
        bytes: &[u8],
    ) -> Result<bool, Failure> {
        let files = self.files()?;
        let (key, made) = self.keys.make_document_key(document, whose, trajectory)?;
        // a crash between the two leaves a key without file: the same form sent again mends it
        if made || !files.has(document).map_err(out_of_reach)? {
            let stored = key.seal(bytes, self.entropy.as_ref()).and_then(|sealed| files.put(document, &sealed));
            if let Err(error) = stored {
                if made {
                    left_behind(self.drop_document(document));
                }
                return Err(out_of_reach(error));
            }
        }
        Ok(made)
    }

    fn drop_document(&self, document: DocumentId) -> Result<(), Failure> {
        self.keys.destroy_documents(&[document])?;
        self.delete_files(&[document])
    }

    /// Takes the files of documents away whose keys are destroyed. One that cannot be reached now is tried again at the next
    /// start: nobody can read it meanwhile.
    pub(crate) fn delete_files(&self, documents: &[DocumentId]) -> Result<(), Failure> {
        let Some(kept) = self.documents.get() else { return Ok(()) };
        let mut gone = Vec::new();
        for document in documents {
            match kept.files.delete(*document) {
                Ok(()) => gone.push(*document),
                Err(error) => {
                    tracing::error!(%error, "the file of a destroyed document is still there; it is tried again at the next start");
                }
            }
        }
        Ok(self.keys.forget_documents(&gone)?)
    }

    /// The documents of people.
    pub(crate) fn documents_of(&self, people: &[ParticipantId]) -> Result<Vec<DocumentId>, Failure> {
        let all = self.keys.documents()?.into_iter().filter(|(_, who)| people.contains(who));
        Ok(all.map(|(document, _)| document).collect())
    }

    /// Which documents the asker may open: there, agreed for their kind of organisation, and for who sees a case by an
    /// agenda alone only what was released.
    pub(crate) fn openable(
        &self,
        t: &domain::trajectory::Trajectory,
        org: &OrgId,
        relation: Relation,
        today: Date,
    ) -> Vec<FactId> {
        let (Some(method), Some(org)) = (self.programme.method(&t.method), self.programme.org(org)) else {
            return vec![];
        };
        let open = t.documents.iter().filter(|document| {
            let released = relation != Relation::Agenda || !document.released.is_empty();
            document.is_there() && released && document.agreed_for(org.kind, t, method, today)
        });
        open.map(|document| document.fact).collect()
    }
}

impl File {
    /// Whether a fact shows: of documents only what is about one that shows.
    pub(crate) fn shows(&self, fact: &domain::fact::Fact) -> bool {
        let h = &fact.header;
        match h.kind {
            Kind::DocumentAdded => self.document(h.id).is_some(),
            Kind::DocumentReleased | Kind::DocumentCondemned | Kind::DocumentDestroyed => {
                h.codes.about.is_some_and(|about| self.document(about).is_some())
            }
            _ => true,
        }
    }

    /// Keeps some documents, and of the last facts none about another.
    pub(crate) fn keep_documents(&mut self, keeps: impl Fn(&Document, &[FactId]) -> bool) {
        let Self { trajectory, openable, .. } = self;
        trajectory.documents.retain(|document| keeps(document, openable));
        let mut latest = std::mem::take(&mut self.trajectory.latest);
        latest.retain(|recorded| self.shows(&recorded.fact));
        self.trajectory.latest = latest;
    }

    /// A document, by the fact that brought it (or one that was corrected since).
    pub fn document(&self, fact: FactId) -> Option<&Document> {
        let fact = self.trajectory.current(fact);
        self.trajectory.documents.iter().find(|document| document.fact == fact)
    }
}

/// A place of documents elsewhere that does not answer is nobody's mistake: it is told, and can be tried again.
fn out_of_reach(error: journal::Error) -> Failure {
    let journal::Error::Elsewhere { .. } = &error else { return error.into() };
    tracing::error!(%error, "the place of the documents is out of reach");
    Refusal::new("documents-out-of-reach").field("file").into()
}

/// Taking back what was made for a document that is refused: when that fails, why it was refused still says more. No
/// fact names it, so that it goes at the next start.
fn left_behind(dropped: Result<(), Failure>) {
    if let Err(error) = dropped {
        tracing::error!(%error, "what was made for a refused document is still there; it goes at the next start");
    }
}

/// The refusal of a document that is too large.
pub fn too_large(most: u64) -> Refusal {
    Refusal::new("file-too-large").with("most", most / (1024 * 1024)).field("file")
}
