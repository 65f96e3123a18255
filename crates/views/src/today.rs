//! What asks for attention now: due for my organisation, waiting on others, new for me.

use access::Scope;
use domain::{codes::Category, ids::OrgId};
use jiff::civil::Date;
use journal::{Row, Tx, Value};

use crate::{
    scoped,
    worklist::{COLUMNS, ListRow, list_row},
};

/// The most that is shown in one list: more than this is a worklist.
pub const MOST: u32 = 30;

/// A term of a trajectory.
#[derive(Debug, Clone, PartialEq)]
pub struct DueRow {
    /// The trajectory.
    pub row: ListRow,
    /// Which rule.
    pub rule: domain::term::Rule,
    /// Last day, or (without an agreed length) since when.
    pub due: Date,
    /// Whether a length was agreed.
    pub agreed: bool,
    /// Who has to act.
    pub waiting_on: Option<String>,
}

/// My organisation has to act.
pub(crate) const OURS: &str = "d.waiting_on = $1";
/// Others should have acted, in what my organisation works on.
pub(crate) const THEIRS: &str = "d.waiting_on <> $1 AND (d.agreed = 0 OR d.due < $2)
    AND EXISTS (SELECT 1 FROM worker w WHERE w.trajectory = d.trajectory AND w.org = $1)";
/// The term counts today.
pub(crate) const RUNS: &str = "d.valid_from <= $2 AND (d.valid_to IS NULL OR d.valid_to >= $2)";

fn due_row(row: &Row<'_>) -> journal::Result<DueRow> {
    let rule: String = row.get(18)?;
    Ok(DueRow {
        row: list_row(row)?,
        rule: domain::term::Rule::from_code(&rule).unwrap_or(domain::term::Rule::Action),
        due: row.get(19)?,
        agreed: row.get::<i64>(20)? == 1,
        waiting_on: row.get(21)?,
    })
}

/// Counts and first rows of a list; a trajectory stands in it once, with the soonest of its terms that belong there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// How many there are in all.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<DueRow>,
}

fn part(tx: &mut Tx<'_>, scope: &Scope, today: Date, conditions: &str, own: Vec<Value>) -> journal::Result<Part> {
    let rows = scoped::rows(scope, Category::Process, today, own.len() + 1);
    // the site stands in both tables: in `term` it leads the index
    let sites: Vec<String> = (own.len() + 1..=own.len() + scope.sites().len()).map(|at| format!("${at}")).collect();
    let (sites, columns, visible) = (sites.join(", "), rows.columns, rows.condition);
    let mut values = own;
    values.extend(rows.values);
    let soonest = format!(
        "NOT EXISTS (SELECT 1 FROM term e WHERE e.trajectory = d.trajectory AND {}
         AND (e.due < d.due OR (e.due = d.due AND e.number < d.number)))",
        conditions.replace("d.", "e.")
    );
    let from = format!(
        "FROM term d JOIN trajectory t ON t.id = d.trajectory WHERE d.site IN ({sites}) AND {conditions} AND {soonest}
         AND {visible}"
    );
    let total = tx.one(&format!("SELECT COUNT(*) {from}"), &values, |row| row.get::<i64>(0))?.unwrap_or(0);
    let list = format!(
        "SELECT {COLUMNS}, {columns}, d.rule, d.due, d.agreed, d.waiting_on {from} ORDER BY d.due, t.id LIMIT {MOST}"
    );
    let rows = tx.query(&list, &values, due_row)?;
    Ok(Part { total: u64::try_from(total).unwrap_or(0), rows })
}

/// What my organisation should have done before today.
pub fn overdue(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> journal::Result<Part> {
    let own = vec![Value::from(scope.org().as_str()), Value::from(today)];
    part(tx, scope, today, &format!("{OURS} AND {RUNS} AND d.agreed = 1 AND d.due < $2"), own)
}

/// What my organisation has to do from one day to another.
pub fn due(tx: &mut Tx<'_>, scope: &Scope, today: Date, from: Date, to: Date) -> journal::Result<Part> {
    let own = vec![Value::from(scope.org().as_str()), Value::from(today), Value::from(from), Value::from(to)];
    part(tx, scope, today, &format!("{OURS} AND {RUNS} AND d.agreed = 1 AND d.due >= $3 AND d.due <= $4"), own)
}

/// What others have to do in trajectories I or my organisation work on, longest waiting first.
pub fn waiting(tx: &mut Tx<'_>, scope: &Scope, org: &OrgId, today: Date) -> journal::Result<Part> {
    let own = vec![Value::from(org.as_str()), Value::from(today)];
    part(tx, scope, today, &format!("{THEIRS} AND {RUNS}"), own)
}

/// Trajectories assigned to me that I have not opened yet.
pub fn new_for_me(tx: &mut Tx<'_>, scope: &Scope, today: Date, since: Date) -> journal::Result<Vec<ListRow>> {
    let rows = scoped::rows(scope, Category::Process, today, 3);
    let (columns, visible) = (rows.columns, rows.condition);
    let mut values = vec![Value::from(scope.user().0), Value::from(since)];
    values.extend(rows.values);
    let list = format!(
        "SELECT {COLUMNS}, {columns} FROM worker w JOIN trajectory t ON t.id = w.trajectory
         WHERE w.person = $1 AND w.since >= $2 AND {visible} AND t.is_open = 1
         AND NOT EXISTS (SELECT 1 FROM looked l WHERE l.person = $1 AND l.trajectory = t.id)
         ORDER BY w.since DESC, t.id LIMIT {MOST}"
    );
    tx.query(&list, &values, list_row)
}
