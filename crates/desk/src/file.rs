//! The file of a trajectory, and the page of a person: opened, cut down to what the role may see.

use std::sync::Arc;

use access::{Principal, Reach, Relation, Scope, Standing};
use domain::{
    codes::Category,
    ids::{Code, OrgId, ParticipantId, TrajectoryId},
    participant::Person,
    programme::Method,
    term::{Term, terms},
    trajectory::{Recorded, Trajectory},
};
use jiff::{Timestamp, civil::Date};
use views::file::{FileRow, Membership};

use crate::{
    Desk, Failure, Inner,
    failure::Change,
    load::{history_with, open_person, open_trajectory},
    read_log::Activity,
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
    /// Terms that ran out, or do not count yet.
    pub other_terms: Vec<TermView>,
    /// Changes by others since the asker last looked, newest first, and when that was; none when there are none.
    pub since: Option<(Timestamp, Vec<Change>)>,
    /// Whether something was recorded, by anyone, that the asker has not looked at yet.
    pub unseen: bool,
    /// Other trajectories of this person at the asker's sites.
    pub others: Vec<OtherTrajectory>,
    /// People this person belongs to, as far as the asker may see them: name, and their latest trajectory.
    pub household: Vec<(domain::participant::Link, String, Option<TrajectoryId>)>,
    /// How the asker stands to it: what they see, and may record.
    pub standing: Standing,
    /// Documents that the asker may open, by the facts that brought them.
    pub openable: Vec<domain::ids::FactId>,
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

impl File {
    /// Whether who reads it sees an item of the dossier on a day: with all the others, by its contract, or as their own part.
    pub fn shows_item(&self, partner: &OrgId, item: &Code, method: &Method, today: Date) -> bool {
        let part = || redact::Part::of(&self.standing, today);
        self.standing.sees(Category::Dossier)
            || part().is_some_and(|part| part.shows(partner, item, &self.trajectory, method))
    }
}

impl Desk {
    /// The file of a trajectory.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for what does not exist and for what may not be seen.
    pub async fn file(&self, who: &Principal, id: TrajectoryId) -> Result<File, Failure> {
        let file = self.read_file(who, id).await?;
        self.log_file(who, Activity::File, &file).await?;
        Ok(file)
    }

    pub(crate) async fn read_file(&self, who: &Principal, id: TrajectoryId) -> Result<File, Failure> {
        let scope = access::scope(who, Reach::File).map_err(|_| Failure::Hidden)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner.store.read(move |tx| inner.file(tx, &scope, id, today)).await
    }

    pub(crate) async fn log_file(&self, who: &Principal, activity: Activity, file: &File) -> Result<(), Failure> {
        let household = file.household.iter().map(|(link, ..)| link.other);
        let subjects = std::iter::once(file.person.id).chain(household).collect();
        self.log_standing(who, activity, who.purpose, &file.standing, subjects).await
    }

    /// Remembers that someone has seen a file as it was read, and what is known about the person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mark_looked(&self, who: &Principal, file: &File) -> Result<(), Failure> {
        let (user, at) = (who.user, self.inner.clock.business());
        let seen = (file.trajectory.id, file.trajectory.version);
        let person = (file.person.id, file.person.version);
        self.inner.store.write(move |tx| Ok::<_, Failure>(views::file::looked(tx, user, seen, person, at)?)).await
    }

    /// The page of a person.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for who does not exist and for who may not be seen.
    pub async fn person(&self, who: &Principal, id: ParticipantId) -> Result<PersonPage, Failure> {
        let page = self.read_person(who, id).await?;
        let linked = page.linked.iter().map(|(link, ..)| link.other);
        let subjects = std::iter::once(id).chain(linked).collect();
        self.log_standing(who, Activity::Person, who.purpose, &page.standing, subjects).await?;
        Ok(page)
    }

    pub(crate) async fn read_person(&self, who: &Principal, id: ParticipantId) -> Result<PersonPage, Failure> {
        let scope = access::scope(who, Reach::File).map_err(|_| Failure::Hidden)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner.store.read(move |tx| inner.person_page(tx, &scope, id, today)).await
    }
}

impl Inner {
    fn file(&self, tx: &mut journal::Tx<'_>, scope: &Scope, id: TrajectoryId, today: Date) -> Result<File, Failure> {
        let row = views::file::file(tx, scope, id, today)?.ok_or(Failure::Hidden)?;
        let standing = scope.standing([row.case]);
        // an organisation that was never granted a key sees nothing
        let key = self.reader(tx, scope.org(), row.participant)?.ok_or(Failure::Hidden)?;
        let mut file = self.opened(scope, &row, &key, standing, today)?;
        self.put_beside(tx, scope, &row, &mut file, today)?;
        Ok(file)
    }

    /// What there is beside the case: news since the asker last looked, other trajectories, who this person belongs to.
    fn put_beside(
        &self,
        tx: &mut journal::Tx<'_>,
        scope: &Scope,
        row: &FileRow,
        file: &mut File,
        today: Date,
    ) -> Result<(), Failure> {
        file.others = self.others(tx, scope, row.participant, Some(row.trajectory), today)?.1;
        file.unseen = row.looked.is_none_or(|(seen, _)| seen < row.version)
            || row.person_looked.is_none_or(|seen| seen < row.person_version);
        let since = match row.looked {
            Some((_, at)) if file.unseen => Some((at, self.changes(tx, scope, &file.standing, row)?)),
            _ => None,
        };
        file.since = since.filter(|(_, changes)| !changes.is_empty());
        file.household = self.linked(tx, scope, &file.person, today)?;
        Ok(())
    }

