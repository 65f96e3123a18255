//! Sealing personal values: AES-256-GCM-SIV (RFC 8452), or the other [`Algorithm`], under a key of the person *and* the category of information, bound
//! to row and field.
//!
//! What is kept is a row of sections, one for each category in it. A reader opens the sections whose keys they hold; the
//! others stay closed. Class, place and the whole list of sections are authenticated: a section that is moved to another
//! row, column, person or category, and a value from which a section was taken away, does not open.

use std::sync::atomic::{AtomicU8, Ordering};

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit as _,
    aead::{Aead as _, Payload},
};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead as _, KeyInit as _},
};
use domain::codes::Category;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroize as _;

use crate::{
    entropy::Entropy,
    error::{Error, Result},
};

/// The first byte of a row of sections.
const SECTIONS: u8 = 2;

/// How a value is sealed: its first byte says so, and every one of these opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// AES-256-GCM-SIV (RFC 8452): a nonce that comes twice tells no more than that two values are equal.
    Aes256GcmSiv,
    /// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): no AES in it, should that be broken.
    XChaCha20Poly1305,
}

impl Algorithm {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Aes256GcmSiv, Self::XChaCha20Poly1305];

    /// Its name on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Aes256GcmSiv => "aes-256-gcm-siv",
            Self::XChaCha20Poly1305 => "xchacha20-poly1305",
        }
    }

    /// The number in sealed values: never given to another one.
    const fn tag(self) -> u8 {
        match self {
            Self::Aes256GcmSiv => 1,
            Self::XChaCha20Poly1305 => 3,
        }
    }

    const fn nonce(self) -> usize {
        match self {
            Self::Aes256GcmSiv => 12,
            Self::XChaCha20Poly1305 => 24,
        }
    }

    fn of_tag(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.tag() == number)
    }
}

impl std::str::FromStr for Algorithm {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let names = || Self::ALL.map(Self::code).join(" or ");
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.code() == text);
        found.ok_or_else(|| format!("{text} is no algorithm to seal with: write {}", names()))
    }
}

/// With which new values are sealed: one choice for the program, made at start.
static CHOSEN: AtomicU8 = AtomicU8::new(Algorithm::Aes256GcmSiv.tag());

/// Seals new values with this algorithm from now on; what is there stays as it is and opens.
pub fn seal_new_with(algorithm: Algorithm) {
    CHOSEN.store(algorithm.tag(), Ordering::Relaxed);
}
const CATEGORIES: usize = Category::ALL.len();

/// What kind of value is sealed.
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
    fn label(self) -> &'static [u8] {
        match self {
            Self::Fact => b"bestendig fact 2\0",
            Self::Card => b"bestendig card 2\0",
            Self::File => b"bestendig file 2\0",
            Self::Person => b"bestendig person 2\0",
        }
    }
}

/// The number of a category in sealed values: never given to another one.
const fn tag(category: Category) -> u8 {
    match category {
        Category::Identity => 1,
        Category::Legal => 2,
        Category::Dossier => 3,
        Category::Process => 4,
        Category::Cooperation => 5,
        Category::GuidanceNotes => 6,
        Category::Medical => 7,
        Category::EthnicReligious => 8,
        Category::Safety => 9,
        Category::ShelterAddress => 10,
        Category::Departure => 11,
        Category::Finance => 12,
        Category::Figures => 13,
    }
}

fn of_tag(number: u8) -> Option<Category> {
    Category::ALL.iter().copied().find(|category| tag(*category) == number)
}

/// 256 secret bits, wiped when dropped.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) [u8; 32]);

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Secret {
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        let mut secret = Self([0; 32]);
        entropy.fill(&mut secret.0);
        secret
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self> {
        Ok(Self(bytes.try_into().map_err(|_| Error::Seal)?))
    }

    /// A key of its own for a use: it says nothing of this secret or of the keys for other uses.
    pub(crate) fn derive(&self, use_of: &str) -> Result<Self> {
        let mut key = Self([0; 32]);
        let derived = Hkdf::<Sha256>::new(None, &self.0).expand(use_of.as_bytes(), &mut key.0);
        derived.map_err(|_| Error::Seal)?;
        Ok(key)
    }

    pub(crate) fn cipher(&self) -> Result<Cipher> {
        let aes = Aes256GcmSiv::new_from_slice(&self.0).map_err(|_| Error::Seal)?;
        Ok(Cipher { secret: self.clone(), aes })
    }
}

/// A key, ready for every algorithm.
pub(crate) struct Cipher {
    secret: Secret,
    aes: Aes256GcmSiv,
}

