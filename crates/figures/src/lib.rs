//! Figures: numbers about groups that carry their base, period and population.
//!
//! [`history`] reads spells and clear headers as known at a moment, [`question`] refuses what cannot be asked, [`count`]
//! counts one by one, [`figure`] makes numbers of it that say what they are.

pub mod count;
pub mod diff;
pub mod disclosure;
pub mod evaluation;
pub mod export;
pub mod figure;
pub mod guarded;
pub mod history;
pub mod pack;
pub mod published;
pub mod question;
pub mod reader;
pub mod release;
