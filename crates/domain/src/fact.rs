//! Facts: everything that happens, appended once and never changed.
//!
//! A fact has a clear [`Header`] (the complete list of what is not encrypted) and a sealed
//! part: its [`Body`] and, for a correction, the reason. Figures use the header alone, so
//! they stay the same after a person is forgotten (then `body` and `why` are `None`).

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    agenda::{CaseDiscussed, Tabled, Untabled},
    conference::Decided,
    cooperation::{CooperationAssessed, CooperationReviewed},
    departure::DepartureStep,
    document::{DocumentAdded, DocumentCondemned, DocumentDestroyed, DocumentReleased},
    dossier::{
        DossierCompleted, DossierDelivered, DossierIncomplete, DossierRejected, DossierReminded, DossierRequested,
        DossierUnavailable,
    },
    escalation::{Advised, Escalated},
    hold::{HoldLifted, HoldSet},
    intake::IntakeHeld,
    measure::MeasureTaken,
    objection::{ObjectionDecided, ObjectionMade},
    obstacle::{ObstacleNoted, ObstacleResolved},
    outflow::Left,
    participant::{IdentityRecorded, PersonLinked, PersonUnlinked},
    partner::{WorkerAssigned, WorkerReleased},
    pause::{PauseEnded, PauseStarted},
    plan::{ActionAdded, ActionClosed, ContactNoted, GoalClosed, GoalSet},
    registration::Registered,
    rights::{InformationGiven, RestrictionChanged, RightsAnswered, RightsRequested},
    screening::Screened,
    shelter::{ShelterEnded, ShelterStarted},
    status::StatusChanged,
    term::TermExtended,
};
use crate::{
    codes::{AgeBand, Category, Phase, Purpose, Sex, Status},
    ids::{Code, CommandId, FactId, MethodId, OrgId, ParticipantId, SiteId, Stream, UserId},
    problem::{Parsed, Problem},
};

/// Something that happened, with both its times.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What is not encrypted.
    pub header: Header,
    /// What is; `None` once the person is forgotten.
    pub body: Option<Body>,
    /// Why this fact supersedes another.
    pub why: Option<String>,
}

/// What is not encrypted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// This fact.
    pub id: FactId,
    /// The history it belongs to.
    pub stream: Stream,
    /// Whose personal data it is: exactly one person.
    pub subject: ParticipantId,
    /// The site where it happened.
    pub site: SiteId,
    /// The way of working it fell under.
    pub method: MethodId,
    /// What kind of fact.
    pub kind: Kind,
    /// Version of that kind.
    pub version: u16,
    /// The day from which it is true (Europe/Amsterdam).
    pub valid_from: Date,
    /// When we learnt it.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub actor: UserId,
    /// For which organisation.
    pub org: OrgId,
    /// On whose information; usually the same organisation.
    pub source: OrgId,
    /// Why it was recorded.
    pub purpose: Purpose,
    /// The command that brought it.
    pub command: CommandId,
    /// The fact it replaces or withdraws.
    pub supersedes: Option<FactId>,
    /// The codes that figures need.
    pub codes: Codes,
}

/// The codes that are in the clear. Nothing may be added without a decision record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// Phase the fact leads to, where the fact itself says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Participation status from this fact on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Scenario agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Code>,
    /// Reason of a pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<Code>,
    /// Obstacle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<Code>,
    /// Outflow reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outflow_reason: Option<Code>,
    /// Age band at the date of the fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_band: Option<AgeBand>,
    /// Sex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Result of a cooperation review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooperates: Option<bool>,
    /// Step of the departure process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<Code>,
    /// The organisation the fact is about: who is asked, who delivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<OrgId>,
    /// The fact this one builds on: the stay that ends, the action that is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<FactId>,
    /// The trajectory before this one (re-entry).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<crate::ids::TrajectoryId>,
    /// A day the fact sets: due, next review, expected end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What is encrypted when a fact is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    /// What happened.
    pub body: Body,
    /// Why it supersedes another fact.
    pub why: Option<String>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident, $code:literal, $version:literal, $category:ident, $purpose:ident, $milestone:literal;)+) => {
        /// What kinds of fact there are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind { $($(#[$doc])* #[serde(rename = $code)] $name,)+ }

        /// What a fact says, by kind.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body { $($(#[$doc])* $name($name),)+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
            /// The code in the journal.
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code,)+ } }
            /// The newest version this program writes.
            pub const fn version(self) -> u16 { match self { $(Self::$name => $version,)+ } }
            /// The category of information.
            pub const fn category(self) -> Category { match self { $(Self::$name => Category::$category,)+ } }
            /// The purpose for which it is recorded.
            pub const fn purpose(self) -> Purpose { match self { $(Self::$name => Purpose::$purpose,)+ } }
            /// Whether it is a milestone on the timeline.
            pub const fn milestone(self) -> bool { match self { $(Self::$name => $milestone,)+ } }
            /// The kind with this code.
            pub fn from_code(code: &str) -> Option<Self> { Self::ALL.iter().copied().find(|kind| kind.code() == code) }
        }

        impl Body {
            /// Which kind it is.
            pub const fn kind(&self) -> Kind { match self { $(Self::$name(_) => Kind::$name,)+ } }

            pub(crate) fn to_value(&self) -> Value {
                // these are plain structs of text, numbers and lists: serde_json cannot refuse them
                match self { $(Self::$name(body) => serde_json::to_value(body).unwrap_or(Value::Null),)+ }
            }

            pub(crate) fn from_value(kind: Kind, value: Value) -> Result<Self, serde_json::Error> {
                match kind { $(Kind::$name => serde_json::from_value(value).map(Self::$name),)+ }
            }
        }

        $(impl From<$name> for Body { fn from(body: $name) -> Self { Self::$name(body) } })+
    };
}

