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
mod trace;

use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::{Header, Kind},
    ids::{OrgId, SiteId, UserId},
};

pub use crate::{
    question::{
        Answer, Asker, CLOSED_LONG_DAYS, Opening, Question, Reach, Relation, Settings, State, Strength, Verb, verb_of,
    },
    table::{Allowed, Categories, allowed, ask, may_record, policy_hash, purposes, reaches},
    trace::{Hex, Source, Trace},
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
    /// What for, as they declared.
    pub purpose: Purpose,
    /// By which request.
    pub trace: Trace,
}

/// What a query may return: made by [`scope`], and by nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    user: UserId,
    org: OrgId,
    sites: Vec<SiteId>,
    asker: Asker,
    settings: Settings,
    purpose: Purpose,
    /// What may be seen, by relation and state.
    see: [[Categories; State::ALL.len()]; Relation::ALL.len()],
    /// What may be seen item by item, by relation and state.
    agreed: [[Categories; State::ALL.len()]; Relation::ALL.len()],
}

impl Scope {
    /// Who asks.
    pub fn user(&self) -> UserId {
        self.user
    }
    /// For which organisation.
    pub fn org(&self) -> &OrgId {
        &self.org
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
    /// What may be seen of a case that stands so to the asker, in this state.
    pub fn sees(&self, relation: Relation, state: State) -> Categories {
        self.see[relation as usize][state as usize]
    }
    /// What may be seen of it at all: whole, or item by item.
    pub fn sees_any(&self, relation: Relation, state: State) -> Categories {
        self.sees(relation, state).and(self.agreed[relation as usize][state as usize])
    }
    /// The states in which a category may be seen of a case that stands so to the asker: the rows of a list.
    pub fn states(&self, relation: Relation, category: Category) -> impl Iterator<Item = State> {
        State::ALL.iter().copied().filter(move |state| self.sees(relation, *state).contains(category))
    }
    /// How the asker stands to one case, or to the cases of one person.
    pub fn standing(&self, cases: impl IntoIterator<Item = (Relation, State)>) -> Standing {
        let cases: Vec<_> = cases.into_iter().collect();
        let none = Categories::default();
        let see = cases.iter().fold(none, |all, (relation, state)| all.and(self.sees(*relation, *state)));
        let agreed =
            cases.iter().fold(none, |all, (relation, state)| all.and(self.agreed[*relation as usize][*state as usize]));
        let (asker, org, settings) = (self.asker, self.org.clone(), self.settings);
        Standing { asker, org, settings, cases, see, agreed: agreed.without(see), hides_confidence: false }
    }
}

/// How someone stands to a case (or to the cases of one person), and what follows: what they see, and may record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    asker: Asker,
    org: OrgId,
    settings: Settings,
    cases: Vec<(Relation, State)>,
    see: Categories,
    /// What is seen item by item, and not whole.
    agreed: Categories,
    /// Whether what is said in confidence is left out: see [`Standing::guiding`].
    hides_confidence: bool,
}

