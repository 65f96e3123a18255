//! The cases behind a number: those that someone may see, as a list. How many others there are is not said.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use access::{Categories, Principal, Reach};
use domain::{codes::Category, ids::TrajectoryId};
use views::worklist::PAGE;

use crate::{
    Desk, Failure, WorklistPage,
    read_log::{Activity, Reading},
};

impl Desk {
    /// The trajectories that someone sees in lists, with what they see of each; none for a role without lists. Ids only:
    /// nobody's data.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn visible_cases(&self, who: &Principal) -> Result<HashMap<TrajectoryId, Categories>, Failure> {
        let Ok(scope) = access::scope(who, Reach::List) else { return Ok(HashMap::new()) };
        self.roll().await?;
        let today = self.inner.clock.today();
        let visible = self.inner.store.read(move |tx| views::cases::visible(tx, &scope, today)).await?;
        Ok(visible.into_iter().collect())
    }

    /// A page of the cases among some that someone may see. `told`: what it tells of a case to be among them, beside that it
    /// exists; a case of which that may not be seen is left out.
    ///
    /// # Errors
    /// [`Failure::Denied`] for a role without lists.
    pub async fn cases(
        &self,
        who: &Principal,
        among: HashSet<TrajectoryId>,
        told: Vec<Category>,
        page: u32,
    ) -> Result<WorklistPage, Failure> {
        self.roll().await?;
        let scope = access::scope(who, Reach::List)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        let read = self.inner.store.read(move |tx| {
            let mut visible = views::cases::visible(tx, &scope, today)?;
            visible.retain(|(id, see)| among.contains(id) && told.iter().all(|category| see.contains(*category)));
            let total = visible.len() as u64;
            let pages = u32::try_from(total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX).max(1);
            let page = page.clamp(1, pages);
            let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
            let from = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(size);
            let ids: Vec<TrajectoryId> = visible.into_iter().map(|(id, _)| id).skip(from).take(size).collect();
            let rows = views::cases::among(tx, &scope, today, &ids)?;
            Ok::<_, Failure>(WorklistPage { items: inner.items(tx, &scope, rows)?, total, page, pages })
        });
        let list = read.await?;
        self.log_read(who, Reading::of_list(who, Activity::Worklist, &list.items)).await?;
        Ok(list)
    }
}
