//! The store on both databases: locks, lost connections, versions.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod server;
mod store;
