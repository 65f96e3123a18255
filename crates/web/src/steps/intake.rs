//! Intake: languages, interpreter, needs.

use domain::{
    codes::Category::{GuidanceNotes, Process},
    fact::{Body, Codes, Kind},
    intake::IntakeHeld,
    programme::List,
};

use super::{Step, no_codes, note};
use crate::form::{FieldKind, FieldSpec};

pub(super) const HOLD: Step = Step {
    path: "intake",
    kind: Kind::IntakeHeld,
    group: "intake",
    trial: no_codes,
    fields: |ask| {
        let names = &ask.signed.names;
        let languages = names.choices(List::Languages);
        vec![
            FieldSpec::new("languages", "field-languages", FieldKind::Checkboxes(languages.clone()), Process)
                .required(),
            FieldSpec::new("interpreter", "field-interpreter", FieldKind::Select(languages), Process)
                .hint("field-interpreter-hint"),
            FieldSpec::new("needs", "field-needs", FieldKind::Checkboxes(names.choices(List::Needs)), Process),
            // said in confidence: only a guide gets this field
            note("summary", "field-summary", GuidanceNotes),
        ]
    },
    read: |_, data| {
        let (languages, interpreter) = (data.codes("languages"), data.code("interpreter"));
        let (needs, summary) = (data.codes("needs"), data.text("summary"));
        Some((IntakeHeld { languages, interpreter, needs, summary }.into(), Codes::default()))
    },
    fill: |fact, mut data| {
        let Some(Body::IntakeHeld(b)) = &fact.body else { return data };
        for language in &b.languages {
            data = data.with("languages", language);
        }
        for need in &b.needs {
            data = data.with("needs", need);
        }
        if let Some(language) = &b.interpreter {
            data = data.with("interpreter", language);
        }
        data.with("summary", &b.summary)
    },
};
