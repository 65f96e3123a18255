//! Which cells are hidden so that the small ones cannot be computed.
//!
//! For each group to protect, in each direction, the cheapest way in which the table could deviate so far is looked for
//! with what is already hidden free of charge; the cells that deviate in it are hidden too (the linear-programming heuristic
//! of Kelly, Golden and Assad, Networks 22, 1992, 397-417, with the costs of Robertson: the value of a cell, so that little
//! is lost). After that, every hidden cell that is not needed is opened again, the largest first. It is not always the smallest
//! choice, but each need keeps its *witness*: another table with the same published numbers in which the group is so much smaller or
//! larger. The witnesses are checked by adding up before the result is given back; no solver has to be believed for that.

use std::collections::BTreeSet;

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem};

use super::{
    Refusal,
    attack::{Attack, NOTHING, Statement, solved},
};

/// How many linear programs may be spent on opening cells again, for a release that is made once.
const TIDYING: usize = 2_000;

/// How far a witness may be off, from the tolerance of the solver.
const TOLERANCE: f64 = 1e-4;

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

    /// How much a cell or a need deviates in a witness.
    fn moved(groups: &[usize], witness: &[f64]) -> f64 {
        groups.iter().map(|&group| witness[group]).sum()
    }

    /// Whether a witness is a possible table, with every cell that is not hidden as it was published.
    fn possible(&self, hidden: &[bool], witness: &[f64]) -> bool {
        let whole = witness.iter().zip(&self.truth).all(|(by, size)| *by >= -size - TOLERANCE);
        let open = self.cells.iter().zip(hidden).filter(|(_, hidden)| !**hidden);
        whole && open.map(|(cell, _)| Self::moved(&cell.groups, witness).abs()).all(|by| by < TOLERANCE)
    }

    /// Which groups can deviate when these sums may not: none that follows by plain subtraction. Most of a page follows, and a
    /// program over the rest is much smaller.
    fn free(&self, firm: &[&[usize]]) -> Vec<bool> {
        let mut free = vec![true; self.truth.len()];
        loop {
            let mut found = false;
            for groups in firm {
                let mut unknown = groups.iter().copied().filter(|&group| free[group]);
                if let (Some(group), None) = (unknown.next(), unknown.next()) {
                    (free[group], found) = (false, true);
                }
            }
            if !found {
                return free;
            }
        }
    }

    /// The cheapest way in which the sum of some groups deviates by `far`, with the cells that must be hidden for it; none when it cannot.
    /// `zeros` keeps empty cells open (that nobody is in a cell is often known anyway); only with `more` may cells be hidden beside those that are.
    fn cheapest(&self, hidden: &[bool], aim: &Aim, zeros: bool, more: bool) -> Result<Option<Found>, Refusal> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let can_hide =
            |cell: &Cell| more && cell.state == State::Open && !(zeros && self.value(&cell.groups) < NOTHING);
        let firm = self.cells.iter().zip(hidden).filter(|(cell, hidden)| !**hidden && !can_hide(cell));
        let free = self.free(&firm.map(|(cell, _)| &cell.groups[..]).collect::<Vec<_>>());
        if !aim.groups.iter().any(|&group| free[group]) {
            return Ok(None);
        }
        let deviations: Vec<_> = self
            .truth
            .iter()
            .zip(&free)
            .map(|(&size, free)| free.then(|| problem.add_var(0.0, (-size, f64::INFINITY))))
            .collect();
        let sum = |groups: &[usize]| -> Vec<_> {
            groups.iter().filter_map(|&group| Some((deviations[group]?, 1.0))).collect()
        };
        let (mut prices, mut said) = (Vec::new(), BTreeSet::new());
        for (number, cell) in self.cells.iter().enumerate().filter(|(number, _)| !hidden[*number]) {
            let mut terms = sum(&cell.groups);
            // what only repeats another cell makes the program slower
            let of = || cell.groups.iter().copied().filter(|&group| free[group]).collect::<Vec<_>>();
            if terms.is_empty() || (!can_hide(cell) && !said.insert(of())) {
                continue;
            }
            if can_hide(cell) {
                let value = self.value(&cell.groups);
                let cost = 1.0 + value;
                let (up, down) = (problem.add_var(cost, (0.0, f64::INFINITY)), problem.add_var(cost, (0.0, value)));
                terms.extend([(up, -1.0), (down, 1.0)]);
                prices.push((number, up, down));
            }
            problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
        }
        problem.add_constraint(sum(&aim.groups), ComparisonOp::Eq, aim.far);
        match solved(&problem) {
            Ok(solution) => {
                let moves = |variable| solution.var_value(variable) > NOTHING;
                let hide = prices.iter().filter(|(_, up, down)| moves(*up) || moves(*down)).map(|(number, ..)| *number);
                let by = |deviation: &Option<_>| deviation.map_or(0.0, |variable| solution.var_value(variable));
                let witness = deviations.iter().map(by).collect();
                Ok(Some(Found { hide: hide.collect(), witness }))
            }
            Err(Error::Infeasible) => Ok(None),
            Err(error) => Err(Refusal::Solver(error.to_string())),
        }
    }
}

/// One direction of a need.
struct Aim {
    groups: Vec<usize>,
    far: f64,
}

