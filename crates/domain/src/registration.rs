//! Registration (*aanmelding*): a trajectory opens.

use crate::ids::Code;

use serde::{Deserialize, Serialize};

/// Someone is registered at a site by a municipality or an NGO.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// How the person came here, in a few words.
    pub circumstances: String,
    /// Language in which the participant was told who gets to see what.
    #[serde(default)]
    pub informed_in: Option<Code>,
}
