//! `keys`: rotation while the store serves, and the end of an organisation's agreement.

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, Result, bail};
use domain::ids::OrgId;
use journal::{Entropy, Keyring, RootKey, SystemEntropy};

use crate::{args::Place, place, progress};

/// The keys alone: the store may be in use.
fn keyring(place: &Place, other: Option<&Path>) -> Result<(Keyring, std::path::PathBuf)> {
    let folder = place::data(place, false)?;
    if !folder.join("keys.db").exists() {
        bail!("{} holds no keys; name the folder of the store with --data", folder.display());
    }
    let (path, entropy): (_, Arc<dyn Entropy>) = (place::key(place, false)?, Arc::new(SystemEntropy));
    let root = RootKey::load(&path).context("the root key in use now is needed; name it with --key")?;
    let opened = Keyring::open(&folder, root, Arc::clone(&entropy));
    let keys = match (opened, other) {
        // an earlier rotation to this file came as far as its first step
        (Err(_), Some(other)) if other.exists() => Keyring::open(&folder, RootKey::load(other)?, entropy)?,
        (opened, _) => opened?,
    };
    Ok((keys, path))
}

/// `keys rotate`: a new root key, and a new key for each organisation.
pub(crate) fn rotate(place: &Place, new_key: Option<&Path>) -> Result<()> {
    let (keys, path) = keyring(place, new_key)?;
    if new_key.is_some_and(|new| new == path) {
        bail!("{} is the root key in use; name a file that is to hold the new one", path.display());
    }
    let target = new_key.map_or_else(|| RootKey::next(&path), Path::to_owned);
    let new = RootKey::load_or_create(&target, &SystemEntropy)?;
    keys.rotate_root(new, Some(new_key.unwrap_or(&path)))?;
    if new_key.is_none() {
        RootKey::finish(&path)?;
    }
    let owners = keys.owners()?;
    let bar = progress::bar("Rotating");
    for (done, owner) in (1..).zip(&owners) {
        keys.rotate_owner(owner)?;
        progress::report(&bar)(done, owners.len() as u64);
    }
    bar.finish_and_clear();
    match new_key {
        None => println!("{} holds a new root key; the old one opens nothing any more", path.display()),
        Some(new) => println!(
            "the root key is now {}; name it with --key from now on. {} opens nothing any more: destroy it",
            new.display(),
            path.display()
        ),
    }
    println!("{} organisations have a new key (the record keeper counts as one)", owners.len());
    Ok(())
}

/// `keys end` and `keys readmit`.
pub(crate) fn agreement(place: &Place, org: &str, ends: bool) -> Result<()> {
    let org: OrgId =
        org.parse().map_err(|_| anyhow::anyhow!("{org} is no organisation: lower-case letters, digits and hyphens"))?;
    let programme = place::programme(&place.programme)?;
    if programme.org(&org).is_none() {
        bail!("the programme {} has no organisation {org}", programme.id);
    }
    let (keys, _) = keyring(place, None)?;
    if ends {
        keys.revoke(&org)?;
        println!("{org} has no keys any more and gets none");
    } else {
        keys.readmit(&org)?;
        println!("{org} is granted keys again where it is involved");
    }
    Ok(())
}
