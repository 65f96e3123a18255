//! Screening against the admission grounds of the method.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::{Phase, Status},
    fact::Header,
    ids::{Code, FactId},
    refusal::Refusal,
    trajectory::Trajectory,
};

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

/// A screening in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screening {
    /// The fact.
    pub fact: FactId,
    /// Day of the decision.
    pub on: Date,
    /// Outcome.
    pub status: Status,
    /// The rest, unless forgotten.
    pub detail: Option<Screened>,
    /// Day on which it was annulled: an objection against it was upheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulled: Option<Date>,
}

impl Trajectory {
    /// An objection against a refusal is upheld: the refusal has no effect any more, and who was refused is to be screened
    /// again (not when they came back meanwhile: then that trajectory goes on). What was decided after it stands.
    pub(crate) fn refusal_annulled(&mut self, against: FactId, on: Date, reopens: bool) {
        let Some(at) = self.screenings.iter().position(|one| one.fact == against) else { return };
        self.screenings[at].annulled = Some(on);
        let last = at + 1 == self.screenings.len() && self.screenings[at].status == Status::Refused;
        if reopens && last && self.outflow.is_none() && self.ended().is_some() {
            self.enter(Phase::Registration, on);
            self.set_status(Status::Registered, on);
        }
    }

    pub(crate) fn screened(&mut self, h: &Header, body: Option<&Screened>) -> Result<(), Refusal> {
        let status = h.codes.status.ok_or_else(|| Refusal::new("status-missing").field("status"))?;
        if self.outflow.is_some() {
            self.still_open()?;
        }
        if self.status() == Status::Admitted {
            return Err(Refusal::new("already-admitted").with("since", self.status_since()));
        }
        let on = h.valid_from;
        match status {
            Status::Admitted | Status::ShelteredWithoutStatus | Status::LivingAllowanceOnly => {
                if matches!(self.phase_on(on), Phase::Registration | Phase::Ended) {
                    self.enter(Phase::Intake, on);
                }
            }
            Status::Refused => {
                self.not_held(on)?;
                self.end(on);
            }
            // past the intake someone does not go back to waiting: they leave, or are refused
            Status::WaitingList | Status::OutsideLvv => {
                self.not_held(on)?;
                if !matches!(self.phase_on(on), Phase::Registration | Phase::Intake | Phase::Ended) {
                    return Err(Refusal::new("status-needs-outflow").with("status", status).field("status"));
                }
                self.enter(Phase::Registration, on);
            }
            Status::Registered | Status::Left => return Err(Refusal::new("status-not-an-outcome").field("status")),
        }
        self.set_status(status, on);
        self.screenings.push(Screening { fact: h.id, on, status, detail: body.cloned(), annulled: None });
        Ok(())
    }
}
