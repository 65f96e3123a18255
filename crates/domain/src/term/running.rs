//! The terms that run in a trajectory.

use jiff::civil::Date;

use super::{OBJECTION_WEEKS, Rule, Term, count::Count};
use crate::{
    calendar::{Calendar, Length},
    codes::{Phase, Status, Task},
    dossier::{Delivery, Stands},
    ids::{Code, FactId, OrgId},
    programme::Method,
    shelter::Stay,
    trajectory::Trajectory,
};

/// A trajectory under its way of working.
struct Running<'a> {
    t: &'a Trajectory,
    method: &'a Method,
    lead: &'a OrgId,
}

/// The open terms, soonest first, those that stand still or have no agreed length last. Which count on a day tells
/// [`Term::counts_on`]: the list itself depends on facts alone, not on the day it is asked.
pub fn terms(t: &Trajectory, method: &Method, lead: &OrgId) -> Vec<Term> {
    let running = Running { t, method, lead };
    let mut out = running.of_the_phase();
    out.extend(crate::objection::terms(t, lead));
    if t.ended().is_none() {
        out.extend(running.standing());
        out.extend(commitments(t));
        out.extend(goals(t));
        out.extend(running.escalation());
    }
    out.extend(actions(t));
    if let Some(day) = t.dropped {
        let began = t.phases.iter().rev().find(|(phase, _)| *phase == Phase::Dossier);
        let since = began.or(t.phases.last()).map_or(t.opened, |(_, from)| *from);
        out.extend(running.dossier(since, true).into_iter().filter_map(|term| term.until_before(day)));
    }
    let mut out = crate::absence::adjust(out, method, lead);
    out.sort_by_key(|term| (!term.has_end(), term.end, term.rule));
    out
}

/// The terms that can be extended, whoever has to act.
pub(crate) fn extendable(t: &Trajectory, method: &Method) -> Vec<Term> {
    let mut terms = terms(t, method, &t.registered_by);
    terms.retain(|term| term.length.is_some() && term.rule.of_the_method());
    terms
}

/// When an item is due that is open in a partner's part: as the delivery term of the part, with the days that were agreed
/// for the item.
pub fn item_due(t: &Trajectory, method: &Method, part: &Term, item: &Code) -> Term {
    let agreed = part.waiting_on.as_ref().and_then(|partner| method.contracted(partner, item));
    let days = agreed.and_then(|agreed| agreed.days).or(method.dossier_days);
    let running = Running { t, method, lead: &t.registered_by };
    let due = running.days(part.rule, part.triggers.iter().copied(), part.start, days);
    Term { from: part.from, until: part.until, ..due.on(part.waiting_on.as_ref()) }
}

