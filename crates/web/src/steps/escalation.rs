//! No agreement: the case goes to another body with one question, and comes back with an answer. Bodies that meet elsewhere
//! are recorded here; those that meet with this program on the pages of their sitting.

use domain::{
    codes::{Answered, Board, Category::Process},
    escalation::{Advised, Escalated, Position},
    fact::{Body, Codes, Fact, Kind},
};

use super::{Ask, Step, no_codes, note};
use crate::form::{Choice, FieldKind, FieldSpec, FormData, cell};

pub(super) const SEND: Step = Step {
    path: "voorleggen",
    kind: Kind::Escalated,
    group: "conference",
    trial: no_codes,
    fields: send_fields,
    read: read_send,
    fill: fill_send,
};

pub(super) const ANSWER: Step = Step {
    path: "antwoord",
    kind: Kind::Advised,
    group: "conference",
    trial: |ask| Codes { about: ask.file.trajectory.escalation().map(|open| open.fact), ..Codes::default() },
    fields: answer_fields,
    read: read_answer,
    fill: fill_answer,
};

/// The bodies of a site, from the case up.
pub(crate) fn boards(ask: &Ask<'_>) -> Vec<Board> {
    let programme = ask.signed.names.programme();
    programme.conferences_of(&ask.file.trajectory.site).iter().map(|conference| conference.board).collect()
}

fn choices(ask: &Ask<'_>, boards: impl IntoIterator<Item = Board>) -> FieldKind {
    let l = ask.signed.l;
    FieldKind::Select(boards.into_iter().map(|board| Choice::new(board.code(), l.code("board", board))).collect())
}

/// Where each partner stands: a repeated field.
pub(crate) fn positions(partners: Vec<Choice>) -> FieldSpec {
    let rows = partners.len().clamp(2, 6);
    let columns = vec![
        FieldSpec::new("org", "field-org", FieldKind::Select(partners), Process).required(),
        note("text", "field-position", Process).required(),
    ];
    FieldSpec::new("positions", "field-positions", FieldKind::Repeat { rows, columns }, Process)
        .hint("field-positions-hint")
}

pub(crate) fn read_positions(data: &mut FormData) -> Vec<Position> {
    let mut out = Vec::new();
    for row in data.rows("positions") {
        let (org, text) = (data.parsed(&cell("positions", row, "org")), data.text(&cell("positions", row, "text")));
        out.extend(org.map(|org| Position { org, text }));
    }
    out
}

fn send_fields(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let boards = boards(ask);
    let further = boards.iter().copied().filter(|board| *board != Board::Lso);
    vec![
        FieldSpec::new("from", "field-board-from", choices(ask, boards.clone()), Process).required(),
        FieldSpec::new("to", "field-board-to", choices(ask, further), Process).required(),
        note("question", "field-central-question", Process).required().hint("field-central-question-hint"),
        positions(ask.signed.names.partners(&ask.file.trajectory.site)),
        FieldSpec::new("until", "field-answer-by", FieldKind::Date, Process).hint("field-answer-by-hint"),
    ]
}

fn read_send(ask: &Ask<'_>, data: &mut FormData) -> Option<(Body, Codes)> {
    let (from, to) = (data.choice("from", Board::from_code), data.choice("to", Board::from_code));
    let (question, positions, until) = (data.text("question"), read_positions(data), data.date("until"));
    let on = data.date("valid_from")?;
    let old = match ask.corrects.and_then(|fact| fact.body.as_ref()) {
        Some(Body::Escalated(old)) => old.sitting,
        _ => None,
    };
    let (owner, due) = ask.signed.names.programme().step_to(to?, &ask.file.trajectory.site, on);
    let body = Escalated { sitting: old, from: from?, to: to?, question, positions };
    Some((body.into(), Codes { partner: owner, until: until.or(due), ..Codes::default() }))
}

fn fill_send(fact: &Fact, data: FormData) -> FormData {
    let Some(Body::Escalated(body)) = &fact.body else { return data };
    let mut data = data.with("from", body.from).with("to", body.to).with("question", &body.question);
    for (row, one) in (1..).zip(&body.positions) {
        data = data.with(cell("positions", row, "org"), &one.org).with(cell("positions", row, "text"), &one.text);
    }
    fact.header.codes.until.map_or(data.clone(), |until| data.with_date("until", until))
}

fn answer_fields(ask: &Ask<'_>) -> Vec<FieldSpec> {
    let l = ask.signed.l;
    let kinds = Answered::ALL.iter().map(|one| Choice::new(one.code(), l.code("answered", one))).collect();
    vec![
        FieldSpec::new("answer", "field-answered", FieldKind::Radios(kinds), Process).required(),
        note("text", "field-answer-text", Process).required(),
    ]
}

fn read_answer(ask: &Ask<'_>, data: &mut FormData) -> Option<(Body, Codes)> {
    let (answer, text) = (data.choice("answer", Answered::from_code), data.text("text"));
    let body = if let Some(Body::Advised(old)) = ask.corrects.and_then(|fact| fact.body.as_ref()) {
        Advised { answer: answer?, text, ..old.clone() }
    } else {
        let open = ask.file.trajectory.escalation().and_then(|open| open.detail.as_ref());
        Advised { sitting: None, from: open.map_or(Board::Mrt, |open| open.to), answer: answer?, text }
    };
    let about = match ask.corrects {
        Some(fact) => fact.header.codes.about,
        None => ask.file.trajectory.escalation().map(|open| open.fact),
    };
    Some((body.into(), Codes { about, ..Codes::default() }))
}

fn fill_answer(fact: &Fact, data: FormData) -> FormData {
    let Some(Body::Advised(body)) = &fact.body else { return data };
    data.with("answer", body.answer).with("text", &body.text)
}
