//! A case on an agenda: placed there, taken off, discussed without a decision. The sitting itself is in `sitting`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::{Board, Discussed, Why},
    fact::{Body, Header},
    ids::{FactId, SittingId},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// A case is placed on the agenda of a sitting; the day of the sitting, as planned then, stands in the header (`until`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tabled {
    /// Of which sitting.
    pub sitting: SittingId,
    /// Of which body.
    pub board: Board,
    /// Why it stands there.
    pub why: Why,
    /// What is asked of the partners.
    #[serde(default)]
    pub question: String,
    /// That it may stand on another open agenda too was seen and accepted.
    #[serde(default)]
    pub also: bool,
}

/// It is taken off; the header names the fact that placed it (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Untabled {
    /// Why.
    pub reason: String,
}

/// It was discussed and nothing was decided; the header names the fact that placed it (`about`) and, if known, when it comes
/// back (`until`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDiscussed {
    /// At which sitting.
    pub sitting: SittingId,
    /// What came of it.
    pub outcome: Discussed,
    /// Why, or what was said.
    pub reason: String,
}

/// How a place on an agenda ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Taken off before it was discussed.
    TakenOff,
    /// Postponed.
    Postponed,
    /// Talked over.
    Heard,
    /// Decided.
    Decided,
    /// Not agreed: sent on.
    Escalated,
    /// This body gave its advice or decision.
    Advised,
    /// The trajectory ended.
    Ended,
}

impl End {
    /// The code in tables and text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TakenOff => "taken-off",
            Self::Postponed => "postponed",
            Self::Heard => "heard",
            Self::Decided => "decided",
            Self::Escalated => "escalated",
            Self::Advised => "advised",
            Self::Ended => "ended",
        }
    }
    /// The end with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        let all =
            [Self::TakenOff, Self::Postponed, Self::Heard, Self::Decided, Self::Escalated, Self::Advised, Self::Ended];
        all.into_iter().find(|end| end.code() == code)
    }
}

/// A place on an agenda in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tabling {
    /// The fact that placed it.
    pub fact: FactId,
    /// Since when it stands there.
    pub from: Date,
    /// Day of the sitting, as planned when it was placed.
    pub planned: Option<Date>,
    /// Which sitting, and why; gone when forgotten.
    pub detail: Option<Tabled>,
    /// How it ended.
    pub end: Option<Ended>,
}

/// When and how a place on an agenda ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Day.
    pub on: Date,
    /// How.
    pub how: End,
    /// By which fact; none when the trajectory ended.
    pub fact: Option<FactId>,
}

impl Tabling {
    /// The sitting, as far as it is known.
    pub fn sitting(&self) -> Option<SittingId> {
        self.detail.as_ref().map(|detail| detail.sitting)
    }
}

impl Body {
    /// The sitting at which it was recorded, or for which.
    pub const fn sitting(&self) -> Option<SittingId> {
        match self {
            Self::Tabled(body) => Some(body.sitting),
            Self::CaseDiscussed(body) => Some(body.sitting),
            Self::Decided(body) => body.sitting,
            Self::Escalated(body) => body.sitting,
            Self::Advised(body) => body.sitting,
            _ => None,
        }
    }

    /// Whether it says what came of a case at a sitting: what minutes are made of.
    pub const fn deals(&self) -> bool {
        matches!(self, Self::CaseDiscussed(_) | Self::Decided(_) | Self::Escalated(_) | Self::Advised(_))
    }
}

impl Trajectory {
    /// The open place on the agenda of a sitting.
    pub fn tabled_at(&self, sitting: SittingId) -> Option<&Tabling> {
        self.tablings.iter().find(|tabling| tabling.end.is_none() && tabling.sitting() == Some(sitting))
    }

    /// Every open place on an agenda.
    pub fn tabled_now(&self) -> impl Iterator<Item = &Tabling> {
        self.tablings.iter().filter(|tabling| tabling.end.is_none())
    }

    pub(crate) fn tabled(&mut self, h: &Header, body: Option<&Tabled>) -> Result<(), Refusal> {
        self.still_open()?;
        if h.codes.until.is_some_and(|until| until < h.valid_from) {
            return Err(Refusal::new("sitting-before-tabled").with("on", h.valid_from).field("sitting"));
        }
        if let Some(body) = body {
            if self.tabled_at(body.sitting).is_some() {
                return Err(Refusal::new("tabled-here-already").field("number"));
            }
            let other = self.tabled_now().find(|other| other.detail.is_some());
            if let Some(other) = other.filter(|_| !body.also) {
                let on = other.planned.unwrap_or(other.from);
                return Err(Refusal::new("tabled-elsewhere").with("on", on).field("also"));
            }
        }
        let (fact, from, planned) = (h.id, h.valid_from, h.codes.until);
        self.tablings.push(Tabling { fact, from, planned, detail: body.cloned(), end: None });
        Ok(())
    }

    pub(crate) fn untabled(&mut self, h: &Header) -> Result<(), Refusal> {
        let fact = h.codes.about.ok_or_else(|| Refusal::new("not-on-agenda"))?;
        self.end_tabling(fact, h, End::TakenOff)
    }

    pub(crate) fn case_discussed(&mut self, h: &Header, body: Option<&CaseDiscussed>) -> Result<(), Refusal> {
        let fact = h.codes.about.ok_or_else(|| Refusal::new("not-on-agenda"))?;
        let end = match body.map(|body| body.outcome) {
            Some(Discussed::Heard) => End::Heard,
            // of a forgotten person only that it ended is known
            Some(Discussed::Postponed) | None => End::Postponed,
        };
        if h.codes.until.is_some_and(|until| until < h.valid_from) {
            return Err(Refusal::new("due-before-start").with("on", h.valid_from).field("until"));
        }
        let here = |sitting| self.tablings.iter().any(|one| one.fact == fact && one.sitting() == Some(sitting));
        if body.is_some_and(|body| !here(body.sitting)) {
            return Err(Refusal::new("not-on-agenda"));
        }
        self.end_tabling(fact, h, end)
    }

    /// Ends the place on the agenda of a sitting, where a fact names one.
    pub(crate) fn dealt_with(&mut self, sitting: Option<SittingId>, h: &Header, end: End) -> Result<(), Refusal> {
        let Some(sitting) = sitting else { return Ok(()) };
        let fact = self.tabled_at(sitting).map(|tabling| tabling.fact);
        self.end_tabling(fact.ok_or_else(|| Refusal::new("not-on-agenda"))?, h, end)
    }

    fn end_tabling(&mut self, fact: FactId, h: &Header, end: End) -> Result<(), Refusal> {
        let open = self.tablings.iter_mut().find(|tabling| tabling.fact == fact && tabling.end.is_none());
        let open = open.ok_or_else(|| Refusal::new("not-on-agenda"))?;
        open.end = Some(Ended { on: h.valid_from, how: end, fact: Some(h.id) });
        Ok(())
    }

    /// Whoever has left stands on no agenda.
    pub(crate) fn leave_agendas(&mut self, on: Date) {
        let open = self.tablings.iter_mut().filter(|tabling| tabling.end.is_none());
        open.for_each(|tabling| tabling.end = Some(Ended { on, how: End::Ended, fact: None }));
    }
}
