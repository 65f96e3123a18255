//! What is asked of the policy, and what it answers: closed lists only, so that every question can be written down.

pub use domain::codes::Opening;
use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
};
use serde::{Deserialize, Serialize};

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The code in the policy and in logs.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }
    )+};
}

inputs! {
    /// How someone stands to a case. Of several, the first in this list counts.
    Relation {
        /// Their organisation has a task in it: guides, shelters, was asked for the dossier, directs departure, leads.
        Involved = "involved",
        /// It is at a site they work for; also a case that is about to be made there.
        OwnSite = "own-site",
        /// It is on an agenda they are invited to, and the minutes are not fixed.
        Agenda = "agenda",
        /// A named question about this person was approved by two others and has not run out.
        Question = "question",
        /// They broke the glass for it, and the time has not run out.
        BreakGlass = "break-glass",
        /// None of these; also for what is about no case, such as figures.
        None = "none",
    }

    /// The state of a case for the organisation that asks. Of several, the last in this list counts.
    State {
        /// Registered (or on the waiting list, or refused), and not admitted.
        Applied = "applied",
        /// Admitted, or sheltered without status; also for what is about no case.
        Open = "open",
        /// Ended; what is learnt late is still recorded.
        Closed = "closed",
        /// Ended longer ago than a programme needs it for the work ([`CLOSED_LONG_DAYS`] unless it says otherwise).
        ClosedLong = "closed-long",
        /// The participant asked for restriction (GDPR article 18).
        Restricted = "restricted",
        /// The agreement under which the organisation takes part has ended.
        AgreementEnded = "agreement-ended",
    }

    /// How surely someone is signed in.
    Strength {
        /// With a password alone.
        Password = "password",
        /// With a second factor or a passkey.
        SecondFactor = "second-factor",
    }

    /// Parts of the program.
    Reach {
        /// Lists: today, worklist.
        List = "list",
        /// Search for a person.
        Search = "search",
        /// One file.
        File = "file",
        /// Numbers about groups.
        Figures = "figures",
        /// Agendas of conferences one is invited to.
        Agenda = "agenda",
        /// Named questions about one person: to put one, or to decide on it.
        Question = "question",
        /// The log of who read what, and its review.
        Log = "log",
        /// The accounts.
        Accounts = "accounts",
    }

    /// What may be done with information.
    Verb {
        /// See it.
        See = "see",
        /// Record it, and correct it.
        Write = "write",
        /// Decide on it.
        Decide = "decide",
        /// See of it, item by item, what the contract of the dossier lets their kind of organisation see.
        SeeAgreed = "see-agreed",
    }
}

/// Days after its end from which a case is "closed long ago". Our assumption: a year covers objections, after-care and
/// most returns; the sources name no term.
pub const CLOSED_LONG_DAYS: u32 = 365;

/// Whether a kind of fact is recorded as something that happened, or decides: what the policy calls "write" and "decide".
pub const fn verb_of(kind: Kind) -> Verb {
    match kind {
        Kind::Screened
        | Kind::StatusChanged
        | Kind::DossierCompleted
        | Kind::DossierIncomplete
        | Kind::DossierRejected
        | Kind::DocumentReleased
        | Kind::DocumentCondemned
        | Kind::DocumentDestroyed
        | Kind::Decided
        | Kind::TermExtended
        | Kind::MeasureTaken
        | Kind::ObjectionDecided
        | Kind::HoldSet
        | Kind::HoldLifted
        | Kind::CaseDiscussed
        | Kind::Escalated
        | Kind::Advised => Verb::Decide,
        Kind::IdentityRecorded
        | Kind::PersonLinked
        | Kind::PersonUnlinked
        | Kind::Registered
        | Kind::ShelterStarted
        | Kind::ShelterEnded
        | Kind::IntakeHeld
        | Kind::ObstacleNoted
        | Kind::ObstacleResolved
        | Kind::DossierRequested
        | Kind::DossierDelivered
        | Kind::Tabled
        | Kind::Untabled
        | Kind::DossierReminded
        | Kind::DossierUnavailable
        | Kind::DocumentAdded
        | Kind::GoalSet
        | Kind::GoalClosed
        | Kind::ActionAdded
        | Kind::ActionClosed
        | Kind::ContactNoted
        | Kind::CooperationAssessed
        | Kind::CooperationReviewed
        | Kind::ObjectionMade
        | Kind::DepartureStep
        | Kind::PauseStarted
        | Kind::PauseEnded
        | Kind::WorkerAssigned
        | Kind::WorkerReleased
        | Kind::Left
        | Kind::Withdrawn
        | Kind::InformationGiven
        | Kind::RightsRequested
        | Kind::RightsAnswered
        | Kind::RestrictionChanged => Verb::Write,
    }
}

