//! What browsers tell: something a page wanted and the policy refused. Written down as which rule and which kind, never
//! with the address of the page or the script: those can say whose file was open.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use crate::{app::App, form::body, session::language};

/// Most bytes of a report.
const MOST: usize = 16 * 1024;
/// Most violations of one report that are written down.
const MOST_LINES: usize = 5;
/// The rules of our policy and those it stands in for; another word is not passed on to the log.
const RULES: &[&str] = &[
    "base-uri",
    "connect-src",
    "default-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "object-src",
    "require-trusted-types-for",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "trusted-types",
    "worker-src",
];

/// `POST /csp-melding`.
pub(crate) async fn take(State(app): State<App>, request: Request) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(essence.as_str(), "application/csp-report" | "application/reports+json") {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let lang = language(request.headers());
    let bytes = match body(request, lang).await {
        Ok((_, bytes)) => bytes,
        Err(response) => return response,
    };
    if bytes.len() > MOST {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let Ok(report) = serde_json::from_slice::<Value>(&bytes) else { return StatusCode::BAD_REQUEST.into_response() };
    for (rule, what) in violations(&report).into_iter().take(MOST_LINES) {
        if app.pace.report() {
            tracing::warn!(event = "csp-refused", rule, what, "a browser refused something on a page");
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

/// Rule and kind of each violation, in both shapes that browsers send.
fn violations(report: &Value) -> Vec<(&'static str, &'static str)> {
    let old = report.get("csp-report").map(|body| (body, "effective-directive", "blocked-uri"));
    let new = report.as_array().into_iter().flatten().filter(|one| one["type"] == "csp-violation");
    let new = new.filter_map(|one| one.get("body")).map(|body| (body, "effectiveDirective", "blockedURL"));
    let read = |(body, rule, blocked): (&Value, &str, &str)| {
        let rule = body[rule].as_str().and_then(|rule| RULES.iter().find(|known| **known == rule));
        (rule.copied().unwrap_or("another"), kind(body[blocked].as_str().unwrap_or_default()))
    };
    old.into_iter().chain(new).map(read).collect()
}

fn kind(blocked: &str) -> &'static str {
    match blocked {
        "inline" => "inline",
        "eval" | "wasm-eval" => "eval",
        "trusted-types-sink" | "trusted-types-policy" => "trusted-types",
        _ if blocked.starts_with("data") => "data",
        "" => "unknown",
        _ => "an-address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_are_read_and_nothing_of_them_is_repeated() {
        let old = serde_json::json!({"csp-report": {"effective-directive": "script-src-elem", "blocked-uri": "inline",
            "document-uri": "https://lvv.example/traject/1"}});
        assert_eq!(violations(&old), [("script-src-elem", "inline")]);
        let new = serde_json::json!([
            {"type": "csp-violation", "body": {"effectiveDirective": "img-src", "blockedURL": "https://kwaad.example/Amina"}},
            {"type": "csp-violation", "body": {"effectiveDirective": "x\nERROR alles kwijt", "blockedURL": 7}},
            {"type": "deprecation", "body": {}},
        ]);
        assert_eq!(violations(&new), [("img-src", "an-address"), ("another", "unknown")]);
        assert_eq!(violations(&serde_json::json!(7)), []);
    }
}
