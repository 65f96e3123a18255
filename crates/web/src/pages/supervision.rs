//! Supervision by the DT&V: its part in every trajectory, what stands still, the departure process, recommendations.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{
    Failure,
    supervision::{Became, Recommendation, Supervision},
};
use domain::{codes::Category, ids::SiteId, programme::List};
use jiff::civil::Date;
use uuid::Uuid;
use views::supervision::Span;

use crate::{
    form::{COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::L,
};

/// A case without involvement.
struct CaseView {
    href: String,
    number: String,
    name: String,
    site: String,
    phase: String,
    days: i32,
}

/// A cause of standstill: how many cases, and how long.
pub(super) struct CauseView {
    pub(super) what: String,
    pub(super) kind: String,
    pub(super) cases: usize,
    pub(super) median: i32,
    pub(super) longest: i32,
}

/// A recommendation.
pub(super) struct AdviceView {
    pub(super) id: String,
    pub(super) on: String,
    pub(super) site: String,
    pub(super) org: String,
    pub(super) text: String,
    pub(super) became: Vec<String>,
    pub(super) last: String,
}

#[derive(Template)]
#[template(path = "supervision.html")]
struct Page {
    shell: Shell,
    l: L,
    has_dtv: bool,
    summary: String,
    cases: Vec<CaseView>,
    more: Option<String>,
    causes: Vec<CauseView>,
    steps: Vec<(String, usize)>,
    advice: Vec<AdviceView>,
    form: FormView,
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// Number of cases, median and longest of some numbers of days.
fn lengths(mut days: Vec<i32>) -> (usize, i32, i32) {
    days.sort_unstable();
    let median = days.get(days.len() / 2).copied().unwrap_or(0);
    (days.len(), median, days.last().copied().unwrap_or(0))
}

/// Standstill by cause: pauses, obstacles, and who has let a term run out; most cases first.
pub(super) fn causes(signed: &Signed, s: &Supervision) -> Vec<CauseView> {
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let mut by: BTreeMap<(&str, &str), Vec<i32>> = BTreeMap::new();
    for span in s.standing.iter().filter(|span| span.line != "departure") {
        by.entry((&span.line, &span.code)).or_default().push(days(span.from, today));
    }
    // a case waits once for an organisation: since the first term that it let run out
    let mut seen = BTreeSet::new();
    for late in &s.late {
        if seen.insert((late.trajectory, &late.org)) {
            by.entry(("late", &late.org)).or_default().push(days(late.due, today));
        }
    }
    let mut out: Vec<CauseView> = by
        .into_iter()
        .map(|((line, code), all)| {
            let (cases, median, longest) = lengths(all);
            let what = match line {
                "pause" => names.of(List::Pauses, code),
                "obstacle" => names.of(List::Obstacles, code),
                _ => names.org(code),
            };
            CauseView { what, kind: l.t(&format!("cause-{line}")).into_owned(), cases, median, longest }
        })
        .collect();
    out.sort_by(|one, other| other.cases.cmp(&one.cases).then_with(|| one.what.cmp(&other.what)));
    out
}

/// Cases by step, in the order of the process; those in none are not here.
pub(super) fn by_step<'s>(signed: &Signed, spans: impl Iterator<Item = &'s Span>) -> Vec<(String, usize)> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for span in spans {
        *count.entry(&span.code).or_default() += 1;
    }
    let list = &signed.names.programme().list(List::DepartureSteps).0;
    let rows = list
        .iter()
        .map(|entry| (signed.names.text(&entry.text).to_owned(), count.get(entry.code.as_str()).copied().unwrap_or(0)));
    rows.collect()
}

pub(super) fn advice(signed: &Signed, all: &[Recommendation]) -> Vec<AdviceView> {
    let (l, names) = (signed.l, &signed.names);
    let became = |answer: &desk::supervision::BecameOf| {
        format!("{}: {}. {}", l.date(answer.on), l.code("became", answer.became.code()), answer.note)
    };
    let view = |one: &Recommendation| AdviceView {
        id: one.id.to_string(),
        on: l.date(one.on),
        site: one.site.as_ref().map_or_else(|| l.t("supervision-all").into_owned(), |site| names.site(site.as_str())),
        org: names.org_id(&one.org),
        text: one.text.clone(),
        became: one.answers.iter().map(became).collect(),
        last: match one.answers.last() {
            Some(answer) => l.code("became", answer.became.code()).into_owned(),
            None => l.t("became-nothing").into_owned(),
        },
    };
    all.iter().map(view).collect()
}

fn fields(signed: &Signed) -> Vec<FieldSpec> {
    let sites: Vec<Choice> =
        signed.who.sites.iter().map(|site| Choice::new(site.as_str(), signed.names.site(site.as_str()))).collect();
    vec![
        FieldSpec::new("valid_from", "field-valid-from", FieldKind::Date, Category::Process).required(),
        FieldSpec::new("site", "supervision-site", FieldKind::Select(sites), Category::Process)
            .hint("supervision-site-hint"),
        FieldSpec::new("text", "supervision-text", FieldKind::TextArea, Category::Process)
            .required()
            .hint("supervision-text-hint"),
    ]
}

