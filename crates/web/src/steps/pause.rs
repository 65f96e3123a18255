//! Pauses, with a reason.

use domain::{
    codes::Category::{Medical, Process},
    fact::{Body, Codes, Kind},
    ids::Code,
    pause::{PauseEnded, PauseStarted},
    programme::List,
};

use super::{Step, choices, note, recordable};
use crate::form::{Choice, FieldKind, FieldSpec};

pub(super) const START: Step = Step {
    path: "pauze",
    kind: Kind::PauseStarted,
    group: "guidance",
    trial: |ask| {
        let on = |code: &Code| ask.file.trajectory.pauses_on().any(|pause| pause.code.as_ref() == Some(code));
        let mut free = recordable(ask, List::Pauses).map(|entry| &entry.code).filter(|code| !on(code));
        Codes { pause: free.next().cloned(), ..Codes::default() }
    },
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
    trial: |ask| Codes { about: ask.file.trajectory.pauses_on().next().map(|pause| pause.fact), ..Codes::default() },
    fields: |ask| {
        let (l, names) = (ask.signed.l, &ask.signed.names);
        let note = note("note", "field-note", Medical);
        let mut on = ask.file.trajectory.pauses_on();
        // one that is on needs no choice, and neither does a correction: that one is over
        if ask.about.is_some() || on.by_ref().take(2).count() < 2 {
            return vec![note];
        }
        let choices = ask.file.trajectory.pauses_on().map(|pause| {
            let why = names.pause(l, pause.code.as_ref());
            Choice::new(pause.fact.to_string(), format!("{why} · {}", l.date(pause.from)))
        });
        vec![
            FieldSpec::new("about", "field-pause-which", FieldKind::Select(choices.collect()), Process).required(),
            note,
        ]
    },
    read: |ask, data| {
        let only = ask.file.trajectory.pauses_on().next().map(|pause| pause.fact);
        let chosen = if data.has_field("about") { data.parsed("about") } else { only };
        let about = ask.about.or(chosen);
        let note = data.text("note");
        Some((PauseEnded { note }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::PauseEnded(b)) => data.with("note", &b.note),
        _ => data,
    },
};
