//! Cooperation review: dated, reasoned, by two people, with a consequence.

use domain::{
    codes::Category::Cooperation,
    cooperation::CooperationReviewed,
    fact::{Body, Codes, Kind},
    programme::List,
};

use super::{Step, line, note};
use crate::form::{Choice, FieldKind, FieldSpec, cell};

pub(super) const REVIEW: Step = Step {
    path: "toets",
    kind: Kind::CooperationReviewed,
    group: "conference",
    trial: |_| Codes { cooperates: Some(true), ..Codes::default() },
    fields: |ask| {
        let (l, names) = (ask.signed.l, &ask.signed.names);
        let yes_no = vec![Choice::new("ja", l.t("review-yes")), Choice::new("nee", l.t("review-no"))];
        let rows = usize::from(ask.method.assessors).max(1);
        let name = vec![line("name", "field-name", Cooperation)];
        vec![
            FieldSpec::new("cooperates", "field-cooperates", FieldKind::Radios(yes_no), Cooperation).required(),
            note("reason", "field-reason", Cooperation).required(),
            FieldSpec::new("assessors", "field-assessors", FieldKind::Repeat { rows, columns: name }, Cooperation)
                .hint("field-assessors-hint"),
            FieldSpec::new(
                "consequence",
                "field-consequence",
                FieldKind::Select(names.choices(List::Consequences)),
                Cooperation,
            )
            .required(),
        ]
    },
    read: |_, data| {
        let cooperates = data.chosen("cooperates").map(|value| value == "ja");
        let reason = data.text("reason");
        let assessors =
            data.rows("assessors").into_iter().map(|row| data.text(&cell("assessors", row, "name"))).collect();
        let consequence = data.code("consequence");
        let body = CooperationReviewed { reason, assessors, consequence: consequence? };
        Some((body.into(), Codes { cooperates, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        let Some(Body::CooperationReviewed(b)) = &fact.body else { return data };
        if let Some(cooperates) = fact.header.codes.cooperates {
            data = data.with("cooperates", if cooperates { "ja" } else { "nee" });
        }
        for (row, name) in (1..).zip(&b.assessors) {
            data = data.with(cell("assessors", row, "name"), name);
        }
        data.with("reason", &b.reason).with("consequence", &b.consequence)
    },
};
