//! A sitting is planned, moved, cancelled; who is invited; the invitation for a calendar.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use desk::{Failure, conference::Plan};
use domain::{
    codes::{Board, Category},
    ids::{SiteId, UserId},
    sitting::{Act, Member, Sitting},
};
use jiff::{ToSpan as _, civil::Time};

use super::{fresh, id, line, number, sent, to};
use crate::{
    form::{Choice, FieldKind, FieldSpec, FormData, FormView},
    page::{Menu, Shell, render_with},
    session::{Signed, part},
    text::L,
};

#[derive(Template)]
#[template(path = "conference/plan.html")]
struct Page {
    shell: Shell,
    l: L,
    title: String,
    /// Other bodies to plan for.
    others: Vec<(String, String)>,
    form: FormView,
}

/// Fields of where and when.
pub(super) fn where_and_when() -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("on", "sitting-on", FieldKind::Date, Category::Process).required(),
        line("at", "sitting-at", 5).required().hint("sitting-at-hint"),
        line("minutes", "sitting-minutes", 3).required(),
        line("place", "sitting-place", 200).required(),
    ]
}

/// Fields of who is invited.
pub(super) fn invited(signed: &Signed, board: Board, site: &SiteId) -> Vec<FieldSpec> {
    let people = signed.app.desk.invitable(board, site).unwrap_or_default();
    let choice = |account: desk::Account| {
        let label = format!("{}, {}", account.name, signed.names.org_id(&account.org));
        Choice::new(account.user.to_string(), label)
    };
    let people = FieldKind::Checkboxes(people.into_iter().map(choice).collect());
    vec![
        FieldSpec::new("members", "sitting-members", people, Category::Process).required().hint("sitting-members-hint"),
    ]
}

/// Where and when, as far as it can be read.
pub(super) fn read_where_and_when(data: &mut FormData, l: L) -> Option<(jiff::civil::Date, Time, u16, String)> {
    let (on, at, minutes, place) = (data.date("on"), data.text("at"), number(data, "minutes", l), data.text("place"));
    let time = Time::strptime("%H:%M", &at).ok();
    if time.is_none() && !at.is_empty() {
        data.wrong_words("at", l.t("form-time"));
    }
    Some((on?, time?, minutes?, place))
}

/// The chosen accounts.
pub(super) fn read_users(data: &FormData, name: &str) -> Vec<UserId> {
    data.raws(name).iter().filter_map(|text| text.parse().ok()).collect()
}

/// The body that the address asks for: one that who asks chairs.
fn asked(signed: &Signed, query: Option<&str>) -> Option<(Board, SiteId)> {
    let all = chaired(signed);
    let wanted =
        part(query, "reeks").and_then(Board::from_code).zip(part(query, "lvv").and_then(|text| text.parse().ok()));
    match wanted {
        Some(wanted) => all.into_iter().find(|known| *known == wanted),
        None => all.into_iter().next(),
    }
}

fn chaired(signed: &Signed) -> Vec<(Board, SiteId)> {
    let programme = signed.names.programme();
    let mut out = Vec::new();
    for site in &signed.who.sites {
        let here = programme.conferences_of(site).into_iter().filter(|one| one.here);
        out.extend(
            here.filter(|one| desk::conference::chairs(&signed.who, one, site)).map(|one| (one.board, site.clone())),
        );
    }
    out
}

fn fields(signed: &Signed, board: Board, site: &SiteId) -> Vec<FieldSpec> {
    let mut fields = where_and_when();
    let every = signed.names.programme().conference(board, site).and_then(|conference| conference.every_days);
    fields.extend(every.map(|_| line("times", "sitting-times", 2).hint("sitting-times-hint")));
    fields.extend(invited(signed, board, site));
    fields
}

fn page(signed: &Signed, status: StatusCode, (board, site): (Board, SiteId), data: &FormData) -> Response {
    let (l, names) = (signed.l, &signed.names);
    let name = |board: Board, site: &SiteId| format!("{} {}", l.code("board", board), names.site(site.as_str()));
    let address = |board: Board, site: &SiteId| format!("/overleg/nieuw?reeks={board}&lvv={site}");
    let others = chaired(signed).into_iter().filter(|other| *other != (board, site.clone()));
    let others = others.map(|(board, site)| (address(board, &site), name(board, &site))).collect();
    let title = l.f("sitting-plan-title", &[("what", &name(board, &site))]);
    let form = FormView::new(l, address(board, &site), data).submit(l.t("sitting-plan")).cancel("/overleg");
    let shell = signed.shell(title.clone()).under(Menu::Conference);
    render_with(status, &Page { shell, l, title, others, form })
}

