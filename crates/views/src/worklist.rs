//! The worklist: trajectories of one's sites, filtered, sorted by what is due.

use std::fmt::Write as _;

use access::{Relation, Scope, State};
use domain::{
    codes::{Category, Phase, Status},
    ids::{Code, ParticipantId, TrajectoryId, UserId},
    term::Rule,
};
use jiff::civil::Date;
use journal::{Row, Tx, Value};
use uuid::Uuid;

use crate::{project::NEVER, scoped};

/// Rows on a page.
pub const PAGE: u32 = 20;

/// When the next term is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Before today.
    Overdue,
    /// Today.
    Today,
    /// From tomorrow to a week from now.
    Week,
    /// Later.
    Later,
    /// Nothing with a day.
    Nothing,
}

impl Due {
    /// Every one; a term falls in exactly one of them.
    pub const ALL: [Self; 5] = [Self::Overdue, Self::Today, Self::Week, Self::Later, Self::Nothing];
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Soonest term first.
    #[default]
    Due,
    /// Last changed first.
    Changed,
    /// Longest in its phase first.
    Waiting,
    /// By case number.
    Case,
}

/// What to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this phase.
    pub phase: Option<Phase>,
    /// Only this status.
    pub status: Option<Status>,
    /// Only this scenario.
    pub scenario: Option<Code>,
    /// Only with this in the term of the next step.
    pub due: Vec<Due>,
    /// Only those I work on.
    pub mine: bool,
    /// Only those that pause.
    pub paused: bool,
    /// Also the ended ones.
    pub ended: bool,
    /// Only this site, when one has several.
    pub site: Option<domain::ids::SiteId>,
    /// Only where these have to act; `due` then is about their terms, not about the next one.
    pub waiting_on: Option<crate::turn::WaitingOn>,
    /// Only those that this colleague guides.
    pub guide: Option<UserId>,
    /// Only those that my organisation works on.
    pub ours: bool,
    /// In which order.
    pub sort: Sort,
    /// The other way round.
    pub reversed: bool,
    /// From 1.
    pub page: u32,
}

/// A row of a list; what is personal is still sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    /// Which trajectory.
    pub trajectory: TrajectoryId,
    /// Whose.
    pub participant: ParticipantId,
    /// Site.
    pub site: String,
    /// Case number.
    pub case_number: String,
    /// Phase and since when.
    pub phase: Phase,
    /// Since when.
    pub phase_since: Date,
    /// Status.
    pub status: Status,
    /// Scenario.
    pub scenario: Option<String>,
    /// Whether it pauses.
    pub paused: bool,
    /// Why it pauses, for who may know: a reason for each pause that is on.
    pub pauses: Vec<String>,
    /// The next term.
    pub next_rule: Option<Rule>,
    /// Its last day.
    pub next_due: Option<Date>,
    /// Who has to act.
    pub next_waiting_on: Option<String>,
    /// Who guides.
    pub guide: Option<UserId>,
    /// For which organisation.
    pub guide_org: Option<String>,
    /// Version of the stream.
    pub version: u32,
    /// [`crate::project::Card`], sealed.
    pub sealed: Option<Vec<u8>>,
    /// How the asker stands to it, and its state: what may be seen of it.
    pub case: (Relation, State),
}

/// Sixteen columns; those of [`scoped::Rows::columns`] follow.
pub(crate) const COLUMNS: &str = "t.id, t.participant, t.site, t.case_number, t.phase, t.phase_since, t.status,
    t.scenario, t.pause, t.next_rule, t.next_due, t.next_waiting_on, t.guide, t.guide_org, t.version, t.sealed";

pub(crate) fn list_row(row: &Row<'_>) -> journal::Result<ListRow> {
    let phase: String = row.get(4)?;
    let status: String = row.get(6)?;
    let rule: Option<String> = row.get(9)?;
    let due: Date = row.get(10)?;
    let version: i64 = row.get(14)?;
    let pause: Option<String> = row.get(8)?;
    Ok(ListRow {
        trajectory: TrajectoryId(row.get(0)?),
        participant: ParticipantId(row.get(1)?),
        site: row.get(2)?,
        case_number: row.get(3)?,
        phase: Phase::from_code(&phase).unwrap_or(Phase::Registration),
        phase_since: row.get(5)?,
        status: Status::from_code(&status).unwrap_or(Status::Registered),
        scenario: row.get(7)?,
        paused: pause.is_some(),
        pauses: pause.iter().flat_map(|codes| codes.split(' ')).map(str::to_owned).collect(),
        next_rule: rule.as_deref().and_then(Rule::from_code),
        next_due: Some(due).filter(|due| *due < NEVER),
        next_waiting_on: row.get(11)?,
        guide: row.get::<Option<Uuid>>(12)?.map(UserId),
        guide_org: row.get(13)?,
        version: u32::try_from(version).unwrap_or(0),
        sealed: row.get(15)?,
        case: scoped::case(row, 16)?,
    })
}