kinds! {
    /// Who someone is, as known from this day.
    IdentityRecorded, "identity-recorded", 1, Identity, Registration, false;
    /// Two people belong together, or two records are one person.
    PersonLinked, "person-linked", 1, Identity, RecordKeeping, false;
    /// A link was wrong or has ended.
    PersonUnlinked, "person-unlinked", 1, Identity, RecordKeeping, false;
    /// Someone is registered at a site: a trajectory opens.
    Registered, "registered", 1, Process, Registration, true;
    /// The admission grounds were tested and a decision taken in mandate.
    Screened, "screened", 1, Legal, Admission, true;
    /// The participation status changed otherwise.
    StatusChanged, "status-changed", 1, Process, Admission, true;
    /// A stay in a shelter begins.
    ShelterStarted, "shelter-started", 1, ShelterAddress, Shelter, false;
    /// A stay ends.
    ShelterEnded, "shelter-ended", 1, ShelterAddress, Shelter, false;
    /// The intake was held.
    IntakeHeld, "intake-held", 1, Process, Guidance, true;
    /// Something stands in the way of a solution.
    ObstacleNoted, "obstacle-noted", 1, Process, Guidance, false;
    /// It no longer does.
    ObstacleResolved, "obstacle-resolved", 1, Process, Guidance, false;
    /// A partner was asked for its part of the dossier.
    DossierRequested, "dossier-requested", 1, Dossier, Dossier, true;
    /// A partner delivered (or supplemented) its part.
    DossierDelivered, "dossier-delivered", 1, Dossier, Dossier, true;
    /// A delivery was checked and is complete from this day.
    DossierCompleted, "dossier-completed", 2, Dossier, Dossier, true;
    /// A delivery was checked and something is missing.
    DossierIncomplete, "dossier-incomplete", 1, Dossier, Dossier, true;
    /// A partner was reminded of what it still has to deliver.
    DossierReminded, "dossier-reminded", 1, Dossier, Dossier, false;
    /// A partner says that items are not there.
    DossierUnavailable, "dossier-unavailable", 1, Dossier, Dossier, true;
    /// Items that came are sent back.
    DossierRejected, "dossier-rejected", 1, Dossier, Dossier, true;
    /// A document came as a file.
    DocumentAdded, "document-added", 1, Dossier, Dossier, false;
    /// A document may be seen in a meeting of the partners.
    DocumentReleased, "document-released", 1, Dossier, Conference, false;
    /// A document is not to be here: nobody opens it any more, a second person destroys it.
    DocumentCondemned, "document-condemned", 1, Dossier, Dossier, false;
    /// It was destroyed.
    DocumentDestroyed, "document-destroyed", 1, Dossier, Dossier, false;
    /// Partners decided on perspective and scenario.
    Decided, "decided", 3, Process, Conference, true;
    /// The case is placed on the agenda of a sitting.
    Tabled, "tabled", 1, Process, Conference, false;
    /// And taken off.
    Untabled, "untabled", 1, Process, Conference, false;
    /// It was discussed, without a decision.
    CaseDiscussed, "case-discussed", 1, Process, Conference, true;
    /// Partners did not agree: it goes to another body with one question.
    Escalated, "escalated", 1, Process, Conference, true;
    /// Advice or a decision of that body came back.
    Advised, "advised", 1, Process, Conference, true;
    /// A goal of the guidance plan.
    GoalSet, "goal-set", 1, Process, Guidance, false;
    /// A goal reached or dropped.
    GoalClosed, "goal-closed", 1, Process, Guidance, false;
    /// Something to do, with an owner and a day.
    ActionAdded, "action-added", 1, Process, Guidance, false;
    /// Done, or not done, with the result.
    ActionClosed, "action-closed", 1, Process, Guidance, false;
    /// A contact with the participant.
    ContactNoted, "contact-noted", 1, GuidanceNotes, Guidance, false;
    /// One of two people assessed cooperation, without knowing what the other finds.
    CooperationAssessed, "cooperation-assessed", 1, Cooperation, Conference, false;
    /// Cooperation was reviewed.
    CooperationReviewed, "cooperation-reviewed", 2, Cooperation, Conference, true;
    /// Something followed from a negative review.
    MeasureTaken, "measure-taken", 1, Cooperation, Conference, true;
    /// An objection was made against a decision.
    ObjectionMade, "objection-made", 1, Legal, Guidance, true;
    /// An objection was decided on.
    ObjectionDecided, "objection-decided", 1, Legal, Admission, true;
    /// Someone must be sheltered, whatever else is decided.
    HoldSet, "hold-set", 1, Process, Guidance, true;
    /// They no longer must.
    HoldLifted, "hold-lifted", 1, Process, Guidance, true;
    /// The trajectory pauses.
    PauseStarted, "pause-started", 1, Process, Guidance, true;
    /// And goes on.
    PauseEnded, "pause-ended", 1, Process, Guidance, true;
    /// A worker takes a task in the trajectory.
    WorkerAssigned, "worker-assigned", 1, Process, RecordKeeping, false;
    /// And gives it up.
    WorkerReleased, "worker-released", 1, Process, RecordKeeping, false;
    /// A step of the departure process was taken.
    DepartureStep, "departure-step", 1, Departure, Departure, true;
    /// The participant left: the trajectory ends.
    Left, "left", 1, Departure, Departure, true;
    /// A running term got a later last day.
    TermExtended, "term-extended", 1, Process, Guidance, true;
    /// An earlier fact was wrong and nothing takes its place.
    Withdrawn, "withdrawn", 1, Process, RecordKeeping, false;
    /// A participant was told what happens with their data.
    InformationGiven, "information-given", 1, Process, Rights, false;
    /// A participant asked something about their data.
    RightsRequested, "rights-requested", 1, Process, Rights, false;
    /// It was answered, or its term extended.
    RightsAnswered, "rights-answered", 1, Process, Rights, false;
    /// Use of the data is restricted, or no longer.
    RestrictionChanged, "restriction-changed", 1, Process, Rights, false;
}

