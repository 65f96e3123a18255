//! A trajectory from registration to the decision, and its end. What lies between stands in `guidance`.

use std::collections::BTreeSet;

use domain::{
    codes::{Role, Status, Task},
    dossier::{DossierCompleted, DossierDelivered, DossierIncomplete, DossierRequested},
    fact::{Body, Codes},
    ids::{Code, CommandId, FactId, OrgId, Stream, TrajectoryId},
    intake::IntakeHeld,
    obstacle::ObstacleNoted,
    outflow::Left,
    partner::WorkerAssigned,
    plan::{ActionAdded, ActionClosed},
    programme::{Admission, List, Method, Programme, Site},
    registration::Registered,
    screening::{Mandate, Screened},
    shelter::{ShelterEnded, ShelterStarted},
    status::StatusChanged,
    term,
    trajectory::Draft,
};
use jiff::civil::Date;

use crate::{
    dice::{Dice, earlier, later},
    known,
    lvv::QUEUE,
    pen::Planned,
    person::Someone,
    slot::{NotIn, Stay},
    staff::{Crew, Staff},
    words,
};

/// What a trajectory is told with.
pub(crate) struct Life<'a> {
    pub(crate) programme: &'a Programme,
    pub(crate) site: &'a Site,
    pub(crate) method: &'a Method,
    pub(crate) crew: &'a Crew,
    pub(crate) guide: Staff,
    pub(crate) who: &'a Someone,
    pub(crate) id: TrajectoryId,
    pub(crate) previous: Option<(TrajectoryId, Date)>,
    /// Day after the last fact of the network.
    pub(crate) horizon: Date,
    pub(crate) dice: &'a mut Dice,
    pub(crate) plans: Vec<Planned>,
}

