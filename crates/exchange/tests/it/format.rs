//! `docs/history-format.md`: every kind of fact with its fields, and an example that can be taken in. `UPDATE=1` writes both.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

use domain::fact::{Fact, Kind};
use exchange::history::import;
use population::Size;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::world::{desk, programme_of};

const START: &str = "<!-- from here a test writes (UPDATE=1 cargo nextest run -p exchange format) -->\n";
/// Which codes stand in the header of each kind; those with `?` may be left out. Compared with drawn histories below.
const CODES: &[(Kind, &[&str])] = &[
    (Kind::IdentityRecorded, &["sex?", "age_band?", "about?"]),
    (Kind::PersonLinked, &[]),
    (Kind::PersonUnlinked, &[]),
    (Kind::Registered, &["previous?"]),
    (Kind::Screened, &["status"]),
    (Kind::StatusChanged, &["status"]),
    (Kind::ShelterStarted, &["about?"]),
    (Kind::ShelterEnded, &["about"]),
    (Kind::IntakeHeld, &[]),
    (Kind::ObstacleNoted, &["obstacle"]),
    (Kind::ObstacleResolved, &["about"]),
    (Kind::DossierRequested, &["partner"]),
    (Kind::DossierDelivered, &["partner"]),
    (Kind::DossierCompleted, &["partner"]),
    (Kind::DossierIncomplete, &["partner"]),
    (Kind::DossierReminded, &["partner"]),
    (Kind::DossierUnavailable, &["partner"]),
    (Kind::DossierRejected, &["partner"]),
    (Kind::DocumentAdded, &["partner"]),
    (Kind::DocumentReleased, &["about"]),
    (Kind::DocumentCondemned, &["about"]),
    (Kind::DocumentDestroyed, &["about"]),
    (Kind::Decided, &["scenario", "status?", "until?"]),
    (Kind::Tabled, &["until"]),
    (Kind::Untabled, &["about"]),
    (Kind::CaseDiscussed, &["about", "until?"]),
    (Kind::Escalated, &["partner", "until?"]),
    (Kind::Advised, &["about"]),
    (Kind::GoalSet, &["until?"]),
    (Kind::GoalClosed, &["about"]),
    (Kind::ActionAdded, &["until", "about?"]),
    (Kind::ActionClosed, &["about"]),
    (Kind::ContactNoted, &[]),
    (Kind::CooperationAssessed, &["about?"]),
    (Kind::CooperationReviewed, &["cooperates", "about?"]),
    (Kind::MeasureTaken, &["about", "until?"]),
    (Kind::ObjectionMade, &["about"]),
    (Kind::ObjectionDecided, &["about", "status?"]),
    (Kind::HoldSet, &["until?"]),
    (Kind::HoldLifted, &["about"]),
    (Kind::PauseStarted, &["pause"]),
    (Kind::PauseEnded, &["about"]),
    (Kind::TermExtended, &["about", "until"]),
    (Kind::WorkerAssigned, &["partner"]),
    (Kind::WorkerReleased, &["about"]),
    (Kind::DepartureStep, &["departure", "partner"]),
    (Kind::Left, &["outflow_reason"]),
    (Kind::Withdrawn, &[]),
    (Kind::InformationGiven, &[]),
    (Kind::RightsRequested, &[]),
    (Kind::RightsAnswered, &["about"]),
    (Kind::RestrictionChanged, &[]),
];

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A field of a struct of the domain, as its source says.
struct Field {
    name: String,
    of: String,
    optional: bool,
    words: String,
}

