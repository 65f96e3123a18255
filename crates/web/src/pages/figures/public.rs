//! Released figures, for everyone: no signing in, nothing but what was released.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use desk::{Failure, release::Release};
use figures::export;

use super::{
    file::{CSV, JSON, XLSX},
    release::Content,
    table::TableView,
};
use crate::{
    app::App,
    page::{Shell, render},
    problem_page::Trouble,
    session::language,
    text::L,
};

const HERE: &str = "/openbaar/cijfers";

struct ItemView {
    href: String,
    title: String,
    released: String,
}

#[derive(Template)]
#[template(path = "figures_public.html")]
struct List {
    shell: Shell,
    l: L,
    releases: Vec<ItemView>,
}

#[derive(Template)]
#[template(path = "figures_public_one.html")]
struct One {
    shell: Shell,
    l: L,
    title: String,
    released: String,
    here: String,
    table: TableView,
    hash: String,
    note: String,
}

fn shell(app: &App, l: L, title: &str, here: String) -> Shell {
    let mut shell = Shell::bare(l.lang, title);
    shell.here = here;
    shell.demo = app.banner;
    shell
}

fn fault(failure: &Failure, l: L) -> Response {
    Trouble::fault(failure).page(Shell::bare(l.lang, ""))
}

fn released(l: L, release: &Release) -> String {
    release.released.map(|(_, at)| l.f("release-released-on", &[("at", &l.moment(at))])).unwrap_or_default()
}

/// What was released, the newest first.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let l = L::new(language(&headers));
    let mut releases = match app.desk.released().await {
        Ok(releases) => releases,
        Err(failure) => return fault(&failure, l),
    };
    releases.reverse();
    let item = |one: &Release| ItemView {
        href: format!("{HERE}/{}", one.id),
        title: one.draft.title.clone(),
        released: released(l, one),
    };
    render(&List {
        shell: shell(&app, l, &l.t("release-public-title"), HERE.to_owned()),
        l,
        releases: releases.iter().map(item).collect(),
    })
}

async fn found(app: &App, id: &str, headers: &HeaderMap) -> Result<Release, Response> {
    let l = L::new(language(headers));
    let nothing = || Trouble::new(StatusCode::NOT_FOUND).lang(l.lang).into_response();
    let id: uuid::Uuid = id.parse().map_err(|_| nothing())?;
    let all = app.desk.released().await.map_err(|failure| fault(&failure, l))?;
    all.into_iter().find(|one| one.id == id).ok_or_else(nothing)
}

/// One release.
pub(crate) async fn one(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let l = L::new(language(&headers));
    let found = match found(&app, &id, &headers).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let content = match Content::of(&found) {
        Ok(content) => content,
        Err(failure) => return fault(&failure, l),
    };
    let here = format!("{HERE}/{}", found.id);
    render(&One {
        shell: shell(&app, l, &found.draft.title, here.clone()),
        l,
        title: found.draft.title.clone(),
        released: released(l, &found),
        here,
        table: content.table(l.lang),
        hash: found.draft.hash.clone(),
        note: found.note.clone().unwrap_or_default(),
    })
}

/// One release as a file: `cijfers.csv`, `cijfers.xlsx`, `cijfers.json`, or the signature over that JSON.
pub(crate) async fn file(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let l = L::new(language(&headers));
    let found = match found(&app, &id, &headers).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let lines = match Content::of(&found) {
        Ok(content) => content.lines,
        Err(failure) => return fault(&failure, l),
    };
    let (kind, bytes) = match name.as_str() {
        "cijfers.csv" => (CSV, export::csv(&lines).map_err(|error| error.to_string())),
        "cijfers.xlsx" => (XLSX, export::xlsx(&lines)),
        // byte by byte what was signed
        "cijfers.json" => (JSON, Ok(found.draft.content.clone().into_bytes())),
        "handtekening.txt" => ("text/plain; charset=utf-8", Ok(found.note.clone().unwrap_or_default().into_bytes())),
        _ => return Trouble::new(StatusCode::NOT_FOUND).lang(l.lang).into_response(),
    };
    match bytes {
        Ok(bytes) => {
            let named = format!("attachment; filename=\"{name}\"");
            ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, named)], bytes).into_response()
        }
        Err(error) => fault(&Failure::Unreadable(error), l),
    }
}
