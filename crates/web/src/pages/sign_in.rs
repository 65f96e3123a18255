//! Signing in and out.

use askama::Template;
use axum::{
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use desk::SignIn;
use domain::codes::Category;

use crate::{
    app::{App, Demo},
    form::{FieldKind, FieldSpec, FormData, body},
    page::{Shell, render_with},
    problem_page::Trouble,
    session::{Signed, cookie_name, language, own_path},
    text::{L, Lang},
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    shell: Shell,
    l: L,
    typed: &'a Typed,
    wrong: Option<String>,
    demo: Option<&'a Demo>,
}

/// What the form holds beside the password.
#[derive(Default)]
pub(crate) struct Typed {
    /// Where to go after signing in.
    pub back: String,
    /// Name of the account.
    pub login: String,
    /// A form that was sent when the session had ended, as it was sent.
    pub kept: String,
}

/// Where to go after signing in.
#[derive(serde::Deserialize, Default)]
pub(crate) struct Back {
    #[serde(default)]
    naar: String,
}

/// The page, with what is wrong if anything is.
pub(crate) fn page(app: &App, lang: Lang, typed: &Typed, wrong: Option<String>, status: StatusCode) -> Response {
    let l = L::new(lang);
    let mut shell = Shell::bare(lang, l.t("sign-in-title"));
    shell.demo = app.banner;
    shell.today = Some(app.today());
    shell.here = "/inloggen".to_owned();
    render_with(status, &Page { shell, l, typed, wrong, demo: app.demo.as_deref() })
}

/// The form.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Query(back): Query<Back>) -> Response {
    let typed = Typed { back: own_path(&back.naar).to_owned(), ..Typed::default() };
    page(&app, language(&headers), &typed, None, StatusCode::OK)
}

fn fields() -> Vec<FieldSpec> {
    let text = |name, label| FieldSpec::new(name, label, FieldKind::Text { max: 200 }, Category::Process);
    vec![
        text("naam", "sign-in-name"),
        text("wachtwoord", "sign-in-password"),
        text("naar", "sign-in-name"),
        FieldSpec::new("bewaard", "sign-in-name", FieldKind::Hidden, Category::Process),
    ]
}

/// Signs in.
pub(crate) async fn submit(State(app): State<App>, request: Request) -> Response {
    let lang = language(request.headers());
    let address = crate::throttle::address(&request);
    let (content_type, bytes) = match body(request, lang).await {
        Ok(parts) => parts,
        Err(response) => return response,
    };
    let data = match FormData::parse(content_type.as_deref(), &bytes, &fields()) {
        Ok(data) => data,
        Err(bad) => return bad.page(lang),
    };
    let text = |name| data.raw(name).to_owned();
    let typed = Typed { back: own_path(data.raw("naar")).to_owned(), login: text("naam"), kept: text("bewaard") };
    if let Err(wait) = app.throttle.check(&typed.login, &address) {
        let words = L::new(lang).f("error-429-wait", &[("seconds", &wait.seconds)]);
        let mut response = page(&app, lang, &typed, Some(words), StatusCode::TOO_MANY_REQUESTS);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.seconds));
        return response;
    }
    match app.desk.sign_in(&typed.login, data.raw("wachtwoord")).await {
        Ok(SignIn::Welcome(token)) => welcome(app, lang, &typed, &token).await,
        Ok(SignIn::Wrong) => {
            let words = L::new(lang).t("sign-in-wrong").into_owned();
            page(&app, lang, &typed, Some(words), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Trouble::fault(&error).page(Shell::bare(lang, "")),
    }
}

/// To where one was going, or on with the form that was kept.
async fn welcome(app: App, lang: Lang, typed: &Typed, token: &str) -> Response {
    let secure = if app.secure { "; Secure" } else { "" };
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(app.secure));
    let session = if typed.kept.is_empty() { Ok(None) } else { app.desk.session(token).await };
    let mut response = match session {
        Ok(Some(session)) => crate::kept::go_on(&Signed::new(app, session, lang, "/"), typed),
        Ok(None) => Redirect::to(&typed.back).into_response(),
        Err(error) => return Trouble::fault(&error).page(Shell::bare(lang, "")),
    };
    match HeaderValue::from_str(&cookie) {
        Ok(value) => drop(response.headers_mut().insert(header::SET_COOKIE, value)),
        Err(error) => tracing::error!(%error, "a session cookie could not be written"),
    }
    response
}

/// Signs out: the session ends at once.
pub(crate) async fn leave(signed: Signed, headers: HeaderMap, request: Request) -> Response {
    let token = crate::session::cookie(&headers, cookie_name(signed.app.secure)).unwrap_or_default().to_owned();
    let data = match signed.form(request, &[]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    if let Err(failure) = signed.app.desk.sign_out(&token).await {
        return signed.trouble(failure);
    }
    let secure = if signed.app.secure { "; Secure" } else { "" };
    let gone = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", cookie_name(signed.app.secure));
    let mut response = Redirect::to("/inloggen").into_response();
    if let Ok(value) = HeaderValue::from_str(&gone) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static(crate::headers::FORGET));
    response
}

/// Whether the program answers at all.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}
