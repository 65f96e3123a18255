//! What is decided about a person before any fact is written: where, when, how it ends.

use domain::{
    codes::{Relation, Status},
    ids::{Code, ParticipantId, SiteId, TrajectoryId},
};
use jiff::civil::Date;

use crate::name::{Family, Script};

/// One person.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    /// Who.
    pub participant: ParticipantId,
    /// Lane of chance for everything else about them.
    pub lane: u64,
    /// Household, if any.
    pub kin: Option<Kin>,
    /// Trajectories, oldest first.
    pub courses: Vec<Course>,
    /// Facts are to be this much more numerous, in per cent.
    pub density: u32,
}

/// What a household has in common.
#[derive(Debug, Clone)]
pub(crate) struct Kin {
    /// Script of its names.
    pub script: Script,
    /// Surname.
    pub family: Family,
    /// Whether this is one of the children.
    pub child: bool,
    /// The others.
    pub links: Vec<(ParticipantId, Relation)>,
}

/// One trajectory.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    /// Which.
    pub id: TrajectoryId,
    /// Where.
    pub site: SiteId,
    /// Day of registration.
    pub registered: Date,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a registration.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// Took part.
    TakesPart(Part),
    /// Not admitted.
    Refused(Date),
    /// To a municipal facility outside the LVV.
    Outside(Date),
    /// On the waiting list since.
    Waits(Date),
    /// Nothing decided yet.
    Pending,
    /// On the waiting list since, and left before there was room.
    GaveUp(Date, Departure),
}

/// How a trajectory ends.
#[derive(Debug, Clone)]
pub(crate) struct Departure {
    /// Day.
    pub on: Date,
    /// Reason.
    pub reason: Code,
}

/// Taking part.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// On the waiting list since.
    pub queue: Option<Date>,
    /// First day.
    pub entered: Date,
    /// Status on that day.
    pub first: Status,
    /// Living allowance only, later: from and to.
    pub allowance: Option<(Date, Option<Date>)>,
    /// Day planned for the first decision; may lie after leaving, or after today.
    pub decision: Date,
    /// Leaving, if it happens before today.
    pub left: Option<Departure>,
    /// Whether departure is postponed on medical grounds.
    pub medical: Medical,
}

/// Whether departure is postponed on medical grounds, as a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medical {
    /// By chance.
    Free,
    /// From the first decision on, and it stays so.
    Stays,
    /// Not at all.
    Never,
}
