//! Cooperation: two people assess by the rubric without knowing of each other; the review comes when both are in.

use domain::{
    codes::{
        Answer,
        Category::{self, Cooperation, GuidanceNotes},
    },
    cooperation::{CooperationAssessed, CooperationReviewed, Hearing, Judged, Round},
    fact::{Body, Codes, Fact, Kind},
    ids::FactId,
    programme::List,
};

use super::{Ask, Step, line, note};
use crate::form::{Choice, FieldKind, FieldSpec, FormData, cell};

fn yes_no(ask: &Ask<'_>) -> FieldSpec {
    let l = ask.signed.l;
    let choices = vec![Choice::new("ja", l.t("review-yes")), Choice::new("nee", l.t("review-no"))];
    FieldSpec::new("cooperates", "field-cooperates", FieldKind::Radios(choices), Cooperation).required()
}

fn chosen(data: &mut FormData) -> Option<bool> {
    data.chosen("cooperates").map(|value| value == "ja")
}

fn with_choice(data: FormData, cooperates: bool) -> FormData {
    data.with("cooperates", if cooperates { "ja" } else { "nee" })
}

pub(super) const ASSESS: Step = Step {
    path: "beoordelen",
    kind: Kind::CooperationAssessed,
    group: "cooperation",
    trial: |ask| Codes { about: second(ask), ..Codes::default() },
    fields: |ask| {
        let names = &ask.signed.names;
        let answers = Answer::ALL.iter().map(|answer| Choice::new(answer.code(), ask.signed.l.code("answer", answer)));
        let columns = vec![
            FieldSpec::new(
                "criterion",
                "field-criterion",
                FieldKind::Fixed(names.some(List::ReviewCriteria, &ask.method.criteria)),
                Cooperation,
            ),
            FieldSpec::new("answer", "field-answer", FieldKind::Radios(answers.collect()), Cooperation).required(),
            line("text", "field-answer-why", Cooperation).hint("field-answer-why-hint"),
        ];
        let rows = ask.method.criteria.len();
        let rubric = FieldSpec::new("criteria", "field-criteria", FieldKind::Repeat { rows, columns }, Cooperation);
        let mut out = vec![
            rubric.hint("field-criteria-hint"),
            yes_no(ask),
            note("reason", "field-reason", Cooperation).required(),
        ];
        let evidence = evidence(ask);
        if !evidence.is_empty() {
            let list = FieldKind::Checkboxes(evidence);
            out.push(
                FieldSpec::new("evidence", "field-evidence-facts", list, Cooperation).hint("field-evidence-facts-hint"),
            );
        }
        out
    },
    read: |ask, data| {
        let mut criteria = Vec::new();
        for row in data.rows("criteria") {
            let criterion = data.code(&cell("criteria", row, "criterion"));
            let answer = data.choice(&cell("criteria", row, "answer"), Answer::from_code);
            let text = data.text(&cell("criteria", row, "text"));
            if let (Some(criterion), Some(answer)) = (criterion, answer) {
                criteria.push(Judged { criterion, answer, text });
            }
        }
        let (cooperates, reason) = (chosen(data), data.text("reason"));
        let evidence = data.ids("evidence");
        let about = if ask.corrects.is_some() { ask.about } else { second(ask) };
        let body = CooperationAssessed { criteria, cooperates: cooperates?, reason, evidence };
        Some((body.into(), Codes { about, ..Codes::default() }))
    },
    fill: |fact, data| {
        let Some(Body::CooperationAssessed(b)) = &fact.body else { return data };
        let mut data = with_choice(data, b.cooperates).with("reason", &b.reason);
        for (row, judged) in (1..).zip(&b.criteria) {
            data = data
                .with(cell("criteria", row, "criterion"), &judged.criterion)
                .with(cell("criteria", row, "answer"), judged.answer)
                .with(cell("criteria", row, "text"), &judged.text);
        }
        b.evidence.iter().fold(data, |data, fact| data.with("evidence", fact))
    },
};

/// A new form has a row for each criterion of the rubric.
pub(super) fn with_rubric(ask: &Ask<'_>, data: FormData) -> FormData {
    let rows = (1..).zip(&ask.method.criteria);
    rows.fold(data, |data, (row, code)| data.with(cell("criteria", row, "criterion"), code))
}

/// The first assessment of the round that is open, for who assesses second.
fn second(ask: &Ask<'_>) -> Option<FactId> {
    ask.file.trajectory.open_round().and_then(Round::first)
}

/// What an assessment can rest on: contacts and actions, as far as they may be seen.
fn evidence(ask: &Ask<'_>) -> Vec<Choice> {
    let (l, names, t) = (ask.signed.l, &ask.signed.names, &ask.file.trajectory);
    let contacts = t.contacts.iter().rev().filter(|_| ask.file.standing.sees(GuidanceNotes)).map(|contact| {
        let how = contact.detail.as_ref().map(|detail| names.of(List::ContactKinds, detail.how.as_str()));
        Choice::new(contact.fact.to_string(), format!("{} · {}", l.date(contact.on), how.unwrap_or_default()))
    });
    let actions = t.actions.iter().rev().filter_map(|action| {
        let text = action.detail.as_ref()?.text.clone();
        Some(Choice::new(action.fact.to_string(), format!("{} · {text}", l.date(action.from))))
    });
    contacts.take(20).chain(actions.take(20)).collect()
}

