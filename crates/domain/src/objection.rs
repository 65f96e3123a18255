//! Objection (*bezwaar*) against a decision: a refusal, or a step that follows from a review.
//!
//! Six weeks from the day after the decision (Awb 6:7 and 6:8); a decision on it within six weeks from the day after that
//! term (Awb 7:10, first paragraph), which may be put off by six weeks at most, once and before it has run out (third paragraph).
//! One that comes late is recorded all the same: whether that is excused (Awb 6:11) is for
//! the decision on it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{self, Calendar, Length},
    codes::{AskedBy, ObjectionOutcome, Status},
    fact::Header,
    ids::{FactId, OrgId},
    refusal::Refusal,
    term::{Extension, OBJECTION_WEEKS, Rule, Term},
    trajectory::Trajectory,
};

/// Six weeks, to object and to decide on it.
const SIX_WEEKS: Length = Length::Weeks(OBJECTION_WEEKS);

/// An objection was made; the decision it is against stands in the header (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectionMade {
    /// By the participant, or on their behalf.
    pub by: AskedBy,
    /// What is objected.
    pub grounds: String,
}

/// It was decided on; the objection stands in the header (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecided {
    /// How.
    pub outcome: ObjectionOutcome,
    /// Why.
    pub reason: String,
}

/// An objection in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Objection {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// The decision it is against.
    pub against: FactId,
    /// Day of that decision.
    pub decided_on: Date,
    /// What is objected; gone when forgotten.
    pub detail: Option<ObjectionMade>,
    /// By what the decision on it was put off.
    #[serde(default)]
    pub postponed: Option<Extension>,
    /// The fact and day of the decision on it.
    pub closed: Option<(FactId, Date)>,
    /// How and why; gone when forgotten.
    pub answer: Option<ObjectionDecided>,
}

impl Objection {
    /// The last day on which it could be made.
    pub fn last_day(&self) -> Date {
        let plain = SIX_WEEKS.from(self.decided_on);
        calendar::end(Calendar::Act, self.decided_on, plain, SIX_WEEKS).0
    }

    /// From when the term for the decision on it counts: made late, the term to make it has run out already, and it counts from
    /// the day it came.
    fn decide_from(&self) -> Date {
        self.last_day().max(self.on)
    }

    /// The term for the decision on it.
    fn decision(&self) -> Term {
        let (start, off) = (self.decide_from(), self.postponed.iter().cloned().collect());
        Term::extended(Rule::ObjectionDecision, self.fact, start, SIX_WEEKS, Calendar::Act, off)
    }

    /// Puts the decision on it off.
    fn postpone(&mut self, h: &Header, reason: &str) -> Result<(), Refusal> {
        if let Some(off) = &self.postponed {
            return Err(Refusal::new("objection-postponed-twice").with("on", off.on).field("outcome"));
        }
        let term = self.decision();
        if h.valid_from > term.end {
            return Err(Refusal::new("objection-postponed-late").with("last", term.end).field("outcome"));
        }
        let (on, days, ground) = (h.valid_from, 7 * OBJECTION_WEEKS, Some(reason.to_owned()));
        self.postponed = Some(Extension { fact: h.id, on, until: SIX_WEEKS.from(term.plain), days, ground, by: None });
        Ok(())
    }

    /// Whether it came after that.
    pub fn is_late(&self) -> bool {
        self.on > self.last_day()
    }
}

impl Trajectory {
    /// Decisions that an objection can be against, with their day.
    pub fn open_to_objection(&self) -> Vec<(FactId, Date)> {
        let refused = self.screenings.iter().filter(|one| one.status == Status::Refused && one.annulled.is_none());
        let refused = refused.map(|screening| (screening.fact, screening.on));
        refused.chain(self.measures.iter().map(|taken| (taken.fact, taken.on))).collect()
    }

    /// Whether an objection is against a refusal.
    pub fn is_against_refusal(&self, objection: FactId) -> bool {
        let found = self.objections.iter().find(|one| one.fact == self.current(objection));
        let against = found.map(|one| one.against);
        self.screenings.iter().any(|one| Some(one.fact) == against && one.status == Status::Refused)
    }

    pub(crate) fn objection_made(&mut self, h: &Header, body: Option<&ObjectionMade>) -> Result<(), Refusal> {
        let found = self.open_to_objection().into_iter().find(|(fact, _)| Some(*fact) == h.codes.about);
        let (against, decided_on) = found.ok_or_else(|| Refusal::new("nothing-to-object").field("about"))?;
        if let Some(open) = self.objections.iter().find(|one| one.against == against && one.closed.is_none()) {
            return Err(Refusal::new("objection-open").with("on", open.on).field("about"));
        }
        let (fact, on, detail) = (h.id, h.valid_from, body.cloned());
        self.objections.push(Objection {
            fact,
            on,
            against,
            decided_on,
            detail,
            postponed: None,
            closed: None,
            answer: None,
        });
        Ok(())
    }

    pub(crate) fn objection_decided(&mut self, h: &Header, body: Option<&ObjectionDecided>) -> Result<(), Refusal> {
        let found = self.objections.iter_mut().find(|one| Some(one.fact) == h.codes.about);
        // of a forgotten person it is not known which of two was the decision: the last one is
        let forgotten = |one: &Objection| one.answer.is_none() && body.is_none();
        let objection = found.filter(|one| one.closed.is_none() || forgotten(one));
        let objection = objection.ok_or_else(|| Refusal::new("objection-not-open").field("about"))?;
        if let Some(body) = body.filter(|body| body.outcome == ObjectionOutcome::Postponed) {
            return objection.postpone(h, &body.reason);
        }
        (objection.closed, objection.answer) = (Some((h.id, h.valid_from)), body.cloned());
        let against = objection.against;
        let upheld = body.is_some_and(|body| body.outcome == ObjectionOutcome::Upheld);
        // that who was refused is to be screened again stands in the clear: it still follows when the words are gone
        let reopens = match h.codes.status {
            None => false,
            Some(Status::Registered) if upheld || body.is_none() => true,
            Some(_) => return Err(Refusal::new("status-not-an-outcome").field("outcome")),
        };
        if upheld || reopens {
            self.refusal_annulled(against, h.valid_from, reopens);
        }
        // what is annulled is not a step any more; a later step on the ladder needs it anew
        if upheld {
            let annulled = self.measures.iter_mut().filter(|taken| taken.fact == against);
            annulled.for_each(|taken| taken.annulled = Some(h.valid_from));
        }
        Ok(())
    }
}

/// The terms of objections: to make one against a step with a remedy, and to decide on those that were made.
pub(crate) fn terms(t: &Trajectory, lead: &OrgId) -> Vec<Term> {
    let with_remedy = t.measures.iter().filter(|taken| taken.annulled.is_none()).filter(|taken| {
        let objected = t.objections.iter().any(|one| one.against == taken.fact);
        !objected && taken.detail.as_ref().is_some_and(|detail| detail.remedy.is_some())
    });
    let to_make = with_remedy.map(|taken| {
        let term = Term::fixed(Rule::Objection, taken.fact, taken.on, SIX_WEEKS, Calendar::Act);
        Term { until: Some(term.end), ..term }
    });
    let open = t.objections.iter().filter(|one| one.closed.is_none());
    let to_decide = open.map(|one| one.decision().on(Some(lead)));
    to_make.chain(to_decide).collect()
}
