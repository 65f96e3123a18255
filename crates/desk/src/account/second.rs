//! The second factor of a session, showing again who one is, and devices that are known.

use domain::ids::UserId;
use journal::params;

use super::{
    Entered, EventKind, Way,
    notice::begin,
    session::{CLOSE, Signing, keep, token_hash},
};
use crate::{Desk, Failure};

/// Wrong codes after which a session that is halfway ends.
const MOST_WRONG_CODES: u8 = 5;

impl Desk {
    /// The person showed a second factor: the session counts for more and gets another token.
    pub(crate) async fn raised(&self, token: &str, way: Way) -> Result<String, Failure> {
        let (new, old_hash, now) = (self.secret(), token_hash(token), self.inner.clock.real());
        let hash = token_hash(&new);
        let Some(mut live) = self.inner.accounts.sessions().remove(&old_hash) else { return Err(Failure::Hidden) };
        let begins = !live.second;
        if begins {
            live.ways.push(way);
        }
        (live.second, live.fresh_at, live.seen_at, live.wrong_codes) = (true, now, now, 0);
        (live.totp, live.registration, live.challenge) = (None, None, None);
        let note = self.note(EventKind::SignedIn, Some(live.account), Some(live.account), String::new());
        let first = begins && live.last_before.is_none();
        let raised = self.inner.store.write(move |tx| {
            tx.exec(CLOSE, params![&old_hash[..]])?;
            if first {
                begin(tx, &mut live, now, note)?;
            }
            keep(tx, &hash, &live)?;
            Ok::<_, Failure>(live)
        });
        self.inner.accounts.began(hash, raised.await?, first);
        Ok(new)
    }

    /// Shows a second factor: a code of the app or a recovery code. `None`: it is wrong; after a few, the session ends.
    /// The token is a new one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn second_factor(&self, token: &str, typed: &str) -> Result<Option<String>, Failure> {
        let Some(Signing { user, .. }) = self.signing(token) else { return Ok(None) };
        // counted before it is checked: guesses sent at the same time do not slip through
        let tries = self.inner.accounts.with_session(token, |live| {
            live.wrong_codes = live.wrong_codes.saturating_add(1);
            live.wrong_codes
        });
        if tries.is_none_or(|tries| tries > MOST_WRONG_CODES) {
            self.sign_out(token).await?;
            return Ok(None);
        }
        if self.use_totp(user, typed).await? {
            return self.raised(token, Way::Totp).await.map(Some);
        }
        if self.use_recovery_code(user, typed).await? {
            return self.raised(token, Way::Recovery).await.map(Some);
        }
        self.failed_in(token, user, Way::Code);
        if tries == Some(MOST_WRONG_CODES) {
            self.sign_out(token).await?;
            self.keep_note(self.note(EventKind::WrongCodes, Some(user), None, String::new())).await?;
        }
        Ok(None)
    }

    /// Shows again who one is, within a session: the password and, where there is one, the second factor. The token is a new one.
    /// `None`: wrong.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn show_again(&self, token: &str, password: &str, code: &str) -> Result<Option<String>, Failure> {
        let Some(Signing { user, second, .. }) = self.signing(token) else { return Ok(None) };
        if !self.right_password(self.kept_password(user).await?, password).await? {
            self.failed_in(token, user, Way::Password);
            return Ok(None);
        }
        if second && self.inner.accounts.has_factors(user) {
            let shown = self.second_factor(token, code).await?;
            if let Some(token) = &shown {
                self.note_shown_again(token, user, vec![Way::Password, Way::Code]).await?;
            }
            return Ok(shown);
        }
        self.made_fresh(token).await?;
        self.note_shown_again(token, user, vec![Way::Password]).await?;
        Ok(Some(token.to_owned()))
    }

    /// Counts and keeps a try that failed within a session.
    pub(crate) fn failed_in(&self, token: &str, user: UserId, way: Way) {
        let from = self.inner.accounts.with_session(token, |live| live.from()).unwrap_or_default();
        if let Some(account) = self.inner.accounts.get(user) {
            self.count_failed(account.login, way, &from);
        }
    }

    async fn note_shown_again(&self, token: &str, user: UserId, with: Vec<Way>) -> Result<(), Failure> {
        let from = self.inner.accounts.with_session(token, |live| live.from()).unwrap_or_default();
        let detail = Entered::new(with, &from).text();
        self.keep_note(self.note(EventKind::ShownAgain, Some(user), Some(user), detail)).await
    }

    /// Whether someone has a second factor.
    pub fn has_second_factor(&self, user: UserId) -> bool {
        self.inner.accounts.has_factors(user)
    }

    /// Shows again who one is, with the password and a passkey. `None`: the password is wrong. The token is a new one.
    ///
    /// # Errors
    /// `passkey-not-accepted`, or when the store fails.
    pub async fn show_again_with_passkey(
        &self,
        token: &str,
        password: &str,
        answer: &str,
    ) -> Result<Option<String>, Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        if !self.right_password(self.kept_password(user).await?, password).await? {
            self.failed_in(token, user, Way::Password);
            return Ok(None);
        }
        let token = self.show_passkey(token, answer).await?;
        self.note_shown_again(&token, user, vec![Way::Password, Way::Passkey]).await?;
        Ok(Some(token))
    }

    /// What a device carries that signed in to an account: it tells this program which account, and nobody else anything.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn device_token(&self, user: UserId) -> Result<String, Failure> {
        let key = self.inner.keys.service_key("device")?;
        let (class, entropy) = (journal::Class::Person, self.inner.entropy.as_ref());
        let sealed = key.seal_one(class, b"device", domain::codes::Category::Process, user.0.as_bytes(), entropy)?;
        Ok(journal::hex(&sealed))
    }

    /// Whether what a device carries is of this account.
    pub fn knows_device(&self, login: &str, carried: &str) -> bool {
        let Some(user) = self.inner.accounts.by_login(&login.trim().to_lowercase()) else { return false };
        let opened = super::unhex(carried).and_then(|sealed| {
            self.inner.keys.service_key("device").ok()?.open_one(journal::Class::Person, b"device", &sealed).ok()
        });
        opened.is_some_and(|of| of == user.0.as_bytes())
    }
}