/// How the participant was heard: four fields, of which none or nearly all are filled in.
pub(super) fn hearing_fields(ask: &Ask<'_>, category: Category) -> Vec<FieldSpec> {
    let names = &ask.signed.names;
    let languages = || FieldKind::Select(names.choices(List::Languages));
    vec![
        FieldSpec::new("heard_on", "field-heard-on", FieldKind::Date, category).hint("field-heard-on-hint"),
        FieldSpec::new("heard_language", "field-heard-language", languages(), category),
        FieldSpec::new("heard_interpreter", "field-interpreter", languages(), category).hint("field-interpreter-hint"),
        note("heard_said", "field-heard-said", category),
    ]
}

/// The hearing; when some of it is there, what is missing is told.
pub(super) fn hearing(ask: &Ask<'_>, data: &mut FormData) -> Option<Hearing> {
    let (on, language) = (data.date("heard_on"), data.code("heard_language"));
    let (interpreter, said) = (data.code("heard_interpreter"), data.text("heard_said"));
    if on.is_none() && language.is_none() && interpreter.is_none() && said.is_empty() {
        return None;
    }
    let mut missing = |name: &str, there: bool| {
        if !there {
            data.wrong_words(name, ask.signed.l.t("hearing-incomplete"));
        }
    };
    missing("heard_on", on.is_some());
    missing("heard_language", language.is_some());
    missing("heard_said", !said.is_empty());
    Some(Hearing { on: on?, language: language?, interpreter, said })
}

/// A hearing, back in its fields.
pub(super) fn with_hearing(heard: Option<&Hearing>, data: FormData) -> FormData {
    let Some(heard) = heard else { return data };
    let data =
        data.with_date("heard_on", heard.on).with("heard_language", &heard.language).with("heard_said", &heard.said);
    match &heard.interpreter {
        Some(interpreter) => data.with("heard_interpreter", interpreter),
        None => data,
    }
}

pub(super) const REVIEW: Step = Step {
    path: "toets",
    kind: Kind::CooperationReviewed,
    group: "cooperation",
    trial: |_| Codes { cooperates: Some(true), ..Codes::default() },
    fields: |ask| {
        let names = &ask.signed.names;
        let rubric = !ask.method.criteria.is_empty();
        let mut out = vec![yes_no(ask), note("reason", "field-reason", Cooperation).required()];
        if rubric {
            out[0] = out[0].clone().hint("field-cooperates-hint");
        } else {
            let rows = usize::from(ask.method.assessors).max(1);
            let columns = vec![line("name", "field-name", Cooperation)];
            let repeat = FieldKind::Repeat { rows, columns };
            out.push(FieldSpec::new("assessors", "field-assessors", repeat, Cooperation).hint("field-assessors-hint"));
        }
        // a correction shows what was settled, also where the round is closed by now
        if rubric && differ(ask) != Some(false) {
            out.push(note("settled", "field-settled", Cooperation).hint("field-settled-hint"));
        }
        out.extend(hearing_fields(ask, Cooperation));
        out.push(note("not_heard", "field-not-heard", Cooperation).hint("field-not-heard-hint"));
        let consequences = FieldKind::Select(names.choices(List::Consequences));
        out.push(FieldSpec::new("consequence", "field-consequence", consequences, Cooperation).required());
        out
    },
    read: |ask, data| {
        let cooperates = chosen(data);
        let reason = data.text("reason");
        let assessors =
            data.rows("assessors").into_iter().map(|row| data.text(&cell("assessors", row, "name"))).collect();
        let consequence = data.code("consequence");
        let heard = hearing(ask, data);
        let (not_heard, settled) = (data.optional_text("not_heard"), data.optional_text("settled"));
        let about = if ask.corrects.is_some() { ask.about } else { second(ask) };
        let body = CooperationReviewed { reason, assessors, consequence: consequence?, heard, not_heard, settled };
        Some((body.into(), Codes { cooperates, about, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        let Some(Body::CooperationReviewed(b)) = &fact.body else { return data };
        if let Some(cooperates) = fact.header.codes.cooperates {
            data = with_choice(data, cooperates);
        }
        for (row, name) in (1..).zip(&b.assessors) {
            data = data.with(cell("assessors", row, "name"), name);
        }
        for (name, text) in [("not_heard", &b.not_heard), ("settled", &b.settled)] {
            if let Some(text) = text {
                data = data.with(name, text);
            }
        }
        with_hearing(b.heard.as_ref(), data.with("reason", &b.reason).with("consequence", &b.consequence))
    },
};

/// Whether the assessors of the round differ; `None` when that is not known.
fn differ(ask: &Ask<'_>) -> Option<bool> {
    let t = &ask.file.trajectory;
    let of = |fact: &Fact| t.rounds.iter().find(|round| round.reviewed == Some(fact.header.id));
    let round = ask.corrects.map_or_else(|| t.open_round(), of)?;
    round.agrees().map(|agrees| !agrees)
}

/// A new review begins with what both assessors conclude.
pub(super) fn with_conclusion(ask: &Ask<'_>, data: FormData) -> FormData {
    let round = ask.file.trajectory.open_round().filter(|round| round.is_complete());
    match round.and_then(Round::conclusion) {
        Some(cooperates) => with_choice(data, cooperates),
        None => data,
    }
}
