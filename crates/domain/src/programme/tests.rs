//! Every kind of mistake is found, with line and remedy; the folders that are shipped have none.

use super::*;

mod conference;
mod definition;
mod published;

/// A small programme without mistakes; the tests break it.
const SOUND: &str = r#"[programme]
id = "small"
name = { nl = "Klein", en = "Small" }
source = "test"
today = 2022-07-01

[[organisation]]
id = "town"
name = "Town"
kind = "municipality"
online = true

[[organisation]]
id = "helpers"
name = "Helpers"
kind = "ngo"
online = false

[[site]]
id = "harbour"
name = "Harbour"
prefix = "HAR"
opens = 2019-04-01
lead = "town"
partners = ["town", "helpers"]
guides = ["helpers"]
shelters = ["helpers"]
capacity = [{ from = 2019-04-01, places = 30, funder = "town-money", source = "test" }]

[[method]]
id = "harbour-1"
site = "harbour"
version = 1
from = 2019-04-01
to = 2021-01-01
name = { nl = "Een", en = "One" }
admission = "screening"
deliver = []
may_skip = ["dossier"]
rest_days = 14
rest_end = "stays"
assessors = 2
grounds = ["no-stay"]
refusal_grounds = ["stay"]
exception_by = []
shelter_hours = "all-day"

[method.sources]
rest_days = "letter"

[[classification]]
id = "letter"
name = { nl = "Brief", en = "Letter" }
source = "letter"
map = [
  { reason = "permit", class = "durable", source = "letter" },
  { reason = "gone", class = "none", assumption = { nl = "Onbekend.", en = "Unknown." } },
]

[[funding]]
funder = "town-money"
year = 2019
million = 1.5
source = "test"

[[figure]]
id = "harbour-2020"
place = "harbour"
period = [2020-01-01, 2021-01-01]
classification = "letter"
numbers = [
  { value = 12, count = "inflow" },
  { value = 45, count = "share", class = "none" },
  { part = "papers", value = 3, count = "outflow", reasons = ["gone"] },
  { value = 9, site="harbour", count = "stock", on = 2020-07-01 },
  { value = 7, count = "budget" },
]
source = "report"

[[definition]]
id = "present"
version = 1
name = { nl = "Aanwezig", en = "Present" }
base = "stock"
of = "participation"
statuses = ["admitted"]
by = ["site", "phase"]

[[definition]]
id = "gone-share"
version = 2
name = { nl = "Weg", en = "Gone" }
base = "outflow"
of = "participation"
measure = "share"
share = { column = "class", values = ["none"] }
only = [{ column = "reason", values = ["permit", "gone"] }]
by = ["site"]
classification= "letter"

[[definition]]
id = "waits"
version = 1
name = { nl = "Wachten", en = "Waits" }
base = "outflow"
of = "phase"
phases = ["dossier"]
measure = "days"
exclude = ["cut-short"]
by = ["site", "quarter"]

[[table]]
id = "by-site"
name = { nl = "Per plaats", en = "By site" }
figures = ["gone-share", "waits"]
by = "site"

[lists]
countries = [{ code = "unknown", nl = "Onbekend", en = "Unknown" }, { code = "stateless", nl = "Staatloos", en = "Stateless" }]
funders = [{ code = "town-money", nl = "Gemeente", en = "Town" }]
admission-grounds = [{ code = "no-stay", nl = "Geen verblijf", en = "No stay" }]
refusal-grounds = [{ code = "stay", nl = "Verblijf", en = "Stay" }]
outflow-reasons = [
  { code = "permit", nl = "Vergunning", en = "Permit" },
  { code = "gone", nl = "Weg", en = "Gone", note = { nl = "Niemand weet waarheen.", en = "Nobody knows where to." } },
]
"#;

const FILLED: &[&str] = &["countries", "funders", "admission-grounds", "refusal-grounds", "outflow-reasons"];

fn sound() -> String {
    let empty = List::ALL.iter().map(|list| list.name()).filter(|name| !FILLED.contains(name));
    SOUND.to_owned() + &empty.collect::<Vec<_>>().join(" = []\n") + " = []\n"
}

fn parse(text: &str) -> Result<Programme, Vec<Finding>> {
    Programme::parse(&[("small.toml".to_owned(), text.to_owned())])
}