fn fresh(signed: &Signed, fields: &[FieldSpec]) -> FormData {
    FormData::empty(fields)
        .with_date("valid_from", signed.today())
        .with(CSRF, &signed.csrf)
        .with(COMMAND, signed.new_command())
        .with(VERSION, "")
}

async fn page(signed: &Signed, status: StatusCode, data: Option<&FormData>) -> Response {
    let s = match signed.app.desk.supervision(&signed.who).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let cases: Vec<CaseView> = s
        .cases
        .iter()
        .map(|item| CaseView {
            href: format!("/traject/{}", item.row.trajectory),
            number: item.row.case_number.clone(),
            name: item.card.name.clone(),
            site: names.site(&item.row.site),
            phase: l.code("phase", item.row.phase).into_owned(),
            days: days(item.row.phase_since, today),
        })
        .collect();
    let more = u64::try_from(cases.len()).unwrap_or(u64::MAX) < s.without;
    let empty = fresh(signed, &fields(signed));
    let form = FormView::new(l, "/toezicht", data.unwrap_or(&empty)).submit(l.t("supervision-submit"));
    let with = s.open.saturating_sub(s.without);
    let page = Page {
        shell: signed.shell(l.t("supervision-title")).under(Menu::Supervision),
        l,
        has_dtv: s.has_dtv,
        summary: l.f("supervision-summary", &[("with", &with), ("open", &s.open), ("date", &l.date(today))]),
        more: more.then(|| l.f("supervision-more", &[("shown", &cases.len()), ("count", &s.without)])),
        cases,
        causes: causes(signed, &s),
        steps: by_step(signed, s.standing.iter().filter(|span| span.line == "departure")),
        advice: advice(signed, &s.recommendations),
        form,
    };
    render_with(status, &page)
}

/// The page.
pub(crate) async fn show(signed: Signed) -> Response {
    page(&signed, StatusCode::OK, None).await
}

/// Records a recommendation.
pub(crate) async fn submit(signed: Signed, request: Request) -> Response {
    if !access::may_supervise(&signed.who) {
        return signed.trouble(Failure::Denied);
    }
    let data = match signed.form(request, &fields(&signed)).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return page(&signed, StatusCode::FORBIDDEN, Some(&data)).await,
    };
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let (on, site, text) = (data.date("valid_from"), data.parsed::<SiteId>("site"), data.text("text"));
    let (Some(on), true) = (on, data.is_right()) else {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)).await;
    };
    match signed.app.desk.recommend(&signed.who, command, site, on, &text).await {
        Ok(()) => Redirect::to("/toezicht#adviezen").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

#[derive(Template)]
#[template(path = "recommendation.html")]
struct OnePage {
    shell: Shell,
    l: L,
    one: AdviceView,
    form: FormView,
}

fn answer_fields(signed: &Signed) -> Vec<FieldSpec> {
    let l = signed.l;
    let all = Became::ALL.iter().map(|became| Choice::new(became.code(), l.code("became", became.code())));
    vec![
        FieldSpec::new("valid_from", "field-valid-from", FieldKind::Date, Category::Process).required(),
        FieldSpec::new("became", "supervision-became", FieldKind::Radios(all.collect()), Category::Process).required(),
        FieldSpec::new("note", "field-note", FieldKind::TextArea, Category::Process).required(),
    ]
}

async fn one_page(signed: &Signed, id: Uuid, status: StatusCode, data: Option<&FormData>) -> Response {
    let l = signed.l;
    let found = match signed.app.desk.recommendation(&signed.who, id).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let Some(one) = advice(signed, &[found]).pop() else { return signed.trouble(Failure::Hidden) };
    let empty = fresh(signed, &answer_fields(signed));
    let form = FormView::new(l, format!("/toezicht/advies/{id}"), data.unwrap_or(&empty)).cancel("/toezicht");
    let shell = signed.shell(l.t("supervision-advice")).under(Menu::Supervision);
    render_with(status, &OnePage { shell, l, one, form })
}

/// A recommendation, with the form for what became of it.
pub(crate) async fn one(signed: Signed, Path(text): Path<String>) -> Response {
    let Ok(id) = text.parse::<Uuid>() else { return signed.trouble(Failure::Hidden) };
    one_page(&signed, id, StatusCode::OK, None).await
}

/// Records what became of a recommendation.
pub(crate) async fn answer(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let Ok(id) = text.parse::<Uuid>() else { return signed.trouble(Failure::Hidden) };
    let data = match signed.form(request, &answer_fields(&signed)).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return one_page(&signed, id, StatusCode::FORBIDDEN, Some(&data)).await,
    };
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let (on, became) = (data.date("valid_from"), data.choice("became", Became::from_code));
    let note = data.text("note");
    let (Some(on), Some(became), true) = (on, became, data.is_right()) else {
        return one_page(&signed, id, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)).await;
    };
    match signed.app.desk.recommendation_became(&signed.who, command, id, on, became, &note).await {
        Ok(()) => Redirect::to("/toezicht#adviezen").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            one_page(&signed, id, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_name_number_median_and_longest() {
        assert_eq!(lengths(vec![]), (0, 0, 0));
        assert_eq!(lengths(vec![9, 1, 4]), (3, 4, 9));
        assert_eq!(lengths(vec![8, 2]), (2, 8, 8));
    }
}
