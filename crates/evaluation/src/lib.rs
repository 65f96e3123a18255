//! Statistics on plain arrays: survival, competing risks, states, comparison, monitoring, costs.
//!
//! Knows nothing of the LVV, of files or of the store. Times are `f64` in the caller's unit; someone is at risk on
//! `(entry, time]`, and at equal times events come before censoring (Andersen, Borgan, Gill and Keiding 1993, chapter IV).
//! Every function names its paper, its variance estimator and its risk-set convention.

pub mod aalen_johansen;
pub mod balance;
pub mod bands;
pub mod bootstrap;
pub mod bounds;
mod causes;
pub mod costs;
pub mod cox;
pub mod cusum;
pub mod difference;
pub mod distribution;
pub mod erlang;
pub mod fine_gray;
pub mod funnel;
pub mod gee;
pub mod gray;
pub mod groups;
mod incidence_band;
pub mod interval;
pub mod kaplan_meier;
pub mod least_squares;
pub mod log_rank;
pub mod logistic;
pub mod mixed_logistic;
pub mod problem;
pub mod queue;
mod refuse;
pub mod regression;
pub mod restricted;
pub mod sample;
pub mod sample_size;
pub mod shrinkage;
mod special;
pub mod standardisation;
pub mod states;
pub mod stepped_wedge;
mod steps;
mod table;
pub mod weighting;
pub mod xmr;

pub use aalen_johansen::{Incidence, aalen_johansen};
pub use bootstrap::resampled_incidence;
pub use gray::{gray, gray_pairs};
pub use groups::Groups;
pub use interval::{Confidence, Scale};
pub use kaplan_meier::{Curve, Estimate, Point, kaplan_meier};
pub use log_rank::log_rank;
pub use problem::Problem;
pub use restricted::{pseudo_values, restricted_means};
pub use sample::{CENSORED, Event, Sample};
pub use steps::Variance;
