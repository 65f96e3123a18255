//! Shelter stays. While one is on, another is a move: it ends the first the same day.

use domain::{
    codes::Category::ShelterAddress,
    fact::{Body, Codes, Fact, Kind},
    ids::FactId,
    programme::List,
    shelter::{ShelterEnded, ShelterStarted},
};

use super::{Ask, Step, line, note};
use crate::form::{FieldKind, FieldSpec, FormData};

/// The stay that a move ends: the one that is on, also one that lasts as long as a hold.
fn now(ask: &Ask<'_>) -> Option<FactId> {
    let t = &ask.file.trajectory;
    t.stay().or_else(|| t.stay_on(ask.signed.today())).map(|stay| stay.fact)
}

pub(super) const START: Step = Step {
    path: "opvang",
    kind: Kind::ShelterStarted,
    group: "shelter",
    trial: |ask| Codes { about: now(ask), ..Codes::default() },
    fields: |ask| {
        let names = &ask.signed.names;
        let select = |name, label, list| {
            FieldSpec::new(name, label, FieldKind::Select(names.choices(list)), ShelterAddress).required()
        };
        vec![
            select("kind", "field-shelter-kind", List::ShelterKinds),
            line("location", "field-location", ShelterAddress).required(),
            select("funder", "field-funder", List::Funders),
        ]
    },
    read: |ask, data| {
        let (kind, location, funder) = (data.code("kind"), data.text("location"), data.code("funder"));
        let about = if ask.corrects.is_some() { ask.about } else { now(ask) };
        Some((ShelterStarted { kind: kind?, location, funder: funder? }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::ShelterStarted(b)) => {
            data.with("kind", &b.kind).with("location", &b.location).with("funder", &b.funder)
        }
        _ => data,
    },
};

pub(super) const END: Step = Step {
    path: "opvang-einde",
    kind: Kind::ShelterEnded,
    group: "shelter",
    trial: |ask| Codes { about: ask.file.trajectory.stay().map(|stay| stay.fact), ..Codes::default() },
    fields: |_| vec![note("reason", "field-reason", ShelterAddress).required()],
    read: |ask, data| {
        let about = ask.about.or_else(|| ask.file.trajectory.stay().map(|stay| stay.fact));
        let reason = data.text("reason");
        Some((ShelterEnded { reason }.into(), Codes { about, ..Codes::default() }))
    },
    fill: filled,
};

fn filled(fact: &Fact, data: FormData) -> FormData {
    match &fact.body {
        Some(Body::ShelterEnded(b)) => data.with("reason", &b.reason),
        _ => data,
    }
}
