//! The attack: how closely someone can compute a group by adding and subtracting everything that was published.
//!
//! The people fall into disjoint groups. Each published number says of a set of groups that their sum lies between two
//! values. What the attacker can conclude about a group is the interval between the smallest and the largest value it can
//! have with all statements true and no group negative: two linear programs (Willenborg and De Waal, Elements of Statistical
//! Disclosure Control, 2001, chapter 4). Variables are written as deviations from the truth, so that the
//! program always has a solution and its numbers stay small.

use std::collections::BTreeSet;

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, SolveOptions};

use super::Refusal;

/// Differences below this are rounding of the solver.
pub(super) const NOTHING: f64 = 1e-6;

/// A published number: the sum over some groups lies between `from` and `to` (equal when it was published exactly).
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Which groups are in it.
    pub groups: Vec<usize>,
    /// The least it can be.
    pub from: f64,
    /// The most it can be.
    pub to: f64,
}

/// What an attacker knows about a group: it lies between these two (both included).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The least.
    pub from: f64,
    /// The most; infinite when nothing bounds it.
    pub to: f64,
}

impl Interval {
    /// Its length.
    pub fn width(self) -> f64 {
        self.to - self.from
    }
}

/// Everything that was said about the groups.
#[derive(Debug)]
pub struct Attack<'a> {
    truth: &'a [f64],
    statements: Vec<Statement>,
    /// Groups that follow exactly, without a program: alone in an exact statement, or the last unknown of one.
    known: Vec<bool>,
    /// Which statements speak of a group.
    about: Vec<Vec<usize>>,
}

impl<'a> Attack<'a> {
    /// From the true sizes of the groups and the statements, which must be true of them.
    ///
    /// # Errors
    /// A statement names a group that is not there.
    pub fn new(truth: &'a [f64], statements: Vec<Statement>) -> Result<Self, Refusal> {
        let mut about = vec![Vec::new(); truth.len()];
        for (number, statement) in statements.iter().enumerate() {
            for &group in &statement.groups {
                about.get_mut(group).ok_or(Refusal::Group { group, groups: truth.len() })?.push(number);
            }
        }
        let mut attack = Self { truth, statements, known: vec![false; truth.len()], about };
        attack.subtract();
        Ok(attack)
    }

    /// Plain subtraction, as often as it gives something: the cheap part of the attack.
    fn subtract(&mut self) {
        let exact = |statement: &Statement| statement.to - statement.from < NOTHING;
        let mut waiting: Vec<usize> = (0..self.statements.len()).filter(|&n| exact(&self.statements[n])).collect();
        while let Some(number) = waiting.pop() {
            let mut unknown = self.statements[number].groups.iter().copied().filter(|&group| !self.known[group]);
            let (Some(group), None) = (unknown.next(), unknown.next()) else { continue };
            self.known[group] = true;
            waiting.extend(self.about[group].iter().copied().filter(|&n| exact(&self.statements[n])));
        }
    }

    /// What can be concluded about the sum of some groups.
    ///
    /// # Errors
    /// The solver gave up.
    pub fn interval(&self, groups: &[usize]) -> Result<Interval, Refusal> {
        let value: f64 = groups.iter().map(|&group| self.truth[group]).sum();
        let unknown: Vec<usize> = groups.iter().copied().filter(|&group| !self.known[group]).collect();
        if unknown.is_empty() {
            return Ok(Interval { from: value, to: value });
        }
        let (near, statements) = self.connected(&unknown);
        let solve = |direction| self.solve(direction, &near, &statements, &unknown);
        let from = value + solve(OptimizationDirection::Minimize)?;
        let to = value + solve(OptimizationDirection::Maximize)?;
        Ok(Interval { from: from.max(0.0), to })
    }

    /// The groups and statements that have to do with some groups, through others that are not known.
    fn connected(&self, start: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let (mut groups, mut statements) = (start.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::new());
        let mut waiting = start.to_vec();
        while let Some(group) = waiting.pop() {
            for &number in &self.about[group] {
                if statements.insert(number) {
                    let fresh = self.statements[number].groups.iter().copied();
                    let fresh: Vec<usize> = fresh.filter(|&g| !self.known[g] && groups.insert(g)).collect();
                    waiting.extend(fresh);
                }
            }
        }
        (groups.into_iter().collect(), statements.into_iter().collect())
    }

    /// The furthest that the sum of `of` can deviate from the truth.
    fn solve(
        &self,
        direction: OptimizationDirection,
        near: &[usize],
        statements: &[usize],
        of: &[usize],
    ) -> Result<f64, Refusal> {
        let mut problem = Problem::new(direction);
        let variables: Vec<_> = near
            .iter()
            .map(|group| {
                let weight = if of.contains(group) { 1.0 } else { 0.0 };
                problem.add_var(weight, (-self.truth[*group], f64::INFINITY))
            })
            .collect();
        for &number in statements {
            let statement = &self.statements[number];
            let truth: f64 = statement.groups.iter().map(|&group| self.truth[group]).sum();
            let terms: Vec<_> = statement
                .groups
                .iter()
                .filter_map(|group| near.binary_search(group).ok().map(|at| (variables[at], 1.0)))
                .collect();
            let (down, up) = (statement.from - truth, statement.to - truth);
            if up - down < NOTHING {
                problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
            } else {
                problem.add_constraint(terms.clone(), ComparisonOp::Ge, down);
                if up.is_finite() {
                    problem.add_constraint(terms, ComparisonOp::Le, up);
                }
            }
        }
        match solved(&problem) {
            Ok(solution) => Ok(solution.objective()),
            Err(Error::Unbounded) => Ok(f64::INFINITY),
            Err(error) => Err(Refusal::Solver(error.to_string())),
        }
    }
}

/// The solution; no limit is set, so an interruption is a failure of the solver. Simplifying first costs more than it saves: the
/// programs are small and many.
pub(super) fn solved(problem: &Problem) -> Result<microlp::Solution, Error> {
    let mut options = SolveOptions::default();
    options.presolve = false;
    problem
        .solve_with(options)?
        .into_solution()
        .map_err(|interrupted| Error::InternalError(format!("interrupted: {:?}", interrupted.termination_reason())))
}
