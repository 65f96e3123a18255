//! Who comes when and leaves when and why: the skeleton, before anything is told about it.

use domain::programme::{List, Programme};
use jiff::civil::Date;

use crate::{
    Size,
    dice::{Dice, earlier, later},
    household,
    lvv::{self, Come, Flow, Go, Pool, QUIET},
    reentry,
};

/// One person.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// What becomes of them.
    pub(crate) fate: Fate,
    /// The household they belong to, if any: its first member and the place in it.
    pub(crate) household: Option<(usize, usize)>,
    /// Which people of the site they count among.
    pub(crate) pool: Pool,
}

impl Slot {
    /// The first time they take part.
    pub(crate) fn first(&self) -> Option<&Stay> {
        match &self.fate {
            Fate::TakesPart(stays) => stays.first(),
            Fate::NotIn(..) => None,
        }
    }

    fn first_mut(&mut self) -> Option<&mut Stay> {
        match &mut self.fate {
            Fate::TakesPart(stays) => stays.first_mut(),
            Fate::NotIn(..) => None,
        }
    }
}

/// What becomes of someone who is registered.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// They take part, once or more often.
    TakesPart(Vec<Stay>),
    /// They come no further than registration, at a site, on a day.
    NotIn(usize, Date, NotIn),
}

/// Why someone does not take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotIn {
    /// Registered, nothing decided yet.
    Registered,
    /// On the waiting list.
    Waiting,
    /// Refused.
    Refused,
    /// Sheltered outside the LVV.
    Outside,
}

/// One trajectory.
#[derive(Debug, Clone)]
pub(crate) struct Stay {
    /// Place of the site in the programme.
    pub(crate) site: usize,
    /// First day of taking part.
    pub(crate) enter: Date,
    /// Day and reason of leaving.
    pub(crate) exit: Option<(Date, &'static str)>,
    /// What is particular about it.
    pub(crate) pace: Pace,
}

/// What a trajectory has to keep to, so that the figures come out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    /// Everything up to the decision takes the least time: at most [`HURRY`] days.
    pub(crate) hurry: bool,
    /// No decision before this day.
    pub(crate) decide_from: Option<Date>,
    /// This scenario from the first decision to the end.
    pub(crate) scenario: Option<&'static str>,
    /// Not this scenario.
    pub(crate) never: Option<&'static str>,
    /// On a living allowance until this day.
    pub(crate) allowance: Option<Date>,
}

/// Days from entry to decision, at most, for who is in a hurry.
pub(crate) const HURRY: u32 = 54;

/// Least number of days between entry and leaving.
const SHORTEST: u32 = 12;

/// The skeleton of a network, and the day after its last fact.
pub(crate) fn slots(programme: &Programme, seed: u64, size: Size) -> (Vec<Slot>, Date) {
    let mut dice = Dice::of(seed, u64::MAX);
    let (times, small) = match size {
        Size::Published => (1, None),
        Size::Scaled(times) => (times, None),
        Size::Small(people) => (1, Some(people)),
    };
    let known = |flow: &&Flow| programme.sites.iter().any(|site| site.id.as_str() == flow.site);
    let flows: Vec<&Flow> = lvv::FLOWS.iter().filter(known).collect();
    let (mut out, end) = match small {
        None if flows.len() == lvv::FLOWS.len() => {
            (flows.into_iter().flat_map(|flow| published(programme, flow, times, &mut dice)).collect(), lvv::END)
        }
        _ => {
            let end = programme.today.unwrap_or(lvv::END);
            (even(programme, small.unwrap_or(60 * times), end, &mut dice), end)
        }
    };
    let people = u32::try_from(out.len()).unwrap_or(u32::MAX);
    household::gather(&mut out, &mut dice);
    reentry::add(programme, &mut out, end, &mut dice);
    out.extend(not_in(programme, people, end, &mut dice));
    (out, end)
}

/// A day in [from, to) that is not a quiet one.
pub(crate) fn open_day(dice: &mut Dice, from: Date, to: Date) -> Date {
    let any = dice.day(from, to);
    let day = dice.working(any, 0, 0);
    let day = if day < to { day } else { earlier(day, 3).max(from) };
    if QUIET.contains(&day) { if later(day, 1) < to { later(day, 1) } else { earlier(day, 1).max(from) } } else { day }
}

fn published(programme: &Programme, flow: &Flow, times: u32, dice: &mut Dice) -> Vec<Slot> {
    let Some(site) = programme.sites.iter().position(|site| site.id.as_str() == flow.site) else { return vec![] };
    let opens = later(programme.sites[site].opens, 1);
    let mut out: Vec<Slot> = flow
        .come
        .iter()
        .flat_map(|come| (0..come.people * times).map(move |_| come))
        .map(|come| enter(site, opens, come, dice))
        .collect();
    for go in flow.go {
        leave(&mut out, go, times, dice);
    }
    out
}

fn enter(site: usize, opens: Date, come: &Come, dice: &mut Dice) -> Slot {
    let enter = open_day(dice, come.from.max(opens), come.to);
    let mut pace = Pace::default();
    match come.pool {
        Pool::Admitted => pace.hurry = true,
        Pool::Undecided => pace.decide_from = Some(dice.working(Date::constant(2020, 1, 6), 0, 60)),
        Pool::Allowance => {
            let until = dice.working(Date::constant(2020, 1, 8), 0, 150);
            pace.allowance = Some(until);
            pace.decide_from = Some(dice.working(until, 10, 60));
        }
        Pool::Medical => {
            pace.hurry = true;
            pace.scenario = Some("art64-medical");
        }
        Pool::Any => pace.never = Some("art64-medical"),
    }
    let stay = Stay { site, enter, exit: None, pace };
    Slot { fate: Fate::TakesPart(vec![stay]), household: None, pool: come.pool }
}