impl Standing {
    /// To a case that is about to be made at a site of one's own.
    pub fn of_new_case(who: &Principal) -> Self {
        let case = (Relation::OwnSite, State::Applied);
        let row = allowed(who.asker(), who.purpose, who.settings).find(|row| (row.relation, row.state) == case);
        let see = row.map(|row| row.see).unwrap_or_default();
        let (asker, org, settings) = (who.asker(), who.org.clone(), who.settings);
        // nothing was delivered yet
        let agreed = Categories::default();
        Self { asker, org, settings, cases: vec![case], see, agreed, hides_confidence: false }
    }
    /// What may be seen.
    pub fn categories(&self) -> Categories {
        self.see
    }
    /// Whether a category may be seen.
    pub fn sees(&self, category: Category) -> bool {
        self.see.contains(category)
    }
    /// What is seen item by item, as far as a contract says, and not whole.
    pub fn agreed(&self) -> Categories {
        self.agreed
    }
    /// All of which something may be seen: whole, or item by item.
    pub fn any(&self) -> Categories {
        self.see.and(self.agreed)
    }
    /// The same, when it is known whether their own organisation guides the participant: a guide of the municipality, which is
    /// involved in every case it leads, has what is said in confidence of those it guides alone.
    #[must_use]
    pub fn guiding(mut self, guides: bool) -> Self {
        if self.asker.role == Role::Guide && self.asker.org_kind == OrgKind::Municipality && !guides {
            self.hides_confidence = true;
            self.see = self.see.without(Categories::one(Category::GuidanceNotes));
        }
        self
    }
    /// For which organisation they look, and of which kind that is.
    pub fn looks_for(&self) -> (&OrgId, OrgKind) {
        (&self.org, self.asker.org_kind)
    }
    /// Whether a fact may be seen: of a category that is seen whole, or what one's own organisation delivers or was asked.
    pub fn sees_fact(&self, header: &Header) -> bool {
        let category = header.kind.category();
        let own = header.codes.partner.as_ref() == Some(&self.org);
        self.see.contains(category) || (own && self.agreed.contains(category))
    }
    /// The same, with no more to see than this (whole, and at all): on a screen that others look at too.
    #[must_use]
    pub fn within(mut self, see: Categories, any: Categories) -> Self {
        let all = self.any().both(any);
        self.see = self.see.both(see);
        self.agreed = all.without(self.see);
        self
    }
    /// Whether anything may be seen: what may not does not exist.
    pub fn is_hidden(&self) -> bool {
        self.see.is_empty()
    }
    /// Whether a kind of fact may be recorded, and corrected.
    pub fn may_record(&self, kind: Kind) -> bool {
        if self.hides_confidence && kind.category() == Category::GuidanceNotes {
            return false;
        }
        self.cases.iter().any(|(relation, state)| may_record(self.asker, *relation, *state, kind, self.settings))
    }
    /// How they stand to it: of several cases the closest.
    pub fn relation(&self) -> Relation {
        self.cases.iter().map(|(relation, _)| *relation).min().unwrap_or(Relation::None)
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

/// The scope of someone for the purpose they declared.
///
/// # Errors
/// [`Denied`] when the role (in this kind of organisation) has no such part of the program at all, or no site.
pub fn scope(who: &Principal, reach: Reach) -> Result<Scope, Denied> {
    scope_for(who, reach, who.purpose)
}

/// The scope of someone for a purpose that the part of the program itself has, such as searching before a registration.
///
/// # Errors
/// As [`scope`].
pub fn scope_for(who: &Principal, reach: Reach, purpose: Purpose) -> Result<Scope, Denied> {
    if who.sites.is_empty() || !reaches(who.asker(), reach, who.settings) {
        return Err(Denied { role: who.role, reach });
    }
    let (user, org, sites) = (who.user, who.org.clone(), who.sites.clone());
    let (asker, settings) = (who.asker(), who.settings);
    let mut see = [[Categories::default(); State::ALL.len()]; Relation::ALL.len()];
    let mut agreed = see;
    for row in allowed(asker, purpose, settings) {
        see[row.relation as usize][row.state as usize] = row.see;
        agreed[row.relation as usize][row.state as usize] = row.agreed;
    }
    Ok(Scope { user, org, sites, asker, settings, purpose, see, agreed })
}

/// What someone works for when they have not said: the first of these for which they see anything of a case, or figures.
pub fn working_purpose(asker: Asker, settings: Settings) -> Purpose {
    let order = [Purpose::Guidance, Purpose::Shelter, Purpose::Rights, Purpose::Accountability];
    let mine: Vec<_> = purposes(asker, settings).collect();
    order.into_iter().find(|purpose| mine.contains(purpose)).unwrap_or(Purpose::Administration)
}

/// The purposes that someone may declare: those of daily work, for which they see something of cases at their sites.
pub fn declarable(asker: Asker, settings: Settings) -> impl Iterator<Item = Purpose> {
    let cases = move |purpose| {
        let own = |row: &Allowed| [Relation::Involved, Relation::OwnSite].contains(&row.relation);
        allowed(asker, purpose, settings).any(|row| own(&row) && row.see.iter().any(Category::of_a_person))
    };
    Purpose::ALL.iter().copied().filter(move |purpose| cases(*purpose))
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

/// Whether people of a kind of organisation may ever see an item of the dossier that a contract lets them see: as a partner with
/// a task, or at the table. What a contract promises to others would never be kept.
pub fn may_be_promised(org_kind: OrgKind, settings: Settings) -> bool {
    let partner = |role: &Role, row: &Allowed| {
        let tie = matches!(row.relation, Relation::Involved | Relation::OwnSite | Relation::Agenda);
        tie && *role != Role::PrivacyOfficer && row.see.and(row.agreed).contains(Category::Dossier)
    };
    Role::ALL.iter().any(|role| {
        let asker = Asker { role: *role, org_kind, strength: Strength::SecondFactor };
        Purpose::ALL.iter().any(|purpose| allowed(asker, *purpose, settings).any(|row| partner(role, &row)))
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

/// What people of a kind of organisation may see anything of: in any role, of any case, for any purpose, with a second factor.
/// What is not in it such an organisation never gets the key of.
pub fn ever_sees(org_kind: OrgKind, settings: Settings) -> Vec<Category> {
    let rows = Role::ALL.iter().flat_map(|role| {
        let asker = Asker { role: *role, org_kind, strength: Strength::SecondFactor };
        Purpose::ALL.iter().flat_map(move |purpose| allowed(asker, *purpose, settings))
    });
    // what is about no case is about nobody; broken glass and named questions are exceptions, each accounted for by two
    let exception = |relation| matches!(relation, Relation::None | Relation::BreakGlass | Relation::Question);
    let rows = rows.filter(|row| !exception(row.relation));
    let seen: std::collections::BTreeSet<Category> =
        rows.flat_map(|row| row.see.and(row.agreed).iter().collect::<Vec<_>>()).collect();
    // figures are about nobody: there is no key to them
    seen.into_iter().filter(|category| *category != Category::Figures).collect()
}

/// Whether someone may record what another organisation did, on its information: who leads and who guides, since partners
/// stopped using the system themselves (domain study, P34). What the state or a shelter records is its own.
pub fn may_record_for(who: &Principal) -> bool {
    matches!(who.role, Role::Coordinator | Role::Guide) && matches!(who.org_kind, OrgKind::Municipality | OrgKind::Ngo)
}

/// Whether someone has the page on which the DT&V watches over the departure process (letter of 29 November 2018): the DT&V
/// itself, and who leads a site. Which cases count follows from what they may see of each.
pub fn may_supervise(who: &Principal) -> bool {
    let sure = who.strength == Strength::SecondFactor || !who.settings.second_factor_required;
    sure && matches!(
        (who.role, who.org_kind),
        (Role::CaseDirector, OrgKind::Dtv) | (Role::Coordinator, OrgKind::Municipality)
    )
}

/// Whether someone may draft, check and release figures: those who account for the programme, of the roles that see figures. A
/// password alone is not enough where a second factor is required.
pub fn may_release(who: &Principal) -> bool {
    let sure = who.strength == Strength::SecondFactor || !who.settings.second_factor_required;
    let accounts = matches!(who.role, Role::Coordinator | Role::ProgrammeManager);
    sure && accounts && reaches(who.asker(), Reach::Figures, who.settings)
}

/// Whether someone may propose or approve destruction at the end of retention. They see case numbers, no people; which are
/// theirs follows from their sites. A password alone is not enough where a second factor is required.
pub fn may_destroy(who: &Principal) -> bool {
    let sure = who.strength == Strength::SecondFactor || !who.settings.second_factor_required;
    sure && matches!(who.role, Role::Administrator | Role::PrivacyOfficer)
}
