//! How many cases wait, for how long, and how many each sitting deals with: counts for arithmetic, never a forecast about
//! how a case ends.

use std::sync::Arc;

use access::{Principal, Reach};
use domain::{
    agenda::End,
    codes::{Board, Purpose, Why},
    date::days,
    ids::{SiteId, SittingId},
    sitting::Stage,
    term::Rule,
};
use jiff::{ToSpan as _, civil::Date};

use super::{counts_as, log};
use crate::{Desk, Failure, ListItem};

/// Days that are looked back on.
const LOOK_BACK: i64 = 182;

/// Cases on a page.
pub const SHOWN: usize = 20;

/// A case that waits for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// What it waits for.
    pub why: Why,
    /// Since when.
    pub since: Date,
    /// Days until today.
    pub days: i32,
    /// The sitting on whose agenda it stands, and its day.
    pub at: Option<(SittingId, Date)>,
}

/// What a sitting was and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SittingCount {
    /// The sitting.
    pub id: SittingId,
    /// Day.
    pub on: Date,
    /// How far it is.
    pub stage: Stage,
    /// Cases that stand on its agenda and wait.
    pub open: u32,
    /// Cases that were dealt with.
    pub dealt: u32,
    /// Minutes it was planned for.
    pub minutes: u16,
    /// Minutes from opening to closing, when it was held.
    pub took: Option<i64>,
}

/// The queue of a body at a site.
#[derive(Debug, Clone)]
pub struct Throughput {
    /// The site.
    pub site: SiteId,
    /// The body.
    pub board: Board,
    /// What waits, longest first.
    pub queue: Vec<Queued>,
    /// Of a page of them, the cases as a list shows them; nobody is opened for the others.
    pub items: Vec<ListItem>,
    /// Which page (from 1), and how many there are.
    pub page: (u32, u32),
    /// Days on which cases became ready for a decision since `from`.
    pub arrivals: Vec<Date>,
    /// The first day that is looked back on.
    pub from: Date,
    /// Sittings since then and planned ones, by day.
    pub sittings: Vec<SittingCount>,
    /// Days for which people are sheltered without a decision of the partners, longest first.
    pub undecided: Vec<i32>,
    /// How many of them for longer than the way of working agreed.
    pub too_long: usize,
}

impl Desk {
    /// The queue of the LSO (or another body) at a site.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who has no lists or no part in conferences; [`Failure::Hidden`] for another site; a refusal when
    /// the site has no such body.
    pub async fn throughput(
        &self,
        who: &Principal,
        board: Board,
        site: &SiteId,
        page: u32,
    ) -> Result<Throughput, Failure> {
        self.roll().await?;
        // counts of what someone may not see are not shown either: whoever has no lists has no queue
        let scope = access::scope_for(who, Reach::List, Purpose::Conference)?;
        access::scope_for(who, Reach::Agenda, Purpose::Conference)?;
        if !scope.covers(site) {
            return Err(Failure::Hidden);
        }
        let (inner, site, today) = (Arc::clone(&self.inner), site.clone(), self.inner.clock.today());
        let from = today.saturating_add((-LOOK_BACK).days());
        let read = self.inner.store.read(move |tx| {
            let rows = log::of_site(tx, &site)?;
            let rows: Vec<_> = rows.into_iter().filter(|row| row.board == board).collect();
            let (mut queue, mut waiting) = (Vec::new(), Vec::new());
            let asking = inner.terms_asking(tx, &scope, board, &site, today)?;
            let too_long = asking.iter().filter(|asking| asking.rule == Rule::Undecided).count();
            for (asking, why) in inner.first_reasons(tx, &scope, board, asking)? {
                let at = views::agenda::open_at(tx, asking.row.trajectory)?;
                let at = rows.iter().find(|row| at.contains(&row.id)).map(|row| (row.id, row.on));
                let since = asking.start;
                queue.push(Queued { why, since, days: days(since, today), at });
                waiting.push(asking.row);
            }
            let pages = u32::try_from(waiting.len().div_ceil(SHOWN)).unwrap_or(u32::MAX).max(1);
            let page = (page.clamp(1, pages), pages);
            let first = usize::try_from(page.0 - 1).unwrap_or(usize::MAX).saturating_mul(SHOWN);
            let items = inner.items(tx, &scope, waiting.into_iter().skip(first).take(SHOWN).collect())?;
            let since = views::agenda::sheltered_undecided(tx, &scope, &site, today)?;
            let undecided: Vec<i32> = since.into_iter().map(|since| days(since, today)).collect();
            let counts = views::agenda::outcomes(tx)?;
            let mut sittings = Vec::new();
            for row in rows.into_iter().filter(|row| row.on >= from && row.stage != Stage::Cancelled) {
                let of = |done: bool| {
                    let mine = |(id, end, _): &&(SittingId, Option<End>, u32)| *id == row.id && counts_as(*end, done);
                    counts.iter().filter(mine).map(|(.., count)| *count).sum()
                };
                let state = inner.sitting(tx, row.id)?;
                let took = state.opened.zip(state.closed).map(|(from, to)| to.duration_since(from).as_mins());
                let (open, dealt) = (of(false), of(true));
                sittings.push(SittingCount {
                    id: row.id,
                    on: row.on,
                    stage: row.stage,
                    open,
                    dealt,
                    minutes: row.minutes,
                    took,
                });
            }
            sittings.sort_by_key(|sitting| (sitting.on, sitting.id));
            let arrivals = views::agenda::arrivals(tx, &site, from, today)?;
            Ok::<_, Failure>(Throughput {
                site,
                board,
                queue,
                items,
                page,
                arrivals,
                from,
                sittings,
                undecided,
                too_long,
            })
        });
        let throughput = read.await?;
        self.log_items(who, throughput.items.iter()).await?;
        Ok(throughput)
    }
}
