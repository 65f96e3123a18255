//! Households: people of one site who come on one day and leave on one day.
//!
//! Members are people whose skeleton already fell in the same stretch between two quiet days, with the same
//! reason of leaving: that they now share the exact days changes no figure.

use std::collections::BTreeMap;

use domain::codes::Relation;

use crate::{
    dice::Dice,
    lvv::{Pool, QUIET},
    slot::{Fate, Slot},
};

/// Of a hundred people who could be in a household, so many are.
const SHARE: u32 = 14;

type Key = (usize, Pool, usize, Option<(usize, &'static str)>);

fn stretch(day: jiff::civil::Date) -> usize {
    QUIET.iter().filter(|quiet| **quiet < day).count()
}

/// Makes households of some of the people.
pub(crate) fn gather(slots: &mut [Slot], dice: &mut Dice) {
    let mut alike: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, slot) in slots.iter().enumerate() {
        let Some(stay) = slot.first() else { continue };
        if matches!(slot.pool, Pool::Medical | Pool::Allowance) {
            continue;
        }
        let leaves = stay.exit.map(|(on, reason)| (stretch(on), reason));
        if leaves.is_some_and(|(_, reason)| matches!(reason, "detention" | "deceased")) {
            continue;
        }
        alike.entry((stay.site, slot.pool, stretch(stay.enter), leaves)).or_default().push(at);
    }
    for mut people in alike.into_values() {
        while people.len() > 1 {
            let size = dice.between(2, 4) as usize;
            let together: Vec<usize> = people.drain(..size.min(people.len())).collect();
            if together.len() == size && dice.chance(SHARE) {
                share(slots, &together);
            }
        }
    }
}

fn share(slots: &mut [Slot], together: &[usize]) {
    let Some(first) = together.first().and_then(|at| slots[*at].first()).cloned() else { return };
    for (place, at) in together.iter().enumerate() {
        slots[*at].household = Some((together[0], place));
        if let Fate::TakesPart(stays) = &mut slots[*at].fate {
            *stays = vec![first.clone()];
        }
    }
}

/// What the members of a household are: a parent (or two), and children.
pub(crate) fn is_child(place: usize, size: usize) -> bool {
    place >= 2 || (place == 1 && size == 2)
}

/// What `other` is to the member at `place`.
pub(crate) fn relation(place: usize, other: usize, size: usize) -> Relation {
    match (is_child(place, size), is_child(other, size)) {
        (false, false) => Relation::Partner,
        (false, true) => Relation::Child,
        (true, false) => Relation::Parent,
        (true, true) => Relation::Household,
    }
}
