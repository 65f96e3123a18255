//! The decision of the partners: perspective, scenario, what each partner takes on.

use domain::{
    codes::{Category::Process, Status},
    conference::{Commitment, Considered, Decided, Dissent, Present},
    fact::{Body, Codes, Fact, Kind},
    programme::{Admission, List},
};

use super::{Ask, Step, line, note, screening};
use crate::form::{Choice, FieldKind, FieldSpec, FormData, cell};

/// The value with which a partner says that it takes on nothing.
const NOTHING: &str = "nothing";

pub(super) const DECIDE: Step = Step {
    path: "besluit",
    kind: Kind::Decided,
    group: "conference",
    trial: |_| Codes { scenario: "under-investigation".parse().ok(), ..Codes::default() },
    fields,
    read,
    fill,
};

/// Also when the decision that admitted is corrected: without the field, correcting its text would undo the admission.
fn admits(ask: &Ask<'_>) -> bool {
    let admitted = ask.corrects.is_some_and(|fact| fact.header.codes.status.is_some());
    admitted || ask.method.admission == Admission::Conference && ask.file.trajectory.status() != Status::Admitted
}

fn fields(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let (l, names) = (ask.signed.l, &ask.signed.names);
    let partners = names.partners(&ask.file.trajectory.site);
    let select = |name, label, choices: Vec<Choice>| FieldSpec::new(name, label, FieldKind::Select(choices), Process);
    // in a row that is used: a name without its organisation would be lost
    let org = || select("org", "field-org", partners.clone()).required();
    let nothing = vec![Choice::new(NOTHING, l.t("commitment-nothing"))];
    let mut out = Vec::new();
    if admits(ask) {
        let choice = vec![Choice::new(Status::Admitted.code(), l.code("status", Status::Admitted))];
        out.push(
            FieldSpec::new("status", "field-admits", FieldKind::Checkboxes(choice), Process).hint("field-admits-hint"),
        );
        out.extend(screening::mandate_fields(ask));
    }
    if admits(ask) {
        let by = names.some(List::ExceptionBy, &ask.method.exception_by);
        out.push(select("exception_by", "field-exception-by", by).hint("field-exception-by-hint"));
    }
    out.extend([
        options(l),
        select("perspective", "field-perspective", names.choices(List::Perspectives)).required(),
        select("scenario", "field-scenario", names.choices(List::Scenarios)).required().hint("field-scenario-hint"),
        note("reason", "field-reason", Process).required(),
        FieldSpec::new(
            "present",
            "field-present",
            FieldKind::Repeat {
                rows: partners.len().clamp(2, 6),
                columns: vec![org(), line("name", "field-name", Process).required()],
            },
            Process,
        )
        .hint("field-present-hint"),
        FieldSpec::new(
            "commitments",
            "field-commitments",
            FieldKind::Repeat {
                rows: partners.len().max(2),
                columns: vec![
                    org(),
                    line("text", "field-commitment", Process),
                    select("nothing", "field-commitment-nothing", nothing),
                    FieldSpec::new("due", "field-due-optional", FieldKind::Date, Process),
                ],
            },
            Process,
        )
        .hint("field-commitments-hint"),
        dissent(partners.clone()),
        FieldSpec::new("until", "field-next-review", FieldKind::Date, Process).hint("field-next-review-hint"),
    ]);
    out
}

/// The value that says an option was chosen.
const CHOSEN: &str = "chosen";

/// Ways that were considered.
fn options(l: crate::text::L) -> FieldSpec {
    let chosen = FieldKind::Select(vec![Choice::new(CHOSEN, l.t("option-chosen"))]);
    let columns = vec![
        line("text", "field-option", Process).required(),
        line("reason", "field-option-reason", Process).required(),
        FieldSpec::new("chosen", "field-option-chosen", chosen, Process),
    ];
    FieldSpec::new("options", "field-options", FieldKind::Repeat { rows: 2, columns }, Process)
        .hint("field-options-hint")
}

/// Partners that went along and see it otherwise.
fn dissent(partners: Vec<Choice>) -> FieldSpec {
    let columns = vec![
        FieldSpec::new("org", "field-org", FieldKind::Select(partners), Process).required(),
        line("reason", "field-dissent-reason", Process).required(),
    ];
    FieldSpec::new("dissent", "field-dissent", FieldKind::Repeat { rows: 1, columns }, Process)
        .hint("field-dissent-hint")
}

fn read_options(data: &mut FormData) -> Vec<Considered> {
    let rows = data.rows("options").into_iter();
    rows.map(|row| Considered {
        text: data.text(&cell("options", row, "text")),
        reason: data.text(&cell("options", row, "reason")),
        chosen: data.chosen(&cell("options", row, "chosen")).is_some(),
    })
    .collect()
}

