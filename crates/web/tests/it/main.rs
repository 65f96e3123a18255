//! What the pages stand on: texts in every language, forms, protection.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod again;
mod closed;
mod conference;
mod cooperation;
mod destruction;
mod documents;
mod evaluation;
mod figures;
mod file;
mod forms;
mod headers;
mod limits;
mod lists;
mod open_pages;
mod protection;
mod proxy;
mod refused;
mod rights;
mod routes;
mod scenario;
mod sign_in;
mod sockets;
mod supervision;
mod terms;
mod texts;
mod threats;
mod tls;
