//! What comes in and goes out.

pub mod calendar;
pub mod document;
pub mod extract;
pub mod history;
pub mod read_log;
