//! Every sitting one keeps or is invited to, and the bodies of one's sites.

use askama::Template;
use axum::response::Response;
use desk::conference::SittingItem;
use domain::{codes::OrgKind, programme::Conference, sitting::Stage};

use super::clock;
use crate::{
    page::{Menu, Shell, render},
    session::Signed,
    text::L,
};

/// Past sittings that are shown.
const MOST_PAST: usize = 30;

/// A sitting in the list.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) when: String,
    pub(crate) cases: String,
    pub(crate) stage: String,
}

/// A body of a site: how it works.
struct Series {
    title: String,
    rules: Vec<String>,
    plan: Option<String>,
    queue: Option<String>,
}

#[derive(Template)]
#[template(path = "conference/list.html")]
struct Page {
    shell: Shell,
    l: L,
    coming: Vec<Row>,
    past: Vec<Row>,
    more: usize,
    series: Vec<Series>,
}

/// A sitting as lists show it.
pub(crate) fn row(signed: &Signed, item: &SittingItem) -> Row {
    let (l, row) = (signed.l, &item.row);
    Row {
        href: format!("/overleg/{}", row.id),
        title: format!("{} {}", l.code("board", row.board), signed.names.site(row.site.as_str())),
        when: l.f("sitting-day-time", &[("day", &l.date(row.on)), ("time", &clock(row.at))]),
        cases: l.f("sitting-cases", &[("open", &item.open), ("dealt", &item.dealt)]),
        stage: l.code("sitting-is", row.stage.code()).into_owned(),
    }
}

/// The list.
pub(crate) async fn show(signed: Signed) -> Response {
    let l = signed.l;
    let all = match signed.app.desk.sittings(&signed.who).await {
        Ok(all) => all,
        Err(failure) => return signed.trouble(failure),
    };
    let (mut coming, past): (Vec<_>, Vec<_>) =
        all.iter().partition(|item| matches!(item.row.stage, Stage::Planned | Stage::Open | Stage::Closed));
    coming.reverse();
    let (coming, more) = (coming.into_iter().map(|item| row(&signed, item)).collect(), past.len());
    let past = past.into_iter().take(MOST_PAST).map(|item| row(&signed, item)).collect();
    let shell = signed.shell(l.t("conference-title")).under(Menu::Conference);
    let more = more.saturating_sub(MOST_PAST);
    render(&Page { shell, l, coming, past, more, series: series(&signed) })
}

/// Kinds that must be there, beside the chair; with how many where that is more than one.
fn must(l: L, one: &Conference) -> Option<String> {
    let kinds: Vec<OrgKind> = one.required().into_iter().filter(|kind| *kind != one.chair).collect();
    let words = |kind: OrgKind| match one.people(kind) {
        1 => l.code("org-kind", kind).into_owned(),
        people => l.f("series-people", &[("kind", &l.code("org-kind", kind)), ("people", &people)]),
    };
    (!kinds.is_empty()).then(|| kinds.into_iter().map(words).collect::<Vec<_>>().join(", "))
}

fn series(signed: &Signed) -> Vec<Series> {
    let (l, names) = (signed.l, &signed.names);
    let lists = Menu::Worklist.allowed(&signed.who);
    let mut out = Vec::new();
    for site in &signed.who.sites {
        for one in names.programme().conferences_of(site) {
            let kinds = |kinds: &[domain::codes::OrgKind]| {
                kinds.iter().map(|kind| l.code("org-kind", kind).into_owned()).collect::<Vec<_>>().join(", ")
            };
            let mut rules = vec![l.f("series-members", &[("kinds", &kinds(&one.members))])];
            if one.here {
                rules.push(l.f("series-quorum", &[("quorum", &one.quorum), ("chair", &l.code("org-kind", one.chair))]));
                rules.extend(must(l, one).map(|kinds| l.f("series-must", &[("kinds", &kinds)])));
                rules.push(l.f("series-minutes", &[("minutes", &one.minutes), ("case", &one.case_minutes)]));
            } else {
                rules.push(l.t("series-elsewhere").into_owned());
            }
            if !one.fresh.is_empty() {
                rules.push(l.f("series-fresh", &[("kinds", &kinds(&one.fresh))]));
            }
            rules.extend(one.every_days.map(|days| l.f("series-every", &[("days", &days)])));
            rules.extend(one.days.map(|days| l.f("series-days", &[("days", &days)])));
            rules.extend(one.next.map(|next| l.f("series-next", &[("board", &l.code("board", next))])));
            let address = |page: &str| format!("/overleg/{page}?reeks={}&lvv={site}", one.board);
            let chairs = one.here && desk::conference::chairs(&signed.who, one, site);
            out.push(Series {
                title: format!("{} {}", names.text(&one.name), names.site(site.as_str())),
                rules,
                plan: chairs.then(|| address("nieuw")),
                queue: (lists && one.here && one.every_days.is_some()).then(|| address("doorstroom")),
            });
        }
    }
    out
}
