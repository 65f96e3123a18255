//! Every text that something asks for exists, in every language, with the same variables.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use domain::{
    calendar::{Calendar, Ground},
    codes::{
        Answer, Answered, AskedBy, Board, Category, Discussed, InformedHow, Measure, ObjectionOutcome, OrgKind,
        Outcome, Phase, Purpose, Relation, RestrictionGround, Right, Role, Sex, Status, Task, Why,
    },
    document::Media,
    dossier::ItemState,
    fact::Kind,
    programme::{RestStart, SeenUntil},
    term::Rule,
};
use web::text::{FILES, L, Lang, Text, messages};

fn keys(lang: Lang) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    for (_, name, source) in FILES.iter().filter(|(of, ..)| *of == lang) {
        for (key, variables) in messages(source) {
            assert!(out.insert(key.clone(), variables).is_none(), "{}/{name}.ftl: {key} is there twice", lang.code());
        }
    }
    out
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_variables() {
    assert_eq!(keys(Lang::Nl), keys(Lang::En));
}

#[test]
fn a_text_on_disk_is_in_the_program() {
    for lang in Lang::ALL {
        let folder = crates().join("web/locales").join(lang.code());
        let on_disk: BTreeSet<String> = files(&folder, "ftl")
            .iter()
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .collect();
        let embedded: BTreeSet<String> =
            FILES.iter().filter(|(of, ..)| *of == lang).map(|(_, name, _)| (*name).to_owned()).collect();
        assert_eq!(on_disk, embedded, "name every file of {} in the list in text.rs", folder.display());
    }
}

#[test]
fn every_text_can_be_written() {
    for lang in Lang::ALL {
        for (key, variables) in keys(lang) {
            let values: Vec<(&str, &dyn std::fmt::Display)> =
                variables.iter().map(|name| (name.as_str(), &3 as &dyn std::fmt::Display)).collect();
            let text = L::new(lang).f(&key, &values);
            assert!(!text.trim().is_empty() && !text.contains(['{', '⟦']), "{} {key}: {text}", lang.code());
        }
    }
}

#[test]
fn every_code_of_the_program_has_words() {
    let mut wanted = BTreeSet::new();
    macro_rules! family {
        ($($name:literal $of:ty;)+) => {$(
            wanted.extend(<$of>::ALL.iter().map(|value| format!("{}-{}", $name, value.code())));
        )+};
    }
    family! {
        "phase" Phase; "status" Status; "role" Role; "category" Category; "purpose" Purpose; "sex" Sex;
        "relation" Relation; "task" Task; "org-kind" OrgKind; "rule" Rule; "kind" Kind;
        "informed-how" InformedHow; "right" Right; "asked-by" AskedBy; "outcome" Outcome;
        "restriction-ground" RestrictionGround; "answer" Answer; "measure" Measure;
        "objection-outcome" ObjectionOutcome; "board" Board; "agenda-why" Why; "discussed" Discussed;
        "answered" Answered; "activity" desk::Activity; "review-why" desk::read_review::Why;
        "review-refused" desk::Refused; "event" desk::EventKind; "way" desk::Way;
    }
    wanted.extend(Media::ALL.iter().map(|media| format!("media-{}", media.code())));
    wanted.extend(ItemState::ALL.iter().map(|state| format!("item-{}", state.code())));
    wanted.extend(SeenUntil::ALL.iter().map(|until| format!("seen-until-{until}")));
    wanted.extend(RestStart::ALL.iter().map(|start| format!("rest-starts-{start}")));
    wanted.extend(Calendar::ALL.iter().map(|calendar| format!("calendar-{}", calendar.code())));
    wanted.extend(Ground::ALL.iter().map(|ground| format!("moved-{}", ground.code())));
    wanted.extend(Rule::ALL.iter().map(|rule| format!("rule-{}-why", rule.code())));
    all_there(&wanted);
}

#[test]
fn every_problem_has_words() {
    let mut wanted = BTreeSet::new();
    for path in crates_sources() {
        // what stands below the tests of a file is not shown to anyone
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for call in ["Refusal::new(", "Problem::new("] {
            wanted.extend(literals_after(source, call).map(|key| format!("problem-{key}")));
        }
    }
    assert!(wanted.contains("problem-date-year"), "the sources were read");
    all_there(&wanted);
}

#[test]
fn every_key_that_a_page_asks_for_exists() {
    let web = crates().join("web");
    let mut wanted = BTreeSet::new();
    for path in files(&web.join("templates"), "html").into_iter().chain(files(&web.join("src"), "rs")) {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for call in [".t(", ".f("] {
            wanted.extend(literals_after(source, call).map(str::to_owned));
        }
    }
    assert!(wanted.contains("menu-open"), "the templates were read");
    all_there(&wanted);
}

fn all_there(wanted: &BTreeSet<String>) {
    for lang in Lang::ALL {
        let missing: Vec<_> = wanted.iter().filter(|key| !Text::shared().has(lang, key)).collect();
        assert!(missing.is_empty(), "no text in {} for {missing:?}", lang.code());
    }
}

/// The string literals that are the first argument of a call.
fn literals_after<'s>(source: &'s str, call: &'s str) -> impl Iterator<Item = &'s str> {
    source.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn crates_sources() -> Vec<PathBuf> {
    let rooms = fs::read_dir(crates()).unwrap().map(|entry| entry.unwrap().path());
    rooms.flat_map(|room| files(&room.join("src"), "rs")).collect()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut out = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            out.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            out.push(path);
        }
    }
    out
}
