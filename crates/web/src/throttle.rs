//! Slows down guessing of passwords: per account and per address.

use std::{net::IpAddr, num::NonZeroU32};

use axum::response::Response;
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use sha2::{Digest as _, Sha256};

use crate::{page::Shell, problem_page::Trouble};

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
        Self {
            logins: RateLimiter::keyed(quota(PER_LOGIN, 2)),
            addresses: RateLimiter::keyed(quota(PER_ADDRESS, 20)),
        }
    }
}

impl Throttle {
    /// Counts a try.
    ///
    /// # Errors
    /// The seconds to wait. It does not tell whether the account exists: unknown names are counted alike.
    pub fn check(&self, login: &str, address: IpAddr) -> Result<(), u64> {
        if self.logins.len() > MANY || self.addresses.len() > MANY {
            self.logins.retain_recent();
            self.addresses.retain_recent();
        }
        // a hash: someone who types the password in the wrong field should not leave it in memory
        let login = Sha256::digest(login.trim().to_lowercase());
        let now = DefaultClock::default().now();
        let by_address = self.addresses.check_key(&address).map_err(|not_until| not_until.wait_time_from(now));
        by_address
            .and_then(|()| self.logins.check_key(&login.into()).map_err(|not_until| not_until.wait_time_from(now)))
            .map_err(|wait| wait.as_secs() + 1)
    }

    /// The same, with the page to answer with when it is too many.
    ///
    /// # Errors
    /// The page, with `Retry-After`.
    #[expect(clippy::result_large_err, reason = "an answer, not an error that travels")]
    pub fn admit(&self, login: &str, address: IpAddr, shell: Shell) -> Result<(), Response> {
        self.check(login, address).map_err(|wait| Trouble::too_many(wait).page(shell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn address(last: u8) -> IpAddr { Ipv4Addr::new(192, 0, 2, last).into() }

    #[test]
    fn the_sixth_try_for_one_account_has_to_wait_from_any_address() {
        let throttle = Throttle::default();
        for at in 0..5 {
            assert_eq!(throttle.check("y.deboer", address(at)), Ok(()));
        }
        let wait = throttle.check(" Y.deBoer ", address(9)).unwrap_err();
        assert!((1..=31).contains(&wait), "{wait}");
        assert_eq!(throttle.check("r.visser", address(9)), Ok(()));
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let throttle = Throttle::default();
        let refused = (0..40).filter(|at| throttle.check(&format!("gebruiker{at}"), address(1)).is_err()).count();
        assert_eq!(refused, 10);
    }
}
