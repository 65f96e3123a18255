//! A trajectory: its facts in order of the day they hold from, and the state that follows.
//!
//! [`replay`] tells whether a history makes sense; [`decide`] accepts new facts only when the
//! whole history, with them in it, still does. The rules per subject stand in the subject's file.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    agenda::Tabling,
    check,
    codes::{Phase, Status},
    conference::Decision,
    cooperation::{Review, Round},
    departure::Departing,
    document::Document,
    dossier::Delivery,
    escalation::Escalation,
    fact::{Body, Codes, Fact, Header, Kind},
    history::{self, History, Stop, with},
    hold::Hold,
    ids::{CommandId, FactId, MethodId, OrgId, ParticipantId, SiteId, Stream, TrajectoryId, UserId},
    intake::Intake,
    measure::Taken,
    objection::Objection,
    obstacle::Obstacle,
    outflow::Outflow,
    partner::Worker,
    pause::Pause,
    plan::{Action, Contact, Goal},
    programme::{Method, Programme},
    refusal::Refusal,
    screening::Screening,
    shelter::Stay,
    spell::{Spell, spells},
    term::{self, Term},
};

pub use crate::history::Recorded;

/// What follows from the facts of one trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trajectory {
    /// Which.
    pub id: TrajectoryId,
    /// Whose.
    pub participant: ParticipantId,
    /// Where.
    pub site: SiteId,
    /// Under which way of working it opened.
    pub method: MethodId,
    /// Number of the last fact of the stream, superseded ones included.
    pub version: u32,
    /// Day of registration.
    pub opened: Date,
    /// Who registered.
    pub registered_by: OrgId,
    /// The trajectory before this one.
    pub previous: Option<TrajectoryId>,
    /// How the person came here.
    pub circumstances: Option<String>,
    /// The phases entered, with the day; the change from rest period to decision may lie ahead.
    pub phases: Vec<(Phase, Date)>,
    /// The participation statuses, with the day.
    pub statuses: Vec<(Status, Date)>,
    /// Screenings.
    pub screenings: Vec<Screening>,
    /// Shelter stays.
    pub stays: Vec<Stay>,
    /// The latest intake.
    pub intake: Option<Intake>,
    /// Obstacles.
    pub obstacles: Vec<Obstacle>,
    /// The dossier, per partner that delivers.
    pub deliveries: Vec<Delivery>,
    /// Documents, with those that were destroyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// Day on which the last required part was complete.
    pub complete: Option<Date>,
    /// The rest period, once the dossier is complete.
    pub rest: Option<Term>,
    /// Decisions of the partners.
    pub decisions: Vec<Decision>,
    /// Places on agendas.
    #[serde(default)]
    pub tablings: Vec<Tabling>,
    /// Times it went to another body.
    #[serde(default)]
    pub escalations: Vec<Escalation>,
    /// Goals.
    pub goals: Vec<Goal>,
    /// Actions and after-care tasks.
    pub actions: Vec<Action>,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// Cooperation reviews.
    pub reviews: Vec<Review>,
    /// Assessments, by the review they are for.
    #[serde(default)]
    pub rounds: Vec<Round>,
    /// What followed from reviews.
    #[serde(default)]
    pub measures: Vec<Taken>,
    /// Objections.
    #[serde(default)]
    pub objections: Vec<Objection>,
    /// What forbids to end shelter.
    #[serde(default)]
    pub holds: Vec<Hold>,
    /// Steps of the departure process.
    #[serde(default)]
    pub departure: Vec<Departing>,
    /// Day from which the dossier is no longer waited for, because who had to deliver has gone.
    #[serde(default)]
    pub dropped: Option<Date>,
    /// Pauses.
    pub pauses: Vec<Pause>,
    /// Extensions of terms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<term::Given>,
    /// Workers now assigned.
    pub workers: Vec<Worker>,
    /// How it ended.
    pub outflow: Option<Outflow>,
    /// The latest milestones, newest first, at most five.
    pub latest: Vec<Recorded>,
    /// Whether a body is gone (the person is forgotten).
    pub forgotten: bool,
    /// The facts that set terms going.
    #[serde(default)]
    pub turns: Turns,
    /// Facts that no longer hold, each with the one that now stands in its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<(FactId, FactId)>,
}

/// Which facts led to where the trajectory stands: a term names the one that started it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turns {
    /// The registration.
    pub registered: Option<FactId>,
    /// What led to the last phase.
    pub phase: Option<FactId>,
    /// What led to the last status.
    pub status: Option<FactId>,
    /// What first led to admission.
    pub admitted: Option<FactId>,
}

