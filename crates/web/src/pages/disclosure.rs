//! Telling us about a leak: `security.txt` (RFC 9116) for machines, a page for people. Both are open to everyone.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    app::App,
    page::{Shell, render},
    problem_page::Trouble,
    reached::{Origin, Reached},
    session::language,
    text::L,
};

/// How long the file holds: it is made anew at every request, so this is only what who keeps a copy should believe.
const HOLDS: SignedDuration = SignedDuration::from_hours(24 * 180);

#[derive(Template)]
#[template(path = "disclosure.html")]
struct Page {
    shell: Shell,
    l: L,
    /// Where to report, and what to show of it.
    contact: Option<(String, String)>,
}

/// `/beveiliging`: how to report a leak, and what we promise who does.
pub(crate) async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    let l = L::new(language(&headers));
    let mut shell = Shell::bare(l.lang, l.t("leak-title"));
    shell.here = "/beveiliging".to_owned();
    shell.demo = app.demo.is_some();
    let contact = app.reached.contact.clone();
    let contact = contact.map(|address| (address.trim_start_matches("mailto:").to_owned(), address));
    render(&Page { shell, l, contact: contact.map(|(shown, address)| (address, shown)) })
}

/// `/.well-known/security.txt`; an installation without a contact has none.
pub(crate) async fn text(State(app): State<App>, headers: HeaderMap) -> Response {
    match write(&app.reached, app.desk.clock().real()) {
        Some(text) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
        None => Trouble::new(StatusCode::NOT_FOUND).lang(language(&headers)).into_response(),
    }
}

fn write(reached: &Reached, now: Timestamp) -> Option<String> {
    let contact = reached.contact.as_ref()?;
    let expires = now.checked_add(HOLDS).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ");
    let mut lines = vec![format!("Contact: {contact}"), format!("Expires: {expires}")];
    lines.push("Preferred-Languages: nl, en".to_owned());
    lines.extend(reached.origin.iter().flat_map(own_addresses));
    Some(lines.join("\r\n") + "\r\n")
}

fn own_addresses(origin: &Origin) -> [String; 2] {
    [format!("Canonical: {origin}/.well-known/security.txt"), format!("Policy: {origin}/beveiliging")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_where_to_report_and_holds_less_than_a_year() {
        let reached = Reached {
            origin: Some("https://lvv.example".parse().unwrap()),
            contact: Some("mailto:lek@lvv.example".to_owned()),
            proxies: None,
        };
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let text = write(&reached, now).unwrap();
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap();
        assert_eq!(value("Contact"), "mailto:lek@lvv.example");
        assert_eq!(value("Canonical"), "https://lvv.example/.well-known/security.txt");
        assert_eq!(value("Policy"), "https://lvv.example/beveiliging");
        let expires: Timestamp = value("Expires").parse().unwrap();
        assert!(expires > now && expires < now + SignedDuration::from_hours(24 * 365), "{expires}");
        assert!(text.lines().filter(|line| line.starts_with("Expires")).count() == 1 && text.ends_with("\r\n"));
    }

    #[test]
    fn without_a_contact_there_is_no_file() {
        assert_eq!(write(&Reached::default(), Timestamp::UNIX_EPOCH), None);
    }
}
