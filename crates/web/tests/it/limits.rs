//! How often: 429 with `Retry-After`, and nobody else is slowed down.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use tower::ServiceExt as _;
use web::{App, pace, router};

use crate::routes::{FORM, get, post, signed_in, world};

fn from(last: u8) -> Request<Body> {
    let mut request = get("/gezondheid", "");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, last], 40_000))));
    request
}

#[tokio::test]
async fn one_address_that_asks_without_end_has_to_wait() {
    let router = router(App::new(world().desk.clone(), None, vec![], false));
    let mut refused = None;
    for _ in 0..pace::PER_ADDRESS.burst.get() + 500 {
        let response = router.clone().oneshot(from(1)).await.unwrap();
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(response);
            break;
        }
    }
    let refused = refused.expect("never refused");
    let wait: u64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    assert_eq!(router.oneshot(from(2)).await.unwrap().status(), StatusCode::OK, "another address");
}

#[tokio::test]
async fn looking_up_one_name_after_the_other_is_stopped() {
    let router = router(App::new(world().desk.clone(), None, vec![], false));
    let (cookie, csrf, _) = signed_in("begeleider.groningen").await;
    let search = |at: u32| post("/deelnemers", &cookie, FORM, format!("csrf={csrf}&zoek=Proefnaam{at}&jaar="));
    let most = pace::SEARCHES.burst.get();
    for at in 0..most {
        assert_eq!(router.clone().oneshot(search(at)).await.unwrap().status(), StatusCode::OK, "{at}");
    }
    let refused = router.clone().oneshot(search(most)).await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    let page = axum::body::to_bytes(refused.into_body(), 1 << 20).await.unwrap();
    let page = String::from_utf8_lossy(&page);
    assert!(page.contains("heel veel mensen") && !page.contains("Proefnaam"), "{page}");
    // the search before registering someone counts too: it is another door to the same list
    let (second, its, _) = signed_in("begeleider.groningen").await;
    let other = post("/aanmelden", &second, FORM, format!("csrf={its}&zoek=Proefnaam&jaar="));
    assert_eq!(router.clone().oneshot(other).await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    // and the file that is open stays usable
    assert_eq!(router.oneshot(get("/werklijst", &cookie)).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_form_of_half_a_million_fields_is_refused_before_it_is_kept() {
    let (cookie, ..) = signed_in("coordinator.groningen").await;
    let many = "a&".repeat(500_000);
    assert!(many.len() <= 1 << 20);
    let response = world().router.clone().oneshot(post("/aanmelden/nieuw", &cookie, FORM, many)).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let page = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    assert!(String::from_utf8_lossy(&page).contains("velden"));
}

#[tokio::test]
async fn a_form_with_files_is_refused_where_none_is_asked() {
    let (cookie, ..) = signed_in("coordinator.groningen").await;
    let multipart = "multipart/form-data; boundary=x";
    let body = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.docx\"\r\n\r\nPK\r\n--x--\r\n";
    for path in ["/aanmelden/nieuw", "/aanmelden", "/deelnemers", "/inloggen", "/taal", "/csp-melding"] {
        let response = world().router.clone().oneshot(post(path, &cookie, multipart, body)).await.unwrap();
        assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
    }
}