/// What a programme chose. Everything contested is closed by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether a password alone gives nothing. Only a demonstration with invented people may say no.
    pub second_factor_required: bool,
    /// See [`Opening::GuideSeesDossier`].
    pub guide_sees_dossier: bool,
    /// See [`Opening::ShelterSeesCooperation`].
    pub shelter_sees_cooperation: bool,
    /// See [`Opening::DtvSeesShelterAddress`].
    pub dtv_sees_shelter_address: bool,
    /// See [`Opening::PoliceSeesShelterAddress`].
    pub police_sees_shelter_address: bool,
    /// See [`Opening::PoliceSeesCooperation`].
    pub police_sees_cooperation: bool,
    /// See [`Opening::ConferenceHearsMedical`].
    pub conference_hears_medical: bool,
}

impl Settings {
    /// Everything closed.
    pub const CLOSED: Self = Self {
        second_factor_required: true,
        guide_sees_dossier: false,
        shelter_sees_cooperation: false,
        dtv_sees_shelter_address: false,
        police_sees_shelter_address: false,
        police_sees_cooperation: false,
        conference_hears_medical: false,
    };

    /// For a demonstration with invented people: closed, and a password is enough.
    pub const DEMONSTRATION: Self = Self { second_factor_required: false, ..Self::CLOSED };

    /// What a programme opens; a second factor is always required.
    pub fn opening(cells: &[Opening]) -> Self {
        cells.iter().fold(Self::CLOSED, |settings, cell| settings.with(*cell, true))
    }

    /// Whether a contested cell is open.
    pub const fn opens(self, opening: Opening) -> bool {
        match opening {
            Opening::GuideSeesDossier => self.guide_sees_dossier,
            Opening::ShelterSeesCooperation => self.shelter_sees_cooperation,
            Opening::DtvSeesShelterAddress => self.dtv_sees_shelter_address,
            Opening::PoliceSeesShelterAddress => self.police_sees_shelter_address,
            Opening::PoliceSeesCooperation => self.police_sees_cooperation,
            Opening::ConferenceHearsMedical => self.conference_hears_medical,
        }
    }

    /// The same with one contested cell opened or closed.
    #[must_use]
    pub const fn with(mut self, opening: Opening, open: bool) -> Self {
        let cell = match opening {
            Opening::GuideSeesDossier => &mut self.guide_sees_dossier,
            Opening::ShelterSeesCooperation => &mut self.shelter_sees_cooperation,
            Opening::DtvSeesShelterAddress => &mut self.dtv_sees_shelter_address,
            Opening::PoliceSeesShelterAddress => &mut self.police_sees_shelter_address,
            Opening::PoliceSeesCooperation => &mut self.police_sees_cooperation,
            Opening::ConferenceHearsMedical => &mut self.conference_hears_medical,
        };
        *cell = open;
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::CLOSED
    }
}

/// Who asks: what an account and a session say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asker {
    /// Role.
    pub role: Role,
    /// Kind of organisation.
    pub org_kind: OrgKind,
    /// How surely signed in.
    pub strength: Strength,
}

/// One question to the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Question {
    /// Who asks.
    pub asker: Asker,
    /// How they stand to the case.
    pub relation: Relation,
    /// The state of the case.
    pub state: State,
    /// What kind of information.
    pub category: Category,
    /// What for.
    pub purpose: Purpose,
}

/// What the policy answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Answer {
    /// May see it.
    pub see: bool,
    /// May record it, and correct it. Which kinds of facts: [`crate::may_record`].
    pub write: bool,
    /// May decide on it.
    pub decide: bool,
    /// May see of it what the contract lets their kind of organisation see, item by item.
    pub agreed: bool,
}

impl Answer {
    /// Whether it allows this.
    pub const fn allows(self, verb: Verb) -> bool {
        match verb {
            Verb::See => self.see,
            Verb::Write => self.write,
            Verb::Decide => self.decide,
            Verb::SeeAgreed => self.agreed,
        }
    }
}
