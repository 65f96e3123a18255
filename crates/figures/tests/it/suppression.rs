//! What suppression hides in tables of three directions, as the evaluation has them: against the plain linear programs of the attack.

use figures::disclosure::{
    THRESHOLD,
    attack::{Attack, Statement},
    suppress::{Cell, Need, State, System, suppress, suppress_within},
};
use proptest::prelude::*;

/// How many programs a page may spend: all it needs, for tables of this size.
const ENOUGH: usize = 500;

/// Counts by part, class and stretch of time, with those still there, and every total: up to each time, of all classes, of all parts.
#[derive(Debug, Clone)]
struct Cube {
    parts: usize,
    classes: usize,
    counts: Vec<u32>,
}

const STRETCHES: usize = 3;

impl Cube {
    fn per_part(&self) -> usize {
        self.classes * STRETCHES + 1
    }

    fn sums(&self) -> Vec<Vec<usize>> {
        let all: Vec<usize> = (0..self.parts).collect();
        let mut sums = Vec::new();
        for of in std::iter::once(all).chain((0..self.parts).map(|part| vec![part])) {
            let at = |part: usize, place: usize| part * self.per_part() + place;
            for class in 0..=self.classes {
                let classes = if class == self.classes { 0..class } else { class..class + 1 };
                for span in 0..STRETCHES {
                    let places = classes.clone().flat_map(|class| (0..=span).map(move |it| class * STRETCHES + it));
                    sums.push(of.iter().flat_map(|part| places.clone().map(move |place| at(*part, place))).collect());
                }
            }
            sums.push(of.iter().map(|part| at(*part, self.per_part() - 1)).collect());
            sums.push(of.iter().flat_map(|part| (0..self.per_part()).map(move |place| at(*part, place))).collect());
        }
        sums
    }

    fn system(&self) -> (System, Vec<Need>) {
        let small = |count: u32| (1..10).contains(&count);
        let count = |groups: &[usize]| groups.iter().map(|group| self.counts[*group]).sum::<u32>();
        let sums = self.sums();
        let mut needs: Vec<Need> =
            sums.iter().filter_map(|groups| Need::of_small(groups, u64::from(count(groups)))).collect();
        let single = (0..self.counts.len()).filter(|group| small(self.counts[*group]));
        needs.extend(single.map(|group| Need { groups: vec![group], down: 0.0, up: 10.0 }));
        let state = |groups: &[usize]| if small(count(groups)) { State::Hidden } else { State::Open };
        let cells = sums.into_iter().map(|groups| Cell { state: state(&groups), groups }).collect();
        (System { truth: self.counts.iter().copied().map(f64::from).collect(), cells }, needs)
    }
}

fn cubes() -> impl Strategy<Value = Cube> {
    let count = prop_oneof![1 => Just(0_u32), 3 => 1_u32..10, 3 => 10_u32..30, 1 => 30_u32..400];
    (1_usize..6, 1_usize..4).prop_flat_map(move |(parts, classes)| {
        let counts = proptest::collection::vec(count.clone(), parts * (classes * STRETCHES + 1));
        counts.prop_map(move |counts| Cube { parts, classes, counts })
    })
}

/// How many needs someone can break who knows every cell that is not hidden, and nothing else: two whole linear programs for each.
fn broken(system: &System, needs: &[Need], hidden: &[bool]) -> usize {
    let value = |groups: &[usize]| groups.iter().map(|group| system.truth[*group]).sum::<f64>();
    let open = system.cells.iter().zip(hidden).filter(|(_, hidden)| !**hidden);
    let told = open.map(|(cell, _)| {
        let value = value(&cell.groups);
        Statement { groups: cell.groups.clone(), from: value, to: value }
    });
    let attack = Attack::new(&system.truth, told.collect()).unwrap();
    let breaks = |need: &&Need| {
        let (value, known) = (value(&need.groups), attack.interval(&need.groups).unwrap());
        known.from > value - need.down + 1e-5 || known.to < value + need.up - 1e-5
    };
    needs.iter().filter(breaks).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_page_gives_a_small_group_away_and_nothing_is_hidden_in_vain(cube in cubes()) {
        let (system, needs) = cube.system();
        let hidden = suppress_within(&system, &needs, ENOUGH).unwrap();
        for (cell, hidden) in system.cells.iter().zip(&hidden) {
            prop_assert!(cell.state == State::Open || *hidden);
        }
        prop_assert_eq!(broken(&system, &needs, &hidden), 0);
        // whatever cell were shown after all, a small group would be found
        for number in (0..hidden.len()).filter(|number| hidden[*number] && system.cells[*number].state == State::Open) {
            let mut shown = hidden.clone();
            shown[number] = false;
            prop_assert!(broken(&system, &needs, &shown) > 0, "cell {} is hidden in vain", number);
        }
    }

    /// With too few programs to open cells again, more is hidden, never less safely.
    #[test]
    fn fewer_programs_hide_no_less_safely(cube in cubes(), programs in 0_usize..40) {
        let (system, needs) = cube.system();
        let few = suppress_within(&system, &needs, programs).unwrap();
        prop_assert_eq!(broken(&system, &needs, &few), 0);
        let count = |hidden: &[bool]| hidden.iter().filter(|hidden| **hidden).count();
        prop_assert!(count(&few) >= count(&suppress(&system, &needs).unwrap()));
    }
}

#[test]
fn a_group_that_was_published_before_cannot_be_protected_and_that_is_said() {
    let cell = |groups: &[usize], state| Cell { groups: groups.to_vec(), state };
    // seven and thirteen, and their sum: all three are out
    let cells = vec![cell(&[0], State::Published), cell(&[1], State::Published), cell(&[0, 1], State::Published)];
    let system = System { truth: vec![7.0, 13.0], cells };
    #[expect(clippy::cast_precision_loss, reason = "ten")]
    let need = Need { groups: vec![0], down: 7.0, up: THRESHOLD as f64 - 7.0 };
    let refused = suppress(&system, &[need]).unwrap_err();
    assert!(refused.to_string().contains("7 people"), "{refused}");
}
