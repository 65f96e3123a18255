//! What the DT&V watches over (letter of 29 November 2018): cases without its involvement, what stands still and by what
//! cause, and the departure process by step. Everything here is codes, days and case numbers: nothing is opened.

use access::Scope;
use domain::{
    codes::Category,
    ids::{OrgId, TrajectoryId},
    supervision::STALLS,
};
use jiff::civil::Date;
use journal::{Row, Tx, Value};

use crate::{
    scoped,
    worklist::{COLUMNS, ListRow, PAGE, list_row},
};

/// A line of codes that a case is in now, or was in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Which line: `pause`, `obstacle` or `departure`.
    pub line: String,
    /// Which code.
    pub code: String,
    /// Since when.
    pub from: Date,
    /// Day after the last.
    pub to: Option<Date>,
    /// Site.
    pub site: String,
    /// Case number.
    pub case_number: String,
    /// Which trajectory.
    pub trajectory: uuid::Uuid,
}

/// A term that an organisation has let run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// Which rule.
    pub rule: String,
    /// Whose turn it is.
    pub org: String,
    /// Last day.
    pub due: Date,
    /// Site.
    pub site: String,
    /// Case number.
    pub case_number: String,
    /// Which trajectory.
    pub trajectory: uuid::Uuid,
}

/// In an open case in which someone takes part.
const TAKES_PART: &str = "t.is_open = 1 AND t.admitted = 1";

/// Marks for a list of values from a place on: `$3, $4`.
fn marks(from: usize, count: usize) -> String {
    (from..from + count).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ")
}

/// Whether none of these organisations has a worker in `t` and no step of the departure process was recorded.
fn uninvolved(from: usize, orgs: usize) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM worker w WHERE w.trajectory = t.id AND w.org IN ({}))
         AND NOT EXISTS (SELECT 1 FROM spell d WHERE d.trajectory = t.id AND d.line = 'departure' AND d.known_to IS NULL)",
        marks(from, orgs)
    )
}

/// The open cases of a site in which people take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtSite {
    /// Which site.
    pub site: String,
    /// How many.
    pub open: u64,
    /// In how many of them none of the organisations is involved.
    pub without: u64,
}

/// Open cases of people who take part, by site, and in how many of them none of these organisations is involved.
pub fn involvement(tx: &mut Tx<'_>, scope: &Scope, orgs: &[OrgId], today: Date) -> journal::Result<Vec<AtSite>> {
    let rows = scoped::rows(scope, Category::Process, today, orgs.len() + 1);
    let mut values: Vec<Value> = orgs.iter().map(|org| Value::from(org.as_str())).collect();
    values.extend(rows.values);
    // without such a partner nobody is involved
    let without = if orgs.is_empty() { "1 = 1".to_owned() } else { uninvolved(1, orgs.len()) };
    let sql = format!(
        "SELECT t.site, COUNT(*), COUNT(CASE WHEN {without} THEN 1 END) FROM trajectory t
         WHERE {} AND {TAKES_PART} GROUP BY t.site ORDER BY t.site",
        rows.condition
    );
    let count = |row: &Row<'_>, at| row.get::<i64>(at).map(|count| u64::try_from(count).unwrap_or(0));
    tx.query(&sql, &values, |row| Ok(AtSite { site: row.get(0)?, open: count(row, 1)?, without: count(row, 2)? }))
}

/// A page of the open cases in which none of these organisations is involved, longest waiting first.
pub fn without(
    tx: &mut Tx<'_>,
    scope: &Scope,
    orgs: &[OrgId],
    today: Date,
    page: u32,
) -> journal::Result<Vec<ListRow>> {
    if orgs.is_empty() {
        return Ok(vec![]);
    }
    let rows = scoped::rows(scope, Category::Process, today, 1);
    let mut values = rows.values.clone();
    let first = values.len() + 1;
    values.extend(orgs.iter().map(|org| Value::from(org.as_str())));
    let skip = u64::from(page.max(1) - 1) * u64::from(PAGE);
    let sql = format!(
        "SELECT {COLUMNS}, {} FROM trajectory t WHERE {} AND {TAKES_PART} AND {}
         ORDER BY t.phase_since, t.id LIMIT {PAGE} OFFSET {skip}",
        rows.columns,
        rows.condition,
        uninvolved(first, orgs.len())
    );
    tx.query(&sql, &values, list_row)
}

