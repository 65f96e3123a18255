//! Why this date: what started a term, how long it is, when it stood still, what it was extended by, and what weekends and
//! holidays did to its end; and the same as a picture.

use desk::{File, TimelineItem};
use domain::{
    calendar::{self, Length, Move},
    date::days,
    ids::FactId,
    term::{Extension, StandStill, Term},
};
use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

use crate::{names::Names, text::L};

/// A step of the count.
pub(crate) struct WhyStep {
    /// The day, or the days.
    pub(crate) day: String,
    /// What happened then.
    pub(crate) words: String,
    /// The facts behind it: address and words.
    pub(crate) links: Vec<(String, String)>,
}

/// A piece of the picture, in days from day 0.
pub(crate) struct Piece {
    pub(crate) class: &'static str,
    pub(crate) x: i32,
    pub(crate) width: i32,
}

/// The term as a strip.
pub(crate) struct Strip {
    /// Days from day 0 up to and with the last.
    pub(crate) days: i32,
    pub(crate) pieces: Vec<Piece>,
    /// In words, for who cannot see it.
    pub(crate) words: String,
}

/// What explains a term.
pub(crate) struct Why<'a> {
    pub(crate) file: &'a File,
    pub(crate) l: L,
    pub(crate) names: &'a Names,
    /// The facts of the file that the asker may see, where the page has them.
    pub(crate) facts: &'a [TimelineItem],
}

