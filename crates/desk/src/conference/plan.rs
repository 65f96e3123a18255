//! Sittings planned: one, or a series by the rhythm of the body.

use std::sync::Arc;

use access::Principal;
use domain::{
    codes::Board,
    ids::{CommandId, SiteId, SittingId, UserId},
    refusal::Refusal,
    sitting::{self, Act, Line},
};
use jiff::{
    ToSpan as _,
    civil::{Date, Time},
};

use super::{agenda::part_of, chairs, digest};
use crate::{Desk, Failure};

/// Where and when a sitting is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Of which body.
    pub board: Board,
    /// At which site.
    pub site: SiteId,
    /// Day.
    pub on: Date,
    /// When it begins.
    pub at: Time,
    /// How long, in minutes.
    pub minutes: u16,
    /// Where.
    pub place: String,
    /// Who is invited.
    pub invited: Vec<UserId>,
}

impl Plan {
    fn act(&self, on: Date) -> Act {
        let Self { board, site, at, minutes, place, .. } = self.clone();
        Act::Planned { board, site, on, at, minutes, place }
    }
}

/// Most sittings that are planned at once: a year of weeks.
pub const MOST_AT_ONCE: u16 = 52;

impl Desk {
    /// Plans a sitting and invites to it. Its id is that of the command: planned twice is planned once.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who is not in the chair; a refusal for a day in the past, no place, nobody to invite.
    pub async fn plan_sitting(&self, who: &Principal, command: CommandId, plan: Plan) -> Result<SittingId, Failure> {
        let mut all = self.plan_series(who, command, plan, 1).await?;
        all.pop().ok_or(Failure::Hidden)
    }

    /// Plans several sittings at once, by the rhythm of the body: all of them, or none.
    ///
    /// # Errors
    /// As [`Desk::plan_sitting`]; a refusal for a number that is none, or where the body has no rhythm.
    pub async fn plan_series(
        &self,
        who: &Principal,
        command: CommandId,
        plan: Plan,
        times: u16,
    ) -> Result<Vec<SittingId>, Failure> {
        let conference = self.inner.conference(plan.board, &plan.site)?;
        if !chairs(who, conference, &plan.site) {
            return Err(Failure::Denied);
        }
        if !(1..=MOST_AT_ONCE).contains(&times) {
            return Err(Refusal::new("series-times").with("most", MOST_AT_ONCE).field("times").into());
        }
        let every = match (times, conference.every_days) {
            (1, _) => 0,
            (_, Some(days)) => i64::from(days),
            (_, None) => return Err(Refusal::new("series-without-rhythm").field("times").into()),
        };
        let days: Vec<Date> = (0..i64::from(times)).map(|at| plan.on.saturating_add((at * every).days())).collect();
        for on in &days {
            sitting::planned(*on, plan.minutes, &plan.place, self.inner.clock.today())?;
        }
        let members = self.inner.members(&plan.site, conference, &plan.invited)?;
        let (inner, by) = (Arc::clone(&self.inner), who.user);
        let (now, said) = (self.inner.clock.business(), digest(who.user, &(&plan, times)));
        self.inner
            .store
            .write(move |tx| {
                let ids = (0_u32..).zip(&days).map(|(at, on)| (SittingId(part_of(command, at).0), *on));
                let ids: Vec<(SittingId, Date)> = ids.collect();
                if !inner.repeated(tx, command, &said)? {
                    for (id, on) in &ids {
                        let act = plan.act(*on);
                        let first = Line { number: 1, at: now, by, act };
                        let invited = Line { number: 2, at: now, by, act: Act::Invited { members: members.clone() } };
                        inner.put_sittings(tx, &[(*id, vec![first, invited])])?;
                    }
                    journal::command::remember(tx, command, &said, by, "sitting", now)?;
                }
                Ok(ids.into_iter().map(|(id, _)| id).collect())
            })
            .await
    }
}
