//! People who sign in: the accounts, and in a file each what belongs to them.

mod entered;
mod event;
mod notice;
pub mod oidc;
mod passkey;
mod password;
mod recovery;
mod rights;
mod second;
mod session;
mod totp;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use domain::{
    codes::Role,
    ids::{OrgId, SiteId, UserId},
    refusal::Refusal,
};
use jiff::Timestamp;
use journal::{Row, Store, Tx, params};

pub use entered::{Entered, FAMILIAR, Way};
pub(crate) use entered::{FAILED_A_MINUTE, Tried};
pub(crate) use event::verify as verify_events;
pub use event::{AccountEvent, EventKind};
pub use notice::Notice;
pub use passkey::PasskeyItem;
pub use password::{FIRST_PASSWORD, LONGEST_PASSWORD, NEW_START, SHORTEST_PASSWORD, check_password};
pub use recovery::RECOVERY_CODES;
pub use rights::{AccountItem, Administration, CONFIRM_WITHIN, Proposal, ProposalKind, manages_accounts, may_decide};
pub use session::{
    ABSOLUTE, FRESH, From as SignInFrom, HALFWAY, IDLE, MOST_SESSIONS, Next, Session, SessionItem, SignIn,
};
pub use totp::TotpOffer;

use crate::{Desk, Failure};
use session::{Live, Token, token_hash};

const ALL: &str = "SELECT id, login, name, role, org, sites, active, first_until, confirmed_at FROM account";
const ADD: &str = "INSERT INTO account (id, login, name, role, org, sites, password, active, first_until, confirmed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)";
const TAKEN: &str = "SELECT id FROM account WHERE login = $1";
const FACTORS: &str = "SELECT account FROM totp UNION SELECT account FROM passkey";

const OWN_SQL: &[&str] = &[ALL, ADD, TAKEN, FACTORS];

/// Every fixed statement about accounts.
pub(crate) fn statements() -> impl Iterator<Item = &'static str> {
    let all = [
        OWN_SQL,
        entered::SQL,
        event::SQL,
        notice::SQL,
        oidc::SQL,
        passkey::SQL,
        password::SQL,
        recovery::SQL,
        rights::SQL,
        session::SQL,
        totp::SQL,
    ];
    all.into_iter().flatten().copied()
}

/// Someone who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub user: UserId,
    /// Name to sign in with.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Organisation.
    pub org: OrgId,
    /// Sites.
    pub sites: Vec<SiteId>,
}

/// An account, and what is known about its ways to sign in.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) account: Account,
    pub(crate) active: bool,
    pub(crate) first_until: Option<Timestamp>,
    pub(crate) confirmed_at: Timestamp,
    pub(crate) factors: bool,
}

impl Known {
    fn new(account: Account, confirmed_at: Timestamp) -> Self {
        Self { account, active: true, first_until: None, confirmed_at, factors: false }
    }
}

/// How signing in is set up here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRules {
    /// The address people know this program by: passkeys are bound to it.
    pub origin: String,
    /// Whether an account whose rights nobody confirmed for a year is suspended.
    pub suspend_overdue: bool,
}

impl Default for SignInRules {
    fn default() -> Self {
        Self { origin: "http://localhost:8080".to_owned(), suspend_overdue: false }
    }
}

/// All accounts and sessions in memory: there are hundreds, every page shows names of colleagues, and what ends must end at once.
pub(crate) struct Directory {
    accounts: RwLock<HashMap<UserId, Known>>,
    sessions: Mutex<HashMap<Token, Live>>,
    /// At most one password is hashed at a time: each takes tens of megabytes.
    hashing: Arc<Mutex<()>>,
}

fn sites_of(text: &str) -> Vec<SiteId> {
    text.split(' ').filter_map(|site| site.parse().ok()).collect()
}

fn sites_text(sites: &[SiteId]) -> String {
    sites.iter().map(SiteId::as_str).collect::<Vec<_>>().join(" ")
}

