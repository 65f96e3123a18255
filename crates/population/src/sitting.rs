//! Sittings of the LSO: from some day on the invented partners decide at them, every other Tuesday. What they decided are
//! facts of the cases; here is when they met, and who was there.

use std::collections::BTreeMap;

use domain::{
    codes::{Board, Role},
    conference::Decided,
    fact::{Body, Fact},
    ids::{SiteId, SittingId, TrajectoryId, UserId},
    programme::Programme,
    sitting::{Act, Line, Member, Seat, Slot},
};
use jiff::{Timestamp, ToSpan, civil::Date};

use crate::{
    pen::Clock,
    staff::{Staff, staff},
};

/// Before this day nobody kept an agenda.
const MEET_FROM: Date = Date::constant(2022, 1, 4);
/// Days between two sittings.
const EVERY: i32 = 14;
/// Minutes for a case.
const CASE: i64 = 20;
/// Days after a sitting on which its minutes are fixed.
const FIXED_AFTER: i32 = 10;

/// A sitting that was held.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Which.
    pub id: SittingId,
    /// Its log, until it was closed.
    pub lines: Vec<Line>,
    /// When its minutes were confirmed and fixed.
    pub fixed: Timestamp,
}

/// An id that follows from words, so that it is the same in every network.
pub(crate) fn fixed_id(words: &str) -> uuid::Uuid {
    let mut bytes = [0; 16];
    for (half, salt) in bytes.chunks_exact_mut(8).zip([0x9e37_79b9_u64, 0x85eb_ca6b]) {
        // FNV-1a: no secret here, only stability
        let hash = words
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325 ^ salt, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        half.copy_from_slice(&hash.to_be_bytes());
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The first sitting of a site on or after a day; none before they met, or where there is no LSO.
pub(crate) fn next(programme: &Programme, site: &SiteId, on: Date) -> Option<(SittingId, Date)> {
    programme.conference(Board::Lso, site)?;
    let days = MEET_FROM.until(on).ok()?.get_days();
    if days < 0 {
        return None;
    }
    let day = MEET_FROM.saturating_add(((days + EVERY - 1) / EVERY * EVERY).days());
    Some((SittingId(fixed_id(&format!("sitting {site} {day}"))), day))
}

/// The sittings at which these facts were decided, oldest first.
pub fn sittings(programme: &Programme, facts: &[Fact]) -> Vec<Held> {
    let clock = Clock::new();
    let people = staff(programme);
    let mut all: BTreeMap<(Date, SittingId), (SiteId, Vec<(TrajectoryId, &Decided)>)> = BTreeMap::new();
    for fact in facts {
        let (Some(Body::Decided(body)), domain::ids::Stream::Trajectory(case)) = (&fact.body, fact.header.stream)
        else {
            continue;
        };
        let Some(id) = body.sitting else { continue };
        let (_, cases) = all.entry((fact.header.valid_from, id)).or_insert_with(|| (fact.header.site.clone(), vec![]));
        cases.push((case, body));
    }
    let held = all.into_iter().filter_map(|((on, id), (site, mut cases))| {
        cases.sort_by_key(|(case, _)| *case);
        cases.dedup_by_key(|(case, _)| *case);
        let members: Vec<&Staff> =
            people.iter().filter(|one| one.sites == [site.clone()] && confers(one.role)).collect();
        let chair = members.iter().find(|one| one.role == Role::Coordinator)?.user;
        let lines = lines(&clock, (on, &site), &members, &cases, chair);
        Some(Held { id, lines, fixed: clock.at(on.saturating_add(FIXED_AFTER.days()), 16, 0) })
    });
    held.collect()
}

fn confers(role: Role) -> bool {
    let all = [Role::Coordinator, Role::Guide, Role::IndOfficer, Role::CaseDirector, Role::PoliceOfficer];
    all.contains(&role)
}

fn lines(
    clock: &Clock,
    (on, site): (Date, &SiteId),
    members: &[&Staff],
    cases: &[(TrajectoryId, &Decided)],
    chair: UserId,
) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut add = |at: Timestamp, act: Act| {
        let number = u32::try_from(out.len()).unwrap_or(u32::MAX).saturating_add(1);
        out.push(Line { number, at, by: chair, act });
    };
    let planned = clock.at(on.saturating_sub(21.days()), 10, 0);
    let begins = jiff::civil::time(9, 30, 0, 0);
    let place = "Stadhuis, vergaderkamer 2".to_owned();
    add(planned, Act::Planned { board: Board::Lso, site: site.clone(), on, at: begins, minutes: 180, place });
    let invited = members.iter().map(|one| Member { user: one.user, org: one.org.clone() }).collect();
    add(planned, Act::Invited { members: invited });
    let slots = cases.iter().map(|(case, _)| Slot { case: *case, minutes: 20 }).collect();
    add(clock.at(on.saturating_sub(7.days()), 10, 0), Act::Ordered { slots });
    let opened = clock.at(on, 9, 30);
    add(opened, Act::Opened {});
    let there = |one: &&&Staff| cases.iter().any(|(_, body)| body.present.iter().any(|seat| seat.name == one.name));
    let seat =
        |one: &&Staff| Seat { org: one.org.clone(), name: one.name.clone(), user: Some(one.user), mandate: true };
    add(opened, Act::Attended { seats: members.iter().filter(there).map(seat).collect() });
    let later = |cases: usize| {
        let minutes = CASE.saturating_mul(i64::try_from(cases).unwrap_or(0));
        opened.saturating_add(minutes.minutes()).unwrap_or(opened)
    };
    for (place, (case, _)) in cases.iter().enumerate() {
        add(later(place), Act::Began { case: *case });
    }
    add(later(cases.len()), Act::Closed {});
    out
}
