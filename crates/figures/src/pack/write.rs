//! Writing a pack: all of it, or nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::programme::{Classification, Programme};
use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    Coarser, FORMAT, K, Key, PackError, Person, Released, anonymous, check, columns, dictionary, people, protocol,
    released::{Table, tables},
    results,
    results::Figure,
    script,
    seen::Seen,
};
use crate::{
    disclosure::anonymity,
    export::plain,
    history::{History, Snapshot},
};

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// People in the pack.
    pub people: usize,
    /// Spells.
    pub spells: usize,
    /// Results, and how many of them are left out.
    pub results: (usize, usize),
    /// What was made coarser.
    pub coarser: Coarser,
    /// Tables of releases, and how many of them cannot be counted again.
    pub tables: (usize, usize),
}

/// What a pack is made of.
pub struct Source<'a> {
    /// What is known now.
    pub snapshot: &'a Snapshot,
    /// What was ever known: releases are counted as known then.
    pub history: &'a History,
    /// What was released.
    pub releases: &'a [Released],
    /// The programme.
    pub programme: &'a Programme,
    /// Classification of outcomes.
    pub classification: &'a Classification,
}

/// Makes a pack in a folder that does not exist yet. `on` is the day on which observation ends.
///
/// # Errors
/// When too few people took part, a result cannot be computed, or the folder cannot be written; then nothing is left behind.
pub fn make(folder: &Path, source: &Source<'_>, (project, key): (&str, &Key), on: Date) -> Result<Made, PackError> {
    if folder.exists() {
        return Err(PackError::Exists(folder.display().to_string()));
    }
    let Source { snapshot, programme, classification, .. } = *source;
    let (people, coarser) = anonymous(people(snapshot, classification, key, on))?;
    let tables = tables(source.releases, source.history, programme, key)?;
    let mut results = results(&people)?;
    results.extend(tables.results.iter().cloned());
    let made = Made {
        people: people.len(),
        spells: people.iter().map(|person| person.spells.len()).sum(),
        results: (results.len(), results.iter().filter(|figure| figure.value.is_none()).count()),
        coarser,
        tables: (tables.all.len(), tables.all.iter().filter(|table| table.again != "yes").count()),
    };
    let mut files = vec![
        ("README.md", README.to_owned()),
        ("people.csv", people_csv(&people)?),
        ("spells.csv", spells_csv(&people)?),
        ("tables.csv", tables_csv(&tables.all)?),
        ("seen.csv", seen_csv(&tables.seen)?),
        ("dictionary.csv", dictionary_csv()?),
        ("codes.csv", csv(&["column", "code", "nl", "en"], dictionary::codes(programme, &people, &tables))?),
        ("protocol.toml", protocol::protocol(project, classification)),
        ("results.csv", results_csv(&results)?),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text))
    .collect::<Vec<_>>();
    files.extend(script::scripts(&people, &tables));
    let hashes: serde_json::Map<String, serde_json::Value> =
        files.iter().map(|(name, text)| (name.clone(), json!(hash(text)))).collect();
    let manifest = json!({
        "format": FORMAT,
        "made_with": format!("bestendig {}", env!("CARGO_PKG_VERSION")),
        "project": project,
        "programme": programme.id.as_str(),
        "classification": classification.id.as_str(),
        "observation_ends_in": on.year(),
        "history": { "root": journal::hex(&snapshot.checkpoint.root) },
        "people": made.people,
        "spells": made.spells,
        "anonymity": measured(&people),
        "made_coarser": {
            "age_in_twenty_years": coarser.age_twenty, "age_left_out": coarser.age_any,
            "age_and_sex_left_out": coarser.sex_any, "age_sex_and_site_left_out": coarser.site_any,
        },
        "results": { "told": made.results.0 - made.results.1, "left_out": made.results.1 },
        "tables": { "released": made.tables.0, "counted_otherwise_now": made.tables.1 },
        "files": hashes,
    });
    files.push(("manifest.json".to_owned(), format!("{manifest:#}\n")));
    // beside its place first: a pack is there as a whole, or not at all
    let part = beside(folder);
    // what lies there already is not ours to take away
    create_dir(&part)?;
    let written = write(&part, &files)
        .and_then(|()| checked(&part))
        .and_then(|()| fs::rename(&part, folder).map_err(failed(folder)));
    let Err(why) = written else { return Ok(made) };
    // what is left of it is nobody's pack
    Err(match fs::remove_dir_all(&part) {
        Ok(()) => why,
        Err(error) => PackError::Left { why: Box::new(why), part: part.display().to_string(), error },
    })
}

