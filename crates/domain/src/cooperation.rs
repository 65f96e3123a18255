//! Cooperation review (*toets op medewerking*): dated, reasoned, by two people who do not see each other's judgement
//! before both are in.
//!
//! A review never says what someone is like: it says what was agreed, what was seen and what follows, on one day. Each
//! assessor records an assessment of their own ([`CooperationAssessed`]); the review itself ([`CooperationReviewed`]) comes
//! when all are in, settles where they differ, and counts from its own day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::{Answer, Phase},
    fact::Header,
    ids::{Code, FactId, UserId},
    programme::{Method, Step},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// One criterion of the method's rubric, answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// Criterion; programme code.
    pub criterion: Code,
    /// Yes, no or not applicable.
    pub answer: Answer,
    /// Why; required with a no.
    #[serde(default)]
    pub text: String,
}

/// What one assessor finds; who that is stands in the header. The second names the first in the header (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CooperationAssessed {
    /// The rubric of the method, criterion by criterion.
    #[serde(default)]
    pub criteria: Vec<Judged>,
    /// What this assessor concludes.
    pub cooperates: bool,
    /// Why.
    pub reason: String,
    /// Contacts and actions it rests on.
    #[serde(default)]
    pub evidence: Vec<FactId>,
}

/// The participant was heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hearing {
    /// When.
    pub on: Date,
    /// In which language; programme code.
    pub language: Code,
    /// Language of the interpreter, if one helped; programme code.
    #[serde(default)]
    pub interpreter: Option<Code>,
    /// What the participant said.
    pub said: String,
}

/// The outcome of a review; yes or no stands in the header, and so does the first of its assessments (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CooperationReviewed {
    /// Why.
    pub reason: String,
    /// Names of the assessors, where the method has no rubric to assess by.
    #[serde(default)]
    pub assessors: Vec<String>,
    /// What is meant to follow; programme code. What did follow are facts of their own.
    pub consequence: Code,
    /// How the participant was heard.
    #[serde(default)]
    pub heard: Option<Hearing>,
    /// Why not, when not heard.
    #[serde(default)]
    pub not_heard: Option<String>,
    /// How it was settled, when the assessors differed.
    #[serde(default)]
    pub settled: Option<String>,
}

/// A review in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// Outcome.
    pub cooperates: bool,
    /// The round of assessments it concludes, by its first.
    #[serde(default)]
    pub round: Option<FactId>,
    /// Reason, assessors, consequence; gone when forgotten.
    pub detail: Option<CooperationReviewed>,
}

/// One assessment in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// Who assessed.
    pub by: UserId,
    /// What they found; gone when forgotten, and not shown to others before all are in.
    pub detail: Option<CooperationAssessed>,
}

/// The assessments of one review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// In the order they hold from.
    pub assessments: Vec<Assessment>,
    /// How many there must be.
    pub needed: u8,
    /// The review that concludes it.
    pub reviewed: Option<FactId>,
}

impl Round {
    /// The first assessment: what the round is known by.
    pub fn first(&self) -> Option<FactId> {
        self.assessments.first().map(|one| one.fact)
    }

    /// Whether all assessments are in.
    pub fn is_complete(&self) -> bool {
        self.assessments.len() >= usize::from(self.needed)
    }

    /// Whether the assessors came to the same conclusion; not known of the forgotten.
    pub fn agrees(&self) -> Option<bool> {
        let mut found = self.assessments.iter().map(|one| one.detail.as_ref().map(|detail| detail.cooperates));
        let first = found.next()??;
        let rest: Option<Vec<bool>> = found.collect();
        Some(rest?.iter().all(|other| *other == first))
    }

    /// What they conclude, where they agree.
    pub fn conclusion(&self) -> Option<bool> {
        let first = self.assessments.first()?.detail.as_ref()?.cooperates;
        self.agrees()?.then_some(first)
    }
}

impl Trajectory {
    /// The assessments that wait for a review, if there are any.
    pub fn open_round(&self) -> Option<&Round> {
        self.rounds.iter().find(|round| round.reviewed.is_none())
    }

    /// The round of an assessment.
    pub fn round_of(&self, fact: FactId) -> Option<&Round> {
        self.rounds.iter().find(|round| round.assessments.iter().any(|one| one.fact == fact))
    }

