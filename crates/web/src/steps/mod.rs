//! The steps of the process as forms: one file per subject, the same names as in the domain.
//!
//! A step says which fields it has, how they become a draft of a fact, and how a fact fills them again
//! when it is corrected. The page around it is [`page`].

mod agenda;
pub(crate) mod conference;
mod cooperation;
mod departure;
mod document;
mod dossier;
pub(crate) mod escalation;
mod hold;
mod intake;
mod measure;
mod objection;
mod obstacle;
mod offer;
mod outflow;
pub(crate) mod page;
mod partner;
mod pause;
mod plan;
mod registration;
pub(crate) mod screening;
mod shelter;
mod status;
mod term;

use desk::File;
use domain::{
    codes::Category,
    fact::{Body, Codes, Fact, Kind},
    ids::{FactId, OrgId},
    programme::{Entry, List, Method},
    trajectory::Draft,
};
use jiff::civil::Date;

pub(crate) use offer::Offers;

use crate::{
    form::{Choice, FieldKind, FieldSpec, FormData},
    session::Signed,
};

/// What a step needs to make its form: who asks, about which file, under which way of working.
pub(crate) struct Ask<'a> {
    pub(crate) signed: &'a Signed,
    pub(crate) file: &'a File,
    pub(crate) method: &'a Method,
    /// The fact it builds on: the stay that ends, the action that is done.
    pub(crate) about: Option<FactId>,
    /// The fact it corrects.
    pub(crate) corrects: Option<&'a Fact>,
}

/// A step of the process.
pub(crate) struct Step {
    /// The end of its address.
    pub(crate) path: &'static str,
    /// The kind of fact it records.
    pub(crate) kind: Kind,
    /// Where it stands in the list of what can be done; text key `steps-<group>`.
    pub(crate) group: &'static str,
    /// Codes with which it is asked whether the step is possible now.
    pub(crate) trial: fn(&Ask<'_>) -> Codes,
    /// Its fields.
    pub(crate) fields: fn(&Ask<'_>) -> Vec<FieldSpec>,
    /// From fields to body and codes; `None` with the errors noted in the form.
    pub(crate) read: fn(&Ask<'_>, &mut FormData) -> Option<(Body, Codes)>,
    /// From a fact back to fields, to correct it.
    pub(crate) fill: fn(&Fact, FormData) -> FormData,
}

impl Step {
    /// Text key of its title: `step-<path>`.
    pub(crate) fn title(&self) -> String {
        format!("step-{}", self.path)
    }

    /// Whether it needs a fact to build on, and is offered beside that fact.
    pub(crate) fn about_something(&self) -> bool {
        matches!(
            self.kind,
            Kind::ShelterEnded
                | Kind::ObstacleResolved
                | Kind::GoalClosed
                | Kind::ActionClosed
                | Kind::PauseEnded
                | Kind::WorkerReleased
                | Kind::ObjectionDecided
                | Kind::HoldLifted
                | Kind::DocumentReleased
                | Kind::DocumentCondemned
                | Kind::DocumentDestroyed
        )
    }
}

/// The codes of a list that who asks may record: a code that tells of health is for who may know of it.
fn recordable<'a>(ask: &'a Ask<'_>, list: List) -> impl Iterator<Item = &'a Entry> {
    let entries = ask.signed.names.programme().list(list).0.iter();
    entries.filter(|entry| entry.reveals.is_none_or(|category| ask.file.standing.sees(category)))
}

/// The same, to choose from.
fn choices(ask: &Ask<'_>, list: List) -> Vec<Choice> {
    let names = &ask.signed.names;
    recordable(ask, list).map(|entry| Choice::new(entry.code.as_str(), names.text(&entry.text))).collect()
}

/// Every step, in the order of the process.
pub(crate) const ALL: &[Step] = &[
    screening::SCREEN,
    status::CHANGE,
    shelter::START,
    shelter::END,
    intake::HOLD,
    dossier::REQUEST,
    dossier::DELIVER,
    dossier::COMPLETE,
    dossier::INCOMPLETE,
    dossier::REMIND,
    dossier::UNAVAILABLE,
    dossier::REJECT,
    document::RELEASE,
    document::CONDEMN,
    document::DESTROY,
    conference::DECIDE,
    escalation::SEND,
    escalation::ANSWER,
    plan::GOAL,
    plan::CLOSE_GOAL,
    plan::ACTION,
    plan::CLOSE_ACTION,
    plan::CONTACT,
    obstacle::NOTE,
    obstacle::RESOLVE,
    cooperation::ASSESS,
    cooperation::REVIEW,
    measure::TAKE,
    objection::OBJECT,
    objection::DECIDE,
    hold::SET,
    hold::LIFT,
    pause::START,
    pause::END,
    partner::ASSIGN,
    partner::RELEASE,
    departure::TAKE,
    term::EXTEND,
    outflow::LEAVE,
];

/// Steps that are taken on other pages, and corrected in the file.
const ELSEWHERE: &[Step] = &[registration::REGISTER, agenda::TABLE, agenda::UNTABLE, agenda::DISCUSS];

/// The step with this address.
pub(crate) fn by_path(path: &str) -> Option<&'static Step> {
    ALL.iter().find(|step| step.path == path)
}

/// The step that records a kind of fact, also one that is only ever corrected here.
pub(crate) fn by_kind(kind: Kind) -> Option<&'static Step> {
    ALL.iter().chain(ELSEWHERE).find(|step| step.kind == kind)
}

/// The day from which it holds: every step has it.
pub(crate) fn day(category: Category) -> FieldSpec {
    FieldSpec::new("valid_from", "field-valid-from", FieldKind::Date, category).required()
}

/// A text of several lines.
pub(crate) fn note(name: &'static str, label: &'static str, category: Category) -> FieldSpec {
    FieldSpec::new(name, label, FieldKind::TextArea, category)
}

/// A text of one line.
pub(crate) fn line(name: &'static str, label: &'static str, category: Category) -> FieldSpec {
    FieldSpec::new(name, label, FieldKind::Text { max: 300 }, category)
}

/// Whether a kind of fact can be what a partner did, and told: then who leads or guides records it on their information.
/// What the municipality decides is its own, and so is what someone assesses.
fn partners_do(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Screened
            | Kind::StatusChanged
            | Kind::DossierCompleted
            | Kind::DossierIncomplete
            | Kind::Decided
            | Kind::CooperationAssessed
            | Kind::CooperationReviewed
            | Kind::MeasureTaken
            | Kind::ObjectionDecided
            | Kind::HoldSet
            | Kind::HoldLifted
            | Kind::Withdrawn
    )
}