/// The findings after one piece of the sound programme is replaced.
fn broken(piece: &str, by: &str) -> Vec<Finding> {
    let text = sound();
    assert_eq!(text.matches(piece).count(), 1, "`{piece}` stands once");
    parse(&text.replacen(piece, by, 1)).expect_err("a mistake is found")
}

/// Breaks the programme and expects one finding, at the line of a word, that says two things.
#[track_caller]
fn finds(piece: &str, by: &str, at: &str, says: &str, remedy: &str) {
    let text = sound().replacen(piece, by, 1);
    let line = text.lines().position(|line| line.contains(at)).expect("the word stands in the text") + 1;
    let findings = broken(piece, by);
    let [finding] = &findings[..] else { panic!("one finding, not {findings:#?}") };
    assert_eq!((finding.file.as_str(), finding.line), ("small.toml", line), "{finding}");
    assert!(finding.message.contains(says), "{finding}");
    assert!(finding.remedy.contains(remedy), "{finding}");
}

#[test]
fn a_sound_programme_is_read_whole() {
    let programme = parse(&sound()).unwrap();
    assert_eq!(programme.today, Some(jiff::civil::date(2022, 7, 1)));
    let site = programme.site(&"harbour".parse().unwrap()).unwrap();
    assert_eq!((site.prefix.as_str(), site.capacity[0].places), ("HAR", 30));
    let reasons: Vec<&str> = programme.list(List::OutflowReasons).0.iter().map(|entry| entry.code.as_str()).collect();
    assert_eq!(reasons, ["permit", "gone"], "in the order of the file");
    assert_eq!(programme.list(List::OutflowReasons).first().map(Code::as_str), Some("permit"));
    assert_eq!(programme.list(List::Pauses).first(), None);
    let classification = programme.classification(&"letter".parse().unwrap()).unwrap();
    assert_eq!(classification.map[&"gone".parse().unwrap()].class, OutcomeClass::None);
    assert!((programme.funding[0].million - 1.5).abs() < 1e-9);
}

#[test]
fn a_method_holds_from_its_first_day_to_the_day_before_its_last() {
    let programme = parse(&sound()).unwrap();
    let on = |day: &str| programme.method_on(&"harbour".parse().unwrap(), day.parse().unwrap()).is_some();
    assert!(!on("2019-03-31") && on("2019-04-01") && on("2020-12-31") && !on("2021-01-01"));
}

#[test]
fn unknown_keys_are_found() {
    finds("lead = ", "opns = 1\nlead = ", "opns = 1", "`opns` is not known", "did you mean `opens`");
}

#[test]
fn unknown_sections_are_found() {
    finds("[[funding]]", "[[fundings]]", "[[fundings]]", "`fundings` is not known", "`funding`");
}

#[test]
fn a_missing_translation_is_found() {
    finds(
        "name = { nl = \"Klein\", en = \"Small\" }",
        "name = { nl = \"Klein\" }",
        "Klein",
        "`en` is missing",
        "en = ",
    );
    finds("en = \"Permit\"", "en = \" \"", "Vergunning", "`en` is empty", "write the text");
}

#[test]
fn missing_keys_are_found() {
    finds("name = \"Harbour\"\n", "", "[[site]]", "`name` is missing", "name = ");
}

#[test]
fn codes_that_are_nowhere_defined_are_found() {
    finds(
        "\ngrounds = [\"no-stay\"]",
        "\ngrounds = [\"no-stai\"]",
        "no-stai",
        "no entry of the list admission-grounds",
        "`no-stay`",
    );
    finds(
        "guides = [\"helpers\"]",
        "guides = [\"helpers\", \"angels\"]",
        "angels",
        "no organisation `angels`",
        "`helpers`",
    );
    let row = "  { reason = \"permit\", class";
    let more = format!("  {{ reason = \"permits\", class = \"none\", source = \"letter\" }},\n{row}");
    finds(row, &more, "permits", "no entry of the list outflow-reasons", "`permit`");
}

#[test]
fn codes_that_are_no_codes_are_found() {
    finds(
        "pauses = []",
        "pauses = [{ code = \"In Rust\", nl = \"Rust\", en = \"Rest\" }]",
        "In Rust",
        "not a code",
        "lower-case",
    );
}

