//! W3C Trace Context: a request goes on with the trace it came with, or begins one; the answer names it.

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};

use crate::app::App;

/// The header of the standard.
pub(crate) const TRACEPARENT: &str = "traceparent";

/// Gives every request a [`access::Trace`], and sends it back.
pub(crate) async fn follow(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>();
    let source = address.map_or(access::Source::Loopback, |ConnectInfo(address)| access::Source::of(address.ip()));
    let header = request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok());
    let trace = app.desk.trace(header, source);
    request.extensions_mut().insert(trace);
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&trace.header()) {
        response.headers_mut().insert(TRACEPARENT, value);
    }
    response
}
