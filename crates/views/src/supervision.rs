//! What the DT&V watches over (letter of 29 November 2018): cases without its involvement, what stands still and by what
//! cause, and the departure process by step. Everything here is codes, days and case numbers: nothing is opened.

use access::Scope;
use domain::{codes::Category, ids::OrgId};
use jiff::civil::Date;
use journal::{Row, Tx, Value};

use crate::{
    scoped,
    worklist::{COLUMNS, ListRow, list_row},
};

/// The most that is shown of one list; how many there are in all is told beside it.
pub const MOST: u32 = 100;

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

/// Open cases of people who take part: how many there are, and those in which none of these organisations is involved,
/// longest waiting first.
pub fn without(
    tx: &mut Tx<'_>,
    scope: &Scope,
    orgs: &[OrgId],
    today: Date,
) -> journal::Result<(u64, u64, Vec<ListRow>)> {
    let rows = scoped::rows(scope, Category::Process, today, 1);
    let open = format!("{} AND t.is_open = 1 AND t.admitted = 1", rows.condition);
    let count = |tx: &mut Tx<'_>, condition: &str, values: &[Value]| {
        let sql = format!("SELECT COUNT(*) FROM trajectory t WHERE {condition}");
        let found = tx.one(&sql, values, |row| row.get::<i64>(0))?.unwrap_or(0);
        Ok::<_, journal::Error>(u64::try_from(found).unwrap_or(0))
    };
    let all = count(tx, &open, &rows.values)?;
    if orgs.is_empty() {
        return Ok((all, all, vec![]));
    }
    let mut values = rows.values.clone();
    let first = values.len() + 1;
    values.extend(orgs.iter().map(|org| Value::from(org.as_str())));
    let condition = format!("{open} AND {}", uninvolved(first, orgs.len()));
    let without = count(tx, &condition, &values)?;
    let sql = format!(
        "SELECT {COLUMNS}, {} FROM trajectory t WHERE {condition} ORDER BY t.phase_since, t.id LIMIT {MOST}",
        rows.columns
    );
    Ok((all, without, tx.query(&sql, &values, list_row)?))
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
         AND (s.valid_to IS NULL OR s.valid_to > $1) AND t.is_open = 1 AND {} ORDER BY s.valid_from, t.id",
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

/// Terms that ran out while an organisation had to act, longest ago first.
pub fn late(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> journal::Result<Vec<Late>> {
    let rows = scoped::rows(scope, Category::Process, today, 2);
    let mut values = vec![Value::from(today)];
    values.extend(rows.values);
    let sql = format!(
        "SELECT d.rule, d.waiting_on, d.due, t.site, t.case_number, t.id FROM term d
         JOIN trajectory t ON t.id = d.trajectory WHERE d.waiting_on IS NOT NULL AND d.agreed = 1 AND d.due < $1
         AND d.valid_from <= $1 AND (d.valid_to IS NULL OR d.valid_to >= $1) AND t.is_open = 1 AND {}
         ORDER BY d.due, t.id",
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
