//! Opening the store, the keys and the programme that a command works on.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use access::Settings;
use anyhow::{Context as _, Result, bail};
use desk::{Desk, Ledger, SystemClock};
use domain::programme::{Finding, Programme};
use jiff::{SignedDuration, civil::Date};
use journal::{
    Entropy, Keyring, Location, RootKey, Server, Store, SystemEntropy,
    files::{Files, Folder, bucket},
    note::Signer,
    outside::Outside,
    setting,
};

use crate::args::Place;

include!(concat!(env!("OUT_DIR"), "/programmes.rs"));

/// Name of the setting with the seconds between real and business time.
const SHIFT: &str = "business-shift-seconds";
/// Name of the setting with the version of the read tables that a store holds.
const VIEWS: &str = "views-version";
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
pub(crate) fn key(place: &Place, demo: bool) -> Result<PathBuf> {
    if let Some(key) = &place.key {
        return Ok(key.clone());
    }
    let name = if demo { "demo.key" } else { "root.key" };
    Ok(folder("XDG_CONFIG_HOME", ".config")?.join("bestendig").join(name))
}

/// The list of destructions of a root key.
pub(crate) fn destructions(key: &Path) -> PathBuf {
    key.with_extension("destructions")
}

/// The real date in the Netherlands: keys age by it, also those of a demonstration.
pub(crate) fn real_date() -> Date {
    desk::clock::date_of(desk::Clock::real(&SystemClock::real_time()))
}

/// The files of a programme: embedded by name, or read from a folder.
fn files(name: &str) -> Result<Vec<(String, String)>> {
    if let Some((_, files)) = EMBEDDED.iter().find(|(known, _)| *known == name) {
        return Ok(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
    }
    let dir = Path::new(name);
    if !dir.is_dir() {
        let known: Vec<&str> = EMBEDDED.iter().map(|(name, _)| *name).collect();
        bail!("there is no programme {name}: name one of {}, or a folder with TOML files", known.join(", "));
    }
    files_in(dir)
}

/// The files of a programme in a folder.
fn files_in(dir: &Path) -> Result<Vec<(String, String)>> {
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
    parse(&files(name)?)
}

/// The programme in a folder, whatever the folder is called.
pub(crate) fn programme_in(dir: &Path) -> Result<Programme> {
    if !dir.is_dir() {
        bail!("{} is no folder; name a folder with TOML files", dir.display());
    }
    parse(&files_in(dir)?)
}

fn parse(files: &[(String, String)]) -> Result<Programme> {
    Programme::parse(files).map_err(|findings| anyhow::anyhow!("{}", describe(&findings)))
}

/// A store with its use cases.
pub(crate) struct Opened {
    pub(crate) desk: Desk,
    pub(crate) store: Store,
    pub(crate) keys: Keyring,
    pub(crate) location: Location,
    /// Seconds between real and business time; none in a store for real use.
    pub(crate) shift: Option<i64>,
}

/// Which clock a command runs by.
#[derive(Clone, Copy)]
pub(crate) enum Time {
    /// The store's own: real time, unless it is a demo's.
    Kept,
    /// A demo: begins at a date when the store is new.
    #[cfg_attr(not(feature = "demonstration"), allow(dead_code, reason = "a demonstration is left out"))]
    Demo(Option<Date>),
}

/// Opens the store of a command.
pub(crate) fn open(place: &Place, time: Time) -> Result<Opened> {
    open_with(place, time, Origin::Own)
}

/// Opens a store that was put back: a new root key would open nothing of it.
pub(crate) fn open_restored(place: &Place, origin: Origin) -> Result<Opened> {
    open_with(place, Time::Kept, origin)
}

/// Where a store and its keys come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// They were there, or are made.
    Own,
    /// The store was put back, the keys were there.
    Backup,
    /// Both were put back: a backup of the keys does not last.
    BackupWithKeys,
}

fn location(place: &Place, folder: &Path) -> Location {
    let Some(url) = place.postgres.clone() else { return Location::Folder(folder.to_owned()) };
    let identity = place.postgres_certificate.clone().zip(place.postgres_key.clone());
    let server = Server { url, authorities: place.postgres_ca.clone(), identity };
    Location::Postgres { server, keys: folder.to_owned() }
}