impl Why<'_> {
    /// The steps from day 0 to the last day.
    pub(crate) fn steps(&self, term: &Term) -> Vec<WhyStep> {
        let l = self.l;
        let mut out = vec![WhyStep {
            day: l.date(term.start),
            words: l.t("why-start").into_owned(),
            links: term.triggers.iter().filter_map(|fact| self.link(*fact)).collect(),
        }];
        let Some(length) = term.length else {
            out.push(self.step(l.t("why-length"), l.t("term-no-length")));
            return out;
        };
        out.push(WhyStep { day: l.date(length.from(term.start)), words: self.length(length), links: vec![] });
        out.extend(term.extensions.iter().map(|extension| self.extension(extension)));
        out.extend(term.stops.iter().map(|stop| self.stop(stop)));
        if !term.has_end() {
            out.push(self.step(l.t("why-last-day"), l.t("why-not-known")));
            return out;
        }
        out.extend(term.moves.iter().map(|moved| self.moved(*moved)));
        if term.moves.is_empty() && !calendar::is_working_day(term.end) {
            let words = l.f("term-day-off", &[("date", &l.date(term.end)), ("day", &self.day_off(term.end))]);
            out.push(WhyStep { day: l.date(term.end), words, links: vec![] });
        }
        out.push(self.step(l.t("why-calendar"), l.code("calendar", term.calendar.code())));
        out.push(self.step(l.t("why-last-day"), l.date(term.end)));
        out
    }

    fn step(&self, day: impl Into<String>, words: impl Into<String>) -> WhyStep {
        WhyStep { day: day.into(), words: words.into(), links: vec![] }
    }

    /// Where the rule stands: its version, the way of working, and who published the length or whose assumption it is.
    pub(crate) fn rule(&self, term: &Term) -> Vec<String> {
        let (l, programme) = (self.l, self.names.programme());
        let mut out = vec![l.t(&format!("rule-{}-why", term.rule.code())).into_owned()];
        let Some(method) = programme.method(&self.file.trajectory.method) else { return out };
        let name = self.names.text(&method.name);
        out.push(l.f("term-rule", &[("version", &term.version), ("method", &name)]));
        if term.rule == domain::term::Rule::RestPeriod {
            out.push(l.code("rest-starts", method.rest_starts).into_owned());
        }
        let key = term.rule.key().unwrap_or_default();
        out.extend(method.sources.get(key).map(|source| l.f("why-source", &[("source", source)])));
        let assumed = method.assumptions.get(key).map(|text| self.names.text(text));
        out.extend(assumed.map(|text| l.f("why-assumption", &[("text", &text)])));
        out
    }

    fn length(&self, length: Length) -> String {
        let l = self.l;
        match length {
            Length::Days(days) => l.f("why-days", &[("count", &days)]),
            Length::Weeks(weeks) => l.f("why-weeks", &[("count", &weeks)]),
            Length::Months(months) => l.f("why-months", &[("count", &months)]),
            Length::Until(_) => l.t("why-agreed").into_owned(),
        }
    }

    fn stop(&self, stop: &StandStill) -> WhyStep {
        let (l, t) = (self.l, &self.file.trajectory);
        let pauses = t.pauses.iter().filter(|pause| stop.facts.contains(&pause.fact));
        let reasons: Vec<String> = pauses.map(|pause| self.names.pause(l, pause.code.as_ref())).collect();
        let why = reasons.join(", ");
        let (day, words) = match stop.to.zip(stop.days()) {
            Some((to, days)) => {
                let span = l.f("span", &[("from", &l.date(stop.from)), ("to", &l.date(to))]);
                (span, l.f("why-stood-still", &[("days", &days), ("why", &why)]))
            }
            None => (l.f("span-open", &[("from", &l.date(stop.from))]), l.f("why-stands-still", &[("why", &why)])),
        };
        WhyStep { day, words, links: stop.facts.iter().filter_map(|fact| self.link(*fact)).collect() }
    }

    fn extension(&self, extension: &Extension) -> WhyStep {
        let l = self.l;
        let (ground, by) = (extension.ground.as_deref().unwrap_or("–"), extension.by.as_deref().unwrap_or("–"));
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("until", &l.date(extension.until)), ("days", &extension.days), ("by", &by), ("ground", &ground)];
        let links = self.link(extension.fact).into_iter().collect();
        WhyStep { day: l.date(extension.on), words: l.f("why-extended", &values), links }
    }

    fn moved(&self, moved: Move) -> WhyStep {
        let l = self.l;
        // each day that was passed over, in words
        let off =
            moved.from.series(1.day()).take_while(|on| *on < moved.to).filter(|on| !calendar::is_working_day(*on));
        let off: Vec<String> =
            off.map(|on| l.f("why-day-off", &[("date", &l.short(on)), ("day", &self.day_off(on))])).collect();
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("from", &l.date(moved.from)), ("to", &l.date(moved.to)), ("days", &off.join(", "))];
        WhyStep { day: l.date(moved.to), words: l.f(&format!("moved-{}", moved.ground.code()), &values), links: vec![] }
    }

    fn day_off(&self, on: Date) -> String {
        match calendar::holiday(on) {
            Some(holiday) => self.l.code("holiday", holiday.code()),
            None if on.weekday() == Weekday::Sunday => self.l.t("day-sunday"),
            None => self.l.t("day-saturday"),
        }
        .into_owned()
    }

    /// A fact on the timeline; what the asker may not see is not linked.
    fn link(&self, fact: FactId) -> Option<(String, String)> {
        let (l, t) = (self.l, &self.file.trajectory);
        let fact = t.current(fact);
        let found = self.facts.iter().find(|item| item.fact.header.id == fact);
        let words = match found {
            Some(item) => {
                let h = &item.fact.header;
                let of = h.codes.partner.as_ref().map(|org| format!(" ({})", self.names.org_id(org)));
                format!("{}{}, {}", l.code("kind", h.kind), of.unwrap_or_default(), l.date(h.valid_from))
            }
            None if self.facts.is_empty() => l.t("term-trigger").into_owned(),
            None => return None,
        };
        Some((format!("/traject/{}/tijdlijn?alles=1#feit-{fact}", t.id), words))
    }

    /// The picture: one piece for every stretch of days of a kind. None without an end, or for a day alone.
    pub(crate) fn strip(&self, term: &Term) -> Option<Strip> {
        let total = days(term.start, term.end);
        if !term.has_end() || total < 1 {
            return None;
        }
        let plain = days(term.start, term.plain);
        let mut pieces = vec![Piece { class: "run", x: 0, width: plain + 1 }];
        let added: i32 = term.extensions.iter().map(|extension| i32::from(extension.days)).sum();
        if added > 0 {
            pieces.push(Piece { class: "extra", x: (plain - added + 1).max(1), width: added });
        }
        let stops = term.stops.iter().filter_map(|stop| Some((days(term.start, stop.from), stop.days()?)));
        pieces.extend(stops.map(|(x, width)| Piece { class: "still", x, width }));
        if total > plain {
            pieces.push(Piece { class: "moved", x: plain + 1, width: total - plain });
        }
        let still: i32 = term.stops.iter().filter_map(StandStill::days).sum();
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("days", &total), ("still", &still), ("added", &added), ("moved", &(total - plain))];
        Some(Strip { days: total + 1, pieces, words: self.l.f("why-strip", &values) })
    }
}