/// The fields of a struct; none when the domain has no such struct with named fields.
fn fields(name: &str) -> Option<(String, Vec<Field>)> {
    let folder = root().join("crates/domain/src");
    let sources = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let sources = sources.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let head = format!("\npub struct {name} {{");
    let text = sources.map(|path| fs::read_to_string(path).unwrap()).find(|text| text.contains(&head))?;
    let (before, after) = text.split_once(&head).unwrap();
    let doc = |lines: Vec<&str>| lines.join(" ");
    let above: Vec<&str> = before.lines().rev().skip_while(|line| line.starts_with("#[")).collect();
    let mut words: Vec<&str> = above.into_iter().map_while(|line| line.strip_prefix("/// ")).collect();
    words.reverse();
    let (mut out, mut own, mut default) = (Vec::new(), Vec::new(), false);
    let inside = if after.starts_with('}') { "" } else { after.split("\n}").next().unwrap() };
    for line in inside.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            own.push(text);
        } else if line.contains("serde(default") {
            default = true;
        } else if let Some((name, of)) = line.strip_prefix("pub ").and_then(|line| line.split_once(": ")) {
            let of = of.trim_end_matches(',').to_owned();
            out.push(Field { name: name.to_owned(), of, optional: default, words: doc(std::mem::take(&mut own)) });
            default = false;
        }
    }
    Some((doc(words), out))
}

/// `Option<Vec<Code>>` → `Code`.
fn inner(of: &str) -> &str {
    let inside = |name| of.strip_prefix(name).and_then(|rest: &str| rest.strip_suffix('>'));
    inside("Option<").or_else(|| inside("Vec<")).map_or(of, inner)
}

fn type_words(of: &str) -> String {
    if let Some(item) = of.strip_prefix("Vec<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("list of {}", type_words(item));
    }
    match inner(of) {
        "String" => "text".to_owned(),
        "Code" => "code of a list".to_owned(),
        "OrgId" => "code of an organisation".to_owned(),
        "Date" => "day".to_owned(),
        "bool" => "`true` or `false`".to_owned(),
        "PartialDate" => "year, month or day".to_owned(),
        "VNumber" => "ten digits".to_owned(),
        "Relation" => "`partner`, `child`, `parent`, `household`, `same-person`".to_owned(),
        "Task" => "`case-manager`, `lead`, `case-director`, `ind-contact`".to_owned(),
        "UserId" | "ParticipantId" | "FactId" | "DocumentId" | "SittingId" => "id".to_owned(),
        "Board" => "`lso`, `mrt`, `steering-group`, `programme-council`, `administrative`".to_owned(),
        "Why" => "`first-decision`, `review`, `advised`, `undecided`, `sent`, `brought-in`".to_owned(),
        "Discussed" => "`postponed`, `heard`".to_owned(),
        "Answered" => "`advice`, `decision`, `none`".to_owned(),
        "Media" => "`pdf`, `png`, `jpeg`, `docx`, `odt`, `text`".to_owned(),
        "u64" => "number".to_owned(),
        "Rule" => "a rule of the method, such as `dossier-delivery`, `rest-period`, `decision`, `review`".to_owned(),
        "InformedHow" => "`on-paper`, `spoken`, `recording`".to_owned(),
        "Right" => "`access`, `rectification`, `objection`, `restriction`, `erasure`".to_owned(),
        "AskedBy" => "`participant`, `representative`".to_owned(),
        "Outcome" => "`granted`, `partly`, `refused`, `extended`".to_owned(),
        "Answer" => "`yes`, `no`, `not-applicable`".to_owned(),
        "Measure" => "`talk`, `warning`, `hearing`, `term`, `shelter-ends`".to_owned(),
        "ObjectionOutcome" => "`upheld`, `dismissed`, `inadmissible`, `taken-back`, `postponed`".to_owned(),
        "RestrictionGround" => "`accuracy`, `unlawful`, `legal-claim`, `objection` (GDPR 18(1)a to d)".to_owned(),
        other => format!("{{{other}}}"),
    }
}

