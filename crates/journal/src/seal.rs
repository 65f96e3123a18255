//! Sealing personal values: AES-256-GCM-SIV (RFC 8452) under a key of the person, bound to row and field.
//!
//! A sealed value is one byte for the algorithm, twelve of nonce, and the ciphertext. The key is derived
//! from the person's key per class of value (HKDF-SHA-256); the place is authenticated, so that a value
//! moved to another row, column or person does not open.

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroize;

use crate::{
    entropy::Entropy,
    error::{Error, Result},
};

/// The algorithm of this program's values.
const ALGORITHM: u8 = 1;
const NONCE: usize = 12;

/// What kind of value is sealed: each has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The sealed part of a fact.
    Fact,
    /// The card in a list.
    Card,
    /// The state of a trajectory.
    File,
    /// The state of a person.
    Person,
}

impl Class {
    const ALL: [Self; 4] = [Self::Fact, Self::Card, Self::File, Self::Person];

    fn label(self) -> &'static [u8] {
        match self {
            Self::Fact => b"bestendig fact 1",
            Self::Card => b"bestendig card 1",
            Self::File => b"bestendig file 1",
            Self::Person => b"bestendig person 1",
        }
    }
}

/// The key of one person: 256 random bits, and what is derived from it.
pub struct PersonKey {
    ciphers: [Aes256GcmSiv; 4],
}

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey")
    }
}

impl PersonKey {
    pub(crate) fn new(secret: &[u8; 32]) -> Result<Self> {
        let root = Hkdf::<Sha256>::new(None, secret);
        let derive = |class: Class| {
            let mut key = [0; 32];
            root.expand(class.label(), &mut key).map_err(|_| Error::Seal)?;
            let cipher = Aes256GcmSiv::new_from_slice(&key).map_err(|_| Error::Seal);
            key.zeroize();
            cipher
        };
        let [a, b, c, d] = Class::ALL.map(derive);
        Ok(Self { ciphers: [a?, b?, c?, d?] })
    }

    /// Seals a value for a place.
    ///
    /// # Errors
    /// Only when the value is longer than the algorithm allows (64 GB).
    pub fn seal(&self, class: Class, place: &[u8], value: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>> {
        seal_with(&self.ciphers[class as usize], place, value, entropy)
    }

    /// Opens a value at its place.
    ///
    /// # Errors
    /// [`Error::Seal`] for another key, another place, or altered bytes.
    pub fn open(&self, class: Class, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        open_with(&self.ciphers[class as usize], place, sealed)
    }
}

pub(crate) fn seal_with(cipher: &Aes256GcmSiv, place: &[u8], value: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>> {
    let mut out = vec![0; 1 + NONCE];
    out[0] = ALGORITHM;
    entropy.fill(&mut out[1..]);
    let nonce = <[u8; NONCE]>::try_from(&out[1..]).map_err(|_| Error::Seal)?;
    let text = cipher.encrypt(&nonce.into(), Payload { msg: value, aad: place }).map_err(|_| Error::Seal)?;
    out.extend_from_slice(&text);
    Ok(out)
}

pub(crate) fn open_with(cipher: &Aes256GcmSiv, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let (&algorithm, rest) = sealed.split_first().ok_or(Error::Seal)?;
    if algorithm != ALGORITHM {
        return Err(Error::Seal);
    }
    let (nonce, text) = rest.split_at_checked(NONCE).ok_or(Error::Seal)?;
    let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| Error::Seal)?;
    cipher.decrypt(&nonce.into(), Payload { msg: text, aad: place }).map_err(|_| Error::Seal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn a_value_opens_only_where_it_was_sealed() {
        let key = PersonKey::new(&[7; 32]).unwrap();
        let other = PersonKey::new(&[8; 32]).unwrap();
        let sealed = key.seal(Class::Fact, b"fact 1", b"Zebedeus Kastdeur", &SystemEntropy).unwrap();
        assert_eq!(key.open(Class::Fact, b"fact 1", &sealed).unwrap(), b"Zebedeus Kastdeur");
        assert!(key.open(Class::Fact, b"fact 2", &sealed).is_err(), "another row");
        assert!(key.open(Class::Card, b"fact 1", &sealed).is_err(), "another column");
        assert!(other.open(Class::Fact, b"fact 1", &sealed).is_err(), "another person");
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(key.open(Class::Fact, b"fact 1", &altered).is_err(), "byte {at} altered");
        }
        assert!(key.open(Class::Fact, b"fact 1", &[]).is_err());
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let key = PersonKey::new(&[7; 32]).unwrap();
        let seal = || key.seal(Class::Fact, b"x", b"x", &SystemEntropy).unwrap();
        let mut seen: Vec<_> = (0..1000).map(|_| seal()).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 1000);
    }
}
