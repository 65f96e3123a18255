//! No agreement: a case goes to another body with one central question, and comes back with advice or a decision
//! (LSO → MRT → LSO → stuurgroep → programmaraad → bestuurlijk overleg; domain study 1.2).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    agenda::End,
    codes::{Answered, Board},
    fact::Header,
    ids::{FactId, OrgId, SittingId},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// Where a partner stands when there is no agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Which partner.
    pub org: OrgId,
    /// What it holds, and why.
    pub text: String,
}

/// A case is sent on; the owner of the step (`partner`) and the last day for the answer (`until`) stand in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalated {
    /// At which sitting there was no agreement.
    #[serde(default)]
    pub sitting: Option<SittingId>,
    /// From which body.
    pub from: Board,
    /// To which body.
    pub to: Board,
    /// The one central question.
    pub question: String,
    /// Where each partner stands.
    #[serde(default)]
    pub positions: Vec<Position>,
}

/// What came back; the fact that sent it stands in the header (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advised {
    /// At which sitting of that body.
    #[serde(default)]
    pub sitting: Option<SittingId>,
    /// From which body.
    pub from: Board,
    /// Advice, a decision, or nothing.
    pub answer: Answered,
    /// In which words.
    pub text: String,
}

/// A case with another body, in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// Last day for the answer, where a term is agreed.
    pub due: Option<Date>,
    /// Who has to act.
    pub owner: Option<OrgId>,
    /// Whereto, with what; gone when forgotten.
    pub detail: Option<Escalated>,
    /// What came back, when, by which fact; the words are gone when forgotten.
    pub answer: Option<(Date, FactId, Option<Advised>)>,
    /// Day from which it is no longer waited for: answered, sent further, or agreed after all.
    pub ended: Option<Date>,
}

impl Trajectory {
    /// The case as it is with another body now.
    pub fn escalation(&self) -> Option<&Escalation> {
        self.escalations.iter().find(|escalation| escalation.ended.is_none())
    }

    /// Advice that came back after the last decision: the partners have it before them.
    pub fn advice(&self) -> Option<&Escalation> {
        let answered = self.escalations.iter().rfind(|one| one.answer.is_some())?;
        let on = answered.answer.as_ref()?.0;
        let settled = self.decisions.last().is_some_and(|decision| decision.on >= on);
        (!settled && self.escalation().is_none()).then_some(answered)
    }

    pub(crate) fn escalated(&mut self, h: &Header, body: Option<&Escalated>) -> Result<(), Refusal> {
        self.still_open()?;
        let on = h.valid_from;
        if h.codes.until.is_some_and(|until| until < on) {
            return Err(Refusal::new("due-before-start").with("on", on).field("until"));
        }
        if let Some(body) = body {
            let open = self.escalation().and_then(|open| open.detail.as_ref());
            // only the body that has the case can send it further
            if let Some(open) = open.filter(|open| open.to != body.from) {
                return Err(Refusal::new("escalation-open").with("board", open.to).field("to"));
            }
        }
        self.dealt_with(body.and_then(|body| body.sitting), h, End::Escalated)?;
        self.settle(on);
        let (due, owner) = (h.codes.until, h.codes.partner.clone());
        let detail = body.cloned();
        self.escalations.push(Escalation { fact: h.id, on, due, owner, detail, answer: None, ended: None });
        Ok(())
    }

    pub(crate) fn advised(&mut self, h: &Header, body: Option<&Advised>) -> Result<(), Refusal> {
        self.still_open()?;
        let open = self.escalations.iter().position(|one| Some(one.fact) == h.codes.about && one.ended.is_none());
        let open = open.ok_or_else(|| Refusal::new("escalation-not-open"))?;
        let to = self.escalations[open].detail.as_ref().map(|detail| detail.to);
        if let (Some(to), Some(body)) = (to, body)
            && to != body.from
        {
            return Err(Refusal::new("escalation-other-board").with("board", to).field("from"));
        }
        self.dealt_with(body.and_then(|body| body.sitting), h, End::Advised)?;
        let one = &mut self.escalations[open];
        one.answer = Some((h.valid_from, h.id, body.cloned()));
        one.ended = Some(h.valid_from);
        Ok(())
    }

    /// Nothing is waited for any more: it was sent further, agreed on after all, or the trajectory ended.
    pub(crate) fn settle(&mut self, on: Date) {
        self.escalations.iter_mut().filter(|one| one.ended.is_none()).for_each(|one| one.ended = Some(on));
    }
}
