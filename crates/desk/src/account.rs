//! People who sign in: passwords (argon2id), sessions of which only the hash is kept.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use access::Principal;
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use domain::{
    codes::{OrgKind, Role},
    ids::{OrgId, SiteId, UserId},
};
use jiff::{SignedDuration, Timestamp};
use journal::{Row, Store, Tx, params};
use sha2::{Digest, Sha256};

use crate::{Desk, Failure};

/// A session ends after this long without a request.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// And after this long in any case: a working day.
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// The shortest password that is accepted.
pub(crate) const SHORTEST_PASSWORD: usize = 12;

const COLUMNS: &str = "id, login, name, role, org, sites, password, active FROM account";
const ADD: &str = "INSERT INTO account (id, login, name, role, org, sites, password, active)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 1)";
const OPEN: &str = "INSERT INTO session (token_hash, account, csrf, made_at, seen_at) VALUES ($1, $2, $3, $4, $4)";
const FIND: &str = "SELECT account, csrf, made_at, seen_at FROM session WHERE token_hash = $1";
const SEEN: &str = "UPDATE session SET seen_at = $2 WHERE token_hash = $1";
const CLOSE: &str = "DELETE FROM session WHERE token_hash = $1";
const SWEEP: &str = "DELETE FROM session WHERE seen_at < $1 OR made_at < $2";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[ADD, OPEN, FIND, SEEN, CLOSE, SWEEP];

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

/// All accounts in memory: there are hundreds, and every page shows names of colleagues.
pub(crate) struct Directory {
    accounts: RwLock<HashMap<UserId, Account>>,
    sessions: Mutex<HashMap<[u8; 32], Live>>,
    /// At most one password is hashed at a time: each takes tens of megabytes.
    hashing: Arc<Mutex<()>>,
}

#[derive(Clone)]
struct Live {
    account: UserId,
    csrf: String,
    made_at: Timestamp,
    seen_at: Timestamp,
    /// When the store was last told.
    told_at: Timestamp,
}

fn account(row: &Row<'_>) -> journal::Result<(Account, String, bool)> {
    let text = |at: usize| row.get::<String>(at);
    let unusable = |what: &str| journal::Error::Unusable(format!("an account with an unknown {what}"));
    let sites = text(5)?;
    let account = Account {
        user: UserId(row.get(0)?),
        login: text(1)?,
        name: text(2)?,
        role: Role::from_code(&text(3)?).ok_or_else(|| unusable("role"))?,
        org: text(4)?.parse().map_err(|_| unusable("organisation"))?,
        sites: sites.split(' ').filter_map(|site| site.parse().ok()).collect(),
    };
    Ok((account, text(6)?, row.get::<i64>(7)? == 1))
}

impl Directory {
    pub(crate) fn load(store: &Store) -> Result<Self, Failure> {
        let all = store.read_blocking(all)?;
        let accounts = all.into_iter().map(|account| (account.user, account)).collect();
        let (sessions, hashing) = (Mutex::new(HashMap::new()), Arc::new(Mutex::new(())));
        Ok(Self { accounts: RwLock::new(accounts), sessions, hashing })
    }

    pub(crate) fn get(&self, user: UserId) -> Option<Account> {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(&user).cloned()
    }

    pub(crate) fn at(&self, site: &SiteId) -> Vec<Account> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let mut here: Vec<Account> =
            accounts.values().filter(|account| account.sites.contains(site)).cloned().collect();
        here.sort_by(|one, other| (&one.org, &one.name).cmp(&(&other.org, &other.name)));
        here
    }

    fn put(&self, account: Account) {
        self.accounts.write().unwrap_or_else(PoisonError::into_inner).insert(account.user, account);
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Live>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn all(tx: &mut Tx<'_>) -> Result<Vec<Account>, Failure> {
    let rows = tx.query(&format!("SELECT {COLUMNS} WHERE active = 1"), params![], account)?;
    Ok(rows.into_iter().map(|(account, ..)| account).collect())
}

/// A signed-in session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub principal: Principal,
    /// The token every form carries.
    pub csrf: String,
}

