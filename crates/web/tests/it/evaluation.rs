//! The evaluation and the methods: who sees them, what is refused, what is kept.

use axum::http::StatusCode;

use crate::routes::{FORM, get, post, send, signed_in};

#[tokio::test]
async fn a_researcher_compares_sites_and_sees_no_person() {
    let (cookie, ..) = signed_in("onderzoeker").await;
    let (status, page) = send(get("/evaluatie", &cookie)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    for words in ["Aandeel van vertrokken", "Kans binnen 24 maanden", "Protocol", "Aalen-Johansen", "&#60;10"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("GRO-") && !page.contains("/traject/") && !page.contains("/deelnemer/"), "a person");
    let (status, page) = send(get("/werkwijzen", &cookie)).await;
    assert!(status == StatusCode::OK && page.contains("Verschilt") && page.contains("Rusttermijn"), "{page}");
    assert!(!page.contains("Leg vast"), "who leads no site writes no change down");
}

#[tokio::test]
async fn what_would_mislead_is_refused_with_the_reason() {
    let (cookie, ..) = signed_in("coordinator.groningen").await;
    for (query, why) in [
        ("per=reviews", "derde toets"),
        ("per=reviews&vanaf=scenario", "derde toets"),
        ("per=scenario&vanaf=entry", "pas bekend nadat de klok is begonnen"),
        ("per=cooperation&vanaf=scenario", "pas bekend nadat de klok is begonnen"),
        ("per=site&schatting=one-minus-km", "concurrerende uitkomsten"),
        ("per=paspoort", "niet te kiezen"),
    ] {
        let (status, page) = send(get(&format!("/evaluatie?{query}"), &cookie)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(page.contains(why) && !page.contains("bst-chart"), "{query}: {page}");
    }
    let (status, _) = send(get("/evaluatie?per=scenario&vanaf=scenario", &cookie)).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn an_analysis_is_kept_with_its_protocol_and_only_for_who_has_figures() {
    let (cookie, csrf, _) = signed_in("onderzoeker").await;
    let id = "3f8a6c1e-0000-4000-8000-00000000e001";
    let form = format!("csrf={csrf}&opdracht={id}&per=site&vanaf=entry&uitkomst=semi-durable");
    let (status, _) = send(post("/evaluatie", &cookie, FORM, form.clone())).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (status, page) = send(get(&format!("/evaluatie/{id}"), &cookie)).await;
    assert!(status == StatusCode::OK && page.contains("Wat wordt geschat"), "{page}");
    // the outcome that was looked at is the one that is kept
    assert!(page.contains(": Semi-bestendig</h2>"), "{page}");
    let (_, page) = send(get("/evaluatie", &cookie)).await;
    assert!(page.contains(&format!("/evaluatie/{id}")));
    // without the token of the session nothing is kept
    let other = "3f8a6c1e-0000-4000-8000-00000000e002";
    let (status, _) = send(post("/evaluatie", &cookie, FORM, format!("csrf=x&opdracht={other}"))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = send(get(&format!("/evaluatie/{other}"), &cookie)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (police, ..) = signed_in("politie.groningen").await;
    for path in ["/evaluatie".to_owned(), format!("/evaluatie/{id}"), "/werkwijzen".to_owned()] {
        assert_eq!(send(get(&path, &police)).await.0, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_change_is_written_down_before_it_starts_and_not_after() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let form = |id: &str, year: u16, site: &str| {
        format!(
            "csrf={csrf}&opdracht=3f8a6c1e-0000-4000-8000-00000000{id}&versie=&site={site}&what=Intake+op+locatie\
             &starts-dag=1&starts-maand=9&starts-jaar={year}&indicator=durable-in-year&direction=up\
             &classification=letter-2018"
        )
    };
    let (status, page) = send(post("/werkwijzen", &cookie, FORM, form("c001", 2020, "groningen"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("al begonnen") && page.contains("Intake op locatie"), "what was typed stays: {page}");
    let (status, page) = send(post("/werkwijzen", &cookie, FORM, form("c002", 2090, "groningen"))).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = send(get("/werkwijzen", &cookie)).await;
    assert!(page.contains("Intake op locatie") && page.contains("nog niet begonnen"), "{page}");
    // not for another site, and not by who leads none
    let (status, _) = send(post("/werkwijzen", &cookie, FORM, form("c003", 2090, "utrecht"))).await;
    assert!(status.is_client_error(), "{status}");
    let (guide, token, _) = signed_in("begeleider.groningen").await;
    let theirs = form("c004", 2090, "groningen").replace(&csrf, &token);
    assert_eq!(send(post("/werkwijzen", &guide, FORM, theirs)).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn two_versions_are_compared_field_by_field_and_an_unknown_one_is_not() {
    let (cookie, ..) = signed_in("coordinator.groningen").await;
    let (status, page) = send(get("/werkwijzen?eerste=amsterdam-2019&tweede=amsterdam-2019", &cookie)).await;
    assert!(status == StatusCode::OK && !page.contains("Verschilt"), "{page}");
    let (_, page) = send(get("/werkwijzen?eerste=amsterdam-2019&tweede=utrecht-2019", &cookie)).await;
    assert!(
        page.contains("Verschilt")
            && page.contains("De partners, in het LSO")
            && page.contains("De gemeente, bij de screening")
    );
}
