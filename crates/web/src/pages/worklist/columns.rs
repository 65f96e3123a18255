//! The columns of the worklist: which, chosen by whoever reads it, and remembered in a cookie.

use axum::{http::HeaderMap, response::Response};
use views::worklist::Sort;

use super::asked::Asked;
use crate::cookie::COLUMNS;

/// A column beside that of the participant, which is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Phase,
    Status,
    Scenario,
    Next,
    Due,
    WaitingOn,
    Guide,
    Site,
}

impl Column {
    /// Every one, in the order of the page.
    pub(super) const ALL: [Self; 8] =
        [Self::Phase, Self::Status, Self::Scenario, Self::Next, Self::Due, Self::WaitingOn, Self::Guide, Self::Site];
    const USUAL: [Self; 4] = [Self::Phase, Self::Next, Self::Due, Self::Guide];

    /// In addresses and in the cookie.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Phase => "fase",
            Self::Status => "deelname",
            Self::Scenario => "scenario",
            Self::Next => "stap",
            Self::Due => "termijn",
            Self::WaitingOn => "wacht-op",
            Self::Guide => "begeleider",
            Self::Site => "lvv",
        }
    }

    /// The key of its head.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Phase => "row-phase",
            Self::Status => "head-status",
            Self::Scenario => "file-scenario",
            Self::Next => "row-next",
            Self::Due => "row-due",
            Self::WaitingOn => "row-waiting-on",
            Self::Guide => "row-guide",
            Self::Site => "head-site",
        }
    }

    /// The order that its head gives.
    pub(super) const fn sort(self) -> Option<(&'static str, Sort)> {
        match self {
            Self::Phase => Some(("wacht", Sort::Waiting)),
            Self::Due => Some(("termijn", Sort::Due)),
            _ => None,
        }
    }
}

/// Whether the address says which columns: perhaps none at all.
pub(super) fn asks(asked: &Asked) -> bool {
    asked.first("kolommen").or(asked.first("kolom")).is_some()
}

/// The columns asked for in the address, or else those of last time, or else the usual ones.
pub(super) fn chosen(asked: &Asked, headers: &HeaderMap) -> Vec<Column> {
    let kept = || COLUMNS.choice(headers).map(|value| value.split('.').collect::<Vec<_>>());
    match if asks(asked) { Some(asked.all("kolom").collect()) } else { kept() } {
        Some(codes) => Column::ALL.into_iter().filter(|column| codes.contains(&column.code())).collect(),
        None => Column::USUAL.to_vec(),
    }
}

/// Remembers a choice.
pub(super) fn remember(response: &mut Response, columns: &[Column], secure: bool) {
    let codes: Vec<&str> = columns.iter().map(|column| column.code()).collect();
    COLUMNS.set(response, &codes.join("."), secure);
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    #[test]
    fn a_choice_of_columns_is_kept_until_the_next() {
        let (nothing, _) = Asked::parse("");
        let (two, _) = Asked::parse("kolommen=gekozen&kolom=lvv&kolom=fase&kolom=geheim");
        assert_eq!(chosen(&nothing, &HeaderMap::new()), Column::USUAL);
        let columns = chosen(&two, &HeaderMap::new());
        assert_eq!(columns, [Column::Phase, Column::Site]);
        let mut response = Response::default();
        remember(&mut response, &columns, false);
        let sent = response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&sent).unwrap())]);
        assert_eq!(chosen(&nothing, &headers), columns);
        let (none, _) = Asked::parse("kolommen=gekozen");
        assert_eq!(chosen(&none, &headers), []);
    }
}
