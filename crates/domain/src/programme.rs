//! Programme data: sites, partners, methods, code lists, classifications, funding.
//!
//! A programme is a folder of TOML files (`docs/programme-format.md`). [`Programme::parse`] reads the
//! texts of these files and finds every mistake in them at once, each with file, line and remedy.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;

use crate::{
    codes::{Board, Category, Opening, OrgKind},
    ids::{Code, MethodId, OrgId, SiteId},
};

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code in files and text keys.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.code()) }
        }
    )+};
}

mod check;
mod conference;
mod definition;
mod log;
mod method;
mod parse;
mod published;
mod read;
#[cfg(test)]
mod tests;

pub use conference::{Conference, Twice, Way};
pub use definition::{Base, Column, Definition, Exclude, FigureTable, Measure, Of, Part, TAKING_PART, list_of};
pub use method::{Contracted, Method, READERS};
pub use published::{Count, Counted, Number, Published, What};

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Dutch.
    Nl,
    /// English.
    En,
}

/// A text in both languages of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Dutch, language level B1.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Nl => &self.nl,
            Lang::En => &self.en,
        }
    }
}

/// A code of a list, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Code, as facts hold it.
    pub code: Code,
    /// Words.
    pub text: Text,
    /// Explanation, if the words need one.
    pub note: Option<Text>,
    /// What knowing the code tells beside where a trajectory stands: that someone needs care is about health.
    pub reveals: Option<Category>,
}

/// A list to choose from, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeList(pub Vec<Entry>);

impl CodeList {
    /// The entry with a code.
    pub fn get(&self, code: &Code) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.code == *code)
    }

    /// The code to begin with, where nothing was chosen: the first one people see.
    pub fn first(&self) -> Option<&Code> {
        self.0.first().map(|entry| &entry.code)
    }

    /// Whether a code is in the list.
    pub fn contains(&self, code: &str) -> bool {
        self.0.iter().any(|entry| entry.code == *code)
    }
}

macro_rules! lists {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// The lists that every programme fills.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum List { $($(#[$doc])* $variant,)+ }

        impl List {
            /// Every list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in the files.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }
        }
    };
}

lists! {
    /// Kinds of name: official, known as, earlier.
    NameKinds = "name-kinds",
    /// Why there is no V-number.
    VNumberMissing = "v-number-missing",
    /// Countries and nationalities; `stateless` and `unknown` among them.
    Countries = "countries",
    /// Languages.
    Languages = "languages",
    /// Grounds on which someone is admitted.
    AdmissionGrounds = "admission-grounds",
    /// Grounds on which someone is not admitted.
    RefusalGrounds = "refusal-grounds",
    /// Who may admit by exception.
    ExceptionBy = "exception-by",
    /// On whose behalf a decision is taken.
    OnBehalfOf = "on-behalf-of",
    /// Forms of a decision.
    Forms = "forms",
    /// Legal remedies.
    Remedies = "remedies",
    /// Kinds of shelter.
    ShelterKinds = "shelter-kinds",
    /// Who pays.
    Funders = "funders",
    /// Needs told at the intake.
    Needs = "needs",
    /// What stands in the way of a solution (*knelpunten*).
    Obstacles = "obstacles",
    /// Parts of a dossier.
    DossierItems = "dossier-items",
    /// Why an item is not there.
    UnavailableGrounds = "unavailable-grounds",
    /// Why an item or document is sent back.
    RejectionGrounds = "rejection-grounds",
    /// Realistic end goals.
    Perspectives = "perspectives",
    /// Routes to work on.
    Scenarios = "scenarios",
    /// Why a trajectory pauses.
    Pauses = "pauses",
    /// Ways of contact.
    ContactKinds = "contact-kinds",
    /// Results of goals and actions.
    Results = "results",
    /// Criteria of a cooperation review.
    ReviewCriteria = "review-criteria",
    /// Consequences of a cooperation review.
    Consequences = "consequences",
    /// Grounds on which someone must be sheltered.
    HoldGrounds = "hold-grounds",
    /// Steps of the departure process.
    DepartureSteps = "departure-steps",
    /// Why someone left.
    OutflowReasons = "outflow-reasons",
    /// Evidence of leaving.
    Evidence = "evidence",
}

