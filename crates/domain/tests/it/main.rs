//! The process of the letter as scenarios of the work, and its laws over random orders of facts.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod corrections;
mod order;
mod random;
mod scenarios;
mod steps;
mod world;
