//! kill -9 at random moments: no acknowledged command is lost, none is half done, and every chain is whole.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::{Duration, SystemTime},
};

use crate::run::{Place, text};

const ROUNDS: u64 = 50;
const CITY: [&str; 2] = ["--programme", "one-city"];

/// Random moments, another in every run; the seed is printed, and `BESTENDIG_CRASH_SEED` gives the same ones again.
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        let asked = std::env::var("BESTENDIG_CRASH_SEED").ok().map(|text| text.parse().unwrap());
        let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos().into();
        let seed = asked.unwrap_or_else(now);
        println!("BESTENDIG_CRASH_SEED={seed}");
        Self(seed)
    }
    fn below(&mut self, most: u64) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((self.0 >> 33) % most)
    }
}

fn count(store: &rusqlite::Connection, sql: &str) -> i64 {
    store.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The read tables as far as they are in the clear; what is sealed is sealed anew by a rebuild.
fn clear_tables(store: &rusqlite::Connection) -> Vec<String> {
    let mut out = Vec::new();
    for sql in [
        "SELECT id, version, age_band, sex, sealed IS NULL FROM participant ORDER BY 1",
        "SELECT id, participant, site, case_number, method, version, opened, ended, is_open, phase, phase_since, status,
         status_since, next_rule, next_due, shift_on, changed_at, changed_by, sealed IS NULL FROM trajectory ORDER BY 1",
        "SELECT trajectory, sealed IS NULL FROM file ORDER BY 1",
        "SELECT trajectory, number, rule, start, due FROM term ORDER BY 1, 2",
        "SELECT trajectory, line, code, valid_from, valid_to, known_from, known_to FROM spell ORDER BY 1, 2, 3, 4, 6",
        "SELECT token, participant FROM search_token ORDER BY 1, 2",
    ] {
        let mut statement = store.prepare(sql).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|at| row.get_ref(at).map(|value| format!("{value:?}"))).collect::<Result<Vec<_>, _>>()
        };
        out.extend(statement.query_map([], row).unwrap().map(|cells| cells.unwrap().join(" ")));
    }
    out
}

#[test]
fn fifty_crashes_while_commands_and_an_import_run_lose_nothing_and_halve_nothing() {
    let place = Place::new();
    place.filled("one");
    let file = text(&place.path("one.jsonl"));
    place.fine("one", &[&["export", "history", "--plain", &file], &CITY[..]].concat());
    // the last line says how many; there are logs of sittings beside them
    let whole = std::fs::read_to_string(&file).unwrap();
    let end: serde_json::Value = serde_json::from_str(whole.lines().last().unwrap()).unwrap();
    let facts = end["facts"].as_i64().unwrap();
    let mut moments = Moments::new();
    let mut acknowledged: Vec<String> = Vec::new();
    let (mut empty, mut whole, mut interrupted) = (0, 0, 0);
    for round in 0..ROUNDS {
        let mut writers =
            place.command("store", &[&["torture"], &CITY[..]].concat()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(writers.stdout.take().unwrap()).lines();
        let reader = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>());
        let into = format!("import-{round}");
        let mut import = place.command(&into, &[&["import", "history", &file], &CITY[..]].concat());
        let mut import = import.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(import.stderr.take().unwrap()).lines();
        let said = std::thread::spawn(move || said.map_while(Result::ok).collect::<Vec<_>>());
        // some rounds may be killed before the store is even open
        std::thread::sleep(moments.below(900));
        writers.kill().unwrap();
        writers.wait().unwrap();
        acknowledged.extend(reader.join().unwrap());
        std::thread::sleep(moments.below(if round % 2 == 0 { 200 } else { 1400 }));
        import.kill().unwrap();
        import.wait().unwrap();
        // it says when it has read and checked the file and begins to take in
        let began = said.join().unwrap().iter().any(|line| line.starts_with("Taking in: "));
        let taken = place.path(&into).join("store.db");
        let taken = if taken.exists() { imported(&taken) } else { 0 };
        assert!(taken == 0 || taken == facts, "round {round}: {taken} of {facts} facts");
        (empty, whole) = if taken == 0 { (empty + 1, whole) } else { (empty, whole + 1) };
        interrupted += u32::from(began && taken == 0);
        if round % 10 == 0 {
            if taken == 0 {
                place.fine(&into, &[&["import", "history", &file], &CITY[..]].concat());
            }
            let said = place.fine(&into, &[&["verify"], &CITY[..]].concat());
            assert!(said.starts_with(&format!("{facts} facts")) && said.contains("every chain is whole"), "{said}");
        }
        std::fs::remove_dir_all(place.path(&into)).unwrap_or_default();
    }
    println!(
        "{} commands acknowledged; of the imports {empty} took in nothing ({interrupted} were killed while they took in) and \
         {whole} everything",
        acknowledged.len()
    );
    assert!(acknowledged.len() > 100, "only {} commands were acknowledged", acknowledged.len());
    assert!(interrupted > 0, "no import was killed while it took in");
    nothing_lost_or_half(&place, &acknowledged);
}

