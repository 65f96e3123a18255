//! What the organisation of who asks has keys to.
//!
//! An organisation is granted keys when it is first involved with a person: when it works at a site where that person has
//! a trajectory. That follows from the programme and the read tables, not from what was asked; so a query that hands over
//! rows of another site hands over ciphertext.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    ids::{OrgId, ParticipantId},
    programme::Site,
};
use jiff::civil::Date;
use journal::{PersonKey, Tx};

use crate::{Desk, Failure, Inner};

impl Inner {
    /// The keys of an organisation to a person; `None` when it has none.
    pub(crate) fn reader(
        &self,
        tx: &mut Tx<'_>,
        org: &OrgId,
        who: ParticipantId,
    ) -> Result<Option<Arc<PersonKey>>, Failure> {
        if let Some(key) = self.keys.reader(org, who)? {
            return Ok(Some(key));
        }
        self.involve(tx, org, &BTreeSet::from([who]))?;
        Ok(self.keys.reader(org, who)?)
    }

    /// Grants an organisation the keys to people it is involved with and has none to yet, all in one transaction.
    pub(crate) fn involve(
        &self,
        tx: &mut Tx<'_>,
        org: &OrgId,
        people: &BTreeSet<ParticipantId>,
    ) -> Result<(), Failure> {
        let Some(kind) = self.programme.org(org).map(|org| org.kind) else { return Ok(()) };
        let mut new = Vec::new();
        for who in people {
            if self.keys.reader(org, *who)?.is_none() && self.involved(tx, org, *who)? {
                new.push(*who);
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        Ok(self.keys.grant(org, &new, &access::ever_sees(kind, self.settings))?)
    }

    fn involved(&self, tx: &mut Tx<'_>, org: &OrgId, who: ParticipantId) -> Result<bool, Failure> {
        let today = self.clock.today();
        let members = views::file::of_person(tx, org, who, today)?;
        let sites = members
            .iter()
            .filter_map(|member| self.programme.sites.iter().find(|site| site.id.as_str() == member.site));
        Ok(sites.into_iter().any(|site| works_at(site, org, today)))
    }
}

/// Whether an organisation works at a site: its agreement has not ended.
fn works_at(site: &Site, org: &OrgId, today: Date) -> bool {
    let ended = site.agreements.iter().any(|agreement| agreement.org == *org && agreement.until <= today);
    let there = [&site.partners, &site.guides, &site.shelters];
    !ended && (site.lead == *org || there.into_iter().any(|orgs| orgs.contains(org)))
}

impl Desk {
    /// Takes the keys of organisations that work nowhere any more: every agreement of theirs has ended. Whose there are.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn end_agreements(&self) -> Result<Vec<OrgId>, Failure> {
        let (inner, today) = (&self.inner, self.inner.clock.today());
        let with_keys = inner.keys.owners()?;
        let ended = inner.programme.organisations.iter().map(|org| &org.id).filter(|org| {
            let agreed = inner.programme.sites.iter().flat_map(|site| &site.agreements).any(|one| one.org == **org);
            agreed && !inner.programme.sites.iter().any(|site| works_at(site, org, today))
        });
        let ended: Vec<OrgId> =
            ended.filter(|org| with_keys.iter().any(|known| known == org.as_str())).cloned().collect();
        ended.iter().try_for_each(|org| inner.keys.revoke(org))?;
        Ok(ended)
    }
}
