//! Rights by four eyes: what one person proposes holds only after another approved it. Taking away needs one.

use access::{Asker, Principal, Reach, Strength, reaches};
use domain::{
    codes::Role,
    ids::{CommandId, OrgId, SiteId, UserId},
    refusal::Refusal,
};
use jiff::{SignedDuration, Timestamp};
use journal::{Tx, params};

use super::{Account, AccountEvent, EventKind, FIRST_PASSWORD, Known, NEW_START, sites_of, sites_text};
use crate::{Desk, Failure};

/// Rights that nobody confirmed for this long are overdue.
pub const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_hours(365 * 24);

const PROPOSE: &str =
    "INSERT INTO rights_proposal (id, kind, account, login, name, role, org, sites, proposed_by, proposed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING";
const OPEN: &str =
    "SELECT id, kind, account, login, name, role, org, sites, proposed_by, proposed_at FROM rights_proposal
    WHERE decided_at IS NULL ORDER BY proposed_at";
const DECIDE: &str =
    "UPDATE rights_proposal SET decided_by = $2, decided_at = $3, approved = $4 WHERE id = $1 AND decided_at IS NULL";
const CHANGE: &str =
    "UPDATE account SET role = $2, org = $3, sites = $4, confirmed_at = $5 WHERE id = $1 AND active = 1";
const CONFIRM: &str = "UPDATE account SET confirmed_at = $2 WHERE id = $1";
const LEAVE: &str = "UPDATE account SET active = 0 WHERE id = $1";
const UNLINK: &str = "DELETE FROM identity WHERE account = $1";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[PROPOSE, OPEN, DECIDE, CHANGE, CONFIRM, LEAVE, UNLINK];

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalKind {
    /// A new account.
    New,
    /// Another role, organisation or sites.
    Change,
    /// A new first password and nothing else: someone forgot theirs. App, passkeys and recovery codes stay, and are asked.
    Password,
    /// A new first password, without the old password, app and passkeys: someone lost them.
    Reset,
}

impl ProposalKind {
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Change => "change",
            Self::Password => "password",
            Self::Reset => "reset",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::New, Self::Change, Self::Password, Self::Reset].into_iter().find(|kind| kind.code() == code)
    }
}

/// A proposal that waits for someone else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub id: uuid::Uuid,
    /// What.
    pub kind: ProposalKind,
    /// The account as it would be.
    pub account: Account,
    /// Who proposed it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// An account as those who manage accounts see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountItem {
    /// The account.
    pub account: Account,
    /// Whether it can sign in at all.
    pub active: bool,
    /// Whether a second factor was added.
    pub factors: bool,
    /// When someone last looked whether the rights are still needed.
    pub confirmed_at: Timestamp,
    /// Whether that is too long ago.
    pub overdue: bool,
    /// Whether a first password waits to be changed, and until when it works.
    pub first_until: Option<Timestamp>,
    /// How many sessions are open.
    pub sessions: usize,
}

/// What those who manage accounts see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administration {
    /// All accounts; those that wait for confirmation first.
    pub accounts: Vec<AccountItem>,
    /// Proposals that this person can decide on, or made.
    pub proposals: Vec<Proposal>,
    /// What happened lately.
    pub events: Vec<AccountEvent>,
}

fn proposal(row: &journal::Row<'_>) -> journal::Result<Proposal> {
    let unusable = |what: &str| journal::Error::Unusable(format!("a proposal with an unknown {what}"));
    let text = |at: usize| row.get::<String>(at);
    let account = Account {
        user: UserId(row.get(2)?),
        login: text(3)?,
        name: text(4)?,
        role: Role::from_code(&text(5)?).ok_or_else(|| unusable("role"))?,
        org: text(6)?.parse().map_err(|_| unusable("organisation"))?,
        sites: sites_of(&text(7)?),
    };
    let kind = ProposalKind::from_code(&text(1)?).ok_or_else(|| unusable("kind"))?;
    Ok(Proposal { id: row.get(0)?, kind, account, by: UserId(row.get(8)?), at: row.get(9)? })
}

fn open(tx: &mut Tx<'_>) -> Result<Vec<Proposal>, Failure> {
    Ok(tx.query(OPEN, params![], proposal)?)
}

