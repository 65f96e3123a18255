//! Pauses, with a reason.

use domain::{
    codes::Category::{Medical, Process},
    fact::{Body, Codes, Kind},
    pause::{PauseEnded, PauseStarted},
    programme::List,
};

use super::{Step, choices, note};
use crate::form::{FieldKind, FieldSpec};

pub(super) const START: Step = Step {
    path: "pauze",
    kind: Kind::PauseStarted,
    group: "guidance",
    trial: |_| Codes { pause: "other".parse().ok(), ..Codes::default() },
    fields: |ask| {
        let list = choices(ask, List::Pauses);
        // why someone pauses is often about health
        let note = note("note", "field-note", Medical);
        // who may not know the reason corrects the rest
        if ask.corrects.is_some_and(|fact| fact.header.codes.pause.is_none()) {
            return vec![note];
        }
        vec![FieldSpec::new("pause", "field-pause", FieldKind::Select(list), Process).required(), note]
    },
    read: |_, data| {
        let pause = data.code("pause");
        let note = data.text("note");
        Some((PauseStarted { note }.into(), Codes { pause, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        if let Some(code) = &fact.header.codes.pause {
            data = data.with("pause", code);
        }
        match &fact.body {
            Some(Body::PauseStarted(b)) => data.with("note", &b.note),
            _ => data,
        }
    },
};

pub(super) const END: Step = Step {
    path: "pauze-einde",
    kind: Kind::PauseEnded,
    group: "guidance",
    trial: |ask| Codes { about: ask.file.trajectory.pause().map(|pause| pause.fact), ..Codes::default() },
    fields: |_| vec![note("note", "field-note", Medical)],
    read: |ask, data| {
        let about = ask.about.or_else(|| ask.file.trajectory.pause().map(|pause| pause.fact));
        let note = data.text("note");
        Some((PauseEnded { note }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::PauseEnded(b)) => data.with("note", &b.note),
        _ => data,
    },
};
