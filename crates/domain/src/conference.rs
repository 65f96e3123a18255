//! Decisions of the partners (LSO): perspective, scenario, commitments.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    agenda::End,
    codes::{Phase, Status},
    fact::Header,
    ids::{Code, FactId, OrgId, SittingId},
    programme::{Admission, Method, Step},
    refusal::Refusal,
    screening::Mandate,
    term,
    trajectory::Trajectory,
};

/// Someone at the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Present {
    /// For which organisation.
    pub org: OrgId,
    /// Who.
    pub name: String,
}

/// What a partner takes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Which partner.
    pub org: OrgId,
    /// What; empty when it takes on nothing.
    pub text: String,
    /// By when.
    #[serde(default)]
    pub due: Option<Date>,
    /// That it takes on nothing, said in so many words.
    #[serde(default)]
    pub nothing: bool,
}

/// A way that was considered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Considered {
    /// Which way.
    pub text: String,
    /// Why it was chosen or not.
    pub reason: String,
    /// Whether it was chosen.
    #[serde(default)]
    pub chosen: bool,
}

/// A partner that went along and sees it otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dissent {
    /// Which partner.
    pub org: OrgId,
    /// Why.
    pub reason: String,
}

/// A decision by agreement; the scenario stands in the header (`under-investigation` is a value).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Perspective: the realistic end goal; programme code.
    pub perspective: Code,
    /// Why.
    pub reason: String,
    /// Who was there.
    #[serde(default)]
    pub present: Vec<Present>,
    /// What each partner does.
    #[serde(default)]
    pub commitments: Vec<Commitment>,
    /// In mandate: required with a decision that admits (since version 2).
    #[serde(default)]
    pub mandate: Option<Mandate>,
    /// At which sitting; none outside one (since version 3).
    #[serde(default)]
    pub sitting: Option<SittingId>,
    /// Ways that were considered (since version 3).
    #[serde(default)]
    pub options: Vec<Considered>,
    /// Partners that went along and see it otherwise (since version 3).
    #[serde(default)]
    pub dissent: Vec<Dissent>,
    /// Who allowed an exception, when this admits someone who does not meet the grounds (since version 3).
    #[serde(default)]
    pub exception_by: Option<Code>,
}

/// A decision in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// Scenario; programme code.
    pub scenario: Code,
    /// Day of the next review, if one was set.
    pub until: Option<Date>,
    /// Perspective, reason, who was there; gone when forgotten.
    pub detail: Option<Decided>,
}

impl Trajectory {
    pub(crate) fn decided(&mut self, h: &Header, body: Option<&Decided>, method: &Method) -> Result<(), Refusal> {
        self.takes_part()?;
        let on = h.valid_from;
        // a review before the decision would never show as a term
        if h.codes.until.is_some_and(|until| until < on) {
            return Err(Refusal::new("due-before-start").with("on", on).field("until"));
        }
        let due = body.iter().flat_map(|body| &body.commitments).filter_map(|commitment| commitment.due);
        if due.into_iter().any(|due| due < on) {
            return Err(Refusal::new("due-before-start").with("on", on).field("commitments"));
        }
        let scenario = h.codes.scenario.clone().ok_or_else(|| Refusal::new("scenario-missing").field("scenario"))?;
        if self.decisions.is_empty() {
            self.ready_for_decision(on, method)?;
        }
        match h.codes.status {
            None => {}
            Some(Status::Admitted) if method.admission == Admission::Conference => {
                self.set_status(Status::Admitted, on);
            }
            Some(_) => return Err(Refusal::new("conference-does-not-admit").field("status")),
        }
        self.dealt_with(body.and_then(|body| body.sitting), h, End::Decided)?;
        // agreed after all: no other body is waited for
        self.settle(on);
        self.enter(Phase::Guidance, on);
        self.decisions.push(Decision { fact: h.id, on, scenario, until: h.codes.until, detail: body.cloned() });
        Ok(())
    }

    /// Intake, dossier and rest period come first, unless the method lets one be skipped.
    fn ready_for_decision(&self, on: Date, method: &Method) -> Result<(), Refusal> {
        let may_skip = |step| method.may_skip.contains(&step);
        if self.intake.is_none() && !may_skip(Step::Intake) {
            return Err(Refusal::new("intake-first"));
        }
        match &self.rest {
            None if method.deliver.is_empty() || may_skip(Step::Dossier) => Ok(()),
            None => Err(Refusal::new("dossier-not-complete")),
            Some(_) if may_skip(Step::RestPeriod) => Ok(()),
            Some(rest) => match rest.stands_still() {
                Some(since) if since <= on => {
                    Err(Refusal::new("rest-period-stands-still").with("since", since).field("valid_from"))
                }
                _ if on <= rest.end => Err(Refusal::new("rest-period-runs")
                    .with("end", rest.end)
                    .possible(term::after(rest.end))
                    .field("valid_from")),
                _ => Ok(()),
            },
        }
    }
}
