//! What a sitting does with a case: decided, discussed, sent on, answered. Recorded as facts of the case, within the rules of
//! the table.

use access::Principal;
use domain::{
    agenda::CaseDiscussed,
    codes::Discussed,
    conference::{Decided, Present},
    escalation::{Advised, Escalated},
    fact::{Body, Codes},
    ids::{CommandId, SittingId, TrajectoryId},
    refusal::Refusal,
    sitting::{Act, Sitting, Slot, Stage},
    trajectory::Draft,
};
use jiff::civil::Date;

use super::{agenda::part_of, chairs};
use crate::{Desk, Done, Failure, Order, Target};

/// What came of a case.
#[derive(Debug, Clone, PartialEq)]
pub enum Deal {
    /// Agreed: the decision, with its codes.
    Decided(Box<Decided>, Codes),
    /// Not decided.
    Discussed {
        /// What came of it.
        outcome: Discussed,
        /// Why.
        reason: String,
        /// When it comes back.
        until: Option<Date>,
    },
    /// Not agreed: sent on, with its codes (owner and last day).
    Escalated(Escalated, Codes),
    /// This body answers a question that was sent to it.
    Advised(Advised),
}

impl Desk {
    /// Records what came of a case at a sitting that is going on. Decisions and answers need a quorum.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who is not in the chair; a refusal when the sitting is not open, the case not on its agenda, or
    /// the quorum is lost (with who is missing); and as [`Desk::execute`].
    pub async fn deal(
        &self,
        who: &Principal,
        command: CommandId,
        (id, case): (SittingId, TrajectoryId),
        expected: Option<u32>,
        deal: Deal,
    ) -> Result<Done, Failure> {
        let state = self.sitting(who, id).await?;
        let conference = self.inner.conference(state.board, &state.site)?;
        if !chairs(who, conference, &state.site) {
            return Err(Failure::Denied);
        }
        if state.stage != Stage::Open {
            return Err(Refusal::new("sitting-stage").with("stage", state.stage.code()).into());
        }
        let decides = matches!(deal, Deal::Decided(..) | Deal::Advised(_));
        let quorum = self.quorum(&state, Some(case)).await?;
        if decides && !quorum.holds() {
            let (there, needed) = (quorum.present.len(), quorum.needed);
            return Err(Refusal::new("quorum-lost").with("there", there).with("needed", needed).into());
        }
        let placed = self.placed(who, id, case).await?;
        let draft = self.drafted(who, &state, case, placed, deal).await?;
        let order = Order { command, expected, target: Target::Trajectory(case), drafts: vec![draft] };
        let done = self.execute(who, order).await?;
        // it was on the table: when nobody said so, it came there now
        if state.began.last().map(|(last, _)| *last) != Some(case) {
            if !state.slots.iter().any(|slot| slot.case == case) {
                let mut slots = state.slots.clone();
                slots.push(Slot { case, minutes: conference.case_minutes });
                self.act_on_sitting(who, part_of(command, 2), id, None, Act::Ordered { slots }).await?;
            }
            self.act_on_sitting(who, part_of(command, 1), id, None, Act::Began { case }).await?;
        }
        Ok(done)
    }

    async fn drafted(
        &self,
        who: &Principal,
        state: &Sitting,
        case: TrajectoryId,
        placed: domain::ids::FactId,
        deal: Deal,
    ) -> Result<Draft, Failure> {
        let (on, sitting) = (state.on, state.id);
        let draft = |body: Body, codes: Codes| Draft::new(body, on).codes(codes);
        Ok(match deal {
            Deal::Decided(mut body, codes) => {
                body.sitting = Some(sitting);
                // who was there stands in the attendance; whoever keeps out of the case was not
                let seats = state.seats().iter().filter(|seat| !state.keeps_out(case, seat));
                body.present = seats.map(|seat| Present { org: seat.org.clone(), name: seat.name.clone() }).collect();
                draft((*body).into(), codes)
            }
            Deal::Discussed { outcome, reason, until } => {
                let codes = Codes { about: Some(placed), until, ..Codes::default() };
                draft(CaseDiscussed { sitting, outcome, reason }.into(), codes)
            }
            Deal::Escalated(body, codes) => {
                let body = Escalated { sitting: Some(sitting), from: state.board, ..body };
                draft(body.into(), codes)
            }
            Deal::Advised(body) => {
                let (_, seen) = self.pack_case(who, sitting, case).await?;
                let open = seen.file.trajectory.escalation().map(|open| open.fact);
                let about = open.ok_or_else(|| Refusal::new("escalation-not-open"))?;
                let body = Advised { sitting: Some(sitting), from: state.board, ..body };
                draft(body.into(), Codes { about: Some(about), ..Codes::default() })
            }
        })
    }
}