/// The programme: everything a network decides for itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Programme {
    /// Name in files and stores.
    pub id: Code,
    /// Name on screen.
    pub name: Text,
    /// Where the data come from.
    pub source: String,
    /// Business date on which a demo of this programme begins.
    pub today: Option<Date>,
    /// Organisations.
    pub organisations: Vec<Organisation>,
    /// Sites.
    pub sites: Vec<Site>,
    /// Ways of working, per site and period.
    pub methods: Vec<Method>,
    /// Bodies in which partners decide together, per site.
    pub conferences: Vec<Conference>,
    /// Code lists.
    pub lists: BTreeMap<List, CodeList>,
    /// Versioned mappings from outflow reason to outcome class.
    pub classifications: Vec<Classification>,
    /// Money.
    pub funding: Vec<Funding>,
    /// Contested cells of the access policy that it opens.
    pub opens: Vec<Opening>,
    /// Figures that others published.
    pub published: Vec<Published>,
    /// What our own figures count.
    pub definitions: Vec<Definition>,
    /// Which of them stand in one table.
    pub tables: Vec<FigureTable>,
    /// How long the record of a person is kept: each ground by itself, the longest wins.
    pub retention: Vec<Retention>,
    /// How long accounts and logs are kept; what has no term is not forgotten.
    pub upkeep: Vec<Upkeep>,
}

static NO_CODES: CodeList = CodeList(Vec::new());

impl Programme {
    /// Reads the files of a programme, given as name and text.
    ///
    /// # Errors
    /// Every mistake in all files, in order of file and line.
    pub fn parse(files: &[(String, String)]) -> Result<Self, Vec<Finding>> {
        parse::programme(files)
    }

    /// A list; empty where the programme was not read from files and lacks it.
    pub fn list(&self, list: List) -> &CodeList {
        self.lists.get(&list).unwrap_or(&NO_CODES)
    }

    /// What a code tells beside where a trajectory stands.
    pub fn reveals(&self, list: List, code: &Code) -> Option<Category> {
        self.list(list).0.iter().find(|entry| entry.code == *code).and_then(|entry| entry.reveals)
    }

    /// What some codes of a list tell. Where the thing itself has to be shown, as a pause has, a code that is left out of it
    /// would tell the same: who may not know all of this is told none of them.
    pub fn reveals_any(&self, list: List) -> impl Iterator<Item = Category> {
        self.list(list).0.iter().filter_map(|entry| entry.reveals)
    }

    /// A site.
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == *id)
    }

    /// An organisation.
    pub fn org(&self, id: &OrgId) -> Option<&Organisation> {
        self.organisations.iter().find(|org| org.id == *id)
    }

    /// A method.
    pub fn method(&self, id: &MethodId) -> Option<&Method> {
        self.methods.iter().find(|method| method.id == *id)
    }

    /// The method of a site on a day.
    pub fn method_on(&self, site: &SiteId, on: Date) -> Option<&Method> {
        self.methods.iter().find(|m| m.site == *site && m.from <= on && m.to.is_none_or(|to| on < to))
    }

    /// A definition of a figure.
    pub fn definition(&self, id: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.id == *id)
    }

    /// The body of a kind at a site.
    pub fn conference(&self, board: Board, site: &SiteId) -> Option<&Conference> {
        self.conferences.iter().find(|conference| conference.board == board && conference.sites.contains(site))
    }

    /// The bodies of a site, from the case up.
    pub fn conferences_of(&self, site: &SiteId) -> Vec<&Conference> {
        let mut all: Vec<_> = self.conferences.iter().filter(|conference| conference.sites.contains(site)).collect();
        all.sort_by_key(|conference| conference.board);
        all
    }

    /// The kinds of organisation that are partners at a site.
    pub fn kinds_at(&self, site: &SiteId) -> Vec<OrgKind> {
        let partners = self.site(site).map(|site| site.partners.as_slice()).unwrap_or_default();
        let mut kinds: Vec<OrgKind> = partners.iter().filter_map(|org| Some(self.org(org)?.kind)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// A classification.
    pub fn classification(&self, id: &Code) -> Option<&Classification> {
        self.classifications.iter().find(|classification| classification.id == *id)
    }
}

/// A mistake in the files of a programme.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, message, remedy } = self;
        write!(f, "{file}:{line}: {message} Remedy: {remedy}")
    }
}

/// An organisation with a role somewhere in the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Code.
    pub id: OrgId,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: OrgKind,
    /// Whether its people use the system themselves.
    pub online: bool,
}

/// A local facility network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Code.
    pub id: SiteId,
    /// Name on screen.
    pub name: String,
    /// Three capitals before its case numbers.
    pub prefix: String,
    /// First day.
    pub opens: Date,
    /// What of the above is our assumption.
    pub assumption: Option<Text>,
    /// Organisations with a role here.
    pub partners: Vec<OrgId>,
    /// When their agreements end, where that is known.
    pub agreements: Vec<Agreement>,
    /// The municipality that leads.
    pub lead: OrgId,
    /// Organisations that guide.
    pub guides: Vec<OrgId>,
    /// Organisations that shelter.
    pub shelters: Vec<OrgId>,
    /// Places, per funder and from a day.
    pub capacity: Vec<Capacity>,
    /// Shelter locations.
    pub locations: Vec<String>,
    /// Anything else known about it.
    pub facts: Vec<SiteFact>,
}

