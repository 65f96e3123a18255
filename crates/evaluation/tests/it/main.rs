//! The kernels against reference results, and against themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss, reason = "tests")]

mod aalen_johansen;
mod bands;
mod bounds;
mod costs;
mod cox;
mod difference;
mod erlang;
mod fine_gray;
mod funnel;
mod gray;
mod kaplan_meier;
mod mixed_logistic;
mod monitoring;
mod oracle;
mod properties;
mod queue;
mod random;
mod reference;
mod simulated;
mod simulated_comparison;
mod standardisation;
mod standardised_network;
mod states;
mod synthetic;
