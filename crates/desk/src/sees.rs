//! Who can see what of one person, as the policy answers today: for the participant (GDPR articles 12 to 14).

use std::sync::Arc;

use access::{Asker, Categories, Principal, Reach, Relation, Settings, State, Strength, allowed};
use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    ids::{OrgId, ParticipantId},
    participant::Person,
    programme::{Programme, Site},
};
use jiff::civil::Date;

use crate::{Desk, Failure};

/// What some workers of one organisation can see, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sees {
    /// How the organisation stands to the case: what has to be so first.
    pub relation: Relation,
    /// Which organisation.
    pub org: OrgId,
    /// Which workers of it.
    pub role: Role,
    /// What, whole.
    pub categories: Categories,
    /// What item by item, as far as was agreed.
    pub agreed: Categories,
    /// What for.
    pub purposes: Vec<Purpose>,
}

/// Who can see what of one case.
#[derive(Debug, Clone)]
pub struct CaseSees {
    /// Its number.
    pub case_number: String,
    /// Where.
    pub site: String,
    /// Its state.
    pub state: State,
    /// What is so now.
    pub now: Vec<Sees>,
    /// What is so only on an agenda, after an approved question, or in an emergency.
    pub only_when: Vec<Sees>,
}

/// Who can see what of a person.
#[derive(Debug, Clone)]
pub struct WhoSees {
    /// The person.
    pub person: Person,
    /// By case.
    pub cases: Vec<CaseSees>,
}

/// What has to happen before it is so.
const SPECIAL: [Relation; 3] = [Relation::Agenda, Relation::Question, Relation::BreakGlass];

/// The organisations of a site, each once.
pub fn organisations(site: &Site) -> Vec<OrgId> {
    let all = [&site.lead].into_iter().chain(&site.guides).chain(&site.shelters).chain(&site.partners);
    let mut out: Vec<OrgId> = Vec::new();
    for org in all {
        if !out.contains(org) {
            out.push(org.clone());
        }
    }
    out
}

/// What the workers of an organisation see of a case that stands so to them, in this state.
pub fn sees(org: &OrgId, org_kind: OrgKind, relation: Relation, state: State, settings: Settings) -> Vec<Sees> {
    let mut out: Vec<Sees> = Vec::new();
    for role in Role::ALL {
        let asker = Asker { role: *role, org_kind, strength: Strength::SecondFactor };
        for purpose in Purpose::ALL {
            let found = allowed(asker, *purpose, settings).find(|row| (row.relation, row.state) == (relation, state));
            let Some(row) = found.filter(|row| row.see.iter().any(Category::of_a_person)) else { continue };
            match out
                .iter_mut()
                .find(|known| known.role == *role && (known.categories, known.agreed) == (row.see, row.agreed))
            {
                Some(known) => known.purposes.push(*purpose),
                None => out.push(Sees {
                    relation,
                    org: org.clone(),
                    role: *role,
                    categories: row.see,
                    agreed: row.agreed.without(row.see),
                    purposes: vec![*purpose],
                }),
            }
        }
    }
    out
}

fn of_site(
    programme: &Programme,
    site: &Site,
    involved: &[OrgId],
    state: State,
    settings: Settings,
    today: Date,
) -> (Vec<Sees>, Vec<Sees>) {
    let (mut now, mut only_when) = (Vec::new(), Vec::new());
    // when an agreement has ended, so has every right
    for org in organisations(site).into_iter().filter(|org| site.under_agreement(org, today)) {
        let Some(kind) = programme.org(&org).map(|org| org.kind) else { continue };
        let relation = if involved.contains(&org) { Relation::Involved } else { Relation::OwnSite };
        now.extend(sees(&org, kind, relation, state, settings));
        for relation in SPECIAL {
            only_when.extend(sees(&org, kind, relation, state, settings));
        }
    }
    (now, only_when)
}

impl Desk {
    /// Who can see what of a person, by their cases at the asker's sites.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for who does not exist and for who may not be seen.
    pub async fn who_sees(&self, who: &Principal, id: ParticipantId) -> Result<WhoSees, Failure> {
        let page = self.person(who, id).await?;
        let scope = access::scope(who, Reach::File).map_err(|_| Failure::Hidden)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner
            .store
            .read(move |tx| {
                let mut members = views::file::of_person(tx, scope.org(), id, today)?;
                members.retain(|member| inner.visible(&scope, member));
                let mut cases = Vec::new();
                for member in members {
                    let site = member.site.parse().ok().and_then(|site| inner.programme.site(&site));
                    let Some(site) = site else { continue };
                    let involved = views::rights::involved(tx, member.trajectory)?;
                    let state = member.case.1;
                    let (now, only_when) = of_site(&inner.programme, site, &involved, state, inner.settings, today);
                    let (case_number, site) = (member.case_number, member.site);
                    cases.push(CaseSees { case_number, site, state, now, only_when });
                }
                Ok(WhoSees { person: page.person, cases })
            })
            .await
    }
}
