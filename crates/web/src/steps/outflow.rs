//! Outflow: reason, day, destination, evidence. The class follows from a classification.

use domain::{
    codes::Category::{Departure, Process},
    fact::{Body, Codes, Kind},
    outflow::Left,
    programme::List,
};

use super::{Step, note, source};
use crate::form::{FieldKind, FieldSpec};

pub(super) const LEAVE: Step = Step {
    path: "vertrek",
    kind: Kind::Left,
    group: "outflow",
    trial: |_| Codes { outflow_reason: "other".parse().ok(), ..Codes::default() },
    fields: |ask| {
        let names = &ask.signed.names;
        let select =
            |name, label, list, category| FieldSpec::new(name, label, FieldKind::Select(names.choices(list)), category);
        vec![
            select("outflow_reason", "field-outflow-reason", List::OutflowReasons, Process).required(),
            select("destination", "field-destination", List::Countries, Departure).hint("field-destination-hint"),
            select("evidence", "field-evidence", List::Evidence, Departure).required(),
            source(ask, Departure),
            note("note", "field-note", Departure),
        ]
    },
    read: |_, data| {
        let outflow_reason = data.code("outflow_reason");
        let (destination, evidence) = (data.code("destination"), data.code("evidence"));
        let note = data.text("note");
        let body = Left { destination, evidence: evidence?, note };
        Some((body.into(), Codes { outflow_reason, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        let Some(Body::Left(b)) = &fact.body else { return data };
        if let Some(reason) = &fact.header.codes.outflow_reason {
            data = data.with("outflow_reason", reason);
        }
        if let Some(country) = &b.destination {
            data = data.with("destination", country);
        }
        data.with("evidence", &b.evidence).with("note", &b.note)
    },
};
