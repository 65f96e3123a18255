//! Why a command is not accepted, and what would be right.

use jiff::civil::Date;

use crate::{fact::Kind, ids::FactId, problem::Problem};

/// Why a command is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub problem: Problem,
    /// The form field it is about.
    pub field: Option<&'static str>,
    /// The first day on which the step would be possible.
    pub possible_from: Option<Date>,
    /// The later fact that would no longer make sense.
    pub stands_in_way: Option<Standing>,
}

/// A fact that stands in the way of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub fact: FactId,
    /// What kind.
    pub kind: Kind,
    /// From which day it holds.
    pub on: Date,
}

impl Refusal {
    /// A refusal with a problem key.
    pub fn new(key: &'static str) -> Self {
        Problem::new(key).into()
    }

    /// Names the form field.
    #[must_use]
    pub fn field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// Names the day from which it is possible.
    #[must_use]
    pub fn possible(mut self, date: Date) -> Self {
        self.possible_from = Some(date);
        self
    }

    /// Adds a value for the text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.problem = self.problem.with(name, value);
        self
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, field: None, possible_from: None, stands_in_way: None }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.problem)?;
        if let Some(date) = self.possible_from {
            write!(f, "; possible from {date}")?;
        }
        if let Some(standing) = self.stands_in_way {
            write!(f, "; {} of {} stands in the way", standing.kind, standing.on)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
