//! Signing in at an identity provider: to it, and back.

use axum::{
    extract::{Path, Query, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{Failure, SignInFrom, oidc::Returned};

use super::sign_in::{Back, Typed, agent, failed, welcome};
use crate::{
    app::App,
    cookie::STATE,
    page::Shell,
    problem_page::Trouble,
    session::{language, own_path},
    text::{L, Lang},
};

/// The sign-in page, with a word about what did not work.
async fn not_done(app: &App, lang: Lang, provider: &str, failure: Failure) -> Response {
    let names = app.oidc.as_ref().map(|oidc| oidc.names()).unwrap_or_default();
    match (failure, names.into_iter().find(|(id, _)| id == provider)) {
        (Failure::Refused(_), Some((_, name))) => {
            failed(app).await;
            let words = L::new(lang).f("oidc-failed", &[("name", &name)]);
            super::sign_in::page(app, lang, &Typed::default(), Some(words), StatusCode::FORBIDDEN)
        }
        (Failure::Hidden | Failure::Refused(_), _) => Trouble::not_found().lang(lang).into_response(),
        (failure, _) => Trouble::fault(&failure).page(Shell::bare(lang, "")),
    }
}

/// To the provider.
pub(crate) async fn begin(
    State(app): State<App>,
    Path(provider): Path<String>,
    Query(back): Query<Back>,
    request: Request,
) -> Response {
    let (lang, address) = (language(request.headers()), crate::throttle::address(&request));
    let Some(oidc) = app.oidc.clone() else { return Trouble::not_found().lang(lang).into_response() };
    // asking the provider costs a request there: limited per address as a try is
    if let Err(wait) = app.throttle.check_address(&address, app.desk.clock().real()) {
        return wait.page(lang);
    }
    match app.desk.begin_oidc(&oidc, &provider, own_path(&back.naar).to_owned()).await {
        Ok((to, state)) => {
            let mut response = Redirect::to(&to).into_response();
            STATE.set(&mut response, &state, app.secure);
            response
        }
        Err(failure) => not_done(&app, lang, &provider, failure).await,
    }
}

/// Back from it.
pub(crate) async fn end(
    State(app): State<App>,
    Path(provider): Path<String>,
    Query(returned): Query<Returned>,
    request: Request,
) -> Response {
    let headers = request.headers();
    let lang = language(headers);
    let Some(oidc) = app.oidc.clone() else { return Trouble::not_found().lang(lang).into_response() };
    let carried = STATE.of(headers, app.secure).map(str::to_owned);
    let from = SignInFrom { device: agent(headers), address: crate::throttle::address(&request).to_string() };
    let mut response = match app.desk.end_oidc(&oidc, &provider, returned, carried.as_deref(), from).await {
        Ok((token, back)) => {
            let typed = Typed { back, ..Typed::default() };
            if let Err(failure) = super::sign_in::end_previous(&app, headers).await {
                return Trouble::fault(&failure).page(Shell::bare(lang, ""));
            }
            welcome(app.clone(), lang, &typed, &token).await
        }
        Err(failure) => not_done(&app, lang, &provider, failure).await,
    };
    STATE.forget(&mut response, app.secure);
    response
}
