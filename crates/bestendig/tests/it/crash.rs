//! kill -9 at random moments: no acknowledged command is lost, none is half done, and every chain is whole.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::Duration,
};

use crate::run::{Place, text};

const ROUNDS: u64 = 50;
const CITY: [&str; 2] = ["--programme", "one-city"];

/// Moments between 0 and 400 ms that look random and are the same in every run.
fn moment(round: u64) -> Duration {
    Duration::from_millis(round.wrapping_mul(2_654_435_761) % 400)
}

#[test]
fn fifty_crashes_lose_no_acknowledged_command() {
    let place = Place::new();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let mut writer =
            place.command("store", &[&["torture"], &CITY[..]].concat()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let reader = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>());
        // the first rounds may be killed before the store is even open
        std::thread::sleep(moment(round) + Duration::from_millis(if round % 5 == 0 { 0 } else { 60 }));
        writer.kill().unwrap();
        writer.wait().unwrap();
        acknowledged.extend(reader.join().unwrap());
    }
    assert!(acknowledged.len() > 20, "only {} commands were acknowledged", acknowledged.len());

    let said = place.fine("store", &[&["verify"], &CITY[..]].concat());
    assert!(said.contains("every chain is whole"), "{said}");
    let store = rusqlite::Connection::open(place.path("store").join("store.db")).unwrap();
    let mut facts = store.prepare("SELECT COUNT(*) FROM fact WHERE command = ?1").unwrap();
    for line in &acknowledged {
        // a line cut off by the crash was not acknowledged
        let Some((command, _)) = line.split_once(' ') else { continue };
        let command = uuid::Uuid::parse_str(command).unwrap();
        let count: i64 = facts.query_row([command.as_bytes().as_slice()], |row| row.get(0)).unwrap();
        assert_eq!(count, 2, "an acknowledged registration has its identity and its trajectory");
    }
    // a registration is two facts and a row in each table, or nothing at all
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT COUNT(*) FROM (SELECT 1 FROM fact GROUP BY command HAVING COUNT(*) <> 2) AS half"), 0);
    let commands = count("SELECT COUNT(*) FROM command");
    for table in ["participant", "trajectory", "file"] {
        assert_eq!(count(&format!("SELECT COUNT(*) FROM {table}")), commands, "{table}");
    }
    assert_eq!(count("SELECT COUNT(*) FROM fact"), commands * 2);
    assert!(commands >= i64::try_from(acknowledged.len()).unwrap() - 50);
}

#[test]
fn an_import_that_is_killed_took_in_nothing_or_everything() {
    let place = Place::new();
    place.filled("one");
    let file = text(&place.path("one.jsonl"));
    place.fine("one", &[&["export", "history", "--plain", &file], &CITY[..]].concat());
    let facts = std::fs::read_to_string(&file).unwrap().lines().count() - 2;
    for round in 1..=12 {
        let store = format!("import-{round}");
        let mut import = place.command(&store, &[&["import", "history", &file], &CITY[..]].concat());
        let mut import = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment(round) * 4);
        import.kill().unwrap();
        import.wait().unwrap();
        let said = place.fine(&store, &[&["verify"], &CITY[..]].concat());
        let whole = said.starts_with(&format!("{facts} facts"));
        assert!(whole || said.starts_with("0 facts"), "{said}");
        if !whole {
            place.fine(&store, &[&["import", "history", &file], &CITY[..]].concat());
        }
    }
}
