//! Seeded chance. Sampling is written out here: a library may change how it samples, a seed may not.

use jiff::{ToSpan, civil::Date};
use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
use uuid::Uuid;

/// A generator that gives the same throws for the same seed on every platform.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The generator of one purpose (`lane`) under a seed: throws of one lane do not move those of another.
    pub(crate) fn new(seed: u64, lane: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&lane.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A generator of a name: the same name, the same throws.
    pub(crate) fn named(name: &str) -> Self {
        // FNV-1a: any fixed spread of bytes will do, nothing here is secret
        let spread = |start: u64| {
            name.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        };
        Self::new(spread(0xcbf2_9ce4_8422_2325), spread(0x8422_2325_cbf2_9ce4))
    }

    /// A whole number below `n` (0 when `n` is 0).
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (n as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn from_to(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high.saturating_sub(low)).unwrap_or(0);
        low + i64::try_from(self.below(span + 1)).unwrap_or(0)
    }

    /// True in so many out of a hundred throws.
    pub(crate) fn percent(&mut self, percent: u32) -> bool { self.below(100) < percent as usize }

    /// One of these.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> { of.get(self.below(of.len())) }

    /// One of these texts; empty when there are none.
    pub(crate) fn word(&mut self, of: &[&'static str]) -> &'static str { self.one(of).copied().unwrap_or("") }

    /// One by weight.
    pub(crate) fn weighted<'a, T>(&mut self, of: &'a [(T, u32)]) -> Option<&'a T> {
        let total: usize = of.iter().map(|(_, weight)| *weight as usize).sum();
        let mut at = self.below(total);
        of.iter().find_map(|(value, weight)| {
            let weight = *weight as usize;
            if at < weight {
                return Some(value);
            }
            at -= weight;
            None
        })
    }

    /// Shuffles.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last + 1);
            list.swap(last, other);
        }
    }

    /// A day of [from, to); `from` when there is none.
    pub(crate) fn day(&mut self, from: Date, to: Date) -> Date {
        let days = usize::try_from(days_between(from, to)).unwrap_or(0);
        plus(from, i64::try_from(self.below(days)).unwrap_or(0))
    }

    /// A version 4 identifier from the next sixteen bytes.
    pub(crate) fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

/// So many days later.
pub(crate) fn plus(day: Date, days: i64) -> Date { day.saturating_add(days.days()) }

/// Days from one day to another.
pub(crate) fn days_between(from: Date, to: Date) -> i64 { from.until(to).map_or(0, |span| i64::from(span.get_days())) }

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throw = |seed| {
            let mut dice = Dice::new(seed, 1);
            (dice.uuid(), dice.below(1000), dice.day(date(2020, 1, 1), date(2021, 1, 1)))
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
    }

    #[test]
    fn throws_stay_within_bounds() {
        let mut dice = Dice::new(1, 1);
        for _ in 0..1000 {
            assert!(dice.below(6) < 6);
            assert!((-2..=2).contains(&dice.from_to(-2, 2)));
            let day = dice.day(date(2020, 2, 28), date(2020, 3, 1));
            assert!(day == date(2020, 2, 28) || day == date(2020, 2, 29));
            assert_eq!(dice.weighted(&[("never", 0), ("always", 3)]), Some(&"always"));
        }
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.one::<u8>(&[]), None);
    }

    #[test]
    fn chance_is_about_right() {
        let mut dice = Dice::new(3, 1);
        let hits = (0..10_000).filter(|_| dice.percent(30)).count();
        assert!((2800..3200).contains(&hits), "{hits}");
    }
}
