//! Obstacles (*knelpunten*): what stands in the way, coded and dated.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fact::Header,
    ids::{Code, FactId},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// Something stands in the way; the code stands in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObstacleNoted {
    /// What exactly.
    pub note: String,
}

/// It no longer does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObstacleResolved {
    /// How.
    pub note: String,
}

/// An obstacle in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Obstacle {
    /// The fact that noted it.
    pub fact: FactId,
    /// Which; programme code.
    pub code: Code,
    /// What exactly; gone when forgotten.
    pub note: Option<String>,
    /// First day.
    pub from: Date,
    /// Day on which it was resolved.
    pub to: Option<Date>,
}

impl Trajectory {
    pub(crate) fn obstacle_noted(&mut self, h: &Header, body: Option<&ObstacleNoted>) -> Result<(), Refusal> {
        self.still_open()?;
        let code = h.codes.obstacle.clone().ok_or_else(|| Refusal::new("obstacle-missing").field("obstacle"))?;
        if let Some(open) = self.obstacles.iter().find(|o| o.to.is_none() && o.code == code) {
            return Err(Refusal::new("obstacle-still-open").with("since", open.from).field("obstacle"));
        }
        let note = body.map(|body| body.note.clone());
        self.obstacles.push(Obstacle { fact: h.id, code, note, from: h.valid_from, to: None });
        Ok(())
    }

    pub(crate) fn obstacle_resolved(&mut self, h: &Header) -> Result<(), Refusal> {
        let obstacle = self.obstacles.iter_mut().find(|o| Some(o.fact) == h.codes.about);
        let open = obstacle.filter(|o| o.to.is_none()).ok_or_else(|| Refusal::new("obstacle-not-open"))?;
        open.to = Some(h.valid_from);
        Ok(())
    }
}
