//! History files on both databases: the same facts again, and nothing from a file that is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "tests")]

mod extract;
mod format;
mod history;
mod read_log;
mod world;
mod wrong;