impl Cipher {
    /// Of the same secret, by a key of its own: one key is never used by two algorithms.
    fn chacha(&self) -> Result<XChaCha20Poly1305> {
        let key = self.secret.derive("bestendig xchacha20-poly1305 1")?;
        XChaCha20Poly1305::new_from_slice(&key.0).map_err(|_| Error::Seal)
    }

    fn encrypt(&self, algorithm: Algorithm, nonce: &[u8], place: &[u8], value: &[u8]) -> Result<Vec<u8>> {
        match algorithm {
            Algorithm::Aes256GcmSiv => {
                let nonce = <[u8; 12]>::try_from(nonce).map_err(|_| Error::Seal)?;
                self.aes.encrypt(&nonce.into(), Payload { msg: value, aad: place }).map_err(|_| Error::Seal)
            }
            Algorithm::XChaCha20Poly1305 => {
                let nonce = <[u8; 24]>::try_from(nonce).map_err(|_| Error::Seal)?;
                let payload = chacha20poly1305::aead::Payload { msg: value, aad: place };
                self.chacha()?.encrypt(&nonce.into(), payload).map_err(|_| Error::Seal)
            }
        }
    }

    fn decrypt(&self, algorithm: Algorithm, nonce: &[u8], place: &[u8], text: &[u8]) -> Result<Vec<u8>> {
        match algorithm {
            Algorithm::Aes256GcmSiv => {
                let nonce = <[u8; 12]>::try_from(nonce).map_err(|_| Error::Seal)?;
                self.aes.decrypt(&nonce.into(), Payload { msg: text, aad: place }).map_err(|_| Error::Seal)
            }
            Algorithm::XChaCha20Poly1305 => {
                let nonce = <[u8; 24]>::try_from(nonce).map_err(|_| Error::Seal)?;
                let payload = chacha20poly1305::aead::Payload { msg: text, aad: place };
                self.chacha()?.decrypt(&nonce.into(), payload).map_err(|_| Error::Seal)
            }
        }
    }
}

/// The keys of one person, one for each category; a reader holds those that were granted.
pub struct PersonKey {
    keys: [Option<Secret>; CATEGORIES],
}

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey")
    }
}

impl PersonKey {
    /// Every category, from the person's secret: what the record keeper holds.
    pub(crate) fn whole(secret: &Secret) -> Result<Self> {
        let mut keys = [const { None }; CATEGORIES];
        for category in Category::ALL {
            keys[*category as usize] = Some(secret.derive(&format!("bestendig category 1 {category}"))?);
        }
        Ok(Self { keys })
    }

    /// The categories that were granted.
    pub(crate) fn granted(grants: impl IntoIterator<Item = (Category, Secret)>) -> Self {
        let mut keys = [const { None }; CATEGORIES];
        for (category, key) in grants {
            keys[category as usize] = Some(key);
        }
        Self { keys }
    }

    pub(crate) fn of(&self, category: Category) -> Option<&Secret> {
        self.keys[category as usize].as_ref()
    }

    /// Whether what is sealed under a category opens with these keys.
    pub fn opens(&self, category: Category) -> bool {
        self.of(category).is_some()
    }

    /// Seals the sections of a value for a place; each category stands once.
    ///
    /// # Errors
    /// [`Error::Seal`] without the key of a category, or for a section longer than 4 GB.
    pub fn seal(
        &self,
        class: Class,
        place: &[u8],
        sections: &[(Category, Vec<u8>)],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>> {
        let count = u8::try_from(sections.len()).map_err(|_| Error::Seal)?;
        let mut out = vec![SECTIONS, count];
        out.extend(sections.iter().map(|(category, _)| tag(*category)));
        let list = out.clone();
        for (category, value) in sections {
            let cipher = self.of(*category).ok_or(Error::Seal)?.cipher()?;
            let sealed = seal_with(&cipher, &bound(class, &list, *category, place), value, entropy)?;
            out.extend_from_slice(&u32::try_from(sealed.len()).map_err(|_| Error::Seal)?.to_be_bytes());
            out.extend_from_slice(&sealed);
        }
        Ok(out)
    }

    /// Opens the sections of a value whose keys are held, in their order; of the others only the category is told.
    ///
    /// # Errors
    /// [`Error::Seal`] for another key, another place, or altered bytes.
    pub fn open(&self, class: Class, place: &[u8], sealed: &[u8]) -> Result<Vec<(Category, Option<Vec<u8>>)>> {
        let &[SECTIONS, count, ..] = sealed else { return Err(Error::Seal) };
        let (list, mut rest) = sealed.split_at_checked(2 + usize::from(count)).ok_or(Error::Seal)?;
        let mut out = Vec::with_capacity(usize::from(count));
        for number in &list[2..] {
            let category = of_tag(*number).ok_or(Error::Seal)?;
            let (length, after) = rest.split_first_chunk::<4>().ok_or(Error::Seal)?;
            let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Error::Seal)?;
            let (value, after) = after.split_at_checked(length).ok_or(Error::Seal)?;
            rest = after;
            let opened = match self.of(category) {
                Some(key) => Some(open_with(&key.cipher()?, &bound(class, list, category, place), value)?),
                None => None,
            };
            out.push((category, opened));
        }
        if rest.is_empty() { Ok(out) } else { Err(Error::Seal) }
    }
}

