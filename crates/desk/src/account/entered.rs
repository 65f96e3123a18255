//! With what someone signs in and from where: kept in the event, as little as tells one place from another.

use std::net::IpAddr;

use domain::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use journal::{Tx, params};
use serde::{Deserialize, Serialize};

use super::{
    EventKind, SignInFrom,
    event::{self, Note},
};
use crate::{Desk, Failure};

/// A place (network and kind of device) that was not used for this long is one the owner is told of.
pub const FAMILIAR: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Failed tries of one account that have an event of their own within a minute; the rest is counted.
pub(crate) const FAILED_A_MINUTE: u32 = 3;

const SINCE: &str = "SELECT detail FROM account_event WHERE account = $1 AND at > $2
    AND kind IN ('signed-in', 'signed-in-odd') ORDER BY at DESC";
// what was kept before places were, says none
const EVER: &str = "SELECT COUNT(*) FROM account_event WHERE account = $1 AND kind IN ('signed-in', 'signed-in-odd')
    AND detail <> '' AND detail <> 'second-factor'";
const ODD: &str = "SELECT COUNT(*) FROM account_event WHERE account = $1 AND at >= $2 AND kind = 'signed-in-odd'";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[SINCE, EVER, ODD];

/// A factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The password here.
    Password,
    /// A code of an app.
    Totp,
    /// A passkey.
    Passkey,
    /// A recovery code.
    Recovery,
    /// A code that was wrong: of an app or for recovery cannot be told.
    Code,
    /// An identity provider.
    Oidc,
}

impl Way {
    /// Every one.
    pub const ALL: [Self; 6] = [Self::Password, Self::Totp, Self::Passkey, Self::Recovery, Self::Code, Self::Oidc];

    /// The code in the store and in text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::Recovery => "recovery",
            Self::Code => "code",
            Self::Oidc => "oidc",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }
}

pub(super) fn ways_text(ways: &[Way]) -> String {
    ways.iter().map(|way| way.code()).collect::<Vec<_>>().join(" ")
}

pub(super) fn ways_of(text: &str) -> Vec<Way> {
    text.split(' ').filter_map(Way::from_code).collect()
}

/// With what and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    /// The factors, in the order in which they were shown (or failed).
    pub with: Vec<Way>,
    /// The network: /24 of IPv4, /48 of IPv6. Empty: not known.
    pub network: String,
    /// Family of browser and system. Empty: it does not say.
    pub device: String,
    /// How many tries this stands for.
    pub times: u32,
}

impl Entered {
    pub(super) fn new(with: Vec<Way>, from: &SignInFrom) -> Self {
        Self { with, network: network(&from.address), device: from.device.clone(), times: 1 }
    }

    pub(super) fn read(detail: &str) -> Option<Self> {
        serde_json::from_str(detail).ok()
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn is_of(&self, other: &Self) -> bool {
        self.network == other.network && self.device == other.device
    }
}

/// The network of an address: what an office or a home keeps from day to day, and no more.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(address) if address.is_unspecified() => String::new(),
        Ok(IpAddr::V4(four)) => {
            let [a, b, c, _] = four.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(six)) => {
            let [a, b, c, ..] = six.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
        Err(_) => String::new(),
    }
}

/// Whether an account signs in somewhere new: elsewhere than in the last [`FAMILIAR`], having signed in before.
pub(super) fn is_odd(tx: &mut Tx<'_>, user: UserId, entered: &Entered, now: Timestamp) -> Result<bool, Failure> {
    let seen = tx.query(SINCE, params![user.0, now - FAMILIAR], |row| row.get::<String>(0))?;
    if seen.iter().filter_map(|detail| Entered::read(detail)).any(|before| before.is_of(entered)) {
        return Ok(false);
    }
    Ok(tx.one(EVER, params![user.0], |row| row.get::<i64>(0))?.unwrap_or(0) > 0)
}

/// How many sign-ins from somewhere new there were since a moment.
pub(super) fn odd_since(tx: &mut Tx<'_>, user: UserId, since: Timestamp) -> Result<i64, Failure> {
    Ok(tx.one(ODD, params![user.0, since], |row| row.get(0))?.unwrap_or(0))
}

/// A try that failed.
pub(crate) struct Tried {
    pub(crate) account: Option<UserId>,
    pub(crate) at: Timestamp,
    pub(crate) entered: Entered,
}

impl Desk {
    /// The event of failed tries. A name that is no account is not kept: people type passwords there.
    pub(crate) fn failed_note(&self, tried: Tried, times: u32) -> Note {
        let detail = Entered { times, ..tried.entered }.text();
        Note { at: tried.at, ..self.note(EventKind::SignInFailed, tried.account, None, detail) }
    }

    /// The events to keep for a failed try: few of many.
    pub(crate) fn failed(&self, account: Option<UserId>, way: Way, from: &SignInFrom) -> Vec<event::Note> {
        let at = self.inner.clock.real();
        let tried = Tried { account, at, entered: Entered::new(vec![way], from) };
        let now = self.inner.failed.count(account, at, tried);
        now.into_iter().map(|(tried, times)| self.failed_note(tried, times)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_network_is_kept() {
        for (address, kept) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:12:34:5::6", "2001:db8:12::/48"),
            ("0.0.0.0", ""),
            ("", ""),
            ("not an address", ""),
        ] {
            assert_eq!(network(address), kept, "{address}");
        }
    }

    #[test]
    fn what_is_kept_reads_back() {
        let from = SignInFrom { device: "Firefox, Linux".into(), address: "203.0.113.7".into() };
        let entered = Entered::new(vec![Way::Password, Way::Totp], &from);
        assert_eq!(Entered::read(&entered.text()), Some(entered));
        assert_eq!((Entered::read(""), Entered::read("second-factor")), (None, None));
        assert_eq!(ways_of(&ways_text(&Way::ALL)), Way::ALL);
    }
}
