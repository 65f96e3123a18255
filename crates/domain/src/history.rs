//! A history of facts: which of them still hold, which stands in the place of which, and in what order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fact::{Fact, Kind},
    ids::FactId,
    refusal::{Refusal, Standing},
};

/// Days tried for "possible from", at most: each is a replay of the whole history.
const MOST_DAYS: usize = 64;

/// A fact with its place in the stream (from 1): facts of one day are ordered by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Place in the stream.
    pub number: u32,
    /// The fact.
    pub fact: Fact,
}

/// A history, read: what holds and what was replaced.
pub struct History<'a> {
    order: Vec<&'a Recorded>,
    superseded: BTreeMap<FactId, FactId>,
    replaced: Vec<(FactId, FactId)>,
}

impl<'a> History<'a> {
    /// Reads a history.
    ///
    /// When a correction is withdrawn, what it had replaced holds again.
    pub fn of(facts: &'a [Recorded]) -> Self {
        let superseded = superseded(facts);
        let by_id: BTreeMap<FactId, &Recorded> =
            facts.iter().map(|recorded| (recorded.fact.header.id, recorded)).collect();
        let mut order: Vec<&Recorded> = facts
            .iter()
            .filter(|recorded| recorded.fact.header.kind != Kind::Withdrawn)
            .filter(|recorded| !superseded.contains_key(&recorded.fact.header.id))
            .collect();
        order
            .sort_by_cached_key(|recorded| (recorded.fact.header.valid_from, place(recorded, &by_id), recorded.number));
        let holds: BTreeMap<FactId, FactId> =
            order.iter().map(|recorded| (root(recorded.fact.header.id, &by_id), recorded.fact.header.id)).collect();
        let replaced = facts
            .iter()
            .map(|recorded| recorded.fact.header.id)
            .filter_map(|id| Some((id, *holds.get(&root(id, &by_id))?)))
            .filter(|(old, new)| old != new)
            .collect();
        Self { order, superseded, replaced }
    }

    /// The facts that still hold, in order of the day they hold from, then of their place.
    pub fn order(&self) -> &[&'a Recorded] {
        &self.order
    }

    /// The fact that took the place of one, or withdrew it.
    pub fn superseded_by(&self, fact: FactId) -> Option<FactId> {
        self.superseded.get(&fact).copied()
    }

    /// Facts that no longer hold, each with the one that now stands in its place.
    pub fn replaced(&self) -> &[(FactId, FactId)] {
        &self.replaced
    }

    /// The fact that now stands in the place of another; itself when nothing does.
    pub fn current(&self, fact: FactId) -> FactId {
        current(&self.replaced, fact)
    }
}

/// The fact that now stands in the place of another; itself when nothing does.
pub(crate) fn current(replaced: &[(FactId, FactId)], fact: FactId) -> FactId {
    replaced.iter().find(|(old, _)| *old == fact).map_or(fact, |(_, new)| *new)
}

/// What is superseded, and by which fact. A withdrawn fact supersedes nothing; a corrected one still does. A fact comes
/// after what it supersedes, so that the last ones are settled first.
fn superseded(facts: &[Recorded]) -> BTreeMap<FactId, FactId> {
    let mut newest_first: Vec<&Recorded> = facts.iter().collect();
    newest_first.sort_by_key(|recorded| std::cmp::Reverse(recorded.number));
    let (mut out, mut withdrawn) = (BTreeMap::new(), BTreeSet::new());
    for recorded in newest_first {
        let h = &recorded.fact.header;
        if let Some(old) = h.supersedes
            && !withdrawn.contains(&h.id)
        {
            out.entry(old).or_insert(h.id);
            if h.kind == Kind::Withdrawn {
                withdrawn.insert(old);
            }
        }
    }
    out
}

/// The first fact of a line of corrections.
fn root(fact: FactId, by_id: &BTreeMap<FactId, &Recorded>) -> FactId {
    let mut seen = BTreeSet::from([fact]);
    let mut at = fact;
    while let Some(old) = by_id.get(&at).and_then(|recorded| recorded.fact.header.supersedes) {
        if !by_id.contains_key(&old) || !seen.insert(old) {
            break;
        }
        at = old;
    }
    at
}

