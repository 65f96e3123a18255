//! Whether those at the table can decide: kinds of organisation that are there, in mandate, and free to decide on this case.

use std::collections::BTreeSet;

use super::{Seat, Sitting};
use crate::{
    codes::OrgKind,
    fact::Body,
    ids::{OrgId, SittingId, TrajectoryId, UserId},
    programme::Conference,
    trajectory::Recorded,
};

/// What a quorum is counted by.
#[derive(Clone, Copy)]
pub struct Counted<'a> {
    /// The rules of the body.
    pub conference: &'a Conference,
    /// On which case; none: on anything.
    pub case: Option<TrajectoryId>,
    /// What an organisation is.
    pub kind_of: &'a dyn Fn(&OrgId) -> Option<OrgKind>,
    /// Kinds of which nobody takes part here any more: nothing waits for them (decision 21).
    pub gone: &'a BTreeSet<OrgKind>,
    /// Who had a hand in the case before it came to this body ([`hands`]).
    pub hands: &'a BTreeSet<UserId>,
}

/// Whether enough partners are at the table to decide on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// Kinds of organisation that are there, in mandate, and free to decide.
    pub present: Vec<OrgKind>,
    /// How many are needed.
    pub needed: usize,
    /// Kinds that must be there and are not, or with too few people: the chair among them.
    pub missing: Vec<OrgKind>,
    /// Who is there and does not count, because they had a hand in the case before.
    pub not_fresh: Vec<String>,
}

impl Quorum {
    /// Whether they can decide.
    pub fn holds(&self) -> bool {
        self.missing.is_empty() && self.present.len() >= self.needed
    }
}

impl Sitting {
    /// Whether those at the table can decide.
    pub fn quorum(&self, by: Counted<'_>) -> Quorum {
        let Counted { conference, case, kind_of, gone, hands } = by;
        let out = |seat: &Seat| case.is_some_and(|case| self.keeps_out(case, seat));
        let (mut present, mut not_fresh) = (Vec::new(), Vec::new());
        for seat in self.seats().iter().filter(|seat| seat.mandate && !out(seat)) {
            let Some(kind) = kind_of(&seat.org).filter(|kind| conference.members.contains(kind)) else { continue };
            if conference.fresh.contains(&kind) && seat.user.is_some_and(|user| hands.contains(&user)) {
                not_fresh.push(seat.name.clone());
            } else {
                present.push(kind);
            }
        }
        let people = |kind: &OrgKind| present.iter().filter(|there| *there == kind).count();
        let lacks = |kind: &OrgKind| people(kind) < conference.people(*kind) && !gone.contains(kind);
        let missing: Vec<OrgKind> = conference.required().into_iter().filter(lacks).collect();
        present.sort_unstable();
        present.dedup();
        let left = conference.members.iter().filter(|kind| !gone.contains(kind)).count();
        Quorum { present, needed: usize::from(conference.quorum).min(left), missing, not_fresh }
    }
}

/// Who had a hand in a case before it came to a sitting: who recorded a step in it, or had a task in it. Members of an MRT
/// that look with fresh eyes are none of them (dienstterugkeerenvertrek.nl, MRT). What this sitting itself recorded is not
/// counted, and neither is looking.
pub fn hands(history: &[Recorded], sitting: SittingId) -> BTreeSet<UserId> {
    let before = history.iter().map(|recorded| &recorded.fact);
    let before = before.filter(|fact| fact.body.as_ref().and_then(Body::sitting) != Some(sitting));
    let mut all = BTreeSet::new();
    for fact in before {
        all.insert(fact.header.actor);
        if let Some(Body::WorkerAssigned(body)) = &fact.body {
            all.extend(body.user);
        }
    }
    all
}

/// Who sat at a table where a case was spoken about.
pub fn sat_over(sitting: &Sitting, case: TrajectoryId) -> BTreeSet<UserId> {
    let mut all = BTreeSet::new();
    for (at, (of, from)) in sitting.began.iter().enumerate() {
        let until = sitting.began.get(at + 1).map(|(_, next)| *next).or(sitting.closed);
        if *of != case {
            continue;
        }
        // who was there when it came to the table, and who came in while it lay there
        let last = sitting.attendance.iter().rposition(|attendance| attendance.from <= *from).unwrap_or(0);
        let there = sitting.attendance.iter().enumerate();
        let there = there.filter(|(place, attendance)| {
            *place == last || (*place > last && until.is_none_or(|until| attendance.from < until))
        });
        let out = |seat: &&Seat| !sitting.keeps_out(case, seat);
        all.extend(there.flat_map(|(_, attendance)| &attendance.seats).filter(out).filter_map(|seat| seat.user));
    }
    all
}
