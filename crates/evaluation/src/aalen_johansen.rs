//! Cumulative incidence of several causes: Aalen and Johansen (1978).

use crate::{
    Confidence, Event, Groups, Problem, Sample,
    kaplan_meier::{Estimate, Point},
    steps::{Steps, Variance, ratio, robust},
    table::{Table, tables},
};

/// The cumulative incidence of each cause in one group.
#[derive(Clone, Debug)]
pub struct Incidence {
    /// Distinct times at which someone left, by event or censoring
    pub time: Vec<f64>,
    /// People at risk just before each time
    pub people: Vec<f64>,
    /// Their weight (the same without weights)
    pub at_risk: Vec<f64>,
    /// Weight of the events of each cause (from 1) at each time
    pub events: Vec<Vec<f64>>,
    /// Weight of those censored at each time
    pub censored: Vec<f64>,
    /// Probability of no event yet
    pub event_free: Estimate,
    /// Probability of having had each cause (from 1)
    pub causes: Vec<Estimate>,
    /// Cumulative cause-specific hazards (Nelson and Aalen)
    pub hazards: Vec<Vec<f64>>,
    /// Rows of the group
    pub rows: usize,
}

/// The cumulative incidence of each cause, for each group.
///
/// At risk on `(entry, time]`, events before censoring at equal times. Variance: Greenwood's kind by the recursion of
/// Andersen, Borgan, Gill and Keiding (1993), equation 4.4.19, or the infinitesimal jackknife; see [`Incidence::delta_se`]
/// for a third. The scale of the interval is taken of the incidence itself.
pub fn aalen_johansen(
    sample: &Sample,
    groups: &Groups,
    confidence: &Confidence,
    variance: Variance,
) -> Result<Vec<Incidence>, Problem> {
    sample.fits(groups, "group")?;
    let people = sample.weights().map(|_| tables(&sample.unweighted(), groups));
    let rows = if variance == Variance::Robust { groups.rows() } else { Vec::new() };
    let incidence = |(group, table): (usize, Table)| {
        let steps = Steps::new(table);
        let (event_free, causes) = match rows.get(group) {
            Some(rows) => spread(&steps, sample, rows),
            None => greenwood(&steps),
        };
        let people = people.as_ref().map(|tables: &Vec<Table>| tables[group].at_risk.clone());
        finish(steps, people, event_free, causes, confidence)
    };
    Ok(tables(sample, groups).into_iter().enumerate().map(incidence).collect())
}

/// Robust standard errors: event-free, and of each cause.
fn spread(steps: &Steps, sample: &Sample, rows: &[usize]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let se = |cause| robust(steps, sample, rows, cause).into_iter().map(f64::sqrt).collect::<Vec<f64>>();
    (se(None), (0..steps.table.causes).map(|cause| se(Some(cause))).collect())
}

/// Standard errors of Greenwood's kind: event-free, and of each cause.
///
/// One step takes the event-free part S to S (1 − p) and an incidence F to F + S q; the draw at that time adds the variance
/// of a multinomial with p and q among those at risk.
fn greenwood(steps: &Steps) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (times, causes) = (steps.times(), steps.table.causes);
    let mut free = Vec::with_capacity(times);
    let mut se = vec![Vec::with_capacity(times); causes];
    let (mut of_free, mut with_free, mut of_cause) = (0.0_f64, vec![0.0_f64; causes], vec![0.0_f64; causes]);
    for u in 0..times {
        let (p, s, at_risk) = (steps.hazard(u), steps.before[u], steps.table.at_risk[u]);
        if p > 0.0 {
            let (rest, draw) = (if steps.after[u] > 0.0 { 1.0 - p } else { 0.0 }, s * s / at_risk);
            for (j, events) in steps.table.of(u).iter().enumerate() {
                let q = events / at_risk;
                of_cause[j] += q * (2.0 * with_free[j] + q * of_free) + draw * q * (1.0 - q);
                with_free[j] = rest * (with_free[j] + q * of_free - draw * q);
            }
            of_free = rest * (rest * of_free + draw * p);
        }
        free.push(of_free.max(0.0).sqrt());
        for (se, variance) in se.iter_mut().zip(&of_cause) {
            se.push(variance.max(0.0).sqrt());
        }
    }
    (free, se)
}

