//! Slows down guessing of passwords: per account and per address.

use std::{
    net::{IpAddr, Ipv4Addr},
    num::NonZeroU32,
};

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use sha2::{Digest as _, Sha256};

use crate::{problem_page::Trouble, reached::Client, text::Lang};

/// Tries in a row for one account, then one per half minute.
const PER_LOGIN: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Tries in a row from one address (an office shares one), then one per three seconds.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Keys after which those that are long at rest are dropped.
const MANY: usize = 10_000;

/// Counts tries to sign in. One for the whole program.
pub struct Throttle {
    logins: DefaultKeyedRateLimiter<[u8; 32]>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Throttle {
    fn default() -> Self {
        let quota = |burst, per_minute: u32| {
            let rate = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
            Quota::per_minute(rate).allow_burst(burst)
        };
        Self { logins: RateLimiter::keyed(quota(PER_LOGIN, 2)), addresses: RateLimiter::keyed(quota(PER_ADDRESS, 20)) }
    }
}

impl Throttle {
    /// Counts a try.
    ///
    /// # Errors
    /// How long to wait. It does not tell whether the account exists: unknown names are counted alike.
    pub fn check(&self, login: &str, address: &IpAddr) -> Result<(), Wait> {
        if self.logins.len() > MANY || self.addresses.len() > MANY {
            self.logins.retain_recent();
            self.addresses.retain_recent();
        }
        // a hash: someone who types the password in the wrong field should not leave it in memory
        let login = Sha256::digest(login.trim().to_lowercase());
        let now = DefaultClock::default().now();
        let by_address = self.addresses.check_key(address).map_err(|not_until| not_until.wait_time_from(now));
        by_address
            .and_then(|()| self.logins.check_key(&login.into()).map_err(|not_until| not_until.wait_time_from(now)))
            .map_err(|wait| Wait { seconds: wait.as_secs() + 1 })
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

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    #[test]
    fn the_sixth_try_for_one_account_has_to_wait_from_any_address() {
        let throttle = Throttle::default();
        for at in 0..5 {
            assert_eq!(throttle.check("y.deboer", &address(at)), Ok(()));
        }
        let wait = throttle.check(" Y.deBoer ", &address(9)).unwrap_err().seconds;
        assert!((1..=31).contains(&wait), "{wait}");
        assert_eq!(throttle.check("r.visser", &address(9)), Ok(()));
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let throttle = Throttle::default();
        let refused = (0..40).filter(|at| throttle.check(&format!("gebruiker{at}"), &address(1)).is_err()).count();
        assert_eq!(refused, 10);
    }
}
