//! Questions of the police about one person: put, decided on by two, answered.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{
    Failure,
    question::{Ground, Question, Stage, Words, asks, decides},
};
use domain::{codes::Category, ids::SiteId};
use uuid::Uuid;

use super::exception;
use crate::{
    form::{COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::L,
};

/// A question as the pages show it.
struct View {
    id: String,
    at: String,
    by: String,
    ground: String,
    about: String,
    why: String,
    law: Option<String>,
    stage: String,
    /// Whether the answer can be read.
    answered: bool,
    /// Whether it still has to be decided.
    open: bool,
}

impl View {
    fn new(signed: &Signed, question: &Question) -> Self {
        let (l, now) = (signed.l, signed.app.desk.clock().real());
        let answered = matches!(question.stage, Stage::Answered(until) if until > now);
        let stage = match question.stage {
            Stage::Asked => l.t("question-asked").into_owned(),
            Stage::Once => l.t("question-once").into_owned(),
            Stage::Answered(until) if answered => l.f("question-answered", &[("until", &l.moment(until))]),
            Stage::Answered(_) => l.t("question-over").into_owned(),
            Stage::Refused => l.t("question-refused").into_owned(),
        };
        let name = signed.app.desk.colleague(question.by).map(|account| account.name).unwrap_or_default();
        Self {
            id: question.id.to_string(),
            at: l.moment(question.at),
            by: format!("{name}, {}", signed.names.org_id(&question.org)),
            ground: l.code("question", question.ground.code()).into_owned(),
            about: question.words.about.clone(),
            why: question.words.why.clone(),
            law: question.words.law.clone(),
            stage,
            answered,
            open: matches!(question.stage, Stage::Asked | Stage::Once),
        }
    }
}

#[derive(Template)]
#[template(path = "questions.html")]
struct Page {
    shell: Shell,
    l: L,
    asks: bool,
    form: FormView,
    all: Vec<View>,
}

fn fields(signed: &Signed) -> Vec<FieldSpec> {
    let l = signed.l;
    let grounds = Ground::ALL.iter().map(|ground| Choice::new(ground.code(), l.code("question", ground.code())));
    let sites: Vec<Choice> =
        signed.who.sites.iter().map(|site| Choice::new(site.as_str(), signed.names.site(site.as_str()))).collect();
    let mut out = Vec::new();
    if sites.len() > 1 {
        out.push(FieldSpec::new("site", "question-site", FieldKind::Select(sites), Category::Process).required());
    }
    out.extend([
        FieldSpec::new("ground", "question-ground", FieldKind::Radios(grounds.collect()), Category::Safety).required(),
        FieldSpec::new("about", "question-about", FieldKind::Text { max: 200 }, Category::Identity)
            .required()
            .hint("question-about-hint"),
        FieldSpec::new("why", "question-why", FieldKind::TextArea, Category::Safety).required(),
        FieldSpec::new("law", "question-law", FieldKind::Text { max: 200 }, Category::Safety).hint("question-law-hint"),
    ]);
    out
}

fn fresh(signed: &Signed, fields: &[FieldSpec]) -> FormData {
    FormData::empty(fields).with(CSRF, &signed.csrf).with(COMMAND, signed.new_command()).with(VERSION, "")
}

async fn page(signed: &Signed, status: StatusCode, data: Option<&FormData>) -> Response {
    let all = match signed.app.desk.questions(&signed.who).await {
        Ok(all) => all.iter().map(|question| View::new(signed, question)).collect(),
        Err(failure) => return signed.trouble(failure),
    };
    let l = signed.l;
    let empty = fresh(signed, &fields(signed));
    let form = FormView::new(l, "/vragen", data.unwrap_or(&empty)).submit(l.t("question-submit"));
    let shell = signed.shell(l.t("questions-title")).under(Menu::Questions);
    render_with(status, &Page { shell, l, asks: asks(&signed.who), form, all })
}

/// Their questions, and for the police the form.
pub(crate) async fn show(signed: Signed) -> Response {
    page(&signed, StatusCode::OK, None).await
}

/// Puts a question.
pub(crate) async fn submit(signed: Signed, request: Request) -> Response {
    if !asks(&signed.who) {
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
    let site: Option<SiteId> =
        if signed.who.sites.len() > 1 { data.parsed("site") } else { signed.who.sites.first().cloned() };
    let ground = data.choice("ground", Ground::from_code);
    let law = Some(data.text("law")).filter(|law| !law.is_empty());
    let words = Words { about: data.text("about"), why: data.text("why"), law };
    let (Some(site), Some(ground), true) = (site, ground, data.is_right()) else {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)).await;
    };
    match signed.app.desk.ask(&signed.who, command, site, ground, words).await {
        Ok(()) => Redirect::to("/vragen").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, Some(&data)).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

#[derive(Template)]
#[template(path = "question.html")]
struct OnePage {
    shell: Shell,
    l: L,
    question: View,
    form: FormView,
}

fn decision_fields() -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("number", "question-case", FieldKind::Text { max: 20 }, Category::Process),
        FieldSpec::new("besluit", "question-decide", FieldKind::Hidden, Category::Process),
    ]
}

fn one_page(signed: &Signed, question: &Question, status: StatusCode, data: Option<&FormData>) -> Response {
    let l = signed.l;
    let empty = fresh(signed, &decision_fields());
    let form = FormView::new(l, format!("/vragen/{}", question.id), data.unwrap_or(&empty));
    let shell = signed.shell(l.t("question-title")).under(Menu::Questions);
    render_with(status, &OnePage { shell, l, question: View::new(signed, question), form })
}

/// For the police the answer, for others the question to decide on.
pub(crate) async fn one(signed: Signed, Path(text): Path<String>) -> Response {
    let Ok(id) = text.parse::<Uuid>() else { return signed.trouble(Failure::Hidden) };
    if asks(&signed.who) {
        return match signed.app.desk.answer(&signed.who, id).await {
            Ok(file) => {
                exception::page(&signed, &file, Menu::Questions, signed.l.t("question-answer-explain").into_owned())
            }
            Err(failure) => signed.trouble(failure),
        };
    }
    match signed.app.desk.question(&signed.who, id).await {
        Ok(question) => one_page(&signed, &question, StatusCode::OK, None),
        Err(failure) => signed.trouble(failure),
    }
}

/// Decides.
pub(crate) async fn decide(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let Ok(id) = text.parse::<Uuid>() else { return signed.trouble(Failure::Hidden) };
    if !decides(&signed.who) {
        return signed.trouble(Failure::Hidden);
    }
    let question = match signed.app.desk.question(&signed.who, id).await {
        Ok(question) => question,
        Err(failure) => return signed.trouble(failure),
    };
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let data = match signed.form(request, &decision_fields()).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return one_page(&signed, &question, StatusCode::FORBIDDEN, Some(&data)),
    };
    let number = data.text("number");
    let done = match data.raw("besluit") {
        "nee" => signed.app.desk.refuse(&signed.who, id).await,
        _ => signed.app.desk.agree(&signed.who, id, &number).await,
    };
    match done {
        Ok(()) => Redirect::to("/vragen").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            one_page(&signed, &question, StatusCode::UNPROCESSABLE_ENTITY, Some(&data))
        }
        Err(failure) => signed.trouble(failure),
    }
}
