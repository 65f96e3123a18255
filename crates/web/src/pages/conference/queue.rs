//! Throughput: who waits for how long, what sittings deal with, when a case gets its turn, and what an extra sitting changes.
//! Arithmetic on counts of earlier sittings; it says nothing about how a case will end.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use desk::{
    Failure,
    conference::{SittingCount, Throughput},
};
use domain::{codes::Board, ids::SiteId, sitting::Stage};
use evaluation::queue::{Counts, turn};
use jiff::{ToSpan as _, civil::Date};

use crate::{
    page::{Menu, Shell, render},
    row::RowView,
    session::Signed,
    text::L,
};

/// The chance that the interval holds.
const LEVEL: f64 = 0.8;
/// Sittings that are looked ahead.
const AHEAD: usize = 40;

/// A case that waits.
struct Waiting {
    place: usize,
    row: RowView,
    why: String,
    since: String,
    days: i32,
    /// On which agenda it stands.
    at: Option<(String, String)>,
    /// When it gets its turn, and when with one sitting more.
    turn: String,
    extra: String,
}

/// A sitting.
struct Held {
    href: String,
    day: String,
    stage: String,
    dealt: u32,
    open: u32,
    minutes: String,
}

#[derive(Template)]
#[template(path = "conference/queue.html")]
struct Page {
    shell: Shell,
    l: L,
    title: String,
    others: Vec<(String, String)>,
    warning: Option<String>,
    summary: Vec<(String, String)>,
    basis: String,
    waiting: Vec<Waiting>,
    sittings: Vec<Held>,
}

/// The coming sittings: those that are planned, then by the rhythm of the body.
fn coming(t: &Throughput, every: Option<u16>, today: Date) -> Vec<Date> {
    let mut days: Vec<Date> =
        t.sittings.iter().filter(|one| one.stage == Stage::Planned && one.on >= today).map(|one| one.on).collect();
    let step = i64::from(every.unwrap_or(14));
    while days.len() < AHEAD {
        let last = days.last().copied().or_else(|| t.sittings.last().map(|one| one.on)).unwrap_or(today);
        let next = last.max(today.saturating_sub(step.days())).saturating_add(step.days());
        days.push(next);
    }
    days
}

/// When the case at a place gets its turn: the day it is more likely than not, and the days of the interval.
struct Forecast {
    earliest: Option<Date>,
    median: Option<Date>,
    latest: Option<Date>,
}

fn forecast(place: usize, handled: &Counts, days: &[Date]) -> Option<Forecast> {
    let ahead = u32::try_from(place).ok()?;
    let turn = turn(ahead, handled, None, days.len(), LEVEL).ok()?;
    let day = |at: Option<usize>| at.and_then(|at| days.get(at).copied());
    Some(Forecast { earliest: day(turn.earliest), median: day(turn.median), latest: day(turn.latest) })
}

impl Forecast {
    fn words(&self, l: L) -> String {
        let Some(median) = self.median else { return l.t("queue-not-soon").into_owned() };
        let earliest = self.earliest.map_or_else(|| l.date(median), |day| l.date(day));
        match self.latest {
            Some(latest) => {
                l.f("queue-turn", &[("day", &l.date(median)), ("from", &earliest), ("until", &l.date(latest))])
            }
            None => l.f("queue-turn-open", &[("day", &l.date(median)), ("from", &earliest)]),
        }
    }
}

fn asked(signed: &Signed, query: Option<&str>) -> Option<(Board, SiteId)> {
    let part = |name: &str| query?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let site = match part("lvv") {
        Some(text) => text.parse().ok()?,
        None => signed.who.sites.first().cloned()?,
    };
    let board = match part("reeks") {
        Some(code) => Board::from_code(code)?,
        None => Board::Lso,
    };
    Some((board, site))
}

