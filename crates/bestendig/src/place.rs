//! Opening the store, the keys and the programme that a command works on.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use access::Settings;
use anyhow::{Context as _, Result, bail};
use desk::{Clock, Desk, SystemClock};
use domain::programme::{Finding, Programme};
use jiff::SignedDuration;
use journal::{Entropy, Keyring, Location, RootKey, Store, SystemEntropy, setting};

use crate::args::Place;

include!(concat!(env!("OUT_DIR"), "/programmes.rs"));

/// Name of the setting with the seconds between real and business time.
const SHIFT: &str = "business-shift-seconds";
/// Name of the setting with the programme of the store.
const PROGRAMME: &str = "programme";

/// The user's folder for something, by the XDG rules.
#[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
fn folder(variable: &str, fallback: &str) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(path));
    }
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    let home = home.context("there is no home folder; name the folder with --data and the key with --key")?;
    Ok(PathBuf::from(home).join(fallback))
}

/// Folder of the store.
pub(crate) fn data(place: &Place, demo: bool) -> Result<PathBuf> {
    if let Some(data) = &place.data {
        return Ok(data.clone());
    }
    let name = match (demo, place.programme.as_str()) {
        (false, _) => "bestendig".to_owned(),
        (true, "lvv-2018") => "bestendig-demo".to_owned(),
        (true, other) => format!("bestendig-demo-{}", other.replace(['/', '\\'], "-")),
    };
    Ok(folder("XDG_DATA_HOME", ".local/share")?.join(name))
}

/// File of the root key. A demo's key lies beside nothing worth protecting, but outside its store all the same.
fn key(place: &Place, demo: bool) -> Result<PathBuf> {
    if let Some(key) = &place.key {
        return Ok(key.clone());
    }
    let name = if demo { "demo.key" } else { "root.key" };
    Ok(folder("XDG_CONFIG_HOME", ".config")?.join("bestendig").join(name))
}

/// The files of a programme: embedded by name, or read from a folder.
pub(crate) fn files(name: &str) -> Result<Vec<(String, String)>> {
    if let Some((_, files)) = EMBEDDED.iter().find(|(known, _)| *known == name) {
        return Ok(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
    }
    let dir = Path::new(name);
    if !dir.is_dir() {
        let known: Vec<&str> = EMBEDDED.iter().map(|(name, _)| *name).collect();
        bail!("there is no programme {name}: name one of {}, or a folder with TOML files", known.join(", "));
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry.with_context(|| dir.display().to_string())?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            files.push((name, text));
        }
    }
    files.sort();
    Ok(files)
}

/// What is wrong with a programme, in lines.
pub(crate) fn describe(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A programme; every mistake in its files is told.
pub(crate) fn programme(name: &str) -> Result<Programme> {
    Programme::parse(&files(name)?).map_err(|findings| anyhow::anyhow!("{}", describe(&findings)))
}

/// A store with its use cases.
pub(crate) struct Opened {
    pub(crate) desk: Desk,
    pub(crate) store: Store,
    pub(crate) keys: Keyring,
    pub(crate) location: Location,
}

/// Which clock a command runs by.
pub(crate) enum Time {
    /// The store's own: real time, unless it is a demo's.
    Kept,
    /// A demo: begins at a date when the store is new.
    Demo(Option<jiff::civil::Date>),
}

/// Opens the store of a command.
pub(crate) fn open(place: &Place, time: &Time) -> Result<Opened> {
    let demo = matches!(time, Time::Demo(_));
    let folder = data(place, demo)?;
    let location = match &place.postgres {
        None => Location::Folder(folder.clone()),
        Some(url) => Location::Postgres { url: url.clone(), keys: folder.clone() },
    };
    let programme = programme(&place.programme)?;
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let store = Store::open(&location, &desk::migrations())?;
    let demo_store = is_demo(&store)?;
    let root = RootKey::load_or_create(&key(place, demo || demo_store)?, entropy.as_ref())?;
    let keys = Keyring::open(&folder, root, Arc::clone(&entropy))?;
    same_programme(&store, programme.id.as_str())?;
    let clock = clock(&store, time, programme.today)?;
    let settings = Settings { second_factor_required: false, ..Settings::opening(&programme.opens) };
    let desk = Desk::new(store.clone(), keys.clone(), Arc::new(programme), settings, clock, entropy)?;
    desk.sweep_keys()?;
    Ok(Opened { desk, store, keys, location })
}

fn is_demo(store: &Store) -> Result<bool> {
    Ok(get(store, SHIFT)?.is_some())
}

pub(crate) fn get(store: &Store, name: &'static str) -> Result<Option<String>> {
    Ok(store.read_blocking(move |tx| setting::get(tx, name))?)
}

pub(crate) fn put(store: &Store, name: &'static str, value: String) -> Result<()> {
    Ok(store.write_blocking(move |tx| setting::put(tx, name, &value))?)
}

fn same_programme(store: &Store, name: &str) -> Result<()> {
    match get(store, PROGRAMME)? {
        Some(kept) if kept != name => {
            bail!(
                "this store is for the programme {kept}; name it with --programme {kept}, or another folder with --data"
            )
        }
        Some(_) => Ok(()),
        None => put(store, PROGRAMME, name.to_owned()),
    }
}

fn clock(store: &Store, time: &Time, programme: Option<jiff::civil::Date>) -> Result<Arc<dyn Clock>> {
    let kept = get(store, SHIFT)?.and_then(|text| text.parse().ok()).map(SignedDuration::from_secs);
    let shift = match (time, kept) {
        (Time::Demo(None) | Time::Kept, Some(kept)) => kept,
        (Time::Kept, None) => return Ok(Arc::new(SystemClock::real_time())),
        (Time::Demo(asked), _) => {
            let date = asked.or(programme).context("the programme names no business date; give one with --today")?;
            let shift = SystemClock::shift_to(date);
            put(store, SHIFT, shift.as_secs().to_string())?;
            shift
        }
    };
    Ok(Arc::new(SystemClock::shifted(SignedDuration::from_secs(shift.as_secs()))))
}
