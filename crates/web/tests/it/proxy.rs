//! Behind a proxy: its word counts, and nobody else's.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{HeaderName, StatusCode, header},
    routing::{get, post},
};
use tower::ServiceExt as _;
use web::{
    reached::Reached,
    security::{Guard, protect},
};

fn app(proxies: Option<Vec<&str>>) -> Router {
    let router = Router::new().route("/wie", get(who)).route("/formulier", post(|| async { "ok" }));
    let proxies = proxies.map(|all| all.iter().map(|one| one.parse().unwrap()).collect());
    let reached = Reached { origin: Some("https://lvv.example".parse().unwrap()), proxies, contact: None };
    protect(router, Guard { secure: true, reached, ..Guard::default() })
}

/// What is known of who asks, and every header of a proxy that got through.
async fn who(request: Request) -> String {
    let told = request
        .headers()
        .keys()
        .map(HeaderName::as_str)
        .filter(|name| name.contains("forward") || name.contains("real-ip"));
    let told: Vec<&str> = told.collect();
    format!("{} {}", web::throttle::address(&request), told.join(","))
}

async fn ask(app: Router, peer: &str, headers: &[(&str, &str)]) -> (StatusCode, String, Option<String>) {
    send(app, peer, "GET", "/wie?a=1", headers).await
}

async fn send(
    app: Router,
    peer: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, String, Option<String>) {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "intern:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 40_000)));
    let response = app.oneshot(request).await.unwrap();
    let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    let status = response.status();
    let text = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(text.to_vec()).unwrap(), to)
}

const LIES: &[(&str, &str)] = &[
    ("x-forwarded-for", "203.0.113.7"),
    ("forwarded", "for=203.0.113.7;proto=https"),
    ("x-real-ip", "203.0.113.7"),
    ("x-forwarded-host", "kwaad.example"),
];

#[tokio::test]
async fn without_a_proxy_nobody_is_believed() {
    let (status, text, _) = ask(app(None), "198.51.100.1", LIES).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "198.51.100.1 "));
    let (_, text, _) = ask(app(None), "127.0.0.1", LIES).await;
    assert_eq!(text, "127.0.0.1 ");
}

#[tokio::test]
async fn the_proxy_says_for_whom_it_asks() {
    let headers = [("x-forwarded-for", "198.51.100.9, 203.0.113.7"), ("x-forwarded-proto", "https")];
    let (status, text, _) = ask(app(Some(vec![])), "127.0.0.1", &headers).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "203.0.113.7 "));
    let (_, text, _) = ask(app(Some(vec!["10.0.0.2"])), "::ffff:10.0.0.2", &headers).await;
    assert_eq!(text, "203.0.113.7 ");
}

#[tokio::test]
async fn who_goes_around_the_proxy_is_refused() {
    let (status, text, _) = ask(app(Some(vec!["10.0.0.2"])), "10.0.0.3", LIES).await;
    assert!(status == StatusCode::FORBIDDEN && text.contains("gewone adres"), "{status} {text}");
}

#[tokio::test]
async fn who_comes_over_http_is_sent_to_https_and_a_form_is_refused() {
    let plain = [("x-forwarded-proto", "http"), ("x-forwarded-host", "kwaad.example")];
    let (status, _, to) = ask(app(Some(vec![])), "127.0.0.1", &plain).await;
    assert_eq!((status, to.as_deref()), (StatusCode::PERMANENT_REDIRECT, Some("https://lvv.example/wie?a=1")));
    let (status, text, to) = send(app(Some(vec![])), "127.0.0.1", "POST", "/formulier", &plain).await;
    assert!(status == StatusCode::FORBIDDEN && to.is_none() && text.contains("https"), "{status} {text}");
}

#[tokio::test]
async fn a_form_comes_from_the_public_address_whatever_the_proxy_calls_us() {
    let matrix = [
        ("https://lvv.example", StatusCode::OK),
        ("http://lvv.example", StatusCode::FORBIDDEN),
        ("https://intern:8080", StatusCode::FORBIDDEN),
        ("https://lvv.example:8443", StatusCode::FORBIDDEN),
        ("https://lvv.example.kwaad.example", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ];
    for (origin, expected) in matrix {
        let (status, ..) = send(app(Some(vec![])), "127.0.0.1", "POST", "/formulier", &[("origin", origin)]).await;
        assert_eq!(status, expected, "{origin}");
    }
}
