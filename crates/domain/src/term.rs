//! Terms: deadlines that can explain themselves (rule, version, triggering fact, days, calendar).

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    calendar,
    codes::{Phase, Status, Task},
    ids::{FactId, OrgId, UserId},
    programme::{EndRule, Method},
    trajectory::Trajectory,
};

/// Days in which an objection can be made: six weeks (Awb 6:7).
pub const OBJECTION_DAYS: u16 = 42;
/// Version of the rules in this file.
pub const VERSION: u16 = 1;

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

    /// Whether someone has to act before the end (the others only run).
    pub const fn asks_action(self) -> bool {
        !matches!(self, Self::RestPeriod | Self::Objection | Self::MaxStay)
    }
}

/// A deadline with all that is needed to explain it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Which rule.
    pub rule: Rule,
    /// Version of the rule.
    pub version: u16,
    /// The fact that started it.
    pub trigger: Option<FactId>,
    /// Day 0.
    pub start: Date,
    /// Length in days; `None`: no term agreed (then `end` is `start`, and it only says since when).
    pub days: Option<u16>,
    /// The last day of the term.
    pub end: Date,
    /// Where it would have ended, when a weekend or holiday moved it.
    pub moved_from: Option<Date>,
    /// Whether the Algemene termijnenwet applies; otherwise the method's choice.
    pub statutory: bool,
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

/// The day after.
pub fn after(day: Date) -> Date {
    plus(day, 1)
}

fn plus(day: Date, days: u16) -> Date {
    day.saturating_add(i64::from(days).days())
}

