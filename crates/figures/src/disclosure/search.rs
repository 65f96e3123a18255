//! The search for another table with the same published numbers, in which a group is so much smaller or larger.
//!
//! A [`Tableau`] is kept of what is hidden so far; where it is too large or loses its way, the linear program is built anew and
//! given to the library. Neither is believed: a [`Witness`] is added up before it is taken.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem};

use super::{
    Refusal,
    attack::{NOTHING, solved},
    suppress::{Aim, Cell, State, System, TOLERANCE},
    tableau::{Kind, Pushed, Tableau},
};

/// How many entries a tableau may have (groups times sums): 8 MB. A larger one is mostly empty, and the library makes use of that.
const LARGEST: usize = 1_000_000;

/// Another table with the same published numbers, as deviations from the truth.
#[derive(Debug)]
pub(super) struct Witness {
    /// By how much each group deviates.
    pub(super) by: Vec<f64>,
    /// Which cells it changes: they must be hidden.
    pub(super) moves: Vec<bool>,
    /// Whether no group falls below nothing.
    whole: bool,
}

impl Witness {
    pub(super) fn new(system: &System, by: Vec<f64>) -> Self {
        let whole = by.iter().zip(&system.truth).all(|(by, size)| *by >= -size - TOLERANCE);
        // what is no number moves as well
        let still = |cell: &Cell| System::moved(&cell.groups, &by).abs() < TOLERANCE;
        let moves = system.cells.iter().map(|cell| !still(cell)).collect();
        Self { by, moves, whole }
    }

    /// Whether it is a possible table, with every cell that is not hidden as it was published.
    pub(super) fn possible(&self, hidden: &[bool]) -> bool {
        self.whole && self.moves.iter().zip(hidden).all(|(moves, hidden)| *hidden || !moves)
    }
}

/// What was found.
pub(super) struct Found {
    /// The cells that must be hidden for it.
    pub(super) hide: Vec<usize>,
    /// The other table.
    pub(super) witness: Witness,
}

/// The search, with what is hidden so far.
pub(super) struct Search<'a> {
    pub(super) system: &'a System,
    pub(super) aims: &'a [Aim],
    tableau: Option<Tableau>,
    /// For each aim the variable that is pushed.
    variables: Vec<usize>,
}

