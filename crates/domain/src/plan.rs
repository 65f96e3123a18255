//! The guidance plan: goals, actions, contacts. After-care tasks are actions after leaving.

use crate::ids::{Code, OrgId, UserId};

use serde::{Deserialize, Serialize};

/// A goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalSet {
    /// What is to be reached.
    pub text: String,
    /// Who owns it.
    pub owner: OrgId,
}

/// A goal reached or dropped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalClosed {
    /// Result; programme code.
    pub result: Code,
    /// Remark.
    pub note: String,
}

/// Something to do; the day stands in the header (`until`), its goal too (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionAdded {
    /// What.
    pub text: String,
    /// Who owns it.
    pub owner: OrgId,
    /// Which worker, if one.
    #[serde(default)]
    pub worker: Option<UserId>,
}

/// An action is done or given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionClosed {
    /// Result; programme code.
    pub result: Code,
    /// Remark.
    pub note: String,
}

/// A contact with the participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactNoted {
    /// How; programme code.
    pub how: Code,
    /// What was said.
    pub note: String,
}
