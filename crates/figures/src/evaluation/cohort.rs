//! Who came, when, under what, and how it ended: from spells, each participant once (design.md 6.17).

use std::collections::BTreeMap;

use domain::{
    codes::Status,
    ids::Code,
    programme::{Classification, OutcomeClass},
};
use jiff::civil::Date;
use journal::{Tx, params};

use super::{guard::Checked, plan::By, plan::TimeZero};

/// The statuses of taking part.
pub const ENTERED: [Status; 3] = [Status::Admitted, Status::ShelteredWithoutStatus, Status::LivingAllowanceOnly];

/// Someone who took part. No name, no number: what is in the clear only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Site where they came in.
    pub site: String,
    /// Method version that the trajectory they came in with is under.
    pub method: String,
    /// First day of taking part.
    pub entered: Date,
    /// First scenario agreed, and when.
    pub scenario: Option<(String, Date)>,
    /// When their latest trajectory ended, and why. Who came back is still there.
    pub left: Option<(Date, String)>,
}

const TRAJECTORIES: &str = "SELECT id, participant, method, opened, ended, outflow_reason FROM trajectory ORDER BY id";
const SCENARIOS: &str = "SELECT participant, code, valid_from FROM spell WHERE line = 'scenario' AND known_to IS NULL
    ORDER BY participant, valid_from";

struct Trajectory {
    method: String,
    opened: Date,
    left: Option<(Date, String)>,
}

/// Everyone who took part, as known now, in the order of their first day.
///
/// # Errors
/// The read tables cannot be read.
pub fn read(tx: &mut Tx<'_>) -> journal::Result<Vec<Person>> {
    let codes: Vec<String> = ENTERED.iter().map(|status| format!("'{status}'")).collect();
    // codes of the program itself, never of a person
    let statuses = format!(
        "SELECT participant, trajectory, site, valid_from FROM spell WHERE line = 'status' AND known_to IS NULL
         AND code IN ({}) ORDER BY participant, valid_from, trajectory",
        codes.join(", ")
    );
    let mut trajectories = BTreeMap::new();
    for (id, trajectory) in tx.query(TRAJECTORIES, params![], |row| {
        let ended: Option<Date> = row.get(4)?;
        let left = ended.zip(row.get::<Option<String>>(5)?);
        Ok((row.get::<Vec<u8>>(0)?, Trajectory { method: row.get(2)?, opened: row.get(3)?, left }))
    })? {
        trajectories.insert(id, trajectory);
    }
    let mut scenarios: BTreeMap<Vec<u8>, (String, Date)> = BTreeMap::new();
    for (participant, code, from) in
        tx.query(SCENARIOS, params![], |row| Ok((row.get::<Vec<u8>>(0)?, row.get(1)?, row.get(2)?)))?
    {
        scenarios.entry(participant).or_insert((code, from));
    }
    let rows = tx.query(&statuses, params![], |row| {
        Ok((row.get::<Vec<u8>>(0)?, row.get::<Vec<u8>>(1)?, row.get::<String>(2)?, row.get::<Date>(3)?))
    })?;
    let mut people: BTreeMap<Vec<u8>, (Person, Date)> = BTreeMap::new();
    for (participant, trajectory, site, from) in rows {
        let Some(of) = trajectories.get(&trajectory) else { continue };
        let known = people.entry(participant.clone()).or_insert_with(|| {
            let scenario = scenarios.get(&participant).cloned();
            let person = Person { site, method: of.method.clone(), entered: from, scenario, left: of.left.clone() };
            (person, of.opened)
        });
        // the latest trajectory in which they took part says whether they left
        if of.opened > known.1 {
            (known.0.left, known.1) = (of.left.clone(), of.opened);
        }
    }
    let mut people: Vec<Person> = people.into_values().map(|(person, _)| person).collect();
    people.sort_by(|a, b| a.entered.cmp(&b.entered).then_with(|| a.site.cmp(&b.site)));
    Ok(people)
}

/// Classes of outcome in the order of the causes: cause 1 is the first.
pub const CLASSES: [OutcomeClass; 3] = [OutcomeClass::Durable, OutcomeClass::SemiDurable, OutcomeClass::None];

/// What the kernels take: one row a person.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arrays {
    /// Days from time zero to leaving, or to the day up to which was looked.
    pub time: Vec<f64>,
    /// 0 still there; else the class of [`CLASSES`], from 1.
    pub event: Vec<u8>,
    /// Days from time zero to when following began; all 0 unless the plan says from when.
    pub entry: Vec<f64>,
    /// The group of each.
    pub group: Vec<String>,
}

/// People as rows, by a checked plan. Who leaves on their first day is given half a day.
pub fn arrays(people: &[Person], plan: &Checked, classification: &Classification) -> Arrays {
    let mut arrays = Arrays::default();
    for person in people {
        let Some(zero) = zero(person, plan.zero) else { continue };
        if zero >= plan.until || plan.starting.is_some_and(|(from, to)| zero < from || zero >= to) {
            continue;
        }
        let left = person.left.as_ref().filter(|(on, _)| *on <= plan.until);
        let time = days(zero, left.map_or(plan.until, |(on, _)| *on)).max(0.5);
        let entry = plan.seen_from.map_or(0.0, |from| days(zero, from).max(0.0));
        if entry >= time {
            continue;
        }
        arrays.time.push(time);
        arrays.entry.push(entry);
        arrays.event.push(left.map_or(0, |(_, reason)| cause(classification, reason)));
        arrays.group.push(group(person, plan.by));
    }
    arrays
}

/// The first day of someone's clock; none when it never started.
fn zero(person: &Person, zero: TimeZero) -> Option<Date> {
    match zero {
        TimeZero::Entry => Some(person.entered),
        TimeZero::Scenario => person.scenario.as_ref().map(|(_, on)| (*on).max(person.entered)),
    }
}

fn group(person: &Person, by: By) -> String {
    match by {
        By::Site => person.site.clone(),
        By::Method => person.method.clone(),
        By::Scenario => person.scenario.as_ref().map_or_else(String::new, |(code, _)| code.clone()),
        // the guards let no other through
        By::Nothing | By::Reviews | By::Cooperation | By::Shelter => String::new(),
    }
}

/// Whole days between.
#[allow(clippy::cast_precision_loss, reason = "days of a life")]
pub(super) fn days(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

/// The class of a reason as a cause, from 1. A reason that the classification does not know is none of its solutions.
pub fn cause(classification: &Classification, reason: &str) -> u8 {
    let of = classification.map.iter().find(|(code, _): &(&Code, _)| **code == *reason).map(|(_, to)| to.class);
    let at = CLASSES.iter().position(|class| Some(*class) == of).unwrap_or(CLASSES.len() - 1);
    u8::try_from(at + 1).unwrap_or(1)
}
