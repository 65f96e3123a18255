//! Participation status, changed outside a screening.

use domain::{
    codes::{Category::Process, Status},
    fact::{Body, Codes, Fact, Kind},
    status::StatusChanged,
};

use super::{Ask, Step, note};
use crate::form::{Choice, FieldKind, FieldSpec, FormData};

pub(super) const CHANGE: Step = Step {
    path: "deelname",
    kind: Kind::StatusChanged,
    group: "admission",
    trial: |ask| {
        let now = ask.file.trajectory.status();
        let other = if now == Status::LivingAllowanceOnly {
            Status::ShelteredWithoutStatus
        } else {
            Status::LivingAllowanceOnly
        };
        Codes { status: Some(other), ..Codes::default() }
    },
    fields,
    read,
    fill,
};

fn fields(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let l = ask.signed.l;
    let all = [
        Status::ShelteredWithoutStatus,
        Status::LivingAllowanceOnly,
        Status::Admitted,
        Status::WaitingList,
        Status::OutsideLvv,
    ];
    let choices = all.iter().map(|s| Choice::new(s.code(), l.code("status", s))).collect();
    vec![
        FieldSpec::new("status", "field-status", FieldKind::Radios(choices), Process).required(),
        note("reason", "field-reason", Process).required(),
    ]
}

fn read(_: &Ask<'_>, data: &mut FormData) -> Option<(Body, Codes)> {
    let status = data.choice("status", Status::from_code);
    let reason = data.text("reason");
    Some((StatusChanged { reason }.into(), Codes { status, ..Codes::default() }))
}

fn fill(fact: &Fact, data: FormData) -> FormData {
    let Some(Body::StatusChanged(b)) = &fact.body else { return data };
    let data = data.with("reason", &b.reason);
    match fact.header.codes.status {
        Some(status) => data.with("status", status),
        None => data,
    }
}
