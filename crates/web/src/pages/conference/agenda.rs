//! The agenda of a sitting: what stands on it and how ready it is, what is proposed, order and minutes, invitations.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::Response,
};
use desk::{
    Failure,
    conference::{AgendaCase, Placing, Proposal, Readiness},
};
use domain::{
    codes::{Category, Why},
    ids::{SittingId, TrajectoryId},
    sitting::{Act, Sitting, Slot, Stage},
};

use super::{Top, fresh, id, line, plan, sent, to};
use crate::{
    form::{Choice, FieldKind, FieldSpec, FormData, FormView, cell},
    page::{Menu, Shell, render_with},
    row::RowView,
    session::Signed,
    text::L,
};

/// How ready a case is.
struct ReadyView {
    class: &'static str,
    words: String,
    /// What is missing, and who is waited on.
    lines: Vec<String>,
}

/// A case on the agenda.
struct CaseRow {
    id: String,
    place: usize,
    minutes: u16,
    row: RowView,
    why: String,
    question: String,
    outcome: Option<String>,
    ready: ReadyView,
}

/// A case that is proposed.
struct ProposalRow {
    id: String,
    row: RowView,
    why: String,
    since: String,
    due: Option<String>,
    ready: ReadyView,
}

#[derive(Template)]
#[template(path = "conference/agenda.html")]
struct Page {
    shell: Shell,
    l: L,
    top: Top,
    can_open: bool,
    edits: bool,
    cases: Vec<CaseRow>,
    fits: String,
    over: bool,
    proposals: Vec<ProposalRow>,
    invited: Vec<String>,
    order: FormView,
    place: FormView,
    number: FormView,
    off: FormView,
    act: FormView,
    moved: FormView,
    invite: FormView,
}

fn ready(signed: &Signed, ready: &Readiness) -> ReadyView {
    let (l, names) = (signed.l, &signed.names);
    let mut lines: Vec<String> = ready.refusal.iter().map(|refusal| signed.refusal(refusal)).collect();
    lines.extend(ready.waiting.iter().map(|(rule, org, on)| {
        let org = org.as_ref().map(|org| names.org_id(org)).unwrap_or_default();
        l.f("ready-waiting", &[("what", &l.code("rule", rule.code())), ("org", &org), ("day", &l.date(*on))])
    }));
    let late = ready.delivered_since.iter();
    lines.extend(late.map(|(org, on)| l.f("ready-delivered", &[("org", &names.org_id(org)), ("day", &l.date(*on))])));
    if !ready.not_fresh.is_empty() {
        lines.push(l.f("ready-not-fresh", &[("names", &ready.not_fresh.join(", "))]));
    }
    let (class, key) = if ready.is_ready() { ("good", "ready-yes") } else { ("warn", "ready-no") };
    ReadyView { class, words: l.t(key).into_owned(), lines }
}

fn with_also(signed: &Signed, mut view: ReadyView, also: usize) -> ReadyView {
    if also > 0 {
        view.lines.push(signed.l.t("ready-also").into_owned());
    }
    view
}

fn case_row(signed: &Signed, case: &AgendaCase) -> CaseRow {
    let l = signed.l;
    let tabled = case.tabled.as_ref();
    CaseRow {
        id: case.item.row.trajectory.to_string(),
        place: case.place,
        minutes: case.minutes,
        row: RowView::new(&case.item, l, &signed.names, signed.today()),
        why: tabled.map(|tabled| l.code("agenda-why", tabled.why).into_owned()).unwrap_or_default(),
        question: tabled.map(|tabled| tabled.question.clone()).unwrap_or_default(),
        outcome: case.outcome.map(|end| l.code("agenda-end", end.code()).into_owned()),
        ready: with_also(signed, ready(signed, &case.ready), case.also.len()),
    }
}

fn proposal_row(signed: &Signed, proposal: &Proposal) -> ProposalRow {
    let l = signed.l;
    ProposalRow {
        id: proposal.item.row.trajectory.to_string(),
        row: RowView::new(&proposal.item, l, &signed.names, signed.today()),
        why: l.code("agenda-why", proposal.why).into_owned(),
        since: l.date(proposal.since),
        due: proposal.due.map(|due| l.date(due)),
        ready: with_also(signed, ready(signed, &proposal.ready), proposal.also.len()),
    }
}

fn order_fields() -> Vec<FieldSpec> {
    let hidden = FieldSpec::new("zaak", "sitting-case", FieldKind::Hidden, Category::Process);
    let columns = vec![hidden, line("plaats", "agenda-place", 3), line("minuten", "case-minutes-for", 3)];
    vec![FieldSpec::new("orde", "agenda-order", FieldKind::Repeat { rows: 0, columns }, Category::Process)]
}

fn place_fields(proposals: &[Proposal]) -> Vec<FieldSpec> {
    let choice =
        |proposal: &Proposal| Choice::new(proposal.item.row.trajectory.to_string(), &*proposal.item.row.case_number);
    let all = proposals.iter().map(choice).collect();
    vec![FieldSpec::new("zaken", "agenda-proposed", FieldKind::Checkboxes(all), Category::Process), also_field()]
}

