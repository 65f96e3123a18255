//! The researcher's pack of the whole network: computed again by R, and attacked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use domain::{ids::Code, programme::Column};
use figures::{
    pack::{self, Checked, Key, PackError, Released, Source},
    question::{self, Asked, Days, Question},
    release,
};
use jiff::civil::date;

use crate::world::{World, published, small};

fn made(world: &World, folder: &Path, secret: u8, releases: &[Released]) -> pack::Made {
    tried(world, folder, secret, releases).unwrap()
}

fn tried(world: &World, folder: &Path, secret: u8, releases: &[Released]) -> Result<pack::Made, PackError> {
    let (history, checkpoint) = world.history(world.now());
    let snapshot = history.known(world.now(), checkpoint, &world.programme);
    let source = Source {
        snapshot: &snapshot,
        history: &history,
        releases,
        programme: &world.programme,
        classification: &world.programme.classifications[0],
    };
    pack::make(folder, &source, ("study", &Key::new(&[secret; 32])), date(2022, 7, 1))
}

/// Every table of the monitor over the last quarter, and two that cross two breakdowns: each as a release of its own.
fn releases(world: &World) -> Vec<Released> {
    let (from, to) = (date(2022, 4, 1), date(2022, 7, 1));
    let at = world.now();
    let (history, checkpoint) = world.history(at);
    let snapshot = history.known(at, checkpoint, &world.programme);
    let question = |id: &str, by: Vec<Column>, classification: Option<Code>| {
        let definition = question::definition(&world.programme, id).unwrap();
        let days = if definition.base.flows() {
            Days { on: None, from: Some(from), to: Some(to) }
        } else {
            Days { on: Some(to), ..Days::default() }
        };
        let asked = Asked { days, by, classification, ..Asked::default() };
        Question::new(&world.programme, definition, asked, at).unwrap()
    };
    let mut all: Vec<(String, Vec<Question<'_>>)> = Vec::new();
    for table in &world.programme.tables {
        let figures = table.figures.iter().map(|id| question(id.as_str(), vec![table.by], None));
        all.push((table.id.to_string(), figures.collect()));
    }
    let letter: Code = "letter-2018".parse().unwrap();
    for (id, by, classification) in [
        ("outflow", vec![Column::Site, Column::Class], Some(letter)),
        ("inflow", vec![Column::Site, Column::Sex], None),
        ("inflow", vec![Column::Status], None),
        ("re-entry", vec![Column::AgeBand], None),
        ("review-wait", vec![], None),
        ("durable-share", vec![Column::Scenario], None),
    ] {
        all.push((format!("{id} {by:?}"), vec![question(id, by, classification)]));
    }
    let released = |(title, questions): (String, Vec<Question<'_>>)| {
        let drafted = release::draft(&history, &snapshot, &world.programme, &title, &questions, &[]).unwrap();
        let (asked, exact) = (drafted.asked, drafted.exact);
        Released { title, hash: "00".repeat(32), exact, asked, checkpoint }
    };
    all.into_iter().map(released).collect()
}

type Row = BTreeMap<String, String>;

fn rows(folder: &Path, name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn every_file(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = [folder.to_owned(), folder.join("r")].into_iter().flat_map(|at| fs::read_dir(at).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    paths.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn the_pack_of_the_network_is_computed_again_by_r_and_gives_nobody_away() {
    let world = published();
    let at = tempfile::tempdir().unwrap();
    let folder = at.path().join("pack");
    let releases = releases(world);
    let told = made(world, &folder, 1, &releases);
    let checked = pack::check(&folder).unwrap();
    assert!(checked.wrong.is_empty(), "{:#?}", checked.wrong);
    assert!(checked.people > 1_000 && checked.k >= 5 && told.people == checked.people, "{told:?}");
    assert!(told.tables.0 > 20 && told.tables.1 == 0, "{told:?}");
    println!("{told:?}");
    by_r(&folder, &checked);
    no_group_is_small(&rows(&folder, "people.csv"));
    nothing_of_the_store_is_told(world, &folder);
}

#[test]
fn another_project_has_other_pseudonyms_and_the_same_numbers() {
    let world = small();
    let at = tempfile::tempdir().unwrap();
    let (folder, other) = (at.path().join("pack"), at.path().join("other"));
    let releases = releases(world);
    made(world, &folder, 1, &releases);
    made(world, &other, 2, &releases);
    let pseudonyms =
        |folder: &Path| rows(folder, "people.csv").into_iter().map(|row| row["pseudonym"].clone()).collect();
    let (one, two): (BTreeSet<String>, BTreeSet<String>) = (pseudonyms(&folder), pseudonyms(&other));
    assert!(one.len() > 100 && one.len() == two.len() && one.is_disjoint(&two));
    // sums in another order differ in their last digit
    let (one, two) = (rows(&folder, "results.csv"), rows(&other, "results.csv"));
    assert_eq!(one.len(), two.len());
    for (one, two) in one.iter().zip(&two) {
        let value = |row: &Row| row["value"].parse::<f64>().ok();
        let alike = match (value(one), value(two)) {
            (Some(one), Some(two)) => (one - two).abs() <= 1e-9 * one.abs().max(1e-3),
            (one, two) => one == two,
        };
        assert!(alike && one["term"] == two["term"] && one["why"] == two["why"], "{one:?} {two:?}");
    }
}

#[test]
fn what_lies_where_a_pack_is_put_together_stays_as_it_is() {
    let world = small();
    let at = tempfile::tempdir().unwrap();
    let (folder, part) = (at.path().join("pack.2022"), at.path().join("pack.2022.part"));
    fs::create_dir(&part).unwrap();
    fs::write(part.join("mine"), "mine").unwrap();
    let refused = tried(world, &folder, 1, &[]).unwrap_err().to_string();
    assert!(refused.contains(&format!("{} exists", part.display())), "{refused}");
    assert_eq!(fs::read_to_string(part.join("mine")).unwrap(), "mine");
    assert!(!folder.exists());
    fs::remove_dir_all(&part).unwrap();
    made(world, &folder, 1, &[]);
    assert!(!part.exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("r"))), (0o700, 0o700));
    }
}

/// A table that counts otherwise than what was released, a spell that is gone and a number that is another are all found; a
/// release that the store no longer counts so is told, not computed.
#[test]
fn what_does_not_follow_from_the_spells_is_found() {
    let world = small();
    let at = tempfile::tempdir().unwrap();
    let folder = at.path().join("pack");
    let mut releases = releases(world);
    releases[0].exact = "another".to_owned();
    let told = made(world, &folder, 1, &releases);
    assert!(told.tables.0 > 20 && told.tables.1 == world.programme.tables[0].figures.len(), "{told:?}");
    let tables = rows(&folder, "tables.csv");
    assert_eq!(tables[0]["again"], "counted-otherwise");
    let results = rows(&folder, "results.csv");
    let otherwise = results.iter().filter(|row| row["analysis"] == "table-t01");
    assert!(otherwise.clone().count() > 1 && otherwise.clone().all(|row| row["value"].is_empty()));
    assert!(!folder.join("r/table-t01.R").exists());
    let checked = pack::check(&folder).unwrap();
    assert!(checked.wrong.is_empty() && checked.k >= 5, "{:#?}", checked.wrong);
    // without someone a table has another number
    let path = folder.join("seen.csv");
    let seen = fs::read_to_string(&path).unwrap();
    let fewer: Vec<&str> = seen.lines().filter(|line| !line.starts_with("t04,1,")).collect();
    assert!(fewer.len() < seen.lines().count());
    fs::write(&path, fewer.join("\n") + "\n").unwrap();
    let wrong = pack::check(&folder).unwrap().wrong;
    assert!(wrong.iter().any(|one| one.contains("and this program computes")), "{wrong:#?}");
    fs::write(&path, seen.replacen("t04,", "t99,", 1)).unwrap();
    let wrong = pack::check(&folder).unwrap().wrong;
    assert!(wrong.iter().any(|one| one.contains("there is no table t99")), "{wrong:#?}");
}

fn by_r(folder: &Path, checked: &Checked) {
    let out = Command::new("Rscript").args(["--vanilla", "r/all.R"]).current_dir(folder).output();
    let out = out.expect("Rscript: install r-base-core, r-cran-survival and r-cran-cmprsk (bin/test does)");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    let lines = text.lines().skip(1).map(|line| line.rsplit_once(',').unwrap());
    let printed: Vec<(String, f64)> = lines.map(|(key, value)| (key.to_owned(), value.parse().unwrap())).collect();
    let differs = pack::compare(&checked.results, &printed, "R");
    assert!(differs.is_empty(), "{differs:#?}");
    let told: Vec<_> = checked.results.iter().filter(|figure| figure.value.is_some()).collect();
    let analyses: BTreeSet<&str> = told.iter().map(|figure| figure.analysis.as_str()).collect();
    assert!(analyses.iter().filter(|analysis| analysis.starts_with("table-")).count() > 20, "{analyses:?}");
    for analysis in ["incidence", "gray", "cox-durable", "cox-none", "finegray-durable", "finegray-none"] {
        assert!(analyses.contains(analysis), "{analysis} is not in {analyses:?}");
    }
    assert!(told.len() > 60, "{} results only", told.len());
    assert!(told.len() < checked.results.len(), "something is left out");
    // a number that is a little off does not pass
    let off: Vec<(String, f64)> = printed.iter().map(|(key, value)| (key.clone(), value + 1e-4)).collect();
    assert_eq!(pack::compare(&checked.results, &off, "R").len(), told.len());
}

/// By what is known from elsewhere, together or alone, nobody stands among fewer than five.
fn no_group_is_small(people: &[Row]) {
    let columns = ["site", "age", "sex"];
    for some in [&columns[..], &columns[..1], &columns[1..2], &columns[2..], &columns[..2], &columns[1..]] {
        let mut groups: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        for row in people {
            *groups.entry(some.iter().map(|column| row[*column].as_str()).collect()).or_default() += 1;
        }
        assert!(groups.values().all(|size| *size >= 5), "{groups:?}");
    }
    let classes: BTreeSet<Vec<&str>> =
        people.iter().map(|row| columns.iter().map(|column| row[*column].as_str()).collect()).collect();
    assert!(classes.len() > 20, "not all is made coarser: {classes:?}");
    let pseudonyms: Vec<&str> = people.iter().map(|row| row["pseudonym"].as_str()).collect();
    assert!(pseudonyms.is_sorted(), "the order of the lines says nothing");
}

/// No id in any way of writing, no date, no name.
fn nothing_of_the_store_is_told(world: &World, folder: &Path) {
    let ids: BTreeSet<String> = world
        .test
        .store
        .read_blocking(|tx| {
            let mut out = BTreeSet::new();
            for sql in ["SELECT stream FROM fact", "SELECT subject FROM fact", "SELECT id FROM fact"] {
                out.extend(tx.query(sql, &[], |row| Ok(row.get::<uuid::Uuid>(0)?.simple().to_string()))?);
            }
            Ok::<_, journal::Error>(out)
        })
        .unwrap();
    assert!(ids.len() > 10_000);
    let parts: BTreeSet<&str> = ids.iter().map(|id| &id[..24]).collect();
    for row in rows(folder, "people.csv") {
        assert!(!parts.contains(row["pseudonym"].as_str()), "a pseudonym is part of an id");
    }
    let names = names(world);
    assert!(names.len() > 100, "{} names", names.len());
    for (path, text) in every_file(folder) {
        for word in text.split(|letter: char| !letter.is_ascii_hexdigit() && letter != '-') {
            let parts: Vec<&str> = word.split('-').collect();
            assert!(!ids.contains(&parts.concat()), "{} holds an id of the store", path.display());
            let date = parts.len() == 3 && [parts[0].len(), parts[1].len(), parts[2].len()] == [4, 2, 2];
            // days of releases are public, and stand with their tables only
            assert!(!date || path.ends_with("tables.csv"), "{} holds a date: {word}", path.display());
        }
        let words: BTreeSet<&str> = text.split(|letter: char| !letter.is_alphabetic()).collect();
        let found: Vec<&String> = names.iter().filter(|name| words.contains(name.as_str())).collect();
        assert!(found.is_empty(), "{} holds {found:?}", path.display());
    }
}

/// Every part of the names of the invented people.
fn names(world: &World) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for member in population::draw(&world.programme, 2018, population::Size::Published) {
        for recorded in member.person {
            if let Some(domain::fact::Body::IdentityRecorded(identity)) = recorded.fact.body {
                let texts = identity.names.iter().map(|name| name.text.clone());
                out.extend(texts.flat_map(|text| {
                    text.split(|letter: char| !letter.is_alphabetic()).map(str::to_owned).collect::<Vec<_>>()
                }));
            }
        }
    }
    out.retain(|part| part.chars().count() > 3);
    out
}
