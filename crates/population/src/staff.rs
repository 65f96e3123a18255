//! The people who work in the network: one of each kind at every site, and three for the whole.

use domain::{
    codes::{OrgKind, Role},
    ids::{OrgId, SiteId, UserId},
    programme::{Programme, Site},
};

/// Someone who works with the participants, or with the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Account.
    pub user: UserId,
    /// Name to sign in with.
    pub login: String,
    /// Name as colleagues see it.
    pub name: String,
    /// What they do.
    pub role: Role,
    /// For which organisation.
    pub org: OrgId,
    /// At which sites.
    pub sites: Vec<SiteId>,
}

/// Everybody who works in the network.
pub fn staff(programme: &Programme) -> Vec<Staff> {
    let mut out: Vec<Staff> = programme.sites.iter().flat_map(|site| at_site(programme, site)).collect();
    let all: Vec<SiteId> = programme.sites.iter().map(|site| site.id.clone()).collect();
    let of = |kind| programme.organisations.iter().find(|org| org.kind == kind).map(|org| org.id.clone());
    let lead = programme.sites.first().map(|site| site.lead.clone());
    let wide = [
        ("onderzoeker", "Oda Onderzoeker", Role::Researcher, of(OrgKind::Research)),
        ("programma", "Pim Programma", Role::ProgrammeManager, of(OrgKind::Ministry)),
        ("beheer", "Bé Beheer", Role::Administrator, of(OrgKind::Ministry)),
    ];
    for (login, name, role, org) in wide {
        let Some(org) = org.or_else(|| lead.clone()) else { continue };
        let sites = if role == Role::Administrator { vec![] } else { all.clone() };
        out.push(Staff { user: user(login), login: login.into(), name: name.into(), role, org, sites });
    }
    out
}

fn at_site(programme: &Programme, site: &Site) -> Vec<Staff> {
    let guide = site.guides.first().unwrap_or(&site.lead);
    let second = site.guides.get(1).unwrap_or(guide);
    let shelter = site.shelters.first().unwrap_or(guide);
    let partner = |kind| {
        let is = |org: &&OrgId| programme.org(org).is_some_and(|known| known.kind == kind);
        site.partners.iter().find(is)
    };
    let people = [
        ("coordinator", "Cor Coördinator", Role::Coordinator, Some(&site.lead)),
        ("begeleider", "Bo Begeleider", Role::Guide, Some(guide)),
        ("begeleider2", "Bregje Begeleider", Role::Guide, Some(second)),
        ("opvang", "Okke Opvang", Role::ShelterWorker, Some(shelter)),
        ("ind", "Ine Dienst", Role::IndOfficer, partner(OrgKind::Ind)),
        ("dtv", "Dirk Terugkeer", Role::CaseDirector, partner(OrgKind::Dtv)),
        ("politie", "Pol Politie", Role::PoliceOfficer, partner(OrgKind::Police)),
        ("privacy", "Pia Privacy", Role::PrivacyOfficer, Some(&site.lead)),
    ];
    let person = |(task, name, role, org): (&str, &str, Role, Option<&OrgId>)| {
        let login = format!("{task}.{}", site.id);
        let name = format!("{name} ({})", site.name);
        Some(Staff { user: user(&login), login, name, role, org: org?.clone(), sites: vec![site.id.clone()] })
    };
    people.into_iter().filter_map(person).collect()
}

/// An account id that follows from the name to sign in with, so that it is the same in every network.
fn user(login: &str) -> UserId {
    let mut bytes = [0; 16];
    for (half, salt) in bytes.chunks_exact_mut(8).zip([0x5bd1_e995_u64, 0x27d4_eb2f]) {
        // FNV-1a: no secret here, only stability
        let hash = login
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325 ^ salt, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        half.copy_from_slice(&hash.to_be_bytes());
    }
    UserId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// Who does what in the trajectories of one site.
pub(crate) struct Crew {
    pub(crate) coordinator: Staff,
    pub(crate) guides: Vec<Staff>,
    pub(crate) shelter: Staff,
    partners: Vec<Staff>,
}

impl Crew {
    /// The crew of a site; every site has a coordinator, a guide and a shelter worker.
    pub(crate) fn of(programme: &Programme, site: &Site) -> Self {
        let mut coordinator = None;
        let mut shelter = None;
        let (mut guides, mut partners) = (vec![], vec![]);
        for person in at_site(programme, site) {
            match person.role {
                Role::Coordinator => coordinator = Some(person),
                Role::ShelterWorker => shelter = Some(person),
                Role::Guide => guides.push(person),
                // has no part in trajectories
                Role::PrivacyOfficer => {}
                _ => partners.push(person),
            }
        }
        #[expect(clippy::expect_used, reason = "at_site makes both without condition")]
        let (coordinator, shelter) = (coordinator.expect("a coordinator"), shelter.expect("a shelter worker"));
        Self { coordinator, guides, shelter, partners }
    }

    /// Someone of a partner at the site.
    pub(crate) fn of_org(&self, org: &OrgId) -> Option<&Staff> {
        self.partners.iter().find(|person| person.org == *org)
    }

    /// Someone with a role at the site.
    pub(crate) fn with_role(&self, role: Role) -> Option<&Staff> {
        self.partners.iter().find(|person| person.role == role)
    }

    /// The partners at the table.
    pub(crate) fn partners(&self) -> &[Staff] {
        &self.partners
    }
}