impl Site {
    /// Whether an organisation takes part here on a day. Without an end in the programme's files an agreement goes on.
    pub fn under_agreement(&self, org: &OrgId, on: Date) -> bool {
        self.agreements.iter().all(|agreement| agreement.org != *org || on < agreement.until)
    }
}

/// The agreement under which an organisation takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Which organisation.
    pub org: OrgId,
    /// The day from which it has ended.
    pub until: Date,
    /// Where that stands.
    pub source: String,
}

/// Places at a site, from a day on, until the next entry of the same funder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// First day.
    pub from: Date,
    /// Places.
    pub places: u32,
    /// Who pays.
    pub funder: Code,
    /// Where it was published.
    pub source: String,
}

/// Something published about a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFact {
    /// What.
    pub name: Text,
    /// Value, as published.
    pub value: String,
    /// Where it was published.
    pub source: String,
}

choices! {
    /// Who admits.
    Admission {
        /// The municipality, at the screening.
        Screening = "screening",
        /// The partners, in conference; until then one is sheltered without LVV status.
        Conference = "conference",
    }

    /// What happens to a term of the method that ends on a day off.
    EndRule {
        /// It ends that day.
        Stays = "stays",
        /// It ends on the next working day.
        NextWorkingDay = "next-working-day",
        /// As the Algemene termijnenwet says of a term in a law: the next working day, and at least two working days in it.
        AsInLaw = "as-in-law",
    }

    /// Steps that a method may leave out of order or skip.
    Step {
        /// Intake.
        Intake = "intake",
        /// Dossier.
        Dossier = "dossier",
        /// Rest period.
        RestPeriod = "rest-period",
        /// Decision of the partners.
        Decision = "decision",
    }

    /// Which event starts the rest period.
    RestStart {
        /// The last part of the dossier is complete.
        AllComplete = "all-complete",
        /// The first part is complete: enough to talk about.
        FirstComplete = "first-complete",
        /// Every partner has delivered for the first time, or said that something is not there; no check is waited for.
        AllDelivered = "all-delivered",
        /// Every partner was asked; no delivery is waited for.
        AllRequested = "all-requested",
    }

    /// Until when an item of the dossier may be seen.
    SeenUntil {
        /// Until the partners have decided for the first time.
        Decided = "decided",
        /// Until the trajectory has ended.
        Ended = "ended",
        /// As long as the record is kept.
        Kept = "kept",
    }

    /// To which trajectories a retention ground applies.
    Applies {
        /// All.
        Everyone = "everyone",
        /// Those in which someone took part.
        Admitted = "admitted",
        /// Those that were refused, or ended before anyone was admitted.
        NotAdmitted = "not-admitted",
    }

    /// What is kept beside the record of participants, and goes by itself at the end of its term.
    Forgets {
        /// The content of lines of the read log.
        ReadLog = "read-log",
        /// Name, login and events of an account, counted from the day its owner left.
        Account = "account",
        /// Sign-ins and tries, with network and kind of device, of everyone.
        SignIn = "sign-in",
    }

    /// What leaving means, by a classification.
    OutcomeClass {
        /// Durable solution (*bestendig*).
        Durable = "durable",
        /// Semi-durable (*semi-bestendig*).
        SemiDurable = "semi-durable",
        /// No solution.
        None = "none",
    }
}

/// A ground to keep the record of a person for a time after their last trajectory has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Code.
    pub id: Code,
    /// Name.
    pub name: Text,
    /// To whom it applies.
    pub applies: Applies,
    /// Whole years from the end of the trajectory.
    pub years: u16,
    /// And days.
    pub days: u16,
    /// Where the term stands.
    pub source: String,
    /// What is our choice in it, if anything.
    pub assumption: Option<Text>,
}

/// How long something beside the record of participants is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upkeep {
    /// What.
    pub forgets: Forgets,
    /// Whole years.
    pub years: u16,
    /// And days.
    pub days: u16,
    /// Where the term stands.
    pub source: String,
    /// What is our choice in it, if anything.
    pub assumption: Option<Text>,
}

/// A versioned mapping from outflow reason to outcome class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    /// Code, such as `letter-2018`.
    pub id: Code,
    /// Name on screen.
    pub name: Text,
    /// Where it was published.
    pub source: String,
    /// Every outflow reason.
    pub map: BTreeMap<Code, Mapping>,
}

/// The class of one outflow reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Class.
    pub class: OutcomeClass,
    /// Why we read it so, where the source does not say.
    pub assumption: Option<Text>,
    /// Where it was published.
    pub source: Option<String>,
}

/// Money of one funder.
#[derive(Debug, Clone, PartialEq)]
pub struct Funding {
    /// Who.
    pub funder: Code,
    /// Year; none: for the whole period.
    pub year: Option<i16>,
    /// Million euro.
    pub million: f64,
    /// Where it was published.
    pub source: String,
}