impl Running<'_> {
    /// A term of the method's length; without one it only says since when.
    fn of(&self, rule: Rule, triggers: impl IntoIterator<Item = FactId>, start: Date, length: Option<Length>) -> Term {
        let triggers: Vec<FactId> = triggers.into_iter().collect();
        let Some(length) = length else { return Term::since(rule, triggers, start) };
        let stops = self.t.stops(rule, self.method);
        let extensions = self.t.extended(rule, &triggers);
        let calendar = self.method.calendar(rule);
        Term::counted(rule, triggers, Count { start, length, stops, extensions, calendar })
    }

    fn days(&self, rule: Rule, triggers: impl IntoIterator<Item = FactId>, start: Date, days: Option<u16>) -> Term {
        self.of(rule, triggers, start, days.map(Length::Days))
    }

    fn of_the_phase(&self) -> Vec<Term> {
        let (t, method) = (self.t, self.method);
        let (phase, since) = t.phases.last().copied().unwrap_or((Phase::Registration, t.opened));
        let (turns, lead) = (&t.turns, Some(self.lead));
        match phase {
            Phase::Registration if t.status() == Status::Registered && t.screenings.is_empty() => {
                vec![self.days(Rule::Screening, turns.registered, t.opened, method.screening_days).on(lead)]
            }
            // a refusal was annulled: screened again, from the decision on the objection
            Phase::Registration if t.status() == Status::Registered => {
                vec![self.days(Rule::Screening, turns.status, t.status_since(), method.screening_days).on(lead)]
            }
            // screened, no room yet: no length is agreed for that, it only says since when
            Phase::Registration if t.status() == Status::WaitingList => {
                vec![Term::since(Rule::WaitingList, turns.status.into_iter().collect(), t.status_since()).on(lead)]
            }
            Phase::Registration => vec![],
            Phase::Intake => {
                let guide = t.worker(Task::CaseManager).map(|worker| &worker.org);
                vec![self.days(Rule::Intake, turns.phase, since, method.intake_days).on(guide.or(lead))]
            }
            Phase::Dossier => self.dossier(since, true),
            // it stands still: nobody knows yet from when a decision is waited for
            Phase::RestPeriod => t.rest.iter().cloned().chain(self.still_open(since)).collect(),
            Phase::Decision => {
                let decision = self.days(Rule::Decision, turns.phase, since, method.decision_days).on(lead);
                // while another body has the case, its answer is waited for
                let decision = Some(decision).filter(|_| t.escalation().is_none());
                t.rest.iter().cloned().chain(decision).chain(self.still_open(since)).collect()
            }
            Phase::Guidance => self.review().into_iter().collect(),
            Phase::Ended => objection(t).into_iter().collect(),
        }
    }

    /// Dossier: to be asked for, to be delivered, to be checked, to be supplemented; per partner.
    fn dossier(&self, since: Date, asking: bool) -> Vec<Term> {
        let (t, method) = (self.t, self.method);
        let mut out = Vec::new();
        for partner in method.suppliers() {
            let must = method.deliver.contains(partner);
            let Some(delivery) = t.deliveries.iter().find(|delivery| delivery.partner == *partner) else {
                if !must || !asking {
                    continue;
                }
                let asked = self.days(Rule::DossierRequest, t.turns.phase, since, method.check_days);
                out.extend(method.while_there(partner, asked.on(Some(self.lead))));
                continue;
            };
            let start = match delivery.stands() {
                Stands::Complete(_) => continue,
                Stands::ToCheck(last) => {
                    out.push(self.days(Rule::DossierCheck, delivery.turn, last, method.check_days).on(Some(self.lead)));
                    continue;
                }
                Stands::Lacking(found) => found,
                Stands::Waiting => delivery.requested,
            };
            let due = self.days(Rule::DossierDelivery, delivery.turn, start, self.delivery_days(delivery));
            out.extend(self.reminder(delivery, &due));
            out.push(due.on(Some(partner)));
        }
        out
    }

    /// What is late is asked after, so many days after it was due or after the last time: for as long as nothing comes and
    /// the partner takes part.
    fn reminder(&self, delivery: &Delivery, due: &Term) -> Option<Term> {
        let days = self.method.reminder_days?;
        if !due.has_end() {
            return None;
        }
        let last = delivery.reminded.last().copied().filter(|day| *day > due.end);
        let triggers = last.and(delivery.reminded_by).map_or_else(|| due.triggers.clone(), |fact| vec![fact]);
        let term = self.days(Rule::Reminder, triggers, last.unwrap_or(due.end), Some(days)).on(Some(self.lead));
        self.method.while_there(&delivery.partner, Term { from: super::after(due.end), ..term })
    }

    /// Where the rest period did not wait for every part, what is open of those who were asked still is.
    fn still_open(&self, since: Date) -> Vec<Term> {
        if self.t.dropped.is_some() { vec![] } else { self.dossier(since, false) }
    }

    /// Days for what is open of a partner: those agreed for the item that is wanted first, else the method's.
    fn delivery_days(&self, delivery: &Delivery) -> Option<u16> {
        let open = delivery.outstanding();
        let agreed = self.method.items_of(&delivery.partner).filter(|item| open.contains(&&item.item));
        agreed.filter_map(|item| item.days).min().or(self.method.dossier_days)
    }

    /// The next review: the day the partners set, else the method's interval after the last review or decision.
    fn review(&self) -> Option<Term> {
        let t = self.t;
        let decision = t.decisions.last()?;
        let reviewed = t.reviews.last().filter(|review| review.on >= decision.on);
        let (trigger, start) = reviewed.map_or((decision.fact, decision.on), |review| (review.fact, review.on));
        // a last term that was set says when there is to be a look again
        let set = t.measures.iter().filter(|taken| taken.annulled.is_none());
        let set = set.filter(|taken| reviewed.is_some_and(|review| taken.review == review.fact));
        if let Some((until, taken)) = set.filter_map(|taken| Some((taken.until?, taken))).next_back() {
            let term = self.of(Rule::Review, [trigger, taken.fact], taken.on, Some(Length::Until(until)));
            return Some(term.on(Some(self.lead)));
        }
        let agreed = decision.until.filter(|_| reviewed.is_none()).map(Length::Until);
        let length = agreed.or(self.method.review_days.map(Length::Days))?;
        Some(self.of(Rule::Review, [trigger], start, Some(length)).on(Some(self.lead)))
    }

    /// A case with another body: its answer, on the day that was agreed. Advice that came back: the decision of the partners.
    fn escalation(&self) -> Option<Term> {
        if let Some(open) = self.t.escalation() {
            let term = match open.due {
                Some(due) => agreed(Rule::Escalation, open.fact, open.on, due),
                None => Term::since(Rule::Escalation, vec![open.fact], open.on),
            };
            return Some(term.on(open.owner.as_ref()));
        }
        let (on, fact, _) = self.t.advice()?.answer.as_ref()?;
        let days = self.method.decision_days.map(Length::Days);
        let term = match days {
            Some(length) => Term::fixed(Rule::Advice, *fact, *on, length, Calendar::Stays),
            None => Term::since(Rule::Advice, vec![*fact], *on),
        };
        Some(term.on(Some(self.lead)))
    }

    /// Since when someone is sheltered while the partners have not decided, whether admitted or not: the first night of a bed
    /// without a gap since, or the day on which the status says so.
    fn undecided(&self) -> Option<(Date, Option<FactId>)> {
        let t = self.t;
        if !t.decisions.is_empty() {
            return None;
        }
        let without = t.status() == Status::ShelteredWithoutStatus;
        let status = without.then(|| (t.status_since(), t.turns.status));
        let bed = t.stay().map(|stay| {
            let before =
                |stay: &Stay| t.stays.iter().rev().find(|one| one.to == Some(stay.from) && one.from < stay.from);
            let first = std::iter::successors(Some(stay), |stay| before(stay)).last().unwrap_or(stay);
            (first.from, Some(first.fact))
        });
        status.into_iter().chain(bed).min()
    }

    /// Terms beside the phase: undecided too long, longest stay.
    fn standing(&self) -> Vec<Term> {
        let (t, method) = (self.t, self.method);
        let mut out = Vec::new();
        if let (Some((since, fact)), Some(days)) = (self.undecided(), method.undecided_days) {
            out.push(self.days(Rule::Undecided, fact, since, Some(days)));
        }
        let admitted = t.statuses.iter().find(|(status, _)| *status == Status::Admitted);
        if let (Some((_, since)), Some(months)) = (admitted, method.max_stay_months) {
            out.push(self.of(Rule::MaxStay, t.turns.admitted, *since, Some(Length::Months(months))));
        }
        out.into_iter().map(|term| term.on(Some(self.lead))).collect()
    }
}

