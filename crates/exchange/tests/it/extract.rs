//! The extract of one person: everything of them, nothing of anyone else.

use std::collections::BTreeSet;

use domain::{
    case_number::CaseNumber,
    fact::{Body, Fact, Kind},
    ids::{ParticipantId, Stream},
    trajectory::Recorded,
};
use population::{Member, Size};
use serde_json::Value;

use crate::world::{desk, programme, stores};

/// Every text, number and yes or no in a value, but who others are.
fn leaves(value: &Value, name: &str, out: &mut Vec<Value>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| leaves(value, name, out)),
        Value::Array(all) => all.iter().for_each(|value| leaves(value, name, out)),
        Value::Null => {}
        _ if ["other", "user", "worker", "actor"].contains(&name) => {}
        leaf => out.push(leaf.clone()),
    }
}

fn all_leaves(value: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    leaves(value, "", &mut out);
    out
}

/// Everything recorded about someone.
fn all_of(member: &Member) -> Vec<&Recorded> {
    member.person.iter().chain(member.trajectories.iter().flat_map(|(_, facts)| facts)).collect()
}

/// The names someone is or was known by.
fn names(facts: &[&Fact]) -> BTreeSet<String> {
    let bodies = facts.iter().filter_map(|fact| match &fact.body {
        Some(Body::IdentityRecorded(body)) => Some(body.names.iter().map(|name| name.text.clone())),
        _ => None,
    });
    bodies.flatten().collect()
}

#[test]
fn article_15_everything_of_one_person_and_nothing_of_another_is_in_the_extract() {
    let members = population::draw(&programme(), 7, Size::Small(30));
    let mut journal: Vec<&Recorded> = members.iter().flat_map(all_of).collect();
    journal.sort_by_key(|one| (one.fact.header.recorded_at, one.fact.header.stream, one.number));
    let test = stores().remove(0);
    let desk = desk(&test);
    desk.take_in(journal.into_iter().map(|one| one.fact.clone()).collect(), |_, _| {}).unwrap();
    let all: Vec<(ParticipantId, Vec<&Fact>)> = members
        .iter()
        .map(|member| (member.participant, all_of(member).into_iter().map(|one| &one.fact).collect()))
        .collect();
    let mut tried = 0;
    for (id, facts) in &all {
        let opened = facts.iter().find(|fact| fact.header.kind == Kind::Registered).unwrap();
        let Stream::Trajectory(trajectory) = opened.header.stream else { panic!("a trajectory") };
        let site = desk.programme().site(&opened.header.site).unwrap();
        let case = CaseNumber::of(&site.prefix, trajectory).to_string();
        let extract = desk.extract_of_case(&case).unwrap().unwrap();
        let text = exchange::extract::json(&desk, &extract).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let held: Vec<&Value> = json["person"]["facts"]
            .as_array()
            .unwrap()
            .iter()
            .chain(json["cases"].as_array().unwrap().iter().flat_map(|case| case["facts"].as_array().unwrap()))
            .collect();
        assert_eq!(held.len(), facts.len(), "every fact, superseded ones too");
        for fact in facts {
            let h = &fact.header;
            let id = h.id.to_string();
            let found = held.iter().find(|one| one["id"] == id.as_str()).expect("the fact is there");
            // both times, from whom, why
            assert_eq!(found["holds_from"], h.valid_from.to_string().as_str());
            assert_eq!(found["recorded"], serde_json::to_value(h.recorded_at).unwrap());
            assert_eq!((&found["recorded_by"], &found["source"]), (&json_of(&h.org), &json_of(&h.source)));
            assert_eq!((&found["purpose"], &found["category"]), (&json_of(&h.purpose), &json_of(&h.kind.category())));
            assert_eq!(found["why"], json_of(&fact.why));
            let body = serde_json::to_value(*fact).unwrap();
            assert_eq!(all_leaves(&body["body"]), all_leaves(&found["says"]), "{}", h.kind);
            let superseded = facts.iter().any(|later| later.header.supersedes == Some(h.id));
            assert_eq!(superseded, !found["replaced_by"].is_null());
        }
        // the ids of everyone else, their cases and their facts; and of every colleague
        let theirs: BTreeSet<String> = all
            .iter()
            .filter(|(other, _)| other != id)
            .flat_map(|(other, facts)| {
                let ids =
                    facts.iter().flat_map(|fact| [fact.header.id.to_string(), fact.header.stream.id().to_string()]);
                ids.chain([other.to_string()]).collect::<Vec<_>>()
            })
            .chain(facts.iter().map(|fact| fact.header.actor.0.to_string()))
            .collect();
        for leaf in all_leaves(&json).iter().filter_map(Value::as_str) {
            assert!(
                !theirs.contains(leaf),
                "something of another person: {:?}",
                text.lines().filter(|line| line.contains(leaf)).collect::<Vec<_>>()
            );
        }
        let own = names(facts);
        for (_, facts) in all.iter().filter(|(other, _)| other != id) {
            for name in names(facts).iter().filter(|name| !own.iter().any(|own| own.contains(name.as_str()))) {
                assert!(!text.contains(name.as_str()), "the name of another person");
            }
        }
        tried += 1;
    }
    assert!(tried >= 30);
    let linked = all.iter().flat_map(|(_, facts)| facts).any(|fact| fact.header.kind == Kind::PersonLinked);
    assert!(linked, "some of them belong together, or the test tells too little");
    assert!(desk.extract_of_case("GRO-0000-0000").unwrap().is_none());
}

fn json_of(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}
