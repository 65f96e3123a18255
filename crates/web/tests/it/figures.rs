//! The monitor, the cases behind a number and what changed, as those who may and may not see them ask for it.

use axum::http::{StatusCode, header};
use sha2::Digest as _;
use tower::ServiceExt as _;

use crate::routes::{FORM, get, post, send, signed_in, world};

const PATHS: [&str; 5] = [
    "/cijfers",
    "/cijfers/gevallen?figuur=stock",
    "/cijfers/verschil",
    "/cijfers/bestand?tabel=present",
    "/cijfers/gepubliceerd",
];

#[tokio::test]
async fn without_a_right_to_figures_there_is_no_such_page() {
    for login in ["opvang.groningen", "politie.groningen", "beheer", "privacy.groningen"] {
        let (cookie, _, _) = signed_in(login).await;
        for path in PATHS {
            assert_eq!(send(get(path, &cookie)).await.0, StatusCode::NOT_FOUND, "{login} {path}");
        }
    }
}

#[tokio::test]
async fn every_number_says_what_it_counts() {
    let (cookie, _, _) = signed_in("onderzoeker").await;
    let (status, page) = send(get("/cijfers?op=2021-01-01&van=2020-01-01&tot=2021-01-01", &cookie)).await;
    assert_eq!(status, StatusCode::OK);
    let tables = page.matches("<table>").count();
    assert!(tables >= 10, "{tables} tables");
    assert_eq!(page.matches("Wat telt mee?").count(), tables, "each with its definition");
    for word in [
        "Stand: doet mee aan het begin van de dag",
        "op 1 januari 2021",
        "1 januari 2020 tot 1 januari 2021",
        "Brief van 29 november 2018",
        "Eindevaluatie Regioplan 2022",
        "Aannames in deze indeling",
        "Stand van de geschiedenis",
    ] {
        assert!(page.contains(word), "{word}");
    }
    // a researcher sees no cases: no number leads to any, and small ones are not there
    assert!(!page.contains("/cijfers/gevallen") && page.contains("minder dan 10"));
    assert!(!page.contains('⟦'), "a text is missing");
}

#[tokio::test]
async fn the_contents_lead_to_every_table() {
    let (cookie, _, _) = signed_in("coordinator.groningen").await;
    let (_, page) = send(get("/cijfers?lvv=groningen&op=2022-07-01", &cookie)).await;
    let list = page.split("bst-contents").nth(1).unwrap().split("</ol>").next().unwrap();
    let links: Vec<&str> = list.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(links.len(), page.matches("<table>").count());
    for link in links {
        assert_eq!(page.matches(&format!("id=\"{link}\"")).count(), 1, "{link}");
    }
}

