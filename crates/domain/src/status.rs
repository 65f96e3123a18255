//! Participation status, a line of its own beside the phase.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::{Phase, Status},
    fact::Header,
    refusal::Refusal,
    trajectory::Trajectory,
};

/// The status changed outside a screening or conference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusChanged {
    /// Why.
    pub reason: String,
}

impl Trajectory {
    /// Who begins to take part goes from registration to the intake.
    fn enter_intake(&mut self, on: Date) {
        if self.phase_on(on) == Phase::Registration {
            self.enter(Phase::Intake, on);
        }
    }

    pub(crate) fn status_changed(&mut self, h: &Header) -> Result<(), Refusal> {
        self.still_open()?;
        let status = h.codes.status.ok_or_else(|| Refusal::new("status-missing").field("status"))?;
        let admitted = self.statuses.iter().any(|(earlier, _)| *earlier == Status::Admitted);
        let takes_part = matches!(self.status(), Status::Admitted | Status::LivingAllowanceOnly);
        if matches!(status, Status::LivingAllowanceOnly | Status::WaitingList | Status::OutsideLvv) {
            self.not_held(h.valid_from)?;
        }
        match status {
            // taking back an admission is a decision in mandate, or an outflow: never a plain change
            Status::ShelteredWithoutStatus if admitted && takes_part => {
                return Err(Refusal::new("status-needs-decision").with("status", status).field("status"));
            }
            // someone gets a bed or an allowance before the partners have decided (domain.md, P2 and P3)
            Status::ShelteredWithoutStatus | Status::LivingAllowanceOnly => self.enter_intake(h.valid_from),
            Status::WaitingList | Status::OutsideLvv => {
                if !matches!(self.phase_on(h.valid_from), Phase::Registration | Phase::Intake) {
                    return Err(Refusal::new("status-needs-outflow").with("status", status).field("status"));
                }
                self.enter(Phase::Registration, h.valid_from);
            }
            // back to full shelter after a period of allowance only needs no new decision
            Status::Admitted if admitted => self.enter_intake(h.valid_from),
            Status::Admitted | Status::Refused => {
                return Err(Refusal::new("status-needs-decision").with("status", status).field("status"));
            }
            Status::Registered | Status::Left => return Err(Refusal::new("status-not-an-outcome").field("status")),
        }
        if self.status() == status {
            return Err(Refusal::new("status-unchanged").with("since", self.status_since()).field("status"));
        }
        self.set_status(status, h.valid_from);
        Ok(())
    }
}
