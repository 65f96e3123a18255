//! The checklist of the OWASP Application Security Verification Standard 5.0.0: every id has a row, in our own words, and
//! what a row names exists. `UPDATE=1` writes `docs/asvs.md` from `docs/asvs.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::source::{read, top};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checklist {
    /// How many requirements each section of the standard has: chapter and section to the number of its last one.
    sections: BTreeMap<String, u32>,
    /// Rows by id.
    row: BTreeMap<String, Row>,
    /// Why ids do not apply.
    outside: Vec<Outside>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    level: u8,
    /// What is asked, in our own words.
    asks: String,
    state: State,
    /// How it is met, or what is missing.
    how: String,
    #[serde(default)]
    shown: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[serde(rename_all = "kebab-case")]
enum State {
    Met,
    Partly,
    Not,
    /// What is asked about is not there.
    Absent,
    /// For who installs.
    Installation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outside {
    why: String,
    ids: Vec<String>,
}

const CHAPTERS: [&str; 17] = [
    "Encoding and escaping",
    "Validation and the order of work",
    "The browser's side",
    "Requests and answers",
    "Files",
    "Signing in",
    "Sessions",
    "Who may do what",
    "Tokens that carry their content",
    "Providers of identity",
    "Cryptography",
    "Encryption on the line",
    "Configuration",
    "Protection of data",
    "Code and libraries",
    "Logs and errors",
    "Live video",
];

fn checklist() -> Checklist {
    toml::from_str(&read("docs/asvs.toml")).unwrap_or_else(|error| panic!("docs/asvs.toml: {error}"))
}

/// Chapter, section, number.
fn parts(id: &str) -> [u32; 3] {
    let numbers: Vec<u32> = id.trim_start_matches('V').split('.').map(|part| part.parse().unwrap()).collect();
    numbers.try_into().unwrap_or_else(|_| panic!("{id} is no id"))
}

fn all_ids(list: &Checklist) -> BTreeSet<[u32; 3]> {
    let sections = list.sections.iter();
    let ids = sections.flat_map(|(section, last)| (1..=*last).map(move |number| format!("V{section}.{number}")));
    ids.map(|id| parts(&id)).collect()
}

#[test]
fn every_id_of_the_standard_has_its_row() {
    let list = checklist();
    let all = all_ids(&list);
    assert_eq!(all.len(), 345, "version 5.0.0 has so many");
    let outside = list.outside.iter().flat_map(|group| group.ids.iter());
    let rows: Vec<[u32; 3]> = list.row.keys().chain(outside).map(|id| parts(id)).collect();
    let once: BTreeSet<[u32; 3]> = rows.iter().copied().collect();
    assert_eq!(once.len(), rows.len(), "an id stands twice");
    let missing: Vec<_> = all.symmetric_difference(&once).collect();
    assert!(missing.is_empty(), "missing or unknown: {missing:?}");
}

/// `room/file::test` is a test of a room, `path::test` one in a file, and a path alone a file.
fn exists(shown: &str) -> Result<(), String> {
    let (place, test) = shown.split_once("::").map_or((shown, None), |(place, test)| (place, Some(test)));
    let short = test.is_some() && !place.contains('.');
    let path = match place.split_once('/') {
        Some((room, file)) if short => format!("crates/{room}/tests/it/{file}.rs"),
        _ => place.to_owned(),
    };
    let text = std::fs::read_to_string(top().join(&path)).map_err(|error| format!("{shown}: {path}: {error}"))?;
    let Some(test) = test else { return Ok(()) };
    let at = text.find(&format!("fn {test}(")).ok_or_else(|| format!("{shown}: no such test in {path}"))?;
    let before = &text[text[..at].rfind("\n\n").unwrap_or(0)..at];
    if before.contains("test]")
        || before.contains("#[test")
        || text[..at].trim_end().ends_with("async") && before.contains("test")
    {
        Ok(())
    } else {
        Err(format!("{shown} is no test"))
    }
}

#[test]
fn what_a_row_names_exists_and_what_is_met_is_shown() {
    let mut wrong = Vec::new();
    for (id, row) in &checklist().row {
        wrong.extend(row.shown.iter().filter_map(|shown| exists(shown).err()).map(|why| format!("{id}: {why}")));
        if matches!(row.state, State::Met | State::Partly) && row.shown.is_empty() {
            wrong.push(format!("{id} is {:?} and shows nothing", row.state));
        }
        if row.asks.is_empty() || row.how.is_empty() || !(1..=3).contains(&row.level) {
            wrong.push(format!("{id} has no words"));
        }
        // the text of the standard has another licence than ours
        if row.asks.starts_with("Verify that") {
            wrong.push(format!("{id} is in the standard's words"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(exists("web/routes::no_such_test").is_err() && exists("docs/nothing.md").is_err());
}

#[test]
fn the_page_is_what_the_list_says() {
    let page = page(&checklist());
    let path = top().join("docs/asvs.md");
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/asvs.md is not what docs/asvs.toml says: UPDATE=1 cargo nextest run -p bestendig asvs");
}

fn page(list: &Checklist) -> String {
    let mut rows: Vec<(&String, &Row)> = list.row.iter().collect();
    rows.sort_by_key(|(id, _)| parts(id));
    let mut out = String::from(
        "# The checklist of OWASP ASVS 5.0.0\n\n\
         Written by a test from [asvs.toml](asvs.toml); do not edit. The ids are the standard's (OWASP Application Security\n\
         Verification Standard 5.0.0), the words are ours: read the standard for what each id asks exactly. Aim: all of levels 1\n\
         and 2 that apply, and level 3 of chapters 6, 7, 8, 11, 14, 15.4 and 16; the other rows of level 3 are followed.\n\n\
         **met**: shown by what is named. **partly**: something is missing, and said. **not**: not there yet. **absent**: what it is\n\
         about is not in the program. **installation**: for who installs ([security.md](security.md)).\n\n",
    );
    out.push_str("| level | met | partly | not | absent | installation |\n|---|---|---|---|---|---|\n");
    for level in 1..=3 {
        let count = |state| rows.iter().filter(|(_, row)| row.level == level && row.state == state).count();
        let states = [State::Met, State::Partly, State::Not, State::Absent, State::Installation];
        let cells: Vec<String> = states.into_iter().map(|state| count(state).to_string()).collect();
        out.push_str(&format!("| {level} | {} |\n", cells.join(" | ")));
    }
    let mut chapter = 0;
    for (id, row) in rows {
        let [of, ..] = parts(id);
        if of != chapter {
            chapter = of;
            let name = CHAPTERS[chapter as usize - 1];
            out.push_str(&format!(
                "\n## V{chapter} {name}\n\n| id | level | asks | state | how | shown by |\n|---|---|---|---|---|---|\n"
            ));
        }
        let state = format!("{:?}", row.state).to_lowercase();
        let shown: Vec<String> = row.shown.iter().map(|shown| format!("`{shown}`")).collect();
        out.push_str(&format!(
            "| {id} | {} | {} | {state} | {} | {} |\n",
            row.level,
            row.asks,
            row.how,
            shown.join("<br>")
        ));
    }
    out.push_str("\n## Does not apply\n\n| why | ids |\n|---|---|\n");
    for group in &list.outside {
        out.push_str(&format!("| {} | {} |\n", group.why, group.ids.join(", ")));
    }
    out
}
