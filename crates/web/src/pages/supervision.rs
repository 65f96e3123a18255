//! Supervision by the DT&V: its part in every trajectory, what stands still, the departure process, recommendations.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use charts::{Axis, Bars, Fact, Words};
use desk::{
    Failure, ListItem,
    supervision::{Became, Recommendation, Supervision},
};
use domain::{
    codes::Category,
    date::days,
    ids::{Code, SiteId},
    programme::List,
    supervision::{Cause, Stood},
};
use uuid::Uuid;
use views::supervision::Span;

use crate::{
    chart,
    form::{COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION},
    page::{Menu, Shell, render_with},
    pager::Pages,
    session::{Signed, part},
    text::L,
};

/// Causes in the drawing, at most: the table has all.
const MOST_BARS: usize = 10;

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
    /// Numbers at a glance, each with where it is told.
    summary: Vec<(String, String, &'static str)>,
    cases: Vec<CaseView>,
    pages: Pages,
    sites_drawn: Option<String>,
    causes: Vec<CauseView>,
    causes_drawn: Option<String>,
    steps: Vec<(String, usize)>,
    steps_drawn: Option<String>,
    advice: Vec<AdviceView>,
    form: FormView,
}

/// Number of cases, median and longest of some numbers of days.
fn lengths(mut days: Vec<i32>) -> (usize, i32, i32) {
    days.sort_unstable();
    let median = days.get(days.len() / 2).copied().unwrap_or(0);
    (days.len(), median, days.last().copied().unwrap_or(0))
}

/// Standstill by cause: pauses, obstacles, and who has let a term run out; most cases first.
pub(super) fn causes<'s>(signed: &Signed, stood: impl Iterator<Item = &'s Stood>) -> Vec<CauseView> {
    let (l, names) = (signed.l, &signed.names);
    let mut by: BTreeMap<&Cause, Vec<i32>> = BTreeMap::new();
    for one in stood {
        by.entry(&one.cause).or_default().push(one.days);
    }
    let view = |(cause, all): (&Cause, Vec<i32>)| {
        let (cases, median, longest) = lengths(all);
        let told = |list, code: Option<&Code>| match code {
            Some(code) => names.of(list, code.as_str()),
            None => l.t("cause-together").into_owned(),
        };
        let (what, kind) = match cause {
            Cause::Pause(code) => (told(List::Pauses, code.as_ref()), "cause-pause"),
            Cause::Obstacle(code) => (told(List::Obstacles, code.as_ref()), "cause-obstacle"),
            Cause::Late(org) => (names.org_id(org), "cause-late"),
        };
        CauseView { what, kind: l.t(kind).into_owned(), cases, median, longest }
    };
    let mut out: Vec<CauseView> = by.into_iter().map(view).collect();
    out.sort_by(|one, other| other.cases.cmp(&one.cases).then_with(|| one.what.cmp(&other.what)));
    out
}

/// A count on the scale of a drawing.
fn counted(count: impl TryInto<u32>) -> Option<f64> {
    count.try_into().ok().map(f64::from)
}

