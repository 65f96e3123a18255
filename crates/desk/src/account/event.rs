//! Every act about an account: who, what, when. Only ever added to; what is over its term goes as a whole ([`crate::upkeep`]).

use std::collections::BTreeMap;

use domain::ids::UserId;
use jiff::Timestamp;
use journal::{Tx, params};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Entered;
use crate::{Desk, Failure};

const ADD: &str =
    "INSERT INTO account_event (id, at, kind, account, by_account, detail) VALUES ($1, $2, $3, $4, $5, $6)";
// tries of others do not push out what its owner did
const OF: &str = "SELECT at, kind, account, by_account, detail FROM account_event WHERE account = $1
    AND kind <> 'sign-in-failed' ORDER BY at DESC LIMIT 100";
const FAILED: &str = "SELECT at, kind, account, by_account, detail FROM account_event WHERE account = $1
    AND kind = 'sign-in-failed' ORDER BY at DESC LIMIT 10";
const ALL: &str = "SELECT at, kind, account, by_account, detail FROM account_event ORDER BY at DESC LIMIT 200";
const ABOUT_FACTORS: &str = "SELECT COUNT(*) FROM account_event WHERE account = $1 AND at > $2 AND kind IN
    ('password-changed', 'password-reset', 'totp-added', 'totp-removed', 'passkey-added', 'passkey-removed',
     'recovery-made', 'recovery-used', 'rights-changed', 'identity-linked')";

const EVERY: &str = "SELECT id, at, kind, account, by_account, detail FROM account_event ORDER BY at";

/// Every fixed statement here: none changes or removes an event.
pub(crate) const SQL: &[&str] = &[ADD, OF, FAILED, ALL, EVERY, ABOUT_FACTORS];

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EventKind { $($(#[$doc])* $name,)+ }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
            /// Its code, in the store and for its words.
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code,)+ } }
            /// From its code.
            pub fn from_code(code: &str) -> Option<Self> { Self::ALL.iter().copied().find(|kind| kind.code() == code) }
        }
    };
}

events! {
    /// An account was made on the command line.
    AddedByHand = "added-by-hand",
    /// Rights were proposed.
    Proposed = "rights-proposed",
    /// A proposal was approved, and is in force.
    Approved = "rights-approved",
    /// A proposal was refused.
    Refused = "rights-refused",
    /// Rights of an account changed.
    RightsChanged = "rights-changed",
    /// Someone looked whether the rights are still needed.
    Confirmed = "rights-confirmed",
    /// Someone left their organisation: access ended.
    Left = "left",
    /// Signed in.
    SignedIn = "signed-in",
    /// Signed in from a network with a kind of device that this account did not use lately.
    SignedInOdd = "signed-in-odd",
    /// A try to sign in failed.
    SignInFailed = "sign-in-failed",
    /// Showed again who they are, within a session.
    ShownAgain = "shown-again",
    /// Sessions were ended by someone else than their owner.
    SessionsEnded = "sessions-ended",
    /// The password was changed by its owner.
    PasswordChanged = "password-changed",
    /// A new first password was given.
    PasswordReset = "password-reset",
    /// An app for codes was added.
    TotpAdded = "totp-added",
    /// And removed.
    TotpRemoved = "totp-removed",
    /// A passkey was added.
    PasskeyAdded = "passkey-added",
    /// And removed.
    PasskeyRemoved = "passkey-removed",
    /// Recovery codes were made.
    RecoveryMade = "recovery-made",
    /// One was used.
    RecoveryUsed = "recovery-used",
    /// An identity provider was linked.
    Linked = "identity-linked",
    /// Its owner left long ago: name, login and events are gone.
    Forgotten = "account-forgotten",
    /// Too many wrong codes after a right password.
    WrongCodes = "wrong-codes",
    /// Many tries to sign in failed within a short time.
    Peak = "sign-in-peak",
}

/// Something that happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// Whose account; none: of no account in particular.
    pub account: Option<UserId>,
    /// Who did it; none: nobody who was signed in.
    pub by: Option<UserId>,
    /// Codes and numbers, such as the role and the sites.
    pub detail: String,
    /// Of a sign-in or a try: with what and from where.
    pub entered: Option<Entered>,
}

/// One to keep.
pub(crate) struct Note {
    pub(crate) id: uuid::Uuid,
    pub(crate) at: Timestamp,
    pub(crate) kind: EventKind,
    pub(crate) account: Option<UserId>,
    pub(crate) by: Option<UserId>,
    pub(crate) detail: String,
}

impl Note {
    pub(crate) fn keep(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (account, by) = (self.account.map(|user| user.0), self.by.map(|user| user.0));
        tx.exec(ADD, params![self.id, self.at, self.kind.code(), account, by, self.detail.as_str()])?;
        let hash = hash(self.id, self.at, self.kind.code(), (account, by), &self.detail);
        Ok(journal::read_log::cover(tx, self.at, &hash)?)
    }
}

