//! Signed notes (C2SP signed-note and tlog-checkpoint): the head of a tree, signed with Ed25519, as text.
//!
//! ```text
//! bestendig/1f2e3d4c/facts
//! 1234
//! <root, base64>
//!
//! — bestendig/1f2e3d4c <base64 of key hash and signature>
//! ```

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::path::Path;
use zeroize::Zeroize;

use crate::{
    entropy::Entropy,
    error::{Error, Result},
    keys,
    merkle::Hash,
};

/// The head of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which log: the name of the installation and that of the tree.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Root.
    pub root: Hash,
}

/// A signed head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is signed.
    pub head: Head,
    /// The whole text.
    pub text: String,
    signed: String,
    signatures: Vec<(String, Vec<u8>)>,
}

/// What checks signatures: name and public key, written `name+hash+key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

/// What signs checkpoints: a key in a file of its own, not in the store.
pub struct Signer {
    verifier: Verifier,
    key: SigningKey,
}

fn key_hash(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let digest = Sha256::digest([name.as_bytes(), b"\n\x01", key.as_bytes()].concat());
    [digest[0], digest[1], digest[2], digest[3]]
}

fn bad(what: &str) -> Error {
    Error::Unusable(format!("this is no checkpoint: {what}"))
}

impl Head {
    fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }
}

impl Note {
    /// Reads a note; whether a signature holds is asked of a [`Verifier`].
    ///
    /// # Errors
    /// Says what is not as it should be.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.replace("\r\n", "\n");
        let (body, signatures) =
            text.trim().split_once("\n\n").ok_or_else(|| bad("no signature under an empty line"))?;
        let mut lines = body.lines();
        let mut next = |what: &str| lines.next().filter(|line| !line.is_empty()).ok_or_else(|| bad(what));
        let origin = next("no origin on its first line")?.to_owned();
        let size = next("no size on its second line")?;
        let number = size.parse().ok().filter(|number: &u64| number.to_string() == size);
        let size = number.ok_or_else(|| bad("its size is no number"))?;
        let root = BASE64_STANDARD.decode(next("no root on its third line")?).ok();
        let root =
            root.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| bad("its root is not 32 bytes of base64"))?;
        let signature = |line: &str| {
            let (name, value) = line.strip_prefix("— ")?.rsplit_once(' ')?;
            Some((name.to_owned(), BASE64_STANDARD.decode(value).ok()?))
        };
        let signatures =
            signatures.lines().map(|line| signature(line).ok_or_else(|| bad("a signature cannot be read")));
        let signatures = signatures.collect::<Result<Vec<_>>>()?;
        let (head, signed) = (Head { origin, size, root }, format!("{body}\n"));
        Ok(Self { head, text: format!("{}\n", text.trim()), signed, signatures })
    }
}

impl Verifier {
    /// Reads `name+hash+key`.
    ///
    /// # Errors
    /// Says that it is not one.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::Unusable("a public key of checkpoints is written name+hash+key".to_owned());
        let mut parts = text.trim().splitn(3, '+');
        let (name, hash, key) = (parts.next(), parts.next(), parts.next());
        let bytes = key.and_then(|key| BASE64_STANDARD.decode(key).ok()).ok_or_else(wrong)?;
        let (kind, bytes) = bytes.split_first().ok_or_else(wrong)?;
        let bytes = <[u8; 32]>::try_from(bytes).ok().filter(|_| *kind == 1).ok_or_else(wrong)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| wrong())?;
        let name = name.unwrap_or_default().to_owned();
        let own = u32::from_be_bytes(key_hash(&name, &key));
        if hash.and_then(|hash| u32::from_str_radix(hash, 16).ok()) != Some(own) {
            return Err(wrong());
        }
        Ok(Self { name, key })
    }

    /// The name under its signatures.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether this key signed the note.
    pub fn signed(&self, note: &Note) -> bool {
        let hash = key_hash(&self.name, &self.key);
        note.signatures.iter().any(|(name, value)| {
            let Some((of, signature)) = value.split_first_chunk::<4>() else { return false };
            let signature = Signature::from_slice(signature);
            *name == self.name
                && *of == hash
                && signature.is_ok_and(|signature| self.key.verify_strict(note.signed.as_bytes(), &signature).is_ok())
        })
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hash = u32::from_be_bytes(key_hash(&self.name, &self.key));
        let key = BASE64_STANDARD.encode([&[1], self.key.as_bytes().as_slice()].concat());
        write!(f, "{}+{hash:08x}+{key}", self.name)
    }
}

