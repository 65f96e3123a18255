//! What goes around every page: headers, limits, pages for errors.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, Response, StatusCode, header},
    routing::{get, post},
};
use tower::ServiceExt as _;
use web::security::{Guard, Limits, asset, protect};

fn app() -> Router {
    let router = Router::new()
        .route("/", get(|| async { "ok" }))
        .route("/formulier", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/kapot", get(broken))
        .route("/traag", get(|| async { tokio::time::sleep(Duration::from_mins(1)).await }))
        .route("/assets/{*path}", get(asset));
    protect(router, Guard { limits: Limits { body: 1000, patience: Duration::from_millis(50) }, ..Guard::default() })
}

async fn broken() -> &'static str {
    panic!("a fault with Amina in it")
}

async fn ask(request: axum::http::request::Builder, body: impl Into<Body>) -> (Response<Body>, String) {
    let response = app().oneshot(request.header("host", "lvv.example").body(body.into()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned();
    (Response::from_parts(parts, Body::empty()), text)
}

fn post_form() -> axum::http::request::Builder {
    Request::post("/formulier").header("content-type", "application/x-www-form-urlencoded")
}

#[tokio::test]
async fn errors_are_pages_in_the_language_of_the_reader() {
    let (response, text) = ask(Request::get("/bestaat-niet"), "").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(text.contains(r#"<html lang="nl""#) && text.contains("Niet gevonden"), "{text}");

    let (response, text) = ask(Request::get("/formulier").header("cookie", "taal=en"), "").await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[header::ALLOW], "POST");
    assert!(text.contains(r#"<html lang="en""#) && text.contains("not possible here"), "{text}");
}

#[tokio::test]
async fn a_panic_is_a_page_with_a_number_and_without_the_cause() {
    let (response, text) = ask(Request::get("/kapot"), "").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text.contains("Nummer van deze fout") && !text.contains("Amina"), "{text}");
}

#[tokio::test]
async fn what_takes_too_long_is_given_up_with_a_page() {
    let (response, text) = ask(Request::get("/traag"), "").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains("duurt te lang"), "{text}");
}

#[tokio::test]
async fn a_form_that_is_too_large_gets_a_page_announced_or_not() {
    let (response, text) = ask(post_form().header("content-length", "1001"), vec![b'a'; 1001]).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text.contains("te groot"), "{text}");

    let (response, text) = ask(post_form(), vec![b'a'; 1001]).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text.contains("te groot"), "{text}");

    let (response, text) = ask(post_form(), vec![b'a'; 1000]).await;
    assert_eq!((response.status(), text.as_str()), (StatusCode::OK, "1000"));
}

#[tokio::test]
async fn a_form_from_another_website_is_refused() {
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://kwaad.example"),
        ("origin", "null"),
        ("origin", "https://lvv.example.kwaad.example"),
    ] {
        let (response, text) = ask(post_form().header(name, value), "naam=x").await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(text.contains("andere website"), "{text}");
    }
    let other = post_form().header("sec-fetch-site", "same-origin").header("origin", "https://kwaad.example");
    assert_eq!(ask(other, "naam=x").await.0.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_sent_in_pieces_is_refused_and_the_connection_ends() {
    let (response, text) = ask(post_form().header("transfer-encoding", "chunked"), "naam=x").await;
    assert_eq!(response.status(), StatusCode::LENGTH_REQUIRED);
    assert_eq!(response.headers()[header::CONNECTION], "close");
    assert!(text.contains("in stukken"), "{text}");
}

#[tokio::test]
async fn a_form_from_here_is_let_through() {
    let ours = post_form().header("sec-fetch-site", "same-origin").header("origin", "https://lvv.example");
    assert_eq!(ask(ours, "naam=x").await.0.status(), StatusCode::OK);
    assert_eq!(ask(post_form().header("sec-fetch-site", "none"), "").await.0.status(), StatusCode::OK);
    assert_eq!(ask(post_form(), "").await.0.status(), StatusCode::OK);
    let link = Request::get("/").header("sec-fetch-site", "cross-site");
    assert_eq!(ask(link, "").await.0.status(), StatusCode::OK);
}

#[tokio::test]
async fn assets_are_compressed_and_kept() {
    let (response, _) = ask(Request::get(assets::CSS).header("accept-encoding", "gzip, br"), "").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/css"));

    let (response, _) = ask(Request::get(assets::CSS).header("accept-encoding", "gzip"), "").await;
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    let (response, text) = ask(Request::get(assets::CSS), "").await;
    assert!(response.headers().get(header::CONTENT_ENCODING).is_none() && text.contains("bst-"));

    let (response, _) = ask(Request::get("/assets/../Cargo.toml"), "").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
}