/// Lying bars of counts of cases; the numbers stand in the table beside it.
fn bars(
    l: L,
    id: &str,
    title: &str,
    categories: Vec<String>,
    series: Vec<(String, Vec<Option<f64>>)>,
) -> Option<String> {
    if !series.iter().flat_map(|(_, values)| values).flatten().any(|value| *value > 0.0) {
        return None;
    }
    let axis = l.t("supervision-cases");
    let whole = |value: f64| chart::number(l, value, 0);
    let describe = |facts: &[Fact<'_>]| chart::sentences(l, facts, &whole, &whole);
    chart::drawing(&Bars {
        words: Words { id, title, describe: &describe, hidden: "–" },
        axis: Axis { label: &axis, format: &whole },
        categories,
        stacked: series.len() > 1,
        series,
    })
}

/// In how many open cases the DT&V is involved, and in how many not, by site.
fn picture_of_sites(signed: &Signed, s: &Supervision) -> Option<String> {
    let l = signed.l;
    let count = |count: u64| usize::try_from(count).ok().and_then(counted);
    let with = s.sites.iter().map(|site| count(site.open.saturating_sub(site.without))).collect();
    let without = s.sites.iter().map(|site| count(site.without)).collect();
    let series = vec![(l.t("report-with").into_owned(), with), (l.t("report-without").into_owned(), without)];
    let sites = s.sites.iter().map(|site| signed.names.site(&site.site)).collect();
    bars(l, "betrokkenheid", &l.t("supervision-involvement"), sites, series)
}

fn picture_of_causes(l: L, causes: &[CauseView]) -> Option<String> {
    let shown = || causes.iter().take(MOST_BARS);
    let names = shown().map(|cause| format!("{} ({})", cause.what, cause.kind)).collect();
    let series = vec![(l.t("supervision-cases").into_owned(), shown().map(|cause| counted(cause.cases)).collect())];
    bars(l, "stilstand", &l.t("supervision-standstill"), names, series)
}

fn picture_of_steps(l: L, steps: &[(String, usize)]) -> Option<String> {
    let names = steps.iter().map(|(what, _)| what.clone()).collect();
    let series =
        vec![(l.t("supervision-cases").into_owned(), steps.iter().map(|(_, count)| counted(*count)).collect())];
    bars(l, "vertrek", &l.t("supervision-steps"), names, series)
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

async fn page(signed: &Signed, status: StatusCode, number: u32, data: Option<&FormData>) -> Response {
    let s = match signed.app.desk.supervision(&signed.who, number).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let case = |item: &ListItem| CaseView {
        href: format!("/traject/{}", item.row.trajectory),
        number: item.row.case_number.clone(),
        name: item.card.name.clone(),
        site: names.site(&item.row.site),
        phase: l.code("phase", item.row.phase).into_owned(),
        days: days(item.row.phase_since, today),
    };
    let empty = fresh(signed, &fields(signed));
    let form = FormView::new(l, "/toezicht", data.unwrap_or(&empty)).submit(l.t("supervision-submit"));
    let causes = causes(signed, s.stood.iter());
    let (open, without) = s.totals();
    let mut summary = vec![(l.f("report-open", &[("date", &l.date(today))]), open.to_string(), "#betrokken")];
    if s.has_dtv {
        summary.push((l.t("report-with").into_owned(), open.saturating_sub(without).to_string(), "#betrokken"));
        summary.push((l.t("report-without").into_owned(), without.to_string(), "#zonder"));
    }
    summary.push((l.t("supervision-still").into_owned(), s.still.to_string(), "#stil"));
    summary.push((l.t("supervision-in-step").into_owned(), s.in_step.len().to_string(), "#stappen"));
    let steps = by_step(signed, s.in_step.iter());
    let page = Page {
        shell: signed.shell(l.t("supervision-title")).under(Menu::Supervision),
        l,
        has_dtv: s.has_dtv,
        summary,
        cases: s.cases.iter().map(case).collect(),
        pages: Pages::new(s.page, |number| format!("/toezicht?pagina={number}#zonder")),
        sites_drawn: picture_of_sites(signed, &s).filter(|_| s.has_dtv),
        causes_drawn: picture_of_causes(l, &causes),
        causes,
        steps_drawn: picture_of_steps(l, &steps),
        steps,
        advice: advice(signed, &s.recommendations),
        form,
    };
    render_with(status, &page)
}

/// The page; of the cases without the DT&V as many as fit, by `pagina`.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let Ok(number) = part(query.as_deref(), "pagina").unwrap_or("1").parse::<u32>() else {
        return signed.trouble(Failure::Hidden);
    };
    page(&signed, StatusCode::OK, number, None).await
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
        Err(data) => return page(&signed, StatusCode::FORBIDDEN, 1, Some(&data)).await,
    };
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let (on, site, text) = (data.date("valid_from"), data.parsed::<SiteId>("site"), data.text("text"));
    let (Some(on), true) = (on, data.is_right()) else {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, 1, Some(&data)).await;
    };
    match signed.app.desk.recommend(&signed.who, command, site, on, &text).await {
        Ok(()) => Redirect::to("/toezicht#adviezen").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, 1, Some(&data)).await
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
