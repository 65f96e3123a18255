//! Do groups differ in the cumulative incidence of a cause? Gray's test.

use nalgebra::{DMatrix, DVector};

use crate::{
    Event, Groups, Problem, Sample,
    distribution::{benjamini_hochberg, chi_square_tail, holm},
    log_rank::{apart, comparable, quadratic},
    table::{Table, Walk, tables},
};

/// Gray's test for one cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Gray {
    /// The cause, from 1
    pub cause: Event,
    /// Statistic, chi-square when the groups are equal
    pub statistic: f64,
    /// Degrees of freedom
    pub df: usize,
    /// P-value
    pub p: f64,
}

/// Two groups compared, the p-value adjusted for all pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Code of the one group
    pub one: usize,
    /// Code of the other
    pub other: usize,
    /// The test of the two
    pub test: Gray,
    /// P-value adjusted by Holm
    pub p_holm: f64,
    /// P-value adjusted by Benjamini and Hochberg
    pub p_bh: f64,
}

/// Gray's (1988) test that the groups have the same cumulative incidence, for each cause that occurs.
///
/// `rho` weights each time with (1 − F(t−))^rho, F the pooled incidence; strata are added up. The variance is the one of the
/// paper's section 3 with tied events drawn without replacement, as in `cmprsk`. At risk up to and including the time;
/// delayed entry and weights are refused, as the test has no form for them.
pub fn gray(sample: &Sample, groups: &Groups, strata: Option<&Groups>, rho: f64) -> Result<Vec<Gray>, Problem> {
    comparable(sample, groups, strata, rho)?;
    if sample.entry().is_some() {
        let what = "Gray's test has no form for delayed entry; compare the curves, or use the log-rank test of a cause";
        return Err(Problem::column("entry", what));
    }
    let count = groups.count();
    let crossed = strata.map_or_else(|| groups.clone(), |strata| groups.within(strata));
    let tables = tables(sample, &crossed);
    let mut tests = Vec::new();
    for cause in 0..sample.causes() {
        if !tables.iter().any(|table| table.events.iter().skip(cause).step_by(table.causes).any(|sum| *sum > 0.0)) {
            continue;
        }
        let kept = count - 1;
        let (mut score, mut variance) = (DVector::zeros(kept), DMatrix::zeros(kept, kept));
        for tables in tables.chunks(count) {
            let stratum = Stratum::of(tables, cause, rho);
            score += stratum.score.rows(0, kept);
            variance += stratum.variance.view((0, 0), (kept, kept));
        }
        let statistic = quadratic(&score, variance).ok_or_else(apart)?;
        let cause = Event::try_from(cause + 1).unwrap_or(Event::MAX);
        tests.push(Gray { cause, statistic, df: kept, p: chi_square_tail(statistic, kept) });
    }
    Ok(tests)
}

/// Every pair of groups compared on one cause, with p-values adjusted for their number.
pub fn gray_pairs(
    sample: &Sample,
    groups: &Groups,
    strata: Option<&Groups>,
    cause: Event,
    rho: f64,
) -> Result<Vec<Pair>, Problem> {
    comparable(sample, groups, strata, rho)?;
    sample.has_cause(cause)?;
    let mut pairs = Vec::new();
    for one in 0..groups.count() {
        for other in one + 1..groups.count() {
            if let Some(test) = pair(sample, groups, strata, (one, other), cause, rho)? {
                pairs.push(Pair { one, other, test, p_holm: f64::NAN, p_bh: f64::NAN });
            }
        }
    }
    let p: Vec<f64> = pairs.iter().map(|pair| pair.test.p).collect();
    for (pair, (holm, bh)) in pairs.iter_mut().zip(holm(&p).into_iter().zip(benjamini_hochberg(&p))) {
        (pair.p_holm, pair.p_bh) = (holm, bh);
    }
    Ok(pairs)
}

/// None when the cause occurs in neither group.
fn pair(
    sample: &Sample,
    groups: &Groups,
    strata: Option<&Groups>,
    (one, other): (usize, usize),
    cause: Event,
    rho: f64,
) -> Result<Option<Gray>, Problem> {
    let among = |row: &usize| [one, other].contains(&(groups.of()[*row] as usize));
    let rows: Vec<usize> = (0..sample.rows()).filter(among).collect();
    let time: Vec<f64> = rows.iter().map(|row| sample.time()[*row]).collect();
    let event: Vec<Event> = rows.iter().map(|row| sample.event()[*row]).collect();
    if !event.contains(&cause) {
        return Ok(None);
    }
    let labels: Vec<&str> = rows.iter().map(|row| if groups.of()[*row] as usize == one { "0" } else { "1" }).collect();
    let strata = strata
        .map(|strata| Groups::from_labels(&rows.iter().map(|row| strata.of()[*row].to_string()).collect::<Vec<_>>()));
    let tests = gray(&Sample::new(&time, &event)?, &Groups::from_labels(&labels), strata.as_ref(), rho)?;
    Ok(tests.into_iter().find(|test| test.cause == cause))
}

/// A group on its way through the times.
#[derive(Clone, Default)]
struct Group {
    at_risk: f64,
    /// Events of the cause, and of the others, at this time
    own: f64,
    others: f64,
    /// Event-free before and after this time
    before: f64,
    after: f64,
    /// Incidence of the cause before this time
    incidence: f64,
    /// At risk divided by the event-free probability before
    inflated: f64,
}

