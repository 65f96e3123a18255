//! Partners that no longer take part: a later version of the method drops one, or its agreement ends. From that day on nothing
//! waits for them, also not in what began before.
//!
//! What they did stays, and what they still do can be recorded on their information: only the waiting ends.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::{
    codes::Phase,
    fact::Header,
    ids::OrgId,
    programme::Method,
    term::{self, Rule, Term},
    trajectory::Trajectory,
};

/// A time in which an organisation does not take part; without an end it does not come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Who.
    pub org: OrgId,
    /// First day.
    pub from: Date,
    /// Day on which it takes part again.
    pub to: Option<Date>,
}

impl Method {
    /// Whether an organisation takes part on a day.
    pub fn is_there(&self, org: &OrgId, on: Date) -> bool {
        !self.absent.iter().any(|gone| gone.org == *org && gone.from <= on && gone.to.is_none_or(|to| on < to))
    }

    /// The first day from another on which an organisation does not take part.
    fn gone_from(&self, org: &OrgId, on: Date) -> Option<Date> {
        let meets = |gone: &&Absence| gone.org == *org && gone.to.is_none_or(|to| on < to);
        self.absent.iter().filter(meets).map(|gone| gone.from.max(on)).min()
    }

    /// A term about what only an organisation can do: it ends when that one goes.
    pub(crate) fn while_there(&self, org: &OrgId, term: Term) -> Option<Term> {
        match self.gone_from(org, term.from) {
            Some(day) => term.until_before(day),
            None => Some(term),
        }
    }

    /// The same, with no dossier asked of who does not take part on a day. Every fact of every history asks it: a method is
    /// only copied where someone is gone.
    pub fn present_on(&self, on: Date) -> Cow<'_, Self> {
        if self.deliver.iter().all(|org| self.is_there(org, on)) {
            return Cow::Borrowed(self);
        }
        let mut own = self.clone();
        own.deliver.retain(|org| self.is_there(org, on));
        Cow::Owned(own)
    }
}

impl Trajectory {
    /// When everyone whose part is still missing has gone, or will have, the dossier is no longer waited for from that day:
    /// with what there is the rest period begins, and without anything the decision is next.
    pub(crate) fn wait_for_nobody(&mut self, h: &Header, method: &Method) {
        if method.absent.is_empty() {
            return;
        }
        let on = h.valid_from;
        // planned before this fact: the fact may change it, unless it completes the dossier and so began the rest period itself
        if self.dropped.take_if(|day| *day >= on).is_some() && self.complete.is_none() {
            self.rest = None;
            self.phases.retain(|(_, from)| *from <= on);
        }
        if self.rest.is_some() || self.phase_on(on) != Phase::Dossier {
            return;
        }
        let part = |org: &OrgId| self.part_of(org, method.rest_starts);
        let missing: Vec<&OrgId> = method.deliver.iter().filter(|org| part(org).is_none()).collect();
        let gone: Option<Vec<Date>> = missing.iter().map(|org| method.gone_from(org, on)).collect();
        let Some(day) = gone.and_then(|days| days.into_iter().max()) else { return };
        self.dropped = Some(day);
        let mut parts: Vec<_> =
            self.deliveries.iter().filter_map(|delivery| self.part_of(&delivery.partner, method.rest_starts)).collect();
        if parts.is_empty() {
            self.plan(Phase::Decision, day, on);
            return;
        }
        parts.sort_unstable();
        let triggers = parts.into_iter().map(|(_, fact)| fact).collect();
        let rest = term::rest_period(triggers, day, Some(self), method);
        self.plan(Phase::RestPeriod, day, on);
        // while it stands still, nobody knows when the decision is next
        if rest.has_end() {
            self.phases.push((Phase::Decision, term::after(rest.end)));
        }
        self.rest = Some(rest);
    }

    /// Goes to a phase on a day that may lie ahead.
    fn plan(&mut self, phase: Phase, day: Date, on: Date) {
        if day == on {
            self.enter(phase, day);
        } else {
            self.phases.push((phase, day));
        }
    }
}

/// Terms that wait for who does not take part (any more): what only they could do ends the day before, what others can take
/// over is the lead's from that day.
pub(crate) fn adjust(terms: Vec<Term>, method: &Method, lead: &OrgId) -> Vec<Term> {
    if method.absent.is_empty() {
        return terms;
    }
    terms.into_iter().flat_map(|term| one(term, method, lead)).collect()
}

fn one(term: Term, method: &Method, lead: &OrgId) -> Vec<Term> {
    let gone = term.waiting_on.as_ref().filter(|org| *org != lead).and_then(|org| method.gone_from(org, term.from));
    let Some(gone) = gone else { return vec![term] };
    let mut out: Vec<Term> = term.clone().until_before(gone).into_iter().collect();
    if matches!(term.rule, Rule::Action | Rule::AfterCare | Rule::Goal | Rule::Intake)
        && term.until.is_none_or(|until| gone <= until)
    {
        out.push(Term { from: gone.max(term.from), waiting_on: Some(lead.clone()), worker: None, ..term });
    }
    out
}

fn before(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

impl Term {
    /// The same, counting no longer than the day before another; none when it would not count at all.
    pub(crate) fn until_before(self, day: Date) -> Option<Self> {
        let until = self.until.map_or(before(day), |until| until.min(before(day)));
        (self.from <= until).then_some(Self { until: Some(until), ..self })
    }
}