    /// Reviews are for who is being guided.
    fn under_guidance(&self, on: Date, method: &Method) -> Result<(), Refusal> {
        self.takes_part()?;
        if self.phase_on(on) != Phase::Guidance && !method.may_skip.contains(&Step::Decision) {
            return Err(Refusal::new("decision-first"));
        }
        Ok(())
    }

    pub(crate) fn cooperation_assessed(
        &mut self,
        h: &Header,
        body: Option<&CooperationAssessed>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.under_guidance(h.valid_from, method)?;
        if method.criteria.is_empty() {
            return Err(Refusal::new("no-rubric"));
        }
        let mut detail = body.cloned();
        if let Some(detail) = &mut detail {
            self.rests_on(detail)?;
        }
        let one = Assessment { fact: h.id, on: h.valid_from, by: h.actor, detail };
        let open = self.rounds.iter_mut().find(|round| round.reviewed.is_none());
        match (open, h.codes.about) {
            (None, None) => {
                self.rounds.push(Round { assessments: vec![one], needed: method.assessors, reviewed: None });
                Ok(())
            }
            (Some(round), about) if about.is_none() || round.first() == about => {
                if round.is_complete() {
                    return Err(Refusal::new("assessments-complete"));
                }
                if round.assessments.iter().any(|other| other.by == h.actor) {
                    return Err(Refusal::new("same-assessor"));
                }
                // two who begin at the same time would each open a round: the second must know that there is a first
                if about.is_none() {
                    return Err(Refusal::new("assessment-open"));
                }
                round.assessments.push(one);
                Ok(())
            }
            _ => Err(Refusal::new("assessment-unknown")),
        }
    }

    /// An assessment rests on what happened before it: contacts and actions of this trajectory.
    fn rests_on(&self, detail: &mut CooperationAssessed) -> Result<(), Refusal> {
        for fact in &mut detail.evidence {
            *fact = self.current(*fact);
            let contact = self.contacts.iter().any(|contact| contact.fact == *fact);
            if !contact && !self.actions.iter().any(|action| action.fact == *fact) {
                return Err(Refusal::new("evidence-unknown").field("evidence"));
            }
        }
        Ok(())
    }

    pub(crate) fn cooperation_reviewed(
        &mut self,
        h: &Header,
        body: Option<&CooperationReviewed>,
        method: &Method,
    ) -> Result<(), Refusal> {
        let cooperates = h.codes.cooperates.ok_or_else(|| Refusal::new("cooperation-missing").field("cooperates"))?;
        self.under_guidance(h.valid_from, method)?;
        if let Some(heard) = body.and_then(|body| body.heard.as_ref()).filter(|heard| heard.on > h.valid_from) {
            return Err(Refusal::new("heard-after-review").with("on", heard.on).field("heard_on"));
        }
        // the first version knew no rounds: two names said that two people had looked
        let round = if h.version > 1 && !method.criteria.is_empty() { Some(self.conclude(h, body)?) } else { None };
        self.reviews.push(Review { fact: h.id, on: h.valid_from, cooperates, round, detail: body.cloned() });
        Ok(())
    }

    /// A review counts only when every assessment is in.
    fn conclude(&mut self, h: &Header, body: Option<&CooperationReviewed>) -> Result<FactId, Refusal> {
        let round = self.rounds.iter_mut().find(|round| round.reviewed.is_none());
        let round = round.ok_or_else(|| Refusal::new("assessments-first"))?;
        let first = round.first().ok_or_else(|| Refusal::new("assessments-first"))?;
        if !round.is_complete() {
            let missing = usize::from(round.needed).saturating_sub(round.assessments.len());
            return Err(Refusal::new("assessments-missing").with("missing", missing));
        }
        if h.codes.about.is_some_and(|about| about != first) {
            return Err(Refusal::new("assessment-unknown"));
        }
        let settled = body.is_none_or(|body| body.settled.as_deref().is_some_and(|text| !text.trim().is_empty()));
        if round.agrees() == Some(false) && !settled {
            return Err(Refusal::new("assessors-differ").field("settled"));
        }
        if round.conclusion().is_some_and(|both| Some(both) != h.codes.cooperates) {
            return Err(Refusal::new("review-against-both").field("cooperates"));
        }
        round.reviewed = Some(h.id);
        Ok(first)
    }
}
