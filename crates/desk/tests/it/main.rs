//! Use cases on both databases, as scenarios of the work.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod beside;
mod bodies;
mod commands;
mod conference;
mod documents;
mod dump;
mod entered;
mod exceptions;
mod forgotten;
mod keys;
mod lists;
mod reads;
mod refused;
mod reveals;
mod rights;
mod scanner;
mod sign_in;
mod surface;
mod tables;
mod today;
mod together;
mod upkeep;
mod without_partners;
mod world;
