//! The product-limit quantities of one group, time by time, and the influence of each person on what is made from them.

use crate::{Sample, table::Table};

/// How the variance of an estimate is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variance {
    /// Greenwood (1926); for several causes Andersen, Borgan, Gill and Keiding (1993), equation 4.4.20: at every time
    /// the events are a multinomial draw from those at risk. With weights it takes them for counts
    #[default]
    Greenwood,
    /// Infinitesimal jackknife: the sum of the squared influence of each row (Efron 1981; Therneau and Grambsch 2000, chapter 2).
    /// Right for weights that are not counts; without weights and delayed entry equal to Greenwood
    Robust,
}

/// What happened in a group, and the estimates at each of its times.
pub(crate) struct Steps {
    pub(crate) table: Table,
    /// Event-free just before each time
    pub(crate) before: Vec<f64>,
    /// Event-free after each time
    pub(crate) after: Vec<f64>,
    /// Cumulative incidence of each cause after each time (`causes` values a time)
    pub(crate) incidence: Vec<f64>,
}

impl Steps {
    pub(crate) fn new(table: Table) -> Self {
        let (times, causes) = (table.time.len(), table.causes);
        let mut steps = Self {
            table,
            before: Vec::with_capacity(times),
            after: Vec::with_capacity(times),
            incidence: Vec::with_capacity(times * causes),
        };
        let (mut survival, mut sum) = (1.0, vec![0.0; causes]);
        for index in 0..times {
            steps.before.push(survival);
            let at_risk = steps.table.at_risk[index];
            if at_risk > 0.0 {
                for (sum, events) in sum.iter_mut().zip(steps.table.of(index)) {
                    *sum += survival * events / at_risk;
                }
                survival *= left_over(at_risk, steps.table.any(index));
            }
            steps.after.push(survival);
            steps.incidence.extend_from_slice(&sum);
        }
        steps
    }

    pub(crate) fn times(&self) -> usize {
        self.table.time.len()
    }

    /// Share of those at risk with an event of any cause.
    pub(crate) fn hazard(&self, index: usize) -> f64 {
        ratio(self.table.any(index), self.table.at_risk[index])
    }

    /// Share of those at risk with an event of this cause (from 0).
    pub(crate) fn hazard_of(&self, index: usize, cause: usize) -> f64 {
        ratio(self.table.of(index)[cause], self.table.at_risk[index])
    }

    pub(crate) fn incidence_of(&self, index: usize, cause: usize) -> f64 {
        self.incidence[index * self.table.causes + cause]
    }

    /// How many times lie at or before `t`.
    pub(crate) fn upto(&self, t: f64) -> usize {
        self.table.time.partition_point(|time| *time <= t)
    }

    /// Whether the estimates are defined at `t`: someone was followed that long, or nobody is left.
    pub(crate) fn reaches(&self, t: f64) -> bool {
        self.table.time.last().is_some_and(|last| t <= *last) || self.after.last().is_some_and(|last| *last <= 0.0)
    }
}

/// 1 − events / at risk, exactly 0 when all who were at risk had one.
fn left_over(at_risk: f64, events: f64) -> f64 {
    // weights add up to a hair more or less than their sum in another order
    if at_risk - events <= 1e-12 * at_risk { 0.0 } else { (at_risk - events) / at_risk }
}

pub(crate) fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}

/// A number made from the curve of a group, by how it moves with each cause-specific hazard: ∂θ/∂(hazard of cause j at time u).
pub(crate) struct Gradient<'a> {
    steps: &'a Steps,
    slopes: Vec<f64>,
}

impl<'a> Gradient<'a> {
    /// `slope(u, j)` for each time u and cause j.
    pub(crate) fn new(steps: &'a Steps, slope: impl Fn(usize, usize) -> f64) -> Self {
        let causes = steps.table.causes;
        let slope = &slope;
        let slopes = (0..steps.times()).flat_map(|u| (0..causes).map(move |j| slope(u, j))).collect();
        Self { steps, slopes }
    }

