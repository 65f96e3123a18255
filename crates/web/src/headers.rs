//! The headers of every answer: page, error, file of the front end, redirect.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// What a page may load and where its forms may go: only here, and nothing inline. What a browser refused, it tells here.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; report-uri /csp-melding; report-to csp";

/// What a document may do that someone handed in: nothing, wherever it is opened.
pub(crate) const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// Everything a browser can offer a page, refused: these pages need none of it.
const PERMISSIONS: &str = "accelerometer=(), ambient-light-sensor=(), autoplay=(), battery=(), bluetooth=(), \
     browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), \
     geolocation=(), gyroscope=(), hid=(), idle-detection=(), interest-cohort=(), keyboard-map=(), local-fonts=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), \
     sync-xhr=(), usb=(), web-share=(), window-management=(), xr-spatial-tracking=()";

/// One year, subdomains too: the least that counts.
const ONLY_HTTPS: &str = "max-age=31536000; includeSubDomains";

/// Name and value of what every answer carries, whatever it is.
pub const ALWAYS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", PERMISSIONS),
    ("referrer-policy", "same-origin"),
    ("reporting-endpoints", "csp=\"/csp-melding\""),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-robots-tag", "noindex, nofollow"),
];

/// What a browser should forget when someone signs out of a computer that others use too.
pub(crate) const FORGET: &str = "\"cache\", \"cookies\", \"storage\"";

/// Puts them on an answer. `secure`: it is reached over HTTPS, and browsers should insist on that.
pub(crate) async fn set(request: Request, next: Next, secure: bool) -> Response {
    let asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let kept = asset && response.status().is_success();
    put(response.headers_mut(), secure, kept);
    response
}

fn put(headers: &mut HeaderMap, secure: bool, kept: bool) {
    for (name, value) in ALWAYS {
        // a document that someone handed in may do even less than a page
        if *name == "content-security-policy" && headers.contains_key(*name) {
            continue;
        }
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_HTTPS));
    }
    // a shared computer may not keep a file; the names of assets change with their content
    if !kept {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
