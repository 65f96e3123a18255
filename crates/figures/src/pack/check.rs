//! Checking a pack: whole, as its dictionary says, nobody among fewer than [`K`], no date and no id, and its results as computed
//! again from its rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::{
    FORMAT, K, PackError, Person,
    columns::COLUMNS,
    protocol::PARTS,
    released::{Table, recount, small_cells},
    results::{Figure, results},
    seen::Seen,
    write::hash,
};
use crate::disclosure::anonymity;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// What is wrong; empty when all is well.
    pub wrong: Vec<String>,
    /// People in the pack.
    pub people: usize,
    /// How many share what can be known from elsewhere, at least.
    pub k: usize,
    /// The results as the pack tells them.
    pub results: Vec<Figure>,
}

/// Files that hold rows, with their columns as the dictionary has them.
const TABLES: &[&str] = &["people.csv", "spells.csv", "tables.csv", "seen.csv", "results.csv"];

/// Files that name calendar days: those of releases, which are public.
const WITH_DAYS: &[&str] = &["tables.csv"];

/// Checks a pack without R. What cannot be read at all is an error; what is not right is in the answer.
///
/// # Errors
/// When the folder is no pack.
pub fn check(folder: &Path) -> Result<Checked, PackError> {
    let mut out = Checked::default();
    let texts = read_all(folder, &mut out)?;
    let mut tables = BTreeMap::new();
    for name in TABLES {
        tables.insert(*name, table(name, texts.get(*name).map_or("", String::as_str), &mut out.wrong)?);
    }
    let people = people(&tables["people.csv"])?;
    out.people = people.len();
    let known: Vec<_> = people.iter().map(|p| (&p.site, &p.age, &p.sex)).collect();
    out.k = anonymity::measure(&known, &people.iter().map(|p| p.event).collect::<Vec<_>>()).k;
    if out.k < K {
        out.wrong.push(format!(
            "people.csv: site, age and sex are shared by {} people only; at least {K} are needed",
            out.k
        ));
    }
    same_people(&people, &tables["spells.csv"], &mut out.wrong);
    coded(&texts, &tables, &mut out.wrong)?;
    let protocol = texts.get("protocol.toml").map_or("", String::as_str);
    for part in PARTS.iter().filter(|part| !protocol.contains(&format!("\n[{part}]\n"))) {
        out.wrong.push(format!("protocol.toml: the part [{part}] is missing"));
    }
    for (name, text) in &texts {
        for (line, text) in (1..).zip(text.lines()) {
            let what = identity(text).or_else(|| day(text).filter(|_| !WITH_DAYS.contains(&name.as_str())));
            out.wrong.extend(what.map(|what| format!("{name}, line {line}: {what}")));
        }
    }
    out.results = figures(&tables["results.csv"])?;
    let (released, seen) = (released_tables(&tables["tables.csv"])?, seen(&tables["seen.csv"])?);
    same_tables(&released, &seen, &mut out.wrong);
    let mut again: Vec<(String, f64)> =
        results(&people)?.into_iter().filter_map(|f| Some((key(&f), f.value?))).collect();
    again.extend(recount(&released, &seen, &out.results));
    out.wrong.extend(compare(&out.results, &again, "this program"));
    Ok(out)
}

fn key(figure: &Figure) -> String {
    format!("{},{},{}", figure.analysis, figure.term, figure.quantity)
}

/// Compares told results with numbers that something else computed, by `analysis,term,quantity`; what differs.
pub fn compare(told: &[Figure], other: &[(String, f64)], by: &str) -> Vec<String> {
    let other: BTreeMap<&str, f64> = other.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let mut out = Vec::new();
    for figure in told {
        let (Some(value), key) = (figure.value, key(figure)) else { continue };
        match other.get(key.as_str()) {
            None => out.push(format!("results.csv: {key} is told, but {by} does not compute it")),
            Some(found) => {
                let away = (value - found).abs();
                // not near either when one of them is no number
                let near = away <= figure.tolerance * value.abs().max(1e-3);
                if !near {
                    out.push(format!("results.csv: {key} is {value}, and {by} computes {found}"));
                }
            }
        }
    }
    out
}

