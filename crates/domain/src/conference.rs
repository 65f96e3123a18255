//! Decisions of the partners (LSO): perspective, scenario, commitments.

use jiff::civil::Date;

use crate::ids::{Code, OrgId};

use serde::{Deserialize, Serialize};

/// Someone at the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Present {
    /// For which organisation.
    pub org: OrgId,
    /// Who.
    pub name: String,
}

/// What a partner takes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Which partner.
    pub org: OrgId,
    /// What.
    pub text: String,
    /// By when.
    #[serde(default)]
    pub due: Option<Date>,
}

/// A decision by agreement; the scenario stands in the header (`under-investigation` is a value).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Perspective: the realistic end goal; programme code.
    pub perspective: Code,
    /// Why.
    pub reason: String,
    /// Who was there.
    #[serde(default)]
    pub present: Vec<Present>,
    /// What each partner does.
    #[serde(default)]
    pub commitments: Vec<Commitment>,
}
