//! Everything that is held of one person (GDPR article 15): every fact with both its times, from whom and why, what follows
//! from them now, and who received it. Other people are left out before it leaves this room.

use std::sync::Arc;

use access::{Categories, Principal, Reach};
use domain::{
    codes::{OrgKind, Purpose},
    fact::{Body, Fact, Kind},
    history::History,
    ids::{FactId, OrgId, ParticipantId, Stream, UserId},
    participant::Person,
    term::{Term, terms},
    trajectory::{Recorded, Trajectory, replay},
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;
use views::file::Membership;

use crate::{Desk, Failure, Inner, read_log::Activity, redact};

/// Everything that is held of one person.
#[derive(Debug, Clone)]
pub struct Extract {
    /// The person as known now.
    pub person: Person,
    /// What was recorded of the person, first recorded first.
    pub held: Vec<Held>,
    /// Their cases.
    pub cases: Vec<ExtractCase>,
    /// Who received it.
    pub recipients: Vec<Recipient>,
    /// When this was made.
    pub made: Timestamp,
    /// The business date of it.
    pub today: Date,
}

/// A fact that is held.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The fact, without other people: their ids are nil.
    pub fact: Fact,
    /// The fact that took its place, when this one no longer holds.
    pub superseded_by: Option<FactId>,
}

/// A case with what is held of it.
#[derive(Debug, Clone)]
pub struct ExtractCase {
    /// Its number.
    pub case_number: String,
    /// The state now, without other people.
    pub trajectory: Trajectory,
    /// The terms that run.
    pub terms: Vec<Term>,
    /// What was recorded, first recorded first.
    pub held: Vec<Held>,
}

/// An organisation that received something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Which.
    pub org: OrgId,
    /// What it is.
    pub kind: Option<OrgKind>,
    /// In which case.
    pub case_number: String,
    /// Whether it has a task in that case.
    pub involved: bool,
    /// When someone of it last opened the file.
    pub looked: Option<Timestamp>,
}

impl Desk {
    /// Everything held of a person at the sites of the asker.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for who does not exist or may not be seen; [`Failure::Denied`] for who does not answer
    /// participants.
    pub async fn extract(&self, who: &Principal, id: ParticipantId) -> Result<Extract, Failure> {
        access::scope_for(who, Reach::Log, Purpose::Rights)?;
        let scope = access::scope_for(who, Reach::File, Purpose::Rights).map_err(|_| Failure::Hidden)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        let (extract, standing) = self
            .inner
            .store
            .read(move |tx| {
                let mut members = views::file::of_person(tx, scope.org(), id, today)?;
                members.retain(|member| inner.visible(&scope, member));
                let standing = scope.standing(members.iter().map(|member| member.case));
                if !standing.may_record(Kind::RightsAnswered) {
                    return Err(Failure::Hidden);
                }
                let reader = (standing.categories(), scope.user());
                let extract = inner.extract(tx, id, &members, Some(reader))?;
                Ok::<_, Failure>((extract, standing))
            })
            .await?;
        self.log_standing(who, Activity::Extract, Purpose::Rights, &standing, vec![id]).await?;
        Ok(extract)
    }

    /// Everything held of the person of a case, at every site: for who keeps the store, on the command line. `None` when
    /// there is no such case.
    ///
    /// # Errors
    /// When the store cannot be read, or the person is forgotten ([`Failure::Hidden`]).
    pub fn extract_of_case(&self, case_number: &str) -> Result<Option<Extract>, Failure> {
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        let number = domain::case_number::CaseNumber::normalise(case_number);
        self.inner.store.read_blocking(move |tx| {
            let Some((_, id)) = views::search::by_case(tx, &number)? else { return Ok(None) };
            // how an organisation stands to the cases is not asked here
            let Some(any) = inner.programme.organisations.first() else { return Ok(None) };
            let members = views::file::of_person(tx, &any.id, id, today)?;
            inner.extract(tx, id, &members, None).map(Some)
        })
    }
}

