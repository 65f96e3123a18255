//! Checkpoints of facts and read log: to keep, and to hand in again. Partners are each other's witnesses.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use desk::{Failure, Handed};
use domain::codes::Category;
use journal::checkpoint::Compared;

use crate::{
    form::{COMMAND, CSRF, FieldKind, FieldSpec, FormData, FormView},
    page::{Shell, render_with},
    session::Signed,
    text::L,
};

/// A newest checkpoint.
struct NoteView {
    title: String,
    at: String,
    note: String,
    href: String,
}

#[derive(Template)]
#[template(path = "checkpoints.html")]
struct Page {
    shell: Shell,
    l: L,
    key: String,
    newest: Vec<NoteView>,
    partners: Vec<(String, String)>,
    witnessed: Vec<(String, String, String, bool)>,
    answer: Option<(bool, String)>,
    form: FormView,
}

fn fields() -> Vec<FieldSpec> {
    let note = FieldSpec::new("checkpoint", "checkpoints-hand-in-field", FieldKind::TextArea, Category::Process);
    vec![note.required().hint("checkpoints-hand-in-hint")]
}

/// The page.
pub(crate) async fn show(signed: Signed) -> Response {
    let data = fresh(&signed);
    page(&signed, StatusCode::OK, &data, None).await
}

fn fresh(signed: &Signed) -> FormData {
    FormData::empty(&fields()).with(CSRF, &signed.csrf).with(COMMAND, signed.app.desk.new_command())
}

/// `GET /checkpoints/{tree}`: the newest one as a file.
pub(crate) async fn file(signed: Signed, Path(name): Path<String>) -> Response {
    let found = match signed.app.desk.checkpoints().await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let Some(kept) = found.newest.into_iter().find(|kept| kept.tree.name() == name) else {
        return signed.trouble(Failure::Hidden);
    };
    let attachment = format!("attachment; filename=\"{}-{}.checkpoint\"", kept.tree.name(), kept.size);
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, attachment)];
    (headers, kept.note).into_response()
}

/// Taking one that a partner kept.
pub(crate) async fn submit(signed: Signed, request: Request) -> Response {
    let data = match signed.form(request, &fields()).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return page(&signed, StatusCode::FORBIDDEN, &data, None).await,
    };
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let text = data.text("checkpoint");
    if !data.is_right() {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &data, None).await;
    }
    match signed.app.desk.hand_in(&signed.who, command, &text).await {
        Ok(handed) => page(&signed, StatusCode::OK, &fresh(&signed), Some(handed)).await,
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &data, None).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

async fn page(signed: &Signed, status: StatusCode, data: &FormData, handed: Option<Handed>) -> Response {
    let l = signed.l;
    let found = match signed.app.desk.checkpoints().await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let tree = |name: &str| l.code("checkpoints-of", name);
    let newest = found.newest.iter().map(|kept| NoteView {
        title: l.f("checkpoints-size", &[("what", &tree(kept.tree.name())), ("size", &kept.size)]),
        at: l.moment(kept.at),
        note: kept.note.clone(),
        href: format!("/checkpoints/{}", kept.tree.name()),
    });
    let partners = found.partners.iter().map(|(org, at)| {
        let at = at.map_or_else(|| l.t("checkpoints-never").into_owned(), |at| l.moment(at));
        (signed.names.org_id(org), at)
    });
    let witnessed = found.witnessed.iter().take(50).map(|seen| {
        let what = l.f("checkpoints-size", &[("what", &tree(seen.kept.tree.name())), ("size", &seen.kept.size)]);
        (l.moment(seen.kept.at), signed.names.org_id(&seen.org), what, seen.consistent)
    });
    let answer = handed.map(|handed| {
        let (what, size) = (tree(handed.tree.name()), handed.size);
        let words = match handed.compared {
            Compared::Consistent => l.f("checkpoints-fits", &[("what", &what), ("size", &size)]),
            Compared::Behind(now) => l.f("checkpoints-behind", &[("what", &what), ("size", &size), ("now", &now)]),
            Compared::Rewritten => l.f("checkpoints-rewritten", &[("what", &what), ("size", &size)]),
        };
        (handed.compared == Compared::Consistent, words)
    });
    let form = FormView::new(l, "/checkpoints", data).submit(l.t("checkpoints-hand-in"));
    let page = Page {
        shell: signed.shell(l.t("checkpoints-title")),
        l,
        key: found.key,
        newest: newest.collect(),
        partners: partners.collect(),
        witnessed: witnessed.collect(),
        answer,
        form,
    };
    render_with(status, &page)
}
