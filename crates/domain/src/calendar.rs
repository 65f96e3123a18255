//! Working days in the Netherlands, computed; where a term ends: Algemene termijnenwet (Atw), articles 1 to 4, Regulation
//! (EEC, Euratom) 1182/71, article 3, or what a way of working chose.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::{Deserialize, Serialize};

/// The longest terms to which the Atw applies (article 4): in days, weeks, months.
const LONGEST: (u16, u16, u16) = (90, 12, 3);

/// How long a term is. The day it starts from is day 0 and does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// Days: the last one is day n.
    Days(u16),
    /// Weeks: it ends on the same day of the week.
    Weeks(u16),
    /// Months: it ends on the day with the same number; where a month has no such day, on its last (Regulation 1182/71,
    /// article 3(2)(c)).
    Months(u16),
    /// To a day that was agreed.
    Until(Date),
}

impl Length {
    /// The last day, counted from day 0, before anything moves it.
    pub fn from(self, start: Date) -> Date {
        match self {
            Self::Days(days) => plus(start, i32::from(days)),
            Self::Weeks(weeks) => start.saturating_add(i64::from(weeks).weeks()),
            Self::Months(months) => start.saturating_add(i64::from(months).months()),
            Self::Until(day) => day,
        }
    }

    /// Whether the Atw applies to a term in a law of this length.
    fn under_the_act(self) -> bool {
        match self {
            Self::Days(days) => days <= LONGEST.0,
            Self::Weeks(weeks) => weeks <= LONGEST.1,
            Self::Months(months) => months <= LONGEST.2,
            Self::Until(_) => false,
        }
    }
}

/// What becomes of an end on a Saturday, Sunday or holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Calendar {
    /// It stays: the choice of the way of working.
    Stays,
    /// The next working day: the choice of the way of working.
    NextWorkingDay,
    /// As the Atw says of terms in a law, by choice of the way of working.
    AsTheAct,
    /// The Atw itself.
    Act,
    /// Regulation 1182/71, article 3(4) and (5): terms in European law.
    Regulation,
}

impl Calendar {
    /// Every one.
    pub const ALL: &'static [Self] = &[Self::Stays, Self::NextWorkingDay, Self::AsTheAct, Self::Act, Self::Regulation];

    /// The code in texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stays => "stays",
            Self::NextWorkingDay => "next-working-day",
            Self::AsTheAct => "as-the-act",
            Self::Act => "act",
            Self::Regulation => "regulation",
        }
    }

    /// Whether a law says so, and not the way of working.
    pub const fn statutory(self) -> bool {
        matches!(self, Self::Act | Self::Regulation)
    }
}

/// Why an end moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// It was no working day; the way of working moves it on.
    Method,
    /// Atw article 1: it was no working day.
    DayOff,
    /// Atw article 2: fewer than two working days in a term of three days or more.
    TwoWorkingDays,
    /// Regulation 1182/71, article 3(4): it was no working day.
    RegulationDayOff,
    /// Regulation 1182/71, article 3(5): fewer than two working days in a term of two days or more.
    RegulationTwoWorkingDays,
}

impl Ground {
    /// Every ground.
    pub const ALL: &'static [Self] =
        &[Self::Method, Self::DayOff, Self::TwoWorkingDays, Self::RegulationDayOff, Self::RegulationTwoWorkingDays];

    /// The code in texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::DayOff => "day-off",
            Self::TwoWorkingDays => "two-working-days",
            Self::RegulationDayOff => "regulation-day-off",
            Self::RegulationTwoWorkingDays => "regulation-two-working-days",
        }
    }
}

/// An end that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Where it was.
    pub from: Date,
    /// Where it went.
    pub to: Date,
    /// Why.
    pub ground: Ground,
}

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

/// Where a term ends that would end on `plain`, and the moves that took it there.
///
/// An end on a day off moves to the next working day (Atw article 1; Regulation 1182/71, article 3(4)); a term of three
/// days or more (two, in European law) holds at least two working days (article 2; article 3(5)); a term in a law of more
/// than 90 days, 12 weeks or 3 months stays as it is (Atw article 4).
pub fn end(calendar: Calendar, start: Date, plain: Date, length: Length) -> (Date, Vec<Move>) {
    let (day_off, two) = match calendar {
        Calendar::Stays => return (plain, vec![]),
        Calendar::NextWorkingDay => (Ground::Method, None),
        Calendar::AsTheAct | Calendar::Act if !length.under_the_act() => return (plain, vec![]),
        Calendar::AsTheAct | Calendar::Act => (Ground::DayOff, Some((3, Ground::TwoWorkingDays))),
        Calendar::Regulation => (Ground::RegulationDayOff, Some((2, Ground::RegulationTwoWorkingDays))),
    };
    let mut moves = Vec::new();
    let mut end = plain;
    let mut go = |end: &mut Date, to: Date, ground| {
        if to != *end {
            moves.push(Move { from: *end, to, ground });
            *end = to;
        }
    };
    go(&mut end, next_working_day(plain), day_off);
    if let Some((least, ground)) = two
        && plain >= plus(start, least)
    {
        let mut to = end;
        while working_days(start, to) < 2 && to < Date::MAX {
            to = next_working_day(plus(to, 1));
        }
        go(&mut end, to, ground);
    }
    (end, moves)
}

