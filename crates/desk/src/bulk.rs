//! Work on the whole journal: taking in a history, rebuilding the read tables, sweeping keys.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::{
    fact::Fact,
    ids::{ParticipantId, Stream, TrajectoryId},
    participant,
    trajectory::{self, Recorded},
};
use jiff::{Timestamp, civil::Date};
use journal::{SealedFact, Tx};
use views::project::known_spells;

use crate::{Desk, Failure, Inner, conference::SittingLog, rows::changed};

/// Rows between two reports of progress.
const STEP: u64 = 200;

impl Desk {
    /// Takes in a whole history into an empty store, in the order given, in one transaction, and makes the
    /// read tables. Ids and both times stay; keys and chains are new.
    ///
    /// # Errors
    /// When the store is not empty, or a history does not make sense; then nothing is changed.
    pub fn take_in(&self, facts: Vec<Fact>, progress: impl FnMut(u64, u64) + Send + 'static) -> Result<u64, Failure> {
        self.take_in_with(facts, vec![], vec![], progress)
    }

    /// [`Desk::take_in`], with logs of sittings and with settings that are kept in the same transaction.
    ///
    /// # Errors
    /// As [`Desk::take_in`]; also when a log makes no sense.
    pub fn take_in_with(
        &self,
        facts: Vec<Fact>,
        sittings: Vec<SittingLog>,
        settings: Vec<(&'static str, String)>,
        mut progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<u64, Failure> {
        // of a forgotten person no fact has a body: there is nothing to seal, and no key
        let with_body = facts.iter().filter(|fact| fact.body.is_some());
        let mut people: Vec<ParticipantId> = with_body.map(|fact| fact.header.subject).collect();
        people.sort_unstable();
        people.dedup();
        self.inner.keys.make_all(&people)?;
        let inner = std::sync::Arc::clone(&self.inner);
        let today = self.inner.clock.today();
        let count = self.inner.store.write_blocking(move |tx| {
            if journal::append::head(tx)? != 0 {
                let what = "the store already holds facts; take a history in into an empty one".to_owned();
                return Err(Failure::Store(journal::Error::Unusable(what)));
            }
            for (name, value) in &settings {
                journal::setting::put(tx, name, value)?;
            }
            inner.put_sittings(tx, &sittings)?;
            let all = facts.len() as u64;
            let mut numbers: BTreeMap<Stream, u32> = BTreeMap::new();
            for (at, fact) in (1_u64..).zip(&facts) {
                let key = inner.keys.key(fact.header.subject)?;
                let sealed = SealedFact::new(fact, key.as_ref(), inner.entropy.as_ref())?;
                let number = numbers.entry(fact.header.stream).or_insert(0);
                journal::append::append(tx, fact.header.stream, *number, &[sealed])?;
                *number += 1;
                if at % (STEP * 10) == 0 {
                    progress(at, all * 2);
                }
            }
            inner.rebuild(tx, today, |done, people| progress(all + all * done / people.max(1), all * 2))?;
            Ok::<_, Failure>(all)
        })?;
        self.inner.set_rolled(today);
        Ok(count)
    }

    /// Drops the read tables and makes them anew from the journal.
    ///
    /// # Errors
    /// When the journal cannot be read; then the old tables stay.
    pub fn rebuild(&self, progress: impl FnMut(u64, u64) + Send + 'static) -> Result<(), Failure> {
        let inner = std::sync::Arc::clone(&self.inner);
        let today = self.inner.clock.today();
        self.inner.store.write_blocking(move |tx| inner.rebuild(tx, today, progress))?;
        self.inner.set_rolled(today);
        Ok(())
    }

    /// Destroys keys of people without facts: a registration that was refused after its key was made.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn sweep_keys(&self) -> Result<usize, Failure> {
        let known: HashSet<ParticipantId> =
            self.inner.store.read_blocking(journal::read::subjects)?.into_iter().collect();
        let orphans: Vec<ParticipantId> =
            self.inner.keys.everyone()?.into_iter().filter(|who| !known.contains(who)).collect();
        if !orphans.is_empty() {
            self.inner.keys.destroy(&orphans)?;
        }
        Ok(orphans.len())
    }
}

impl Inner {
    fn rebuild(&self, tx: &mut Tx<'_>, today: Date, mut progress: impl FnMut(u64, u64)) -> Result<(), Failure> {
        views::write::clear(tx)?;
        let subjects = journal::read::subjects(tx)?;
        let all = subjects.len() as u64;
        for (at, subject) in (1_u64..).zip(subjects) {
            self.rebuild_person(tx, subject, today)?;
            if at % STEP == 0 || at == all {
                progress(at, all);
            }
        }
        Ok(())
    }

