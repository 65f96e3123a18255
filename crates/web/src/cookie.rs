//! Cookies: what a browser sends, and what keeps a choice for the next page. Where there is HTTPS each is bound to this host
//! by its name (`__Host-`, RFC 6265bis 4.1.3.2), so that no neighbour of the same domain can set it.

use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of a request.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// A choice that was kept: one that is bound to this host counts before one that is not.
pub(crate) fn kept<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    cookie(headers, &bound(name, true)).or_else(|| cookie(headers, name))
}

/// How long a choice is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// Until the browser is closed.
    Visit,
    /// A year.
    Year,
}

/// The header that keeps a choice. Nothing when the value cannot stand in a header.
pub(crate) fn keep(name: &str, value: &str, lasts: Lasts, secure: bool) -> Option<HeaderValue> {
    let name = bound(name, secure);
    let lasts = if lasts == Lasts::Year { "; Max-Age=31536000" } else { "" };
    let only = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{lasts}{only}")).ok()
}

fn bound(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(line: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(line).unwrap())])
    }

    #[test]
    fn a_choice_is_bound_to_the_host_where_there_is_https_and_counts_before_one_that_is_not() {
        let kept_header = keep("taal", "en", Lasts::Year, true).unwrap();
        assert_eq!(kept_header, "__Host-taal=en; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000; Secure");
        assert_eq!(keep("doel", "opvang", Lasts::Visit, false).unwrap(), "doel=opvang; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(kept(&sent("taal=nl; __Host-taal=en"), "taal"), Some("en"));
        assert_eq!(kept(&sent("bestendig=abc; taal=en"), "taal"), Some("en"));
        assert_eq!(kept(&sent("andertaal=en"), "taal"), None);
        assert_eq!(keep("taal", "e\nn", Lasts::Year, true), None);
    }
}
