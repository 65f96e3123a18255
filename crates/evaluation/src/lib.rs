//! Statistics on plain arrays: survival, competing risks, states, comparison, monitoring, costs.
//!
//! Knows nothing of the LVV, of files or of the store. Times are `f64` in the caller's unit; someone is at risk on
//! `(entry, time]`, and at equal times events come before censoring (Andersen, Borgan, Gill and Keiding 1993, chapter IV).
//! Every function names its paper, its variance estimator and its risk-set convention.

pub mod distribution;
pub mod erlang;
pub mod groups;
pub mod interval;
pub mod problem;
pub mod queue;
mod refuse;
pub mod sample;

pub use groups::Groups;
pub use interval::{Confidence, Scale};
pub use problem::Problem;
pub use sample::{CENSORED, Event, Sample};
