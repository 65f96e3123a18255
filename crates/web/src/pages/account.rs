//! One's own account: what one signs in with, sessions, password, and what happened.

use askama::Template;
use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{Next, Notice, OwnAccount, SessionItem};
use domain::codes::Category;

use crate::{
    form::{FieldKind, FieldSpec},
    page::{Shell, render, render_with},
    session::{Halfway, Signed},
    text::L,
};

/// What someone should know about tries to sign in as them, in words.
pub(crate) fn notice(l: L, notice: &Notice) -> String {
    let mut words = Vec::new();
    if notice.failed > 0 {
        words.push(l.f("notice-failed", &[("count", &notice.failed)]));
    }
    if notice.changes > 0 {
        words.push(l.f("notice-changes", &[("count", &notice.changes)]));
    }
    if notice.odd {
        words.push(l.t("notice-odd").into_owned());
    }
    if notice.odd_others > 0 {
        words.push(l.f("notice-odd-others", &[("count", &notice.odd_others)]));
    }
    if let Some(since) = notice.since {
        words.push(l.f("notice-since", &[("at", &l.moment(since))]));
    }
    words.push(l.t("notice-not-you").into_owned());
    words.join(" ")
}

/// What happened, as pages list it: when, what, who.
pub(crate) struct EventView {
    pub at: String,
    pub what: String,
    pub whose: String,
    pub by: String,
    pub detail: String,
}

impl EventView {
    pub(crate) fn new(signed: &Signed, event: &desk::AccountEvent) -> Self {
        let name = |user: Option<domain::ids::UserId>| {
            user.and_then(|user| signed.app.desk.colleague(user)).map(|account| account.name).unwrap_or_default()
        };
        Self {
            at: signed.l.moment(event.at),
            what: signed.l.t(&format!("event-{}", event.kind.code())).into_owned(),
            whose: name(event.account),
            by: name(event.by),
            detail: event.entered.as_ref().map_or_else(|| event.detail.clone(), |entered| place(signed.l, entered)),
        }
    }
}

/// With what and from where someone signed in, in words.
fn place(l: L, entered: &desk::Entered) -> String {
    let with: Vec<_> = entered.with.iter().map(|way| l.code("way", way.code())).collect();
    let or_unknown = |text: &str| if text.is_empty() { l.t("place-unknown").into_owned() } else { text.to_owned() };
    let device = l.f("place-device", &[("device", &or_unknown(&entered.device))]);
    let network = l.f("place-network", &[("network", &or_unknown(&entered.network))]);
    let mut parts = vec![with.join(" + "), device, network];
    if entered.times > 1 {
        parts.push(l.f("place-times", &[("count", &entered.times)]));
    }
    parts.join("; ")
}

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    shell: Shell,
    l: L,
    own: OwnAccount,
    events: Vec<EventView>,
    failed: Vec<EventView>,
    may_passkey: bool,
}

/// The overview.
pub(crate) async fn show(signed: Signed) -> Response {
    match signed.app.desk.own_account(signed.who.user).await {
        Ok(own) => {
            let views = |events: &[desk::AccountEvent]| -> Vec<EventView> {
                events.iter().take(20).map(|event| EventView::new(&signed, event)).collect()
            };
            let (events, failed) = (views(&own.events), views(&own.failed));
            let (shell, may_passkey) = (signed.shell(signed.l.t("account-title")), signed.app.desk.has_passkeys());
            render(&Page { shell, l: signed.l, own, events, failed, may_passkey })
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// A form without fields, or with hidden ones, of this session.
///
/// # Errors
/// The page that says what is wrong.
pub(crate) async fn act(
    signed: &Signed,
    request: Request,
    names: &[&'static str],
) -> Result<crate::form::FormData, Response> {
    let hidden = |name: &&'static str| FieldSpec::new(name, "account-title", FieldKind::Hidden, Category::Process);
    let fields: Vec<FieldSpec> = names.iter().map(hidden).collect();
    let data = signed.form(request, &fields).await?;
    signed.same_session(data.csrf())?;
    // kept over a sign-in: not carried out by itself, and there is no text that could be lost
    if data.wants_more() {
        let of_others = signed.here.starts_with("/beheer");
        return Err(Redirect::to(if of_others { "/beheer/gebruikers" } else { "/account" }).into_response());
    }
    Ok(data)
}

/// Back to a page, or what went wrong.
pub(crate) fn back(signed: &Signed, done: Result<(), desk::Failure>, to: &str) -> Response {
    match done {
        Ok(()) => Redirect::to(to).into_response(),
        Err(failure) => signed.trouble(failure),
    }
}

/// The notice was read.
pub(crate) async fn read(signed: Signed, request: Request) -> Response {
    if let Err(response) = act(&signed, request, &[]).await {
        return response;
    }
    back(&signed, signed.app.desk.notice_read(&signed.token).await, "/account")
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct Sessions {
    shell: Shell,
    l: L,
    items: Vec<SessionItem>,
}

/// One's own sessions.
pub(crate) async fn sessions(signed: Signed) -> Response {
    let items = signed.app.desk.own_sessions(&signed.token);
    render(&Sessions { shell: signed.shell(signed.l.t("sessions-title")), l: signed.l, items })
}

/// Ends one, or all others.
pub(crate) async fn end_session(signed: Signed, request: Request) -> Response {
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let data = match act(&signed, request, &["welke"]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let which = match data.raw("welke") {
        "andere" => None,
        id => match id.parse() {
            Ok(id) => Some(id),
            Err(_) => return signed.trouble(desk::Failure::Hidden),
        },
    };
    back(&signed, signed.app.desk.end_own_session(&signed.token, which).await, "/account/sessies")
}

#[derive(Template)]
#[template(path = "password.html")]
struct Password {
    shell: Shell,
    l: L,
    /// Whether it is a first one, that has to be changed.
    first: bool,
    wrong: Option<(&'static str, String)>,
}

fn password_page(signed: &Signed, wrong: Option<(&'static str, String)>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = signed.shell(signed.l.t("password-title"));
    render_with(status, &Password { shell, l: signed.l, first: signed.next == Next::Password, wrong })
}

/// The form for another password.
pub(crate) async fn password(halfway: Halfway) -> Response {
    match halfway.doing(&[Next::Password]) {
        Ok(signed) => password_page(&signed, None),
        Err(response) => response,
    }
}

/// Changes it.
pub(crate) async fn change_password(halfway: Halfway, request: Request) -> Response {
    let signed = match halfway.doing(&[Next::Password]) {
        Ok(signed) => signed,
        Err(response) => return response,
    };
    let address = crate::throttle::address(&request);
    let data = match act(&signed, request, &["huidig", "nieuw", "nieuw2", "naam"]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let desk = &signed.app.desk;
    let key = format!("again {}", signed.who.user);
    if let Err(wait) = signed.app.throttle.check(&key, &address, None, desk.clock().real()) {
        return password_page(&signed, Some(("huidig", signed.l.f("error-429-wait", &[("seconds", &wait.seconds)]))));
    }
    let (current, new) = (data.raw("huidig"), data.raw("nieuw"));
    if new != data.raw("nieuw2") {
        return password_page(&signed, Some(("nieuw2", signed.l.t("password-not-twice").into_owned())));
    }
    match desk.change_password(&signed.token, current, new).await {
        Ok(()) => Redirect::to("/account").into_response(),
        Err(desk::Failure::Refused(refusal)) => {
            let at = if refusal.problem.key == "password-current-wrong" { "huidig" } else { "nieuw" };
            password_page(&signed, Some((at, signed.refusal(&refusal))))
        }
        Err(failure) => signed.trouble(failure),
    }
}
