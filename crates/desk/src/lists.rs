//! Today and the worklist: rows within the scope, their cards opened.

use std::sync::Arc;

use access::{Principal, Reach, Scope};
use jiff::civil::Date;
use journal::Tx;
use views::{
    project::Card,
    today::DueRow,
    worklist::{Filter, ListRow, PAGE},
};

use crate::{
    Desk, Failure, Inner,
    load::trajectory_place,
    parts,
    read_log::{Activity, Reading},
};

/// A trajectory in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListItem {
    /// The row.
    pub row: ListRow,
    /// The personal values.
    pub card: Card,
    /// Name of who guides.
    pub guide: Option<String>,
}

/// A page of the worklist.
#[derive(Debug, Clone, PartialEq)]
pub struct WorklistPage {
    /// The rows.
    pub items: Vec<ListItem>,
    /// How many there are in all.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
}

/// A list on the page of today.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TodayPart {
    /// How many there are in all.
    pub total: u64,
    /// The first of them, with their term.
    pub items: Vec<(ListItem, DueRow)>,
}

/// The page of today.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TodayPage {
    /// My organisation should have done it before today.
    pub overdue: TodayPart,
    /// My organisation has to do it today.
    pub today: TodayPart,
    /// My organisation has to do it within a week.
    pub week: TodayPart,
    /// Others should have acted.
    pub waiting: TodayPart,
    /// Assigned to me and not opened yet.
    pub new: Vec<ListItem>,
}

impl Desk {
    /// A page of the worklist.
    ///
    /// # Errors
    /// [`Failure::Denied`] for a role without lists.
    pub async fn worklist(&self, who: &Principal, filter: Filter) -> Result<WorklistPage, Failure> {
        self.roll().await?;
        let scope = access::scope(who, Reach::List)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        let read = self.inner.store.read(move |tx| {
            let (rows, total) = views::worklist::page(tx, &scope, &filter, today)?;
            let items = inner.items(tx, &scope, rows)?;
            let pages = u32::try_from(total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX).max(1);
            Ok::<_, Failure>(WorklistPage { items, total, page: filter.page.max(1), pages })
        });
        let page = read.await?;
        self.log_read(who, Reading::of_list(who, Activity::Worklist, &page.items)).await?;
        Ok(page)
    }

    /// The page of today.
    ///
    /// # Errors
    /// [`Failure::Denied`] for a role without lists.
    pub async fn today(&self, who: &Principal) -> Result<TodayPage, Failure> {
        self.roll().await?;
        let scope = access::scope(who, Reach::List)?;
        let (inner, today, org) = (Arc::clone(&self.inner), self.inner.clock.today(), who.org.clone());
        let read = self.inner.store.read(move |tx| {
            let day = |days: i64| today.saturating_add(jiff::Span::new().days(days));
            let overdue = views::today::overdue(tx, &scope, today)?;
            let due = views::today::due(tx, &scope, today, today, today)?;
            let week = views::today::due(tx, &scope, today, day(1), day(7))?;
            let waiting = views::today::waiting(tx, &scope, &org, today)?;
            let new = views::today::new_for_me(tx, &scope, today, day(-28))?;
            Ok::<_, Failure>(TodayPage {
                overdue: inner.part(tx, &scope, overdue)?,
                today: inner.part(tx, &scope, due)?,
                week: inner.part(tx, &scope, week)?,
                waiting: inner.part(tx, &scope, waiting)?,
                new: inner.items(tx, &scope, new)?,
            })
        });
        let page = read.await?;
        let parts = [&page.overdue, &page.today, &page.week, &page.waiting];
        let items = parts.into_iter().flat_map(|part| part.items.iter().map(|(item, _)| item)).chain(&page.new);
        let reading = Reading::of_list(who, Activity::Today, items);
        self.log_read(who, reading).await?;
        Ok(page)
    }

    /// Brings rows up to today: a rest period that ended yesterday is a decision to take.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn roll(&self) -> Result<(), Failure> {
        let today = self.inner.clock.today();
        if self.inner.rolled_to() == Some(today) {
            return Ok(());
        }
        loop {
            let inner = Arc::clone(&self.inner);
            let moved = self.inner.store.write(move |tx| inner.roll(tx, today)).await?;
            if moved == 0 {
                break;
            }
        }
        self.inner.set_rolled(today);
        Ok(())
    }
}

impl Inner {
    /// Rows with their cards, opened by the organisation that asks.
    pub(crate) fn items(&self, tx: &mut Tx<'_>, scope: &Scope, rows: Vec<ListRow>) -> Result<Vec<ListItem>, Failure> {
        self.involve(tx, scope.org(), &rows.iter().map(|row| row.participant).collect())?;
        rows.into_iter().map(|row| self.item(scope, row)).collect()
    }

    fn item(&self, scope: &Scope, row: ListRow) -> Result<ListItem, Failure> {
        let see = scope.sees(row.case.0, row.case.1);
        let key = self.keys.reader(scope.org(), row.participant)?;
        self.shown(key.as_deref(), row, see)
    }

    /// A row with what may be seen of it, opened with the key of who asks.
    pub(crate) fn shown(
        &self,
        key: Option<&journal::PersonKey>,
        mut row: ListRow,
        see: access::Categories,
    ) -> Result<ListItem, Failure> {
        let mut card: Card = match (&row.sealed, key) {
            (Some(sealed), Some(key)) => {
                parts::card(&key.open(journal::Class::Card, &trajectory_place(row.trajectory), sealed)?)?
            }
            _ => Card::default(),
        };
        crate::redact::card(&mut card, see);
        if self.eyes(see).hides_pauses() {
            row.pauses.clear();
        }
        let guide = row.guide.and_then(|user| self.accounts.get(user)).map(|account| account.name);
        Ok(ListItem { row, card, guide })
    }

    fn part(&self, tx: &mut Tx<'_>, scope: &Scope, part: views::today::Part) -> Result<TodayPart, Failure> {
        let items = self.items(tx, scope, part.rows.iter().map(|due| due.row.clone()).collect())?;
        Ok(TodayPart { total: part.total, items: items.into_iter().zip(part.rows).collect() })
    }

    fn rolled_to(&self) -> Option<Date> {
        *self.rolled.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn set_rolled(&self, day: Date) {
        *self.rolled.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(day);
    }

    /// Brings some rows up to a day; how many.
    pub(crate) fn roll(&self, tx: &mut journal::Tx<'_>, today: Date) -> Result<usize, Failure> {
        let moving = views::file::shifting(tx, today, 500)?;
        for id in &moving {
            let Some(subject) = views::file::whose(tx, *id)? else { continue };
            self.project_again(tx, *id, subject, today)?;
        }
        Ok(moving.len())
    }
}
