//! The cookies of this site. Where there is HTTPS each is bound to this host by its name (`__Host-`, RFC 6265bis 4.1.3.2),
//! so that no neighbour of the same domain can set it; scripts cannot read any.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

/// A cookie: its name without and with HTTPS, how many seconds it lasts (or until the browser is closed), and whether it
/// comes along from links of other sites.
pub(crate) struct Cookie {
    plain: &'static str,
    bound: &'static str,
    seconds: Option<u32>,
    same_site: &'static str,
}

const YEAR: u32 = 365 * 24 * 60 * 60;

/// The token of a session.
pub(crate) const SESSION: Cookie =
    Cookie { plain: "bestendig", bound: "__Host-bestendig", seconds: None, same_site: "Lax" };
/// A device that signed in before, for half a year: it lets nobody in, it only keeps others from using up its tries.
pub(crate) const DEVICE: Cookie =
    Cookie { plain: "apparaat", bound: "__Host-apparaat", seconds: Some(15_552_000), same_site: "Lax" };
/// Signing in at a provider. Lax: the provider sends the browser back from another site.
pub(crate) const STATE: Cookie = Cookie { plain: "oidc", bound: "__Host-oidc", seconds: Some(600), same_site: "Lax" };
/// The language that someone chose.
pub(crate) const LANGUAGE: Cookie =
    Cookie { plain: "taal", bound: "__Host-taal", seconds: Some(YEAR), same_site: "Lax" };
/// The purpose that someone declared.
pub(crate) const PURPOSE: Cookie = Cookie { plain: "doel", bound: "__Host-doel", seconds: None, same_site: "Strict" };
/// The columns of the worklist; codes, and nothing about anyone.
pub(crate) const COLUMNS: Cookie =
    Cookie { plain: "kolommen", bound: "__Host-kolommen", seconds: Some(YEAR), same_site: "Lax" };

impl Cookie {
    /// Its name, with HTTPS or without.
    pub(crate) const fn name(&self, secure: bool) -> &'static str {
        if secure { self.bound } else { self.plain }
    }

    /// What a request carries.
    pub(crate) fn of<'h>(&self, headers: &'h HeaderMap, secure: bool) -> Option<&'h str> {
        cookie(headers, self.name(secure))
    }

    /// A choice, where it does not matter who set it: one that is bound to this host counts before one that is not.
    pub(crate) fn choice<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        self.of(headers, true).or_else(|| self.of(headers, false))
    }

    /// Puts it in a browser.
    pub(crate) fn set(&self, response: &mut Response, value: &str, secure: bool) {
        self.write(response, value, self.seconds, secure);
    }

    /// Takes it out of a browser.
    pub(crate) fn forget(&self, response: &mut Response, secure: bool) {
        self.write(response, "", Some(0), secure);
    }

    fn write(&self, response: &mut Response, value: &str, seconds: Option<u32>, secure: bool) {
        let lasts = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let only = if secure { "; Secure" } else { "" };
        let (name, site) = (self.name(secure), self.same_site);
        match HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite={site}{lasts}{only}")) {
            Ok(value) => drop(response.headers_mut().append(header::SET_COOKIE, value)),
            Err(error) => tracing::error!(%error, "a cookie could not be written"),
        }
    }
}

/// A cookie of a request, by its name.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(line: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))])
    }

    #[test]
    fn a_choice_is_bound_to_the_host_where_there_is_https_and_counts_before_one_that_is_not() {
        let written = |write: &dyn Fn(&mut Response)| {
            let mut response = Response::default();
            write(&mut response);
            response.headers().get(header::SET_COOKIE).cloned()
        };
        let year = "__Host-taal=en; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000; Secure";
        assert_eq!(written(&|to| LANGUAGE.set(to, "en", true)).unwrap(), year);
        let visit = "doel=opvang; Path=/; HttpOnly; SameSite=Strict";
        assert_eq!(written(&|to| PURPOSE.set(to, "opvang", false)).unwrap(), visit);
        let gone = "__Host-bestendig=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure";
        assert_eq!(written(&|to| SESSION.forget(to, true)).unwrap(), gone);
        assert_eq!(LANGUAGE.choice(&sent("taal=nl; __Host-taal=en")), Some("en"));
        assert_eq!(LANGUAGE.choice(&sent("bestendig=abc; taal=en")), Some("en"));
        assert_eq!(LANGUAGE.choice(&sent("andertaal=en")), None);
        // what lets someone in is not taken from a name that a neighbour can set
        assert_eq!(SESSION.of(&sent("bestendig=abc"), true), None);
        assert_eq!(written(&|to| LANGUAGE.set(to, "e\nn", true)), None);
    }
}
