//! Releases of figures: drafted by one person, checked by another, then released and signed. Nothing released is changed.
//!
//! What is in a release is for the room `figures` to say; here it is kept, and who did what and when.

use std::sync::Arc;

use access::Principal;
use domain::{
    ids::{CommandId, UserId},
    refusal::Refusal,
};
use jiff::Timestamp;
use journal::{Row, Tx, params};
use uuid::Uuid;

use crate::{Desk, Failure};

const PUT: &str = "INSERT INTO release (id, state, title, asked, exact, content, hash, drafted_by, drafted_at)
    VALUES ($1, 'draft', $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
const COLUMNS: &str = "id, state, title, asked, exact, content, hash, drafted_by, drafted_at, checked_by, checked_at,
    released_by, released_at, note FROM release";
const CHECK: &str =
    "UPDATE release SET state = 'checked', checked_by = $2, checked_at = $3 WHERE id = $1 AND state = 'draft'";
const DROP: &str = "UPDATE release SET state = 'dropped' WHERE id = $1 AND state IN ('draft', 'checked')";
const RELEASE: &str = "UPDATE release SET state = 'released', released_by = $2, released_at = $3, note = $4
    WHERE id = $1 AND state = 'checked'";

fn all() -> String {
    format!("SELECT {COLUMNS} ORDER BY drafted_at DESC, id LIMIT 500")
}

fn one() -> String {
    format!("SELECT {COLUMNS} WHERE id = $1")
}

fn released() -> String {
    format!("SELECT {COLUMNS} WHERE state = 'released' ORDER BY released_at, id")
}

/// Every statement here.
pub(crate) fn statements() -> Vec<String> {
    let fixed = [PUT, CHECK, DROP, RELEASE].map(str::to_owned);
    fixed.into_iter().chain([all(), one(), released()]).collect()
}

/// What is drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Title, as its author gave it.
    pub title: String,
    /// What was asked, to ask it again.
    pub asked: String,
    /// Hash over the numbers as counted, before small ones are left out: to see that they are still the same.
    pub exact: String,
    /// All that is published.
    pub content: String,
    /// SHA-256 over it, in hexadecimal.
    pub hash: String,
}

/// A release, in whatever state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Which.
    pub id: Uuid,
    /// `draft`, `checked`, `released` or `dropped`.
    pub state: String,
    /// What it is.
    pub draft: Draft,
    /// Who drafted it, and when.
    pub drafted: (UserId, Timestamp),
    /// Who checked it, and when; never who drafted it.
    pub checked: Option<(UserId, Timestamp)>,
    /// Who released it, and when.
    pub released: Option<(UserId, Timestamp)>,
    /// The signature over its hash (a signed note), once released.
    pub note: Option<String>,
}

fn release(row: &Row<'_>) -> journal::Result<Release> {
    let by = |at: usize| -> journal::Result<Option<(UserId, Timestamp)>> {
        let who: Option<Uuid> = row.get(at)?;
        let when: Option<Timestamp> = row.get(at + 1)?;
        Ok(who.map(UserId).zip(when))
    };
    Ok(Release {
        id: row.get(0)?,
        state: row.get(1)?,
        draft: Draft {
            title: row.get(2)?,
            asked: row.get(3)?,
            exact: row.get(4)?,
            content: row.get(5)?,
            hash: row.get(6)?,
        },
        drafted: (UserId(row.get(7)?), row.get(8)?),
        checked: by(9)?,
        released: by(11)?,
        note: row.get(13)?,
    })
}

fn may(who: &Principal) -> Result<(), Failure> {
    if access::may_release(who) { Ok(()) } else { Err(Failure::Hidden) }
}

fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Release, Failure> {
    tx.one(&one(), params![id], release)?.ok_or(Failure::Hidden)
}

impl Desk {
    /// Keeps a draft; sending it twice keeps one.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for who may not release.
    pub async fn draft_release(&self, who: &Principal, command: CommandId, draft: Draft) -> Result<Uuid, Failure> {
        may(who)?;
        let (user, now) = (who.user, self.inner.clock.real());
        let write = self.inner.store.write(move |tx| {
            let Draft { title, asked, exact, content, hash } = draft;
            tx.exec(PUT, params![command.0, title, asked, exact, content, hash, user.0, now])?;
            Ok::<_, Failure>(())
        });
        write.await?;
        Ok(command.0)
    }

    /// Every release, the newest draft first.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for who may not release.
    pub async fn releases(&self, who: &Principal) -> Result<Vec<Release>, Failure> {
        may(who)?;
        Ok(self.inner.store.read(|tx| tx.query(&all(), params![], release)).await?)
    }

    /// One release.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when there is none, or for who may not release.
    pub async fn release(&self, who: &Principal, id: Uuid) -> Result<Release, Failure> {
        may(who)?;
        self.inner.store.read(move |tx| find(tx, id)).await
    }

    /// What was released, in order: for everyone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn released(&self) -> Result<Vec<Release>, Failure> {
        Ok(self.inner.store.read(|tx| tx.query(&released(), params![], release)).await?)
    }

    /// Says that a draft is right: by someone else than its author. `exact` is the hash over what is counted now.
    ///
    /// # Errors
    /// A refusal for the author, for a draft that counts something else by now, and for what is no draft any more.
    pub async fn check_release(&self, who: &Principal, id: Uuid, exact: String) -> Result<(), Failure> {
        may(who)?;
        let (user, now) = (who.user, self.inner.clock.real());
        let write = self.inner.store.write(move |tx| {
            let found = find(tx, id)?;
            if found.drafted.0 == user {
                return Err(Refusal::new("release-own-draft").into());
            }
            if found.draft.exact != exact {
                return Err(Refusal::new("release-changed").into());
            }
            in_time(tx.exec(CHECK, params![id, user.0, now])?)
        });
        write.await
    }

    /// Drops what was not released.
    ///
    /// # Errors
    /// A refusal when it was released or dropped already.
    pub async fn drop_release(&self, who: &Principal, id: Uuid) -> Result<(), Failure> {
        may(who)?;
        self.inner.store.write(move |tx| find(tx, id).and_then(|_| in_time(tx.exec(DROP, params![id])?))).await
    }

    /// Releases what was checked: from then on everyone can read it. It is signed with the key of the checkpoints: a note whose
    /// origin names the release, whose size is 1 and whose root is its hash.
    ///
    /// # Errors
    /// A refusal when it was not checked; a failure when there is no key.
    pub async fn publish_release(&self, who: &Principal, id: Uuid) -> Result<(), Failure> {
        may(who)?;
        let (user, now, inner) = (who.user, self.inner.clock.real(), Arc::clone(&self.inner));
        let write = self.inner.store.write(move |tx| {
            let found = find(tx, id)?;
            let note = inner.sign_release(id, &found.draft.hash)?;
            in_time(tx.exec(RELEASE, params![id, user.0, now, note])?)
        });
        write.await
    }
}

/// A change of state that found nothing to change came too late.
fn in_time(changed: u64) -> Result<(), Failure> {
    if changed == 1 { Ok(()) } else { Err(Refusal::new("release-other-state").into()) }
}
