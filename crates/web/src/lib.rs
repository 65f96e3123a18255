//! Routes, forms and pages: what people see of the use cases.
//!
//! The ground: texts, the frame, forms, error pages, protection. On it: pages, and the steps of the process as forms.

mod app;
mod chart;
mod conflict;
mod cookie;
mod event;
pub mod form;
mod head;
pub mod headers;
mod kept;
mod letter;
mod names;
mod notice;
pub mod pace;
pub mod page;
mod pager;
mod pages;
pub mod problem_page;
pub mod reached;
mod refused;
mod routes;
mod row;
pub mod security;
pub mod serve;
mod session;
pub mod spoken;
mod steps;
pub mod text;
pub mod throttle;
pub mod tls;
mod trace;
mod why;

pub use app::{App, Demo};
pub use letter::extract_letter;
pub use routes::{ROUTES, router};
