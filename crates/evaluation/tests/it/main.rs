//! The kernels against reference results, and against themselves.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its data fails")]

mod erlang;
mod oracle;
mod queue;
