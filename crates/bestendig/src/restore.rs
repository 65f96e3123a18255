//! `restore FILE`: everything is made and tried in a folder of its own, and put in place when it is right.

use std::{collections::HashSet, path::Path};

use anyhow::{Context as _, Result, bail};

use journal::backup::Restoring;

use crate::{
    args::Place,
    place::{self, Origin},
    progress,
};

/// `restore FILE`. What fails leaves nothing behind.
pub(crate) fn restore(place: &Place, file: &Path, keys: Option<&Path>) -> Result<()> {
    if place.postgres.is_some() {
        bail!("put the facts back with pg_restore, and the backup of the keys as keys.db in the folder of the keys");
    }
    let folder = place::data(place, false)?;
    let own = folder.join("keys.db");
    if folder.join("store.db").exists() {
        bail!("{} already holds a store; restore into an empty folder", folder.display());
    }
    let secrets = match (keys, own.exists()) {
        (None, false) => {
            bail!("without keys nothing in a backup can be read; name the backup of the keys with --keys")
        }
        (Some(_), true) => bail!("{} already holds keys; restore into an empty folder", folder.display()),
        (Some(keys), false) => keys,
        (None, true) => &own,
    };
    let (fresh, staging) = (!folder.exists(), folder.join("restore.part"));
    let origin = if keys.is_some() { Origin::BackupWithKeys } else { Origin::Backup };
    let made = clear(&staging).and_then(|()| make(place, file, secrets, &staging, origin));
    let placed = made.and_then(|facts| put_in_place(&staging, &folder, keys.is_some()).map(|()| facts));
    clear(&staging)?;
    match placed {
        Ok(facts) => {
            println!("{facts} facts put back, and the read tables made anew");
            Ok(())
        }
        Err(error) => {
            if fresh && folder.exists() {
                std::fs::remove_dir(&folder).with_context(|| folder.display().to_string())?;
            }
            Err(error)
        }
    }
}

fn clear(staging: &Path) -> Result<()> {
    if staging.exists() {
        std::fs::remove_dir_all(staging).with_context(|| staging.display().to_string())?;
    }
    Ok(())
}

/// A whole store in a folder: opened with its keys and this root key, its read tables made.
fn make(place: &Place, file: &Path, keys: &Path, staging: &Path, origin: Origin) -> Result<u64> {
    let bar = progress::bar("Checking that the backup is whole");
    let info = journal::backup::restore(file, keys, staging, |step, done, all| match step {
        Restoring::Checking => bar.tick(),
        Restoring::Copying => progress::next(&bar, "Copying", done, all),
    })?;
    bar.finish_and_clear();
    // documents stay where they are: encrypted, they are nobody's without the keys
    let beside = || staging.parent().map(|folder| folder.join("documents"));
    let documents = place.documents.clone().or_else(beside).filter(|_| place.documents_bucket.is_none());
    let here = Place { data: Some(staging.to_owned()), documents, ..place.clone() };
    let opened = place::open_restored(&here, origin)?;
    let known: HashSet<_> = opened.keys.everyone()?.into_iter().collect();
    let people = opened.store.read_blocking(journal::read::subjects)?;
    let missing = people.iter().filter(|who| !known.contains(who)).count();
    if missing > 0 && missing == people.len() {
        bail!(
            "{} holds no key of anyone in {}; name the backup of the keys of this store",
            keys.display(),
            file.display()
        );
    }
    if missing > 0 {
        eprintln!("{missing} of {} people have no key: what is written about them stays closed", people.len());
    }
    let bar = progress::bar("Rebuilding");
    let rebuilt = opened.desk.rebuild(progress::report(&bar));
    rebuilt.with_context(|| format!("the keys of {} do not open what is in {}", keys.display(), file.display()))?;
    bar.finish_and_clear();
    let (all, lost, folder) = opened.desk.documents_kept()?;
    if lost > 0 {
        eprintln!("{lost} of {all} documents are not in {folder}: put the folder back from its own backup");
    }
    Ok(info.position)
}

/// Moves what was made to where it belongs; the store last, because it is what makes the folder one in use.
fn put_in_place(staging: &Path, folder: &Path, with_keys: bool) -> Result<()> {
    let log = staging.join("store.db-wal");
    if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        bail!("the store that was made did not close; try again");
    }
    let rename = |name: &str| {
        std::fs::rename(staging.join(name), folder.join(name)).with_context(|| folder.join(name).display().to_string())
    };
    if with_keys {
        rename("keys.db")?;
    }
    rename("store.db").inspect_err(|_| {
        if with_keys {
            // the first error says more
            let _ = std::fs::remove_file(folder.join("keys.db"));
        }
    })
}
