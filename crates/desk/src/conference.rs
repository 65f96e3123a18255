//! Conferences: sittings planned, held and minuted; who may do and see what at one.
//!
//! `log` keeps a sitting, `case` opens a case for someone at the table, `agenda` places cases, `deal` records what came of
//! them, `minutes` drafts and fixes, `plan` plans one or a series, `throughput` counts what waits.

mod agenda;
mod case;
mod deal;
mod log;
mod minutes;
mod plan;
mod throughput;

use std::{collections::BTreeSet, sync::Arc};

use access::{Principal, Reach, Scope, Standing, Strength};
use domain::{
    agenda::End,
    codes::{Board, OrgKind, Purpose, Role},
    fact::Kind,
    ids::{CommandId, OrgId, SiteId, SittingId, Stream, TrajectoryId, UserId},
    programme::Conference,
    refusal::Refusal,
    sitting::{self, Act, Counted, Line, Member, Quorum, Rules, Seat, Sitting},
};
use jiff::civil::Date;
use journal::Tx;
use sha2::{Digest as _, Sha256};

pub use agenda::{AgendaCase, Placing, Proposal, Readiness};
pub use case::CaseAtTable;
pub use deal::Deal;
pub use log::{SittingLog, SittingRow};
pub use minutes::{Minuted, Minutes};
pub use plan::{MOST_AT_ONCE, Plan};
pub use throughput::{Queued, SHOWN, SittingCount, Throughput};

use crate::{Account, Desk, Failure, Inner};
use minutes::Drafted;

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = log::SQL;

/// A sitting in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SittingItem {
    /// The sitting.
    pub row: SittingRow,
    /// Cases that stand on its agenda.
    pub open: u32,
    /// Cases that were dealt with.
    pub dealt: u32,
    /// Whether who asks is invited.
    pub invited: bool,
    /// Whether they keep its agenda.
    pub chairs: bool,
}

/// Whether someone has a part in conferences at all.
pub fn confers(who: &Principal) -> bool {
    access::scope_for(who, Reach::Agenda, Purpose::Conference).is_ok()
}

/// Whether someone is in the chair of a body at a site: of the organisation that chairs, and may record what is decided.
pub fn chairs(who: &Principal, conference: &Conference, site: &SiteId) -> bool {
    let decides = Standing::of_new_case(who).may_record(Kind::Escalated);
    confers(who) && decides && who.org_kind == conference.chair && who.sites.contains(site)
}

/// What someone may see at a table; conferring is the purpose whatever else they work for now.
fn scope_of(who: &Principal) -> Result<Scope, Failure> {
    access::scope_for(who, Reach::Agenda, Purpose::Conference).map_err(|_| Failure::Hidden)
}

/// What a command says, so that the same id with other content is noticed.
pub(crate) fn digest(who: UserId, what: &impl std::fmt::Debug) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(who.0.as_bytes());
    // the derived form shows every field; it is hashed, never kept or shown
    hash.update(format!("{what:?}"));
    hash.finalize().into()
}

impl Desk {
    /// The sittings at one's sites that one keeps or is invited to, latest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who has no part in conferences.
    pub async fn sittings(&self, who: &Principal) -> Result<Vec<SittingItem>, Failure> {
        let scope = access::scope_for(who, Reach::Agenda, Purpose::Conference)?;
        let (inner, who) = (Arc::clone(&self.inner), who.clone());
        let read = self.inner.store.read(move |tx| {
            let mut rows = Vec::new();
            for site in scope.sites() {
                rows.extend(log::of_site(tx, site)?);
            }
            let counts = views::agenda::outcomes(tx)?;
            let of = |id| counts.iter().filter(move |(known, ..)| *known == id).map(|(_, end, count)| (*end, *count));
            inner.listed_sittings(tx, &who, rows, |_, id| Ok(of(id).collect()))
        });
        read.await
    }

    /// Of these, the ones that ask for something now: planned until a day, going on, or with minutes that are a draft.
    ///
    /// # Errors
    /// As [`Desk::sittings`].
    pub async fn sittings_now(&self, who: &Principal, until: Date) -> Result<Vec<SittingItem>, Failure> {
        let scope = access::scope_for(who, Reach::Agenda, Purpose::Conference)?;
        let (inner, who) = (Arc::clone(&self.inner), who.clone());
        let read = self.inner.store.read(move |tx| {
            let mut rows = Vec::new();
            for site in scope.sites() {
                rows.extend(log::open_at_site(tx, site, until)?);
            }
            inner.listed_sittings(tx, &who, rows, |tx, id| Ok(views::agenda::outcomes_of(tx, id)?))
        });
        read.await
    }

