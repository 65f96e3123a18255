//! A change of method, written down with what it should move before it starts; afterwards, whether it did.
//!
//! The effect is the difference between people who came in the period after the change and those in an equal period before it, in the
//! chance of the outcome within a horizon. The period before ends a horizon before the change, so that nobody in it was followed under
//! the new way. When other sites had enough people, their difference in the same periods is taken off it (difference in differences);
//! a site that changed something itself in that time is none of them. Variances add up, as the groups hold different people; that people
//! of one site have more in common than chance is not in them, and two periods show no trend: the page says so.

use domain::programme::Classification;
use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

use super::cohort::{Person, days};
use crate::disclosure::{THRESHOLD, curve};

/// What a change should move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Indicator {
    /// The chance of having left with a durable solution within a year of coming.
    DurableInYear,
    /// The chance of having left in any way within a year of coming.
    LeftInYear,
    /// The chance that the partners agreed a scenario within ninety days of coming.
    ScenarioInQuarter,
}

impl Indicator {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::DurableInYear, Self::LeftInYear, Self::ScenarioInQuarter];
    /// Its code in addresses and text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::DurableInYear => "durable-in-year",
            Self::LeftInYear => "left-in-year",
            Self::ScenarioInQuarter => "scenario-in-quarter",
        }
    }
    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|indicator| indicator.code() == code)
    }
    /// Within how many days.
    pub const fn horizon(self) -> i32 {
        match self {
            Self::DurableInYear | Self::LeftInYear => 365,
            Self::ScenarioInQuarter => 90,
        }
    }
}

/// Which way the change should move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More.
    Up,
    /// Fewer.
    Down,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Up, Self::Down];
    /// Its code in addresses and text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.code() == code)
    }
}

/// A change as it was written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// At which site.
    pub site: String,
    /// What changes, in a few words; nothing about a person.
    pub what: String,
    /// The first day of the new way.
    pub starts: Date,
    /// What it should move.
    pub indicator: Indicator,
    /// Which way.
    pub direction: Direction,
    /// The classification by which outcomes count.
    pub classification: String,
}

/// Why a change cannot be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Late {
    /// It has started: what it should move has to be said before anything can be seen.
    #[error("the change started on {0}: an expectation is written down before the first day of the new way")]
    Started(Date),
}

impl Change {
    /// Whether it may still be written down on this day.
    ///
    /// # Errors
    /// It starts on that day or has started.
    pub fn in_time(&self, today: Date) -> Result<(), Late> {
        if self.starts > today { Ok(()) } else { Err(Late::Started(self.starts)) }
    }
}

/// What can be said of a change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It has not started.
    Waiting,
    /// Not long enough ago for anyone to have been followed up to the horizon.
    TooEarly,
    /// Fewer than ten people before or after it, or fewer than ten of them with (or without) the outcome.
    TooFew {
        /// What there are too few of.
        of: Few,
        /// People needed on each side to see a difference of ten percentage points, by the share that all sites have together; none when
        /// even there too few had the outcome.
        enough: Option<u64>,
    },
    /// The difference, with its 95% interval.
    Effect(Effect),
}

/// What there are too few of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Few {
    /// People.
    People,
    /// People with the outcome, or without it.
    Outcomes,
}

/// A difference in chances, in parts of one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Before, at the site.
    pub before: f64,
    /// After.
    pub after: f64,
    /// The change of the others in the same periods, when they had enough people.
    pub others: Option<f64>,
    /// The effect: after less before, less that of the others.
    pub difference: f64,
    /// Its 95% interval.
    pub interval: (f64, f64),
    /// People before, rounded down to a multiple of five.
    pub people_before: u64,
    /// People after, likewise.
    pub people_after: u64,
    /// How many on each side would show a difference as large as ten percentage points.
    pub enough: u64,
}

/// A chance and the square of its standard error, with the number of people.
#[derive(Debug, Clone, Copy)]
struct Chance {
    value: f64,
    variance: f64,
    people: u64,
}

