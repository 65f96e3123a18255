//! The rights of a participant on the pages: told in their language, asked, answered; everything that is held as a file.

use std::process::{Command, Stdio};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::ids::{ParticipantId, TrajectoryId};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::routes::{FORM, get, post, send, signed_in, world};

/// The people of the worklist of Groningen: file and person.
async fn people() -> Vec<(TrajectoryId, ParticipantId)> {
    let (_, _, coordinator) = signed_in("coordinator.groningen").await;
    let filter = views::worklist::Filter { ended: true, ..views::worklist::Filter::default() };
    let items = world().desk.worklist(&coordinator, filter).await.unwrap().items;
    items.into_iter().map(|item| (item.row.trajectory, item.row.participant)).collect()
}

async fn bytes(request: Request<Body>) -> (StatusCode, String, Vec<u8>) {
    let response = world().router.clone().oneshot(request).await.unwrap();
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
    let status = response.status();
    (status, kind.unwrap_or_default(), axum::body::to_bytes(response.into_body(), 8 << 20).await.unwrap().to_vec())
}

/// What `pdftotext` reads in its raw order, without spaces: a long word may go on in the next line.
fn read(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("uittreksel.pdf");
    std::fs::write(&path, pdf).unwrap();
    let mut command = Command::new("pdftotext");
    let out = command.args(["-raw", "-enc", "UTF-8"]).arg(&path).arg("-").stderr(Stdio::inherit()).output();
    let out = out.expect("pdftotext (poppler-utils) is there");
    String::from_utf8(out.stdout).unwrap()
}

fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// The free texts in a value: what is no code, no day and no id.
fn texts(value: &Value, name: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| texts(value, name, out)),
        Value::Array(all) => all.iter().for_each(|value| texts(value, name, out)),
        Value::String(text) if ["text", "note", "reason", "summary", "circumstances", "location"].contains(&name) => {
            out.push(text.clone());
        }
        _ => {}
    }
}

#[tokio::test]
async fn article_15_everything_that_is_held_is_in_the_pdf_and_no_other_person() {
    let (cookie, csrf, privacy) = signed_in("privacy.groningen").await;
    let people = people().await;
    let mut names = Vec::new();
    for (_, id) in &people {
        let page = world().desk.person(&privacy, *id).await.unwrap();
        names.push((*id, page.person.name().unwrap_or_default().to_owned()));
    }
    let (mut tried, mut words) = (0, 0);
    for (_, id) in people.iter().take(4) {
        let path = format!("/deelnemer/{id}/uittreksel");
        let (status, kind, pdf) = bytes(post(&path, &cookie, FORM, format!("csrf={csrf}&als=pdf"))).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/pdf"));
        let (status, kind, json) = bytes(post(&path, &cookie, FORM, format!("csrf={csrf}&als=json"))).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/json"));
        let json: Value = serde_json::from_slice(&json).unwrap();
        let text = read(&pdf);
        // the number of the page stands between two lines of one text
        let lines: Vec<&str> = text.lines().filter(|line| !line.contains("Wat wij over u bewaren ·")).collect();
        let text = bare(&lines.concat());
        let mut wanted = Vec::new();
        texts(&json, "", &mut wanted);
        words += wanted.len();
        for one in wanted.iter().filter(|one| one.is_ascii() && one.contains(' ')) {
            assert!(text.contains(&bare(one)), "{one} is not in the PDF");
        }
        let own: Vec<&String> = names.iter().filter(|(other, _)| other == id).map(|(_, name)| name).collect();
        for (_, name) in names.iter().filter(|(other, name)| other != id && !own.contains(&name)) {
            assert!(!text.contains(&bare(name)), "the name of another person");
        }
        tried += 1;
    }
    assert!(tried > 2 && words > 20, "{tried} people, {words} texts");
}

