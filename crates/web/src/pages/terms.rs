//! The terms of a trajectory: each with its last day and why it is that day.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use desk::TermView;
use domain::fact::Kind;

use super::file::id;
use crate::{
    head::Head,
    notice::notice,
    page::{Menu, Shell, render},
    session::Signed,
    text::{DueChip, L},
    why::{Strip, Why, WhyStep},
};

/// A term, explained.
struct Explained {
    /// What links to it: `termijn-1`.
    anchor: String,
    title: String,
    chip: Option<DueChip>,
    day: String,
    waiting_on: Option<String>,
    rule: Vec<String>,
    steps: Vec<WhyStep>,
    strip: Option<Strip>,
    /// Address of the form to extend it.
    extend: Option<String>,
}

#[derive(Template)]
#[template(path = "file/terms.html")]
struct Page {
    shell: Shell,
    l: L,
    head: Head,
    now: Vec<Explained>,
    other: Vec<Explained>,
}

/// The page.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>, RawQuery(query): RawQuery) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let (file, facts) = match signed.app.desk.file_with_timeline(&signed.who, id).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let why = Why { file: &file, l, names, facts: &facts };
    let method = names.programme().method(&file.trajectory.method);
    let may = file.standing.may_record(Kind::TermExtended);
    let explained = |number: usize, view: &TermView, open: bool| {
        let term = &view.term;
        let extendable = method.is_some_and(|method| method.extendable(term));
        Explained {
            anchor: format!("termijn-{number}"),
            title: view.text.clone().unwrap_or_else(|| l.code("rule", term.rule.code()).into_owned()),
            chip: (open && term.has_end()).then(|| l.due(term.end, today)),
            day: crate::head::last_day(term, l),
            waiting_on: term.waiting_on.as_ref().map(|org| names.org_id(org)),
            rule: why.rule(term),
            steps: why.steps(term),
            strip: why.strip(term),
            extend: (may && open && extendable)
                .then(|| term.trigger().map(|fact| format!("/traject/{id}/doe/termijn-verlengen?bij={fact}")))
                .flatten(),
        }
    };
    let now: Vec<_> = file.terms.iter().enumerate().map(|(at, view)| explained(at + 1, view, true)).collect();
    let other = file.other_terms.iter().enumerate().map(|(at, view)| explained(now.len() + at + 1, view, false));
    let other = other.collect();
    let colleague = |user| signed.app.desk.colleague(user).map(|account| account.name);
    let mut head = Head::new(&file, None, l, names, today, colleague);
    head.notice = notice(&signed, &file, query.as_deref()).await;
    let title = format!("{} – {}", l.t("file-terms"), head.name);
    render(&Page { shell: signed.shell(title).under(Menu::Worklist), l, head, now, other })
}
