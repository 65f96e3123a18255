//! The pages.

pub(crate) mod checkpoints;
pub(crate) mod figures;
pub(crate) mod file;
pub(crate) mod language;
pub(crate) mod parts;
pub(crate) mod person;
pub(crate) mod read_log;
pub(crate) mod register;
pub(crate) mod search;
pub(crate) mod sign_in;
pub(crate) mod timeline;
pub(crate) mod today;
pub(crate) mod who_read;
pub(crate) mod worklist;
