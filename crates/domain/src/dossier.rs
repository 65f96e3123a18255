//! The dossier: IND and DT&V each deliver their part.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::Phase,
    fact::Header,
    ids::{Code, FactId, OrgId},
    programme::{Method, Step},
    refusal::Refusal,
    term,
    trajectory::Trajectory,
};

/// A partner was asked for its part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierRequested {
    /// Items asked for; programme codes.
    #[serde(default)]
    pub items: Vec<Code>,
    /// Remark.
    pub note: String,
}

/// A partner delivered or supplemented its part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierDelivered {
    /// Items delivered; programme codes.
    #[serde(default)]
    pub items: Vec<Code>,
    /// Remark.
    pub note: String,
}

/// The part is complete from this day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierCompleted {
    /// Remark.
    pub note: String,
}

/// The part is not complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierIncomplete {
    /// Items missing; programme codes.
    #[serde(default)]
    pub missing: Vec<Code>,
    /// Remark.
    pub note: String,
}

/// One partner's part of the dossier in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Who delivers.
    pub partner: OrgId,
    /// Day of the (first) request.
    pub requested: Date,
    /// Items asked for.
    #[serde(default)]
    pub asked: Vec<Code>,
    /// Days of delivery and supplement.
    pub delivered: Vec<Date>,
    /// The last request, delivery or check: what its term runs from.
    #[serde(default)]
    pub turn: Option<FactId>,
    /// Items delivered.
    pub items: Vec<Code>,
    /// Items found missing at the last check.
    pub missing: Vec<Code>,
    /// Day of the last check that found something missing, when nothing was delivered since.
    pub lacking: Option<Date>,
    /// Day from which the part is complete.
    pub complete: Option<Date>,
}

impl Delivery {
    /// Items asked for or found missing that have not come.
    pub fn outstanding(&self) -> Vec<&Code> {
        let mut out: Vec<&Code> = self.asked.iter().filter(|item| !self.items.contains(item)).collect();
        out.extend(self.missing.iter().filter(|item| !self.asked.contains(item) || self.items.contains(item)));
        if self.complete.is_some() { vec![] } else { out }
    }
}

impl Trajectory {
    fn partner_of(h: &Header, method: &Method) -> Result<OrgId, Refusal> {
        let partner = h.codes.partner.clone().ok_or_else(|| Refusal::new("partner-missing").field("partner"))?;
        if method.deliver.contains(&partner) {
            Ok(partner)
        } else {
            Err(Refusal::new("partner-delivers-nothing").with("partner", &partner).field("partner"))
        }
    }

    fn delivery(&mut self, h: &Header) -> Result<&mut Delivery, Refusal> {
        let partner = h.codes.partner.as_ref().ok_or_else(|| Refusal::new("partner-missing").field("partner"))?;
        let found = self.deliveries.iter_mut().find(|delivery| delivery.partner == *partner);
        found.ok_or_else(|| Refusal::new("dossier-not-requested").with("partner", partner).field("partner"))
    }

    pub(crate) fn dossier_requested(
        &mut self,
        h: &Header,
        body: Option<&DossierRequested>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.takes_part()?;
        let partner = Self::partner_of(h, method)?;
        if self.intake.is_none() && !method.may_skip.contains(&Step::Intake) {
            return Err(Refusal::new("intake-first"));
        }
        if let Some(asked) = self.deliveries.iter().find(|delivery| delivery.partner == partner) {
            return Err(Refusal::new("dossier-already-requested").with("on", asked.requested).field("partner"));
        }
        if self.phase_on(h.valid_from) == Phase::Intake {
            self.enter(Phase::Dossier, h.valid_from);
        }
        self.deliveries.push(Delivery {
            partner,
            requested: h.valid_from,
            asked: body.map(|body| body.items.clone()).unwrap_or_default(),
            delivered: vec![],
            turn: Some(h.id),
            items: vec![],
            missing: vec![],
            lacking: None,
            complete: None,
        });
        Ok(())
    }

    pub(crate) fn dossier_delivered(
        &mut self,
        h: &Header,
        body: Option<&DossierDelivered>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.still_open()?;
        Self::partner_of(h, method)?;
        let delivery = self.delivery(h)?;
        delivery.delivered.push(h.valid_from);
        delivery.lacking = None;
        delivery.turn = Some(h.id);
        for item in body.iter().flat_map(|body| &body.items) {
            delivery.missing.retain(|missing| missing != item);
            if !delivery.items.contains(item) {
                delivery.items.push(item.clone());
            }
        }
        Ok(())
    }

    pub(crate) fn dossier_completed(
        &mut self,
        h: &Header,
        body: Option<&DossierCompleted>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.still_open()?;
        let on = h.valid_from;
        let delivery = self.delivery(h)?;
        if delivery.delivered.is_empty() {
            return Err(Refusal::new("dossier-not-delivered").with("partner", &delivery.partner).field("partner"));
        }
        if let Some(since) = delivery.complete {
            return Err(Refusal::new("dossier-already-complete").with("since", since).field("partner"));
        }
        // found lacking, and nothing (or not everything) came since: then the note says why it is complete all the same
        let lacking = delivery.lacking.is_some() || !delivery.missing.is_empty();
        if lacking && body.is_some_and(|body| body.note.trim().is_empty()) {
            return Err(Refusal::new("dossier-still-lacking").with("partner", &delivery.partner).field("note"));
        }
        delivery.complete = Some(on);
        delivery.lacking = None;
        delivery.missing.clear();
        let done = |partner: &OrgId| self.deliveries.iter().any(|d| d.partner == *partner && d.complete.is_some());
        if self.complete.is_none() && method.deliver.iter().all(done) {
            let rest = term::rest_period(h.id, on, method);
            self.complete = Some(on);
            // the change to the decision phase lies ahead: no fact will mark it
            if self.phase_on(on) == Phase::Dossier {
                self.enter(Phase::RestPeriod, on);
                self.phases.push((Phase::Decision, term::after(rest.end)));
            }
            self.rest = Some(rest);
        }
        Ok(())
    }

    pub(crate) fn dossier_incomplete(&mut self, h: &Header, body: Option<&DossierIncomplete>) -> Result<(), Refusal> {
        self.still_open()?;
        let on = h.valid_from;
        let phase = self.phase_on(on);
        let delivery = self.delivery(h)?;
        if delivery.delivered.is_empty() {
            return Err(Refusal::new("dossier-not-delivered").with("partner", &delivery.partner).field("partner"));
        }
        if delivery.complete.take().is_some() {
            if !matches!(phase, Phase::Dossier | Phase::RestPeriod) {
                return Err(Refusal::new("rest-period-over").field("valid_from"));
            }
            self.complete = None;
            self.rest = None;
            self.enter(Phase::Dossier, on);
        }
        let delivery = self.delivery(h)?;
        delivery.lacking = Some(on);
        delivery.turn = Some(h.id);
        delivery.missing = body.map(|body| body.missing.clone()).unwrap_or_default();
        Ok(())
    }
}
