//! Refusals in one form: what is wrong, and what would be right.

use crate::Problem;

/// An argument that cannot be.
pub(crate) fn argument(name: &'static str, value: f64, right: &str) -> Problem {
    Problem::column(name, format!("{value} is not possible; give {right}"))
}

/// Too little to work with.
pub(crate) fn needs(name: &'static str, right: &str) -> Problem {
    Problem::column(name, format!("is not enough; give {right}"))
}
