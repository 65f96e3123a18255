//! Outflow: the fact of leaving, with evidence.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::Status,
    fact::Header,
    ids::{Code, FactId},
    refusal::Refusal,
    trajectory::Trajectory,
};

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

/// How a trajectory ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outflow {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// Reason; programme code. The outcome class follows from a classification.
    pub reason: Code,
    /// Destination, evidence, remark; gone when forgotten.
    pub detail: Option<Left>,
}

impl Trajectory {
    pub(crate) fn left(&mut self, h: &Header, body: Option<&Left>) -> Result<(), Refusal> {
        self.still_open()?;
        self.not_held(h.valid_from)?;
        let reason = h.codes.outflow_reason.clone();
        let reason = reason.ok_or_else(|| Refusal::new("outflow-reason-missing").field("outflow_reason"))?;
        let on = h.valid_from;
        self.end(on);
        self.set_status(Status::Left, on);
        self.outflow = Some(Outflow { fact: h.id, on, reason, detail: body.cloned() });
        Ok(())
    }
}