    /// A sitting that one keeps or is invited to.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for any other.
    pub async fn sitting(&self, who: &Principal, id: SittingId) -> Result<Sitting, Failure> {
        let (inner, who) = (Arc::clone(&self.inner), who.clone());
        self.inner.store.read(move |tx| inner.sitting_for(tx, &who, id)).await
    }

    /// Carries out an act on a sitting. `expected`: the version the form was made for.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for a sitting that is not theirs, [`Failure::Denied`] for what is the chair's, [`Failure::Overtaken`] when
    /// someone else acted meanwhile, a refusal for what makes no sense now.
    pub async fn act_on_sitting(
        &self,
        who: &Principal,
        command: CommandId,
        id: SittingId,
        expected: Option<u32>,
        act: Act,
    ) -> Result<Sitting, Failure> {
        let (inner, who) = (Arc::clone(&self.inner), who.clone());
        let said = digest(who.user, &(id, &act));
        // histories are opened on a snapshot: the one writer waits for nobody's keys
        let minutes = if about_minutes(&act) {
            let (inner, who) = (Arc::clone(&self.inner), who.clone());
            self.inner.store.read(move |tx| inner.drafted_for(tx, &who, id)).await?
        } else {
            Drafted::default()
        };
        self.inner
            .store
            .write(move |tx| {
                let state = inner.sitting_for(tx, &who, id)?;
                if inner.repeated(tx, command, &said)? {
                    return Ok(state);
                }
                if about_minutes(&act) && !minutes.stands(tx, &state)? {
                    return Err(Refusal::new("minutes-changed").into());
                }
                let state = inner.act(tx, &who, &state, expected, act, &minutes)?;
                let now = inner.clock.business();
                journal::command::remember(tx, command, &said, who.user, "sitting", now)?;
                Ok(state)
            })
            .await
    }

    /// Who can be invited to a body at a site: colleagues of its members who have a part in conferences.
    ///
    /// # Errors
    /// A refusal when the site has no such body.
    pub fn invitable(&self, board: Board, site: &SiteId) -> Result<Vec<Account>, Failure> {
        let conference = self.inner.conference(board, site)?;
        Ok(self.inner.invitable(conference, site))
    }

    /// The kinds of organisation that could decide on a case now (or on anything), and those that are missing.
    ///
    /// # Errors
    /// A refusal when the programme no longer has this body.
    pub async fn quorum(&self, sitting: &Sitting, case: Option<TrajectoryId>) -> Result<Quorum, Failure> {
        let (inner, sitting) = (Arc::clone(&self.inner), sitting.clone());
        self.inner.store.read(move |tx| inner.quorum(tx, &sitting, case)).await
    }
}

/// Whether an act names the minutes as they stand.
const fn about_minutes(act: &Act) -> bool {
    matches!(act, Act::Confirmed { .. } | Act::Contested { .. } | Act::Fixed { .. })
}

/// Whether an outcome counts as dealt with; what was taken off, or ended elsewhere, counts nowhere.
fn counts_as(end: Option<End>, done: bool) -> bool {
    match end {
        None => !done,
        Some(End::TakenOff | End::Ended) => false,
        Some(_) => done,
    }
}

impl Inner {
    pub(crate) fn conference(&self, board: Board, site: &SiteId) -> Result<&Conference, Failure> {
        let found = self.programme.conference(board, site);
        found.ok_or_else(|| Refusal::new("conference-unknown").field("board").into())
    }

    fn kind_of(&self, org: &OrgId) -> Option<OrgKind> {
        self.programme.org(org).map(|org| org.kind)
    }

    fn quorum(&self, tx: &mut Tx<'_>, state: &Sitting, case: Option<TrajectoryId>) -> Result<Quorum, Failure> {
        let conference = self.conference(state.board, &state.site)?;
        let of_case = match case {
            Some(case) => views::file::method(tx, case)?,
            None => None,
        };
        // a case goes by its own way of working, all else by that of the day
        let of_day = || self.programme.method_on(&state.site, state.on).map(|method| method.id.clone());
        let gone = of_case.or_else(of_day);
        let gone = gone.map(|method| self.programme.absent_kinds(conference, &state.site, &method, state.on));
        let hands = match case {
            Some(case) if !conference.fresh.is_empty() => self.hands(tx, state, case)?,
            _ => BTreeSet::new(),
        };
        let (kind_of, gone) = (|org: &OrgId| self.kind_of(org), gone.unwrap_or_default());
        Ok(state.quorum(Counted { conference, case, kind_of: &kind_of, gone: &gone, hands: &hands }))
    }

