//! Workers of the partners in a trajectory: who guides, who leads, who directs departure.

use crate::{codes::Task, ids::UserId};

use serde::{Deserialize, Serialize};

/// A worker takes a task; their organisation stands in the header (`partner`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerAssigned {
    /// Who.
    pub user: UserId,
    /// Which task.
    pub task: Task,
}

/// A worker gives up the task of the fact in `about`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerReleased {
    /// Remark.
    pub note: String,
}
