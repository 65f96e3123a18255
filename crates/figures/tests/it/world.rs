//! The demonstration's network in running read tables, and a small one to act in.

use std::sync::{Arc, Mutex, OnceLock};

use desk::{Clock, Desk};
use domain::programme::Programme;
use figures::history::{Checkpoint, History};
use jiff::Timestamp;
use journal::{Keyring, RootKey, SystemEntropy, testing::TestStore};
use population::Size;

pub(crate) fn files(name: &str) -> Vec<(String, String)> {
    let dir = format!("{}/../../programmes/{name}", env!("CARGO_MANIFEST_DIR"));
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut files: Vec<_> = paths.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect();
    files.sort();
    files
}

pub(crate) fn programme() -> Arc<Programme> {
    Arc::new(Programme::parse(&files("lvv-2018")).unwrap())
}

/// A clock that stands still until it is moved.
pub(crate) struct Hands(pub(crate) Mutex<Timestamp>);

impl Clock for Hands {
    fn real(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
    fn business(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Hands {
    pub(crate) fn move_to(&self, text: &str) {
        *self.0.lock().unwrap() = text.parse().unwrap();
    }
}

pub(crate) struct World {
    pub(crate) test: TestStore,
    pub(crate) desk: Desk,
    pub(crate) programme: Arc<Programme>,
    pub(crate) clock: Arc<Hands>,
}

/// A store filled as the demonstration is, at the first of July 2022.
pub(crate) fn filled(test: TestStore, seed: u64, size: Size) -> World {
    let programme = programme();
    let entropy = Arc::new(SystemEntropy);
    let keys = Keyring::open(test.folder.path(), RootKey::from_secret(&[7; 32]).unwrap(), entropy.clone()).unwrap();
    let clock = Arc::new(Hands(Mutex::new("2022-07-01T10:00:00Z".parse().unwrap())));
    let (store, settings) = (test.store.clone(), access::Settings::DEMONSTRATION);
    let desk = Desk::new(store, keys, programme.clone(), settings, clock.clone(), entropy).unwrap();
    let mut facts = Vec::new();
    for member in population::draw(&programme, seed, size) {
        facts.extend(member.person);
        facts.extend(member.trajectories.into_iter().flat_map(|(_, facts)| facts));
    }
    facts.sort_by_key(|recorded| (recorded.fact.header.recorded_at, recorded.fact.header.stream, recorded.number));
    desk.take_in(facts.into_iter().map(|recorded| recorded.fact).collect(), |_, _| {}).unwrap();
    World { test, desk, programme, clock }
}

impl World {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.business()
    }

    /// Everything ever known, and the head of the history as it was at a moment.
    pub(crate) fn history(&self, at: Timestamp) -> (History, Checkpoint) {
        self.test
            .store
            .read_blocking(move |tx| {
                Ok::<_, journal::Error>((History::load(tx)?, figures::history::checkpoint_at(tx, at)?))
            })
            .unwrap()
    }
}

/// The published network, filled once for all tests that only read.
pub(crate) fn published() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| filled(journal::testing::sqlite(&desk::migrations()), 2018, Size::Published))
}

/// A part of it, for tests that ask many questions.
pub(crate) fn small() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| filled(journal::testing::sqlite(&desk::migrations()), 7, Size::Small(150)))
}