/// Score and its covariance in one stratum, on their way through the times.
///
/// With S the event-free probability and F the incidence of a group, its size for the subdistribution is
/// Y (1 − F(t−)) / S(t−). The covariance follows each group's events (of the cause, and of the others) from the time they
/// happen to the end: `direct` is what an event adds at once, `later` what it takes from all later scores.
struct Stratum {
    rho: f64,
    groups: Vec<Group>,
    /// Pooled incidence before this time
    pooled: f64,
    direct: DMatrix<f64>,
    later: DMatrix<f64>,
    /// Sums over the draws of each group so far: squares, and products with what they added at once
    drawn: Vec<f64>,
    cross: DMatrix<f64>,
    score: DVector<f64>,
    variance: DMatrix<f64>,
}

/// All groups together at one time.
struct Moment {
    own: f64,
    /// Sum of at risk / event-free
    size: f64,
    /// Pooled incidence after this time
    after: f64,
}

impl Stratum {
    fn new(count: usize, rho: f64) -> Self {
        let zero = DMatrix::zeros(count, count);
        Self {
            rho,
            groups: vec![Group { before: 1.0, after: 1.0, ..Group::default() }; count],
            pooled: 0.0,
            direct: zero.clone(),
            later: zero.clone(),
            drawn: vec![0.0; count],
            cross: zero.clone(),
            score: DVector::zeros(count),
            variance: zero,
        }
    }

    /// Through all times, to the end.
    fn of(tables: &[Table], cause: usize, rho: f64) -> Self {
        let mut stratum = Self::new(tables.len(), rho);
        let mut walk = Walk::new(tables, None);
        while walk.step() {
            if stratum.count(&walk, tables, cause) {
                let moment = stratum.estimate();
                stratum.add_score(&moment);
                stratum.add_variance(&moment);
                stratum.advance(&moment);
            }
        }
        stratum.close();
        stratum
    }

    /// Takes in who is at risk and who has an event; whether there is any.
    fn count(&mut self, walk: &Walk, tables: &[Table], cause: usize) -> bool {
        for (index, group) in self.groups.iter_mut().enumerate() {
            let here = walk.here[index];
            group.at_risk = walk.at_risk[index];
            group.own = here.map_or(0.0, |here| tables[index].of(here)[cause]);
            group.others = here.map_or(0.0, |here| tables[index].any(here)) - group.own;
        }
        self.groups.iter().any(|group| group.own + group.others > 0.0)
    }

    fn estimate(&mut self) -> Moment {
        let (mut own, mut size) = (0.0, 0.0);
        for group in self.groups.iter_mut().filter(|group| group.at_risk > 0.0) {
            group.after = group.before * (group.at_risk - group.own - group.others).max(0.0) / group.at_risk;
            group.inflated = group.at_risk / group.before;
            own += group.own;
            size += group.inflated;
        }
        Moment { own, size, after: self.pooled + own / size }
    }

    /// Groups with anyone at risk.
    fn there(&self) -> Vec<usize> {
        (0..self.groups.len()).filter(|index| self.groups[*index].at_risk > 0.0).collect()
    }

    fn add_score(&mut self, moment: &Moment) {
        let (there, weight) = (self.there(), (1.0 - self.pooled).powf(self.rho));
        let subject = |group: &Group| group.inflated * (1.0 - group.incidence);
        let all: f64 = there.iter().map(|index| subject(&self.groups[*index])).sum();
        self.direct.fill(0.0);
        for i in &there {
            let group = &self.groups[*i];
            self.score[*i] += weight * (group.own - moment.own * subject(group) / all);
            for j in &there {
                let same = if i == j { 1.0 } else { 0.0 };
                let direct = weight * group.inflated * (same - self.groups[*j].inflated / moment.size);
                self.direct[(*i, *j)] = direct;
                self.later[(*i, *j)] += direct * moment.own / (moment.size * (1.0 - self.pooled));
            }
        }
    }

    fn add_variance(&mut self, moment: &Moment) {
        for k in self.there() {
            let Group { at_risk, own: _, others, before, after, .. } = self.groups[k];
            // share of the pooled survivors of the cause that an event-free one of this group stands for
            let share = if after > 0.0 { (1.0 - moment.after) / after } else { 0.0 };
            if moment.own > 0.0 {
                let draw = ties(moment.own, moment.size * before) * before * moment.own / (moment.size * at_risk);
                let kept = 1.0 - share;
                let terms = self.direct.column(k) - self.later.column(k) * kept;
                self.collect(k, kept, draw, &terms);
            }
            if others > 0.0 && after > 0.0 {
                let draw = ties(others, at_risk) * before * before * others / (at_risk * at_risk);
                let terms = self.later.column(k) * share;
                self.collect(k, -share, draw, &terms);
            }
        }
    }

    /// Adds what one draw of events in group `k` does: at once (`terms`), and to all that follows (`kept`).
    fn collect(&mut self, k: usize, kept: f64, draw: f64, terms: &DVector<f64>) {
        self.drawn[k] += kept * kept * draw;
        self.variance += terms * terms.transpose() * draw;
        for (i, term) in terms.iter().enumerate() {
            self.cross[(i, k)] += term * kept * draw;
        }
    }

    fn advance(&mut self, moment: &Moment) {
        for group in self.groups.iter_mut().filter(|group| group.at_risk > 0.0) {
            group.incidence += group.before * group.own / group.at_risk;
            group.before = group.after;
        }
        self.pooled = moment.after;
    }

    /// What all draws did to the scores that followed them.
    fn close(&mut self) {
        let squares = DMatrix::from_diagonal(&DVector::from_vec(self.drawn.clone()));
        let both = &self.later * self.cross.transpose();
        self.variance += &self.later * squares * self.later.transpose() + both.transpose() + both;
    }
}

/// Tied events are drawn without replacement.
fn ties(events: f64, among: f64) -> f64 {
    if events > 1.0 { 1.0 - (events - 1.0) / (among - 1.0) } else { 1.0 }
}