    /// What a cause adds at a time, and what all causes add on average.
    fn at(&self, index: usize) -> (&[f64], f64) {
        let slopes = &self.slopes[index * self.steps.table.causes..][..self.steps.table.causes];
        let mean = slopes.iter().enumerate().map(|(j, slope)| slope * self.steps.hazard_of(index, j)).sum();
        (slopes, mean)
    }

    /// Variance of Greenwood's kind: the events at each time are multinomial.
    pub(crate) fn greenwood(&self) -> f64 {
        let mut variance = 0.0;
        for index in (0..self.steps.times()).filter(|index| self.steps.table.at_risk[*index] > 0.0) {
            let (slopes, mean) = self.at(index);
            let square: f64 =
                slopes.iter().enumerate().map(|(j, slope)| slope * slope * self.steps.hazard_of(index, j)).sum();
            variance += (square - mean * mean).max(0.0) / self.steps.table.at_risk[index];
        }
        variance
    }

    /// The influence of each of these rows: the derivative of the number in the row's weight, times the weight.
    pub(crate) fn influence(&self, sample: &Sample, rows: &[usize]) -> Vec<f64> {
        let mut compensator = Vec::with_capacity(self.steps.times() + 1);
        compensator.push(0.0);
        let mut sum = 0.0;
        for index in 0..self.steps.times() {
            sum += ratio(self.at(index).1, self.steps.table.at_risk[index]);
            compensator.push(sum);
        }
        let of_row = |row: &usize| {
            let place = Place::of(self.steps, sample, *row);
            let jump = place
                .cause
                .map_or(0.0, |cause| ratio(self.at(place.exit).0[cause], self.steps.table.at_risk[place.exit]));
            place.weight * (jump - (compensator[place.exit + 1] - compensator[place.entry]))
        };
        rows.iter().map(of_row).collect()
    }

    /// Variance of the chosen kind.
    pub(crate) fn variance(&self, kind: Variance, sample: &Sample, rows: &[usize]) -> f64 {
        match kind {
            Variance::Greenwood => self.greenwood(),
            Variance::Robust => self.influence(sample, rows).iter().map(|one| one * one).sum(),
        }
    }
}

/// Where a row stands among the times of its group.
struct Place {
    /// First time after its entry
    entry: usize,
    /// Its own time
    exit: usize,
    cause: Option<usize>,
    weight: f64,
}

impl Place {
    fn of(steps: &Steps, sample: &Sample, row: usize) -> Self {
        Self {
            entry: sample.entry().map_or(0, |entry| steps.upto(entry[row])),
            exit: steps.upto(sample.time()[row]) - 1,
            cause: usize::from(sample.event()[row]).checked_sub(1),
            weight: sample.weights().map_or(1.0, |weights| weights[row]),
        }
    }
}

/// Sums of squares and products of two quantities.
#[derive(Clone, Copy, Default)]
struct Squares {
    weight: f64,
    a: f64,
    b: f64,
    aa: f64,
    ab: f64,
    bb: f64,
}

impl Squares {
    fn add(&mut self, weight: f64, a: f64, b: f64) {
        self.weight += weight;
        self.a += weight * a;
        self.b += weight * b;
        self.aa += weight * a * a;
        self.ab += weight * a * b;
        self.bb += weight * b * b;
    }

    fn join(&mut self, other: &Self) {
        self.weight += other.weight;
        self.a += other.a;
        self.b += other.b;
        self.aa += other.aa;
        self.ab += other.ab;
        self.bb += other.bb;
    }

    /// Σ weight · (a − f b)².
    fn combined(&self, f: f64) -> f64 {
        self.aa - 2.0 * f * self.ab + f * f * self.bb
    }

    /// Σ weight · ((x − a) − f (y − b))².
    fn from(&self, x: f64, y: f64, f: f64) -> f64 {
        let d = x - f * y;
        self.weight * d * d - 2.0 * d * (self.a - f * self.b) + self.combined(f)
    }
}

