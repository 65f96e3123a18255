//! The cases behind a number: those that the reader may see. What access shows is not made coarse.

use std::collections::HashSet;

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use domain::programme::Column;
use figures::{
    count,
    question::{self, Question},
};

use super::{asked, refused, words};
use crate::{
    page::{Menu, Shell, render},
    row::RowView,
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "figures_cases.html")]
struct Page {
    shell: Shell,
    l: L,
    title: String,
    about: String,
    rows: Vec<RowView>,
    count: String,
    back: String,
    previous: Option<String>,
    next: Option<String>,
}

/// What this page is asked beside place, day and period.
const OWN: &[&str] = &["figuur", "per", "waarde", "indeling", "bladzijde"];

/// The page.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    if !Menu::Worklist.allowed(&signed.who) {
        return signed.trouble(desk::Failure::Hidden);
    }
    let (ask, known) = match asked(&signed, query.as_deref(), OWN).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let definition = match question::definition(&known.programme, ask.own("figuur").unwrap_or_default()) {
        Ok(definition) => definition,
        Err(why) => return refused(&signed, &why),
    };
    let column = match ask.own("per").map(|code| (code, Column::from_code(code))) {
        None => None,
        Some((_, Some(column))) => Some(column),
        Some((code, None)) => {
            let why = question::Refused::NoBreakdown {
                id: definition.id.clone(),
                asked: code.to_owned(),
                known: String::new(),
            };
            return refused(&signed, &why);
        }
    };
    let classification = ask.own("indeling").and_then(|code| code.parse().ok());
    let asked = ask.of(definition.base.flows(), column.into_iter().collect(), classification);
    let question = match Question::new(&known.programme, definition, asked, known.snapshot.known_at) {
        Ok(question) => question,
        Err(why) => return refused(&signed, &why),
    };
    let wanted = column.zip(ask.own("waarde"));
    let counted = count::count(&known.snapshot, &question);
    let of = |member: &&count::Member| {
        wanted.is_none_or(|(column, value)| count::value(&known.snapshot, &question, member, column) == value)
    };
    let trips: HashSet<_> =
        counted.members.iter().filter(of).map(|member| known.snapshot.trips[member.trip].id).collect();
    let page = ask.own("bladzijde").and_then(|text| text.parse().ok()).unwrap_or(1);
    let list = match signed.app.desk.cases(&signed.who, trips, question.tells(&known.programme), page).await {
        Ok(list) => list,
        Err(failure) => return signed.trouble(failure),
    };
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let value = wanted.map(|(column, value)| words::value(&signed, column, value));
    let name = names.text(&definition.name);
    let own: Vec<String> = ask
        .more
        .iter()
        .filter(|(name, _)| name != "bladzijde")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let address = |page: u32| format!("/cijfers/gevallen?{}&{}&bladzijde={page}", own.join("&"), ask.query());
    render(&Page {
        shell: signed.shell(l.t("figures-cases-title")).under(Menu::Figures),
        l,
        title: value.map_or_else(|| name.to_owned(), |value| format!("{name}: {value}")),
        about: words::when(&signed, question.moment),
        rows: list.items.iter().map(|item| RowView::new(item, l, names, today)).collect(),
        count: l.f("figures-cases-count", &[("count", &list.total)]),
        back: format!("/cijfers?{}", ask.query()),
        previous: (list.page > 1).then(|| address(list.page - 1)),
        next: (list.page < list.pages).then(|| address(list.page + 1)),
    })
}
