//! Checkpoints: signing the heads of both trees, keeping them outside the store, and hearing partners as witnesses.

use std::sync::Arc;

use access::Principal;
use domain::{
    ids::{CommandId, OrgId},
    refusal::Refusal,
};
use jiff::Timestamp;
use journal::{
    checkpoint::{self, Compared, Kept, Witnessed},
    log_verify,
    note::{Head, Note, Signer},
    outside::Outside,
    proof::{self, Proof},
    tree::{self, Tree},
};

use crate::{Desk, Failure, Inner};

/// What signs checkpoints, and where they are kept outside the store.
pub struct Ledger {
    /// The signing key.
    pub signer: Signer,
    /// The file outside the store.
    pub outside: Outside,
}

/// The newest checkpoints, and what partners handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoints {
    /// The public key that they are checked with.
    pub key: String,
    /// Newest first: facts, then reads.
    pub newest: Vec<Kept>,
    /// Newest first.
    pub witnessed: Vec<Witnessed>,
    /// Organisations of the programme, and when each last handed one in.
    pub partners: Vec<(OrgId, Option<Timestamp>)>,
}

/// What a partner hears of a checkpoint they handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handed {
    /// Of which tree.
    pub tree: Tree,
    /// Its leaves.
    pub size: u64,
    /// Whether the history still begins with it.
    pub compared: Compared,
}

impl Inner {
    /// Signs the hash of a release with the key of the checkpoints.
    pub(crate) fn sign_release(&self, id: uuid::Uuid, hash: &str) -> Result<String, Failure> {
        let signer = &self.ledger()?.signer;
        let byte = |at: usize| hash.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
        let root = bytes.and_then(|bytes| bytes.try_into().ok());
        let root = root.ok_or_else(|| Failure::Unreadable("the hash of a release is not 32 bytes".to_owned()))?;
        let origin = format!("{}/releases/{id}", signer.verifier().name());
        Ok(signer.sign(Head { origin, size: 1, root }).text)
    }

    fn ledger(&self) -> Result<&Ledger, Failure> {
        self.ledger.get().ok_or(Failure::Hidden)
    }
}

impl Desk {
    /// Keeps checkpoints from now on. Given once, after opening.
    pub fn keep_checkpoints(&self, ledger: Ledger) {
        // a second one is the same file and key: whoever opens the store gives both
        let _ = self.inner.ledger.set(ledger);
    }

    /// The name of this store's logs: from its keys, so that it stays when the store is put back.
    pub fn log_name(&self) -> String {
        let token = self.inner.keys.token("name of the logs");
        format!("bestendig/{}", access::Hex([token[0], token[1], token[2], token[3]]))
    }

    /// Refuses a store that holds less, or something else, than the checkpoints outside it say.
    ///
    /// # Errors
    /// In words for who starts the program.
    pub fn check_outside(&self) -> Result<(), Failure> {
        let inner = Arc::clone(&self.inner);
        self.inner.store.write_blocking(|tx| Ok::<_, Failure>(tree::catch_up(tx)?))?;
        self.inner.store.read_blocking(move |tx| {
            let ledger = inner.ledger()?;
            Ok(ledger.outside.check(tx, ledger.signer.verifier())?)
        })
    }

