//! Figures: numbers about groups that carry their base, period and population.

pub mod count;
pub mod disclosure;
pub mod published;
