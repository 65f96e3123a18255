//! Holds: someone must be sheltered until a day, whatever else is decided.

use domain::{
    codes::Category::{Legal, Process},
    fact::{Body, Codes, Kind},
    hold::{Hold, HoldLifted, HoldSet},
    programme::List,
};

use super::{Step, no_codes, note};
use crate::form::{Choice, FieldKind, FieldSpec};

pub(super) const SET: Step = Step {
    path: "opvang-moet",
    kind: Kind::HoldSet,
    group: "shelter",
    trial: no_codes,
    fields: |ask| {
        let grounds = FieldKind::Select(ask.signed.names.choices(List::HoldGrounds));
        vec![
            FieldSpec::new("ground", "field-ground", grounds, Process).required(),
            FieldSpec::new("until", "field-hold-until", FieldKind::Date, Process).hint("field-hold-until-hint"),
            note("note", "field-hold-note", Legal).required().hint("field-hold-note-hint"),
        ]
    },
    read: |_, data| {
        let (ground, until, note) = (data.code("ground"), data.date("until"), data.text("note"));
        Some((HoldSet { ground: ground?, note }.into(), Codes { until, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        if let Some(until) = fact.header.codes.until {
            data = data.with_date("until", until);
        }
        match &fact.body {
            Some(Body::HoldSet(b)) => data.with("ground", &b.ground).with("note", &b.note),
            _ => data,
        }
    },
};

pub(super) const LIFT: Step = Step {
    path: "opvang-moet-voorbij",
    kind: Kind::HoldLifted,
    group: "shelter",
    trial: |ask| {
        let hold = ask.file.trajectory.hold_on(ask.signed.today());
        Codes { about: hold.map(|hold| hold.fact), ..Codes::default() }
    },
    fields: |ask| {
        let (l, names, today) = (ask.signed.l, &ask.signed.names, ask.signed.today());
        let shown = |hold: &&Hold| hold.runs_on(today) || Some(hold.fact) == ask.about;
        let choices = ask.file.trajectory.holds.iter().filter(shown).map(|hold| {
            let ground = hold.ground.as_ref().map(|code| names.of(List::HoldGrounds, code.as_str()));
            Choice::new(hold.fact.to_string(), format!("{} · {}", ground.unwrap_or_default(), l.date(hold.from)))
        });
        vec![
            FieldSpec::new("about", "field-about-hold", FieldKind::Select(choices.collect()), Process).required(),
            note("note", "field-hold-end", Legal).required().hint("field-hold-end-hint"),
        ]
    },
    read: |_, data| {
        let (about, note) = (data.parsed("about"), data.text("note"));
        Some((HoldLifted { note }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        if let Some(about) = fact.header.codes.about {
            data = data.with("about", about);
        }
        match &fact.body {
            Some(Body::HoldLifted(b)) => data.with("note", &b.note),
            _ => data,
        }
    },
};