    /// A file that someone sees through broken glass or by an answered question, at whatever site it is; the caller has
    /// checked that there is such a thing and that it is theirs. Whatever else there is of this person does not show.
    pub(crate) fn file_through(
        &self,
        tx: &mut journal::Tx<'_>,
        scope: &Scope,
        id: TrajectoryId,
        by: Relation,
    ) -> Result<File, Failure> {
        let today = self.clock.today();
        let row = views::file::any(tx, scope, id, today)?.ok_or(Failure::Hidden)?;
        let standing = scope.standing([(by, row.case.1)]);
        if standing.is_hidden() {
            return Err(Failure::Hidden);
        }
        // an exception that two people account for; the organisation holds no key to it, the record keeper opens it
        let key = self.keys.key(row.participant)?.ok_or(Failure::Hidden)?;
        let mut file = self.opened(scope, &row, &key, standing, today)?;
        // that documents are there is told; what stands in them is opened by who has a task in the case
        file.openable.clear();
        Ok(file)
    }

    /// The case alone, cut down to what may be seen; nothing of what there is beside it.
    pub(crate) fn opened(
        &self,
        scope: &Scope,
        row: &FileRow,
        key: &journal::PersonKey,
        standing: Standing,
        today: Date,
    ) -> Result<File, Failure> {
        let id = row.trajectory;
        let (Some(sealed), Some(person)) = (&row.sealed, &row.person) else { return Err(Failure::Hidden) };
        let mut trajectory = open_trajectory(key, id, sealed)?.ok_or(Failure::Hidden)?;
        let mut person = open_person(key, row.participant, person)?.ok_or(Failure::Hidden)?;
        let standing = standing.guiding(trajectory.is_guided_by(scope.org()));
        let method = self.method(&trajectory.method)?;
        let lead = self.programme.site(&trajectory.site).map(|site| site.lead.clone());
        let all = lead.map(|lead| terms(&trajectory, method, &lead)).unwrap_or_default();
        let (terms, other_terms) = all.into_iter().partition::<Vec<_>, _>(|term| term.counts_on(today));
        let view = |term: Term| {
            let action = trajectory.actions.iter().find(|action| Some(action.fact) == term.about);
            let text = action.and_then(|action| action.detail.as_ref()).map(|detail| detail.text.clone());
            TermView { term, text }
        };
        let terms = terms.into_iter().map(view).collect();
        let other_terms = other_terms.into_iter().map(view).collect();
        self.eyes_of(&standing).trajectory(&mut trajectory);
        redact::blind(&mut trajectory, scope.user());
        let openable = self.openable(&trajectory, scope.org(), standing.relation(), today);
        redact::person(&mut person, standing.categories());
        let case_number = row.case_number.clone();
        let (since, unseen, others, household) = (None, false, vec![], vec![]);
        let mut file = File {
            trajectory,
            person,
            case_number,
            terms,
            other_terms,
            since,
            unseen,
            others,
            household,
            standing,
            openable,
        };
        // that a document is there shows to who may open it, and to who can have it destroyed
        let clears = file.standing.may_record(domain::fact::Kind::DocumentCondemned);
        file.keep_documents(|document, openable| clears || openable.contains(&document.fact));
        Ok(file)
    }

    /// What others recorded in the file and about the person since the asker last looked.
    fn changes(
        &self,
        tx: &mut journal::Tx<'_>,
        scope: &Scope,
        standing: &Standing,
        row: &views::file::FileRow,
    ) -> Result<Vec<Change>, Failure> {
        use domain::ids::Stream;
        let streams = [
            (Stream::Trajectory(row.trajectory), row.looked.map(|(seen, _)| seen), row.version),
            (Stream::Participant(row.participant), row.person_looked, row.person_version),
        ];
        let mut changes = Vec::new();
        for (stream, seen, version) in streams {
            // never looked at: it is all there is to see, not news
            let Some(seen) = seen.filter(|seen| *seen < version) else { continue };
            let history = self.history(tx, stream, row.participant)?;
            let theirs = history.iter().filter(|recorded| {
                let h = &recorded.fact.header;
                recorded.number > seen && h.actor != scope.user() && standing.sees_fact(h)
            });
            changes.extend(theirs.map(|recorded| self.change(recorded)));
        }
        changes.sort_by_key(|change| std::cmp::Reverse(change.recorded_at));
        Ok(changes)
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

    /// The name of someone, when the asker's organisation has the key to it.
    fn name_for(&self, tx: &mut journal::Tx<'_>, scope: &Scope, id: ParticipantId) -> Result<Option<String>, Failure> {
        let (key, sealed) = (self.reader(tx, scope.org(), id)?, views::search::person(tx, id)?);
        let (Some(key), Some(sealed)) = (key, sealed) else { return Ok(None) };
        Ok(open_person(&key, id, &sealed)?.and_then(|person| person.name().map(str::to_owned)))
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
        let key = self.reader(tx, scope.org(), id)?.ok_or(Failure::Hidden)?;
        let sealed = views::search::person(tx, id)?.ok_or(Failure::Hidden)?;
        let mut person = open_person(&key, id, &sealed)?.ok_or(Failure::Hidden)?;
        let mut facts = history_with(tx, domain::ids::Stream::Participant(id), Some(&key))?;
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
            let name = self.name_for(tx, scope, link.other)?;
            linked.push((link.clone(), name.unwrap_or_default(), Some(last.trajectory)));
        }
        Ok(linked)
    }
}
