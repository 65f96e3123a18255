//! What follows from a review (*gevolg*): a ladder of steps, each of which needs the one before.
//!
//! Which steps there are, and in what order, is the method's. A step belongs to a negative review; a positive review
//! begins the ladder anew.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::Measure,
    cooperation::Hearing,
    fact::Header,
    ids::{Code, FactId},
    programme::Method,
    refusal::Refusal,
    screening::Mandate,
    term,
    trajectory::Trajectory,
};

/// A step was taken; the review it follows from stands in the header (`about`), the last day of a term too (`until`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureTaken {
    /// Which step.
    pub measure: Measure,
    /// Why, and what was said or agreed.
    pub reason: String,
    /// How the participant was heard; required with a hearing.
    #[serde(default)]
    pub heard: Option<Hearing>,
    /// In whose mandate; required when shelter ends.
    #[serde(default)]
    pub mandate: Option<Mandate>,
    /// Legal remedy; programme code. Required when shelter ends.
    #[serde(default)]
    pub remedy: Option<Code>,
}

/// A step in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// The review it follows from.
    pub review: FactId,
    /// Last day of the term it sets.
    pub until: Option<Date>,
    /// Day on which an objection against it was upheld: then it no longer counts.
    pub annulled: Option<Date>,
    /// Which step, why, how heard; gone when forgotten.
    pub detail: Option<MeasureTaken>,
}

impl Taken {
    /// Whether it is this step, and still counts.
    fn counts_as(&self, measure: Measure) -> bool {
        self.annulled.is_none() && self.detail.as_ref().is_none_or(|detail| detail.measure == measure)
    }
}

impl Trajectory {
    /// The steps since the last positive review: only these count for the next.
    pub fn ladder(&self) -> impl Iterator<Item = &Taken> {
        let positive = self.reviews.iter().rposition(|review| review.cooperates);
        let since: Vec<FactId> =
            self.reviews.iter().skip(positive.map_or(0, |at| at + 1)).map(|review| review.fact).collect();
        self.measures.iter().filter(move |taken| since.contains(&taken.review))
    }

    /// The step of the ladder that could be taken next, and those before it that may be repeated.
    pub fn next_measures(&self, method: &Method) -> Vec<Measure> {
        let done = |measure: Measure| self.ladder().any(|taken| taken.counts_as(measure));
        let next = method.ladder.iter().position(|measure| !done(*measure)).unwrap_or(method.ladder.len());
        method.ladder.iter().copied().take(next + 1).collect()
    }

    pub(crate) fn measure_taken(
        &mut self,
        h: &Header,
        body: Option<&MeasureTaken>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.takes_part()?;
        let review = self.reviews.last().ok_or_else(|| Refusal::new("review-first"))?;
        if review.cooperates {
            return Err(Refusal::new("review-positive").with("on", review.on));
        }
        let review = review.fact;
        if h.codes.about.is_some_and(|about| about != review) {
            return Err(Refusal::new("review-not-last"));
        }
        if let Some(until) = h.codes.until.filter(|until| *until <= h.valid_from) {
            return Err(Refusal::new("term-before-start").with("on", until).field("until"));
        }
        if let Some(body) = body {
            self.fits(h, body, method)?;
        }
        let (on, until) = (h.valid_from, h.codes.until);
        self.measures.push(Taken { fact: h.id, on, review, until, annulled: None, detail: body.cloned() });
        Ok(())
    }

    /// The rules of one step: the one before it was taken, and what it must hold is there.
    fn fits(&self, h: &Header, body: &MeasureTaken, method: &Method) -> Result<(), Refusal> {
        let place = method.ladder.iter().position(|measure| *measure == body.measure);
        let place =
            place.ok_or_else(|| Refusal::new("not-on-ladder").with("measure", body.measure).field("measure"))?;
        let before = method.ladder[..place].iter().find(|one| !self.ladder().any(|taken| taken.counts_as(**one)));
        if let Some(missing) = before {
            return Err(Refusal::new("measure-first").with("measure", missing).field("measure"));
        }
        if body.heard.as_ref().is_some_and(|heard| heard.on > h.valid_from) {
            return Err(Refusal::new("heard-after-review").with("on", h.valid_from).field("heard_on"));
        }
        match body.measure {
            Measure::Hearing if body.heard.is_none() => Err(Refusal::new("hearing-missing").field("heard_on")),
            Measure::Term if h.codes.until.is_none() => Err(Refusal::new("term-missing").field("until")),
            Measure::ShelterEnds => self.shelter_may_end(h, body),
            _ => Ok(()),
        }
    }

    fn shelter_may_end(&self, h: &Header, body: &MeasureTaken) -> Result<(), Refusal> {
        self.not_held(h.valid_from)?;
        let until = self.ladder().filter(|taken| taken.annulled.is_none()).filter_map(|taken| taken.until).max();
        if let Some(until) = until.filter(|until| h.valid_from <= *until) {
            return Err(Refusal::new("term-still-runs")
                .with("until", until)
                .possible(term::after(until))
                .field("valid_from"));
        }
        if body.mandate.is_none() {
            return Err(Refusal::new("measure-mandate-missing").field("mandate_by"));
        }
        if body.remedy.is_none() { Err(Refusal::new("remedy-missing").field("remedy")) } else { Ok(()) }
    }
}
