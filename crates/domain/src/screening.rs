//! Screening against the admission grounds of the method.

use jiff::civil::Date;

use crate::ids::Code;

use serde::{Deserialize, Serialize};

/// Decisions are taken in mandate: who, on behalf of whom, on which form and date (Stcrt. 2019, 18281).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// Name and function of who decided.
    pub by: String,
    /// On behalf of whom; programme code.
    pub on_behalf_of: Code,
    /// Form; programme code.
    pub form: Code,
    /// Date on the form.
    pub form_date: Date,
}

/// The outcome of the screening; the status stands in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screened {
    /// Admission ground met, or refusal ground; programme code.
    #[serde(default)]
    pub ground: Option<Code>,
    /// Who allowed an exception (`lso`, `steering-group`), when the grounds are not met.
    #[serde(default)]
    pub exception_by: Option<Code>,
    /// Why.
    pub reason: String,
    /// The mandate.
    pub mandate: Mandate,
    /// Legal remedy against a refusal; programme code.
    #[serde(default)]
    pub remedy: Option<Code>,
}