/// Every file of the manifest, with the hash that it tells; nothing else may lie in the folder.
fn read_all(folder: &Path, out: &mut Checked) -> Result<BTreeMap<String, String>, PackError> {
    let failed = |path: &Path, error| PackError::File { path: path.display().to_string(), error };
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
    let whole = |what: String| PackError::Whole { file: "manifest.json".to_owned(), what };
    let manifest: serde_json::Value = serde_json::from_str(&text).map_err(|error| whole(error.to_string()))?;
    if manifest["format"] != FORMAT {
        return Err(whole(format!("the format is {}; this program knows {FORMAT}", manifest["format"])));
    }
    let files = manifest["files"].as_object().ok_or_else(|| whole("`files` is missing".to_owned()))?;
    let mut texts = BTreeMap::from([("manifest.json".to_owned(), text)]);
    for (name, told) in files {
        // a manifest from elsewhere must not lead out of the folder
        if name.split('/').any(|part| part.is_empty() || part == "..") || Path::new(name).is_absolute() {
            return Err(whole(format!("{name} does not lie in the folder")));
        }
        let path = folder.join(name);
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
        if Some(hash(&text).as_str()) != told.as_str() {
            out.wrong.push(format!("{name}: it is not the file that was written; its hash differs from the manifest"));
        }
        texts.insert(name.clone(), text);
    }
    let others = ["dictionary.csv", "codes.csv", "protocol.toml", "r/all.R"];
    for name in TABLES.iter().chain(&others) {
        let name = *name;
        if !texts.contains_key(name) {
            out.wrong.push(format!("manifest.json: {name} is missing"));
        }
    }
    for (inside, at) in [("", folder.to_owned()), ("r/", folder.join("r"))] {
        for entry in fs::read_dir(&at).map_err(|error| failed(&at, error))? {
            let entry = entry.map_err(|error| failed(&at, error))?;
            let name = format!("{inside}{}", entry.file_name().to_string_lossy());
            if !texts.contains_key(&name) && name != "r" {
                out.wrong.push(format!("{name}: it is no part of the pack"));
            }
        }
    }
    Ok(texts)
}

/// Rows of a table by column.
struct Rows {
    name: &'static str,
    columns: Vec<String>,
    lines: Vec<Vec<String>>,
}

impl Rows {
    fn cell(&self, row: usize, column: &str) -> &str {
        self.columns.iter().position(|known| known == column).map_or("", |at| &self.lines[row][at])
    }

    fn wrong(&self, row: usize, what: String) -> PackError {
        PackError::Line { file: self.name.to_owned(), line: row + 2, what }
    }

    fn number<T: std::str::FromStr>(&self, row: usize, column: &str) -> Result<T, PackError> {
        let cell = self.cell(row, column);
        cell.parse().map_err(|_| self.wrong(row, format!("column {column} holds `{cell}`; a number is expected")))
    }
}

fn records(name: &str, text: &str) -> Result<(Vec<String>, Vec<Vec<String>>), PackError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let whole = |error: csv::Error| PackError::Whole { file: name.to_owned(), what: error.to_string() };
    let columns = reader.headers().map_err(whole)?.iter().map(str::to_owned).collect();
    let rows =
        reader.records().map(|row| row.map(|row| row.iter().map(str::to_owned).collect())).collect::<Result<_, _>>();
    Ok((columns, rows.map_err(whole)?))
}

fn table(name: &'static str, text: &str, wrong: &mut Vec<String>) -> Result<Rows, PackError> {
    let (columns, rows) = records(name, text)?;
    let told: Vec<&str> = COLUMNS.iter().filter(|row| row[0] == name).map(|row| row[1]).collect();
    if columns != told {
        wrong.push(format!("{name}: the columns are {}; the dictionary has {}", columns.join(", "), told.join(", ")));
    }
    Ok(Rows { name, columns, lines: rows })
}

fn people(rows: &Rows) -> Result<Vec<Person>, PackError> {
    let person = |row: usize| {
        let text = |column: &str| rows.cell(row, column).to_owned();
        let (time, event): (u32, u8) = (rows.number(row, "time")?, rows.number(row, "event")?);
        if time == 0 || event > 3 {
            return Err(rows.wrong(row, "time is at least 1, and event 0 to 3".to_owned()));
        }
        Ok(Person {
            pseudonym: text("pseudonym"),
            site: text("site"),
            age: text("age"),
            sex: text("sex"),
            time,
            event,
            spells: vec![],
        })
    };
    (0..rows.lines.len()).map(person).collect()
}

