//! Loading histories and sealed states, opened with the key of their person.

use domain::{
    ids::{ParticipantId, Stream},
    participant::Person,
    trajectory::{Recorded, Trajectory},
};
use journal::{Class, PersonKey, Tx};

use crate::{Failure, Inner, parts};

impl Inner {
    /// The facts of a stream, opened by the record keeper.
    pub(crate) fn history(
        &self,
        tx: &mut Tx<'_>,
        stream: Stream,
        subject: ParticipantId,
    ) -> Result<Vec<Recorded>, Failure> {
        let key = self.keys.key(subject)?;
        history_with(tx, stream, key.as_deref())
    }

    /// A person from the read table, opened by the record keeper; `None` when there is no such person (any more).
    pub(crate) fn person(&self, tx: &mut Tx<'_>, id: ParticipantId) -> Result<Option<Person>, Failure> {
        let Some(sealed) = views::search::person(tx, id)? else { return Ok(None) };
        let Some(key) = self.keys.key(id)? else { return Ok(None) };
        open_person(&key, id, &sealed)
    }
}

/// The facts of a stream, as far as a key opens them.
pub(crate) fn history_with(tx: &mut Tx<'_>, stream: Stream, key: Option<&PersonKey>) -> Result<Vec<Recorded>, Failure> {
    let stored = journal::read::stream(tx, stream)?;
    Ok(stored.into_iter().map(|fact| fact.open(key)).collect::<journal::Result<_>>()?)
}

/// Where the state of a person is sealed.
pub(crate) fn person_place(id: ParticipantId) -> Vec<u8> {
    [b"participant".as_slice(), id.0.as_bytes()].concat()
}

/// Where the card and the state of a trajectory are sealed.
pub(crate) fn trajectory_place(id: domain::ids::TrajectoryId) -> Vec<u8> {
    [b"trajectory".as_slice(), id.0.as_bytes()].concat()
}

/// A person, as far as a key opens it; `None` when it opens nothing.
pub(crate) fn open_person(key: &PersonKey, id: ParticipantId, sealed: &[u8]) -> Result<Option<Person>, Failure> {
    parts::person(&key.open(Class::Person, &person_place(id), sealed)?)
}

/// A trajectory, as far as a key opens it; `None` when it opens nothing.
pub(crate) fn open_trajectory(
    key: &PersonKey,
    id: domain::ids::TrajectoryId,
    sealed: &[u8],
) -> Result<Option<Trajectory>, Failure> {
    parts::trajectory(&key.open(Class::File, &trajectory_place(id), sealed)?)
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| Failure::Unreadable(domain::fact::describe(&error)))
}

pub(crate) fn write<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| Failure::Unreadable(domain::fact::describe(&error)))
}
