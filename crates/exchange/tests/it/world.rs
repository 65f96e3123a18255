//! Stores with and without facts.

use std::sync::Arc;

use desk::{Clock, Desk, conference::SittingLog};
use domain::{
    codes::Board,
    fact::Fact,
    ids::{OrgId, SittingId, Stream, TrajectoryId, UserId},
    programme::Programme,
    sitting::{Act, Line, Member, Person, Seat, Slot},
};
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

/// Some case of these facts.
pub(crate) fn a_case(facts: &[Fact]) -> TrajectoryId {
    let case = |fact: &Fact| match fact.header.stream {
        Stream::Trajectory(id) => Some(id),
        Stream::Participant(_) => None,
    };
    facts.iter().find_map(case).unwrap()
}

/// Two sittings: one held over a case, with a guest, and one called off.
pub(crate) fn sittings(case: TrajectoryId) -> Vec<SittingLog> {
    let by = UserId(uuid::Uuid::from_u128(3));
    let planned = |on: &str| Act::Planned {
        board: Board::Lso,
        site: "vrijstad".parse().unwrap(),
        on: on.parse().unwrap(),
        at: jiff::civil::time(9, 30, 0, 0),
        minutes: 120,
        place: "Stadhuis, verzonnen zaal".into(),
    };
    let lead: OrgId = "municipality-vrijstad".parse().unwrap();
    let seats = [("Proef Voorzitter", Some(by)), ("Proef Gast", None)];
    let seats = seats.map(|(name, user)| Seat { org: lead.clone(), name: name.into(), user, mandate: true });
    let held = vec![
        planned("2022-06-14"),
        Act::Invited { members: vec![Member { user: by, org: lead.clone() }] },
        Act::Ordered { slots: vec![Slot { case, minutes: 20 }] },
        Act::Opened {},
        Act::Attended { seats: seats.to_vec() },
        Act::Recused { case, org: lead.clone(), one: Some(Person::Guest("Proef Gast".into())), out: true },
        Act::Recused { case, org: lead, one: None, out: true },
        Act::Began { case },
        Act::Closed {},
        Act::Contested { digest: "d1".into(), reason: "een toezegging ontbreekt".into() },
    ];
    let off = vec![planned("2022-06-21"), Act::Cancelled { reason: "geen zaal".into() }];
    let log = |number: u128, acts: Vec<Act>| {
        let line = |(number, act)| Line {
            number,
            at: Timestamp::from_second(1_655_000_000 + i64::from(number)).unwrap(),
            by,
            act,
        };
        (SittingId(uuid::Uuid::from_u128(700 + number)), (1..).zip(acts).map(line).collect())
    };
    vec![log(1, held), log(2, off)]
}
