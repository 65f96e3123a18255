//! Intake: languages, interpreter, needs.

use crate::ids::Code;

use serde::{Deserialize, Serialize};

/// The intake was held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeHeld {
    /// Languages, best first; programme codes.
    #[serde(default)]
    pub languages: Vec<Code>,
    /// Language of the interpreter, if one is needed.
    #[serde(default)]
    pub interpreter: Option<Code>,
    /// Needs; programme codes.
    #[serde(default)]
    pub needs: Vec<Code>,
    /// Summary of the conversation.
    pub summary: String,
}