/// Signed in as surely as the programme asks, and nothing left to do first.
fn sure(who: &Principal) -> bool {
    !who.sites.is_empty() && (who.strength == Strength::SecondFactor || !who.settings.second_factor_required)
}

/// Whether someone manages accounts.
pub fn manages_accounts(who: &Principal) -> bool {
    // an administrator may be of no site: the pages let nobody here whose sign-in is not complete
    reaches(who.asker(), Reach::Accounts, who.settings)
}

/// Whether someone may decide on a proposal: another administrator, or a coordinator of that organisation; never who proposed
/// it, and never about oneself.
pub fn may_decide(who: &Principal, proposal: &Proposal) -> bool {
    let other = proposal.by != who.user && proposal.account.user != who.user;
    let office = manages_accounts(who) || who.role == Role::Coordinator && sure(who) && who.org == proposal.account.org;
    other && office
}

impl Desk {
    /// Whether the rights of an account were confirmed too long ago, and the rules suspend it for that.
    pub(crate) fn overdue(&self, known: &Known, now: Timestamp) -> bool {
        self.rules().suspend_overdue && now.duration_since(known.confirmed_at) > CONFIRM_WITHIN
    }

    /// Accounts, proposals and what happened lately. A coordinator sees the proposals for their organisation alone.
    ///
    /// # Errors
    /// [`Failure::Denied`] to anyone else.
    pub async fn administration(&self, who: &Principal) -> Result<Administration, Failure> {
        let manages = manages_accounts(who);
        let decides = who.role == Role::Coordinator && sure(who);
        if !(manages || decides) {
            return Err(Failure::Denied);
        }
        let found = self.inner.store.read(move |tx| Ok::<_, Failure>((open(tx)?, super::event::last(tx)?)));
        let (mut proposals, events) = found.await?;
        proposals.retain(|proposal| manages || may_decide(who, proposal));
        if !manages {
            return Ok(Administration { accounts: vec![], proposals, events: vec![] });
        }
        let now = self.inner.clock.real();
        let sessions = self.inner.accounts.open_sessions();
        let mut accounts: Vec<AccountItem> = self
            .inner
            .accounts
            .all()
            .into_iter()
            .map(|known| AccountItem {
                overdue: known.active && now.duration_since(known.confirmed_at) > CONFIRM_WITHIN,
                active: known.active,
                factors: known.factors,
                confirmed_at: known.confirmed_at,
                first_until: known.first_until,
                sessions: sessions.get(&known.account.user).copied().unwrap_or(0),
                account: known.account,
            })
            .collect();
        accounts.sort_by(|one, other| {
            let key =
                |item: &AccountItem| (!item.overdue, !item.active, item.account.org.clone(), item.account.name.clone());
            key(one).cmp(&key(other))
        });
        Ok(Administration { accounts, proposals, events })
    }

    /// Proposes a new account, other rights, or a new start for someone who lost password or second factor. Nothing changes
    /// until someone else approves. Sent twice, it is proposed once.
    ///
    /// # Errors
    /// [`Failure::Denied`] to anyone but an administrator; never for oneself; codes that the programme does not know.
    pub async fn propose(
        &self,
        who: &Principal,
        command: CommandId,
        kind: ProposalKind,
        account: Account,
    ) -> Result<(), Failure> {
        if !manages_accounts(who) {
            return Err(Failure::Denied);
        }
        if account.user == who.user {
            return Err(Refusal::new("rights-of-oneself").into());
        }
        let mut account = account;
        account.login = account.login.trim().to_lowercase();
        self.check_account(&account)?;
        let same = self.inner.accounts.by_login(&account.login);
        match kind {
            ProposalKind::New if same.is_some() => {
                return Err(Refusal::new("login-taken").field("login").with("login", &account.login).into());
            }
            ProposalKind::Change | ProposalKind::Password | ProposalKind::Reset
                if self.inner.accounts.active(account.user).is_none() =>
            {
                return Err(Failure::Hidden);
            }
            _ => {}
        }
        let detail = format!("{} {} {} {}", kind.code(), account.role, account.org, sites_text(&account.sites));
        let note = self.note(EventKind::Proposed, Some(account.user), Some(who.user), detail);
        let (by, now) = (who.user, note.at);
        let proposed = self.inner.store.write(move |tx| {
            let values = params![
                command.0,
                kind.code(),
                account.user.0,
                account.login.as_str(),
                account.name.as_str(),
                account.role.code(),
                account.org.as_str(),
                sites_text(&account.sites),
                by.0,
                now
            ];
            if tx.exec(PROPOSE, values)? == 1 { note.keep(tx) } else { Ok(()) }
        });
        proposed.await
    }

