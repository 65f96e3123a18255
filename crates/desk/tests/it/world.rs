//! A desk on an empty store, with a clock that the test moves.

use std::sync::{Arc, Mutex};

use access::Principal;
use desk::{Clock, Desk, Order, Target};
use domain::{
    codes::{Role, Sex, Status},
    fact::Codes,
    ids::{CommandId, ParticipantId, TrajectoryId, UserId},
    participant::{IdentityRecorded, Name},
    programme::{List, Programme},
    registration::Registered,
    screening::{Mandate, Screened},
    trajectory::Draft,
};
use jiff::{Timestamp, civil::Date};
use journal::{Entropy as _, Keyring, RootKey, SystemEntropy, testing::TestStore};

/// A clock that stands still until it is moved.
pub(crate) struct Hands(Mutex<Timestamp>);

impl Hands {
    pub(crate) fn at(text: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(text.parse().unwrap())))
    }
    pub(crate) fn move_to(&self, text: &str) {
        *self.0.lock().unwrap() = text.parse().unwrap();
    }
}

impl Clock for Hands {
    fn real(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
    fn business(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<Hands>,
    pub(crate) keys: Keyring,
    pub(crate) test: TestStore,
}

pub(crate) fn programme() -> Programme {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018");
    let mut files: Vec<(String, String)> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap() != "published.toml")
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    Programme::parse(&files).unwrap()
}

/// A world on each database.
pub(crate) fn worlds() -> Vec<World> {
    journal::testing::stores(&desk::migrations()).into_iter().map(world).collect()
}

pub(crate) fn world(test: TestStore) -> World {
    world_of(test, programme())
}

/// A world of a programme of one's own.
pub(crate) fn world_of(test: TestStore, programme: Programme) -> World {
    let entropy = Arc::new(SystemEntropy);
    let root = RootKey::from_secret(&[7; 32]).unwrap();
    let keys = Keyring::open(test.folder.path(), root, entropy.clone()).unwrap();
    let clock = Hands::at("2022-07-01T10:00:00Z");
    let desk = Desk::new(
        test.store.clone(),
        keys.clone(),
        Arc::new(programme),
        access::Settings::DEMONSTRATION,
        clock.clone(),
        entropy,
    )
    .unwrap();
    World { desk, clock, keys, test }
}

/// The same store, as after a restart.
pub(crate) fn desk_again(world: &World) -> Desk {
    let (store, keys, programme) = (world.test.store.clone(), world.keys.clone(), world.desk.programme().clone());
    let settings = access::Settings::DEMONSTRATION;
    Desk::new(store, keys, programme, settings, world.clock.clone(), Arc::new(SystemEntropy)).unwrap()
}

pub(crate) fn someone(world: &World, role: Role, site: &str) -> Principal {
    let site = world.desk.programme().site(&site.parse().unwrap()).unwrap().clone();
    let org = if role == Role::Guide { site.guides[0].clone() } else { site.lead.clone() };
    let org_kind = world.desk.programme().org(&org).unwrap().kind;
    let user = UserId(SystemEntropy.id());
    Principal {
        user,
        name: "Proef Collega".into(),
        role,
        org,
        org_kind,
        sites: vec![site.id],
        strength: access::Strength::SecondFactor,
        settings: access::Settings::CLOSED,
        purpose: access::working_purpose(
            access::Asker { role, org_kind, strength: access::Strength::SecondFactor },
            access::Settings::CLOSED,
        ),
        trace: access::Trace::default(),
    }
}

pub(crate) fn command() -> CommandId {
    CommandId(SystemEntropy.id())
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The first code of a list.
pub(crate) fn first(list: List) -> domain::ids::Code {
    // read once: a test that wants two commands at the same moment has no time to read files
    static READ: std::sync::LazyLock<Programme> = std::sync::LazyLock::new(programme);
    READ.list(list).0[0].code.clone()
}

pub(crate) fn identity(name: &str, on: Date) -> Draft {
    let names = vec![Name { text: name.into(), kind: first(List::NameKinds) }];
    let v_number_missing = Some(first(List::VNumberMissing));
    let body = IdentityRecorded { names, birth: None, v_number: None, v_number_missing, nationalities: vec![] };
    Draft::new(body, on).codes(Codes { sex: Some(Sex::Unknown), ..Codes::default() })
}

/// An order to register someone new in Groningen.
pub(crate) fn registration(name: &str, on: Date) -> Order {
    let body = Registered { circumstances: "kwam zelf binnen".into(), informed_in: None };
    let target =
        Target::New { site: "groningen".parse().unwrap(), known: None, identity: Some(Box::new(identity(name, on))) };
    Order { command: command(), expected: None, target, drafts: vec![Draft::new(body, on)] }
}

pub(crate) async fn register(world: &World, name: &str, on: &str) -> (TrajectoryId, ParticipantId) {
    let who = someone(world, Role::Coordinator, "groningen");
    let done = world.desk.execute(&who, registration(name, day(on))).await.unwrap();
    (done.trajectory.unwrap(), done.participant)
}

/// A decision to admit, in mandate.
pub(crate) fn admission(world: &World, on: Date) -> Draft {
    let method = world.desk.programme().method_on(&"groningen".parse().unwrap(), on).unwrap();
    let body = Screened {
        ground: method.grounds.first().cloned(),
        exception_by: None,
        reason: "voldoet aan de gronden".into(),
        mandate: Mandate {
            by: "Proef Beslisser".into(),
            on_behalf_of: first(List::OnBehalfOf),
            form: first(List::Forms),
            form_date: on,
        },
        remedy: None,
    };
    Draft::new(body, on).codes(Codes { status: Some(Status::Admitted), ..Codes::default() })
}

pub(crate) fn on(trajectory: TrajectoryId, expected: Option<u32>, draft: Draft) -> Order {
    Order { command: command(), expected, target: Target::Trajectory(trajectory), drafts: vec![draft] }
}

pub(crate) fn language(text: &str) -> domain::ids::Code {
    text.parse().unwrap()
}

/// A colleague takes the case on: their organisation then has a task in it.
pub(crate) fn taken_by(who: &Principal, on: &str) -> Draft {
    let body = domain::partner::WorkerAssigned {
        user: Some(who.user),
        task: domain::codes::Task::CaseManager,
        function: String::new(),
    };
    let codes = Codes { partner: Some(who.org.clone()), ..Codes::default() };
    Draft::new(body, day(on)).codes(codes)
}
