//! The dossier: IND and DT&V each deliver their part.

use crate::ids::Code;

use serde::{Deserialize, Serialize};

/// A partner was asked for its part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierRequested {
    /// Items asked for; programme codes.
    #[serde(default)]
    pub items: Vec<Code>,
    /// Remark.
    pub note: String,
}

/// A partner delivered or supplemented its part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierDelivered {
    /// Items delivered; programme codes.
    #[serde(default)]
    pub items: Vec<Code>,
    /// Remark.
    pub note: String,
}

/// The part is complete from this day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierCompleted {
    /// Remark.
    pub note: String,
}

/// The part is not complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierIncomplete {
    /// Items missing; programme codes.
    #[serde(default)]
    pub missing: Vec<Code>,
    /// Remark.
    pub note: String,
}
