//! What follows from a negative review: the steps of the ladder.

use domain::{
    codes::{Category::Cooperation, Measure},
    fact::{Body, Codes, Kind},
    measure::MeasureTaken,
    programme::List,
};

use super::{
    Ask, Step,
    cooperation::{hearing, hearing_fields, with_hearing},
    note, screening,
};
use crate::form::{Choice, FieldKind, FieldSpec};

/// The steps that can be chosen: those that may be next, and in a correction all.
fn measures(ask: &Ask<'_>) -> Vec<Measure> {
    if ask.corrects.is_some() { ask.method.ladder.clone() } else { ask.file.trajectory.next_measures(ask.method) }
}

pub(super) const TAKE: Step = Step {
    path: "gevolg",
    kind: Kind::MeasureTaken,
    group: "cooperation",
    trial: |_| Codes::default(),
    fields: |ask| {
        let (l, names, all) = (ask.signed.l, &ask.signed.names, measures(ask));
        let choices = all.iter().map(|measure| Choice::new(measure.code(), l.code("measure", measure))).collect();
        let mut out = vec![
            FieldSpec::new("measure", "field-measure", FieldKind::Radios(choices), Cooperation)
                .required()
                .hint("field-measure-hint"),
            note("reason", "field-reason", Cooperation).required(),
        ];
        if all.contains(&Measure::Term) {
            out.push(
                FieldSpec::new("until", "field-term-until", FieldKind::Date, Cooperation).hint("field-term-until-hint"),
            );
        }
        if all.contains(&Measure::Hearing) {
            out.extend(hearing_fields(ask, Cooperation));
        }
        if all.contains(&Measure::ShelterEnds) {
            out.extend(screening::mandate_fields(ask));
            let remedies = FieldKind::Select(names.choices(List::Remedies));
            out.push(FieldSpec::new("remedy", "field-remedy", remedies, Cooperation).hint("field-measure-remedy-hint"));
        }
        out
    },
    read: |ask, data| {
        let measure = data.choice("measure", Measure::from_code);
        let (reason, until) = (data.text("reason"), data.date("until"));
        let (heard, mandate, remedy) = (hearing(ask, data), screening::mandate(data), data.code("remedy"));
        let review = ask.file.trajectory.reviews.last().map(|review| review.fact);
        let about = if ask.corrects.is_some() { ask.about } else { review };
        let body = MeasureTaken { measure: measure?, reason, heard, mandate, remedy };
        Some((body.into(), Codes { about, until, ..Codes::default() }))
    },
    fill: |fact, data| {
        let Some(Body::MeasureTaken(b)) = &fact.body else { return data };
        let mut data = with_hearing(b.heard.as_ref(), data.with("measure", b.measure).with("reason", &b.reason));
        if let Some(until) = fact.header.codes.until {
            data = data.with_date("until", until);
        }
        if let Some(remedy) = &b.remedy {
            data = data.with("remedy", remedy);
        }
        match &b.mandate {
            Some(mandate) => screening::with_mandate(mandate, data),
            None => data,
        }
    },
};
