//! The codes that the program itself reasons about. All others are data of a programme.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every value, in the order of the process.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code in facts, tables and text keys.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }

            /// The value with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }
    )+};
}

codes! {
    /// Where a trajectory is in the process of the letter of 29 November 2018.
    Phase {
        /// Registered; the site has not yet begun the intake.
        Registration = "registration",
        /// Admitted by screening (or let in until the conference); the intake is held or to be held.
        Intake = "intake",
        /// IND and DT&V are asked for the dossier.
        Dossier = "dossier",
        /// Fourteen days from the day the dossier is complete.
        RestPeriod = "rest-period",
        /// Waiting for the partners' decision on perspective and scenario.
        Decision = "decision",
        /// Working on the scenario.
        Guidance = "guidance",
        /// Left, or not admitted.
        Ended = "ended",
    }

    /// What someone takes part in: a line of its own beside the phase.
    Status {
        /// Registered, nothing decided.
        Registered = "registered",
        /// Would be admitted, no room yet.
        WaitingList = "waiting-list",
        /// Has a bed, but the partners have not admitted them yet.
        ShelteredWithoutStatus = "sheltered-without-status",
        /// Admitted to the LVV.
        Admitted = "admitted",
        /// Gets a living allowance, no bed.
        LivingAllowanceOnly = "living-allowance-only",
        /// Not admitted.
        Refused = "refused",
        /// In a municipal facility outside the LVV.
        OutsideLvv = "outside-lvv",
        /// Left.
        Left = "left",
    }

    /// What kind of information a fact or a form field is; decides who may see it.
    Category {
        /// Who someone is.
        Identity = "identity",
        /// Position in law: grounds, decisions, procedures.
        Legal = "legal",
        /// What IND and DT&V deliver.
        Dossier = "dossier",
        /// Where the trajectory stands: phase, status, scenario, tasks.
        Process = "process",
        /// How cooperation was reviewed.
        Cooperation = "cooperation",
        /// What is said in confidence between participant and guide.
        GuidanceNotes = "guidance-notes",
        /// Health.
        Medical = "medical",
        /// Origin, religion.
        EthnicReligious = "ethnic-religious",
        /// Safety, criminal law.
        Safety = "safety",
        /// Where someone sleeps.
        ShelterAddress = "shelter-address",
        /// Leaving the Netherlands.
        Departure = "departure",
        /// Money.
        Finance = "finance",
        /// Numbers about groups.
        Figures = "figures",
    }

    /// Why something is read or written.
    Purpose {
        /// To register someone.
        Registration = "registration",
        /// To decide about admission.
        Admission = "admission",
        /// To give shelter.
        Shelter = "shelter",
        /// To gather and check the dossier.
        Dossier = "dossier",
        /// To decide together on perspective and scenario.
        Conference = "conference",
        /// To guide towards a durable solution.
        Guidance = "guidance",
        /// To organise departure.
        Departure = "departure",
        /// To account for the programme in figures.
        Accountability = "accountability",
        /// To keep the record right: corrections, links.
        RecordKeeping = "record-keeping",
        /// To run the system.
        Administration = "administration",
        /// To answer a named question about one person.
        Question = "question",
        /// To avert danger in an emergency.
        Emergency = "emergency",
        /// To answer a participant about their data.
        Rights = "rights",
    }

    /// Sex as recorded.
    Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
        /// Not known, or not stated.
        Unknown = "unknown",
    }

    /// What an organisation is at a site.
    OrgKind {
        /// The municipality: leads, decides in mandate.
        Municipality = "municipality",
        /// A non-governmental organisation that guides or shelters.
        Ngo = "ngo",
        /// Immigration and Naturalisation Service.
        Ind = "ind",
        /// Repatriation and Departure Service.
        Dtv = "dtv",
        /// Aliens police.
        Police = "police",
        /// The ministry.
        Ministry = "ministry",
        /// Independent researchers.
        Research = "research",
    }

    /// What someone does for their organisation.
    Role {
        /// Leads the site for the municipality: screening, decisions, reviews.
        Coordinator = "coordinator",
        /// Guides participants for an NGO.
        Guide = "guide",
        /// Runs a shelter location.
        ShelterWorker = "shelter-worker",
        /// Delivers for the IND.
        IndOfficer = "ind-officer",
        /// Directs the departure process for the DT&V.
        CaseDirector = "case-director",
        /// Takes part in conferences for the aliens police.
        PoliceOfficer = "police-officer",
        /// Sees figures only.
        Researcher = "researcher",
        /// Sees figures of all sites.
        ProgrammeManager = "programme-manager",
        /// Manages users, sees no participants.
        Administrator = "administrator",
        /// Watches over who reads what, and answers participants about their data.
        PrivacyOfficer = "privacy-officer",
    }

    /// A body in which partners decide together, from the case up (domain study, 1.2).
    Board {
        /// Lokaal Samenwerkingsoverleg: the partners of a site.
        Lso = "lso",
        /// Multidisciplinair Review Team: advises on one central question.
        Mrt = "mrt",
        /// Stuurgroep of a site.
        SteeringGroup = "steering-group",
        /// Programmaraad: national.
        ProgrammeCouncil = "programme-council",
        /// Bestuurlijk overleg: state secretary and aldermen, the last step.
        Administrative = "administrative",
    }

    /// Why a case stands on an agenda.
    Why {
        /// Ready for a first decision: dossier complete, rest period over.
        FirstDecision = "first-decision",
        /// Its review is due.
        Review = "review",
        /// Advice or a decision of another body came back.
        Advised = "advised",
        /// Sheltered for long without a decision.
        Undecided = "undecided",
        /// Another body sent it, with a question.
        Sent = "sent",
        /// A partner brings it in.
        BroughtIn = "brought-in",
    }

    /// What came of a case that was discussed without a decision.
    Discussed {
        /// It comes back later.
        Postponed = "postponed",
        /// Told and talked over; nothing had to be decided.
        Heard = "heard",
    }

    /// What another body gave back.
    Answered {
        /// Advice: the partners decide.
        Advice = "advice",
        /// A decision that the partners carry out.
        Decision = "decision",
        /// It gave the case back without an answer.
        None = "none",
    }

    /// How two people belong together.
    Relation {
        /// Married or living together.
        Partner = "partner",
        /// The other person is a child of this one.
        Child = "child",
        /// The other person is a parent of this one.
        Parent = "parent",
        /// In one household otherwise.
        Household = "household",
        /// Two records of one person.
        SamePerson = "same-person",
    }

    /// What an assigned worker does in a trajectory.
    Task {
        /// First contact, guides the participant.
        CaseManager = "case-manager",
        /// Leads for the municipality.
        Lead = "lead",
        /// Directs the departure process (DT&V).
        CaseDirector = "case-director",
        /// Contact at the IND.
        IndContact = "ind-contact",
    }

    /// How someone was told what happens with their data.
    InformedHow {
        /// A text to take along.
        OnPaper = "on-paper",
        /// Read aloud or explained in a conversation.
        Spoken = "spoken",
        /// A recording or a film.
        Recording = "recording",
    }

    /// A right of a participant about their data (GDPR articles 15 to 18 and 21).
    Right {
        /// To see what is held.
        Access = "access",
        /// To have it put right.
        Rectification = "rectification",
        /// To object to its use.
        Objection = "objection",
        /// To have its use restricted.
        Restriction = "restriction",
        /// To have it erased.
        Erasure = "erasure",
    }

    /// Who asks.
    AskedBy {
        /// The participant.
        Participant = "participant",
        /// Someone on their behalf: a lawyer, a guardian.
        Representative = "representative",
    }

    /// What came of a request.
    Outcome {
        /// It was done.
        Granted = "granted",
        /// Part of it was done.
        Partly = "partly",
        /// It was not done.
        Refused = "refused",
        /// The answer takes two months more.
        Extended = "extended",
    }

    /// How a criterion of a review is answered.
    Answer {
        /// It was so.
        Yes = "yes",
        /// It was not so.
        No = "no",
        /// It could not be asked of this participant.
        NotApplicable = "not-applicable",
    }

    /// What can follow from a negative review; the method says which of these there are, and in which order.
    Measure {
        /// A talk about what was agreed.
        Talk = "talk",
        /// A warning.
        Warning = "warning",
        /// The participant is heard about what is intended.
        Hearing = "hearing",
        /// A last term to do what was agreed.
        Term = "term",
        /// Shelter ends: a decision in mandate, open to objection.
        ShelterEnds = "shelter-ends",
    }

    /// How an objection was decided.
    ObjectionOutcome {
        /// Well-founded: the decision no longer stands (*gegrond*).
        Upheld = "upheld",
        /// Not well-founded: the decision stands (*ongegrond*).
        Dismissed = "dismissed",
        /// Not looked at: too late, or not by someone it concerns (*niet-ontvankelijk*).
        Inadmissible = "inadmissible",
        /// Taken back by who made it.
        TakenBack = "taken-back",
        /// Not decided yet: put off, once and in writing (*verdaagd*).
        Postponed = "postponed",
    }

    /// Grounds of GDPR article 18(1).
    RestrictionGround {
        /// a: the participant says that the data are wrong, and that is being looked at.
        Accuracy = "accuracy",
        /// b: the use is unlawful, and the participant does not want the data erased.
        Unlawful = "unlawful",
        /// c: no longer needed here, but the participant needs them for a legal claim.
        LegalClaim = "legal-claim",
        /// d: the participant objected, and it is being weighed.
        Objection = "objection",
    }

    /// A contested cell that a programme may open. Each lets one category be seen where it otherwise is not.
    Opening {
        /// A guide reads the dossier of their own participants.
        GuideSeesDossier = "guide_sees_dossier",
        /// A shelter knows how cooperation was reviewed.
        ShelterSeesCooperation = "shelter_sees_cooperation",
        /// The DT&V knows where someone sleeps.
        DtvSeesShelterAddress = "dtv_sees_shelter_address",
        /// The police know where someone sleeps, for a case on an agenda or an approved question.
        PoliceSeesShelterAddress = "police_sees_shelter_address",
        /// The police know how cooperation was reviewed, for a case on an agenda.
        PoliceSeesCooperation = "police_sees_cooperation",
        /// Health is spoken of in a conference; never with the police.
        ConferenceHearsMedical = "conference_hears_medical",
    }
}

impl Opening {
    /// The category it opens.
    pub const fn category(self) -> Category {
        match self {
            Self::GuideSeesDossier => Category::Dossier,
            Self::ShelterSeesCooperation | Self::PoliceSeesCooperation => Category::Cooperation,
            Self::DtvSeesShelterAddress | Self::PoliceSeesShelterAddress => Category::ShelterAddress,
            Self::ConferenceHearsMedical => Category::Medical,
        }
    }
}

impl Category {
    /// Whether it is about a person; figures and money are about groups.
    pub const fn of_a_person(self) -> bool {
        !matches!(self, Self::Figures | Self::Finance)
    }
}

impl Relation {
    /// The same link, seen from the other person.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Child => Self::Parent,
            Self::Parent => Self::Child,
            same => same,
        }
    }
}

/// Age in ten-year bands at the date of the fact: 0, 10, 20 … 90 (and over).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgeBand(pub u8);

impl AgeBand {
    /// The band of an age in whole years.
    pub fn of_age(years: u16) -> Self {
        Self(u8::try_from(years / 10 * 10).map_or(90, |band| band.min(90)))
    }
}