#[test]
fn duplicate_codes_are_found() {
    let more = "grounds = [\"no-stay\"]\nrefusal";
    let twice =
        "[{ code = \"stay\", nl = \"Verblijf\", en = \"Stay\" },\n{ code = \"stay\", nl = \"Toch\", en = \"Yet\" }]";
    finds("[{ code = \"stay\", nl = \"Verblijf\", en = \"Stay\" }]", twice, "Toch", "defined twice", "another code");
    finds(
        "grounds = [\"no-stay\"]\nrefusal",
        &more.replace("no-stay", "no-stay\", \"no-stay"),
        "no-stay\", \"",
        "twice",
        "second",
    );
}

#[test]
fn a_method_for_a_site_that_does_not_exist_is_found() {
    let findings = broken("site = \"harbour\"", "site = \"harbor\"");
    let says: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(
        says.iter().any(|text| text.contains("no site `harbor`") && text.contains("did you mean `harbour`")),
        "{says:?}"
    );
    assert!(says.iter().any(|text| text.contains("harbour has no method on 2019-04-01")), "{says:?}");
}

fn second_method(from: &str) -> String {
    let text = sound();
    let method = text.split("[[method]]").nth(1).unwrap().split("[[classification]]").next().unwrap();
    let method = method.replace("harbour-1", "harbour-2").replace("version = 1", "version = 2");
    let method = method.replace("from = 2019-04-01\nto = 2021-01-01", &format!("from = {from}"));
    text.replace("[[classification]]", &format!("[[method]]{method}[[classification]]"))
}

#[test]
fn overlapping_methods_are_found_and_following_ones_are_not() {
    assert!(parse(&second_method("2021-01-01")).is_ok());
    let findings = parse(&second_method("2020-12-31")).unwrap_err();
    assert_eq!(findings.len(), 1);
    assert!(findings[0].message.contains("harbour-2 and harbour-1") && findings[0].message.contains("overlap"));
}

#[test]
fn a_gap_between_methods_is_found() {
    let findings = parse(&second_method("2021-02-01")).unwrap_err();
    assert!(findings[0].message.contains("no method on 2021-01-01"), "{findings:?}");
}

#[test]
fn a_method_that_ends_before_it_begins_is_found() {
    let findings = broken("to = 2021-01-01", "to = 2018-01-01");
    assert!(findings.iter().any(|finding| finding.message.contains("before it has begun")), "{findings:?}");
}

#[test]
fn an_outflow_reason_without_a_class_is_found() {
    let row = "  { reason = \"gone\", class = \"none\", assumption = { nl = \"Onbekend.\", en = \"Unknown.\" } },\n";
    finds(row, "", "[[classification]]", "leaves `gone` unmapped", "reason = \"gone\"");
}

#[test]
fn a_class_without_source_or_assumption_is_found() {
    let row = "class = \"durable\", source = \"letter\"";
    finds(row, "class = \"durable\"", "class = \"durable\"", "neither who published it", "assumption");
}

#[test]
fn a_term_without_source_or_assumption_is_found() {
    finds("rest_days = \"letter\"", "", "[[method]]", "where `rest_days` comes from", "[method.assumptions]");
    finds(
        "rest_days = \"letter\"",
        "rest_days = \"x\"\nreview_days = \"y\"",
        "[[method]]",
        "`review_days`",
        "leave it out",
    );
}

#[test]
fn a_contract_that_promises_what_the_policy_never_grants_is_found() {
    let item = r#"dossier = [{ item = "interviews", from = "helpers", required = false, seen_by = ["town"], seen_until = "ended" }]"#;
    let item = |kind: &str| item.replace("town", kind);
    let (at, says) = ("deliver = []", |kind: &str| format!("a {kind} may see the item `interviews`"));
    for kind in ["research", "ministry"] {
        let by = format!("deliver = []\n{}", item(kind));
        let found = broken(at, &by);
        let one = found.iter().find(|one| one.message.contains(&says(kind))).unwrap_or_else(|| panic!("{found:?}"));
        assert!(one.line > 0 && !one.file.is_empty() && one.remedy.contains("take `"), "{one:?}");
    }
    let by = format!("deliver = []\n{}", item("ngo"));
    assert!(!broken(at, &by).iter().any(|one| one.message.contains("the access policy never grants")));
}

