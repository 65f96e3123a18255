//! What happens in a trajectory and what follows from it. No I/O, no clock, no randomness.

pub mod codes;
pub mod conference;
pub mod cooperation;
pub mod date;
pub mod dossier;
pub mod fact;
pub mod ids;
pub mod intake;
pub mod obstacle;
pub mod outflow;
pub mod participant;
pub mod partner;
pub mod pause;
pub mod plan;
pub mod problem;
pub mod registration;
pub mod screening;
pub mod shelter;
pub mod status;
pub mod vnumber;
