//! Results in which no small group can be found: the only way out of this room.
//!
//! Behind every share and chance lies a count (who left with this class, in this group, within this time). Those counts form a table
//! with its totals over groups, classes and times; cells under ten are hidden, others with them until no linear program finds
//! them, and an estimate is told only when the count behind it could be. Curves are taken together in steps of ten.

use domain::programme::Classification;
use evaluation::{Incidence, Problem};
use serde::{Deserialize, Serialize};

use super::{
    HORIZONS, MONTH,
    analysis::{Exact, estimate},
    cohort::{CLASSES, Person, arrays},
    guard::Checked,
    protocol::{Protocol, protocol},
};
use crate::disclosure::{
    self, Refusal, curve,
    suppress::{Cell, Need, State, System, suppress_within},
};

/// Something that is told, or why it is not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told<T> {
    /// It is told.
    Told(T),
    /// Fewer than ten people lie behind it.
    Few,
    /// Ten or more, but with it a smaller number could be computed.
    Protecting,
    /// Fewer than ten people were followed so long.
    FewFollowed,
}

impl<T: Copy> Told<T> {
    /// What is told.
    pub fn told(self) -> Option<T> {
        match self {
            Self::Told(it) => Some(it),
            Self::Few | Self::Protecting | Self::FewFollowed => None,
        }
    }
}

/// An estimate with its 95% interval and how many were still followed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimated {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub se: f64,
    /// The interval; none when nobody had the outcome yet.
    pub interval: Option<(f64, f64)>,
    /// Followed at that time, rounded down to a multiple of five.
    pub at_risk: u64,
}

/// A curve as it may be drawn; times in months.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Where it changes; the first is 0.
    pub time: Vec<f64>,
    /// Its value from there.
    pub value: Vec<f64>,
    /// Lower ends of the 95% intervals.
    pub from: Vec<f64>,
    /// Upper ends.
    pub to: Vec<f64>,
    /// To where it runs.
    pub until: f64,
    /// Whether it stops early because few were followed longer.
    pub cut: bool,
}

/// One class of outcome in one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its code.
    pub class: String,
    /// How many left with it.
    pub left: Told<u64>,
    /// Its share among those who left: what others publish as success.
    pub share: Told<f64>,
    /// The chance of having left with it within each horizon.
    pub within: Vec<Told<Estimated>>,
    /// Mean months lost to it within two years, with its interval.
    pub lost: Told<Estimated>,
    /// Its curve, when ten people or more lie behind it.
    pub curve: Option<Curve>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its code; empty for everyone together.
    pub name: String,
    /// How many people.
    pub people: Told<u64>,
    /// How many have left.
    pub leavers: Told<u64>,
    /// Followed at 0, 6, 12, 18 and 24 months, rounded down to a multiple of five; none under ten.
    pub at_risk: Vec<Option<u64>>,
    /// The classes.
    pub classes: Vec<Class>,
}

/// The results of an analysis, with its protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The trial it imitates.
    pub protocol: Protocol,
    /// Everyone together, then the groups.
    pub groups: Vec<Group>,
}

