//! The registration itself, only to correct it: a new one begins with a search.

use domain::{
    codes::Category::{Identity, Process},
    fact::{Body, Codes, Kind},
    programme::List,
    registration::Registered,
};

use super::{Step, no_codes, note};
use crate::form::{FieldKind, FieldSpec};

pub(super) const REGISTER: Step = Step {
    path: "aanmelding",
    kind: Kind::Registered,
    group: "admission",
    trial: no_codes,
    fields: |ask| {
        let languages = FieldKind::Select(ask.signed.names.choices(List::Languages));
        vec![
            note("circumstances", "field-circumstances", Process).required(),
            FieldSpec::new("informed_in", "field-informed-in", languages, Identity).hint("field-informed-in-hint"),
        ]
    },
    read: |ask, data| {
        let (circumstances, informed_in) = (data.text("circumstances"), data.code("informed_in"));
        // a re-entry stays linked to the trajectory before it
        let previous = ask.corrects.and_then(|fact| fact.header.codes.previous);
        Some((Registered { circumstances, informed_in }.into(), Codes { previous, ..Codes::default() }))
    },
    fill: |fact, data| {
        let Some(Body::Registered(b)) = &fact.body else { return data };
        let data = data.with("circumstances", &b.circumstances);
        match &b.informed_in {
            Some(language) => data.with("informed_in", language),
            None => data,
        }
    },
};
