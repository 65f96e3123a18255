//! People who leave, and come back: a second trajectory, at the same site or another.

use domain::programme::Programme;
use jiff::civil::Date;

use crate::{
    dice::{Dice, earlier, later},
    lvv::Pool,
    slot::{Fate, Pace, Slot, Stay, open_day},
};

/// Of a thousand people so many come back.
const SHARE: usize = 20;

/// Gives some people with a long stay a gap in it. When they first came, and how it ended for those who left,
/// stays as it was; so does everything before 2020-10-02.
pub(crate) fn add(programme: &Programme, slots: &mut [Slot], end: Date, dice: &mut Dice) {
    let published = Date::constant(2020, 10, 2);
    let fits = |slot: &Slot| match &slot.fate {
        Fate::TakesPart(stays) if slot.household.is_none() && slot.pool == Pool::Any => {
            let stay = stays.first()?;
            let from = later(stay.enter, 100).max(published);
            let to = earlier(stay.exit.map_or(end, |(on, _)| on), 150);
            (later(from, 40) < to).then_some((from, to))
        }
        _ => None,
    };
    let mut able: Vec<(usize, (Date, Date))> =
        slots.iter().enumerate().filter_map(|(at, slot)| Some((at, fits(slot)?))).collect();
    let number = slots.len() * SHARE / 1_000;
    for _ in 0..number.min(able.len()) {
        let (at, (from, to)) = able.swap_remove(dice.at(able.len()));
        let Fate::TakesPart(stays) = &mut slots[at].fate else { continue };
        let Some(first) = stays.first_mut() else { continue };
        let moves = programme.sites.len() > 1 && dice.chance(18);
        let reason = match dice.below(10) {
            _ if moves => "moved-to-other-lvv",
            0..=4 => "unknown-destination",
            5..=7 => "repeated-asylum-application",
            _ => "detention",
        };
        let left = open_day(dice, from, to.min(later(from, 200)));
        let gap = if moves { (1, 12) } else { (25, 110) };
        let back = dice.working(left, gap.0, gap.1);
        let site = if moves {
            (first.site + 1 + dice.at(programme.sites.len() - 1)) % programme.sites.len()
        } else {
            first.site
        };
        let pace = Pace { never: first.pace.never, ..Pace::default() };
        let second = Stay { site, enter: back, exit: first.exit.take(), pace };
        first.exit = Some((left, reason));
        stays.push(second);
    }
}
