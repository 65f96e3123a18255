//! The invented network in running read tables gives every published figure that can be compared.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod disclosure;

use std::sync::Arc;

use desk::{Desk, SystemClock};
use domain::programme::{Count, Counted, Programme};
use figures::published::{Line, Verdict, compare};
use journal::{Keyring, RootKey, SystemEntropy};
use population::Size;

fn files() -> Vec<(String, String)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018");
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut files: Vec<_> = paths.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect();
    files.sort();
    files
}

/// The figures, from the read tables of a store filled as the demonstration is.
fn lines() -> Vec<Line> {
    lines_of(&journal::testing::sqlite(&desk::migrations()), Size::Published)
}

fn lines_of(test: &journal::testing::TestStore, size: Size) -> Vec<Line> {
    let programme = Arc::new(Programme::parse(&files()).unwrap());
    let entropy = Arc::new(SystemEntropy);
    let keys = Keyring::open(test.folder.path(), RootKey::from_secret(&[7; 32]).unwrap(), entropy.clone()).unwrap();
    let clock = Arc::new(SystemClock::shifted(SystemClock::shift_to("2022-07-01".parse().unwrap())));
    let desk = Desk::new(test.store.clone(), keys, programme.clone(), access::Settings::DEMONSTRATION, clock, entropy)
        .unwrap();
    let mut facts = Vec::new();
    for member in population::draw(&programme, 2018, size) {
        facts.extend(member.person);
        facts.extend(member.trajectories.into_iter().flat_map(|(_, facts)| facts));
    }
    facts.sort_by_key(|recorded| (recorded.fact.header.recorded_at, recorded.fact.header.stream, recorded.number));
    desk.take_in(facts.into_iter().map(|recorded| recorded.fact).collect(), |_, _| {}).unwrap();
    test.store.read_blocking(move |tx| compare(tx, &programme, &programme.published)).unwrap()
}

#[test]
fn both_databases_count_the_same() {
    let mut first: Option<Vec<Line>> = None;
    for test in journal::testing::stores(&desk::migrations()) {
        let lines = lines_of(&test, Size::Small(60));
        assert!(lines.iter().filter(|line| line.ours.is_some_and(|ours| ours > 0)).count() > 5, "{}", test.database);
        assert_eq!(*first.get_or_insert_with(|| lines.clone()), lines, "{}", test.database);
    }
}

#[test]
fn every_published_figure_with_exact_dates_is_reproduced_and_the_others_say_why_not() {
    let lines = lines();
    let differs: Vec<&Line> = lines.iter().filter(|line| line.verdict == Verdict::Differs).collect();
    assert!(differs.is_empty(), "{differs:#?}");
    let theirs = |figure: &str, part: Option<&str>| {
        let line = lines.iter().find(|line| line.figure == figure && line.part.as_deref() == part);
        line.map(|line| (line.theirs.clone(), line.ours)).unwrap()
    };
    assert_eq!(theirs("national-inflow-2022", None), ("2065".to_owned(), Some(2065)));
    assert_eq!(theirs("national-outflow-2022", None), ("1258".to_owned(), Some(1258)));
    assert_eq!(theirs("amsterdam-outflow-reason-2020-03", Some("total")), ("142".to_owned(), Some(142)));
    assert_eq!(theirs("groningen-first-period", Some("inflow")), ("330".to_owned(), Some(330)));
    assert_eq!(theirs("groningen-first-period", Some("outflow")), ("133".to_owned(), Some(133)));
    assert_eq!(theirs("eindhoven-first-evaluation", Some("participants")), ("50".to_owned(), Some(50)));
    for (class, percent) in [("durable", 18), ("semi-durable", 41), ("none", 41)] {
        assert_eq!(theirs("national-outflow-class-2022", Some(class)).1, Some(percent), "{class}");
    }
    assert_eq!(lines.iter().filter(|line| line.verdict == Verdict::Equal).count(), 26);
    // bases are never added up: the sum of the mixed table has no number of ours
    let mixed = lines.iter().find(|line| line.base == Count::Mixed).unwrap();
    assert_eq!((mixed.ours, mixed.verdict), (None, Verdict::Incomparable("mixed-bases")));
    // whom a line counts stands on the line: two count the admitted only, all other people the three statuses
    let who = |counted| lines.iter().filter(|line| line.population.counted == Some(counted)).count();
    assert_eq!(who(Counted::AdmittedOnly), 2);
    for line in lines.iter().filter(|line| line.verdict == Verdict::Equal) {
        assert!(line.population.counted.is_some() || line.population.scenario.is_some(), "{line:?}");
    }
    let together = lines.iter().find(|line| line.part.as_deref() == Some("return-or-legal-settlement")).unwrap();
    assert_eq!(together.population.reasons.len(), 3);
    let state = lines.iter().find(|line| line.base == Count::State).unwrap();
    assert_eq!(state.population.scenario.as_ref().map(domain::ids::Code::as_str), Some("art64-medical"));
}
