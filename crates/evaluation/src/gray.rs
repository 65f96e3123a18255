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
        let mut sum = Stratum::new(count);
        for tables in tables.chunks(count) {
            let one = stratum(tables, cause, rho);
            sum.score += one.score;
            sum.variance += one.variance;
        }
        let kept = count - 1;
        let variance = sum.variance.view((0, 0), (kept, kept)).into_owned();
        let score = sum.score.rows(0, kept).into_owned();
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

struct Stratum {
    score: DVector<f64>,
    variance: DMatrix<f64>,
}

impl Stratum {
    fn new(groups: usize) -> Self {
        Self { score: DVector::zeros(groups), variance: DMatrix::zeros(groups, groups) }
    }
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
    /// At risk divided by the event-free probability
    inflated: f64,
}

/// Score and its covariance in one stratum.
///
/// With S the event-free probability and F the incidence of a group, its size for the subdistribution is
/// Y (1 − F(t−)) / S(t−). The covariance follows each group's events (of the cause, and of the others) from the time they
/// happen to the end: `direct` is what an event adds at once, `later` what it takes from all later scores.
fn stratum(tables: &[Table], cause: usize, rho: f64) -> Stratum {
    let count = tables.len();
    let mut result = Stratum::new(count);
    let mut groups = vec![Group { before: 1.0, after: 1.0, ..Group::default() }; count];
    let (mut later, mut cross) = (DMatrix::<f64>::zeros(count, count), DMatrix::<f64>::zeros(count, count));
    let (mut direct, mut drawn) = (DMatrix::<f64>::zeros(count, count), vec![0.0; count]);
    let (mut walk, mut pooled) = (Walk::new(tables, None), 0.0_f64);
    while walk.step() {
        let (mut own, mut others) = (0.0, 0.0);
        for (index, group) in groups.iter_mut().enumerate() {
            let table = &tables[index];
            let here = walk.here[index];
            group.at_risk = walk.at_risk[index];
            group.own = here.map_or(0.0, |here| table.of(here)[cause]);
            group.others = here.map_or(0.0, |here| table.any(here)) - group.own;
            own += group.own;
            others += group.others;
        }
        if own + others <= 0.0 {
            continue;
        }
        let (mut size, mut subject) = (0.0, 0.0);
        for group in groups.iter_mut().filter(|group| group.at_risk > 0.0) {
            group.after = group.before * (group.at_risk - group.own - group.others).max(0.0) / group.at_risk;
            group.inflated = group.at_risk / group.before;
            size += group.inflated;
            subject += group.inflated * (1.0 - group.incidence);
        }
        let (before, after) = (pooled, pooled + own / size);
        let weight = (1.0 - before).powf(rho);
        direct.fill(0.0);
        let there: Vec<usize> = (0..count).filter(|index| groups[*index].at_risk > 0.0).collect();
        for i in &there {
            let group = &groups[*i];
            result.score[*i] += weight * (group.own - own * group.inflated * (1.0 - group.incidence) / subject);
            for j in &there {
                let same = if i == j { 1.0 } else { 0.0 };
                direct[(*i, *j)] = weight * group.inflated * (same - groups[*j].inflated / size);
                later[(*i, *j)] += direct[(*i, *j)] * own / (size * (1.0 - before));
            }
        }
        for k in &there {
            let group = &groups[*k];
            // share of the pooled survivors of the cause that an event-free one of this group stands for
            let share = if group.after > 0.0 { (1.0 - after) / group.after } else { 0.0 };
            if own > 0.0 {
                let ties = if own > 1.0 { 1.0 - (own - 1.0) / (size * group.before - 1.0) } else { 1.0 };
                let draw = ties * group.before * own / (size * group.at_risk);
                let kept = 1.0 - share;
                let term = |i: usize| direct[(i, *k)] - kept * later[(i, *k)];
                collect(&mut result.variance, &mut cross, &mut drawn, *k, kept, draw, term);
            }
            if group.others > 0.0 && group.after > 0.0 {
                let ties = if group.others > 1.0 { 1.0 - (group.others - 1.0) / (group.at_risk - 1.0) } else { 1.0 };
                let draw = ties * group.before * group.before * group.others / (group.at_risk * group.at_risk);
                let term = |i: usize| share * later[(i, *k)];
                collect(&mut result.variance, &mut cross, &mut drawn, *k, -share, draw, term);
            }
        }
        for group in groups.iter_mut().filter(|group| group.at_risk > 0.0) {
            group.incidence += group.before * group.own / group.at_risk;
            group.before = group.after;
        }
        pooled = after;
    }
    for i in 0..count {
        for j in 0..count {
            for k in 0..count {
                result.variance[(i, j)] += later[(i, k)] * later[(j, k)] * drawn[k]
                    + later[(i, k)] * cross[(j, k)]
                    + later[(j, k)] * cross[(i, k)];
            }
        }
    }
    result
}

/// Adds what one draw of events in group `k` does: at once (`term`), and to all that follows (`kept`).
fn collect(
    variance: &mut DMatrix<f64>,
    cross: &mut DMatrix<f64>,
    drawn: &mut [f64],
    k: usize,
    kept: f64,
    draw: f64,
    term: impl Fn(usize) -> f64,
) {
    drawn[k] += kept * kept * draw;
    for i in 0..variance.nrows() {
        cross[(i, k)] += term(i) * kept * draw;
        for j in 0..variance.ncols() {
            variance[(i, j)] += term(i) * term(j) * draw;
        }
    }
}
