//! What protects every page: headers, limits, refusal of forms from elsewhere, pages instead of bare errors.
//!
//! [`protect`] goes around the whole router, once. The token in every form is checked by the session, not here.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

use crate::{
    cookie::{LANGUAGE, SESSION},
    headers,
    pace::{self, Pace},
    page::Shell,
    problem_page::{Fault, Said, Trouble},
    reached::{self, Origin, Reached},
    text::Lang,
};

/// What one request may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of a form.
    pub body: usize,
    /// Longest time to answer.
    pub patience: Duration,
}

impl Default for Limits {
    /// 1 MB, 30 seconds.
    fn default() -> Self {
        Self { body: 1024 * 1024, patience: Duration::from_secs(30) }
    }
}

/// What stands around the pages.
#[derive(Clone, Default)]
pub struct Guard {
    /// What one request may cost.
    pub limits: Limits,
    /// It is reached over HTTPS, and browsers should insist on that.
    pub secure: bool,
    /// How browsers reach it.
    pub reached: Reached,
    /// How often one may ask.
    pub pace: Arc<Pace>,
}

/// Puts the protection around a router, with one limit for every form.
pub fn protect(router: Router, guard: Guard) -> Router {
    let body = guard.limits.body;
    around(router.fallback(|| async { StatusCode::NOT_FOUND }).layer(RequestBodyLimitLayer::new(body)), guard)
}

/// Puts the protection around a router whose routes have their own limit for forms.
pub(crate) fn around(router: Router, guard: Guard) -> Router {
    let Guard { limits, secure, reached, pace } = guard;
    let (origin, cookie, of_forms) = (reached.origin.clone(), SESSION.name(secure), Arc::clone(&pace));
    router
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            let (origin, pace) = (origin.clone(), Arc::clone(&of_forms));
            async move { same_origin(origin.as_ref(), &pace, request, next).await }
        }))
        .layer(middleware::from_fn(one_length))
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            let pace = Arc::clone(&pace);
            async move { pace::limit(&pace, cookie, request, next).await }
        }))
        .layer(middleware::from_fn(move |request: Request, next: Next| reached::note(reached.clone(), request, next)))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits.patience))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(pages_for_errors))
        .layer(middleware::from_fn(move |request: Request, next: Next| headers::set(request, next, secure)))
}

/// For the port that only says where the pages are: the headers, but no order to insist on HTTPS, which browsers take
/// over HTTPS only.
pub(crate) fn bare(router: Router) -> Router {
    router.layer(middleware::from_fn(move |request: Request, next: Next| headers::set(request, next, false)))
}

/// A body has one length, told beforehand. Two ways to say where a request ends is how one is hidden in another; no
/// browser sends a form in pieces.
async fn one_length(request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::TRANSFER_ENCODING) {
        let mut response = Trouble::new(StatusCode::LENGTH_REQUIRED).lang(language(request.headers())).into_response();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    }
    next.run(request).await
}

/// The language someone chose.
pub fn language(headers: &HeaderMap) -> Lang {
    LANGUAGE.choice(headers).and_then(Lang::from_code).unwrap_or_default()
}

/// Refuses a form that another website sends in the name of someone who is signed in here.
async fn same_origin(origin: Option<&Origin>, pace: &Pace, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) || from_here(origin, &request) {
        return next.run(request).await;
    }
    pace.cross_site();
    let shell = Shell::bare(language(request.headers()), "");
    Trouble::forbidden().says("error-cross-site").page(shell)
}

fn from_here(ours: Option<&Origin>, request: &Request) -> bool {
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    let host = request.uri().authority().map(axum::http::uri::Authority::as_str).or_else(|| text("host"));
    match (text("origin"), ours) {
        // neither header: not a browser, so there is no one's session to misuse
        (None, _) => true,
        // where the address is known, it counts, and not what the request says of itself
        (Some(origin), Some(ours)) => origin == ours.to_string(),
        (Some(origin), None) => origin.split_once("://").map(|(_, host)| host) == host,
    }
}

fn panicked(_cause: Box<dyn std::any::Any + Send>) -> Response {
    // the message of a panic may quote a value, so it is not logged here
    let fault = Trouble::fault(&"panic while answering a request");
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(fault);
    response
}

/// Gives an error that has no words yet (unknown address, wrong method, too large, too slow) its page.
async fn pages_for_errors(request: Request, next: Next) -> Response {
    let lang = language(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    if status.as_u16() < 400 || response.extensions().get::<Said>().is_some() || is_page(&response) {
        return response;
    }
    let shell = Shell::bare(lang, "");
    let mut page = match response.extensions().get::<Fault>() {
        Some(fault) => fault.page(shell),
        None => Trouble::new(status).page(shell),
    };
    // which methods would be right, when the method was wrong
    if let Some(allow) = response.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, allow.clone());
    }
    page
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// `GET /assets/{*path}`: a file of the front end, compressed as the browser likes, kept for ever.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = assets::find(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let (bytes, encoding) = match (file.br, file.gz) {
        (Some(br), _) if accepts(&headers, "br") => (br, Some("br")),
        (_, Some(gz)) if accepts(&headers, "gzip") => (gz, Some("gzip")),
        _ => (file.raw, None),
    };
    let mut response = Response::new(Body::from(bytes));
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.mime));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether a browser takes an encoding: named, and not with quality 0.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| {
        let (name, quality) = item.split_once(';').unwrap_or((item, ""));
        let refused =
            quality.trim().strip_prefix("q=").and_then(|q| q.trim().parse().ok()).is_some_and(|q: f32| q <= 0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encodings(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])
    }

    #[test]
    fn quality_zero_is_a_refusal() {
        assert!(accepts(&encodings("gzip, deflate, br"), "br"));
        assert!(accepts(&encodings("br;q=0.5"), "br"));
        assert!(!accepts(&encodings("gzip, br;q=0"), "br"));
        assert!(!accepts(&encodings("brotli"), "br"));
    }

    #[test]
    fn language_is_the_cookie_of_that_name() {
        let cookies = |value| HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(value))]);
        assert_eq!(language(&cookies("bestendig=abc; taal=en")), Lang::En);
        assert_eq!(language(&cookies("andertaal=en")), Lang::Nl);
        assert_eq!(language(&HeaderMap::new()), Lang::Nl);
    }
}
