//! Figures: numbers about groups that carry their base, period and population.

pub mod count;
pub mod published;