fn open_with(place: &Place, time: Time, origin: Origin) -> Result<Opened> {
    let demo = matches!(time, Time::Demo(_));
    journal::seal_new_with(place.seal_with);
    let folder = data(place, demo)?;
    let location = location(place, &folder);
    let programme = programme(&place.programme)?;
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let store = Store::open(&location, &desk::migrations())?;
    store.read_blocking(journal::read::all_known)?;
    let kept = kept_shift(&store)?;
    let key = key(place, demo || kept.is_some())?;
    if origin != Origin::Own && !key.exists() {
        bail!("there is no root key {}; name with --key the one that this store was made with", key.display());
    }
    let root = RootKey::load_or_create(&key, entropy.as_ref())?;
    if origin == Origin::BackupWithKeys {
        journal::accept_key_backup(&folder, &root, real_date())?;
    }
    let keys = Keyring::open(&folder, root, Arc::clone(&entropy))?;
    same_programme(&store, programme.id.as_str())?;
    let shift = shift(&store, time, kept, programme.today)?;
    let clock = shift.map_or_else(SystemClock::real_time, |by| SystemClock::shifted(SignedDuration::from_secs(by)));
    // only invented people may be reached with a password alone
    let second_factor_required = !(demo || kept.is_some());
    let settings = Settings { second_factor_required, ..Settings::opening(&programme.opens) };
    let (keyring, programme) = (keys.clone(), Arc::new(programme));
    let desk = Desk::new(store.clone(), keyring, programme, settings, Arc::new(clock), entropy)?;
    if demo && kept.is_none() {
        refuse_real(&desk)?;
    }
    desk.sweep_keys()?;
    current_views(&desk, &store)?;
    let signer = Signer::load_or_create(&key.with_extension("signing"), &desk.log_name(), &SystemEntropy)?;
    let outside = place.checkpoints.clone().unwrap_or_else(|| key.with_extension("checkpoints"));
    desk.keep_checkpoints(Ledger { signer, outside: Outside::new(outside) });
    let largest = place.largest_document.map_or(desk::LARGEST, |megabytes| megabytes * 1024 * 1024);
    desk.keep_documents_in(documents(place, &folder)?, largest);
    if let Some(scanner) = place.scanner.clone() {
        desk.scan_documents_with(scanner);
    }
    desk.keep_destructions_in(place.destructions.clone().unwrap_or_else(|| destructions(&key)));
    let gone = desk.settle_destructions().context("the list of destructions could not be applied")?;
    if gone > 0 {
        eprintln!("bestendig: {gone} people who were destroyed before are destroyed in this store too");
    }
    for org in desk.end_agreements()? {
        eprintln!("bestendig: the agreement with {org} has ended; its keys are gone (`keys readmit` after a new one)");
    }
    if let (Some(kept), Some(shift)) = (kept, shift)
        && kept != shift
    {
        put(&store, SHIFT, shift.to_string())?;
        if shift < kept {
            // rows were brought up to a later day; from here they would only go forward
            desk.rebuild(|_, _| {})?;
        }
    }
    Ok(Opened { desk, store, keys, location, shift })
}

/// Where documents lie: a folder, or the bucket that a file describes.
fn documents(place: &Place, folder: &Path) -> Result<Arc<dyn Files>> {
    let Some(file) = &place.documents_bucket else {
        let documents = place.documents.clone().unwrap_or_else(|| folder.join("documents"));
        return Ok(Arc::new(Folder::new(documents)));
    };
    let wrong = || file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(wrong)?;
    // one line says what is wrong; the whole message would show the file
    let said = |error: toml::de::Error| anyhow::anyhow!("{}", error.message());
    let settings: bucket::Settings = toml::from_str(&text).map_err(said).with_context(wrong)?;
    let secret = file.parent().unwrap_or_else(|| Path::new(".")).join(&settings.secret_key_file);
    let text = journal::read_private(&secret).with_context(|| secret.display().to_string())?;
    let bucket = bucket::Bucket::new(&settings, text.lines().next().unwrap_or_default().trim()).with_context(wrong)?;
    Ok(Arc::new(bucket))
}

impl Opened {
    /// What a store must say to be a demonstration's: kept in one transaction with what fills it.
    #[cfg(feature = "demonstration")]
    pub(crate) fn demo_settings(&self) -> Vec<(&'static str, String)> {
        self.shift.map(|shift| (SHIFT, shift.to_string())).into_iter().collect()
    }
}

/// A store of a demonstration says by how much its business date is shifted, from its first fact on.
fn kept_shift(store: &Store) -> Result<Option<i64>> {
    let Some(text) = get(store, SHIFT)? else { return Ok(None) };
    Ok(Some(text.parse().with_context(|| format!("the setting {SHIFT} of this store is no number"))?))
}

/// A demonstration in a store for real use would put invented people among real ones.
fn refuse_real(desk: &Desk) -> Result<()> {
    if desk.facts_in_all()? > 0 || has_accounts(desk) {
        bail!("this store is for real use and no demonstration; name another folder with --data");
    }
    Ok(())
}

/// Whether anyone can sign in.
pub(crate) fn has_accounts(desk: &Desk) -> bool {
    desk.programme().sites.iter().any(|site| !desk.colleagues(&site.id).is_empty())
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

/// Read tables that another version of the program kept are made anew: their rows may mean something else here.
fn current_views(desk: &Desk, store: &Store) -> Result<()> {
    if get(store, VIEWS)?.as_deref() == Some(views::VERSION) {
        return Ok(());
    }
    if desk.facts_in_all()? > 0 {
        eprintln!("bestendig: the read tables were kept by another version of the program; making them anew");
        desk.rebuild(|_, _| {}).context("the read tables could not be made anew")?;
    }
    put(store, VIEWS, views::VERSION.to_owned())
}

/// The seconds between real and business time; nothing is written yet.
fn shift(store: &Store, time: Time, kept: Option<i64>, programme: Option<Date>) -> Result<Option<i64>> {
    match (time, kept) {
        (Time::Demo(None) | Time::Kept, Some(kept)) => Ok(Some(kept)),
        (Time::Kept, None) => Ok(None),
        (Time::Demo(asked), _) => {
            let date = asked.or(programme).context("the programme names no business date; give one with --today")?;
            let last = store.read_blocking(journal::read::latest)?;
            let last = last.map(|(recorded, valid)| valid.max(desk::clock::date_of(recorded)));
            if let Some(last) = last.filter(|last| kept.is_some() && date < *last) {
                bail!("the last fact of this store is of {last}; give that day or a later one with --today");
            }
            Ok(Some(SystemClock::shift_to(date).as_secs()))
        }
    }
}