impl Aim {
    /// Both directions, as far as something is asked.
    fn of(need: &Need) -> impl Iterator<Item = Self> {
        let aims = [need.up, -need.down].into_iter().filter(|far| far.abs() > NOTHING);
        aims.map(|far| Self { groups: need.groups.clone(), far })
    }

    /// Whether a witness goes as far: what goes further can be taken back in proportion.
    fn reached(&self, witness: &[f64]) -> bool {
        let by = System::moved(&self.groups, witness);
        if self.far > 0.0 { by >= self.far - TOLERANCE } else { by <= self.far + TOLERANCE }
    }
}

/// What a program found.
struct Found {
    hide: Vec<usize>,
    witness: Vec<f64>,
}

/// Which cells are hidden, in their order, so that every need is met.
///
/// # Errors
/// What was published before gives a group away; a cell names a group that is not there; the solver gave up.
pub fn suppress(system: &System, needs: &[Need]) -> Result<Vec<bool>, Refusal> {
    suppress_within(system, needs, TIDYING)
}

/// The same, with at most so many linear programs spent on opening cells again: for a page, which someone waits for. As safe, but
/// perhaps with more cells hidden.
///
/// # Errors
/// As [`suppress`].
pub fn suppress_within(system: &System, needs: &[Need], tidying: usize) -> Result<Vec<bool>, Refusal> {
    let groups = system.truth.len();
    let named = system.cells.iter().map(|cell| &cell.groups).chain(needs.iter().map(|need| &need.groups)).flatten();
    if let Some(&group) = named.clone().find(|group| **group >= groups) {
        return Err(Refusal::Group { group, groups });
    }
    let mut hidden: Vec<bool> = system.cells.iter().map(|cell| cell.state == State::Hidden).collect();
    let aims: Vec<Aim> = needs.iter().flat_map(Aim::of).collect();
    let mut witnesses: Vec<Vec<f64>> = Vec::new();
    // for each aim the witness it rests on
    let mut rests: Vec<usize> = Vec::with_capacity(aims.len());
    for aim in &aims {
        if let Some(known) = witnesses.iter().position(|witness| aim.reached(witness)) {
            rests.push(known);
            continue;
        }
        // what costs nothing is cheapest, and looked for in a small program
        let mut found = system.cheapest(&hidden, aim, true, false)?;
        for zeros in [true, false] {
            if found.is_none() {
                found = system.cheapest(&hidden, aim, zeros, true)?;
            }
        }
        let found = found.ok_or_else(|| Refusal::Unprotectable { people: system.value(&aim.groups) })?;
        for number in found.hide {
            hidden[number] = true;
        }
        rests.push(witnesses.len());
        witnesses.push(found.witness);
    }
    open_again(system, &aims, &mut hidden, &mut witnesses, &mut rests, tidying)?;
    let holds =
        |(aim, rests): (&Aim, &usize)| aim.reached(&witnesses[*rests]) && system.possible(&hidden, &witnesses[*rests]);
    match aims.iter().zip(&rests).find(|pair| !holds(*pair)) {
        None => Ok(hidden),
        Some((aim, _)) => Err(Refusal::Unprotectable { people: system.value(&aim.groups) }),
    }
}

/// Opens every cell that need not be hidden, the largest first: only the needs whose witness moves it are looked at again.
fn open_again(
    system: &System,
    aims: &[Aim],
    hidden: &mut [bool],
    witnesses: &mut Vec<Vec<f64>>,
    rests: &mut [usize],
    tidying: usize,
) -> Result<(), Refusal> {
    let mut left = tidying;
    let secondary = |number: &usize| hidden[*number] && system.cells[*number].state == State::Open;
    let mut chosen: Vec<usize> = (0..hidden.len()).filter(secondary).collect();
    chosen.sort_by(|a, b| {
        let value = |number: &usize| system.value(&system.cells[*number].groups);
        value(b).total_cmp(&value(a)).then(a.cmp(b))
    });
    for number in chosen {
        if left == 0 {
            break;
        }
        hidden[number] = false;
        let moved = |rests: &usize| System::moved(&system.cells[number].groups, &witnesses[*rests]).abs() >= TOLERANCE;
        let again: Vec<usize> = (0..aims.len()).filter(|aim| moved(&rests[*aim])).collect();
        match others(system, aims, hidden, witnesses, &again, &mut left)? {
            Some(instead) => {
                for (aim, witness) in instead {
                    rests[aim] = witness;
                }
            }
            None => hidden[number] = true,
        }
    }
    Ok(())
}

/// Other witnesses for some aims, with what is hidden now; none when one has none, or no program is left to look for it.
fn others(
    system: &System,
    aims: &[Aim],
    hidden: &[bool],
    witnesses: &mut Vec<Vec<f64>>,
    again: &[usize],
    left: &mut usize,
) -> Result<Option<Vec<(usize, usize)>>, Refusal> {
    let mut instead = Vec::with_capacity(again.len());
    for &aim in again {
        let fits = |witness: &Vec<f64>| aims[aim].reached(witness) && system.possible(hidden, witness);
        if let Some(known) = witnesses.iter().position(fits) {
            instead.push((aim, known));
            continue;
        }
        // one that finds nothing takes its time as well
        let Some(rest) = left.checked_sub(1) else { return Ok(None) };
        *left = rest;
        let Some(found) = system.cheapest(hidden, &aims[aim], false, false)? else { return Ok(None) };
        instead.push((aim, witnesses.len()));
        witnesses.push(found.witness);
    }
    Ok(Some(instead))
}
