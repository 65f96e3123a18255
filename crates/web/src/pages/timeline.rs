//! The timeline: milestones, or everything; superseded facts and their corrections both show.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};

use super::file::{Sheet, id};
use crate::{
    event::EventView,
    head::Tab,
    page::{Menu, Shell, render},
    session::Signed,
    text::L,
};

/// The events of a month.
struct Period {
    name: String,
    events: Vec<EventView>,
}

#[derive(Template)]
#[template(path = "file/timeline.html")]
struct Page {
    shell: Shell,
    l: L,
    sheet: Sheet,
    everything: bool,
    count: String,
    periods: Vec<Period>,
}

/// The page.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>, RawQuery(query): RawQuery) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let everything = query.as_deref() == Some("alles=1");
    let desk = &signed.app.desk;
    let (file, items) = match (desk.file(&signed.who, id).await, desk.timeline(&signed.who, id).await) {
        (Ok(file), Ok(items)) => (file, items),
        (Err(failure), _) | (_, Err(failure)) => return signed.trouble(failure),
    };
    let shown = items.iter().filter(|item| everything || item.fact.header.kind.milestone());
    let mut periods: Vec<Period> = Vec::new();
    let mut count = 0;
    for event in shown.map(|item| EventView::new(item, &signed, &file, true)) {
        count += 1;
        match periods.last_mut() {
            Some(period) if period.name == event.period => period.events.push(event),
            _ => periods.push(Period { name: event.period.clone(), events: vec![event] }),
        }
    }
    let sheet = Sheet::new(&signed, &file, Some(Tab::Timeline));
    let title = format!("{} – {}", signed.l.t(Tab::Timeline.key()), sheet.head.name);
    let count = signed.l.f("timeline-count", &[("count", &count), ("all", &items.len())]);
    render(&Page { shell: signed.shell(title).under(Menu::Worklist), l: signed.l, sheet, everything, count, periods })
}