type Two = (Option<Uuid>, Option<Uuid>);

/// What the read log keeps of an event: its hash, under the signed checkpoints.
fn hash(id: Uuid, at: Timestamp, kind: &str, (account, by): Two, detail: &str) -> [u8; 32] {
    let part = |one: Option<Uuid>| one.map_or([0; 16], |one| *one.as_bytes());
    let mut digest = Sha256::new();
    digest.update(b"bestendig account event 1\0");
    digest.update(id.as_bytes());
    digest.update(at.as_microsecond().to_be_bytes());
    digest.update(part(account));
    digest.update(part(by));
    digest.update(kind.as_bytes());
    digest.update(b"\0");
    digest.update(detail.as_bytes());
    digest.finalize().into()
}

/// Compares the events with what the read log covers of them: what was altered, added or removed by hand, in words.
/// Events of before there was a cover, and those whose line is over its term, are not looked at.
pub(crate) fn verify(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<String>, Failure> {
    let (mut covered, mut from, mut number) = (BTreeMap::new(), None, 0);
    loop {
        let lines = journal::read_log::after(tx, number, 2000)?;
        let Some(last) = lines.last() else { break };
        number = last.number;
        for line in &lines {
            if let Some(hash) = line.covers() {
                from = Some(from.map_or(line.at, |from: Timestamp| from.min(line.at)));
                covered.insert(hash, (line.number, line.at));
            }
        }
    }
    let Some(from) = from else { return Ok(vec![]) };
    let mut found = Vec::new();
    let events = tx.query(EVERY, params![], |row| {
        let (id, at, kind) = (row.get::<Uuid>(0)?, row.get::<Timestamp>(1)?, row.get::<String>(2)?);
        Ok((id, at, hash(id, at, &kind, (row.get(3)?, row.get(4)?), &row.get::<String>(5)?)))
    })?;
    for (id, at, hash) in events {
        if covered.remove(&hash).is_none() && at > from {
            found.push(format!("events of accounts: {id} was altered or added"));
        }
    }
    // what is over its term goes; nothing younger does
    let young = covered.into_values().filter(|(_, at)| *at > now - journal::read_log::YOUNGEST);
    found.extend(young.map(|(number, _)| {
        format!("events of accounts: the one that line {number} of the read log covers was altered or removed")
    }));
    Ok(found)
}

fn event(row: &journal::Row<'_>) -> journal::Result<AccountEvent> {
    let kind = row.get::<String>(1)?;
    let kind = EventKind::from_code(&kind)
        .ok_or_else(|| journal::Error::Unusable("an account event of an unknown kind".to_owned()))?;
    let (account, by) = (row.get::<Option<uuid::Uuid>>(2)?.map(UserId), row.get::<Option<uuid::Uuid>>(3)?.map(UserId));
    let detail: String = row.get(4)?;
    let entered = Entered::read(&detail);
    let detail = if entered.is_some() { String::new() } else { detail };
    Ok(AccountEvent { at: row.get(0)?, kind, account, by, detail, entered })
}

/// The last hundred events of one account.
pub(crate) fn of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<AccountEvent>, Failure> {
    Ok(tx.query(OF, params![user.0], event)?)
}

/// The last tries to sign in to one account that failed.
pub(crate) fn failed_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<AccountEvent>, Failure> {
    Ok(tx.query(FAILED, params![user.0], event)?)
}

/// The last two hundred events of all.
pub(crate) fn last(tx: &mut Tx<'_>) -> Result<Vec<AccountEvent>, Failure> {
    Ok(tx.query(ALL, params![], event)?)
}

/// How many changes of what someone signs in with there were since a moment.
pub(crate) fn factor_changes(tx: &mut Tx<'_>, user: UserId, since: Timestamp) -> Result<i64, Failure> {
    Ok(tx.one(ABOUT_FACTORS, params![user.0, since], |row| row.get(0))?.unwrap_or(0))
}

impl Desk {
    pub(crate) fn note(&self, kind: EventKind, account: Option<UserId>, by: Option<UserId>, detail: String) -> Note {
        Note { id: self.inner.entropy.id(), at: self.inner.clock.real(), kind, account, by, detail }
    }

    pub(crate) async fn keep_note(&self, note: Note) -> Result<(), Failure> {
        self.inner.store.write(move |tx| note.keep(tx)).await
    }

    /// Keeps that many tries to sign in failed, for those who review.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_peak(&self, tries: u32) -> Result<(), Failure> {
        tracing::warn!(tries, "many tries to sign in failed within ten minutes");
        self.keep_note(self.note(EventKind::Peak, None, None, tries.to_string())).await
    }
}
