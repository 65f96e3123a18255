//! Cases on agendas, and cases that could be put on one.

use access::{Relation, Scope, State};
use domain::{
    agenda::End,
    codes::Category,
    ids::{FactId, OrgId, SiteId, SittingId, TrajectoryId},
    term::Rule,
    trajectory::Trajectory,
};
use jiff::civil::Date;
use journal::{Row, Tx, Value, params};
use uuid::Uuid;

use crate::{
    scoped,
    worklist::{COLUMNS, ListRow, list_row},
};

const DROP: &str = "DELETE FROM agenda WHERE trajectory = $1";
const PUT: &str = "INSERT INTO agenda (trajectory, fact, sitting, since, outcome) VALUES ($1, $2, $3, $4, $5)";
const OPEN_AT: &str = "SELECT sitting FROM agenda WHERE trajectory = $1 AND outcome IS NULL ORDER BY since, fact";
const CASES: &str = "SELECT DISTINCT trajectory FROM agenda WHERE sitting = $1
    AND (outcome IS NULL OR outcome NOT IN ('taken-off', 'ended')) ORDER BY trajectory";
const VERSIONS: &str = "SELECT DISTINCT a.trajectory, t.version FROM agenda a JOIN trajectory t ON t.id = a.trajectory
    WHERE a.sitting = $1 AND (a.outcome IS NULL OR a.outcome NOT IN ('taken-off', 'ended')) ORDER BY a.trajectory";
const SITTINGS_OF: &str = "SELECT DISTINCT sitting FROM agenda WHERE trajectory = $1 ORDER BY sitting";
const OUTCOMES: &str = "SELECT sitting, outcome, COUNT(*) FROM agenda GROUP BY sitting, outcome";
const OUTCOMES_OF: &str = "SELECT outcome, COUNT(*) FROM agenda WHERE sitting = $1 GROUP BY outcome";
const ARRIVALS: &str = "SELECT valid_from FROM spell WHERE line = 'phase' AND code = 'decision' AND site = $1
    AND known_to IS NULL AND valid_from >= $2 AND valid_from < $3 ORDER BY valid_from";

/// Every statement here that does not vary.
pub const SQL: &[&str] = &[DROP, PUT, OPEN_AT, CASES, VERSIONS, SITTINGS_OF, OUTCOMES, OUTCOMES_OF, ARRIVALS];

/// The rules by which a case asks for a place on an agenda.
pub const RULES: [Rule; 5] = [Rule::Decision, Rule::Review, Rule::Advice, Rule::Undecided, Rule::Escalation];

/// A case on the agenda of a sitting; what is personal is still sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct OnAgenda {
    /// The case.
    pub row: ListRow,
    /// The fact that placed it.
    pub fact: FactId,
    /// Since when it stands there.
    pub since: Date,
    /// How it ended; none while it stands there.
    pub outcome: Option<End>,
}

/// A case that asks for a place on an agenda.
#[derive(Debug, Clone, PartialEq)]
pub struct Asking {
    /// The case.
    pub row: ListRow,
    /// By which rule.
    pub rule: Rule,
    /// Since when.
    pub start: Date,
    /// By when, where a term is agreed.
    pub due: Option<Date>,
}

/// Writes the places of a trajectory on agendas.
pub(crate) fn put(tx: &mut Tx<'_>, state: &Trajectory) -> journal::Result<()> {
    tx.exec(DROP, params![state.id.0])?;
    for tabling in &state.tablings {
        // of a forgotten person the sitting is not known
        let Some(sitting) = tabling.sitting() else { continue };
        let outcome = tabling.end.map(|end| end.how.code());
        tx.exec(PUT, params![state.id.0, tabling.fact.0, sitting.0, tabling.from, outcome])?;
    }
    Ok(())
}

fn of_sitting_sql() -> String {
    format!(
        "SELECT {COLUMNS}, {}, a.fact, a.since, a.outcome FROM agenda a JOIN trajectory t ON t.id = a.trajectory
         WHERE a.sitting = $1 ORDER BY a.since, t.case_number, a.fact",
        scoped::columns(2, 3)
    )
}

