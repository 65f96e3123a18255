//! The spells behind a released table, as they lie to its day or period: enough to count the table again, and no more.
//!
//! A table has a calendar day; a pack has none. With the days of `spells.csv` and the calendar together, the first day of people
//! could be counted back. So the spells of a table stand apart: under numbers that hold in that table alone, without days from
//! someone's first day, as *before*, *in* or *after* the period, and with the values of the released cells only.

use std::collections::BTreeMap;

use domain::{
    codes::Status,
    programme::{Base, Definition, Exclude, Measure, Of},
    spell::Line,
};

use super::Key;
use crate::{
    count::{self, Member},
    figure::{Value, quarter_ranks},
    guarded::{Guarded, Told},
    history::{Snapshot, Spell, Trip},
    question::{Moment, Question},
};

/// Who left or was refused takes no part and waits for nothing.
const CLOSED: [Status; 2] = [Status::Left, Status::Refused];

/// A spell that a table looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    /// Which table: `t01` for all together, `t01-by` for its cells.
    pub(crate) table: String,
    /// Number of the person in this table, or of the spell where spells are counted.
    pub(crate) person: usize,
    /// Which of their trajectories, in order of registration.
    pub(crate) trajectory: usize,
    /// What the spell is about: `status`, `phase` or `review`.
    pub(crate) line: String,
    /// Its value.
    pub(crate) code: String,
    /// `before` or `in` the period.
    pub(crate) begins: String,
    /// `in` the period, `after` it, `otherwise` than by leaving; empty where the table does not ask.
    pub(crate) ends: String,
    /// Whether it ended because the trajectory did.
    pub(crate) cut: String,
    /// Whether the trajectory is a return.
    pub(crate) returned: String,
    /// Whether it belongs to those that the definition is about.
    pub(crate) only: String,
    /// Whether it is in the part of a share.
    pub(crate) part: String,
    /// The cell, where the release tells it.
    pub(crate) cell: String,
    /// How many days it lasted, to the nearest that a quartile rests on.
    pub(crate) days: Option<i64>,
}

/// A spell that may count.
struct Candidate {
    /// Who: place of the person, or of the spell where spells are counted.
    who: usize,
    trip: usize,
    row: Seen,
    /// What is counted by it, if it is.
    member: Option<Member>,
}

/// The spells of a table: all together, and by cell.
pub(crate) fn seen(snapshot: &Snapshot, question: &Question<'_>, told: &Guarded, key: &Key, table: &str) -> Vec<Seen> {
    let view = View { snapshot, question, key };
    let mut out = Vec::new();
    if !matches!(told.total, Told::Hidden(_)) {
        let mut all = view.candidates();
        all.iter_mut().for_each(|one| view.says(one, told.total, false));
        out.extend(view.numbered(table, all));
    }
    let cells: BTreeMap<&[String], Told> = told.cells.iter().map(|(cell, told)| (&cell[..], *told)).collect();
    let mut by_cell = view.candidates();
    let mut open = std::collections::BTreeSet::new();
    for one in &mut by_cell {
        let Some(cell) = one.member.as_ref().filter(|member| view.kept(member)).map(|member| view.cell(member)) else {
            continue;
        };
        match cells.get(&cell[..]) {
            Some(told) if !matches!(told, Told::Hidden(_)) => {
                open.insert(one.who);
                view.says(one, *told, true);
            }
            _ => {}
        }
    }
    by_cell.retain(|one| open.contains(&one.who));
    out.extend(view.numbered(&format!("{table}-by"), by_cell));
    out
}

struct View<'a> {
    snapshot: &'a Snapshot,
    question: &'a Question<'a>,
    key: &'a Key,
}

const fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

