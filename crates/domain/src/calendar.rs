//! Working days in the Netherlands, computed: Algemene termijnenwet (Atw), articles 1 to 4.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// The longest term in days to which the Atw applies (article 4).
const LONGEST_TERM: u16 = 90;

/// A day that counts as a generally recognised holiday (Atw article 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holiday {
    /// 1 January.
    NewYear,
    /// Friday before Easter; equated with a holiday (article 3, second paragraph).
    GoodFriday,
    /// The day after Easter.
    EasterMonday,
    /// 27 April, or 26 April when that is a Sunday (30 and 29 April until 2013).
    KingsDay,
    /// 5 May, every year.
    LiberationDay,
    /// Forty days into Easter, a Thursday.
    AscensionDay,
    /// The Friday after; equated by royal decree (article 3, third paragraph), in practice every year.
    DayAfterAscension,
    /// The day after Pentecost.
    WhitMonday,
    /// 25 December.
    Christmas,
    /// 26 December.
    SecondChristmasDay,
}

impl Holiday {
    /// The code in text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NewYear => "new-year",
            Self::GoodFriday => "good-friday",
            Self::EasterMonday => "easter-monday",
            Self::KingsDay => "kings-day",
            Self::LiberationDay => "liberation-day",
            Self::AscensionDay => "ascension-day",
            Self::DayAfterAscension => "day-after-ascension",
            Self::WhitMonday => "whit-monday",
            Self::Christmas => "christmas",
            Self::SecondChristmasDay => "second-christmas-day",
        }
    }
}

/// A day of a year; the last day the calendar knows where the year is beyond it.
fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap_or(Date::MAX)
}

fn plus(from: Date, days: i32) -> Date {
    from.saturating_add(days.days())
}

/// Easter Sunday in the Gregorian calendar.
///
/// The "anonymous" algorithm of 1876 as given by J. Meeus, Astronomical Algorithms, chapter 8: the
/// place of the year in the moon's cycle of 19 years, corrected per century, then the next Sunday.
pub fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let moon = y.rem_euclid(19);
    let (century, in_century) = (y.div_euclid(100), y.rem_euclid(100));
    let (leaps, leap_rest) = (century / 4, century % 4);
    let moon_drift = (century - (century + 8) / 25 + 1) / 3;
    let full_moon = (19 * moon + century - leaps - moon_drift + 15).rem_euclid(30);
    let to_sunday = (32 + 2 * leap_rest + 2 * (in_century / 4) - full_moon - in_century % 4).rem_euclid(7);
    let late = (moon + 11 * full_moon + 22 * to_sunday) / 451;
    // days after 22 March, the earliest Easter there is
    plus(day(year, 3, 22), full_moon + to_sunday - 7 * late)
}

/// The day on which the monarch's birthday is celebrated.
fn kings_day(year: i16) -> Date {
    let birthday = if year >= 2014 { day(year, 4, 27) } else { day(year, 4, 30) };
    if birthday.weekday() == Weekday::Sunday { plus(birthday, -1) } else { birthday }
}

/// The holidays of a year, in order of date; two may fall on one day.
pub fn holidays(year: i16) -> Vec<(Date, Holiday)> {
    let easter = easter(year);
    let mut days = vec![
        (day(year, 1, 1), Holiday::NewYear),
        (plus(easter, -2), Holiday::GoodFriday),
        (plus(easter, 1), Holiday::EasterMonday),
        (kings_day(year), Holiday::KingsDay),
        (day(year, 5, 5), Holiday::LiberationDay),
        (plus(easter, 39), Holiday::AscensionDay),
        (plus(easter, 40), Holiday::DayAfterAscension),
        (plus(easter, 50), Holiday::WhitMonday),
        (day(year, 12, 25), Holiday::Christmas),
        (day(year, 12, 26), Holiday::SecondChristmasDay),
    ];
    days.sort();
    days
}

/// The holiday on a day, if it is one.
pub fn holiday(on: Date) -> Option<Holiday> {
    holidays(on.year()).into_iter().find(|(date, _)| *date == on).map(|(_, holiday)| holiday)
}

/// Whether a day is neither Saturday nor Sunday nor a holiday.
pub fn is_working_day(on: Date) -> bool {
    !matches!(on.weekday(), Weekday::Saturday | Weekday::Sunday) && holiday(on).is_none()
}

/// The first working day on or after a day.
pub fn next_working_day(from: Date) -> Date {
    let mut on = from;
    while !is_working_day(on) && on < Date::MAX {
        on = plus(on, 1);
    }
    on
}

