//! Sessions: kept in memory and, for a restart, in the store, where only the hash of the token is. What ends, ends at once.

use access::{Principal, Strength};
use domain::{codes::OrgKind, ids::UserId};
use jiff::{SignedDuration, Timestamp};
use journal::{Tx, params};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Account, EventKind, Notice, Way,
    entered::{ways_of, ways_text},
    event::factor_changes,
    notice::{Odd, begin},
};
use crate::{Desk, Failure};

/// A session ends after this long without a request.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// And after this long in any case: a working day.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// Who gave the password has this long for the second factor.
pub const HALFWAY: SignedDuration = SignedDuration::from_mins(10);
/// For very sensitive acts, someone must have shown who they are within this time.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// Sessions of one account at the same time; the one that was used longest ago ends for a new one.
pub const MOST_SESSIONS: usize = 10;

const OPEN: &str =
    "INSERT INTO session (token_hash, id, account, csrf, made_at, seen_at, second, fresh_at, device, address,
    failed_before, last_before, ways, odd, odd_others)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const ALL: &str =
    "SELECT token_hash, id, account, csrf, made_at, seen_at, second, fresh_at, device, address, failed_before,
    last_before, ways, odd, odd_others FROM session";
const SEEN: &str = "UPDATE session SET seen_at = $2 WHERE token_hash = $1";
const FRESHENED: &str = "UPDATE session SET fresh_at = $2, seen_at = $2 WHERE token_hash = $1";
pub(super) const CLOSE: &str = "DELETE FROM session WHERE token_hash = $1";
const SWEEP: &str = "DELETE FROM session WHERE seen_at < $1 OR made_at < $2";
const FAILED: &str = "UPDATE account SET failed = failed + 1 WHERE login = $1";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[OPEN, ALL, SEEN, FRESHENED, CLOSE, SWEEP, FAILED];

/// A session in memory.
#[derive(Clone)]
pub(crate) struct Live {
    pub(super) id: Uuid,
    pub(super) account: UserId,
    pub(super) csrf: String,
    pub(super) made_at: Timestamp,
    pub(super) seen_at: Timestamp,
    /// When the store was last told.
    told_at: Timestamp,
    /// Whether a second factor was shown.
    pub(super) second: bool,
    /// When someone last showed who they are.
    pub(super) fresh_at: Timestamp,
    device: String,
    address: String,
    pub(super) failed_before: i64,
    pub(super) last_before: Option<Timestamp>,
    /// The factors it began with.
    pub(super) ways: Vec<Way>,
    /// Whether it began somewhere new, and how many others did that its owner was not told of.
    pub(super) odd: Odd,
    pub(super) odd_others: i64,
    pub(super) wrong_codes: u8,
    /// A secret that is offered and not accepted yet.
    pub(crate) totp: Option<[u8; 20]>,
    /// A challenge for a passkey that is to be made, and one to sign in with.
    pub(crate) registration: Option<webauthn_rs::prelude::PasskeyRegistration>,
    pub(crate) challenge: Option<webauthn_rs::prelude::PasskeyAuthentication>,
}

/// A session by the hash of its token.
pub(crate) type Token = [u8; 32];

/// Whose session it is and how far they are.
pub(crate) struct Signing {
    pub(crate) user: UserId,
    pub(crate) id: Uuid,
    pub(crate) second: bool,
}

/// What has to be done before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: signed in.
    Nothing,
    /// Show the second factor.
    SecondFactor,
    /// Choose a password of one's own.
    Password,
    /// Add a second factor.
    Enrol,
}

/// A signed-in session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who. Without any site as long as [`Session::next`] is to be done.
    pub principal: Principal,
    /// The token every form carries.
    pub csrf: String,
    /// What has to be done first.
    pub next: Next,
    /// Whether they showed who they are within [`FRESH`].
    pub fresh: bool,
    /// What they should know.
    pub notice: Option<Notice>,
}

/// One of one's own sessions, as a page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionItem {
    /// Which; not the token.
    pub id: Uuid,
    /// Since when.
    pub made_at: Timestamp,
    /// Last request.
    pub seen_at: Timestamp,
    /// Browser and system, as far as it says.
    pub device: String,
    /// Network address it began from.
    pub address: String,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// The outcome of signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The token for the cookie.
    Welcome(String),
    /// Name or password is wrong; which of them is not said.
    Wrong,
}