    /// Sets the checkpoints outside the store aside: for an older backup that was put back on purpose. Where they are now, and
    /// how many.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn set_checkpoints_aside(&self) -> Result<(std::path::PathBuf, usize), Failure> {
        let ledger = self.inner.ledger()?;
        Ok(ledger.outside.set_aside(ledger.signer.verifier().name())?)
    }

    /// How many leaves the trees have: facts, lines.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn leaves(&self) -> Result<(u64, u64), Failure> {
        self.inner
            .store
            .read_blocking(|tx| Ok((tree::now(tx, Tree::Facts)?.size(), tree::now(tx, Tree::Reads)?.size())))
    }

    /// Signs what is durable now, and keeps it in the store and outside; how many notes.
    ///
    /// # Errors
    /// When either cannot be written.
    pub fn checkpoint(&self) -> Result<usize, Failure> {
        let inner = Arc::clone(&self.inner);
        // signed from a snapshot: what a checkpoint says is on the disk before it is said anywhere
        let notes = self.inner.store.read_blocking(move |tx| {
            let signer = &inner.ledger()?.signer;
            let mut notes = Vec::new();
            for of in Tree::ALL {
                notes.extend(checkpoint::sign(tx, of, signer)?.map(|note| (of, note)));
            }
            Ok::<_, Failure>(notes)
        })?;
        if notes.is_empty() {
            return Ok(0);
        }
        let (kept, at) = (notes.clone(), self.inner.clock.real());
        self.inner.store.write_blocking(move |tx| {
            kept.iter().try_for_each(|(of, note)| Ok::<_, Failure>(checkpoint::keep(tx, *of, note, at)?))
        })?;
        let notes: Vec<Note> = notes.into_iter().map(|(_, note)| note).collect();
        self.inner.ledger()?.outside.add(&notes)?;
        Ok(notes.len())
    }

    /// The newest checkpoints, for everyone who takes part: they are each other's witnesses.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn checkpoints(&self) -> Result<Checkpoints, Failure> {
        let inner = Arc::clone(&self.inner);
        let (newest, witnessed, key) = self
            .inner
            .store
            .read(move |tx| {
                let mut newest = Vec::new();
                for of in Tree::ALL {
                    newest.extend(checkpoint::newest(tx, of, 1)?);
                }
                let key = inner.ledger()?.signer.verifier().to_string();
                Ok::<_, Failure>((newest, checkpoint::witnessed(tx, 1000)?, key))
            })
            .await?;
        let last = |org: &OrgId| witnessed.iter().find(|seen| seen.org == *org).map(|seen| seen.kept.at);
        let partners = self.inner.programme.organisations.iter().map(|org| (org.id.clone(), last(&org.id))).collect();
        Ok(Checkpoints { key, newest, witnessed, partners })
    }

    /// Takes a checkpoint that a partner kept, compares it with the history, and keeps the outcome. One that does not fit is
    /// an alarm for everyone.
    ///
    /// # Errors
    /// When it is no checkpoint of this store, or the store fails.
    pub async fn hand_in(&self, who: &Principal, command: CommandId, text: &str) -> Result<Handed, Failure> {
        let (inner, org, user) = (Arc::clone(&self.inner), who.org.clone(), who.user);
        let (note, of) = self.own_note(text)?;
        let at = self.inner.clock.real();
        self.inner
            .store
            .write(move |tx| {
                let compared = checkpoint::compare(tx, of, note.head.size, &note.head.root)?;
                let consistent = compared == Compared::Consistent;
                if !consistent {
                    tracing::error!(tree = of.name(), size = note.head.size, org = %org,
                        "ALARM: the history does not contain a checkpoint that a partner kept; run `verify`");
                }
                let kept = Kept { tree: of, size: note.head.size, at, note: note.text.clone() };
                checkpoint::hand_in(tx, command.0, &Witnessed { kept, account: user, org, consistent })?;
                drop(inner);
                Ok(Handed { tree: of, size: note.head.size, compared })
            })
            .await
    }

    /// Compares a checkpoint with the history, without keeping anything.
    ///
    /// # Errors
    /// When it is no checkpoint of this store, or the store cannot be read.
    pub fn witness_check(&self, text: &str) -> Result<Handed, Failure> {
        let (note, of) = self.own_note(text)?;
        self.inner.store.read_blocking(move |tx| {
            let compared = checkpoint::compare(tx, of, note.head.size, &note.head.root)?;
            Ok(Handed { tree: of, size: note.head.size, compared })
        })
    }

    fn own_note(&self, text: &str) -> Result<(Note, Tree), Failure> {
        let note = Note::parse(text).map_err(|_| Refusal::new("checkpoint-unreadable").field("checkpoint"))?;
        let verifier = self.inner.ledger()?.signer.verifier();
        let of = Tree::ALL.into_iter().find(|of| note.head.origin == checkpoint::origin(verifier.name(), *of));
        match of {
            Some(of) if verifier.signed(&note) => Ok((note, of)),
            Some(_) => Err(Refusal::new("checkpoint-signature").field("checkpoint").into()),
            None => {
                Err(Refusal::new("checkpoint-elsewhere").field("checkpoint").with("origin", &note.head.origin).into())
            }
        }
    }

    /// Recomputes both trees and compares with every checkpoint that was kept, and the events of accounts with what the
    /// tree of the read log covers of them.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    pub fn verify_logs(&self, mut progress: impl FnMut(u64) + Send + 'static) -> Result<log_verify::Report, Failure> {
        let inner = Arc::clone(&self.inner);
        self.inner.store.write_blocking(|tx| Ok::<_, Failure>(tree::catch_up(tx)?))?;
        self.inner.store.read_blocking(move |tx| {
            let ledger = inner.ledger()?;
            let outside = ledger.outside.notes()?;
            let mut report = log_verify::verify(tx, ledger.signer.verifier(), &outside, &mut progress)?;
            report.findings.extend(crate::account::verify_events(tx, inner.clock.real())?);
            Ok(report)
        })
    }

    /// A proof for someone outside.
    ///
    /// # Errors
    /// When there is nothing to prove, or the store cannot be read.
    pub fn prove(&self, of: Tree, number: Option<u64>, old: Option<Note>) -> Result<Proof, Failure> {
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .read_blocking(move |tx| Ok(proof::prove(tx, of, number, old.as_ref(), &inner.ledger()?.signer)?))
    }
}
