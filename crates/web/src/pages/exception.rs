//! What is seen of a file through broken glass or by an answered question: one short page, without links into the file.

use askama::Template;
use axum::response::Response;
use desk::File;
use domain::programme::List;

use super::file::Parts;
use crate::{
    page::{Menu, Shell, render},
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "exception.html")]
struct Page {
    shell: Shell,
    l: L,
    title: String,
    explain: String,
    rows: Vec<(String, String)>,
}

/// The page; `explain` says until when it can be seen and who knows of it.
pub(crate) fn page(signed: &Signed, file: &File, menu: Menu, explain: String) -> Response {
    let l = signed.l;
    let title = file.person.name().unwrap_or(&file.case_number).to_owned();
    let shell = signed.shell(title.clone()).under(menu);
    render(&Page { shell, l, title, explain, rows: rows(signed, file) })
}

fn rows(signed: &Signed, file: &File) -> Vec<(String, String)> {
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let t = &file.trajectory;
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |key: &str, value: String| rows.push((l.t(key).into_owned(), value));
    if let Some(identity) = &file.person.identity {
        for name in &identity.names {
            row("field-name", format!("{} ({})", name.text, names.of(List::NameKinds, name.kind.as_str())));
        }
        row("field-birth", identity.birth.map_or_else(|| "–".to_owned(), |birth| l.partial(birth)));
        row("field-nationality", names.all(List::Countries, &identity.nationalities));
        if let Some(number) = &identity.v_number {
            row("field-v-number", number.to_string());
        }
    }
    row("exception-case", file.case_number.clone());
    row("head-site", names.site(t.site.as_str()));
    let (phase, since) = t.phase_since(today);
    row("exception-phase", format!("{}, {}", l.code("phase", phase), l.date(since)));
    row("exception-status", format!("{}, {}", l.code("status", t.status()), l.date(t.status_since())));
    let parts = Parts { l, names, base: "", today };
    for (what, when) in t.stays.iter().rev().take(1).filter_map(|stay| parts.stay(stay)) {
        row("exception-stay", format!("{what}, {when}"));
    }
    let noted = |note: &Option<String>| note.clone().filter(|note| !note.is_empty());
    for obstacle in t.obstacles.iter().filter(|obstacle| obstacle.to.is_none()) {
        let what = names.of(List::Obstacles, obstacle.code.as_str());
        row("exception-obstacle", noted(&obstacle.note).map_or_else(|| what.clone(), |note| format!("{what}: {note}")));
    }
    for pause in t.pauses_on() {
        let what = names.pause(l, pause.code.as_ref());
        row("exception-pause", noted(&pause.note).map_or_else(|| what.clone(), |note| format!("{what}: {note}")));
    }
    rows
}