/// The form, filled in with what the programme says.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let Some((board, site)) = asked(&signed, query.as_deref()) else { return signed.trouble(Failure::Denied) };
    let Some(conference) = signed.names.programme().conference(board, &site) else {
        return signed.trouble(Failure::Hidden);
    };
    let fields = fields(&signed, board, &site);
    let on = signed.today().saturating_add(i64::from(conference.papers_days.max(1)).days());
    let mut data = fresh(&signed, &fields, None).with_date("on", on).with("at", "09:30");
    data = data.with("minutes", conference.minutes).with("times", 1);
    for account in signed.app.desk.invitable(board, &site).unwrap_or_default() {
        data = data.with("members", account.user);
    }
    page(&signed, StatusCode::OK, (board, site), &data)
}

/// Plans it.
pub(crate) async fn submit(signed: Signed, RawQuery(query): RawQuery, request: Request) -> Response {
    let Some((board, site)) = asked(&signed, query.as_deref()) else { return signed.trouble(Failure::Denied) };
    let (mut data, command, _) = match sent(&signed, request, &fields(&signed, board, &site)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let read = read_where_and_when(&mut data, signed.l);
    let members = data.codes("members").len();
    let times = number(&mut data, "times", signed.l).unwrap_or(1);
    let invited = read_users(&data, "members");
    let Some((on, at, minutes, place)) = read.filter(|_| data.is_right() && members > 0) else {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, (board, site), &data);
    };
    let plan = Plan { board, site: site.clone(), on, at, minutes, place, invited };
    match signed.app.desk.plan_series(&signed.who, command, plan, times).await {
        Ok(ids) if ids.len() == 1 => to(&format!("/overleg/{}", ids[0])),
        Ok(_) => to("/overleg"),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, (board, site), &data)
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Fields of every act that is one button, with what it needs.
pub(super) fn act_fields(signed: &Signed, sitting: &Sitting) -> Vec<FieldSpec> {
    let mut fields = where_and_when();
    // only the fields of the act that is asked for are filled in
    fields.extend(invited(signed, sitting.board, &sitting.site));
    fields.iter_mut().for_each(|field| field.required = false);
    fields.push(FieldSpec::new("act", "sitting-act", FieldKind::Hidden, Category::Process));
    fields.push(line("reason", "field-reason", 300));
    fields
}

/// Opens, closes, moves, cancels, invites.
pub(crate) async fn act(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let sitting = match signed.app.desk.sitting(&signed.who, id).await {
        Ok(sitting) => sitting,
        Err(failure) => return signed.trouble(failure),
    };
    let (mut data, command, version) = match sent(&signed, request, &act_fields(&signed, &sitting)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let what = data.raw("act").to_owned();
    let act = match what.as_str() {
        "openen" => Some(Act::Opened {}),
        "sluiten" => Some(Act::Closed {}),
        "afzeggen" => Some(Act::Cancelled { reason: data.text("reason") }),
        "verplaatsen" => read_where_and_when(&mut data, signed.l).map(|(on, at, minutes, place)| Act::Moved {
            on,
            at,
            minutes,
            place,
        }),
        "uitnodigen" => {
            // the desk fills in for which organisation
            let member = |user| Member { user, org: signed.who.org.clone() };
            Some(Act::Invited { members: read_users(&data, "members").into_iter().map(member).collect() })
        }
        _ => None,
    };
    let Some(act) = act else {
        let words = data.errors().all(signed.l).into_iter().map(|(_, words)| words).next();
        let trouble = crate::problem_page::Trouble::new(StatusCode::UNPROCESSABLE_ENTITY);
        return signed.answer(match words {
            Some(words) => trouble.saying(words),
            None => trouble.says("sitting-act-unknown"),
        });
    };
    let next = match what.as_str() {
        "openen" => "/tafel",
        "sluiten" => "/notulen",
        _ => "",
    };
    match signed.app.desk.act_on_sitting(&signed.who, command, id, version, act).await {
        Ok(_) => to(&format!("/overleg/{id}{next}")),
        Err(failure) => signed.trouble(failure),
    }
}

/// The invitation, for a calendar: day, time, place and how many cases; nothing about anyone.
pub(crate) async fn invitation(signed: Signed, Path(text): Path<String>) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let sitting = match signed.app.desk.sitting(&signed.who, id).await {
        Ok(sitting) => sitting,
        Err(failure) => return signed.trouble(failure),
    };
    let summary = super::title(&signed, &sitting);
    let words = signed.l.t("invitation-text").into_owned();
    let text = exchange::calendar::invitation(&sitting, &summary, &words, signed.app.desk.clock().real());
    let name = format!("attachment; filename=\"overleg-{}.ics\"", sitting.on);
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, text).into_response()
}
