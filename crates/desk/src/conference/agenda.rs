//! The agenda of a sitting: what asks for a place on it, how ready it is, and placing it there.

use std::sync::Arc;

use access::{Principal, Scope};
use domain::{
    agenda::{Tabled, Untabled},
    codes::{Category, Why},
    fact::{Codes, Kind},
    ids::{CommandId, OrgId, SittingId, TrajectoryId},
    refusal::Refusal,
    sitting::{Sitting, Stage},
    term::Rule,
    trajectory::{Draft, Trajectory},
};
use jiff::civil::Date;
use journal::Tx;
use sha2::{Digest as _, Sha256};
use views::agenda::Asking;

use super::{chairs, scope_of};
use crate::{
    Desk, Done, Failure, Inner, ListItem, Order, Target,
    glass::Number,
    read_log::{Activity, Reading},
};

/// Most proposals shown: more do not fit on an agenda.
const MOST: usize = 40;

/// Whether a decision could be taken at the sitting, and what is missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readiness {
    /// Why a decision could not be taken on the day of the sitting.
    pub refusal: Option<Refusal>,
    /// Who is waited on: rule, organisation, by when (or since when).
    pub waiting: Vec<(Rule, Option<OrgId>, Date)>,
    /// Who delivered after the case was placed on the agenda, and when.
    pub delivered_since: Vec<(OrgId, Date)>,
    /// Who is invited and does not count in this case, because they had a hand in it before.
    pub not_fresh: Vec<String>,
}

impl Readiness {
    /// Whether nothing stands in the way of a decision.
    pub fn is_ready(&self) -> bool {
        self.refusal.is_none()
    }
}

/// A case on the agenda, for who keeps it.
#[derive(Debug, Clone)]
pub struct AgendaCase {
    /// The case as a list shows it.
    pub item: ListItem,
    /// Its place, from 1.
    pub place: usize,
    /// Minutes for it.
    pub minutes: u16,
    /// What came of it.
    pub outcome: Option<domain::agenda::End>,
    /// Why it stands there, and what is asked.
    pub tabled: Option<Tabled>,
    /// How ready it is.
    pub ready: Readiness,
    /// Other open agendas it stands on.
    pub also: Vec<SittingId>,
}

/// A case that is proposed for an agenda.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The case as a list shows it.
    pub item: ListItem,
    /// Why.
    pub why: Why,
    /// Since when it waits.
    pub since: Date,
    /// By when, where a term is agreed.
    pub due: Option<Date>,
    /// How ready it is.
    pub ready: Readiness,
    /// Open agendas it stands on.
    pub also: Vec<SittingId>,
}

/// A case to place on an agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    /// Which case.
    pub case: TrajectoryId,
    /// Why.
    pub why: Why,
    /// What is asked.
    pub question: String,
    /// That it stands on another open agenda too is accepted.
    pub also: bool,
}

/// The reason of a rule, and how it ranks among several.
pub(super) fn why(rule: Rule) -> (u8, Why) {
    match rule {
        Rule::Escalation => (0, Why::Sent),
        Rule::Advice => (1, Why::Advised),
        Rule::Decision => (2, Why::FirstDecision),
        Rule::Undecided => (3, Why::Undecided),
        _ => (4, Why::Review),
    }
}

impl Desk {
    /// The agenda of a sitting, with how ready each case is.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for a sitting that is not theirs.
    pub async fn agenda(&self, who: &Principal, id: SittingId) -> Result<(Sitting, Vec<AgendaCase>), Failure> {
        self.roll().await?;
        let (inner, asker) = (Arc::clone(&self.inner), who.clone());
        let read = self.inner.store.read(move |tx| {
            let state = inner.sitting_for(tx, &asker, id)?;
            let cases = inner.agenda_of(tx, &asker, &state)?;
            Ok::<_, Failure>((state, cases))
        });
        let (state, cases) = read.await?;
        self.log_items(who, cases.iter().map(|case| &case.item)).await?;
        Ok((state, cases))
    }

    /// The cases that the state of things proposes for a sitting, longest waiting first.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for a sitting that is not theirs, [`Failure::Denied`] for who does not keep its agenda.
    pub async fn proposals(&self, who: &Principal, id: SittingId) -> Result<Vec<Proposal>, Failure> {
        self.roll().await?;
        let (inner, asker) = (Arc::clone(&self.inner), who.clone());
        let proposals = self.inner.store.read(move |tx| {
            let state = inner.sitting_for(tx, &asker, id)?;
            if !chairs(&asker, inner.conference(state.board, &state.site)?, &state.site) {
                return Err(Failure::Denied);
            }
            inner.propose(tx, &asker, &state)
        });
        let proposals = proposals.await?;
        self.log_items(who, proposals.iter().map(|proposal| &proposal.item)).await?;
        Ok(proposals)
    }

