//! From spells to an evaluation: what happened to people after they came, per site, scenario or method.
//!
//! [`cohort`] reads who came when and how it ended; [`plan`] is what is asked, and the [`guard`]s refuse what would mislead;
//! [`analysis`] estimates; [`safe`] is the only way out: results in which no small group can be found. With every result goes
//! its [`protocol`], the trial that it imitates.

pub mod analysis;
pub mod change;
pub mod cohort;
pub mod funnel;
pub mod guard;
pub mod plan;
pub mod protocol;
pub mod safe;

/// The horizons at which shares are given, in days: 12 and 24 months.
pub const HORIZONS: [f64; 2] = [365.0, 730.0];
/// Days in a month, for the axes.
pub const MONTH: f64 = 365.25 / 12.0;
