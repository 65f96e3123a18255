//! One function per use case: authorise, load, decide, append. The spine; thin.

mod account;
mod aside;
mod beside;
pub mod bulk;
mod cases;
pub mod clock;
pub mod conference;
pub mod destruction;
mod document;
pub mod evaluation;
mod execute;
mod extract;
mod failure;
mod few;
mod file;
pub mod glass;
mod ledger;
mod lists;
mod load;
mod parts;
mod prepared;
pub mod question;
pub mod read_log;
pub mod read_review;
mod reader;
mod redact;
pub mod refused;
pub mod release;
mod rights;
mod rows;
pub mod scanner;
mod search;
pub mod sees;
pub mod supervision;
mod timeline;
pub mod upkeep;
pub mod who_read;

use std::sync::{Arc, Mutex, OnceLock, RwLock};

use domain::programme::Programme;
use journal::{Entropy, Keyring, Migration, Store};

pub use account::oidc;
pub use account::{
    ABSOLUTE, Account, AccountEvent, AccountItem, Administration, CONFIRM_WITHIN, Entered, EventKind, FAMILIAR,
    FIRST_PASSWORD, FRESH, HALFWAY, IDLE, LONGEST_PASSWORD, MOST_SESSIONS, NEW_START, Next, Notice, OwnAccount,
    PasskeyItem, Proposal, ProposalKind, RECOVERY_CODES, SHORTEST_PASSWORD, Session, SessionItem, SignIn, SignInFrom,
    SignInRules, TotpOffer, Way, check_password, manages_accounts, may_decide,
};
pub use aside::aside;
pub use clock::{Clock, SystemClock};
pub use destruction::{Certificate, Destruction, Due, Retention, Signature};
pub use document::{LARGEST, NewDocument, Opened as OpenedDocument, too_large};
pub use execute::{Done, Order, Target};
pub use extract::{Extract, ExtractCase, Held, Recipient};
pub use failure::{Change, Failure};
pub use file::{File, OtherTrajectory, PersonPage, TermView};
pub use ledger::{Checkpoints, Handed, Ledger};
pub use lists::{ListItem, TodayPage, TodayPart, WorklistPage};
pub use read_log::{Activity, ReadLine, Reading};
pub use refused::{Attempt, Refused};
pub use rights::OpenRequest;
pub use search::{Found, Match, Query, Why};
pub use sees::{CaseSees, Sees, WhoSees};
pub use timeline::TimelineItem;
pub use who_read::{ReadBy, WhoRead};

/// The migrations of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 201, name: "accounts", sql: include_str!("../migrations/0201_accounts.sql") },
    Migration { number: 202, name: "sign in", sql: include_str!("../migrations/0202_sign_in.sql") },
    Migration { number: 203, name: "exceptions", sql: include_str!("../migrations/0203_exceptions.sql") },
    Migration { number: 204, name: "read review", sql: include_str!("../migrations/0204_read_review.sql") },
    Migration { number: 206, name: "destruction", sql: include_str!("../migrations/0206_destruction.sql") },
    Migration { number: 207, name: "conference", sql: include_str!("../migrations/0207_conference.sql") },
    Migration { number: 220, name: "releases", sql: include_str!("../migrations/0220_releases.sql") },
    Migration { number: 225, name: "recommendations", sql: include_str!("../migrations/0225_recommendations.sql") },
    Migration { number: 226, name: "evaluation", sql: include_str!("../migrations/0226_evaluation.sql") },
    Migration { number: 230, name: "factors", sql: include_str!("../migrations/0230_factors.sql") },
];

/// Every migration from the journal up, in order.
pub fn migrations() -> Vec<Migration> {
    [journal::MIGRATIONS, views::MIGRATIONS, MIGRATIONS].into_iter().flatten().cloned().collect()
}

