//! Terms: deadlines that can explain themselves.
//!
//! Every deadline is counted by one engine ([`count`](self)): rule and version, the facts that started it, its length, when
//! it stands still, what it was extended by, and what the calendar does with its end. It follows from the facts alone: a
//! correction of one of them gives another term, with another explanation.

mod count;
mod running;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use self::count::Count;
pub(crate) use self::running::extendable;
pub use self::{
    count::{Extension, StandStill},
    running::{item_due, terms},
};
use crate::{
    calendar::{Calendar, Length, Move},
    fact::Header,
    ids::{FactId, OrgId, UserId},
    programme::Method,
    refusal::Refusal,
    trajectory::Trajectory,
};

/// Weeks in which an objection can be made (Awb 6:7).
pub const OBJECTION_WEEKS: u16 = 6;
/// Version of the rules in this room; 2: terms stand still and are extended.
pub const VERSION: u16 = 2;

/// A running term got a later last day; the day stands in the header, with the fact that started the term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermExtended {
    /// Which rule gives the term.
    pub rule: Rule,
    /// Why.
    pub ground: String,
    /// Who granted it.
    pub by: String,
}

/// Which rule gives the term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Screening after registration.
    Screening,
    /// Waiting for room after a screening.
    WaitingList,
    /// Intake after admission.
    Intake,
    /// Asking the partners for the dossier.
    DossierRequest,
    /// Delivery (or supplement) by a partner.
    DossierDelivery,
    /// Reminder of a partner that is late with its part.
    Reminder,
    /// Check of a delivery.
    DossierCheck,
    /// Fourteen days of rest (letter of 29 November 2018).
    RestPeriod,
    /// Decision of the partners after the rest period.
    Decision,
    /// Sheltered without a decision of the partners.
    Undecided,
    /// Review of cooperation.
    Review,
    /// Longest stay.
    MaxStay,
    /// Objection against a refusal.
    Objection,
    /// Decision on an objection.
    ObjectionDecision,
    /// What a partner took on in the last decision.
    Commitment,
    /// A goal of the plan.
    Goal,
    /// An action of the plan.
    Action,
    /// A task after leaving.
    AfterCare,
    /// Answer to a participant about their data (GDPR article 12(3)).
    RightsAnswer,
    /// Answer of the body that a case was sent to.
    Escalation,
    /// Advice that came back and that the partners have to decide on.
    Advice,
}

impl Rule {
    /// Every rule.
    pub const ALL: &'static [Self] = &[
        Self::Screening,
        Self::WaitingList,
        Self::Intake,
        Self::DossierRequest,
        Self::DossierDelivery,
        Self::Reminder,
        Self::DossierCheck,
        Self::RestPeriod,
        Self::Decision,
        Self::Undecided,
        Self::Review,
        Self::MaxStay,
        Self::Objection,
        Self::ObjectionDecision,
        Self::Commitment,
        Self::Goal,
        Self::Action,
        Self::AfterCare,
        Self::RightsAnswer,
        Self::Escalation,
        Self::Advice,
    ];

    /// The code in tables and texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Screening => "screening",
            Self::WaitingList => "waiting-list",
            Self::Intake => "intake",
            Self::DossierRequest => "dossier-request",
            Self::DossierDelivery => "dossier-delivery",
            Self::Reminder => "reminder",
            Self::DossierCheck => "dossier-check",
            Self::RestPeriod => "rest-period",
            Self::Decision => "decision",
            Self::Undecided => "undecided",
            Self::Review => "review",
            Self::MaxStay => "max-stay",
            Self::Objection => "objection",
            Self::ObjectionDecision => "objection-decision",
            Self::Commitment => "commitment",
            Self::Goal => "goal",
            Self::Action => "action",
            Self::AfterCare => "after-care",
            Self::RightsAnswer => "rights-answer",
            Self::Escalation => "escalation",
            Self::Advice => "advice",
        }
    }

    /// The rule with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code() == code)
    }

    /// Whether its length is the choice of a way of working: such a term can stand still and be extended.
    pub const fn of_the_method(self) -> bool {
        self.key().is_some()
    }

    /// The key of a way of working that gives its length.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::Screening => Some("screening_days"),
            Self::Intake => Some("intake_days"),
            Self::DossierRequest | Self::DossierCheck => Some("check_days"),
            Self::DossierDelivery => Some("dossier_days"),
            Self::Reminder => Some("reminder_days"),
            Self::RestPeriod => Some("rest_days"),
            Self::Decision => Some("decision_days"),
            Self::Undecided => Some("undecided_days"),
            Self::Review => Some("review_days"),
            Self::MaxStay => Some("max_stay_months"),
            _ => None,
        }
    }

    /// Whether someone has to act before the end (the others only run).
    pub const fn asks_action(self) -> bool {
        !matches!(self, Self::RestPeriod | Self::Objection | Self::MaxStay)
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// A deadline with all that is needed to explain it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Which rule.
    pub rule: Rule,
    /// Version of the rule.
    pub version: u16,
    /// The facts that started it; the last one set day 0.
    #[serde(default)]
    pub triggers: Vec<FactId>,
    /// Day 0.
    pub start: Date,
    /// Length; `None`: no term agreed (then `end` is `start`, and it only says since when).
    #[serde(default)]
    pub length: Option<Length>,
    /// When it stood still.
    #[serde(default)]
    pub stops: Vec<StandStill>,
    /// What it was extended by, in order of the days on which that was granted.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// Where it would end without weekends and holidays.
    #[serde(default)]
    pub plain: Date,
    /// The last day of the term. While it stands still: the earliest it can be.
    pub end: Date,
    /// How weekends and holidays moved the end.
    #[serde(default)]
    pub moves: Vec<Move>,
    /// What they do to it.
    #[serde(default = "stays")]
    pub calendar: Calendar,
    /// The organisation that has to act.
    pub waiting_on: Option<OrgId>,
    /// The worker who has to act.
    pub worker: Option<UserId>,
    /// What it is about, for an action.
    pub about: Option<FactId>,
    /// First day on which it counts: a decision is not waited for while the rest period runs.
    pub from: Date,
    /// Last day on which it counts, for a term that is over when it has run out.
    pub until: Option<Date>,
}

