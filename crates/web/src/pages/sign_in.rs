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
    session::{Signed, cookie_name, language},
    text::L,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    shell: Shell,
    l: L,
    back: String,
    login: String,
    wrong: Option<String>,
    demo: Option<&'a Demo>,
}

/// Where to go after signing in.
#[derive(serde::Deserialize, Default)]
pub(crate) struct Back {
    #[serde(default)]
    naar: String,
}

/// Only a path of this site: `//elsewhere` and `https:` are not.
fn own_path(path: &str) -> String {
    let safe = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    if safe { path.to_owned() } else { "/".to_owned() }
}

fn page(app: &App, headers: &HeaderMap, back: &str, login: &str, wrong: Option<&str>, status: StatusCode) -> Response {
    let l = L::new(language(headers));
    let mut shell = Shell::bare(l.lang, l.t("sign-in-title"));
    shell.demo = app.demo.is_some();
    shell.today = Some(app.today());
    shell.here = "/inloggen".to_owned();
    let (back, login) = (own_path(back), login.to_owned());
    let wrong = wrong.map(|key| l.t(key).into_owned());
    render_with(status, &Page { shell, l, back, login, wrong, demo: app.demo.as_deref() })
}

/// The form.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Query(back): Query<Back>) -> Response {
    page(&app, &headers, &back.naar, "", None, StatusCode::OK)
}

fn fields() -> Vec<FieldSpec> {
    let text = |name, label| FieldSpec {
        name,
        label,
        hint: None,
        kind: FieldKind::Text { max: 200 },
        required: false,
        category: Category::Process,
    };
    vec![text("naam", "sign-in-name"), text("wachtwoord", "sign-in-password"), text("naar", "sign-in-name")]
}

/// Signs in.
pub(crate) async fn submit(State(app): State<App>, request: Request) -> Response {
    let (headers, lang) = (request.headers().clone(), language(request.headers()));
    let address = crate::throttle::address(&request);
    let (content_type, bytes) = match body(request, lang).await {
        Ok(parts) => parts,
        Err(response) => return response,
    };
    let data = match FormData::parse(content_type.as_deref(), &bytes, &fields()) {
        Ok(data) => data,
        Err(bad) => return bad.page(lang),
    };
    let (login, password, back) = (data.raw("naam"), data.raw("wachtwoord"), data.raw("naar"));
    if let Err(wait) = app.throttle.check(login, &address) {
        return wait.page(lang);
    }
    match app.desk.sign_in(login, password).await {
        Ok(SignIn::Welcome(token)) => {
            let secure = if app.secure { "; Secure" } else { "" };
            let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(app.secure));
            let mut response = Redirect::to(&own_path(back)).into_response();
            match HeaderValue::from_str(&cookie) {
                Ok(value) => drop(response.headers_mut().insert(header::SET_COOKIE, value)),
                Err(error) => tracing::error!(%error, "a session cookie could not be written"),
            }
            response
        }
        Ok(SignIn::Wrong) => page(&app, &headers, back, login, Some("sign-in-wrong"), StatusCode::UNPROCESSABLE_ENTITY),
        Err(error) => {
            tracing::error!(%error, "signing in failed");
            crate::problem_page::Trouble::new(StatusCode::INTERNAL_SERVER_ERROR).lang(lang).into_response()
        }
    }
}

/// Signs out: the session ends at once.
pub(crate) async fn leave(signed: Signed, headers: HeaderMap, request: Request) -> Response {
    let token = crate::session::cookie(&headers, cookie_name(signed.app.secure)).unwrap_or_default().to_owned();
    let (content_type, bytes) = match body(request, signed.l.lang).await {
        Ok(parts) => parts,
        Err(response) => return response,
    };
    let csrf = match FormData::parse(content_type.as_deref(), &bytes, &[]) {
        Ok(data) => data.raw("csrf").to_owned(),
        Err(bad) => return bad.page(signed.l.lang),
    };
    if let Err(response) = signed.same_session(&csrf) {
        return response;
    }
    if let Err(failure) = signed.app.desk.sign_out(&token).await {
        return signed.trouble(failure);
    }
    let gone = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", cookie_name(signed.app.secure));
    let mut response = Redirect::to("/inloggen").into_response();
    if let Ok(value) = HeaderValue::from_str(&gone) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}

/// Whether the program answers at all.
pub(crate) async fn health() -> &'static str { "ok\n" }
