//! A sitting of a conference: a log of acts of its own, about nobody in particular (decision 17). What it does with a case
//! is a fact of that case (`agenda`, `conference`, `escalation`).
//!
//! [`Sitting::of`] replays the log; [`Sitting::take`] tells whether one act more makes sense.

use std::collections::BTreeSet;

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};

use crate::{
    codes::Board,
    ids::{FactId, OrgId, SiteId, SittingId, TrajectoryId, UserId},
    refusal::Refusal,
};

mod judge;
mod quorum;

pub use judge::{Rules, planned};
pub use quorum::{Counted, Quorum, hands, sat_over};

/// Most cases on one agenda: more would be read by nobody.
pub const MOST_CASES: usize = 60;

/// Someone with an account who is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// For which organisation.
    pub org: OrgId,
}

/// A case on the agenda: its place is the place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Which case.
    pub case: TrajectoryId,
    /// Minutes for it.
    pub minutes: u16,
}

/// Someone at the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// For which organisation.
    pub org: OrgId,
    /// Name, as it stands in the minutes.
    pub name: String,
    /// Their account; none for who has none.
    #[serde(default)]
    pub user: Option<UserId>,
    /// Whether they may decide for their organisation.
    pub mandate: bool,
}

/// One person at the table: by account, or by name who has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Person {
    /// With an account.
    Account(UserId),
    /// A guest, by the name in the minutes.
    Guest(String),
}

impl Seat {
    /// Who sits there.
    pub fn person(&self) -> Person {
        self.user.map_or_else(|| Person::Guest(self.name.clone()), Person::Account)
    }
}

/// What happens with a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act")]
pub enum Act {
    /// It is planned.
    Planned {
        /// Of which body.
        board: Board,
        /// At which site.
        site: SiteId,
        /// Day.
        on: Date,
        /// When it begins.
        at: Time,
        /// How long.
        minutes: u16,
        /// Where.
        place: String,
    },
    /// It is moved.
    Moved {
        /// Day.
        on: Date,
        /// When it begins.
        at: Time,
        /// How long.
        minutes: u16,
        /// Where.
        place: String,
    },
    /// These are invited, and nobody else.
    Invited {
        /// Who.
        members: Vec<Member>,
    },
    /// The order of the cases, with the minutes of each.
    Ordered {
        /// In this order.
        slots: Vec<Slot>,
    },
    /// It will not be held.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// It begins.
    Opened {},
    /// These are there from now on, and nobody else.
    Attended {
        /// Who.
        seats: Vec<Seat>,
    },
    /// Someone keeps out of a case, or no longer does.
    Recused {
        /// Which case.
        case: TrajectoryId,
        /// Whose organisation.
        org: OrgId,
        /// Which of its people; none: all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        one: Option<Person>,
        /// Whether they keep out of it.
        out: bool,
    },
    /// A case comes to the table.
    Began {
        /// Which.
        case: TrajectoryId,
    },
    /// It ends; the minutes are a draft.
    Closed {},
    /// Someone who was there confirms the minutes as they stand.
    Confirmed {
        /// Digest of what they confirm.
        digest: String,
    },
    /// Someone who was there contests them: a draft again.
    Contested {
        /// Digest of what they contest.
        digest: String,
        /// Why.
        reason: String,
    },
    /// The minutes are fixed.
    Fixed {
        /// Their digest.
        digest: String,
        /// The facts they stand on.
        facts: Vec<FactId>,
    },
}

impl Act {
    /// Its code in the log and in text keys.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Planned { .. } => "planned",
            Self::Moved { .. } => "moved",
            Self::Invited { .. } => "invited",
            Self::Ordered { .. } => "ordered",
            Self::Cancelled { .. } => "cancelled",
            Self::Opened {} => "opened",
            Self::Attended { .. } => "attended",
            Self::Recused { .. } => "recused",
            Self::Began { .. } => "began",
            Self::Closed {} => "closed",
            Self::Confirmed { .. } => "confirmed",
            Self::Contested { .. } => "contested",
            Self::Fixed { .. } => "fixed",
        }
    }
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: UserId,
    /// What.
    pub act: Act,
}

/// How far a sitting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Planned.
    Planned,
    /// It is being held.
    Open,
    /// Ended; the minutes are a draft.
    Closed,
    /// The minutes are fixed.
    Fixed,
    /// Not held.
    Cancelled,
}