/// Nothing but the reason, which stands in [`Fact::why`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {}

impl Sealed {
    /// The bytes to encrypt: JSON `{"body": …, "why": …}`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut map = serde_json::Map::new();
        map.insert("body".into(), self.body.to_value());
        if let Some(why) = &self.why {
            map.insert("why".into(), Value::String(why.clone()));
        }
        Value::Object(map).to_string().into_bytes()
    }

    /// Reads what was encrypted, through upcasters for older versions.
    ///
    /// # Errors
    /// `fact-newer` when a newer program wrote it, `fact-unreadable` (with what and where) otherwise.
    pub fn from_bytes(kind: Kind, version: u16, bytes: &[u8]) -> Parsed<Self> {
        if version > kind.version() {
            return Err(Problem::new("fact-newer")
                .with("kind", kind.code())
                .with("version", version)
                .with("known", kind.version()));
        }
        let unreadable = |error: serde_json::Error| {
            // serde_json names the field and the expected type, never the value of a string field's content
            Problem::new("fact-unreadable").with("kind", kind.code()).with("where", describe(&error))
        };
        let parts: Parts = serde_json::from_slice(bytes).map_err(unreadable)?;
        let body = Body::from_value(kind, upcast(kind, version, parts.body)).map_err(unreadable)?;
        Ok(Self { body, why: parts.why })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    body: Value,
    #[serde(default)]
    why: Option<String>,
}

/// Where a JSON text fails, without repeating what it holds.
pub fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let safe = text.starts_with("unknown field") || text.starts_with("missing field");
    let what = if safe {
        text.split(", expected").next().unwrap_or("").to_owned()
    } else {
        format!("{:?} error", error.classify())
    };
    if error.line() > 0 { format!("{what}, column {}", error.column()) } else { what }
}

/// Brings a body of an older version up to the newest.
fn upcast(kind: Kind, version: u16, mut body: Value) -> Value {
    // version 1 did not say in whose mandate the partners admitted: that stays unknown
    if let (Kind::Decided, 1, Value::Object(fields)) = (kind, version, &mut body) {
        fields.insert("mandate".into(), Value::Null);
    }
    // before version 3 nobody wrote down at which sitting, what else was considered, and who saw it otherwise
    if let (Kind::Decided, 1 | 2, Value::Object(fields)) = (kind, version, &mut body) {
        fields.insert("sitting".into(), Value::Null);
        fields.insert("exception_by".into(), Value::Null);
        fields.insert("options".into(), Value::Array(vec![]));
        fields.insert("dissent".into(), Value::Array(vec![]));
    }
    body
}

impl Fact {
    /// The sealed part, if it is still there.
    pub fn sealed(&self) -> Option<Sealed> {
        self.body.clone().map(|body| Sealed { body, why: self.why.clone() })
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// A fact as it travels and as the file page keeps it: header, body and reason side by side.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    header: Header,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Serialize for Fact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = self.body.as_ref().map(Body::to_value);
        Whole { header: self.header.clone(), body, why: self.why.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Whole { header, body, why } = Whole::deserialize(deserializer)?;
        let (kind, version) = (header.kind, header.version);
        if version > kind.version() {
            let known = kind.version();
            return Err(serde::de::Error::custom(format!(
                "{kind} of version {version}; this program knows up to {known}"
            )));
        }
        let body = body
            .map(|value| Body::from_value(kind, upcast(kind, version, value)))
            .transpose()
            .map_err(serde::de::Error::custom)?;
        Ok(Self { header, body, why })
    }
}
