//! The file of a trajectory, and the page of a person: opened, cut down to what the role may see.

use std::sync::Arc;

use access::{Principal, Reach, Scope, Standing};
use domain::{
    codes::Category,
    ids::{ParticipantId, TrajectoryId},
    participant::Person,
    term::{Term, terms},
    trajectory::{Recorded, Trajectory},
};
use jiff::{Timestamp, civil::Date};
use views::file::Membership;

use crate::{
    Desk, Failure, Inner,
    failure::Change,
    load::{open_person, open_trajectory},
    redact,
};

/// A term as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TermView {
    /// The term.
    pub term: Term,
    /// The fact that started it, where it was one of the state's own.
    pub text: Option<String>,
}

/// Another trajectory of the same person, at a site of the asker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherTrajectory {
    /// Which.
    pub trajectory: TrajectoryId,
    /// Site.
    pub site: String,
    /// Case number.
    pub case_number: String,
    /// Day of registration.
    pub opened: Date,
    /// Day it ended.
    pub ended: Option<Date>,
}

/// The file of a trajectory.
#[derive(Debug, Clone)]
pub struct File {
    /// The state, without what the role may not see.
    pub trajectory: Trajectory,
    /// The person.
    pub person: Person,
    /// Case number.
    pub case_number: String,
    /// Terms that count today, soonest first.
    pub terms: Vec<TermView>,
    /// Changes since the asker last looked, newest first, and when that was.
    pub since: Option<(Timestamp, Vec<Change>)>,
    /// Whether the asker has looked at it before.
    pub looked: bool,
    /// Other trajectories of this person at the asker's sites.
    pub others: Vec<OtherTrajectory>,
    /// People this person belongs to, as far as the asker may see them: name, and their latest trajectory.
    pub household: Vec<(domain::participant::Link, String, Option<TrajectoryId>)>,
    /// How the asker stands to it: what they see, and may record.
    pub standing: Standing,
}

/// The page of a person.
#[derive(Debug, Clone)]
pub struct PersonPage {
    /// Who.
    pub person: Person,
    /// Their trajectories at the asker's sites.
    pub trajectories: Vec<OtherTrajectory>,
    /// People they belong to, as far as the asker may see them.
    pub linked: Vec<(domain::participant::Link, String, Option<TrajectoryId>)>,
    /// The facts about them, newest first.
    pub facts: Vec<Recorded>,
    /// How the asker stands to their cases: what they see, and may record.
    pub standing: Standing,
}

impl Desk {
    /// The file of a trajectory.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for what does not exist and for what may not be seen.
    pub async fn file(&self, who: &Principal, id: TrajectoryId) -> Result<File, Failure> {
        let scope = access::scope(who, Reach::File).map_err(|_| Failure::Hidden)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner.store.read(move |tx| inner.file(tx, &scope, id, today)).await
    }

    /// Remembers that someone has seen a file up to a version.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mark_looked(&self, who: &Principal, id: TrajectoryId, version: u32) -> Result<(), Failure> {
        let (user, at) = (who.user, self.inner.clock.business());
        self.inner.store.write(move |tx| Ok::<_, Failure>(views::file::looked(tx, user, id, version, at)?)).await
    }

    /// The page of a person.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for who does not exist and for who may not be seen.
    pub async fn person(&self, who: &Principal, id: ParticipantId) -> Result<PersonPage, Failure> {
        let scope = access::scope(who, Reach::File).map_err(|_| Failure::Hidden)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner.store.read(move |tx| inner.person_page(tx, &scope, id, today)).await
    }
}

impl Inner {
    fn file(&self, tx: &mut journal::Tx<'_>, scope: &Scope, id: TrajectoryId, today: Date) -> Result<File, Failure> {
        let row = views::file::file(tx, scope, id, today)?.ok_or(Failure::Hidden)?;
        let standing = scope.standing([row.case]);
        // without key the person is forgotten: what is left are figures
        let key = self.keys.key(row.participant)?.ok_or(Failure::Hidden)?;
        let (Some(sealed), Some(person)) = (&row.sealed, &row.person) else { return Err(Failure::Hidden) };
        let mut trajectory = open_trajectory(&key, id, sealed)?;
        let mut person = open_person(&key, row.participant, person)?;
        let others = self.others(tx, scope, row.participant, Some(id), today)?.1;
        let since = match row.looked {
            Some((seen, at)) if seen < row.version => {
                Some((at, self.changes(tx, &standing, id, row.participant, seen)?))
            }
            _ => None,
        };
        let method = self.method(&trajectory.method)?;
        let lead = self.programme.site(&trajectory.site).map(|site| site.lead.clone());
        let all = lead.map(|lead| terms(&trajectory, method, &lead)).unwrap_or_default();
        let terms = all.into_iter().filter(|term| term.counts_on(today)).map(|term| {
            let action = trajectory.actions.iter().find(|action| Some(action.fact) == term.about);
            let text = action.and_then(|action| action.detail.as_ref()).map(|detail| detail.text.clone());
            TermView { term, text }
        });
        let terms = terms.collect();
        redact::trajectory(&mut trajectory, standing.categories());
        redact::person(&mut person, standing.categories());
        let looked = row.looked.is_some();
        let household = self.linked(tx, scope, &person, today)?;
        let case_number = row.case_number;
        Ok(File { trajectory, person, case_number, terms, since, looked, others, household, standing })
    }

