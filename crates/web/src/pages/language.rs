//! Choosing a language: a cookie, no account needed.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::codes::Category;

use crate::{
    app::App,
    cookie::LANGUAGE,
    form::{FieldKind, FieldSpec, FormData, body},
    session::{language, own_path},
    text::Lang,
};

fn fields() -> Vec<FieldSpec> {
    let text = |name| FieldSpec {
        name,
        label: "language-name",
        hint: None,
        kind: FieldKind::Text { max: 500 },
        required: false,
        category: Category::Process,
    };
    vec![text("taal"), text("naar")]
}

/// Remembers the language and goes back.
pub(crate) async fn choose(State(app): State<App>, request: Request) -> Response {
    let lang = language(request.headers());
    let (content_type, bytes) = match body(request, lang).await {
        Ok(parts) => parts,
        Err(response) => return response,
    };
    let data = match FormData::parse(content_type.as_deref(), &bytes, &fields()) {
        Ok(data) => data,
        Err(bad) => return bad.page(lang),
    };
    let mut response = Redirect::to(own_path(data.raw("naar"))).into_response();
    if let Some(chosen) = Lang::from_code(data.raw("taal")) {
        LANGUAGE.set(&mut response, chosen.code(), app.secure);
    }
    response
}
