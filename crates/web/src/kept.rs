//! A form that was sent after the session had ended is not lost: signing in takes it along, and the form is shown again.

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::{
    app::App,
    cookie::SESSION,
    form::{CSRF, MORE, body, decode},
    page::{Shell, render},
    pages::sign_in::{self, Typed},
    session::{Signed, language, own_path},
    text::{L, Lang},
};

/// Forms that are about the session itself, or need none.
const OPEN: [&str; 5] = ["/inloggen", "/inloggen/tweede", "/account/opnieuw", "/uitloggen", "/taal"];

/// Fields that never stand in a page again.
const SECRET: [&str; 5] = ["wachtwoord", "huidig", "nieuw", "nieuw2", "code"];

/// Asks someone whose session ended to sign in, in place, with the form kept in the page. Someone who never signed in
/// has nothing to keep.
pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let form = *request.method() == Method::POST && is_form(&request) && !OPEN.contains(&request.uri().path());
    let token = SESSION.of(request.headers(), app.secure).filter(|_| form).map(str::to_owned);
    let Some(token) = token else { return next.run(request).await };
    // what goes wrong here goes wrong there too, and is told there
    if !matches!(app.desk.session(&token).await, Ok(None)) {
        return next.run(request).await;
    }
    let lang = language(request.headers());
    let path = request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str).to_owned();
    let kept = match kept(request, lang).await {
        Ok(kept) => kept,
        Err(response) => return response,
    };
    let typed = Typed { back: own_path(&path).to_owned(), login: String::new(), kept };
    sign_in::page(&app, lang, &typed, None, StatusCode::FORBIDDEN)
}

/// The form of a request, as it was sent; empty when it is none.
///
/// # Errors
/// The page to answer with: too large, or the line was lost.
pub(crate) async fn kept(request: Request, lang: Lang) -> Result<String, Response> {
    if *request.method() != Method::POST || !is_form(&request) {
        return Ok(String::new());
    }
    let (_, bytes) = body(request, lang).await?;
    let kept = String::from_utf8(bytes.to_vec()).ok().filter(|text| decode::pairs(text.as_bytes()).is_ok());
    Ok(kept.unwrap_or_default())
}

fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

#[derive(Template)]
#[template(path = "kept.html")]
struct Page {
    shell: Shell,
    l: L,
    action: String,
    fields: Vec<(String, String)>,
    /// Whether the button carries it out: it is the same session.
    carries_out: bool,
}

/// After showing again who one is, in the same session: a button that carries it out.
pub(crate) fn carry_out(signed: &Signed, typed: &Typed) -> Response {
    button(signed, typed, true)
}

/// After signing in: a button that shows the form again with everything in it. It is not carried out by itself, because
/// another person may have signed in.
pub(crate) fn go_on(signed: &Signed, typed: &Typed) -> Response {
    button(signed, typed, false)
}

fn button(signed: &Signed, typed: &Typed, carries_out: bool) -> Response {
    let mut fields = decode::pairs(typed.kept.as_bytes()).unwrap_or_default();
    // passwords are typed again
    fields.retain(|(name, _)| name != CSRF && name != MORE && !SECRET.contains(&name.as_str()));
    let l = signed.l;
    let shell = signed.shell(l.t("kept-title"));
    render(&Page { shell, l, action: typed.back.clone(), fields, carries_out })
}
