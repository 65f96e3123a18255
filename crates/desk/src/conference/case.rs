//! A case as someone sees it at a table: what they see by task or site, and by the agenda, for conferring alone.

use std::{collections::BTreeMap, sync::Arc};

use access::{Categories, Principal, Reach, Relation, Scope};
use domain::{
    agenda::{End, Tabled},
    codes::{Category, OrgKind, Purpose, Role},
    ids::{FactId, OrgId, SittingId, TrajectoryId, UserId},
    sitting::{Seat, Sitting, Stage},
};
use jiff::civil::Date;
use journal::Tx;
use views::agenda::OnAgenda;

use super::scope_of;
use crate::{
    Desk, Failure, File, Inner, OpenedDocument,
    read_log::{Activity, Reading},
    redact::Part,
};

/// A case on the agenda, opened for who asks.
#[derive(Debug, Clone)]
pub struct CaseAtTable {
    /// Its place, from 1.
    pub place: usize,
    /// Minutes for it.
    pub minutes: u16,
    /// Since when it stands there.
    pub since: Date,
    /// What came of it; none while it waits.
    pub outcome: Option<End>,
    /// Why it stands there, and what is asked.
    pub tabled: Option<Tabled>,
    /// The case, cut down to what may be seen.
    pub file: File,
    /// Categories that who asks could see, and that are left out because of someone else in the room.
    pub withheld: Vec<Category>,
}

impl Desk {
    /// The cases of a sitting as one member sees them: their pack.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for a sitting that is not theirs.
    pub async fn pack(&self, who: &Principal, id: SittingId) -> Result<(Sitting, Vec<CaseAtTable>), Failure> {
        self.table_of(who, id, false, None).await
    }

    /// The same, of one case.
    ///
    /// # Errors
    /// As [`Desk::pack`]; also for a case that is not on it.
    pub async fn pack_case(
        &self,
        who: &Principal,
        id: SittingId,
        case: TrajectoryId,
    ) -> Result<(Sitting, CaseAtTable), Failure> {
        let (state, mut cases) = self.table_of(who, id, false, Some(case)).await?;
        Ok((state, cases.pop().ok_or(Failure::Hidden)?))
    }

    /// A document that was released to the body of a sitting, for a member whose pack it is in; one line in the read log.
    ///
    /// # Errors
    /// As [`Desk::pack_case`]; also for a document that is not in that member's pack.
    pub async fn pack_document(
        &self,
        who: &Principal,
        id: SittingId,
        case: TrajectoryId,
        fact: FactId,
    ) -> Result<OpenedDocument, Failure> {
        let (inner, asker) = (Arc::clone(&self.inner), who.clone());
        let read = self.inner.store.read(move |tx| {
            let state = inner.sitting_for(tx, &asker, id)?;
            inner.cases_of(tx, &asker, &state, false, Some(case))?.pop().ok_or(Failure::Hidden)
        });
        self.open_document(who, &read.await?.file, fact, Purpose::Conference).await
    }

    /// The cases of a sitting as everyone in the room may see them: the intersection.
    ///
    /// # Errors
    /// As [`Desk::pack`].
    pub async fn screen(&self, who: &Principal, id: SittingId) -> Result<(Sitting, Vec<CaseAtTable>), Failure> {
        self.table_of(who, id, true, None).await
    }

    /// The same, of one case.
    ///
    /// # Errors
    /// As [`Desk::pack_case`].
    pub async fn screen_case(
        &self,
        who: &Principal,
        id: SittingId,
        case: TrajectoryId,
    ) -> Result<(Sitting, CaseAtTable), Failure> {
        let (state, mut cases) = self.table_of(who, id, true, Some(case)).await?;
        Ok((state, cases.pop().ok_or(Failure::Hidden)?))
    }

    async fn table_of(
        &self,
        who: &Principal,
        id: SittingId,
        screen: bool,
        only: Option<TrajectoryId>,
    ) -> Result<(Sitting, Vec<CaseAtTable>), Failure> {
        self.roll().await?;
        let (inner, asker) = (Arc::clone(&self.inner), who.clone());
        let read = self.inner.store.read(move |tx| {
            let state = inner.sitting_for(tx, &asker, id)?;
            let cases = inner.cases_of(tx, &asker, &state, screen, only)?;
            Ok::<_, Failure>((state, cases))
        });
        let (state, cases) = read.await?;
        self.log_cases(who, &cases).await?;
        Ok((state, cases))
    }

