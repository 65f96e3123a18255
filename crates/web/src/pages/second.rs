//! The second factor, after the password: a code of the app, a recovery code, or a passkey.

use askama::Template;
use axum::{
    extract::{Query, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::Next;
use domain::codes::Category;

use super::sign_in::{Back, Typed, failed};
use crate::{
    form::{FieldKind, FieldSpec},
    page::{Shell, render_with},
    session::{Halfway, Signed, own_path},
    text::L,
};

#[derive(Template)]
#[template(path = "second.html")]
struct Page<'a> {
    shell: Shell,
    l: L,
    typed: &'a Typed,
    wrong: Option<String>,
    /// The challenge for a passkey, when there is one.
    passkey: Option<String>,
}

/// The page, with what is wrong if anything is.
pub(crate) async fn page(signed: &Signed, typed: &Typed, wrong: Option<String>, status: StatusCode) -> Response {
    let l = signed.l;
    let mut shell = signed.shell(l.t("second-title"));
    shell.here = "/inloggen/tweede".to_owned();
    match signed.app.desk.challenge_passkey(&signed.token).await {
        Ok(challenge) => {
            let passkey = challenge.and_then(|challenge| serde_json::to_string(&challenge).ok());
            render_with(status, &Page { shell, l, typed, wrong, passkey })
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// The form.
pub(crate) async fn show(Halfway(signed): Halfway, Query(back): Query<Back>) -> Response {
    if signed.next != Next::SecondFactor {
        return Redirect::to("/").into_response();
    }
    let typed = Typed { back: own_path(&back.naar).to_owned(), ..Typed::default() };
    page(&signed, &typed, None, StatusCode::OK).await
}

/// The fields of a second factor; also of showing again who one is.
pub(crate) fn fields() -> Vec<FieldSpec> {
    let hidden = |name| FieldSpec::new(name, "second-code", FieldKind::Hidden, Category::Process);
    ["wachtwoord", "code", "passkey", "naar", "bewaard"].into_iter().map(hidden).collect()
}

/// Checks it.
pub(crate) async fn submit(Halfway(signed): Halfway, request: Request) -> Response {
    if signed.next != Next::SecondFactor {
        return Redirect::to("/").into_response();
    }
    let data = match signed.form(request, &fields()).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    let text = |name| data.raw(name).to_owned();
    let typed = Typed { back: own_path(data.raw("naar")).to_owned(), login: String::new(), kept: text("bewaard") };
    let (desk, passkey) = (&signed.app.desk, data.raw("passkey"));
    let shown = if passkey.is_empty() {
        desk.second_factor(&signed.token, data.raw("code")).await
    } else {
        match desk.show_passkey(&signed.token, passkey).await {
            Err(desk::Failure::Refused(_)) => Ok(None),
            other => other.map(Some),
        }
    };
    match shown {
        Ok(Some(token)) => super::sign_in::welcome(signed.app.clone(), signed.l.lang, &typed, &token).await,
        Ok(None) => {
            failed(&signed.app).await;
            if let Ok(Some(_)) = desk.session(&signed.token).await {
                let words = signed.l.t("second-wrong").into_owned();
                page(&signed, &typed, Some(words), StatusCode::UNPROCESSABLE_ENTITY).await
            } else {
                // too many wrong codes: from the beginning, with the form that was kept
                let words = signed.l.t("second-ended").into_owned();
                super::sign_in::page(&signed.app, signed.l.lang, &typed, Some(words), StatusCode::FORBIDDEN)
            }
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// A page in a session that has got a new token.
pub(crate) fn with_token(signed: &Signed, token: &str, mut response: Response) -> Response {
    crate::cookie::SESSION.set(&mut response, token, signed.app.secure);
    response
}
