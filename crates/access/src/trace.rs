//! The trace of a request (W3C Trace Context): what joins a line of the read log with the logs of other systems.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes that are written as lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hex<const N: usize>(pub [u8; N]);

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> From<Hex<N>> for String {
    fn from(hex: Hex<N>) -> Self {
        hex.to_string()
    }
}

impl<const N: usize> TryFrom<String> for Hex<N> {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::read(&text).ok_or_else(|| format!("not {} lower-case hexadecimal digits", N * 2))
    }
}

impl<const N: usize> Hex<N> {
    /// Exactly so many lower-case digits.
    pub fn read(text: &str) -> Option<Self> {
        let lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != N * 2 || !text.as_bytes().iter().all(lower) {
            return None;
        }
        let mut bytes = [0; N];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// From what kind of place someone asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A browser on this machine.
    Loopback,
    /// A browser on a private network.
    Private,
    /// A browser on the internet.
    Public,
    /// The command line.
    CommandLine,
}

impl Source {
    /// The kind of an address; the address itself is not kept.
    pub fn of(address: std::net::IpAddr) -> Self {
        let address = address.to_canonical();
        let private = match address {
            std::net::IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
            std::net::IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
        };
        match (address.is_loopback(), private) {
            (true, _) => Self::Loopback,
            (false, true) => Self::Private,
            (false, false) => Self::Public,
        }
    }
}

/// The trace of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// The whole chain of requests, across systems.
    pub trace: Hex<16>,
    /// This request.
    pub span: Hex<8>,
    /// The request that caused it, in another system.
    pub parent: Option<Hex<8>>,
    /// The beginning of the hash of the session's token: tells sessions apart, opens none.
    pub session: Option<Hex<8>>,
    /// From what kind of place.
    pub source: Source,
}

impl Default for Trace {
    /// Of work that no request asked for.
    fn default() -> Self {
        let (trace, span) = (Hex([0; 16]), Hex([0; 8]));
        Self { trace, span, parent: None, session: None, source: Source::CommandLine }
    }
}

impl Trace {
    /// Goes on with the `traceparent` of a request, or begins anew where there is none that can be read. `fresh` are random
    /// bytes: for the trace and the span.
    pub fn begin(header: Option<&str>, fresh: [u8; 24], source: Source) -> Self {
        let mut ids = ([0; 16], [0; 8]);
        ids.0.copy_from_slice(&fresh[..16]);
        ids.1.copy_from_slice(&fresh[16..]);
        let span = Hex(ids.1);
        let (trace, parent) = match header.and_then(read_parent) {
            Some((trace, parent)) => (trace, Some(parent)),
            None => (Hex(ids.0), None),
        };
        Self { trace, span, parent, session: None, source }
    }

    /// The same, in the session of a token.
    #[must_use]
    pub fn in_session(mut self, token: &str) -> Self {
        let hash: [u8; 32] = Sha256::digest(token).into();
        let mut begin = [0; 8];
        begin.copy_from_slice(&hash[..8]);
        self.session = Some(Hex(begin));
        self
    }

    /// The `traceparent` to send on and back: sampled, because nothing is left out.
    pub fn header(&self) -> String {
        format!("00-{}-{}-01", self.trace, self.span)
    }
}

/// Reads a `traceparent`: version, trace, parent, flags. Later versions may have more behind it; `ff` is none.
fn read_parent(header: &str) -> Option<(Hex<16>, Hex<8>)> {
    let mut parts = header.trim().split('-');
    let version: Hex<1> = Hex::read(parts.next()?)?;
    let (trace, parent) = (Hex::read(parts.next()?)?, Hex::read(parts.next()?)?);
    let _: Hex<1> = Hex::read(parts.next()?)?;
    let more = parts.next().is_some();
    let whole = version.0 != [0xff] && (version.0 != [0] || !more);
    (whole && trace != Hex([0; 16]) && parent != Hex([0; 8])).then_some((trace, parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_goes_on_with_a_new_span() {
        let trace = Trace::begin(Some(GOOD), [7; 24], Source::Loopback);
        assert_eq!(trace.trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace.parent.map(|parent| parent.to_string()).as_deref(), Some("00f067aa0ba902b7"));
        assert_eq!(trace.header(), "00-4bf92f3577b34da6a3ce929d0e0e4736-0707070707070707-01");
    }

    #[test]
    fn what_the_standard_calls_invalid_begins_a_trace_of_its_own() {
        let zero_trace = GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
        let zero_parent = GOOD.replace("00f067aa0ba902b7", &"0".repeat(16));
        let (upper, more) = (GOOD.to_uppercase(), format!("{GOOD}-x"));
        let ff = GOOD.replacen("00", "ff", 1);
        for header in ["", "x", &zero_trace, &zero_parent, &upper, &more, &ff, "00-4bf9-00f0-01"] {
            let trace = Trace::begin(Some(header), [7; 24], Source::Loopback);
            assert_eq!((trace.trace, trace.parent), (Hex([7; 16]), None), "{header}");
        }
        let later = Trace::begin(Some(&more.replacen("00", "01", 1)), [7; 24], Source::Loopback);
        assert!(later.parent.is_some(), "a later version may say more");
    }

    #[test]
    fn of_an_address_only_the_kind_is_known() {
        let of = |text: &str| text.parse().map(Source::of);
        assert_eq!(of("127.0.0.1"), Ok(Source::Loopback));
        assert_eq!(of("::ffff:10.1.2.3"), Ok(Source::Private));
        assert_eq!(of("fd00::1"), Ok(Source::Private));
        assert_eq!(of("203.0.113.9"), Ok(Source::Public));
    }
}
