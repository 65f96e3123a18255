//! Shelter stays: kind, location, funder, dates.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fact::Header,
    ids::{Code, FactId},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// A stay begins; a move names the stay it ends in the header (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShelterStarted {
    /// Kind of shelter; programme code.
    pub kind: Code,
    /// Location.
    pub location: String,
    /// Who pays; programme code.
    pub funder: Code,
}

/// A stay ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShelterEnded {
    /// Why.
    pub reason: String,
}

/// A stay in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// The fact that began it.
    pub fact: FactId,
    /// Kind, location, funder; gone when forgotten.
    pub detail: Option<ShelterStarted>,
    /// First day.
    pub from: Date,
    /// Day after the last.
    pub to: Option<Date>,
}

impl Trajectory {
    /// The stay that is on.
    pub fn stay(&self) -> Option<&Stay> {
        self.stays.iter().find(|stay| stay.to.is_none())
    }

    pub(crate) fn shelter_started(&mut self, h: &Header, body: Option<&ShelterStarted>) -> Result<(), Refusal> {
        self.still_open()?;
        let moved_from = h.codes.about;
        if let Some(stay) = self.stay()
            && Some(stay.fact) != moved_from
        {
            return Err(Refusal::new("stay-still-on").with("since", stay.from));
        }
        if moved_from.is_some() {
            let stay = self.stays.iter_mut().find(|stay| Some(stay.fact) == moved_from && stay.to.is_none());
            stay.ok_or_else(|| Refusal::new("stay-not-on"))?.to = Some(h.valid_from);
        }
        self.stays.push(Stay { fact: h.id, detail: body.cloned(), from: h.valid_from, to: None });
        Ok(())
    }

    pub(crate) fn shelter_ended(&mut self, h: &Header) -> Result<(), Refusal> {
        self.not_held(h.valid_from)?;
        let stay = self.stays.iter_mut().find(|stay| Some(stay.fact) == h.codes.about);
        let stay = stay.filter(|stay| stay.to.is_none()).ok_or_else(|| Refusal::new("stay-not-on"))?;
        stay.to = Some(h.valid_from);
        Ok(())
    }
}
