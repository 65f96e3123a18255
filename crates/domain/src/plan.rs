//! The guidance plan: goals, actions, contacts. After-care tasks are actions after leaving.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fact::Header,
    ids::{Code, FactId, OrgId, UserId},
    refusal::Refusal,
    trajectory::Trajectory,
};

/// A goal; the day by which stands in the header (`until`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalSet {
    /// What is to be reached.
    pub text: String,
    /// Who owns it.
    pub owner: OrgId,
}

/// A goal reached or dropped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalClosed {
    /// Result; programme code.
    pub result: Code,
    /// Remark.
    pub note: String,
}

/// Something to do; the day stands in the header (`until`), its goal too (`about`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionAdded {
    /// What.
    pub text: String,
    /// Who owns it.
    pub owner: OrgId,
    /// Which worker, if one.
    #[serde(default)]
    pub worker: Option<UserId>,
}

/// An action is done or given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionClosed {
    /// Result; programme code.
    pub result: Code,
    /// Remark.
    pub note: String,
}

/// A contact with the participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactNoted {
    /// How; programme code.
    pub how: Code,
    /// What was said.
    pub note: String,
}

/// How something ended: on which day, with which result (gone when forgotten).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// Day.
    pub on: Date,
    /// Result; programme code.
    pub result: Option<Code>,
    /// Remark.
    pub note: Option<String>,
}

/// A goal in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// The fact.
    pub fact: FactId,
    /// Text and owner; gone when forgotten.
    pub detail: Option<GoalSet>,
    /// Day.
    pub from: Date,
    /// Day by which.
    #[serde(default)]
    pub due: Option<Date>,
    /// How it ended.
    pub closed: Option<Closed>,
}

/// An action (or, after leaving, an after-care task) in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// The fact.
    pub fact: FactId,
    /// Text and owner; gone when forgotten.
    pub detail: Option<ActionAdded>,
    /// The goal it serves.
    pub goal: Option<FactId>,
    /// Day it was added.
    pub from: Date,
    /// Day it is due.
    pub due: Date,
    /// Whether it was added after leaving.
    pub aftercare: bool,
    /// How it ended.
    pub closed: Option<Closed>,
}

/// A contact in the state of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// The fact.
    pub fact: FactId,
    /// Day.
    pub on: Date,
    /// Who recorded it.
    pub by: UserId,
    /// How and what; gone when forgotten.
    pub detail: Option<ContactNoted>,
}

fn close(
    open: Option<&mut Option<Closed>>,
    h: &Header,
    result: Option<&Code>,
    note: Option<&String>,
) -> Result<(), Refusal> {
    let slot = open.filter(|closed| closed.is_none()).ok_or_else(|| Refusal::new("not-open-any-more"))?;
    *slot = Some(Closed { on: h.valid_from, result: result.cloned(), note: note.cloned() });
    Ok(())
}

impl Trajectory {
    pub(crate) fn goal_set(&mut self, h: &Header, body: Option<&GoalSet>) -> Result<(), Refusal> {
        self.takes_part()?;
        let (from, due) = (h.valid_from, h.codes.until);
        if due.is_some_and(|due| due < from) {
            return Err(Refusal::new("due-before-start").with("on", from).field("until"));
        }
        self.goals.push(Goal { fact: h.id, detail: body.cloned(), from, due, closed: None });
        Ok(())
    }

    pub(crate) fn goal_closed(&mut self, h: &Header, body: Option<&GoalClosed>) -> Result<(), Refusal> {
        let goal = self.goals.iter_mut().find(|goal| Some(goal.fact) == h.codes.about);
        close(goal.map(|goal| &mut goal.closed), h, body.map(|b| &b.result), body.map(|b| &b.note))
    }

    pub(crate) fn action_added(&mut self, h: &Header, body: Option<&ActionAdded>) -> Result<(), Refusal> {
        let aftercare = self.outflow.is_some();
        if !aftercare {
            self.takes_part()?;
        }
        let due = h.codes.until.ok_or_else(|| Refusal::new("due-missing").field("until"))?;
        if due < h.valid_from {
            return Err(Refusal::new("due-before-start").with("on", h.valid_from).field("until"));
        }
        if let Some(about) = h.codes.about
            && !self.goals.iter().any(|goal| goal.fact == about)
        {
            return Err(Refusal::new("goal-unknown").field("about"));
        }
        let (goal, from) = (h.codes.about, h.valid_from);
        self.actions.push(Action { fact: h.id, detail: body.cloned(), goal, from, due, aftercare, closed: None });
        Ok(())
    }

    pub(crate) fn action_closed(&mut self, h: &Header, body: Option<&ActionClosed>) -> Result<(), Refusal> {
        let action = self.actions.iter_mut().find(|action| Some(action.fact) == h.codes.about);
        close(action.map(|action| &mut action.closed), h, body.map(|b| &b.result), body.map(|b| &b.note))
    }

    pub(crate) fn contact_noted(&mut self, h: &Header, body: Option<&ContactNoted>) -> Result<(), Refusal> {
        self.contacts.push(Contact { fact: h.id, on: h.valid_from, by: h.actor, detail: body.cloned() });
        Ok(())
    }
}
