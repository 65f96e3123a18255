//! The invitation to a sitting as iCalendar (RFC 5545): day, time and place. Nothing about anyone who is on the agenda: it
//! goes to calendars and mailboxes that this program does not watch over.

use domain::sitting::{Sitting, Stage};
use icalendar::{Calendar, Component as _, Event, EventLike as _};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

/// The zone that days and times of sittings are in.
const ZONE: &str = "Europe/Amsterdam";

/// The invitation. Sent again after the sitting was moved or cancelled it takes the place of the one before (`SEQUENCE`).
pub fn invitation(sitting: &Sitting, summary: &str, words: &str, now: Timestamp) -> String {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let begins = zone.to_ambiguous_zoned_datetime(sitting.on.to_datetime(sitting.at)).compatible();
    let begins = begins.map_or(now, |zoned| zoned.timestamp());
    let ends = begins.saturating_add(i64::from(sitting.minutes).minutes()).unwrap_or(begins);
    let moment = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let cancelled = sitting.stage == Stage::Cancelled;
    let mut event = Event::new();
    event
        .uid(&format!("{}@bestendig", sitting.id))
        .summary(summary)
        .description(words)
        .location(&sitting.place)
        .add_property("DTSTAMP", moment(now))
        .add_property("DTSTART", moment(begins))
        .add_property("DTEND", moment(ends))
        .add_property("SEQUENCE", sitting.version.to_string())
        .add_property("STATUS", if cancelled { "CANCELLED" } else { "CONFIRMED" });
    let mut calendar = Calendar::new();
    calendar.append_property(("METHOD", if cancelled { "CANCEL" } else { "PUBLISH" }));
    calendar.push(event.done());
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use domain::{
        codes::Board,
        ids::{SittingId, TrajectoryId, UserId},
        sitting::{Act, Line, Slot},
    };

    use super::*;

    fn sitting(more: Vec<Act>) -> Sitting {
        let first = Act::Planned {
            board: Board::Lso,
            site: "groningen".parse().unwrap(),
            on: "2022-07-12".parse().unwrap(),
            at: jiff::civil::time(9, 30, 0, 0),
            minutes: 90,
            place: "Stadhuis, kamer 2; trap".into(),
        };
        let acts = std::iter::once(first).chain(more);
        let by = UserId(uuid::Uuid::nil());
        let lines: Vec<Line> =
            (1..).zip(acts).map(|(number, act)| Line { number, at: Timestamp::UNIX_EPOCH, by, act }).collect();
        Sitting::of(SittingId(uuid::Uuid::nil()), &lines).unwrap()
    }

    #[test]
    fn summer_time_is_told_in_utc_and_text_is_escaped() {
        let text = invitation(&sitting(vec![]), "LSO Groningen", "Zie Bestendig.", Timestamp::UNIX_EPOCH);
        for line in [
            "DTSTART:20220712T073000Z",
            "DTEND:20220712T090000Z",
            "DTSTAMP:19700101T000000Z",
            "LOCATION:Stadhuis\\, kamer 2\\; trap",
            "METHOD:PUBLISH",
            "SEQUENCE:1",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    }

    #[test]
    fn who_is_on_the_agenda_does_not_travel() {
        let case = TrajectoryId(uuid::Uuid::from_u128(0x1234_5678));
        let with = sitting(vec![Act::Ordered { slots: vec![Slot { case, minutes: 20 }] }]);
        let text = invitation(&with, "LSO Groningen", "Zie Bestendig.", Timestamp::UNIX_EPOCH);
        assert!(!text.contains("12345678") && !text.contains("GRO-"), "{text}");
    }

    #[test]
    fn a_cancelled_sitting_leaves_the_calendar() {
        let off = sitting(vec![Act::Cancelled { reason: "geen zaal".into() }]);
        let text = invitation(&off, "LSO Groningen", "Zie Bestendig.", Timestamp::UNIX_EPOCH);
        assert!(text.contains("METHOD:CANCEL") && text.contains("STATUS:CANCELLED") && text.contains("SEQUENCE:2"));
        assert!(!text.contains("geen zaal"), "why is told in the program");
    }
}
