//! Breaking the glass, and the review that must follow.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{
    Failure,
    glass::{Glass, Verdict, may_break_glass},
};
use domain::codes::Category;
use uuid::Uuid;

use super::exception;
use crate::{
    form::{COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION},
    page::{Menu, Shell, render, render_with},
    session::Signed,
    text::L,
};

/// Glass as the pages show it.
struct View {
    id: String,
    at: String,
    until: String,
    by: String,
    org: String,
    reason: String,
    open: bool,
    found: bool,
    overdue: bool,
    own: bool,
    /// What was found, by whom and when, and the remark.
    review: Option<(String, String)>,
}

impl View {
    fn new(signed: &Signed, glass: Glass) -> Self {
        let (l, now) = (signed.l, signed.app.desk.clock().real());
        let name = |user| signed.app.desk.colleague(user).map(|account| account.name).unwrap_or_default();
        let overdue = glass.overdue(now);
        let review = glass.review.map(|review| {
            let verdict = l.code("glass", review.verdict.code());
            let by = name(review.by);
            let words = l.f("glass-reviewed", &[("verdict", &verdict), ("by", &by), ("at", &l.moment(review.at))]);
            (words, review.remark)
        });
        Self {
            id: glass.id.to_string(),
            at: l.moment(glass.at),
            until: l.moment(glass.until),
            by: name(glass.by),
            org: signed.names.org_id(&glass.org),
            reason: glass.reason,
            open: glass.until > now,
            found: glass.trajectory.is_some(),
            overdue,
            own: glass.by == signed.who.user,
            review,
        }
    }
}

#[derive(Template)]
#[template(path = "glass.html")]
struct Page {
    shell: Shell,
    l: L,
    form: FormView,
    mine: Vec<View>,
    sent: bool,
}

fn fields() -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("number", "glass-number", FieldKind::Text { max: 20 }, Category::Identity)
            .required()
            .hint("glass-number-hint"),
        FieldSpec::new("reason", "glass-reason", FieldKind::TextArea, Category::Process)
            .required()
            .hint("glass-reason-hint"),
    ]
}

async fn page(signed: &Signed, status: StatusCode, data: &FormData, sent: bool) -> Response {
    let mine = match signed.app.desk.own_glass(&signed.who).await {
        Ok(mine) => mine.into_iter().map(|glass| View::new(signed, glass)).collect(),
        Err(failure) => return signed.trouble(failure),
    };
    let l = signed.l;
    let shell = signed.shell(l.t("glass-title")).under(Menu::Glass);
    let form = FormView::new(l, "/noodtoegang", data).submit(l.t("glass-submit"));
    render_with(status, &Page { shell, l, form, mine, sent })
}

fn fresh(signed: &Signed) -> FormData {
    let data = FormData::empty(&fields()).with(CSRF, &signed.csrf).with(COMMAND, signed.new_command());
    data.with(VERSION, "")
}

/// The form, and what one broke oneself.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    if !may_break_glass(&signed.who) {
        return signed.trouble(Failure::Denied);
    }
    page(&signed, StatusCode::OK, &fresh(&signed), query.as_deref() == Some("gedaan=1")).await
}

/// Breaks it.
pub(crate) async fn submit(signed: Signed, request: Request) -> Response {
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let data = match signed.form(request, &fields()).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return page(&signed, StatusCode::FORBIDDEN, &data, false).await,
    };
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let (number, reason) = (data.text("number"), data.text("reason"));
    if !data.is_right() {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &data, false).await;
    }
    match signed.app.desk.break_glass(&signed.who, command, &number, &reason).await {
        Ok(()) => Redirect::to("/noodtoegang?gedaan=1").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &data, false).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// What the broken glass shows.
pub(crate) async fn file(signed: Signed, Path(text): Path<String>) -> Response {
    let Ok(id) = text.parse::<Uuid>() else { return signed.trouble(Failure::Hidden) };
    match signed.app.desk.file_through_glass(&signed.who, id).await {
        Ok(file) => exception::page(&signed, &file, Menu::Glass, signed.l.t("glass-explain-file").into_owned()),
        Err(failure) => signed.trouble(failure),
    }
}