impl<'a> Search<'a> {
    pub(super) fn new(system: &'a System, aims: &'a [Aim]) -> Self {
        let (groups, cells) = (system.truth.len(), system.cells.len());
        let mut sums: BTreeMap<&[usize], usize> = BTreeMap::new();
        let mut all: Vec<(&[usize], Kind)> = Vec::with_capacity(cells);
        for (number, cell) in system.cells.iter().enumerate() {
            sums.insert(&cell.groups, number);
            all.push((&cell.groups, kind(system, cell, true)));
        }
        let mut place = |aim: &'a Aim| match aim.groups[..] {
            [group] => group,
            _ => {
                groups
                    + *sums.entry(&aim.groups).or_insert_with(|| {
                        all.push((&aim.groups, Kind::Free));
                        all.len() - 1
                    })
            }
        };
        let variables = aims.iter().map(&mut place).collect();
        let fits = !aims.is_empty() && groups * all.len() <= LARGEST;
        Self { system, aims, tableau: fits.then(|| Tableau::new(&system.truth, all)), variables }
    }

    /// The cheapest way to an aim, with the cells that must be hidden for it; none when there is none. Empty cells stay open when that can
    /// be (that nobody is in a cell is often known anyway).
    pub(super) fn cheapest(&self, hidden: &[bool], aim: usize) -> Result<Option<Found>, Refusal> {
        if let Some(tableau) = &self.tableau {
            if let Some(found) = self.pushed(tableau, hidden, aim) {
                return Ok(Some(found));
            }
            if let Some(found) = self.pushed(&self.with_zeros(tableau, hidden), hidden, aim) {
                return Ok(Some(found));
            }
        }
        // what costs nothing is cheapest, and looked for in a small program
        let aim = &self.aims[aim];
        let mut found = self.system.cheapest(hidden, aim, true, false)?;
        for zeros in [true, false] {
            if found.is_none() {
                found = self.system.cheapest(hidden, aim, zeros, true)?;
            }
        }
        Ok(found)
    }

    /// A way to an aim that hides nothing more; none when there is none.
    pub(super) fn free(&self, hidden: &[bool], aim: usize) -> Result<Option<Witness>, Refusal> {
        if let Some(tableau) = &self.tableau {
            // when it finds nothing the cell stays hidden, which is safe whatever the reason
            return Ok(self.pushed(tableau, hidden, aim).map(|found| found.witness));
        }
        Ok(self.system.cheapest(hidden, &self.aims[aim], true, false)?.map(|found| found.witness))
    }

    /// What the tableau finds, when it adds up: it reaches the aim and changes only what is hidden, or may be at a price.
    fn pushed(&self, tableau: &Tableau, hidden: &[bool], aim: usize) -> Option<Found> {
        let Pushed::Reached(by) = tableau.push(self.variables[aim], self.aims[aim].far) else { return None };
        let witness = Witness::new(self.system, by);
        let hide: Vec<usize> = (0..hidden.len()).filter(|number| witness.moves[*number] && !hidden[*number]).collect();
        let may = |number: &usize| matches!(tableau.kind(tableau.sum(*number)), Kind::Priced { .. });
        let adds_up = witness.whole && self.aims[aim].reached(&witness.by) && hide.iter().all(may);
        adds_up.then_some(Found { hide, witness })
    }

    /// The tableau, when empty cells may be hidden as well.
    fn with_zeros(&self, tableau: &Tableau, hidden: &[bool]) -> Tableau {
        let mut tableau = tableau.clone();
        for (number, cell) in self.system.cells.iter().enumerate().filter(|(number, _)| !hidden[*number]) {
            tableau.set(tableau.sum(number), kind(self.system, cell, false));
        }
        tableau
    }

    /// A cell is hidden from now on.
    pub(super) fn hide(&mut self, number: usize) {
        self.set(number, Kind::Free);
    }

    /// A cell is open from now on.
    pub(super) fn open(&mut self, number: usize) {
        self.set(number, Kind::Firm);
    }

    /// What is open now stays open.
    pub(super) fn hide_no_more(&mut self, hidden: &[bool]) {
        for number in (0..hidden.len()).filter(|number| !hidden[*number]) {
            self.set(number, Kind::Firm);
        }
        if let Some(tableau) = &mut self.tableau {
            tableau.narrow();
        }
    }

    fn set(&mut self, number: usize, kind: Kind) {
        if let Some(tableau) = &mut self.tableau {
            tableau.set(tableau.sum(number), kind);
        }
    }
}

/// What a cell may do: hide it at the price of its value.
fn kind(system: &System, cell: &Cell, zeros: bool) -> Kind {
    let value = system.value(&cell.groups);
    match cell.state {
        State::Hidden => Kind::Free,
        State::Published => Kind::Firm,
        State::Open if zeros && value < NOTHING => Kind::Firm,
        State::Open => Kind::Priced { cost: 1.0 + value, value },
    }
}

