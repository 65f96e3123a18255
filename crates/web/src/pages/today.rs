//! *Vandaag*: what is overdue, what is due, who we wait for, what is new for me.

use askama::Template;
use axum::response::Response;
use desk::TodayPart;
use jiff::ToSpan as _;

use super::conference::list::{Row, row};
use crate::{
    page::{Menu, Shell, render},
    row::RowView,
    session::Signed,
    text::L,
};

/// A list on the page.
struct Part {
    id: &'static str,
    title: String,
    explain: String,
    empty: String,
    total: u64,
    rows: Vec<RowView>,
    /// Where all of them are.
    all: String,
    others: bool,
}

#[derive(Template)]
#[template(path = "today.html")]
struct Page {
    shell: Shell,
    l: L,
    greeting: String,
    summary: String,
    parts: Vec<Part>,
    new: Vec<RowView>,
    sittings: Vec<Row>,
    may_register: bool,
}

/// Sittings that are shown: those of the coming weeks.
const WEEKS: i64 = 4;

/// The sittings that ask for something now: those to come, those going on, and minutes that are still a draft.
async fn sittings(signed: &Signed) -> Result<Vec<Row>, Response> {
    if !desk::conference::confers(&signed.who) {
        return Ok(vec![]);
    }
    let until = signed.today().saturating_add(WEEKS.weeks());
    let all = signed.app.desk.sittings_now(&signed.who, until).await.map_err(|failure| signed.trouble(failure))?;
    // the list has the latest first; here the first to come stands on top
    Ok(all.iter().rev().map(|item| row(signed, item)).collect())
}

/// The page, or where someone without lists belongs.
pub(crate) async fn show(signed: Signed) -> Response {
    let l = signed.l;
    if access::scope(&signed.who, access::Reach::List).is_err() {
        return no_lists(&signed).await;
    }
    let sittings = match sittings(&signed).await {
        Ok(sittings) => sittings,
        Err(response) => return response,
    };
    let page = match signed.app.desk.today(&signed.who).await {
        Ok(page) => page,
        Err(failure) => return signed.trouble(failure),
    };
    let summary = l.f(
        "today-summary",
        &[("overdue", &page.overdue.total), ("today", &page.today.total), ("week", &page.week.total)],
    );
    let part = |id, part: &TodayPart, all: String, others| Part {
        id,
        title: l.code("today", id).into_owned(),
        explain: l.t(&format!("today-{id}-explain")).into_owned(),
        empty: l.t(&format!("today-{id}-empty")).into_owned(),
        total: part.total,
        rows: rows(&signed, part),
        all,
        others,
    };
    // ended ones too: after-care is work, and is counted here
    let ours = |due: &str| format!("/werklijst?wacht-op={}&termijn={due}&beeindigd=ja", signed.who.org);
    let parts = vec![
        part("overdue", &page.overdue, ours("verlopen"), false),
        part("due", &page.today, ours("vandaag"), false),
        part("week", &page.week, ours("week"), false),
        part("waiting", &page.waiting, "/werklijst?wacht-op=anderen&beeindigd=ja".to_owned(), true),
    ];
    let new = page.new.iter().map(|item| RowView::new(item, l, &signed.names, signed.today())).collect();
    let title = l.t("menu-today").into_owned();
    render(&Page {
        shell: signed.shell(title).under(Menu::Today),
        l,
        greeting: l.f("today-greeting", &[("name", &signed.who.name), ("date", &l.date(signed.today()))]),
        summary,
        parts,
        new,
        sittings,
        may_register: Menu::Register.allowed(&signed.who),
    })
}

fn rows(signed: &Signed, part: &TodayPart) -> Vec<RowView> {
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    part.items
        .iter()
        .map(|(item, term)| {
            let due = term.agreed.then_some(term.due);
            RowView::with(item, Some(term.rule), due, term.waiting_on.as_deref(), l, names, today)
        })
        .collect()
}

#[derive(Template)]
#[template(path = "no_lists.html")]
struct NoLists {
    shell: Shell,
    l: L,
    why: String,
    sittings: Vec<Row>,
    figures: bool,
    destroys: bool,
}

/// Police, administrators and researchers have no lists: the page says why, and what they do have.
async fn no_lists(signed: &Signed) -> Response {
    let l = signed.l;
    let sittings = match sittings(signed).await {
        Ok(sittings) => sittings,
        Err(response) => return response,
    };
    let why = l.code("no-lists", signed.who.role).into_owned();
    let figures = Menu::Figures.allowed(&signed.who);
    let destroys = access::may_destroy(&signed.who);
    render(&NoLists { shell: signed.shell(l.t("menu-today")), l, why, sittings, figures, destroys })
}
