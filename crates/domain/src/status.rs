//! Participation status, a line of its own beside the phase.

use serde::{Deserialize, Serialize};

/// The status changed outside a screening or conference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusChanged {
    /// Why.
    pub reason: String,
}
