//! Who may see and do what, on every query.
//!
//! The rules stand in `policy/lvv.cedar`, in words a privacy officer can read; `docs/access-matrix.md` shows what they give. A
//! test asks Cedar every question there is and writes the answers to `table.bin`; the program only looks them up:
//! [`ask`] for one question, [`allowed`] for the rows and columns of a list, [`may_record`] for a kind of fact,
//! [`reaches`] for a part of the program. What is contested is closed until [`Settings`] open it.
//!
//! A [`Scope`] can only be made here, and no query can be called without one.

mod question;
pub mod table;

use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
    ids::{OrgId, SiteId, UserId},
};

pub use crate::{
    question::{
        Answer, Asker, CLOSED_LONG_DAYS, Opening, Question, Reach, Relation, Settings, State, Strength, Verb, verb_of,
    },
    table::{Allowed, Categories, allowed, ask, may_record, policy_hash, purposes, reaches},
};

/// Someone who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Which account.
    pub user: UserId,
    /// Name as shown to colleagues.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Organisation.
    pub org: OrgId,
    /// Kind of organisation.
    pub org_kind: OrgKind,
    /// The sites they work for.
    pub sites: Vec<SiteId>,
    /// How surely they are signed in.
    pub strength: Strength,
    /// What the programme chose.
    pub settings: Settings,
}

/// What a query may return: made by [`scope`], and by nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    user: UserId,
    role: Role,
    org: OrgId,
    org_kind: OrgKind,
    sites: Vec<SiteId>,
    purpose: Purpose,
}

impl Scope {
    /// Who asks.
    pub fn user(&self) -> UserId {
        self.user
    }
    /// In which role.
    pub fn role(&self) -> Role {
        self.role
    }
    /// For which organisation.
    pub fn org(&self) -> &OrgId {
        &self.org
    }
    /// Of which kind that is.
    pub fn org_kind(&self) -> OrgKind {
        self.org_kind
    }
    /// The sites that may be seen; never empty.
    pub fn sites(&self) -> &[SiteId] {
        &self.sites
    }
    /// Why.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }
    /// Whether something of a site may be seen.
    pub fn covers(&self, site: &SiteId) -> bool {
        self.sites.contains(site)
    }
    /// Whether a category may be seen of any case.
    pub fn sees(&self, category: Category) -> bool {
        may_see(self.role, category)
    }
}

/// This role has no such thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role {role} has no {reach:?}")]
pub struct Denied {
    /// The role.
    pub role: Role,
    /// What was asked.
    pub reach: Reach,
}

/// The scope of someone for a purpose.
///
/// # Errors
/// [`Denied`] when the role (in this kind of organisation) has no such part of the program at all, or no site.
pub fn scope(who: &Principal, reach: Reach, purpose: Purpose) -> Result<Scope, Denied> {
    if who.sites.is_empty() || !reaches(who.asker(), reach, who.settings) {
        return Err(Denied { role: who.role, reach });
    }
    let (user, role, org, sites) = (who.user, who.role, who.org.clone(), who.sites.clone());
    Ok(Scope { user, role, org, org_kind: who.org_kind, sites, purpose })
}

/// The askers of a role: with a second factor, for every kind of organisation. The table itself knows which belong together.
fn askers(role: Role) -> impl Iterator<Item = Asker> {
    OrgKind::ALL.iter().map(move |org_kind| Asker { role, org_kind: *org_kind, strength: Strength::SecondFactor })
}

/// Cases at a role's own sites that are going on, and what is about no case.
const AT_WORK: [(Relation, State); 5] = [
    (Relation::Involved, State::Open),
    (Relation::Involved, State::Applied),
    (Relation::OwnSite, State::Open),
    (Relation::OwnSite, State::Applied),
    (Relation::None, State::Open),
];

/// Whether a role has a part of the program.
pub fn may_reach(role: Role, reach: Reach) -> bool {
    askers(role).any(|asker| reaches(asker, reach, Settings::CLOSED))
}

/// Whether a role may see a category of information at all: of some case at its sites, for some purpose, with contested
/// cells closed. Of which cases is asked with [`ask`] or [`allowed`].
pub fn may_see(role: Role, category: Category) -> bool {
    askers(role).any(|asker| {
        Purpose::ALL.iter().any(|purpose| {
            AT_WORK.iter().any(|(relation, state)| {
                let question = Question { asker, relation: *relation, state: *state, category, purpose: *purpose };
                ask(&question, Settings::CLOSED).see
            })
        })
    })
}

/// Whether a role may record a kind of fact at all. What may be recorded may also be corrected. In which cases is asked with
/// [`may_record`].
pub fn may_do(role: Role, kind: Kind) -> bool {
    askers(role).any(|asker| {
        AT_WORK.iter().any(|(relation, state)| may_record(asker, *relation, *state, kind, Settings::CLOSED))
    })
}

impl Principal {
    /// Who asks, for the policy.
    pub fn asker(&self) -> Asker {
        Asker { role: self.role, org_kind: self.org_kind, strength: self.strength }
    }
}
