//! Counting: who or what a question counts, one by one, and what was left out (design.md 6.17).
//!
//! Pure: a snapshot and a question in, members out. Every figure, drill-down and difference is made of the same members,
//! so there is one way to count.

use std::collections::BTreeMap;

use domain::{
    codes::Status,
    programme::{Base, Classification, Column, Exclude, Of, OutcomeClass, Part},
    spell::Line,
};
use jiff::civil::Date;

use crate::{
    history::{Person, Review, Snapshot, Spell, Trip},
    question::{Moment, Period, Question},
};

/// One thing counted: a participant, a spell of a phase, a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Place of the trajectory in the snapshot; the participant follows from it.
    pub trip: usize,
    /// The day on which it began or ended, or the reference date.
    pub on: Date,
    /// How many days it lasted, where that is measured.
    pub days: Option<i64>,
    /// The review, where reviews are counted.
    pub review: Option<Review>,
}

/// Why something was left out, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excluded(pub BTreeMap<&'static str, u64>);

impl Excluded {
    fn add(&mut self, why: &'static str) {
        *self.0.entry(why).or_default() += 1;
    }
}

/// What a question counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// One by one, in order of participant and day.
    pub members: Vec<Member>,
    /// What was left out.
    pub excluded: Excluded,
}

/// Counts.
pub fn count(snapshot: &Snapshot, question: &Question<'_>) -> Counted {
    let definition = question.definition;
    let mut counted = Counted::default();
    match definition.of {
        Of::Participation => participation(snapshot, question, &mut counted),
        Of::ReEntry => re_entry(snapshot, question, &mut counted),
        Of::Phase => phases(snapshot, question, &mut counted),
        Of::Review => reviews(snapshot, question, &mut counted),
    }
    let Counted { members, mut excluded } = counted;
    let mut kept = Vec::new();
    for member in members {
        let value = |column| value(snapshot, question, &member, column);
        if definition.exclude.contains(&Exclude::Returned) && value(Column::ReEntry) == "yes" {
            excluded.add("returned");
        } else if definition.only.iter().any(|part| !within(part, &value(part.column))) {
            excluded.add("another-group");
        } else {
            kept.push(member);
        }
    }
    Counted { members: kept, excluded }
}

/// Whether a value belongs to a part; without values, whether anything is known.
pub fn within(part: &Part, value: &str) -> bool {
    if part.values.is_empty() {
        return value != "unknown" && value != "none";
    }
    part.values.iter().any(|wanted| *wanted == *value)
}

pub(crate) fn days(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

pub(crate) fn holds(period: Period, day: Date) -> bool {
    period.from <= day && day < period.to
}

/// The trajectories of a participant in the place that is asked about, in order of registration.
pub(crate) fn here<'a>(
    snapshot: &'a Snapshot,
    person: &'a Person,
    question: &'a Question<'_>,
) -> impl DoubleEndedIterator<Item = (usize, &'a Trip)> {
    let site = question.site.as_ref();
    let trips = person.trips.iter().map(|place| (*place, &snapshot.trips[*place]));
    trips.filter(move |(_, trip)| site.is_none_or(|site| *trip.site == *site.as_str()))
}

fn counting<'a>(trip: &'a Trip, statuses: &'a [Status]) -> impl Iterator<Item = &'a Spell> {
    trip.line(Line::Status).filter(|spell| statuses.iter().any(|status| status.code() == &*spell.code))
}

/// The first day of taking part in a trajectory.
pub(crate) fn entered(trip: &Trip, statuses: &[Status]) -> Option<Date> {
    counting(trip, statuses).map(|spell| spell.from).min()
}

fn participation(snapshot: &Snapshot, question: &Question<'_>, out: &mut Counted) {
    for person in snapshot.people.iter() {
        match question.moment {
            Moment::Inflow(period) => first_day(snapshot, person, question, period, out),
            Moment::Stock(on) => present(snapshot, person, question, on, out),
            Moment::Outflow(period) => left(snapshot, person, question, period, out),
        }
    }
}

/// Entered: the first day of taking part, ever, lies in the period.
fn first_day(snapshot: &Snapshot, person: &Person, question: &Question<'_>, period: Period, out: &mut Counted) {
    let statuses = &question.definition.statuses;
    let first =
        here(snapshot, person, question).filter_map(|(place, trip)| Some((entered(trip, statuses)?, place))).min();
    match first {
        Some((on, trip)) if holds(period, on) => out.members.push(Member { trip, on, days: None, review: None }),
        // came back in the period: told apart, never counted as new
        Some((on, _)) if on < period.from => {
            let mut again = here(snapshot, person, question).filter_map(|(_, trip)| entered(trip, statuses));
            if again.any(|on| holds(period, on)) {
                out.excluded.add("entered-before");
            }
        }
        _ => registered_only(snapshot, person, question, period, out),
    }
}

