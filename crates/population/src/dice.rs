//! Chance that falls the same way every time.
//!
//! Whole numbers are made here from the generator's raw words, so that a newer `rand` cannot change a network.

use jiff::{ToSpan, civil::Date};
use rand::{Rng, SeedableRng, rngs::ChaCha12Rng};
use uuid::Uuid;

/// A seeded generator.
pub(crate) struct Dice(ChaCha12Rng);

impl Dice {
    /// The dice of one member of a network: members do not depend on each other's throws.
    pub(crate) fn of(seed: u64, member: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&member.to_le_bytes());
        Self(ChaCha12Rng::from_seed(bytes))
    }

    /// A number from 0 up to, not including, `n`.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(n);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// True in so many of a hundred throws.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// A place in a list of this length.
    pub(crate) fn at(&mut self, length: usize) -> usize {
        self.below(u32::try_from(length).unwrap_or(u32::MAX)) as usize
    }

    /// One of several; the list may not be empty.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.at(of.len())]
    }

    /// A random id.
    pub(crate) fn id(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A day in [from, to).
    pub(crate) fn day(&mut self, from: Date, to: Date) -> Date {
        let days = from.until(to).map_or(0, |span| span.get_days());
        later(from, self.below(u32::try_from(days).unwrap_or(0).max(1)))
    }

    /// So many days after a day, and on a day of the week on which people work.
    pub(crate) fn working(&mut self, after: Date, least: u32, most: u32) -> Date {
        let day = later(after, self.between(least, most));
        let weekday = day.weekday().to_monday_zero_offset();
        if weekday > 4 { later(day, u32::from(7 - weekday.unsigned_abs())) } else { day }
    }
}

/// So many days later.
pub(crate) fn later(day: Date, days: u32) -> Date {
    day.saturating_add(i64::from(days).days())
}

/// So many days earlier.
pub(crate) fn earlier(day: Date, days: u32) -> Date {
    day.saturating_sub(i64::from(days).days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn throws_stay_within_their_limits_and_reach_them() {
        let mut dice = Dice::of(7, 1);
        let throws: Vec<u32> = (0..2_000).map(|_| dice.between(3, 6)).collect();
        assert!(throws.iter().all(|n| (3..=6).contains(n)));
        assert!((3..=6).all(|n| throws.contains(&n)));
    }

    #[test]
    fn nobody_works_at_the_weekend() {
        let mut dice = Dice::of(7, 2);
        let days: Vec<Date> = (0..200).map(|_| dice.working(date(2020, 1, 1), 0, 40)).collect();
        assert!(days.iter().all(|day| day.weekday().to_monday_zero_offset() < 5));
    }

    #[test]
    fn a_member_keeps_its_throws_whatever_others_do() {
        assert_eq!(Dice::of(1, 5).id(), Dice::of(1, 5).id());
        assert_ne!(Dice::of(1, 5).id(), Dice::of(1, 6).id());
        assert_ne!(Dice::of(1, 5).id(), Dice::of(2, 5).id());
    }
}