impl Inner {
    fn extract(
        &self,
        tx: &mut journal::Tx<'_>,
        id: ParticipantId,
        members: &[Membership],
        reader: Option<(Categories, UserId)>,
    ) -> Result<Extract, Failure> {
        let see = reader.map(|(see, _)| see);
        let mut person = self.person(tx, id)?.ok_or(Failure::Hidden)?;
        let mut cases = Vec::new();
        let mut recipients = Vec::new();
        for member in members {
            let mut history = self.history(tx, Stream::Trajectory(member.trajectory), id)?;
            let Some(first) = history.first() else { continue };
            let method = self.method(&first.fact.header.method)?;
            let mut trajectory = replay(&history, method)?;
            let lead = self.programme.site(&trajectory.site).map(|site| site.lead.clone());
            let terms = lead.map(|lead| terms(&trajectory, method, &lead)).unwrap_or_default();
            if let Some((see, user)) = reader {
                blind(&mut history, &trajectory, user);
                redact::blind(&mut trajectory, user);
                self.eyes(see).trajectory(&mut trajectory);
            }
            without_colleagues(&mut trajectory);
            recipients.extend(self.recipients(tx, member)?);
            let (case_number, held) = (member.case_number.clone(), held(history, see.map(|see| self.eyes(see))));
            cases.push(ExtractCase { case_number, trajectory, terms, held });
        }
        if let Some(see) = see {
            redact::person(&mut person, see);
        }
        person.links.iter_mut().for_each(|link| link.other = ParticipantId(Uuid::nil()));
        let held = held(self.history(tx, Stream::Participant(id), id)?, see.map(|see| self.eyes(see)));
        let (made, today) = (self.clock.real(), self.clock.today());
        Ok(Extract { person, held, cases, recipients, made, today })
    }

    /// Who has a task in a case, and who opened it.
    fn recipients(&self, tx: &mut journal::Tx<'_>, member: &Membership) -> Result<Vec<Recipient>, Failure> {
        let mut out: Vec<Recipient> = Vec::new();
        let recipient = |org: OrgId, involved, looked| Recipient {
            kind: self.programme.org(&org).map(|org| org.kind),
            case_number: member.case_number.clone(),
            org,
            involved,
            looked,
        };
        for org in views::rights::involved(tx, member.trajectory)? {
            out.push(recipient(org, true, None));
        }
        for (user, at) in views::rights::looked(tx, member.trajectory)? {
            let Some(account) = self.accounts.get(user) else { continue };
            match out.iter_mut().find(|one| one.org == account.org) {
                Some(known) => known.looked = known.looked.max(Some(at)),
                None => out.push(recipient(account.org, false, Some(at))),
            }
        }
        Ok(out)
    }
}

/// Takes out what another assessed before all are in: who answers participants may be the one who assesses second.
fn blind(history: &mut [Recorded], trajectory: &Trajectory, user: UserId) {
    let all_in = redact::all_in(trajectory);
    let read = History::of(history);
    let current: Vec<FactId> = history.iter().map(|recorded| read.current(recorded.fact.header.id)).collect();
    for (recorded, current) in history.iter_mut().zip(current) {
        redact::blind_fact(&mut recorded.fact, &all_in, current, user);
    }
}

/// The facts of a history as they are held, first recorded first.
fn held(mut history: Vec<Recorded>, eyes: Option<redact::Eyes<'_>>) -> Vec<Held> {
    history.sort_by_key(|recorded| recorded.number);
    let by = |id| history.iter().find(|later| later.fact.header.supersedes == Some(id)).map(|by| by.fact.header.id);
    let superseded: Vec<Option<FactId>> = history.iter().map(|recorded| by(recorded.fact.header.id)).collect();
    let unseen = eyes.map(|eyes| eyes.unseen(&history)).unwrap_or_default();
    let facts = history.into_iter().map(|recorded| recorded.fact).zip(superseded);
    facts
        .filter(|(fact, _)| !unseen.contains(&fact.header.id))
        .map(|(mut fact, superseded_by)| {
            if let Some(eyes) = eyes {
                eyes.fact(&mut fact);
            }
            without_others(&mut fact);
            Held { fact, superseded_by }
        })
        .collect()
}

/// Takes other people out of a fact: of a link the relation stays, of a colleague the organisation.
fn without_others(fact: &mut Fact) {
    fact.header.actor = UserId(Uuid::nil());
    match &mut fact.body {
        Some(Body::PersonLinked(body)) => body.other = ParticipantId(Uuid::nil()),
        Some(Body::PersonUnlinked(body)) => body.other = ParticipantId(Uuid::nil()),
        Some(Body::WorkerAssigned(body)) => body.user = body.user.map(|_| UserId(Uuid::nil())),
        Some(Body::ActionAdded(body)) => body.worker = None,
        _ => {}
    }
}

fn without_colleagues(t: &mut Trajectory) {
    t.latest.clear();
    t.contacts.iter_mut().for_each(|contact| contact.by = UserId(Uuid::nil()));
    for worker in t.workers.iter_mut().filter_map(|worker| worker.detail.as_mut()) {
        worker.user = worker.user.map(|_| UserId(Uuid::nil()));
    }
    for action in t.actions.iter_mut().filter_map(|action| action.detail.as_mut()) {
        action.worker = None;
    }
}
