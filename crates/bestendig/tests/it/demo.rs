//! The demonstration: never in a store for real use, whole after an interruption, and what was asked for or a refusal.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::Stdio,
    time::Duration,
};

use crate::run::{Place, text};

const CITY: [&str; 2] = ["--programme", "one-city"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &CITY].concat()
}

fn demo(more: &[&'static str]) -> Vec<&'static str> {
    [&["demo", "--fill-only"], more, &CITY].concat()
}

fn count(place: &Place, store: &str, sql: &str) -> i64 {
    let store = rusqlite::Connection::open(place.path(store).join("store.db")).unwrap();
    store.query_row(sql, [], |row| row.get(0)).unwrap()
}

const SHIFT: &str = "SELECT COUNT(*) FROM setting WHERE name = 'business-shift-seconds'";

/// Someone who can sign in to a store for real use.
fn add_user(place: &Place, store: &str) {
    let args = ["user", "add", "--login", "proef", "--name", "Proef", "--role", "coordinator"];
    place.fine(store, &[&args[..], &["--org", "municipality-groningen", "--site", "groningen"]].concat());
}

#[test]
fn a_store_for_real_use_is_no_place_for_a_demonstration() {
    let place = Place::new();
    place.filled("one");
    let file = text(&place.path("one.jsonl"));
    place.fine("one", &with(&["export", "history", "--plain", &file]));
    place.fine("facts", &with(&["import", "history", &file]));
    let said = place.refused("facts", &demo(&[]));
    assert!(said.contains("for real use") && said.contains("--data"), "{said}");
    add_user(&place, "users");
    assert!(place.refused("users", &["demo", "--fill-only"]).contains("for real use"));
    for store in ["facts", "users"] {
        assert_eq!(count(&place, store, SHIFT), 0, "the clock of {store} stays real");
    }
}

#[test]
fn a_fill_that_was_interrupted_is_made_whole_by_the_next_start() {
    let place = Place::new();
    place.filled("whole");
    let (facts, accounts) = ("SELECT COUNT(*) FROM fact", "SELECT COUNT(*) FROM account");
    let all = (count(&place, "whole", facts), count(&place, "whole", accounts));
    assert!(all.0 > 500 && all.1 > 3, "{all:?}");
    for round in 1..=6 {
        let store = format!("store-{round}");
        let mut fill = place.command(&store, &demo(&[]));
        let mut fill = fill.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(round * 230));
        fill.kill().unwrap();
        fill.wait().unwrap();
        place.filled(&store);
        assert_eq!((count(&place, &store, facts), count(&place, &store, accounts)), all, "round {round}");
    }
    let store = rusqlite::Connection::open(place.path("whole").join("store.db")).unwrap();
    store.execute("DELETE FROM account WHERE login LIKE 'begeleider%'", []).unwrap();
    drop(store);
    place.filled("whole");
    assert_eq!((count(&place, "whole", facts), count(&place, "whole", accounts)), all);
}

#[test]
fn another_seed_is_refused_on_a_filled_store() {
    let place = Place::new();
    place.fine("store", &demo(&["--seed", "7"]));
    let said = place.refused("store", &demo(&["--seed", "8"]));
    assert!(said.contains("--seed 7") && said.contains("--data"), "{said}");
    place.fine("store", &demo(&["--seed", "7"]));
    place.fine("store", &demo(&[]));
}

#[test]
fn the_network_ends_on_the_day_asked_for_and_no_day_lies_before_its_facts() {
    let place = Place::new();
    let said = place.refused("store", &demo(&["--today", "1999-01-01"]));
    assert!(said.contains("1999-01-01") && said.contains("--today"), "{said}");
    place.fine("store", &demo(&["--today", "2021-03-01"]));
    place.filled("later");
    let facts = count(&place, "store", "SELECT COUNT(*) FROM fact");
    assert!(facts > 50 && facts < count(&place, "later", "SELECT COUNT(*) FROM fact"), "{facts}");
    assert_eq!(count(&place, "store", "SELECT COUNT(*) FROM fact WHERE valid_from > '2021-03-01'"), 0);
    let evening = "SELECT COUNT(*) FROM fact WHERE recorded_at >= 1614639600000000";
    assert_eq!(count(&place, "store", evening), 0, "nothing is recorded after 1 March");
    assert!(place.fine("store", &with(&["verify"])).contains("every chain is whole"));
    place.fine("store", &with(&["rebuild"]));
    let said = place.refused("store", &demo(&["--today", "2020-06-01"]));
    assert!(said.contains("last fact") && said.contains("--today"), "{said}");
    place.fine("store", &demo(&["--today", "2021-09-01"]));
    place.fine("store", &demo(&["--today", "2021-03-02"]));
    assert_eq!(count(&place, "store", "SELECT COUNT(*) FROM fact"), facts);
}

/// A request to a program that serves, with its answer.
fn ask(port: u16, method: &str, path: &str, more: &str, body: &str) -> String {
    let mut to = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n");
    let own = format!("Origin: http://localhost:{port}\r\nContent-Length: {}\r\n{more}\r\n{body}", body.len());
    write!(to, "{head}{own}").unwrap();
    let mut page = String::new();
    to.read_to_string(&mut page).unwrap();
    page
}

#[test]
fn serving_a_demonstration_says_that_the_date_is_not_todays_and_lists_no_accounts() {
    let place = Place::new();
    place.filled("store");
    let mut serve = place.command("store", &with(&["serve", "--port", "0"]));
    let mut serve = serve.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(serve.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port: u16 = line.split("localhost:").nth(1).unwrap().split('.').next().unwrap().parse().unwrap();
    let sign_in = ask(port, "GET", "/inloggen", "", "");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let password = "naam=begeleider.vrijstad&wachtwoord=bestendig-demo&naar=%2F";
    let welcome = ask(port, "POST", "/inloggen", form, password);
    let cookies: Vec<&str> = welcome
        .lines()
        .filter_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")))
        .filter_map(|(_, value)| value.split(';').next())
        .collect();
    let page = ask(port, "GET", "/", &format!("Cookie: {}\r\n", cookies.join("; ")), "");
    serve.kill().unwrap();
    serve.wait().unwrap();
    assert!(sign_in.starts_with("HTTP/1.1 200") && !sign_in.contains("begeleider"), "{sign_in}");
    assert!(!cookies.is_empty(), "{welcome}");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("bst-banner") && page.contains("2022"), "{page}");
}
