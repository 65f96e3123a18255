//! Two clocks: the business date (facts, terms, pages) and the real clock (sign-in, logs).

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// Where time comes from; handed in, so that tests and the demo choose it.
pub trait Clock: Send + Sync {
    /// The real time.
    fn real(&self) -> Timestamp;
    /// The time of the work: the same, but for a demo that lives in another year.
    fn business(&self) -> Timestamp;

    /// The business date in the Netherlands.
    fn today(&self) -> Date {
        date_of(self.business())
    }
}

/// The date of a moment in Europe/Amsterdam.
pub fn date_of(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC)).date()
}

/// The machine's clock, shifted for the business date.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    shift: SignedDuration,
}

impl SystemClock {
    /// Business time is real time.
    pub fn real_time() -> Self {
        Self { shift: SignedDuration::ZERO }
    }

    /// Business time runs on with this shift from real time.
    pub fn shifted(shift: SignedDuration) -> Self {
        Self { shift }
    }

    /// The shift by which a business date begins now: at the same time of day in the Netherlands.
    pub fn shift_to(today: Date) -> SignedDuration {
        let now = now();
        let Ok(zone) = TimeZone::get("Europe/Amsterdam") else { return SignedDuration::ZERO };
        let time = now.to_zoned_datetime(zone.clone()).time();
        today
            .to_datetime(time)
            .to_zoned_datetime(zone)
            .map_or(SignedDuration::ZERO, |then| then.timestamp().duration_since(now))
    }

    /// The shift in force.
    pub fn shift(self) -> SignedDuration {
        self.shift
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the program looks at the clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

impl Clock for SystemClock {
    fn real(&self) -> Timestamp {
        micros(now())
    }
    fn business(&self) -> Timestamp {
        micros(now() + self.shift)
    }
}

/// Times are kept in microseconds: what is written reads back the same.
fn micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