impl System {
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
                let witness = Witness::new(self, deviations.iter().map(by).collect());
                Ok(Some(Found { hide: hide.collect(), witness }))
            }
            Err(Error::Infeasible) => Ok(None),
            Err(error) => Err(Refusal::Solver(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Groups in a few overlapping sums, some hidden, some published before.
    fn systems() -> impl Strategy<Value = (System, Vec<bool>, Aim)> {
        let size = prop_oneof![1 => Just(0_u8), 3 => 1_u8..10, 2 => 10_u8..120];
        let sizes = proptest::collection::vec(size, 2..9);
        sizes.prop_flat_map(|sizes| {
            let groups = sizes.len();
            let state = prop_oneof![4 => Just(State::Open), 1 => Just(State::Published), 2 => Just(State::Hidden)];
            let cell = (proptest::collection::btree_set(0..groups, 1..=groups), state, any::<bool>());
            let aim = (proptest::collection::btree_set(0..groups, 1..3), -12_i8..13);
            (Just(sizes), proptest::collection::vec(cell, 1..12), aim).prop_map(|(sizes, cells, (of, far))| {
                let truth = sizes.into_iter().map(f64::from).collect();
                let hidden = cells.iter().map(|(_, state, hide)| match state {
                    State::Hidden => true,
                    State::Open => *hide,
                    State::Published => false,
                });
                let hidden = hidden.collect();
                let cell = |(groups, state, _): (BTreeSet<usize>, State, bool)| Cell {
                    groups: groups.into_iter().collect(),
                    state,
                };
                let cells = cells.into_iter().map(cell).collect();
                let far = if far == 0 { 1.0 } else { f64::from(far) };
                (System { truth, cells }, hidden, Aim { groups: of.into_iter().collect(), far })
            })
        })
    }

    /// What a way to an aim costs: for each cell that is hidden for it, its price for each unit.
    fn price(system: &System, found: &Found) -> f64 {
        let price = |number: &usize| {
            let groups = &system.cells[*number].groups;
            (1.0 + system.value(groups)) * System::moved(groups, &found.witness.by).abs()
        };
        found.hide.iter().map(price).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Each push against the whole linear program, given to the library: the same verdict, at the same price, and another table
        /// that adds up.
        #[test]
        fn a_push_is_as_cheap_as_the_linear_program((system, hidden, aim) in systems()) {
            let aims = [aim];
            let mut search = Search::new(&system, &aims);
            for number in (0..hidden.len()).filter(|number| hidden[*number]) {
                search.hide(number);
            }
            let tableau = search.tableau.as_ref().unwrap();
            for (zeros, tableau) in [(true, tableau.clone()), (false, search.with_zeros(tableau, &hidden))] {
                prop_assert!(tableau.push(search.variables[0], aims[0].far) != Pushed::Lost);
                let ours = search.pushed(&tableau, &hidden, 0);
                let theirs = system.cheapest(&hidden, &aims[0], zeros, true).unwrap();
                prop_assert_eq!(ours.is_some(), theirs.is_some(), "zeros {}", zeros);
                if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    let (ours_at, theirs_at) = (price(&system, &ours), price(&system, &theirs));
                    prop_assert!((ours_at - theirs_at).abs() < 1e-3, "{} for {}", ours_at, theirs_at);
                    let mut more = hidden.clone();
                    ours.hide.iter().for_each(|number| more[*number] = true);
                    prop_assert!(ours.witness.possible(&more) && aims[0].reached(&ours.witness.by));
                }
            }
        }

        /// The same with nothing more to hide, after cells were opened and hidden again.
        #[test]
        fn what_is_free_is_what_the_linear_program_finds(
            (system, mut hidden, aim) in systems(),
            turns in proptest::collection::vec(0_usize..12, 0..20),
        ) {
            let aims = [aim];
            let mut search = Search::new(&system, &aims);
            for number in (0..hidden.len()).filter(|number| hidden[*number]) {
                search.hide(number);
            }
            search.hide_no_more(&hidden);
            // only what is hidden is opened, and hidden again or not
            for (turn, number) in turns.into_iter().enumerate() {
                let number = number % hidden.len();
                if !hidden[number] {
                    continue;
                }
                search.open(number);
                if turn % 2 == 0 {
                    hidden[number] = false;
                    search.hide_no_more(&hidden);
                } else {
                    search.hide(number);
                }
                let ours = search.free(&hidden, 0).unwrap();
                let theirs = system.cheapest(&hidden, &aims[0], true, false).unwrap();
                prop_assert_eq!(ours.is_some(), theirs.is_some());
                if let Some(witness) = ours {
                    prop_assert!(witness.possible(&hidden) && aims[0].reached(&witness.by));
                }
            }
        }
    }
}
