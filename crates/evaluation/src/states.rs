//! Moving between states, with returns: transition probabilities, occupancy and mean time in each state.
//!
//! Aalen and Johansen (1978): the product over times of (I + dA), dA the moves at a time divided by those at risk in the state they
//! leave. At risk in a state on `(start, stop]`. Covariance of Greenwood's kind: Andersen, Borgan, Gill and Keiding (1993),
//! equation 4.4.19; the states of one start are followed together, so covariances within a row of the matrix are known.

use nalgebra::{DMatrix, DVector};

use crate::{
    Problem,
    problem::{finite, same_length},
    table::count,
};

/// More states than this are a column that holds something else; the covariance is a square of them.
const MOST_STATES: usize = 100;

/// Stretches of time in a state, each ending in a move or censored; every row was checked.
#[derive(Clone, Debug)]
pub struct Moves<'a> {
    start: &'a [f64],
    stop: &'a [f64],
    from: &'a [usize],
    to: &'a [Option<usize>],
    states: usize,
}

impl<'a> Moves<'a> {
    /// Rows of start, stop, the state in between, and the state moved to at the stop (none: censored, or still there).
    pub fn new(
        start: &'a [f64],
        stop: &'a [f64],
        from: &'a [usize],
        to: &'a [Option<usize>],
        states: usize,
    ) -> Result<Self, Problem> {
        if start.is_empty() {
            return Err(Problem::whole("there are no rows; give at least one"));
        }
        if states > MOST_STATES {
            let what = format!("there are {states} different states; at most {MOST_STATES} can be followed");
            return Err(Problem::column("to", what));
        }
        same_length("stop", stop.len(), start.len())?;
        same_length("from", from.len(), start.len())?;
        same_length("to", to.len(), start.len())?;
        for row in 0..start.len() {
            finite(row, "start", start[row])?;
            finite(row, "stop", stop[row])?;
            if start[row] < 0.0 {
                return Err(Problem::at(row, "start", format!("{} is negative; it must be 0 or more", start[row])));
            }
            if stop[row] <= start[row] {
                return Err(Problem::at(row, "stop", format!("{} is not after the start, {}", stop[row], start[row])));
            }
            let known = |column: &'static str, state: usize| {
                let most = states.saturating_sub(1);
                let wrong = || Problem::at(row, column, format!("{state} is no state; give a code from 0 to {most}"));
                if state < states { Ok(()) } else { Err(wrong()) }
            };
            known("from", from[row])?;
            if let Some(to) = to[row] {
                known("to", to)?;
                if to == from[row] {
                    let what =
                        "moves to the state it is in; join the two rows, or leave it empty when nothing was seen";
                    return Err(Problem::at(row, "to", what));
                }
            }
        }
        if to.iter().all(Option::is_none) {
            let what = format!("nobody moves (all {} are censored), so there is nothing to estimate", to.len());
            return Err(Problem::column("to", what));
        }
        Ok(Self { start, stop, from, to, states })
    }

    /// Refuses rows of one person that overlap, or of which one begins in another state than the one before ended in.
    pub fn paths(&self, id: &[usize]) -> Result<(), Problem> {
        same_length("id", id.len(), self.start.len())?;
        let mut order: Vec<usize> = (0..id.len()).collect();
        order.sort_by(|a, b| id[*a].cmp(&id[*b]).then(self.start[*a].total_cmp(&self.start[*b])));
        for pair in order.windows(2) {
            let (before, row) = (pair[0], pair[1]);
            if id[before] != id[row] {
                continue;
            }
            if self.start[row] < self.stop[before] {
                let what = format!(
                    "{} is before the end, {}, of another row (row {}) of the same person",
                    self.start[row],
                    self.stop[before],
                    before + 1
                );
                return Err(Problem::at(row, "start", what));
            }
            if self.start[row] <= self.stop[before] && self.to[before].is_some_and(|to| to != self.from[row]) {
                let what = format!("the row before it of the same person (row {}) ended in another state", before + 1);
                return Err(Problem::at(row, "from", what));
            }
        }
        Ok(())
    }

    /// Share of those under observation just after `t` that is in each state.
    fn shares(&self, t: f64) -> Option<(DVector<f64>, f64)> {
        let mut there = DVector::zeros(self.states);
        for row in (0..self.start.len()).filter(|row| self.start[*row] <= t && t < self.stop[*row]) {
            there[self.from[row]] += 1.0;
        }
        let all = there.sum();
        (all > 0.0).then(|| (there / all, all))
    }
}

/// The moves at one time.
#[derive(Clone, Debug)]
struct Jump {
    time: f64,
    /// At risk in each state just before
    at_risk: Vec<f64>,
    /// From, to, how many
    moves: Vec<(usize, usize, f64)>,
}

