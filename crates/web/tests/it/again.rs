//! What was typed is never lost: a form sent twice with other words, a colleague who was first, a step to undo.

use axum::http::{StatusCode, header};
use tower::ServiceExt as _;

use crate::routes::{FORM, facts, get, post, send, signed_in, world};

/// The value of a hidden field.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let rest = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}")).1;
    rest.split_once('"').unwrap().0
}

async fn location(path: &str, cookie: &str, body: String) -> String {
    let response = world().router.clone().oneshot(post(path, cookie, FORM, body)).await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
    response.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

fn person(name: &str) -> String {
    let missing = world().desk.programme().list(domain::programme::List::VNumberMissing).0[0].code.clone();
    format!(
        "name-1-text={name}&name-1-kind=official&sex=female&v_number_missing={missing}\
         &valid_from-dag=1&valid_from-maand=6&valid_from-jaar=2022"
    )
}

#[tokio::test]
async fn text_survives_a_form_that_was_sent_before_and_a_colleague_who_was_first() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let command = "3f8a6c1e-0000-4000-8000-00000000000a";
    let new = |words: &str| format!("csrf={csrf}&opdracht={command}&versie=&{}&circumstances={words}", person("Proef"));
    let file = location("/aanmelden/nieuw", &cookie, new("eerst")).await;
    let before = facts().await;

    // back, other words, sent again
    let (status, page) = send(post("/aanmelden/nieuw", &cookie, FORM, new("daarna"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("daarna</textarea>") && page.contains("al verstuurd en opgeslagen"), "{page}");
    assert_ne!(hidden(&page, "opdracht"), command, "sent once more it is a command of its own");
    assert_eq!(facts().await, before, "nothing was saved");

    // the same on the page of the person; and a colleague who was first
    let (_, page) = send(get(&file, &cookie)).await;
    let base = format!("/deelnemer/{}", page.split_once("href=\"/deelnemer/").unwrap().1.split_once('"').unwrap().0);
    let path = format!("{base}/gegevens");
    let (_, form) = send(get(&path, &cookie)).await;
    let (other, other_csrf, colleague) = signed_in("begeleider.groningen").await;
    let (_, theirs) = send(get(&path, &other)).await;
    let of = |page: &str, csrf: &str, name: &str| {
        let (command, version) = (hidden(page, "opdracht"), hidden(page, "versie"));
        format!("csrf={csrf}&opdracht={command}&versie={version}&{}", person(name))
    };
    location(&path, &other, of(&theirs, &other_csrf, "Vanhen")).await;
    let (status, page) = send(post(&path, &other, FORM, of(&theirs, &other_csrf, "Andersom"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"Andersom\"") && page.contains("al verstuurd en opgeslagen"));

    let (status, page) = send(post(&path, &cookie, FORM, of(&form, &csrf, "Vanmij"))).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let conflict = page.split_once("bst-conflict__versions").unwrap().1.split_once("</section>").unwrap().0;
    for part in [&colleague.name, "Vanhen", "Vanmij"] {
        assert!(conflict.contains(part), "{part}: {conflict}");
    }
    assert!(page.contains("value=\"Vanmij\""), "the form is still filled in");
}

#[tokio::test]
async fn after_a_step_the_page_says_what_was_recorded_and_how_to_undo_it() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let command = "3f8a6c1e-0000-4000-8000-00000000000b";
    let body = format!("csrf={csrf}&opdracht={command}&versie=&{}&circumstances=x", person("Proef"));
    let file = location("/aanmelden/nieuw", &cookie, body).await;
    let obstacle = world().desk.programme().list(domain::programme::List::Obstacles).0[0].code.clone();
    let path = format!("{}/doe/knelpunt", file.split('?').next().unwrap());
    let (_, form) = send(get(&path, &cookie)).await;
    let body = format!(
        "csrf={csrf}&opdracht={}&versie={}&obstacle={obstacle}&valid_from-dag=2&valid_from-maand=6&valid_from-jaar=2022",
        hidden(&form, "opdracht"),
        hidden(&form, "versie")
    );
    let done = location(&path, &cookie, body).await;
    let (_, page) = send(get(&done, &cookie)).await;
    assert!(page.contains("Vastgelegd: "), "{page}");
    let undo = page.split_once("/intrekken?ongedaan=1").unwrap().0.rsplit_once('"').unwrap().1;
    let (_, form) = send(get(&format!("{undo}/intrekken?ongedaan=1"), &cookie)).await;
    assert!(form.contains("Vergissing, meteen ongedaan gemaakt."), "the reason is filled in");
    // a colleague who is sent the address did not record it
    let (other, ..) = signed_in("begeleider.groningen").await;
    let (_, page) = send(get(&done, &other)).await;
    assert!(!page.contains("Vastgelegd: "));
}

#[tokio::test]
async fn nobody_who_may_be_known_is_registered_unless_someone_looked() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let body = |command: u32, seen: &str| {
        let command = format!("3f8a6c1e-0000-4000-8000-{command:012}");
        format!(
            "csrf={csrf}&opdracht={command}&versie=&gezien={seen}&{}&circumstances=x",
            person("Zoekeerst+Vanverzin")
        )
    };
    let first = location("/aanmelden/nieuw", &cookie, body(501, "")).await;
    let before = facts().await;
    // straight to the form, without a search: who is alike is shown, and nothing is saved
    let (status, page) = send(post("/aanmelden/nieuw", &cookie, FORM, body(502, ""))).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        page.contains("Misschien kennen we deze persoon al") && page.contains(first.split('?').next().unwrap()),
        "{page}"
    );
    assert_eq!(facts().await, before);
    // a made-up answer is not a look; the one of this page is
    let (status, _) = send(post("/aanmelden/nieuw", &cookie, FORM, body(502, "00"))).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let seen = hidden(&page, "gezien").to_owned();
    let second = location("/aanmelden/nieuw", &cookie, body(502, &seen)).await;
    assert_ne!(first, second);
    // the same form once more has the same effect, though both are known now
    assert_eq!(location("/aanmelden/nieuw", &cookie, body(502, &seen)).await, second);
}
