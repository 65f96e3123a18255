//! The monitor: who comes, who is there, who leaves and how, per site and for the whole network, as known when one asks.

use askama::Template;
use axum::{extract::RawQuery, response::Response};

use super::{
    ask::Ask,
    asked, counted, refused,
    table::{self, Not, TableView},
    unsafe_numbers,
};
use crate::{
    form::Choice,
    page::{Menu, Shell, render},
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "figures.html")]
struct Page {
    shell: Shell,
    l: L,
    ask: Ask,
    sites: Vec<(Choice, bool)>,
    place: String,
    known: String,
    tables: Vec<TableView>,
    query: String,
    published: bool,
    releases: bool,
}

/// The sites to choose from.
pub(super) fn sites(signed: &Signed, ask: &Ask) -> Vec<(Choice, bool)> {
    let all = &signed.names.programme().sites;
    let sites = all.iter().map(|site| (Choice::new(site.id.as_str(), &site.name), ask.site.as_ref() == Some(&site.id)));
    if all.len() < 2 { vec![] } else { sites.collect() }
}

/// The page.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let (ask, known) = match asked(&signed, query.as_deref(), &[]).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let made = counted(&signed, move |signed| table::views(signed, &known, &ask).map(|tables| (tables, known, ask)));
    let (tables, known, ask) = match made.await {
        Ok(Ok(made)) => made,
        Ok(Err(Not::Refused(why))) => return refused(&signed, &why),
        Ok(Err(Not::Unsafe(why))) => return unsafe_numbers(&signed, &why),
        Err(response) => return response,
    };
    let l = signed.l;
    let place = ask.site.as_ref().map(|site| signed.names.site(site.as_str()));
    render(&Page {
        shell: signed.shell(l.t("figures-monitor-title")).under(Menu::Figures),
        l,
        sites: sites(&signed, &ask),
        place: place.unwrap_or_else(|| l.t("figures-network").into_owned()),
        known: l.moment(known.snapshot.known_at),
        tables,
        query: ask.query(),
        published: !signed.app.published.is_empty(),
        releases: access::may_release(&signed.who),
        ask,
    })
}
