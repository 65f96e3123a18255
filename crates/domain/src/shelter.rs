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
    /// Whether it lasts as long as a hold: someone who has left or was refused, and must be sheltered all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

impl Stay {
    /// Whether someone sleeps there on a day.
    pub fn is_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

impl Trajectory {
    /// The stay that is on.
    pub fn stay(&self) -> Option<&Stay> {
        self.stays.iter().find(|stay| stay.to.is_none())
    }

    /// The stay of a day.
    pub fn stay_on(&self, day: Date) -> Option<&Stay> {
        self.stays.iter().find(|stay| stay.is_on(day))
    }

    pub(crate) fn shelter_started(&mut self, h: &Header, body: Option<&ShelterStarted>) -> Result<(), Refusal> {
        let on = h.valid_from;
        let held = self.ended().is_some();
        if let Some(ended) = self.ended().filter(|_| self.hold_on(on).is_none()) {
            return Err(Refusal::new("ended-needs-hold").with("on", ended).field("valid_from"));
        }
        let moved_from = h.codes.about;
        let is_on = |stay: &Stay| stay.to.is_none() || (stay.held && stay.is_on(on));
        if let Some(stay) = self.stays.iter().find(|stay| is_on(stay) && Some(stay.fact) != moved_from) {
            return Err(Refusal::new("stay-still-on").with("since", stay.from));
        }
        if moved_from.is_some() {
            let stay = self.stays.iter_mut().find(|stay| Some(stay.fact) == moved_from && is_on(stay));
            let stay = stay.ok_or_else(|| Refusal::new("stay-not-on"))?;
            (stay.to, stay.held) = (Some(on), false);
        }
        self.stays.push(Stay { fact: h.id, detail: body.cloned(), from: on, to: None, held });
        Ok(())
    }

    /// After the end a bed lasts as long as the hold under which it was given: it ends with it, or when it is lifted. Who takes
    /// part again has it as any other.
    pub(crate) fn beds_follow_holds(&mut self) {
        let alive = self.ended().is_none();
        for at in 0..self.stays.len() {
            let stay = &self.stays[at];
            if !stay.held {
                continue;
            }
            let to = if alive { None } else { self.held_up_to(stay.from) };
            let stay = &mut self.stays[at];
            (stay.to, stay.held) = (to, !alive);
        }
    }

    pub(crate) fn shelter_ended(&mut self, h: &Header) -> Result<(), Refusal> {
        self.not_held(h.valid_from)?;
        let stay = self.stays.iter_mut().find(|stay| Some(stay.fact) == h.codes.about);
        let stay = stay.filter(|stay| stay.to.is_none()).ok_or_else(|| Refusal::new("stay-not-on"))?;
        stay.to = Some(h.valid_from);
        Ok(())
    }
}
