//! What is asked of the data.

use domain::ids::Code;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The day on which the clock of someone starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeZero {
    /// Their first day of taking part.
    Entry,
    /// The day on which the partners first agreed a scenario.
    Scenario,
}

impl TimeZero {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Entry, Self::Scenario];
    /// Its code in addresses and text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Scenario => "scenario",
        }
    }
    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|zero| zero.code() == code)
    }
}

/// By what people are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Not at all: everyone together.
    Nothing,
    /// The site where they came in.
    Site,
    /// The version of the method they came in under.
    Method,
    /// The first scenario that was agreed.
    Scenario,
    /// Whether they had three reviews of cooperation.
    Reviews,
    /// The outcome of the last review of cooperation.
    Cooperation,
    /// Whether they stayed in a shelter.
    Shelter,
}

impl By {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Nothing, Self::Site, Self::Method, Self::Scenario, Self::Reviews, Self::Cooperation, Self::Shelter];
    /// Its code in addresses and text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Site => "site",
            Self::Method => "method",
            Self::Scenario => "scenario",
            Self::Reviews => "reviews",
            Self::Cooperation => "cooperation",
            Self::Shelter => "shelter",
        }
    }
    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.code() == code)
    }
}

/// How the chance of an outcome is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Estimator {
    /// Cumulative incidence with the other outcomes as competitors.
    AalenJohansen,
    /// One minus Kaplan-Meier, the other outcomes taken for censoring.
    OneMinusKaplanMeier,
}

impl Estimator {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::AalenJohansen, Self::OneMinusKaplanMeier];
    /// Its code in addresses and text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AalenJohansen => "aalen-johansen",
            Self::OneMinusKaplanMeier => "one-minus-km",
        }
    }
    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|estimator| estimator.code() == code)
    }
}

/// An analysis as asked; see [`super::guard::check`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// By what people are compared.
    pub by: By,
    /// When their clock starts.
    pub zero: TimeZero,
    /// By which classification a reason for leaving becomes an outcome.
    pub classification: Code,
    /// How it is estimated.
    pub estimator: Estimator,
    /// Only people whose clock starts in this period, [from, to).
    pub starting: Option<(Date, Date)>,
    /// People are followed from this day at the earliest: who came before it enters late.
    pub seen_from: Option<Date>,
    /// The day up to which was looked: who had not left by then is censored.
    pub until: Date,
}
