//! What is wrong with the numbers handed in, and where.

use std::{borrow::Cow, fmt};

/// A refusal: which row and column, what is wrong there, and what would be right.
///
/// Rows count from 0, as in the arrays; columns carry the name of the argument (`time`, `event`, `entry`, `weights`, `group` …),
/// which a caller with a file replaces by its own line and heading.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// Row of the arrays, from 0; none when it is not one row
    pub row: Option<usize>,
    /// Name of the argument; none when it is not one column
    pub column: Option<Cow<'static, str>>,
    /// What is wrong, and what would be right
    pub what: String,
}

impl Problem {
    /// One value is wrong.
    pub fn at(row: usize, column: impl Into<Cow<'static, str>>, what: impl Into<String>) -> Self {
        Self { row: Some(row), column: Some(column.into()), what: what.into() }
    }

    /// A column is wrong as a whole.
    pub fn column(column: impl Into<Cow<'static, str>>, what: impl Into<String>) -> Self {
        Self { row: None, column: Some(column.into()), what: what.into() }
    }

    /// The question cannot be answered with these numbers.
    pub fn whole(what: impl Into<String>) -> Self {
        Self { row: None, column: None, what: what.into() }
    }
}

impl fmt::Display for Problem {
    /// `row 4, time: -2 is negative; …`, rows counted from 1.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, &self.column) {
            (Some(row), Some(column)) => write!(out, "row {}, {column}: {}", row + 1, self.what),
            (Some(row), None) => write!(out, "row {}: {}", row + 1, self.what),
            (None, Some(column)) => write!(out, "{column}: {}", self.what),
            (None, None) => out.write_str(&self.what),
        }
    }
}

/// Refuses columns of different lengths.
pub fn same_length(column: &'static str, found: usize, rows: usize) -> Result<(), Problem> {
    if found == rows {
        return Ok(());
    }
    Err(Problem::column(column, format!("has {found} values where the others have {rows}; give one for each row")))
}

/// Refuses what is not a number (NaN, infinite).
pub fn finite(row: usize, column: impl Into<Cow<'static, str>>, value: f64) -> Result<(), Problem> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Problem::at(row, column, format!("{value} is not a number; leave the row out, or give a finite number")))
}

/// Refuses a level of confidence outside (0, 1).
pub fn level(level: f64) -> Result<f64, Problem> {
    if level > 0.0 && level < 1.0 {
        return Ok(level);
    }
    Err(Problem::whole(format!(
        "a level of confidence of {level} is not possible; give one between 0 and 1, such as 0.95"
    )))
}