/// A day that people agreed on: no calendar moves it, a pause does not either.
fn agreed(rule: Rule, fact: FactId, from: Date, due: Date) -> Term {
    Term::fixed(rule, fact, from, Length::Until(due), Calendar::Stays)
}

fn actions(t: &Trajectory) -> impl Iterator<Item = Term> {
    t.actions.iter().filter(|action| action.closed.is_none()).map(|action| {
        let rule = if action.aftercare { Rule::AfterCare } else { Rule::Action };
        let mut term = agreed(rule, action.fact, action.from, action.due);
        term.about = Some(action.fact);
        term.waiting_on = action.detail.as_ref().map(|detail| detail.owner.clone());
        term.worker = action.detail.as_ref().and_then(|detail| detail.worker);
        term
    })
}

/// What partners took on in the last decision, until its day: no fact tells whether they did it.
fn commitments(t: &Trajectory) -> Vec<Term> {
    let Some(decision) = t.decisions.last() else { return vec![] };
    let promised = decision.detail.iter().flat_map(|detail| &detail.commitments);
    promised
        .filter_map(|promise| {
            let due = promise.due?;
            let run = agreed(Rule::Commitment, decision.fact, decision.on, due);
            Some(Term { until: Some(due), ..run }.on(Some(&promise.org)))
        })
        .collect()
}

/// Open goals with a day.
fn goals(t: &Trajectory) -> Vec<Term> {
    let open = t.goals.iter().filter(|goal| goal.closed.is_none());
    open.filter_map(|goal| {
        let run = agreed(Rule::Goal, goal.fact, goal.from, goal.due?);
        let owner = goal.detail.as_ref().map(|detail| &detail.owner);
        Some(Term { about: Some(goal.fact), ..run }.on(owner))
    })
    .collect()
}

/// Six weeks after a refusal became known (Awb 6:7 and 6:8); the Algemene termijnenwet moves the end.
fn objection(t: &Trajectory) -> Option<Term> {
    let refused = t.screenings.last().filter(|one| one.status == Status::Refused && one.annulled.is_none())?;
    refused.detail.as_ref()?.remedy.as_ref()?;
    let weeks = Length::Weeks(OBJECTION_WEEKS);
    let mut term = Term::fixed(Rule::Objection, refused.fact, refused.on, weeks, Calendar::Act);
    term.until = Some(term.end);
    Some(term)
}
