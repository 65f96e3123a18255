//! Stores with and without facts.

use std::sync::Arc;

use desk::{Clock, Desk};
use domain::{fact::Fact, programme::Programme};
use jiff::Timestamp;
use journal::{Keyring, RootKey, SystemEntropy, testing::TestStore};
use population::Size;

struct Still;

impl Clock for Still {
    fn real(&self) -> Timestamp {
        "2022-07-01T10:00:00Z".parse().unwrap()
    }
    fn business(&self) -> Timestamp {
        self.real()
    }
}

pub(crate) fn programme() -> Programme {
    programme_of("one-city")
}

pub(crate) fn programme_of(name: &str) -> Programme {
    let dir = format!("{}/../../programmes/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<(String, String)> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    Programme::parse(&files).unwrap()
}

pub(crate) fn stores() -> Vec<TestStore> {
    journal::testing::stores(&desk::migrations())
}

pub(crate) fn desk(test: &TestStore) -> Desk {
    let entropy = Arc::new(SystemEntropy);
    let root = RootKey::from_secret(&[7; 32]).unwrap();
    let keys = Keyring::open(test.folder.path(), root, entropy.clone()).unwrap();
    Desk::new(
        test.store.clone(),
        keys,
        Arc::new(programme()),
        access::Settings::DEMONSTRATION,
        Arc::new(Still),
        entropy,
    )
    .unwrap()
}

/// A few people with everything that happened, in the order of recording.
pub(crate) fn facts() -> Vec<Fact> {
    let mut all: Vec<_> = population::draw(&programme(), 7, Size::Small(8))
        .into_iter()
        .flat_map(|member| {
            std::iter::once(member.person).chain(member.trajectories.into_iter().map(|(_, facts)| facts))
        })
        .flatten()
        .collect();
    all.sort_by_key(|recorded| (recorded.fact.header.recorded_at, recorded.fact.header.stream, recorded.number));
    all.into_iter().map(|recorded| recorded.fact).collect()
}