    pub(super) async fn log_items<'i>(
        &self,
        who: &Principal,
        items: impl IntoIterator<Item = &'i ListItem>,
    ) -> Result<(), Failure> {
        let reading = Reading::of_list(who, Activity::Conference, items);
        self.log_read(who, Reading { purpose: domain::codes::Purpose::Conference, ..reading }).await
    }

    /// The case with a number, for the agenda of a sitting.
    ///
    /// # Errors
    /// A refusal for a number that is none, a case that is not there (or may not be known), or one of another site.
    pub async fn case_for_agenda(&self, who: &Principal, id: SittingId, number: &str) -> Result<TrajectoryId, Failure> {
        let asked = Number::parse(number)?;
        let (inner, who) = (Arc::clone(&self.inner), who.clone());
        self.inner
            .store
            .read(move |tx| {
                let state = inner.sitting_for(tx, &who, id)?;
                let unknown = || Failure::from(Refusal::new("case-unknown").field("number"));
                let (case, _) = asked.find(tx, &inner)?.ok_or_else(unknown)?;
                let scope = scope_of(&who)?;
                let found = views::file::case(tx, &who.org, case, inner.clock.today())?;
                let (_, site, stands) = found.ok_or_else(unknown)?;
                // of a site that is not theirs they learn nothing
                if !scope.covers(&site) || !scope.sees(stands.0, stands.1).contains(Category::Process) {
                    return Err(unknown());
                }
                inner.same_site(&state, &site)?;
                Ok(case)
            })
            .await
    }

    /// Places cases on the agenda of a sitting, each by a command of its own. What was placed before one is refused, stays.
    ///
    /// # Errors
    /// As [`Desk::execute`]; a refusal for a sitting that is over, or a case of another site.
    pub async fn place(
        &self,
        who: &Principal,
        command: CommandId,
        id: SittingId,
        cases: Vec<Placing>,
    ) -> Result<Vec<Done>, Failure> {
        let state = self.sitting(who, id).await?;
        if !matches!(state.stage, Stage::Planned | Stage::Open) {
            return Err(Refusal::new("sitting-stage").with("stage", state.stage.code()).into());
        }
        if cases.is_empty() {
            return Err(Refusal::new("choice-missing").field("cases").into());
        }
        let (inner, org, wanted) = (Arc::clone(&self.inner), who.org.clone(), cases.clone());
        let there = self.inner.store.read(move |tx| {
            for placing in &wanted {
                let found = views::file::case(tx, &org, placing.case, inner.clock.today())?;
                let (_, site, _) = found.ok_or(Failure::Hidden)?;
                inner.same_site(&state, &site)?;
            }
            Ok::<_, Failure>((state, inner.clock.today()))
        });
        let (state, today) = there.await?;
        let mut done = Vec::new();
        for (number, placing) in (0_u32..).zip(cases) {
            let Placing { case, why, question, also } = placing;
            let body = Tabled { sitting: id, board: state.board, why, question, also };
            let draft = Draft::new(body, today).codes(Codes { until: Some(state.on), ..Codes::default() });
            let target = Target::Trajectory(case);
            let order = Order { command: part_of(command, number), expected: None, target, drafts: vec![draft] };
            done.push(self.execute(who, order).await?);
        }
        Ok(done)
    }

    /// Takes a case off the agenda of a sitting.
    ///
    /// # Errors
    /// As [`Desk::execute`]; a refusal for a case that does not stand there.
    pub async fn take_off(
        &self,
        who: &Principal,
        command: CommandId,
        id: SittingId,
        case: TrajectoryId,
        reason: String,
    ) -> Result<Done, Failure> {
        let placed = self.placed(who, id, case).await?;
        let codes = Codes { about: Some(placed), ..Codes::default() };
        let draft = Draft::new(Untabled { reason }, self.inner.clock.today()).codes(codes);
        let order = Order { command, expected: None, target: Target::Trajectory(case), drafts: vec![draft] };
        self.execute(who, order).await
    }

    /// The fact that placed a case on the agenda of a sitting, where it stands now.
    pub(super) async fn placed(
        &self,
        who: &Principal,
        id: SittingId,
        case: TrajectoryId,
    ) -> Result<domain::ids::FactId, Failure> {
        let (inner, who) = (Arc::clone(&self.inner), who.clone());
        self.inner
            .store
            .read(move |tx| {
                let state = inner.sitting_for(tx, &who, id)?;
                let all = inner.on_agenda(tx, &scope_of(&who)?, &state)?;
                let found = all.iter().find(|one| one.row.trajectory == case);
                found.map(|one| one.fact).ok_or_else(|| Refusal::new("not-on-agenda").into())
            })
            .await
    }
}