/// The outcome of signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The token for the cookie.
    Welcome(String),
    /// Name or password is wrong; which of them is not said.
    Wrong,
}

fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn verify(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Hashes a password with argon2id.
fn hash_password(password: &str, salt: &[u8; 16]) -> Result<String, Failure> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|error| Failure::Unreadable(format!("password: {error}")))
}

impl Desk {
    /// Adds an account.
    ///
    /// # Errors
    /// A login that exists, a password that is too short, a role that does not fit the organisation.
    pub fn add_account(&self, account: Account, password: &str) -> Result<(), Failure> {
        use domain::refusal::Refusal;
        if password.chars().count() < SHORTEST_PASSWORD {
            return Err(Refusal::new("password-too-short").with("least", SHORTEST_PASSWORD).into());
        }
        let mut salt = [0; 16];
        self.inner.entropy.fill(&mut salt);
        let hash = hash_password(password, &salt)?;
        self.add_accounts(vec![(account, hash)])
    }

    /// A password hash that several demo accounts can share: hashing one takes a tenth of a second.
    ///
    /// # Errors
    /// When the hash cannot be made.
    pub fn shared_password(&self, password: &str) -> Result<String, Failure> {
        let mut salt = [0; 16];
        self.inner.entropy.fill(&mut salt);
        hash_password(password, &salt)
    }

    /// Adds accounts with hashed passwords.
    ///
    /// # Errors
    /// A login that exists, or a code the programme does not know.
    pub fn add_accounts(&self, new: Vec<(Account, String)>) -> Result<(), Failure> {
        use domain::refusal::Refusal;
        for (account, _) in &new {
            if self.inner.programme.org(&account.org).is_none() {
                return Err(Refusal::new("organisation-unknown").with("code", &account.org).into());
            }
            if let Some(site) = account.sites.iter().find(|site| self.inner.programme.site(site).is_none()) {
                return Err(Refusal::new("site-unknown").with("code", site).into());
            }
        }
        let rows = new.clone();
        self.inner.store.write_blocking(move |tx| {
            for (account, hash) in &rows {
                let taken =
                    tx.one("SELECT id FROM account WHERE login = $1", params![account.login.as_str()], |row| {
                        row.get::<uuid::Uuid>(0)
                    })?;
                if taken.is_some() {
                    return Err(Failure::from(Refusal::new("login-taken").with("login", &account.login)));
                }
                let sites: Vec<&str> = account.sites.iter().map(SiteId::as_str).collect();
                tx.exec(
                    ADD,
                    params![
                        account.user.0,
                        account.login.as_str(),
                        account.name.as_str(),
                        account.role.code(),
                        account.org.as_str(),
                        sites.join(" "),
                        hash.as_str()
                    ],
                )?;
            }
            Ok(())
        })?;
        new.into_iter().for_each(|(account, _)| self.inner.accounts.put(account));
        Ok(())
    }

