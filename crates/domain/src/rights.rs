//! What a participant is told about their data, what they ask, and what is answered (GDPR articles 12 to 22).
//!
//! These facts stand on the person's own history. Nothing of a trajectory follows from them: to ask, to object or to be
//! refused changes nothing about shelter or guidance, only who may use the file ([`Rights::restricted`]).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::{AskedBy, InformedHow, Outcome, RestrictionGround, Right},
    fact::{Body, Fact, Kind},
    ids::{Code, FactId, OrgId},
    refusal::Refusal,
    term::{self, Term},
};

/// A participant was told what happens with their data (articles 12 to 14).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InformationGiven {
    /// In which language: a code of the programme's list.
    pub language: Code,
    /// How.
    pub how: InformedHow,
    /// Which version of the text, as the organisation names it.
    pub text_version: String,
    /// Whether an interpreter helped.
    #[serde(default)]
    pub interpreter: bool,
}

/// A participant asked something about their data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightsRequested {
    /// Which right.
    pub right: Right,
    /// In their own words.
    pub text: String,
    /// Who asked.
    pub by: AskedBy,
}

/// It was answered, or will be later. The header names the request (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightsAnswered {
    /// What came of it.
    pub outcome: Outcome,
    /// Why; for erasure also which ground keeps the data.
    #[serde(default)]
    pub reason: String,
    /// Where they can complain or appeal; required with a refusal.
    #[serde(default)]
    pub remedy: Option<String>,
}

/// Use of the data is restricted, or no longer (article 18).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestrictionChanged {
    /// From now on restricted, or not.
    pub restricted: bool,
    /// On which ground of article 18(1).
    pub ground: RestrictionGround,
    /// In words, for who reads it later.
    #[serde(default)]
    pub note: String,
}

/// What follows from these facts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rights {
    /// When they were informed, and how.
    pub informed: Vec<Informed>,
    /// What they asked.
    pub requests: Vec<Request>,
    /// The restriction that was recorded, if it holds.
    pub restriction: Option<Restriction>,
}

/// A participant was informed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Informed {
    /// The fact.
    pub fact: FactId,
    /// When.
    pub on: Date,
    /// What; `None` once forgotten.
    pub detail: Option<InformationGiven>,
}

/// A request, with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The fact.
    pub fact: FactId,
    /// When it was received.
    pub on: Date,
    /// Who received it.
    pub org: OrgId,
    /// What was asked; `None` once forgotten.
    pub detail: Option<RightsRequested>,
    /// Since when they know that it takes two months more, and why.
    pub extended: Option<(Date, String)>,
    /// The final answer.
    pub answered: Option<Answered>,
}

/// The final answer to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The fact.
    pub fact: FactId,
    /// When.
    pub on: Date,
    /// What; `None` once forgotten.
    pub detail: Option<RightsAnswered>,
}

/// A restriction that holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restriction {
    /// The fact.
    pub fact: FactId,
    /// Since when.
    pub since: Date,
    /// On which ground; `None` once forgotten.
    pub ground: Option<RestrictionGround>,
}

impl Request {
    /// By when it has to be answered: one month after it was received, three when that was told with a reason
    /// (article 12(3)). A last day that is no working day moves on (Regulation 1182/71, article 3(4)).
    pub fn term(&self) -> Term {
        term::rights_answer(self.fact, self.on, self.extended.is_some()).on(Some(&self.org))
    }

    /// Whether it waits for an answer.
    pub fn is_open(&self) -> bool {
        self.answered.is_none()
    }

    /// Whether the data may not be used while it waits: an objection, or the request for restriction itself.
    fn holds_use(&self) -> bool {
        let right = self.detail.as_ref().map(|detail| detail.right);
        self.is_open() && matches!(right, Some(Right::Objection | Right::Restriction))
    }
}

impl Rights {
    /// Whether the data may not be used: a restriction holds, or an objection or a request for restriction waits for its
    /// answer (article 18(1)a and d).
    pub fn restricted(&self) -> bool {
        self.restriction.is_some() || self.requests.iter().any(Request::holds_use)
    }

    /// The requests that wait for an answer, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|request| request.is_open())
    }

    /// Takes a fact in.
    ///
    /// # Errors
    /// An answer without request, before it or after another answer; a restriction twice, or lifted where there is none.
    pub(crate) fn apply(&mut self, fact: &Fact) -> Result<(), Refusal> {
        let h = &fact.header;
        match (h.kind, &fact.body) {
            (Kind::InformationGiven, body) => {
                let detail = match body {
                    Some(Body::InformationGiven(body)) => Some(body.clone()),
                    _ => None,
                };
                self.informed.push(Informed { fact: h.id, on: h.valid_from, detail });
                Ok(())
            }
            (Kind::RightsRequested, body) => {
                let detail = match body {
                    Some(Body::RightsRequested(body)) => Some(body.clone()),
                    _ => None,
                };
                let (on, org) = (h.valid_from, h.org.clone());
                self.requests.push(Request { fact: h.id, on, org, detail, extended: None, answered: None });
                Ok(())
            }
            (Kind::RightsAnswered, body) => {
                let detail = match body {
                    Some(Body::RightsAnswered(body)) => Some(body.clone()),
                    _ => None,
                };
                self.answered(h.id, h.codes.about, h.valid_from, detail)
            }
            (Kind::RestrictionChanged, Some(Body::RestrictionChanged(body))) => {
                self.restriction_changed(h.id, h.valid_from, body)
            }
            // forgotten: there is nothing left to restrict
            (Kind::RestrictionChanged, _) => Ok(()),
            (kind, _) => Err(Refusal::new("wrong-stream").with("kind", kind)),
        }
    }

    fn answered(
        &mut self,
        fact: FactId,
        about: Option<FactId>,
        on: Date,
        detail: Option<RightsAnswered>,
    ) -> Result<(), Refusal> {
        let request = self.requests.iter_mut().find(|request| Some(request.fact) == about);
        let request = request.ok_or_else(|| Refusal::new("rights-no-request").field("about"))?;
        if let Some(answered) = &request.answered {
            return Err(Refusal::new("rights-already-answered").with("on", answered.on).field("about"));
        }
        match detail {
            Some(RightsAnswered { outcome: Outcome::Extended, reason, .. }) => {
                if let Some((since, _)) = &request.extended {
                    return Err(Refusal::new("rights-already-extended").with("on", since).field("outcome"));
                }
                request.extended = Some((on, reason));
            }
            detail => request.answered = Some(Answered { fact, on, detail }),
        }
        Ok(())
    }

    fn restriction_changed(&mut self, fact: FactId, on: Date, body: &RestrictionChanged) -> Result<(), Refusal> {
        match (&self.restriction, body.restricted) {
            (Some(now), true) => Err(Refusal::new("already-restricted").with("on", now.since).field("restricted")),
            (None, true) => {
                self.restriction = Some(Restriction { fact, since: on, ground: Some(body.ground) });
                Ok(())
            }
            (Some(_), false) => {
                self.restriction = None;
                Ok(())
            }
            (None, false) if self.restricted() => Err(Refusal::new("restriction-waits-for-answer").field("restricted")),
            (None, false) => Err(Refusal::new("not-restricted").field("restricted")),
        }
    }
}