/// Where someone signs in from, for the list of their own sessions.
#[derive(Debug, Clone, Default)]
pub struct From {
    /// Browser and system.
    pub device: String,
    /// Network address.
    pub address: String,
}

pub(crate) fn token_hash(token: &str) -> Token {
    Sha256::digest(token).into()
}

impl Live {
    /// Where it is used from, as it was when it began.
    pub(super) fn from(&self) -> From {
        From { device: self.device.clone(), address: self.address.clone() }
    }

    pub(crate) fn account(&self) -> UserId {
        self.account
    }

    fn ended(&self, now: Timestamp, halfway: bool) -> bool {
        let (idle, whole) = (now.duration_since(self.seen_at), now.duration_since(self.made_at));
        idle > IDLE || whole > ABSOLUTE || halfway && whole > HALFWAY
    }
}

/// All sessions of the store.
pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<(Token, Live)>, Failure> {
    Ok(tx.query(ALL, params![], |row| {
        let seen_at = row.get(5)?;
        let live = Live {
            id: row.get(1)?,
            account: UserId(row.get(2)?),
            csrf: row.get(3)?,
            made_at: row.get(4)?,
            seen_at,
            told_at: seen_at,
            second: row.get::<i64>(6)? == 1,
            fresh_at: row.get(7)?,
            device: row.get(8)?,
            address: row.get(9)?,
            failed_before: row.get(10)?,
            last_before: row.get(11)?,
            ways: ways_of(&row.get::<String>(12)?),
            odd: Odd::of(row.get(13)?),
            odd_others: row.get(14)?,
            wrong_codes: 0,
            totp: None,
            registration: None,
            challenge: None,
        };
        Ok((row.get::<[u8; 32]>(0)?, live))
    })?)
}

pub(crate) fn keep(tx: &mut Tx<'_>, hash: &Token, live: &Live) -> Result<(), Failure> {
    let values = params![
        &hash[..],
        live.id,
        live.account.0,
        live.csrf.as_str(),
        live.made_at,
        live.seen_at,
        i64::from(live.second),
        live.fresh_at,
        live.device.as_str(),
        live.address.as_str(),
        live.failed_before,
        live.last_before,
        ways_text(&live.ways),
        live.odd as i64,
        live.odd_others
    ];
    tx.exec(OPEN, values)?;
    Ok(())
}

impl Desk {
    /// Signs in with a password. Where a second factor is needed, the session gives nothing until it was shown.
    ///
    /// # Errors
    /// Only when the store fails; a wrong name or password is [`SignIn::Wrong`].
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<SignIn, Failure> {
        self.sign_in_from(login, password, From::default()).await
    }

    /// The same, and keeps where it was from.
    ///
    /// # Errors
    /// As [`Desk::sign_in`].
    pub async fn sign_in_from(&self, login: &str, password: &str, from: From) -> Result<SignIn, Failure> {
        let login = login.trim().to_lowercase();
        let found = self.inner.accounts.by_login(&login);
        // the same read for a name that is not there
        let kept = self.kept_password(found.unwrap_or(UserId(Uuid::nil()))).await?;
        let now = self.inner.clock.real();
        let right = self.right_password(kept, password).await?;
        let usable = found.filter(|user| right && self.inner.accounts.usable(*user, now));
        let Some(user) = usable else {
            self.count_failed(login, Way::Password, &from);
            return Ok(SignIn::Wrong);
        };
        Ok(SignIn::Welcome(self.open_session(user, Way::Password, false, from).await?))
    }

    /// Counts and keeps a try that failed, after the answer: writing takes time for an account that exists.
    pub(crate) fn count_failed(&self, login: String, way: Way, from: &From) {
        let notes = self.failed(self.inner.accounts.by_login(&login), way, from);
        let store = self.inner.store.clone();
        tokio::spawn(async move {
            let counted = store.write(move |tx| {
                tx.exec(FAILED, params![login.as_str()])?;
                notes.iter().try_for_each(|note| note.keep(tx))
            });
            if let Err(error) = counted.await {
                tracing::error!(%error, "a failed try to sign in could not be counted");
            }
        });
    }

