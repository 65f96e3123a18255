//! Screening: the decision on admission, taken in mandate.

use domain::{
    codes::{
        Category::{Legal, Process},
        Status,
    },
    fact::{Body, Codes, Fact, Kind},
    programme::{Admission, List},
    screening::{Mandate, Screened},
};

use super::{Ask, Step, line, note};
use crate::form::{Choice, FieldKind, FieldSpec, FormData};

pub(super) const SCREEN: Step = Step {
    path: "toelating",
    kind: Kind::Screened,
    group: "admission",
    trial: |ask| Codes { status: Some(outcomes(ask)[0]), ..Codes::default() },
    fields,
    read,
    fill,
};

fn outcomes(ask: &Ask<'_>) -> Vec<Status> {
    let first = match ask.method.admission {
        Admission::Screening => Status::Admitted,
        Admission::Conference => Status::ShelteredWithoutStatus,
    };
    let mut all = vec![first, Status::WaitingList, Status::LivingAllowanceOnly, Status::OutsideLvv, Status::Refused];
    if first != Status::Admitted {
        // by exception also where the conference admits
        all.insert(1, Status::Admitted);
    }
    all
}

fn fields(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let (l, names, method) = (ask.signed.l, &ask.signed.names, ask.method);
    let status = outcomes(ask).iter().map(|s| Choice::new(s.code(), l.code("status", s))).collect();
    let mut grounds = names.some(List::AdmissionGrounds, &method.grounds);
    grounds.extend(names.some(List::RefusalGrounds, &method.refusal_grounds));
    let select = |name, label, choices| FieldSpec::new(name, label, FieldKind::Select(choices), Legal);
    let mut out = vec![
        FieldSpec::new("status", "field-outcome", FieldKind::Radios(status), Process).required(),
        select("ground", "field-ground", grounds).hint("field-ground-hint"),
        select("exception_by", "field-exception-by", names.some(List::ExceptionBy, &method.exception_by))
            .hint("field-exception-by-hint"),
        note("reason", "field-reason", Legal).required(),
    ];
    out.extend(mandate_fields(ask).into_iter().map(FieldSpec::required));
    out.push(select("remedy", "field-remedy", names.choices(List::Remedies)).hint("field-remedy-hint"));
    out
}

/// Who decides, on behalf of whom, on which form: of a screening, and of a conference that admits.
pub(super) fn mandate_fields(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let names = &ask.signed.names;
    let select = |name, label, list| FieldSpec::new(name, label, FieldKind::Select(names.choices(list)), Legal);
    vec![
        line("mandate_by", "field-mandate-by", Legal).hint("field-mandate-by-hint"),
        select("on_behalf_of", "field-on-behalf-of", List::OnBehalfOf),
        select("form", "field-form", List::Forms),
        FieldSpec::new("form_date", "field-form-date", FieldKind::Date, Legal),
    ]
}

/// The mandate, when all of it is there.
pub(super) fn mandate(data: &mut FormData) -> Option<Mandate> {
    let by = data.text("mandate_by");
    let (on_behalf_of, form, form_date) = (data.code("on_behalf_of"), data.code("form"), data.date("form_date"));
    Some(Mandate { by, on_behalf_of: on_behalf_of?, form: form?, form_date: form_date? })
}

/// The mandate of a fact, back in its fields.
pub(super) fn with_mandate(m: &Mandate, data: FormData) -> FormData {
    data.with("mandate_by", &m.by)
        .with("on_behalf_of", &m.on_behalf_of)
        .with("form", &m.form)
        .with_date("form_date", m.form_date)
}

fn read(_: &Ask<'_>, data: &mut FormData) -> Option<(Body, Codes)> {
    let status = data.choice("status", Status::from_code);
    let (ground, exception_by) = (data.code("ground"), data.code("exception_by"));
    let (reason, mandate) = (data.text("reason"), mandate(data));
    let remedy = data.code("remedy");
    let body = Screened { ground, exception_by, reason, mandate: mandate?, remedy };
    Some((body.into(), Codes { status, ..Codes::default() }))
}

fn fill(fact: &Fact, mut data: FormData) -> FormData {
    let Some(Body::Screened(b)) = &fact.body else { return data };
    if let Some(status) = fact.header.codes.status {
        data = data.with("status", status);
    }
    for (name, code) in [("ground", &b.ground), ("exception_by", &b.exception_by), ("remedy", &b.remedy)] {
        if let Some(code) = code {
            data = data.with(name, code);
        }
    }
    with_mandate(&b.mandate, data.with("reason", &b.reason))
}
