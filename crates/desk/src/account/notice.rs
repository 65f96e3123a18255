//! What the owner of an account should know: tries that failed, changes, sign-ins from somewhere new. Told until it is read.

use jiff::Timestamp;
use journal::{Tx, params};

use super::{
    Directory, Entered, EventKind, entered,
    event::{Note, factor_changes},
    session::{Live, Token, token_hash},
};
use crate::{Desk, Failure};

const READ: &str = "UPDATE session SET failed_before = 0, last_before = NULL, odd_others = 0,
    odd = CASE WHEN odd = 0 THEN 0 ELSE 2 END WHERE token_hash = $1";
const ODD: &str = "UPDATE session SET odd_others = odd_others + 1 WHERE account = $1 AND id <> $2";
const SINCE: &str = "SELECT failed, COALESCE(told_at, signed_in_at) FROM account WHERE id = $1";
const SIGNED_IN: &str = "UPDATE account SET signed_in_at = $2 WHERE id = $1";
const TOLD: &str = "UPDATE account SET failed = 0, told_at = $2 WHERE id = $1";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[READ, ODD, SINCE, SIGNED_IN, TOLD];

/// What someone should know about tries to sign in as them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Tries that failed since.
    pub failed: i64,
    /// Changes of password, codes and passkeys since.
    pub changes: i64,
    /// Whether this sign-in is from a network with a kind of device that was not used lately.
    pub odd: bool,
    /// How many others are, since.
    pub odd_others: i64,
    /// When they last signed in.
    pub since: Option<Timestamp>,
}

/// Whether a session began somewhere new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    No = 0,
    Untold = 1,
    Read = 2,
}

impl Odd {
    pub(super) fn of(kept: i64) -> Self {
        [Self::Untold, Self::Read].into_iter().find(|odd| *odd as i64 == kept).unwrap_or(Self::No)
    }
}

/// The first moment of a session that is complete: what happened since the last one, and the event of it.
pub(crate) fn begin(tx: &mut Tx<'_>, live: &mut Live, now: Timestamp, mut note: Note) -> Result<(), Failure> {
    let since =
        tx.one(SINCE, params![live.account.0], |row| Ok((row.get::<i64>(0)?, row.get::<Option<Timestamp>>(1)?)))?;
    if let Some((failed, last)) = since {
        (live.failed_before, live.last_before) = (failed, last);
    }
    let mut changes = 0;
    if let Some(last) = live.last_before {
        live.odd_others = entered::odd_since(tx, live.account, last)?;
        changes = factor_changes(tx, live.account, last)?;
    }
    // what there is to tell stays so at every sign-in until somebody says to have read it
    if live.failed_before == 0 && live.odd_others == 0 && changes == 0 {
        tx.exec(TOLD, params![live.account.0, now])?;
    }
    let entered = Entered::new(live.ways.clone(), &live.from());
    if entered::is_odd(tx, live.account, &entered, now)? {
        live.odd = Odd::Untold;
        note.kind = EventKind::SignedInOdd;
        tx.exec(ODD, params![live.account.0, live.id])?;
    }
    note.detail = entered.text();
    note.keep(tx)?;
    tx.exec(SIGNED_IN, params![live.account.0, now])?;
    Ok(())
}

impl Notice {
    /// Whether there is anything to say.
    pub(super) fn tells(&self) -> bool {
        self.failed > 0 || self.changes > 0 || self.odd || self.odd_others > 0
    }
}

impl Directory {
    /// A session that is in the store now. The others of its owner say at once that this one is from somewhere new.
    pub(super) fn began(&self, hash: Token, live: Live, first: bool) {
        let mut sessions = self.sessions();
        if first && live.odd != Odd::No {
            let others = sessions.values_mut().filter(|other| other.account == live.account && other.id != live.id);
            others.for_each(|other| other.odd_others += 1);
        }
        sessions.insert(hash, live);
    }
}

impl Desk {
    /// The notice was read. From a session that began somewhere new it is told again at the next sign-in: who read it may be
    /// somebody else.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notice_read(&self, token: &str) -> Result<(), Failure> {
        let (hash, now) = (token_hash(token), self.inner.clock.real());
        let own = self.inner.accounts.with_session(token, |live| {
            let own = (live.odd == Odd::No).then_some(live.account);
            (live.failed_before, live.last_before, live.odd_others) = (0, None, 0);
            live.odd = if live.odd == Odd::No { Odd::No } else { Odd::Read };
            own
        });
        let own = own.flatten();
        let read = self.inner.store.write(move |tx| {
            tx.exec(READ, params![&hash[..]])?;
            match own {
                Some(user) => Ok::<_, Failure>(tx.exec(TOLD, params![user.0, now])?),
                None => Ok(0),
            }
        });
        read.await?;
        Ok(())
    }
}
