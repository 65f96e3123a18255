//! Objections against a refusal or against what follows from a review, and the decisions on them.

use domain::{
    codes::{AskedBy, Category::Legal, ObjectionOutcome},
    fact::{Body, Codes, Fact, Kind},
    ids::FactId,
    objection::{ObjectionDecided, ObjectionMade},
};

use super::{Ask, Step, note};
use crate::form::{Choice, FieldKind, FieldSpec, FormData};

/// A decision in words: a refusal, or a step that followed from a review.
pub(crate) fn decision_words(ask: &Ask<'_>, fact: FactId) -> String {
    let (l, t) = (ask.signed.l, &ask.file.trajectory);
    let taken = t.measures.iter().find(|taken| taken.fact == fact).and_then(|taken| taken.detail.as_ref());
    match taken {
        Some(detail) => l.code("measure", detail.measure).into_owned(),
        None => l.code("kind", Kind::Screened).into_owned(),
    }
}

fn about(choices: Vec<Choice>) -> FieldSpec {
    FieldSpec::new("about", "field-about-decision", FieldKind::Select(choices), Legal).required()
}

fn with_about(fact: &Fact, data: FormData) -> FormData {
    match fact.header.codes.about {
        Some(about) => data.with("about", about),
        None => data,
    }
}

pub(super) const OBJECT: Step = Step {
    path: "bezwaar",
    kind: Kind::ObjectionMade,
    group: "cooperation",
    trial: |ask| Codes {
        about: ask.file.trajectory.open_to_objection().last().map(|(fact, _)| *fact),
        ..Codes::default()
    },
    fields: |ask| {
        let l = ask.signed.l;
        let decisions = ask.file.trajectory.open_to_objection().into_iter().rev();
        let choices = decisions
            .map(|(fact, on)| Choice::new(fact.to_string(), format!("{} · {}", decision_words(ask, fact), l.date(on))));
        let by = AskedBy::ALL.iter().map(|by| Choice::new(by.code(), l.code("asked-by", by))).collect();
        vec![
            about(choices.collect()),
            FieldSpec::new("by", "field-objection-by", FieldKind::Radios(by), Legal).required(),
            note("grounds", "field-objection-grounds", Legal).required(),
        ]
    },
    read: |_, data| {
        let (about, by) = (data.parsed("about"), data.choice("by", AskedBy::from_code));
        let grounds = data.text("grounds");
        Some((ObjectionMade { by: by?, grounds }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::ObjectionMade(b)) => with_about(fact, data).with("by", b.by).with("grounds", &b.grounds),
        _ => data,
    },
};

pub(super) const DECIDE: Step = Step {
    path: "bezwaar-beslist",
    kind: Kind::ObjectionDecided,
    group: "cooperation",
    trial: |ask| {
        let open = ask.file.trajectory.objections.iter().find(|one| one.closed.is_none());
        Codes { about: open.map(|one| one.fact), ..Codes::default() }
    },
    fields: |ask| {
        let l = ask.signed.l;
        let all = ask.file.trajectory.objections.iter();
        // a correction keeps the objection it was about, decided as it is
        let shown = all.filter(|one| one.closed.is_none() || Some(one.fact) == ask.about);
        let choices = shown.map(|one| {
            let words = format!("{} · {}", decision_words(ask, one.against), l.date(one.on));
            Choice::new(one.fact.to_string(), words)
        });
        let outcomes = ObjectionOutcome::ALL.iter().map(|o| Choice::new(o.code(), l.code("objection-outcome", o)));
        vec![
            FieldSpec::new("about", "field-about-objection", FieldKind::Select(choices.collect()), Legal).required(),
            FieldSpec::new("outcome", "field-outcome", FieldKind::Radios(outcomes.collect()), Legal).required(),
            note("reason", "field-reason", Legal).required(),
        ]
    },
    read: |_, data| {
        let (about, outcome) = (data.parsed("about"), data.choice("outcome", ObjectionOutcome::from_code));
        let reason = data.text("reason");
        Some((ObjectionDecided { outcome: outcome?, reason }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::ObjectionDecided(b)) => with_about(fact, data).with("outcome", b.outcome).with("reason", &b.reason),
        _ => data,
    },
};
