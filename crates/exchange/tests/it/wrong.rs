//! What is wrong with a file is said with its line, and nothing is taken in.

use domain::{
    fact::{Body, Fact, Kind},
    ids::Stream,
};
use exchange::history::import;
use sha2::{Digest, Sha256};

use crate::world::{desk, facts};

/// A file with these facts and an end that fits them.
fn file(facts: &[Fact]) -> String {
    sealed(facts.iter().map(|fact| serde_json::to_string(fact).unwrap()).collect())
}

fn sealed(lines: Vec<String>) -> String {
    let head = r#"{"format":"bestendig-history","version":1,"programme":"one-city"}"#;
    let count = lines.len();
    let text: String = std::iter::once(head.to_owned()).chain(lines).map(|line| line + "\n").collect();
    let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{text}{{\"end\":true,\"facts\":{count},\"sha256\":\"{hash}\"}}\n")
}

fn lines(facts: &[Fact], change: impl Fn(usize, String) -> String) -> String {
    sealed(facts.iter().enumerate().map(|(at, fact)| change(at, serde_json::to_string(fact).unwrap())).collect())
}

/// A file with these facts and lines of sittings.
fn with_sittings(facts: &[Fact], sittings: &[String]) -> String {
    let lines = facts.iter().map(|fact| serde_json::to_string(fact).unwrap()).chain(sittings.iter().cloned());
    let head = r#"{"format":"bestendig-history","version":1,"programme":"one-city"}"#;
    let text: String = std::iter::once(head.to_owned()).chain(lines).map(|line| line + "\n").collect();
    let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    let (facts, lines) = (facts.len(), sittings.len());
    format!("{text}{{\"end\":true,\"facts\":{facts},\"sittings\":{lines},\"sha256\":\"{hash}\"}}\n")
}

#[test]
fn logs_of_sittings_that_make_no_sense() {
    let facts = facts();
    let logs = crate::world::sittings(crate::world::a_case(&facts));
    let lines: Vec<String> = logs
        .iter()
        .flat_map(|(id, lines)| lines.iter().map(move |line| (id, line)))
        .map(|(id, line)| {
            let (number, at, by, act) = (line.number, line.at, line.by, serde_json::to_string(&line.act).unwrap());
            format!("{{\"sitting\":\"{id}\",\"number\":{number},\"at\":\"{at}\",\"by\":\"{by}\",\"act\":{act}}}")
        })
        .collect();
    let first = facts.len() as u64 + 2;
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        with_sittings(&facts, &lines).into_bytes()
    };
    let put = |at: usize, from: &'static str, to: &'static str| {
        with(&|lines| {
            assert!(lines[at].contains(from), "{from} stands in {}", lines[at]);
            lines[at] = lines[at].replacen(from, to, 1);
        })
    };
    let case = crate::world::a_case(&facts).to_string();
    let elsewhere = with(&|lines| lines[2] = lines[2].replace(&case, "00000000-0000-4000-8000-000000000001"));
    let mut counted = String::from_utf8(with(&|_| {})).unwrap();
    counted = counted.replace("\"sittings\":12", "\"sittings\":13");
    refused(vec![
        ("more lines counted", counted.into(), first + 12, "lines of sittings were written"),
        ("a line left out", with(&|lines| drop(lines.remove(3))), first + 3, "does not fit the log"),
        ("two lines swapped", with(&|lines| lines.swap(3, 4)), first + 3, "does not fit the log"),
        ("a sitting in two pieces", with(&|lines| lines.swap(9, 10)), first + 10, "they stand together"),
        ("an act that is none", put(3, "opened", "danced"), first + 3, "history-format.md"),
        ("a field more", put(3, "\"number\"", "\"naam\":1,\"number\""), first + 3, "history-format.md"),
        ("a thirteenth month", put(0, "2022-06-14", "2022-13-14"), first, "history-format.md"),
        ("a body the site lacks", put(0, "\"lso\"", "\"mrt\""), first, "has no mrt"),
        ("an organisation that is none", put(4, "municipality-vrijstad", "niemand"), first + 4, "no organisation"),
        ("a case of elsewhere", elsewhere, first + 2, "not in this file"),
    ]);
}

