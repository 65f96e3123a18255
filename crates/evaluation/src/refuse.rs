//! Refusals in one form: what is wrong, and what would be right.

use crate::Problem;

/// An argument that cannot be.
pub(crate) fn argument(name: &'static str, value: f64, right: &str) -> Problem {
    Problem::column(name, format!("{value} is not possible; give {right}"))
}

/// One value of a column that cannot be.
pub(crate) fn value(name: &'static str, row: usize, value: f64, right: &str) -> Problem {
    Problem::at(row, name, format!("{value} is not possible; give {right}"))
}

/// Too little to work with.
pub(crate) fn needs(name: &'static str, right: &str) -> Problem {
    Problem::column(name, format!("is not enough; give {right}"))
}

/// A column of another length than the others.
pub(crate) fn lengths(name: &'static str, found: usize, rows: usize) -> Problem {
    Problem::column(name, format!("has {found} values where the others have {rows}; give one for each row"))
}

/// Columns of which one follows from the others.
pub(crate) fn dependent() -> Problem {
    Problem::whole("one column follows from the others, so their effects cannot be told apart; leave it out")
}

/// Refuses a column with what is not a number.
pub(crate) fn finite(name: &'static str, values: &[f64]) -> Result<(), Problem> {
    values.iter().enumerate().try_for_each(|(row, value)| crate::problem::finite(row, name, *value))
}
