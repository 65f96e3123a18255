//! Cooperation review (*toets op medewerking*): dated, reasoned, by two people.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::Phase,
    fact::Header,
    ids::{Code, FactId},
    programme::{Method, Step},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// The outcome of a review; yes or no stands in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CooperationReviewed {
    /// Why.
    pub reason: String,
    /// Exactly two assessors.
    #[serde(default)]
    pub assessors: Vec<String>,
    /// Consequence; programme code.
    pub consequence: Code,
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
    /// Reason, assessors, consequence; gone when forgotten.
    pub detail: Option<CooperationReviewed>,
}

impl Trajectory {
    pub(crate) fn cooperation_reviewed(
        &mut self,
        h: &Header,
        body: Option<&CooperationReviewed>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.takes_part()?;
        let cooperates = h.codes.cooperates.ok_or_else(|| Refusal::new("cooperation-missing").field("cooperates"))?;
        if self.phase_on(h.valid_from) != Phase::Guidance && !method.may_skip.contains(&Step::Decision) {
            return Err(Refusal::new("decision-first"));
        }
        self.reviews.push(Review { fact: h.id, on: h.valid_from, cooperates, detail: body.cloned() });
        Ok(())
    }
}