/// Tries files, each with the line and the words of the refusal.
fn refused(cases: Vec<(&str, Vec<u8>, u64, &str)>) {
    let test = journal::testing::sqlite(&desk::migrations());
    let (to, path) = (desk(&test), test.folder.path().join("bad.jsonl"));
    for (what, bytes, line, words) in cases {
        std::fs::write(&path, bytes).unwrap();
        let said = import(&to, &path, None, |_| {}).expect_err(what).to_string();
        assert!(said.contains(&format!(", line {line}: ")) && said.contains(words), "{what}: {said}");
        assert!(said.contains("Nothing was taken in") && !said.contains('\n'), "{what}: {said}");
        assert_eq!(to.facts_in_all().unwrap(), 0, "{what}");
    }
    let (facts, keys) = (facts(), keys_kept(&test));
    assert_eq!(keys, 0, "a refused file leaves no keys");
    std::fs::write(&path, file(&facts)).unwrap();
    import(&to, &path, None, |_| {}).unwrap();
}

fn keys_kept(test: &journal::testing::TestStore) -> usize {
    let root = journal::RootKey::from_secret(&[7; 32]).unwrap();
    let keys = journal::Keyring::open(test.folder.path(), root, std::sync::Arc::new(journal::SystemEntropy)).unwrap();
    keys.everyone().unwrap().len()
}

#[test]
fn text_that_is_no_history() {
    let facts = facts();
    let good = file(&facts);
    let end = facts.len() as u64 + 2;
    let name = facts.iter().find_map(|fact| match &fact.body {
        Some(Body::IdentityRecorded(identity)) => Some(identity.names[0].text.clone()),
        _ => None,
    });
    let place = good.find(&name.unwrap()).unwrap();
    let name_line = good[..place].matches('\n').count() as u64 + 1;
    let mut broken = good.clone().into_bytes();
    broken[place] = 0xff;
    let third = good.match_indices('\n').nth(2).unwrap().0;
    let long = good.replacen("{\"header\"", &format!("{}{{\"header\"", " ".repeat(5 << 20)), 1);
    let (first, rest) = good.split_once('\n').unwrap();
    let left_out = format!("{first}\n{}", rest.split_once('\n').unwrap().1);
    refused(vec![
        ("empty", vec![], 1, "empty"),
        ("a CSV", b"naam;geboren\n".to_vec(), 1, "not a history file"),
        ("a newer format", good.replacen("\"version\":1,", "\"version\":2,\"new\":0,", 1).into(), 1, "newer version"),
        ("another programme", good.replacen("one-city", "lvv-2018", 1).into(), 1, "--programme"),
        ("broken UTF-8 in a name", broken, name_line, "not UTF-8"),
        ("cut in a line", good.as_bytes()[..third - 5].to_vec(), 3, "middle of this line"),
        ("cut between lines", good.as_bytes()[..=third].to_vec(), 4, "last line is missing"),
        ("a very long line", long.into(), 2, "longer than"),
        ("a word changed", good.replacen(":\"", ":\"X", 5000).into(), 1, "not a history file"),
        ("text after the end", format!("{good}\n").into(), end + 1, "after the last line"),
        ("a fact left out", left_out.into(), end - 1, "facts were written"),
    ]);
}

#[test]
fn facts_that_cannot_be_read() {
    let facts = facts();
    let change = |what: &'static str, with: &'static str| {
        lines(&facts, |at, line| if at == 1 { line.replacen(what, with, 1) } else { line }).into_bytes()
    };
    let kind = format!("\"kind\":\"{}\",\"version\"", facts[1].header.kind);
    let newer =
        lines(
            &facts,
            |at, line| if at == 1 { line.replacen(&kind, "\"kind\":\"telepathy\",\"version\"", 1) } else { line },
        );
    refused(vec![
        ("an unknown field", change("{\"header\":{", "{\"mood\":1,\"header\":{"), 3, "unknown field `mood`"),
        (
            "an unknown field of the header",
            change("{\"header\":{", "{\"header\":{\"mood\":1,"),
            3,
            "unknown field `mood`",
        ),
        ("an unknown field of the body", change("\"body\":{", "\"body\":{\"mood\":1,"), 3, "unknown field `mood`"),
        ("a newer kind", newer.into(), 3, "newer version"),
        ("a newer version", change("\"version\":1", "\"version\":9"), 3, "newer version"),
        ("a year that never was", change("\"valid_from\":\"20", "\"valid_from\":\"x0"), 3, "docs/history-format.md"),
        ("not JSON", change("{\"header\"", "header"), 3, "docs/history-format.md"),
    ]);
}

