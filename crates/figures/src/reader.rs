//! Snapshots for a program that runs on: read once for each state of the journal, and shared by all who ask.

use std::sync::{Arc, Mutex, PoisonError};

use domain::programme::Programme;
use jiff::Timestamp;
use journal::{Tx, checkpoint, tree::Tree};

use crate::history::{Checkpoint, History, Snapshot, checkpoint_at};

/// How many moments of the past are kept at hand.
const MOMENTS: usize = 8;

/// Keeps what was read last. Cheap to clone.
#[derive(Clone, Default)]
pub struct Reader(Arc<Mutex<Option<Kept>>>);

struct Kept {
    /// The journal's last position when it was read.
    position: u64,
    /// When it was read: every fact there was recorded by then.
    read_at: Timestamp,
    history: Arc<History>,
    latest: Snapshot,
    earlier: Vec<Snapshot>,
}

impl Reader {
    /// What was known at a moment, which is not later than `now`; with everything that was ever known.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known(
        &self,
        tx: &mut Tx<'_>,
        at: Timestamp,
        now: Timestamp,
        programme: &Programme,
    ) -> journal::Result<(Snapshot, Arc<History>)> {
        // a panic elsewhere leaves at worst what has to be read again
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let position = journal::append::head(tx)?;
        if kept.as_ref().is_none_or(|kept| kept.position != position) {
            *kept = Some(Kept::read(tx, position, now, programme)?);
        }
        let Some(kept) = kept.as_mut() else {
            return Err(journal::Error::Unusable("the figures were not read".to_owned()));
        };
        Ok((kept.known(tx, at, programme)?, Arc::clone(&kept.history)))
    }
}

impl Kept {
    fn read(tx: &mut Tx<'_>, position: u64, now: Timestamp, programme: &Programme) -> journal::Result<Self> {
        let history = Arc::new(History::load(tx)?);
        let head = checkpoint::head(tx, Tree::Facts, "")?;
        let head = Checkpoint { size: head.size, root: head.root };
        // `now` was taken before the wait for the store: what was recorded meanwhile is read, so it is known too
        let read_at = history.last_recorded().map_or(now, |last| last.max(now));
        let latest = history.known(read_at, head, programme);
        Ok(Self { position, read_at, history, latest, earlier: vec![] })
    }

    fn known(&mut self, tx: &mut Tx<'_>, at: Timestamp, programme: &Programme) -> journal::Result<Snapshot> {
        if at >= self.read_at {
            return Ok(Snapshot { known_at: at, ..self.latest.clone() });
        }
        if let Some(known) = self.earlier.iter().find(|known| known.known_at == at) {
            return Ok(known.clone());
        }
        let known = self.history.known(at, checkpoint_at(tx, at)?, programme);
        if self.earlier.len() == MOMENTS {
            self.earlier.remove(0);
        }
        self.earlier.push(known.clone());
        Ok(known)
    }
}
