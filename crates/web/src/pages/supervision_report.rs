//! The report that the DT&V writes about the departure process (letter of 29 November 2018): drafted from the facts, for a
//! period, with the definition of each number. On screen and as PDF it is the same text.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::RawQuery,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use desk::{Failure, supervision::SupervisionReport};
use domain::codes::Category;
use jiff::{ToSpan as _, civil::Date};
use letters::{Block, Letter};

use super::supervision::{advice, by_step, causes};
use crate::{
    form::{FieldKind, FieldSpec, FormData, FormView},
    page::{Menu, Shell, render_with},
    problem_page::Trouble,
    session::Signed,
    text::L,
};

/// A part of the report on screen.
enum Part {
    Chapter(String),
    Heading(String),
    Text(String),
    Row(String, String),
}

#[derive(Template)]
#[template(path = "supervision_report.html")]
struct Page {
    shell: Shell,
    l: L,
    title: String,
    pdf: String,
    form: FormView,
    parts: Vec<Part>,
}

fn fields() -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("van", "report-from", FieldKind::Date, Category::Process).required(),
        FieldSpec::new("tot", "report-to", FieldKind::Date, Category::Process).required(),
    ]
}

/// The period asked for: both days included; without one the last half year.
fn period(signed: &Signed, data: &mut FormData, asked: bool) -> Option<(Date, Date)> {
    if asked {
        let (from, to) = (data.date("van"), data.date("tot"));
        return from.zip(to);
    }
    let today = signed.today();
    Some((today.saturating_sub(6.months()), today))
}

fn blocks(signed: &Signed, report: &SupervisionReport, (from, last): (Date, Date)) -> Vec<Block> {
    let l = signed.l;
    let sites: Vec<String> = signed.who.sites.iter().map(|site| signed.names.site(site.as_str())).collect();
    let mut out = vec![
        Block::Text(
            l.f("report-intro", &[("from", &l.date(from)), ("to", &l.date(last)), ("sites", &sites.join(", "))]),
        ),
        Block::Chapter(l.t("supervision-involvement").into_owned()),
    ];
    let text = |key: &str| Block::Text(l.t(key).into_owned());
    if report.has_dtv {
        let (open, with) = (report.watched.len(), report.watched.iter().filter(|one| one.involved).count());
        out.push(Block::Row(l.t("report-open-period").into_owned(), open.to_string()));
        out.push(Block::Row(l.t("report-with").into_owned(), with.to_string()));
        out.push(Block::Row(l.t("report-without").into_owned(), (open - with).to_string()));
    } else {
        out.push(text("supervision-no-dtv"));
    }
    out.push(text("report-involvement-period"));

    out.push(Block::Chapter(l.t("supervision-steps").into_owned()));
    let cases: BTreeSet<_> = report.steps.iter().map(|step| step.trajectory).collect();
    out.push(Block::Row(l.t("report-steps-taken").into_owned(), report.steps.len().to_string()));
    out.push(Block::Row(l.t("report-steps-cases").into_owned(), cases.len().to_string()));
    let taken = by_step(signed, report.steps.iter());
    out.extend(
        taken.into_iter().filter(|(_, count)| *count > 0).map(|(what, count)| Block::Row(what, count.to_string())),
    );
    out.push(text("report-steps-definition"));

    out.push(Block::Chapter(l.t("supervision-standstill").into_owned()));
    let still = report.watched.iter().filter(|one| !one.stood.is_empty()).count();
    out.push(Block::Row(l.t("report-still").into_owned(), still.to_string()));
    let causes = causes(signed, report.watched.iter().flat_map(|one| &one.stood));
    if causes.is_empty() {
        out.push(text("supervision-nothing-stands"));
    }
    for cause in causes {
        let value =
            l.f("report-cause", &[("cases", &cause.cases), ("median", &cause.median), ("longest", &cause.longest)]);
        out.push(Block::Row(format!("{} ({})", cause.what, cause.kind), value));
    }
    out.push(Block::Text(l.f("report-standstill-definition", &[("date", &l.date(last))])));

    out.push(Block::Chapter(l.t("supervision-advices").into_owned()));
    let made: Vec<_> = report.recommendations.iter().filter(|one| from <= one.on && one.on <= last).cloned().collect();
    if made.is_empty() {
        out.push(text("report-no-advice"));
    }
    for one in advice(signed, &made) {
        out.push(Block::Heading(format!("{} · {} · {}", one.on, one.site, one.org)));
        out.push(Block::Text(one.text));
        let became = if one.became.is_empty() { vec![one.last] } else { one.became };
        out.extend(became.into_iter().map(Block::Text));
    }
    out.push(text("report-advice-definition"));
    out
}