/// Pseudonyms stand once among people; spells are of people of the pack.
fn same_people(people: &[Person], spells: &Rows, wrong: &mut Vec<String>) {
    let mut known = BTreeSet::new();
    for (line, person) in (2..).zip(people) {
        if person.pseudonym.len() != 24 || !person.pseudonym.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            wrong.push(format!("people.csv, line {line}: the pseudonym is not one of this program"));
        }
        if !known.insert(person.pseudonym.as_str()) {
            wrong.push(format!("people.csv, line {line}: this pseudonym stood there before"));
        }
    }
    for row in 0..spells.lines.len() {
        if !known.contains(spells.cell(row, "pseudonym")) {
            wrong.push(format!("spells.csv, line {}: nobody in people.csv has this pseudonym", row + 2));
        }
    }
}

/// Every code has its words in both languages.
fn coded(
    texts: &BTreeMap<String, String>,
    tables: &BTreeMap<&str, Rows>,
    wrong: &mut Vec<String>,
) -> Result<(), PackError> {
    let (_, words) = records("codes.csv", texts.get("codes.csv").map_or("", String::as_str))?;
    let known: BTreeSet<(&str, &str)> = words
        .iter()
        .filter(|row| row.len() == 4 && row.iter().all(|cell| !cell.is_empty()))
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    let mut missing = BTreeSet::new();
    let people = &tables["people.csv"];
    for row in 0..people.lines.len() {
        for column in ["site", "age", "sex", "event"] {
            let code = people.cell(row, column);
            if !known.contains(&(column, code)) {
                missing.insert(format!("codes.csv: {column} {code} has no words"));
            }
        }
    }
    let spells = &tables["spells.csv"];
    for row in 0..spells.lines.len() {
        let (line, code) = (spells.cell(row, "line"), spells.cell(row, "code"));
        if !known.contains(&("line", line)) || !known.contains(&(format!("code ({line})").as_str(), code)) {
            missing.insert(format!("codes.csv: {line} {code} has no words"));
        }
    }
    let by: BTreeMap<&str, Vec<&str>> = (0..tables["tables.csv"].lines.len())
        .map(|row| {
            let rows = &tables["tables.csv"];
            (rows.cell(row, "table"), rows.cell(row, "by").split_whitespace().collect())
        })
        .collect();
    let seen = &tables["seen.csv"];
    for row in 0..seen.lines.len() {
        let (table, line) = (seen.cell(row, "table").trim_end_matches("-by"), seen.cell(row, "line"));
        let values = seen.cell(row, "cell").split('+').filter(|value| !value.is_empty());
        let cells = by.get(table).into_iter().flatten().zip(values).map(|(by, value)| (format!("cell ({by})"), value));
        let own = [
            ("line".to_owned(), line),
            (format!("code ({line})"), seen.cell(row, "code")),
            ("begins".to_owned(), seen.cell(row, "begins")),
            ("ends".to_owned(), seen.cell(row, "ends")),
        ];
        for (column, code) in own.into_iter().filter(|(_, code)| !code.is_empty()).chain(cells) {
            if !known.contains(&(column.as_str(), code)) {
                missing.insert(format!("codes.csv: {column} {code} has no words"));
            }
        }
    }
    wrong.extend(missing);
    Ok(())
}

/// A calendar day in a line: a pack has none beside those of its releases.
fn day(line: &str) -> Option<&'static str> {
    let bytes = line.as_bytes();
    let digits = |from: usize, count: usize| all(bytes, from, count, u8::is_ascii_digit);
    let dash = |at: usize| bytes.get(at) == Some(&b'-');
    let found = (0..bytes.len())
        .any(|at| digits(at, 4) && dash(at + 4) && digits(at + 5, 2) && dash(at + 7) && digits(at + 8, 2));
    found.then_some("a date stands here; a pack has days only")
}

/// An id of the store in a line: none leaves.
fn identity(line: &str) -> Option<&'static str> {
    let bytes = line.as_bytes();
    let parts = [(0, 8), (9, 4), (14, 4), (19, 4), (24, 12)];
    let found = (0..bytes.len()).any(|at| {
        parts.iter().all(|(from, count)| all(bytes, at + from, *count, u8::is_ascii_hexdigit))
            && [8, 13, 18, 23].iter().all(|from| bytes.get(at + from) == Some(&b'-'))
    });
    found.then_some("an id of the store stands here; a pack has pseudonyms only")
}

fn all(bytes: &[u8], from: usize, count: usize, is: fn(&u8) -> bool) -> bool {
    bytes.get(from..from + count).is_some_and(|part| part.iter().all(is))
}