/// The id of one of several commands that are sent at once: sent again, each has its own again.
pub(super) fn part_of(command: CommandId, number: u32) -> CommandId {
    if number == 0 {
        return command;
    }
    let mut hash = Sha256::new();
    hash.update(command.0.as_bytes());
    hash.update(number.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    CommandId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

impl Inner {
    fn same_site(&self, state: &Sitting, site: &domain::ids::SiteId) -> Result<(), Failure> {
        if *site == state.site {
            return Ok(());
        }
        Err(Refusal::new("case-other-site").with("site", site).field("number").into())
    }

    /// A row with the names that may be seen of it at this sitting.
    pub(super) fn listed(
        &self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        row: views::worklist::ListRow,
        see: access::Categories,
    ) -> Result<ListItem, Failure> {
        let key = self.reader(tx, scope.org(), row.participant)?;
        self.shown(key.as_deref(), row, see)
    }

    /// The state of a case as the record keeper reads it: for what follows from it, not to be shown.
    pub(super) fn state_of(
        &self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        case: TrajectoryId,
    ) -> Result<Option<Trajectory>, Failure> {
        let Some(row) = views::file::any(tx, scope, case, self.clock.today())? else { return Ok(None) };
        let (Some(sealed), Some(key)) = (&row.sealed, self.keys.key(row.participant)?) else { return Ok(None) };
        crate::load::open_trajectory(&key, case, sealed)
    }

    /// Whether a decision could be taken on a day.
    pub(super) fn readiness(&self, t: &Trajectory, on: Date, placed: Option<Date>) -> Result<Readiness, Failure> {
        let method = self.method(&t.method)?;
        let trial = Codes {
            scenario: t.scenario().cloned().or_else(|| "under-investigation".parse().ok()),
            ..Codes::default()
        };
        let refusal = t.possible(Kind::Decided, trial, method, on).err();
        let lead = self.programme.site(&t.site).map(|site| site.lead.clone());
        let all = lead.map(|lead| domain::term::terms(t, method, &lead)).unwrap_or_default();
        let waits = |rule: Rule| {
            matches!(
                rule,
                Rule::Screening
                    | Rule::Intake
                    | Rule::DossierRequest
                    | Rule::DossierDelivery
                    | Rule::DossierCheck
                    | Rule::Escalation
            )
        };
        // on the day of the sitting: who takes no part any more by then is not waited for
        let waiting = all.into_iter().filter(|term| waits(term.rule) && term.counts_on(on));
        let waiting = waiting.map(|term| (term.rule, term.waiting_on, term.end));
        let deliveries = t.deliveries.iter().filter_map(|delivery| {
            let last = delivery.delivered.last().copied()?;
            placed.filter(|placed| last > *placed).map(|_| (delivery.partner.clone(), last))
        });
        Ok(Readiness { refusal, waiting: waiting.collect(), delivered_since: deliveries.collect(), not_fresh: vec![] })
    }

    /// Names of who is invited for a kind of organisation that is to look with fresh eyes, and had a hand in a case before.
    fn not_fresh(&self, tx: &mut Tx<'_>, state: &Sitting, case: TrajectoryId) -> Result<Vec<String>, Failure> {
        let conference = self.conference(state.board, &state.site)?;
        let fresh = |org: &OrgId| self.kind_of(org).is_some_and(|kind| conference.fresh.contains(&kind));
        let asked: Vec<_> = state.invited.iter().filter(|member| fresh(&member.org)).collect();
        if asked.is_empty() {
            return Ok(vec![]);
        }
        let hands = self.hands(tx, state, case)?;
        let named = asked.into_iter().filter(|member| hands.contains(&member.user));
        Ok(named.filter_map(|member| Some(self.accounts.get(member.user)?.name)).collect())
    }

    pub(super) fn agenda_of(
        &self,
        tx: &mut Tx<'_>,
        who: &Principal,
        state: &Sitting,
    ) -> Result<Vec<AgendaCase>, Failure> {
        let scope = scope_of(who)?;
        let minutes = self.conference(state.board, &state.site)?.case_minutes;
        let mut out = Vec::new();
        for (place, one) in (1..).zip(self.on_agenda(tx, &scope, state)?) {
            let case = one.row.trajectory;
            let see = self.member_sees(&scope, who, state, &one.row);
            if !see.contains(Category::Process) {
                continue;
            }
            let Some(t) = self.state_of(tx, &scope, case)? else { continue };
            let tabling = t.tablings.iter().find(|tabling| tabling.fact == one.fact);
            let mut also = views::agenda::open_at(tx, case)?;
            also.retain(|other| *other != state.id);
            let mut ready = self.readiness(&t, state.on, Some(one.since))?;
            ready.not_fresh = self.not_fresh(tx, state, case)?;
            if !see.contains(Category::Dossier) {
                ready.delivered_since.clear();
            }
            out.push(AgendaCase {
                place,
                minutes: state.slots.iter().find(|slot| slot.case == case).map_or(minutes, |slot| slot.minutes),
                outcome: one.outcome,
                tabled: tabling.and_then(|tabling| tabling.detail.clone()),
                ready,
                also,
                item: self.listed(tx, &scope, one.row, see)?,
            });
        }
        Ok(out)
    }

    fn propose(&self, tx: &mut Tx<'_>, who: &Principal, state: &Sitting) -> Result<Vec<Proposal>, Failure> {
        let scope = scope_of(who)?;
        let conference = self.conference(state.board, &state.site)?;
        let there = self.cases_at(tx, state.id)?;
        let mut out = Vec::new();
        for (asking, why) in self.asking(tx, &scope, state.board, &state.site, state.on)? {
            if there.contains(&asking.row.trajectory) || !conference.proposes.contains(&why) || out.len() == MOST {
                continue;
            }
            let see = scope.sees(asking.row.case.0, asking.row.case.1);
            let Some(t) = self.state_of(tx, &scope, asking.row.trajectory)? else { continue };
            let ready = self.readiness(&t, state.on, None)?;
            let also = views::agenda::open_at(tx, asking.row.trajectory)?;
            let (since, due) = (asking.start, asking.due);
            out.push(Proposal { item: self.listed(tx, &scope, asking.row, see)?, why, since, due, ready, also });
        }
        Ok(out)
    }

    /// The cases of a site that ask for a place at a body on a day, each once with its first reason, longest waiting first.
    pub(super) fn asking(
        &self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        board: domain::codes::Board,
        site: &domain::ids::SiteId,
        on: Date,
    ) -> Result<Vec<(Asking, Why)>, Failure> {
        let all = self.terms_asking(tx, scope, board, site, on)?;
        self.first_reasons(tx, scope, board, all)
    }

    /// The terms by which cases of a site ask for a place at a body on a day, as far as one sees them.
    pub(super) fn terms_asking(
        &self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        board: domain::codes::Board,
        site: &domain::ids::SiteId,
        on: Date,
    ) -> Result<Vec<Asking>, Failure> {
        let conference = self.conference(board, site)?;
        let ahead = on.saturating_add(jiff::Span::new().days(i64::from(conference.review_ahead_days)));
        let mut all = views::agenda::asking(tx, scope, site, on, self.clock.today())?;
        all.retain(|asking| scope.sees(asking.row.case.0, asking.row.case.1).contains(Category::Process));
        all.retain(|asking| match asking.rule {
            Rule::Review => asking.due.is_some_and(|due| due <= ahead),
            // only when it has been too long
            Rule::Undecided => asking.due.is_some_and(|due| due < on),
            _ => true,
        });
        Ok(all)
    }

    /// Each case once, with its first reason.
    pub(super) fn first_reasons(
        &self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        board: domain::codes::Board,
        all: Vec<Asking>,
    ) -> Result<Vec<(Asking, Why)>, Failure> {
        let mut out: Vec<(Asking, Why)> = Vec::new();
        for asking in all {
            let (rank, reason) = why(asking.rule);
            if reason == Why::Sent {
                // which body it was sent to stands in the case
                let t = self.state_of(tx, scope, asking.row.trajectory)?;
                let to = t.as_ref().and_then(|t| t.escalation()?.detail.as_ref()).map(|sent| sent.to);
                if to != Some(board) {
                    continue;
                }
            }
            match out.iter_mut().find(|(known, _)| known.row.trajectory == asking.row.trajectory) {
                Some(known) if why(known.0.rule).0 > rank => *known = (asking, reason),
                Some(_) => {}
                None => out.push((asking, reason)),
            }
        }
        out.sort_by_key(|(asking, _)| (asking.start, asking.row.trajectory));
        Ok(out)
    }
}
