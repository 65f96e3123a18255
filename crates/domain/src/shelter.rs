//! Shelter stays: kind, location, funder, dates.

use crate::ids::Code;

use serde::{Deserialize, Serialize};

/// A stay begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShelterStarted {
    /// Kind of shelter; programme code.
    pub kind: Code,
    /// Location.
    pub location: String,
    /// Who pays; programme code.
    pub funder: Code,
}

/// A stay ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShelterEnded {
    /// Why.
    pub reason: String,
}
