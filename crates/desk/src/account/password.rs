//! Passwords: argon2id, what a new one must be like, and changing it.

use std::sync::{Arc, LazyLock, PoisonError};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version, password_hash::phc::PasswordHash,
};
use domain::{ids::UserId, refusal::Refusal};
use jiff::SignedDuration;
use journal::params;
use sha2::{Digest as _, Sha256};

use super::{EventKind, Way, session::Signing};
use crate::{Desk, Failure, aside};

/// The shortest password that is accepted, in characters.
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest.
pub const LONGEST_PASSWORD: usize = 128;
/// How long a first password, which someone else has seen, can be used.
pub const FIRST_PASSWORD: SignedDuration = SignedDuration::from_hours(3 * 24);
/// The same for someone who works here already, and lost what they sign in with: they wait for it.
pub const NEW_START: SignedDuration = SignedDuration::from_hours(24);

/// Memory in KiB, passes, lanes: OWASP's first choice for argon2id. When these are raised, a hash is made anew at the next
/// sign-in.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

const KEEP: &str = "UPDATE account SET password = $2, first_until = $3 WHERE id = $1";
const REHASH: &str = "UPDATE account SET password = $2 WHERE id = $1 AND password = $3";
const KEPT: &str = "SELECT password FROM account WHERE id = $1 AND active = 1";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[KEEP, REHASH, KEPT];

/// First four bytes of the SHA-256 of passwords known from breaches, sorted (`data/README.md`).
static COMMON: &[u8] = include_bytes!("../../data/common-passwords.bin");

fn argon2() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, passes, lanes, None).unwrap_or_default())
}

/// Whether a password is the one of a hash.
pub(crate) fn verify(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Hashes a password with argon2id.
pub(crate) fn hash(password: &str, salt: &[u8; 16]) -> Result<String, Failure> {
    let hash = argon2().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|error| Failure::Unreadable(format!("password: {error}")))
}

/// Whether a hash was made with less than is asked now.
fn is_weak(kept: &str) -> bool {
    let (memory, passes, _) = COST;
    let Some(parameters) = kept.strip_prefix("$argon2id$v=19$").and_then(|rest| rest.split('$').next()) else {
        return true;
    };
    let value = |name: &str| {
        let found = parameters.split(',').find_map(|part| part.strip_prefix(name));
        found.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0)
    };
    value("m=") < memory || value("t=") < passes
}

/// The hash of a password nobody has, as costly as a real one.
static DECOY: LazyLock<String> = LazyLock::new(|| hash("nobody's", b"bestendig decoy!").unwrap_or_default());

fn is_common(word: &str) -> bool {
    let digest = Sha256::digest(word.as_bytes());
    let (entries, _) = COMMON.as_chunks::<4>();
    entries.binary_search_by(|entry| entry[..].cmp(&digest[..4])).is_ok()
}

/// Whether a password is known from breaches: as it is, without what stands around its letters, or as two known ones in a row.
fn is_guessable(password: &str) -> bool {
    let lower = password.to_lowercase();
    let plain = lower.trim_matches(|c: char| !c.is_alphabetic());
    let different = lower.chars().collect::<std::collections::BTreeSet<_>>().len();
    if different < 5 || is_common(&lower) || plain.chars().count() < 4 && !plain.is_empty() || is_common(plain) {
        return true;
    }
    let halves = lower.char_indices().skip(4).map(|(at, _)| lower.split_at(at));
    halves.into_iter().any(|(one, two)| two.chars().count() >= 4 && is_common(one) && (one == two || is_common(two)))
}

