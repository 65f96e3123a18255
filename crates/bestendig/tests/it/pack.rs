//! `pack make` and `pack check` on the small demonstration; the room `figures` attacks the pack of the whole network.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{
    run::{Place, text},
    served::{Served, between},
};

/// A filled store and a pack of it.
fn made(place: &Place, name: &str, project: &str, programme: &str) -> PathBuf {
    let (folder, key) = (place.path(name), place.path(&format!("{project}.key")));
    let (path, key) = (text(&folder), text(&key));
    let args = ["pack", "make", &path, "--project", project, "--project-key", &key, "--programme", programme];
    place.fine("store", &args);
    folder
}

/// The small demonstration of one city.
const CITY: &str = "one-city";

fn rows(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let file = fs::read_to_string(folder.join(name)).unwrap();
    let mut lines = file.lines().map(cells);
    let columns = lines.next().unwrap();
    lines.map(|cells| columns.iter().cloned().zip(cells).collect()).collect()
}

/// The cells of a line; one with a comma is quoted.
fn cells(line: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            letter => out.last_mut().unwrap().push(letter),
        }
    }
    out
}

fn column(rows: &[BTreeMap<String, String>], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}

fn every_file(folder: &Path) -> Vec<(String, String)> {
    let names = [folder.to_owned(), folder.join("r")].into_iter().flat_map(|at| fs::read_dir(at).unwrap());
    let files = names.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (text(&path), fs::read_to_string(&path).unwrap())).collect()
}

/// What R prints of a pack, in a file.
fn by_r(place: &Place, folder: &Path) -> PathBuf {
    let out = std::process::Command::new("Rscript").args(["--vanilla", "r/all.R"]).current_dir(folder).output();
    let out = out.expect("Rscript: install r-base-core, r-cran-survival and r-cran-cmprsk (bin/test does)");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let file = place.path("r.csv");
    fs::write(&file, out.stdout).unwrap();
    file
}

/// Releases tables as people do: one drafts, another checks, the first releases.
fn release(place: &Place, tables: &[&str]) {
    let served = Served::new(place, "info");
    let (cookie, csrf) = served.signed_in("programma", "/cijfers/vrijgaven");
    let (other, its) = served.signed_in("coordinator.vrijstad", "/cijfers/vrijgaven");
    for (number, table) in tables.iter().enumerate() {
        let command = format!("3f8a6c1e-0000-4000-8000-00000000000{number}");
        let fields = format!(
            "csrf={csrf}&opdracht={command}&titel=Cijfers,+{table}&tabel={table}&lvv=&op=2022-07-01&van=2021-07-01\
             &tot=2022-07-01&bekend="
        );
        let answer = served.form("/cijfers/vrijgaven", &cookie, &fields);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        let to = between(&answer, "location: ", "\r\n").to_owned();
        for (cookie, csrf, decision) in [(&other, &its, "gecontroleerd"), (&cookie, &csrf, "vrijgeven")] {
            let answer = served.form(&to, cookie, &format!("csrf={csrf}&besluit={decision}"));
            assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        }
    }
}

#[test]
fn a_pack_with_what_was_released_is_compared_with_what_r_computes() {
    let place = Place::new();
    release(&place, &["present", "waits", "classes"]);
    let folder = made(&place, "pack", "study", CITY);
    let tables = rows(&folder, "tables.csv");
    assert!(tables.len() >= 7 && tables.iter().all(|table| table["again"] == "yes"), "{tables:?}");
    for table in &tables {
        assert!(folder.join(format!("r/table-{}.R", table["table"])).exists(), "{table:?}");
    }
    let file = by_r(&place, &folder);
    let results = rows(&folder, "results.csv");
    let told = results.iter().filter(|row| !row["value"].is_empty()).count();
    assert!(told > 0);
    let check = ["pack", "check", &text(&folder), "--computed", &text(&file)];
    assert!(place.fine("none", &check).contains(&format!("{told} of them as R computes them")));
    // a number that R does not come to is found
    let printed = fs::read_to_string(&file).unwrap();
    let off = |line: &str| line.rsplit_once(',').map_or(String::new(), |(key, _)| format!("{key},0.123\n"));
    let spoilt: String = printed.lines().skip(1).map(off).collect();
    fs::write(&file, format!("analysis,term,quantity,value\n{spoilt}")).unwrap();
    let out = place.run("none", &check);
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.code() == Some(1) && said.contains("and R computes 0.123"), "{said}");
    fs::write(&file, "no result\n").unwrap();
    assert!(place.refused("none", &check).contains("its first line should be"));
}