/// On whose information, for the steps of partners.
pub(crate) fn source(ask: &Ask<'_>, category: Category) -> FieldSpec {
    let mut partners = ask.signed.names.partners(&ask.file.trajectory.site);
    partners.retain(|org| org.value != ask.signed.who.org.as_str());
    FieldSpec::new("source", "field-source", FieldKind::Select(partners), category).hint("field-source-hint")
}

/// The step's own form: its fields, the day, and for a correction the reason.
pub(crate) fn fields(step: &Step, ask: &Ask<'_>, correction: bool) -> Vec<FieldSpec> {
    let category = step.kind.category();
    let mut fields = vec![day(category)];
    fields.extend((step.fields)(ask));
    // what the state or a shelter records is its own
    let tells = access::may_record_for(&ask.signed.who);
    fields.retain(|field| tells || field.name != "source");
    if tells && partners_do(step.kind) && !fields.iter().any(|field| field.name == "source") {
        fields.push(source(ask, category));
    }
    if correction {
        let why = note("why", "field-why", category).required().hint("field-why-hint");
        fields.push(why);
    }
    // what may not be seen may not be filled in either; the category of a field may differ from the step's
    crate::form::visible(fields, ask.file.standing.any())
}

/// Reads the whole form as a draft.
pub(crate) fn draft(step: &Step, ask: &Ask<'_>, data: &mut FormData) -> Option<Draft> {
    let valid_from = data.date("valid_from");
    let read = (step.read)(ask, data);
    let why = ask.corrects.map(|_| data.text("why"));
    let source = match ask.corrects.map(|fact| &fact.header) {
        // a form without that field keeps on whose information it was
        Some(old) if !data.has_field("source") && old.source != old.org => Some(old.source.clone()),
        _ => data.parsed::<OrgId>("source"),
    };
    if !data.is_right() {
        return None;
    }
    let (body, mut codes) = read?;
    if codes.about.is_none() && step.about_something() {
        codes.about = ask.about;
    }
    let supersedes = ask.corrects.map(|fact| fact.header.id);
    Some(Draft { body, codes, valid_from: valid_from?, supersedes, why, source })
}

/// An empty form, or one filled with the fact to correct.
pub(crate) fn prefilled(step: &Step, fields: &[FieldSpec], today: Date, corrects: Option<&Fact>) -> FormData {
    let data = FormData::empty(fields);
    match corrects {
        Some(fact) => {
            let data = data.with_date("valid_from", fact.header.valid_from);
            let data =
                if fact.header.source == fact.header.org { data } else { data.with("source", &fact.header.source) };
            (step.fill)(fact, data)
        }
        None => data.with_date("valid_from", today),
    }
}

/// No codes needed to ask whether it is possible.
pub(crate) fn no_codes(_: &Ask<'_>) -> Codes {
    Codes::default()
}
