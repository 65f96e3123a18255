//! Reviewing the read log: what stands out and random samples, each to be signed off.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{
    Failure,
    read_review::{ReviewItem, Reviews},
};
use domain::codes::Category;

use crate::{
    form::{FieldKind, FieldSpec, FormData},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::L,
};

/// Something to look at.
struct ItemView {
    why: String,
    day: String,
    readers: String,
    cases: String,
    amount: String,
    what: String,
    lines: String,
    due: String,
    overdue: bool,
    done: Option<(String, String)>,
    own: bool,
    /// Whether this person can sign it off, what they typed, and what is wrong with that.
    form: Option<(String, String, Option<String>)>,
    id: String,
}

#[derive(Template)]
#[template(path = "read_log.html")]
struct Page {
    shell: Shell,
    l: L,
    summary: String,
    thresholds: Vec<String>,
    open: Vec<ItemView>,
    done: Vec<ItemView>,
    alarm: Option<String>,
}

fn fields() -> Vec<FieldSpec> {
    let remark = FieldSpec::new("remark", "review-remark", FieldKind::Text { max: 1000 }, Category::Process);
    vec![remark.required().hint("review-remark-hint")]
}

/// The worklist.
pub(crate) async fn show(signed: Signed) -> Response {
    page(&signed, StatusCode::OK, None).await
}

/// Signing one off.
pub(crate) async fn submit(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let Ok(id) = text.parse::<domain::ids::CommandId>() else { return signed.trouble(Failure::Hidden) };
    let data = match signed.form(request, &fields()).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return page(&signed, StatusCode::FORBIDDEN, Some((text, *data))).await,
    };
    if let Err(bad) = data.command() {
        return signed.answer(bad.trouble());
    }
    let remark = data.text("remark");
    if !data.is_right() {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, Some((text, data))).await;
    }
    match signed.app.desk.sign_off(&signed.who, id.0, &remark).await {
        Ok(()) => Redirect::to("/beheer/leeslog").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, Some((text, data))).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

async fn page(signed: &Signed, status: StatusCode, sent: Option<(String, FormData)>) -> Response {
    let l = signed.l;
    let reviews = match signed.app.desk.reviews(&signed.who).await {
        Ok(reviews) => reviews,
        Err(failure) => return signed.trouble(failure),
    };
    let overdue = reviews.open.iter().filter(|item| item.due < reviews.today).count();
    let view = |item: &ReviewItem| view(signed, &reviews, item, sent.as_ref());
    let limits = reviews.thresholds;
    let stated = vec![
        l.f("review-limit-many-readers", &[("count", &limits.many_readers)]),
        l.f("review-limit-many-people", &[("count", &limits.many_people)]),
        l.f("review-limit-many-refusals", &[("count", &limits.many_refusals)]),
        l.f("review-limit-night", &[("from", &limits.night_from), ("to", &limits.night_to)]),
        l.t("review-limit-outside").into_owned(),
        l.f("review-limit-sample", &[("count", &limits.sample)]),
        l.f("review-limit-days", &[("count", &limits.days)]),
    ];
    let alarm = (reviews.alarms > 0).then(|| l.f("review-alarm", &[("count", &reviews.alarms)]));
    let page = Page {
        shell: signed.shell(l.t("review-title")).under(Menu::ReadLog),
        l,
        summary: l.f("review-summary", &[("open", &reviews.open.len()), ("overdue", &overdue)]),
        thresholds: stated,
        open: reviews.open.iter().map(view).collect(),
        done: reviews.done.iter().map(view).collect(),
        alarm,
    };
    render_with(status, &page)
}

fn view(signed: &Signed, reviews: &Reviews, item: &ReviewItem, sent: Option<&(String, FormData)>) -> ItemView {
    let l = signed.l;
    let colleague =
        |user| signed.app.desk.colleague(user).map_or_else(|| l.t("review-gone").into_owned(), |one| one.name);
    let own = item.readers.contains(&signed.who.user);
    let id = item.id.to_string();
    let typed = sent.filter(|(of, _)| *of == id).map(|(_, data)| data);
    let remark = typed.map(|data| data.raw("remark").to_owned()).unwrap_or_default();
    let wrong = typed.and_then(|data| data.errors().all(l).into_iter().map(|(_, words)| words).next());
    let form = (signed.app.desk.new_command().to_string(), remark, wrong);
    let words = |(activity, purpose): &(desk::Activity, domain::codes::Purpose)| {
        format!("{} ({})", l.code("activity", activity.code()), l.code("purpose", purpose))
    };
    let tried = |attempt: &desk::Attempt| {
        let (page, times) = (format!("{} {}", attempt.method, attempt.route), attempt.times);
        l.f(&format!("review-refused-{}", attempt.what.code()), &[("page", &page), ("count", &times)])
    };
    let what = item.what.iter().map(words).chain(item.attempts.iter().map(tried));
    let mut cases = item.cases.0.join(", ");
    if item.cases.1 > 0 {
        cases.push_str(&l.f("review-more", &[("count", &item.cases.1)]));
    }
    ItemView {
        why: l.code("review-why", item.why.code()).into_owned(),
        day: l.date(item.day),
        readers: item.readers.iter().map(|user| colleague(*user)).collect::<Vec<_>>().join(", "),
        cases,
        amount: l.f(&format!("review-amount-{}", item.why.code()), &[("count", &item.amount)]),
        what: what.collect::<Vec<_>>().join(", "),
        lines: item.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        due: l.f("review-due", &[("date", &l.date(item.due))]),
        overdue: item.done.is_none() && item.due < reviews.today,
        done: item.done.as_ref().map(|done| {
            let by = colleague(done.by);
            (l.f("review-done-by", &[("by", &by), ("at", &l.moment(done.at))]), done.remark.clone())
        }),
        form: (item.done.is_none() && !own).then_some(form),
        own: item.done.is_none() && own,
        id,
    }
}
