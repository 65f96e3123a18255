//! From what happened on which day to facts in the order in which they were recorded.

use std::collections::BTreeMap;

use domain::{
    ids::{CommandId, FactId, MethodId, ParticipantId, SiteId, Stream},
    trajectory::{Context, Draft, Recorded},
};
use jiff::{
    Timestamp, ToSpan,
    civil::Date,
    tz::{TimeZone, db},
};

use crate::{dice::Dice, staff::Staff};

/// One command to come: who records what on which day.
pub(crate) struct Planned {
    pub(crate) stream: Stream,
    /// Day on which it happened, and (if not late) was recorded.
    pub(crate) on: Date,
    /// Days between the two.
    pub(crate) late: u32,
    /// Nothing else waits for it: it may be recorded after later facts.
    pub(crate) leaf: bool,
    pub(crate) by: Staff,
    pub(crate) facts: Vec<(FactId, Draft)>,
    /// A command shared with another stream.
    pub(crate) command: Option<CommandId>,
}

impl Planned {
    pub(crate) fn of(stream: Stream, on: Date, by: &Staff, facts: Vec<(FactId, Draft)>) -> Self {
        Self { stream, on, late: 0, leaf: false, by: by.clone(), facts, command: None }
    }

    pub(crate) fn one(stream: Stream, on: Date, by: &Staff, id: FactId, draft: Draft) -> Self {
        Self::of(stream, on, by, vec![(id, draft)])
    }

    pub(crate) fn late(mut self, days: u32) -> Self {
        self.late = days;
        self
    }

    pub(crate) fn leaf(mut self) -> Self {
        self.leaf = true;
        self
    }
}

/// Where and whose.
pub(crate) struct Place<'a> {
    pub(crate) subject: ParticipantId,
    pub(crate) site: &'a SiteId,
    pub(crate) method: &'a MethodId,
}

/// The office hours of the network.
pub(crate) struct Clock(TimeZone);

impl Clock {
    /// Europe/Amsterdam.
    pub(crate) fn new() -> Self {
        #[expect(clippy::expect_used, reason = "the time zones are compiled in")]
        Self(db().get("Europe/Amsterdam").expect("a bundled time zone"))
    }

    /// A moment of a day.
    pub(crate) fn at(&self, day: Date, hour: i8, minute: i8) -> Timestamp {
        #[expect(clippy::expect_used, reason = "years 2016 to 2030 lie within every range")]
        self.0.to_timestamp(day.at(hour, minute, 0, 0)).expect("a moment of a day")
    }

    /// A moment between 08:30 and 17:00.
    fn office(&self, day: Date, dice: &mut Dice) -> Timestamp {
        let minute = dice.between(0, 8 * 60 + 28);
        let at = day.at(8, 30, 0, 0).saturating_add(i64::from(minute).minutes());
        #[expect(clippy::expect_used, reason = "years 2016 to 2030 lie within every range")]
        self.0.to_timestamp(at.saturating_add(i64::from(dice.below(60)).seconds())).expect("a moment in office hours")
    }
}

/// Facts in the order in which they were recorded; the first command at `start`, if that is given.
///
/// Plans of one stream come in any order; on one day in the order in which they make sense. What is not a leaf
/// is recorded after all that went before it, so that the history made sense at every moment.
pub(crate) fn write(
    mut plans: Vec<Planned>,
    place: &Place<'_>,
    end: Date,
    clock: &Clock,
    start: Option<Timestamp>,
    dice: &mut Dice,
) -> Vec<Recorded> {
    plans.sort_by_key(|plan| plan.on);
    let last_day = end.yesterday().unwrap_or(end);
    let (mut first, mut last) = (None, start);
    let mut timed: Vec<(Timestamp, Planned)> = Vec::with_capacity(plans.len());
    let mut known: BTreeMap<FactId, Timestamp> = BTreeMap::new();
    for plan in plans {
        let day = if plan.late > 0 { dice.working(plan.on, plan.late, plan.late) } else { plan.on };
        let day = day.min(last_day).max(plan.on);
        let own = clock.office(day, dice);
        let after = |moment: Timestamp, dice: &mut Dice| {
            let minutes = i64::from(dice.between(1, 9));
            moment.saturating_add(minutes.minutes()).map_or(own, |next| own.max(next))
        };
        let moment = match if plan.leaf { first } else { last } {
            Some(before) if first.is_some() => after(before, dice),
            Some(before) => before,
            None => own,
        };
        // nobody corrects what is not recorded yet
        let corrected = plan.facts.iter().filter_map(|(_, draft)| known.get(&draft.supersedes?)).max();
        let moment = corrected.map_or(moment, |before| moment.max(after(*before, dice)));
        known.extend(plan.facts.iter().map(|(id, _)| (*id, moment)));
        first = first.or(Some(moment));
        if !plan.leaf {
            last = Some(moment);
        }
        timed.push((moment, plan));
    }
    timed.sort_by_key(|(moment, _)| *moment);
    let mut out = Vec::new();
    for (moment, plan) in timed {
        let command = plan.command.unwrap_or_else(|| CommandId(dice.id()));
        let (ids, drafts) = plan.facts.into_iter().unzip();
        let context = Context {
            stream: plan.stream,
            subject: place.subject,
            site: place.site.clone(),
            method: place.method.clone(),
            actor: plan.by.user,
            org: plan.by.org,
            command,
            recorded_at: moment,
            today: plan.on,
            ids,
        };
        for fact in context.facts(drafts) {
            out.push(Recorded { number: u32::try_from(out.len()).unwrap_or(u32::MAX).saturating_add(1), fact });
        }
    }
    out
}
