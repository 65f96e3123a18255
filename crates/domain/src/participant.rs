//! Who someone is: names in any script, a partial birth date, links to other people.

use crate::{
    codes::Relation,
    date::PartialDate,
    ids::{Code, ParticipantId},
    vnumber::VNumber,
};

use serde::{Deserialize, Serialize};

/// One name, as written in its own script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// The name, in any script.
    pub text: String,
    /// Programme code: `official`, `known-as`, `earlier`.
    pub kind: Code,
}

/// The identity as known from a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityRecorded {
    /// At least one; the first is the one shown.
    #[serde(default)]
    pub names: Vec<Name>,
    /// Birth date, as far as known.
    #[serde(default)]
    pub birth: Option<PartialDate>,
    /// V-number.
    #[serde(default)]
    pub v_number: Option<VNumber>,
    /// Why there is no V-number; required without one.
    #[serde(default)]
    pub v_number_missing: Option<Code>,
    /// Nationalities, as programme codes (`stateless` and `unknown` among them).
    #[serde(default)]
    pub nationalities: Vec<Code>,
}

/// Two people belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonLinked {
    /// The other person.
    pub other: ParticipantId,
    /// How.
    pub relation: Relation,
}

/// A link was wrong or has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonUnlinked {
    /// The other person.
    pub other: ParticipantId,
}
