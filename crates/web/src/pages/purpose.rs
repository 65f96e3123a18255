//! What someone works for: they see what that needs and no more, and it stands in the log of what they read.

use askama::Template;
use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::codes::{Category, Purpose};

use crate::{
    cookie::PURPOSE,
    form::{CSRF, Choice, FieldKind, FieldSpec, FormData, FormView},
    page::{Shell, render_with},
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "purpose.html")]
struct Page {
    shell: Shell,
    l: L,
    form: FormView,
}

fn fields(signed: &Signed) -> Vec<FieldSpec> {
    let mine = access::declarable(signed.who.asker(), signed.who.settings);
    let choices = mine.map(|purpose| Choice::new(purpose.code(), signed.l.code("purpose", purpose))).collect();
    vec![FieldSpec::new("doel", "purpose-title", FieldKind::Radios(choices), Category::Process).required()]
}

fn page(signed: &Signed, status: StatusCode, data: &FormData) -> Response {
    let l = signed.l;
    let form = FormView::new(l, "/doel", data).submit(l.t("purpose-choose")).cancel("/");
    render_with(status, &Page { shell: signed.shell(l.t("purpose-title")), l, form })
}

/// The choice.
pub(crate) async fn show(signed: Signed) -> Response {
    let data = FormData::empty(&fields(&signed)).with("doel", signed.who.purpose).with(CSRF, &signed.csrf);
    page(&signed, StatusCode::OK, &data)
}

/// Takes it: for this session, in a cookie that says nothing else.
pub(crate) async fn choose(signed: Signed, request: Request) -> Response {
    let data = match signed.form(request, &fields(&signed)).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return page(&signed, StatusCode::FORBIDDEN, &data),
    };
    let Some(purpose) = data.choice("doel", Purpose::from_code) else {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &data);
    };
    let mut response = Redirect::to("/").into_response();
    PURPOSE.set(&mut response, purpose.code(), signed.app.secure);
    response
}