/// Months at which the numbers at risk stand.
pub const TICKS: [f64; 5] = [0.0, 6.0, 12.0, 18.0, 24.0];

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nobody, or nobody left: nothing to estimate.
    #[error(transparent)]
    Nothing(#[from] Problem),
    /// It cannot be made safe.
    #[error(transparent)]
    Unsafe(#[from] Refusal),
}

/// Makes the analysis, and takes out of it what would give small groups away.
///
/// # Errors
/// There is nothing to estimate, or it cannot be made safe.
pub fn evaluate(people: &[Person], plan: &Checked, classification: &Classification) -> Result<Results, Trouble> {
    let arrays = arrays(people, plan, classification);
    let exact = estimate(&arrays, CLASSES.len())?;
    let cells = Cells::new(&exact)?;
    let groups = exact.iter().enumerate().map(|(at, group)| safe(group, at, &cells)).collect();
    let names = exact.iter().skip(1).map(|group| group.name.clone()).collect();
    Ok(Results { protocol: protocol(plan, classification, names), groups })
}

/// How many linear programs a page may spend on showing more: some ten milliseconds.
const TIDYING: usize = 500;
/// Up to 12 months, up to 24, ever.
const SPANS: usize = 3;
/// The place of all classes together, after the classes.
const ALL: usize = CLASSES.len();

/// The counts behind the estimates, and which of them may be told.
struct Cells {
    counts: Vec<u64>,
    hidden: Vec<bool>,
}

impl Cells {
    /// The place of a count: group (0 everyone), class (the last: all), span. After those of a group: still there, and people.
    fn at(group: usize, class: usize, span: usize) -> usize {
        group * Self::PER_GROUP + class * SPANS + span
    }
    const PER_GROUP: usize = (CLASSES.len() + 1) * SPANS + 2;
    fn still(group: usize) -> usize {
        group * Self::PER_GROUP + (CLASSES.len() + 1) * SPANS
    }
    fn people(group: usize) -> usize {
        Self::still(group) + 1
    }

    fn new(exact: &[Exact]) -> Result<Self, Refusal> {
        // the smallest groups: one group, one class, one stretch of time; and those still there
        let parts: Vec<&Exact> = if exact.len() > 1 { exact[1..].iter().collect() } else { exact.iter().collect() };
        let per_part = CLASSES.len() * SPANS + 1;
        let mut truth = Vec::new();
        for part in &parts {
            let left: u64 = part.left.iter().flatten().sum();
            truth.extend(part.left.iter().flatten().copied().chain([part.people - left]));
        }
        let atom = |part: usize, class: usize, stretch: usize| part * per_part + class * SPANS + stretch;
        let (mut groups_of, mut counts) = (Vec::new(), Vec::new());
        for group in 0..exact.len() {
            let of: Vec<usize> = if group == 0 { (0..parts.len()).collect() } else { vec![group - 1] };
            let mut add = |atoms: Vec<usize>| {
                counts.push(atoms.iter().map(|at| truth[*at]).sum::<u64>());
                groups_of.push(atoms);
            };
            for class in 0..=ALL {
                let classes = if class == ALL { 0..ALL } else { class..class + 1 };
                for span in 0..SPANS {
                    let each = |part: &usize| {
                        let part = *part;
                        classes.clone().flat_map(move |class| (0..=span).map(move |stretch| atom(part, class, stretch)))
                    };
                    add(of.iter().flat_map(each).collect());
                }
            }
            add(of.iter().map(|part| part * per_part + per_part - 1).collect());
            add(of.iter().flat_map(|part| part * per_part..(part + 1) * per_part).collect());
        }
        let hidden = Self::protect(&truth, groups_of, &counts)?;
        Ok(Self { counts, hidden })
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    fn protect(truth: &[u64], groups: Vec<Vec<usize>>, counts: &[u64]) -> Result<Vec<bool>, Refusal> {
        let small = |count: u64| disclosure::small(count);
        let mut needs: Vec<Need> =
            groups.iter().zip(counts).filter_map(|(groups, count)| Need::of_small(groups, *count)).collect();
        // what lies between two numbers: those who left in the second year
        let between = |(at, count): (usize, &u64)| {
            small(*count).then(|| Need { groups: vec![at], down: 0.0, up: disclosure::THRESHOLD as f64 })
        };
        needs.extend(truth.iter().enumerate().filter_map(between));
        let state = |count: &u64| if small(*count) { State::Hidden } else { State::Open };
        let cells = groups.into_iter().zip(counts).map(|(groups, count)| Cell { groups, state: state(count) });
        let system = System { truth: truth.iter().map(|count| *count as f64).collect(), cells: cells.collect() };
        suppress_within(&system, &needs, TIDYING)
    }

    /// A count, if it may be told.
    fn told(&self, at: usize) -> Told<u64> {
        match (self.counts[at], self.hidden[at]) {
            (count, _) if disclosure::small(count) => Told::Few,
            (_, true) => Told::Protecting,
            (count, false) => Told::Told(count),
        }
    }
}

fn safe(group: &Exact, at: usize, cells: &Cells) -> Group {
    let (people, leavers) = (cells.told(Cells::people(at)), cells.told(Cells::at(at, ALL, SPANS - 1)));
    let followed = |months: f64| group.incidence.as_ref().and_then(|it| curve::at_risk(at_risk(it, months * MONTH)));
    Group {
        name: group.name.clone(),
        people,
        leavers,
        at_risk: TICKS.iter().map(|months| followed(*months)).collect(),
        classes: (0..CLASSES.len()).map(|class| one_class(group, at, class, cells)).collect(),
    }
}

fn one_class(group: &Exact, at: usize, class: usize, cells: &Cells) -> Class {
    let left = cells.told(Cells::at(at, class, SPANS - 1));
    let leavers = cells.told(Cells::at(at, ALL, SPANS - 1));
    #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    let share = match (left, leavers) {
        (Told::Told(left), Told::Told(all)) if all > 0 => Told::Told(left as f64 / all as f64),
        (Told::Told(_), Told::Told(_) | Told::Few) | (Told::Few, _) => Told::Few,
        _ => Told::Protecting,
    };
    let few_at_all = group.people < disclosure::THRESHOLD;
    let within = HORIZONS.iter().enumerate().map(|(span, horizon)| match cells.told(Cells::at(at, class, span)) {
        _ if few_at_all => Told::Few,
        Told::Told(_) => group.incidence.as_ref().map_or(Told::FewFollowed, |it| estimated(it, class, *horizon)),
        Told::Few => Told::Few,
        _ => Told::Protecting,
    });
    let within: Vec<Told<Estimated>> = within.collect();
    let by_two_years = cells.told(Cells::at(at, class, 1));
    let open = matches!(by_two_years, Told::Told(_)) && !few_at_all;
    Class {
        class: CLASSES[class].to_string(),
        left,
        share,
        lost: match (within[1], &group.lost) {
            (Told::Told(end), Some(lost)) => lost.causes.get(class).map_or(Told::FewFollowed, |mean| {
                let (value, se) = (mean.value / MONTH, mean.se / MONTH);
                let interval = (se > 0.0).then(|| ((value - 1.96 * se).max(0.0), value + 1.96 * se));
                Told::Told(Estimated { value, se, interval, at_risk: end.at_risk })
            }),
            (Told::Few, _) => Told::Few,
            (Told::Protecting, _) => Told::Protecting,
            _ => Told::FewFollowed,
        },
        curve: group.incidence.as_ref().filter(|_| open).and_then(|it| drawn(it, class, &within)),
        within,
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of people")]
fn whole(people: f64) -> u64 {
    people.round().max(0.0) as u64
}

/// Followed just before a time; at the very start everyone.
fn at_risk(incidence: &Incidence, time: f64) -> u64 {
    whole(incidence.people_at(time))
}

fn estimated(incidence: &Incidence, class: usize, horizon: f64) -> Told<Estimated> {
    let Some(at_risk) = curve::at_risk(at_risk(incidence, horizon)) else { return Told::FewFollowed };
    let Ok(cause) = u8::try_from(class + 1) else { return Told::FewFollowed };
    if class >= incidence.causes.len() {
        // a class that nobody of this group left with
        return Told::Told(Estimated { value: 0.0, se: 0.0, interval: None, at_risk });
    }
    let point = incidence.at(cause, horizon);
    if !point.value.is_finite() {
        return Told::FewFollowed;
    }
    let interval =
        (point.lower.is_finite() && point.upper.is_finite() && point.value > 0.0).then_some((point.lower, point.upper));
    Told::Told(Estimated { value: point.value, se: point.se, interval, at_risk })
}

/// The curve up to 24 months, in steps of ten people or more, also beside the chances that are told.
fn drawn(incidence: &Incidence, class: usize, within: &[Told<Estimated>]) -> Option<Curve> {
    let estimate = incidence.causes.get(class)?;
    let steps: Vec<curve::Step> = incidence
        .time
        .iter()
        .enumerate()
        .take_while(|(_, time)| **time <= HORIZONS[1])
        .map(|(at, time)| curve::Step {
            time: *time,
            at_risk: whole(incidence.people[at]),
            events: whole(incidence.events[class][at]),
        })
        .collect();
    let last = incidence.time.last().copied().unwrap_or(0.0).min(HORIZONS[1]);
    let told: Vec<f64> = HORIZONS
        .iter()
        .zip(within)
        .filter(|(_, within)| within.told().is_some())
        .map(|(horizon, _)| *horizon)
        .collect();
    let coarse = curve::coarsen(&steps, &told, last)?;
    let mut drawn = Curve {
        time: vec![0.0],
        value: vec![0.0],
        from: vec![0.0],
        to: vec![0.0],
        until: coarse.until / MONTH,
        cut: coarse.cut,
    };
    for at in coarse.kept {
        let value = estimate.value[at];
        let end = |ends: &[f64]| if ends[at].is_finite() { ends[at] } else { value };
        drawn.time.push(steps[at].time / MONTH);
        drawn.value.push(value);
        drawn.from.push(end(&estimate.lower));
        drawn.to.push(end(&estimate.upper));
    }
    Some(drawn)
}
