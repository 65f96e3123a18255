//! How browsers reach this installation: its address, and which machines in between are believed.
//!
//! A proxy says in headers for whom it asks. Anyone can write such a header, so it counts only from a machine that was
//! named, and is thrown away otherwise.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::problem_page::Trouble;

/// How browsers reach this installation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// `https://bestendig.example`, without a path.
    pub origin: Option<Origin>,
    /// The proxies that are believed; `None` when there is no proxy.
    pub proxies: Option<Vec<IpAddr>>,
    /// Where to report a leak: `mailto:` or `https:`, for `security.txt`.
    pub contact: Option<String>,
}

/// Scheme, host and port over which browsers come, as browsers write it in the header `Origin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl std::str::FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is not an address such as https://bestendig.example (no path after it)");
        let host = text.strip_prefix("https://").ok_or_else(wrong)?;
        let authority: axum::http::uri::Authority = host.parse().map_err(|_| wrong())?;
        if authority.as_str().contains('@') || authority.host().is_empty() || host != authority.as_str() {
            return Err(wrong());
        }
        // browsers leave out the port of https, and write hosts small
        Ok(Self(format!("https://{}", host.to_ascii_lowercase().trim_end_matches(":443"))))
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a request really comes from, after the proxies that are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client(pub(crate) IpAddr);

/// What a proxy writes; taken off every request, so that nothing further in can believe it by mistake.
const FORWARDED: [HeaderName; 7] = [
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-original-url"),
];

/// Notes where a request comes from; refuses who goes around the proxy, sends who came over HTTP to HTTPS.
pub(crate) async fn note(reached: Reached, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let told = request.headers().clone();
    FORWARDED.iter().for_each(|name| drop(request.headers_mut().remove(name)));
    let Some(peer) = peer else { return next.run(request).await };
    let Some(proxies) = &reached.proxies else {
        request.extensions_mut().insert(Client(peer));
        return next.run(request).await;
    };
    if !believed(proxies, peer) {
        return refuse(request.headers());
    }
    if last(&told, "x-forwarded-proto").is_some_and(|scheme| !scheme.eq_ignore_ascii_case("https")) {
        return to_https(reached.origin.as_ref(), &request);
    }
    request.extensions_mut().insert(Client(client(&told, proxies).unwrap_or(peer)));
    next.run(request).await
}

/// Proxies on this machine, and those that were named.
fn believed(proxies: &[IpAddr], peer: IpAddr) -> bool {
    peer.is_loopback() || proxies.iter().any(|proxy| proxy.to_canonical() == peer)
}

/// The last address that is not a proxy of ours: all before it was written by whoever asked.
fn client(told: &HeaderMap, proxies: &[IpAddr]) -> Option<IpAddr> {
    let lines: Vec<&str> = told.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    // one that cannot be read ends the search: what is before it is not vouched for
    let addresses = hops.map_while(|hop| hop.trim().parse::<IpAddr>().ok()).map(|address| address.to_canonical());
    let mut addresses = addresses.filter(|address| !believed(proxies, *address));
    addresses.next()
}

fn last<'h>(told: &'h HeaderMap, name: &str) -> Option<&'h str> {
    told.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next().map(str::trim)
}

fn refuse(headers: &HeaderMap) -> Response {
    let lang = crate::security::language(headers);
    Trouble::forbidden().says("error-around-proxy").lang(lang).into_response()
}

/// Someone who typed the address is taken along; a form over HTTP is refused, so that nobody sends a second one.
pub(crate) fn to_https(origin: Option<&Origin>, request: &Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    let to = origin.and_then(|origin| HeaderValue::from_str(&format!("{origin}{path}")).ok());
    match to {
        Some(to) if matches!(*request.method(), Method::GET | Method::HEAD) => {
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
        }
        _ => {
            let lang = crate::security::language(request.headers());
            Trouble::forbidden().says("error-only-https").lang(lang).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let origin = |text: &str| text.parse::<Origin>().map(|origin| origin.to_string());
        assert_eq!(origin("https://LVV.example:443").as_deref(), Ok("https://lvv.example"));
        assert_eq!(origin("https://lvv.example:8443").as_deref(), Ok("https://lvv.example:8443"));
        for wrong in ["http://lvv.example", "https://lvv.example/", "https://", "lvv.example", "https://a@b.example"] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn who_asks_is_the_last_address_that_is_not_ours() {
        let told =
            |value: &str| HeaderMap::from_iter([(HeaderName::from_static("x-forwarded-for"), value.parse().unwrap())]);
        let proxies = ["10.0.0.2".parse().unwrap()];
        let found = |value: &str| client(&told(value), &proxies).map(|address: IpAddr| address.to_string());
        // the first is what a liar wrote himself
        assert_eq!(found("198.51.100.9, 203.0.113.7, 10.0.0.2").as_deref(), Some("203.0.113.7"));
        assert_eq!(found("198.51.100.9, nonsense, 10.0.0.2"), None);
        assert_eq!(found("::ffff:203.0.113.7").as_deref(), Some("203.0.113.7"));
    }
}
