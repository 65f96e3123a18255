//! Minutes: drafted from the facts that were recorded at a sitting, and fixed as they are (decision 17).

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use access::Principal;
use domain::{
    codes::Category,
    fact::Fact,
    history::History,
    ids::{FactId, SittingId, Stream, TrajectoryId, UserId},
    sitting::{Sitting, Stage},
    trajectory::Recorded,
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use journal::Tx;
use sha2::{Digest as _, Sha256};

use super::{CaseAtTable, scope_of};
use crate::{Desk, Failure, Inner};

/// A case in the minutes, as far as who asks may see it.
#[derive(Debug, Clone)]
pub struct Minuted {
    /// The case.
    pub case: CaseAtTable,
    /// What was recorded at this sitting: the fact, who recorded it, and whether it was corrected after the minutes were fixed.
    pub facts: Vec<(Fact, String, bool)>,
    /// How long it was on the table, in seconds.
    pub seconds: i64,
}

/// The minutes of a sitting.
#[derive(Debug, Clone)]
pub struct Minutes {
    /// The sitting.
    pub sitting: Sitting,
    /// The digest of the minutes as they stand.
    pub digest: String,
    /// Its cases.
    pub cases: Vec<Minuted>,
    /// From which day the chair can fix them although someone has not answered; none when the body gives no term.
    pub fix_from: Option<Date>,
    /// Who was there and has no account any more: nothing waits for them.
    pub gone: BTreeSet<UserId>,
}

/// The minutes as they stood on a snapshot.
#[derive(Default)]
pub(super) struct Drafted {
    /// Their digest.
    pub(super) digest: String,
    /// The facts they stand on.
    pub(super) facts: Vec<FactId>,
    /// When the last of these facts was recorded.
    changed: Option<Timestamp>,
    stage: Option<Stage>,
    versions: Vec<(TrajectoryId, u32)>,
}

impl Drafted {
    /// Whether they still stand so. Once a sitting is closed its log adds nothing to them; only its cases can change.
    pub(super) fn stands(&self, tx: &mut Tx<'_>, state: &Sitting) -> Result<bool, Failure> {
        Ok(self.stage == Some(state.stage) && self.versions == views::agenda::versions(tx, state.id)?)
    }
}

impl Desk {
    /// The minutes of a sitting, as far as who asks may see its cases. Once they are fixed the agenda shows nothing more: what
    /// is left is what someone sees by their own task or site.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for a sitting that is not theirs.
    pub async fn minutes(&self, who: &Principal, id: SittingId) -> Result<Minutes, Failure> {
        self.roll().await?;
        let (inner, asker) = (Arc::clone(&self.inner), who.clone());
        let read = self.inner.store.read(move |tx| {
            let sitting = inner.sitting_for(tx, &asker, id)?;
            let drafted = inner.drafted(tx, &sitting)?;
            let (fix_from, gone) = (inner.fix_from(&sitting, &drafted)?, inner.without_account(&sitting));
            let digest = drafted.digest;
            let now = inner.clock.business();
            let mut cases = Vec::new();
            for case in inner.cases_of(tx, &asker, &sitting, false, None)? {
                let facts = inner.minuted(tx, &asker, &sitting, &case)?;
                cases.push(Minuted { seconds: sitting.taken(case.file.trajectory.id, now), case, facts });
            }
            Ok::<_, Failure>(Minutes { sitting, digest, cases, fix_from, gone })
        });
        let minutes = read.await?;
        let cases: Vec<CaseAtTable> = minutes.cases.iter().map(|one| one.case.clone()).collect();
        self.log_cases(who, &cases).await?;
        Ok(minutes)
    }
}

/// Whether a fact belongs in the minutes of a sitting: recorded there, and it still holds.
fn belongs(recorded: &Recorded, id: SittingId, history: &History<'_>) -> bool {
    let body = recorded.fact.body.as_ref();
    let here = body.filter(|body| body.deals()).and_then(domain::fact::Body::sitting) == Some(id);
    here && history.superseded_by(recorded.fact.header.id).is_none()
}

impl Inner {
    /// The facts of a case in the minutes, opened with the key of who asks.
    fn minuted(
        &self,
        tx: &mut Tx<'_>,
        who: &Principal,
        state: &Sitting,
        case: &CaseAtTable,
    ) -> Result<Vec<(Fact, String, bool)>, Failure> {
        let (t, see) = (&case.file.trajectory, case.file.standing.categories());
        let Some(key) = self.reader(tx, scope_of(who)?.org(), t.participant)? else { return Ok(vec![]) };
        let facts = crate::load::history_with(tx, Stream::Trajectory(t.id), Some(&key))?;
        let history = History::of(&facts);
        let fixed = state.fixed.as_ref().map(|(_, facts, ..)| facts);
        let eyes = self.eyes(see);
        let unseen = eyes.unseen(&facts);
        let mut out = Vec::new();
        for recorded in &facts {
            let id = recorded.fact.header.id;
            let listed = match fixed {
                Some(fixed) => fixed.contains(&id),
                None => belongs(recorded, state.id, &history),
            };
            if listed && see.contains(Category::Process) && !unseen.contains(&id) {
                let mut fact = recorded.fact.clone();
                eyes.fact(&mut fact);
                let by = self.accounts.get(fact.header.actor).map(|account| account.name).unwrap_or_default();
                out.push((fact, by, history.superseded_by(id).is_some()));
            }
        }
        Ok(out)
    }

    /// From which day the chair can fix minutes that not everyone confirmed: so many days after they were drafted, contested or
    /// corrected last, by the term of the body.
    pub(super) fn fix_from(&self, state: &Sitting, drafted: &Drafted) -> Result<Option<Date>, Failure> {
        let days = self.conference(state.board, &state.site)?.confirm_days;
        let since = state.drafted_since().max(drafted.changed).map(crate::clock::date_of);
        Ok(days.zip(since).map(|(days, since)| since.saturating_add(i64::from(days).days())))
    }

    /// Who was there with an account that is there no more.
    pub(super) fn without_account(&self, state: &Sitting) -> BTreeSet<UserId> {
        let users = state.seats_of_all().into_iter().filter_map(|seat| seat.user);
        users.filter(|user| self.accounts.active(*user).is_none()).collect()
    }

    /// The minutes as they stand, of a sitting that someone keeps or is invited to.
    pub(super) fn drafted_for(&self, tx: &mut Tx<'_>, who: &Principal, id: SittingId) -> Result<Drafted, Failure> {
        let state = self.sitting_for(tx, who, id)?;
        self.drafted(tx, &state)
    }

    /// The digest of the minutes as they stand, and the facts they stand on. Of fixed minutes what was fixed.
    pub(super) fn drafted(&self, tx: &mut Tx<'_>, state: &Sitting) -> Result<Drafted, Failure> {
        let (stage, versions) = (Some(state.stage), views::agenda::versions(tx, state.id)?);
        if let Some((digest, facts, ..)) = &state.fixed {
            return Ok(Drafted { digest: digest.clone(), facts: facts.clone(), changed: None, stage, versions });
        }
        let mut text = String::from("bestendig minutes 1\n");
        // writing to a String cannot fail
        let mut line = |what: &dyn std::fmt::Debug| {
            let _ = writeln!(text, "{what:?}");
        };
        line(&(state.id, state.board, &state.site, state.on, state.at, &state.place));
        line(&(state.opened, state.closed, &state.attendance, &state.recused, &state.began));
        // not where there is none: minutes that were confirmed before one person could keep out have the digest they had
        if !state.recused_people.is_empty() {
            line(&state.recused_people);
        }
        let (mut facts, mut changed) = (Vec::new(), None);
        let mut cases = self.cases_at(tx, state.id)?;
        let place = |case| state.slots.iter().position(|slot| slot.case == case).unwrap_or(usize::MAX);
        cases.sort_by_key(|case| (place(*case), *case));
        for case in cases {
            line(&case);
            let Some(subject) = views::file::whose(tx, case)? else { continue };
            let key = self.keys.key(subject)?;
            let stored = journal::read::stream(tx, Stream::Trajectory(case))?;
            let chains: Vec<[u8; 32]> = stored.iter().map(journal::read::StoredFact::chain).collect();
            let opened =
                stored.into_iter().map(|fact| fact.open(key.as_deref())).collect::<journal::Result<Vec<_>>>()?;
            let history = History::of(&opened);
            for (recorded, chain) in opened.iter().zip(chains) {
                if belongs(recorded, state.id, &history) {
                    line(&(recorded.fact.header.id, chain));
                    facts.push(recorded.fact.header.id);
                    changed = changed.max(Some(recorded.fact.header.recorded_at));
                }
            }
        }
        Ok(Drafted { digest: journal::hex(&Sha256::digest(&text)), facts, changed, stage, versions })
    }
}