fn finish(
    steps: Steps,
    people: Option<Vec<f64>>,
    free: Vec<f64>,
    se: Vec<Vec<f64>>,
    confidence: &Confidence,
) -> Incidence {
    let (times, causes) = (steps.times(), steps.table.causes);
    let column = |values: &[f64], j: usize| values.iter().skip(j).step_by(causes).copied().collect::<Vec<f64>>();
    let hazard = |j: usize| {
        let mut sum = 0.0;
        let step = |u: usize| {
            sum += ratio(steps.table.of(u)[j], steps.table.at_risk[u]);
            sum
        };
        (0..times).map(step).collect()
    };
    Incidence {
        hazards: (0..causes).map(hazard).collect(),
        events: (0..causes).map(|j| column(&steps.table.events, j)).collect(),
        causes: se
            .into_iter()
            .enumerate()
            .map(|(j, se)| Estimate::new(column(&steps.incidence, j), se, confidence))
            .collect(),
        event_free: Estimate::new(steps.after, free, confidence),
        people: people.unwrap_or_else(|| steps.table.at_risk.clone()),
        rows: steps.table.rows,
        time: steps.table.time,
        at_risk: steps.table.at_risk,
        censored: steps.table.censored,
    }
}

impl Incidence {
    /// Incidence of a cause (from 1) at `t`, or with cause 0 the event-free probability; undefined after the last time
    /// unless nobody is left.
    pub fn at(&self, cause: Event, t: f64) -> Point {
        let after = self.time.last().is_none_or(|last| t > *last);
        if after && self.event_free.value.last().is_none_or(|last| *last > 0.0) {
            return Point::UNDEFINED;
        }
        let index = self.time.partition_point(|time| *time <= t).checked_sub(1);
        match usize::from(cause).checked_sub(1) {
            None => self.event_free.point(index, 1.0),
            Some(cause) => self.causes.get(cause).map_or(Point::UNDEFINED, |estimate| estimate.point(index, 0.0)),
        }
    }

    /// People at risk just before `t`.
    pub fn people_at(&self, t: f64) -> f64 {
        self.time.iter().position(|time| *time >= t).map_or(0.0, |index| self.people[index])
    }

    /// Standard error of the incidence of a cause (from 1) as `cmprsk::cuminc` has it: the delta method on the counting
    /// processes with tied events drawn without replacement (Gray 1988; Marubini and Valsecchi 1995, section 10.3). A
    /// little larger than Greenwood's, most at the tail. For unweighted rows; NaN where the cause had no event yet.
    pub fn delta_se(&self, cause: Event) -> Vec<f64> {
        let Some(own) = usize::from(cause).checked_sub(1).filter(|own| *own < self.causes.len()) else {
            return Vec::new();
        };
        let mut sums = Delta::default();
        let (mut before, mut variance, mut se) = (1.0, f64::NAN, Vec::with_capacity(self.time.len()));
        for u in 0..self.time.len() {
            let (at_risk, f) = (self.at_risk[u], self.causes[own].value[u]);
            let mine = self.events[own][u];
            let others = self.events.iter().map(|events| events[u]).sum::<f64>() - mine;
            let after = self.event_free.value[u];
            let draw = |events: f64| {
                let ties = if events > 1.0 { 1.0 - (events - 1.0) / (at_risk - 1.0) } else { 1.0 };
                before * before * ties * events / (at_risk * at_risk)
            };
            let inverse = if after > 0.0 { 1.0 / after } else { 0.0 };
            if others > 0.0 && after > 0.0 {
                sums.add(f * inverse, inverse, draw(others));
            }
            if mine > 0.0 {
                sums.add(1.0 + f * inverse, inverse, draw(mine));
                variance = sums.variance(f);
            }
            before = after;
            se.push(variance.max(0.0).sqrt());
        }
        se
    }
}

/// Running sums of the delta method.
#[derive(Default)]
struct Delta {
    aa: f64,
    ab: f64,
    bb: f64,
}

impl Delta {
    fn add(&mut self, a: f64, b: f64, draw: f64) {
        self.aa += a * a * draw;
        self.ab += a * b * draw;
        self.bb += b * b * draw;
    }

    fn variance(&self, f: f64) -> f64 {
        self.aa - 2.0 * f * self.ab + f * f * self.bb
    }
}
