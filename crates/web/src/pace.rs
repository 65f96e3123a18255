//! How often: what one address, one session and one account may ask, so that nobody empties the store by hand or by
//! program. The figures are in `docs/security.md`; guessing of passwords has its own ([`crate::throttle`]).

use std::{hash::Hash, net::IpAddr, num::NonZeroU32};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::ids::UserId;
use governor::{
    DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use sha2::{Digest as _, Sha256};

use crate::{cookie::cookie, problem_page::Trouble, reached::Client, throttle::Wait};

/// So many at once, and then so many a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At once.
    pub burst: NonZeroU32,
    /// A minute, after that.
    pub per_minute: NonZeroU32,
}

const fn rate(burst: u32, per_minute: u32) -> Rate {
    match (NonZeroU32::new(burst), NonZeroU32::new(per_minute)) {
        (Some(burst), Some(per_minute)) => Rate { burst, per_minute },
        _ => panic!("a rate of nothing"),
    }
}

/// Requests from one address: an office of a hundred shares one.
pub const PER_ADDRESS: Rate = rate(2_000, 3_000);
/// Requests of one session: someone who works quickly, with every file a page needs.
pub const PER_SESSION: Rate = rate(600, 600);
/// Searches for a person by one account: many at the desk in the morning, not a list of names.
pub const SEARCHES: Rate = rate(40, 4);
/// Reports of browsers about what they refused, of all together.
pub const REPORTS: Rate = rate(20, 20);
/// Lines in the log about limits: someone who is refused a thousand times a second should not fill the disk.
const NOTES: Rate = rate(30, 30);
/// Keys after which those that are long at rest are dropped.
const MANY: usize = 10_000;

impl From<Rate> for Quota {
    fn from(rate: Rate) -> Self {
        Self::per_minute(rate.per_minute).allow_burst(rate.burst)
    }
}

/// Counts. One for the whole program.
pub struct Pace {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    sessions: DefaultKeyedRateLimiter<[u8; 32]>,
    searches: DefaultKeyedRateLimiter<UserId>,
    reports: DefaultDirectRateLimiter,
    notes: DefaultDirectRateLimiter,
    /// For measuring.
    off: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            addresses: RateLimiter::keyed(PER_ADDRESS.into()),
            sessions: RateLimiter::keyed(PER_SESSION.into()),
            searches: RateLimiter::keyed(SEARCHES.into()),
            reports: RateLimiter::direct(REPORTS.into()),
            notes: RateLimiter::direct(NOTES.into()),
            off: false,
        }
    }
}

fn count<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Wait> {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    let now = DefaultClock::default().now();
    limiter.check_key(key).map_err(|until| Wait { seconds: until.wait_time_from(now).as_secs() + 1 })
}

impl Pace {
    /// Counts nothing.
    pub(crate) fn unlimited() -> Self {
        Self { off: true, ..Self::default() }
    }

    /// A search by an account. Too many is reported: looking up one name after the other is how a list is made.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn search(&self, user: UserId) -> Result<(), Wait> {
        if self.off {
            return Ok(());
        }
        // the account's number, no name: what an investigator needs to look further in the log of reading
        count(&self.searches, &user).inspect_err(|_| {
            if self.notes.check().is_ok() {
                tracing::warn!(event = "limit-search", account = %user.0, "limit");
            }
        })
    }

    /// Whether one more report of a browser is written down.
    pub(crate) fn report(&self) -> bool {
        self.reports.check().is_ok()
    }

    /// Another website sent a form in someone's name; written down as seldom as limits are.
    pub(crate) fn cross_site(&self) {
        if self.notes.check().is_ok() {
            tracing::warn!(event = "cross-site", "a form of another website was refused");
        }
    }

    fn note(&self, event: &'static str) {
        if self.notes.check().is_ok() {
            tracing::warn!(event, "limit");
        }
    }

    fn request(&self, request: &Request, cookie_name: &str) -> Result<(), Wait> {
        if self.off {
            return Ok(());
        }
        if let Some(Client(address)) = request.extensions().get::<Client>() {
            count(&self.addresses, &network(*address)).inspect_err(|_| self.note("limit-address"))?;
        }
        if let Some(token) = cookie(request.headers(), cookie_name) {
            // a hash: the token itself is a key to the files
            let hash: [u8; 32] = Sha256::digest(token).into();
            count(&self.sessions, &hash).inspect_err(|_| self.note("limit-session"))?;
        }
        Ok(())
    }
}

/// Someone with IPv6 has a whole network of addresses: it counts as one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(wide) => {
            let [a, b, c, d, ..] = wide.segments();
            IpAddr::V6(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// Refuses what comes too fast, before anything is done for it.
pub(crate) async fn limit(pace: &Pace, cookie_name: &str, request: Request, next: Next) -> Response {
    match pace.request(&request, cookie_name) {
        Ok(()) => next.run(request).await,
        Err(wait) => too_fast(wait, crate::security::language(request.headers())),
    }
}

/// The page that says so.
pub(crate) fn too_fast(wait: Wait, lang: crate::text::Lang) -> Response {
    Trouble::too_many(wait.seconds).says("error-too-fast").lang(lang).into_response()
}

/// The same for who searches too much, in the frame of their pages.
pub(crate) fn too_many_searches(wait: Wait) -> Trouble {
    Trouble::too_many(wait.seconds).says("error-too-many-searches")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn a_list_of_names_cannot_be_looked_up() {
        let (pace, user) = (Pace::default(), UserId(uuid::Uuid::from_u128(1)));
        let refused = (0..100).filter(|_| pace.search(user).is_err()).count();
        assert_eq!(refused, 60, "forty at once");
        assert!(pace.search(user).unwrap_err().seconds <= 16);
        assert!(pace.search(UserId(uuid::Uuid::from_u128(2))).is_ok(), "a colleague is not slowed down");
    }

    #[test]
    fn one_session_and_one_address_have_a_limit() {
        let pace = Pace::default();
        let mut request = Request::new(axum::body::Body::empty());
        request.headers_mut().insert("cookie", "bestendig=abc".parse().unwrap());
        let through = (0..1_000).filter(|_| pace.request(&request, "bestendig").is_ok()).count();
        assert!((600..620).contains(&through), "{through}");
        let mut other = Request::new(axum::body::Body::empty());
        other.extensions_mut().insert(Client("192.0.2.1".parse().unwrap()));
        let through = (0..4_000).filter(|_| pace.request(&other, "bestendig").is_ok()).count();
        assert!((2_000..2_200).contains(&through), "{through}");
    }
}
