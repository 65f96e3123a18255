//! Outflow: the fact of leaving, with evidence.

use crate::ids::Code;

use serde::{Deserialize, Serialize};

/// The participant left; the reason code stands in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// Country of destination, if any; programme code.
    #[serde(default)]
    pub destination: Option<Code>,
    /// Evidence; programme code.
    pub evidence: Code,
    /// Remark.
    pub note: String,
}