fn read_dissent(data: &mut FormData) -> Vec<Dissent> {
    let mut out = Vec::new();
    for row in data.rows("dissent") {
        let (org, reason) = (data.parsed(&cell("dissent", row, "org")), data.text(&cell("dissent", row, "reason")));
        out.extend(org.map(|org| Dissent { org, reason }));
    }
    out
}

/// The form at the table of a sitting: who is there stands in the attendance, and the day is that of the sitting.
pub(crate) fn at_the_table(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let mut fields = fields(ask);
    fields.retain(|field| field.name != "present");
    // what is typed here is the decision itself, of the category of the decision
    fields.iter_mut().for_each(|field| field.category = Process);
    fields
}

/// What stands in it.
pub(crate) fn read_at_the_table(ask: &Ask<'_>, data: &mut FormData) -> Option<(Body, Codes)> {
    read(ask, data)
}

/// A new form has a row for each partner: one is required of each, and "nothing" is an answer.
pub(crate) fn with_partners(ask: &Ask<'_>, mut data: FormData) -> FormData {
    let today = ask.signed.today();
    let mut partners = ask.signed.names.partners(&ask.file.trajectory.site);
    partners.retain(|org| org.value.parse().is_ok_and(|org| ask.method.is_there(&org, today)));
    for (row, partner) in (1..).zip(partners) {
        data = data.with(cell("commitments", row, "org"), partner.value);
    }
    data
}

fn read(ask: &Ask<'_>, data: &mut FormData) -> Option<(Body, Codes)> {
    let (perspective, scenario) = (data.code("perspective"), data.code("scenario"));
    let reason = data.text("reason");
    let mut present = Vec::new();
    for row in data.rows("present") {
        let (org, name) = (data.parsed(&cell("present", row, "org")), data.text(&cell("present", row, "name")));
        present.extend(org.map(|org| Present { org, name }));
    }
    let mut commitments = Vec::new();
    for row in data.rows("commitments") {
        let org = data.parsed(&cell("commitments", row, "org"));
        let text = data.text(&cell("commitments", row, "text"));
        let nothing = data.chosen(&cell("commitments", row, "nothing")).is_some();
        let due = data.date(&cell("commitments", row, "due"));
        commitments.extend(org.map(|org| Commitment { org, text, due, nothing }));
    }
    let until = data.date("until");
    let status = data.raws("status").iter().any(|value| value == Status::Admitted.code()).then_some(Status::Admitted);
    let mandate = if status.is_some() { screening::mandate(data) } else { None };
    let (options, dissent) = (read_options(data), read_dissent(data));
    let exception_by = if status.is_some() { data.code("exception_by") } else { None };
    // at which sitting it was does not change with its words
    let sitting = match ask.corrects.and_then(|fact| fact.body.as_ref()) {
        Some(Body::Decided(old)) => old.sitting,
        _ => None,
    };
    let perspective = perspective?;
    let body = Decided { perspective, reason, present, commitments, mandate, sitting, options, dissent, exception_by };
    Some((body.into(), Codes { scenario, until, status, ..Codes::default() }))
}

fn fill(fact: &Fact, mut data: FormData) -> FormData {
    let Some(Body::Decided(b)) = &fact.body else { return data };
    let codes = &fact.header.codes;
    if let Some(scenario) = &codes.scenario {
        data = data.with("scenario", scenario);
    }
    if let Some(until) = codes.until {
        data = data.with_date("until", until);
    }
    if let Some(status) = codes.status {
        data = data.with("status", status);
    }
    for (row, present) in (1..).zip(&b.present) {
        data = data.with(cell("present", row, "org"), &present.org).with(cell("present", row, "name"), &present.name);
    }
    for (row, promise) in (1..).zip(&b.commitments) {
        data = data.with(cell("commitments", row, "org"), &promise.org);
        data = data.with(cell("commitments", row, "text"), &promise.text);
        if promise.nothing {
            data = data.with(cell("commitments", row, "nothing"), NOTHING);
        }
        if let Some(due) = promise.due {
            data = data.with_date(&cell("commitments", row, "due"), due);
        }
    }
    for (row, way) in (1..).zip(&b.options) {
        data = data.with(cell("options", row, "text"), &way.text).with(cell("options", row, "reason"), &way.reason);
        if way.chosen {
            data = data.with(cell("options", row, "chosen"), CHOSEN);
        }
    }
    for (row, said) in (1..).zip(&b.dissent) {
        data = data.with(cell("dissent", row, "org"), &said.org).with(cell("dissent", row, "reason"), &said.reason);
    }
    if let Some(code) = &b.exception_by {
        data = data.with("exception_by", code);
    }
    if let Some(mandate) = &b.mandate {
        data = screening::with_mandate(mandate, data);
    }
    data.with("perspective", &b.perspective).with("reason", &b.reason)
}
