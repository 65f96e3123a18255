//! Commands about the logs: checkpoints, proofs, witnesses, the read log.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use journal::{
    checkpoint::Compared,
    note::{Note, Verifier},
    proof::Proof,
    tree::Tree,
};

use crate::{
    args::Place,
    place::{Time, open},
    progress,
};

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| file.display().to_string())
}

fn note(file: &Path) -> Result<Note> {
    Note::parse(&text(file)?).with_context(|| file.display().to_string())
}

/// `prove`.
pub(crate) fn prove(place: &Place, fact: Option<u64>, read: Option<u64>, from: Option<&Path>) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let old = from.map(note).transpose()?;
    let of = match (read, &old) {
        (Some(_), _) => Tree::Reads,
        (None, Some(old)) if fact.is_none() && old.head.origin.ends_with("/reads") => Tree::Reads,
        _ => Tree::Facts,
    };
    let proof = opened.desk.prove(of, fact.or(read), old)?;
    println!("{}", serde_json::to_string_pretty(&proof)?);
    Ok(())
}

/// `check-proof`: without a store.
pub(crate) fn check_proof(file: &Path, checkpoint: &Path, key: Option<&str>) -> Result<()> {
    let proof: Proof = serde_json::from_str(&text(file)?).with_context(|| format!("{}: no proof", file.display()))?;
    let trusted = key.map(Verifier::parse).transpose()?;
    let checked = proof.check(&note(checkpoint)?, trusted.as_ref()).with_context(|| file.display().to_string())?;
    if let Some(number) = checked.number {
        println!("entry {number} is in the history of {} entries", checked.size);
    }
    println!("the history of {} entries begins with the {} of your checkpoint", checked.size, checked.old);
    if trusted.is_none() {
        println!("the key that signed both is the one in the proof; name the one you trust with --public-key");
    }
    Ok(())
}

/// `witness check`; whether it fits.
pub(crate) fn witness(place: &Place, old: &Path) -> Result<bool> {
    let opened = open(place, Time::Kept)?;
    let handed = match opened.desk.witness_check(&text(old)?) {
        Ok(handed) => handed,
        Err(desk::Failure::Refused(refusal)) => {
            bail!(
                "{}: {}",
                old.display(),
                match refusal.problem.key {
                    "checkpoint-signature" => "this checkpoint was not signed with the key of this store",
                    "checkpoint-elsewhere" => "this is a checkpoint of another store",
                    _ => "this is no checkpoint: it has a name, a number and a hash, an empty line, and a signature",
                }
            )
        }
        Err(error) => return Err(error.into()),
    };
    let (name, size) = (handed.tree.name(), handed.size);
    match handed.compared {
        Compared::Consistent => println!("the history begins with the {size} {name} of this checkpoint"),
        Compared::Behind(now) => {
            println!("WRONG: the checkpoint has {size} {name}, the store {now}: some were removed");
        }
        Compared::Rewritten => {
            println!("WRONG: the first {size} {name} are not those of the checkpoint: they were altered");
        }
    }
    Ok(handed.compared == Compared::Consistent)
}

/// `checkpoints`.
pub(crate) fn checkpoints(place: &Place, to: Option<&Path>, set_aside: bool) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    if set_aside {
        let (file, count) = opened.desk.set_checkpoints_aside()?;
        println!(
            "{count} checkpoints were moved to {}; partners who kept them will see that history changed",
            file.display()
        );
        return Ok(());
    }
    opened.desk.check_outside()?;
    opened.desk.checkpoint()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let kept = runtime.block_on(opened.desk.checkpoints())?;
    println!("public key: {}\n", kept.key);
    for one in &kept.newest {
        match to {
            None => println!("{}", one.note),
            Some(folder) => {
                let file = folder.join(format!("{}.checkpoint", one.tree.name()));
                std::fs::write(&file, &one.note).with_context(|| file.display().to_string())?;
                println!("{}", file.display());
            }
        }
    }
    Ok(())
}

/// `export read-log`.
pub(crate) fn export(place: &Place, ldv: Option<&Path>, audit: Option<&Path>) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    for (file, audit) in ldv.map(|file| (file, false)).into_iter().chain(audit.map(|file| (file, true))) {
        let bar = progress::bar("Writing");
        let report = progress::report(&bar);
        let count = if audit {
            exchange::read_log::audit(&opened.desk, file, report)?
        } else {
            exchange::read_log::ldv(&opened.desk, file, report)?
        };
        bar.finish_and_clear();
        println!("{count} lines written to {}", file.display());
    }
    Ok(())
}

/// `review-threshold`.
pub(crate) fn threshold(place: &Place, name: &str, value: u16) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    println!("{}", serde_json::to_string(&opened.desk.set_threshold(name, value)?)?);
    Ok(())
}