impl Term {
    pub(crate) fn run(rule: Rule, trigger: Option<FactId>, start: Date, days: Option<u16>) -> Self {
        Self {
            rule,
            version: VERSION,
            trigger,
            start,
            days,
            end: plus(start, days.unwrap_or(0)),
            moved_from: None,
            statutory: false,
            waiting_on: None,
            worker: None,
            about: None,
            from: start,
            until: None,
        }
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

/// The rest period: the day the dossier is complete is day 0, the last rest day is day 14.
///
/// A weekend or holiday moves the end only where the method says so: the Algemene termijnenwet covers
/// terms in a law, not those of a letter (domain.md 2.6).
pub fn rest_period(trigger: FactId, complete: Date, method: &Method) -> Term {
    let mut term = Term::run(Rule::RestPeriod, Some(trigger), complete, Some(method.rest_days));
    term.until = Some(term.end);
    if method.rest_end == EndRule::NextWorkingDay {
        let moved = calendar::next_working_day(term.end);
        if moved != term.end {
            term.moved_from = Some(term.end);
            term.end = moved;
            term.until = Some(moved);
        }
    }
    term
}

/// The answer to a participant about their data: one month after receipt, three when that was told with a reason (GDPR
/// article 12(3)); a last day that is no working day moves on (Regulation 1182/71, article 3(4)).
pub(crate) fn rights_answer(request: FactId, received: Date, extended: bool) -> Term {
    let months = if extended { 3 } else { 1 };
    let counted = received.saturating_add(months.months());
    let mut term = Term::run(Rule::RightsAnswer, Some(request), received, days_between(received, counted));
    term.end = calendar::next_working_day(counted);
    term.moved_from = (term.end != counted).then_some(counted);
    term.statutory = true;
    term
}

/// The open terms, soonest first, those without an agreed length last. Which count on a day tells
/// [`Term::counts_on`]: the list itself depends on facts alone, not on the day it is asked.
pub fn terms(t: &Trajectory, method: &Method, lead: &OrgId) -> Vec<Term> {
    let mut out = Vec::new();
    let (phase, since) = t.phases.last().copied().unwrap_or((Phase::Registration, t.opened));
    let guide = t.worker(Task::CaseManager).map(|worker| &worker.org);
    match phase {
        Phase::Registration if t.status() == Status::Registered && t.screenings.is_empty() => {
            out.push(Term::run(Rule::Screening, t.turns.registered, t.opened, method.screening_days).on(Some(lead)));
        }
        // screened, no room yet: no length is agreed for that, it only says since when
        Phase::Registration if t.status() == Status::WaitingList => {
            out.push(Term::run(Rule::WaitingList, t.turns.status, t.status_since(), None).on(Some(lead)));
        }
        Phase::Registration => {}
        Phase::Intake => {
            out.push(Term::run(Rule::Intake, t.turns.phase, since, method.intake_days).on(guide.or(Some(lead))));
        }
        Phase::Dossier => dossier(&mut out, t, method, lead, since),
        Phase::RestPeriod | Phase::Decision => {
            out.extend(t.rest.clone());
            // while another body has the case, its answer is waited for
            if t.escalation().is_none() {
                out.push(Term::run(Rule::Decision, t.turns.phase, since, method.decision_days).on(Some(lead)));
            }
        }
        Phase::Guidance => out.extend(review(t, method, lead)),
        Phase::Ended => out.extend(objection(t)),
    }
    out.extend(crate::objection::terms(t, lead));
    if phase != Phase::Ended {
        out.extend(standing(t, method, lead));
    }
    if phase != Phase::Ended {
        out.extend(commitments(t));
        out.extend(goals(t));
        out.extend(escalation(t, method, lead));
    }
    out.extend(t.actions.iter().filter(|action| action.closed.is_none()).map(|action| {
        let rule = if action.aftercare { Rule::AfterCare } else { Rule::Action };
        let mut term = Term::run(rule, Some(action.fact), action.from, days_between(action.from, action.due));
        term.end = action.due;
        term.about = Some(action.fact);
        term.waiting_on = action.detail.as_ref().map(|detail| detail.owner.clone());
        term.worker = action.detail.as_ref().and_then(|detail| detail.worker);
        term
    }));
    if let Some(day) = t.dropped {
        let since = t.phases.iter().rev().find(|(phase, _)| *phase == Phase::Dossier).map_or(since, |(_, from)| *from);
        let mut awaited = Vec::new();
        dossier(&mut awaited, t, method, lead, since);
        out.extend(awaited.into_iter().filter_map(|term| term.until_before(day)));
    }
    let mut out = crate::absence::adjust(out, method, lead);
    out.sort_by_key(|term| (term.days.is_none(), term.end, term.rule));
    out
}

/// What partners took on in the last decision, until its day: no fact tells whether they did it.
fn commitments(t: &Trajectory) -> Vec<Term> {
    let Some(decision) = t.decisions.last() else { return vec![] };
    let promised = decision.detail.iter().flat_map(|detail| &detail.commitments);
    promised
        .filter_map(|promise| {
            let due = promise.due?;
            let days = days_between(decision.on, due);
            let run = Term::run(Rule::Commitment, Some(decision.fact), decision.on, days);
            Some(Term { end: due, until: Some(due), ..run }.on(Some(&promise.org)))
        })
        .collect()
}

/// A case with another body: its answer, on the day that was agreed. Advice that came back: the decision of the partners.
fn escalation(t: &Trajectory, method: &Method, lead: &OrgId) -> Option<Term> {
    if let Some(open) = t.escalation() {
        let days = open.due.and_then(|due| days_between(open.on, due));
        let run = Term::run(Rule::Escalation, Some(open.fact), open.on, days);
        return Some(Term { end: open.due.unwrap_or(open.on), ..run }.on(open.owner.as_ref()));
    }
    let (on, fact, _) = t.advice()?.answer.as_ref()?;
    Some(Term::run(Rule::Advice, Some(*fact), *on, method.decision_days).on(Some(lead)))
}

/// Open goals with a day.
fn goals(t: &Trajectory) -> Vec<Term> {
    let open = t.goals.iter().filter(|goal| goal.closed.is_none());
    open.filter_map(|goal| {
        let due = goal.due?;
        let run = Term::run(Rule::Goal, Some(goal.fact), goal.from, days_between(goal.from, due));
        let owner = goal.detail.as_ref().map(|detail| &detail.owner);
        Some(Term { end: due, about: Some(goal.fact), ..run }.on(owner))
    })
    .collect()
}

fn days_between(from: Date, to: Date) -> Option<u16> {
    from.until(to).ok().and_then(|span| u16::try_from(span.get_days()).ok())
}

/// Dossier: to be asked for, to be delivered, to be checked, to be supplemented; per partner.
fn dossier(out: &mut Vec<Term>, t: &Trajectory, method: &Method, lead: &OrgId, since: Date) {
    for partner in &method.deliver {
        let Some(delivery) = t.deliveries.iter().find(|delivery| delivery.partner == *partner) else {
            let ask = Term::run(Rule::DossierRequest, t.turns.phase, since, method.check_days).on(Some(lead));
            out.extend(method.while_there(partner, ask));
            continue;
        };
        if delivery.complete.is_some() {
            continue;
        }
        let last = delivery.delivered.last().copied();
        out.push(match (last, delivery.lacking) {
            (Some(last), lacking) if lacking.is_none_or(|lacking| lacking < last) => {
                Term::run(Rule::DossierCheck, delivery.turn, last, method.check_days).on(Some(lead))
            }
            (_, lacking) => {
                let start = lacking.unwrap_or(delivery.requested);
                Term::run(Rule::DossierDelivery, delivery.turn, start, method.dossier_days).on(Some(partner))
            }
        });
    }
}

/// The next review: the day the partners set, else the method's interval after the last review or decision.
fn review(t: &Trajectory, method: &Method, lead: &OrgId) -> Option<Term> {
    let reviewed = t.reviews.last().map(|review| (review.fact, review.on));
    let decision = t.decisions.last()?;
    let (trigger, start) = reviewed.filter(|(_, on)| *on >= decision.on).unwrap_or((decision.fact, decision.on));
    let mut term = Term::run(Rule::Review, Some(trigger), start, method.review_days).on(Some(lead));
    if let (Some(until), true) = (decision.until, trigger == decision.fact) {
        term.end = until;
        term.days = days_between(start, until);
    }
    // a last term that was set says when there is to be a look again
    let set = t.measures.iter().filter(|taken| taken.annulled.is_none());
    let set = set.filter(|taken| Some(taken.review) == reviewed.map(|(fact, _)| fact));
    if let Some((until, taken)) = set.filter_map(|taken| Some((taken.until?, taken))).next_back() {
        (term.trigger, term.start, term.end) = (Some(taken.fact), taken.on, until);
        term.days = days_between(taken.on, until);
    }
    term.days.is_some().then_some(term)
}

fn objection(t: &Trajectory) -> Option<Term> {
    let refused = t.screenings.last().filter(|screening| screening.status == Status::Refused)?;
    refused.detail.as_ref()?.remedy.as_ref()?;
    let mut term = Term::run(Rule::Objection, Some(refused.fact), refused.on, Some(OBJECTION_DAYS));
    let end = calendar::statutory_end(refused.on, OBJECTION_DAYS);
    if end != term.end {
        term.moved_from = Some(term.end);
        term.end = end;
    }
    term.statutory = true;
    term.until = Some(term.end);
    Some(term)
}

/// Terms beside the phase: undecided too long, longest stay.
fn standing(t: &Trajectory, method: &Method, lead: &OrgId) -> Vec<Term> {
    let mut out = Vec::new();
    if t.status() == Status::ShelteredWithoutStatus && t.decisions.is_empty() {
        let days = method.undecided_days;
        out.extend(
            days.map(|days| Term::run(Rule::Undecided, t.turns.status, t.status_since(), Some(days)).on(Some(lead))),
        );
    }
    let admitted = t.statuses.iter().find(|(status, _)| *status == Status::Admitted);
    if let (Some((_, since)), Some(months)) = (admitted, method.max_stay_months) {
        let end = since.saturating_add(i64::from(months).months());
        let days = days_between(*since, end);
        out.push(Term { end, ..Term::run(Rule::MaxStay, t.turns.admitted, *since, days) }.on(Some(lead)));
    }
    out
}