/// Checks a new password. `context`: words of this person and place, such as the login and the organisation. There are no
/// rules about kinds of characters.
///
/// # Errors
/// What is wrong with it.
pub fn check_password(password: &str, context: &[String]) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(Refusal::new("password-too-short").with("least", SHORTEST_PASSWORD));
    }
    if length > LONGEST_PASSWORD {
        return Err(Refusal::new("password-too-long").with("most", LONGEST_PASSWORD));
    }
    // a long password may hold such a word; what is left without it has to be long enough to be hard to guess
    let mut rest = password.to_lowercase();
    let mut words: Vec<String> = context.iter().flat_map(|text| words(text)).collect();
    words.extend(PRODUCT.iter().map(|word| (*word).to_owned()));
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &words {
        rest = rest.replace(word.as_str(), "");
    }
    if rest.len() < password.to_lowercase().len() && rest.chars().filter(|c| c.is_alphabetic()).count() < 8 {
        return Err(Refusal::new("password-of-this-place"));
    }
    if is_guessable(password) {
        return Err(Refusal::new("password-known"));
    }
    Ok(())
}

/// Words that anyone would try here, beside those of the person.
const PRODUCT: &[&str] = &[
    "bestendig",
    "landelijke",
    "vreemdelingen",
    "voorziening",
    "vreemdeling",
    "opvang",
    "gemeente",
    "beheerder",
    "beheer",
    "coordinator",
    "begeleider",
    "wachtwoord",
    "password",
    "welkom",
    "welcome",
    "inloggen",
];

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 4).map(str::to_owned).collect()
}

