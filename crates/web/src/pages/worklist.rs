//! The worklist: filters on top, removable; every view has an address that can be kept.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use domain::{
    codes::{Phase, Status},
    programme::List,
};
use views::worklist::{Due, Filter, Sort};

use crate::{
    form::Choice,
    page::{Menu, Shell, render},
    row::RowView,
    session::Signed,
    text::L,
};

/// A filter that is on, and the address without it.
struct Chip {
    text: String,
    without: String,
}

#[derive(Template)]
#[template(path = "worklist.html")]
struct Page {
    shell: Shell,
    l: L,
    rows: Vec<RowView>,
    count: String,
    chips: Vec<Chip>,
    phases: Vec<(Choice, bool)>,
    statuses: Vec<(Choice, bool)>,
    scenarios: Vec<(Choice, bool)>,
    dues: Vec<(Choice, bool)>,
    sites: Vec<(Choice, bool)>,
    sorts: Vec<(Choice, bool)>,
    mine: bool,
    paused: bool,
    ended: bool,
    pages: Vec<(u32, Option<String>)>,
    may_register: bool,
}

const DUES: &[(&str, Due)] =
    &[("verlopen", Due::Overdue), ("week", Due::Week), ("later", Due::Later), ("geen", Due::Nothing)];
const SORTS: &[(&str, Sort)] =
    &[("termijn", Sort::Due), ("gewijzigd", Sort::Changed), ("wacht", Sort::Waiting), ("nummer", Sort::Case)];

/// The choices in an address, in order; unknown ones are left out.
#[derive(Default, Clone)]
struct Asked {
    pairs: Vec<(&'static str, String)>,
}

const NAMES: &[&str] = &["fase", "deelname", "scenario", "termijn", "lvv", "mijn", "pauze", "beeindigd", "sorteer"];

impl Asked {
    /// Codes only: letters, digits and hyphens need no decoding, anything else is no code.
    fn parse(query: &str) -> (Self, u32) {
        let mut asked = Self::default();
        let mut page = 1;
        for pair in query.split('&') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            let code = !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if name == "bladzijde" {
                page = value.parse().unwrap_or(1).clamp(1, 100_000);
            } else if let (Some(name), true) = (NAMES.iter().find(|known| **known == name), code) {
                asked.pairs.push((name, value.to_owned()));
            }
        }
        (asked, page)
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.pairs.iter().any(|(known, kept)| *known == name && kept == value)
    }

    fn address(&self, but: Option<usize>, page: Option<u32>) -> String {
        let kept = self.pairs.iter().enumerate().filter(|(at, _)| Some(*at) != but);
        let mut parts: Vec<String> = kept.map(|(_, (name, value))| format!("{name}={value}")).collect();
        parts.extend(page.filter(|page| *page > 1).map(|page| format!("bladzijde={page}")));
        if parts.is_empty() { "/werklijst".to_owned() } else { format!("/werklijst?{}", parts.join("&")) }
    }

    fn filter(&self, page: u32) -> Filter {
        let on = |name| self.first(name).is_some();
        Filter {
            phase: self.first("fase").and_then(Phase::from_code),
            status: self.first("deelname").and_then(Status::from_code),
            scenario: self.first("scenario").and_then(|code| code.parse().ok()),
            due: DUES.iter().filter(|(code, _)| self.has("termijn", code)).map(|(_, due)| *due).collect(),
            mine: on("mijn"),
            paused: on("pauze"),
            ended: on("beeindigd"),
            site: self.first("lvv").and_then(|code| code.parse().ok()),
            waiting_on: None,
            sort: SORTS
                .iter()
                .find(|(code, _)| self.first("sorteer") == Some(code))
                .map(|(_, s)| *s)
                .unwrap_or_default(),
            page,
        }
    }
}

