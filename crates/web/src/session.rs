//! Who asks: the session of a request, its language, and the frame of the page that answers.

use access::Principal;
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;

use crate::{
    app::App,
    names::Names,
    page::{Shell, User},
    problem_page::Trouble,
    text::{L, Lang},
};

/// Someone signed in, and everything a page for them needs.
#[derive(Clone)]
pub(crate) struct Signed {
    /// The application.
    pub app: App,
    /// Who.
    pub who: Principal,
    /// The token of their forms.
    pub csrf: String,
    /// Their language.
    pub l: L,
    /// Words for codes.
    pub names: Names,
    /// Path and query of the request.
    pub here: String,
}

/// A cookie of a request.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// The name of the session cookie: bound to the host where there is HTTPS.
pub(crate) fn cookie_name(secure: bool) -> &'static str { if secure { "__Host-bestendig" } else { "bestendig" } }

/// The language asked for.
pub(crate) fn language(headers: &HeaderMap) -> Lang { cookie(headers, "taal").and_then(Lang::from_code).unwrap_or_default() }

impl Signed {
    /// The frame of a page.
    pub(crate) fn shell(&self, title: impl Into<String>) -> Shell {
        let org = self.names.org_id(&self.who.org);
        Shell {
            l: self.l,
            title: title.into(),
            user: Some(User::new(&self.who, &org)),
            csrf: self.csrf.clone(),
            today: Some(self.app.today()),
            demo: self.app.demo.is_some(),
            current: None,
            here: self.here.clone(),
        }
    }

    /// The business date.
    pub(crate) fn today(&self) -> Date { self.app.today() }

    /// The answer to a use case that failed; forms handle refusals and conflicts themselves.
    pub(crate) fn trouble(&self, failure: desk::Failure) -> Response {
        use desk::Failure;
        let status = match &failure {
            Failure::Hidden => StatusCode::NOT_FOUND,
            Failure::Denied => StatusCode::FORBIDDEN,
            Failure::Refused(_) | Failure::ReusedCommand => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::Conflict { .. } => StatusCode::CONFLICT,
            Failure::Store(_) | Failure::Unreadable(_) => {
                tracing::error!(error = %failure, "a use case failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let trouble = Trouble::new(status).lang(self.l.lang);
        match failure {
            Failure::Refused(refusal) => trouble.saying(self.l.refusal(&refusal)),
            Failure::ReusedCommand => trouble.saying(self.l.t("error-reused-command").into_owned()),
            _ => trouble,
        }
        .into_response()
    }

    /// Refuses a form that does not carry the token of this session.
    ///
    /// # Errors
    /// The page that says so.
    pub(crate) fn same_session(&self, token: &str) -> Result<(), Response> {
        if token == self.csrf {
            return Ok(());
        }
        let trouble = Trouble::new(StatusCode::FORBIDDEN).lang(self.l.lang);
        Err(trouble.saying(self.l.t("error-csrf").into_owned()).into_response())
    }
}

impl<S> FromRequestParts<S> for Signed
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let app = App::from_ref(state);
        let lang = language(&parts.headers);
        let here = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        let Some(token) = cookie(&parts.headers, cookie_name(app.secure)) else { return Err(to_sign_in(parts, &here)) };
        match app.desk.session(token).await {
            Ok(Some(session)) => {
                let names = app.names(lang);
                Ok(Self { app, who: session.principal, csrf: session.csrf, l: L::new(lang), names, here })
            }
            Ok(None) => Err(to_sign_in(parts, &here)),
            Err(error) => {
                tracing::error!(%error, "a session could not be read");
                Err(Trouble::new(StatusCode::INTERNAL_SERVER_ERROR).lang(lang).into_response())
            }
        }
    }
}

/// To the sign-in page, and from there back to where one was going.
fn to_sign_in(parts: &Parts, here: &str) -> Response {
    let back = if parts.method == Method::GET && here != "/" { here } else { "/" };
    if back == "/" {
        return Redirect::to("/inloggen").into_response();
    }
    let query: String = back.bytes().map(escape).collect();
    Redirect::to(&format!("/inloggen?naar={query}")).into_response()
}

fn escape(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    }
}