/// The use cases of one programme on one store. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    store: Store,
    keys: Keyring,
    programme: Arc<Programme>,
    settings: access::Settings,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    accounts: account::Directory,
    rules: RwLock<account::SignInRules>,
    /// Refusals of the running minute.
    refusals: refused::Refusals,
    /// Failed tries to sign in of the running minute.
    failed: few::Few<Option<domain::ids::UserId>, account::Tried>,
    /// The day the rows were last brought up to.
    rolled: Mutex<Option<jiff::civil::Date>>,
    /// What signs checkpoints, once it is given.
    ledger: OnceLock<ledger::Ledger>,
    /// The file with the list of destructions.
    destructions: OnceLock<std::path::PathBuf>,
    /// Where documents lie, and how large one may be.
    documents: OnceLock<document::Kept>,
    /// What looks for malware in them.
    scanner: OnceLock<scanner::Scanner>,
}

impl Desk {
    /// Opens the use cases; the store has been migrated with [`migrations`]. `settings`: what the programme chose.
    ///
    /// # Errors
    /// When the accounts cannot be read.
    pub fn new(
        store: Store,
        keys: Keyring,
        programme: Arc<Programme>,
        settings: access::Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Failure> {
        let accounts = account::Directory::load(&store)?;
        let inner = Inner {
            store,
            keys,
            programme,
            settings,
            clock,
            entropy,
            accounts,
            rules: RwLock::default(),
            refusals: refused::Refusals::new(refused::LINES_A_MINUTE),
            failed: few::Few::new(account::FAILED_A_MINUTE),
            rolled: Mutex::new(None),
            ledger: OnceLock::new(),
            destructions: OnceLock::new(),
            documents: OnceLock::new(),
            scanner: OnceLock::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The programme.
    pub fn programme(&self) -> &Arc<Programme> {
        &self.inner.programme
    }

    /// The clocks.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// The store, for rooms that read figures from it.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The name of a colleague.
    pub fn colleague(&self, user: domain::ids::UserId) -> Option<Account> {
        self.inner.accounts.get(user)
    }

    /// What the programme chose about access.
    pub fn settings(&self) -> access::Settings {
        self.inner.settings
    }

    /// Colleagues who work for a site.
    pub fn colleagues(&self, site: &domain::ids::SiteId) -> Vec<Account> {
        self.inner.accounts.at(site)
    }
}

impl Inner {
    /// Who looks, with what they may see.
    pub(crate) fn eyes(&self, see: access::Categories) -> redact::Eyes<'_> {
        redact::Eyes { see, programme: &self.programme, part: None }
    }

    /// The same, of who stands so to a case: also what they see item by item.
    pub(crate) fn eyes_of<'a>(&'a self, standing: &'a access::Standing) -> redact::Eyes<'a> {
        redact::Eyes { part: redact::Part::of(standing, self.clock.today()), ..self.eyes(standing.categories()) }
    }

    /// The sites at which an organisation takes part today. When its agreement ends, so does every right (the policy says
    /// the same of the state `agreement-ended`).
    pub(crate) fn under_agreement(
        &self,
        org: &domain::ids::OrgId,
        mut sites: Vec<domain::ids::SiteId>,
    ) -> Vec<domain::ids::SiteId> {
        let today = self.clock.today();
        sites.retain(|site| self.programme.site(site).is_some_and(|site| site.under_agreement(org, today)));
        sites
    }
}

/// Every fixed statement of the rooms below, for the test that prepares them on both databases.
pub fn statements() -> Vec<String> {
    let others = [
        destruction::table::SQL,
        upkeep::SQL,
        evaluation::SQL,
        glass::SQL,
        question::SQL,
        supervision::SQL,
        conference::SQL,
    ];
    let others = others.into_iter().flatten().copied();
    let own = account::statements().chain(others).map(str::to_owned);
    let rooms = journal::statements().into_iter().chain(views::statements());
    rooms.chain(own).chain(read_review::statements()).chain(release::statements()).collect()
}

impl Desk {
    /// A fresh id for a command: a form carries it, so that sending it twice has one effect.
    pub fn new_command(&self) -> domain::ids::CommandId {
        domain::ids::CommandId(self.inner.entropy.id())
    }
}