fn also_field() -> FieldSpec {
    let yes = vec![Choice::new("ja", "")];
    FieldSpec::new("also", "agenda-also", FieldKind::Checkboxes(yes), Category::Process)
}

fn number_fields(l: L) -> Vec<FieldSpec> {
    let why = Why::ALL.iter().map(|why| Choice::new(why.code(), l.code("agenda-why", why))).collect();
    let yes = vec![Choice::new("ja", l.t("agenda-also-yes"))];
    vec![
        line("number", "question-case", 20).required(),
        FieldSpec::new("why", "field-agenda-why", FieldKind::Select(why), Category::Process).required(),
        FieldSpec::new("question", "field-agenda-question", FieldKind::TextArea, Category::Process),
        FieldSpec::new("also", "agenda-also", FieldKind::Checkboxes(yes), Category::Process),
    ]
}

fn off_fields(cases: &[AgendaCase]) -> Vec<FieldSpec> {
    let open = cases.iter().filter(|case| case.outcome.is_none());
    let choice = |case: &AgendaCase| {
        let (name, number) = (&case.item.card.name, &case.item.row.case_number);
        Choice::new(case.item.row.trajectory.to_string(), format!("{number} {name}").trim().to_owned())
    };
    vec![
        FieldSpec::new("zaak", "sitting-case", FieldKind::Select(open.map(choice).collect()), Category::Process)
            .required(),
        line("reason", "field-reason", 300).required(),
    ]
}

/// Everything the page needs.
struct Loaded {
    sitting: Sitting,
    cases: Vec<AgendaCase>,
    proposals: Vec<Proposal>,
    chairs: bool,
}