/// The trajectories that a scope sees; also those that have ended.
pub fn visible(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> journal::Result<Vec<TrajectoryId>> {
    let rows = scoped::rows(scope, Category::Process, today, 1);
    let sql = format!("SELECT t.id FROM trajectory t WHERE {} ORDER BY t.id", rows.condition);
    tx.query(&sql, &rows.values, |row| Ok(TrajectoryId(row.get(0)?)))
}

fn span(row: &Row<'_>) -> journal::Result<Span> {
    Ok(Span {
        line: row.get(0)?,
        code: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        site: row.get(4)?,
        case_number: row.get(5)?,
        trajectory: row.get(6)?,
    })
}

const SPAN: &str = "s.line, s.code, s.valid_from, s.valid_to, t.site, t.case_number, t.id";

/// Pauses, obstacles and the last steps of departure of open cases, as they are on a day, longest first.
pub fn standing(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> journal::Result<Vec<Span>> {
    let rows = scoped::rows(scope, Category::Process, today, 2);
    let mut values = vec![Value::from(today)];
    values.extend(rows.values);
    let sql = format!(
        "SELECT {SPAN} FROM spell s JOIN trajectory t ON t.id = s.trajectory
         WHERE s.line IN ('pause', 'obstacle', 'departure') AND s.known_to IS NULL AND s.valid_from <= $1
         AND (s.valid_to IS NULL OR s.valid_to > $1) AND {TAKES_PART} AND {} ORDER BY s.valid_from, t.id",
        rows.condition
    );
    tx.query(&sql, &values, span)
}

/// Steps of the departure process that were taken in a period [from, to), in the order of their days; open and ended cases.
pub fn steps(tx: &mut Tx<'_>, scope: &Scope, today: Date, from: Date, to: Date) -> journal::Result<Vec<Span>> {
    let rows = scoped::rows(scope, Category::Process, today, 3);
    let mut values = vec![Value::from(from), Value::from(to)];
    values.extend(rows.values);
    let sql = format!(
        "SELECT {SPAN} FROM spell s JOIN trajectory t ON t.id = s.trajectory
         WHERE s.line = 'departure' AND s.known_to IS NULL AND s.valid_from >= $1 AND s.valid_from < $2 AND {}
         ORDER BY s.valid_from, t.id",
        rows.condition
    );
    tx.query(&sql, &values, span)
}

/// Terms by which a trajectory stands still ([`STALLS`]) that ran out while an organisation had to act, longest ago first.
pub fn late(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> journal::Result<Vec<Late>> {
    let rows = scoped::rows(scope, Category::Process, today, 2);
    let mut values = vec![Value::from(today)];
    values.extend(rows.values);
    let stalls: Vec<String> = STALLS.iter().map(|rule| format!("'{}'", rule.code())).collect();
    let sql = format!(
        "SELECT d.rule, d.waiting_on, d.due, t.site, t.case_number, t.id FROM term d
         JOIN trajectory t ON t.id = d.trajectory WHERE d.waiting_on IS NOT NULL AND d.agreed = 1 AND d.due < $1
         AND d.valid_from <= $1 AND (d.valid_to IS NULL OR d.valid_to >= $1) AND {TAKES_PART}
         AND d.rule IN ({}) AND {} ORDER BY d.due, t.id",
        stalls.join(", "),
        rows.condition
    );
    tx.query(&sql, &values, |row| {
        Ok(Late {
            rule: row.get(0)?,
            org: row.get(1)?,
            due: row.get(2)?,
            site: row.get(3)?,
            case_number: row.get(4)?,
            trajectory: row.get(5)?,
        })
    })
}