fn held(signed: &Signed, one: &SittingCount) -> Held {
    let l = signed.l;
    Held {
        href: format!("/overleg/{}", one.id),
        day: l.date(one.on),
        stage: l.code("sitting-is", one.stage.code()).into_owned(),
        dealt: one.dealt,
        open: one.open,
        minutes: match one.took {
            Some(took) => l.f("queue-took", &[("took", &took), ("planned", &one.minutes)]),
            None => l.f("queue-planned", &[("planned", &one.minutes)]),
        },
    }
}

/// The queue of a body at a site.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let (l, today) = (signed.l, signed.today());
    let Some((board, site)) = asked(&signed, query.as_deref()) else { return signed.trouble(Failure::Hidden) };
    let t = match signed.app.desk.throughput(&signed.who, board, &site).await {
        Ok(t) => t,
        Err(failure) => return signed.trouble(failure),
    };
    let every = signed.names.programme().conference(board, &site).and_then(|conference| conference.every_days);
    let done: Vec<u32> = t
        .sittings
        .iter()
        .filter(|one| matches!(one.stage, Stage::Closed | Stage::Fixed))
        .map(|one| one.dealt)
        .collect();
    // without a sitting that was held there is nothing to reckon with
    let handled = Counts::observed(&done).ok();
    let days = coming(&t, every, today);
    // one sitting more, halfway between today and the first
    let mut more = days.clone();
    if let Some(first) = days.first() {
        let half = today.until(*first).map_or(0, |span| span.get_days()) / 2;
        more.insert(0, today.saturating_add(half.max(1).days()).min(*first));
    }
    let waiting = t.queue.iter().enumerate().map(|(place, queued)| {
        let forecast = |days: &[Date]| handled.as_ref().and_then(|handled| forecast(place, handled, days));
        let words = |days: &[Date]| forecast(days).map_or_else(|| "–".to_owned(), |forecast| forecast.words(l));
        Waiting {
            place: place + 1,
            row: RowView::new(&queued.item, l, &signed.names, today),
            why: l.code("agenda-why", queued.why).into_owned(),
            since: l.date(queued.since),
            days: queued.days,
            at: queued.at.map(|(id, on)| (format!("/overleg/{id}"), l.date(on))),
            turn: words(&days),
            extra: words(&more),
        }
    });
    let basis = match &handled {
        Some(handled) => l.f(
            "queue-basis",
            &[("seen", &handled.seen()), ("mean", &format!("{:.1}", handled.mean())), ("from", &l.date(t.from))],
        ),
        None => l.t("queue-no-basis").into_owned(),
    };
    let name = |site: &SiteId| format!("{} {}", l.code("board", board), signed.names.site(site.as_str()));
    let others = signed.who.sites.iter().filter(|other| **other != site);
    let title = l.f("queue-title", &[("what", &name(&site))]);
    let page = Page {
        shell: signed.shell(title.clone()).under(Menu::Conference),
        l,
        title,
        others: others.map(|site| (format!("/overleg/doorstroom?reeks={board}&lvv={site}"), name(site))).collect(),
        warning: (t.undecided.0 > 0)
            .then(|| l.f("queue-undecided", &[("count", &t.undecided.0), ("days", &t.undecided.1)])),
        summary: summary(l, &t),
        basis,
        waiting: waiting.collect(),
        sittings: t.sittings.iter().rev().map(|one| held(&signed, one)).collect(),
    };
    render(&page)
}

fn summary(l: L, t: &Throughput) -> Vec<(String, String)> {
    let mut ages: Vec<i32> = t.queue.iter().map(|queued| queued.days).collect();
    ages.sort_unstable();
    let middle = ages.get(ages.len() / 2).copied().unwrap_or(0);
    let longest = ages.last().copied().unwrap_or(0);
    vec![
        (l.t("queue-waiting").into_owned(), t.queue.len().to_string()),
        (l.t("queue-middle").into_owned(), l.f("queue-days", &[("days", &middle)])),
        (l.t("queue-longest").into_owned(), l.f("queue-days", &[("days", &longest)])),
        (l.t("queue-arrivals").into_owned(), t.arrivals.len().to_string()),
    ]
}
