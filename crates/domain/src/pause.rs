//! Pauses with a reason, any number of them; with different reasons also at the same time.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fact::Header,
    ids::{Code, FactId},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// The trajectory pauses; the reason code stands in the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseStarted {
    /// Remark.
    pub note: String,
}

/// And goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseEnded {
    /// Remark.
    pub note: String,
}

/// A pause in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    /// The fact that began it.
    pub fact: FactId,
    /// Reason; programme code. None for who may not know it.
    pub code: Option<Code>,
    /// Remark; gone when forgotten.
    pub note: Option<String>,
    /// First day.
    pub from: Date,
    /// Day after the last.
    pub to: Option<Date>,
}

impl Trajectory {
    pub(crate) fn pause_started(&mut self, h: &Header, body: Option<&PauseStarted>) -> Result<(), Refusal> {
        self.takes_part()?;
        let code = h.codes.pause.clone();
        if code.is_none() {
            return Err(Refusal::new("pause-missing").field("pause"));
        }
        // of a forgotten person the reason is there still: it stands in the header
        if let Some(on) = self.pauses_on().find(|pause| pause.code == code) {
            return Err(Refusal::new("pause-still-on").with("since", on.from).field("pause"));
        }
        let note = body.map(|body| body.note.clone());
        self.pauses.push(Pause { fact: h.id, code, note, from: h.valid_from, to: None });
        Ok(())
    }

    pub(crate) fn pause_ended(&mut self, h: &Header) -> Result<(), Refusal> {
        let pause = self.pauses.iter_mut().find(|pause| Some(pause.fact) == h.codes.about);
        let on = pause.filter(|pause| pause.to.is_none()).ok_or_else(|| Refusal::new("pause-not-on"))?;
        on.to = Some(h.valid_from);
        Ok(())
    }
}