fn asking_sql() -> String {
    let rules: Vec<String> = RULES.iter().map(|rule| format!("'{}'", rule.code())).collect();
    format!(
        "SELECT {COLUMNS}, {}, d.rule, d.start, d.due, d.agreed
         FROM term d JOIN trajectory t ON t.id = d.trajectory
         WHERE d.site = $1 AND t.is_open = 1 AND d.rule IN ({}) AND d.valid_from <= $4
         AND (d.valid_to IS NULL OR d.valid_to >= $4) ORDER BY d.start, t.id, d.number",
        scoped::columns(2, 3),
        rules.join(", ")
    )
}

/// How so many organisations stand to each case of a sitting: one query for all of them.
fn stands_sql(orgs: usize) -> String {
    let one = |at: usize| {
        format!(
            "SELECT CAST({at} AS BIGINT), t.id, t.site, {} FROM trajectory t
             WHERE t.id IN (SELECT trajectory FROM agenda WHERE sitting = $1)",
            scoped::columns(at + 3, 2)
        )
    };
    (0..orgs).map(one).collect::<Vec<_>>().join(" UNION ALL ")
}

/// Every statement here that is put together.
pub fn statements() -> Vec<String> {
    vec![of_sitting_sql(), asking_sql(), stands_sql(2)]
}

/// How an organisation stands to a case on an agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// Which organisation.
    pub org: OrgId,
    /// Which case.
    pub case: TrajectoryId,
    /// Where it is.
    pub site: String,
    /// How it stands to it, and the state of the case.
    pub stands: (Relation, State),
}

/// How organisations stand to every case of a sitting, were it at a site of theirs.
pub fn stands(tx: &mut Tx<'_>, id: SittingId, orgs: &[OrgId], today: Date) -> journal::Result<Vec<Stand>> {
    if orgs.is_empty() {
        return Ok(vec![]);
    }
    let mut values = vec![Value::from(id.0), Value::from(scoped::long_ago(today))];
    values.extend(orgs.iter().map(|org| Value::from(org.as_str())));
    let rows = tx.query(&stands_sql(orgs.len()), &values, |row| {
        let at = usize::try_from(row.get::<i64>(0)?).unwrap_or(usize::MAX);
        Ok((at, TrajectoryId(row.get::<Uuid>(1)?), row.get::<String>(2)?, scoped::case(row, 3)?))
    })?;
    let named = rows
        .into_iter()
        .filter_map(|(at, case, site, stands)| Some(Stand { org: orgs.get(at)?.clone(), case, site, stands }));
    Ok(named.collect())
}

fn on_agenda(row: &Row<'_>) -> journal::Result<OnAgenda> {
    let outcome: Option<String> = row.get(20)?;
    Ok(OnAgenda {
        row: list_row(row)?,
        fact: FactId(row.get(18)?),
        since: row.get(19)?,
        outcome: outcome.as_deref().and_then(End::from_code),
    })
}

/// The cases on the agenda of a sitting; the caller has checked that who asks is invited.
pub fn of_sitting(tx: &mut Tx<'_>, scope: &Scope, id: SittingId, today: Date) -> journal::Result<Vec<OnAgenda>> {
    let values = params![id.0, scope.org().as_str(), scoped::long_ago(today)];
    tx.query(&of_sitting_sql(), values, on_agenda)
}

/// The cases of a site that ask for a place on an agenda on a day, longest waiting first. A case that asks for more than one
/// reason stands there more than once.
pub fn asking(tx: &mut Tx<'_>, scope: &Scope, site: &SiteId, on: Date, today: Date) -> journal::Result<Vec<Asking>> {
    if !scope.covers(site) {
        return Ok(vec![]);
    }
    let values = [
        Value::from(site.as_str()),
        Value::from(scope.org().as_str()),
        Value::from(scoped::long_ago(today)),
        Value::from(on),
    ];
    tx.query(&asking_sql(), &values, |row| {
        let rule: String = row.get(18)?;
        let due: Date = row.get(20)?;
        Ok(Asking {
            row: list_row(row)?,
            rule: Rule::from_code(&rule).unwrap_or(Rule::Decision),
            start: row.get(19)?,
            due: (row.get::<i64>(21)? == 1).then_some(due),
        })
    })
}

