//! Workers of the partners: who guides, who leads, who directs departure.

use domain::{
    codes::{Category::Process, Task},
    fact::{Body, Codes, Kind},
    partner::{WorkerAssigned, WorkerReleased},
};

use super::{Step, note};
use crate::form::{Choice, FieldKind, FieldSpec};

pub(super) const ASSIGN: Step = Step {
    path: "medewerker",
    kind: Kind::WorkerAssigned,
    group: "partners",
    trial: |ask| Codes { partner: Some(ask.signed.who.org.clone()), ..Codes::default() },
    fields: |ask| {
        let (l, names) = (ask.signed.l, &ask.signed.names);
        let colleagues = ask.signed.app.desk.colleagues(&ask.file.trajectory.site);
        let people = colleagues
            .iter()
            .map(|account| {
                Choice::new(account.user.to_string(), format!("{} ({})", account.name, names.org_id(&account.org)))
            })
            .collect();
        let tasks = Task::ALL.iter().map(|task| Choice::new(task.code(), l.code("task", task))).collect();
        let mut fields = vec![
            FieldSpec::new("task", "field-task", FieldKind::Radios(tasks), Process).required(),
            FieldSpec::new("user", "field-worker", FieldKind::Select(people), Process),
        ];
        // of a partner that does not use the system, by who leads or guides
        if access::may_record_for(&ask.signed.who) {
            let mut partners = names.partners(&ask.file.trajectory.site);
            partners.retain(|org| org.value != ask.signed.who.org.as_str());
            fields.push(
                FieldSpec::new("org", "field-worker-org", FieldKind::Select(partners), Process)
                    .hint("field-worker-org-hint"),
            );
            fields.push(super::line("function", "field-worker-function", Process).hint("field-worker-function-hint"));
        } else if let Some(user) = fields.last_mut() {
            user.required = true;
        }
        fields
    },
    read: |ask, data| {
        let task = data.choice("task", Task::from_code);
        let user: Option<domain::ids::UserId> = data.parsed("user");
        // the organisation follows from the account: it cannot be mistyped
        let partner = match user {
            Some(user) => ask.signed.app.desk.colleague(user).map(|account| account.org),
            None => data.parsed("org"),
        };
        let function = if user.is_some() { String::new() } else { data.text("function") };
        Some((WorkerAssigned { user, task: task?, function }.into(), Codes { partner, ..Codes::default() }))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::WorkerAssigned(b)) => match (b.user, &fact.header.codes.partner) {
            (Some(user), _) => data.with("task", b.task).with("user", user),
            (None, Some(org)) => data.with("task", b.task).with("org", org).with("function", &b.function),
            (None, None) => data.with("task", b.task).with("function", &b.function),
        },
        _ => data,
    },
};

pub(super) const RELEASE: Step = Step {
    path: "medewerker-klaar",
    kind: Kind::WorkerReleased,
    group: "partners",
    trial: |ask| Codes { about: ask.file.trajectory.workers.first().map(|worker| worker.fact), ..Codes::default() },
    fields: |ask| {
        let workers = ask.file.trajectory.workers.iter().filter_map(|worker| {
            let detail = worker.detail.as_ref()?;
            let name = match detail.user {
                Some(user) => ask.signed.app.desk.colleague(user)?.name,
                None => detail.function.clone(),
            };
            Some(Choice::new(worker.fact.to_string(), format!("{name} · {}", ask.signed.l.code("task", detail.task))))
        });
        let note = note("note", "field-note", Process);
        // a correction keeps the worker it was about, who is no longer among them
        if ask.corrects.is_some() {
            return vec![note];
        }
        vec![FieldSpec::new("about", "field-worker", FieldKind::Select(workers.collect()), Process).required(), note]
    },
    read: |ask, data| {
        let about = if ask.corrects.is_some() { ask.about } else { data.parsed("about") };
        let note = data.text("note");
        Some((WorkerReleased { note }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        if let Some(about) = fact.header.codes.about {
            data = data.with("about", about);
        }
        match &fact.body {
            Some(Body::WorkerReleased(b)) => data.with("note", &b.note),
            _ => data,
        }
    },
};
