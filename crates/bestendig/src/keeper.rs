//! Signing checkpoints while the program runs: every 256 entries, every minute in which something was added, and at the end.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use desk::{Desk, Failure};

/// Entries after which a checkpoint is signed at once.
const ENTRIES: u64 = 256;
/// And the longest time that entries wait for one.
const LONGEST: Duration = Duration::from_mins(1);
/// How often is looked.
const TICK: Duration = Duration::from_millis(250);
/// How often the days that ended are looked through for the review of the read log.
const REVIEW: Duration = Duration::from_hours(1);

/// Signs until it is stopped.
pub(crate) struct Keeper {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Begins; the first checkpoint is signed now.
    ///
    /// # Errors
    /// When a first checkpoint cannot be kept: better to hear it now than after a day.
    pub(crate) fn start(desk: Desk) -> Result<Self> {
        desk.checkpoint().context("the first checkpoint")?;
        let (stop, stopped) = mpsc::channel::<()>();
        let work = move || run(&desk, &stopped);
        let thread = std::thread::Builder::new().name("checkpoints".to_owned()).spawn(work)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the last checkpoint was not signed");
        }
    }
}

fn run(desk: &Desk, stopped: &mpsc::Receiver<()>) {
    let (mut last, mut since, mut reviewed) = (0, Instant::now(), None::<Instant>);
    let mut settled = Instant::now();
    loop {
        let ends = stopped.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout);
        // before the checkpoint, so that the last one covers it
        let rest = if ends || settled.elapsed() > LONGEST { desk.settle_refusals(ends) } else { Ok(()) };
        if settled.elapsed() > LONGEST {
            settled = Instant::now();
        }
        let turn = rest.and_then(|()| one(desk, &mut last, &mut since, ends));
        let due = reviewed.is_none_or(|at| at.elapsed() > REVIEW);
        let turn = turn.and_then(|()| if due && !ends { hourly(desk) } else { Ok(()) });
        if due {
            reviewed = Some(Instant::now());
        }
        if let Err(error) = turn {
            tracing::error!(%error, "a checkpoint could not be kept; it is tried again");
        }
        if ends {
            return;
        }
    }
}

/// The days that ended are looked through before anything of them can be over its term.
fn hourly(desk: &Desk) -> Result<(), Failure> {
    desk.evaluate_reads()?;
    desk.upkeep()?;
    Ok(())
}

fn one(desk: &Desk, last: &mut u64, since: &mut Instant, ends: bool) -> Result<(), Failure> {
    let (facts, reads) = desk.leaves()?;
    let now = facts + reads;
    if now == *last {
        *since = Instant::now();
        return Ok(());
    }
    if ends || now - (*last).min(now) >= ENTRIES || since.elapsed() >= LONGEST {
        desk.index_reads()?;
        desk.checkpoint()?;
        (*last, *since) = (now, Instant::now());
    }
    Ok(())
}