/// All times after `after` with a move, in order.
fn jumps(moves: &Moves, after: f64) -> Vec<Jump> {
    let mut begun: Vec<(f64, usize)> = moves.start.iter().copied().zip(moves.from.iter().copied()).collect();
    begun.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut order: Vec<usize> = (0..moves.stop.len()).collect();
    order.sort_by(|a, b| moves.stop[*a].total_cmp(&moves.stop[*b]));
    let (mut now, mut came, mut jumps) = (vec![0.0; moves.states], 0, Vec::new());
    let mut next = 0;
    while next < order.len() {
        let time = moves.stop[order[next]];
        while came < begun.len() && begun[came].0 < time {
            now[begun[came].1] += 1.0;
            came += 1;
        }
        let mut jump = Jump { time, at_risk: now.clone(), moves: Vec::new() };
        while next < order.len() && moves.stop[order[next]] <= time {
            let row = order[next];
            now[moves.from[row]] -= 1.0;
            if let Some(to) = moves.to[row] {
                match jump.moves.iter_mut().find(|(from, other, _)| (*from, *other) == (moves.from[row], to)) {
                    Some((_, _, events)) => *events += 1.0,
                    None => jump.moves.push((moves.from[row], to, 1.0)),
                }
            }
            next += 1;
        }
        if !jump.moves.is_empty() && time > after {
            jumps.push(jump);
        }
    }
    jumps
}

impl Jump {
    /// I + dA.
    fn matrix(&self) -> DMatrix<f64> {
        let states = self.at_risk.len();
        let mut matrix = DMatrix::identity(states, states);
        for (from, to, events) in &self.moves {
            let share = events / self.at_risk[*from];
            matrix[(*from, *to)] += share;
            matrix[(*from, *from)] -= share;
        }
        matrix
    }
}

/// A distribution over the states on its way through time, the time spent in each, and the covariance of both.
#[derive(Clone, Debug)]
struct Walker {
    p: DVector<f64>,
    spent: DVector<f64>,
    of_p: DMatrix<f64>,
    of_both: DMatrix<f64>,
    of_spent: DMatrix<f64>,
}

impl Walker {
    fn new(p: DVector<f64>, of_p: DMatrix<f64>) -> Self {
        let zero = DMatrix::zeros(p.len(), p.len());
        Self { spent: DVector::zeros(p.len()), p, of_p, of_both: zero.clone(), of_spent: zero }
    }

    fn in_state(state: usize, states: usize) -> Self {
        let p = DVector::from_fn(states, |row, _| if row == state { 1.0 } else { 0.0 });
        Self::new(p, DMatrix::zeros(states, states))
    }

    /// Time goes by without a move.
    fn wait(&mut self, time: f64) {
        self.spent += &self.p * time;
        self.of_spent += (&self.of_both + self.of_both.transpose()) * time + &self.of_p * (time * time);
        self.of_both += &self.of_p * time;
    }

    fn jump(&mut self, jump: &Jump, matrix: &DMatrix<f64>) {
        let back = matrix.transpose();
        self.of_p = &back * &self.of_p * matrix;
        self.of_both = &back * &self.of_both;
        // the moves out of a state are a multinomial draw from those at risk in it
        for state in 0..self.p.len() {
            let leaves = jump.moves.iter().any(|(from, _, _)| *from == state);
            if leaves && self.p[state] > 0.0 {
                let draw = matrix.row(state).transpose();
                let covariance = DMatrix::from_diagonal(&draw) - &draw * draw.transpose();
                self.of_p += covariance * (self.p[state] * self.p[state] / jump.at_risk[state]);
            }
        }
        self.p = back * &self.p;
    }
}

/// Transition probabilities from one time to another.
#[derive(Clone, Debug)]
pub struct Transitions {
    /// The other time
    pub at: f64,
    /// `p[from][to]`
    pub p: Vec<Vec<f64>>,
    /// Covariance within a row: `covariance[from][to][other]`
    pub covariance: Vec<Vec<Vec<f64>>>,
    /// At risk in each state just before the first move after `at`; empty after the last
    pub at_risk: Vec<f64>,
}

fn lists(matrix: &DMatrix<f64>) -> Vec<Vec<f64>> {
    matrix.row_iter().map(|row| row.iter().copied().collect()).collect()
}

/// Transition matrices from `from` to each of the times, which must not be before it.
pub fn transitions(moves: &Moves, from: f64, times: &[f64]) -> Result<Vec<Transitions>, Problem> {
    let order = in_order(times, from)?;
    let jumps = jumps(moves, from);
    let mut walkers: Vec<Walker> = (0..moves.states).map(|state| Walker::in_state(state, moves.states)).collect();
    let (mut next, mut results) = (0, vec![None; times.len()]);
    for index in order {
        while next < jumps.len() && jumps[next].time <= times[index] {
            let matrix = jumps[next].matrix();
            walkers.iter_mut().for_each(|walker| walker.jump(&jumps[next], &matrix));
            next += 1;
        }
        results[index] = Some(Transitions {
            at: times[index],
            p: walkers.iter().map(|walker| walker.p.iter().copied().collect()).collect(),
            covariance: walkers.iter().map(|walker| lists(&walker.of_p)).collect(),
            at_risk: jumps.get(next).map(|jump| jump.at_risk.clone()).unwrap_or_default(),
        });
    }
    Ok(results.into_iter().flatten().collect())
}