impl Desk {
    pub(crate) fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.inner.entropy.fill(&mut salt);
        salt
    }

    /// Verifies a password; an account that is not there costs the same time. Makes a weak hash anew.
    pub(crate) async fn right_password(
        &self,
        found: Option<(UserId, String)>,
        password: &str,
    ) -> Result<bool, Failure> {
        let (turn, typed, salt) = (Arc::clone(&self.inner.accounts.hashing), password.to_owned(), self.salt());
        let checked = aside(move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = found.as_ref().map_or_else(|| DECOY.as_str(), |(_, kept)| kept);
            let right = verify(&typed, kept) && found.is_some();
            let better = found.filter(|(_, kept)| right && is_weak(kept));
            let better = better.map(|(user, kept)| hash(&typed, &salt).map(|new| (user, new, kept))).transpose();
            better.map(|better| (right, better))
        });
        let (right, better) = checked.await??;
        if let Some((user, new, kept)) = better {
            let written = self
                .inner
                .store
                .write(move |tx| Ok::<_, Failure>(tx.exec(REHASH, params![user.0, new.as_str(), kept.as_str()])?));
            written.await?;
        }
        Ok(right)
    }

    async fn hashed(&self, password: &str) -> Result<String, Failure> {
        let (turn, password, salt) = (Arc::clone(&self.inner.accounts.hashing), password.to_owned(), self.salt());
        let made = aside(move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            hash(&password, &salt)
        });
        made.await?
    }

    pub(crate) async fn kept_password(&self, user: UserId) -> Result<Option<(UserId, String)>, Failure> {
        let kept = self
            .inner
            .store
            .read(move |tx| Ok::<_, Failure>(tx.one(KEPT, params![user.0], |row| row.get::<String>(0))?));
        Ok(kept.await?.map(|kept| (user, kept)))
    }

    /// Words of an account that its password should not be made of.
    pub(crate) fn context_words(&self, login: &str, name: &str, org: &domain::ids::OrgId) -> Vec<String> {
        let org_name = self.inner.programme.org(org).map(|org| org.name.clone()).unwrap_or_default();
        vec![login.to_owned(), name.to_owned(), org.to_string(), org_name]
    }

    /// Changes one's own password: the current one is needed, and all other sessions end.
    ///
    /// # Errors
    /// `password-current-wrong`, what is wrong with the new one, or when the store fails.
    pub async fn change_password(&self, token: &str, current: &str, new: &str) -> Result<(), Failure> {
        let Some(Signing { user, .. }) = self.signing(token) else { return Err(Failure::Hidden) };
        let Some(account) = self.inner.accounts.get(user) else { return Err(Failure::Hidden) };
        if !self.right_password(self.kept_password(user).await?, current).await? {
            self.failed_in(token, user, Way::Password);
            return Err(Refusal::new("password-current-wrong").into());
        }
        if current == new {
            return Err(Refusal::new("password-the-same").into());
        }
        check_password(new, &self.context_words(&account.login, &account.name, &account.org))?;
        let hash = self.hashed(new).await?;
        let note = self.note(EventKind::PasswordChanged, Some(user), Some(user), String::new());
        let written = self.inner.store.write(move |tx| {
            tx.exec(KEEP, params![user.0, hash.as_str(), None::<i64>])?;
            note.keep(tx)
        });
        written.await?;
        self.inner.accounts.change(user, |known| known.first_until = None);
        self.end_sessions(user, Some(token)).await?;
        self.made_fresh(token).await
    }

    /// Gives an account a first password, which has to be changed at the first sign-in. Returns it: it is shown once.
    pub(crate) async fn first_password(&self, user: UserId, lasts: SignedDuration) -> Result<String, Failure> {
        let password = self.new_password();
        let hash = self.hashed(&password).await?;
        let until = self.inner.clock.real() + lasts;
        let written = self
            .inner
            .store
            .write(move |tx| Ok::<_, Failure>(tx.exec(KEEP, params![user.0, hash.as_str(), Some(until)])?));
        written.await?;
        self.inner.accounts.change(user, |known| known.first_until = Some(until));
        Ok(password)
    }

    /// Twenty letters and digits that are not mistaken for each other: a hundred bits.
    pub fn new_password(&self) -> String {
        let mut bytes = [0; 20];
        self.inner.entropy.fill(&mut bytes);
        super::recovery::readable(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> Option<String> {
        let context = ["y.deboer".to_owned(), "Yvonne de Boer".to_owned(), "Stichting Voorbeeld".to_owned()];
        check_password(password, &context).err().map(|refusal| refusal.to_string())
    }

    #[test]
    fn a_password_is_long_and_not_known_and_has_no_other_rules() {
        for good in ["vier bomen bij de sloot", "klaproosjes en mos", "ßüöäßüöäéàçñ", &"regen op het dak ".repeat(7)]
        {
            assert_eq!(refused(good), None, "{good}");
        }
        for (bad, why) in [
            ("kort", "short"),
            ("elf tekens.", "short"),
            (&"regen op het dak ".repeat(8)[..], "long"),
            ("Bestendig2026!", "place"),
            ("stichting-voorbeeld", "place"),
            ("y.deboer-y.deboer", "place"),
            ("123456123456", "known"),
            ("aaaaaaaaaaaa", "known"),
            ("1q2w3e4r5t6y", "known"),
            ("Sunshine1234!", "known"),
            ("dragonmonkey", "known"),
        ] {
            assert!(refused(bad).is_some_and(|said| said.contains(why)), "{bad}: {:?}", refused(bad));
        }
    }

    #[test]
    fn every_listed_password_that_is_long_enough_is_refused() {
        // a few of those with twelve characters and more, as they stand in the lists
        for known in ["unbelievable", "administrator", "qwertyuiop123", "1234567890123", "passwordpassword"] {
            assert!(refused(known).is_some(), "{known}");
        }
        assert_eq!(COMMON.len() % 4, 0);
        assert!(COMMON.as_chunks::<4>().0.is_sorted());
    }

    #[test]
    fn a_hash_made_with_less_is_weak() {
        let now = hash("x", b"0123456789abcdef").unwrap();
        assert!(verify("x", &now) && !verify("y", &now) && !is_weak(&now));
        assert!(
            is_weak(&now.replace("m=19456", "m=4096")) && is_weak(&now.replace("t=2", "t=1")) && is_weak("$2b$10$x")
        );
    }

    #[test]
    fn the_decoy_costs_as_much_as_a_password() {
        assert!(!is_weak(&DECOY) && PasswordHash::new(&DECOY).is_ok() && !verify("x", &DECOY));
    }
}
