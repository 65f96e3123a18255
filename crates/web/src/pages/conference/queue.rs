//! Throughput: who waits for how long, what sittings deal with, when a case gets its turn, and what an extra sitting changes.
//! Arithmetic on counts of earlier sittings; it says nothing about how a case will end.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use charts::{Axis, Band, Columns, Curve, Lines, Words};
use desk::{
    Failure,
    conference::{SHOWN, SittingCount, Throughput},
};
use domain::{codes::Board, date::days as between, ids::SiteId, sitting::Stage};
use evaluation::queue::{Counts, turn};
use jiff::{ToSpan as _, civil::Date};

use crate::{
    chart,
    page::{Menu, Shell, render},
    pager::Pages,
    row::RowView,
    session::{Signed, part},
    text::L,
};

/// The chance that the interval holds.
const LEVEL: f64 = 0.8;
/// Sittings that are looked ahead.
const AHEAD: usize = 40;

/// Columns in the drawing of ages, at most.
const COLUMNS: i32 = 10;

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
    gain: Option<String>,
    ages: Option<String>,
    fan: Option<String>,
    waiting: Vec<Waiting>,
    pages: Pages,
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
#[derive(Clone, Copy)]
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

fn asked(signed: &Signed, query: Option<&str>) -> Option<(Board, SiteId, u32)> {
    let site = match part(query, "lvv") {
        Some(text) => text.parse().ok()?,
        None => signed.who.sites.first().cloned()?,
    };
    let board = match part(query, "reeks") {
        Some(code) => Board::from_code(code)?,
        None => Board::Lso,
    };
    let page = part(query, "pagina").unwrap_or("1").parse().ok()?;
    Some((board, site, page))
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
    let Some((board, site, page)) = asked(&signed, query.as_deref()) else { return signed.trouble(Failure::Hidden) };
    let t = match signed.app.desk.throughput(&signed.who, board, &site, page).await {
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
        let half = between(today, *first) / 2;
        more.insert(0, today.saturating_add(half.max(1).days()).min(*first));
    }
    let of = |days: &[Date]| -> Vec<Option<Forecast>> {
        let one = |place| handled.as_ref().and_then(|handled| forecast(place, handled, days));
        (0..t.queue.len()).map(one).collect()
    };
    let (planned, extra) = (of(&days), of(&more));
    let words = |forecast: Option<Forecast>| forecast.map_or_else(|| "–".to_owned(), |forecast| forecast.words(l));
    let first = usize::try_from(t.page.0 - 1).unwrap_or(usize::MAX).saturating_mul(SHOWN);
    let forecasts = t.queue.iter().zip(planned.iter().zip(&extra)).enumerate().skip(first);
    let waiting = t.items.iter().zip(forecasts).map(|(item, (place, (queued, (turn, extra))))| Waiting {
        place: place + 1,
        row: RowView::new(item, l, &signed.names, today),
        why: l.code("agenda-why", queued.why).into_owned(),
        since: l.date(queued.since),
        days: queued.days,
        at: queued.at.map(|(id, on)| (format!("/overleg/{id}"), l.date(on))),
        turn: words(*turn),
        extra: words(*extra),
    });
    let basis = match &handled {
        Some(handled) => l.f(
            "queue-basis",
            &[("seen", &handled.seen()), ("mean", &chart::number(l, handled.mean(), 1)), ("from", &l.date(t.from))],
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
        warning: warning(l, &t),
        gain: gain(l, &planned, &extra),
        ages: ages(l, &t),
        fan: fan(l, today, &planned, &extra),
        summary: summary(l, &t),
        basis,
        waiting: waiting.collect(),
        pages: Pages::new(t.page, |page| format!("/overleg/doorstroom?reeks={board}&lvv={site}&pagina={page}#rij")),
        sittings: t.sittings.iter().rev().map(|one| held(&signed, one)).collect(),
    };
    render(&page)
}

/// People are sheltered and nobody decided: how many, and for how many that is longer than agreed.
fn warning(l: L, t: &Throughput) -> Option<String> {
    let longest = t.undecided.first()?;
    let mut words = l.f("queue-undecided", &[("count", &t.undecided.len()), ("days", longest)]);
    if t.too_long > 0 {
        words = format!("{words} {}", l.f("queue-too-long", &[("count", &t.too_long)]));
    }
    Some(words)
}

/// What one sitting more would change for the last case that can be foreseen.
fn gain(l: L, planned: &[Option<Forecast>], extra: &[Option<Forecast>]) -> Option<String> {
    let both = planned.iter().zip(extra).enumerate().rev();
    let mut both = both.filter_map(|(at, (turn, extra))| Some((at, turn.as_ref()?.median?, extra.as_ref()?.median?)));
    let (at, turn, extra) = both.next()?;
    let days = between(extra, turn);
    Some(l.f("queue-gain", &[("place", &(at + 1)), ("days", &days)]))
}

/// How long cases wait, in columns of as many days each; apart what stands on an agenda.
fn ages(l: L, t: &Throughput) -> Option<String> {
    let longest = t.queue.iter().map(|queued| queued.days).max()?;
    // whole weeks, so that a column has a length that people know
    let weeks = (longest / COLUMNS / 7 + 1).max(1);
    let width = weeks * 7;
    let columns = usize::try_from(longest / width).unwrap_or(0) + 1;
    let mut counts = [vec![0.0; columns], vec![0.0; columns]];
    for queued in &t.queue {
        let at = usize::try_from(queued.days / width).unwrap_or(0).min(columns - 1);
        counts[usize::from(queued.at.is_none())][at] += 1.0;
    }
    let [on, off] = counts.map(|counts| counts.into_iter().map(Some).collect());
    let name = |at: i32| format!("{}–{}", at * width, (at + 1) * width - 1);
    let title = l.t("queue-chart-ages");
    let (axis, across) = (l.t("queue-cases"), l.t("queue-chart-days"));
    let whole = |value: f64| chart::number(l, value, 0);
    let describe = |facts: &[charts::Fact<'_>]| chart::sentences(l, facts, &whole, &whole);
    chart::drawing(&Columns {
        words: Words { id: "ouderdom", title: &title, describe: &describe, hidden: "–" },
        axis: Axis { label: &axis, format: &whole },
        across: &across,
        categories: (0..).take(columns).map(name).collect(),
        series: vec![(l.t("queue-on-agenda").into_owned(), on), (l.t("queue-on-none").into_owned(), off)],
        stacked: true,
    })
}

/// Days until a case gets its turn, by its place: the middle with its interval, and the middle with one sitting more.
fn fan(l: L, today: Date, planned: &[Option<Forecast>], extra: &[Option<Forecast>]) -> Option<String> {
    let days = |day: Date| f64::from(between(today, day));
    let mut turn = Curve { label: l.t("queue-forecast").into_owned(), x: vec![], y: vec![], band: None, risk: None };
    let mut more = Curve { label: l.t("queue-extra").into_owned(), ..turn.clone() };
    let mut band = Band { from: vec![], to: vec![] };
    for (place, (planned, extra)) in (1_u32..).zip(planned.iter().zip(extra)) {
        // what lies beyond the sittings that can be foreseen has no end to draw
        let Some(Forecast { earliest: Some(earliest), median: Some(median), latest: Some(latest) }) = planned else {
            break;
        };
        turn.x.push(f64::from(place));
        turn.y.push(days(*median));
        band.from.push(days(*earliest));
        band.to.push(days(*latest));
        if let Some(median) = extra.and_then(|extra| extra.median) {
            more.x.push(f64::from(place));
            more.y.push(days(median));
        }
    }
    // one case is no line
    let last = turn.x.last().copied().filter(|last| *last > 1.0)?;
    turn.band = Some(band);
    let (across, up, title) = (l.t("agenda-place"), l.t("queue-chart-wait"), l.t("queue-chart-turn"));
    let whole = |value: f64| chart::number(l, value, 0);
    let (value, place) = (
        |value: f64| l.f("queue-days", &[("days", &whole(value))]),
        |at: f64| format!("{} {at:.0}", l.t("agenda-place")),
    );
    let describe = |facts: &[charts::Fact<'_>]| chart::sentences(l, facts, &value, &place);
    let step = (last / 6.0).ceil().max(1.0);
    let ticks = std::iter::successors(Some(1.0), |at| Some(at + step)).take_while(|at| *at <= last);
    chart::drawing(&Lines {
        words: Words { id: "beurt", title: &title, describe: &describe, hidden: "–" },
        x: Axis { label: &across, format: &whole },
        y: Axis { label: &up, format: &whole },
        ticks: ticks.collect(),
        curves: vec![turn, more],
        marks: vec![],
    })
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