    pub(crate) fn rebuild_person(&self, tx: &mut Tx<'_>, subject: ParticipantId, today: Date) -> Result<(), Failure> {
        // without key the person is forgotten: what is in the clear still counts in figures
        let key = self.keys.key(subject)?;
        let key = key.as_deref();
        let facts = self.history(tx, Stream::Participant(subject), subject)?;
        let person = participant::replay(subject, &facts)?;
        self.sealed_person(&person, key)?.put(tx)?;
        for stream in journal::read::streams(tx, subject)? {
            let Stream::Trajectory(_) = stream.stream else { continue };
            let facts = self.history(tx, stream.stream, subject)?;
            let Some(first) = facts.first() else { continue };
            let method = self.method(&first.fact.header.method)?;
            let state = trajectory::replay(&facts, method)?;
            let row = self.sealed_row(&state, &person, key, today, changed(&facts))?;
            views::write::put_trajectory(tx, &row)?;
            views::write::put_spells(tx, &row.row, &known_spells(steps(&facts, method)?))?;
        }
        Ok(())
    }

    /// Makes the rows of one trajectory again, as of a day. Its spells follow from facts alone and stay.
    pub(crate) fn project_again(
        &self,
        tx: &mut Tx<'_>,
        id: TrajectoryId,
        subject: ParticipantId,
        today: Date,
    ) -> Result<(), Failure> {
        // a forgotten person has no name left, but the days of the case go on
        let facts = self.history(tx, Stream::Participant(subject), subject)?;
        let person = participant::replay(subject, &facts)?;
        let key = self.keys.key(subject)?;
        let facts = self.history(tx, Stream::Trajectory(id), subject)?;
        let Some(first) = facts.first() else { return Ok(()) };
        let state = trajectory::replay(&facts, self.method(&first.fact.header.method)?)?;
        let row = self.sealed_row(&state, &person, key.as_deref(), today, changed(&facts))?;
        Ok(views::write::put_trajectory(tx, &row)?)
    }
}

/// The spells after each command, with the time it was recorded.
fn steps(
    facts: &[Recorded],
    method: &domain::programme::Method,
) -> Result<Vec<(Timestamp, Vec<domain::spell::Spell>)>, Failure> {
    let mut out = Vec::new();
    for (at, recorded) in facts.iter().enumerate() {
        let same_command =
            facts.get(at + 1).is_some_and(|next| next.fact.header.command == recorded.fact.header.command);
        if !same_command {
            let state = trajectory::replay(&facts[..=at], method)?;
            out.push((recorded.fact.header.recorded_at, state.spells()));
        }
    }
    Ok(out)
}

impl Desk {
    /// How many facts there are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn facts_in_all(&self) -> Result<u64, Failure> {
        Ok(self.inner.store.read_blocking(journal::append::head)?)
    }

    /// Facts after a position of the journal, opened, in its order.
    ///
    /// # Errors
    /// When the store cannot be read or a fact does not open.
    pub fn facts_after(&self, position: u64, most: u32) -> Result<Vec<Fact>, Failure> {
        let inner = std::sync::Arc::clone(&self.inner);
        self.inner.store.read_blocking(move |tx| {
            let stored = journal::read::after(tx, position, most)?;
            stored
                .into_iter()
                .map(|fact| {
                    let key = inner.keys.key(fact.header.subject)?;
                    Ok(fact.open(key.as_deref())?.fact)
                })
                .collect()
        })
    }

    /// Walks all chains.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    pub fn verify(&self, mut progress: impl FnMut(u64) + Send + 'static) -> Result<journal::verify::Report, Failure> {
        let inner = std::sync::Arc::clone(&self.inner);
        let destroyed: BTreeSet<ParticipantId> = self.destroyed()?;
        let verify = move |tx: &mut Tx<'_>| journal::verify::verify(tx, &inner.keys, &destroyed, &mut progress);
        Ok(self.inner.store.read_blocking(verify)?)
    }
}