/// A value that fits a type.
fn sample(of: &str) -> Value {
    if let Some(item) = of.strip_prefix("Vec<").and_then(|rest| rest.strip_suffix('>')) {
        return json!([sample(item)]);
    }
    match inner(of) {
        "String" | "Code" | "OrgId" => json!("x"),
        "Date" => json!("2020-01-02"),
        "bool" => json!(true),
        "PartialDate" => json!("1988-03"),
        "VNumber" => json!("2815550142"),
        "Relation" => json!("partner"),
        "Task" => json!("lead"),
        "Rule" => json!("decision"),
        "Media" => json!("pdf"),
        "u64" => json!(3),
        "InformedHow" => json!("spoken"),
        "Right" => json!("access"),
        "AskedBy" => json!("participant"),
        "Outcome" => json!("granted"),
        "Answer" => json!("yes"),
        "Measure" => json!("talk"),
        "ObjectionOutcome" => json!("upheld"),
        "RestrictionGround" => json!("accuracy"),
        "UserId" | "ParticipantId" | "FactId" | "DocumentId" | "SittingId" => {
            json!("00000000-0000-4000-8000-000000000009")
        }
        "Board" => json!("lso"),
        "Why" => json!("review"),
        "Discussed" => json!("postponed"),
        "Answered" => json!("advice"),
        other => {
            let (_, fields) = fields(other).unwrap_or_else(|| panic!("what does a value of {other} look like?"));
            Value::Object(fields.iter().map(|field| (field.name.clone(), sample(&field.of))).collect())
        }
    }
}

/// `dossier-requested` → `DossierRequested`, as the macro of the kinds names both.
fn struct_of(kind: Kind) -> String {
    format!("{kind:?}")
}

fn table() -> String {
    let mut out = String::from("## Kinds of fact\n\n");
    out.push_str("Fields with `?` may be missing; those that are no list may also be `null`. A code is one of the programme's own lists.\n");
    let mut nested = BTreeSet::new();
    for kind in Kind::ALL {
        let (words, fields) = fields(&struct_of(*kind)).unwrap_or_default();
        let codes = CODES.iter().find(|(of, _)| of == kind).expect("each kind has a line in CODES").1;
        let list: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        let codes = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
        let (version, category, purpose) = (kind.version(), kind.category(), kind.purpose());
        write!(out, "\n### `{kind}`, version {version}\n\n{words}\n").unwrap();
        write!(out, "Category `{category}`, purpose `{purpose}`; codes in the header: {codes}.\n\n").unwrap();
        rows(&mut out, &fields, &mut nested);
    }
    out.push_str("\n## Parts of fields\n");
    for name in nested {
        let (words, fields) = fields(&name).unwrap();
        write!(out, "\n### {{{name}}}\n\n{words}\n\n").unwrap();
        rows(&mut out, &fields, &mut BTreeSet::new());
    }
    let (_, codes) = fields("Codes").unwrap();
    out.push_str("\n## Codes in the header\n\n");
    for field in codes {
        let users = CODES.iter().filter(|(_, codes)| codes.iter().any(|code| code.trim_end_matches('?') == field.name));
        let users: Vec<String> = users.map(|(kind, _)| kind.to_string()).collect();
        let users = if users.is_empty() { "no kind yet".to_owned() } else { users.join(", ") };
        writeln!(out, "- `{}`: {} ({users})", field.name, field.words.trim_end_matches('.')).unwrap();
    }
    out
}

fn rows(out: &mut String, fields: &[Field], nested: &mut BTreeSet<String>) {
    if fields.is_empty() {
        out.push_str("The body is `{}`.\n");
        return;
    }
    out.push_str("| field | is | |\n|---|---|---|\n");
    for Field { name, of, optional, words } in fields {
        let maybe = if *optional { "?" } else { "" };
        writeln!(out, "| `{name}{maybe}` | {} | {words} |", type_words(of)).unwrap();
        if type_words(inner(of)).starts_with('{') {
            nested.insert(inner(of).to_owned());
        }
    }
}

