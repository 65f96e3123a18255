//! Sealing the rows of the read tables, outside the transaction that writes them.

use domain::{
    ids::UserId,
    participant::Person,
    trajectory::{Recorded, Trajectory},
};
use jiff::{Timestamp, civil::Date};
use journal::{Class, PersonKey, Tx};
use views::{
    project::{TrajectoryRow, trajectory_row},
    write::SealedRow,
};

use crate::{
    Failure, Inner,
    load::{person_place, trajectory_place},
    parts,
};

/// A person ready to write.
pub(crate) struct SealedPerson {
    pub(crate) person: Person,
    /// Nothing of someone whose key was destroyed.
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) tokens: Vec<[u8; 16]>,
}

impl SealedPerson {
    pub(crate) fn put(&self, tx: &mut Tx<'_>) -> journal::Result<()> {
        views::write::put_person(tx, &self.person, self.sealed.as_deref(), &self.tokens)
    }
}

/// When a history last changed, and by whom.
pub(crate) fn changed(history: &[Recorded]) -> (Timestamp, UserId) {
    let last = history.iter().max_by_key(|recorded| recorded.number);
    last.map_or((Timestamp::UNIX_EPOCH, UserId(uuid::Uuid::nil())), |recorded| {
        (recorded.fact.header.recorded_at, recorded.fact.header.actor)
    })
}

impl Inner {
    /// The row of a trajectory on a day, sealed; without key (a forgotten person) only what is in the clear.
    pub(crate) fn sealed_row(
        &self,
        state: &Trajectory,
        person: &Person,
        key: Option<&PersonKey>,
        today: Date,
        changed: (Timestamp, UserId),
    ) -> Result<SealedRow, Failure> {
        let method = self.method(&state.method)?;
        let row: TrajectoryRow = trajectory_row(state, person, method, &self.programme, today, changed)
            .ok_or_else(|| Failure::Unreadable(format!("the programme no longer has the site {}", state.site)))?;
        let place = trajectory_place(state.id);
        let Some(key) = key else { return Ok(SealedRow { row, card: None, file: None }) };
        let entropy = self.entropy.as_ref();
        let card = key.seal(Class::Card, &place, &parts::of_card(&row.card)?, entropy)?;
        let file = key.seal(Class::File, &place, &parts::of_trajectory(state)?, entropy)?;
        Ok(SealedRow { row, card: Some(card), file: Some(file) })
    }

    /// The row of a person, sealed, with the tokens to find them by; neither of them without key.
    pub(crate) fn sealed_person(&self, person: &Person, key: Option<&PersonKey>) -> Result<SealedPerson, Failure> {
        let Some(key) = key else {
            return Ok(SealedPerson { person: person.clone(), sealed: None, tokens: vec![] });
        };
        let place = person_place(person.id);
        let sealed = Some(key.seal(Class::Person, &place, &parts::of_person(person)?, self.entropy.as_ref())?);
        let tokens = views::names::keys_of(person).iter().map(|text| self.keys.token(text)).collect();
        Ok(SealedPerson { person: person.clone(), sealed, tokens })
    }

    /// A method of the programme.
    pub(crate) fn method(&self, id: &domain::ids::MethodId) -> Result<&domain::programme::Method, Failure> {
        let method = self.programme.method(id);
        method.ok_or_else(|| Failure::Unreadable(format!("the programme no longer has the method {id}")))
    }
}
