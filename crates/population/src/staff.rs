//! The colleagues of a programme: the same for every seed, so that accounts and facts agree.

use std::collections::BTreeSet;

use domain::{
    codes::{OrgKind, Role},
    ids::{OrgId, SiteId, UserId},
    programme::{Organisation, Programme, Site},
};

use crate::{dice::Dice, name};

/// Someone who works with the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Account.
    pub user: UserId,
    /// Name shown.
    pub name: String,
    /// Name to sign in with.
    pub login: String,
    /// Organisation.
    pub org: OrgId,
    /// Role.
    pub role: Role,
    /// Sites they work for.
    pub sites: Vec<SiteId>,
}

/// Guides a site has at least, however few organisations guide there.
const GUIDES: usize = 2;

/// Everyone who can sign in: at each site two coordinators, a guide of every guiding organisation (two at least), a
/// shelter worker and one of IND, DT&V and police where they work with the system; and for the whole programme a
/// researcher, a programme manager and an administrator.
///
/// Logins read `coordinator.groningen`, `begeleider2.utrecht`, `onderzoeker`. Ids do not depend on a seed.
pub fn staff(programme: &Programme) -> Vec<Staff> {
    let mut team = Team { programme, names: BTreeSet::new(), out: Vec::new() };
    for site in &programme.sites {
        team.site(site);
    }
    let everywhere: Vec<SiteId> = programme.sites.iter().map(|site| site.id.clone()).collect();
    let lead = programme.sites.first().map(|site| site.lead.clone());
    for (login, role, kind) in [
        ("onderzoeker", Role::Researcher, OrgKind::Research),
        ("programma", Role::ProgrammeManager, OrgKind::Ministry),
        ("beheer", Role::Administrator, OrgKind::Ministry),
    ] {
        let org = programme.organisations.iter().find(|org| org.kind == kind).map(|org| org.id.clone());
        if let Some(org) = org.or_else(|| lead.clone()) {
            team.add(login.to_owned(), role, org, everywhere.clone());
        }
    }
    team.out
}

struct Team<'a> {
    programme: &'a Programme,
    names: BTreeSet<String>,
    out: Vec<Staff>,
}

impl Team<'_> {
    fn site(&mut self, site: &Site) {
        let one = vec![site.id.clone()];
        let login = |what: &str, number: usize| match number {
            0 => format!("{what}.{}", site.id),
            _ => format!("{what}{}.{}", number + 1, site.id),
        };
        for number in 0..2 {
            self.add(login("coordinator", number), Role::Coordinator, site.lead.clone(), one.clone());
        }
        let guides = if site.guides.is_empty() { std::slice::from_ref(&site.lead) } else { &site.guides };
        for (number, org) in guides.iter().cycle().take(guides.len().max(GUIDES)).enumerate() {
            self.add(login("begeleider", number), Role::Guide, org.clone(), one.clone());
        }
        let shelter = site.shelters.first().or(guides.first()).unwrap_or(&site.lead);
        self.add(login("opvang", 0), Role::ShelterWorker, shelter.clone(), one.clone());
        for (what, role, kind) in [
            ("ind", Role::IndOfficer, OrgKind::Ind),
            ("dtv", Role::CaseDirector, OrgKind::Dtv),
            ("politie", Role::PoliceOfficer, OrgKind::Police),
        ] {
            if let Some(org) = self.online(site, kind).map(|org| org.id.clone()) {
                self.add(login(what, 0), role, org, one.clone());
            }
        }
    }

    fn online(&self, site: &Site, kind: OrgKind) -> Option<&Organisation> {
        let partners = site.partners.iter().filter_map(|id| self.programme.org(id));
        partners.into_iter().find(|org| org.kind == kind && org.online)
    }

    fn add(&mut self, login: String, role: Role, org: OrgId, sites: Vec<SiteId>) {
        let mut dice = Dice::named(&format!("{}/{login}", self.programme.id));
        let user = UserId(dice.uuid());
        // two assessors of one review must differ by name
        let mut name = name::colleague(&mut dice);
        while !self.names.insert(name.clone()) {
            name = name::colleague(&mut dice);
        }
        self.out.push(Staff { user, name, login, org, role, sites });
    }
}
