//! Survival without an event: Kaplan and Meier (1958).

use crate::{
    Confidence, Groups, Problem, Sample,
    steps::{Steps, Variance, ratio, robust, robust_hazard},
    table::{Table, tables},
};

/// An estimate at each time, with its standard error and interval. NaN is undefined.
#[derive(Clone, Debug, Default)]
pub struct Estimate {
    /// The estimate just after each time
    pub value: Vec<f64>,
    /// Its standard error
    pub se: Vec<f64>,
    /// Lower end of the interval
    pub lower: Vec<f64>,
    /// Upper end of the interval
    pub upper: Vec<f64>,
}

impl Estimate {
    pub(crate) fn new(value: Vec<f64>, se: Vec<f64>, confidence: &Confidence) -> Self {
        let (lower, upper) = value.iter().zip(&se).map(|(p, se)| confidence.around(*p, *se)).unzip();
        Self { value, se, lower, upper }
    }

    /// What holds at the time with this index; before the first time (`none`) it is `start`, known exactly.
    pub(crate) fn point(&self, index: Option<usize>, start: f64) -> Point {
        let Some(index) = index else { return Point { value: start, se: 0.0, lower: start, upper: start } };
        Point { value: self.value[index], se: self.se[index], lower: self.lower[index], upper: self.upper[index] }
    }
}

/// One estimate with its standard error and interval. NaN is undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The estimate
    pub value: f64,
    /// Its standard error
    pub se: f64,
    /// Lower end of the interval
    pub lower: f64,
    /// Upper end of the interval
    pub upper: f64,
}

impl Point {
    /// Not defined: nobody was followed that long.
    pub const UNDEFINED: Self = Self { value: f64::NAN, se: f64::NAN, lower: f64::NAN, upper: f64::NAN };
}

/// The survival curve of one group: a step at each of its times.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Distinct times at which someone left, by event or censoring
    pub time: Vec<f64>,
    /// People at risk just before each time: entered before it, not yet left
    pub people: Vec<f64>,
    /// Their weight (the same without weights)
    pub at_risk: Vec<f64>,
    /// Weight of the events at each time
    pub events: Vec<f64>,
    /// Weight of those censored at each time
    pub censored: Vec<f64>,
    /// Survival; its standard error is undefined from where survival is 0
    pub survival: Estimate,
    /// Cumulative hazard: Nelson (1972), Aalen (1978)
    pub hazard: Vec<f64>,
    /// Its standard error
    pub hazard_se: Vec<f64>,
    /// Rows of the group
    pub rows: usize,
}

/// The survival curve of each group.
///
/// Any cause counts as the event. At risk on `(entry, time]`, events before censoring at equal times. Variance: Greenwood,
/// with events / at risk² for the cumulative hazard (weights taken for counts), or robust for both.
pub fn kaplan_meier(
    sample: &Sample,
    groups: &Groups,
    confidence: &Confidence,
    variance: Variance,
) -> Result<Vec<Curve>, Problem> {
    sample.fits(groups, "group")?;
    let people = sample.weights().map(|_| tables(&sample.unweighted(), groups));
    let rows = if variance == Variance::Robust { groups.rows() } else { Vec::new() };
    let curve = |(group, table): (usize, Table)| {
        let steps = Steps::new(table);
        let own = rows.get(group).map(|rows: &Vec<usize>| (sample, rows.as_slice()));
        let people = people.as_ref().map(|tables: &Vec<Table>| tables[group].at_risk.clone());
        curve(steps, people, own, confidence)
    };
    Ok(tables(sample, groups).into_iter().enumerate().map(curve).collect())
}

fn curve(steps: Steps, people: Option<Vec<f64>>, own: Option<(&Sample, &[usize])>, confidence: &Confidence) -> Curve {
    let (mut hazard, mut hazard_se, mut greenwood) = (Vec::new(), Vec::new(), Vec::new());
    let (mut sum, mut of_hazard, mut of_log) = (0.0, 0.0, 0.0);
    for index in 0..steps.times() {
        let (at_risk, events) = (steps.table.at_risk[index], steps.table.any(index));
        sum += ratio(events, at_risk);
        of_hazard += ratio(events, at_risk * at_risk);
        if events > 0.0 {
            of_log += if steps.after[index] > 0.0 { events / (at_risk * (at_risk - events)) } else { f64::NAN };
        }
        hazard.push(sum);
        hazard_se.push(of_hazard.sqrt());
        greenwood.push(steps.after[index] * of_log.sqrt());
    }
    let se = match own {
        None => greenwood,
        Some((sample, rows)) => {
            hazard_se = robust_hazard(&steps, sample, rows).into_iter().map(f64::sqrt).collect();
            let survival = steps.after.iter().zip(robust(&steps, sample, rows, None));
            survival.map(|(survival, variance)| if *survival > 0.0 { variance.sqrt() } else { f64::NAN }).collect()
        }
    };
    let events = (0..steps.times()).map(|index| steps.table.any(index)).collect();
    Curve {
        people: people.unwrap_or_else(|| steps.table.at_risk.clone()),
        events,
        survival: Estimate::new(steps.after, se, confidence),
        hazard,
        hazard_se,
        rows: steps.table.rows,
        time: steps.table.time,
        at_risk: steps.table.at_risk,
        censored: steps.table.censored,
    }
}

impl Curve {
    /// The last time at or before `t`; none before the first.
    pub(crate) fn index(&self, t: f64) -> Option<usize> {
        self.time.partition_point(|time| *time <= t).checked_sub(1)
    }

    /// Survival at `t`; undefined after the last time unless nobody is left.
    pub fn at(&self, t: f64) -> Point {
        let after = self.time.last().is_none_or(|last| t > *last);
        if after && self.survival.value.last().is_none_or(|last| *last > 0.0) {
            return Point::UNDEFINED;
        }
        self.survival.point(self.index(t), 1.0)
    }

    /// People at risk just before `t`.
    pub fn people_at(&self, t: f64) -> f64 {
        self.time.iter().position(|time| *time >= t).map_or(0.0, |index| self.people[index])
    }

    /// The time by which a share `p` had the event, with the interval that inverts the interval of the curve (Brookmeyer
    /// and Crowley 1982). Where the curve is flat at exactly 1 − p, the middle of that stretch. NaN when it is not reached.
    pub fn quantile(&self, p: f64) -> Quantile {
        let value = |curve: &[f64]| self.crossing(curve, 1.0 - p);
        Quantile {
            value: value(&self.survival.value),
            lower: value(&self.survival.lower),
            upper: value(&self.survival.upper),
        }
    }

    fn crossing(&self, curve: &[f64], level: f64) -> f64 {
        // equal up to rounding: products of fractions seldom hit 0.5 exactly
        let near = 1e-9;
        let Some(first) = curve.iter().position(|survival| *survival <= level + near) else { return f64::NAN };
        if curve[first] < level - near {
            return self.time[first];
        }
        let below = curve.iter().position(|survival| *survival < level - near);
        let end = below.map_or(f64::NAN, |index| self.time[index]);
        // flat to the end of the follow-up: the stretch has no second end
        if end.is_nan() { self.time[first] } else { f64::midpoint(self.time[first], end) }
    }
}

/// A quantile with its interval; NaN when the curve does not reach it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// The quantile
    pub value: f64,
    /// Lower end
    pub lower: f64,
    /// Upper end
    pub upper: f64,
}
