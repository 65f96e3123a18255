//! The dossier: IND and DT&V each deliver their part.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::Phase,
    fact::Header,
    ids::{Code, FactId, OrgId},
    programme::{Method, RestStart, Step},
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

/// A partner was reminded of what it still has to deliver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierReminded {
    /// Items it was reminded of; programme codes.
    #[serde(default)]
    pub items: Vec<Code>,
    /// Remark.
    pub note: String,
}

/// A partner says that items are not there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierUnavailable {
    /// Which items; programme codes.
    #[serde(default)]
    pub items: Vec<Code>,
    /// Why; programme code.
    pub ground: Code,
    /// Remark.
    pub note: String,
}

/// Items that came are sent back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierRejected {
    /// Which items; programme codes.
    #[serde(default)]
    pub items: Vec<Code>,
    /// Why; programme code.
    pub ground: Code,
    /// Remark.
    pub note: String,
}

/// Where an item of the dossier stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// Asked for, not there.
    Asked,
    /// It came.
    Delivered,
    /// The partner says that it is not there.
    Unavailable,
    /// It came, and was sent back.
    Rejected,
    /// Found missing at a check.
    Missing,
}

impl ItemState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Asked, Self::Delivered, Self::Unavailable, Self::Rejected, Self::Missing];

    /// The code in texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Delivered => "delivered",
            Self::Unavailable => "unavailable",
            Self::Rejected => "rejected",
            Self::Missing => "missing",
        }
    }

    /// Whether nothing more is waited for.
    pub const fn settled(self) -> bool {
        matches!(self, Self::Delivered | Self::Unavailable)
    }
}

/// An item of the dossier, as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Which; programme code.
    pub code: Code,
    /// Where it stands.
    pub state: ItemState,
    /// Since when.
    pub since: Date,
    /// The fact that says so.
    pub fact: FactId,
    /// Why it is not there, or was sent back; programme code.
    pub ground: Option<Code>,
    /// As it stood before a check found it missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Item>>,
}

/// Where a partner's part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Nothing came.
    Waiting,
    /// It came on this day, or the word that there is nothing: it is to be checked.
    ToCheck(Date),
    /// The check of this day found something missing, and nothing came since.
    Lacking(Date),
    /// It is complete from this day.
    Complete(Date),
}

/// One partner's part of the dossier in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Who delivers.
    pub partner: OrgId,
    /// Day of the (first) request.
    pub requested: Date,
    /// The request.
    #[serde(default)]
    pub requested_by: Option<FactId>,
    /// Items asked for.
    #[serde(default)]
    pub asked: Vec<Code>,
    /// Days of delivery and supplement.
    pub delivered: Vec<Date>,
    /// Days on which the partner was reminded.
    #[serde(default)]
    pub reminded: Vec<Date>,
    /// The last time.
    #[serde(default)]
    pub reminded_by: Option<FactId>,
    /// The first delivery, or word that something is not there.
    #[serde(default)]
    pub first: Option<(Date, FactId)>,
    /// The day since which nothing that was asked is open.
    #[serde(default)]
    pub answered: Option<Date>,
    /// The last request, delivery or check: what its term runs from.
    #[serde(default)]
    pub turn: Option<FactId>,
    /// Items delivered.
    pub items: Vec<Code>,
    /// Items found missing at the last check, or sent back.
    pub missing: Vec<Code>,
    /// Each item as it stands.
    #[serde(default)]
    pub states: Vec<Item>,
    /// Day of the last check that found something missing, when nothing was delivered since.
    pub lacking: Option<Date>,
    /// Day from which the part is complete.
    pub complete: Option<Date>,
    /// The check that found it so.
    #[serde(default)]
    pub completed_by: Option<FactId>,
}

impl Delivery {
    fn asked(h: &Header, partner: OrgId, items: Vec<Code>) -> Self {
        let mut new = Self {
            partner,
            requested: h.valid_from,
            requested_by: Some(h.id),
            asked: items.clone(),
            delivered: vec![],
            reminded: vec![],
            reminded_by: None,
            first: None,
            answered: None,
            turn: Some(h.id),
            items: vec![],
            missing: vec![],
            states: vec![],
            lacking: None,
            complete: None,
            completed_by: None,
        };
        new.mark(h, &items, ItemState::Asked, None);
        new
    }