#[test]
fn facts_that_make_no_sense_together() {
    let facts = facts();
    let position = |wanted: Kind| facts.iter().position(|fact| fact.header.kind == wanted).unwrap();
    let line = |at: usize| at as u64 + 2;
    let with = |at: usize, change: &dyn Fn(&mut Fact)| {
        let mut facts = facts.clone();
        change(&mut facts[at]);
        file(&facts).into_bytes()
    };
    let (registered, screened) = (position(Kind::Registered), position(Kind::Screened));
    let stream = facts[registered].header.stream;
    let without_person: Vec<Fact> =
        facts.iter().filter(|fact| !matches!(fact.header.stream, Stream::Participant(_))).cloned().collect();
    let without_registration: Vec<Fact> =
        facts.iter().filter(|fact| fact.header.id != facts[registered].header.id).cloned().collect();
    let next = without_registration.iter().position(|fact| fact.header.stream == stream).unwrap();
    let other =
        facts.iter().map(|fact| fact.header.subject).find(|who| *who != facts[screened].header.subject).unwrap();
    let mut twice = facts.clone();
    twice.push(facts[4].clone());
    refused(vec![
        ("twice", file(&twice).into(), line(facts.len()), "already stands in line 6"),
        (
            "another person in a history",
            with(screened, &|fact| fact.header.subject = other),
            line(screened),
            "two people",
        ),
        ("no registration", file(&without_registration).into(), line(next), "does not fit its history"),
        ("no person", file(&without_person).into(), 2, "history of the person is missing"),
        (
            "an unknown method",
            with(screened, &|fact| fact.header.method = "nergens".parse().unwrap()),
            line(screened),
            "no method nergens",
        ),
        (
            "an unknown site",
            with(screened, &|fact| fact.header.site = "nergens".parse().unwrap()),
            line(screened),
            "no site nergens",
        ),
        (
            "an unknown organisation",
            with(screened, &|fact| fact.header.source = "niemand".parse().unwrap()),
            line(screened),
            "no organisation niemand",
        ),
        (
            "a reason of nothing",
            with(screened, &|fact| (fact.body, fact.why) = (None, Some("x".into()))),
            line(screened),
            "without a body",
        ),
        (
            "too fine a time",
            with(screened, &|fact| fact.header.recorded_at += jiff::SignedDuration::from_nanos(1)),
            line(screened),
            "microsecond",
        ),
    ]);
}

#[test]
fn facts_that_would_not_be_accepted_here() {
    let facts = facts();
    let position = |wanted: Kind| facts.iter().position(|fact| fact.header.kind == wanted).unwrap();
    let with = |at: usize, change: &dyn Fn(&mut Fact)| {
        let mut facts = facts.clone();
        change(&mut facts[at]);
        file(&facts).into_bytes()
    };
    let (registered, screened, person) =
        (position(Kind::Registered), position(Kind::Screened), position(Kind::IdentityRecorded));
    let reviewed = position(Kind::CooperationReviewed);
    let line = |at: usize| at as u64 + 2;
    let nowhere = || domain::ids::FactId(uuid::Uuid::from_u128(1));
    refused(vec![
        (
            "a year that never was",
            with(registered, &|fact| fact.header.valid_from = "0219-01-01".parse().unwrap()),
            line(registered),
            "valid_from",
        ),
        (
            "known before it happened",
            with(registered, &|fact| fact.header.valid_from = "2031-01-01".parse().unwrap()),
            line(registered),
            "valid_from",
        ),
        (
            "an unknown ground",
            with(screened, &|fact| {
                if let Some(Body::Screened(body)) = &mut fact.body {
                    body.mandate.form = "bierviltje".parse().unwrap();
                }
            }),
            line(screened),
            "bierviltje",
        ),
        (
            "one assessor",
            with(reviewed, &|fact| {
                if let Some(Body::CooperationReviewed(body)) = &mut fact.body {
                    body.assessors.truncate(1);
                }
            }),
            line(reviewed),
            "assessors",
        ),
        (
            "neither a V-number nor a reason",
            with(person, &|fact| {
                if let Some(Body::IdentityRecorded(body)) = &mut fact.body {
                    (body.v_number, body.v_number_missing) = (None, None);
                }
            }),
            line(person),
            "v_number",
        ),
        (
            "an unknown partner",
            with(screened, &|fact| fact.header.codes.partner = "niemand".parse().ok()),
            line(screened),
            "niemand",
        ),
        (
            "a correction of nothing",
            with(screened, &|fact| (fact.header.supersedes, fact.why) = (Some(nowhere()), Some("fout".into()))),
            line(screened),
            "superseded",
        ),
    ]);
}