/// Registered in the period, and not taking part by its end.
fn registered_only(snapshot: &Snapshot, person: &Person, question: &Question<'_>, period: Period, out: &mut Counted) {
    if here(snapshot, person, question).any(|(_, trip)| holds(period, trip.opened)) {
        out.excluded.add("not-entered");
    }
}

/// Present: takes part at the start of the day. In two trajectories at once, the later one counts.
fn present(snapshot: &Snapshot, person: &Person, question: &Question<'_>, on: Date, out: &mut Counted) {
    let statuses = &question.definition.statuses;
    let taking_part = |trip: &Trip| counting(trip, statuses).any(|spell| spell.at_start_of(on));
    if let Some((trip, _)) = here(snapshot, person, question).rev().find(|(_, trip)| taking_part(trip)) {
        out.members.push(Member { trip, on, days: None, review: None });
        return;
    }
    let open = |spell: &Spell| !matches!(&*spell.code, "left" | "refused") && spell.at_start_of(on);
    if here(snapshot, person, question).any(|(_, trip)| trip.line(Line::Status).any(open)) {
        out.excluded.add("other-status");
    }
}

/// Left: the latest trajectory in which someone took part before the end of the period ended by leaving within it.
fn left(snapshot: &Snapshot, person: &Person, question: &Question<'_>, period: Period, out: &mut Counted) {
    let statuses = &question.definition.statuses;
    let took_part = |trip: &Trip| entered(trip, statuses).is_some_and(|on| on < period.to);
    let trips: Vec<(usize, &Trip)> = here(snapshot, person, question).filter(|(_, trip)| took_part(trip)).collect();
    let Some((latest, trip)) = trips.last() else { return };
    if let Some((on, _)) = trip.left.as_ref().filter(|(on, _)| holds(period, *on)) {
        out.members.push(Member { trip: *latest, on: *on, days: None, review: None });
    } else if trip.left.is_none() && trip.ended().is_some_and(|on| holds(period, on)) {
        out.excluded.add("ended-otherwise");
    } else if trips.iter().any(|(_, trip)| trip.left.as_ref().is_some_and(|(on, _)| holds(period, *on))) {
        out.excluded.add("came-back");
    }
}

/// Came back: the first day of taking part in a trajectory lies in the period, and an earlier one had ended.
fn re_entry(snapshot: &Snapshot, question: &Question<'_>, out: &mut Counted) {
    let Moment::Inflow(period) = question.moment else { return };
    let statuses = &question.definition.statuses;
    for person in snapshot.people.iter() {
        let again =
            here(snapshot, person, question).filter_map(|(place, trip)| Some((entered(trip, statuses)?, place)));
        let mut again = again.filter(|(on, place)| holds(period, *on) && returned(snapshot, *place));
        if let Some((on, trip)) = again.next() {
            out.members.push(Member { trip, on, days: None, review: None });
            again.for_each(|_| out.excluded.add("counted-once"));
        }
    }
}

/// Whether a trajectory follows on an earlier one, anywhere, in which the participant took part and which had ended.
pub(crate) fn returned(snapshot: &Snapshot, place: usize) -> bool {
    let trip = &snapshot.trips[place];
    let Some(on) = entered(trip, domain::programme::TAKING_PART) else { return false };
    let others = snapshot.people[trip.person].trips.iter().filter(|other| **other != place);
    others.map(|other| &snapshot.trips[*other]).any(|other| {
        entered(other, domain::programme::TAKING_PART).is_some_and(|first| first < on)
            && other.ended().is_some_and(|ended| ended <= on)
    })
}

fn phases(snapshot: &Snapshot, question: &Question<'_>, out: &mut Counted) {
    let wanted = |spell: &&Spell| question.definition.phases.iter().any(|phase| phase.code() == &*spell.code);
    for person in snapshot.people.iter() {
        for (place, trip) in here(snapshot, person, question) {
            for spell in trip.line(Line::Phase).filter(wanted) {
                let cut = spell.to.is_some() && spell.to == trip.ended();
                interval(question, place, (spell.from, spell.to, cut), None, out);
            }
        }
    }
}

/// An interval that began, lasts, or ended: what it adds to what is counted.
fn interval(
    question: &Question<'_>,
    trip: usize,
    (from, to, cut): (Date, Option<Date>, bool),
    review: Option<Review>,
    out: &mut Counted,
) {
    let member = |on, days| Member { trip, on, days: Some(days), review };
    match question.moment {
        Moment::Inflow(period) if holds(period, from) => {
            out.members.push(member(from, to.map_or(0, |to| days(from, to))));
        }
        Moment::Stock(on) if from < on && to.is_none_or(|to| to >= on) => out.members.push(member(on, days(from, on))),
        Moment::Outflow(period) => {
            let Some(to) = to.filter(|to| holds(period, *to)) else { return };
            if cut && question.definition.exclude.contains(&Exclude::CutShort) {
                out.excluded.add("cut-short");
            } else {
                out.members.push(member(to, days(from, to)));
            }
        }
        Moment::Inflow(_) | Moment::Stock(_) => {}
    }
}