    /// One line for everyone on the page.
    pub(super) async fn log_cases(&self, who: &Principal, cases: &[CaseAtTable]) -> Result<(), Failure> {
        let files = || cases.iter().map(|case| &case.file);
        let categories = files().flat_map(|file| file.standing.any().iter().collect::<Vec<_>>()).collect();
        let reading = Reading {
            activity: Activity::Conference,
            purpose: Purpose::Conference,
            categories,
            subjects: files().map(|file| file.person.id).collect(),
            relation: files().map(|file| file.standing.relation()).max().unwrap_or(Relation::Agenda),
        };
        self.log_read(who, reading).await
    }
}

/// What is seen of a case: whole, and at all.
type Seen = (Categories, Categories);

/// Someone at the table, or one of those whom a guest could be.
struct Viewer {
    scope: Scope,
    /// Whether the agenda counts for them.
    invited: bool,
}

/// How someone stands to a case on an agenda: by task or site, and by the agenda while it shows its cases.
fn stands_by(
    scope: &Scope,
    invited: bool,
    state: &Sitting,
    case: (Relation, access::State),
    site: &str,
) -> Vec<(Relation, access::State)> {
    let mut cases = Vec::new();
    if scope.sites().iter().any(|own| own.as_str() == site) {
        cases.push(case);
        if state.stage.shows_cases() && invited {
            cases.push((Relation::Agenda, case.1));
        }
    }
    cases
}

/// In the order that was set; what was placed since comes last.
fn in_order(state: &Sitting, mut all: Vec<OnAgenda>) -> Vec<OnAgenda> {
    all.retain(|one| !matches!(one.outcome, Some(End::TakenOff | End::Ended)));
    let place = |case: TrajectoryId| state.slots.iter().position(|slot| slot.case == case).unwrap_or(usize::MAX);
    // placed again after it was postponed at the same sitting, also on the same day: the last counts
    all.sort_by_key(|one| (place(one.row.trajectory), one.since, one.outcome.is_none()));
    let mut out: Vec<OnAgenda> = Vec::new();
    for one in all {
        match out.iter_mut().find(|known| known.row.trajectory == one.row.trajectory) {
            Some(known) => *known = one,
            None => out.push(one),
        }
    }
    out
}

impl Inner {
    /// The cases that stand or stood on the agenda of a sitting, in its order.
    pub(super) fn on_agenda(&self, tx: &mut Tx<'_>, scope: &Scope, state: &Sitting) -> Result<Vec<OnAgenda>, Failure> {
        Ok(in_order(state, views::agenda::of_sitting(tx, scope, state.id, self.clock.today())?))
    }

    /// Every case of a sitting that may be seen, or one of them, opened.
    pub(super) fn cases_of(
        &self,
        tx: &mut Tx<'_>,
        who: &Principal,
        state: &Sitting,
        screen: bool,
        only: Option<TrajectoryId>,
    ) -> Result<Vec<CaseAtTable>, Failure> {
        let (scope, today) = (scope_of(who)?, self.clock.today());
        let minutes = self.conference(state.board, &state.site)?.case_minutes;
        let room = if screen { Some(self.room(tx, state)?) } else { None };
        let mut out = Vec::new();
        for (place, one) in (1..).zip(self.on_agenda(tx, &scope, state)?) {
            let id = one.row.trajectory;
            if only.is_some_and(|only| only != id) {
                continue;
            }
            let own = stands_by(&scope, state.invites(who.user), state, one.row.case, &one.row.site);
            let standing = scope.standing(own);
            let see = standing.categories();
            let (whole, any) = match &room {
                Some(room) => room.get(&id).copied().unwrap_or_default(),
                None => (see, standing.any()),
            };
            let (shown, standing) = (see.both(whole), standing.within(whole, any));
            // what may not be seen does not exist; in the room the number of the case is left
            if !see.contains(Category::Process) {
                continue;
            }
            let Some(row) = views::file::any(tx, &scope, id, today)? else { continue };
            let Some(key) = self.reader(tx, scope.org(), row.participant)? else { continue };
            // what there is of this person beside the case is not on the table
            let mut file = match self.opened(&scope, &row, &key, standing, today) {
                Err(Failure::Hidden) => continue,
                other => other?,
            };
            self.keep_released(&mut file, state, screen);
            let tabling = file.trajectory.tablings.iter().find(|tabling| tabling.fact == one.fact);
            let tabled =
                tabling.and_then(|tabling| tabling.detail.clone()).filter(|_| shown.contains(Category::Process));
            let slot = state.slots.iter().find(|slot| slot.case == id);
            out.push(CaseAtTable {
                place,
                minutes: slot.map_or(minutes, |slot| slot.minutes),
                since: one.since,
                outcome: one.outcome,
                tabled,
                withheld: see.iter().filter(|category| !shown.contains(*category)).collect(),
                file,
            });
        }
        Ok(out)
    }

