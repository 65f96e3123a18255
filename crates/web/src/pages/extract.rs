//! Everything that is held of one person, as a file: for who answers participants.

use axum::{
    extract::{Path, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{codes::Category, ids::ParticipantId};

use crate::{
    form::{Choice, FieldKind, FieldSpec},
    letter::letter,
    problem_page::Trouble,
    session::Signed,
};

/// The file. It is asked for with a form: a link could be followed by what looks at links in advance.
pub(crate) async fn make(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    let Ok(id) = text.parse::<ParticipantId>() else { return signed.trouble(desk::Failure::Hidden) };
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let l = signed.l;
    let kinds = [("pdf", "person-extract-pdf"), ("json", "person-extract-json")];
    let kinds = kinds.map(|(value, key)| Choice::new(value, l.t(key))).to_vec();
    let field = FieldSpec::new("als", "person-extract-as", FieldKind::Radios(kinds), Category::Process).required();
    let mut data = match signed.form(request, &[field]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    let Some(kind) = data.chosen("als") else {
        return signed.answer(Trouble::bad_request("error-malformed-field").with("field", "als"));
    };
    let extract = match signed.app.desk.extract(&signed.who, id).await {
        Ok(extract) => extract,
        Err(failure) => return signed.trouble(failure),
    };
    if kind == "json" {
        return match exchange::extract::json(&signed.app.desk, &extract) {
            Ok(json) => file("application/json", "uittreksel.json", json.into_bytes()),
            Err(failure) => signed.trouble(failure),
        };
    }
    let letter = match letter(&extract, l, &signed.names) {
        Ok(letter) => letter,
        Err(failure) => return signed.trouble(failure),
    };
    // putting pages together takes a while for a long file: not on a thread that others wait for
    match desk::aside(move || letters::pdf(&letter)).await {
        Ok(Ok(pdf)) => file("application/pdf", "uittreksel.pdf", pdf),
        Ok(Err(error)) => Trouble::fault(&error).page(signed.shell("")),
        Err(error) => Trouble::fault(&error).page(signed.shell("")),
    }
}

/// A file to keep; its name says nothing about whose it is.
fn file(mime: &'static str, name: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (StatusCode::OK, [(header::CONTENT_TYPE, mime.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}
