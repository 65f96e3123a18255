//! Signing in and out.

use askama::Template;
use axum::{
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use desk::{Next, SignIn, SignInFrom};
use domain::codes::Category;

use crate::{
    app::{App, Demo},
    cookie::{DEVICE, SESSION},
    form::{FieldKind, FieldSpec, FormData, body},
    page::{Shell, render_with},
    problem_page::Trouble,
    session::{Halfway, Signed, language, next_page, own_path},
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
    /// Identity providers: address and name.
    providers: Vec<(String, String)>,
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
    pub(crate) naar: String,
}

/// The page, with what is wrong if anything is.
pub(crate) fn page(app: &App, lang: Lang, typed: &Typed, wrong: Option<String>, status: StatusCode) -> Response {
    let l = L::new(lang);
    let mut shell = Shell::bare(lang, l.t("sign-in-title"));
    shell.demo = app.banner;
    shell.today = Some(app.today());
    shell.here = "/inloggen".to_owned();
    let names = app.oidc.as_ref().map(|oidc| oidc.names()).unwrap_or_default();
    let back: String = typed.back.bytes().map(crate::session::escape).collect();
    let providers = names.into_iter().map(|(id, name)| (format!("/inloggen/oidc/{id}?naar={back}"), name)).collect();
    render_with(status, &Page { shell, l, typed, wrong, demo: app.demo.as_deref(), providers })
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
    let headers = request.headers().clone();
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
    let device = device(&app, &headers, &typed.login);
    let now = app.desk.clock().real();
    if let Err(wait) = app.throttle.check(&typed.login, &address, device.as_deref(), now) {
        failed(&app).await;
        let words = L::new(lang).f("error-429-wait", &[("seconds", &wait.seconds)]);
        let mut response = page(&app, lang, &typed, Some(words), StatusCode::TOO_MANY_REQUESTS);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.seconds));
        return response;
    }
    let from = SignInFrom { device: agent(&headers), address: address.to_string() };
    match app.desk.sign_in_from(&typed.login, data.raw("wachtwoord"), from).await {
        Ok(SignIn::Welcome(token)) => {
            if let Err(failure) = end_previous(&app, &headers).await {
                return Trouble::fault(&failure).page(Shell::bare(lang, ""));
            }
            welcome(app, lang, &typed, &token).await
        }
        Ok(SignIn::Wrong) => {
            failed(&app).await;
            let words = L::new(lang).t("sign-in-wrong").into_owned();
            page(&app, lang, &typed, Some(words), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Trouble::fault(&error).page(Shell::bare(lang, "")),
    }
}

/// Counts a try that failed, and tells those who review when there are many.
pub(crate) async fn failed(app: &App) {
    if let Some(tries) = app.throttle.failed(app.desk.clock().real())
        && let Err(error) = app.desk.note_peak(tries).await
    {
        tracing::error!(%error, "a peak of failed tries could not be kept");
    }
}

/// What a device carries that signed in to this account before.
fn device(app: &App, headers: &HeaderMap, login: &str) -> Option<String> {
    let carried = DEVICE.of(headers, app.secure)?;
    app.desk.knows_device(login, carried).then(|| carried.to_owned())
}

/// Browser and system in a few words, as far as the browser says.
pub(crate) fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |known: &[&'static str]| known.iter().copied().find(|name| text.contains(name)).unwrap_or_default();
    let browser = first(&["Edg", "OPR", "Firefox", "Chrome", "Safari"]);
    let system = first(&["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"]);
    let browser = if browser == "Edg" { "Edge" } else { browser };
    [browser, system].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Ends the session that a browser still carries: who signs in anew leaves none behind.
pub(crate) async fn end_previous(app: &App, headers: &HeaderMap) -> Result<(), desk::Failure> {
    match SESSION.of(headers, app.secure) {
        Some(old) => app.desk.sign_out(old).await,
        None => Ok(()),
    }
}

/// To where one was going, or on with the form that was kept; by the second factor where that is asked.
pub(crate) async fn welcome(app: App, lang: Lang, typed: &Typed, token: &str) -> Response {
    let session = match app.desk.session(token).await {
        Ok(Some(session)) => session,
        Ok(None) => return Redirect::to("/inloggen").into_response(),
        Err(error) => return Trouble::fault(&error).page(Shell::bare(lang, "")),
    };
    let secure = app.secure;
    let signed = Signed::new(app, session, token, lang, "/");
    let mut response = match signed.next {
        Next::SecondFactor => super::second::page(&signed, typed, None, StatusCode::OK).await,
        Next::Nothing if typed.kept.is_empty() => Redirect::to(&typed.back).into_response(),
        Next::Nothing => crate::kept::go_on(&signed, typed),
        next => Redirect::to(next_page(next)).into_response(),
    };
    SESSION.set(&mut response, token, secure);
    if signed.next == Next::Nothing {
        match signed.app.desk.device_token(signed.who.user) {
            Ok(carried) => DEVICE.set(&mut response, &carried, secure),
            Err(error) => tracing::error!(%error, "a device could not be remembered"),
        }
    }
    response
}

/// Signs out: the session ends at once.
pub(crate) async fn leave(Halfway(signed): Halfway, request: Request) -> Response {
    let data = match signed.form(request, &[]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    if let Err(failure) = signed.app.desk.sign_out(&signed.token).await {
        return signed.trouble(failure);
    }
    let mut response = Redirect::to("/inloggen").into_response();
    SESSION.forget(&mut response, signed.app.secure);
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static(crate::headers::FORGET));
    response
}

/// Whether the program answers at all.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}
