//! SQL that depends on who asks: which rows there are for them, how they stand to each, and in which state it is.
//!
//! The policy answers by relation and state ([`access::Scope::sees`]); here both become expressions over the columns of
//! `trajectory`, so that a list is one query, whoever asks.

use access::{CLOSED_LONG_DAYS, Relation, Scope, State};
use domain::codes::Category;
use jiff::civil::Date;
use journal::{Row, Value};

/// The day on or before which a case that ended is closed long ago.
pub(crate) fn long_ago(today: Date) -> Date {
    today.saturating_sub(jiff::Span::new().days(CLOSED_LONG_DAYS))
}

/// Relation and state of `t` as two columns; PostgreSQL makes whole numbers of another size of bare ones.
pub(crate) fn columns(org: usize, long: usize) -> String {
    format!("CAST({} AS BIGINT), CAST({} AS BIGINT)", relation(org), state(long))
}

/// The state of `t`, as its place in [`State::ALL`]; `long` is the parameter of [`long_ago`]. Who was never admitted stays
/// "applied" after a refusal.
fn state(long: usize) -> String {
    let (applied, open, closed) = (State::Applied as usize, State::Open as usize, State::Closed as usize);
    let (closed_long, restricted) = (State::ClosedLong as usize, State::Restricted as usize);
    format!(
        "CASE WHEN t.restricted = 1 THEN {restricted} WHEN t.ended <= ${long} THEN {closed_long}
         WHEN t.admitted = 0 THEN {applied} WHEN t.ended IS NOT NULL THEN {closed} ELSE {open} END"
    )
}

/// Whether an organisation has a task in `t`.
fn involved(org: usize) -> String {
    format!("EXISTS (SELECT 1 FROM involved i WHERE i.trajectory = t.id AND i.org = ${org})")
}

/// How an organisation stands to a case of its own sites, as its place in [`Relation::ALL`].
fn relation(org: usize) -> String {
    let (task, site) = (Relation::Involved as usize, Relation::OwnSite as usize);
    format!("CASE WHEN {} THEN {task} ELSE {site} END", involved(org))
}

/// Relation and state of a row, from two columns.
pub(crate) fn case(row: &Row<'_>, at: usize) -> journal::Result<(Relation, State)> {
    let place = |at| row.get::<i64>(at).map(|place| usize::try_from(place).unwrap_or(usize::MAX));
    let relation = Relation::ALL.get(place(at)?).copied().unwrap_or(Relation::None);
    // an unknown state gives nothing
    let state = State::ALL.get(place(at + 1)?).copied().unwrap_or(State::AgreementEnded);
    Ok((relation, state))
}

/// What a query over `trajectory t` needs of who asks.
pub(crate) struct Rows {
    /// Which rows there are.
    pub condition: String,
    /// Two columns more: relation and state.
    pub columns: String,
    /// What to bind.
    pub values: Vec<Value>,
}

/// The rows of a scope in which `category` may be seen; parameters from `first` on.
pub(crate) fn rows(scope: &Scope, category: Category, today: Date, first: usize) -> Rows {
    let sites = scope.sites().len();
    let marks: Vec<String> = (first..first + sites).map(|at| format!("${at}")).collect();
    let (org, long) = (first + sites, first + sites + 1);
    let mut values: Vec<Value> = scope.sites().iter().map(|site| Value::from(site.as_str())).collect();
    values.extend([Value::from(scope.org().as_str()), Value::from(long_ago(today))]);
    let condition = format!("t.site IN ({}) AND {}", marks.join(", "), visible(scope, category, org, long));
    Rows { condition, columns: columns(org, long), values }
}

/// The states in which everyone of a site sees it, or also those in which only who has a task does.
fn visible(scope: &Scope, category: Category, org: usize, long: usize) -> String {
    let of = |relation| scope.states(relation, category).collect::<Vec<_>>();
    let (task, site) = (of(Relation::Involved), of(Relation::OwnSite));
    let list = |states: Vec<State>| -> String {
        if states.is_empty() {
            return "1 = 0".to_owned();
        }
        let places: Vec<String> = states.iter().map(|state| (*state as usize).to_string()).collect();
        format!("({}) IN ({})", state(long), places.join(", "))
    };
    // being involved never shows less (a test of the policy says so)
    let more: Vec<State> = task.iter().copied().filter(|state| !site.contains(state)).collect();
    let everyone = list(site);
    // every parameter is named in any case: PostgreSQL refuses one that is bound and not there
    let named = format!("${org} = ${org} AND ${long} = ${long}");
    if more.is_empty() {
        return format!("{everyone} AND {named}");
    }
    format!("({everyone} OR ({} AND {})) AND {named}", list(more), involved(org))
}