fn known(row: &Row<'_>) -> journal::Result<Known> {
    let text = |at: usize| row.get::<String>(at);
    let unusable = |what: &str| journal::Error::Unusable(format!("an account with an unknown {what}"));
    let account = Account {
        user: UserId(row.get(0)?),
        login: text(1)?,
        name: text(2)?,
        role: Role::from_code(&text(3)?).ok_or_else(|| unusable("role"))?,
        org: text(4)?.parse().map_err(|_| unusable("organisation"))?,
        sites: sites_of(&text(5)?),
    };
    let (active, first_until, confirmed_at) = (row.get::<i64>(6)? == 1, row.get(7)?, row.get(8)?);
    Ok(Known { account, active, first_until, confirmed_at, factors: false })
}

impl Directory {
    pub(crate) fn load(store: &Store) -> Result<Self, Failure> {
        let (all, factors, sessions) = store.read_blocking(|tx| {
            let all = tx.query(ALL, params![], known)?;
            let factors = tx.query(FACTORS, params![], |row| Ok(UserId(row.get(0)?)))?;
            Ok::<_, Failure>((all, factors, session::all(tx)?))
        })?;
        let mut accounts: HashMap<UserId, Known> = all.into_iter().map(|known| (known.account.user, known)).collect();
        for user in factors {
            if let Some(known) = accounts.get_mut(&user) {
                known.factors = true;
            }
        }
        let (sessions, hashing) = (Mutex::new(sessions.into_iter().collect()), Arc::new(Mutex::new(())));
        Ok(Self { accounts: RwLock::new(accounts), sessions, hashing })
    }

    /// The account, also of someone who left: their name stands in what they did.
    pub(crate) fn get(&self, user: UserId) -> Option<Account> {
        self.known(user).map(|known| known.account)
    }

    pub(crate) fn known(&self, user: UserId) -> Option<Known> {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(&user).cloned()
    }

    pub(crate) fn active(&self, user: UserId) -> Option<Account> {
        self.known(user).filter(|known| known.active).map(|known| known.account)
    }

    /// Whether someone can sign in now: active, and a first password has not run out.
    fn usable(&self, user: UserId, now: Timestamp) -> bool {
        self.known(user).is_some_and(|known| known.active && known.first_until.is_none_or(|until| now < until))
    }

    fn has_factors(&self, user: UserId) -> bool {
        self.known(user).is_some_and(|known| known.factors)
    }