#[test]
fn a_project_knows_its_people_again_and_no_other_projects() {
    let place = Place::new();
    place.filled("store");
    let pseudonyms =
        |folder: &Path| column(&rows(folder, "people.csv"), "pseudonym").into_iter().collect::<BTreeSet<_>>();
    let (one, again) = (made(&place, "one", "study", CITY), made(&place, "again", "study", CITY));
    let other = made(&place, "other", "elsewhere", CITY);
    assert_eq!(pseudonyms(&one), pseudonyms(&again));
    assert_eq!(pseudonyms(&one).intersection(&pseudonyms(&other)).count(), 0);
    // the same rows, so the same results; whoever compares them learns nothing about who is who
    let results = |folder: &Path| fs::read_to_string(folder.join("results.csv")).unwrap();
    assert_eq!(results(&one), results(&again));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(place.path("study.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(!every_file(&one).iter().any(|(name, _)| Path::new(name).extension().is_some_and(|kind| kind == "key")));
}

#[test]
fn what_is_changed_in_a_pack_is_found_and_nothing_half_is_left() {
    let place = Place::new();
    place.filled("store");
    let folder = made(&place, "pack", "study", CITY);
    let check = ["pack", "check", &text(&folder)];
    place.fine("none", &check);
    let people = folder.join("people.csv");
    let before = fs::read_to_string(&people).unwrap();
    let spoil = |new: String| {
        fs::write(&people, new).unwrap();
        let out = place.run("none", &check);
        fs::write(&people, &before).unwrap();
        assert_eq!(out.status.code(), Some(1));
        format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
    };
    let alone = before.clone() + "0123456789abcdef01234567,vrijstad,10-19,unknown,100,1\n";
    let said = spoil(alone);
    assert!(said.contains("people.csv: it is not the file") && said.contains("shared by 1 people only"), "{said}");
    let said = spoil(before.replacen(",male,", ",2021-03-04,", 1));
    assert!(said.contains("a date stands here"), "{said}");
    let said = spoil(before.replacen(",1\n", ",veel\n", 1));
    assert!(said.contains("column event holds `veel`; a number is expected"), "{said}");
    // a number of a table, or the spells behind it
    let results = folder.join("results.csv");
    let told = fs::read_to_string(&results).unwrap();
    let estimate = told.lines().find(|line| line.contains(",estimate,0.")).unwrap();
    fs::write(&results, told.replacen(estimate, &estimate.replacen(",0.", ",0.9", 1), 1)).unwrap();
    let out = place.run("none", &check);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.code() == Some(1) && said.contains("and this program computes"), "{said}");
    fs::write(&results, &told).unwrap();
    fs::write(folder.join("names.csv"), "who\n").unwrap();
    let out = place.run("none", &check);
    assert!(String::from_utf8_lossy(&out.stdout).contains("names.csv: it is no part of the pack"));

    let (there, key) = (text(&folder), text(&place.path("study.key")));
    let make = |folder: &str, more: &[&str]| {
        let args = ["pack", "make", folder, "--project", "study", "--project-key", &key, "--programme", CITY];
        place.refused("store", &[&args[..], more].concat())
    };
    assert!(make(&there, &[]).contains("exists"));
    let new = text(&place.path("new"));
    assert!(make(&new, &["--classification", "mine"]).contains("there are letter-2018"));
    fs::write(place.path("short.key"), "short").unwrap();
    let short = text(&place.path("short.key"));
    let refused = |project: &str, key: &str| {
        let args = ["pack", "make", &new, "--project", project, "--project-key", key, "--programme", CITY];
        place.refused("store", &args)
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |mode| fs::set_permissions(&short, fs::Permissions::from_mode(mode)).unwrap();
        mode(0o644);
        let said = refused("study", &short);
        assert!(said.contains("can be read by others") && said.contains("chmod 600"), "{said}");
        mode(0o600);
    }
    let said = refused("study", &short);
    assert!(said.contains("key of the project") && said.contains("holds 5 bytes, not 32"), "{said}");
    let inside = text(&place.path("new").join("key"));
    let said = refused("study", &inside);
    assert!(said.contains("must not lie in the pack"), "{said}");
    let said = refused("a/b", &key);
    assert!(said.contains("no name of a project"), "{said}");
    assert!(!place.path("new").exists() && !place.path("new.part").exists());
    assert!(place.refused("none", &["pack", "check", &text(&place.path("nowhere"))]).contains("manifest.json"));
}
