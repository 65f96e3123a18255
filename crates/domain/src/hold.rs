//! A hold: someone must be sheltered until a day, or until it is lifted, whatever else is decided.
//!
//! A court orders it, or an objection suspends a decision. While it runs, no step ends shelter or participation; only a fact
//! that names what ended it lifts a hold before its day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fact::Header,
    ids::{Code, FactId},
    refusal::Refusal,
    term,
    trajectory::Trajectory,
};

/// Someone must be sheltered; until when stands in the header (`until`), when a day was named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldSet {
    /// On which ground; programme code. Whoever works on the case must know it.
    pub ground: Code,
    /// Which court and case, or which letter.
    #[serde(default)]
    pub note: String,
}

/// The hold of the fact in `about` has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldLifted {
    /// What ended it: a judgment, a decision on the objection, that someone left of their own accord.
    pub note: String,
}

/// A hold in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// The fact.
    pub fact: FactId,
    /// First day.
    pub from: Date,
    /// Last day, when one was named.
    pub until: Option<Date>,
    /// Day on which it was lifted.
    pub lifted: Option<Date>,
    /// On which ground; gone when forgotten.
    pub ground: Option<Code>,
    /// Court and case; gone when forgotten.
    pub note: Option<String>,
    /// What ended it; gone when forgotten.
    pub end: Option<String>,
}

impl Hold {
    /// Whether it runs on a day.
    pub fn runs_on(&self, day: Date) -> bool {
        let lifted = self.lifted.is_some_and(|lifted| lifted <= day);
        self.from <= day && !lifted && self.until.is_none_or(|until| day <= until)
    }
}

impl Trajectory {
    /// The hold that runs on a day; of several the one that runs longest.
    pub fn hold_on(&self, day: Date) -> Option<&Hold> {
        let end = |hold: &&Hold| hold.until.unwrap_or(Date::MAX);
        self.holds.iter().filter(|hold| hold.runs_on(day)).max_by_key(end)
    }

    /// The first day from another on which no hold runs; none while one runs without an end.
    pub(crate) fn held_up_to(&self, from: Date) -> Option<Date> {
        let mut day = from;
        while let Some(hold) = self.hold_on(day) {
            // of one that was lifted the last day is the one before
            let end = [hold.until.map(term::after), hold.lifted].into_iter().flatten().min()?;
            day = end;
        }
        Some(day)
    }

    /// Refuses what would end shelter or participation while a hold runs.
    pub(crate) fn not_held(&self, on: Date) -> Result<(), Refusal> {
        let Some(hold) = self.hold_on(on) else { return Ok(()) };
        let ground = hold.ground.as_ref().map(ToString::to_string).unwrap_or_default();
        Err(match hold.until {
            Some(until) => Refusal::new("held-until")
                .with("until", until)
                .with("since", hold.from)
                .with("hold", ground)
                .possible(term::after(until)),
            None => Refusal::new("held").with("since", hold.from).with("hold", ground),
        }
        .field("valid_from"))
    }

    /// Refuses a withdrawal or correction that would undo what a hold keeps: the hold itself, the bed, or that someone takes
    /// part. Whoever lifts it says what ended it, and that stays in the record; a withdrawal says only that a fact was wrong.
    pub(crate) fn kept_by_holds(&self, now: &Self, today: Date) -> Result<(), Refusal> {
        let running: Vec<&Hold> = self.holds.iter().filter(|hold| hold.runs_on(today)).collect();
        let end = |hold: &Hold| [hold.until, hold.lifted].into_iter().flatten().min().unwrap_or(Date::MAX);
        for hold in &running {
            let fact = now.current(hold.fact);
            let still = now
                .holds
                .iter()
                .find(|one| one.fact == fact)
                .is_some_and(|one| one.from <= hold.from.max(today) && one.runs_on(today) && end(one) >= end(hold));
            if !still {
                return Err(Refusal::new("hold-lift-instead").with("since", hold.from).field("why"));
            }
        }
        let Some(hold) = running.first() else { return Ok(()) };
        let part = |t: &Self| t.takes_part().is_ok();
        let bed = |t: &Self| t.stay_on(today).is_some();
        if (bed(self) && !bed(now)) || (part(self) && !part(now)) {
            return Err(Refusal::new("hold-keeps").with("since", hold.from).field("why"));
        }
        Ok(())
    }

    pub(crate) fn hold_set(&mut self, h: &Header, body: Option<&HoldSet>) -> Result<(), Refusal> {
        // also after a refusal or outflow: a court may order a bed all the same. Nothing comes alive by it
        if let Some(until) = h.codes.until.filter(|until| *until < h.valid_from) {
            return Err(Refusal::new("due-before-start").with("on", until).field("until"));
        }
        self.holds.push(Hold {
            fact: h.id,
            from: h.valid_from,
            until: h.codes.until,
            lifted: None,
            ground: body.map(|body| body.ground.clone()),
            note: body.map(|body| body.note.clone()),
            end: None,
        });
        Ok(())
    }

    pub(crate) fn hold_lifted(&mut self, h: &Header, body: Option<&HoldLifted>) -> Result<(), Refusal> {
        let hold = self.holds.iter_mut().find(|hold| Some(hold.fact) == h.codes.about);
        let hold = hold.filter(|hold| hold.runs_on(h.valid_from));
        let hold = hold.ok_or_else(|| Refusal::new("hold-not-running").field("about"))?;
        (hold.lifted, hold.end) = (Some(h.valid_from), body.map(|body| body.note.clone()));
        Ok(())
    }
}
