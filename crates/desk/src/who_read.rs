//! "Who saw my file": the readings of one participant's data, without the names of employees.

use std::{collections::BTreeMap, sync::Arc};

use access::Principal;
use domain::{
    codes::{Category, Purpose, Role},
    ids::{OrgId, ParticipantId},
    participant::Person,
};
use jiff::civil::Date;

use crate::{
    Desk, Failure,
    clock::date_of,
    read_log::{Activity, ReadLine, Reading},
};

/// What one organisation read on one day in one role for one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBy {
    /// On which day, by the real clock.
    pub day: Date,
    /// Which organisation.
    pub org: OrgId,
    /// In which role.
    pub role: Role,
    /// Why.
    pub purpose: Purpose,
    /// How they stood to the case; the weakest of that day.
    pub relation: access::Relation,
    /// Which categories.
    pub categories: Vec<Category>,
    /// How often.
    pub times: u64,
}

/// The readings of a participant's data.
#[derive(Debug, Clone)]
pub struct WhoRead {
    /// The participant.
    pub person: Person,
    /// Newest day first.
    pub readings: Vec<ReadBy>,
}

impl Desk {
    /// Who read a participant's data; for who may see who they are. This reading is logged too, and stands in the answer.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for who does not exist and for who may not be seen.
    pub async fn who_read(&self, who: &Principal, id: ParticipantId) -> Result<WhoRead, Failure> {
        let page = self.read_person(who, id).await?;
        if !page.standing.sees(Category::Identity) {
            return Err(Failure::Hidden);
        }
        let reading = Reading {
            activity: Activity::WhoRead,
            purpose: Purpose::Rights,
            categories: vec![Category::Identity],
            subjects: vec![id],
            relation: page.standing.relation(),
        };
        self.log_read(who, reading).await?;
        let lines = self.inner.store.write(move |tx| {
            index(tx)?;
            journal::read_log::about(tx, id.0)?.iter().map(ReadLine::parse).collect::<Result<Vec<_>, Failure>>()
        });
        let mut lines = lines.await?;
        // where a law forbids to say that the police asked, the answer to that question does not stand here
        if self.asked_in_secret(id).await? {
            lines.retain(|line| line.relation != access::Relation::Question);
        }
        Ok(WhoRead { person: page.person, readings: grouped(&lines) })
    }

    /// Brings the index of who was read about up to the log: by the minute, so that nobody waits for it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn index_reads(&self) -> Result<(), Failure> {
        self.inner.store.write_blocking(index)
    }
}

fn index(tx: &mut journal::Tx<'_>) -> Result<(), Failure> {
    journal::read_log::index(tx, |line| Ok(ReadLine::parse(line)?.subjects.iter().map(|who| who.0).collect()))
}

fn grouped(lines: &[ReadLine]) -> Vec<ReadBy> {
    let mut groups: BTreeMap<_, ReadBy> = BTreeMap::new();
    for line in lines {
        let day = date_of(line.time());
        let key = (std::cmp::Reverse(day), line.org.clone(), line.role, line.purpose);
        let group = groups.entry(key).or_insert_with(|| ReadBy {
            day,
            org: line.org.clone(),
            role: line.role,
            purpose: line.purpose,
            relation: line.relation,
            categories: vec![],
            times: 0,
        });
        group.times += 1;
        group.relation = group.relation.max(line.relation);
        group.categories.extend(&line.categories);
    }
    let mut out: Vec<ReadBy> = groups.into_values().collect();
    for group in &mut out {
        group.categories.sort_unstable();
        group.categories.dedup();
    }
    out
}

/// For work in threads of their own.
impl Desk {
    /// The name of an organisation.
    pub fn org_name(&self, org: &OrgId) -> String {
        let programme = Arc::clone(&self.inner.programme);
        programme.org(org).map_or_else(|| org.to_string(), |org| org.name.clone())
    }
}
