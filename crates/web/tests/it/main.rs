//! What the pages stand on: texts in every language, forms, protection.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod again;
mod destruction;
mod forms;
mod lists;
mod protection;
mod routes;
mod texts;