fn id(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// A person is registered and screened; the reason of the screening is corrected.
fn example() -> String {
    let header = |n: u32, kind: Kind, stream: &str, codes: Value, supersedes: Option<u32>| {
        json!({
            "id": id(n), "stream": { "kind": stream, "id": id(if stream == "participant" { 1 } else { 2 }) },
            "subject": id(1), "site": "vrijstad", "method": "vrijstad-2019", "kind": kind, "version": kind.version(),
            "valid_from": format!("2021-03-0{}", if n < 12 { 1 } else { 4 }),
            "recorded_at": format!("2021-03-04T09:{n}:00Z"), "actor": id(3), "org": "municipality-vrijstad",
            "source": "municipality-vrijstad", "purpose": kind.purpose(), "command": id(20 + n.min(12)),
            "supersedes": supersedes.map(id), "codes": codes,
        })
    };
    let screened = |reason: &str| {
        let mandate = json!({ "by": "Proef Persoon", "on_behalf_of": first("on-behalf-of"), "form": first("forms"),
            "form_date": "2021-03-04" });
        json!({ "ground": ground(), "reason": reason, "mandate": mandate })
    };
    let name = json!({ "names": [{ "text": "Zebedeus Verzonnen", "kind": first("name-kinds") }], "birth": "1988-03",
        "v_number_missing": first("v-number-missing"), "nationalities": ["unknown"] });
    let facts = [
        json!({ "header": header(10, Kind::IdentityRecorded, "participant", json!({ "sex": "unknown", "age_band": 30 }), None),
            "body": name }),
        json!({ "header": header(11, Kind::Registered, "trajectory", json!({}), None),
            "body": { "circumstances": "Slaapt bij een kennis." } }),
        json!({ "header": header(12, Kind::Screened, "trajectory", json!({ "status": "admitted" }), None),
            "body": screened("Geen verblijf, wil meewerken.") }),
        json!({ "header": header(13, Kind::Screened, "trajectory", json!({ "status": "admitted" }), Some(12)),
            "body": screened("Geen recht op verblijf, wil meewerken."), "why": "Een woord ontbrak." }),
    ];
    let head = r#"{"format":"bestendig-history","version":1,"programme":"one-city"}"#.to_owned();
    let facts = facts.map(|fact| serde_json::to_string(&serde_json::from_value::<Fact>(fact).unwrap()).unwrap());
    let lines: Vec<String> = std::iter::once(&head).chain(&facts).map(|line| format!("{line}\n")).collect();
    let text = lines.concat();
    let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{text}{{\"end\":true,\"facts\":{},\"sha256\":\"{hash}\"}}\n", facts.len())
}

fn first(list: &str) -> String {
    let programme = programme_of("one-city");
    let list = domain::programme::List::ALL.iter().find(|known| known.name() == list).unwrap();
    programme.list(*list).0[0].code.to_string()
}

fn ground() -> String {
    programme_of("one-city").methods[0].grounds[0].to_string()
}

/// The same line; of JSON the same value: a library of the tests keeps fields in another order than the program does.
fn same(one: &str, other: &str) -> bool {
    let value = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).ok().map(|mut value| {
            value.as_object_mut().map(|map| map.remove("sha256"));
            value
        })
    };
    one == other || (value(one).is_some() && value(one) == value(other))
}

#[test]
fn the_document_is_what_the_program_does() {
    let path = root().join("docs/history-format.md");
    let kept = fs::read_to_string(&path).unwrap();
    let own = kept.split(START).next().unwrap();
    let block = format!(
        "## An example\n\nA person is registered and screened; the screening is corrected. `--programme one-city` takes it in.\n\n```json\n{}```\n",
        example()
    );
    let page = format!("{own}{START}\n{block}\n{}", table());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, page).unwrap();
        return;
    }
    let differs = page.lines().zip(kept.lines()).position(|(one, other)| !same(one, other));
    assert!(
        differs.is_none() && page.lines().count() == kept.lines().count(),
        "docs/history-format.md is out of date from line {:?}: UPDATE=1 writes it",
        differs.map(|at| at + 1)
    );
}

