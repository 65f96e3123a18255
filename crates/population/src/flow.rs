//! Who comes and who goes: stays drawn so that every stretch has its published numbers.

use jiff::civil::Date;

use crate::{
    book::Book,
    dice::{Dice, days_between, plus},
    margins::Stretch,
};

/// Days someone stays at least.
const SHORTEST: i64 = 9;

/// One uninterrupted time of one person at a site.
#[derive(Debug, Clone)]
pub(crate) struct Presence {
    /// First day.
    pub entered: Date,
    /// Stretch in which they entered.
    pub joined: usize,
    /// Day of leaving and its stretch.
    pub left: Option<(Date, usize)>,
    /// Household, as a place in the list of families.
    pub family: Option<usize>,
}

impl Presence {
    /// Whether they are there at the start of a day.
    pub(crate) fn present(&self, on: Date) -> bool {
        self.entered < on && self.left.is_none_or(|(left, _)| left >= on)
    }

    /// The day of leaving, or `today`.
    pub(crate) fn end(&self, today: Date) -> Date { self.left.map_or(today, |(left, _)| left) }
}

/// The days between which people come and go in a stretch: boundaries stay free.
fn inside(stretch: &Stretch, opens: Date) -> (Date, Date) {
    let (first, end) = (plus(stretch.from, 1), plus(stretch.to, -1));
    // a programme that opens a site later than it was counted from: as early as it can
    if plus(opens, 10) < end { (first.max(opens), end) } else { (first, end) }
}

/// Draws the stays of one site; `stretches` are its own, in order of time, with their place in the whole list.
pub(crate) fn flow(book: &Book<'_>, dice: &mut Dice, opens: Date, stretches: &[(usize, &Stretch)]) -> Vec<Presence> {
    let mut out: Vec<Presence> = Vec::new();
    for (at, (place, stretch)) in stretches.iter().enumerate() {
        let (first, end) = inside(stretch, opens);
        let mut arrivals: Vec<Date> = (0..stretch.entered)
            .map(|_| {
                // a site that opens takes over those who slept in the shelters before it
                let last = if at == 0 { dice.day(plus(first, 3), end) } else { end };
                book.working_day(dice, first, last)
            })
            .collect();
        arrivals.sort_unstable();
        // nobody can leave before somebody has stayed a while
        let from = if at == 0 { plus(first, days_between(first, end) / 3) } else { first };
        let mut departures: Vec<Date> = (0..stretch.left)
            .map(|_| if dice.percent(85) { book.working_day(dice, from, end) } else { dice.day(from, end) })
            .collect();
        departures.sort_unstable();
        out.extend(arrivals.into_iter().map(|entered| Presence { entered, joined: *place, left: None, family: None }));
        for day in departures {
            if let Some(leaver) = leaver(dice, &out, day) {
                out[leaver].left = Some((day, *place));
            }
        }
    }
    out
}

/// Who leaves on a day: anyone who has been there a while, rather those who came first.
fn leaver(dice: &mut Dice, all: &[Presence], day: Date) -> Option<usize> {
    let latest = plus(day, -SHORTEST);
    let ready: Vec<usize> =
        (0..all.len()).filter(|at| all[*at].left.is_none() && all[*at].entered <= latest).collect();
    let one = *dice.one(&ready)?;
    let other = *dice.one(&ready)?;
    let older = if all[other].entered < all[one].entered { other } else { one };
    Some(if dice.percent(60) { older } else { one })
}

/// Makes households: their members come and go on the same days. A member is someone of the same stretches, so that
/// no count changes. Gives the members of each, the first a parent; the second is the other parent where `couple`.
pub(crate) fn families(dice: &mut Dice, all: &mut [Presence], count: usize, today: Date) -> Vec<Family> {
    let mut out: Vec<Family> = Vec::new();
    let mut tries = 0;
    while out.len() < count && tries < count * 20 && !all.is_empty() {
        tries += 1;
        let parent = dice.below(all.len());
        if all[parent].family.is_some() || days_between(all[parent].entered, all[parent].end(today)) < 60 {
            continue;
        }
        let couple = dice.percent(45);
        let size = 1 + usize::from(couple) + dice.weighted(&[(1, 50), (2, 35), (3, 15)]).copied().unwrap_or(1);
        let key = |p: &Presence| (p.joined, p.left.map(|(_, stretch)| stretch));
        let same: Vec<usize> = (0..all.len())
            .filter(|at| *at != parent && all[*at].family.is_none() && key(&all[*at]) == key(&all[parent]))
            .take(size - 1)
            .collect();
        if same.len() + 1 < size {
            continue;
        }
        let members: Vec<usize> = std::iter::once(parent).chain(same).collect();
        let (entered, left) = (all[parent].entered, all[parent].left);
        for member in &members {
            all[*member].entered = entered;
            all[*member].left = left;
            all[*member].family = Some(out.len());
        }
        out.push(Family { members, couple });
    }
    out
}

/// A household of a site.
#[derive(Debug, Clone)]
pub(crate) struct Family {
    /// Places of its members.
    pub members: Vec<usize>,
    /// Whether the second is the other parent.
    pub couple: bool,
}
