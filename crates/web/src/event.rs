//! A fact on the timeline, in words.

use desk::{File, TimelineItem};
use domain::{
    fact::{Body, Fact, Kind},
    ids::Code,
    programme::List,
};
use jiff::civil::Date;

use crate::{names::Names, session::Signed, text::L};

/// An event as templates show it.
pub(crate) struct EventView {
    /// `bst-event--…`, or nothing.
    pub(crate) class: &'static str,
    /// Icon in the sprite.
    pub(crate) icon: &'static str,
    /// What kind of event.
    pub(crate) title: String,
    /// The day, for machines.
    pub(crate) datetime: String,
    /// The day, in words.
    pub(crate) day: String,
    /// Month and year, for the headings.
    pub(crate) period: String,
    /// Who recorded it, for whom.
    pub(crate) by: String,
    /// What it says.
    pub(crate) text: Vec<String>,
    /// Badges: class and words.
    pub(crate) marks: Vec<(&'static str, String)>,
    /// For links to this event.
    pub(crate) anchor: String,
    /// The event that took its place.
    pub(crate) superseded_by: Option<String>,
    /// Address to correct it.
    pub(crate) correct: Option<String>,
    /// Address to withdraw it.
    pub(crate) withdraw: Option<String>,
}

/// The icon of a kind of fact.
fn icon(kind: Kind) -> &'static str {
    match kind {
        Kind::IdentityRecorded | Kind::PersonLinked | Kind::PersonUnlinked => "id",
        Kind::InformationGiven | Kind::RightsRequested | Kind::RightsAnswered | Kind::RestrictionChanged => "id",
        Kind::Registered => "plus",
        Kind::Screened | Kind::StatusChanged => "scale",
        Kind::ShelterStarted | Kind::ShelterEnded => "building",
        Kind::IntakeHeld | Kind::ContactNoted => "message-circle",
        Kind::ObstacleNoted | Kind::ObstacleResolved => "alert-triangle",
        Kind::DossierRequested
        | Kind::DossierDelivered
        | Kind::DossierCompleted
        | Kind::DossierIncomplete
        | Kind::DossierReminded
        | Kind::DossierUnavailable
        | Kind::DossierRejected
        | Kind::DocumentAdded
        | Kind::DocumentReleased
        | Kind::DocumentCondemned
        | Kind::DocumentDestroyed => "file-text",
        Kind::Decided | Kind::CaseDiscussed | Kind::Escalated | Kind::Advised => "users-group",
        Kind::Tabled | Kind::Untabled => "list-check",
        Kind::GoalSet | Kind::GoalClosed => "flag",
        Kind::ActionAdded | Kind::ActionClosed => "check",
        Kind::CooperationAssessed | Kind::CooperationReviewed => "clipboard-check",
        Kind::MeasureTaken => "flag",
        Kind::ObjectionMade | Kind::ObjectionDecided | Kind::HoldSet | Kind::HoldLifted => "scale",
        Kind::DepartureStep => "door-exit",
        Kind::PauseStarted | Kind::PauseEnded | Kind::TermExtended => "player-pause",
        Kind::WorkerAssigned | Kind::WorkerReleased => "user",
        Kind::Left => "door-exit",
        Kind::Withdrawn => "arrow-back-up",
    }
}

impl EventView {
    /// An event that is not a fact by itself.
    pub(crate) fn plain(
        icon: &'static str,
        title: String,
        on: Date,
        day: String,
        by: String,
        text: Vec<String>,
    ) -> Self {
        Self {
            class: "",
            icon,
            title,
            datetime: on.to_string(),
            day,
            period: String::new(),
            by,
            text,
            marks: vec![],
            anchor: String::new(),
            superseded_by: None,
            correct: None,
            withdraw: None,
        }
    }

    /// A fact as it holds now.
    pub(crate) fn of(fact: &Fact, actor: &str, signed: &Signed, file: &File) -> Self {
        let (l, names, h) = (signed.l, &signed.names, &fact.header);
        let org = names.org_id(&h.org);
        let mut marks = Vec::new();
        if h.source != h.org {
            marks.push(("note", l.f("event-source", &[("org", &names.org_id(&h.source))])));
        }
        if h.supersedes.is_some() {
            marks.push(("note", l.t("event-correction").into_owned()));
        }
        let mut text = words(fact, l, names, file, signed);
        if let Some(why) = &fact.why {
            text.push(l.f("event-why", &[("why", why)]));
        }
        Self {
            class: if h.supersedes.is_some() {
                "bst-event--correction"
            } else if h.kind.milestone() {
                "bst-event--milestone"
            } else {
                ""
            },
            icon: icon(h.kind),
            title: l.code("kind", h.kind).into_owned(),
            datetime: h.valid_from.to_string(),
            day: l.date(h.valid_from),
            period: l.month(h.valid_from),
            by: format!("{actor}, {org}"),
            text,
            marks,
            anchor: format!("feit-{}", h.id),
            superseded_by: None,
            correct: None,
            withdraw: None,
        }
    }