/// Among facts of one day: a correction that leaves the day as it was keeps the place of what it replaces.
fn place(recorded: &Recorded, by_id: &BTreeMap<FactId, &Recorded>) -> u32 {
    let day = recorded.fact.header.valid_from;
    let mut place = recorded.number;
    let mut seen = BTreeSet::new();
    let mut at = recorded;
    while let Some(old) = at.fact.header.supersedes.and_then(|old| by_id.get(&old)) {
        if !seen.insert(old.fact.header.id) {
            break;
        }
        if old.fact.header.valid_from == day {
            place = old.number;
        }
        at = old;
    }
    place
}

/// A history with new facts behind it.
pub(crate) fn with(history: &[Recorded], facts: &[Fact]) -> Vec<Recorded> {
    let last = history.iter().map(|recorded| recorded.number).max().unwrap_or(0);
    let new = facts.iter().cloned().zip(last + 1..).map(|(fact, number)| Recorded { number, fact });
    history.iter().cloned().chain(new).collect()
}

/// Why a history makes no sense, and at which fact.
pub(crate) struct Stop {
    pub(crate) refusal: Refusal,
    pub(crate) at: Option<Standing>,
}

impl Stop {
    /// At a fact.
    pub(crate) fn at(recorded: &Recorded) -> impl FnOnce(Refusal) -> Self + use<> {
        let h = &recorded.fact.header;
        let at = Some(Standing { fact: h.id, kind: h.kind, on: h.valid_from });
        move |refusal| Self { refusal, at }
    }

    /// As the answer to whoever only replays.
    pub(crate) fn refused(self) -> Refusal {
        Refusal { stands_in_way: self.at, ..self.refusal }
    }

    /// As the answer to whoever wants to add facts: from which day they would be accepted, and which other fact
    /// stands in the way.
    pub(crate) fn explained(
        self,
        history: &[Recorded],
        facts: &[Fact],
        changes: &[Date],
        today: Date,
        replay: impl Fn(&[Recorded]) -> Result<(), Stop>,
    ) -> Refusal {
        let Self { mut refusal, at } = self;
        let own = at.is_none_or(|standing| facts.iter().any(|fact| fact.header.id == standing.fact));
        if !own {
            refusal.stands_in_way = at;
        }
        let hint = refusal.possible_from.filter(|_| own);
        refusal.possible_from = first_possible(history, facts, changes.iter().copied().chain(hint), today, replay);
        refusal
    }
}

/// The first later day on which the same facts would be accepted. Only days on which something changes are tried:
/// those of the history, today, those on which the state changes by itself, and what a refusal itself names (that may
/// lie after today).
fn first_possible(
    history: &[Recorded],
    facts: &[Fact],
    changes: impl Iterator<Item = Date>,
    today: Date,
    replay: impl Fn(&[Recorded]) -> Result<(), Stop>,
) -> Option<Date> {
    if facts.iter().all(|fact| fact.header.kind == Kind::Withdrawn) {
        return None; // a withdrawal works on every day alike
    }
    let asked = facts.iter().map(|fact| fact.header.valid_from).max()?;
    let known = history.iter().map(|recorded| recorded.fact.header.valid_from).filter(|day| *day <= today);
    let mut days: BTreeSet<Date> = known.chain([today]).chain(changes).filter(|day| *day > asked).collect();
    for _ in 0..MOST_DAYS {
        let day = days.pop_first()?;
        let mut moved = facts.to_vec();
        moved.iter_mut().for_each(|fact| fact.header.valid_from = day);
        match replay(&with(history, &moved)) {
            Ok(()) => return Some(day),
            Err(stop) => {
                let own = stop.at.is_some_and(|at| moved.iter().any(|fact| fact.header.id == at.fact));
                days.extend(stop.refusal.possible_from.filter(|next| own && *next > day));
            }
        }
    }
    None
}
