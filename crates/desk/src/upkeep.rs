//! What goes by itself at the end of its term: accounts of who left, sign-ins, the content of the read log. The terms are the
//! programme's; what has none stays.

use domain::{
    ids::UserId,
    programme::{Forgets, Upkeep},
};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use journal::{Tx, params};

use crate::{Desk, EventKind, Failure, clock::date_of, read_review};

/// What stands where a name was.
pub const NOBODY: &str = "—";

const LEFT: &str = "SELECT account, MAX(at) FROM account_event WHERE kind = 'left' AND account IN
    (SELECT id FROM account WHERE active = 0 AND name <> $1) GROUP BY account";
const BLANK: &str =
    "UPDATE account SET name = $2, login = $3, password = '', sites = '', signed_in_at = NULL, told_at = NULL,
    failed = 0 WHERE id = $1 AND active = 0";
// a try of the last year to sign in with that name is an event of signing in, and goes with those
const EVENTS: &str = "DELETE FROM account_event WHERE account = $1 AND at < $2";
const PROPOSALS: &str = "DELETE FROM rights_proposal WHERE account = $1";
const SIGN_INS: &str = "DELETE FROM account_event WHERE at < $1
    AND kind IN ('signed-in', 'signed-in-odd', 'sign-in-failed', 'shown-again', 'sign-in-peak')";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[LEFT, BLANK, EVENTS, PROPOSALS, SIGN_INS];

/// What went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gone {
    /// Accounts.
    pub accounts: u64,
    /// Events of signing in.
    pub sign_ins: u64,
    /// Lines of the read log.
    pub reads: u64,
}

/// The moment before which something is over its term.
fn before(term: &Upkeep, now: Timestamp) -> Option<Timestamp> {
    let span = i32::from(term.years).years().days(i32::from(term.days));
    let day = date_of(now).checked_sub(span).ok()?;
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    Some(midnight.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}

impl Desk {
    /// Forgets what is over its term. Every start and every hour; what was brought back by a backup goes again.
    ///
    /// # Errors
    /// When the store fails; what went before that is gone.
    pub fn upkeep(&self) -> Result<Gone, Failure> {
        let (now, mut gone) = (self.inner.clock.real(), Gone::default());
        for term in &self.inner.programme.upkeep {
            let Some(before) = before(term, now) else { continue };
            match term.forgets {
                Forgets::Account => gone.accounts += self.forget_accounts(before)?,
                Forgets::SignIn => {
                    let went = self
                        .inner
                        .store
                        .write_blocking(move |tx| Ok::<_, Failure>(tx.exec(SIGN_INS, params![before])?))?;
                    gone.sign_ins += went;
                }
                Forgets::ReadLog => gone.reads += self.forget_reads(now, before)?,
            }
        }
        if gone != Gone::default() {
            // what was deleted is not to be read from free pages either
            self.inner.store.scrub_blocking()?;
            let Gone { accounts, sign_ins, reads } = gone;
            tracing::info!(accounts, sign_ins, reads, "what was over its term is gone");
        }
        Ok(gone)
    }

    /// Name, login and events of accounts whose owner left long ago. Their number stays where it stands in what they did.
    fn forget_accounts(&self, before: Timestamp) -> Result<u64, Failure> {
        let left = self.inner.store.read_blocking(|tx| {
            let row = |row: &journal::Row<'_>| Ok((UserId(row.get(0)?), row.get::<Option<Timestamp>>(1)?));
            Ok::<_, Failure>(tx.query(LEFT, params![NOBODY], row)?)
        })?;
        let over = left.into_iter().filter(|(_, at)| at.is_some_and(|at| at < before)).map(|(user, _)| user);
        let mut count = 0;
        for user in over {
            let note = self.note(EventKind::Forgotten, Some(user), None, String::new());
            let login = user.to_string();
            let old = note.at - journal::read_log::YOUNGEST;
            let kept = login.clone();
            self.inner.store.write_blocking(move |tx| {
                tx.exec(EVENTS, params![user.0, old])?;
                tx.exec(PROPOSALS, params![user.0])?;
                tx.exec(BLANK, params![user.0, NOBODY, login.as_str()])?;
                note.keep(tx)
            })?;
            self.inner.accounts.forget(user, NOBODY, kept);
            count += 1;
        }
        Ok(count)
    }

    fn forget_reads(&self, now: Timestamp, before: Timestamp) -> Result<u64, Failure> {
        let mut all = 0;
        loop {
            let went = self.inner.store.write_blocking(move |tx| some_reads(tx, now, before))?;
            if went == 0 {
                return Ok(all);
            }
            all += went;
        }
    }
}

fn some_reads(tx: &mut Tx<'_>, now: Timestamp, before: Timestamp) -> Result<u64, Failure> {
    let went = journal::read_log::forget(tx, now, before)?;
    if went > 0 {
        read_review::forget(tx, date_of(before))?;
    }
    Ok(went)
}
