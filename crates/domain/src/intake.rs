//! Intake: languages, interpreter, needs.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::Phase,
    fact::Header,
    ids::{Code, FactId},
    programme::Method,
    refusal::Refusal,
    trajectory::Trajectory,
};

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

/// The latest intake in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intake {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// Languages, needs, summary; gone when forgotten.
    pub detail: Option<IntakeHeld>,
}

impl Trajectory {
    pub(crate) fn intake_held(
        &mut self,
        h: &Header,
        body: Option<&IntakeHeld>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.takes_part()?;
        let on = h.valid_from;
        if self.phase_on(on) == Phase::Intake {
            // a method without a dossier goes straight to the partners' decision
            self.enter(if method.deliver.is_empty() { Phase::Decision } else { Phase::Dossier }, on);
        }
        self.intake = Some(Intake { fact: h.id, on, detail: body.cloned() });
        Ok(())
    }
}