    /// A fact on the whole timeline: superseded, late, to be corrected.
    pub(crate) fn new(item: &TimelineItem, signed: &Signed, file: &File, edit: bool) -> Self {
        let (l, h) = (signed.l, &item.fact.header);
        let mut view = Self::of(&item.fact, &item.actor, signed, file);
        if item.late {
            let learnt = desk::clock::date_of(h.recorded_at);
            let days = h.valid_from.until(learnt).map_or(0, |span| span.get_days());
            view.marks.push(("warn", l.f("event-late", &[("days", &days)])));
        }
        if let Some(by) = item.superseded_by {
            view.class = "bst-event--superseded";
            view.superseded_by = Some(format!("#feit-{by}"));
        } else if edit && h.kind != Kind::Withdrawn && file.standing.may_record(h.kind) {
            let base = format!("/traject/{}/feit/{}", file.trajectory.id, h.id);
            view.correct = Some(format!("{base}/verbeter"));
            // without a registration there is no trajectory
            view.withdraw = (h.kind != Kind::Registered).then(|| format!("{base}/intrekken"));
        }
        view
    }
}

/// What a fact says, in a few sentences.
fn words(fact: &Fact, l: L, names: &Names, file: &File, signed: &Signed) -> Vec<String> {
    let codes = &fact.header.codes;
    let mut out = Vec::new();
    let of = |list, code: &Code| names.of(list, code.as_str());
    if let Some(status) = codes.status {
        out.push(l.code("status", status).into_owned());
    }
    if let Some(partner) = &codes.partner {
        out.push(names.org_id(partner));
    }
    out.extend(codes.scenario.as_ref().map(|code| l.f("event-scenario", &[("scenario", &of(List::Scenarios, code))])));
    out.extend(codes.pause.as_ref().map(|code| of(List::Pauses, code)));
    out.extend(codes.obstacle.as_ref().map(|code| of(List::Obstacles, code)));
    out.extend(codes.departure.as_ref().map(|code| of(List::DepartureSteps, code)));
    out.extend(codes.outflow_reason.as_ref().map(|code| of(List::OutflowReasons, code)));
    if let Some(cooperates) = codes.cooperates {
        out.push(l.t(if cooperates { "review-yes" } else { "review-no" }).into_owned());
    }
    out.extend(codes.until.map(|until| l.f("event-until", &[("date", &l.date(until))])));
    if let Some(body) = &fact.body {
        if let Body::Screened(screened) = body {
            out.extend(screened.ground.as_ref().map(|code| names.ground(codes.status, code)));
        }
        body_words(body, &mut out, l, names, signed);
    }
    if let Some(about) = codes.about.and_then(|about| about_words(about, file, names)) {
        out.push(about);
    }
    out.retain(|text| !text.trim().is_empty());
    out
}

/// What a fact builds on: the stay that ended, the action that is done.
fn about_words(about: domain::ids::FactId, file: &File, names: &Names) -> Option<String> {
    let t = &file.trajectory;
    let about = t.current(about);
    let stay = t.stays.iter().find(|stay| stay.fact == about).and_then(|stay| stay.detail.as_ref());
    let action = t.actions.iter().find(|action| action.fact == about).and_then(|action| action.detail.as_ref());
    let goal = t.goals.iter().find(|goal| goal.fact == about).and_then(|goal| goal.detail.as_ref());
    let obstacle = t.obstacles.iter().find(|obstacle| obstacle.fact == about);
    let pause = t.pauses.iter().find(|pause| pause.fact == about);
    let document = t.documents.iter().find(|document| document.fact == about).and_then(|one| one.detail.as_ref());
    stay.map(|stay| stay.location.clone())
        .or_else(|| action.map(|action| action.text.clone()))
        .or_else(|| goal.map(|goal| goal.text.clone()))
        .or_else(|| obstacle.map(|obstacle| names.of(List::Obstacles, obstacle.code.as_str())))
        .or_else(|| pause.and_then(|pause| Some(names.of(List::Pauses, pause.code.as_ref()?.as_str()))))
        .or_else(|| document.map(|document| document.name.clone()))
}

