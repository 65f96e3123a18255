//! A demonstration that is served, and asked as a browser would.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
    time::Duration,
};

use crate::run::Place;

pub(crate) struct Served {
    child: Child,
    pub(crate) port: u16,
}

impl Served {
    /// A demonstration that logs as much as it can.
    pub(crate) fn new(place: &Place, level: &str) -> Self {
        let mut command = place.command("store", &["demo", "--programme", "one-city", "--port", "0"]);
        let log = std::fs::File::create(place.path("log")).unwrap();
        let mut child = command.env("RUST_LOG", level).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "{}", std::fs::read_to_string(place.path("log")).unwrap());
            if let Some((_, port)) = line.split_once("http://localhost:") {
                break port.trim().parse().unwrap();
            }
        };
        // what it prints after this is read by nobody, and must not block it
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Self { child, port }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let length = body.len();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n");
        stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(crate) fn form(&self, path: &str, cookie: &str, body: &str) -> String {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.ask("POST", path, &format!("{kind}Cookie: {cookie}\r\n"), body)
    }

    /// Signs in someone of the demonstration: the cookie, and the word that forms carry, from a page with one.
    pub(crate) fn signed_in(&self, login: &str, page: &str) -> (String, String) {
        let welcome = self.form("/inloggen", "", &format!("naam={login}&wachtwoord=bestendig-demo&naar=/"));
        let cookie = format!("bestendig={}", between(&welcome, "set-cookie: bestendig=", ";"));
        let page = self.ask("GET", page, &format!("Cookie: {cookie}\r\n"), "");
        let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
        (cookie, csrf)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // an error here would hide the one that matters
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap().0
}