#[test]
fn the_example_of_the_document_can_be_taken_in() {
    let page = fs::read_to_string(root().join("docs/history-format.md")).unwrap();
    let block = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let test = journal::testing::sqlite(&desk::migrations());
    let (to, path) = (desk(&test), test.folder.path().join("example.jsonl"));
    fs::write(&path, block).unwrap();
    assert_eq!(import(&to, &path, None, |_| {}).unwrap(), 4);
    let again = test.folder.path().join("again.jsonl");
    exchange::history::export(&to, &again, None, |_, _| {}).unwrap();
    let again = fs::read_to_string(again).unwrap();
    // but for the last line: the hash is of the text, and the order of fields says nothing
    let facts =
        |text: &str| text.lines().filter(|line| !line.contains("\"sha256\"")).map(str::to_owned).collect::<Vec<_>>();
    let (again, block) = (facts(&again), facts(block));
    assert!(again.len() == block.len() && again.iter().zip(&block).all(|(one, other)| same(one, other)), "{again:?}");
}

/// The fields of the document are those of the program: each is read, each that must be there is missed, none is left out.
#[test]
fn every_field_of_every_kind_is_in_the_document() {
    let page = fs::read_to_string(root().join("docs/history-format.md")).unwrap();
    let header: Value = serde_json::from_str(example().lines().nth(1).unwrap()).unwrap();
    for kind in Kind::ALL {
        let (_, fields) = fields(&struct_of(*kind)).unwrap_or_default();
        let section = page.split(&format!("### `{kind}`, ")).nth(1).unwrap_or_else(|| panic!("{kind} is missing"));
        let section = section.split("\n#").next().unwrap();
        let body: Map<String, Value> = fields.iter().map(|field| (field.name.clone(), sample(&field.of))).collect();
        let read = |body: &Map<String, Value>| {
            let mut fact = header.clone();
            fact["header"]["kind"] = json!(kind);
            fact["header"]["version"] = json!(kind.version());
            fact["body"] = Value::Object(body.clone());
            serde_json::from_value::<Fact>(fact)
        };
        let fact = read(&body).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let written = serde_json::to_value(&fact).unwrap()["body"].as_object().unwrap().clone();
        let keys = |map: &Map<String, Value>| map.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&written), keys(&body), "{kind}");
        for field in &fields {
            let maybe = if field.optional { "?" } else { "" };
            assert!(section.contains(&format!("| `{}{maybe}` |", field.name)), "{kind}: {}", field.name);
            let mut without = body.clone();
            without.remove(&field.name);
            assert_eq!(read(&without).is_ok(), field.optional, "{kind} without {}", field.name);
        }
        let rows = section.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, fields.len(), "{kind} has a row for each field and no more");
    }
}

/// The codes of the document are those of histories that the program takes in.
#[test]
fn the_codes_of_every_kind_are_in_the_document() {
    let mut seen = BTreeSet::new();
    for (name, size) in [("lvv-2018", Size::Small(400)), ("one-city", Size::Small(80))] {
        for member in population::draw(&programme_of(name), 7, size) {
            let streams = std::iter::once(member.person).chain(member.trajectories.into_iter().map(|(_, facts)| facts));
            for recorded in streams.flatten() {
                let kind = recorded.fact.header.kind;
                let codes = CODES.iter().find(|(of, _)| *of == kind).unwrap().1;
                let there = serde_json::to_value(&recorded.fact.header.codes).unwrap();
                let there = there.as_object().unwrap();
                for key in there.keys() {
                    assert!(codes.iter().any(|code| code.trim_end_matches('?') == key), "{kind} has {key}");
                }
                for must in codes.iter().filter(|code| !code.ends_with('?')) {
                    assert!(there.contains_key(*must), "{kind} lacks {must}");
                }
                seen.insert(kind);
            }
        }
    }
    assert!(seen.len() >= 24, "only {} kinds were drawn", seen.len());
    assert_eq!(CODES.len(), Kind::ALL.len());
}
