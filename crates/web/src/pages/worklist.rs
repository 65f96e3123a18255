//! The worklist: filters on top, removable; sortable; every view has an address that can be kept.

mod asked;
mod columns;
pub(crate) mod export;

use askama::Template;
use axum::{extract::RawQuery, http::HeaderMap, response::Response};
use domain::{
    codes::{Phase, Role, Status},
    programme::List,
};
use views::worklist::Sort;

use self::{
    asked::{Asked, DUES, HERE, OTHERS, SORTS, at},
    columns::{Column, asks, chosen, remember},
};
use crate::{
    form::Choice,
    page::{Menu, Shell, render},
    pager::Pages,
    row::RowView,
    session::Signed,
    text::L,
};

/// A filter that is on, and the address without it.
struct Chip {
    text: String,
    without: String,
}

/// The head of a column.
struct Head {
    text: String,
    /// Address that sorts by it, and how it is sorted now.
    sort: Option<(String, Option<&'static str>)>,
}

#[derive(Template)]
#[template(path = "worklist.html")]
struct Page {
    shell: Shell,
    l: L,
    rows: Vec<RowView>,
    heads: Vec<Head>,
    columns: Vec<Column>,
    /// The status has a column of its own.
    status_column: bool,
    all_columns: Vec<(&'static str, String, bool)>,
    /// What the form of the columns sends along: the view as it is.
    kept: Vec<(&'static str, String)>,
    count: String,
    chips: Vec<Chip>,
    phases: Vec<(Choice, bool)>,
    statuses: Vec<(Choice, bool)>,
    scenarios: Vec<(Choice, bool)>,
    dues: Vec<(Choice, bool)>,
    waiting: Vec<(Choice, bool)>,
    sites: Vec<(Choice, bool)>,
    guides: Vec<(Choice, bool)>,
    sorts: Vec<(Choice, bool)>,
    mine: bool,
    ours: bool,
    paused: bool,
    ended: bool,
    pages: Pages,
    export: String,
    may_register: bool,
}

/// The page.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let (asked, page) = Asked::parse(query.as_deref().unwrap_or_default());
    let list = match signed.app.desk.worklist(&signed.who, asked.filter(page)).await {
        Ok(list) => list,
        Err(failure) => return signed.trouble(failure),
    };
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let marked = |name: &'static str, choices: Vec<Choice>| -> Vec<(Choice, bool)> {
        choices.into_iter().map(|choice| (asked.has(name, &choice.value), choice)).map(|(on, c)| (c, on)).collect()
    };
    let codes = |family: &str, codes: Vec<&str>| -> Vec<Choice> {
        codes.iter().map(|code| Choice::new(*code, l.code(family, code))).collect()
    };
    let columns = chosen(&asked, &headers);
    let address = |number: u32| asked.address(None, Some(number));
    let title = l.t("menu-worklist").into_owned();
    let mut response = render(&Page {
        shell: signed.shell(title).under(Menu::Worklist),
        l,
        rows: list.items.iter().map(|item| RowView::new(item, l, names, today)).collect(),
        heads: heads(&asked, &columns, l),
        all_columns: Column::ALL.map(|c| (c.code(), l.t(c.key()).into_owned(), columns.contains(&c))).to_vec(),
        kept: asked.pairs.iter().filter(|(name, _)| !matches!(*name, "kolom" | "kolommen")).cloned().collect(),
        count: l.f("worklist-count", &[("count", &list.total), ("shown", &list.items.len())]),
        chips: chips(&asked, &signed),
        phases: marked("fase", codes("phase", Phase::ALL.iter().map(|phase| phase.code()).collect())),
        statuses: marked("deelname", codes("status", Status::ALL.iter().map(|status| status.code()).collect())),
        scenarios: marked("scenario", names.choices(List::Scenarios)),
        dues: marked("termijn", codes("worklist-due", DUES.iter().map(|(code, _)| *code).collect())),
        waiting: marked("wacht-op", waiting(&signed)),
        sites: marked("lvv", sites(&signed)),
        guides: marked("begeleider", guides(&signed)),
        sorts: marked("sorteer", codes("worklist-sort", SORTS.iter().map(|(code, _)| *code).collect())),
        mine: asked.first("mijn").is_some(),
        ours: asked.first("organisatie").is_some(),
        paused: asked.first("pauze").is_some(),
        ended: asked.first("beeindigd").is_some(),
        pages: Pages::new((list.page, list.pages), address),
        export: at(&format!("{HERE}/export"), &asked.query(None, None)),
        may_register: Menu::Register.allowed(&signed.who),
        status_column: columns.contains(&Column::Status),
        columns: columns.clone(),
    });
    if asks(&asked) {
        remember(&mut response, &columns, signed.app.secure);
    }
    response
}

/// The heads: the participant first, which sorts by case number (names are sealed, and no list can be sorted by them).
fn heads(asked: &Asked, columns: &[Column], l: L) -> Vec<Head> {
    let now = asked.sort();
    let head = |key: &str, sort: Option<(&'static str, Sort)>| Head {
        text: l.t(key).into_owned(),
        sort: sort.map(|(code, sort)| {
            let way = if now.1 { "descending" } else { "ascending" };
            (asked.sorted(code, sort), (now.0 == sort).then_some(way))
        }),
    };
    let first = head("row-participant", Some(("nummer", Sort::Case)));
    std::iter::once(first).chain(columns.iter().map(|column| head(column.key(), column.sort()))).collect()
}

/// On whom a list can wait: others than mine, or one of the partners.
fn waiting(signed: &Signed) -> Vec<Choice> {
    let mut out = vec![Choice::new(OTHERS, signed.l.t("worklist-others"))];
    for choice in signed.who.sites.iter().flat_map(|site| signed.names.partners(site)) {
        if !out.contains(&choice) {
            out.push(choice);
        }
    }
    out
}

/// The sites, where there is something to choose.
fn sites(signed: &Signed) -> Vec<Choice> {
    let sites = signed.who.sites.iter().map(|site| Choice::new(site.as_str(), signed.names.site(site.as_str())));
    if signed.who.sites.len() < 2 { vec![] } else { sites.collect() }
}

/// Who guides at my sites.
fn guides(signed: &Signed) -> Vec<Choice> {
    let mut all: Vec<_> = signed.who.sites.iter().flat_map(|site| signed.app.desk.colleagues(site)).collect();
    all.retain(|account| account.role == Role::Guide);
    all.sort_by(|one, other| (&one.name, one.user).cmp(&(&other.name, other.user)));
    all.dedup_by_key(|account| account.user);
    all.iter().map(|account| Choice::new(account.user.to_string(), &account.name)).collect()
}

fn chips(asked: &Asked, signed: &Signed) -> Vec<Chip> {
    let (l, names) = (signed.l, &signed.names);
    let guides = guides(signed);
    // `None`: nothing was filtered by it
    let text = |name: &str, value: &str| match name {
        "fase" => Phase::from_code(value).map(|phase| l.code("phase", phase).into_owned()),
        "deelname" => Status::from_code(value).map(|status| l.code("status", status).into_owned()),
        "scenario" => Some(names.of(List::Scenarios, value)),
        "lvv" => Some(names.site(value)),
        "termijn" => {
            DUES.iter().find(|(code, _)| *code == value).map(|(code, _)| l.code("worklist-due", code).into_owned())
        }
        "wacht-op" if value == OTHERS => Some(l.t("worklist-others").into_owned()),
        "wacht-op" => Some(l.f("worklist-waits-on", &[("org", &names.org(value))])),
        "begeleider" => guides
            .iter()
            .find(|guide| guide.value == value)
            .map(|guide| l.f("worklist-guided-by", &[("name", &guide.label)])),
        "sorteer" | "richting" | "kolom" | "kolommen" => None,
        other => Some(l.code("worklist", other).into_owned()),
    };
    let pairs = asked.pairs.iter().enumerate();
    pairs
        .filter_map(|(at, (name, value))| {
            Some(Chip { text: text(name, value)?, without: asked.address(Some(at), None) })
        })
        .collect()
}
