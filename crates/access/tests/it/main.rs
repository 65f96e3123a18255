//! The policy: that the table is what Cedar says, what never happens, and the matrix for people.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod cedar;
mod differential;
mod matrix;
mod never;
mod rooms;
mod tabulate;