    /// Signs in.
    ///
    /// # Errors
    /// Only when the store fails; a wrong name or password is [`SignIn::Wrong`].
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<SignIn, Failure> {
        let (login, password) = (login.trim().to_lowercase(), password.to_owned());
        let found = self.inner.store.read(move |tx| {
            let sql = format!("SELECT {COLUMNS} WHERE login = $1 AND active = 1");
            Ok::<_, Failure>(tx.one(&sql, params![login.as_str()], account)?)
        });
        let found = found.await?;
        // an unknown name costs the same time as a wrong password
        let kept = found.as_ref().map_or_else(|| DECOY.to_owned(), |(_, hash, _)| hash.clone());
        let turn = Arc::clone(&self.inner.accounts.hashing);
        let right = tokio::task::spawn_blocking(move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            verify(&password, &kept)
        });
        let right = right.await.map_err(|_| journal::Error::Panicked)?;
        let Some((account, ..)) = found.filter(|_| right) else { return Ok(SignIn::Wrong) };
        let (token, csrf) = (self.secret(), self.secret());
        let (hash, now, kept_csrf) = (token_hash(&token), self.inner.clock.real(), csrf.clone());
        let opened = self.inner.store.write(move |tx| {
            tx.exec(SWEEP, params![now - IDLE, now - ABSOLUTE])?;
            tx.exec(OPEN, params![&hash[..], account.user.0, kept_csrf.as_str(), now])?;
            Ok::<_, Failure>(account.user)
        });
        let user = opened.await?;
        let live = Live { account: user, csrf, made_at: now, seen_at: now, told_at: now };
        self.inner.accounts.sessions().insert(hash, live);
        Ok(SignIn::Welcome(token))
    }

    fn secret(&self) -> String {
        let mut bytes = [0; 32];
        self.inner.entropy.fill(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The session of a token, if it is still good.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session(&self, token: &str) -> Result<Option<Session>, Failure> {
        let hash = token_hash(token);
        let known = self.inner.accounts.sessions().get(&hash).cloned();
        let live = match known {
            Some(live) => Some(live),
            None => self.recalled(hash).await?,
        };
        let Some(live) = live else { return Ok(None) };
        let now = self.inner.clock.real();
        if now.duration_since(live.seen_at) > IDLE || now.duration_since(live.made_at) > ABSOLUTE {
            self.sign_out(token).await?;
            return Ok(None);
        }
        let Some(account) = self.inner.accounts.get(live.account) else { return Ok(None) };
        let (csrf, tell) = {
            // in place, under one lock: a session that was ended meanwhile must not come back
            let mut sessions = self.inner.accounts.sessions();
            let Some(live) = sessions.get_mut(&hash) else { return Ok(None) };
            live.seen_at = now;
            // once a minute is enough for an idle limit of half an hour
            let tell = now.duration_since(live.told_at) > SignedDuration::from_mins(1);
            if tell {
                live.told_at = now;
            }
            (live.csrf.clone(), tell)
        };
        if tell {
            let told = self.inner.store.write(move |tx| Ok::<_, Failure>(tx.exec(SEEN, params![&hash[..], now])?));
            told.await?;
        }
        let org_kind = self.inner.programme.org(&account.org).map_or(OrgKind::Research, |org| org.kind);
        let Account { user, name, role, org, sites, .. } = account;
        let (strength, settings) = (access::Strength::Password, self.inner.settings);
        let purpose = access::working_purpose(access::Asker { role, org_kind, strength }, settings);
        let sites = self.inner.under_agreement(&org, sites);
        Ok(Some(Session {
            principal: Principal {
                user,
                name,
                role,
                org,
                org_kind,
                sites,
                strength,
                settings,
                purpose,
                trace: access::Trace::default(),
            },
            csrf,
        }))
    }

    /// A session that only the store knows, after a restart.
    async fn recalled(&self, hash: [u8; 32]) -> Result<Option<Live>, Failure> {
        let Some(live) = self.inner.store.read(move |tx| stored(tx, &hash)).await? else { return Ok(None) };
        self.inner.accounts.sessions().insert(hash, live.clone());
        // it may have been ended since it was read: who ends it takes it from the store first, then from memory
        let still = self.inner.store.read(move |tx| stored(tx, &hash)).await?;
        if still.is_none() {
            self.inner.accounts.sessions().remove(&hash);
        }
        Ok(still)
    }

    /// Ends a session at once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, token: &str) -> Result<(), Failure> {
        let hash = token_hash(token);
        self.inner.accounts.sessions().remove(&hash);
        self.inner.store.write(move |tx| Ok::<_, Failure>(tx.exec(CLOSE, params![&hash[..]])?)).await?;
        // again: it may have been read from the store in between
        self.inner.accounts.sessions().remove(&hash);
        Ok(())
    }
}

fn stored(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<Live>, Failure> {
    Ok(tx.one(FIND, params![&hash[..]], |row| {
        let seen_at = row.get(3)?;
        Ok(Live { account: UserId(row.get(0)?), csrf: row.get(1)?, made_at: row.get(2)?, seen_at, told_at: seen_at })
    })?)
}

/// The hash of a password nobody has.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$YmVzdGVuZGlnZGVjb3k$5pQ0DlCqWLr8PjDtwYl1dV3w4fvJ3yHBjVYkUvlCk3E";
