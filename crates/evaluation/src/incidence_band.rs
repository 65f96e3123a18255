//! A band that holds a whole incidence curve.
//!
//! Lin (1997): the estimate less the truth tends to a Gaussian process, which is drawn many times here with Greenwood's covariance of
//! the curve itself; the critical value is the quantile of its largest standardised deviation. Every time has the same number
//! of standard errors (equal precision), on any of the scales of an interval.

use std::f64::consts::PI;

use crate::{
    Event, Incidence, Problem, Scale, bands::Banded, bootstrap::percentiles, interval::around, problem, steps::ratio,
};

impl Incidence {
    /// A band for a cause (from 1) over `[from, to]`, from `replicates` drawn processes. For unweighted rows.
    ///
    /// Randomness is handed in: `random` gives the next of a sequence of evenly spread 64-bit numbers. Refuses a stretch in which
    /// nobody has had the cause yet.
    pub fn band(
        &self,
        cause: Event,
        scale: Scale,
        level: f64,
        (from, to): (f64, f64),
        replicates: usize,
        random: &mut impl FnMut() -> u64,
    ) -> Result<Banded, Problem> {
        let level = problem::level(level)?;
        let own = usize::from(cause).checked_sub(1).filter(|own| *own < self.causes.len());
        let own = own.ok_or_else(|| Problem::column("event", format!("nobody has cause {cause}")))?;
        let estimate = &self.causes[own];
        let inside = |index: &usize| (from..=to).contains(&self.time[*index]) && estimate.se[*index] > 0.0;
        let steps: Vec<usize> = (0..self.time.len()).filter(inside).collect();
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            let what = format!("nobody has had cause {cause} from {from} to {to}; choose a stretch where someone has");
            return Err(Problem::column("time", what));
        };
        let draws = self.draws(own);
        let largest = |_| largest(&draws[..=*last], &estimate.se, *first, random);
        let deviations: Vec<f64> = (0..replicates).map(largest).collect();
        // the upper end of a two-sided interval that leaves (1 − level) above it
        let (_, critical) = percentiles(&deviations, 2.0 * level - 1.0);
        let (lower, upper) =
            steps.iter().map(|i| around(scale, estimate.value[*i], critical * estimate.se[*i])).unzip();
        let pick = |all: &[f64]| steps.iter().map(|index| all[*index]).collect();
        Ok(Banded { time: pick(&self.time), value: pick(&estimate.value), lower, upper, critical })
    }

    /// What each time does to the process.
    fn draws(&self, own: usize) -> Vec<Draw> {
        let (mut before, mut draws) = (1.0, Vec::with_capacity(self.time.len()));
        for u in 0..self.time.len() {
            let at_risk = self.at_risk[u];
            let all: f64 = self.events.iter().map(|events| events[u]).sum();
            let (q, p) = (ratio(self.events[own][u], at_risk), ratio(all, at_risk));
            let others = p - q;
            let rest = if self.event_free.value[u] > 0.0 { 1.0 - p } else { 0.0 };
            draws.push(Draw {
                q,
                rest,
                of_own: before * ratio(q * (1.0 - q), at_risk).sqrt(),
                others_given_own: if q < 1.0 { -others / (1.0 - q) } else { 0.0 },
                of_others: before * if q < 1.0 { ratio(others * rest / (1.0 - q), at_risk).sqrt() } else { 0.0 },
            });
            before = self.event_free.value[u];
        }
        draws
    }
}

/// The multinomial draw at one time, as two independent normal ones, and how the errors so far go on.
struct Draw {
    /// Share with the cause
    q: f64,
    /// Share without any event
    rest: f64,
    of_own: f64,
    others_given_own: f64,
    of_others: f64,
}

/// The largest standardised deviation of one drawn process, from the step `first` on.
fn largest(draws: &[Draw], se: &[f64], first: usize, random: &mut impl FnMut() -> u64) -> f64 {
    let (mut free, mut incidence, mut most) = (0.0, 0.0, 0.0_f64);
    for (index, draw) in draws.iter().enumerate() {
        if draw.rest < 1.0 {
            let (a, b) = normals(random);
            let own = draw.of_own * a;
            let others = draw.others_given_own * own + draw.of_others * b;
            incidence += draw.q * free + own;
            free = draw.rest * free - own - others;
        }
        if index >= first && se[index] > 0.0 {
            most = most.max((incidence / se[index]).abs());
        }
    }
    most
}

/// Two independent normal numbers (Box and Muller 1958).
fn normals(random: &mut impl FnMut() -> u64) -> (f64, f64) {
    // 53 bits, above 0 and at most 1
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let mut unit = || ((random() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    let (length, angle) = ((-2.0 * unit().ln()).sqrt(), 2.0 * PI * unit());
    (length * angle.cos(), length * angle.sin())
}