/// The `WHERE` of a filter, the columns that tell what may be seen, and what to bind.
fn conditions(scope: &Scope, filter: &Filter, today: Date) -> (String, String, Vec<Value>) {
    let scoped::Rows { condition: mut sql, columns, mut values } = scoped::rows(scope, Category::Process, today, 1);
    if !filter.ended {
        sql.push_str(" AND t.is_open = 1");
    }
    let mut and = |sql: &mut String, condition: &str, value: Value| {
        values.push(value);
        // writing to a String cannot fail
        let _ = write!(sql, " AND {}", condition.replace('?', &format!("${}", values.len())));
    };
    if let Some(site) = filter.site.as_ref().filter(|site| scope.covers(site)) {
        and(&mut sql, "t.site = ?", Value::from(site.as_str()));
    }
    if let Some(phase) = filter.phase {
        and(&mut sql, "t.phase = ?", Value::from(phase.code()));
    }
    if let Some(status) = filter.status {
        and(&mut sql, "t.status = ?", Value::from(status.code()));
    }
    if let Some(scenario) = &filter.scenario {
        and(&mut sql, "t.scenario = ?", Value::from(scenario.as_str()));
    }
    if filter.mine {
        let mine = "t.id IN (SELECT w.trajectory FROM worker w WHERE w.person = ?)";
        and(&mut sql, mine, Value::from(scope.user().0));
    }
    if filter.paused {
        sql.push_str(" AND t.pause IS NOT NULL");
    }
    if filter.waiting_on.is_none() && !filter.due.is_empty() && filter.due.len() < Due::ALL.len() {
        let week = Value::from(today.saturating_add(jiff::Span::new().days(7)));
        let mut any = Vec::new();
        for due in &filter.due {
            let (condition, bound) = match due {
                Due::Overdue => ("t.next_due < ?1", vec![Value::from(today)]),
                Due::Today => ("t.next_due = ?1", vec![Value::from(today)]),
                Due::Week => ("(t.next_due > ?1 AND t.next_due <= ?2)", vec![Value::from(today), week.clone()]),
                Due::Later => ("(t.next_due > ?1 AND t.next_due < ?2)", vec![week.clone(), Value::from(NEVER)]),
                Due::Nothing => ("t.next_due = ?1", vec![Value::from(NEVER)]),
            };
            let at = values.len();
            values.extend(bound);
            any.push(condition.replace("?1", &format!("${}", at + 1)).replace("?2", &format!("${}", at + 2)));
        }
        let _ = write!(sql, " AND ({})", any.join(" OR "));
    }
    crate::turn::narrow(&mut sql, &mut values, scope, filter, today);
    (sql, columns, values)
}

/// One page and the number of rows in all.
pub fn page(tx: &mut Tx<'_>, scope: &Scope, filter: &Filter, today: Date) -> journal::Result<(Vec<ListRow>, u64)> {
    let (conditions, columns, values) = conditions(scope, filter, today);
    let order = match (filter.sort, filter.reversed) {
        (Sort::Due, false) => "t.next_due, t.id",
        (Sort::Due, true) => "t.next_due DESC, t.id",
        (Sort::Changed, false) => "t.changed_at DESC, t.id",
        (Sort::Changed, true) => "t.changed_at, t.id",
        (Sort::Waiting, false) => "t.phase_since, t.id",
        (Sort::Waiting, true) => "t.phase_since DESC, t.id",
        (Sort::Case, false) => "t.case_number",
        (Sort::Case, true) => "t.case_number DESC",
    };
    let count = format!("SELECT COUNT(*) FROM trajectory t WHERE {conditions}");
    let total = tx.one(&count, &values, |row| row.get::<i64>(0))?.unwrap_or(0);
    let offset = filter.page.saturating_sub(1).saturating_mul(PAGE);
    let list = format!(
        "SELECT {COLUMNS}, {columns} FROM trajectory t WHERE {conditions} ORDER BY {order} LIMIT {PAGE} OFFSET {offset}"
    );
    Ok((tx.query(&list, &values, list_row)?, u64::try_from(total).unwrap_or(0)))
}