/// Robust variance along the whole curve: of the event-free probability (`cause` none) or of the incidence of a cause.
///
/// The influence of a row on F(t) is α − F(t) β, where α and β stand still once the row has left; so the sum of squares is
/// three running sums, and the whole curve costs as much as the rows, not rows times times.
pub(crate) fn robust(steps: &Steps, sample: &Sample, rows: &[usize], cause: Option<usize>) -> Vec<f64> {
    let slope = |u: usize, j: usize| {
        let direct = if cause == Some(j) { steps.before[u] } else { 0.0 };
        let beta = back(steps, u);
        (direct + beta * cause.map_or(0.0, |cause| steps.incidence_of(u, cause)), beta)
    };
    let sum = |u: usize, running: &Running| match cause {
        Some(cause) => running.squares(steps.incidence_of(u, cause)),
        // the influence on S(t) is −S(t) β; α is zero
        None => steps.after[u] * steps.after[u] * running.squares(1.0),
    };
    along(steps, sample, rows, slope, sum)
}

/// Robust variance of the cumulative hazard of all causes, along the whole curve.
pub(crate) fn robust_hazard(steps: &Steps, sample: &Sample, rows: &[usize]) -> Vec<f64> {
    along(steps, sample, rows, |_, _| (0.0, 1.0), |_, running| running.squares(1.0))
}

/// Sums over the rows after a time.
struct Running {
    /// Of those still there, with what α and β were at their entry
    there: Squares,
    /// Of those who left, with their own α and β
    left: Squares,
    /// α and β of someone there from the start
    alpha: f64,
    beta: f64,
}

impl Running {
    /// Σ weight² (α − f β)².
    fn squares(&self, f: f64) -> f64 {
        (self.left.combined(f) + self.there.from(self.alpha, self.beta, f)).max(0.0)
    }
}

/// Walks through the times, and asks for a number at each.
fn along(
    steps: &Steps,
    sample: &Sample,
    rows: &[usize],
    slope: impl Fn(usize, usize) -> (f64, f64),
    sum: impl Fn(usize, &Running) -> f64,
) -> Vec<f64> {
    let times = steps.times();
    let (mut alpha, mut beta) = (vec![0.0; times + 1], vec![0.0; times + 1]);
    for u in 0..times {
        let (mut a, mut b) = (0.0, 0.0);
        for j in 0..steps.table.causes {
            let (of_alpha, of_beta) = slope(u, j);
            a += of_alpha * steps.hazard_of(u, j);
            b += of_beta * steps.hazard_of(u, j);
        }
        alpha[u + 1] = alpha[u] + ratio(a, steps.table.at_risk[u]);
        beta[u + 1] = beta[u] + ratio(b, steps.table.at_risk[u]);
    }
    let mut come = vec![Squares::default(); times + 1];
    let (mut go, mut gone) = (come.clone(), come.clone());
    for row in rows {
        let place = Place::of(steps, sample, *row);
        let square = place.weight * place.weight;
        let (since_a, since_b) = (alpha[place.entry], beta[place.entry]);
        come[place.entry].add(square, since_a, since_b);
        go[place.exit].add(-square, since_a, since_b);
        let at_risk = steps.table.at_risk[place.exit];
        let (a, b) = place.cause.map_or((0.0, 0.0), |cause| slope(place.exit, cause));
        let (end_a, end_b) = (alpha[place.exit + 1], beta[place.exit + 1]);
        gone[place.exit].add(square, ratio(a, at_risk) - (end_a - since_a), ratio(b, at_risk) - (end_b - since_b));
    }
    let mut running = Running { there: Squares::default(), left: Squares::default(), alpha: 0.0, beta: 0.0 };
    let after = |u: usize| {
        running.there.join(&come[u]);
        running.there.join(&go[u]);
        running.left.join(&gone[u]);
        (running.alpha, running.beta) = (alpha[u + 1], beta[u + 1]);
        sum(u, &running)
    };
    (0..times).map(after).collect()
}

/// 1 / (1 − hazard); 0 where nobody is left, as nothing can follow.
pub(crate) fn back(steps: &Steps, index: usize) -> f64 {
    let rest = steps.after[index];
    if rest > 0.0 { steps.before[index] / rest } else { 0.0 }
}