impl PersonKey {
    /// Seals a value that is all of one category.
    ///
    /// # Errors
    /// As [`PersonKey::seal`].
    pub fn seal_one(
        &self,
        class: Class,
        place: &[u8],
        category: Category,
        value: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>> {
        self.seal(class, place, &[(category, value.to_vec())], entropy)
    }

    /// Opens a value that is all of one category.
    ///
    /// # Errors
    /// As [`PersonKey::open`], and when the key of its category is not held.
    pub fn open_one(&self, class: Class, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let sections = self.open(class, place, sealed)?;
        sections.into_iter().next().and_then(|(_, value)| value).ok_or(Error::Seal)
    }
}

/// What a section is bound to: class, the list of sections, its own category, and the place.
fn bound(class: Class, list: &[u8], category: Category, place: &[u8]) -> Vec<u8> {
    [class.label(), list, &[tag(category)], place].concat()
}

pub(crate) fn seal_with(cipher: &Cipher, place: &[u8], value: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>> {
    let chosen = Algorithm::of_tag(CHOSEN.load(Ordering::Relaxed)).ok_or(Error::Seal)?;
    seal_by(chosen, cipher, place, value, entropy)
}

fn seal_by(
    algorithm: Algorithm,
    cipher: &Cipher,
    place: &[u8],
    value: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>> {
    let mut out = vec![0; 1 + algorithm.nonce()];
    out[0] = algorithm.tag();
    entropy.fill(&mut out[1..]);
    let text = cipher.encrypt(algorithm, &out[1..], place, value)?;
    out.extend_from_slice(&text);
    Ok(out)
}

pub(crate) fn open_with(cipher: &Cipher, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let (&number, rest) = sealed.split_first().ok_or(Error::Seal)?;
    let algorithm = Algorithm::of_tag(number).ok_or(Error::Seal)?;
    let (nonce, text) = rest.split_at_checked(algorithm.nonce()).ok_or(Error::Seal)?;
    cipher.decrypt(algorithm, nonce, place, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    fn person(byte: u8) -> PersonKey {
        PersonKey::whole(&Secret([byte; 32])).unwrap()
    }

    fn two() -> Vec<(Category, Vec<u8>)> {
        vec![(Category::Process, b"Zebedeus Kastdeur".to_vec()), (Category::Medical, b"verzonnen".to_vec())]
    }

    #[test]
    fn a_value_opens_only_where_it_was_sealed() {
        let key = person(7);
        let sealed = key.seal(Class::Fact, b"fact 1", &two(), &SystemEntropy).unwrap();
        let opened = key.open(Class::Fact, b"fact 1", &sealed).unwrap();
        assert_eq!(opened[0], (Category::Process, Some(b"Zebedeus Kastdeur".to_vec())));
        assert_eq!(opened[1], (Category::Medical, Some(b"verzonnen".to_vec())));
        assert!(key.open(Class::Fact, b"fact 2", &sealed).is_err(), "another row");
        assert!(key.open(Class::Card, b"fact 1", &sealed).is_err(), "another column");
        assert!(person(8).open(Class::Fact, b"fact 1", &sealed).is_err(), "another person");
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut altered = sealed.clone();
                altered[at] ^= 1 << bit;
                assert!(key.open(Class::Fact, b"fact 1", &altered).is_err(), "bit {bit} of byte {at} altered");
            }
        }
        assert!(key.open(Class::Fact, b"fact 1", &[]).is_err());
        assert!(key.open(Class::Fact, b"fact 1", &sealed[..sealed.len() - 1]).is_err());
    }

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn both_algorithms_are_those_of_their_papers() {
        // RFC 8452, appendix C.2
        let mut key = [0; 32];
        key[0] = 1;
        let mut nonce = [0; 12];
        nonce[0] = 3;
        let sealed =
            Secret(key).cipher().unwrap().encrypt(Algorithm::Aes256GcmSiv, &nonce, b"", &unhex("0100000000000000"));
        assert_eq!(sealed.unwrap(), unhex("c2ef328e5c71c83b843122130f7364b761e0b97427e3df28"));
        // draft-irtf-cfrg-xchacha-03, appendix A.3.1
        let key: Vec<u8> = (0x80..=0x9f).collect();
        let nonce: [u8; 24] = unhex("404142434445464748494a4b4c4d4e4f5051525354555657").try_into().unwrap();
        let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let aad = unhex("50515253c0c1c2c3c4c5c6c7");
        let payload = chacha20poly1305::aead::Payload { msg: text, aad: &aad };
        let sealed = XChaCha20Poly1305::new_from_slice(&key).unwrap().encrypt(&nonce.into(), payload).unwrap();
        let expected = "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39\
                        ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9\
                        21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";
        assert_eq!(sealed, unhex(expected));
    }

    #[test]
    fn what_either_algorithm_sealed_opens_and_only_as_it_says() {
        let cipher = Secret([7; 32]).cipher().unwrap();
        for algorithm in Algorithm::ALL {
            let sealed = seal_by(algorithm, &cipher, b"place", b"Zebedeus Kastdeur", &SystemEntropy).unwrap();
            assert_eq!(sealed[0], algorithm.tag());
            assert_eq!(open_with(&cipher, b"place", &sealed).unwrap(), b"Zebedeus Kastdeur");
            assert!(open_with(&cipher, b"another", &sealed).is_err());
            assert!(open_with(&Secret([8; 32]).cipher().unwrap(), b"place", &sealed).is_err());
            for at in 0..sealed.len() {
                for bit in 0..8 {
                    let mut altered = sealed.clone();
                    altered[at] ^= 1 << bit;
                    assert!(open_with(&cipher, b"place", &altered).is_err(), "bit {bit} of byte {at}");
                }
            }
            assert_eq!(algorithm.code().parse(), Ok(algorithm));
        }
        assert!("des".parse::<Algorithm>().unwrap_err().contains("aes-256-gcm-siv"));
    }

    #[test]
    fn what_was_sealed_before_another_algorithm_was_chosen_opens_after_it() {
        let key = person(7);
        let before = key.seal(Class::Fact, b"fact 1", &two(), &SystemEntropy).unwrap();
        seal_new_with(Algorithm::XChaCha20Poly1305);
        let after = key.seal(Class::Fact, b"fact 1", &two(), &SystemEntropy).unwrap();
        // other tests of this process may seal meanwhile: both open everywhere
        seal_new_with(Algorithm::Aes256GcmSiv);
        assert_eq!((before[8], after[8]), (1, 3));
        for sealed in [before, after] {
            assert_eq!(
                key.open(Class::Fact, b"fact 1", &sealed).unwrap()[1].1.as_deref(),
                Some(b"verzonnen".as_slice())
            );
        }
    }

    #[test]
    fn a_section_cannot_be_taken_away_or_swapped() {
        let key = person(7);
        let sealed = key.seal(Class::Fact, b"fact 1", &two(), &SystemEntropy).unwrap();
        let first = usize::try_from(u32::from_be_bytes(sealed[4..8].try_into().unwrap())).unwrap();
        let mut shorter = vec![SECTIONS, 1, sealed[2]];
        shorter.extend_from_slice(&sealed[4..8 + first]);
        assert!(key.open(Class::Fact, b"fact 1", &shorter).is_err(), "the medical section left out");
        let mut swapped = sealed.clone();
        swapped.swap(2, 3);
        assert!(key.open(Class::Fact, b"fact 1", &swapped).is_err(), "under another category");
    }

    #[test]
    fn without_the_key_of_a_category_its_section_stays_closed() {
        let whole = person(7);
        let sealed = whole.seal(Class::File, b"file 1", &two(), &SystemEntropy).unwrap();
        let process = whole.of(Category::Process).unwrap().clone();
        let reader = PersonKey::granted([(Category::Process, process)]);
        let opened = reader.open(Class::File, b"file 1", &sealed).unwrap();
        assert_eq!(opened[0].1.as_deref(), Some(b"Zebedeus Kastdeur".as_slice()));
        assert_eq!(opened[1], (Category::Medical, None));
        assert!(!reader.opens(Category::Medical));
        assert!(reader.seal(Class::File, b"file 1", &two(), &SystemEntropy).is_err());
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let key = person(7);
        let seal = || key.seal(Class::Fact, b"x", &two(), &SystemEntropy).unwrap();
        let mut seen: Vec<_> = (0..1000).map(|_| seal()).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 1000);
    }

    #[test]
    fn every_category_has_a_number_of_its_own() {
        for category in Category::ALL {
            assert_eq!(of_tag(tag(*category)), Some(*category));
        }
    }
}
