//! Pauses with a reason, any number of them.

use serde::{Deserialize, Serialize};

/// The trajectory pauses; the reason code stands in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseStarted {
    /// Remark.
    pub note: String,
}

/// And goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseEnded {
    /// Remark.
    pub note: String,
}
