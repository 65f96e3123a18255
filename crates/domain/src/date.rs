//! Dates as people know them: a whole day, a month, or a year.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::problem::{Parsed, Problem};

/// The first year a date in a file can be in: older people than this are not registered.
pub const FIRST_YEAR: i16 = 1900;
/// The last year a date in a file can be in.
pub const LAST_YEAR: i16 = 2199;

/// A date of which the day, or the day and the month, may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    /// From its parts.
    ///
    /// # Errors
    /// A year outside 1900 to 2199, a month outside 1 to 12, a day that the month does not have,
    /// or a day without a month.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Parsed<Self> {
        year_in_range(year)?;
        match (month, day) {
            (None, Some(_)) => return Err(Problem::new("date-day-without-month")),
            (Some(m), _) if !(1..=12).contains(&m) => return Err(Problem::new("date-month").with("month", m)),
            (Some(m), Some(d)) if Date::new(year, m, d).is_err() => {
                return Err(Problem::new("date-day").with("day", d).with("month", m));
            }
            _ => {}
        }
        Ok(Self { year, month, day })
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }
    /// The month, if known.
    pub fn month(self) -> Option<i8> {
        self.month
    }
    /// The day of the month, if known.
    pub fn day(self) -> Option<i8> {
        self.day
    }

    /// The first day it can be; what is unknown counts as 1 January, or the first of the month.
    pub fn first_day(self) -> Date {
        // the parts were checked when it was made
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or(Date::MAX)
    }

    /// Whole years on a day; what is unknown counts as 1 January (so at most one year too many).
    pub fn age_on(self, on: Date) -> u16 {
        let passed = (on.month(), on.day()) >= (self.month.unwrap_or(1), self.day.unwrap_or(1));
        let years = i32::from(on.year()) - i32::from(self.year) - i32::from(!passed);
        u16::try_from(years).unwrap_or(0)
    }
}

impl fmt::Display for PartialDate {
    /// `1988-03-14`, `1988-03` or `1988`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = Problem;
    fn from_str(text: &str) -> Parsed<Self> {
        let malformed = || Problem::new("date-malformed");
        let mut parts = text.split('-');
        let year =
            parts.next().filter(|part| part.len() == 4).and_then(|part| part.parse().ok()).ok_or_else(malformed)?;
        let mut rest = [None, None];
        for slot in &mut rest {
            *slot = parts.next().map(|part| part.parse().map_err(|_| malformed())).transpose()?;
        }
        if parts.next().is_some() {
            return Err(malformed());
        }
        Self::new(year, rest[0], rest[1])
    }
}

impl TryFrom<String> for PartialDate {
    type Error = Problem;
    fn try_from(text: String) -> Parsed<Self> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

/// Days from one day to another; negative when it is earlier.
pub fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// Reads a whole date `yyyy-mm-dd` within the years that make sense here.
///
/// # Errors
/// `date-malformed`, `date-year`, `date-month`, `date-day`.
pub fn parse_date(text: &str) -> Parsed<Date> {
    let date: PartialDate = text.trim().parse()?;
    let (Some(month), Some(day)) = (date.month, date.day) else { return Err(Problem::new("date-malformed")) };
    Date::new(date.year, month, day).map_err(|_| Problem::new("date-malformed"))
}

/// Refuses years such as 0219.
///
/// # Errors
/// `date-year`.
pub fn year_in_range(year: i16) -> Parsed<()> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&year) {
        Ok(())
    } else {
        Err(Problem::new("date-year")
            .with("year", format!("{year:04}"))
            .with("first", FIRST_YEAR)
            .with("last", LAST_YEAR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn parts_that_are_unknown_stay_unknown() {
        for text in ["1988", "1988-03", "1988-03-14"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_year_of_the_third_century_is_a_typing_error() {
        assert_eq!(parse_date("0219-05-01").unwrap_err().key, "date-year");
        assert_eq!(parse_date("2021-13-01").unwrap_err().key, "date-month");
        assert_eq!(parse_date("2021-02-29").unwrap_err().key, "date-day");
        assert_eq!(parse_date("2021-02").unwrap_err().key, "date-malformed");
    }

    #[test]
    fn age_counts_whole_years() {
        let born: PartialDate = "1988-07-02".parse().unwrap();
        assert_eq!(born.age_on(date(2022, 7, 1)), 33);
        assert_eq!(born.age_on(date(2022, 7, 2)), 34);
    }
}
