//! The process of the letter as scenarios of the work, and its laws over random orders of facts.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod absence;
mod conference;
mod cooperation;
mod corrections;
mod documents;
mod dossier;
mod measures;
mod order;
mod random;
mod scenarios;
mod sitting;
mod steps;
mod supervision;
mod terms;
mod world;