    /// Items asked for or found missing that have not come.
    pub fn outstanding(&self) -> Vec<&Code> {
        let told = |item: &&Code| self.states.iter().any(|now| now.code == **item && now.state.settled());
        let mut out: Vec<&Code> = self.asked.iter().filter(|item| !self.items.contains(item) && !told(item)).collect();
        out.extend(
            self.missing.iter().filter(|item| !told(item) && (!self.asked.contains(item) || self.items.contains(item))),
        );
        if self.complete.is_some() { vec![] } else { out }
    }

    /// An item as it stands; none when nothing was said about it.
    pub fn item(&self, code: &Code) -> Option<&Item> {
        self.states.iter().find(|now| now.code == *code)
    }

    /// Where the part stands.
    pub fn stands(&self) -> Stands {
        // a partner that has nothing answers too
        let last = self.delivered.last().copied().max(self.answered);
        match (self.complete, last, self.lacking) {
            (Some(on), ..) => Stands::Complete(on),
            (_, Some(last), lacking) if lacking.is_none_or(|lacking| lacking < last) => Stands::ToCheck(last),
            (.., Some(lacking)) => Stands::Lacking(lacking),
            (.., None) => Stands::Waiting,
        }
    }

    /// Whether an item came and was not sent back since, also when a check found it missing all the same.
    fn came(&self, code: &Code) -> bool {
        let before = self.item(code).and_then(|now| now.before.as_ref());
        self.items.contains(code) || before.is_some_and(|before| before.state == ItemState::Delivered)
    }

    /// A check names what is missing. What an earlier one named and this one does not stands again as it did before.
    fn found_missing(&mut self, h: &Header, missing: Vec<Code>) {
        self.items.retain(|item| !missing.contains(item));
        for now in std::mem::take(&mut self.states) {
            let code = now.code.clone();
            let before = if now.state == ItemState::Missing { now.before } else { Some(Box::new(now)) };
            if missing.contains(&code) {
                let (state, since, fact) = (ItemState::Missing, h.valid_from, h.id);
                self.states.push(Item { code, state, since, fact, ground: None, before });
            } else if let Some(before) = before {
                if before.state == ItemState::Delivered && !self.items.contains(&code) {
                    self.items.push(code);
                }
                self.states.push(*before);
            }
        }
        let first: Vec<Code> = missing.iter().filter(|item| self.item(item).is_none()).cloned().collect();
        self.mark(h, &first, ItemState::Missing, None);
        self.missing = missing;
    }

    fn mark(&mut self, h: &Header, items: &[Code], state: ItemState, ground: Option<&Code>) {
        for code in items {
            let (code, ground) = (code.clone(), ground.cloned());
            let now = Item { code, state, since: h.valid_from, fact: h.id, ground, before: None };
            match self.states.iter_mut().find(|known| known.code == now.code) {
                Some(known) => *known = now,
                None => self.states.push(now),
            }
        }
    }

    /// After a delivery, or the word that something is not there.
    fn answer(&mut self, h: &Header) {
        self.first = self.first.or(Some((h.valid_from, h.id)));
        let open = !self.outstanding().is_empty();
        self.answered = if open { None } else { self.answered.or(Some(h.valid_from)) };
    }

    /// Something is asked of the partner again.
    fn send_back(&mut self, h: &Header) {
        self.lacking = Some(h.valid_from);
        self.turn = Some(h.id);
        self.answered = None;
        self.complete = None;
        self.completed_by = None;
    }
}

/// Items of the contract that must be there, and of which nothing is settled.
pub fn still_required<'m>(delivery: &Delivery, method: &'m Method) -> Vec<&'m Code> {
    let settled = |item: &Code| {
        let told = delivery.item(item).map(|now| now.state.settled());
        told.unwrap_or_else(|| delivery.items.contains(item))
    };
    let required = method.items_of(&delivery.partner).filter(|item| item.required);
    required.map(|item| &item.item).filter(|item| !settled(item)).collect()
}

fn rests((phase, _): &(Phase, Date)) -> bool {
    *phase == Phase::RestPeriod
}

