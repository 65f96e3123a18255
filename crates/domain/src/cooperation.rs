//! Cooperation review (*toets op medewerking*): dated, reasoned, by two people.

use crate::ids::Code;

use serde::{Deserialize, Serialize};

/// The outcome of a review; yes or no stands in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CooperationReviewed {
    /// Why.
    pub reason: String,
    /// Exactly two assessors.
    #[serde(default)]
    pub assessors: Vec<String>,
    /// Consequence; programme code.
    pub consequence: Code,
}
