//! The pages.

pub(crate) mod exception;
pub(crate) mod figures;
pub(crate) mod file;
pub(crate) mod glass;
pub(crate) mod help;
pub(crate) mod language;
pub(crate) mod parts;
pub(crate) mod person;
pub(crate) mod purpose;
pub(crate) mod question;
pub(crate) mod register;
pub(crate) mod search;
pub(crate) mod sign_in;
pub(crate) mod timeline;
pub(crate) mod today;
pub(crate) mod worklist;
