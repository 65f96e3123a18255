//! The rows as the sums need them: earliest time first, with Kaplan-Meier of being censored just before each.

use super::FineGray;
use crate::regression::{Units, check_column, check_length, key, refusal, same};
use crate::{CENSORED, Event, Problem};

/// A moment at which the event happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) time: f64,
    /// The first row with this time.
    pub(crate) first: usize,
    pub(crate) events: usize,
}

pub(crate) struct Rows {
    pub(crate) n: usize,
    pub(crate) p: usize,
    pub(crate) x: Vec<f64>,
    pub(crate) time: Vec<f64>,
    event: Vec<Event>,
    cause: Event,
    group: Vec<u32>,
    pub(crate) groups: usize,
    /// `G(T-)` of each row, in its own group.
    before: Vec<f64>,
    /// `G(t-)` of each moment, group after group.
    still: Vec<f64>,
    pub(crate) moments: Vec<Moment>,
    pub(crate) units: Units,
}

impl Rows {
    pub(crate) fn of(model: &FineGray<'_>) -> Result<Self, Problem> {
        let n = model.time.len();
        check(model)?;
        let units = Units::of(model.covariates, n)?;
        let mut sorted: Vec<(u64, u32)> = model.time.iter().zip(0..).map(|(time, row)| (key(*time), row)).collect();
        sorted.sort_unstable();
        let order: Vec<u32> = sorted.into_iter().map(|(_, row)| row).collect();
        let codes = model.censoring.map(renumbered);
        let groups = codes.as_ref().map_or(1, |(_, count)| *count);
        let time: Vec<f64> = order.iter().map(|row| model.time[*row as usize]).collect();
        let event: Vec<Event> = order.iter().map(|row| model.event[*row as usize]).collect();
        let group: Vec<u32> =
            codes.map_or_else(Vec::new, |(codes, _)| order.iter().map(|row| codes[*row as usize]).collect());
        let mut out = Self {
            n,
            p: units.centre.len(),
            x: units.rows(model.covariates, &order),
            time,
            event,
            cause: model.cause,
            group,
            groups,
            before: Vec::new(),
            still: Vec::new(),
            moments: Vec::new(),
            units,
        };
        out.find_moments();
        out.weigh();
        Ok(out)
    }

    fn find_moments(&mut self) {
        let mut first = 0;
        for row in 0..self.n {
            if self.time[row] > self.time[first] {
                first = row;
            }
            if self.event[row] == self.cause {
                match self.moments.last_mut() {
                    Some(last) if last.first == first => last.events += 1,
                    _ => self.moments.push(Moment { time: self.time[row], first, events: 1 }),
                }
            }
        }
    }

    /// Kaplan-Meier of being censored, each group on its own; whoever ends at a moment is still at risk of censoring then.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
    fn weigh(&mut self) {
        let mut at_risk = vec![0_usize; self.groups];
        (0..self.n).for_each(|row| at_risk[self.group(row)] += 1);
        let mut g = vec![1.0; self.groups];
        let mut moments = self.moments.iter().peekable();
        let (mut before, mut still) =
            (Vec::with_capacity(self.n), Vec::with_capacity(self.moments.len() * self.groups));
        let mut from = 0;
        while from < self.n {
            let until = from + self.time[from..].iter().take_while(|time| same(**time, self.time[from])).count();
            if moments.next_if(|moment| moment.first == from).is_some() {
                still.extend_from_slice(&g);
            }
            let (mut censored, mut ended) = (vec![0_usize; self.groups], vec![0_usize; self.groups]);
            for row in from..until {
                before.push(g[self.group(row)]);
                ended[self.group(row)] += 1;
                censored[self.group(row)] += usize::from(self.event[row] == CENSORED);
            }
            for group in 0..self.groups {
                if censored[group] > 0 {
                    g[group] *= 1.0 - censored[group] as f64 / at_risk[group] as f64;
                }
                at_risk[group] -= ended[group];
            }
            from = until;
        }
        self.before = before;
        self.still = still;
    }

    pub(crate) fn events(&self) -> usize {
        self.moments.iter().map(|moment| moment.events).sum()
    }

    /// The rows with the time of a moment.
    pub(crate) fn at(&self, moment: &Moment) -> std::ops::Range<usize> {
        let tied = self.time[moment.first..].iter().take_while(|time| same(**time, moment.time)).count();
        moment.first..moment.first + tied
    }

    pub(crate) fn row(&self, at: usize) -> &[f64] {
        &self.x[at * self.p..(at + 1) * self.p]
    }

    pub(crate) fn group(&self, row: usize) -> usize {
        self.group.get(row).map_or(0, |group| *group as usize)
    }

    pub(crate) fn has_event(&self, row: usize) -> bool {
        self.event[row] == self.cause
    }

    pub(crate) fn competes(&self, row: usize) -> bool {
        self.event[row] != self.cause && self.event[row] != CENSORED
    }

    pub(crate) fn censored(&self, row: usize) -> bool {
        self.event[row] == CENSORED
    }

    /// `G` of the row's group just before its time.
    pub(crate) fn before(&self, row: usize) -> f64 {
        self.before[row]
    }

    /// `G` of a group just before a moment.
    pub(crate) fn still(&self, moment: usize, group: usize) -> f64 {
        self.still[moment * self.groups + group]
    }

    /// Sum of `value` over the moments at which each row is at risk, by its weight then.
    pub(crate) fn met(&self, value: &[f64]) -> Vec<f64> {
        let (mut out, mut sum) = (vec![0.0; self.n], 0.0);
        let mut next = 0;
        for (row, met) in out.iter_mut().enumerate() {
            while next < self.moments.len() && self.moments[next].time <= self.time[row] {
                sum += value[next];
                next += 1;
            }
            *met = sum;
        }
        // afterwards, for those who left by another cause: what is still to come, in their group's weight
        let (mut ahead, mut next) = (vec![0.0; self.groups], self.moments.len());
        for row in (0..self.n).rev() {
            while next > 0 && self.moments[next - 1].time > self.time[row] {
                next -= 1;
                for (group, ahead) in ahead.iter_mut().enumerate() {
                    *ahead += value[next] * self.still(next, group);
                }
            }
            if self.competes(row) {
                out[row] += ahead[self.group(row)] / self.before(row);
            }
        }
        out
    }
}

fn check(model: &FineGray<'_>) -> Result<(), Problem> {
    let n = model.time.len();
    if n == 0 {
        return Err(Problem::whole("there are no rows; give at least one"));
    }
    check_column("time", model.time, n)?;
    check_length("event", model.event.len(), n)?;
    if let Some(groups) = model.censoring {
        check_length("censoring groups", groups.len(), n)?;
    }
    if model.cause == CENSORED || !model.event.contains(&model.cause) {
        return Err(refusal::no_events());
    }
    Ok(())
}

/// Codes 0, 1, … in the order of the given ones, and how many.
fn renumbered(codes: &[u32]) -> (Vec<u32>, usize) {
    let mut known: Vec<u32> = codes.to_vec();
    known.sort_unstable();
    known.dedup();
    let place = |code: &u32| u32::try_from(known.partition_point(|other| other < code)).unwrap_or(u32::MAX);
    (codes.iter().map(place).collect(), known.len())
}