impl Trajectory {
    fn open(recorded: &Recorded) -> Result<Self, Refusal> {
        let header = &recorded.fact.header;
        let (Stream::Trajectory(id), Kind::Registered) = (header.stream, header.kind) else {
            return Err(Refusal::new("not-registered-yet").field("valid_from"));
        };
        let circumstances = match &recorded.fact.body {
            Some(Body::Registered(body)) => Some(body.circumstances.clone()),
            _ => None,
        };
        Ok(Self {
            id,
            participant: header.subject,
            site: header.site.clone(),
            method: header.method.clone(),
            version: 0,
            opened: header.valid_from,
            registered_by: header.org.clone(),
            previous: header.codes.previous,
            circumstances,
            phases: vec![(Phase::Registration, header.valid_from)],
            statuses: vec![(Status::Registered, header.valid_from)],
            screenings: vec![],
            stays: vec![],
            intake: None,
            obstacles: vec![],
            deliveries: vec![],
            documents: vec![],
            complete: None,
            rest: None,
            decisions: vec![],
            tablings: vec![],
            escalations: vec![],
            goals: vec![],
            actions: vec![],
            contacts: vec![],
            reviews: vec![],
            rounds: vec![],
            measures: vec![],
            objections: vec![],
            holds: vec![],
            departure: vec![],
            dropped: None,
            pauses: vec![],
            extensions: vec![],
            workers: vec![],
            outflow: None,
            latest: vec![],
            forgotten: false,
            turns: Turns { registered: Some(header.id), phase: Some(header.id), ..Turns::default() },
            replaced: vec![],
        })
    }

    /// The phase on a day.
    pub fn phase_on(&self, day: Date) -> Phase {
        self.phase_since(day).0
    }

    /// The phase on a day, and since when.
    pub fn phase_since(&self, day: Date) -> (Phase, Date) {
        self.phases.iter().rev().find(|(_, from)| *from <= day).copied().unwrap_or((Phase::Registration, self.opened))
    }

    /// The participation status now.
    pub fn status(&self) -> Status {
        self.statuses.last().map_or(Status::Registered, |(status, _)| *status)
    }

    /// Since when.
    pub fn status_since(&self) -> Date {
        self.statuses.last().map_or(self.opened, |(_, since)| *since)
    }

    /// Whether they ever took part: admitted, sheltered until the conference, or on a living allowance.
    pub fn was_admitted(&self) -> bool {
        let part = [Status::Admitted, Status::ShelteredWithoutStatus, Status::LivingAllowanceOnly];
        self.statuses.iter().any(|(status, _)| part.contains(status))
    }

    /// The scenario agreed last.
    pub fn scenario(&self) -> Option<&crate::ids::Code> {
        self.decisions.last().map(|decision| &decision.scenario)
    }

    /// The pauses that are on, longest first: each with its own reason.
    pub fn pauses_on(&self) -> impl Iterator<Item = &Pause> {
        self.pauses.iter().filter(|pause| pause.to.is_none())
    }

    /// Day on which it ended: left, or not admitted.
    pub fn ended(&self) -> Option<Date> {
        self.phases.last().filter(|(phase, _)| *phase == Phase::Ended).map(|(_, from)| *from)
    }

    /// The fact that now stands in the place of another: a correction has an id of its own, and what built on the
    /// first fact (or an old link to it) still means the same.
    pub fn current(&self, fact: FactId) -> FactId {
        history::current(&self.replaced, fact)
    }

    /// Intervals for figures.
    pub fn spells(&self) -> Vec<Spell> {
        spells(self)
    }

    /// Goes to a phase; a change that lay ahead no longer comes.
    pub(crate) fn enter(&mut self, phase: Phase, on: Date) {
        self.phases.retain(|(_, from)| *from <= on);
        if self.phases.last().is_none_or(|(last, _)| *last != phase) {
            self.phases.push((phase, on));
        }
    }

    /// Nothing goes on after the end: who has left no longer sleeps here, and nothing pauses any more.
    pub(crate) fn end(&mut self, on: Date) {
        self.enter(Phase::Ended, on);
        self.stays.iter_mut().filter(|stay| stay.to.is_none()).for_each(|stay| stay.to = Some(on));
        self.pauses.iter_mut().filter(|pause| pause.to.is_none()).for_each(|pause| pause.to = Some(on));
        self.settle(on);
        self.leave_agendas(on);
    }

