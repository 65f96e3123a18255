//! Whose turn it is: narrows the worklist to what the page of today counts, by the very same conditions.

use std::fmt::Write as _;

use access::Scope;
use domain::ids::OrgId;
use jiff::civil::Date;
use journal::Value;

use crate::{
    today::{OURS, RUNS, THEIRS},
    worklist::{Due, Filter},
};

/// Who has to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingOn {
    /// This organisation.
    Org(OrgId),
    /// Others than mine, which should have acted, in trajectories that my organisation works on.
    Others,
}

/// The same condition, with its first two parameters elsewhere.
fn placed(sql: &str, org: usize, today: usize) -> String {
    sql.replace("$1", "?org").replace("$2", &format!("${today}")).replace("?org", &format!("${org}"))
}

/// A term falls in one of these, or `None` for any.
fn due(asked: &[Due], values: &mut Vec<Value>, today: Date) -> Option<String> {
    if asked.is_empty() || asked.len() >= Due::ALL.len() {
        return None;
    }
    // a database refuses a value that no condition uses
    let mut bind = |day: Date| {
        values.push(Value::from(day));
        format!("${}", values.len())
    };
    let week = today.saturating_add(jiff::Span::new().days(7));
    let any = asked.iter().map(|due| match due {
        Due::Overdue => format!("(d.agreed = 1 AND d.due < {})", bind(today)),
        Due::Today => format!("(d.agreed = 1 AND d.due = {})", bind(today)),
        Due::Week => format!("(d.agreed = 1 AND d.due > {} AND d.due <= {})", bind(today), bind(week)),
        Due::Later => format!("(d.agreed = 1 AND d.due > {})", bind(week)),
        Due::Nothing => "d.agreed = 0".to_owned(),
    });
    Some(any.collect::<Vec<_>>().join(" OR "))
}

/// Adds to the `WHERE` of a worklist who has to act, who guides, and who works on it.
pub(crate) fn narrow(sql: &mut String, values: &mut Vec<Value>, scope: &Scope, filter: &Filter, today: Date) {
    if let Some(waiting_on) = &filter.waiting_on {
        let (org, condition) = match waiting_on {
            WaitingOn::Org(org) => (org, OURS),
            WaitingOn::Others => (scope.org(), THEIRS),
        };
        values.extend([Value::from(org.as_str()), Value::from(today)]);
        let condition = placed(&format!("{condition} AND {RUNS}"), values.len() - 1, values.len());
        let due = due(&filter.due, values, today).map(|due| format!(" AND ({due})")).unwrap_or_default();
        // writing to a String cannot fail
        let _ = write!(sql, " AND EXISTS (SELECT 1 FROM term d WHERE d.trajectory = t.id AND {condition}{due})");
    }
    if let Some(guide) = filter.guide {
        values.push(Value::from(guide.0));
        let _ = write!(sql, " AND t.guide = ${}", values.len());
    }
    if filter.ours {
        values.push(Value::from(scope.org().as_str()));
        let at = values.len();
        let _ = write!(sql, " AND EXISTS (SELECT 1 FROM worker w WHERE w.trajectory = t.id AND w.org = ${at})");
    }
}
