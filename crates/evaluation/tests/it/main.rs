//! The kernels against reference results, and against themselves.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests; counts far below 2^52")]

mod bounds;
mod costs;
mod difference;
mod erlang;
mod funnel;
mod monitoring;
#[allow(dead_code, reason = "each subject uses a part of it")]
mod oracle;
mod queue;