    /// Opens a session; `second`: a second factor was shown, here or at an identity provider.
    pub(crate) async fn open_session(
        &self,
        user: UserId,
        way: Way,
        second: bool,
        from: From,
    ) -> Result<String, Failure> {
        let (token, csrf, now) = (self.secret(), self.secret(), self.inner.clock.real());
        let short = |text: String| text.chars().take(80).collect::<String>();
        let mut live = Live {
            id: self.inner.entropy.id(),
            account: user,
            csrf,
            made_at: now,
            seen_at: now,
            told_at: now,
            second,
            fresh_at: now,
            device: short(from.device),
            address: short(from.address),
            failed_before: 0,
            last_before: None,
            ways: vec![way],
            odd: Odd::No,
            odd_others: 0,
            wrong_codes: 0,
            totp: None,
            registration: None,
            challenge: None,
        };
        self.room_for_one(user, now).await?;
        let hash = token_hash(&token);
        let complete = second || !self.inner.accounts.has_factors(user);
        let note = self.note(EventKind::SignedIn, Some(user), Some(user), String::new());
        let opened = self.inner.store.write(move |tx| {
            tx.exec(SWEEP, params![now - IDLE, now - ABSOLUTE])?;
            if complete {
                begin(tx, &mut live, now, note)?;
            }
            keep(tx, &hash, &live)?;
            Ok::<_, Failure>(live)
        });
        self.inner.accounts.began(hash, opened.await?, complete);
        Ok(token)
    }

    /// Ends what has run out, and the oldest session of an account that has too many.
    async fn room_for_one(&self, user: UserId, now: Timestamp) -> Result<(), Failure> {
        let oldest = {
            let mut sessions = self.inner.accounts.sessions();
            sessions.retain(|_, live| !live.ended(now, false));
            let mut own: Vec<(Timestamp, Token)> = sessions
                .iter()
                .filter(|(_, live)| live.account == user)
                .map(|(hash, live)| (live.seen_at, *hash))
                .collect();
            own.sort_unstable();
            let many = (own.len() + 1).saturating_sub(MOST_SESSIONS);
            own.into_iter().take(many).map(|(_, hash)| hash).collect::<Vec<_>>()
        };
        self.close(oldest).await
    }

    pub(crate) fn secret(&self) -> String {
        let mut bytes = [0; 32];
        self.inner.entropy.fill(&mut bytes);
        journal::hex(&bytes)
    }

    pub(crate) fn signing(&self, token: &str) -> Option<Signing> {
        let sessions = self.inner.accounts.sessions();
        let live = sessions.get(&token_hash(token))?;
        Some(Signing { user: live.account, id: live.id, second: live.second })
    }