impl View<'_> {
    fn definition(&self) -> &Definition {
        self.question.definition
    }

    fn trip(&self, place: usize) -> &Trip {
        &self.snapshot.trips[place]
    }

    fn value(&self, member: &Member, column: domain::programme::Column) -> String {
        count::value(self.snapshot, self.question, member, column)
    }

    fn cell(&self, member: &Member) -> Vec<String> {
        self.question.by.iter().map(|column| self.value(member, *column)).collect()
    }

    fn among(&self, member: &Member) -> bool {
        self.definition().only.iter().all(|part| count::within(part, &self.value(member, part.column)))
    }

    fn is_return(&self, trip: usize) -> bool {
        count::returned(self.snapshot, trip)
    }

    fn cut(&self, member: &Member) -> bool {
        let ended = self.trip(member.trip).ended();
        match self.definition().of {
            Of::Review => member.review.is_none(),
            _ => ended == Some(member.on),
        }
    }

    /// Whether the definition counts it after all.
    fn kept(&self, member: &Member) -> bool {
        let without = &self.definition().exclude;
        let intervals = matches!(self.definition().of, Of::Phase | Of::Review);
        let cut = intervals && self.question.moment.base() == Base::Outflow && self.cut(member);
        self.among(member)
            && !(without.contains(&Exclude::Returned) && self.is_return(member.trip))
            && !(without.contains(&Exclude::CutShort) && cut)
    }

    /// Fills in what is told of a spell that is counted, and only as far as its number is.
    fn says(&self, one: &mut Candidate, told: Told, cell: bool) {
        let Some(member) = &one.member else { return };
        if let (Some(part), Told::Value(Value::Share { .. })) = (&self.definition().share, told) {
            one.row.part = yes_no(count::within(part, &self.value(member, part.column))).to_owned();
        }
        if cell {
            one.row.cell = self.cell(member).join("+");
        }
        if self.definition().measure == Measure::Days && self.kept(member) {
            one.row.days = member.days;
        }
    }

    fn candidates(&self) -> Vec<Candidate> {
        // all that begin, are there or end; what the definition leaves out of them is marked, not missing
        let wide = Definition { only: vec![], exclude: vec![], ..self.definition().clone() };
        let question = Question { definition: &wide, ..self.question.clone() };
        let counted = count::count(self.snapshot, &question).members;
        match self.definition().of {
            Of::Participation | Of::ReEntry => self.statuses(counted),
            Of::Phase | Of::Review => counted.into_iter().enumerate().map(|one| self.interval(one)).collect(),
        }
    }

    /// One spell that is counted itself: a phase, or a review and the wait for it.
    fn interval(&self, (who, member): (usize, Member)) -> Candidate {
        let (line, code) = match self.definition().of {
            Of::Phase => ("phase", self.phase(&member)),
            _ => ("review", member.review.map_or("none", |review| yes_no(review.cooperates)).to_owned()),
        };
        let (begins, ends) = match self.question.moment.base() {
            Base::Inflow => ("in", ""),
            Base::Stock => ("before", "after"),
            Base::Outflow => ("", "in"),
        };
        let cut = if self.question.moment.base() == Base::Outflow { yes_no(self.cut(&member)) } else { "" };
        let row = Seen {
            trajectory: 1,
            line: line.to_owned(),
            code,
            begins: begins.to_owned(),
            ends: ends.to_owned(),
            cut: cut.to_owned(),
            ..self.marked(&member)
        };
        Candidate { who, trip: member.trip, row, member: Some(member) }
    }

    /// The phase that begins, lasts or ends when it is counted.
    fn phase(&self, member: &Member) -> String {
        let wanted = |spell: &&Spell| self.definition().phases.iter().any(|phase| phase.code() == &*spell.code);
        let counts = |spell: &&Spell| match self.question.moment {
            Moment::Inflow(_) => spell.from == member.on,
            Moment::Stock(on) => spell.at_start_of(on),
            Moment::Outflow(_) => spell.to == Some(member.on),
        };
        let found = self.trip(member.trip).line(Line::Phase).filter(wanted).find(counts);
        found.map_or_else(String::new, |spell| spell.code.to_string())
    }

    fn marked(&self, member: &Member) -> Seen {
        let (definition, mut row) = (self.definition(), Seen::default());
        if !definition.only.is_empty() {
            row.only = yes_no(self.among(member)).to_owned();
        }
        if definition.exclude.contains(&Exclude::Returned) {
            row.returned = yes_no(self.is_return(member.trip)).to_owned();
        }
        row
    }

    /// The spells of participation of everyone who may count.
    fn statuses(&self, counted: Vec<Member>) -> Vec<Candidate> {
        let members: BTreeMap<usize, Member> =
            counted.into_iter().map(|member| (self.trip(member.trip).person, member)).collect();
        let mut out = Vec::new();
        for (who, person) in self.snapshot.people.iter().enumerate() {
            let trips: Vec<(usize, &Trip)> = count::here(self.snapshot, person, self.question).collect();
            let mut own = Vec::new();
            for (number, (place, trip)) in (1..).zip(&trips) {
                let open = |spell: &&Spell| !CLOSED.iter().any(|status| status.code() == &*spell.code);
                own.extend(trip.line(Line::Status).filter(open).map(|spell| (number, *place, spell)));
            }
            if !self.looked_at(&trips, &own) {
                continue;
            }
            own.retain(|(_, _, spell)| self.before_the_end(spell));
            if self.definition().of == Of::Participation && self.question.moment.base() == Base::Inflow {
                own.sort_by_key(|(_, place, spell)| (spell.from, *place));
            }
            out.extend(own.into_iter().map(|(number, place, spell)| {
                let member = members.get(&who).filter(|member| {
                    let begins = self.question.moment.base() != Base::Inflow || spell.from == member.on;
                    member.trip == place && begins
                });
                self.status(who, number, place, spell, member.cloned())
            }));
        }
        out
    }

    /// Whether anything of a person begins, is there or ends when the table looks.
    fn looked_at(&self, trips: &[(usize, &Trip)], own: &[(usize, usize, &Spell)]) -> bool {
        match self.question.moment {
            Moment::Stock(on) => own.iter().any(|(_, _, spell)| spell.at_start_of(on)),
            Moment::Inflow(period) => own.iter().any(|(_, _, spell)| count::holds(period, spell.from)),
            Moment::Outflow(period) => {
                trips.iter().any(|(_, trip)| trip.left.as_ref().is_some_and(|(on, _)| count::holds(period, *on)))
            }
        }
    }

    fn before_the_end(&self, spell: &Spell) -> bool {
        match self.question.moment {
            Moment::Stock(on) => spell.at_start_of(on),
            Moment::Inflow(period) | Moment::Outflow(period) => spell.from < period.to,
        }
    }

    fn status(&self, who: usize, number: usize, trip: usize, spell: &Spell, member: Option<Member>) -> Candidate {
        let (begins, ends) = match self.question.moment {
            Moment::Stock(_) => ("before", "after"),
            Moment::Inflow(period) => (if spell.from < period.from { "before" } else { "in" }, ""),
            Moment::Outflow(period) => ("", self.leaves(trip, period)),
        };
        let marked = member.as_ref().map_or_else(Seen::default, |member| self.marked(member));
        let returned = match self.definition().of {
            Of::ReEntry => yes_no(self.is_return(trip)).to_owned(),
            _ => marked.returned.clone(),
        };
        let row = Seen {
            trajectory: number,
            line: Line::Status.code().to_owned(),
            code: spell.code.to_string(),
            begins: begins.to_owned(),
            ends: ends.to_owned(),
            returned,
            ..marked
        };
        Candidate { who, trip, row, member }
    }

    fn leaves(&self, trip: usize, period: crate::question::Period) -> &'static str {
        let trip = self.trip(trip);
        match (&trip.left, trip.ended()) {
            (Some((on, _)), _) if *on < period.from => "before",
            (Some((on, _)), _) if *on < period.to => "in",
            (None, Some(on)) if on < period.to => "otherwise",
            _ => "after",
        }
    }

    /// Numbers people in an order that only the key of the project gives, another one in every table.
    fn numbered(&self, table: &str, all: Vec<Candidate>) -> Vec<Seen> {
        let mut order: BTreeMap<usize, [u8; 32]> = BTreeMap::new();
        for one in &all {
            order.entry(one.who).or_insert_with(|| {
                let mut id = self.trip(one.trip).id.0.as_bytes().to_vec();
                id.extend(one.who.to_be_bytes());
                self.key.order(table, &id)
            });
        }
        let mut places: Vec<(&[u8; 32], usize)> = order.iter().map(|(who, place)| (place, *who)).collect();
        places.sort_unstable();
        let number: BTreeMap<usize, usize> = (1..).zip(places).map(|(number, (_, who))| (who, number)).collect();
        let mut rows: Vec<Seen> =
            all.into_iter().map(|one| Seen { table: table.to_owned(), person: number[&one.who], ..one.row }).collect();
        // stable: the spells of one person keep their order
        rows.sort_by_key(|row| row.person);
        coarse_days(&mut rows);
        rows
    }
}

