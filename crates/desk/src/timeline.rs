//! The timeline: every fact of a trajectory, superseded ones too, as far as the role may see them.

use std::sync::Arc;

use access::{Principal, Reach};
use domain::{
    fact::Fact,
    history::History,
    ids::{FactId, Stream, TrajectoryId},
};

use crate::{Desk, Failure, File, clock::date_of, read_log::Activity};

/// A fact on the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineItem {
    /// The fact.
    pub fact: Fact,
    /// Its number in the stream.
    pub number: u32,
    /// The fact that took its place (or withdrew it), if any.
    pub superseded_by: Option<FactId>,
    /// Whether it was recorded on a later day than it holds from.
    pub late: bool,
    /// Who recorded it.
    pub actor: String,
}

impl Desk {
    /// The timeline of a trajectory, latest day first.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for what does not exist and for what may not be seen.
    pub async fn timeline(&self, who: &Principal, id: TrajectoryId) -> Result<Vec<TimelineItem>, Failure> {
        Ok(self.file_with_timeline(who, id).await?.1)
    }

    /// The file and the timeline of a trajectory: one page, one line in the read log.
    ///
    /// # Errors
    /// As [`Desk::timeline`].
    pub async fn file_with_timeline(
        &self,
        who: &Principal,
        id: TrajectoryId,
    ) -> Result<(File, Vec<TimelineItem>), Failure> {
        let file = self.read_file(who, id).await?;
        let mut items = self.read_timeline(who, &file).await?;
        items.retain(|item| file.shows(&item.fact));
        self.log_file(who, Activity::Timeline, &file).await?;
        Ok((file, items))
    }

    /// The file and one fact of it, to correct it: one page, one line in the read log.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when it does not exist or may not be seen.
    pub async fn file_with_fact(
        &self,
        who: &Principal,
        id: TrajectoryId,
        fact: FactId,
    ) -> Result<(File, TimelineItem), Failure> {
        let file = self.read_file(who, id).await?;
        let mut items = self.read_timeline(who, &file).await?;
        items.retain(|item| file.shows(&item.fact));
        let item = items.into_iter().find(|item| item.fact.header.id == fact).ok_or(Failure::Hidden)?;
        self.log_file(who, Activity::Form, &file).await?;
        Ok((file, item))
    }

    async fn read_timeline(&self, who: &Principal, file: &File) -> Result<Vec<TimelineItem>, Failure> {
        let (id, user) = (file.trajectory.id, who.user);
        let all_in = crate::redact::all_in(&file.trajectory);
        let guided = file.trajectory.is_guided_by(&who.org);
        let scope = access::scope(who, Reach::File).map_err(|_| Failure::Hidden)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner
            .store
            .read(move |tx| {
                let row = views::file::file(tx, &scope, id, today)?.ok_or(Failure::Hidden)?;
                let standing = scope.standing([row.case]).guiding(guided);
                let key = inner.reader(tx, scope.org(), row.participant)?.ok_or(Failure::Hidden)?;
                let history = crate::load::history_with(tx, Stream::Trajectory(id), Some(&key))?;
                let read = History::of(&history);
                let eyes = inner.eyes_of(&standing);
                let unseen = eyes.unseen(&history);
                let mut items: Vec<TimelineItem> = history
                    .iter()
                    .filter(|recorded| !unseen.contains(&recorded.fact.header.id))
                    .map(|recorded| {
                        let h = &recorded.fact.header;
                        let account = inner.accounts.get(h.actor);
                        TimelineItem {
                            number: recorded.number,
                            superseded_by: read.superseded_by(h.id),
                            late: date_of(h.recorded_at) > h.valid_from,
                            actor: account.map(|account| account.name).unwrap_or_default(),
                            fact: recorded.fact.clone(),
                        }
                    })
                    .collect();
                for item in &mut items {
                    eyes.fact(&mut item.fact);
                    let current = read.current(item.fact.header.id);
                    crate::redact::blind_fact(&mut item.fact, &all_in, current, user);
                }
                items.sort_by_key(|item| std::cmp::Reverse((item.fact.header.valid_from, item.number)));
                Ok(items)
            })
            .await
    }
}