    /// A login, a name, and codes that the programme knows and that fit each other.
    pub(crate) fn check_account(&self, account: &Account) -> Result<(), Failure> {
        let programme = &self.inner.programme;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
        if account.login.is_empty() || account.login.len() > 100 || !account.login.chars().all(plain) {
            return Err(Refusal::new("login-letters").field("login").into());
        }
        if account.name.trim().is_empty() {
            return Err(Refusal::new("required").field("name").into());
        }
        let Some(org) = programme.org(&account.org) else {
            return Err(Refusal::new("organisation-unknown").with("code", &account.org).field("org").into());
        };
        if let Some(site) = account.sites.iter().find(|site| programme.site(site).is_none()) {
            return Err(Refusal::new("site-unknown").with("code", site).field("sites").into());
        }
        if account.sites.is_empty() && account.role != Role::Administrator {
            return Err(Refusal::new("required").field("sites").into());
        }
        let asker = Asker { role: account.role, org_kind: org.kind, strength: Strength::SecondFactor };
        let any = Reach::ALL.iter().any(|reach| reaches(asker, *reach, self.inner.settings));
        if !any {
            return Err(Refusal::new("role-not-there").field("role").into());
        }
        Ok(())
    }

    /// Decides on a proposal of someone else. Returns the first password of a new account (or of one that was reset): it is shown
    /// once, to hand over in person.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when it is not there (any more), or not for this person to decide.
    pub async fn decide_proposal(
        &self,
        who: &Principal,
        id: uuid::Uuid,
        approve: bool,
    ) -> Result<Option<String>, Failure> {
        let all = self.inner.store.read(open).await?;
        let found = all.into_iter().find(|proposal| proposal.id == id);
        let found = found.filter(|found| manages_accounts(who) || may_decide(who, found)).ok_or(Failure::Hidden)?;
        if approve && !may_decide(who, &found) {
            return Err(Refusal::new("rights-four-eyes").into());
        }
        let account = found.account.clone();
        self.check_account(&account)?;
        let fresh = match found.kind {
            ProposalKind::New if approve => Some(super::password::hash(&self.new_password(), &self.salt())?),
            _ => None,
        };
        let kind = if approve { EventKind::Approved } else { EventKind::Refused };
        let detail = format!("{} {} {} {}", found.kind.code(), account.role, account.org, sites_text(&account.sites));
        let note = self.note(kind, Some(account.user), Some(who.user), detail.clone());
        let effect = match found.kind {
            ProposalKind::New => None,
            ProposalKind::Change => Some(EventKind::RightsChanged),
            ProposalKind::Password | ProposalKind::Reset => Some(EventKind::PasswordReset),
        };
        let effect = effect.filter(|_| approve).map(|kind| self.note(kind, Some(account.user), Some(who.user), detail));
        let (by, now, kind, row) = (who.user, note.at, found.kind, account.clone());
        let decided = self.inner.store.write(move |tx| {
            if tx.exec(DECIDE, params![id, by.0, now, i64::from(approve)])? == 0 {
                return Err(Failure::Hidden);
            }
            note.keep(tx)?;
            if let Some(effect) = effect {
                effect.keep(tx)?;
            }
            match (approve, kind) {
                (false, _) | (true, ProposalKind::Password) => {}
                (true, ProposalKind::New) => super::insert(tx, &row, &fresh.unwrap_or_default(), now, None)?,
                (true, ProposalKind::Change) => {
                    let sites = sites_text(&row.sites);
                    if tx.exec(CHANGE, params![row.user.0, row.role.code(), row.org.as_str(), sites, now])? == 0 {
                        return Err(Failure::Hidden);
                    }
                }
                (true, ProposalKind::Reset) => {
                    super::totp::forget(tx, row.user)?;
                    super::passkey::forget(tx, row.user)?;
                    super::recovery::forget(tx, row.user)?;
                }
            }
            Ok(())
        });
        decided.await?;
        if !approve {
            return Ok(None);
        }
        let user = account.user;
        match kind {
            ProposalKind::New => self.inner.accounts.put(Known::new(account, now)),
            ProposalKind::Change => self.inner.accounts.change(user, |known| {
                (known.account.role, known.account.org) = (account.role, account.org);
                (known.account.sites, known.confirmed_at) = (account.sites, now);
            }),
            ProposalKind::Password => {}
            ProposalKind::Reset => self.inner.accounts.change(user, |known| known.factors = false),
        }
        self.end_sessions(user, None).await?;
        if kind == ProposalKind::Change {
            return Ok(None);
        }
        let lasts = if kind == ProposalKind::New { FIRST_PASSWORD } else { NEW_START };
        self.first_password(user, lasts).await.map(Some)
    }

