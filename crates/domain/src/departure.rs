//! Steps of the departure process: what the DT&V (or another on its behalf) did, coded and dated.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fact::Header,
    ids::{Code, FactId, OrgId},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// A step was taken; which stands in the header (`departure`), and the organisation that took it too (`partner`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartureStep {
    /// With whom, at which embassy, with what result.
    #[serde(default)]
    pub note: String,
}

/// A step in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Departing {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// Which step; programme code.
    pub step: Code,
    /// Who took it.
    pub org: OrgId,
    /// On whose information it was recorded, when not theirs who took it.
    pub recorded_for: bool,
    /// What exactly; gone when forgotten.
    pub note: Option<String>,
}

impl Trajectory {
    pub(crate) fn departure_step(&mut self, h: &Header, body: Option<&DepartureStep>) -> Result<(), Refusal> {
        self.still_open()?;
        let step =
            h.codes.departure.clone().ok_or_else(|| Refusal::new("departure-step-missing").field("departure"))?;
        let org = h.codes.partner.clone().ok_or_else(|| Refusal::new("partner-missing").field("partner"))?;
        let recorded_for = h.org != org;
        let note = body.map(|body| body.note.clone());
        self.departure.push(Departing { fact: h.id, on: h.valid_from, step, org, recorded_for, note });
        Ok(())
    }
}