    pub(crate) fn set_status(&mut self, status: Status, on: Date) {
        if self.status() != status {
            self.statuses.push((status, on));
        }
    }

    /// Refuses what cannot follow leaving (or a refusal).
    pub(crate) fn still_open(&self) -> Result<(), Refusal> {
        match self.ended() {
            Some(on) => Err(Refusal::new("already-ended").with("on", on).field("valid_from")),
            None => Ok(()),
        }
    }

    /// Refuses what needs someone to take part.
    pub(crate) fn takes_part(&self) -> Result<(), Refusal> {
        self.still_open()?;
        match self.status() {
            Status::Admitted | Status::ShelteredWithoutStatus | Status::LivingAllowanceOnly => Ok(()),
            _ => Err(Refusal::new("not-admitted-yet")),
        }
    }

    /// Whether a kind of fact with these codes would make sense on a day, as the trajectory stands now.
    ///
    /// # Errors
    /// Why not, and from when it would.
    pub fn possible(&self, kind: Kind, codes: Codes, method: &Method, on: Date) -> Result<(), Refusal> {
        let nobody = uuid::Uuid::nil();
        let header = Header {
            id: FactId(nobody),
            stream: Stream::Trajectory(self.id),
            subject: self.participant,
            site: self.site.clone(),
            method: self.method.clone(),
            kind,
            version: kind.version(),
            valid_from: on,
            recorded_at: Timestamp::UNIX_EPOCH,
            actor: UserId(nobody),
            org: self.registered_by.clone(),
            source: self.registered_by.clone(),
            purpose: kind.purpose(),
            command: CommandId(nobody),
            supersedes: None,
            codes,
        };
        self.clone().apply(&Fact { header, body: None, why: None }, method)
    }

    fn apply(&mut self, fact: &Fact, method: &Method) -> Result<(), Refusal> {
        let (phase, status) = (self.phases.last().copied(), self.statuses.len());
        let kind = fact.header.kind;
        // what a partner that has gone still delivers is taken in; everything else no longer counts on it
        if matches!(kind, Kind::DossierRequested | Kind::DossierDelivered) {
            self.take(fact, method)?;
        } else {
            self.take(fact, &method.present_on(fact.header.valid_from))?;
        }
        self.wait_for_nobody(&fact.header, method);
        self.beds_follow_holds();
        let id = Some(fact.header.id);
        if self.phases.last().copied() != phase {
            self.turns.phase = id;
        }
        if self.statuses.len() != status {
            self.turns.status = id;
            if self.status() == Status::Admitted && self.turns.admitted.is_none() {
                self.turns.admitted = id;
            }
        }
        // after the turns: that the decision phase comes later is no step of its own
        self.rest_again(method);
        Ok(())
    }

