//! What the address of a worklist asks for: every view has an address that can be kept.

use domain::codes::{Phase, Status};
use views::{
    turn::WaitingOn,
    worklist::{Due, Filter, Sort},
};

/// Where the worklist is.
pub(super) const HERE: &str = "/werklijst";
/// The value of `wacht-op` for others than my organisation.
pub(super) const OTHERS: &str = "anderen";
/// The terms, by their code in an address.
pub(super) const DUES: &[(&str, Due)] = &[
    ("verlopen", Due::Overdue),
    ("vandaag", Due::Today),
    ("week", Due::Week),
    ("later", Due::Later),
    ("geen", Due::Nothing),
];
/// The orders, by their code in an address.
pub(super) const SORTS: &[(&str, Sort)] =
    &[("termijn", Sort::Due), ("gewijzigd", Sort::Changed), ("wacht", Sort::Waiting), ("nummer", Sort::Case)];
/// Filters, in the order in which a page tells them.
const NAMES: &[&str] = &[
    "fase",
    "deelname",
    "scenario",
    "termijn",
    "wacht-op",
    "lvv",
    "begeleider",
    "mijn",
    "organisatie",
    "pauze",
    "beeindigd",
    "sorteer",
    "richting",
    "kolommen",
    "kolom",
];

/// The choices in an address, in order; unknown ones are left out.
#[derive(Default, Clone)]
pub(super) struct Asked {
    pub(super) pairs: Vec<(&'static str, String)>,
}

impl Asked {
    /// Codes only: letters, digits and hyphens need no decoding, anything else is no code.
    pub(super) fn parse(query: &str) -> (Self, u32) {
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

    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|kept| kept == value)
    }

    /// What comes after the `?`, without one choice, on another page.
    pub(super) fn query(&self, but: Option<usize>, page: Option<u32>) -> String {
        let kept = self.pairs.iter().enumerate().filter(|(at, _)| Some(*at) != but);
        let mut parts: Vec<String> = kept.map(|(_, (name, value))| format!("{name}={value}")).collect();
        parts.extend(page.filter(|page| *page > 1).map(|page| format!("bladzijde={page}")));
        parts.join("&")
    }

    pub(super) fn address(&self, but: Option<usize>, page: Option<u32>) -> String {
        at(HERE, &self.query(but, page))
    }

    /// The order: which, and whether the other way round.
    pub(super) fn sort(&self) -> (Sort, bool) {
        let found = SORTS.iter().find(|(code, _)| self.first("sorteer") == Some(code)).map(|(_, sort)| *sort);
        (found.unwrap_or_default(), self.first("richting") == Some("om"))
    }

    /// The address of the same list in this order; in it already: the other way round.
    pub(super) fn sorted(&self, code: &str, sort: Sort) -> String {
        let mut other = self.clone();
        other.pairs.retain(|(name, _)| !matches!(*name, "sorteer" | "richting"));
        other.pairs.push(("sorteer", code.to_owned()));
        if self.sort() == (sort, false) {
            other.pairs.push(("richting", "om".to_owned()));
        }
        other.address(None, None)
    }

    pub(super) fn filter(&self, page: u32) -> Filter {
        let on = |name| self.first(name).is_some();
        let (sort, reversed) = self.sort();
        Filter {
            phase: self.first("fase").and_then(Phase::from_code),
            status: self.first("deelname").and_then(Status::from_code),
            scenario: self.first("scenario").and_then(|code| code.parse().ok()),
            due: DUES.iter().filter(|(code, _)| self.has("termijn", code)).map(|(_, due)| *due).collect(),
            mine: on("mijn"),
            ours: on("organisatie"),
            paused: on("pauze"),
            ended: on("beeindigd"),
            site: self.first("lvv").and_then(|code| code.parse().ok()),
            waiting_on: self.first("wacht-op").and_then(|code| match code {
                OTHERS => Some(WaitingOn::Others),
                org => org.parse().ok().map(WaitingOn::Org),
            }),
            guide: self.first("begeleider").and_then(|id| id.parse().ok()),
            sort,
            reversed,
            page,
        }
    }
}

/// A path with a query, if there is one.
pub(super) fn at(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
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
    fn a_head_sorts_and_the_same_head_again_turns_it_round() {
        let (asked, _) = Asked::parse("fase=guidance");
        let once = asked.sorted("nummer", Sort::Case);
        assert_eq!(once, "/werklijst?fase=guidance&sorteer=nummer");
        let (asked, _) = Asked::parse(once.split_once('?').unwrap().1);
        assert_eq!(asked.sorted("nummer", Sort::Case), "/werklijst?fase=guidance&sorteer=nummer&richting=om");
        assert_eq!(asked.sorted("termijn", Sort::Due), "/werklijst?fase=guidance&sorteer=termijn");
        let (asked, _) = Asked::parse("sorteer=nummer&richting=om");
        assert_eq!(
            (asked.sort(), asked.sorted("nummer", Sort::Case).as_str()),
            ((Sort::Case, true), "/werklijst?sorteer=nummer")
        );
    }
}
