//! Who asks: the session of a request, its language, and the frame of the page that answers.

use access::Principal;
use axum::{
    extract::{FromRef, FromRequestParts, Request},
    http::{HeaderMap, Method, StatusCode, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{Next, Refused};
use domain::{codes::Purpose, ids::CommandId, refusal::Refusal};
use jiff::civil::Date;
use subtle::ConstantTimeEq as _;

pub(crate) use crate::security::language;
use crate::{
    app::App,
    cookie::{PURPOSE, SESSION},
    form::{CSRF, FieldSpec, FormData, body},
    names::Names,
    page::{Shell, User},
    problem_page::Trouble,
    refused::Told,
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
    /// The session's token: what is done to the session itself needs it.
    pub token: String,
    /// What has to be done before anything else.
    pub next: Next,
    /// Whether they showed who they are just now.
    pub is_fresh: bool,
    /// Failed tries and changes that they should know of.
    pub notice: Option<desk::Notice>,
    /// Where a refusal is noted.
    pub told: Told,
}

/// A part of the query of an address, as it stands there.
pub(crate) fn part<'q>(query: Option<&'q str>, name: &str) -> Option<&'q str> {
    query?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// A path of this site to go (back) to; anything else becomes the first page. Browsers drop tabs and read `\` as `/`,
/// so `/<tab>/elsewhere` would leave this site: only visible ASCII is let through.
pub(crate) fn own_path(path: &str) -> &str {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && path.starts_with('/') && !path.starts_with("//") { path } else { "/" }
}

/// What someone works for: what they declared, if that is theirs to declare.
fn declared(who: &Principal, headers: &HeaderMap) -> Purpose {
    let asked = PURPOSE.choice(headers).and_then(Purpose::from_code);
    asked
        .filter(|asked| access::declarable(who.asker(), who.settings).any(|mine| mine == *asked))
        .unwrap_or(who.purpose)
}

impl Signed {
    /// From a session.
    pub(crate) fn new(app: App, session: desk::Session, token: &str, lang: Lang, here: &str) -> Self {
        let names = app.names(lang);
        let desk::Session { principal: who, csrf, next, fresh: is_fresh, notice } = session;
        let (here, token) = (here.to_owned(), token.to_owned());
        let (l, told) = (L::new(lang), Told::default());
        Self { app, who, csrf, l, names, here, token, next, is_fresh, notice, told }
    }

    /// For acts that need to be surer than a session of hours: the request itself, when the person showed who they are just
    /// now; else the page that asks it, with the form kept.
    ///
    /// # Errors
    /// That page.
    pub(crate) async fn fresh(&self, request: Request) -> Result<Request, Response> {
        if self.is_fresh { Ok(request) } else { Err(crate::pages::again::ask(self, request).await) }
    }

    /// The frame of a page.
    pub(crate) fn shell(&self, title: impl Into<String>) -> Shell {
        let org = self.names.org_id(&self.who.org);
        Shell {
            l: self.l,
            title: title.into(),
            // halfway there is no menu: nothing else can be reached
            user: (self.next == Next::Nothing).then(|| User::new(&self.who, &org)),
            notice: self.notice.as_ref().map(|notice| crate::pages::account::notice(self.l, notice)),
            csrf: self.csrf.clone(),
            today: Some(self.app.today()),
            demo: self.app.banner,
            current: None,
            here: self.here.clone(),
        }
    }

    /// The business date.
    pub(crate) fn today(&self) -> Date {
        self.app.today()
    }

    /// The answer to a use case that failed; forms handle refusals and conflicts themselves.
    pub(crate) fn trouble(&self, failure: desk::Failure) -> Response {
        use desk::Failure;
        let status = match &failure {
            Failure::Hidden => StatusCode::NOT_FOUND,
            Failure::Denied => StatusCode::FORBIDDEN,
            Failure::Refused(_) | Failure::ReusedCommand => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::Conflict { .. } | Failure::Overtaken => StatusCode::CONFLICT,
            // the number on the page is the one in the log
            Failure::Store(_) | Failure::Unreadable(_) => return Trouble::fault(&failure).page(self.shell("")),
        };
        let trouble = Trouble::new(status);
        self.answer(match failure {
            Failure::Refused(refusal) => trouble.saying(self.refusal(&refusal)),
            Failure::Overtaken => trouble.saying(self.l.t("error-overtaken").into_owned()),
            Failure::ReusedCommand => trouble.saying(self.l.t("error-reused-command").into_owned()),
            _ => trouble,
        })
    }

    /// An error page in the frame of this person: the menu is still there.
    pub(crate) fn answer(&self, trouble: Trouble) -> Response {
        match trouble.status() {
            StatusCode::NOT_FOUND => self.told.note(&self.who, Refused::Hidden),
            StatusCode::FORBIDDEN => self.told.note(&self.who, Refused::Denied),
            StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE => self.told.note(&self.who, Refused::Form),
            _ => {}
        }
        trouble.page(self.shell(""))
    }

    /// Why a command is not accepted, with the names of the programme instead of its codes.
    pub(crate) fn refusal(&self, refusal: &Refusal) -> String {
        if desk::refused::is_own_work(refusal.problem.key) {
            self.told.note(&self.who, Refused::OwnWork);
        }
        let named = |name: &str, code: &str| match name {
            "partner" | "org" => Some(self.names.org(code)),
            "site" => Some(self.names.site(code)),
            "hold" => Some(self.names.of(domain::programme::List::HoldGrounds, code)),
            "criterion" => Some(self.names.of(domain::programme::List::ReviewCriteria, code)),
            "board" => Some(self.l.code("board", code).into_owned()),
            "item" => Some(self.names.of(domain::programme::List::DossierItems, code)),
            _ => None,
        };
        self.l.refusal_with(refusal, named)
    }

    /// What was sent, field by field.
    ///
    /// # Errors
    /// The page that says why it is not this form.
    pub(crate) async fn form(&self, request: Request, fields: &[FieldSpec]) -> Result<FormData, Response> {
        let (content_type, bytes) = body(request, self.l.lang).await?;
        FormData::parse(content_type.as_deref(), &bytes, fields).map_err(|bad| self.answer(bad.trouble()))
    }

    /// Whether a form carries the token of this session; how long that takes tells nothing of it.
    fn is_own(&self, token: &str) -> bool {
        token.as_bytes().ct_eq(self.csrf.as_bytes()).into()
    }

    /// A form of this session; one of an earlier session comes back with its text, a new token and a word about it.
    pub(crate) fn own_form(&self, data: FormData) -> Result<FormData, Box<FormData>> {
        if self.is_own(data.csrf()) {
            return Ok(data);
        }
        self.told.note(&self.who, Refused::Token);
        let mut data = data.again(CSRF, &self.csrf);
        data.wrong_words("", self.l.t("form-other-session"));
        Err(Box::new(data))
    }

    /// A form of this session, with the id of its command. Where a page is to come back with the text when the session is
    /// another one, see [`Self::own_form`].
    ///
    /// # Errors
    /// The page that says why it is not this form, or that it is of another session.
    pub(crate) async fn ordered(
        &self,
        request: Request,
        fields: &[FieldSpec],
    ) -> Result<(FormData, CommandId), Response> {
        let data = self.form(request, fields).await?;
        self.same_session(data.csrf())?;
        let command = data.command().map_err(|bad| self.answer(bad.trouble()))?;
        Ok((data, command))
    }

    /// Refuses a form that does not carry the token of this session.
    ///
    /// # Errors
    /// The page that says so.
    pub(crate) fn same_session(&self, token: &str) -> Result<(), Response> {
        if self.is_own(token) {
            return Ok(());
        }
        self.told.note(&self.who, Refused::Token);
        Err(self.answer(Trouble::forbidden().says("error-csrf")))
    }
}

impl<S> FromRequestParts<S> for Signed
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Halfway(signed) = Halfway::from_request_parts(parts, state).await?;
        match signed.next {
            Next::Nothing => Ok(signed),
            next => Err(to_next(next, parts, &signed.here)),
        }
    }
}