    /// The session of a token, if it is still good.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session(&self, token: &str) -> Result<Option<Session>, Failure> {
        let (hash, now) = (token_hash(token), self.inner.clock.real());
        let Some(user) = self.signing(token).map(|signing| signing.user) else { return Ok(None) };
        let known = self.inner.accounts.known(user).filter(|known| known.active && !self.overdue(known, now));
        let live = {
            let mut sessions = self.inner.accounts.sessions();
            // gone in the meantime: it stays gone
            let Some(live) = sessions.get_mut(&hash) else { return Ok(None) };
            let halfway = known.as_ref().is_some_and(|known| known.factors && !live.second);
            if known.is_none() || live.ended(now, halfway) {
                None
            } else {
                live.seen_at = now;
                // once a minute is enough for an idle limit of half an hour
                let tell = now.duration_since(live.told_at) > SignedDuration::from_mins(1);
                if tell {
                    live.told_at = now;
                }
                Some((live.clone(), tell))
            }
        };
        let (Some(known), Some((live, tell))) = (known, live) else {
            self.sign_out(token).await?;
            return Ok(None);
        };
        if tell {
            let told = self.inner.store.write(move |tx| Ok::<_, Failure>(tx.exec(SEEN, params![&hash[..], now])?));
            told.await?;
        }
        let next = if known.factors && !live.second {
            Next::SecondFactor
        } else if known.first_until.is_some() && !live.second_elsewhere(known.factors) {
            Next::Password
        } else if self.inner.settings.second_factor_required && !live.second {
            Next::Enrol
        } else {
            Next::Nothing
        };
        let Account { user, name, role, org, mut sites, .. } = known.account;
        // an agreement that ended takes its sites away; a sign-in that is not complete, all of them
        if next == Next::Nothing {
            sites = self.inner.under_agreement(&org, sites);
        } else {
            sites.clear();
        }
        let org_kind = self.inner.programme.org(&org).map_or(OrgKind::Research, |org| org.kind);
        let strength = if live.second { Strength::SecondFactor } else { Strength::Password };
        let (settings, trace) = (self.inner.settings, access::Trace::default());
        let purpose = access::working_purpose(access::Asker { role, org_kind, strength }, settings);
        let principal = Principal { user, name, role, org, org_kind, sites, strength, settings, purpose, trace };
        let fresh = now.duration_since(live.fresh_at) <= FRESH;
        let changes = match live.last_before {
            Some(since) => self.inner.store.read(move |tx| factor_changes(tx, user, since)).await?,
            None => 0,
        };
        let (failed, since) = (live.failed_before, live.last_before);
        let notice = Notice { failed, changes, odd: live.odd == Odd::Untold, odd_others: live.odd_others, since };
        let notice = Some(notice).filter(Notice::tells);
        Ok(Some(Session { principal, csrf: live.csrf, next, fresh, notice }))
    }

    /// Ends a session at once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, token: &str) -> Result<(), Failure> {
        self.close(vec![token_hash(token)]).await
    }

    async fn close(&self, hashes: Vec<Token>) -> Result<(), Failure> {
        if hashes.is_empty() {
            return Ok(());
        }
        {
            let mut sessions = self.inner.accounts.sessions();
            hashes.iter().for_each(|hash| drop(sessions.remove(hash)));
        }
        let closed = self.inner.store.write(move |tx| {
            for hash in &hashes {
                tx.exec(CLOSE, params![&hash[..]])?;
            }
            Ok::<_, Failure>(())
        });
        closed.await
    }

    /// Ends the sessions of an account, but for one.
    pub(crate) async fn end_sessions(&self, user: UserId, but: Option<&str>) -> Result<(), Failure> {
        let but = but.map(token_hash);
        let all = {
            let sessions = self.inner.accounts.sessions();
            let own = sessions.iter().filter(|(hash, live)| live.account == user && Some(**hash) != but);
            own.map(|(hash, _)| *hash).collect()
        };
        self.close(all).await
    }

    /// One's own sessions, the latest first.
    pub fn own_sessions(&self, token: &str) -> Vec<SessionItem> {
        let Some(Signing { user, id: this, .. }) = self.signing(token) else { return vec![] };
        let now = self.inner.clock.real();
        let sessions = self.inner.accounts.sessions();
        let own = sessions.values().filter(|live| live.account == user && !live.ended(now, false));
        let mut items: Vec<SessionItem> = own
            .map(|live| SessionItem {
                id: live.id,
                made_at: live.made_at,
                seen_at: live.seen_at,
                device: live.device.clone(),
                address: live.address.clone(),
                this: live.id == this,
            })
            .collect();
        items.sort_by_key(|item| std::cmp::Reverse(item.seen_at));
        items
    }

    /// Ends one of one's own sessions, or (`None`) all others.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when it is not one's own, or when the store fails.
    pub async fn end_own_session(&self, token: &str, which: Option<Uuid>) -> Result<(), Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let Some(which) = which else { return self.end_sessions(user, Some(token)).await };
        let found = {
            let sessions = self.inner.accounts.sessions();
            sessions.iter().find(|(_, live)| live.account == user && live.id == which).map(|(hash, _)| *hash)
        };
        self.close(vec![found.ok_or(Failure::Hidden)?]).await
    }

    /// The person just showed again who they are.
    pub(crate) async fn made_fresh(&self, token: &str) -> Result<(), Failure> {
        let (hash, now) = (token_hash(token), self.inner.clock.real());
        self.inner.accounts.with_session(token, |live| live.fresh_at = now);
        self.inner.store.write(move |tx| Ok::<_, Failure>(tx.exec(FRESHENED, params![&hash[..], now])?)).await?;
        Ok(())
    }
}

impl Live {
    /// Signed in at an identity provider: the password here is not used.
    fn second_elsewhere(&self, factors_here: bool) -> bool {
        self.second && !factors_here
    }
}
