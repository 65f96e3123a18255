//! The guidance plan: goals, actions (after leaving: after-care), contacts.

use domain::{
    codes::Category::{GuidanceNotes, Process},
    fact::{Body, Codes, Fact, Kind},
    ids::FactId,
    plan::{ActionAdded, ActionClosed, ContactNoted, GoalClosed, GoalSet},
    programme::List,
};

use super::{Ask, Step, line, no_codes, note};
use crate::form::{Choice, FieldKind, FieldSpec, FormData};

fn owner(ask: &Ask<'_>) -> FieldSpec {
    let partners = ask.signed.names.partners(&ask.file.trajectory.site);
    FieldSpec::new("owner", "field-owner", FieldKind::Select(partners), Process).required()
}

fn result(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let list = ask.signed.names.choices(List::Results);
    vec![
        FieldSpec::new("result", "field-result", FieldKind::Radios(list), Process).required(),
        note("note", "field-note", Process),
    ]
}

/// What can be chosen to close: open ones, and the one a correction is about.
fn about(choices: Vec<(FactId, String)>) -> FieldSpec {
    let choices = choices.into_iter().map(|(fact, text)| Choice::new(fact.to_string(), text)).collect();
    FieldSpec::new("about", "field-about", FieldKind::Select(choices), Process).required()
}

fn goals(ask: &Ask<'_>) -> Vec<(FactId, String)> {
    let shown = ask.file.trajectory.goals.iter().filter(|goal| goal.closed.is_none() || Some(goal.fact) == ask.about);
    shown.filter_map(|goal| Some((goal.fact, goal.detail.as_ref()?.text.clone()))).collect()
}

fn actions(ask: &Ask<'_>) -> Vec<(FactId, String)> {
    let all = ask.file.trajectory.actions.iter();
    let shown = all.filter(|action| action.closed.is_none() || Some(action.fact) == ask.about);
    shown.filter_map(|action| Some((action.fact, action.detail.as_ref()?.text.clone()))).collect()
}

fn first_open(open: &[(FactId, String)]) -> Codes {
    Codes { about: open.first().map(|(fact, _)| *fact), ..Codes::default() }
}

fn with_about(fact: &Fact, data: FormData) -> FormData {
    match fact.header.codes.about {
        Some(about) => data.with("about", about),
        None => data,
    }
}

pub(super) const GOAL: Step = Step {
    path: "doel",
    kind: Kind::GoalSet,
    group: "guidance",
    trial: no_codes,
    fields: |ask| {
        let due = FieldSpec::new("until", "field-due", FieldKind::Date, Process).required();
        vec![note("text", "field-goal", Process).required(), owner(ask), due]
    },
    read: |_, data| {
        let (text, owner, until) = (data.text("text"), data.parsed("owner"), data.date("until"));
        Some((GoalSet { text, owner: owner? }.into(), Codes { until, ..Codes::default() }))
    },
    fill: |fact, data| {
        let Some(Body::GoalSet(b)) = &fact.body else { return data };
        let data = data.with("text", &b.text).with("owner", &b.owner);
        match fact.header.codes.until {
            Some(until) => data.with_date("until", until),
            None => data,
        }
    },
};

pub(super) const CLOSE_GOAL: Step = Step {
    path: "doel-afsluiten",
    kind: Kind::GoalClosed,
    group: "guidance",
    trial: |ask| first_open(&goals(ask)),
    fields: |ask| std::iter::once(about(goals(ask))).chain(result(ask)).collect(),
    read: |_, data| {
        let about = data.parsed("about");
        let (result, note) = (data.code("result"), data.text("note"));
        Some((GoalClosed { result: result?, note }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::GoalClosed(b)) => with_about(fact, data).with("result", &b.result).with("note", &b.note),
        _ => data,
    },
};

pub(super) const ACTION: Step = Step {
    path: "actie",
    kind: Kind::ActionAdded,
    group: "guidance",
    trial: |ask| Codes { until: Some(ask.signed.today()), ..Codes::default() },
    fields: |ask| {
        let colleagues = ask.signed.app.desk.colleagues(&ask.file.trajectory.site);
        let people = colleagues.iter().map(|account| {
            Choice::new(
                account.user.to_string(),
                format!("{} ({})", account.name, ask.signed.names.org_id(&account.org)),
            )
        });
        let mut fields = vec![
            line("text", "field-action", Process).required(),
            FieldSpec::new("until", "field-due", FieldKind::Date, Process).required(),
            owner(ask),
            FieldSpec::new("worker", "field-worker", FieldKind::Select(people.collect()), Process),
        ];
        let goals = goals(ask);
        if !goals.is_empty() {
            let mut goal = about(goals);
            (goal.label, goal.required) = ("field-goal-of", false);
            fields.push(goal);
        }
        fields
    },
    read: |_, data| {
        let (text, until) = (data.text("text"), data.date("until"));
        let (owner, worker, about) = (data.parsed("owner"), data.parsed("worker"), data.parsed("about"));
        Some((ActionAdded { text, owner: owner?, worker }.into(), Codes { until, about, ..Codes::default() }))
    },
    fill: |fact, data| {
        let Some(Body::ActionAdded(b)) = &fact.body else { return data };
        let mut data = with_about(fact, data).with("text", &b.text).with("owner", &b.owner);
        if let Some(until) = fact.header.codes.until {
            data = data.with_date("until", until);
        }
        match b.worker {
            Some(worker) => data.with("worker", worker),
            None => data,
        }
    },
};

pub(super) const CLOSE_ACTION: Step = Step {
    path: "actie-afsluiten",
    kind: Kind::ActionClosed,
    group: "guidance",
    trial: |ask| first_open(&actions(ask)),
    fields: |ask| std::iter::once(about(actions(ask))).chain(result(ask)).collect(),
    read: |_, data| {
        let about = data.parsed("about");
        let (result, note) = (data.code("result"), data.text("note"));
        Some((ActionClosed { result: result?, note }.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::ActionClosed(b)) => with_about(fact, data).with("result", &b.result).with("note", &b.note),
        _ => data,
    },
};

pub(super) const CONTACT: Step = Step {
    path: "contact",
    kind: Kind::ContactNoted,
    group: "guidance",
    trial: no_codes,
    fields: |ask| {
        let list = ask.signed.names.choices(List::ContactKinds);
        vec![
            FieldSpec::new("how", "field-how", FieldKind::Radios(list), GuidanceNotes).required(),
            note("note", "field-contact", GuidanceNotes).required(),
        ]
    },
    read: |_, data| {
        let (how, note) = (data.code("how"), data.text("note"));
        Some((ContactNoted { how: how?, note }.into(), Codes::default()))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::ContactNoted(b)) => data.with("how", &b.how).with("note", &b.note),
        _ => data,
    },
};
