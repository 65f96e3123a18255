//! Slows down guessing of passwords: per account, per address, and both together. A device that signed in to an account before
//! has a budget of its own, so that nobody can lock another out by trying wrong passwords.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Mutex, PoisonError},
};

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::{problem_page::Trouble, reached::Client, text::Lang};

/// Most keys remembered of each kind. When there are more, those that are closest to rest are dropped first.
const MOST_KEYS: usize = 10_000;
/// Refused and failed tries within [`PEAK_WITHIN`] that are told to those who review.
const PEAK: u32 = 100;
const PEAK_WITHIN: SignedDuration = SignedDuration::from_mins(10);

type Key = [u8; 16];

/// So many in a row, then one every so often: the generic cell rate algorithm.
struct Budget {
    burst: i64,
    every: i64,
    /// Until when what was taken counts, in microseconds.
    until: HashMap<Key, i64>,
}

impl Budget {
    fn new(burst: i64, every: SignedDuration) -> Self {
        Self { burst, every: i64::try_from(every.as_micros()).unwrap_or(i64::MAX / 1000), until: HashMap::new() }
    }

    /// How long to wait; 0 when there is something left.
    fn wait(&self, key: &Key, now: i64) -> i64 {
        let most = self.burst * self.every;
        // a clock that was put back lets nobody wait longer than the whole budget
        let until = self.until.get(key).map_or(now, |until| (*until).clamp(now, now + most));
        (until + self.every - now - most).max(0)
    }

    fn take(&mut self, key: Key, now: i64) {
        if self.until.len() >= MOST_KEYS && !self.until.contains_key(&key) {
            self.until.retain(|_, until| *until > now);
            if self.until.len() >= MOST_KEYS {
                let least = self.until.iter().min_by_key(|(_, until)| **until).map(|(key, _)| *key);
                least.map(|key| self.until.remove(&key));
            }
        }
        let most = self.burst * self.every;
        let until = self.until.entry(key).or_insert(now);
        *until = (*until).clamp(now, now + most) + self.every;
    }
}

/// Counts tries to sign in. One for the whole program.
pub struct Throttle {
    inner: Mutex<Inner>,
}

struct Inner {
    /// One account from one address.
    pairs: Budget,
    /// One account from anywhere.
    logins: Budget,
    /// One address (an office shares one), whatever the account.
    addresses: Budget,
    /// A device that signed in to the account before.
    devices: Budget,
    counted_from: i64,
    counted: u32,
    told: bool,
}

impl Default for Throttle {
    fn default() -> Self {
        let second = SignedDuration::from_secs;
        let inner = Inner {
            pairs: Budget::new(5, second(30)),
            logins: Budget::new(50, second(6)),
            addresses: Budget::new(30, second(3)),
            devices: Budget::new(5, second(30)),
            counted_from: 0,
            counted: 0,
            told: false,
        };
        Self { inner: Mutex::new(inner) }
    }
}

fn key(parts: &[&[u8]]) -> Key {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let mut key = [0; 16];
    key.copy_from_slice(&digest.finalize()[..16]);
    key
}

/// The part of an address that one person has: all of IPv4, the network of IPv6.
fn network(address: &IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(four) => four.octets().to_vec(),
        IpAddr::V6(six) => {
            six.to_ipv4_mapped().map_or_else(|| six.octets()[..8].to_vec(), |four| four.octets().to_vec())
        }
    }
}

impl Throttle {
    /// Counts a try. `device`: what a device that signed in to this account before carries.
    ///
    /// # Errors
    /// How long to wait. It does not tell whether the account exists: unknown names are counted alike.
    pub fn check(&self, login: &str, address: &IpAddr, device: Option<&str>, now: Timestamp) -> Result<(), Wait> {
        let now = now.as_microsecond();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = &mut *inner;
        // hashes: someone who types the password in the wrong field should not leave it in memory
        let (login, network) = (login.trim().to_lowercase(), network(address));
        let mut of: Vec<(&mut Budget, Key)> = match device {
            Some(device) => vec![(&mut inner.devices, key(&[b"device", device.as_bytes()]))],
            None => vec![
                (&mut inner.addresses, key(&[b"address", &network])),
                (&mut inner.pairs, key(&[b"pair", login.as_bytes(), &network])),
                (&mut inner.logins, key(&[b"login", login.as_bytes()])),
            ],
        };
        let wait = of.iter().map(|(budget, key)| budget.wait(key, now)).max().unwrap_or(0);
        if wait > 0 {
            return Err(Wait { seconds: u64::try_from(wait / 1_000_000 + 1).unwrap_or(1) });
        }
        of.iter_mut().for_each(|(budget, key)| budget.take(*key, now));
        Ok(())
    }