#[tokio::test]
async fn a_number_leads_to_its_cases_for_who_may_see_them() {
    let (cookie, _, _) = signed_in("coordinator.groningen").await;
    let (_, page) = send(get("/cijfers?lvv=groningen&op=2022-07-01", &cookie)).await;
    let link = page.split("href=\"").find(|rest| rest.starts_with("/cijfers/gevallen?figuur=stock&")).expect("a link");
    let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let (status, cases) = send(get(&link, &cookie)).await;
    assert_eq!(status, StatusCode::OK, "{link}");
    assert!(cases.contains("/traject/") && cases.contains("zaken die u mag zien"), "{cases}");
    // the same address for a colleague elsewhere: their cases only, and none of these
    let (other, _, _) = signed_in("coordinator.utrecht").await;
    let (status, theirs) = send(get(&link, &other)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!theirs.contains("/traject/") && theirs.contains("U ziet geen zaken"), "{theirs}");
    let (researcher, _, _) = signed_in("onderzoeker").await;
    assert_eq!(send(get(&link, &researcher)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_what_would_be_right() {
    let (cookie, _, _) = signed_in("programma").await;
    for (query, says) in [
        ("?op=2021-13-01", "geen datum"),
        ("?van=gisteren", "geen datum"),
        ("?van=2021-01-01&tot=2020-01-01", "heeft geen dagen"),
        ("?op=2023-01-01", "ligt na"),
        ("?bekend=2023-01-01", "weten wij nog niet"),
        ("?lvv=nergens", "Er is geen LVV"),
        ("?lvv=%3Cscript%3E", "Er is geen LVV"),
        ("/verschil?figuur=niets", "Er is geen cijfer"),
        ("/verschil?bekend=2022-06-01&tegen=2022-01-01", "eerder bekend zijn"),
        ("/verschil?figuur=stock&bekend=2021-01-01&op=2022-01-01", "ligt na"),
    ] {
        let (status, page) = send(get(&format!("/cijfers{query}"), &cookie)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert!(page.contains(says) && !page.contains("<script>"), "{query}: {page}");
    }
    assert_eq!(send(get("/cijfers/bestand?tabel=niets", &cookie)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_changed_names_cases_for_who_may_see_them_and_counts_for_others() {
    let path = "/cijfers/verschil?figuur=stock&op=2021-01-01&bekend=2021-01-01&dan-op=2022-07-01";
    let (cookie, _, _) = signed_in("coordinator.groningen").await;
    let (status, page) = send(get(path, &cookie)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Andere dag of periode") && page.contains("zaken die u mag zien"), "{page}");
    let (researcher, _, _) = signed_in("onderzoeker").await;
    let (status, page) = send(get(path, &researcher)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!page.contains("/traject/") && !page.contains("GRO-"), "{page}");
}

#[tokio::test]
async fn a_table_is_a_file_with_everything_on_every_line() {
    let (cookie, _, _) = signed_in("programma").await;
    let path = "/cijfers/bestand?tabel=present&soort=csv&op=2021-01-01";
    let (status, text) = send(get(path, &cookie)).await;
    assert_eq!(status, StatusCode::OK);
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("figure,version,base,from,to,place,known_at"), "{text}");
    let line = lines.next().unwrap();
    assert!(line.starts_with("stock,1,stock,2021-01-01,2021-01-01,national,"), "{text}");
    // a moment in UTC, of today in the Netherlands: after midnight there it is still yesterday in UTC
    let known_at: jiff::Timestamp = line.split(',').nth(6).unwrap().parse().unwrap();
    let here = known_at.in_tz("Europe/Amsterdam").unwrap().date();
    assert_eq!(here, jiff::civil::date(2022, 7, 1), "{line}");
    let (_, json) = send(get(&path.replace("csv", "json"), &cookie)).await;
    let figures: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(figures[0]["definition"]["statuses"].as_array().unwrap().len(), 3);
    assert!(figures[0]["checkpoint"]["root"].as_str().unwrap().len() == 64 && figures[0]["hash"].is_string());
}

/// A form of releases, sent.
async fn sent(path: &str, login: &str, fields: &str) -> (StatusCode, String, Option<String>) {
    let (cookie, csrf, _) = signed_in(login).await;
    let command = world().desk.new_command();
    let body = format!("csrf={csrf}&opdracht={command}&{fields}");
    let response = world().router.clone().oneshot(post(path, &cookie, FORM, body)).await.unwrap();
    let status = response.status();
    let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned(), to)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_drafted_checked_by_another_and_then_for_everyone() {
    let fields = "titel=Proefcijfers&tabel=present&lvv=&op=2021-01-01&van=2020-01-01&tot=2021-01-01&bekend=2022-06-30";
    for login in ["begeleider.groningen", "onderzoeker"] {
        let (status, ..) = sent("/cijfers/vrijgaven", login, fields).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{login} releases nothing");
    }
    let (status, page, to) = sent("/cijfers/vrijgaven", "programma", fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let to = to.unwrap();
    let public = format!("/openbaar/cijfers/{}", to.rsplit('/').next().unwrap());
    // a draft is not public, and its author cannot check it
    assert_eq!(send(get(&public, "")).await.0, StatusCode::NOT_FOUND);
    let (status, page, _) = sent(&to, "programma", "besluit=gecontroleerd").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("U maakte dit concept zelf"), "{page}");
    let (status, page, _) = sent(&to, "programma", "besluit=vrijgeven").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "unchecked: {page}");
    let (status, page, _) = sent(&to, "coordinator.groningen", "besluit=gecontroleerd").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (status, page, _) = sent(&to, "programma", "besluit=vrijgeven").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    // for everyone, without signing in, and nothing small in it
    let (status, page) = send(get(&public, "")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Proefcijfers") && page.contains("Wat telt mee?") && !page.contains("/traject/"), "{page}");
    assert!(send(get("/openbaar/cijfers", "")).await.1.contains("Proefcijfers"));
    let (_, json) = send(get(&format!("{public}/cijfers.json"), "")).await;
    let content: serde_json::Value = serde_json::from_str(&json).unwrap();
    for cell in content["figures"][0]["cells"].as_array().unwrap() {
        let count = cell["value"]["count"].as_u64();
        assert!(count.is_none_or(|count| count == 0 || count >= 10), "{cell}");
    }
    // what was left out is named; its numbers are in no table that is compared over releases
    for figure in content["figures"].as_array().unwrap() {
        let left_out = figure["excluded"].as_object().unwrap();
        assert!(left_out.values().all(serde_json::Value::is_null), "{left_out:?}");
    }
    let (_, csv) = send(get(&format!("{public}/cijfers.csv"), "")).await;
    assert!(csv.starts_with("figure,version,base"), "{csv}");
    let xlsx = world().router.clone().oneshot(get(&format!("{public}/cijfers.xlsx"), "")).await.unwrap();
    let bytes = axum::body::to_bytes(xlsx.into_body(), 4 << 20).await.unwrap();
    assert!(bytes.starts_with(b"PK"), "a spreadsheet");
    // signed: the root of the note is the checksum of what was downloaded
    let (_, note) = send(get(&format!("{public}/handtekening.txt"), "")).await;
    let note = journal::note::Note::parse(&note).unwrap();
    assert_eq!(note.head.root[..], sha2::Sha256::digest(json.as_bytes())[..]);
    let key = journal::note::Signer::from_secret(&[5; 32], &world().desk.log_name());
    assert!(key.verifier().signed(&note) && note.head.origin.contains("/releases/"));
    // released is released
    let (status, page, _) = sent(&to, "programma", "besluit=weg").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    assert_eq!(send(get(&format!("{public}/iets.exe"), "")).await.0, StatusCode::NOT_FOUND);
}
