//! Every header on every answer: all routes, as nobody and signed in, errors, redirects, files, and over HTTPS.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt as _;
use web::{App, ROUTES, headers::ALWAYS, router};

use crate::routes::{FORM, get, post, signed_in, world};

async fn heads(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap) {
    let response = router.clone().oneshot(request).await.unwrap();
    (response.status(), response.headers().clone())
}

fn over_https() -> Router {
    router(App::new(world().desk.clone(), None, vec![], true))
}

fn addresses() -> Vec<(String, String)> {
    let id = "00000000-0000-4000-8000-000000000000";
    let concrete = |path: &str| path.replace("{id}", id).replace("{fact}", id).replace(['{', '}'], "");
    let mut all: Vec<_> = ROUTES.iter().map(|(method, path)| ((*method).to_owned(), concrete(path))).collect();
    for extra in ["/bestaat-niet", "/traject/%C3%28", "/deelnemer/..%2f..%2fetc", "/inloggen?naar=%00"] {
        all.push(("GET".to_owned(), extra.to_owned()));
    }
    all.extend(
        ["DELETE", "PUT", "OPTIONS", "TRACE", "PATCH", "QUERY"]
            .map(|method| (method.to_owned(), "/werklijst".to_owned())),
    );
    all.push(("HEAD".to_owned(), "/inloggen".to_owned()));
    all
}

fn asserts(what: &str, status: StatusCode, headers: &HeaderMap, secure: bool) {
    for (name, value) in ALWAYS {
        assert_eq!(headers.get(*name).and_then(|value| value.to_str().ok()), Some(*value), "{what}: {name}");
        assert_eq!(headers.get_all(*name).iter().count(), 1, "{what}: {name} once");
    }
    let hsts = headers.get(header::STRICT_TRANSPORT_SECURITY).and_then(|value| value.to_str().ok());
    assert_eq!(hsts, secure.then_some("max-age=31536000; includeSubDomains"), "{what}");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{what}: {status}");
    for gossip in ["server", "x-powered-by", "via", "x-aspnet-version", "etag", "last-modified", "content-encoding"] {
        assert!(!headers.contains_key(gossip), "{what}: {gossip}");
    }
    assert!(!headers.contains_key("access-control-allow-origin"), "{what}: no other site may read this");
    let empty = headers.get(header::CONTENT_LENGTH).is_some_and(|length| length == "0");
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let told = kind.is_some_and(|kind| {
        ["text/html; charset=utf-8", "text/plain; charset=utf-8", "text/csv; charset=utf-8"]
            .iter()
            .any(|known| kind.starts_with(known))
            // what is kept as a file has no charset
            || kind.starts_with("application/")
    });
    assert!(told || empty || status.is_redirection() || status == StatusCode::NO_CONTENT, "{what}: {kind:?}");
}

#[tokio::test]
async fn every_route_and_every_error_carries_every_header() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let mut kinds = std::collections::BTreeSet::new();
    for (secure, router) in [(false, world().router.clone()), (true, over_https())] {
        let cookie = if secure { cookie.replace("bestendig=", "__Host-bestendig=") } else { cookie.clone() };
        for (method, path) in addresses().into_iter().filter(|(_, path)| path != "/uitloggen") {
            for cookie in ["", &cookie] {
                let request = Request::builder().method(method.as_str()).uri(&path).header(header::COOKIE, cookie);
                let request = request.header(header::CONTENT_TYPE, FORM).header(header::ACCEPT_ENCODING, "br, gzip");
                let body = if method == "POST" { Body::from(format!("csrf={csrf}")) } else { Body::empty() };
                let (status, headers) = heads(&router, request.body(body).unwrap()).await;
                asserts(&format!("{method} {path} secure={secure}"), status, &headers, secure);
                kinds.insert(status.as_u16());
            }
        }
    }
    for (name, value) in [("sec-fetch-site", "cross-site"), ("transfer-encoding", "chunked")] {
        let request = Request::post("/inloggen").header(name, value).body(Body::empty()).unwrap();
        let (status, headers) = heads(&world().router, request).await;
        asserts(name, status, &headers, false);
        kinds.insert(status.as_u16());
    }
    for seen in [200, 303, 400, 403, 404, 405, 411, 415, 422] {
        assert!(kinds.contains(&seen), "no answer {seen} among {kinds:?}");
    }
}

#[tokio::test]
async fn only_files_with_their_content_in_the_name_are_kept() {
    for file in [assets::CSS, assets::JS, assets::LOGO] {
        let (status, headers) = heads(&world().router, get(file, "")).await;
        assert_eq!(
            (status, headers[header::CACHE_CONTROL].to_str().unwrap()),
            (StatusCode::OK, "public, max-age=31536000, immutable")
        );
        for (name, value) in ALWAYS {
            assert_eq!(headers.get(*name).unwrap(), value, "{file}: {name}");
        }
    }
}

#[tokio::test]
async fn signing_out_leaves_nothing_on_a_shared_computer() {
    let router = over_https();
    let (cookie, csrf, _) = signed_in("opvang.groningen").await;
    let cookie = cookie.replace("bestendig=", "__Host-bestendig=");
    let (status, headers) = heads(&router, post("/uitloggen", &cookie, FORM, format!("csrf={csrf}"))).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(headers["clear-site-data"], "\"cache\", \"cookies\", \"storage\"");
    let gone = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(gone.starts_with("__Host-bestendig=;") && gone.contains("Max-Age=0") && gone.contains("Secure"), "{gone}");
    assert_eq!(
        heads(&router, get("/werklijst", &cookie)).await.0,
        StatusCode::SEE_OTHER,
        "a stolen cookie after sign-out"
    );
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_this_host_and_to_https() {
    let form = format!("naam=programma&wachtwoord={}&naar=/", "een-verzonnen-wachtwoord");
    let (status, headers) = heads(&over_https(), post("/inloggen", "", FORM, form)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-bestendig=") && cookie.contains("; Path=/;"), "{cookie}");
    for flag in ["; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(cookie.contains(flag), "{cookie} lacks {flag}");
    }
    assert!(!cookie.to_ascii_lowercase().contains("domain="), "{cookie}");
    // the cookie of HTTP is not taken for that of HTTPS: someone on the network could have set it
    let (other, _, _) = signed_in("programma").await;
    assert_eq!(heads(&over_https(), get("/cijfers", &other)).await.0, StatusCode::SEE_OTHER);
}

#[test]
fn the_policy_passes_the_rules_of_internet_nl() {
    let policy = ALWAYS.iter().find(|(name, _)| *name == "content-security-policy").unwrap().1;
    for unsafe_word in ["unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "http:", "data:", "blob:", "127.0.0.1"] {
        assert!(!policy.contains(unsafe_word), "{unsafe_word}");
    }
    for wanted in ["default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.split("; ").any(|rule| rule == wanted), "{wanted}");
    }
    assert!(policy.split("; ").all(|rule| !rule.contains("https:")), "{policy}");
}