fn stays() -> Calendar {
    Calendar::Stays
}

/// The day after.
pub fn after(day: Date) -> Date {
    day.saturating_add(1.day())
}

impl Term {
    fn counted(rule: Rule, triggers: Vec<FactId>, count: Count) -> Self {
        let (start, length, calendar) = (count.start, count.length, count.calendar);
        let mut extensions = count.extensions.clone();
        extensions.sort_by_key(|extension| (extension.on, extension.until));
        let counted = count.done();
        Self {
            rule,
            version: VERSION,
            triggers,
            start,
            length: Some(length),
            stops: counted.stops,
            extensions,
            plain: counted.plain,
            end: counted.end,
            moves: counted.moves,
            calendar,
            waiting_on: None,
            worker: None,
            about: None,
            from: start,
            until: None,
        }
    }

    /// A term that nothing can stop or extend.
    pub(crate) fn fixed(rule: Rule, trigger: FactId, start: Date, length: Length, calendar: Calendar) -> Self {
        Self::extended(rule, trigger, start, length, calendar, vec![])
    }

    /// A term that nothing can stop, with what it was extended by.
    pub(crate) fn extended(
        rule: Rule,
        trigger: FactId,
        start: Date,
        length: Length,
        calendar: Calendar,
        extensions: Vec<Extension>,
    ) -> Self {
        let count = Count { start, length, stops: vec![], extensions, calendar };
        Self::counted(rule, vec![trigger], count)
    }

    /// Since when something waits for which no term was agreed.
    fn since(rule: Rule, triggers: Vec<FactId>, start: Date) -> Self {
        let count =
            Count { start, length: Length::Days(0), stops: vec![], extensions: vec![], calendar: Calendar::Stays };
        Self { length: None, ..Self::counted(rule, triggers, count) }
    }

    /// Whether there is a last day, and something waits for it: a term was agreed and does not stand still.
    pub fn has_end(&self) -> bool {
        self.length.is_some() && self.stands_still().is_none()
    }

    /// Since when it stands still, if it does.
    pub fn stands_still(&self) -> Option<Date> {
        self.stops.last().filter(|stop| stop.to.is_none()).map(|stop| stop.from)
    }

    /// Where the end was before the calendar moved it.
    pub fn moved_from(&self) -> Option<Date> {
        self.moves.first().map(|moved| moved.from)
    }

    /// The fact that set day 0.
    pub fn trigger(&self) -> Option<FactId> {
        self.triggers.last().copied()
    }

    /// Whether it counts on a day.
    pub fn counts_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    pub(crate) fn on(mut self, org: Option<&OrgId>) -> Self {
        self.waiting_on = org.cloned();
        self
    }
}

impl Method {
    /// Whether a term can be extended: the way of working lets it, and it has a last day.
    pub fn extendable(&self, term: &Term) -> bool {
        self.extensions.contains_key(&term.rule) && term.has_end()
    }
}

