//! The extract of one person as JSON (`docs/extract-format.md`): for the participant, or another system they choose.

use desk::{Desk, Extract, ExtractCase, Failure, Held, Recipient};
use domain::fact::describe;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The version of the format that this program writes.
pub const VERSION: u32 = 1;
const FORMAT: &str = "bestendig-extract";
/// Names of fields that hold who someone else is: they are left out.
const OTHERS: &[&str] = &["other", "user", "worker", "actor", "guide"];
/// What stands where someone else stood.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// The extract as JSON, indented.
///
/// # Errors
/// When something that is held cannot be written; it says what.
pub fn json(desk: &Desk, extract: &Extract) -> Result<String, Failure> {
    let programme = desk.programme();
    let held = |all: &[Held]| all.iter().map(fact).collect::<Result<Vec<_>, _>>();
    let case = |case: &ExtractCase| {
        let t = &case.trajectory;
        Ok::<_, Failure>(json!({
            "case": case.case_number,
            "site": t.site,
            "now": plain(t)?,
            "terms": plain(&case.terms)?,
            "facts": held(&case.held)?,
        }))
    };
    let recipient = |one: &Recipient| {
        let name = programme.org(&one.org).map(|org| org.name.clone());
        json!({
            "organisation": one.org,
            "name": name,
            "kind": one.kind,
            "case": one.case_number,
            "has_task": one.involved,
            "last_opened": one.looked,
        })
    };
    let whole = json!({
        "format": FORMAT,
        "version": VERSION,
        "programme": programme.id,
        "made": extract.made,
        "day": extract.today,
        "person": { "now": plain(&extract.person)?, "facts": held(&extract.held)? },
        "cases": extract.cases.iter().map(case).collect::<Result<Vec<_>, _>>()?,
        "recipients": extract.recipients.iter().map(recipient).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&whole).map_err(|error| unreadable(&error))
}

/// A fact: what, both times, from whom, why.
fn fact(held: &Held) -> Result<Value, Failure> {
    let h = &held.fact.header;
    let whole = plain(&held.fact)?;
    let part = |name: &str| whole.get(name).cloned().unwrap_or(Value::Null);
    Ok(json!({
        "id": h.id,
        "kind": h.kind,
        "category": h.kind.category(),
        "purpose": h.purpose,
        "holds_from": h.valid_from,
        "recorded": h.recorded_at,
        "recorded_by": h.org,
        "source": h.source,
        "site": h.site,
        "method": h.method,
        "codes": plain(&h.codes)?,
        "says": part("body"),
        "corrects": h.supersedes,
        "why": part("why"),
        "replaced_by": held.superseded_by,
    }))
}

/// A value as JSON, without who others are.
///
/// # Errors
/// When it cannot be written; it says what.
pub fn plain<T: Serialize>(value: &T) -> Result<Value, Failure> {
    let mut value = serde_json::to_value(value).map_err(|error| unreadable(&error))?;
    without_others(&mut value);
    Ok(value)
}

fn without_others(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let kept = std::mem::take(map)
                .into_iter()
                .filter(|(name, value)| !OTHERS.contains(&name.as_str()) && value.as_str() != Some(NOBODY));
            *map = kept.collect::<Map<_, _>>();
            map.values_mut().for_each(without_others);
        }
        Value::Array(all) => all.iter_mut().for_each(without_others),
        _ => {}
    }
}

fn unreadable(error: &serde_json::Error) -> Failure {
    Failure::Unreadable(describe(error))
}
