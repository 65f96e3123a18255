//! What a command writes, and whether what it was decided on still stands when it is written.

use std::collections::BTreeMap;

use domain::{
    ids::{CommandId, ParticipantId, Stream, UserId},
    spell::Spell,
};
use jiff::Timestamp;
use journal::{Error, SealedFact, Tx};
use views::write::SealedRow;

use crate::{Done, Failure, rows::SealedPerson};

/// New facts of one stream, ready to append.
pub(crate) struct Batch {
    pub(crate) stream: Stream,
    pub(crate) expected: u32,
    pub(crate) facts: Vec<SealedFact>,
}

/// What a command was decided on, beside the streams that it appends to. It was read from a snapshot; when it no longer
/// stands in the transaction that writes, the command is decided anew.
#[derive(Default)]
pub(crate) struct Grounds {
    /// Streams that were read, with the number of their last fact.
    pub(crate) seen: BTreeMap<Stream, u32>,
    /// People of whom every stream was read: a new trajectory counts too.
    pub(crate) whole: Vec<ParticipantId>,
    /// V-numbers, as tokens, that nobody but this person may have.
    pub(crate) unique: Vec<([u8; 16], ParticipantId)>,
}

impl Grounds {
    pub(crate) fn extend(&mut self, other: Self) {
        self.seen.extend(other.seen);
        self.whole.extend(other.whole);
        self.unique.extend(other.unique);
    }

    /// Notes a stream as it stands in a snapshot.
    pub(crate) fn see(&mut self, tx: &mut Tx<'_>, stream: Stream) -> Result<(), Failure> {
        self.seen.insert(stream, journal::append::stream_head(tx, stream)?.0);
        Ok(())
    }

    /// Notes every stream of a person as it stands in a snapshot.
    pub(crate) fn see_whole(&mut self, tx: &mut Tx<'_>, who: ParticipantId) -> Result<(), Failure> {
        for of in journal::read::streams(tx, who)? {
            self.see(tx, of.stream)?;
        }
        self.whole.push(who);
        Ok(())
    }
}

/// Everything a command writes, sealed and computed before its transaction.
pub(crate) struct Prepared {
    pub(crate) batches: Vec<Batch>,
    pub(crate) grounds: Grounds,
    pub(crate) people: Vec<SealedPerson>,
    /// Rows, with the spells before and after.
    pub(crate) rows: Vec<(SealedRow, Vec<Spell>, Vec<Spell>)>,
    pub(crate) done: Done,
    pub(crate) at: Timestamp,
}

/// What identifies a command in the journal.
pub(crate) struct Stamp {
    pub(crate) command: CommandId,
    pub(crate) digest: [u8; 32],
    pub(crate) actor: UserId,
}

impl Prepared {
    pub(crate) fn write(self: Box<Self>, tx: &mut Tx<'_>, stamp: &Stamp) -> Result<Done, Failure> {
        // the same command may have been committed since it was prepared
        if let Some((digest, outcome)) = journal::command::find(tx, stamp.command)? {
            return repeat(&digest, &stamp.digest, &outcome);
        }
        for batch in &self.batches {
            journal::append::append(tx, batch.stream, batch.expected, &batch.facts)?;
        }
        // after the append: on a server that is what makes other writers wait
        self.still_stands(tx)?;
        for person in &self.people {
            person.put(tx)?;
        }
        for (row, before, now) in &self.rows {
            views::write::put_trajectory(tx, row)?;
            views::write::change_spells(tx, &row.row, before, now, self.at)?;
        }
        let outcome = serde_json::to_string(&self.done).map_err(|error| Failure::Unreadable(error.to_string()))?;
        journal::command::remember(tx, stamp.command, &stamp.digest, stamp.actor, &outcome, self.at)?;
        Ok(self.done)
    }

    /// Refuses with a conflict when a ground has moved; then the command is prepared anew on what is there now.
    fn still_stands(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let own = |stream: &Stream| self.batches.iter().any(|batch| batch.stream == *stream);
        let Grounds { seen, whole, unique } = &self.grounds;
        for (stream, expected) in seen.iter().filter(|(stream, _)| !own(stream)) {
            let actual = journal::append::stream_head(tx, *stream)?.0;
            if actual != *expected {
                return Err(Error::Conflict { stream: *stream, expected: *expected, actual }.into());
            }
        }
        for who in whole {
            for of in journal::read::streams(tx, *who)? {
                if !own(&of.stream) && !seen.contains_key(&of.stream) {
                    return Err(Failure::Overtaken);
                }
            }
        }
        for (token, owner) in unique {
            if views::search::candidates(tx, &[*token])?.iter().any(|who| who != owner) {
                return Err(Failure::Overtaken);
            }
        }
        Ok(())
    }
}

/// The answer to a command that was carried out before.
pub(crate) fn repeat(kept: &[u8; 32], asked: &[u8; 32], outcome: &str) -> Result<Done, Failure> {
    if kept != asked {
        return Err(Failure::ReusedCommand);
    }
    let done: Done = crate::load::read(outcome.as_bytes())?;
    Ok(Done { repeated: true, ..done })
}
