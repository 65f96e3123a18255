//! What happens from the decision of the partners until someone leaves: decisions, goals, actions, reviews,
//! pauses, contacts. Everything is planned as if nobody ever left; the end cuts it off.

use domain::{
    agenda::Tabled,
    codes::{Board, Status, Why},
    conference::{Commitment, Decided, Present},
    fact::{Body, Codes, Withdrawn},
    ids::{FactId, OrgId, SittingId, Stream},
    obstacle::ObstacleResolved,
    pause::{PauseEnded, PauseStarted},
    plan::{ActionAdded, ActionClosed, ContactNoted, GoalClosed, GoalSet},
    programme::{Admission, List},
    trajectory::Draft,
};
use jiff::civil::Date;

use crate::{
    dice::{earlier, later},
    life::Life,
    pen::Planned,
    sitting,
    slot::Stay,
    words,
};

/// What partners choose, when nothing is known of how it will end; more often where it stands more often.
const SCENARIOS: &[&str] = &[
    "return",
    "return",
    "residence-repeated-asylum",
    "residence-repeated-asylum",
    "residence-repeated-asylum",
    "residence-regular",
    "stabilisation-medical",
    "stabilisation-medical",
    "establish-identity",
    "establish-identity",
    "art64-medical",
    "no-fault",
    "dublin-return",
    "onward-migration",
    "complex",
];

fn scenario_before(reason: &str) -> &'static [&'static str] {
    match reason {
        "permit" => &["residence-regular", "residence-repeated-asylum", "no-fault"],
        "repeated-asylum-application" => &["residence-repeated-asylum"],
        "return-to-country-of-origin" | "forced-return" => &["return"],
        "onward-migration" => &["onward-migration"],
        "medical-postponement" | "temporary-medical-permit" => &["art64-medical", "stabilisation-medical"],
        "dublin-transfer" | "dublin-voluntary" => &["dublin-return"],
        _ => SCENARIOS,
    }
}

fn perspective(scenario: &str) -> &'static str {
    match scenario {
        "return" | "dublin-return" => "return",
        "onward-migration" => "onward-migration",
        "residence-repeated-asylum" | "residence-regular" | "no-fault" | "art64-medical" => "legalisation",
        _ => "none-yet",
    }
}

