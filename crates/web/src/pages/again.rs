//! Showing again who one is, in place, before something very sensitive: the form that was sent is kept.

use askama::Template;
use axum::{extract::Request, http::StatusCode, response::Response};

use super::{
    second::{fields, with_token},
    sign_in::{Typed, failed},
};
use crate::{
    page::{Shell, render_with},
    session::{Halfway, Signed, own_path},
    text::L,
};

#[derive(Template)]
#[template(path = "again.html")]
struct Page<'a> {
    shell: Shell,
    l: L,
    typed: &'a Typed,
    wrong: Option<String>,
    /// Whether a second factor is asked too.
    second: bool,
    passkey: Option<String>,
}

async fn page(signed: &Signed, typed: &Typed, wrong: Option<String>, status: StatusCode) -> Response {
    let l = signed.l;
    let passkey = match signed.app.desk.challenge_passkey(&signed.token).await {
        Ok(challenge) => challenge.and_then(|challenge| serde_json::to_string(&challenge).ok()),
        Err(failure) => return signed.trouble(failure),
    };
    let mut shell = signed.shell(l.t("again-title"));
    shell.here = "/account".to_owned();
    let second = signed.app.desk.has_second_factor(signed.who.user);
    render_with(status, &Page { shell, l, typed, wrong, second, passkey })
}

/// The page that asks it, with the request kept.
pub(crate) async fn ask(signed: &Signed, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str).to_owned();
    let kept = match crate::kept::kept(request, signed.l.lang).await {
        Ok(kept) => kept,
        Err(response) => return response,
    };
    let typed = Typed { back: own_path(&path).to_owned(), login: String::new(), kept };
    page(signed, &typed, None, StatusCode::FORBIDDEN).await
}

/// Checks it, and goes on with what was kept.
pub(crate) async fn submit(Halfway(signed): Halfway, request: Request) -> Response {
    let address = crate::throttle::address(&request);
    let data = match signed.form(request, &fields()).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    let typed = Typed {
        back: own_path(data.raw("naar")).to_owned(),
        login: String::new(),
        kept: data.raw("bewaard").to_owned(),
    };
    let desk = &signed.app.desk;
    // a session that was taken over may not guess the password
    let key = format!("again {}", signed.who.user);
    if let Err(wait) = signed.app.throttle.check(&key, &address, None, desk.clock().real()) {
        let words = signed.l.f("error-429-wait", &[("seconds", &wait.seconds)]);
        return page(&signed, &typed, Some(words), StatusCode::TOO_MANY_REQUESTS).await;
    }
    let (password, passkey) = (data.raw("wachtwoord"), data.raw("passkey"));
    let shown = if passkey.is_empty() {
        desk.show_again(&signed.token, password, data.raw("code")).await
    } else {
        match desk.show_again_with_passkey(&signed.token, password, passkey).await {
            Err(desk::Failure::Refused(_)) => Ok(None),
            other => other,
        }
    };
    match shown {
        Ok(Some(token)) => go_on(&signed, &typed, &token),
        Ok(None) => {
            failed(&signed.app).await;
            if !matches!(desk.session(&signed.token).await, Ok(Some(_))) {
                let words = signed.l.t("second-ended").into_owned();
                return super::sign_in::page(&signed.app, signed.l.lang, &typed, Some(words), StatusCode::FORBIDDEN);
            }
            let words = signed.l.t("again-wrong").into_owned();
            page(&signed, &typed, Some(words), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

fn go_on(signed: &Signed, typed: &Typed, token: &str) -> Response {
    use axum::response::{IntoResponse as _, Redirect};
    let response = if typed.kept.is_empty() {
        Redirect::to(&typed.back).into_response()
    } else {
        crate::kept::carry_out(signed, typed)
    };
    with_token(signed, token, response)
}