/// Where a pack is put together: beside its place, under its whole name, so that no two share one.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    folder.with_file_name(name)
}

/// A pack that would not pass its own check is not handed out.
fn checked(part: &Path) -> Result<(), PackError> {
    let found = check(part)?;
    match found.wrong.first() {
        Some(first) => Err(PackError::Whole { file: part.display().to_string(), what: first.clone() }),
        None => Ok(()),
    }
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> PackError {
    let path = path.display().to_string();
    move |error| PackError::File { path, error }
}

/// A new folder, for its owner alone.
fn create_dir(folder: &Path) -> Result<(), PackError> {
    let mut builder = fs::DirBuilder::new();
    // one that is there already is refused
    builder.recursive(false);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => PackError::Underway(folder.display().to_string()),
        _ => failed(folder)(error),
    })
}

fn write(folder: &Path, files: &[(String, String)]) -> Result<(), PackError> {
    create_dir(&folder.join("r"))?;
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(failed(&path))?;
    }
    Ok(())
}

fn measured(people: &[Person]) -> serde_json::Value {
    let known: Vec<(&str, &str, &str)> =
        people.iter().map(|p| (p.site.as_str(), p.age.as_str(), p.sex.as_str())).collect();
    let events: Vec<u8> = people.iter().map(|person| person.event).collect();
    let found = anonymity::measure(&known, &events);
    json!({ "known_from_elsewhere": ["site", "age", "sex"], "k_wanted": K, "k": found.k, "combinations": found.classes,
        "fewest_outcomes_in_one": found.l })
}

/// SHA-256 in hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    journal::hex(&Sha256::digest(text.as_bytes()))
}

