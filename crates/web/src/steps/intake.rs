//! Intake: languages, interpreter, needs.

use domain::{
    codes::Category::{GuidanceNotes, Process},
    fact::{Body, Codes, Kind},
    intake::IntakeHeld,
    programme::List,
};

use super::{Step, choices, no_codes, note};
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
            FieldSpec::new("best_language", "field-best-language", FieldKind::Select(languages.clone()), Process)
                .required(),
            FieldSpec::new("languages", "field-other-languages", FieldKind::Checkboxes(languages.clone()), Process),
            FieldSpec::new("interpreter", "field-interpreter", FieldKind::Select(languages), Process)
                .hint("field-interpreter-hint"),
            FieldSpec::new("needs", "field-needs", FieldKind::Checkboxes(choices(ask, List::Needs)), Process),
            // said in confidence: only a guide gets this field
            note("summary", "field-summary", GuidanceNotes),
        ]
    },
    read: |_, data| {
        // boxes come in the order of the page: the best one is asked by itself
        let (best, mut languages) = (data.code("best_language"), data.codes("languages"));
        if let Some(best) = best {
            languages.retain(|other| *other != best);
            languages.insert(0, best);
        }
        let interpreter = data.code("interpreter");
        let (needs, summary) = (data.codes("needs"), data.text("summary"));
        Some((IntakeHeld { languages, interpreter, needs, summary }.into(), Codes::default()))
    },
    fill: |fact, mut data| {
        let Some(Body::IntakeHeld(b)) = &fact.body else { return data };
        for (at, language) in b.languages.iter().enumerate() {
            data = data.with(if at == 0 { "best_language" } else { "languages" }, language);
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
