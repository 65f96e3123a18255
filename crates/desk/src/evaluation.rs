//! Analyses and changes of method as they were written down: when, by whom, and never changed afterwards.
//!
//! What is in them is for the room of figures to say; here they are kept as text. Nothing in them is about a person.

use access::{Principal, Reach, scope};
use domain::{
    codes::Role,
    ids::{CommandId, SiteId, UserId},
    refusal::Refusal,
};
use jiff::{Timestamp, civil::Date};
use journal::{Row, params};
use uuid::Uuid;

use crate::{Desk, Failure};

const PUT_ANALYSIS: &str = "INSERT INTO analysis (id, made_by, made_at, made_on, body) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO NOTHING";
const ANALYSES: &str = "SELECT id, made_by, made_at, made_on, body FROM analysis ORDER BY made_at DESC LIMIT 50";
const ANALYSIS: &str = "SELECT id, made_by, made_at, made_on, body FROM analysis WHERE id = $1";
const PUT_CHANGE: &str = "INSERT INTO method_change (id, site, starts, made_by, made_at, made_on, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
const CHANGES: &str =
    "SELECT id, made_by, made_at, made_on, body FROM method_change ORDER BY starts DESC, id LIMIT 200";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[PUT_ANALYSIS, ANALYSES, ANALYSIS, PUT_CHANGE, CHANGES];

/// Something that was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Which.
    pub id: Uuid,
    /// By whom.
    pub by: UserId,
    /// When, by the real clock.
    pub at: Timestamp,
    /// On which business day.
    pub on: Date,
    /// What: JSON.
    pub body: String,
}

fn kept(row: &Row<'_>) -> journal::Result<Kept> {
    Ok(Kept { id: row.get(0)?, by: UserId(row.get(1)?), at: row.get(2)?, on: row.get(3)?, body: row.get(4)? })
}

/// Whether someone may write down a change of method: who leads a site, and who manages the programme.
pub fn may_change(who: &Principal) -> bool {
    matches!(who.role, Role::Coordinator | Role::ProgrammeManager)
}

fn figures(who: &Principal) -> Result<(), Failure> {
    scope(who, Reach::Figures).map(|_| ()).map_err(|_| Failure::Denied)
}

impl Desk {
    /// Keeps an analysis with its protocol. Sent twice, it is kept once.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who has no figures.
    pub async fn keep_analysis(&self, who: &Principal, id: CommandId, body: String) -> Result<(), Failure> {
        figures(who)?;
        let (user, at, on) = (who.user, self.inner.clock.real(), self.inner.clock.today());
        let write = move |tx: &mut journal::Tx<'_>| {
            tx.exec(PUT_ANALYSIS, params![id.0, user.0, at, on, body.as_str()]).map(|_| ()).map_err(Failure::from)
        };
        self.inner.store.write(write).await
    }

    /// The latest analyses, newest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who has no figures.
    pub async fn analyses(&self, who: &Principal) -> Result<Vec<Kept>, Failure> {
        figures(who)?;
        self.inner.store.read(|tx| tx.query(ANALYSES, params![], kept).map_err(Failure::from)).await
    }

    /// One analysis.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when there is none, or they have no figures.
    pub async fn analysis(&self, who: &Principal, id: Uuid) -> Result<Kept, Failure> {
        figures(who).map_err(|_| Failure::Hidden)?;
        let found = self.inner.store.read(move |tx| tx.one(ANALYSIS, params![id], kept).map_err(Failure::from)).await?;
        found.ok_or(Failure::Hidden)
    }

    /// Writes down a change of method at a site, before its first day. Sent twice, it is kept once.
    ///
    /// # Errors
    /// A refusal when it has started; [`Failure::Denied`] for who may not, or at another site.
    pub async fn keep_change(
        &self,
        who: &Principal,
        id: CommandId,
        site: SiteId,
        starts: Date,
        body: String,
    ) -> Result<(), Failure> {
        figures(who)?;
        if !may_change(who) || !who.sites.contains(&site) {
            return Err(Failure::Denied);
        }
        let (user, at, on) = (who.user, self.inner.clock.real(), self.inner.clock.today());
        if starts <= on {
            return Err(Refusal::new("change-started").with("today", on).field("starts").into());
        }
        let write = move |tx: &mut journal::Tx<'_>| {
            let values = params![id.0, site.as_str(), starts, user.0, at, on, body.as_str()];
            tx.exec(PUT_CHANGE, values).map(|_| ()).map_err(Failure::from)
        };
        self.inner.store.write(write).await
    }

    /// The changes that were written down, the latest start first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who has no figures.
    pub async fn changes(&self, who: &Principal) -> Result<Vec<Kept>, Failure> {
        figures(who)?;
        self.inner.store.read(|tx| tx.query(CHANGES, params![], kept).map_err(Failure::from)).await
    }
}