#[test]
fn what_stops_moves_and_extends_terms_is_checked() {
    let tables = |tables: &str| format!("{tables}\n[method.sources]\nrest_days");
    let finds = |toml: &str, at: &str, says: &str, remedy: &str| {
        finds("[method.sources]\nrest_days", &tables(toml), at, says, remedy);
    };
    let own = "[method.assumptions]\npauses = { nl = \"Keuze.\", en = \"Choice.\" }\n[method.pauses]";
    finds(&format!("{own}\nhospitl = [\"review\"]"), "hospitl", "no entry of the list pauses", "define it");
    finds("[method.ends]\nreviews = \"stays\"", "reviews = ", "`reviews` is not known", "did you mean `review`");
    finds("[method.ends]\nrest-period = \"stays\"", "rest-period = ", "`rest-period` is not known", "nothing else");
    finds("[method.ends]\nreview = \"moves\"", "\"moves\"", "not a value of `review`", "`next-working-day`");
    finds("[method.extensions]\nobjection = 7", "objection = ", "`objection` is not known", "nothing else");
    finds("[method.extensions]\nreview = 0", "review = 0", "the value of `review` is 0", "from 1");
    finds("[method.extensions]\nreview = 7", "[[method]]", "does not say where `extensions` comes from", "sources");
}

#[test]
fn dates_that_cannot_be_are_found() {
    finds("opens = 2019-04-01", "opens = 0219-04-01", "0219", "year 0219", "such as 2019");
    finds("opens = 2019-04-01", "opens = \"2019-04-01\"", "opens", "not a date", "opens = 2019-04-01");
    finds("opens = 2019-04-01", "opens = 2019-02-30", "2019-02-30", "not TOML", "2019-04-01");
}

#[test]
fn numbers_out_of_range_are_found() {
    finds("opens = 2019-04-01", "opens = 2019-04-01T10:00:00", "opens", "has a time", "date alone");
    finds("places = 30", "places = -30", "places", "is -30", "from 0");
    finds("rest_days = 14", "rest_days = 14.5", "rest_days = 14", "not a whole number", "rest_days = 1");
    finds("million = 1.5", "million = -1.5", "million", "below zero", "12.0");
}

#[test]
fn words_out_of_a_small_choice_are_found() {
    finds("kind = \"ngo\"", "kind = \"ngos\"", "ngos", "not a value of `kind`", "did you mean `ngo`");
    finds("rest_end = \"stays\"", "rest_end = \"moves\"", "moves", "not a value of `rest_end`", "`next-working-day`");
}

#[test]
fn a_site_needs_a_municipality_and_partners_for_every_task() {
    finds("lead = \"town\"", "lead = \"helpers\"", "[[site]]", "not a municipality", "name the municipality");
    finds(
        "lead = \"town\"\npartners = [\"town\", ",
        "lead = \"town\"\npartners = [",
        "[[site]]",
        "not a partner",
        "partners",
    );
}

#[test]
fn a_missing_list_and_a_missing_country_are_found() {
    finds("pauses = []\n", "", "[programme]", "list pauses is missing", "pauses = []");
    finds(", { code = \"stateless\", nl = \"Staatloos\", en = \"Stateless\" }", "", "countries = ", "stateless", "add");
}

#[test]
fn prefixes_of_case_numbers_are_three_capitals() {
    finds("prefix = \"HAR\"", "prefix = \"Har\"", "prefix = ", "`Har`", "three capitals");
}

#[test]
fn text_that_is_not_toml_is_found_without_guesses_about_the_rest() {
    finds("kind = \"ngo\"", "kind = \"ngo", "kind = \"ngo", "not TOML", "mend this line");
}

#[test]
fn all_mistakes_are_told_at_once_in_order() {
    let text =
        sound().replace("0, funder", "0, payer").replace("opens = 2019", "opens = 0219").replace("en = \"Town\" ", "");
    let findings = parse(&text).unwrap_err();
    assert!(findings.len() >= 4, "{findings:#?}");
    assert!(findings.is_sorted_by_key(|finding| finding.line));
    assert!(findings[0].to_string().starts_with("small.toml:"));
    assert!(findings[0].to_string().contains("Remedy: "));
}

