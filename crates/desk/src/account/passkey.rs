//! Passkeys (WebAuthn): a key that stays on a device, for which its owner is asked to show who they are. They count as a
//! second factor, and cannot be given to a page that only looks like this one.

use domain::{ids::UserId, refusal::Refusal};
use jiff::Timestamp;
use journal::{Tx, hex, params};
use webauthn_rs::prelude::{
    CreationChallengeResponse, Passkey, PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse,
    Url, Webauthn, WebauthnBuilder,
};

use super::{EventKind, Way, unhex};
use crate::{Desk, Failure};

/// Most passkeys of one account.
const MOST: usize = 20;

const OWN: &str = "SELECT id, name, data, made_at, used_at FROM passkey WHERE account = $1 ORDER BY made_at";
const ADD: &str = "INSERT INTO passkey (id, account, name, data, made_at) VALUES ($1, $2, $3, $4, $5)";
const USED: &str = "UPDATE passkey SET data = $3, used_at = $4 WHERE account = $1 AND id = $2";
const RENAME: &str = "UPDATE passkey SET name = $3 WHERE account = $1 AND id = $2";
const REMOVE: &str = "DELETE FROM passkey WHERE account = $1 AND id = $2";
const FORGET: &str = "DELETE FROM passkey WHERE account = $1";
const COUNT: &str = "SELECT COUNT(*) FROM passkey WHERE account = $1";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[OWN, ADD, USED, RENAME, REMOVE, FORGET, COUNT];

/// One of one's own passkeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyItem {
    /// Its id, in hexadecimal.
    pub id: String,
    /// The name its owner gave it.
    pub name: String,
    /// When it was added.
    pub made_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

struct Kept {
    id: Vec<u8>,
    item: PasskeyItem,
    key: Passkey,
}