    /// Someone left their organisation: every session ends now and the account cannot be used any more. One person is enough.
    ///
    /// # Errors
    /// [`Failure::Denied`] to anyone but an administrator; [`Failure::Hidden`] when there is no such account.
    pub async fn leave(&self, who: &Principal, user: UserId) -> Result<(), Failure> {
        if !manages_accounts(who) {
            return Err(Failure::Denied);
        }
        self.inner.accounts.active(user).ok_or(Failure::Hidden)?;
        // first in memory: the next request is refused whatever the store does
        self.inner.accounts.change(user, |known| known.active = false);
        let note = self.note(EventKind::Left, Some(user), Some(who.user), String::new());
        let left = self.inner.store.write(move |tx| {
            tx.exec(LEAVE, params![user.0])?;
            tx.exec(UNLINK, params![user.0])?;
            super::totp::forget(tx, user)?;
            super::passkey::forget(tx, user)?;
            super::recovery::forget(tx, user)?;
            note.keep(tx)
        });
        left.await?;
        self.end_sessions(user, None).await
    }

    /// Someone looked whether an account still needs its rights, and it does. Not for oneself.
    ///
    /// # Errors
    /// [`Failure::Denied`] to anyone but an administrator; `rights-of-oneself`.
    pub async fn confirm_rights(&self, who: &Principal, user: UserId) -> Result<(), Failure> {
        if !manages_accounts(who) {
            return Err(Failure::Denied);
        }
        if user == who.user {
            return Err(Refusal::new("rights-of-oneself").into());
        }
        self.inner.accounts.active(user).ok_or(Failure::Hidden)?;
        let note = self.note(EventKind::Confirmed, Some(user), Some(who.user), String::new());
        let now = note.at;
        let confirmed = self.inner.store.write(move |tx| {
            tx.exec(CONFIRM, params![user.0, now])?;
            note.keep(tx)
        });
        confirmed.await?;
        self.inner.accounts.change(user, |known| known.confirmed_at = now);
        Ok(())
    }

    /// Ends all sessions of someone else.
    ///
    /// # Errors
    /// [`Failure::Denied`] to anyone but an administrator.
    pub async fn end_sessions_of(&self, who: &Principal, user: UserId) -> Result<(), Failure> {
        if !manages_accounts(who) {
            return Err(Failure::Denied);
        }
        self.inner.accounts.active(user).ok_or(Failure::Hidden)?;
        self.end_sessions(user, None).await?;
        self.keep_note(self.note(EventKind::SessionsEnded, Some(user), Some(who.user), String::new())).await
    }

    /// Sites and organisations to choose from, as the programme has them.
    pub fn organisations(&self) -> Vec<(OrgId, String)> {
        self.inner.programme.organisations.iter().map(|org| (org.id.clone(), org.name.clone())).collect()
    }

    /// The sites of the programme.
    pub fn sites(&self) -> Vec<SiteId> {
        self.inner.programme.sites.iter().map(|site| site.id.clone()).collect()
    }
}
