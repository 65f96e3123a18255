//! What someone is refused is written down: by which page, never by its address, and whether it exists or not alike.

use axum::http::StatusCode;
use desk::{Attempt, ReadLine, Refused};

use crate::routes::{FORM, get, post, send, signed_in, world};

async fn lines() -> Vec<ReadLine> {
    let desk = world().desk.clone();
    let lines = tokio::task::spawn_blocking(move || desk.reads_after(0, 1000).unwrap()).await.unwrap();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn attempts(lines: &[ReadLine]) -> Vec<(Refused, &str, &str)> {
    let told = lines.iter().filter_map(|line| line.refused.as_ref());
    told.map(|Attempt { what, method, route, .. }| (*what, method.as_str(), route.as_str())).collect()
}

async fn a_file_of(login: &str) -> domain::ids::TrajectoryId {
    let (_, _, who) = signed_in(login).await;
    let filter = views::worklist::Filter { ended: true, ..views::worklist::Filter::default() };
    world().desk.worklist(&who, filter).await.unwrap().items[0].row.trajectory
}

#[tokio::test]
async fn who_edits_an_address_to_another_site_is_written_down() {
    let file = a_file_of("coordinator.utrecht").await.to_string();
    let (cookie, _, who) = signed_in("begeleider.groningen").await;
    let (real, _) = send(get(&format!("/traject/{file}"), &cookie)).await;
    let (invented, _) = send(get("/traject/00000000-0000-4000-8000-00000000abcd", &cookie)).await;
    let (typed, _) = send(get("/traject/zebedeus-kastdeur", &cookie)).await;
    assert_eq!([real, invented, typed], [StatusCode::NOT_FOUND; 3]);
    let all = lines().await;
    assert_eq!(attempts(&all), [(Refused::Hidden, "GET", "/traject/{id}"); 3], "what exists cannot be told from it");
    for line in all.iter().filter(|line| line.refused.is_some()) {
        assert_eq!((line.user, line.role), (who.user, who.role));
        assert!(line.session.is_some() && line.at > 0);
        let text = serde_json::to_string(line).unwrap();
        assert!(!text.contains(&file) && !text.contains("abcd") && !text.contains("zebedeus"), "{text}");
    }
}

#[tokio::test]
async fn a_page_or_command_for_want_of_a_right_and_a_form_that_is_not_ours_are_written_down() {
    let (cookie, csrf, _) = signed_in("begeleider.groningen").await;
    let (_, other, _) = signed_in("coordinator.groningen").await;
    let (status, _) = send(get("/beheer/gebruikers", &cookie)).await;
    assert!(status == StatusCode::FORBIDDEN || status == StatusCode::NOT_FOUND, "{status}");
    let form = |token: &str, more: &str| post("/deelnemers", &cookie, FORM, format!("csrf={token}&zoek=&jaar={more}"));
    send(form(&other, "")).await;
    assert_eq!(send(form(&csrf, "&veld=kanarie")).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(send(form(&csrf, "")).await.0, StatusCode::OK);
    let file = a_file_of("coordinator.groningen").await;
    let path = format!("/traject/{file}/doe/toelating");
    let sent = format!("csrf={csrf}&opdracht=3f8a6c1e-0000-4000-8000-0000000000f1&versie=1");
    let (status, _) = send(post(&path, &cookie, FORM, sent)).await;
    assert!(status.is_client_error(), "{status}");
    let all = lines().await;
    let told = attempts(&all);
    assert!(matches!(told[0], (Refused::Denied | Refused::Hidden, "GET", "/beheer/gebruikers")), "{told:?}");
    assert_eq!(told[1], (Refused::Token, "POST", "/deelnemers"));
    assert_eq!(told[2], (Refused::Form, "POST", "/deelnemers"));
    assert!(matches!(told[3], (Refused::Denied | Refused::Hidden, "POST", "/traject/{id}/doe/{step}")), "{told:?}");
    assert_eq!(told.len(), 4, "what was allowed adds none: {told:?}");
    assert!(!format!("{all:?}").contains("kanarie"));
}

#[tokio::test]
async fn every_page_of_administration_refuses_a_guide_with_a_line() {
    let (cookie, ..) = signed_in("begeleider.groningen").await;
    let mut refused = 0;
    for (method, path) in web::ROUTES {
        if *method != "GET" || !path.starts_with("/beheer/") || path.contains('{') {
            continue;
        }
        let before = lines().await.len();
        let (status, _) = send(get(path, &cookie)).await;
        let told = lines().await;
        assert!(status.is_client_error(), "{path}: {status}");
        assert_eq!(told.len(), before + 1, "{path}");
        assert_eq!(told[before].refused.as_ref().unwrap().route, *path);
        refused += 1;
    }
    assert!((4..10).contains(&refused), "fewer than the lines of one minute: {refused}");
}