/// The last day of a term of some days in a law, counted from the day after `start`.
///
/// An end on a day off moves to the next working day (article 1); a term of three days or more holds
/// at least two working days (article 2); a term of more than 90 days stays as it is (article 4).
pub fn statutory_end(start: Date, days: u16) -> Date {
    let plain = plus(start, i32::from(days));
    if days > LONGEST_TERM {
        return plain;
    }
    let mut end = next_working_day(plain);
    if days >= 3 && end < Date::MAX {
        let working = |end: Date| {
            let first = plus(start, 1);
            first.series(1.day()).take_while(|on| *on <= end).filter(|on| is_working_day(*on)).take(2).count()
        };
        while working(end) < 2 && end < Date::MAX {
            end = next_working_day(plus(end, 1));
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn easter_falls_where_the_tables_say() {
        let known = [
            (2019, 4, 21),
            (2020, 4, 12),
            (2021, 4, 4),
            (2022, 4, 17),
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            // the corners: the earliest and latest there are, and the exceptions in the moon's cycle
            (1818, 3, 22),
            (2038, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2049, 4, 18),
            (2076, 4, 19),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    #[test]
    fn kings_day_gives_way_to_a_sunday() {
        assert_eq!(holiday(date(2014, 4, 26)), Some(Holiday::KingsDay), "27 April 2014 was a Sunday");
        assert_eq!(holiday(date(2014, 4, 27)), None);
        assert_eq!(holiday(date(2025, 4, 26)), Some(Holiday::KingsDay));
        assert_eq!(holiday(date(2022, 4, 27)), Some(Holiday::KingsDay));
        assert_eq!(holiday(date(2013, 4, 30)), Some(Holiday::KingsDay));
    }

    #[test]
    fn liberation_day_counts_every_year() {
        assert!((2019..=2030).all(|year| holiday(date(year, 5, 5)).is_some()));
        assert!(!is_working_day(date(2022, 5, 5)));
    }

    #[test]
    fn the_days_off_of_2022() {
        let days: Vec<String> = holidays(2022).into_iter().map(|(date, _)| date.to_string()).collect();
        let known = ["01-01", "04-15", "04-18", "04-27", "05-05", "05-26", "05-27", "06-06", "12-25", "12-26"];
        assert_eq!(days, known.map(|day| format!("2022-{day}")));
    }

    #[test]
    fn an_end_on_easter_saturday_moves_over_easter_monday() {
        assert_eq!(next_working_day(date(2022, 4, 15)), date(2022, 4, 19));
        assert_eq!(statutory_end(date(2022, 4, 2), 14), date(2022, 4, 19));
        assert_eq!(statutory_end(date(2022, 3, 7), 42), date(2022, 4, 19), "six weeks end on Easter Monday");
        assert_eq!(statutory_end(date(2022, 6, 1), 42), date(2022, 7, 13), "a Wednesday stays");
    }

    #[test]
    fn three_days_hold_two_working_days() {
        // Christmas 2020: Friday, Saturday; the only working day up to Monday is that Monday
        assert_eq!(statutory_end(date(2020, 12, 24), 3), date(2020, 12, 29));
        // Wednesday before Easter 2022, four days: Thursday works, Good Friday to Monday do not
        assert_eq!(statutory_end(date(2022, 4, 13), 4), date(2022, 4, 19));
        // from Maundy Thursday three days: Tuesday is the first working day, Wednesday the second
        assert_eq!(statutory_end(date(2022, 4, 14), 3), date(2022, 4, 20));
        // a term of two days only moves
        assert_eq!(statutory_end(date(2022, 4, 14), 2), date(2022, 4, 19));
    }

    #[test]
    fn the_law_leaves_long_terms_alone() {
        let start = date(2022, 1, 1);
        assert_eq!(statutory_end(start, 91), date(2022, 4, 2), "91 days: a Saturday, but too long a term");
        assert_eq!(statutory_end(start, 90), date(2022, 4, 1));
        assert_eq!(statutory_end(date(2022, 1, 2), 90), date(2022, 4, 4), "90 days ending on a Saturday move");
    }

    fn any_day() -> impl Strategy<Value = Date> {
        (0..100_000_i32).prop_map(|days| plus(date(1950, 1, 1), days))
    }

    proptest! {
        #[test]
        fn the_next_working_day_works_and_nothing_before_it_does(from in any_day()) {
            let next = next_working_day(from);
            prop_assert!(is_working_day(next) && next >= from);
            prop_assert!(from.series(1.day()).take_while(|on| *on < next).all(|on| !is_working_day(on)));
        }

        #[test]
        fn a_term_in_a_law_is_never_shorter_than_its_days(start in any_day(), days in 0..400_u16) {
            let plain = plus(start, i32::from(days));
            let end = statutory_end(start, days);
            prop_assert!(end >= plain);
            if days <= LONGEST_TERM {
                prop_assert!(is_working_day(end));
                let working = plus(start, 1).series(1.day()).take_while(|on| *on <= end).filter(|on| is_working_day(*on));
                prop_assert!(days < 3 || working.count() >= 2);
            } else {
                prop_assert_eq!(end, plain);
            }
        }

        #[test]
        fn easter_is_a_sunday_between_22_march_and_25_april(year in 1583..=9998_i16) {
            let on = easter(year);
            prop_assert_eq!(on.weekday(), Weekday::Sunday);
            prop_assert!((date(year, 3, 22)..=date(year, 4, 25)).contains(&on));
        }
    }
}
