//! What the address of a page of figures asks for: place, day, period, known-at. Every view has an address that can be kept.

use axum::{http::StatusCode, response::Response};
use domain::{
    ids::{Code, SiteId},
    programme::Column,
};
use figures::question::{self, Asked as Question, Days, Refused};
use jiff::{Timestamp, civil::Date};

use crate::{problem_page::Trouble, session::Signed};

/// What is asked. What is not given has a value all the same, and the form shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Only this site.
    pub(crate) site: Option<SiteId>,
    /// Reference date.
    pub(crate) on: Date,
    /// First day of the period.
    pub(crate) from: Date,
    /// Day after its last.
    pub(crate) to: Date,
    /// As known on this day; none: now.
    pub(crate) known: Option<Date>,
    /// The names that this page has beside.
    pub(crate) more: Vec<(String, String)>,
}

/// Why an address is not understood: which part, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The part.
    pub(crate) name: &'static str,
    /// What it says.
    pub(crate) said: String,
}

impl Ask {
    /// Reads an address. Values are codes and dates: nothing needs decoding, and anything else is refused.
    ///
    /// # Errors
    /// The first part that is no date or site.
    pub(crate) fn parse(query: &str, today: Date, more: &[&str]) -> Result<Self, Wrong> {
        let mut ask = Self::new(today);
        for pair in query.split('&') {
            let Some((name, value)) = pair.split_once('=').filter(|(_, value)| !value.is_empty()) else { continue };
            let day = |name: &'static str| value.parse::<Date>().map_err(|_| wrong(name, value));
            match name {
                "lvv" => ask.site = Some(value.parse().map_err(|_| wrong("lvv", value))?),
                "op" => ask.on = day("op")?,
                "van" => ask.from = day("van")?,
                "tot" => ask.to = day("tot")?,
                "bekend" => ask.known = Some(day("bekend")?),
                name if more.contains(&name) => ask.more.push((name.to_owned(), value.to_owned())),
                _ => {}
            }
        }
        Ok(ask)
    }

    /// What a page begins with: today, and the year so far.
    pub(crate) fn new(today: Date) -> Self {
        let year = today.first_of_year();
        // in the first days of a year there is more to say about the year before
        let from = if year == today { year.yesterday().unwrap_or(year).first_of_year() } else { year };
        Self { site: None, on: today, from, to: today, known: None, more: vec![] }
    }

    /// A value of this page's own.
    pub(crate) fn own(&self, name: &str) -> Option<&str> {
        self.more.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// As an address, without what is the page's own.
    pub(crate) fn query(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.site.as_ref().map(|site| format!("lvv={site}")));
        parts.extend([format!("op={}", self.on), format!("van={}", self.from), format!("tot={}", self.to)]);
        parts.extend(self.known.map(|day| format!("bekend={day}")));
        parts.join("&")
    }

    /// The moment up to which things are known.
    pub(crate) fn known_at(&self, now: Timestamp) -> Result<Timestamp, Refused> {
        question::known_at(self.known, now)
    }

    /// What is asked of a figure on a base.
    pub(crate) fn of(&self, flows: bool, by: Vec<Column>, classification: Option<Code>) -> Question {
        let days = if flows {
            Days { on: None, from: Some(self.from), to: Some(self.to) }
        } else {
            Days { on: Some(self.on), ..Days::default() }
        };
        Question { days, site: self.site.clone(), by, classification }
    }
}

fn wrong(name: &'static str, value: &str) -> Wrong {
    // an address may say anything: only a piece of it is repeated, and the page escapes it
    Wrong { name, said: value.chars().take(20).collect() }
}

/// What is wrong with an address, in words.
pub(crate) fn words(signed: &Signed, wrong: &Wrong) -> String {
    let key = if wrong.name == "lvv" { "figures-wrong-site" } else { "figures-wrong-date" };
    signed.l.f(key, &[("said", &wrong.said)])
}

/// An address that is not understood, as a page.
pub(super) fn refused(signed: &Signed, wrong: &Wrong) -> Response {
    signed.answer(Trouble::new(StatusCode::BAD_REQUEST).saying(words(signed, wrong)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_read_and_written_the_same() {
        let asked = "lvv=groningen&op=2021-01-01&van=2020-01-01&tot=2021-01-01&bekend=2021-06-30";
        let ask = Ask::parse(asked, day("2022-07-01"), &[]).unwrap();
        assert_eq!(ask.query(), asked);
        let nothing = Ask::parse("", day("2022-07-01"), &[]).unwrap();
        assert_eq!((nothing.on, nothing.from, nothing.to), (day("2022-07-01"), day("2022-01-01"), day("2022-07-01")));
        let new_year = Ask::parse("", day("2022-01-01"), &[]).unwrap();
        assert_eq!((new_year.from, new_year.to), (day("2021-01-01"), day("2022-01-01")), "never an empty period");
    }

    #[test]
    fn what_is_no_date_or_site_is_told() {
        for (query, name) in [("op=2021-13-01", "op"), ("van=gisteren", "van"), ("lvv=Gro%20ningen", "lvv")] {
            assert_eq!(Ask::parse(query, day("2022-07-01"), &[]).unwrap_err().name, name);
        }
        assert!(Ask::parse("onbekend=1&op=", day("2022-07-01"), &[]).is_ok());
    }
}
