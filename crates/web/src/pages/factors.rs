//! What someone signs in with beside the password: an app for codes, recovery codes, passkeys.

use askama::Template;
use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{Next, TotpOffer};

use super::{
    account::{act, back},
    second::with_token,
};
use crate::{
    page::{Shell, render, render_with},
    session::{Halfway, Signed},
    text::L,
};

#[derive(Template)]
#[template(path = "factor_choice.html")]
struct Choice {
    shell: Shell,
    l: L,
    may_passkey: bool,
}

/// A second factor is needed and there is none yet: which will it be?
pub(crate) async fn choose(halfway: Halfway) -> Response {
    match halfway.doing(&[Next::Enrol]) {
        Ok(signed) => {
            let (shell, may_passkey) = (signed.shell(signed.l.t("factor-title")), signed.app.desk.has_passkeys());
            render(&Choice { shell, l: signed.l, may_passkey })
        }
        Err(response) => response,
    }
}

#[derive(Template)]
#[template(path = "totp.html")]
struct Totp {
    shell: Shell,
    l: L,
    offer: TotpOffer,
    wrong: Option<String>,
}

fn totp_page(signed: &Signed, wrong: Option<String>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    match signed.app.desk.offer_totp(&signed.token) {
        Ok(offer) => {
            render_with(status, &Totp { shell: signed.shell(signed.l.t("totp-title")), l: signed.l, offer, wrong })
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// A session for which adding a factor is allowed now: the person showed who they are just now.
async fn adding(halfway: Halfway, request: Request) -> Result<(Signed, Request), Response> {
    let signed = halfway.doing(&[Next::Enrol])?;
    let request = signed.fresh(request).await?;
    Ok((signed, request))
}

/// The secret for an app.
pub(crate) async fn totp(halfway: Halfway, request: Request) -> Response {
    match adding(halfway, request).await {
        Ok((signed, _)) => totp_page(&signed, None),
        Err(response) => response,
    }
}

/// A code shows that the app has it.
pub(crate) async fn add_totp(halfway: Halfway, request: Request) -> Response {
    let (signed, request) = match adding(halfway, request).await {
        Ok(adding) => adding,
        Err(response) => return response,
    };
    let data = match act(&signed, request, &["code"]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    match signed.app.desk.accept_totp(&signed.token, data.raw("code")).await {
        Ok(token) => with_token(&signed, &token, new_codes(&signed, true).await),
        Err(desk::Failure::Refused(refusal)) => totp_page(&signed, Some(signed.refusal(&refusal))),
        Err(desk::Failure::Hidden) => Redirect::to("/account/code").into_response(),
        Err(failure) => signed.trouble(failure),
    }
}

/// Removes the app.
pub(crate) async fn remove_totp(signed: Signed, request: Request) -> Response {
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    if let Err(response) = act(&signed, request, &[]).await {
        return response;
    }
    back(&signed, signed.app.desk.remove_totp(&signed.token).await, "/account")
}

#[derive(Template)]
#[template(path = "codes.html")]
struct NewPage {
    shell: Shell,
    l: L,
    codes: Vec<String>,
}

/// Ten new recovery codes, shown once. With a first factor they come by themselves; `first`: only when there are none.
async fn new_codes(signed: &Signed, first: bool) -> Response {
    let (desk, user) = (&signed.app.desk, signed.who.user);
    if first {
        match desk.own_account(user).await {
            Ok(own) if own.recovery > 0 => return Redirect::to("/account").into_response(),
            Ok(_) => {}
            Err(failure) => return signed.trouble(failure),
        }
    }
    match desk.make_recovery_codes(user).await {
        Ok(codes) => render(&NewPage { shell: signed.shell(signed.l.t("codes-title")), l: signed.l, codes }),
        Err(failure) => signed.trouble(failure),
    }
}

/// Ten new ones; the old ones end.
pub(crate) async fn recovery(signed: Signed, request: Request) -> Response {
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    match act(&signed, request, &[]).await {
        Ok(_) => new_codes(&signed, false).await,
        Err(response) => response,
    }
}

#[derive(Template)]
#[template(path = "passkey.html")]
struct Passkey {
    shell: Shell,
    l: L,
    challenge: String,
    wrong: Option<String>,
}

async fn passkey_page(signed: &Signed, wrong: Option<String>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if !signed.app.desk.has_passkeys() {
        return signed.trouble(desk::Failure::Hidden);
    }
    match signed.app.desk.offer_passkey(&signed.token).await {
        Ok(challenge) => {
            let challenge = serde_json::to_string(&challenge).unwrap_or_default();
            let shell = signed.shell(signed.l.t("passkey-title"));
            render_with(status, &Passkey { shell, l: signed.l, challenge, wrong })
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// The challenge for a new passkey.
pub(crate) async fn passkey(halfway: Halfway, request: Request) -> Response {
    match adding(halfway, request).await {
        Ok((signed, _)) => passkey_page(&signed, None).await,
        Err(response) => response,
    }
}

/// Keeps it, renames one, or removes one.
pub(crate) async fn change_passkey(halfway: Halfway, request: Request) -> Response {
    let (signed, request) = match adding(halfway, request).await {
        Ok(adding) => adding,
        Err(response) => return response,
    };
    let data = match act(&signed, request, &["passkey", "naam", "welke", "doe"]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let (desk, which) = (&signed.app.desk, data.raw("welke"));
    match data.raw("doe") {
        "hernoem" => back(&signed, desk.rename_passkey(signed.who.user, which, data.raw("naam")).await, "/account"),
        "verwijder" => back(&signed, desk.remove_passkey(&signed.token, which).await, "/account"),
        _ => match desk.accept_passkey(&signed.token, data.raw("naam"), data.raw("passkey")).await {
            Ok(token) => with_token(&signed, &token, new_codes(&signed, true).await),
            Err(desk::Failure::Refused(refusal)) => passkey_page(&signed, Some(signed.refusal(&refusal))).await,
            Err(failure) => signed.trouble(failure),
        },
    }
}
