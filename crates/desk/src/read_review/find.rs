//! What stands out in the readings of a day. Plain counting over colleagues' readings; nothing about a participant is judged.

use std::collections::{BTreeMap, BTreeSet};

use access::Relation;
use domain::ids::{ParticipantId, UserId};
use jiff::tz::TimeZone;

use super::Thresholds;
use crate::read_log::{Activity, ReadLine};

/// Why readings are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Access in an emergency.
    BreakGlass,
    /// The reader had nothing to do with the case.
    Outside,
    /// One person, many readers.
    ManyReaders,
    /// One reader, many people in one hour.
    ManyPeople,
    /// One account, many refusals.
    ManyRefusals,
    /// At night.
    Night,
    /// By chance.
    Sample,
}

impl Why {
    /// Every reason, the gravest first.
    pub const ALL: [Self; 7] = [
        Self::BreakGlass,
        Self::Outside,
        Self::ManyReaders,
        Self::ManyPeople,
        Self::ManyRefusals,
        Self::Night,
        Self::Sample,
    ];

    /// The code in the store and in text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BreakGlass => "break-glass",
            Self::Outside => "outside",
            Self::ManyReaders => "many-readers",
            Self::ManyPeople => "many-people",
            Self::ManyRefusals => "many-refusals",
            Self::Night => "night",
            Self::Sample => "sample",
        }
    }

    /// The reason with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }
}

/// Readings that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) why: Why,
    /// What tells it from others of that day.
    pub(super) which: String,
    pub(super) readers: Vec<UserId>,
    pub(super) subject: Option<ParticipantId>,
    pub(super) amount: usize,
    pub(super) lines: Vec<u64>,
}

type Lines = [(u64, ReadLine)];

fn hour(line: &ReadLine) -> u16 {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    u16::from(line.time().to_zoned_datetime(zone).hour().unsigned_abs())
}

/// Emergencies, each by itself.
pub(super) fn emergencies(lines: &Lines) -> Vec<Found> {
    let broken = lines.iter().filter(|(_, line)| line.relation == Relation::BreakGlass);
    broken.map(|(number, line)| one(Why::BreakGlass, *number, line)).collect()
}

fn one(why: Why, number: u64, line: &ReadLine) -> Found {
    let (readers, subject) = (vec![line.user], line.subjects.first().copied().filter(|_| line.subjects.len() == 1));
    Found { why, which: number.to_string(), readers, subject, amount: line.subjects.len(), lines: vec![number] }
}

/// Without what was refused: nothing was read there.
fn readings(lines: &Lines) -> impl Iterator<Item = &(u64, ReadLine)> {
    lines.iter().filter(|(_, line)| line.refused.is_none())
}

/// Accounts that were refused often: someone tries out what they may not do, or a page offers what it should not.
fn refusals(lines: &Lines, limits: &Thresholds) -> Vec<Found> {
    let mut tried: BTreeMap<UserId, (usize, Vec<u64>)> = BTreeMap::new();
    for (number, line) in lines {
        let Some(attempt) = &line.refused else { continue };
        let (times, numbers) = tried.entry(line.user).or_default();
        *times = times.saturating_add(usize::try_from(attempt.times).unwrap_or(usize::MAX));
        numbers.push(*number);
    }
    let many = tried.into_iter().filter(|(_, (times, _))| *times >= usize::from(limits.many_refusals));
    many.map(|(user, (amount, lines))| Found {
        why: Why::ManyRefusals,
        which: user.to_string(),
        readers: vec![user],
        subject: None,
        amount,
        lines,
    })
    .collect()
}

/// Everything that stands out in a day.
pub(super) fn day(lines: &Lines, limits: &Thresholds) -> Vec<Found> {
    let mut out = emergencies(lines);
    out.extend(refusals(lines, limits));
    let mut outside: BTreeMap<UserId, Vec<u64>> = BTreeMap::new();
    let mut night: BTreeMap<UserId, Vec<u64>> = BTreeMap::new();
    let mut readers: BTreeMap<ParticipantId, (BTreeSet<UserId>, Vec<u64>)> = BTreeMap::new();
    let mut people: BTreeMap<(UserId, u16), (BTreeSet<ParticipantId>, Vec<u64>)> = BTreeMap::new();
    for (number, line) in readings(lines) {
        let (hour, own_work) = (hour(line), line.activity == Activity::Administration);
        if line.relation == Relation::None && !own_work {
            outside.entry(line.user).or_default().push(*number);
        }
        if is_night(hour, limits) {
            night.entry(line.user).or_default().push(*number);
        }
        // lists name many people whom nobody looks at; a file is read
        for subject in line.subjects.iter().filter(|_| !own_work && line.subjects.len() == 1) {
            let (who, numbers) = readers.entry(*subject).or_default();
            who.insert(line.user);
            numbers.push(*number);
        }
        let (whom, numbers) = people.entry((line.user, hour)).or_default();
        whom.extend(&line.subjects);
        numbers.push(*number);
    }
    let of_one = |why| {
        move |(user, lines): (UserId, Vec<u64>)| Found {
            why,
            which: user.to_string(),
            readers: vec![user],
            subject: None,
            amount: lines.len(),
            lines,
        }
    };
    out.extend(outside.into_iter().map(of_one(Why::Outside)));
    out.extend(night.into_iter().map(of_one(Why::Night)));
    let many = readers.into_iter().filter(|(_, (who, _))| who.len() >= usize::from(limits.many_readers));
    out.extend(many.map(|(subject, (who, lines))| Found {
        why: Why::ManyReaders,
        which: subject.to_string(),
        amount: who.len(),
        readers: who.into_iter().collect(),
        subject: Some(subject),
        lines,
    }));
    let many = people.into_iter().filter(|(_, (whom, _))| whom.len() >= usize::from(limits.many_people));
    out.extend(many.map(|((user, hour), (whom, lines))| Found {
        why: Why::ManyPeople,
        which: format!("{user} {hour}"),
        amount: whom.len(),
        readers: vec![user],
        subject: None,
        lines,
    }));
    out
}

fn is_night(hour: u16, limits: &Thresholds) -> bool {
    if limits.night_from <= limits.night_to {
        (limits.night_from..limits.night_to).contains(&hour)
    } else {
        hour >= limits.night_from || hour < limits.night_to
    }
}

/// Readings by chance; `below` gives a number below another.
pub(super) fn sample(lines: &Lines, limits: &Thresholds, mut below: impl FnMut(usize) -> usize) -> Vec<Found> {
    let lines: Vec<&(u64, ReadLine)> = readings(lines).collect();
    let mut left: Vec<usize> = (0..lines.len()).collect();
    let mut out = Vec::new();
    while out.len() < usize::from(limits.sample) && !left.is_empty() {
        let (number, line) = lines[left.swap_remove(below(left.len()))];
        out.push(one(Why::Sample, *number, line));
    }
    out
}