impl Life<'_> {
    /// From the first decision on.
    pub(crate) fn guide(&mut self, stay: &Stay, decided: Date) {
        let end = stay.exit.map_or(self.horizon, |(on, _)| on);
        self.contacts(stay.enter, end);
        if decided >= end {
            return;
        }
        let scenario = self.decisions(stay, decided);
        self.departure(stay, scenario, decided, end);
        let goals = self.goals(decided, end);
        self.actions(decided, end, &goals);
        self.reviews(decided, end);
        self.pauses(decided, end);
        self.hold(stay, decided, end);
    }

    fn decisions(&mut self, stay: &Stay, decided: Date) -> &'static str {
        let offered = stay.exit.map_or(SCENARIOS, |(_, reason)| scenario_before(reason));
        // only Amsterdam shelters people for whom another state is responsible (domain study, 2.3)
        let amsterdam = self.site.id.as_str() == "amsterdam";
        let elsewhere = |code: &str| {
            code == "dublin-return" && !amsterdam && stay.exit.is_none_or(|(_, why)| !why.starts_with("dublin"))
        };
        let offered: Vec<&'static str> =
            offered.iter().copied().filter(|code| Some(*code) != stay.pace.never && !elsewhere(code)).collect();
        let end = stay.exit.map_or(self.horizon, |(on, _)| on);
        let chosen = stay.pace.scenario.unwrap_or_else(|| *self.dice.pick(&offered));
        let by_conference = self.method.admission == Admission::Conference;
        let admits = by_conference.then_some(Status::Admitted);
        if stay.pace.scenario.is_none() && self.dice.chance(22) {
            self.decide(decided, end, "under-investigation", admits);
            let on = self.dice.working(decided, 40, 120);
            self.decide(on, end, chosen, None);
        } else {
            self.decide(decided, end, chosen, admits);
        }
        if stay.pace.scenario.is_none() && self.dice.chance(18) {
            let again = *self.dice.pick(&offered);
            let on = self.dice.working(decided, 150, 330);
            self.decide(on, end, again, None);
        }
        chosen
    }

    /// The sitting at which something is decided that would have been decided on a day, when it comes before the end.
    pub(crate) fn sitting(&self, on: Date, end: Date) -> Option<(SittingId, Date)> {
        sitting::next(self.programme, &self.site.id, on).filter(|(_, day)| *day < end)
    }

    /// A decision at the next sitting, with the case on its agenda a week before.
    fn decide(&mut self, on: Date, end: Date, scenario: &str, admits: Option<Status>) {
        let meets = self.sitting(on, end);
        let on = meets.map_or(on, |(_, day)| day);
        if let Some((sitting, day)) = meets {
            self.table(sitting, day);
        }
        let coordinator = self.crew.coordinator.clone();
        let mut present: Vec<Present> = [&coordinator, &self.guide]
            .into_iter()
            .chain(self.crew.partners())
            .map(|staff| Present { org: staff.org.clone(), name: staff.name.clone() })
            .collect();
        if self.dice.chance(30) && present.len() > 3 {
            present.pop();
        }
        let reason = if scenario == "under-investigation" {
            self.words(words::INVESTIGATE)
        } else {
            self.sentences(words::DECIDE)
        };
        let owner = present[self.dice.at(present.len())].org.clone();
        let due = self.dice.working(on, 14, 40);
        let text = self.words(words::COMMIT);
        let nothing = |org: &OrgId| Commitment { org: org.clone(), text: String::new(), due: None, nothing: true };
        let mut commitments: Vec<Commitment> =
            self.site.partners.iter().filter(|org| **org != owner).map(nothing).collect();
        commitments.push(Commitment { org: owner, text, due: Some(due), nothing: false });
        let mandate = admits.map(|_| self.mandate(&coordinator.name, on));
        let body = Decided {
            perspective: self.code(List::Perspectives, perspective(scenario)),
            reason,
            present,
            commitments,
            mandate,
            sitting: meets.map(|(sitting, _)| sitting),
            options: vec![],
            dissent: vec![],
            exception_by: None,
        };
        let until = self.dice.chance(55).then(|| self.dice.working(on, 80, 95));
        let scenario = Some(self.code(List::Scenarios, scenario));
        let (_, plan) = self.add(on, &coordinator, body, Codes { scenario, status: admits, until, ..Codes::default() });
        plan.late = 0;
    }

    fn table(&mut self, sitting: SittingId, day: Date) {
        let first =
            !self.plans.iter().flat_map(|plan| &plan.facts).any(|(_, draft)| matches!(draft.body, Body::Decided(_)));
        let why = if first { Why::FirstDecision } else { Why::Review };
        let body = Tabled { sitting, board: Board::Lso, why, question: String::new(), also: false };
        let begins = self.plans.iter().map(|plan| plan.on).min().unwrap_or(day);
        let on = earlier(day, 7).max(begins);
        let draft = Draft::new(body, on).codes(Codes { until: Some(day), ..Codes::default() });
        // not thrown: what else happens to someone does not depend on whether an agenda was kept
        let id = FactId(sitting::fixed_id(&format!("tabled {} {day}", self.id)));
        let by = self.crew.coordinator.clone();
        self.plans.push(Planned::one(Stream::Trajectory(self.id), on, &by, id, draft));
    }

    fn goals(&mut self, decided: Date, end: Date) -> Vec<FactId> {
        let guide = self.guide.clone();
        let mut out = Vec::new();
        for _ in 0..self.dice.between(1, 2) {
            let on = self.dice.working(decided, 2, 10);
            let body = GoalSet { text: self.words(words::GOAL), owner: guide.org.clone() };
            let (id, _) = self.add(on, &guide, body, Codes::default());
            if self.dice.chance(45) {
                let closed = self.dice.working(on, 90, 400);
                let result = *self.dice.pick(&["done", "done", "partly", "dropped"]);
                let body = GoalClosed { result: self.code(List::Results, result), note: self.words(words::DONE) };
                self.add(closed, &guide, body, Codes { about: Some(id), ..Codes::default() });
            }
            if on < end {
                out.push(id);
            }
        }
        out
    }

    fn actions(&mut self, decided: Date, end: Date, goals: &[FactId]) {
        let mut on = self.dice.working(decided, 11, 20);
        while on < end {
            self.action(on, goals);
            on = self.dice.working(on, 36, 84);
        }
        // those who are still there have something to do around the last day
        if end == self.horizon && self.dice.chance(60) {
            let recent = earlier(end, self.dice.between(2, 25));
            if recent > later(decided, 11) {
                self.action(recent, goals);
            }
        }
    }

    fn action(&mut self, on: Date, goals: &[FactId]) {
        let guide = self.guide.clone();
        let owner = match self.dice.below(10) {
            0..=6 => guide.clone(),
            7 | 8 => self.crew.coordinator.clone(),
            _ => self.crew.partners().first().unwrap_or(&guide).clone(),
        };
        let due = self.dice.working(on, 10, 40);
        let about = if goals.is_empty() || self.dice.chance(40) { None } else { Some(*self.dice.pick(goals)) };
        let body = ActionAdded { text: self.words(words::ACTION), owner: owner.org, worker: Some(owner.user) };
        let (id, _) = self.add(on, &guide, body, Codes { until: Some(due), about, ..Codes::default() });
        // in the end everything is done or dropped: only what is recent may have been forgotten
        let recent = later(due, 60) > self.horizon;
        if !recent || self.dice.chance(82) {
            let closed = self.dice.working(earlier(due, 8).max(later(on, 1)), 0, 20);
            let done = self.dice.chance(82);
            let result = self.code(List::Results, if done { "done" } else { "not-done" });
            let note = self.words(if done { words::DONE } else { words::NOT_DONE });
            self.add(closed, &guide, ActionClosed { result, note }, Codes { about: Some(id), ..Codes::default() });
        }
    }

    fn pauses(&mut self, decided: Date, end: Date) {
        let guide = self.guide.clone();
        let mut on = self.dice.working(decided, 20, 260);
        while on < end && self.dice.chance(32) {
            let code = *self.dice.pick(&[
                "waiting-mental-health-care",
                "hospital",
                "detention",
                "absent",
                "waiting-mental-health-care",
            ]);
            let note = self.words(words::PAUSE);
            let codes = Codes { pause: Some(self.code(List::Pauses, code)), ..Codes::default() };
            let (id, _) = self.add(on, &guide, PauseStarted { note }, codes);
            let over = self.dice.working(on, 12, 80);
            let note = self.words(words::RESUME);
            self.add(over, &guide, PauseEnded { note }, Codes { about: Some(id), ..Codes::default() });
            on = self.dice.working(over, 60, 200);
        }
    }

    pub(crate) fn resolve_some_time(&mut self, id: FactId, noted: Date) {
        let guide = self.guide.clone();
        match self.dice.below(100) {
            0..=44 => {
                let on = self.dice.working(noted, 30, 240);
                let note = self.words(words::RESOLVED);
                self.add(on, &guide, ObstacleResolved { note }, Codes { about: Some(id), ..Codes::default() });
            }
            45..=47 => {
                let on = self.dice.working(noted, 2, 15);
                let fact = self.id();
                let why = self.words(words::WITHDRAWN);
                let draft = Draft::new(Withdrawn {}, on).correcting(id, why);
                self.plans.push(Planned::one(Stream::Trajectory(self.id), on, &guide, fact, draft));
            }
            _ => {}
        }
    }

    fn contacts(&mut self, enter: Date, end: Date) {
        let guide = self.guide.clone();
        let mut on = self.dice.working(enter, 6, 20);
        while on < end {
            let how = *self.dice.pick(&["conversation", "conversation", "conversation", "phone", "message", "visit"]);
            let body = ContactNoted { how: self.code(List::ContactKinds, how), note: self.sentences(words::CONTACT) };
            let late = if self.dice.chance(30) { self.dice.between(1, 9) } else { 0 };
            let (id, plan) = self.add(on, &guide, body.clone(), Codes::default());
            plan.leaf = true;
            plan.late = late;
            if self.dice.chance(2) && later(on, late + 10) < self.horizon {
                let fact = self.id();
                let why = self.words(words::WRONG_TEXT);
                let days = late + self.dice.between(1, 8);
                let note = self.sentences(words::CONTACT);
                let draft = Draft::new(ContactNoted { note, ..body }, on).correcting(id, why);
                let plan = Planned::one(Stream::Trajectory(self.id), on, &guide, fact, draft);
                self.plans.push(plan.late(days).leaf());
            }
            on = self.dice.working(on, 34, 88);
        }
    }
}
