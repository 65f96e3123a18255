//! The program as people run it: commands, their one-line refusals, and a crash at any moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "tests")]

mod asvs;
mod crash;
mod cryptography;
mod demo;
mod dependencies;
mod destruction;
mod document;
mod documents;
mod evaluate;
mod evaluate_comparison;
mod figure;
mod history;
mod keys;
mod logging;
mod logs;
mod pack;
mod privacy;
mod refusals;
mod rooms;
mod run;
mod served;
mod source;
