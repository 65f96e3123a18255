//! What comes in and goes out.

pub mod history;
pub mod read_log;
