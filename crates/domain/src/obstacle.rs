//! Obstacles (*knelpunten*): what stands in the way, coded and dated.

use serde::{Deserialize, Serialize};

/// Something stands in the way; the code stands in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObstacleNoted {
    /// What exactly.
    pub note: String,
}

/// It no longer does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObstacleResolved {
    /// How.
    pub note: String,
}