/// When someone was heard, in which language, and what they said.
pub(crate) fn heard_words(heard: &domain::cooperation::Hearing, l: L, names: &Names) -> String {
    let language = names.of(List::Languages, heard.language.as_str());
    let said = &heard.said;
    match &heard.interpreter {
        Some(code) => {
            let interpreter = names.of(List::Languages, code.as_str());
            l.f(
                "heard-interpreted",
                &[("date", &l.date(heard.on)), ("language", &language), ("interpreter", &interpreter), ("said", said)],
            )
        }
        None => l.f("heard", &[("date", &l.date(heard.on)), ("language", &language), ("said", said)]),
    }
}

fn body_words(body: &Body, out: &mut Vec<String>, l: L, names: &Names, signed: &Signed) {
    let of = |list, code: &Code| names.of(list, code.as_str());
    match body {
        Body::IdentityRecorded(b) => out.extend(b.names.iter().map(|name| name.text.clone())),
        Body::PersonLinked(b) => out.push(l.code("relation", b.relation).into_owned()),
        Body::PersonUnlinked(_) | Body::Withdrawn(_) => {}
        Body::InformationGiven(b) => {
            out.push(of(List::Languages, &b.language));
            out.push(l.code("informed-how", b.how).into_owned());
            out.push(b.text_version.clone());
        }
        Body::RightsRequested(b) => {
            out.extend([l.code("right", b.right).into_owned(), l.code("asked-by", b.by).into_owned(), b.text.clone()]);
        }
        Body::RightsAnswered(b) => {
            out.extend([l.code("outcome", b.outcome).into_owned(), b.reason.clone()]);
            out.extend(b.remedy.clone());
        }
        Body::RestrictionChanged(b) => {
            out.push(l.t(if b.restricted { "restriction-on" } else { "restriction-off" }).into_owned());
            out.extend([l.code("restriction-ground", b.ground).into_owned(), b.note.clone()]);
        }
        Body::Registered(b) => out.push(b.circumstances.clone()),
        Body::Screened(b) => {
            out.extend(
                b.exception_by.as_ref().map(|code| l.f("event-exception", &[("by", &of(List::ExceptionBy, code))])),
            );
            out.push(b.reason.clone());
        }
        Body::StatusChanged(b) => out.push(b.reason.clone()),
        Body::ShelterStarted(b) => out.push(format!("{} · {}", b.location, of(List::ShelterKinds, &b.kind))),
        Body::ShelterEnded(b) => out.push(b.reason.clone()),
        Body::IntakeHeld(b) => {
            out.push(names.all(List::Languages, &b.languages));
            out.push(b.summary.clone());
        }
        Body::ObstacleNoted(b) => out.push(b.note.clone()),
        Body::ObstacleResolved(b) => out.push(b.note.clone()),
        Body::DossierRequested(b) => out.extend([names.all(List::DossierItems, &b.items), b.note.clone()]),
        Body::DossierDelivered(b) => out.extend([names.all(List::DossierItems, &b.items), b.note.clone()]),
        Body::DossierCompleted(b) => out.push(b.note.clone()),
        Body::DossierIncomplete(b) => {
            out.push(l.f("event-missing", &[("items", &names.all(List::DossierItems, &b.missing))]));
            out.push(b.note.clone());
        }
        Body::DossierReminded(b) => out.extend([names.all(List::DossierItems, &b.items), b.note.clone()]),
        Body::DossierUnavailable(b) => out.extend([
            names.all(List::DossierItems, &b.items),
            of(List::UnavailableGrounds, &b.ground),
            b.note.clone(),
        ]),
        Body::DossierRejected(b) => {
            out.extend([
                names.all(List::DossierItems, &b.items),
                of(List::RejectionGrounds, &b.ground),
                b.note.clone(),
            ]);
        }
        Body::DocumentAdded(b) => out.extend([of(List::DossierItems, &b.item), b.name.clone(), b.note.clone()]),
        Body::DocumentReleased(b) => {
            out.extend([l.code("board", b.board).into_owned(), b.note.clone()]);
        }
        Body::DocumentCondemned(b) => out.extend([of(List::RejectionGrounds, &b.ground), b.note.clone()]),
        Body::DocumentDestroyed(b) => out.push(b.note.clone()),
        Body::Decided(b) => {
            out.push(l.f("event-perspective", &[("perspective", &of(List::Perspectives, &b.perspective))]));
            out.push(b.reason.clone());
            let orgs: Vec<String> = b.present.iter().map(|present| names.org_id(&present.org)).collect();
            out.push(l.f("event-present", &[("orgs", &orgs.join(", "))]));
            out.extend(b.options.iter().map(|way| {
                let key = if way.chosen { "event-option-chosen" } else { "event-option" };
                l.f(key, &[("option", &way.text), ("reason", &way.reason)])
            }));
            out.extend(
                b.dissent
                    .iter()
                    .map(|said| l.f("event-dissent", &[("org", &names.org_id(&said.org)), ("reason", &said.reason)])),
            );
            out.extend(
                b.exception_by.as_ref().map(|code| l.f("event-exception", &[("by", &of(List::ExceptionBy, code))])),
            );
        }
        Body::Tabled(b) => {
            out.push(format!("{} · {}", l.code("board", b.board), l.code("agenda-why", b.why)));
            out.push(b.question.clone());
        }
        Body::Untabled(b) => out.push(b.reason.clone()),
        Body::CaseDiscussed(b) => out.extend([l.code("discussed", b.outcome).into_owned(), b.reason.clone()]),
        Body::Escalated(b) => {
            out.push(l.f("event-escalated", &[("from", &l.code("board", b.from)), ("to", &l.code("board", b.to))]));
            out.push(b.question.clone());
            let positions = b.positions.iter();
            out.extend(positions.map(|one| format!("{}: {}", names.org_id(&one.org), one.text)));
        }
        Body::Advised(b) => {
            out.push(format!("{} · {}", l.code("board", b.from), l.code("answered", b.answer)));
            out.push(b.text.clone());
        }
        Body::GoalSet(b) => out.push(b.text.clone()),
        Body::GoalClosed(b) => out.extend([of(List::Results, &b.result), b.note.clone()]),
        Body::ActionAdded(b) => out.extend([b.text.clone(), names.org_id(&b.owner)]),
        Body::ActionClosed(b) => out.extend([of(List::Results, &b.result), b.note.clone()]),
        Body::ContactNoted(b) => out.extend([of(List::ContactKinds, &b.how), b.note.clone()]),
        Body::CooperationReviewed(b) => {
            out.extend([b.reason.clone(), of(List::Consequences, &b.consequence), b.assessors.join(", ")]);
            out.extend(b.heard.as_ref().map(|heard| heard_words(heard, l, names)));
            out.extend(b.not_heard.as_ref().map(|why| l.f("event-not-heard", &[("why", why)])));
            out.extend(b.settled.as_ref().map(|how| l.f("event-settled", &[("how", how)])));
        }
        Body::CooperationAssessed(b) => {
            out.push(l.t(if b.cooperates { "review-yes" } else { "review-no" }).into_owned());
            out.push(b.reason.clone());
            for judged in &b.criteria {
                let (what, answer) = (of(List::ReviewCriteria, &judged.criterion), l.code("answer", judged.answer));
                out.push(format!("{what}: {answer}. {}", judged.text));
            }
        }
        Body::MeasureTaken(b) => {
            out.extend([l.code("measure", b.measure).into_owned(), b.reason.clone()]);
            out.extend(b.heard.as_ref().map(|heard| heard_words(heard, l, names)));
            out.extend(b.mandate.as_ref().map(|mandate| mandate.by.clone()));
            out.extend(b.remedy.as_ref().map(|code| of(List::Remedies, code)));
        }
        Body::ObjectionMade(b) => out.extend([l.code("asked-by", b.by).into_owned(), b.grounds.clone()]),
        Body::ObjectionDecided(b) => {
            out.extend([l.code("objection-outcome", b.outcome).into_owned(), b.reason.clone()]);
        }
        Body::HoldSet(b) => out.extend([of(List::HoldGrounds, &b.ground), b.note.clone()]),
        Body::HoldLifted(b) => out.push(b.note.clone()),
        Body::DepartureStep(b) => out.push(b.note.clone()),
        Body::PauseStarted(b) => out.push(b.note.clone()),
        Body::PauseEnded(b) => out.push(b.note.clone()),
        Body::TermExtended(b) => out.extend([l.code("rule", b.rule).into_owned(), b.ground.clone(), b.by.clone()]),
        Body::WorkerAssigned(b) => {
            let account = b.user.and_then(|user| signed.app.desk.colleague(user));
            let name = account.map_or_else(|| b.function.clone(), |account| account.name);
            out.push(format!("{name} · {}", l.code("task", b.task)));
        }
        Body::WorkerReleased(b) => out.push(b.note.clone()),
        Body::Left(b) => {
            out.extend(b.destination.as_ref().map(|code| of(List::Countries, code)));
            out.extend([of(List::Evidence, &b.evidence), b.note.clone()]);
        }
    }
}
