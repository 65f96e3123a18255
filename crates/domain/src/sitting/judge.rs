//! Whether one act more makes sense: each has its stages, and its own rules.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Act, MOST_CASES, Seat, Sitting, Slot, Stage};
use crate::{
    date::year_in_range,
    ids::{TrajectoryId, UserId},
    refusal::Refusal,
};

/// Most characters of a line of text.
const LONGEST: usize = 2_000;

/// What an act is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The business date.
    pub today: Date,
    /// The digest of the minutes as they stand.
    pub digest: &'a str,
    /// From which day the chair can fix them although someone has not answered; none: never.
    pub fix_from: Option<Date>,
    /// Who was there and has no account any more: they cannot confirm.
    pub gone: &'a BTreeSet<UserId>,
}

impl Sitting {
    /// Each act has its stages.
    pub(super) fn in_stage(&self, act: &Act) -> Result<(), Refusal> {
        let stages: &[Stage] = match act {
            Act::Planned { .. } => &[],
            Act::Moved { .. } | Act::Invited { .. } | Act::Cancelled { .. } | Act::Opened {} => &[Stage::Planned],
            Act::Ordered { .. } => &[Stage::Planned, Stage::Open],
            Act::Attended { .. } | Act::Recused { .. } | Act::Began { .. } | Act::Closed {} => &[Stage::Open],
            Act::Confirmed { .. } | Act::Contested { .. } | Act::Fixed { .. } => &[Stage::Closed],
        };
        if stages.contains(&self.stage) {
            return Ok(());
        }
        Err(Refusal::new("sitting-stage").with("stage", self.stage.code()).with("act", act.code()))
    }

    pub(super) fn judge(&self, act: &Act, by: UserId, rules: Rules<'_>) -> Result<(), Refusal> {
        self.in_stage(act)?;
        match act {
            Act::Planned { .. } => Err(Refusal::new("sitting-log-broken").with("number", self.version)),
            Act::Moved { on, minutes, place, .. } => planned(*on, *minutes, place, rules.today),
            Act::Invited { members } => {
                if members.is_empty() {
                    Err(Refusal::new("choice-missing").field("members"))
                } else {
                    Ok(())
                }
            }
            Act::Ordered { slots } => ordered(slots),
            Act::Cancelled { reason } => text("reason", reason),
            Act::Opened {} if rules.today < self.on => {
                Err(Refusal::new("sitting-not-yet").with("on", self.on).possible(self.on))
            }
            Act::Attended { seats } => attended(seats),
            Act::Began { case } if !self.slots.iter().any(|slot| slot.case == *case) => {
                Err(Refusal::new("not-on-agenda"))
            }
            // who keeps out is, or was, at the table
            Act::Recused { org, one: Some(one), .. } => {
                let there = self.seats_of_all().iter().any(|seat| seat.org == *org && seat.person() == *one);
                if there { Ok(()) } else { Err(Refusal::new("recused-not-there").field("org")) }
            }
            Act::Opened {} | Act::Recused { .. } | Act::Began { .. } | Act::Closed {} => Ok(()),
            Act::Confirmed { digest } => {
                self.was_there(by)?;
                same(digest, rules.digest)
            }
            Act::Contested { digest, reason } => {
                self.was_there(by)?;
                same(digest, rules.digest)?;
                text("reason", reason)
            }
            Act::Fixed { digest, .. } => {
                same(digest, rules.digest)?;
                let waits = self.unconfirmed(digest);
                let waits = waits.iter().find(|seat| seat.user.is_some_and(|user| !rules.gone.contains(&user)));
                let Some(seat) = waits else { return Ok(()) };
                match rules.fix_from {
                    Some(day) if day <= rules.today => Ok(()),
                    Some(day) => Err(Refusal::new("minutes-unconfirmed").with("name", &seat.name).possible(day)),
                    None => Err(Refusal::new("minutes-unconfirmed").with("name", &seat.name)),
                }
            }
        }
    }

    fn was_there(&self, who: UserId) -> Result<(), Refusal> {
        if self.seats_of_all().iter().any(|seat| seat.user == Some(who)) {
            Ok(())
        } else {
            Err(Refusal::new("minutes-not-there"))
        }
    }
}

/// Checks where and when before a sitting is planned or moved.
///
/// # Errors
/// A day in the past or out of range, no place, no time.
pub fn planned(on: Date, minutes: u16, place: &str, today: Date) -> Result<(), Refusal> {
    year_in_range(on.year()).map_err(|problem| Refusal::from(problem).field("on"))?;
    if on < today {
        return Err(Refusal::new("sitting-in-past").with("today", today).possible(today).field("on"));
    }
    if !(10..=600).contains(&minutes) {
        return Err(Refusal::new("sitting-minutes").field("minutes"));
    }
    text("place", place)
}

fn ordered(slots: &[Slot]) -> Result<(), Refusal> {
    if slots.len() > MOST_CASES {
        return Err(Refusal::new("agenda-too-long").with("most", MOST_CASES));
    }
    let cases: BTreeSet<TrajectoryId> = slots.iter().map(|slot| slot.case).collect();
    if cases.len() != slots.len() {
        return Err(Refusal::new("tabled-here-already"));
    }
    if slots.iter().any(|slot| !(1..=240).contains(&slot.minutes)) {
        return Err(Refusal::new("case-minutes").field("minutes"));
    }
    Ok(())
}

fn attended(seats: &[Seat]) -> Result<(), Refusal> {
    seats.iter().try_for_each(|seat| text("seats", &seat.name))?;
    let mut users: Vec<UserId> = seats.iter().filter_map(|seat| seat.user).collect();
    users.sort_unstable();
    if users.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Refusal::new("seat-twice").field("seats"));
    }
    Ok(())
}

/// The minutes have changed since they were read.
fn same(read: &str, now: &str) -> Result<(), Refusal> {
    if read == now { Ok(()) } else { Err(Refusal::new("minutes-changed")) }
}

fn text(field: &'static str, value: &str) -> Result<(), Refusal> {
    if value.trim().is_empty() {
        return Err(Refusal::new("text-missing").field(field));
    }
    if value.chars().count() > LONGEST {
        return Err(Refusal::new("text-too-long").with("most", LONGEST).field(field));
    }
    Ok(())
}