fn leave(slots: &mut [Slot], go: &Go, times: u32, dice: &mut Dice) {
    let mut candidates: Vec<(usize, Date)> = Vec::new();
    for (at, slot) in slots.iter().enumerate() {
        if !go.pools.is_empty() && !go.pools.contains(&slot.pool) {
            continue;
        }
        let Some(stay) = slot.first().filter(|stay| stay.exit.is_none()) else { continue };
        let least = if stay.pace.hurry { HURRY + 4 } else { SHORTEST };
        let first = later(stay.enter, least).max(go.from);
        if first < earlier(go.to, 4) {
            candidates.push((at, first));
        }
    }
    let people: usize = go.reasons.iter().map(|(_, n)| (n * times) as usize).sum();
    let mut going = Vec::new();
    while going.len() < people && !candidates.is_empty() {
        // who came first leaves first, more often than not
        let tries = [(); 3].map(|()| dice.at(candidates.len()));
        let chosen =
            tries.into_iter().min_by_key(|at| slots[candidates[*at].0].first().map(|stay| stay.enter)).unwrap_or(0);
        let (at, first) = candidates.swap_remove(chosen);
        let on = open_day(dice, first, go.to);
        let stayed = slots[at].first().map_or(0, |stay| stay.enter.until(on).map_or(0, |span| span.get_days()));
        // who has found a solution has mostly been there longer
        let rank = i64::from(stayed) * i64::from(dice.between(40, 160));
        going.push((rank, at, on));
    }
    going.sort_unstable_by(|a, b| b.cmp(a));
    let reasons = go.reasons.iter().flat_map(|(reason, n)| std::iter::repeat_n(*reason, (n * times) as usize));
    let mut reasons: Vec<(bool, &'static str)> = reasons.map(|reason| (takes_long(reason), reason)).collect();
    reasons.sort_by_key(|(long, _)| !long);
    for ((_, at, on), (_, reason)) in going.into_iter().zip(shuffled_halves(reasons, dice)) {
        if let Some(stay) = slots[at].first_mut() {
            stay.exit = Some((on, reason));
        }
    }
}

fn takes_long(reason: &str) -> bool {
    !matches!(reason, "unknown-destination" | "detention" | "participation-ended" | "moved-to-other-lvv")
}

/// Shuffles within those that take long and within the others.
fn shuffled_halves(reasons: Vec<(bool, &'static str)>, dice: &mut Dice) -> Vec<(bool, &'static str)> {
    let mut keyed: Vec<(bool, u32, &'static str)> =
        reasons.into_iter().map(|(long, reason)| (!long, dice.below(u32::MAX), reason)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(short, _, reason)| (!short, reason)).collect()
}

/// A network without published figures: three years, six in ten have left.
fn even(programme: &Programme, people: u32, end: Date, dice: &mut Dice) -> Vec<Slot> {
    const REASONS: &[(&str, u32)] = &[
        ("permit", 10),
        ("return-to-country-of-origin", 10),
        ("onward-migration", 3),
        ("repeated-asylum-application", 32),
        ("medical-postponement", 8),
        ("unknown-destination", 22),
        ("participation-ended", 7),
        ("detention", 4),
        ("departure-without-supervision", 4),
    ];
    let listed = programme.list(List::OutflowReasons);
    let reasons = REASONS.iter().filter(|(reason, _)| listed.contains(reason));
    let reasons: Vec<&'static str> =
        reasons.flat_map(|(reason, n)| std::iter::repeat_n(*reason, *n as usize)).collect();
    let one = |at: u32| {
        let site = at as usize % programme.sites.len().max(1);
        let opens = programme.sites.get(site)?.opens;
        let first = earlier(end, 1_080).max(later(opens, 1));
        let from = if dice.chance(12) { earlier(end, 100).max(first) } else { first };
        let enter = if from < earlier(end, 2) { open_day(dice, from, earlier(end, 2)) } else { earlier(end, 2) };
        let soonest = later(enter, SHORTEST + 20);
        let leaves = dice.chance(65) && soonest < earlier(end, 4) && !reasons.is_empty();
        let exit = leaves.then(|| {
            let on = open_day(dice, soonest, end.min(later(enter, 700)));
            (on, *dice.pick(&reasons))
        });
        let stay = Stay { site, enter, exit, pace: Pace::default() };
        Some(Slot { fate: Fate::TakesPart(vec![stay]), household: None, pool: Pool::Any })
    };
    (0..people).filter_map(one).collect()
}

/// People who came no further than registration: some eight in a hundred.
fn not_in(programme: &Programme, people: u32, end: Date, dice: &mut Dice) -> Vec<Slot> {
    let mut out = Vec::new();
    let some = |share: u32| (people * share).div_ceil(1_000);
    let kinds = [
        (NotIn::Refused, some(52), 1_050),
        (NotIn::Waiting, some(12), 150),
        (NotIn::Outside, some(14), 700),
        (NotIn::Registered, some(8), 24),
    ];
    for (why, number, back) in kinds {
        for _ in 0..number {
            let site = dice.at(programme.sites.len().max(1));
            let Some(opens) = programme.sites.get(site).map(|site| site.opens) else { continue };
            let from = earlier(end, back).max(later(opens, 1));
            let on = open_day(dice, from.min(earlier(end, 3)), earlier(end, 1));
            out.push(Slot { fate: Fate::NotIn(site, on, why), household: None, pool: Pool::Any });
        }
    }
    out
}