/// Days become the nearest that a quartile of their cell rests on: an exact course would be found again in `spells.csv`, and give
/// it the calendar. The quartiles stay what they are.
fn coarse_days(rows: &mut [Seen]) {
    let mut cells: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        if row.days.is_some() {
            cells.entry(row.cell.clone()).or_default().push(place);
        }
    }
    for mut places in cells.into_values() {
        places.sort_by_key(|place| rows[*place].days);
        let kept = quarter_ranks(places.len());
        let days: Vec<Option<i64>> = places.iter().map(|place| rows[*place].days).collect();
        for (rank, place) in places.into_iter().enumerate() {
            let nearest = kept.iter().rev().find(|known| **known <= rank).or(kept.first());
            rows[place].days = nearest.and_then(|rank| days[*rank]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::figure::quartiles;

    proptest! {
        /// However many days, the quartiles are those of the days themselves, and few of these are told.
        #[test]
        fn quartiles_outlive_the_days(days in prop::collection::vec(0_i64..400, 1..200)) {
            let row = |days: &i64| Seen { days: Some(*days), ..Seen::default() };
            let mut rows: Vec<Seen> = days.iter().map(row).collect();
            coarse_days(&mut rows);
            let sorted = |mut days: Vec<i64>| { days.sort_unstable(); days };
            let after = sorted(rows.iter().filter_map(|row| row.days).collect());
            prop_assert_eq!(quartiles(&after), quartiles(&sorted(days.clone())));
            let told: std::collections::BTreeSet<i64> = after.into_iter().collect();
            prop_assert!(told.len() <= 6 && told.iter().all(|one| days.contains(one)));
        }
    }
}