/// The sittings on whose agenda a case stands now.
pub fn open_at(tx: &mut Tx<'_>, case: TrajectoryId) -> journal::Result<Vec<SittingId>> {
    tx.query(OPEN_AT, params![case.0], |row| Ok(SittingId(row.get::<Uuid>(0)?)))
}

/// The cases that stand or were dealt with on the agenda of a sitting.
pub fn cases(tx: &mut Tx<'_>, id: SittingId) -> journal::Result<Vec<TrajectoryId>> {
    tx.query(CASES, params![id.0], |row| Ok(TrajectoryId(row.get::<Uuid>(0)?)))
}

/// The same, each with the number of its last fact: what was read of them stands as long as these do.
pub fn versions(tx: &mut Tx<'_>, id: SittingId) -> journal::Result<Vec<(TrajectoryId, u32)>> {
    tx.query(VERSIONS, params![id.0], |row| {
        Ok((TrajectoryId(row.get::<Uuid>(0)?), u32::try_from(row.get::<i64>(1)?).unwrap_or(0)))
    })
}

/// The sittings on whose agenda a case ever stood.
pub fn sittings_of(tx: &mut Tx<'_>, case: TrajectoryId) -> journal::Result<Vec<SittingId>> {
    tx.query(SITTINGS_OF, params![case.0], |row| Ok(SittingId(row.get::<Uuid>(0)?)))
}

/// How many cases each sitting has, by what became of them; counts of nobody in particular.
pub fn outcomes(tx: &mut Tx<'_>) -> journal::Result<Vec<(SittingId, Option<End>, u32)>> {
    tx.query(OUTCOMES, params![], |row| {
        let outcome: Option<String> = row.get(1)?;
        let count: i64 = row.get(2)?;
        let end = outcome.as_deref().and_then(End::from_code);
        Ok((SittingId(row.get::<Uuid>(0)?), end, u32::try_from(count).unwrap_or(0)))
    })
}

/// The same, of one sitting.
pub fn outcomes_of(tx: &mut Tx<'_>, id: SittingId) -> journal::Result<Vec<(Option<End>, u32)>> {
    tx.query(OUTCOMES_OF, params![id.0], |row| {
        let outcome: Option<String> = row.get(0)?;
        let count: i64 = row.get(1)?;
        Ok((outcome.as_deref().and_then(End::from_code), u32::try_from(count).unwrap_or(0)))
    })
}

/// Since when people are sheltered at a site in whose case the partners never decided, as far as a scope sees them; longest
/// first.
pub fn sheltered_undecided(tx: &mut Tx<'_>, scope: &Scope, site: &SiteId, today: Date) -> journal::Result<Vec<Date>> {
    let rows = scoped::rows(scope, Category::Process, today, 3);
    let mut values = vec![Value::from(site.as_str()), Value::from(today)];
    values.extend(rows.values);
    let sql = format!(
        "SELECT MIN(s.valid_from), t.id FROM trajectory t JOIN spell s ON s.trajectory = t.id
         WHERE t.site = $1 AND t.is_open = 1 AND t.scenario IS NULL AND s.line = 'shelter' AND s.known_to IS NULL
         AND s.valid_from <= $2 AND (s.valid_to IS NULL OR s.valid_to > $2) AND {}
         GROUP BY t.id ORDER BY 1, t.id",
        rows.condition
    );
    tx.query(&sql, &values, |row| row.get(0))
}

/// The days on which cases of a site became ready for a decision, from one day to another.
pub fn arrivals(tx: &mut Tx<'_>, site: &SiteId, from: Date, to: Date) -> journal::Result<Vec<Date>> {
    tx.query(ARRIVALS, params![site.as_str(), from, to], |row| row.get(0))
}
