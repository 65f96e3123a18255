//! What an evaluation on the store refuses, because the answer would mislead whoever reads it.
//!
//! An estimate is made of a [`Checked`] plan only, and only [`check`] makes one.

use super::plan::{By, Estimator, Plan, TimeZero};

/// When a property of someone is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measured {
    /// On their first day.
    AtEntry,
    /// When the partners first agreed a scenario.
    AtScenario,
    /// At some time while they are followed: to have it, one must still be there.
    Later,
}

impl By {
    /// When it is known.
    pub fn measured(self) -> Measured {
        match self {
            Self::Nothing | Self::Site | Self::Method => Measured::AtEntry,
            Self::Scenario => Measured::AtScenario,
            Self::Reviews | Self::Cooperation | Self::Shelter => Measured::Later,
        }
    }
}

impl TimeZero {
    /// What is known on that day at the latest.
    fn knows(self) -> Measured {
        match self {
            Self::Entry => Measured::AtEntry,
            Self::Scenario => Measured::AtScenario,
        }
    }
}

/// Why an analysis is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Guard {
    /// The groups are formed by something that is known only after the clock starts.
    #[error("{} is measured after time zero ({}): start the clock on the day it is known, or compare by something else", .0.code(), .1.code())]
    MeasuredLater(By, TimeZero),
    /// To be in the group one must have stayed long enough (Suissa 2008, American Journal of Epidemiology 167, 492-499).
    #[error(
        "a group of people who had three reviews cannot leave before the third: that time is immortal. Compare by something known at the start"
    )]
    ImmortalTime(By),
    /// Who leaves in another way can no longer leave in this one; taking them for censored overstates every cause.
    #[error(
        "1 - Kaplan-Meier of one cause overstates it when people can leave in other ways: use the cumulative incidence"
    )]
    OneMinusKaplanMeier,
    /// The period of starting ends before it begins, or after the day up to which was looked.
    #[error("the period in which people start must begin before it ends, and before the day up to which was looked")]
    Period,
}

impl Guard {
    /// Its code in text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MeasuredLater(..) => "measured-later",
            Self::ImmortalTime(_) => "immortal-time",
            Self::OneMinusKaplanMeier => "one-minus-km",
            Self::Period => "period",
        }
    }
}

/// A plan that no guard refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked(Plan);

impl std::ops::Deref for Checked {
    type Target = Plan;
    fn deref(&self) -> &Plan {
        &self.0
    }
}

/// Asks every guard.
///
/// # Errors
/// The first guard that refuses.
pub fn check(plan: Plan) -> Result<Checked, Guard> {
    if plan.by == By::Reviews {
        return Err(Guard::ImmortalTime(plan.by));
    }
    if plan.by.measured() > plan.zero.knows() {
        return Err(Guard::MeasuredLater(plan.by, plan.zero));
    }
    if plan.estimator == Estimator::OneMinusKaplanMeier {
        return Err(Guard::OneMinusKaplanMeier);
    }
    if plan.starting.is_some_and(|(from, to)| from >= to || from >= plan.until) {
        return Err(Guard::Period);
    }
    Ok(Checked(plan))
}
