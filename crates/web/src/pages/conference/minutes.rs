//! The minutes of a sitting: drafted from what was recorded, confirmed or contested by who was there, then fixed. On paper too.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::StatusCode,
    response::Response,
};
use desk::{Failure, conference::Minutes};
use domain::{
    codes::Category,
    sitting::{Act, Person, Stage},
};

use super::{Top, fresh, id, sent, to};
use crate::{
    event::EventView,
    form::{FieldKind, FieldSpec, FormData, FormView},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::L,
};

/// A fact in the minutes.
struct FactView {
    event: EventView,
    /// Address to correct it.
    correct: Option<String>,
    /// Whether it was corrected after the minutes were fixed.
    changed: bool,
}

/// A case in the minutes.
struct CaseMinutes {
    place: usize,
    title: String,
    took: String,
    facts: Vec<FactView>,
    /// Nothing was recorded.
    silent: bool,
}

#[derive(Template)]
#[template(path = "conference/minutes.html")]
struct Page {
    shell: Shell,
    l: L,
    top: Top,
    digest: String,
    held: String,
    attendance: Vec<(String, Vec<String>)>,
    recused: Vec<String>,
    cases: Vec<CaseMinutes>,
    confirmed: Vec<String>,
    waiting: Vec<String>,
    /// From when nobody is waited for.
    until: Option<String>,
    /// Who did not answer before the minutes were fixed.
    unanswered: Vec<String>,
    contested: Vec<(String, String)>,
    fixed: Option<String>,
    confirm: Option<FormView>,
    contest: Option<FormView>,
    fix: Option<FormView>,
    printed: String,
}

fn fields() -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("doe", "sitting-act", FieldKind::Hidden, Category::Process),
        FieldSpec::new("digest", "minutes-digest", FieldKind::Hidden, Category::Process),
        FieldSpec::new("reason", "minutes-contest-reason", FieldKind::TextArea, Category::Process)
            .hint("minutes-contest-hint"),
    ]
}

fn cases(signed: &Signed, minutes: &Minutes) -> Vec<CaseMinutes> {
    let (l, closed) = (signed.l, minutes.sitting.stage == Stage::Closed);
    let case = |one: &desk::conference::Minuted| {
        let file = &one.case.file;
        let name = file.person.name().unwrap_or_default();
        let facts: Vec<FactView> = one
            .facts
            .iter()
            .map(|(fact, by, changed)| FactView {
                event: EventView::of(fact, by, signed, file),
                correct: (closed && file.standing.may_record(fact.header.kind) && Menu::Worklist.allowed(&signed.who))
                    .then(|| format!("/traject/{}/feit/{}/verbeter", file.trajectory.id, fact.header.id)),
                changed: *changed,
            })
            .collect();
        CaseMinutes {
            place: one.case.place,
            title: format!("{} {name}", file.case_number).trim().to_owned(),
            took: l.f("minutes-took", &[("minutes", &(one.seconds / 60))]),
            silent: facts.is_empty(),
            facts,
        }
    };
    minutes.cases.iter().map(case).collect()
}

