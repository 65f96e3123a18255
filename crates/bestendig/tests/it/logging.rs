//! What is logged: as the inventory says, one line an event, nothing about a person and no secret.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::{
    run::Place,
    served::{Served, between},
    source::{code, files, read},
};

/// The text of every event in a file: the last literal of each call that writes one.
fn events(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let text = lines.join("\n");
    for level in ["error!(", "warn!(", "info!(", "debug!(", "trace!("] {
        for call in text.split(&format!("tracing::{level}")).skip(1) {
            let literals: Vec<&str> = call[..end(call)].split('"').skip(1).step_by(2).collect();
            found.extend(literals.last().map(|text| (*text).to_owned()));
            found.extend(
                call[..end(call)].split("event = \"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned()),
            );
        }
    }
    found
}

/// Where the bracket of a call closes.
fn end(call: &str) -> usize {
    let (mut depth, mut quoted) = (1, false);
    for (at, letter) in call.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    call.len()
}

#[test]
fn every_event_in_the_code_is_in_the_inventory() {
    let page = read("docs/logging.md");
    let (mut count, mut missing) = (0, Vec::new());
    for (file, text) in code() {
        for event in events(&text) {
            if !page.contains(&format!("`{event}`")) {
                missing.push(format!("{event:?} of {file}"));
            }
            count += 1;
        }
        let imported = text.contains("use tracing::{") || text.contains("use tracing::warn");
        assert!(!imported, "{file}: write tracing::warn!(…) in full, so that the inventory can be kept");
    }
    assert!(missing.is_empty(), "docs/logging.md does not name {missing:#?}");
    assert!(count > 15, "{count}");
}

#[test]
fn nothing_but_the_command_line_prints() {
    let quiet = code().into_iter().filter(|(file, _)| !file.starts_with("crates/bestendig/"));
    for (file, text) in quiet.filter(|(file, _)| !file.ends_with("build.rs") && !file.ends_with("/testing.rs")) {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines {
            let prints = ["println!(", "eprintln!(", "print!(", "dbg!("].iter().any(|call| line.contains(call));
            assert!(!prints, "{file}: {line}");
        }
    }
}

#[test]
fn scripts_keep_nothing_in_the_browser_but_whether_keys_work() {
    let scripts = files("frontend/src", ".js");
    assert!(!scripts.is_empty());
    for (file, text) in scripts {
        for line in text.lines().filter(|line| line.contains("localStorage")) {
            let known = ["localStorage.getItem(SWITCH)", "localStorage.setItem(SWITCH, keys.checked ? 'aan' : 'uit')"];
            assert!(known.iter().any(|call| line.contains(call)), "{file} keeps something else: {line}");
        }
        for store in ["sessionStorage", "indexedDB", "document.cookie", "caches."] {
            assert!(!text.contains(store), "{file} uses {store}");
        }
    }
}

/// Signs in, searches, registers, makes mistakes, each time with a word that can be found again.
fn scenario(served: &Served) -> Vec<String> {
    let wrong = served.form("/inloggen", "", "naam=kanarielogin&wachtwoord=kanariewachtwoord&naar=/");
    assert!(wrong.starts_with("HTTP/1.1 422"), "{wrong}");
    let login = "coordinator.vrijstad";
    let welcome = served.form("/inloggen", "", &format!("naam={login}&wachtwoord=bestendig-demo&naar=/"));
    let token = between(&welcome, "set-cookie: bestendig=", ";").to_owned();
    let cookie = format!("bestendig={token}");
    let page = served.ask("GET", "/deelnemers", &format!("Cookie: {cookie}\r\n"), "");
    let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
    let found = served.form("/deelnemers", &cookie, &format!("csrf={csrf}&zoek=Kanariezoek&jaar=1988"));
    assert!(found.starts_with("HTTP/1.1 200"), "{found}");
    let new = format!(
        "csrf={csrf}&opdracht=3f8a6c1e-0000-4000-8000-0000000000cc&versie=&name-1-text=Kanarienaam+Verzonnen&name-1-kind=official\
         &sex=female&v_number_missing=not-found-yet&valid_from-dag=1&valid_from-maand=6&valid_from-jaar=2022\
         &circumstances=Kanarienotitie+onder+de+brug"
    );
    let answer = served.form("/aanmelden/nieuw", &cookie, &new);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let file = between(&answer, "location: ", "\r\n").to_owned();
    let page = served.ask("GET", &file, &format!("Cookie: {cookie}\r\n"), "");
    assert!(page.contains("Kanarienaam"), "it is kept: {page}");
    let lines = new.replace("Kanarienaam+Verzonnen", "Kanarie%0D%0A2026+ERROR+kanarieregel");
    served.form("/aanmelden/nieuw", &cookie, &lines.replace("00cc", "00cd"));
    served.form("/aanmelden/nieuw", &cookie, &format!("{new}&kanarieveld=kanariewaarde"));
    served.ask("GET", "/deelnemers?zoek=kanarieadres", &format!("Cookie: {cookie}\r\n"), "");
    served.ask("GET", "/traject/kanariepad", &format!("Cookie: {cookie}\r\nX-Kanarie: kanariekop\r\n"), "");
    let kind = "Content-Type: application/csp-report\r\n";
    let report = r#"{"csp-report":{"effective-directive":"kanarieregel2\nERROR","blocked-uri":"https://kanariehost.example/Kanarienaam"}}"#;
    assert!(served.ask("POST", "/csp-melding", kind, report).starts_with("HTTP/1.1 204"));
    let words = [
        "kanarielogin",
        "kanariewachtwoord",
        "kanariezoek",
        "kanarienaam",
        "kanarienotitie",
        "kanarieregel",
        "kanarieveld",
        "kanariewaarde",
        "kanarieadres",
        "kanariepad",
        "kanariekop",
        "kanariehost",
        "bestendig-demo",
    ];
    words.iter().map(|word| (*word).to_owned()).chain([token, csrf]).collect()
}

#[test]
fn nothing_about_a_person_and_no_secret_is_in_a_log_or_in_the_store() {
    let place = Place::new();
    let served = Served::new(&place, "debug");
    let words = scenario(&served);
    drop(served);
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("csp-refused"), "the log is written: {log}");
    for word in &words {
        assert!(!log.to_lowercase().contains(word.as_str()), "{word} in the log: {log}");
    }
    // the token of forms lies in the table of sessions; whoever reads it there still lacks the session's
    let kept: Vec<&String> = words.iter().filter(|word| *word != words.last().unwrap()).collect();
    let mut open = vec![place.path("store")];
    let mut looked = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        for word in &kept {
            let there = bytes.windows(word.len()).any(|found| found == word.as_bytes());
            assert!(!there, "{word} in {}", path.display());
        }
        looked += bytes.len();
    }
    assert!(looked > 100_000, "{looked} bytes");
}

#[test]
fn a_line_of_the_log_has_its_time_in_utc_and_is_one_line() {
    let place = Place::new();
    let served = Served::new(&place, "info");
    scenario(&served);
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nX: a\x01b\r\n\x1b[2J\r\n2026 ERROR\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    drop(stream.read_to_end(&mut Vec::new()));
    drop(served);
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines.iter().any(|line| line.contains("csp-refused")), "{log}");
    for line in lines {
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "{line}");
        let level = rest.split_whitespace().next().unwrap();
        assert!(["ERROR", "WARN", "INFO"].contains(&level), "{line}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}