    /// Of the documents the table has those that were released to this body and that its reader may open; the screen, those
    /// that everyone in the room may open.
    fn keep_released(&self, file: &mut File, state: &Sitting, screen: bool) {
        let seats = if screen { state.seats() } else { &[] };
        let kinds: Vec<OrgKind> = seats.iter().map(|seat| self.kind_at(seat)).collect();
        let today = self.clock.today();
        let Some(method) = self.programme.method(&file.trajectory.method) else { return };
        // where someone in the room sees the dossier item by item, what was not agreed shows to nobody
        if screen && !file.standing.sees(Category::Dossier) {
            for kind in &kinds {
                Part { own: None, kind: *kind, today }.keep(&mut file.trajectory, method);
            }
        }
        let t = &file.trajectory;
        let shown = t.documents.iter().filter(|document| {
            document.is_released_to(state.board)
                && file.openable.contains(&document.fact)
                && kinds.iter().all(|kind| document.agreed_for(*kind, t, method, today))
        });
        file.openable = shown.map(|document| document.fact).collect();
        file.keep_documents(|document, openable| openable.contains(&document.fact));
    }

    /// Of whom nobody knows the kind of organisation sees the least.
    fn kind_at(&self, seat: &Seat) -> OrgKind {
        self.kind_of(&seat.org).unwrap_or(OrgKind::Research)
    }

    /// What a member sees of a row on the agenda.
    pub(super) fn member_sees(
        &self,
        scope: &Scope,
        who: &Principal,
        state: &Sitting,
        row: &views::worklist::ListRow,
    ) -> Categories {
        scope.standing(stands_by(scope, state.invites(who.user), state, row.case, &row.site)).categories()
    }

    /// What everyone at the table may see of each case: whole, and at all. Nobody at the table: nothing is shown.
    fn room(&self, tx: &mut Tx<'_>, state: &Sitting) -> Result<BTreeMap<TrajectoryId, Seen>, Failure> {
        let seats = if state.stage == Stage::Open { state.seats() } else { &[] };
        let seats: Vec<Vec<Viewer>> = seats.iter().map(|seat| self.viewers(state, seat)).collect();
        // who has no part in conferences sees nothing here, and so does the room
        if seats.is_empty() || seats.iter().any(Vec::is_empty) {
            return Ok(BTreeMap::new());
        }
        let viewers: Vec<Viewer> = seats.into_iter().flatten().collect();
        let mut orgs: Vec<OrgId> = viewers.iter().map(|viewer| viewer.scope.org().clone()).collect();
        orgs.sort();
        orgs.dedup();
        let mut all: BTreeMap<TrajectoryId, Seen> = BTreeMap::new();
        for stand in views::agenda::stands(tx, state.id, &orgs, self.clock.today())? {
            for viewer in viewers.iter().filter(|viewer| *viewer.scope.org() == stand.org) {
                let own = stands_by(&viewer.scope, viewer.invited, state, stand.stands, &stand.site);
                let sees = viewer.scope.standing(own);
                let (whole, any) = (sees.categories(), sees.any());
                let entry = all.entry(stand.case).or_insert((whole, any));
                *entry = (entry.0.both(whole), entry.1.both(any));
            }
        }
        Ok(all)
    }

    /// As whom someone at the table sees: themselves, or without an account each role that their kind of organisation could
    /// send; the room sees what all of these do.
    fn viewers(&self, state: &Sitting, seat: &Seat) -> Vec<Viewer> {
        let account = seat.user.and_then(|user| self.accounts.get(user));
        if let Some(who) = account.and_then(|account| self.principal_of(&account)) {
            let invited = state.invites(who.user);
            return scope_of(&who).map(|scope| Viewer { scope, invited }).into_iter().collect();
        }
        let kind = self.kind_at(seat);
        let nobody = UserId(uuid::Uuid::nil());
        let roles = Role::ALL.iter().filter_map(|role| {
            let who = self.someone(nobody, &seat.name, *role, &seat.org, kind, vec![state.site.clone()]);
            let scope = access::scope_for(&who, Reach::Agenda, Purpose::Conference).ok()?;
            Some(Viewer { scope, invited: true })
        });
        roles.collect()
    }

    /// The cases on the agenda of a sitting, by id: for acts on the sitting, which show nothing.
    pub(super) fn cases_at(&self, tx: &mut Tx<'_>, id: SittingId) -> Result<Vec<TrajectoryId>, Failure> {
        Ok(views::agenda::cases(tx, id)?)
    }
}