    fn by_login(&self, login: &str) -> Option<UserId> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.values().find(|known| known.account.login == login).map(|known| known.account.user)
    }

    fn all(&self) -> Vec<Known> {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn at(&self, site: &SiteId) -> Vec<Account> {
        let here = self.all().into_iter().filter(|known| known.active && known.account.sites.contains(site));
        let mut here: Vec<Account> = here.map(|known| known.account).collect();
        here.sort_by(|one, other| (&one.org, &one.name).cmp(&(&other.org, &other.name)));
        here
    }

    fn put(&self, known: Known) {
        self.accounts.write().unwrap_or_else(PoisonError::into_inner).insert(known.account.user, known);
    }

    fn change(&self, user: UserId, change: impl FnOnce(&mut Known)) {
        if let Some(known) = self.accounts.write().unwrap_or_else(PoisonError::into_inner).get_mut(&user) {
            change(known);
        }
    }

    /// Name and login of someone who left are gone.
    pub(crate) fn forget(&self, user: UserId, name: &str, login: String) {
        self.change(user, |known| {
            (known.account.name, known.account.login, known.account.sites) = (name.to_owned(), login, vec![]);
        });
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<Token, Live>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_session<T>(&self, token: &str, work: impl FnOnce(&mut Live) -> T) -> Option<T> {
        self.sessions().get_mut(&token_hash(token)).map(work)
    }

    fn open_sessions(&self) -> HashMap<UserId, usize> {
        let mut count = HashMap::new();
        for live in self.sessions().values() {
            *count.entry(live.account()).or_default() += 1;
        }
        count
    }
}

/// A byte of a web address.
fn escape(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// Bytes from hexadecimal; at most a kilobyte.
fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) || text.len() > 2048 {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

fn insert(
    tx: &mut Tx<'_>,
    account: &Account,
    hash: &str,
    now: Timestamp,
    first_until: Option<Timestamp>,
) -> Result<(), Failure> {
    let taken = tx.one(TAKEN, params![account.login.as_str()], |row| row.get::<uuid::Uuid>(0))?;
    if taken.is_some() {
        return Err(Refusal::new("login-taken").with("login", &account.login).into());
    }
    let values = params![
        account.user.0,
        account.login.as_str(),
        account.name.as_str(),
        account.role.code(),
        account.org.as_str(),
        sites_text(&account.sites),
        hash,
        first_until,
        now
    ];
    tx.exec(ADD, values)?;
    Ok(())
}

/// What someone signs in with, and what happened to their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    /// Name to sign in with.
    pub login: String,
    /// Whether there is an app for codes.
    pub totp: bool,
    /// The passkeys.
    pub passkeys: Vec<PasskeyItem>,
    /// Recovery codes that were not used.
    pub recovery: i64,
    /// What happened, the latest first.
    pub events: Vec<AccountEvent>,
    /// Tries to sign in that failed, the latest first.
    pub failed: Vec<AccountEvent>,
}

impl Desk {
    /// One's own account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn own_account(&self, user: UserId) -> Result<OwnAccount, Failure> {
        let login = self.inner.accounts.get(user).map(|account| account.login).unwrap_or_default();
        let found = self.inner.store.read(move |tx| {
            let (events, failed) = (event::of(tx, user)?, event::failed_of(tx, user)?);
            Ok::<_, Failure>((totp::there(tx, user)?, recovery::left(tx, user)?, events, failed))
        });
        let (totp, recovery, events, failed) = found.await?;
        Ok(OwnAccount { login, totp, passkeys: self.passkeys(user).await?, recovery, events, failed })
    }

    /// How signing in is set up here.
    pub fn rules(&self) -> SignInRules {
        self.inner.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets that; once, at start.
    pub fn set_rules(&self, rules: SignInRules) {
        *self.inner.rules.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    /// Adds an account by hand, on the command line: for the first two, who then add others by four eyes. Its password has to be
    /// changed at the first sign-in, within [`FIRST_PASSWORD`].
    ///
    /// # Errors
    /// A login that exists, a password that is too short, a code the programme does not know, a role that does not fit the organisation.
    pub fn add_account(&self, account: Account, password: &str) -> Result<(), Failure> {
        if password.chars().count() < SHORTEST_PASSWORD {
            return Err(Refusal::new("password-too-short").with("least", SHORTEST_PASSWORD).into());
        }
        self.check_account(&account)?;
        let hash = password::hash(password, &self.salt())?;
        let detail = format!("{} {} {}", account.role, account.org, sites_text(&account.sites));
        let note = self.note(EventKind::AddedByHand, Some(account.user), None, detail);
        let (now, row) = (note.at, account.clone());
        let until = now + FIRST_PASSWORD;
        self.inner.store.write_blocking(move |tx| {
            insert(tx, &row, &hash, now, Some(until))?;
            note.keep(tx)
        })?;
        self.inner.accounts.put(Known { first_until: Some(until), ..Known::new(account, now) });
        Ok(())
    }

    /// A password hash that several demo accounts can share: hashing one takes a tenth of a second.
    ///
    /// # Errors
    /// When the hash cannot be made.
    pub fn shared_password(&self, password: &str) -> Result<String, Failure> {
        password::hash(password, &self.salt())
    }

    /// Adds accounts with hashed passwords, for the demonstration and for tests.
    ///
    /// # Errors
    /// A login that exists, or a code the programme does not know.
    pub fn add_accounts(&self, new: Vec<(Account, String)>) -> Result<(), Failure> {
        for (account, _) in &new {
            if self.inner.programme.org(&account.org).is_none() {
                return Err(Refusal::new("organisation-unknown").with("code", &account.org).into());
            }
            if let Some(site) = account.sites.iter().find(|site| self.inner.programme.site(site).is_none()) {
                return Err(Refusal::new("site-unknown").with("code", site).into());
            }
        }
        let (rows, now) = (new.clone(), self.inner.clock.real());
        self.inner.store.write_blocking(move |tx| {
            rows.iter().try_for_each(|(account, hash)| insert(tx, account, hash, now, None))
        })?;
        new.into_iter().for_each(|(account, _)| self.inner.accounts.put(Known::new(account, now)));
        Ok(())
    }
}