/// Rows under their heading; lines end as those of every other file of a pack do.
fn csv<const N: usize>(heading: &[&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(vec![]);
    writer.write_record(heading)?;
    for row in rows {
        writer.write_record(row)?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    String::from_utf8(bytes).map_err(|error| csv::Error::from(std::io::Error::other(error)))
}

fn people_csv(people: &[Person]) -> Result<String, csv::Error> {
    let row = |p: &Person| {
        [p.pseudonym.clone(), p.site.clone(), p.age.clone(), p.sex.clone(), p.time.to_string(), p.event.to_string()]
    };
    csv(&["pseudonym", "site", "age", "sex", "time", "event"], people.iter().map(row))
}

fn spells_csv(people: &[Person]) -> Result<String, csv::Error> {
    let row = |person: &Person, spell: &super::Spell| {
        let to = spell.to.map_or_else(String::new, |to| to.to_string());
        [
            person.pseudonym.clone(),
            spell.trajectory.to_string(),
            spell.line.clone(),
            spell.code.clone(),
            spell.from.to_string(),
            to,
        ]
    };
    let rows = people.iter().flat_map(|person| person.spells.iter().map(move |spell| row(person, spell)));
    csv(&["pseudonym", "trajectory", "line", "code", "from", "to"], rows)
}

fn tables_csv(tables: &[Table]) -> Result<String, csv::Error> {
    let row = |table: &Table| {
        let Table { id, release, sha256, figure, version, base, of, codes, without, measure, .. } = table.clone();
        let Table { from, to, place, by, classification, known_at, again, .. } = table.clone();
        let (codes, without, by) = (codes.join(" "), without.join(" "), by.join(" "));
        // the one cell that someone typed; elsewhere a minus stands before a number
        let release = plain(&release);
        [
            id,
            release,
            sha256,
            figure,
            version,
            base,
            of,
            codes,
            without,
            measure,
            from,
            to,
            place,
            by,
            classification,
            known_at,
            again,
        ]
    };
    let columns = columns::columns::<17>("tables.csv");
    csv(&columns, tables.iter().map(row))
}

fn seen_csv(seen: &[Seen]) -> Result<String, csv::Error> {
    let row = |row: &Seen| {
        let Seen { table, person, trajectory, line, code, begins, ends, cut, returned, only, part, cell, days } =
            row.clone();
        let (person, trajectory) = (person.to_string(), trajectory.to_string());
        let days = days.map_or_else(String::new, |days| days.to_string());
        [table, person, trajectory, line, code, begins, ends, cut, returned, only, part, cell, days]
    };
    csv(&columns::columns::<13>("seen.csv"), seen.iter().map(row))
}

fn dictionary_csv() -> Result<String, csv::Error> {
    csv(&["file", "column", "nl", "en", "type", "unit"], columns::COLUMNS.iter().map(|row| row.map(str::to_owned)))
}

fn results_csv(results: &[Figure]) -> Result<String, csv::Error> {
    let row = |figure: &Figure| {
        let value = figure.value.map_or_else(String::new, |value| format!("{value:?}"));
        [
            figure.analysis.clone(),
            figure.term.clone(),
            figure.quantity.clone(),
            value,
            format!("{:?}", figure.tolerance),
            figure.why.clone(),
        ]
    };
    csv(&["analysis", "term", "quantity", "value", "tolerance", "why"], results.iter().map(row))
}

const README: &str = "# Onderzoekspakket / research pack

Dit pakket is pseudoniem, niet anoniem: wie iemands verloop al kent, kan een regel herkennen. Geef het alleen aan een onderzoeker
met een overeenkomst, bewaar het versleuteld en probeer niemand te herkennen. Er staan geen namen en geen datums in; dagen tellen
vanaf iemands eigen eerste dag. LVV, leeftijd en geslacht delen steeds minstens vijf mensen.

This pack is pseudonymous, not anonymous: who already knows the course of someone may recognise a line. Hand it only to a
researcher under an agreement, keep it encrypted, and do not try to recognise anyone. It has no names and no dates; days count from
someone's own first day. Site, age and sex are always shared by at least five people.

| file | what it is |
|---|---|
| people.csv | one line a person: where, who roughly, how long followed, how it ended |
| spells.csv | phase, participation, shelter, cooperation, consequences, scenario, pauses, obstacles and steps of departure, in days |
| dictionary.csv, codes.csv | what every column and every code means (nl, en) |
| protocol.toml | the question, and the trial that the comparison stands in for |
| tables.csv | the released tables: what each counted, when, as known when |
| seen.csv | the spells behind each released table, as they lie to its day or period; numbers of people hold in one table only |
| results.csv | results at full precision, those of the released tables too; empty, with the reason, where fewer than ten people stand behind a number |
| r/ | R scripts that compute them again: `Rscript r/all.R` (packages survival and cmprsk), or one of them after `r/read.R` |
| manifest.json | what was made coarser, and the SHA-256 of every file |

`bestendig pack check DIR` checks all of this; with `--computed FILE` also what the scripts printed.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_no_formula_and_a_number_stays_a_number() {
        let table = Table { release: "=1+1, \"x\"\r".to_owned(), ..Table::default() };
        let text = tables_csv(&[table]).unwrap();
        assert!(text.contains(",\"'=1+1, \"\"x\"\"\r\","), "{text}");
        let rows = [["-3".to_owned(), String::new()], ["a,b".to_owned(), "c".to_owned()]];
        assert_eq!(csv(&["from", "to"], rows).unwrap(), "from,to\n-3,\n\"a,b\",c\n");
    }

    #[test]
    fn the_place_beside_a_pack_has_its_whole_name() {
        for (folder, part) in
            [("study", "study.part"), ("a/study.2022", "a/study.2022.part"), ("a/study/", "a/study.part")]
        {
            assert_eq!(beside(Path::new(folder)), Path::new(part));
        }
    }
}
