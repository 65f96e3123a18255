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
    form::{CSRF, MORE, body, decode},
    page::{Shell, render},
    pages::sign_in::{self, Typed},
    session::{Signed, cookie, cookie_name, language, own_path},
    text::L,
};

/// Forms that are about the session itself, or need none.
const OPEN: [&str; 3] = ["/inloggen", "/uitloggen", "/taal"];

/// Asks someone whose session ended to sign in, in place, with the form kept in the page. Someone who never signed in
/// has nothing to keep.
pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let form = *request.method() == Method::POST && is_form(&request) && !OPEN.contains(&request.uri().path());
    let token = cookie(request.headers(), cookie_name(app.secure)).filter(|_| form).map(str::to_owned);
    let Some(token) = token else { return next.run(request).await };
    // what goes wrong here goes wrong there too, and is told there
    if !matches!(app.desk.session(&token).await, Ok(None)) {
        return next.run(request).await;
    }
    let lang = language(request.headers());
    let path = request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str).to_owned();
    let bytes = match body(request, lang).await {
        Ok((_, bytes)) => bytes,
        Err(response) => return response,
    };
    let kept = String::from_utf8(bytes.to_vec()).ok().filter(|text| decode::pairs(text.as_bytes()).is_ok());
    let kept = kept.unwrap_or_default();
    let typed = Typed { back: own_path(&path).to_owned(), login: String::new(), kept };
    sign_in::page(&app, lang, &typed, None, StatusCode::FORBIDDEN)
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
}

/// After signing in: a button that shows the form again with everything in it. It is not carried out by itself, because
/// another person may have signed in.
pub(crate) fn go_on(signed: &Signed, typed: &Typed) -> Response {
    let mut fields = decode::pairs(typed.kept.as_bytes()).unwrap_or_default();
    fields.retain(|(name, _)| name != CSRF && name != MORE);
    let l = signed.l;
    let shell = signed.shell(l.t("kept-title"));
    render(&Page { shell, l, action: typed.back.clone(), fields })
}