#[test]
fn definitions_may_stand_in_any_file() {
    let text = sound();
    let (first, second) = text.split_at(text.find("[lists]").unwrap());
    let files = [("a.toml".to_owned(), first.to_owned()), ("b.toml".to_owned(), second.to_owned())];
    assert!(Programme::parse(&files).is_ok());
    let twice = [files[0].clone(), files[1].clone(), ("c.toml".to_owned(), second.to_owned())];
    let findings = Programme::parse(&twice).unwrap_err();
    assert!(findings.iter().all(|finding| finding.file == "c.toml"), "{findings:#?}");
}

#[test]
fn a_code_that_reveals_says_what_and_stands_where_that_is_obeyed() {
    let marked = |list: &str, reveals: &str| {
        let entry = format!("{list} = [{{ code = \"ill\", nl = \"Ziek\", en = \"Ill\", reveals = \"{reveals}\" }}]");
        let mut lines: Vec<String> = sound().lines().map(str::to_owned).collect();
        let at = lines.iter().position(|line| line.starts_with(&format!("{list} = "))).unwrap();
        lines[at] = entry;
        parse(&lines.join("\n"))
    };
    let programme = marked("obstacles", "medical").unwrap();
    assert_eq!(programme.reveals(List::Obstacles, &"ill".parse().unwrap()), Some(crate::codes::Category::Medical));
    assert_eq!(programme.reveals_any(List::Pauses).count(), 0);
    for (list, reveals, remedy) in
        [("perspectives", "medical", "leave `reveals` out"), ("obstacles", "figures", "medical")]
    {
        let findings = marked(list, reveals).unwrap_err();
        assert!(findings[0].to_string().contains(remedy), "{findings:#?}");
    }
}

fn shipped(id: &str) -> Programme {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes").join(id);
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    let told = |findings: Vec<Finding>| findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    Programme::parse(&files).map_err(told).unwrap_or_else(|findings| panic!("{id}:\n{findings}"))
}

#[test]
fn the_network_of_the_letter_has_no_mistakes() {
    let programme = shipped("lvv-2018");
    let prefixes: Vec<&str> = programme.sites.iter().map(|site| site.prefix.as_str()).collect();
    assert_eq!(prefixes, ["AMS", "ROT", "UTR", "EIN", "GRO"]);
    for method in &programme.methods {
        assert_eq!((method.rest_days, method.rest_end), (14, EndRule::Stays));
        assert_eq!(method.deliver.iter().map(OrgId::as_str).collect::<Vec<_>>(), ["ind", "dtv"]);
        let by = if method.site.as_str() == "amsterdam" { Admission::Conference } else { Admission::Screening };
        assert_eq!(method.admission, by);
        assert!(method.assumptions.contains_key("review_days"), "no source gives an interval");
    }
    let total: f64 = programme.funding.iter().map(|funding| funding.million).sum();
    assert!((total - 71.0).abs() < 1e-9, "12 a year, 7.1 + 5.0 + 4.4, 6.5");
}

#[test]
fn unclear_reasons_are_classed_as_settled_and_visibly_assumed() {
    use OutcomeClass::{Durable, None, SemiDurable};
    let programme = shipped("lvv-2018");
    let reasons = ["forced-return", "dublin-transfer", "temporary-medical-permit"];
    for (id, classes) in [("letter-2018", [Durable; 3]), ("regioplan-2022", [None, None, SemiDurable])] {
        let classification = programme.classification(&id.parse().unwrap()).unwrap();
        for (reason, class) in reasons.into_iter().zip(classes) {
            let mapping = &classification.map[&reason.parse().unwrap()];
            assert_eq!(mapping.class, class, "{id} {reason}");
            assert!(mapping.assumption.is_some(), "{id} {reason}");
        }
    }
}

#[test]
fn one_city_alone_has_no_mistakes_and_no_state_partners() {
    let programme = shipped("one-city");
    let state = [OrgKind::Ind, OrgKind::Dtv, OrgKind::Police];
    assert!(programme.organisations.iter().all(|org| !state.contains(&org.kind)));
    assert!(programme.methods.iter().all(|method| method.deliver.is_empty()));
    assert_eq!(programme.sites.len(), 1);
}