#[derive(Template)]
#[template(path = "glass_reviews.html")]
struct ReviewsPage {
    shell: Shell,
    l: L,
    waiting: Vec<View>,
    done: Vec<View>,
}

#[derive(Template)]
#[template(path = "glass_review.html")]
struct ReviewPage {
    shell: Shell,
    l: L,
    glass: View,
    form: FormView,
}

fn review_fields(l: L) -> Vec<FieldSpec> {
    let verdicts = Verdict::ALL.iter().map(|verdict| Choice::new(verdict.code(), l.code("glass", verdict.code())));
    vec![
        FieldSpec::new("verdict", "glass-verdict", FieldKind::Radios(verdicts.collect()), Category::Process).required(),
        FieldSpec::new("remark", "glass-remark", FieldKind::TextArea, Category::Process).required(),
    ]
}

/// What was broken at one's sites: what waits for a review first.
pub(crate) async fn reviews(signed: Signed) -> Response {
    let all = match signed.app.desk.glass_to_review(&signed.who).await {
        Ok(all) => all,
        Err(failure) => return signed.trouble(failure),
    };
    let (done, waiting): (Vec<_>, Vec<_>) = all.into_iter().partition(|glass| glass.review.is_some());
    let waiting = waiting.into_iter().map(|glass| View::new(&signed, glass)).collect();
    let done = done.into_iter().rev().map(|glass| View::new(&signed, glass)).collect();
    let l = signed.l;
    let shell = signed.shell(l.t("glass-review-title")).under(Menu::GlassReview);
    render(&ReviewsPage { shell, l, waiting, done })
}

async fn review_page(signed: &Signed, id: Uuid, status: StatusCode, data: Option<&FormData>) -> Response {
    let all = match signed.app.desk.glass_to_review(&signed.who).await {
        Ok(all) => all,
        Err(failure) => return signed.trouble(failure),
    };
    let Some(glass) = all.into_iter().find(|glass| glass.id == id) else { return signed.trouble(Failure::Hidden) };
    let l = signed.l;
    let empty = FormData::empty(&review_fields(l)).with(CSRF, &signed.csrf).with(COMMAND, signed.new_command());
    let empty = empty.with(VERSION, "");
    let form = FormView::new(l, format!("/beheer/noodtoegang/{id}"), data.unwrap_or(&empty))
        .submit(l.t("glass-review-submit"))
        .cancel("/beheer/noodtoegang");
    let shell = signed.shell(l.t("glass-review-title")).under(Menu::GlassReview);
    render_with(status, &ReviewPage { shell, l, glass: View::new(signed, glass), form })
}

/// One to review.
pub(crate) async fn show_review(signed: Signed, Path(text): Path<String>) -> Response {
    match text.parse::<Uuid>() {
        Ok(id) => review_page(&signed, id, StatusCode::OK, None).await,
        Err(_) => signed.trouble(Failure::Hidden),
    }
}

/// Takes a review.
pub(crate) async fn review(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let Ok(id) = text.parse::<Uuid>() else { return signed.trouble(Failure::Hidden) };
    let data = match signed.form(request, &review_fields(signed.l)).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return review_page(&signed, id, StatusCode::FORBIDDEN, Some(&data)).await,
    };
    let (verdict, remark) = (data.choice("verdict", Verdict::from_code), data.text("remark"));
    let Some(verdict) = verdict.filter(|_| data.is_right()) else {
        return review_page(&signed, id, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)).await;
    };
    match signed.app.desk.review_glass(&signed.who, id, verdict, &remark).await {
        Ok(()) => Redirect::to("/beheer/noodtoegang").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            review_page(&signed, id, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)).await
        }
        Err(failure) => signed.trouble(failure),
    }
}