fn own(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Kept>, Failure> {
    let rows = tx.query(OWN, params![user.0], |row| {
        let id = row.get::<Vec<u8>>(0)?;
        let item = PasskeyItem { id: hex(&id), name: row.get(1)?, made_at: row.get(3)?, used_at: row.get(4)? };
        Ok((id, item, row.get::<String>(2)?))
    })?;
    let kept = rows.into_iter().map(|(id, item, data)| {
        let key = serde_json::from_str(&data).map_err(|error| Failure::Unreadable(format!("a passkey: {error}")))?;
        Ok(Kept { id, item, key })
    });
    kept.collect()
}

/// Whether an account has one.
pub(crate) fn there(tx: &mut Tx<'_>, user: UserId) -> Result<bool, Failure> {
    Ok(tx.one(COUNT, params![user.0], |row| row.get::<i64>(0))?.unwrap_or(0) > 0)
}

/// Removes all passkeys of an account.
pub(crate) fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<(), Failure> {
    tx.exec(FORGET, params![user.0])?;
    Ok(())
}

fn not_accepted(error: impl std::fmt::Display) -> Failure {
    // the library's words name a check, never a value of a person
    tracing::info!(%error, "a passkey was not accepted");
    Refusal::new("passkey-not-accepted").into()
}

impl Desk {
    /// Passkeys belong to an address; without one in the rules there are none.
    fn webauthn(&self) -> Result<Webauthn, Failure> {
        let wrong = |what: &str| Failure::Unreadable(format!("the address of this program: {what}"));
        let origin = Url::parse(&self.rules().origin).map_err(|error| wrong(&error.to_string()))?;
        let host = origin.domain().ok_or_else(|| wrong("passkeys need a name, not a number"))?.to_owned();
        let built = WebauthnBuilder::new(&host, &origin).map(|builder| builder.rp_name("Bestendig"));
        built.and_then(WebauthnBuilder::build).map_err(|error| wrong(&error.to_string()))
    }

    /// Whether passkeys can be used at this address: they need a name, not a number.
    pub fn has_passkeys(&self) -> bool {
        self.webauthn().is_ok()
    }

    /// One's own passkeys.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn passkeys(&self, user: UserId) -> Result<Vec<PasskeyItem>, Failure> {
        let kept = self.inner.store.read(move |tx| own(tx, user)).await?;
        Ok(kept.into_iter().map(|kept| kept.item).collect())
    }

    /// A challenge to make a passkey with, for the browser. It belongs to this session and works once.
    ///
    /// # Errors
    /// [`Failure::Hidden`] without a session; when this address cannot have passkeys.
    pub async fn offer_passkey(&self, token: &str) -> Result<CreationChallengeResponse, Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let account = self.inner.accounts.get(user).ok_or(Failure::Hidden)?;
        let known = self.inner.store.read(move |tx| own(tx, user)).await?;
        let known = known.iter().map(|kept| kept.key.cred_id().clone()).collect();
        let started = self.webauthn()?.start_passkey_registration(user.0, &account.login, &account.name, Some(known));
        let (challenge, state) = started.map_err(not_accepted)?;
        self.inner.accounts.with_session(token, |live| live.registration = Some(state));
        Ok(challenge)
    }

    /// Keeps the passkey that the browser made. The session then counts as signed in with it. Returns its new token.
    ///
    /// # Errors
    /// `passkey-not-accepted`, `passkey-too-many`, or when the store fails.
    pub async fn accept_passkey(&self, token: &str, name: &str, answer: &str) -> Result<String, Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let state = self.inner.accounts.with_session(token, |live| live.registration.take()).flatten();
        let state = state.ok_or_else(|| not_accepted("no challenge"))?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(not_accepted)?;
        let key = self.webauthn()?.finish_passkey_registration(&answer, &state).map_err(not_accepted)?;
        let data = serde_json::to_string(&key).map_err(|error| Failure::Unreadable(error.to_string()))?;
        let (id, now): (Vec<u8>, _) = (key.cred_id().clone(), self.inner.clock.real());
        let name = named(name);
        let note = self.note(EventKind::PasskeyAdded, Some(user), Some(user), String::new());
        let written = self.inner.store.write(move |tx| {
            if own(tx, user)?.len() >= MOST {
                return Err(Refusal::new("passkey-too-many").with("most", MOST).into());
            }
            tx.exec(ADD, params![id.as_slice(), user.0, name.as_str(), data.as_str(), now])?;
            note.keep(tx)
        });
        written.await?;
        self.inner.accounts.change(user, |known| known.factors = true);
        self.end_sessions(user, Some(token)).await?;
        self.raised(token, Way::Passkey).await
    }

    /// A challenge to sign in with one of one's own passkeys; `None` when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn challenge_passkey(&self, token: &str) -> Result<Option<RequestChallengeResponse>, Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let kept = self.inner.store.read(move |tx| own(tx, user)).await?;
        if kept.is_empty() || !self.has_passkeys() {
            return Ok(None);
        }
        let keys: Vec<Passkey> = kept.into_iter().map(|kept| kept.key).collect();
        let (challenge, state) = self.webauthn()?.start_passkey_authentication(&keys).map_err(not_accepted)?;
        self.inner.accounts.with_session(token, |live| live.challenge = Some(state));
        Ok(Some(challenge))
    }

    /// Shows a passkey as second factor. Returns the session's new token.
    ///
    /// # Errors
    /// `passkey-not-accepted`, or when the store fails.
    pub async fn show_passkey(&self, token: &str, answer: &str) -> Result<String, Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let state = self.inner.accounts.with_session(token, |live| live.challenge.take()).flatten();
        let state = state.ok_or_else(|| not_accepted("no challenge"))?;
        let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(not_accepted)?;
        let shown = self.webauthn()?.finish_passkey_authentication(&answer, &state).map_err(|error| {
            self.failed_in(token, user, Way::Passkey);
            not_accepted(error)
        })?;
        let now = self.inner.clock.real();
        let written = self.inner.store.write(move |tx| {
            let mut kept = own(tx, user)?;
            let used = kept.iter_mut().find(|kept| kept.key.cred_id() == shown.cred_id());
            let Some(used) = used else { return Err(not_accepted("removed in the meantime")) };
            // a counter that went back was refused above; the new one is kept
            used.key.update_credential(&shown);
            let data = serde_json::to_string(&used.key).map_err(|error| Failure::Unreadable(error.to_string()))?;
            tx.exec(USED, params![user.0, used.id.as_slice(), data.as_str(), now])?;
            Ok(())
        });
        written.await?;
        self.raised(token, Way::Passkey).await
    }

    /// Gives one of one's own passkeys another name.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when it is not one's own.
    pub async fn rename_passkey(&self, user: UserId, id: &str, name: &str) -> Result<(), Failure> {
        let (id, name) = (unhex(id).ok_or(Failure::Hidden)?, named(name));
        let renamed = self
            .inner
            .store
            .write(move |tx| Ok::<_, Failure>(tx.exec(RENAME, params![user.0, id.as_slice(), name.as_str()])?));
        if renamed.await? == 0 { Err(Failure::Hidden) } else { Ok(()) }
    }

    /// Removes one of one's own passkeys; other sessions end.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when it is not one's own.
    pub async fn remove_passkey(&self, token: &str, id: &str) -> Result<(), Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let id = unhex(id).ok_or(Failure::Hidden)?;
        let note = self.note(EventKind::PasskeyRemoved, Some(user), Some(user), String::new());
        let left = self.inner.store.write(move |tx| {
            if tx.exec(REMOVE, params![user.0, id.as_slice()])? == 0 {
                return Err(Failure::Hidden);
            }
            note.keep(tx)?;
            Ok(there(tx, user)? || super::totp::there(tx, user)?)
        });
        let left = left.await?;
        self.inner.accounts.change(user, |known| known.factors = left);
        self.end_sessions(user, Some(token)).await
    }
}

fn named(name: &str) -> String {
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    if name.is_empty() { "passkey".to_owned() } else { name }
}