    /// Counts a try that has no account yet: at an identity provider.
    ///
    /// # Errors
    /// How long to wait.
    pub fn check_address(&self, address: &IpAddr, now: Timestamp) -> Result<(), Wait> {
        let now = now.as_microsecond();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(&[b"address", &network(address)]);
        let wait = inner.addresses.wait(&key, now);
        if wait > 0 {
            return Err(Wait { seconds: u64::try_from(wait / 1_000_000 + 1).unwrap_or(1) });
        }
        inner.addresses.take(key, now);
        Ok(())
    }

    /// Counts a try that failed or was refused. Once per ten minutes, when there are many: how many, to tell those who review.
    pub fn failed(&self, now: Timestamp) -> Option<u32> {
        let now = now.as_microsecond();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if i128::from(now - inner.counted_from) > PEAK_WITHIN.as_micros() || now < inner.counted_from {
            (inner.counted_from, inner.counted, inner.told) = (now, 0, false);
        }
        inner.counted = inner.counted.saturating_add(1);
        let tell = inner.counted >= PEAK && !inner.told;
        inner.told |= tell;
        tell.then_some(inner.counted)
    }

    /// Keys in memory, of all kinds.
    pub fn remembered(&self) -> usize {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        [&inner.pairs, &inner.logins, &inner.addresses, &inner.devices].iter().map(|budget| budget.until.len()).sum()
    }
}

/// The address a request came from. One for all where the server does not tell: then the limit is stricter, not gone.
pub fn address(request: &Request) -> IpAddr {
    let from = request.extensions().get::<Client>();
    from.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Client(address)| *address)
}

/// Too many tries: how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Seconds.
    pub seconds: u64,
}

impl Wait {
    /// The page, with `Retry-After`.
    pub fn page(self, lang: Lang) -> Response {
        Trouble::too_many(self.seconds).lang(lang).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u32) -> IpAddr {
        Ipv4Addr::from(0xc000_0200 + number).into()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn the_sixth_try_for_one_account_from_one_address_has_to_wait() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            assert_eq!(throttle.check("y.deboer", &address(1), None, at(0)), Ok(()));
        }
        assert_eq!(throttle.check(" Y.deBoer ", &address(1), None, at(0)), Err(Wait { seconds: 31 }));
        assert_eq!(throttle.check("r.visser", &address(1), None, at(0)), Ok(()));
        assert_eq!(throttle.check("y.deboer", &address(2), None, at(0)), Ok(()), "the owner, from elsewhere");
        assert_eq!(throttle.check("y.deboer", &address(1), None, at(31)), Ok(()), "nobody is locked out for ever");
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let throttle = Throttle::default();
        let refused =
            (0..40).filter(|n| throttle.check(&format!("gebruiker{n}"), &address(1), None, at(0)).is_err()).count();
        assert_eq!(refused, 10);
    }

    #[test]
    fn ten_thousand_addresses_at_one_account_do_not_lock_out_a_device_that_is_known() {
        let throttle = Throttle::default();
        let tried = (0..10_000).filter(|n| throttle.check("y.deboer", &address(*n), None, at(0)).is_ok()).count();
        assert_eq!(tried, 50);
        assert!(throttle.check("y.deboer", &address(77_777), None, at(0)).is_err(), "an unknown device waits");
        assert_eq!(throttle.check("y.deboer", &address(77_777), Some("seen before"), at(0)), Ok(()));
        assert_eq!(throttle.check("y.deboer", &address(77_777), None, at(7)), Ok(()));
    }

    #[test]
    fn memory_stays_bounded_whatever_is_tried() {
        let throttle = Throttle::default();
        for n in 0..30_000 {
            let _ = throttle.check(&format!("gebruiker{n}"), &address(n), None, at(0));
        }
        assert!(throttle.remembered() <= 3 * MOST_KEYS, "{}", throttle.remembered());
    }

    #[test]
    fn a_clock_that_is_put_back_locks_nobody_out() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            assert_eq!(throttle.check("y.deboer", &address(1), None, at(86_400)), Ok(()));
        }
        let wait = throttle.check("y.deboer", &address(1), None, at(0)).unwrap_err().seconds;
        assert!(wait <= 31, "{wait}");
    }

    #[test]
    fn a_peak_is_told_once() {
        let throttle = Throttle::default();
        let told: Vec<u32> = (0..500).filter_map(|_| throttle.failed(at(0))).collect();
        assert_eq!(told, [PEAK]);
        assert_eq!((0..500).filter_map(|_| throttle.failed(at(700))).count(), 1);
    }
}