/// Working days after `start`, up to and with `end`; no more than two are counted.
fn working_days(start: Date, end: Date) -> usize {
    plus(start, 1).series(1.day()).take_while(|on| *on <= end).filter(|on| is_working_day(*on)).take(2).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn statutory_end(start: Date, days: u16) -> Date {
        let length = Length::Days(days);
        end(Calendar::Act, start, length.from(start), length).0
    }

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

    #[test]
    fn the_moves_name_their_article() {
        let of = |calendar, start, days| {
            let length = Length::Days(days);
            end(calendar, start, length.from(start), length).1
        };
        // from Maundy Thursday three days: to the Tuesday by article 1, to the Wednesday by article 2
        let moved = |from, to, ground| Move { from, to, ground };
        assert_eq!(
            of(Calendar::Act, date(2022, 4, 14), 3),
            [
                moved(date(2022, 4, 17), date(2022, 4, 19), Ground::DayOff),
                moved(date(2022, 4, 19), date(2022, 4, 20), Ground::TwoWorkingDays),
            ]
        );
        assert_eq!(of(Calendar::AsTheAct, date(2022, 4, 14), 3), of(Calendar::Act, date(2022, 4, 14), 3));
        assert_eq!(
            of(Calendar::NextWorkingDay, date(2022, 4, 14), 3),
            [moved(date(2022, 4, 17), date(2022, 4, 19), Ground::Method)]
        );
        assert_eq!(of(Calendar::Stays, date(2022, 4, 14), 3), []);
        // in European law two days are enough for the rule of two working days
        assert_eq!(
            of(Calendar::Regulation, date(2022, 4, 14), 2),
            [
                moved(date(2022, 4, 16), date(2022, 4, 19), Ground::RegulationDayOff),
                moved(date(2022, 4, 19), date(2022, 4, 20), Ground::RegulationTwoWorkingDays),
            ]
        );
        assert_eq!(of(Calendar::Act, date(2022, 4, 14), 2).len(), 1);
    }

    #[test]
    fn months_and_weeks_end_where_the_calendar_says() {
        let end_of = |start, length: Length| length.from(start);
        assert_eq!(end_of(date(2024, 1, 31), Length::Months(1)), date(2024, 2, 29), "a leap year has the 29th");
        assert_eq!(end_of(date(2023, 1, 31), Length::Months(1)), date(2023, 2, 28));
        assert_eq!(end_of(date(2024, 2, 29), Length::Months(12)), date(2025, 2, 28), "the day it has no more");
        assert_eq!(end_of(date(2024, 2, 15), Length::Weeks(2)), date(2024, 2, 29));
        assert_eq!(end_of(date(2024, 2, 28), Length::Days(2)), date(2024, 3, 1), "over the 29th");
        assert_eq!(end_of(date(2023, 2, 28), Length::Days(2)), date(2023, 3, 2));
        let law = |start, length: Length| end(Calendar::Act, start, length.from(start), length).0;
        assert_eq!(law(date(2022, 3, 7), Length::Weeks(6)), date(2022, 4, 19), "Easter Monday");
        assert_eq!(law(date(2022, 3, 24), Length::Weeks(6)), date(2022, 5, 6), "5 May, also when it is no fifth year");
        assert_eq!(law(date(2022, 1, 8), Length::Weeks(13)), date(2022, 4, 9), "13 weeks: a Saturday, article 4");
        assert_eq!(law(date(2022, 1, 9), Length::Months(3)), date(2022, 4, 11), "three months are not too long");
        assert_eq!(law(date(2022, 1, 9), Length::Months(4)), date(2022, 5, 9));
        assert_eq!(law(date(2021, 12, 9), Length::Months(4)), date(2022, 4, 9), "four are: a Saturday");
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
            if days <= LONGEST.0 {
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
