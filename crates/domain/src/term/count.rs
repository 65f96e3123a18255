//! Counting one term: from day 0, over the days it stands still, with what was added, to where the calendar lets it end.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{self, Calendar, Length, Move},
    date::days,
    ids::FactId,
};

/// Days on which a term stands still: one pause, or several that touch or lie over each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandStill {
    /// First day that does not count.
    pub from: Date,
    /// First day that counts again; `None` while it lasts.
    pub to: Option<Date>,
    /// The facts that began the pauses.
    pub facts: Vec<FactId>,
}

impl StandStill {
    /// How many days of the term it takes; `None` while it lasts.
    pub fn days(&self) -> Option<i32> {
        Some(days(self.from, self.to?))
    }
}

/// An extension of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The fact.
    pub fact: FactId,
    /// The day on which it was granted.
    pub on: Date,
    /// To which day.
    pub until: Date,
    /// Days that it adds to the term as it was on that day; nothing when that ended later already.
    pub days: u16,
    /// Why; gone when forgotten.
    pub ground: Option<String>,
    /// Who granted it; gone when forgotten.
    pub by: Option<String>,
}

/// What a term is counted with.
pub(crate) struct Count {
    /// Day 0.
    pub(crate) start: Date,
    /// How long.
    pub(crate) length: Length,
    /// When it stands still, in any order, also over each other.
    pub(crate) stops: Vec<StandStill>,
    /// What was added.
    pub(crate) extensions: Vec<Extension>,
    /// What weekends and holidays do.
    pub(crate) calendar: Calendar,
}

/// Where a term ends, and how it came there.
pub(crate) struct Counted {
    /// The standstills that lengthened it.
    pub(crate) stops: Vec<StandStill>,
    /// The end before the calendar.
    pub(crate) plain: Date,
    /// The last day. While the term stands still: the earliest it can be.
    pub(crate) end: Date,
    /// Moves by the calendar.
    pub(crate) moves: Vec<Move>,
}

/// Standstills in order, those that touch or lie over each other made one.
pub(crate) fn merged(mut stops: Vec<StandStill>) -> Vec<StandStill> {
    stops.retain(|stop| stop.to.is_none_or(|to| to > stop.from));
    stops.sort_by_key(|stop| (stop.from, stop.to.is_none(), stop.to));
    let mut out: Vec<StandStill> = Vec::new();
    for stop in stops {
        match out.last_mut().filter(|last| last.to.is_none_or(|to| stop.from <= to)) {
            Some(last) => {
                last.to = last.to.zip(stop.to).map(|(one, other)| one.max(other));
                last.facts.extend(stop.facts);
            }
            None => out.push(stop),
        }
    }
    out
}

impl Count {
    /// Counts.
    ///
    /// Day 0 counts never; a day on which the term stands still does not count; a standstill after the last day changes
    /// nothing. What is extended is extended by days, so that a standstill after it moves the end as it moves any.
    pub(crate) fn done(self) -> Counted {
        let added: i64 = self.extensions.iter().map(|extension| i64::from(extension.days)).sum();
        let mut plain = self.length.from(self.start).saturating_add(added.days());
        let first = super::after(self.start);
        let mut stops = Vec::new();
        for stop in merged(self.stops) {
            let from = stop.from.max(first);
            if from > plain {
                break;
            }
            let stop = StandStill { from, ..stop };
            match stop.days() {
                // it was over before day 1
                Some(..=0) => continue,
                Some(days) => plain = plain.saturating_add(days.days()),
                None => {}
            }
            stops.push(stop);
        }
        let (end, moves) = calendar::end(self.calendar, self.start, plain, self.length);
        Counted { stops, plain, end, moves }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn stop(from: Date, to: Option<Date>) -> StandStill {
        StandStill { from, to, facts: vec![] }
    }

    fn end(start: Date, days: u16, stops: &[(Date, Option<Date>)]) -> Date {
        let stops = stops.iter().map(|(from, to)| stop(*from, *to)).collect();
        let calendar = Calendar::Stays;
        Count { start, length: Length::Days(days), stops, extensions: vec![], calendar }.done().end
    }

    #[test]
    fn overlapping_standstills_count_once() {
        let (start, june) = (date(2022, 6, 1), |day| date(2022, 6, day));
        assert_eq!(end(start, 14, &[]), june(15));
        assert_eq!(end(start, 14, &[(june(3), Some(june(6)))]), june(18));
        assert_eq!(end(start, 14, &[(june(3), Some(june(6))), (june(5), Some(june(8)))]), june(20));
        assert_eq!(end(start, 14, &[(june(3), Some(june(8))), (june(4), Some(june(5)))]), june(20), "one in another");
        assert_eq!(end(start, 14, &[(june(3), Some(june(5))), (june(5), Some(june(8)))]), june(20), "they touch");
    }

    #[test]
    fn only_days_of_the_term_are_taken_out() {
        let (start, june) = (date(2022, 6, 1), |day| date(2022, 6, day));
        assert_eq!(end(start, 14, &[(date(2022, 5, 1), Some(june(2)))]), june(15), "over before day 1");
        assert_eq!(end(start, 14, &[(date(2022, 5, 1), Some(june(4)))]), june(17), "two days of the term");
        assert_eq!(end(start, 14, &[(june(16), Some(june(20)))]), june(15), "after the last day");
        assert_eq!(end(start, 14, &[(june(15), Some(june(16)))]), june(16), "on the last day");
        // the first pause brings the second within the term
        assert_eq!(end(start, 14, &[(june(17), Some(june(19))), (june(10), Some(june(13)))]), june(20));
    }

    proptest! {
        /// The definition itself: the end is the day on which the wanted number of days that count has gone by.
        #[test]
        fn as_many_days_count_as_the_term_has(days in 1_u16..120, from in prop::collection::vec((-20_i64..160, 0_i64..40), 0..6), seed in any::<u64>()) {
            let start = date(2022, 2, 1);
            let day = |offset: i64| start.saturating_add(offset.days());
            let mut stops: Vec<_> = from.iter().map(|(on, long)| (day(*on), Some(day(on + long)))).collect();
            let got = end(start, days, &stops);
            let counts = |on: Date| !stops.iter().any(|(from, to)| *from <= on && to.is_none_or(|to| on < to));
            let gone = (1..).map(day).filter(|on| counts(*on)).nth(usize::from(days) - 1).unwrap();
            prop_assert_eq!(got, gone);
            let turn = usize::try_from(seed % 7).unwrap() % stops.len().max(1);
            stops.rotate_left(turn);
            prop_assert_eq!(end(start, days, &stops), got, "in whatever order they are told");
        }
    }
}