    fn changes(
        &self,
        tx: &mut journal::Tx<'_>,
        standing: &Standing,
        id: TrajectoryId,
        subject: ParticipantId,
        seen: u32,
    ) -> Result<Vec<Change>, Failure> {
        let history = self.history(tx, domain::ids::Stream::Trajectory(id), subject)?;
        let new = history.iter().rev().filter(|recorded| recorded.number > seen);
        let visible = new.filter(|recorded| standing.sees(recorded.fact.header.kind.category()));
        Ok(visible.map(|recorded| self.change(recorded)).collect())
    }

    pub(crate) fn change(&self, recorded: &Recorded) -> Change {
        let h = &recorded.fact.header;
        let by = self.accounts.get(h.actor).map(|account| account.name).unwrap_or_default();
        Change { kind: h.kind, valid_from: h.valid_from, recorded_at: h.recorded_at, by }
    }

    /// Whether a trajectory is at a site of the scope.
    pub(crate) fn own(&self, scope: &Scope, member: &Membership) -> bool {
        scope.sites().iter().any(|site| site.as_str() == member.site)
    }

    /// Whether that a trajectory exists may be seen.
    pub(crate) fn visible(&self, scope: &Scope, member: &Membership) -> bool {
        self.own(scope, member) && scope.sees(member.case.0, member.case.1).contains(Category::Process)
    }

    /// How the asker stands to the cases of a person, and those they may know of (but one).
    fn others(
        &self,
        tx: &mut journal::Tx<'_>,
        scope: &Scope,
        person: ParticipantId,
        but: Option<TrajectoryId>,
        today: Date,
    ) -> Result<(Standing, Vec<OtherTrajectory>), Failure> {
        let mut members = views::file::of_person(tx, scope.org(), person, today)?;
        members.retain(|member| self.visible(scope, member));
        let standing = scope.standing(members.iter().map(|member| member.case));
        let others =
            members.into_iter().filter(|member| Some(member.trajectory) != but).map(|member| OtherTrajectory {
                trajectory: member.trajectory,
                site: member.site,
                case_number: member.case_number,
                opened: member.opened,
                ended: member.ended,
            });
        Ok((standing, others.collect()))
    }

    fn person_page(
        &self,
        tx: &mut journal::Tx<'_>,
        scope: &Scope,
        id: ParticipantId,
        today: Date,
    ) -> Result<PersonPage, Failure> {
        let (standing, trajectories) = self.others(tx, scope, id, None, today)?;
        // the page is about who someone is
        if !standing.sees(Category::Identity) {
            return Err(Failure::Hidden);
        }
        let mut person = self.person(tx, id)?.ok_or(Failure::Hidden)?;
        let mut facts = self.history(tx, domain::ids::Stream::Participant(id), id)?;
        facts.reverse();
        facts.retain(|recorded| standing.sees(recorded.fact.header.kind.category()));
        redact::person(&mut person, standing.categories());
        let linked = self.linked(tx, scope, &person, today)?;
        Ok(PersonPage { person, trajectories, linked, facts, standing })
    }

    /// People someone belongs to. The person was cut down to what may be seen: without identity no links.
    fn linked(
        &self,
        tx: &mut journal::Tx<'_>,
        scope: &Scope,
        person: &Person,
        today: Date,
    ) -> Result<Vec<(domain::participant::Link, String, Option<TrajectoryId>)>, Failure> {
        let mut linked = Vec::new();
        for link in &person.links {
            // who may not be seen is not named
            let (theirs, cases) = self.others(tx, scope, link.other, None, today)?;
            let Some(last) = cases.last().filter(|_| theirs.sees(Category::Identity)) else { continue };
            let name = self.person(tx, link.other)?.and_then(|other| other.name().map(str::to_owned));
            linked.push((link.clone(), name.unwrap_or_default(), Some(last.trajectory)));
        }
        Ok(linked)
    }
}
