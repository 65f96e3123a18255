//! Which cells are hidden so that the small ones cannot be computed.
//!
//! For each group to protect, in each direction, the cheapest way in which the table could deviate so far is looked for
//! with what is already hidden free of charge; the cells that deviate in it are hidden too (the linear-programming heuristic
//! of Kelly, Golden and Assad, Networks 22, 1992, 397-417, with the costs of Robertson: the value of a cell, so that little
//! is lost). After that, every hidden cell that is not needed is opened again, the largest first. The result is
//! safe by construction, and the attack is asked all the same before it is given back. It is not always the smallest choice.

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem};

use super::{
    Refusal,
    attack::{Attack, NOTHING, Statement, solved},
};

/// How many linear programs opening cells again may cost, at most; above it the choice stays as it is, safe but larger.
const TIDYING: usize = 50_000;

/// What may happen to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Published, unless it must be hidden.
    Open,
    /// Published before: it cannot be taken back.
    Published,
    /// Hidden, whatever happens.
    Hidden,
}

/// A number that is, or could be, published: the sum of some groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Which groups.
    pub groups: Vec<usize>,
    /// What may happen to it.
    pub state: State,
}

/// Disjoint groups with their true sizes (or costs), and the cells that add them up.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// The size of each group.
    pub truth: Vec<f64>,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// Some groups whose sum must stay uncertain: an attacker may not exclude `sum - down` nor `sum + up`.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// Which groups.
    pub groups: Vec<usize>,
    /// How far below the truth it must be able to lie.
    pub down: f64,
    /// How far above.
    pub up: f64,
}

impl System {
    fn value(&self, groups: &[usize]) -> f64 {
        groups.iter().map(|&group| self.truth[group]).sum()
    }

    /// What an attacker knows when these cells are hidden.
    ///
    /// # Errors
    /// A cell names a group that is not there.
    pub fn attack(&self, hidden: &[bool]) -> Result<Attack<'_>, Refusal> {
        let open = self.cells.iter().zip(hidden).filter(|(_, hidden)| !**hidden);
        let statements = open.map(|(cell, _)| {
            let value = self.value(&cell.groups);
            Statement { groups: cell.groups.clone(), from: value, to: value }
        });
        Attack::new(&self.truth, statements.collect())
    }

    /// Whether a need is met.
    ///
    /// # Errors
    /// The solver gave up.
    pub fn met(&self, attack: &Attack<'_>, need: &Need) -> Result<bool, Refusal> {
        let (value, known) = (self.value(&need.groups), attack.interval(&need.groups)?);
        Ok(known.from <= value - need.down + NOTHING && known.to >= value + need.up - NOTHING)
    }

    /// Whether all are met.
    fn all_met(&self, hidden: &[bool], needs: &[Need]) -> Result<bool, Refusal> {
        let attack = self.attack(hidden)?;
        for need in needs {
            if !self.met(&attack, need)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The cells that have to be hidden as well for the sum of some groups to be able to deviate by `far`; zero cells stay
    /// open when `zeros` says so (that nobody is in a cell is often known anyway).
    fn cheapest(
        &self,
        hidden: &[bool],
        groups: &[usize],
        far: f64,
        zeros: bool,
    ) -> Result<Option<Vec<usize>>, Refusal> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let deviations: Vec<_> = self.truth.iter().map(|&size| problem.add_var(0.0, (-size, f64::INFINITY))).collect();
        let mut prices = Vec::new();
        for (number, cell) in self.cells.iter().enumerate().filter(|(number, _)| !hidden[*number]) {
            let mut terms: Vec<_> = cell.groups.iter().map(|&group| (deviations[group], 1.0)).collect();
            let value = self.value(&cell.groups);
            if cell.state == State::Open && !(zeros && value < NOTHING) {
                let cost = 1.0 + value;
                let (up, down) = (problem.add_var(cost, (0.0, f64::INFINITY)), problem.add_var(cost, (0.0, value)));
                terms.extend([(up, -1.0), (down, 1.0)]);
                prices.push((number, up, down));
            }
            problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
        }
        let aim: Vec<_> = groups.iter().map(|&group| (deviations[group], 1.0)).collect();
        problem.add_constraint(aim, ComparisonOp::Eq, far);
        match problem.solve().and_then(solved) {
            Ok(solution) => {
                let moves = |variable| solution.var_value(variable) > NOTHING;
                let moved = prices.iter().filter(|(_, up, down)| moves(*up) || moves(*down));
                Ok(Some(moved.map(|(number, ..)| *number).collect()))
            }
            Err(Error::Infeasible) => Ok(None),
            Err(error) => Err(Refusal::Solver(error.to_string())),
        }
    }
}

/// Which cells are hidden, in their order, so that every need is met.
///
/// # Errors
/// What was published before gives a group away; a cell names a group that is not there; the solver gave up.
pub fn suppress(system: &System, needs: &[Need]) -> Result<Vec<bool>, Refusal> {
    let mut hidden: Vec<bool> = system.cells.iter().map(|cell| cell.state == State::Hidden).collect();
    for need in needs {
        if system.met(&system.attack(&hidden)?, need)? {
            continue;
        }
        for far in [need.up, -need.down] {
            let more = match system.cheapest(&hidden, &need.groups, far, true)? {
                None => system.cheapest(&hidden, &need.groups, far, false)?,
                found => found,
            };
            let more = more.ok_or_else(|| Refusal::Unprotectable { people: system.value(&need.groups) })?;
            for number in more {
                hidden[number] = true;
            }
        }
    }
    open_again(system, needs, &mut hidden)?;
    if system.all_met(&hidden, needs)? {
        return Ok(hidden);
    }
    let people = needs.iter().map(|need| system.value(&need.groups)).fold(f64::INFINITY, f64::min);
    Err(Refusal::Unprotectable { people })
}

/// Opens every cell that need not be hidden, the largest first.
fn open_again(system: &System, needs: &[Need], hidden: &mut [bool]) -> Result<(), Refusal> {
    let secondary = |number: &usize| hidden[*number] && system.cells[*number].state == State::Open;
    let mut chosen: Vec<usize> = (0..hidden.len()).filter(secondary).collect();
    if chosen.len() * needs.len() * 2 > TIDYING {
        return Ok(());
    }
    chosen.sort_by(|a, b| {
        let value = |number: &usize| system.value(&system.cells[*number].groups);
        value(b).total_cmp(&value(a)).then(a.cmp(b))
    });
    for number in chosen {
        hidden[number] = false;
        hidden[number] = !system.all_met(hidden, needs)?;
    }
    Ok(())
}
