//! Codes of an app (RFC 6238: six digits, thirty seconds, SHA-1 as every app has it). Each works once.

use domain::{codes::Category, ids::UserId, refusal::Refusal};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use journal::{Class, Tx, params};
use sha1::Sha1;

use super::{EventKind, Way};
use crate::{Desk, Failure};

/// Seconds of one code.
const STEP: i64 = 30;

const FIND: &str = "SELECT secret, last_step FROM totp WHERE account = $1";
const PUT: &str = "INSERT INTO totp (account, secret, made_at, last_step) VALUES ($1, $2, $3, $4)
    ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, made_at = excluded.made_at, last_step = excluded.last_step";
const USED: &str = "UPDATE totp SET last_step = $2 WHERE account = $1 AND last_step < $2";
const FORGET: &str = "DELETE FROM totp WHERE account = $1";
const THERE: &str = "SELECT COUNT(*) FROM totp WHERE account = $1";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[FIND, PUT, USED, FORGET, THERE];

/// A secret that is offered and does not count yet: it is kept in the session until a code shows that the app has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpOffer {
    /// To type into an app: base32 in groups of four.
    pub secret: String,
    /// The same as an address that apps understand.
    pub uri: String,
    /// And as a picture: the path of an SVG, and its width in modules.
    pub picture: (String, i32),
}

/// The code of a step (RFC 4226).
fn code(secret: &[u8], step: i64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest.last()? & 0x0f);
    let word = digest.get(at..at + 4)?;
    Some((u32::from_be_bytes([word[0], word[1], word[2], word[3]]) & 0x7fff_ffff) % 1_000_000)
}

/// The step in which a code is good: now, or the one before. A code is of thirty seconds; typing and sending it takes some of
/// them, for which RFC 6238 (5.2) advises one step and no more. One that is not of now yet is refused: clocks of phones are set
/// by the network, and ours by NTP.
fn step_of(secret: &[u8], typed: &str, now: Timestamp) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (typed, this) = (digits.parse::<u32>().ok()?, now.as_second() / STEP);
    // no early return: both are always calculated
    [this - 1, this].into_iter().rfind(|step| code(secret, *step) == Some(typed))
}

fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect::<Vec<_>>();
    bits.chunks(5)
        .map(|five| char::from(LETTERS[five.iter().fold(0, |sum, bit| sum << 1 | usize::from(*bit))]))
        .collect()
}

/// The dark squares of a QR code, as the path of an SVG.
fn picture(text: &str) -> (String, i32) {
    let Ok(code) = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium) else {
        return (String::new(), 1);
    };
    let (mut path, margin) = (String::new(), 4);
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + margin, y + margin));
        }
    }
    (path, code.size() + 2 * margin)
}

/// Whether an account has an app.
pub(crate) fn there(tx: &mut Tx<'_>, user: UserId) -> Result<bool, Failure> {
    Ok(tx.one(THERE, params![user.0], |row| row.get::<i64>(0))?.unwrap_or(0) > 0)
}

/// Removes the app of an account.
pub(crate) fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<(), Failure> {
    tx.exec(FORGET, params![user.0])?;
    Ok(())
}

fn place(user: UserId) -> Vec<u8> {
    [b"totp".as_slice(), user.0.as_bytes()].concat()
}

impl Desk {
    /// Offers a secret for an app; the same one as long as this session has not used it.
    ///
    /// # Errors
    /// [`Failure::Hidden`] without a session.
    pub fn offer_totp(&self, token: &str) -> Result<TotpOffer, Failure> {
        let mut fresh = [0; 20];
        self.inner.entropy.fill(&mut fresh);
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let secret =
            self.inner.accounts.with_session(token, |live| *live.totp.get_or_insert(fresh)).ok_or(Failure::Hidden)?;
        let login = self.inner.accounts.get(user).map(|account| account.login).unwrap_or_default();
        let letters = base32(&secret);
        let label: String = login.bytes().map(super::escape).collect();
        let uri = format!(
            "otpauth://totp/Bestendig:{label}?secret={letters}&issuer=Bestendig&algorithm=SHA1&digits=6&period=30"
        );
        let groups: Vec<&str> =
            (0..letters.len()).step_by(4).map(|at| &letters[at..letters.len().min(at + 4)]).collect();
        Ok(TotpOffer { secret: groups.join(" "), picture: picture(&uri), uri })
    }

    /// Keeps the offered secret when a code shows that the app has it. The session then counts as signed in with it.
    /// Returns its new token.
    ///
    /// # Errors
    /// `code-wrong`, or when the store fails.
    pub async fn accept_totp(&self, token: &str, typed: &str) -> Result<String, Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let secret = self.inner.accounts.with_session(token, |live| live.totp).flatten().ok_or(Failure::Hidden)?;
        let now = self.inner.clock.real();
        let Some(step) = step_of(&secret, typed, now) else {
            return Err(Refusal::new("code-wrong").field("code").into());
        };
        let sealed = self.inner.keys.service_key("totp")?.seal_one(
            Class::Person,
            &place(user),
            Category::Process,
            &secret,
            self.inner.entropy.as_ref(),
        )?;
        let note = self.note(EventKind::TotpAdded, Some(user), Some(user), String::new());
        let written = self.inner.store.write(move |tx| {
            tx.exec(PUT, params![user.0, sealed.as_slice(), now, step])?;
            note.keep(tx)
        });
        written.await?;
        self.inner.accounts.change(user, |known| known.factors = true);
        self.end_sessions(user, Some(token)).await?;
        self.raised(token, Way::Totp).await
    }

    /// Whether a code of the app is right; each works once.
    pub(crate) async fn use_totp(&self, user: UserId, typed: &str) -> Result<bool, Failure> {
        let found = self.inner.store.read(move |tx| {
            Ok::<_, Failure>(tx.one(FIND, params![user.0], |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?)))?)
        });
        let Some((sealed, _)) = found.await? else { return Ok(false) };
        let secret = self.inner.keys.service_key("totp")?.open_one(Class::Person, &place(user), &sealed)?;
        let Some(step) = step_of(&secret, typed, self.inner.clock.real()) else { return Ok(false) };
        let used = self.inner.store.write(move |tx| Ok::<_, Failure>(tx.exec(USED, params![user.0, step])? == 1));
        used.await
    }

    /// Removes one's own app. Where a second factor is needed and no other is left, the next thing is to add one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove_totp(&self, token: &str) -> Result<(), Failure> {
        let user = self.signing(token).ok_or(Failure::Hidden)?.user;
        let note = self.note(EventKind::TotpRemoved, Some(user), Some(user), String::new());
        let left = self.inner.store.write(move |tx| {
            forget(tx, user)?;
            note.keep(tx)?;
            super::passkey::there(tx, user)
        });
        let left = left.await?;
        self.inner.accounts.change(user, |known| known.factors = left);
        self.end_sessions(user, Some(token)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (seconds, eight) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(code(secret, seconds / STEP), Some(eight % 1_000_000), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_in_its_own_step_and_while_the_next_one_lasts() {
        let (secret, at) = (b"12345678901234567890", |second| Timestamp::from_second(second).unwrap());
        for (second, good) in [(59, false), (60, true), (89, true), (119, true), (120, false)] {
            // 081804 is the code of the step from 1111111080; here the steps begin at 0
            let typed = format!("{:06}", code(secret, 2).unwrap());
            assert_eq!(step_of(secret, &typed, at(second)), good.then_some(2), "{second}");
        }
        for not_a_code in ["", "12345", "1234567", "12345x", "１２３４５６"] {
            assert_eq!(step_of(secret, not_a_code, at(60)), None);
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
    }
}