/// Someone who gave the right password, and may have something left to do first.
pub(crate) struct Halfway(pub Signed);

impl<S> FromRequestParts<S> for Halfway
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let app = App::from_ref(state);
        let lang = language(&parts.headers);
        let here = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        let Some(token) = SESSION.of(&parts.headers, app.secure) else { return Err(to_sign_in(parts, &here)) };
        match app.desk.session(token).await {
            Ok(Some(mut session)) => {
                session.principal.purpose = declared(&session.principal, &parts.headers);
                let trace = parts.extensions.get::<access::Trace>().copied().unwrap_or_default();
                session.principal.trace = trace.in_session(token);
                let mut signed = Signed::new(app, session, token, lang, &here);
                signed.told = parts.extensions.get::<Told>().cloned().unwrap_or_default();
                Ok(Self(signed))
            }
            Ok(None) => Err(to_sign_in(parts, &here)),
            Err(error) => Err(Trouble::fault(&error).page(Shell::bare(lang, ""))),
        }
    }
}

impl Halfway {
    /// The session, where this is (one of) the things to do first or nothing is left to do.
    ///
    /// # Errors
    /// To what has to be done first.
    pub(crate) fn doing(self, this: &[Next]) -> Result<Signed, Response> {
        let Self(signed) = self;
        if signed.next == Next::Nothing || this.contains(&signed.next) {
            return Ok(signed);
        }
        Err(Redirect::to(next_page(signed.next)).into_response())
    }
}

/// Where something that has to be done first is done.
pub(crate) fn next_page(next: Next) -> &'static str {
    match next {
        Next::Nothing => "/",
        Next::SecondFactor => "/inloggen/tweede",
        Next::Password => "/account/wachtwoord",
        Next::Enrol => "/account/toevoegen",
    }
}

fn to_next(next: Next, parts: &Parts, here: &str) -> Response {
    if next != Next::SecondFactor || parts.method != Method::GET || here == "/" {
        return Redirect::to(next_page(next)).into_response();
    }
    let query: String = here.bytes().map(escape).collect();
    Redirect::to(&format!("{}?naar={query}", next_page(next))).into_response()
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

/// A byte in the query of an address.
pub(crate) fn escape(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_on_this_site() {
        assert_eq!(own_path("/traject/1/doe/intake?bij=2"), "/traject/1/doe/intake?bij=2");
        for away in [
            "//elders.example",
            "/\t/elders.example",
            "/\\elders.example",
            "https://elders.example",
            "",
            "/\0",
            "/\r\n",
        ] {
            assert_eq!(own_path(away), "/", "{away:?}");
        }
    }
}
