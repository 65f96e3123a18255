//! Recovery codes: ten, each works once, for when phone or passkey is lost.

use domain::ids::UserId;
use journal::{Tx, params};
use sha2::{Digest as _, Sha256};

use super::EventKind;
use crate::{Desk, Failure};

/// How many there are.
pub const RECOVERY_CODES: usize = 10;
/// Letters of one: 24 of 5 bits, so that a plain hash is enough (ASVS 6.5.2).
const LETTERS: usize = 24;

const FORGET: &str = "DELETE FROM recovery_code WHERE account = $1";
const ADD: &str = "INSERT INTO recovery_code (account, hash) VALUES ($1, $2)";
const USE: &str = "UPDATE recovery_code SET used_at = $3 WHERE account = $1 AND hash = $2 AND used_at IS NULL";
const LEFT: &str = "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[FORGET, ADD, USE, LEFT];

/// Letters and digits that are not mistaken for each other, 5 bits a byte, in groups of five.
pub(crate) fn readable(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789u";
    // 32 letters are needed and 31 are clear: one stands twice
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(5).map(String::from_iter).collect::<Vec<_>>().join("-")
}

fn hash(user: UserId, code: &str) -> [u8; 32] {
    let letters: String = code.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::new_with_prefix(b"bestendig recovery code")
        .chain_update(user.0.as_bytes())
        .chain_update(letters)
        .finalize()
        .into()
}

/// Ends all codes of an account.
pub(crate) fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<(), Failure> {
    tx.exec(FORGET, params![user.0])?;
    Ok(())
}

/// How many are left.
pub(crate) fn left(tx: &mut Tx<'_>, user: UserId) -> Result<i64, Failure> {
    Ok(tx.one(LEFT, params![user.0], |row| row.get(0))?.unwrap_or(0))
}

impl Desk {
    /// Makes ten new codes and ends the old ones. They are shown once: only their hashes are kept.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn make_recovery_codes(&self, user: UserId) -> Result<Vec<String>, Failure> {
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let mut bytes = [0; LETTERS];
            self.inner.entropy.fill(&mut bytes);
            codes.push(readable(&bytes));
        }
        let hashes: Vec<[u8; 32]> = codes.iter().map(|code| hash(user, code)).collect();
        let note = self.note(EventKind::RecoveryMade, Some(user), Some(user), String::new());
        let written = self.inner.store.write(move |tx| {
            forget(tx, user)?;
            for hash in &hashes {
                tx.exec(ADD, params![user.0, &hash[..]])?;
            }
            note.keep(tx)
        });
        written.await?;
        Ok(codes)
    }

    /// Uses a code; whether it was a good one.
    pub(crate) async fn use_recovery_code(&self, user: UserId, code: &str) -> Result<bool, Failure> {
        let (hash, now) = (hash(user, code), self.inner.clock.real());
        let note = self.note(EventKind::RecoveryUsed, Some(user), Some(user), String::new());
        let used = self.inner.store.write(move |tx| {
            let used = tx.exec(USE, params![user.0, &hash[..], now])? == 1;
            if used {
                note.keep(tx)?;
            }
            Ok::<_, Failure>(used)
        });
        used.await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_with_and_without_what_stands_between() {
        let user = UserId(uuid::Uuid::from_u128(7));
        assert_eq!(hash(user, "abcde-fghjk"), hash(user, " ABCDE fghjk "));
        assert_ne!(hash(user, "abcde"), hash(UserId(uuid::Uuid::from_u128(8)), "abcde"));
    }
}