/// Facts of a store that an import was killed on.
fn imported(store: &std::path::Path) -> i64 {
    let store = rusqlite::Connection::open(store).unwrap();
    let made = count(&store, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'fact'");
    if made == 0 { 0 } else { count(&store, "SELECT COUNT(*) FROM fact") }
}

fn nothing_lost_or_half(place: &Place, acknowledged: &[String]) {
    let said = place.fine("store", &[&["verify"], &CITY[..]].concat());
    assert!(said.contains("every chain is whole") && said.contains(", 0 of them forgotten"), "{said}");
    let store = rusqlite::Connection::open(place.path("store").join("store.db")).unwrap();
    {
        let mut facts = store.prepare("SELECT COUNT(*) FROM fact WHERE command = ?1").unwrap();
        for line in acknowledged {
            // a line cut off by the crash was not acknowledged
            let Some((command, of)) = line.split_once(' ').and_then(|(id, of)| Some((id, of.parse::<i64>().ok()?)))
            else {
                continue;
            };
            let command = uuid::Uuid::parse_str(command).unwrap();
            let count: i64 = facts.query_row([command.as_bytes().as_slice()], |row| row.get(0)).unwrap();
            assert_eq!(
                count, of,
                "an acknowledged registration has its identity and its trajectory; an obstacle is one"
            );
        }
    }
    // a registration is two facts and a row in each table, or nothing at all; an obstacle is one fact
    let half = "SELECT COUNT(*) FROM (SELECT 1 FROM fact GROUP BY command HAVING COUNT(*) > 2 OR
        SUM(CASE kind WHEN 'obstacle-noted' THEN 2 ELSE 1 END) <> 2) AS half";
    assert_eq!(count(&store, half), 0);
    let commands = count(&store, "SELECT COUNT(*) FROM command");
    let registered = count(&store, "SELECT COUNT(*) FROM fact WHERE kind = 'registered'");
    for table in ["participant", "trajectory", "file"] {
        assert_eq!(count(&store, &format!("SELECT COUNT(*) FROM {table}")), registered, "{table}");
    }
    let noted = count(&store, "SELECT COUNT(*) FROM fact WHERE kind = 'obstacle-noted'");
    assert_eq!((commands, count(&store, "SELECT COUNT(*) FROM fact")), (registered + noted, 2 * registered + noted));
    assert!(noted > 0);
    assert!(commands >= i64::try_from(acknowledged.len()).unwrap() - 50);
    let kept = clear_tables(&store);
    drop(store);
    place.fine("store", &[&["rebuild"], &CITY[..]].concat());
    let store = rusqlite::Connection::open(place.path("store").join("store.db")).unwrap();
    let rebuilt = clear_tables(&store);
    assert_eq!(kept.len(), rebuilt.len());
    for (kept, rebuilt) in kept.iter().zip(&rebuilt) {
        assert_eq!(kept, rebuilt);
    }
}