impl Life<'_> {
    pub(crate) fn code(&self, list: List, code: &str) -> Code {
        known(self.programme, list, code)
    }

    pub(crate) fn codes(&self, list: List, codes: &[&str]) -> Vec<Code> {
        let listed = self.programme.list(list);
        debug_assert!(self.programme.id != "lvv-2018" || codes.iter().all(|code| listed.contains(code)), "{codes:?}");
        let mut out: Vec<Code> =
            codes.iter().filter(|code| listed.contains(code)).map(|code| self.code(list, code)).collect();
        out.dedup();
        out
    }

    pub(crate) fn words(&mut self, of: &[&'static str]) -> String {
        (*self.dice.pick(of)).to_owned()
    }

    /// A text of several sentences, one of each list.
    pub(crate) fn sentences(&mut self, of: &[&[&'static str]]) -> String {
        of.iter().map(|list| *self.dice.pick(list)).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn id(&mut self) -> FactId {
        FactId(self.dice.id())
    }

    /// Plans one fact; gives its id and the plan, to change how it is recorded.
    pub(crate) fn add(&mut self, on: Date, by: &Staff, body: impl Into<Body>, codes: Codes) -> (FactId, &mut Planned) {
        let id = self.id();
        let at = self.plans.len();
        let draft = Draft::new(body, on).codes(codes);
        self.plans.push(Planned::one(Stream::Trajectory(self.id), on, by, id, draft));
        (id, &mut self.plans[at])
    }

    /// The registration, and who works on it.
    pub(crate) fn register(&mut self, on: Date, command: Option<CommandId>) {
        let guide = self.guide.clone();
        let coordinator = self.crew.coordinator.clone();
        let by = if self.dice.chance(70) { guide.clone() } else { coordinator.clone() };
        let circumstances = self.sentences(words::CIRCUMSTANCES);
        let informed_in = self.codes(List::Languages, &[self.who.origin.language]).pop();
        let codes = Codes { previous: self.previous.map(|(id, _)| id), ..Codes::default() };
        let (_, plan) = self.add(on, &by, Registered { circumstances, informed_in }, codes);
        plan.command = command;
        for (worker, task) in [(&guide, Task::CaseManager), (&coordinator, Task::Lead)] {
            self.assign(on, worker, task);
        }
    }

    pub(crate) fn assign(&mut self, on: Date, worker: &Staff, task: Task) {
        let codes = Codes { partner: Some(worker.org.clone()), ..Codes::default() };
        let by = self.crew.coordinator.clone();
        self.add(on, &by, WorkerAssigned { user: Some(worker.user), task, function: String::new() }, codes);
    }

    fn screen(&mut self, on: Date, status: Status, reason: &[&'static str]) {
        let coordinator = self.crew.coordinator.clone();
        let refused = status == Status::Refused;
        let grounds = match status {
            Status::Refused => &self.method.refusal_grounds,
            Status::Admitted | Status::ShelteredWithoutStatus => &self.method.grounds,
            _ => &[][..],
        };
        let exceptions = &self.method.exception_by;
        let exception = status == Status::Admitted && !exceptions.is_empty() && self.dice.chance(4);
        let exception_by = if exception { Some(self.dice.pick(exceptions).clone()) } else { None };
        let ground = if grounds.is_empty() || exception { None } else { Some(self.dice.pick(grounds).clone()) };
        let body = Screened {
            ground,
            exception_by,
            reason: self.words(if exception { words::EXCEPTION } else { reason }),
            mandate: self.mandate(&coordinator.name, on),
            remedy: refused.then(|| self.code(List::Remedies, "objection")),
        };
        self.add(on, &coordinator, body, Codes { status: Some(status), ..Codes::default() });
    }

    pub(crate) fn mandate(&self, coordinator: &str, on: Date) -> Mandate {
        Mandate {
            by: format!("{coordinator}, coördinator"),
            on_behalf_of: self.code(List::OnBehalfOf, "state-secretary"),
            form: self.code(List::Forms, "form"),
            form_date: on,
        }
    }

    /// Someone who comes no further.
    pub(crate) fn not_in(&mut self, on: Date, why: NotIn, command: CommandId) {
        self.register(on, Some(command));
        let day = self.dice.working(on, 1, 12);
        match why {
            NotIn::Registered => {}
            NotIn::Waiting => self.screen(day, Status::WaitingList, words::WAIT),
            NotIn::Refused => self.screen(day, Status::Refused, words::REFUSE),
            NotIn::Outside => self.screen(day, Status::OutsideLvv, words::OUTSIDE),
        }
        let horizon = self.horizon;
        self.plans.retain(|plan| plan.on < horizon);
    }

    /// Day of registration for someone who comes in on a day.
    pub(crate) fn registered_on(&mut self, enter: Date) -> Date {
        let first = self.previous.map_or(self.site.opens.max(self.method.from), |(_, left)| left);
        let queued = self.method.admission == Admission::Conference && QUEUE.contains(&enter) && self.dice.chance(60);
        let days = match self.previous {
            Some(_) => self.dice.below(2),
            None if queued => self.dice.between(15, 110),
            None => self.dice.between(0, 13),
        };
        let day = earlier(enter, days);
        let weekend = u32::from(day.weekday().to_monday_zero_offset().unsigned_abs()).saturating_sub(4);
        earlier(day, weekend).max(first).min(enter)
    }

    /// A whole trajectory.
    pub(crate) fn tell(&mut self, stay: &Stay, registered: Date, command: Option<CommandId>) {
        self.register(registered, command);
        self.let_in(stay, registered);
        let decided = self.until_decision(stay);
        let end = stay.exit.map_or(self.horizon, |(on, _)| on);
        let decided = self.sitting(decided, end).map_or(decided, |(_, day)| day);
        self.guide(stay, decided);
        let end = stay.exit.map_or(self.horizon, |(on, _)| on);
        self.plans.retain(|plan| plan.on < end);
        if let Some((on, reason)) = stay.exit {
            self.drop_open_actions(on);
            self.leave(on, reason);
        }
    }

    fn let_in(&mut self, stay: &Stay, registered: Date) {
        let enter = stay.enter;
        let by_conference = self.method.admission == Admission::Conference;
        // of the five, only the one where the partners admit had a waiting list (domain study, 4.2)
        if by_conference && registered < earlier(enter, 9) {
            let day = self.dice.working(registered, 0, 3);
            self.screen(day, Status::WaitingList, words::WAIT);
        }
        let status = if by_conference { Status::ShelteredWithoutStatus } else { Status::Admitted };
        if let Some(until) = stay.pace.allowance {
            self.screen(enter, Status::LivingAllowanceOnly, words::ALLOWANCE);
            let reason = self.words(words::BED);
            let by = self.crew.coordinator.clone();
            let codes = Codes { status: Some(Status::ShelteredWithoutStatus), ..Codes::default() };
            self.add(until, &by, StatusChanged { reason }, codes);
            self.shelter(until);
        } else {
            self.screen(enter, status, words::ADMIT);
            let day = if self.dice.chance(30) { self.dice.working(enter, 1, 1) } else { enter };
            self.shelter(day);
        }
    }

    fn shelter(&mut self, on: Date) {
        let location = self.location();
        let kind = if self.dice.chance(88) { "bed-24h" } else { "night-shelter" };
        let funder = if self.dice.chance(85) { "rijk" } else { "municipality" };
        let kind = self.code(List::ShelterKinds, kind);
        let funder = self.code(List::Funders, funder);
        let body = ShelterStarted { kind, location, funder };
        let by = self.crew.shelter.clone();
        let late = if self.dice.chance(15) { self.dice.between(1, 3) } else { 0 };
        let (id, plan) = self.add(on, &by, body.clone(), Codes::default());
        plan.late = late;
        if self.dice.chance(3) {
            let body = ShelterStarted { location: self.location(), ..body };
            let fact = self.id();
            let why = self.words(words::WRONG_PLACE);
            let days = self.dice.between(4, 12);
            let draft = Draft::new(body, on).correcting(id, why);
            let plan = Planned::one(Stream::Trajectory(self.id), on, &by, fact, draft);
            self.plans.push(plan.late(days).leaf());
        } else if self.dice.chance(18) {
            let moved = self.dice.working(on, 40, 320);
            let reason = self.words(words::MOVED);
            let ended = Draft::new(ShelterEnded { reason }, moved).codes(Codes { about: Some(id), ..Codes::default() });
            let started = Draft::new(ShelterStarted { location: self.location(), ..body }, moved);
            let facts = vec![(self.id(), ended), (self.id(), started)];
            self.plans.push(Planned::of(Stream::Trajectory(self.id), moved, &by, facts));
        }
    }

    fn location(&mut self) -> String {
        match self.site.locations.as_slice() {
            [] => format!("Locatie {}", self.dice.between(1, 4)),
            known => self.dice.pick(known).clone(),
        }
    }

    /// Intake, obstacles, dossier, rest; gives the day of the first decision.
    fn until_decision(&mut self, stay: &Stay) -> Date {
        let hurry = stay.pace.hurry;
        let guide = self.guide.clone();
        let slow = !hurry && self.dice.chance(12);
        let days = if hurry {
            (1, 5)
        } else if slow {
            (15, 40)
        } else {
            (3, 15)
        };
        let intake = self.dice.working(stay.enter, days.0, days.1);
        let body = self.intake();
        let late = if self.dice.chance(20) { self.dice.between(1, 4) } else { 0 };
        self.add(intake, &guide, body, Codes::default()).1.late = if hurry { 0 } else { late };
        self.obstacles(intake);
        let deliver = self.method.deliver.clone();
        if deliver.is_empty() {
            let day = self.dice.working(intake, 5, 30);
            return stay.pace.decide_from.map_or(day, |from| from.max(day));
        }
        let asked = self.dice.working(intake, 1, if hurry { 2 } else { 7 });
        self.request(asked, &deliver);
        let mut complete = asked;
        for partner in &deliver {
            complete = complete.max(self.deliver(partner, asked, hurry));
        }
        let rest = term::rest_period(vec![], complete, None, self.method);
        let first = term::after(rest.end);
        let day = if hurry { self.dice.working(first, 0, 2) } else { self.dice.working(first, 0, 42) };
        stay.pace.decide_from.map_or(day, |from| from.max(day))
    }

    fn intake(&mut self) -> IntakeHeld {
        let own = self.who.origin.language;
        let english = self.dice.chance(45);
        let spoken: &[&str] = if english && own != "en" { &[own, "en"] } else { &[own] };
        let languages = self.codes(List::Languages, spoken);
        let languages = if languages.is_empty() { vec![self.code(List::Languages, "en")] } else { languages };
        let interpreter = (!english && !matches!(own, "en" | "nl")).then(|| languages[0].clone());
        let mut needs: Vec<&str> = vec![];
        for (need, percent) in [
            ("medical-care", 35),
            ("mental-health-care", 30),
            ("legal-aid", 60),
            ("language-lessons", 25),
            ("documents", 20),
        ] {
            if self.dice.chance(percent) {
                needs.push(need);
            }
        }
        if self.who.child {
            needs.push("school-for-children");
        }
        let needs = self.codes(List::Needs, &needs);
        IntakeHeld { languages, interpreter, needs, summary: self.sentences(words::INTAKE) }
    }

    fn obstacles(&mut self, intake: Date) {
        const ALL: &[&str] = &[
            "identity",
            "travel-document",
            "health-physical",
            "health-mental",
            "procedure-pending",
            "family",
            "debt",
            "no-cooperation-embassy",
            "distrust",
            "safety-in-country",
        ];
        let mut codes = self.codes(List::Obstacles, ALL);
        for _ in 0..self.dice.between(1, 2).min(u32::try_from(codes.len()).unwrap_or(0)) {
            let code = codes.swap_remove(self.dice.at(codes.len()));
            let on = self.dice.working(intake, 0, 12);
            let guide = self.guide.clone();
            let note = self.sentences(words::OBSTACLE);
            let codes = Codes { obstacle: Some(code), ..Codes::default() };
            let (id, _) = self.add(on, &guide, ObstacleNoted { note }, codes);
            self.resolve_some_time(id, on);
        }
    }

    fn items(&mut self, partner: &OrgId) -> Vec<Code> {
        let all: &[&str] = if self.crew.of_org(partner).is_some_and(|staff| staff.role == Role::CaseDirector) {
            &["departure-file", "talks-report", "travel-document-applications"]
        } else {
            &["decision-history", "interviews", "procedures"]
        };
        self.codes(List::DossierItems, all)
    }

    fn request(&mut self, on: Date, deliver: &[OrgId]) {
        let by = self.crew.coordinator.clone();
        let mut facts = Vec::new();
        for partner in deliver {
            let body = DossierRequested { items: self.items(partner), note: self.words(words::ASK) };
            let codes = Codes { partner: Some(partner.clone()), ..Codes::default() };
            facts.push((self.id(), Draft::new(body, on).codes(codes)));
        }
        self.plans.push(Planned::of(Stream::Trajectory(self.id), on, &by, facts));
    }

    /// One partner's delivery, sometimes late or not at once complete; gives the day it is complete.
    fn deliver(&mut self, partner: &OrgId, asked: Date, hurry: bool) -> Date {
        let coordinator = self.crew.coordinator.clone();
        let own = self.crew.of_org(partner).filter(|_| self.dice.chance(75)).cloned();
        let by = own.clone().unwrap_or_else(|| coordinator.clone());
        let codes = Codes { partner: Some(partner.clone()), ..Codes::default() };
        let all = self.items(partner);
        let days = if hurry {
            (2, 8)
        } else if self.dice.chance(18) {
            (22, 60)
        } else {
            (4, 20)
        };
        let mut on = self.dice.working(asked, days.0, days.1);
        let lacking = !hurry && all.len() > 1 && self.dice.chance(16);
        let given = if lacking { all[..all.len() - 1].to_vec() } else { all.clone() };
        self.delivery(on, &by, partner, given, codes.clone());
        let mut checked = self.dice.working(on, 1, if hurry { 2 } else { 6 });
        if lacking {
            let missing = vec![all[all.len() - 1].clone()];
            let note = self.words(words::LACKING);
            self.add(checked, &coordinator, DossierIncomplete { missing: missing.clone(), note }, codes.clone());
            on = self.dice.working(checked, 3, 24);
            self.delivery(on, &by, partner, missing, codes.clone());
            checked = self.dice.working(on, 1, 5);
        }
        let note = self.words(words::COMPLETE);
        self.add(checked, &coordinator, DossierCompleted { note }, codes);
        checked
    }

    fn delivery(&mut self, on: Date, by: &Staff, partner: &OrgId, items: Vec<Code>, codes: Codes) {
        let body = DossierDelivered { items, note: self.words(words::DELIVER) };
        let (_, plan) = self.add(on, by, body, codes);
        for (_, draft) in plan.facts.iter_mut().filter(|_| by.org != *partner) {
            draft.source = Some(partner.clone());
        }
    }

    fn leave(&mut self, on: Date, reason: &'static str) {
        let coordinator = self.crew.coordinator.clone();
        let evidence = match reason {
            "permit" | "temporary-medical-permit" | "medical-postponement" | "repeated-asylum-application" => {
                "ind-decision"
            }
            "return-to-country-of-origin" => {
                *self.dice.pick(&["iom-confirmation", "iom-confirmation", "dtv-confirmation"])
            }
            "forced-return" | "dublin-transfer" | "dublin-voluntary" | "detention" => "dtv-confirmation",
            "unknown-destination" | "departure-without-supervision" => {
                *self.dice.pick(&["none", "none", "seen-by-staff"])
            }
            "deceased" => "death-certificate",
            _ => "partner-message",
        };
        let destination = match reason {
            "return-to-country-of-origin" | "forced-return" => {
                self.codes(List::Countries, &[self.who.origin.country]).pop()
            }
            "onward-migration" => {
                let country = *self.dice.pick(&["canada", "belgium", "germany", "france"]);
                self.codes(List::Countries, &[country]).pop()
            }
            _ => None,
        };
        let vanished = matches!(reason, "unknown-destination" | "departure-without-supervision");
        let note = self.words(if vanished { words::VANISHED } else { words::LEAVE });
        let body = Left { destination, evidence: self.code(List::Evidence, evidence), note };
        let codes = Codes { outflow_reason: Some(self.code(List::OutflowReasons, reason)), ..Codes::default() };
        let dtv = self.crew.with_role(Role::CaseDirector).map(|staff| staff.org.clone());
        let late = if vanished || self.dice.chance(25) { self.dice.between(1, 8) } else { 0 };
        let (_, plan) = self.add(on, &coordinator, body, codes);
        plan.late = late;
        if evidence == "dtv-confirmation" {
            plan.facts.iter_mut().for_each(|(_, draft)| draft.source.clone_from(&dtv));
        }
        if !vanished && reason != "deceased" && self.dice.chance(70) {
            self.aftercare(on);
        }
    }

    /// What was still to be done for someone who leaves.
    fn drop_open_actions(&mut self, on: Date) {
        let facts = || self.plans.iter().flat_map(|plan| &plan.facts);
        let closed: BTreeSet<FactId> = facts()
            .filter(|(_, draft)| matches!(draft.body, Body::ActionClosed(_)))
            .filter_map(|(_, draft)| draft.codes.about)
            .collect();
        let added = facts().filter(|(_, draft)| matches!(draft.body, Body::ActionAdded(_))).map(|(id, _)| *id);
        let open: Vec<FactId> = added.filter(|id| !closed.contains(id)).collect();
        let guide = self.guide.clone();
        for action in open {
            let body = ActionClosed { result: self.code(List::Results, "dropped"), note: self.words(words::DROPPED) };
            self.add(on, &guide, body, Codes { about: Some(action), ..Codes::default() });
        }
    }

    fn aftercare(&mut self, left: Date) {
        let guide = self.guide.clone();
        let on = self.dice.working(left, 1, 6);
        let due = self.dice.working(on, 14, 90);
        let text = self.words(words::AFTERCARE);
        let body = ActionAdded { text, owner: guide.org.clone(), worker: Some(guide.user) };
        if on >= self.horizon {
            return;
        }
        let (id, _) = self.add(on, &guide, body, Codes { until: Some(due), ..Codes::default() });
        let closed = self.dice.working(earlier(due, 10), 0, 14).max(on);
        let forgotten = later(due, 75) > self.horizon && self.dice.chance(30);
        if closed < self.horizon && !forgotten {
            let result = self.code(List::Results, "done");
            let note = self.words(words::DONE);
            self.add(closed, &guide, ActionClosed { result, note }, Codes { about: Some(id), ..Codes::default() });
        }
    }
}
