//! A count and the list behind it say the same; a list can be sorted, its columns chosen, and saved.

use axum::http::{StatusCode, header};
use tower::ServiceExt as _;

use crate::routes::{get, send, signed_in, world};

/// The text between two marks, after a place.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    text.split_once(from)?.1.split_once(to).map(|(found, _)| found)
}

/// "1 traject" or "20 van 35 trajecten".
fn counted(page: &str) -> u64 {
    let words = between(page, "role=\"status\">", "</p>").unwrap();
    let all = words.split_once(" van ").map_or(words, |(_, all)| all);
    all.split_whitespace().next().unwrap().parse().unwrap_or_else(|_| panic!("{words}"))
}

#[tokio::test]
async fn the_count_on_today_is_that_of_the_list_behind_it() {
    let mut lists = std::collections::BTreeSet::new();
    for login in [
        "coordinator.groningen",
        "begeleider.groningen",
        "ind.groningen",
        "dtv.amsterdam",
        "coordinator.amsterdam",
        "begeleider.utrecht",
    ] {
        let (cookie, ..) = signed_in(login).await;
        let (_, today) = send(get("/", &cookie)).await;
        for part in today.split("<section").skip(1) {
            let Some(href) = between(part, "href=\"/werklijst?", "\"") else { continue };
            let total: u64 = between(part, "bst-count\">", "<").unwrap().parse().unwrap();
            let (status, list) = send(get(&format!("/werklijst?{}", href.replace("&#38;", "&")), &cookie)).await;
            assert_eq!(status, StatusCode::OK, "{login}: {href}");
            assert_eq!(counted(&list), total, "{login}: {href}");
            lists.insert(href.split("termijn=").nth(1).unwrap_or("anderen").to_owned());
        }
    }
    assert!(lists.len() >= 3, "lists of several kinds were compared: {lists:?}");
}

#[tokio::test]
async fn a_list_is_sorted_by_its_heads_and_saved_as_it_is_seen() {
    let (cookie, _, who) = signed_in("coordinator.groningen").await;
    let (_, page) = send(get("/werklijst?sorteer=nummer&richting=om&beeindigd=ja&kolom=lvv", &cookie)).await;
    assert!(page.contains("aria-sort=\"descending\""), "{page}");
    assert_eq!(page.matches("<th scope=\"col\"").count(), 2, "the participant and the column that was chosen");
    let all = counted(&page);
    assert!(all > 1, "a list of {all}");

    let path = "/werklijst/export?sorteer=nummer&richting=om&beeindigd=ja&kolom=lvv";
    let response = world().router.clone().oneshot(get(path, &cookie)).await.unwrap();
    let kept = |name| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(kept(header::CONTENT_DISPOSITION), "attachment; filename=\"werklijst-2022-07-01.csv\"");
    assert!(kept(header::CONTENT_TYPE).starts_with("text/csv"));
    let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
    let lines: Vec<String> = String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "\"Deelnemer\";\"Dossier\";\"LVV\"");
    assert_eq!(lines.len() as u64, all + 1);
    let filter = views::worklist::Filter {
        sort: views::worklist::Sort::Case,
        reversed: true,
        ended: true,
        ..views::worklist::Filter::default()
    };
    let first = &world().desk.worklist(&who, filter).await.unwrap().items[0];
    assert!(lines[1].contains(&first.row.case_number), "{}", lines[1]);

    let (cookie, ..) = signed_in("politie.groningen").await;
    assert_eq!(send(get(path, &cookie)).await.0, StatusCode::FORBIDDEN);
}