/// The times in order, as indices; refuses one before `from`.
fn in_order(times: &[f64], from: f64) -> Result<Vec<usize>, Problem> {
    if let Some(time) = times.iter().find(|time| !time.is_finite() || **time < from) {
        return Err(Problem::whole(format!("a time of {time} is not possible; give times from {from}")));
    }
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
    Ok(order)
}

/// Probability of being in each state at a time, and the mean time spent in each until then.
#[derive(Clone, Debug)]
pub struct Occupancy {
    /// The time
    pub at: f64,
    /// Probability of each state
    pub p: Vec<f64>,
    /// Its standard error
    pub se: Vec<f64>,
    /// Mean time in each state up to here
    pub mean_time: Vec<f64>,
    /// Its standard error
    pub mean_time_se: Vec<f64>,
    /// At risk in each state just before the first move after this time
    pub at_risk: Vec<f64>,
}

/// Occupancy of the states at each of the times, starting from how those under observation just after 0 are spread over them
/// (its sampling variance, of a multinomial, included). No assumption that moves depend on the present state alone is needed for
/// occupancy when censoring is independent (Datta and Satten 2001).
pub fn occupancy(moves: &Moves, times: &[f64]) -> Result<Vec<Occupancy>, Problem> {
    let order = in_order(times, 0.0)?;
    let Some((start, n)) = moves.shares(0.0) else {
        let what =
            "nobody is under observation at time 0, so it is unknown where people start; ask for transitions instead";
        return Err(Problem::column("start", what));
    };
    let spread = (DMatrix::from_diagonal(&start) - &start * start.transpose()) / n;
    let (jumps, mut walker, mut now, mut next) = (jumps(moves, 0.0), Walker::new(start, spread), 0.0, 0);
    let mut results = vec![None; times.len()];
    for index in order {
        while next < jumps.len() && jumps[next].time <= times[index] {
            walker.wait(jumps[next].time - now);
            now = jumps[next].time;
            walker.jump(&jumps[next], &jumps[next].matrix());
            next += 1;
        }
        walker.wait(times[index] - now);
        now = times[index];
        let root = |matrix: &DMatrix<f64>| matrix.diagonal().iter().map(|variance| variance.max(0.0).sqrt()).collect();
        results[index] = Some(Occupancy {
            at: now,
            p: walker.p.iter().copied().collect(),
            se: root(&walker.of_p),
            mean_time: walker.spent.iter().copied().collect(),
            mean_time_se: root(&walker.of_spent),
            at_risk: jumps.get(next).map(|jump| jump.at_risk.clone()).unwrap_or_default(),
        });
    }
    Ok(results.into_iter().flatten().collect())
}

/// How much longer the stay lasts on account of an intermediate state: the mean, over the time at which people leave the initial
/// state, of the difference in remaining time between someone in the intermediate and someone in the initial state (Schulgen
/// and Schumacher 1996; Wangler, Beyersmann and Schumacher 2006). States that nobody leaves end the stay.
pub fn change_in_stay(moves: &Moves, initial: usize, intermediate: usize) -> Result<f64, Problem> {
    let jumps = jumps(moves, 0.0);
    let leaves = |state: usize| moves.from.contains(&state);
    for (state, name) in [(initial, "initial"), (intermediate, "intermediate")] {
        if state >= moves.states || !leaves(state) {
            return Err(Problem::column("from", format!("nobody is in the {name} state, {state}")));
        }
    }
    let staying = DVector::from_fn(moves.states, |state, _| if leaves(state) { 1.0 } else { 0.0 });
    // remaining time after each jump, from the last one back
    let mut rest = vec![DVector::zeros(moves.states); jumps.len()];
    for index in (1..jumps.len()).rev() {
        let gap = jumps[index].time - jumps[index - 1].time;
        rest[index - 1] = &staying * gap + jumps[index].matrix() * &rest[index];
    }
    let (mut left, mut change) = (1.0, 0.0);
    for (jump, rest) in jumps.iter().zip(&rest) {
        let out: f64 = jump.moves.iter().filter(|(from, _, _)| *from == initial).map(|(_, _, events)| events).sum();
        if out > 0.0 {
            let mass = left * out / jump.at_risk[initial];
            change += mass * (rest[intermediate] - rest[initial]);
            left -= mass;
        }
    }
    Ok(change)
}

/// How many rows begin in each state.
pub fn rows_from(moves: &Moves) -> Vec<f64> {
    (0..moves.states).map(|state| count(moves.from.iter().filter(|from| **from == state).count())).collect()
}
