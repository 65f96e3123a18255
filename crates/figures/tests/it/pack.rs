//! The researcher's pack of the whole network: computed again by R, and attacked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use figures::pack::{self, Checked, Key};
use jiff::civil::date;

use crate::world::{World, published};

fn made(world: &World, folder: &Path, secret: u8) -> pack::Made {
    let (history, checkpoint) = world.history(world.now());
    let snapshot = history.known(world.now(), checkpoint, &world.programme);
    let classification = &world.programme.classifications[0];
    let key = Key::new(&[secret; 32]);
    pack::make(folder, &snapshot, &world.programme, classification, ("study", &key), date(2022, 7, 1)).unwrap()
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
    let told = made(world, &folder, 1);
    let checked = pack::check(&folder).unwrap();
    assert!(checked.wrong.is_empty(), "{:#?}", checked.wrong);
    assert!(checked.people > 1_000 && checked.k >= 5 && told.people == checked.people, "{told:?}");
    println!("{told:?}");
    by_r(&folder, &checked);
    no_group_is_small(&rows(&folder, "people.csv"));
    nothing_of_the_store_is_told(world, &folder);
    // another project has other pseudonyms, and nothing else is different
    let other = at.path().join("other");
    made(world, &other, 2);
    let pseudonyms =
        |folder: &Path| rows(folder, "people.csv").into_iter().map(|row| row["pseudonym"].clone()).collect();
    let (one, two): (BTreeSet<String>, BTreeSet<String>) = (pseudonyms(&folder), pseudonyms(&other));
    assert_eq!((one.len(), one.intersection(&two).count()), (checked.people, 0));
    let results = |folder: &Path| fs::read_to_string(folder.join("results.csv")).unwrap();
    assert_eq!(results(&folder), results(&other));
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
            assert!(!date, "{} holds a date: {word}", path.display());
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
            if let domain::fact::Body::IdentityRecorded(identity) = recorded.fact.body {
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