/// What a change did, as far as can be said on a day. `all`: every change that was written down; this one may be among them.
pub fn finding(
    people: &[Person],
    change: &Change,
    all: &[Change],
    classification: &Classification,
    today: Date,
) -> Finding {
    if today <= change.starts {
        return Finding::Waiting;
    }
    let horizon = Span::new().days(change.indicator.horizon());
    // who came in later than this has not been followed up to the horizon
    let Ok(latest) = today.checked_sub(horizon) else { return Finding::TooEarly };
    let length = change.starts.until(latest.max(change.starts)).unwrap_or_default();
    let before = change.starts.checked_sub(horizon).and_then(|until| Ok((until.checked_sub(length)?, until)));
    let (Ok(before), true) = (before, latest > change.starts) else { return Finding::TooEarly };
    let periods = [before, (change.starts, latest)];
    let moved = |site: &str| {
        all.iter()
            .any(|other| other.site == site && other.starts > before.0 && other.starts <= today && other != change)
    };
    let group = |here: bool, (from, to): (Date, Date)| -> Vec<&Person> {
        let of = |person: &&Person| {
            (person.site == change.site) == here
                && (here || !moved(&person.site))
                && person.entered >= from
                && person.entered < to
        };
        people.iter().filter(of).collect()
    };
    let chance_of = |people: &[&Person]| chance(people, change.indicator, classification, today);
    let [was, is] = periods.map(|period| group(true, period));
    let others = periods.map(|period| group(false, period));
    let (Some(before), Some(after)) = (chance_of(&was), chance_of(&is)) else {
        let small = |people: &[&Person]| (people.len() as u64) < THRESHOLD;
        let of = if small(&was) || small(&is) { Few::People } else { Few::Outcomes };
        let everyone: Vec<&Person> = [was, is].into_iter().chain(others).flatten().collect();
        return Finding::TooFew { of, enough: chance_of(&everyone).map(|chance| enough(chance.value)) };
    };
    let apart = match others.map(|people| chance_of(&people)) {
        [Some(b), Some(a)] => Some((a.value - b.value, a.variance + b.variance)),
        _ => None,
    };
    let difference = after.value - before.value - apart.map_or(0.0, |(value, _)| value);
    let se = (before.variance + after.variance + apart.map_or(0.0, |(_, variance)| variance)).sqrt();
    let told = |chance: Chance| curve::at_risk(chance.people).unwrap_or_default();
    Finding::Effect(Effect {
        before: before.value,
        after: after.value,
        others: apart.map(|(value, _)| value),
        difference,
        interval: (difference - 1.96 * se, difference + 1.96 * se),
        people_before: told(before),
        people_after: told(after),
        enough: enough(before.value),
    })
}

/// The chance of the outcome within the horizon; none when fewer than ten people, or fewer than ten had it or had it not, lie behind it.
#[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
fn chance(people: &[&Person], indicator: Indicator, by: &Classification, today: Date) -> Option<Chance> {
    let horizon = f64::from(indicator.horizon());
    // everyone was followed up to the horizon or left before: a plain share
    let had = |person: &&&Person| match indicator {
        Indicator::ScenarioInQuarter => {
            person.scenario.as_ref().is_some_and(|(_, on)| *on <= today && days(person.entered, *on) <= horizon)
        }
        Indicator::LeftInYear | Indicator::DurableInYear => person.left.as_ref().is_some_and(|(on, reason)| {
            let durable = super::cohort::cause(by, reason) == 1;
            days(person.entered, *on) <= horizon && (durable || indicator == Indicator::LeftInYear)
        }),
    };
    let (n, with) = (people.len() as u64, people.iter().filter(had).count() as u64);
    if with < THRESHOLD || n - with < THRESHOLD {
        return None;
    }
    let value = with as f64 / n as f64;
    Some(Chance { value, variance: value * (1.0 - value) / n as f64, people: n })
}

/// People needed on each side to see a share ten percentage points apart from this one: two-sided 5%, power 80% (Fleiss, Levin and Paik 2003,
/// section 4.2, without correction); and at least as many that ten can be expected to have the outcome, and ten not.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a count of people"
)]
fn enough(share: f64) -> u64 {
    let other = if share <= 0.5 { share + 0.1 } else { share - 0.1 };
    let aim = evaluation::sample_size::Aim { false_alarm: 0.05, power: 0.8 };
    let needed = evaluation::sample_size::two_shares(share.clamp(0.01, 0.99), other, 1.0, aim, false);
    let expected = THRESHOLD as f64 / share.min(1.0 - share).clamp(0.01, 0.5);
    needed.map_or(u64::MAX, |people| people.max(expected.ceil()) as u64)
}