/// The page.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let (asked, page) = Asked::parse(query.as_deref().unwrap_or_default());
    let list = match signed.app.desk.worklist(&signed.who, asked.filter(page)).await {
        Ok(list) => list,
        Err(failure) => return signed.trouble(failure),
    };
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let chosen = |name: &'static str, choices: Vec<Choice>| -> Vec<(Choice, bool)> {
        choices.into_iter().map(|choice| (asked.has(name, &choice.value), choice)).map(|(on, c)| (c, on)).collect()
    };
    let codes = |family: &str, codes: &[&str]| -> Vec<Choice> {
        codes.iter().map(|code| Choice::new(*code, l.code(family, code))).collect()
    };
    let phases: Vec<&str> = Phase::ALL.iter().map(|phase| phase.code()).collect();
    let statuses: Vec<&str> = Status::ALL.iter().map(|status| status.code()).collect();
    let dues: Vec<&str> = DUES.iter().map(|(code, _)| *code).collect();
    let sorts: Vec<&str> = SORTS.iter().map(|(code, _)| *code).collect();
    let mut sites: Vec<Choice> =
        signed.who.sites.iter().map(|site| Choice::new(site.as_str(), names.site(site.as_str()))).collect();
    if sites.len() < 2 {
        sites.clear();
    }
    let chips = chips(&asked, &signed);
    let address = |number| asked.address(None, Some(number));
    let pages = around(list.page, list.pages).into_iter();
    let title = l.t("menu-worklist").into_owned();
    render(&Page {
        shell: signed.shell(title).under(Menu::Worklist),
        l,
        rows: list.items.iter().map(|item| RowView::new(item, l, names, today)).collect(),
        count: l.f("worklist-count", &[("count", &list.total), ("shown", &list.items.len())]),
        chips,
        phases: chosen("fase", codes("phase", &phases)),
        statuses: chosen("deelname", codes("status", &statuses)),
        scenarios: chosen("scenario", names.choices(List::Scenarios)),
        dues: chosen("termijn", codes("worklist-due", &dues)),
        sites: chosen("lvv", sites),
        sorts: chosen("sorteer", codes("worklist-sort", &sorts)),
        mine: asked.first("mijn").is_some(),
        paused: asked.first("pauze").is_some(),
        ended: asked.first("beeindigd").is_some(),
        pages: pages.map(|number| (number, (number != list.page).then(|| address(number)))).collect(),
        may_register: Menu::Register.allowed(&signed.who),
    })
}

fn chips(asked: &Asked, signed: &Signed) -> Vec<Chip> {
    let (l, names) = (signed.l, &signed.names);
    let text = |name: &str, value: &str| match name {
        "fase" => l.code("phase", value).into_owned(),
        "deelname" => l.code("status", value).into_owned(),
        "scenario" => names.of(List::Scenarios, value),
        "lvv" => names.site(value),
        "termijn" => l.code("worklist-due", value).into_owned(),
        other => l.code("worklist", other).into_owned(),
    };
    let known = |name: &str, value: &str| match name {
        "fase" => Phase::from_code(value).is_some(),
        "deelname" => Status::from_code(value).is_some(),
        "termijn" => DUES.iter().any(|(code, _)| *code == value),
        "sorteer" => false,
        _ => true,
    };
    let pairs = asked.pairs.iter().enumerate().filter(|(_, (name, value))| known(name, value));
    pairs.map(|(at, (name, value))| Chip { text: text(name, value), without: asked.address(Some(at), None) }).collect()
}

/// The first, the last, and those around the current page.
fn around(page: u32, pages: u32) -> Vec<u32> {
    let mut shown: Vec<u32> = [1, page.saturating_sub(1), page, page + 1, pages].into_iter().collect();
    shown.retain(|number| (1..=pages).contains(number));
    shown.sort_unstable();
    shown.dedup();
    if shown.len() < 2 { vec![] } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_shown_and_nothing_else() {
        let (asked, page) =
            Asked::parse("fase=guidance&termijn=verlopen&termijn=week&bladzijde=3&naam=Zebedeus&fase=%00");
        assert_eq!(page, 3);
        assert_eq!(asked.address(None, Some(1)), "/werklijst?fase=guidance&termijn=verlopen&termijn=week");
        assert_eq!(asked.address(Some(1), None), "/werklijst?fase=guidance&termijn=week");
        let filter = asked.filter(page);
        assert_eq!((filter.phase, filter.due.len()), (Some(Phase::Guidance), 2));
    }

    #[test]
    fn pages_around_the_current_one() {
        assert_eq!(around(1, 1), Vec::<u32>::new());
        assert_eq!(around(5, 9), vec![1, 4, 5, 6, 9]);
    }
}