/// The report, and its period, in words.
async fn draft(signed: &Signed, query: Option<&str>) -> Result<(FormData, Option<Vec<Block>>, String), Response> {
    let asked = query.is_some_and(|query| !query.is_empty());
    let data = FormData::from_query(query, &fields()).map_err(|bad| signed.answer(bad.trouble()))?;
    let mut data = data;
    let Some((from, last)) = period(signed, &mut data, asked) else { return Ok((data, None, String::new())) };
    if !asked {
        data = data.with_date("van", from).with_date("tot", last);
    }
    let query = [("van", from), ("tot", last)]
        .map(|(name, day)| format!("{name}-dag={}&{name}-maand={}&{name}-jaar={}", day.day(), day.month(), day.year()));
    match signed.app.desk.supervision_report(&signed.who, from, last.saturating_add(1.day())).await {
        Ok(report) => Ok((data, Some(blocks(signed, &report, (from, last))), query.join("&"))),
        Err(Failure::Refused(refusal)) => {
            data.wrong_words("tot", signed.refusal(&refusal));
            Ok((data, None, String::new()))
        }
        Err(failure) => Err(signed.trouble(failure)),
    }
}

/// The page.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let (data, blocks, query) = match draft(&signed, query.as_deref()).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let l = signed.l;
    let status = if blocks.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let part = |block| match block {
        Block::Chapter(text) => Some(Part::Chapter(text)),
        Block::Heading(text) => Some(Part::Heading(text)),
        Block::Text(text) => Some(Part::Text(text)),
        Block::Row(name, value) => Some(Part::Row(name, value)),
        Block::Line => None,
    };
    let page = Page {
        shell: signed.shell(l.t("report-title")).under(Menu::Supervision),
        l,
        title: l.t("report-title").into_owned(),
        pdf: format!("/toezicht/verslag/pdf?{query}"),
        form: FormView::new(l, "/toezicht/verslag", &data).submit(l.t("report-make")),
        parts: blocks.unwrap_or_default().into_iter().filter_map(part).collect(),
    };
    render_with(status, &page)
}

/// The same as PDF.
pub(crate) async fn pdf(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let blocks = match draft(&signed, query.as_deref()).await {
        Ok((_, Some(blocks), _)) => blocks,
        Ok(_) => return signed.answer(Trouble::unanswerable().says("report-no-period")),
        Err(response) => return response,
    };
    let l = signed.l;
    let at = l.moment(signed.app.desk.clock().business());
    let letter = Letter {
        title: l.t("report-title").into_owned(),
        language: l.lang.code().to_owned(),
        footer: l.f("print-by", &[("name", &signed.who.name), ("at", &at)]),
        blocks,
    };
    let made = desk::aside(move || letters::pdf(&letter)).await;
    let bytes = match made.map_err(|error| error.to_string()).and_then(|made| made.map_err(|error| error.to_string())) {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "the report of supervision could not be written");
            return signed.answer(Trouble::new(StatusCode::INTERNAL_SERVER_ERROR));
        }
    };
    let named = format!("attachment; filename=\"{}.pdf\"", l.t("report-file"));
    ([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, named)], bytes)
        .into_response()
}