/// The rest period: day 0 is the day on which what the way of working names was there (by default: the last part of the
/// dossier is complete), the last rest day is day 14.
///
/// A weekend or holiday moves the end only where the method says so: the Algemene termijnenwet covers
/// terms in a law, not those of a letter (domain.md 2.6).
pub fn rest_period(triggers: Vec<FactId>, day_zero: Date, t: Option<&Trajectory>, method: &Method) -> Term {
    let stops = t.map(|t| t.stops(Rule::RestPeriod, method)).unwrap_or_default();
    let extensions = t.map(|t| t.extended(Rule::RestPeriod, &triggers)).unwrap_or_default();
    let (length, calendar) = (Length::Days(method.rest_days), method.calendar(Rule::RestPeriod));
    let count = Count { start: day_zero, length, stops, extensions, calendar };
    let mut term = Term::counted(Rule::RestPeriod, triggers, count);
    term.until = term.has_end().then_some(term.end);
    term
}

/// The answer to a participant about their data: one month after receipt, three when that was told with a reason (GDPR
/// article 12(3)), counted as Regulation 1182/71 says.
pub(crate) fn rights_answer(request: FactId, received: Date, extended: bool) -> Term {
    let months = Length::Months(if extended { 3 } else { 1 });
    Term::fixed(Rule::RightsAnswer, request, received, months, Calendar::Regulation)
}

impl Trajectory {
    /// The pauses that stop a rule, by the method's choice.
    pub(crate) fn stops(&self, rule: Rule, method: &Method) -> Vec<StandStill> {
        let stopping =
            self.pauses.iter().filter(|pause| pause.code.as_ref().is_some_and(|code| method.stops(code, rule)));
        stopping.map(|pause| StandStill { from: pause.from, to: pause.to, facts: vec![pause.fact] }).collect()
    }

    /// The extensions of the term of a rule that these facts started.
    pub(crate) fn extended(&self, rule: Rule, triggers: &[FactId]) -> Vec<Extension> {
        let of = |given: &&Given| given.rule == rule && triggers.contains(&given.about);
        self.extensions.iter().filter(of).map(|given| given.extension.clone()).collect()
    }

    /// A running term gets a later last day.
    ///
    /// The days are those between its end as it is on that day, before the calendar, and the day that was agreed: so a later
    /// standstill lengthens it as any other. A correction of what started it keeps the agreed day.
    pub(crate) fn term_extended(
        &mut self,
        h: &Header,
        body: Option<&TermExtended>,
        method: &Method,
    ) -> Result<(), Refusal> {
        self.still_open()?;
        let about = h.codes.about.ok_or_else(|| Refusal::new("term-unnamed").field("term"))?;
        let until = h.codes.until.ok_or_else(|| Refusal::new("date-missing").field("until"))?;
        let running = extendable(self, method);
        let mine = |term: &&Term| term.triggers.contains(&about) && term.counts_on(h.valid_from);
        // of a forgotten fact the rule is gone; only a rest period has a part in phases and figures
        let rule = body.map_or(Rule::RestPeriod, |body| body.rule);
        let Some(term) = running.iter().filter(mine).find(|term| term.rule == rule) else {
            return if body.is_none() { Ok(()) } else { Err(Refusal::new("term-not-running").field("term")) };
        };
        if let Some(since) = term.stands_still() {
            return Err(Refusal::new("term-stands-still").with("since", since).field("term"));
        }
        let days = u16::try_from(crate::date::days(term.plain, until)).unwrap_or(0);
        let (ground, by) = body.map(|body| (body.ground.clone(), body.by.clone())).unzip();
        let extension = Extension { fact: h.id, on: h.valid_from, until, days, ground, by };
        self.extensions.push(Given { rule, about, extension });
        Ok(())
    }
}

/// An extension in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Of which rule.
    pub rule: Rule,
    /// The fact that started the term.
    pub about: FactId,
    /// What was granted.
    pub extension: Extension,
}

/// What only a new extension must hold: it adds something, to a term that the way of working lets be extended, and not
/// more than it allows.
///
/// # Errors
/// Which of these it does not.
pub(crate) fn check_extension(t: &Trajectory, fact: FactId, method: &Method) -> Result<(), Refusal> {
    let Some(given) = t.extensions.iter().find(|given| given.extension.fact == fact) else { return Ok(()) };
    if given.extension.days == 0 {
        return Err(Refusal::new("extension-adds-nothing").field("until"));
    }
    let Some(most) = method.extensions.get(&given.rule) else {
        return Err(Refusal::new("term-not-extendable").with("rule", given.rule).field("term"));
    };
    let same = t.extensions.iter().filter(|other| other.rule == given.rule && other.about == given.about);
    let all: u32 = same.map(|other| u32::from(other.extension.days)).sum();
    if all > u32::from(*most) {
        return Err(Refusal::new("extension-too-long").with("most", most).with("days", all).field("until"));
    }
    Ok(())
}