    fn take(&mut self, fact: &Fact, method: &Method) -> Result<(), Refusal> {
        let mut header = fact.header.clone();
        header.codes.about = header.codes.about.map(|about| self.current(about));
        let h = &header;
        self.forgotten |= fact.body.is_none();
        macro_rules! body {
            ($kind:ident) => {
                match &fact.body {
                    Some(Body::$kind(body)) => Some(body),
                    _ => None,
                }
            };
        }
        match h.kind {
            Kind::Registered => Err(Refusal::new("already-registered").with("on", self.opened)),
            Kind::Screened => self.screened(h, body!(Screened)),
            Kind::StatusChanged => self.status_changed(h),
            Kind::ShelterStarted => self.shelter_started(h, body!(ShelterStarted)),
            Kind::ShelterEnded => self.shelter_ended(h),
            Kind::IntakeHeld => self.intake_held(h, body!(IntakeHeld), method),
            Kind::ObstacleNoted => self.obstacle_noted(h, body!(ObstacleNoted)),
            Kind::ObstacleResolved => self.obstacle_resolved(h),
            Kind::DossierRequested => self.dossier_requested(h, body!(DossierRequested), method),
            Kind::DossierDelivered => self.dossier_delivered(h, body!(DossierDelivered), method),
            Kind::DossierCompleted => self.dossier_completed(h, body!(DossierCompleted), method),
            Kind::DossierIncomplete => self.dossier_incomplete(h, body!(DossierIncomplete), method),
            Kind::DossierReminded => self.dossier_reminded(h),
            Kind::DossierUnavailable => self.dossier_unavailable(h, body!(DossierUnavailable), method),
            Kind::DossierRejected => self.dossier_rejected(h, body!(DossierRejected), method),
            Kind::DocumentAdded => self.document_added(h, body!(DocumentAdded), method),
            Kind::DocumentReleased => self.document_released(h, body!(DocumentReleased)),
            Kind::DocumentCondemned => self.document_condemned(h, body!(DocumentCondemned)),
            Kind::DocumentDestroyed => self.document_destroyed(h),
            Kind::Decided => self.decided(h, body!(Decided), method),
            Kind::Tabled => self.tabled(h, body!(Tabled)),
            Kind::Untabled => self.untabled(h),
            Kind::CaseDiscussed => self.case_discussed(h, body!(CaseDiscussed)),
            Kind::Escalated => self.escalated(h, body!(Escalated)),
            Kind::Advised => self.advised(h, body!(Advised)),
            Kind::GoalSet => self.goal_set(h, body!(GoalSet)),
            Kind::GoalClosed => self.goal_closed(h, body!(GoalClosed)),
            Kind::ActionAdded => self.action_added(h, body!(ActionAdded)),
            Kind::ActionClosed => self.action_closed(h, body!(ActionClosed)),
            Kind::ContactNoted => self.contact_noted(h, body!(ContactNoted)),
            Kind::CooperationAssessed => self.cooperation_assessed(h, body!(CooperationAssessed), method),
            Kind::CooperationReviewed => self.cooperation_reviewed(h, body!(CooperationReviewed), method),
            Kind::MeasureTaken => self.measure_taken(h, body!(MeasureTaken), method),
            Kind::ObjectionMade => self.objection_made(h, body!(ObjectionMade)),
            Kind::ObjectionDecided => self.objection_decided(h, body!(ObjectionDecided)),
            Kind::HoldSet => self.hold_set(h, body!(HoldSet)),
            Kind::HoldLifted => self.hold_lifted(h, body!(HoldLifted)),
            Kind::DepartureStep => self.departure_step(h, body!(DepartureStep)),
            Kind::PauseStarted => self.pause_started(h, body!(PauseStarted)),
            Kind::PauseEnded => self.pause_ended(h),
            Kind::TermExtended => self.term_extended(h, body!(TermExtended), method),
            Kind::WorkerAssigned => self.worker_assigned(h, body!(WorkerAssigned)),
            Kind::WorkerReleased => self.worker_released(h),
            Kind::Left => self.left(h, body!(Left)),
            Kind::Withdrawn => Ok(()),
            Kind::IdentityRecorded
            | Kind::PersonLinked
            | Kind::PersonUnlinked
            | Kind::InformationGiven
            | Kind::RightsRequested
            | Kind::RightsAnswered
            | Kind::RestrictionChanged => Err(Refusal::new("wrong-stream").with("kind", h.kind)),
        }
    }
}

/// The state that follows from a history.
///
/// # Errors
/// The first fact that does not make sense after those before it.
pub fn replay(facts: &[Recorded], method: &Method) -> Result<Trajectory, Refusal> {
    replay_until(facts, method).map_err(Stop::refused)
}

/// The state as it stood at the start of a day, as known now; none when nothing was recorded of before.
///
/// # Errors
/// As [`replay`].
pub fn replay_before(facts: &[Recorded], method: &Method, day: Date) -> Result<Option<Trajectory>, Refusal> {
    if History::of(facts).order().first().is_none_or(|first| first.fact.header.valid_from >= day) {
        return Ok(None);
    }
    replay_part(facts, method, Some(day)).map(Some).map_err(Stop::refused)
}

fn replay_until(facts: &[Recorded], method: &Method) -> Result<Trajectory, Stop> {
    replay_part(facts, method, None)
}

fn replay_part(facts: &[Recorded], method: &Method, before: Option<Date>) -> Result<Trajectory, Stop> {
    let history = History::of(facts);
    let order = history.order();
    let Some((first, rest)) = order.split_first() else {
        return Err(Stop { refusal: Refusal::new("nothing-registered"), at: None });
    };
    let mut state = Trajectory::open(first).map_err(Stop::at(first))?;
    state.forgotten = first.fact.body.is_none();
    state.replaced = history.replaced().to_vec();
    let in_time = |recorded: &&&Recorded| before.is_none_or(|day| recorded.fact.header.valid_from < day);
    for recorded in rest.iter().take_while(in_time) {
        state.apply(&recorded.fact, method).map_err(Stop::at(recorded))?;
    }
    state.version = facts.iter().map(|recorded| recorded.number).max().unwrap_or(0);
    let milestones = order.iter().rev().filter(|recorded| recorded.fact.header.kind.milestone());
    state.latest = milestones.take(5).map(|recorded| (*recorded).clone()).collect();
    Ok(state)
}

