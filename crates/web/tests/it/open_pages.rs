//! What is there for everyone: how to report a leak, and what browsers tell.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use tower::ServiceExt as _;
use web::{App, reached::Reached, router};

use crate::routes::world;

async fn ask(reached: Reached, request: Request<Body>) -> (StatusCode, String, String) {
    let app = App::new(world().desk.clone(), None, vec![], reached.origin.is_some()).reached(reached);
    let response = router(app).oneshot(request).await.unwrap();
    let kind = response.headers().get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let status = response.status();
    let text = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, kind, String::from_utf8(text.to_vec()).unwrap())
}

fn reached() -> Reached {
    Reached {
        origin: Some("https://lvv.example".parse().unwrap()),
        proxies: None,
        contact: Some("mailto:lek@lvv.example".to_owned()),
    }
}

fn get(path: &str, language: &str) -> Request<Body> {
    Request::get(path).header(header::COOKIE, format!("taal={language}")).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn whoever_finds_a_leak_can_read_where_to_report_it() {
    let (status, kind, text) = ask(reached(), get("/.well-known/security.txt", "nl")).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/plain; charset=utf-8"));
    for line in
        ["Contact: mailto:lek@lvv.example", "Policy: https://lvv.example/beveiliging", "Preferred-Languages: nl, en"]
    {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    for (language, says) in [("nl", "Een lek melden"), ("en", "Report a leak")] {
        let (status, _, page) = ask(reached(), get("/beveiliging", language)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(says) && page.contains(r#"href="mailto:lek@lvv.example""#), "{page}");
    }
}

#[tokio::test]
async fn without_a_contact_nothing_is_promised() {
    assert_eq!(ask(Reached::default(), get("/.well-known/security.txt", "nl")).await.0, StatusCode::NOT_FOUND);
    let (_, _, page) = ask(Reached::default(), get("/beveiliging", "nl")).await;
    assert!(page.contains("nog geen adres") && !page.contains("mailto:"), "{page}");
}

async fn report(kind: &str, body: impl Into<Body>) -> StatusCode {
    let request = Request::post("/csp-melding").header(header::CONTENT_TYPE, kind).body(body.into()).unwrap();
    ask(Reached::default(), request).await.0
}

#[tokio::test]
async fn what_a_browser_refused_is_taken_and_bounded() {
    let good = r#"{"csp-report":{"effective-directive":"img-src","blocked-uri":"https://kwaad.example/x"}}"#;
    assert_eq!(report("application/csp-report", good).await, StatusCode::NO_CONTENT);
    assert_eq!(report("application/reports+json", "[]").await, StatusCode::NO_CONTENT);
    assert_eq!(report("text/plain", good).await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(report("application/csp-report", "{").await, StatusCode::BAD_REQUEST);
    let deep = "[".repeat(10_000);
    assert_eq!(report("application/reports+json", deep).await, StatusCode::BAD_REQUEST);
    let long = format!("[{}1]", "1,".repeat(20_000));
    assert_eq!(report("application/reports+json", long).await, StatusCode::PAYLOAD_TOO_LARGE);
}
