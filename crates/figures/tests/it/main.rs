//! Figures, counted from running read tables; what may leave the house.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod attack;
mod counting;
mod disclosure;
mod evaluation;
mod known;
mod pack;
mod published;
mod refusals;
mod suppression;
mod world;
