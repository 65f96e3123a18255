//! Who may see and do what: role, organisation and site, on every query.
//!
//! The table is the draft matrix of the programme's domain study (section 1.4) with the contested
//! cells closed. A [`Scope`] can only be made here, and no query can be called without one.

use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
    ids::{OrgId, SiteId, UserId},
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
}

/// What a query may return: made by [`scope`], and by nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    user: UserId,
    role: Role,
    org: OrgId,
    sites: Vec<SiteId>,
    purpose: Purpose,
}

impl Scope {
    /// Who asks.
    pub fn user(&self) -> UserId { self.user }
    /// In which role.
    pub fn role(&self) -> Role { self.role }
    /// For which organisation.
    pub fn org(&self) -> &OrgId { &self.org }
    /// The sites that may be seen; never empty.
    pub fn sites(&self) -> &[SiteId] { &self.sites }
    /// Why.
    pub fn purpose(&self) -> Purpose { self.purpose }
    /// Whether something of a site may be seen.
    pub fn covers(&self, site: &SiteId) -> bool { self.sites.contains(site) }
    /// Whether a category may be seen.
    pub fn sees(&self, category: Category) -> bool { may_see(self.role, category) }
}

/// What someone asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Lists: today, worklist.
    List,
    /// Search for a person.
    Search,
    /// One file.
    File,
    /// Numbers about groups.
    Figures,
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
/// [`Denied`] when the role has no list, search, file or figures at all, or no site.
pub fn scope(who: &Principal, reach: Reach, purpose: Purpose) -> Result<Scope, Denied> {
    if who.sites.is_empty() || !may_reach(who.role, reach) {
        return Err(Denied { role: who.role, reach });
    }
    let (user, role, org, sites) = (who.user, who.role, who.org.clone(), who.sites.clone());
    Ok(Scope { user, role, org, sites, purpose })
}

/// Whether a role has lists, search, files or figures.
pub fn may_reach(role: Role, reach: Reach) -> bool {
    use Role::{Administrator, CaseDirector, Coordinator, Guide, IndOfficer, PoliceOfficer, ProgrammeManager, Researcher, ShelterWorker};
    match role {
        Coordinator | Guide | IndOfficer | CaseDirector => true,
        ShelterWorker => reach != Reach::Figures,
        // the police see a case only on an agenda they are invited to (design.md 6.12); there is no agenda yet
        PoliceOfficer | Administrator => false,
        Researcher | ProgrammeManager => reach == Reach::Figures,
    }
}

/// Whether a role may see a category of information about a participant of its sites.
pub fn may_see(role: Role, category: Category) -> bool {
    use Category::{Departure, Dossier, EthnicReligious, Figures, Finance, GuidanceNotes, Identity, Legal, Medical, Process, Safety, ShelterAddress};
    let seen: &[Category] = match role {
        Role::Coordinator => &[Identity, Legal, Dossier, Process, Safety, ShelterAddress, Departure, Finance, Figures],
        Role::Guide => &[Identity, Legal, Process, GuidanceNotes, Medical, EthnicReligious, ShelterAddress, Departure, Figures],
        Role::ShelterWorker => &[Identity, Process, ShelterAddress],
        Role::IndOfficer => &[Identity, Legal, Dossier, Process, Departure, Figures],
        Role::CaseDirector => &[Identity, Legal, Dossier, Process, Departure, Figures],
        Role::ProgrammeManager => &[Finance, Figures],
        Role::Researcher => &[Figures],
        Role::PoliceOfficer | Role::Administrator => &[],
    };
    seen.contains(&category)
}

/// Whether a role may record a kind of fact. What may be recorded may also be corrected.
pub fn may_do(role: Role, kind: Kind) -> bool {
    match role {
        // a conversation in confidence is the guide's alone
        Role::Coordinator => kind != Kind::ContactNoted,
        Role::Guide => !matches!(
            kind,
            Kind::Screened
                | Kind::StatusChanged
                | Kind::DossierRequested
                | Kind::DossierDelivered
                | Kind::DossierCompleted
                | Kind::DossierIncomplete
                | Kind::Decided
        ),
        Role::ShelterWorker => matches!(kind, Kind::ShelterStarted | Kind::ShelterEnded | Kind::Withdrawn),
        Role::IndOfficer => matches!(
            kind,
            Kind::DossierDelivered | Kind::ActionAdded | Kind::ActionClosed | Kind::WorkerAssigned | Kind::Withdrawn
        ),
        Role::CaseDirector => matches!(
            kind,
            Kind::DossierDelivered
                | Kind::ActionAdded
                | Kind::ActionClosed
                | Kind::WorkerAssigned
                | Kind::Left
                | Kind::Withdrawn
        ),
        Role::PoliceOfficer | Role::Researcher | Role::ProgrammeManager | Role::Administrator => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_recorded_may_be_seen() {
        for role in Role::ALL {
            for kind in Kind::ALL {
                assert!(!may_do(*role, *kind) || may_see(*role, kind.category()), "{role} records {kind} blindly");
            }
        }
    }

    #[test]
    fn the_police_have_no_list_and_no_search() {
        for reach in [Reach::List, Reach::Search, Reach::File, Reach::Figures] {
            assert!(!may_reach(Role::PoliceOfficer, reach));
        }
        assert!(Category::ALL.iter().all(|category| !may_see(Role::PoliceOfficer, *category)));
    }

    #[test]
    fn only_guides_read_what_is_said_in_confidence() {
        for role in Role::ALL {
            assert_eq!(may_see(*role, Category::GuidanceNotes), *role == Role::Guide);
        }
    }

    #[test]
    fn researchers_see_no_person() {
        let seen: Vec<_> = Category::ALL.iter().filter(|category| may_see(Role::Researcher, **category)).collect();
        assert_eq!(seen, [&Category::Figures]);
        assert!(!may_reach(Role::Researcher, Reach::File));
    }
}