fn page(signed: &Signed, minutes: &Minutes, status: StatusCode, wrong: Option<&FormData>) -> Response {
    let (l, sitting) = (signed.l, &minutes.sitting);
    let top = Top::new(signed, sitting, "minutes");
    let name = |user| signed.app.desk.colleague(user).map(|account| account.name).unwrap_or_default();
    let seat = |seat: &domain::sitting::Seat| {
        let key = if seat.mandate { "seat-in-mandate" } else { "seat-without" };
        l.f(key, &[("name", &seat.name), ("org", &signed.names.org_id(&seat.org))])
    };
    let was_there = sitting.seats_of_all().iter().any(|seat| seat.user == Some(signed.who.user));
    let closed = sitting.stage == Stage::Closed;
    let unconfirmed = sitting.unconfirmed(&minutes.digest);
    let mine = unconfirmed.iter().any(|seat| seat.user == Some(signed.who.user));
    let waiting: Vec<String> = unconfirmed.iter().map(|seat| seat.name.clone()).collect();
    // who has no account any more cannot answer, and after the term of the body nobody is waited for
    let nobody = unconfirmed.iter().all(|seat| seat.user.is_none_or(|user| minutes.gone.contains(&user)));
    let late = minutes.fix_from.is_some_and(|day| day <= signed.today());
    let form = |act: &str, submit: &str, only: &[&str]| {
        let fields: Vec<FieldSpec> = fields().into_iter().filter(|field| only.contains(&field.name)).collect();
        let data = fresh(signed, &fields, None).with("doe", act).with("digest", &minutes.digest);
        FormView::new(l, format!("{}/notulen", top.base), &data).submit(l.t(submit))
    };
    let contest = match wrong {
        Some(data) => FormView::new(l, format!("{}/notulen", top.base), data).submit(l.t("minutes-contest")),
        None => form("betwist", "minutes-contest", &["doe", "digest", "reason"]),
    };
    let current = sitting.confirmed.iter().filter(|(_, of, _)| *of == minutes.digest);
    let attendance = sitting.attendance.iter().map(|one| (l.moment(one.from), one.seats.iter().map(seat).collect()));
    let recused = sitting.recused.iter().map(|(case, org)| {
        let known = minutes.cases.iter().find(|one| one.case.file.trajectory.id == *case);
        let number = known.map(|one| one.case.file.case_number.clone()).unwrap_or_default();
        l.f("minutes-recused", &[("org", &signed.names.org_id(org)), ("case", &number)])
    });
    let one = sitting.recused_people.iter().map(|(case, org, person)| {
        let known = minutes.cases.iter().find(|one| one.case.file.trajectory.id == *case);
        let number = known.map(|one| one.case.file.case_number.clone()).unwrap_or_default();
        let who = match person {
            Person::Account(user) => name(*user),
            Person::Guest(name) => name.clone(),
        };
        let org = format!("{who}, {}", signed.names.org_id(org));
        l.f("minutes-recused", &[("org", &org), ("case", &number)])
    });
    let recused = recused.chain(one);
    let held = match (sitting.opened, sitting.closed) {
        (Some(from), Some(until)) => l.f("minutes-held", &[("from", &l.moment(from)), ("until", &l.moment(until))]),
        _ => String::new(),
    };
    let at = l.moment(signed.app.desk.clock().business());
    let page = Page {
        shell: signed.shell(format!("{} – {}", l.t("minutes-title"), top.title)).under(Menu::Conference),
        l,
        held,
        attendance: attendance.collect(),
        recused: recused.collect(),
        cases: cases(signed, minutes),
        confirmed: current.map(|(user, _, at)| format!("{}, {}", name(*user), l.moment(*at))).collect(),
        contested: sitting
            .contested
            .iter()
            .map(|(user, _, why, at)| (format!("{}, {}", name(*user), l.moment(*at)), why.clone()))
            .collect(),
        fixed: sitting
            .fixed
            .as_ref()
            .map(|(_, _, user, at)| l.f("minutes-fixed", &[("name", &name(*user)), ("at", &l.moment(*at))])),
        confirm: (closed && mine).then(|| form("bevestig", "minutes-confirm", &["doe", "digest"])),
        contest: (closed && was_there).then_some(contest),
        fix: (closed && top.chairs && (nobody || late)).then(|| form("vast", "minutes-fix", &["doe", "digest"])),
        unanswered: sitting.unanswered().iter().map(|seat| seat.name.clone()).collect(),
        until: minutes
            .fix_from
            .filter(|_| closed && !nobody)
            .map(|day| l.f("minutes-fix-from", &[("date", &l.date(day))])),
        waiting: if closed { waiting } else { vec![] },
        printed: l.f("print-by", &[("name", &signed.who.name), ("at", &at)]),
        digest: minutes.digest.clone(),
        top,
    };
    render_with(status, &page)
}

async fn load(signed: &Signed, text: &str) -> Result<Minutes, Response> {
    let id = id(signed, text)?;
    let minutes = signed.app.desk.minutes(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
    if matches!(minutes.sitting.stage, Stage::Planned | Stage::Cancelled) {
        return Err(to(&format!("/overleg/{id}")));
    }
    Ok(minutes)
}

/// The minutes.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>, RawQuery(_): RawQuery) -> Response {
    match load(&signed, &text).await {
        Ok(minutes) => page(&signed, &minutes, StatusCode::OK, None),
        Err(response) => response,
    }
}

/// Confirms, contests, fixes.
pub(crate) async fn submit(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let sitting = match signed.app.desk.sitting(&signed.who, id).await {
        Ok(sitting) => sitting,
        Err(failure) => return signed.trouble(failure),
    };
    if matches!(sitting.stage, Stage::Planned | Stage::Cancelled) {
        return to(&format!("/overleg/{id}"));
    }
    let (mut data, command, _) = match sent(&signed, request, &fields()).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let digest = data.raw("digest").to_owned();
    let act = match data.raw("doe") {
        "bevestig" => Act::Confirmed { digest },
        "betwist" => Act::Contested { digest, reason: data.text("reason") },
        "vast" => Act::Fixed { digest, facts: vec![] },
        _ => {
            let trouble = crate::problem_page::Trouble::new(StatusCode::UNPROCESSABLE_ENTITY);
            return signed.answer(trouble.says("sitting-act-unknown"));
        }
    };
    match signed.app.desk.act_on_sitting(&signed.who, command, id, None, act).await {
        Ok(_) => to(&format!("/overleg/{id}/notulen")),
        Err(Failure::Refused(refusal)) if data.raw("doe") == "betwist" => {
            data.refused(&refusal, signed.refusal(&refusal));
            match load(&signed, &text).await {
                Ok(minutes) => page(&signed, &minutes, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)),
                Err(response) => response,
            }
        }
        Err(failure) => signed.trouble(failure),
    }
}
