//! What supervision sees of one trajectory in a period (letter of 29 November 2018): whether the DT&V was involved, and what
//! stood still by what cause. From what is in the clear alone, so that it stays the same when someone is forgotten.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    codes::Status,
    date::days,
    fact::Kind,
    history::{History, Recorded},
    ids::{Code, OrgId},
    programme::{List, Method, Programme},
    refusal::Refusal,
    term::{Rule, terms},
    trajectory::{Trajectory, replay_before},
};

/// The terms whose running out means that a trajectory stands still. What partners promised or planned is not among them: it
/// is known under the key of a person alone.
pub const STALLS: [Rule; 10] = [
    Rule::Screening,
    Rule::Intake,
    Rule::DossierRequest,
    Rule::DossierDelivery,
    Rule::DossierCheck,
    Rule::Decision,
    Rule::Undecided,
    Rule::Review,
    Rule::Escalation,
    Rule::Advice,
];

/// Why a trajectory stood still.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It paused, with this reason (programme code); none where it is not told ([`together`]).
    Pause(Option<Code>),
    /// Something stood in the way (programme code); none where it is not told.
    Obstacle(Option<Code>),
    /// An organisation let a term run out.
    Late(OrgId),
}

/// Something that stood still, and for how many days: from its beginning until it ended, or until the last day of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood {
    /// Why.
    pub cause: Cause,
    /// How long.
    pub days: i32,
}

/// A trajectory in which someone took part during a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Whether one of the organisations had a worker in it during the period, or a step of the departure process was ever
    /// recorded.
    pub involved: bool,
    /// What stood still.
    pub stood: Vec<Stood>,
}

/// What there is to see of a trajectory in a period [from, to); none when nobody took part in it then. `orgs`: whose involvement
/// is asked.
///
/// # Errors
/// A history that makes no sense.
pub fn watch(
    facts: &[Recorded],
    method: &Method,
    lead: &OrgId,
    orgs: &[OrgId],
    (from, to): (Date, Date),
) -> Result<Option<Watched>, Refusal> {
    let Some(t) = replay_before(facts, method, to)? else { return Ok(None) };
    let part = [Status::Admitted, Status::ShelteredWithoutStatus, Status::LivingAllowanceOnly];
    let takes_part = t.statuses.iter().any(|(status, _)| part.contains(status));
    if !takes_part || t.ended().is_some_and(|end| end <= from) {
        return Ok(None);
    }
    let involved = !t.departure.is_empty() || assigned(facts, orgs, (from, to));
    Ok(Some(Watched { involved, stood: stood(&t, method, lead, (from, to)) }))
}

/// Whether a worker of one of these organisations had a task in the period.
fn assigned(facts: &[Recorded], orgs: &[OrgId], (from, to): (Date, Date)) -> bool {
    let history = History::of(facts);
    let heads = || history.order().iter().map(|recorded| &recorded.fact.header);
    let released = |id| {
        let ends = heads().filter(|h| h.kind == Kind::WorkerReleased);
        ends.filter(|h| h.codes.about.map(|about| history.current(about)) == Some(id)).map(|h| h.valid_from).min()
    };
    let theirs = heads().filter(|h| h.kind == Kind::WorkerAssigned && h.valid_from < to);
    let mut theirs = theirs.filter(|h| h.codes.partner.as_ref().is_some_and(|org| orgs.contains(org)));
    theirs.any(|h| released(h.id).is_none_or(|end| end > from))
}

fn stood(t: &Trajectory, method: &Method, lead: &OrgId, (from, to): (Date, Date)) -> Vec<Stood> {
    let end = t.ended().filter(|end| *end < to);
    let last = to.yesterday().unwrap_or(to);
    let lasted = |since: Date, until: Option<Date>| {
        let until = until.into_iter().chain(end).min();
        until.is_none_or(|until| until > from && until > since).then(|| days(since, until.unwrap_or(last)))
    };
    let pauses = t.pauses.iter().filter_map(|pause| {
        Some(Stood { cause: Cause::Pause(pause.code.clone()), days: lasted(pause.from, pause.to)? })
    });
    let obstacles = t.obstacles.iter().filter_map(|one| {
        Some(Stood { cause: Cause::Obstacle(Some(one.code.clone())), days: lasted(one.from, one.to)? })
    });
    let mut out: Vec<Stood> = pauses.chain(obstacles).collect();
    if end.is_some() {
        return out;
    }
    // on the last day of the period
    let late = terms(t, method, lead).into_iter().filter_map(|term| {
        let agreed = term.has_end() && term.end < last && term.counts_on(last) && STALLS.contains(&term.rule);
        term.waiting_on.filter(|_| agreed).map(|org| (org, term.end))
    });
    out.extend(late_once(late, last));
    out
}

/// What a case waits for: once for an organisation, since the first term that it let run out.
pub fn late_once(late: impl IntoIterator<Item = (OrgId, Date)>, on: Date) -> impl Iterator<Item = Stood> {
    let mut first: BTreeMap<OrgId, Date> = BTreeMap::new();
    for (org, due) in late {
        let known = first.entry(org).or_insert(due);
        *known = due.min(*known);
    }
    first.into_iter().map(move |(org, due)| Stood { cause: Cause::Late(org), days: days(due, on) })
}

/// Fewest cases by which a cause is told that could say more of someone than where a trajectory stands.
const TOLD: usize = 10;

/// Takes the reason out of pauses and obstacles that few share, where the programme marks some as telling of more (health):
/// whoever supervises learns what holds up many, and of nobody in particular what it is. All reasons that few share go, not
/// the marked ones alone: what is left out would otherwise tell which they are.
pub fn together(stood: &mut [&mut Stood], programme: &Programme) {
    let mut shared: BTreeMap<Cause, usize> = BTreeMap::new();
    stood.iter().for_each(|one| *shared.entry(one.cause.clone()).or_default() += 1);
    let marked = |list| programme.reveals_any(list).next().is_some();
    let (pauses, obstacles) = (marked(List::Pauses), marked(List::Obstacles));
    for one in stood {
        let few = shared.get(&one.cause).is_some_and(|cases| *cases < TOLD);
        match &mut one.cause {
            Cause::Pause(code) if few && pauses => *code = None,
            Cause::Obstacle(code) if few && obstacles => *code = None,
            _ => {}
        }
    }
}