impl Stage {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Planned, Self::Open, Self::Closed, Self::Fixed, Self::Cancelled];

    /// Its code in tables and text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Fixed => "fixed",
            Self::Cancelled => "cancelled",
        }
    }
    /// The stage with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// Whether who is invited still sees the cases: not when minutes are fixed, nor when it is off.
    pub const fn shows_cases(self) -> bool {
        matches!(self, Self::Planned | Self::Open | Self::Closed)
    }
}

/// Who was there, from when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendance {
    /// From when.
    pub from: Timestamp,
    /// Who.
    pub seats: Vec<Seat>,
}

/// A sitting, as its log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitting {
    /// Which.
    pub id: SittingId,
    /// Of which body.
    pub board: Board,
    /// Where.
    pub site: SiteId,
    /// Day.
    pub on: Date,
    /// When it begins.
    pub at: Time,
    /// How long, in minutes.
    pub minutes: u16,
    /// In which room.
    pub place: String,
    /// How far it is.
    pub stage: Stage,
    /// Lines in the log.
    pub version: u32,
    /// Who planned it.
    pub planned_by: UserId,
    /// Who is invited.
    pub invited: Vec<Member>,
    /// The order of cases and their minutes, as far as it was set.
    pub slots: Vec<Slot>,
    /// When it began.
    pub opened: Option<Timestamp>,
    /// When it ended.
    pub closed: Option<Timestamp>,
    /// Who was there, each time it changed.
    pub attendance: Vec<Attendance>,
    /// Which organisations keep out of which case.
    pub recused: BTreeSet<(TrajectoryId, OrgId)>,
    /// Which people do, while their organisation does not.
    pub recused_people: BTreeSet<(TrajectoryId, OrgId, Person)>,
    /// Cases as they came to the table.
    pub began: Vec<(TrajectoryId, Timestamp)>,
    /// Who confirmed which digest, and when.
    pub confirmed: Vec<(UserId, String, Timestamp)>,
    /// Who contested which digest, and why.
    pub contested: Vec<(UserId, String, String, Timestamp)>,
    /// Digest and facts of the fixed minutes, who fixed them and when.
    pub fixed: Option<(String, Vec<FactId>, UserId, Timestamp)>,
    /// Why it was not held.
    pub cancelled: Option<String>,
}

impl Sitting {
    /// The state that follows from a log.
    ///
    /// # Errors
    /// The first line that makes no sense after those before it: the log was tampered with, or a newer program wrote it.
    pub fn of(id: SittingId, lines: &[Line]) -> Result<Self, Refusal> {
        let mut state: Option<Self> = None;
        for (number, line) in (1..).zip(lines) {
            if line.number != number {
                return Err(Refusal::new("sitting-log-broken").with("number", line.number));
            }
            match (&mut state, &line.act) {
                (None, Act::Planned { board, site, on, at, minutes, place }) => {
                    state = Some(Self {
                        id,
                        board: *board,
                        site: site.clone(),
                        on: *on,
                        at: *at,
                        minutes: *minutes,
                        place: place.clone(),
                        stage: Stage::Planned,
                        version: 1,
                        planned_by: line.by,
                        invited: vec![],
                        slots: vec![],
                        opened: None,
                        closed: None,
                        attendance: vec![],
                        recused: BTreeSet::new(),
                        recused_people: BTreeSet::new(),
                        began: vec![],
                        confirmed: vec![],
                        contested: vec![],
                        fixed: None,
                        cancelled: None,
                    });
                }
                (Some(state), _) => state.apply(line)?,
                (None, _) => return Err(Refusal::new("sitting-log-broken").with("number", number)),
            }
        }
        state.ok_or_else(|| Refusal::new("sitting-log-broken").with("number", 0))
    }

    /// The state after one act more, if it makes sense now.
    ///
    /// # Errors
    /// Why not, and what would be right.
    pub fn take(&self, line: &Line, rules: Rules<'_>) -> Result<Self, Refusal> {
        self.judge(&line.act, line.by, rules)?;
        let mut next = self.clone();
        next.apply(line)?;
        Ok(next)
    }

