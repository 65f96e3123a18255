//! Which cells are hidden so that the small ones cannot be computed.
//!
//! For each group to protect, in each direction, the cheapest way in which the table could deviate so far is looked for
//! with what is already hidden free of charge; the cells that deviate in it are hidden too (the linear-programming heuristic
//! of Kelly, Golden and Assad, Networks 22, 1992, 397-417, with the costs of Robertson: the value of a cell, so that little
//! is lost). After that, every hidden cell that is not needed is opened again, the largest first. It is not always the smallest
//! choice, but each need keeps its *witness*: another table with the same published numbers in which the group is so much smaller or
//! larger. The witnesses are checked by adding up before the result is given back; no solver has to be believed for that.

use super::{
    Refusal,
    attack::{Attack, NOTHING, Statement},
    search::{Search, Witness},
};

/// How many linear programs may be spent on opening cells again, for a release that is made once.
const TIDYING: usize = 2_000;

/// How far a witness may be off, from the tolerance of the solver.
pub(super) const TOLERANCE: f64 = 1e-4;

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
    pub(super) fn value(&self, groups: &[usize]) -> f64 {
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

    /// How much a cell or a need deviates.
    pub(super) fn moved(groups: &[usize], by: &[f64]) -> f64 {
        groups.iter().map(|&group| by[group]).sum()
    }
}

/// One direction of a need.
#[derive(Debug)]
pub(super) struct Aim {
    pub(super) groups: Vec<usize>,
    pub(super) far: f64,
}

impl Aim {
    /// Both directions, as far as something is asked.
    fn of(need: &Need) -> impl Iterator<Item = Self> {
        let aims = [need.up, -need.down].into_iter().filter(|far| far.abs() > NOTHING);
        aims.map(|far| Self { groups: need.groups.clone(), far })
    }

    /// Whether a witness goes as far: what goes further can be taken back in proportion.
    pub(super) fn reached(&self, witness: &[f64]) -> bool {
        let by = System::moved(&self.groups, witness);
        if self.far > 0.0 { by >= self.far - TOLERANCE } else { by <= self.far + TOLERANCE }
    }
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
    let mut search = Search::new(system, &aims);
    let mut witnesses: Vec<Witness> = Vec::new();
    // for each aim the witness it rests on
    let mut rests: Vec<usize> = Vec::with_capacity(aims.len());
    for (number, aim) in aims.iter().enumerate() {
        if let Some(known) = witnesses.iter().position(|witness| aim.reached(&witness.by)) {
            rests.push(known);
            continue;
        }
        let found = search.cheapest(&hidden, number)?;
        let found = found.ok_or_else(|| Refusal::Unprotectable { people: system.value(&aim.groups) })?;
        for number in found.hide {
            hidden[number] = true;
            search.hide(number);
        }
        rests.push(witnesses.len());
        witnesses.push(found.witness);
    }
    open_again(&mut search, &mut hidden, &mut witnesses, &mut rests, tidying)?;
    let holds = |(aim, rests): (&Aim, &usize)| {
        let witness = Witness::new(system, witnesses[*rests].by.clone());
        aim.reached(&witness.by) && witness.possible(&hidden)
    };
    match aims.iter().zip(&rests).find(|pair| !holds(*pair)) {
        None => Ok(hidden),
        Some((aim, _)) => Err(Refusal::Unprotectable { people: system.value(&aim.groups) }),
    }
}

/// Opens every cell that need not be hidden, the largest first: only the needs whose witness moves it are looked at again.
fn open_again(
    search: &mut Search<'_>,
    hidden: &mut [bool],
    witnesses: &mut Vec<Witness>,
    rests: &mut [usize],
    tidying: usize,
) -> Result<(), Refusal> {
    let (mut left, system) = (tidying, search.system);
    let secondary = |number: &usize| hidden[*number] && system.cells[*number].state == State::Open;
    let mut chosen: Vec<usize> = (0..hidden.len()).filter(secondary).collect();
    chosen.sort_by(|a, b| {
        let value = |number: &usize| system.value(&system.cells[*number].groups);
        value(b).total_cmp(&value(a)).then(a.cmp(b))
    });
    search.hide_no_more(hidden);
    for number in chosen {
        if left == 0 {
            break;
        }
        hidden[number] = false;
        search.open(number);
        let again: Vec<usize> = (0..rests.len()).filter(|aim| witnesses[rests[*aim]].moves[number]).collect();
        if let Some(instead) = others(search, hidden, witnesses, &again, &mut left)? {
            for (aim, witness) in instead {
                rests[aim] = witness;
            }
            search.hide_no_more(hidden);
        } else {
            hidden[number] = true;
            search.hide(number);
        }
    }
    Ok(())
}

/// Other witnesses for some aims, with what is hidden now; none when one has none, or no program is left to look for it.
fn others(
    search: &Search<'_>,
    hidden: &[bool],
    witnesses: &mut Vec<Witness>,
    again: &[usize],
    left: &mut usize,
) -> Result<Option<Vec<(usize, usize)>>, Refusal> {
    let mut instead = Vec::with_capacity(again.len());
    for &aim in again {
        let fits = |witness: &Witness| search.aims[aim].reached(&witness.by) && witness.possible(hidden);
        if let Some(known) = witnesses.iter().position(fits) {
            instead.push((aim, known));
            continue;
        }
        // one that finds nothing takes its time as well
        let Some(rest) = left.checked_sub(1) else { return Ok(None) };
        *left = rest;
        let Some(witness) = search.free(hidden, aim)? else { return Ok(None) };
        instead.push((aim, witnesses.len()));
        witnesses.push(witness);
    }
    Ok(Some(instead))
}