impl Signer {
    /// Reads the signing key, or makes one where there is none (mode 0600).
    ///
    /// # Errors
    /// When the file cannot be read or made, has another length, or others may read it.
    pub fn load_or_create(path: &Path, name: &str, entropy: &dyn Entropy) -> Result<Self> {
        let mut secret = keys::secret_file(path, "signing key", entropy)?;
        let signer = Self::from_secret(&secret, name);
        secret.zeroize();
        Ok(signer)
    }

    /// A signer from its secret.
    pub fn from_secret(secret: &[u8; 32], name: &str) -> Self {
        let key = SigningKey::from_bytes(secret);
        Self { verifier: Verifier { name: name.to_owned(), key: key.verifying_key() }, key }
    }

    /// What others check its signatures with.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Signs the head of a tree.
    pub fn sign(&self, head: Head) -> Note {
        let signed = head.body();
        let hash = key_hash(&self.verifier.name, &self.verifier.key);
        let value = [hash.as_slice(), &self.key.sign(signed.as_bytes()).to_bytes()].concat();
        let text = format!("{signed}\n— {} {}\n", self.verifier.name, BASE64_STANDARD.encode(&value));
        Note { head, text, signed, signatures: vec![(self.verifier.name.clone(), value)] }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn note() -> (Signer, Note) {
        let signer = Signer::from_secret(&[3; 32], "bestendig/proef");
        let note = signer.sign(Head { origin: "bestendig/proef/facts".to_owned(), size: 12, root: [9; 32] });
        (signer, note)
    }

    #[test]
    fn a_note_reads_back_and_its_signature_holds() {
        let (signer, note) = note();
        let read = Note::parse(&note.text).unwrap();
        assert_eq!(read, note);
        assert!(signer.verifier().signed(&read));
        let verifier = Verifier::parse(&signer.verifier().to_string()).unwrap();
        assert!(verifier.signed(&read));
    }

    #[test]
    fn the_key_and_signature_of_the_specification_are_understood() {
        // from the description of signed notes (golang.org/x/mod/sumdb/note)
        let verifier = Verifier::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        assert_eq!(verifier.name(), "PeterNeumann");
        assert!(Verifier::parse("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").is_err());
    }

    #[test]
    fn another_key_another_size_or_another_root_does_not_hold() {
        let (signer, note) = note();
        let other = Signer::from_secret(&[4; 32], "bestendig/proef");
        assert!(!other.verifier().signed(&note));
        assert!(!signer.verifier().signed(&other.sign(note.head.clone())));
        let larger = Note::parse(&note.text.replacen("\n12\n", "\n13\n", 1)).unwrap();
        assert!(!signer.verifier().signed(&larger));
        let elsewhere = Note::parse(&note.text.replacen("/facts", "/reads", 1)).unwrap();
        assert!(!signer.verifier().signed(&elsewhere));
    }

    #[test]
    fn what_is_no_checkpoint_is_refused_in_words() {
        for text in ["", "a\n1\n\n— x y", "a\n01\nAAAA\n\n— x AAAA", "a\n1\nAAAA\n\n— x AAAA", "a\n1\n\n"] {
            let said = Note::parse(text).unwrap_err().to_string();
            assert!(said.starts_with("this is no checkpoint"), "{text:?}: {said}");
        }
    }
}