/// A fact someone wants to record.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What happened.
    pub body: Body,
    /// What of it is in the clear.
    pub codes: Codes,
    /// The day from which it holds.
    pub valid_from: Date,
    /// The fact it replaces or withdraws.
    pub supersedes: Option<FactId>,
    /// Why; required with `supersedes`.
    pub why: Option<String>,
    /// On whose information, when not one's own.
    pub source: Option<OrgId>,
}

impl Draft {
    /// A new fact from a day on.
    pub fn new(body: impl Into<Body>, valid_from: Date) -> Self {
        Self { body: body.into(), codes: Codes::default(), valid_from, supersedes: None, why: None, source: None }
    }

    /// With its codes.
    #[must_use]
    pub fn codes(mut self, codes: Codes) -> Self {
        self.codes = codes;
        self
    }

    /// As a correction of another fact.
    #[must_use]
    pub fn correcting(mut self, fact: FactId, why: impl Into<String>) -> Self {
        self.supersedes = Some(fact);
        self.why = Some(why.into());
        self
    }
}

/// Who records, when, and with which ids.
#[derive(Debug, Clone)]
pub struct Context {
    /// The history the facts go to.
    pub stream: Stream,
    /// Whose data it is.
    pub subject: ParticipantId,
    /// Where.
    pub site: SiteId,
    /// Under which way of working.
    pub method: MethodId,
    /// Who.
    pub actor: UserId,
    /// For which organisation.
    pub org: OrgId,
    /// By which command.
    pub command: CommandId,
    /// When.
    pub recorded_at: Timestamp,
    /// The business date.
    pub today: Date,
    /// One id for each draft.
    pub ids: Vec<FactId>,
}

impl Context {
    /// Makes facts of drafts, in their order.
    pub fn facts(&self, drafts: Vec<Draft>) -> Vec<Fact> {
        drafts
            .into_iter()
            .zip(&self.ids)
            .map(|(draft, id)| {
                let kind = draft.body.kind();
                let header = Header {
                    id: *id,
                    stream: self.stream,
                    subject: self.subject,
                    site: self.site.clone(),
                    method: self.method.clone(),
                    kind,
                    version: kind.version(),
                    valid_from: draft.valid_from,
                    recorded_at: self.recorded_at,
                    actor: self.actor,
                    org: self.org.clone(),
                    source: draft.source.unwrap_or_else(|| self.org.clone()),
                    purpose: kind.purpose(),
                    command: self.command,
                    supersedes: draft.supersedes,
                    codes: draft.codes,
                };
                Fact { header, body: Some(draft.body), why: draft.why }
            })
            .collect()
    }
}

/// Accepts drafts as facts when the whole history still makes sense with them.
///
/// # Errors
/// A [`Refusal`] that names the field, the first possible day, or the later fact in the way.
pub fn decide(
    history: &[Recorded],
    drafts: Vec<Draft>,
    context: &Context,
    method: &Method,
    programme: &Programme,
) -> Result<(Vec<Fact>, Trajectory), Refusal> {
    for draft in &drafts {
        check::draft(draft, history, context.today, method, programme)?;
        check::own_assessment(draft, history, context.actor, method)?;
    }
    let undoes = drafts.iter().any(|draft| draft.supersedes.is_some());
    let facts = context.facts(drafts);
    match replay_until(&with(history, &facts), method) {
        Ok(state) => {
            if undoes {
                replay(history, method)?.kept_by_holds(&state, context.today)?;
            }
            let extensions = facts.iter().filter(|fact| fact.header.kind == Kind::TermExtended);
            extensions.map(|fact| fact.header.id).try_for_each(|id| term::check_extension(&state, id, method))?;
            Ok((facts, state))
        }
        Err(stop) => {
            // days on which the state changes without a fact: the end of a rest period
            let now = replay_until(history, method).map(|state| state.phases).unwrap_or_default();
            let changes: Vec<Date> = now.into_iter().map(|(_, from)| from).collect();
            let again = |facts: &[Recorded]| replay_until(facts, method).map(drop);
            Err(stop.explained(history, &facts, &changes, context.today, again))
        }
    }
}
