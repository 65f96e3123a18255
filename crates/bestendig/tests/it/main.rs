//! The program as people run it: commands, their one-line refusals, and a crash at any moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "tests")]

mod crash;
mod demo;
mod destruction;
mod documents;
mod history;
mod keys;
mod logs;
mod refusals;
mod rooms;
mod run;
