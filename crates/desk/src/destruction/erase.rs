//! Carrying a destruction out. Every step can be done again: what was interrupted is finished at the next start.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::ids::ParticipantId;
use jiff::ToSpan as _;
use journal::{
    KEY_BACKUP_DAYS, Tx,
    destroyed::{self, Destroyed},
    hex,
};
use uuid::Uuid;

use super::{Certificate, table};
use crate::{Desk, Failure, Inner, clock::date_of};

impl Desk {
    /// Where the list of destructions is kept: outside the store, so that a backup that is put back cannot undo them.
    /// Without it nothing is destroyed.
    pub fn keep_destructions_in(&self, file: PathBuf) {
        // the first one named stays: it is named once, at start
        let _ = self.inner.destructions.set(file);
    }

    /// Who was destroyed, by the list.
    pub(crate) fn destroyed(&self) -> Result<BTreeSet<ParticipantId>, Failure> {
        let Some(list) = self.inner.destructions.get() else { return Ok(BTreeSet::new()) };
        Ok(destroyed::read(list)?.into_iter().flat_map(|entry| entry.people).collect())
    }

    pub(crate) fn list(&self) -> Result<&Path, Failure> {
        let list = self.inner.destructions.get().map(PathBuf::as_path);
        list.ok_or_else(|| {
            let what = "no file is named for the list of destructions; name one with --destructions";
            Failure::Store(journal::Error::Unusable(what.to_owned()))
        })
    }

    /// Finishes destructions that were approved, and applies the list to this store: people destroyed after it was
    /// backed up go again. How many people went. Before anything is served.
    ///
    /// # Errors
    /// When the list or a store cannot be read or written: then nothing may be served.
    pub fn settle_destructions(&self) -> Result<usize, Failure> {
        for id in self.inner.store.read_blocking(|tx| Ok::<_, Failure>(table::approved(tx)?))? {
            self.carry_out(id)?;
        }
        let (mut gone, mut documents) = (Vec::new(), Vec::new());
        for entry in destroyed::read(self.list()?)? {
            documents.extend(entry.documents);
            for who in entry.people {
                let (known, sealed) =
                    self.inner.store.read_blocking(move |tx| Ok::<_, Failure>(table::left(tx, who)?))?;
                if known && (sealed || self.inner.keys.key(who)?.is_some()) {
                    gone.push(who);
                }
            }
        }
        self.settle_documents(&documents)?;
        if !gone.is_empty() {
            let files = self.inner.documents_of(&gone)?;
            self.inner.keys.destroy(&gone)?;
            self.inner.delete_files(&files)?;
            let (inner, people) = (Arc::clone(&self.inner), gone.clone());
            self.inner.store.write_blocking(move |tx| people.iter().try_for_each(|who| inner.erase(tx, *who)))?;
            self.inner.store.scrub_blocking()?;
        }
        Ok(gone.len())
    }

    /// The list first, then the keys, then the rows: whatever is interrupted, nobody comes back.
    pub(super) fn carry_out(&self, id: Uuid) -> Result<(), Failure> {
        let (row, people) = self.inner.store.read_blocking(move |tx| {
            let row = table::one(tx, id)?.ok_or(Failure::Hidden)?;
            Ok::<_, Failure>((row, table::people(tx, id)?))
        })?;
        let (Some(decided), "approved") = (row.decided, row.state.as_str()) else { return Ok(()) };
        let on = date_of(decided.1);
        let final_on = on.saturating_add(KEY_BACKUP_DAYS.days());
        let ids: Vec<ParticipantId> = people.iter().map(|(who, _)| *who).collect();
        destroyed::append(
            self.list()?,
            &Destroyed { destruction: id, on, final_on, people: ids.clone(), documents: vec![] },
        )?;
        let documents = self.inner.documents_of(&ids)?;
        self.inner.keys.destroy(&ids)?;
        self.inner.delete_files(&documents)?;
        let certificate = Certificate {
            destruction: id,
            programme: self.inner.programme.id.to_string(),
            proposed: self.inner.signature(row.proposed),
            approved: self.inner.signature(decided),
            destroyed_on: on,
            final_on,
            people: ids.len(),
            grounds: self.inner.grounds(&people),
            hashes: vec![],
        };
        let inner = Arc::clone(&self.inner);
        self.inner.store.write_blocking(move |tx| {
            let mut certificate = certificate;
            for who in &ids {
                let hashes = journal::forget::hashes(tx, *who)?;
                certificate.hashes.extend(hashes.iter().map(|(_, hash)| hex(hash)));
                inner.erase(tx, *who)?;
            }
            // sorted, so that their order does not tell which belong together
            certificate.hashes.sort();
            let text = serde_json::to_string(&certificate).map_err(|error| Failure::Unreadable(error.to_string()))?;
            Ok::<_, Failure>(table::done(tx, id, &text)?)
        })?;
        Ok(self.inner.store.scrub_blocking()?)
    }
}

impl Inner {
    /// Takes away everything sealed of a person whose keys are gone. What is left follows from the headers, as in a rebuild.
    fn erase(&self, tx: &mut Tx<'_>, who: ParticipantId) -> Result<(), Failure> {
        journal::forget::forget(tx, who)?;
        table::clean(tx, who)?;
        table::blank(tx, who, |id| self.seal_words(id, "–"))?;
        self.rebuild_person(tx, who, self.clock.today())
    }

    fn grounds(&self, people: &[(ParticipantId, String)]) -> Vec<(String, String, usize)> {
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for code in people.iter().flat_map(|(_, codes)| codes.split(' ')) {
            *count.entry(code).or_default() += 1;
        }
        let source = |code: &str| {
            let ground = self.programme.retention.iter().find(|ground| ground.id.as_str() == code);
            ground.map(|ground| ground.source.clone()).unwrap_or_default()
        };
        count.into_iter().map(|(code, people)| (code.to_owned(), source(code), people)).collect()
    }
}