impl Trajectory {
    fn partner_of(h: &Header, method: &Method) -> Result<OrgId, Refusal> {
        let partner = h.codes.partner.clone().ok_or_else(|| Refusal::new("partner-missing").field("partner"))?;
        if method.suppliers().contains(&&partner) {
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
        // who names no items asks for all that were agreed
        let items = match body {
            Some(body) if !body.items.is_empty() => body.items.clone(),
            Some(_) => method.items_of(&partner).map(|item| item.item.clone()).collect(),
            None => vec![],
        };
        self.deliveries.push(Delivery::asked(h, partner, items));
        self.rest_may_start(h, method);
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
        let items = body.map(|body| body.items.as_slice()).unwrap_or_default();
        for item in items {
            delivery.missing.retain(|missing| missing != item);
            if !delivery.items.contains(item) {
                delivery.items.push(item.clone());
            }
        }
        delivery.mark(h, items, ItemState::Delivered, None);
        delivery.answer(h);
        self.rest_may_start(h, method);
        Ok(())
    }

    pub(crate) fn dossier_reminded(&mut self, h: &Header) -> Result<(), Refusal> {
        self.still_open()?;
        let delivery = self.delivery(h)?;
        if delivery.complete.is_some() {
            return Err(Refusal::new("nothing-to-remind-of").with("partner", &delivery.partner).field("partner"));
        }
        delivery.reminded.push(h.valid_from);
        delivery.reminded_by = Some(h.id);
        Ok(())
    }

    pub(crate) fn dossier_unavailable(
        &mut self,
        h: &Header,
        body: Option<&DossierUnavailable>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.still_open()?;
        Self::partner_of(h, method)?;
        let delivery = self.delivery(h)?;
        let items = body.map(|body| body.items.as_slice()).unwrap_or_default();
        if let Some(there) = items.iter().find(|item| delivery.items.contains(item)) {
            return Err(Refusal::new("item-was-delivered").with("item", there).field("items"));
        }
        delivery.missing.retain(|missing| !items.contains(missing));
        delivery.mark(h, items, ItemState::Unavailable, body.map(|body| &body.ground));
        delivery.answer(h);
        if delivery.answered.is_some() {
            // the answer is whole: now it is for who checks
            delivery.lacking = None;
            delivery.turn = Some(h.id);
        }
        self.rest_may_start(h, method);
        Ok(())
    }

    pub(crate) fn dossier_rejected(
        &mut self,
        h: &Header,
        body: Option<&DossierRejected>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.still_open()?;
        let phase = self.phase_on(h.valid_from);
        let delivery = self.delivery(h)?;
        let items = body.map(|body| body.items.as_slice()).unwrap_or_default();
        if let Some(not) = items.iter().find(|item| !delivery.came(item)) {
            return Err(Refusal::new("item-not-delivered").with("item", not).field("items"));
        }
        delivery.items.retain(|item| !items.contains(item));
        delivery.mark(h, items, ItemState::Rejected, body.map(|body| &body.ground));
        delivery.missing.retain(|missing| !items.contains(missing));
        delivery.missing.extend(items.iter().cloned());
        // found out later, it undoes nothing that was decided on it
        if matches!(phase, Phase::Dossier | Phase::RestPeriod) {
            self.sent_back(h, method)?;
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
        if delivery.first.is_none() {
            return Err(Refusal::new("dossier-not-delivered").with("partner", &delivery.partner).field("partner"));
        }
        if let Some(since) = delivery.complete {
            return Err(Refusal::new("dossier-already-complete").with("since", since).field("partner"));
        }
        // found lacking, and nothing (or not everything) came since: then the note says why it is complete all the same
        let lacking = delivery.lacking.is_some() || !delivery.missing.is_empty();
        let silent = body.is_some_and(|body| body.note.trim().is_empty());
        if lacking && silent {
            return Err(Refusal::new("dossier-still-lacking").with("partner", &delivery.partner).field("note"));
        }
        // version 1 knew no items that must be there
        let required = still_required(delivery, method);
        if let Some(item) = required.first().filter(|_| silent && h.version > 1) {
            return Err(Refusal::new("dossier-item-required").with("item", item).field("note"));
        }
        delivery.complete = Some(on);
        delivery.completed_by = Some(h.id);
        delivery.lacking = None;
        delivery.missing.clear();
        let done = |partner: &OrgId| self.deliveries.iter().any(|d| d.partner == *partner && d.complete.is_some());
        if self.complete.is_none() && method.deliver.iter().all(done) {
            self.complete = Some(on);
        }
        self.rest_may_start(h, method);
        Ok(())
    }

    pub(crate) fn dossier_incomplete(
        &mut self,
        h: &Header,
        body: Option<&DossierIncomplete>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.still_open()?;
        let delivery = self.delivery(h)?;
        if delivery.first.is_none() {
            return Err(Refusal::new("dossier-not-delivered").with("partner", &delivery.partner).field("partner"));
        }
        let missing = body.map(|body| body.missing.clone()).unwrap_or_default();
        self.sent_back(h, method)?;
        let delivery = self.delivery(h)?;
        delivery.found_missing(h, missing);
        Ok(())
    }

    /// A part is not complete (any more); a rest period that began with its completion stops.
    fn sent_back(&mut self, h: &Header, method: &Method) -> Result<(), Refusal> {
        let phase = self.phase_on(h.valid_from);
        let delivery = self.delivery(h)?;
        let was = delivery.completed_by;
        if delivery.complete.is_some() && !matches!(phase, Phase::Dossier | Phase::RestPeriod) {
            return Err(Refusal::new("rest-period-over").field("valid_from"));
        }
        delivery.send_back(h);
        if was.is_some() {
            self.complete = None;
        }
        let began = self.rest.as_ref().is_some_and(|rest| rest.triggers.iter().any(|fact| Some(*fact) == was));
        if began && matches!(method.rest_starts, RestStart::AllComplete | RestStart::FirstComplete) {
            self.rest = None;
            self.enter(Phase::Dossier, h.valid_from);
        }
        Ok(())
    }

    /// What the rest period waits for of a partner, when it has come: the day and the fact.
    pub(crate) fn part_of(&self, partner: &OrgId, starts: RestStart) -> Option<(Date, FactId)> {
        let delivery = self.deliveries.iter().find(|delivery| delivery.partner == *partner)?;
        match starts {
            RestStart::AllComplete | RestStart::FirstComplete => delivery.complete.zip(delivery.completed_by),
            RestStart::AllDelivered => delivery.first,
            RestStart::AllRequested => Some(delivery.requested).zip(delivery.requested_by),
        }
    }

    /// Starts the rest period when what the method names has come about with this fact.
    fn rest_may_start(&mut self, h: &Header, method: &Method) {
        // one that was planned for when a partner goes gives way to what happens before
        let planned = self.dropped.filter(|day| *day > h.valid_from);
        if (self.rest.is_some() && planned.is_none()) || method.deliver.is_empty() {
            return;
        }
        let parts: Vec<_> =
            method.deliver.iter().filter_map(|partner| self.part_of(partner, method.rest_starts)).collect();
        let enough = if method.rest_starts == RestStart::FirstComplete { 1 } else { method.deliver.len() };
        // another partner's fact starts nothing
        if parts.len() < enough || !parts.iter().any(|(_, fact)| *fact == h.id) {
            return;
        }
        let mut parts = parts;
        parts.sort_unstable_by_key(|(day, fact)| (*fact == h.id, *day, *fact));
        let on = h.valid_from;
        if planned.is_some() {
            self.dropped = None;
            self.phases.retain(|(_, from)| *from <= on);
        }
        if self.phase_on(on) == Phase::Dossier {
            self.enter(Phase::RestPeriod, on);
        }
        let triggers = parts.into_iter().map(|(_, fact)| fact).collect();
        self.rest = Some(term::rest_period(triggers, on, Some(self), method));
        self.decision_ahead(None);
    }

    /// Counts the rest period anew: a pause or an extension may have changed its end.
    pub(crate) fn rest_again(&mut self, method: &Method) {
        let Some(old) = self.rest.take() else { return };
        let new = term::rest_period(old.triggers.clone(), old.start, Some(self), method);
        self.rest = Some(new);
        self.decision_ahead(Some(&old));
    }

    /// The change to the decision phase lies ahead: no fact will mark it. While the rest period stands still, nobody knows
    /// when it comes.
    fn decision_ahead(&mut self, old: Option<&term::Term>) {
        let Some(rest) = &self.rest else { return };
        let end = rest.has_end().then(|| term::after(rest.end));
        let before = old.filter(|old| old.has_end()).map(|old| (Phase::Decision, term::after(old.end)));
        let phases = &mut self.phases;
        if before.is_some() && phases.last().copied() == before && phases.iter().rev().nth(1).is_some_and(rests) {
            phases.pop();
        }
        if phases.last().is_some_and(rests) {
            phases.extend(end.map(|on| (Phase::Decision, on)));
        }
    }
}
