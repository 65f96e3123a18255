//! Statistics on plain arrays: survival, competing risks, states, comparison, monitoring, costs.
//!
//! Knows nothing of the LVV, of files or of the store. Times are `f64` in the caller's unit; someone is at risk on
//! `(entry, time]`, and at equal times events come before censoring (Andersen, Borgan, Gill and Keiding 1993, chapter IV).
//! Every function names its paper, its variance estimator and its risk-set convention.

pub mod balance;
pub mod bounds;
pub mod costs;
pub mod cusum;
pub mod difference;
pub mod distribution;
pub mod erlang;
pub mod funnel;
pub mod groups;
pub mod interval;
pub mod least_squares;
pub mod logistic;
pub mod problem;
pub mod queue;
mod refuse;
pub mod sample;
pub mod sample_size;
pub mod shrinkage;
mod special;
pub mod stepped_wedge;
pub mod xmr;

pub use groups::Groups;
pub use interval::{Confidence, Scale};
pub use problem::Problem;
pub use sample::{CENSORED, Event, Sample};