    /// Who had a hand in a case before it came to a sitting: in its history, or at the table of another body.
    pub(crate) fn hands(
        &self,
        tx: &mut Tx<'_>,
        state: &Sitting,
        case: TrajectoryId,
    ) -> Result<BTreeSet<UserId>, Failure> {
        let Some(subject) = views::file::whose(tx, case)? else { return Ok(BTreeSet::new()) };
        let mut all = sitting::hands(&self.history(tx, Stream::Trajectory(case), subject)?, state.id);
        for other in views::agenda::sittings_of(tx, case)? {
            match self.sitting(tx, other) {
                Ok(other) if other.board != state.board => all.extend(sitting::sat_over(&other, case)),
                // a history that was taken in without the logs of its sittings
                Ok(_) | Err(Failure::Hidden) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(all)
    }

    fn invitable(&self, conference: &Conference, site: &SiteId) -> Vec<Account> {
        let mut all = self.accounts.at(site);
        all.retain(|account| {
            let member = self.kind_of(&account.org).is_some_and(|kind| conference.members.contains(&kind));
            member && self.principal_of(account).is_some_and(|who| confers(&who))
        });
        all
    }

    /// The members with these accounts; each has to be one who can be invited.
    fn members(&self, site: &SiteId, conference: &Conference, users: &[UserId]) -> Result<Vec<Member>, Failure> {
        let known = self.invitable(conference, site);
        let mut out = Vec::new();
        for user in users {
            let account = known.iter().find(|account| account.user == *user);
            let account = account.ok_or_else(|| Refusal::new("member-unknown").field("members"))?;
            out.push(Member { user: *user, org: account.org.clone() });
        }
        if out.is_empty() {
            return Err(Refusal::new("choice-missing").field("members").into());
        }
        Ok(out)
    }

    /// Who an account is, as if they were signed in as surely as can be: what they could see here.
    pub(crate) fn principal_of(&self, account: &Account) -> Option<Principal> {
        let kind = self.kind_of(&account.org)?;
        let sites = self.under_agreement(&account.org, account.sites.clone());
        Some(self.someone(account.user, &account.name, account.role, &account.org, kind, sites))
    }

    pub(crate) fn someone(
        &self,
        user: UserId,
        name: &str,
        role: Role,
        org: &OrgId,
        org_kind: OrgKind,
        sites: Vec<SiteId>,
    ) -> Principal {
        Principal {
            user,
            name: name.to_owned(),
            role,
            org: org.clone(),
            org_kind,
            sites,
            strength: Strength::SecondFactor,
            settings: self.settings,
            purpose: Purpose::Conference,
            trace: access::Trace::default(),
        }
    }

    /// A sitting that someone keeps or is invited to.
    fn sitting_for(&self, tx: &mut Tx<'_>, who: &Principal, id: SittingId) -> Result<Sitting, Failure> {
        let scope = scope_of(who)?;
        let state = self.sitting(tx, id)?;
        let own = scope.covers(&state.site);
        let conference = self.conference(state.board, &state.site)?;
        if own && (state.invites(who.user) || chairs(who, conference, &state.site)) {
            return Ok(state);
        }
        Err(Failure::Hidden)
    }

    /// Rows as a list shows them to someone: those that they keep or are invited to, with how many cases came to what.
    fn listed_sittings(
        &self,
        tx: &mut Tx<'_>,
        who: &Principal,
        rows: Vec<SittingRow>,
        outcomes: impl Fn(&mut Tx<'_>, SittingId) -> Result<Vec<(Option<End>, u32)>, Failure>,
    ) -> Result<Vec<SittingItem>, Failure> {
        let invited = log::invites(tx, who.user)?;
        let mut out = Vec::new();
        for row in rows {
            let conference = self.programme.conference(row.board, &row.site);
            let chairs = conference.is_some_and(|conference| chairs(who, conference, &row.site));
            let invited = invited.contains(&row.id);
            if !chairs && !invited {
                continue;
            }
            let counts = outcomes(tx, row.id)?;
            let of = |done: bool| counts.iter().filter(|(end, _)| counts_as(*end, done)).map(|(_, count)| *count).sum();
            out.push(SittingItem { open: of(false), dealt: of(true), row, invited, chairs });
        }
        out.sort_by_key(|item| std::cmp::Reverse((item.row.on, item.row.at)));
        Ok(out)
    }

    /// Whether a command was carried out before.
    pub(crate) fn repeated(&self, tx: &mut Tx<'_>, command: CommandId, said: &[u8; 32]) -> Result<bool, Failure> {
        match journal::command::find(tx, command)? {
            Some((kept, _)) if kept == *said => Ok(true),
            Some(_) => Err(Failure::ReusedCommand),
            None => Ok(false),
        }
    }

    /// One act on a sitting, by someone who may.
    fn act(
        &self,
        tx: &mut Tx<'_>,
        who: &Principal,
        state: &Sitting,
        expected: Option<u32>,
        act: Act,
        minutes: &Drafted,
    ) -> Result<Sitting, Failure> {
        let conference = self.conference(state.board, &state.site)?;
        // who was there confirms and contests; all else is the chair's
        let own = matches!(act, Act::Confirmed { .. } | Act::Contested { .. });
        if !own && !chairs(who, conference, &state.site) {
            return Err(Failure::Denied);
        }
        if expected.is_some_and(|expected| expected != state.version) {
            return Err(Failure::Overtaken);
        }
        let act = self.completed(tx, state, conference, act, minutes)?;
        let (fix_from, gone) = (self.fix_from(state, minutes)?, self.without_account(state));
        let rules = Rules { today: self.clock.today(), digest: &minutes.digest, fix_from, gone: &gone };
        let line = Line { number: state.version + 1, at: self.clock.business(), by: who.user, act };
        let next = state.take(&line, rules)?;
        self.append(tx, &next, &line)?;
        Ok(next)
    }

    /// What of an act is for this room to say: organisations of accounts, the facts of fixed minutes, cases that do stand on
    /// the agenda.
    fn completed(
        &self,
        tx: &mut Tx<'_>,
        state: &Sitting,
        conference: &Conference,
        act: Act,
        minutes: &Drafted,
    ) -> Result<Act, Failure> {
        Ok(match act {
            Act::Invited { members } => {
                let users: Vec<UserId> = members.iter().map(|member| member.user).collect();
                Act::Invited { members: self.members(&state.site, conference, &users)? }
            }
            Act::Attended { seats } => Act::Attended {
                seats: seats.into_iter().map(|seat| self.seated(state, seat)).collect::<Result<_, _>>()?,
            },
            Act::Ordered { mut slots } => {
                let there = self.cases_at(tx, state.id)?;
                slots.retain(|slot| there.contains(&slot.case));
                Act::Ordered { slots }
            }
            Act::Fixed { digest, .. } => Act::Fixed { digest, facts: minutes.facts.clone() },
            other => other,
        })
    }

    /// Someone with an account sits for their own organisation; a guest for a partner of the site.
    fn seated(&self, state: &Sitting, seat: Seat) -> Result<Seat, Failure> {
        let Some(user) = seat.user else {
            let conference = self.conference(state.board, &state.site)?;
            if !self.programme.seats_at(conference, &state.site).contains(&seat.org) {
                return Err(Refusal::new("not-a-partner").with("partner", &seat.org).field("seats").into());
            }
            return Ok(seat);
        };
        let account = self.accounts.get(user).filter(|_| state.invites(user));
        let account = account.ok_or_else(|| Refusal::new("seat-not-invited").field("seats"))?;
        Ok(Seat { org: account.org, name: account.name, ..seat })
    }
}

impl Desk {
    /// Who an account is, for what the demonstration does in their name.
    pub fn acting(&self, user: UserId) -> Option<Principal> {
        self.inner.principal_of(&self.inner.accounts.get(user)?)
    }

    /// Takes in sittings that were held, each as its log tells until it was closed. When the minutes were fixed by now, everyone
    /// who was there confirmed them then. What is there already stays as it is.
    ///
    /// # Errors
    /// When a log makes no sense, or the store fails; then nothing is changed.
    pub fn take_in_sittings(&self, held: Vec<(SittingId, Vec<Line>, jiff::Timestamp)>) -> Result<usize, Failure> {
        let inner = Arc::clone(&self.inner);
        let now = self.inner.clock.business();
        self.inner.store.write_blocking(move |tx| {
            let mut count = 0;
            for (id, mut lines, fixed) in held {
                if !inner.lines(tx, id)?.is_empty() {
                    continue;
                }
                inner.put_sittings(tx, &[(id, lines.clone())])?;
                count += 1;
                if fixed > now {
                    continue;
                }
                let state = Sitting::of(id, &lines)?;
                let Drafted { digest, facts, .. } = inner.drafted(tx, &state)?;
                let there: Vec<UserId> = state.seats_of_all().iter().filter_map(|seat| seat.user).collect();
                let confirmed = there.into_iter().map(|by| (by, Act::Confirmed { digest: digest.clone() }));
                let fix = (state.planned_by, Act::Fixed { digest: digest.clone(), facts });
                for (by, act) in confirmed.chain([fix]) {
                    let number = u32::try_from(lines.len()).unwrap_or(u32::MAX).saturating_add(1);
                    lines.push(Line { number, at: fixed, by, act });
                    inner.append(tx, &Sitting::of(id, &lines)?, &lines[lines.len() - 1])?;
                }
            }
            Ok::<_, Failure>(count)
        })
    }
}