fn released_tables(rows: &Rows) -> Result<Vec<Table>, PackError> {
    let table = |row: usize| {
        let text = |column: &str| rows.cell(row, column).to_owned();
        let list = |column: &str| rows.cell(row, column).split_whitespace().map(str::to_owned).collect();
        let [base, of, measure] = ["base", "of", "measure"].map(text);
        for (column, value, known) in [
            ("base", &base, ["inflow", "stock", "outflow"].as_slice()),
            ("of", &of, &["participation", "re-entry", "phase", "review"]),
            ("measure", &measure, &["count", "days", "share"]),
        ] {
            if !known.contains(&value.as_str()) {
                return Err(
                    rows.wrong(row, format!("column {column} holds `{value}`; it is one of {}", known.join(", ")))
                );
            }
        }
        Ok(Table {
            id: text("table"),
            release: text("release"),
            sha256: text("sha256"),
            figure: text("figure"),
            version: text("version"),
            base,
            of,
            codes: list("codes"),
            without: list("without"),
            measure,
            from: text("from"),
            to: text("to"),
            place: text("place"),
            by: list("by"),
            classification: text("classification"),
            known_at: text("known_at"),
            again: text("again"),
        })
    };
    (0..rows.lines.len()).map(table).collect()
}

fn seen(rows: &Rows) -> Result<Vec<Seen>, PackError> {
    let one = |row: usize| {
        let text = |column: &str| rows.cell(row, column).to_owned();
        let days = if rows.cell(row, "days").is_empty() { None } else { Some(rows.number(row, "days")?) };
        Ok(Seen {
            table: text("table"),
            person: rows.number(row, "person")?,
            trajectory: rows.number(row, "trajectory")?,
            line: text("line"),
            code: text("code"),
            begins: text("begins"),
            ends: text("ends"),
            cut: text("cut"),
            returned: text("returned"),
            only: text("only"),
            part: text("part"),
            cell: text("cell"),
            days,
        })
    };
    (0..rows.lines.len()).map(one).collect()
}

/// Spells are of tables of the pack, and no cell is told of few.
fn same_tables(tables: &[Table], seen: &[Seen], wrong: &mut Vec<String>) {
    let known: BTreeSet<&str> = tables.iter().map(|table| table.id.as_str()).collect();
    for (line, row) in (2..).zip(seen) {
        if !known.contains(row.table.trim_end_matches("-by")) {
            wrong.push(format!("seen.csv, line {line}: there is no table {} in tables.csv", row.table));
        }
    }
    wrong.extend(small_cells(tables, seen));
}

fn figures(rows: &Rows) -> Result<Vec<Figure>, PackError> {
    let figure = |row: usize| {
        let text = |column: &str| rows.cell(row, column).to_owned();
        let value = if rows.cell(row, "value").is_empty() { None } else { Some(rows.number(row, "value")?) };
        let (tolerance, why) = (rows.number(row, "tolerance")?, text("why"));
        if value.is_none() == why.is_empty() {
            return Err(rows.wrong(row, "a number has no reason beside it, and what is left out has one".to_owned()));
        }
        let [analysis, term, quantity] = ["analysis", "term", "quantity"].map(text);
        Ok(Figure { analysis, term, quantity, value, tolerance, why })
    };
    (0..rows.lines.len()).map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_ids_are_found_and_numbers_are_not() {
        assert!(day("since 2021-03-04 there").is_some());
        assert!(identity("x,0193e0c2-1a2b-4c3d-8e4f-0123456789ab,y").is_some());
        for fine in
            ["0123456789abcdef01234567,any,30-39,male,365,1", "incidence,a/durable/365,se,0.0123456789012345,1e-8"]
        {
            assert!(day(fine).is_none() && identity(fine).is_none());
        }
    }

    #[test]
    fn what_differs_is_told() {
        let told = |value| Figure {
            analysis: "cox".into(),
            term: "a".into(),
            quantity: "se".into(),
            value,
            tolerance: 1e-6,
            why: String::new(),
        };
        let other = |value: f64| vec![("cox,a,se".to_owned(), value)];
        assert!(compare(&[told(Some(2.0))], &other(2.0 + 1e-6), "R").is_empty());
        assert_eq!(compare(&[told(Some(2.0))], &other(2.001), "R").len(), 1);
        assert_eq!(compare(&[told(Some(2.0))], &other(f64::NAN), "R").len(), 1);
        assert_eq!(compare(&[told(Some(2.0))], &[], "R").len(), 1);
        assert!(compare(&[told(None)], &[], "R").is_empty());
    }
}