#[tokio::test]
async fn the_extract_is_for_the_privacy_officer_of_the_site_and_needs_the_form() {
    let (_, id) = people().await[0];
    let path = format!("/deelnemer/{id}/uittreksel");
    for login in ["coordinator.groningen", "begeleider.groningen", "opvang.groningen", "ind.groningen"] {
        let (cookie, csrf, _) = signed_in(login).await;
        let (status, body) = send(post(&path, &cookie, FORM, format!("csrf={csrf}&als=json"))).await;
        assert!(status == StatusCode::FORBIDDEN || status == StatusCode::NOT_FOUND, "{login}: {status}");
        assert!(!body.contains("bestendig-extract"));
    }
    let (cookie, csrf, _) = signed_in("privacy.groningen").await;
    let (status, _) = send(post(&path, &cookie, FORM, "csrf=x&als=json")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    for wrong in ["", "&als=docx"] {
        let (status, _) = send(post(&path, &cookie, FORM, format!("csrf={csrf}{wrong}"))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn who_sees_what_is_told_in_eight_languages_each_in_its_direction() {
    let (_, id) = people().await[0];
    let (cookie, ..) = signed_in("begeleider.groningen").await;
    for (code, dir, word) in [
        ("nl", "ltr", "Wie kan wat zien van mij?"),
        ("en", "ltr", "Who can see what about me?"),
        ("ar", "rtl", "من يمكنه أن يرى ماذا عني؟"),
        ("fa", "rtl", "چه کسی"),
        ("ti", "ltr", "ብዛዕባይ"),
        ("so", "ltr", "Yaa maxaa"),
        ("fr", "ltr", "Qui peut voir"),
        ("es", "ltr", "Quién puede ver"),
    ] {
        let (status, body) = send(get(&format!("/deelnemer/{id}/wie-ziet?taal={code}"), &cookie)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains(&format!("<div lang=\"{code}\" dir=\"{dir}\">")), "{code}");
        assert!(body.contains(word) && !body.contains('⟦'), "{code}");
        assert!(body.contains("<th scope=\"row\"><bdi>"), "names of organisations keep their own direction");
    }
}

#[tokio::test]
async fn a_request_is_recorded_with_a_form_stands_on_the_list_and_is_answered() {
    let people = people().await;
    let (_, id) = *people.last().unwrap();
    let (cookie, csrf, privacy) = signed_in("privacy.groningen").await;
    let order = |n: u32| format!("csrf={csrf}&opdracht=00000000-0000-4000-8000-0000000077{n:02}");
    let day = "valid_from-dag=1&valid_from-maand=6&valid_from-jaar=2022";
    let path = format!("/deelnemer/{id}/verzoek");
    let (status, body) = send(get(&path, &cookie)).await;
    assert!(status == StatusCode::OK && body.contains("name=\"right\""));
    let (status, body) =
        send(post(&path, &cookie, FORM, format!("{}&{day}&right=access&by=participant", order(1)))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "what they ask is missing");
    assert!(body.contains("access"));
    let good = format!("{}&{day}&right=access&by=participant&text=wat+staat+er", order(1));
    let (status, _) = send(post(&path, &cookie, FORM, good)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (status, list) = send(get("/rechten", &cookie)).await;
    assert_eq!(status, StatusCode::OK);
    // a month after 1 June has passed, and 1 July is a Friday
    assert!(list.contains(&format!("/deelnemer/{id}")) && list.contains("1 juli 2022"));
    let name = world().desk.person(&privacy, id).await.unwrap().person.name().unwrap().to_owned();
    assert!(!list.contains(&name), "the list has no names");
    let fact = world().desk.person(&privacy, id).await.unwrap().person.rights.requests[0].fact;
    let path = format!("/deelnemer/{id}/antwoord");
    let refuse = format!("{}&{day}&about={fact}&outcome=refused&reason=verzonnen", order(2));
    let (status, body) = send(post(&path, &cookie, FORM, refuse)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("verzonnen"), "what was typed is still there");
    let grant = format!("{}&{day}&about={fact}&outcome=granted", order(3));
    assert_eq!(send(post(&path, &cookie, FORM, grant)).await.0, StatusCode::SEE_OTHER);
    let (_, list) = send(get("/rechten", &cookie)).await;
    assert!(!list.contains(&format!("/deelnemer/{id}")));
    let (guide, ..) = signed_in("begeleider.groningen").await;
    assert_eq!(send(get("/rechten", &guide)).await.0, StatusCode::FORBIDDEN);
}