    fn apply(&mut self, line: &Line) -> Result<(), Refusal> {
        self.in_stage(&line.act)?;
        match line.act.clone() {
            Act::Planned { .. } => return Err(Refusal::new("sitting-log-broken").with("number", line.number)),
            Act::Moved { on, at, minutes, place } => {
                (self.on, self.at, self.minutes, self.place) = (on, at, minutes, place);
            }
            Act::Invited { members } => self.invited = members,
            Act::Ordered { slots } => self.slots = slots,
            Act::Cancelled { reason } => {
                self.stage = Stage::Cancelled;
                self.cancelled = Some(reason);
            }
            Act::Opened {} => {
                self.stage = Stage::Open;
                self.opened = Some(line.at);
            }
            Act::Attended { seats } => self.attendance.push(Attendance { from: line.at, seats }),
            Act::Recused { case, org, one: Some(one), out } => {
                let who = (case, org, one);
                let _ = if out { self.recused_people.insert(who) } else { self.recused_people.remove(&who) };
            }
            Act::Recused { case, org, one: None, out } => {
                let who = (case, org);
                let _ = if out { self.recused.insert(who) } else { self.recused.remove(&who) };
            }
            Act::Began { case } => self.began.push((case, line.at)),
            Act::Closed {} => {
                self.stage = Stage::Closed;
                self.closed = Some(line.at);
            }
            Act::Confirmed { digest } => {
                self.confirmed.retain(|(user, ..)| *user != line.by);
                self.confirmed.push((line.by, digest, line.at));
            }
            Act::Contested { digest, reason } => {
                // whoever confirmed has to look again
                self.confirmed.clear();
                self.contested.push((line.by, digest, reason, line.at));
            }
            Act::Fixed { digest, facts } => {
                self.stage = Stage::Fixed;
                self.fixed = Some((digest, facts, line.by, line.at));
            }
        }
        self.version = line.number;
        Ok(())
    }

    /// Who is at the table now, or was last.
    pub fn seats(&self) -> &[Seat] {
        self.attendance.last().map(|attendance| attendance.seats.as_slice()).unwrap_or_default()
    }

    /// Everyone who was there at some time, each once.
    pub fn seats_of_all(&self) -> Vec<&Seat> {
        let mut out: Vec<&Seat> = Vec::new();
        for seat in self.attendance.iter().flat_map(|attendance| &attendance.seats) {
            if !out.iter().any(|known| (known.user, &known.org, &known.name) == (seat.user, &seat.org, &seat.name)) {
                out.push(seat);
            }
        }
        out
    }

    /// Who was there, has an account and has not confirmed these minutes.
    pub fn unconfirmed(&self, digest: &str) -> Vec<&Seat> {
        let mut seats = self.seats_of_all();
        seats.retain(|seat| {
            let confirmed = |user| self.confirmed.iter().any(|(by, of, _)| *by == user && of == digest);
            seat.user.is_some_and(|user| !confirmed(user))
        });
        seats
    }

    /// Whether someone at the table keeps out of a case: themselves, or their whole organisation.
    pub fn keeps_out(&self, case: TrajectoryId, seat: &Seat) -> bool {
        let (org, person) = (seat.org.clone(), seat.person());
        self.recused.contains(&(case, org.clone())) || self.recused_people.contains(&(case, org, person))
    }

    /// Since when the minutes stand as they are, as far as the log knows: it was closed, or contested last.
    pub fn drafted_since(&self) -> Option<Timestamp> {
        let contested = self.contested.iter().map(|(.., at)| *at).max();
        self.closed.max(contested)
    }

    /// Who was there, could have confirmed the minutes as they were fixed, and did not answer: they are named in them.
    pub fn unanswered(&self) -> Vec<&Seat> {
        self.fixed.as_ref().map(|(digest, ..)| self.unconfirmed(digest)).unwrap_or_default()
    }

    /// Whether someone is invited.
    pub fn invites(&self, who: UserId) -> bool {
        self.invited.iter().any(|member| member.user == who)
    }

    /// How long a case was on the table, in seconds: until the next came, or the end.
    pub fn taken(&self, case: TrajectoryId, now: Timestamp) -> i64 {
        let ends = self.began.iter().skip(1).map(|(_, at)| *at).chain([self.closed.unwrap_or(now)]);
        let spans = self.began.iter().zip(ends).filter(|((of, _), _)| *of == case);
        spans.map(|((_, from), to)| to.duration_since(*from).as_secs().max(0)).sum()
    }
}