async fn load(signed: &Signed, id: SittingId) -> Result<Loaded, Response> {
    let desk = &signed.app.desk;
    let (sitting, cases) = desk.agenda(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
    let chairs = super::conference(signed, &sitting)
        .is_some_and(|conference| desk::conference::chairs(&signed.who, conference, &sitting.site));
    let edits = chairs && matches!(sitting.stage, Stage::Planned | Stage::Open);
    let proposals =
        if edits { desk.proposals(&signed.who, id).await.map_err(|failure| signed.trouble(failure))? } else { vec![] };
    Ok(Loaded { sitting, cases, proposals, chairs })
}

/// Which form comes back with its mistakes.
enum Wrong {
    Nothing,
    Place(FormData),
    Number(FormData),
    Off(FormData),
}

fn page(signed: &Signed, loaded: &Loaded, wrong: &Wrong) -> Response {
    let (l, sitting) = (signed.l, &loaded.sitting);
    let base = format!("/overleg/{}", sitting.id);
    let version = Some(sitting.version);
    let form = |part: &str, fields: &[FieldSpec], wrong: Option<&FormData>| {
        let empty = fresh(signed, fields, version);
        FormView::new(l, format!("{base}/{part}"), wrong.unwrap_or(&empty))
    };
    let acts = plan::act_fields(signed, sitting);
    let with = |act: &str, fields: Vec<FieldSpec>| {
        let mut data = fresh(signed, &fields, version).with("act", act);
        data = data.with_date("on", sitting.on).with("at", super::clock(sitting.at));
        data = data.with("minutes", sitting.minutes).with("place", &sitting.place);
        let data = sitting.invited.iter().fold(data, |data, member| data.with("members", member.user));
        FormView::new(l, format!("{base}/doe"), &data)
    };
    let hidden = || FieldSpec::new("act", "sitting-act", FieldKind::Hidden, Category::Process);
    let moved = plan::where_and_when().into_iter().chain([hidden()]).collect();
    let invite = plan::invited(signed, sitting.board, &sitting.site).into_iter().chain([hidden()]).collect();
    let planned: u32 = loaded.cases.iter().map(|case| u32::from(case.minutes)).sum();
    let invited = sitting.invited.iter().map(|member| {
        let name = signed.app.desk.colleague(member.user).map(|account| account.name).unwrap_or_default();
        format!("{name}, {}", signed.names.org_id(&member.org))
    });
    let (place, number, off) = match wrong {
        Wrong::Nothing => (None, None, None),
        Wrong::Place(data) => (Some(data), None, None),
        Wrong::Number(data) => (None, Some(data), None),
        Wrong::Off(data) => (None, None, Some(data)),
    };
    let status = if matches!(wrong, Wrong::Nothing) { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let top = Top::new(signed, sitting, "agenda");
    let edits = loaded.chairs && matches!(sitting.stage, Stage::Planned | Stage::Open);
    let page = Page {
        shell: signed.shell(top.title.clone()).under(Menu::Conference),
        l,
        can_open: loaded.chairs && sitting.stage == Stage::Planned,
        edits,
        cases: loaded.cases.iter().map(|case| case_row(signed, case)).collect(),
        fits: l.f("agenda-fits", &[("planned", &planned), ("minutes", &sitting.minutes)]),
        over: planned > u32::from(sitting.minutes),
        proposals: loaded.proposals.iter().map(|proposal| proposal_row(signed, proposal)).collect(),
        invited: invited.collect(),
        order: form("orde", &order_fields(), None),
        place: form("agenda", &place_fields(&loaded.proposals), place),
        number: form("nummer", &number_fields(l), number).submit(l.t("agenda-add")),
        off: form("af", &off_fields(&loaded.cases), off).submit(l.t("agenda-take-off")),
        act: form("doe", &acts, None),
        moved: with("verplaatsen", moved).submit(l.t("sitting-move")),
        invite: with("uitnodigen", invite).submit(l.t("sitting-invite")),
        top,
    };
    render_with(status, &page)
}

macro_rules! open {
    ($signed:expr, $text:expr) => {{
        let id = match id(&$signed, &$text) {
            Ok(id) => id,
            Err(response) => return response,
        };
        match load(&$signed, id).await {
            Ok(loaded) => (id, loaded),
            Err(response) => return response,
        }
    }};
}

macro_rules! taken {
    ($signed:expr, $request:expr, $fields:expr) => {
        match sent(&$signed, $request, $fields).await {
            Ok(sent) => sent,
            Err(response) => return response,
        }
    };
}

/// The agenda.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>) -> Response {
    let (_, loaded) = open!(signed, text);
    page(&signed, &loaded, &Wrong::Nothing)
}

/// Places what was proposed and chosen.
pub(crate) async fn place(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let (id, loaded) = open!(signed, text);
    let (mut data, command, _) = taken!(signed, request, &place_fields(&loaded.proposals));
    let chosen = data.raws("zaken").to_vec();
    let also = !data.raws("also").is_empty();
    let placing = |proposal: &&Proposal| chosen.contains(&proposal.item.row.trajectory.to_string());
    let cases = loaded.proposals.iter().filter(placing).map(|proposal| Placing {
        case: proposal.item.row.trajectory,
        why: proposal.why,
        question: String::new(),
        also,
    });
    match signed.app.desk.place(&signed.who, command, id, cases.collect()).await {
        Ok(_) => to(&format!("/overleg/{id}")),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            // what was placed before the refused one stays: the page shows it
            let (_, loaded) = open!(signed, text);
            page(&signed, &loaded, &Wrong::Place(data))
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Places a case by its number.
pub(crate) async fn by_number(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let (id, loaded) = open!(signed, text);
    let (mut data, command, _) = taken!(signed, request, &number_fields(signed.l));
    let (number, why) = (data.text("number"), data.choice("why", Why::from_code));
    let (question, also) = (data.text("question"), !data.raws("also").is_empty());
    let Some(why) = why.filter(|_| data.is_right()) else { return page(&signed, &loaded, &Wrong::Number(data)) };
    let desk = &signed.app.desk;
    let placed = match desk.case_for_agenda(&signed.who, id, &number).await {
        Ok(case) => desk.place(&signed.who, command, id, vec![Placing { case, why, question, also }]).await,
        Err(failure) => Err(failure),
    };
    match placed {
        Ok(_) => to(&format!("/overleg/{id}")),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, &loaded, &Wrong::Number(data))
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Takes a case off.
pub(crate) async fn take_off(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let (id, loaded) = open!(signed, text);
    let (mut data, command, _) = taken!(signed, request, &off_fields(&loaded.cases));
    let (case, reason) = (data.parsed::<TrajectoryId>("zaak"), data.text("reason"));
    let Some(case) = case.filter(|_| data.is_right()) else { return page(&signed, &loaded, &Wrong::Off(data)) };
    match signed.app.desk.take_off(&signed.who, command, id, case, reason).await {
        Ok(_) => to(&format!("/overleg/{id}")),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, &loaded, &Wrong::Off(data))
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Sets the order and the minutes of each case.
pub(crate) async fn order(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let (mut data, command, version) = taken!(signed, request, &order_fields());
    let mut slots: Vec<(u16, Slot)> = Vec::new();
    for row in data.rows("orde") {
        let case = data.raw(&cell("orde", row, "zaak")).parse::<TrajectoryId>().ok();
        let place = super::number(&mut data, &cell("orde", row, "plaats"), signed.l);
        let minutes = super::number(&mut data, &cell("orde", row, "minuten"), signed.l);
        let (Some(case), Some(place), Some(minutes)) = (case, place, minutes) else {
            let words = signed.l.t("form-number").into_owned();
            return signed.answer(crate::problem_page::Trouble::new(StatusCode::UNPROCESSABLE_ENTITY).saying(words));
        };
        slots.push((place, Slot { case, minutes }));
    }
    slots.sort_by_key(|(place, _)| *place);
    let slots = slots.into_iter().map(|(_, slot)| slot).collect();
    match signed.app.desk.act_on_sitting(&signed.who, command, id, version, Act::Ordered { slots }).await {
        Ok(_) => to(&format!("/overleg/{id}")),
        Err(failure) => signed.trouble(failure),
    }
}
