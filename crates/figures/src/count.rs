//! Counting people from spells: entered, present, left (design.md 6.17).
//!
//! The unit is the participant, counted once. Periods are half-open, stock is at the start of the day. Spells
//! that turned out otherwise (`known_to`) are left out: these are figures as known now.

use domain::{codes::Status, ids::SiteId, programme::Counted};
use jiff::civil::Date;
use journal::{Tx, Value};

/// A period: [from, to).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Day after the last.
    pub to: Date,
}

/// The statuses that count.
pub fn statuses(counted: Counted) -> &'static [Status] {
    match counted {
        Counted::Entered => &[Status::Admitted, Status::ShelteredWithoutStatus, Status::LivingAllowanceOnly],
        Counted::AdmittedOnly => &[Status::Admitted],
    }
}

/// `IN ('admitted', …)`: codes of the program itself, never of a person.
fn among(counted: Counted) -> String {
    let codes: Vec<String> = statuses(counted).iter().map(|status| format!("'{status}'")).collect();
    format!("IN ({})", codes.join(", "))
}

fn place(site: Option<&SiteId>, values: &mut Vec<Value>, table: &str) -> String {
    site.map_or_else(String::new, |site| {
        values.push(Value::from(site.as_str()));
        format!(" AND {table}.site = ${}", values.len())
    })
}

fn one(tx: &mut Tx<'_>, sql: &str, values: &[Value]) -> journal::Result<u64> {
    let count = tx.one(sql, values, |row| row.get::<i64>(0))?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// People whose first day of taking part (at the site, or anywhere) falls in the period.
pub fn inflow(tx: &mut Tx<'_>, site: Option<&SiteId>, period: Period, counted: Counted) -> journal::Result<u64> {
    let mut values = vec![Value::from(period.from), Value::from(period.to)];
    let at = place(site, &mut values, "s");
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT s.participant, MIN(s.valid_from) AS entered FROM spell s
         WHERE s.line = 'status' AND s.code {} AND s.known_to IS NULL{at} GROUP BY s.participant) AS first
         WHERE entered >= $1 AND entered < $2",
        among(counted)
    );
    one(tx, &sql, &values)
}

/// People who take part at the start of a day.
pub fn stock(tx: &mut Tx<'_>, site: Option<&SiteId>, on: Date, counted: Counted) -> journal::Result<u64> {
    let mut values = vec![Value::from(on)];
    let at = place(site, &mut values, "s");
    let sql = format!(
        "SELECT COUNT(DISTINCT s.participant) FROM spell s WHERE s.line = 'status' AND s.code {}
         AND s.known_to IS NULL AND s.valid_from < $1 AND (s.valid_to IS NULL OR s.valid_to >= $1){at}",
        among(counted)
    );
    one(tx, &sql, &values)
}

/// People present at the start of a day with a scenario.
pub fn with_scenario(tx: &mut Tx<'_>, site: Option<&SiteId>, on: Date, scenario: &str) -> journal::Result<u64> {
    let mut values = vec![Value::from(on), Value::from(scenario)];
    let at = place(site, &mut values, "s");
    let sql = format!(
        "SELECT COUNT(DISTINCT s.participant) FROM spell s WHERE s.line = 'scenario' AND s.code = $2
         AND s.known_to IS NULL AND s.valid_from < $1 AND (s.valid_to IS NULL OR s.valid_to >= $1){at}"
    );
    one(tx, &sql, &values)
}

/// People who left in the period, by reason: their latest trajectory that began before its end, and in which
/// they took part, ended by leaving within it.
pub fn outflow(tx: &mut Tx<'_>, site: Option<&SiteId>, period: Period) -> journal::Result<Vec<(String, u64)>> {
    let mut values = vec![Value::from(period.from), Value::from(period.to)];
    let at = place(site, &mut values, "t");
    let took_part = format!(
        "EXISTS (SELECT 1 FROM spell e WHERE e.trajectory = {{}}.id AND e.line = 'status' AND e.code {}
         AND e.known_to IS NULL AND e.valid_from < $2)",
        among(Counted::Entered)
    );
    let sql = format!(
        "SELECT t.outflow_reason, COUNT(DISTINCT t.participant) FROM trajectory t
         WHERE t.outflow_reason IS NOT NULL AND t.ended >= $1 AND t.ended < $2{at} AND {}
         AND NOT EXISTS (SELECT 1 FROM trajectory u WHERE u.participant = t.participant AND u.id <> t.id
             AND u.opened >= t.ended AND u.opened < $2 AND {})
         GROUP BY t.outflow_reason ORDER BY t.outflow_reason",
        took_part.replace("{}", "t"),
        took_part.replace("{}", "u")
    );
    tx.query(&sql, &values, |row| Ok((row.get(0)?, u64::try_from(row.get::<i64>(1)?).unwrap_or(0))))
}
