//! A case on an agenda. It is placed, taken off and discussed on the pages of the sitting; here that is corrected.

use domain::{
    agenda::{CaseDiscussed, Tabled, Untabled},
    codes::{Category::Process, Discussed, Why},
    fact::{Body, Codes, Fact, Kind},
};

use super::{Ask, Step, no_codes, note};
use crate::form::{Choice, FieldKind, FieldSpec, FormData};

pub(super) const TABLE: Step = Step {
    path: "agenda",
    kind: Kind::Tabled,
    group: "conference",
    trial: no_codes,
    fields: tabled_fields,
    read: read_tabled,
    fill: fill_tabled,
};

pub(super) const UNTABLE: Step = Step {
    path: "agenda-af",
    kind: Kind::Untabled,
    group: "conference",
    trial: no_codes,
    fields: |_| vec![note("reason", "field-reason", Process).required()],
    read: |ask, data| Some((Untabled { reason: data.text("reason") }.into(), kept(ask))),
    fill: |fact, data| match &fact.body {
        Some(Body::Untabled(body)) => data.with("reason", &body.reason),
        _ => data,
    },
};

pub(super) const DISCUSS: Step = Step {
    path: "besproken",
    kind: Kind::CaseDiscussed,
    group: "conference",
    trial: no_codes,
    fields: discussed_fields,
    read: read_discussed,
    fill: fill_discussed,
};

/// The codes of what is corrected: at which sitting something was does not change with its words.
fn kept(ask: &Ask<'_>) -> Codes {
    ask.corrects.map(|fact| fact.header.codes.clone()).unwrap_or_default()
}

fn tabled_fields(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let l = ask.signed.l;
    let why = Why::ALL.iter().map(|why| Choice::new(why.code(), l.code("agenda-why", why))).collect();
    vec![
        FieldSpec::new("why", "field-agenda-why", FieldKind::Select(why), Process).required(),
        note("question", "field-agenda-question", Process),
    ]
}

fn read_tabled(ask: &Ask<'_>, data: &mut FormData) -> Option<(Body, Codes)> {
    let (why, question) = (data.choice("why", Why::from_code), data.text("question"));
    let Some(Body::Tabled(old)) = ask.corrects.and_then(|fact| fact.body.as_ref()) else { return None };
    Some((Tabled { why: why?, question, ..old.clone() }.into(), kept(ask)))
}

fn fill_tabled(fact: &Fact, data: FormData) -> FormData {
    let Some(Body::Tabled(body)) = &fact.body else { return data };
    data.with("why", body.why).with("question", &body.question)
}

fn discussed_fields(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let l = ask.signed.l;
    let outcomes = Discussed::ALL.iter().map(|one| Choice::new(one.code(), l.code("discussed", one))).collect();
    vec![
        FieldSpec::new("outcome", "field-discussed", FieldKind::Radios(outcomes), Process).required(),
        note("reason", "field-reason", Process).required(),
        FieldSpec::new("until", "field-comes-back", FieldKind::Date, Process),
    ]
}

fn read_discussed(ask: &Ask<'_>, data: &mut FormData) -> Option<(Body, Codes)> {
    let (outcome, reason) = (data.choice("outcome", Discussed::from_code), data.text("reason"));
    let until = data.date("until");
    let Some(Body::CaseDiscussed(old)) = ask.corrects.and_then(|fact| fact.body.as_ref()) else { return None };
    Some((CaseDiscussed { sitting: old.sitting, outcome: outcome?, reason }.into(), Codes { until, ..kept(ask) }))
}

fn fill_discussed(fact: &Fact, data: FormData) -> FormData {
    let Some(Body::CaseDiscussed(body)) = &fact.body else { return data };
    let data = data.with("outcome", body.outcome).with("reason", &body.reason);
    fact.header.codes.until.map_or(data.clone(), |until| data.with_date("until", until))
}
