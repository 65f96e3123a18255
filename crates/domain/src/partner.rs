//! Workers of the partners in a trajectory: who guides, who leads, who directs departure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    codes::Task,
    fact::Header,
    ids::{FactId, OrgId, UserId},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// A worker takes a task; their organisation stands in the header (`partner`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerAssigned {
    /// Who; none for someone of a partner that does not use the system.
    #[serde(default)]
    pub user: Option<UserId>,
    /// Which task.
    pub task: Task,
    /// The function of who has no account, such as "regievoerder, team Noord"; not their name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub function: String,
}

/// A worker gives up the task of the fact in `about`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerReleased {
    /// Remark.
    pub note: String,
}

/// A worker now assigned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    /// The fact.
    pub fact: FactId,
    /// For which organisation.
    pub org: OrgId,
    /// Since when.
    pub from: Date,
    /// Who and what; gone when forgotten.
    pub detail: Option<WorkerAssigned>,
}

impl Trajectory {
    /// The worker with a task.
    pub fn worker(&self, task: Task) -> Option<&Worker> {
        self.workers.iter().find(|worker| worker.detail.as_ref().is_some_and(|detail| detail.task == task))
    }

    /// Whether an organisation guides the participant: the case manager is one of theirs.
    pub fn is_guided_by(&self, org: &OrgId) -> bool {
        self.worker(Task::CaseManager).is_some_and(|worker| worker.org == *org)
    }

    pub(crate) fn worker_assigned(&mut self, h: &Header, body: Option<&WorkerAssigned>) -> Result<(), Refusal> {
        let org = h.codes.partner.clone().ok_or_else(|| Refusal::new("partner-missing").field("partner"))?;
        if body.is_some_and(|body| body.user.is_none() && body.function.trim().is_empty()) {
            return Err(Refusal::new("worker-unnamed").field("function"));
        }
        // a new worker takes over the task: the history of who did it stays in the facts
        if let Some(body) = body {
            self.workers.retain(|worker| worker.detail.as_ref().is_none_or(|detail| detail.task != body.task));
        }
        self.workers.push(Worker { fact: h.id, org, from: h.valid_from, detail: body.cloned() });
        Ok(())
    }

    pub(crate) fn worker_released(&mut self, h: &Header) -> Result<(), Refusal> {
        let at = self.workers.iter().position(|worker| Some(worker.fact) == h.codes.about);
        let at = at.ok_or_else(|| Refusal::new("worker-not-assigned"))?;
        self.workers.remove(at);
        Ok(())
    }
}
