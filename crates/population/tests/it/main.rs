//! The synthetic network as a whole: does it make sense, and are its numbers those published?

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

mod history;
mod margins;
mod same;

use std::{fs, path::Path};

use domain::programme::Programme;
use population::{Member, Size, draw};

/// A programme of the repository.
pub fn programme(name: &str) -> Programme {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes").join(name);
    let mut files: Vec<(String, String)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "toml"))
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
        .collect();
    files.sort();
    Programme::parse(&files).unwrap_or_else(|findings| {
        panic!("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// The network of the letter, and its programme.
pub fn published() -> (Programme, Vec<Member>) {
    let programme = programme("lvv-2018");
    let members = draw(&programme, 2018, Size::Published);
    (programme, members)
}

/// The day in the Netherlands.
pub fn day(moment: jiff::Timestamp) -> jiff::civil::Date {
    jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap().to_datetime(moment).date()
}