/// Reviews: each on its day; as outflow or stock, the wait for one since the review before, or since guidance began.
fn reviews(snapshot: &Snapshot, question: &Question<'_>, out: &mut Counted) {
    for person in snapshot.people.iter() {
        for (place, trip) in here(snapshot, person, question) {
            if let Moment::Inflow(period) = question.moment {
                for review in trip.reviews.iter().filter(|review| holds(period, review.on)) {
                    out.members.push(Member { trip: place, on: review.on, days: None, review: Some(*review) });
                }
                continue;
            }
            let guidance = trip.line(Line::Phase).find(|spell| &*spell.code == "guidance").map(|spell| spell.from);
            let mut since = guidance;
            for review in &trip.reviews {
                if let Some(from) = since.filter(|from| *from <= review.on) {
                    interval(question, place, (from, Some(review.on), false), Some(*review), out);
                }
                since = Some(review.on);
            }
            if let Some(from) = since {
                let ended = trip.ended();
                interval(question, place, (from, ended, ended.is_some()), None, out);
            }
        }
    }
}

/// The value of a member in a column.
pub fn value(snapshot: &Snapshot, question: &Question<'_>, member: &Member, column: Column) -> String {
    let trip = &snapshot.trips[member.trip];
    let text = |value: &str| value.to_owned();
    let yes_no = |yes: bool| text(if yes { "yes" } else { "no" });
    let state = |line: Line| state(trip, line, question.moment.base(), member.on).map(|spell| text(&spell.code));
    match column {
        Column::Site => text(&trip.site),
        Column::Method => text(&trip.method),
        Column::Status => status(trip, question, member).unwrap_or_else(|| text("unknown")),
        Column::Phase => state(Line::Phase).unwrap_or_else(|| text("unknown")),
        Column::Scenario => state(Line::Scenario).unwrap_or_else(|| text("none")),
        Column::Pause => state(Line::Pause).unwrap_or_else(|| text("none")),
        Column::Cooperation => match member.review {
            Some(review) => yes_no(review.cooperates),
            None => state(Line::Cooperation).unwrap_or_else(|| text("none")),
        },
        Column::Consequence => yes_no(member.review.is_some_and(|review| review.consequence)),
        Column::Reason => trip.left.as_ref().map_or_else(|| text("unknown"), |(_, reason)| text(reason)),
        Column::Class => class(question.classification, trip).unwrap_or_else(|| text("unknown")),
        Column::AgeBand => {
            let band = identity(snapshot, trip, member.on).and_then(|identity| identity.age_band);
            band.map_or_else(|| text("unknown"), |band| band.0.to_string())
        }
        Column::Sex => {
            let sex = identity(snapshot, trip, member.on).and_then(|identity| identity.sex);
            text(sex.map_or("unknown", |sex| sex.code()))
        }
        Column::Dtv => yes_no(trip.dtv.is_some_and(|since| match question.moment {
            Moment::Stock(on) => since < on,
            _ => since <= member.on,
        })),
        Column::ReEntry => yes_no(returned(snapshot, member.trip)),
        Column::Quarter => format!("{}-Q{}", member.on.year(), (member.on.month() + 2) / 3),
    }
}

/// The spell that lasts when the member is counted: on the day something begins, at the end of it; otherwise at its start.
fn state(trip: &Trip, line: Line, base: Base, on: Date) -> Option<&Spell> {
    trip.line(line)
        .filter(|spell| if base == Base::Inflow { spell.at_end_of(on) } else { spell.at_start_of(on) })
        .last()
}

/// The status that made someone count.
fn status(trip: &Trip, question: &Question<'_>, member: &Member) -> Option<String> {
    let statuses = &question.definition.statuses;
    let counting = counting(trip, statuses).filter(|spell| match question.moment {
        Moment::Inflow(_) => spell.from == member.on,
        _ => spell.at_start_of(member.on),
    });
    let other = || state(trip, Line::Status, question.moment.base(), member.on);
    counting.last().or_else(other).map(|spell| spell.code.to_string())
}

fn class(by: Option<&Classification>, trip: &Trip) -> Option<String> {
    let (_, reason) = trip.left.as_ref()?;
    let class: OutcomeClass = by?.map.iter().find(|(code, _)| **code == **reason)?.1.class;
    Some(class.code().to_owned())
}

/// Age and sex as recorded up to a day; what was recorded first, for a day before that.
pub(crate) fn identity(snapshot: &Snapshot, trip: &Trip, on: Date) -> Option<crate::history::Identity> {
    let known = &snapshot.people[trip.person].identities;
    known.iter().rev().find(|identity| identity.on <= on).or_else(|| known.first()).copied()
}
