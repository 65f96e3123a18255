//! Case 09 (ventilation in intensive care; length of stay): R etm.

use evaluation::states::{Moves, change_in_stay, transitions};

use crate::oracle::{Case, agree, names, numbers};

const NEAR: f64 = 1e-10;

struct Rows {
    start: Vec<f64>,
    stop: Vec<f64>,
    from: Vec<usize>,
    to: Vec<Option<usize>>,
    id: Vec<usize>,
}

/// Rows with the time of each move; someone's first row begins at 0.
fn rows(case: &Case, file: &str) -> Rows {
    let (id, stop) = (case.codes::<usize>(file, "id"), case.column(file, "time"));
    let to = case.text(file, "to").iter().map(|to| to.parse().ok()).collect();
    let begins = |row: usize| {
        let earlier = (0..id.len()).filter(|other| id[*other] == id[row] && stop[*other] < stop[row]);
        earlier.map(|other| stop[other]).fold(0.0, f64::max)
    };
    Rows { start: (0..id.len()).map(begins).collect(), from: case.codes(file, "from"), stop, to, id }
}

impl Rows {
    fn moves(&self, states: usize) -> Moves<'_> {
        let moves = Moves::new(&self.start, &self.stop, &self.from, &self.to, states).unwrap();
        moves.paths(&self.id).unwrap();
        moves
    }
}

#[test]
fn transition_matrices_with_returns() {
    let case = Case::open("09_multistate_sircont");
    let rows = rows(&case, "data.csv");
    let moves = rows.moves(3);
    let times = numbers(case.expected(&["times"]));
    let found = transitions(&moves, 0.0, &times).unwrap();
    let matrices: Vec<f64> = found.iter().flat_map(|one| one.p.concat()).collect();
    for key in case.keys() {
        let expected = case.expected(&[key]);
        match key {
            "times" => agree(key, &found.iter().map(|one| one.at).collect::<Vec<_>>(), expected, NEAR),
            // etm names the last time with a row before each time asked for; the times asked for are all such times
            "at" => assert_eq!(expected, case.expected(&["times"])),
            "P" => agree(key, &matrices, expected, NEAR),
            "states" => assert_eq!(*expected, serde_json::json!(["0", "1", "2"])),
            "greenwood_var" => {
                for name in names(expected) {
                    let (from, to) = name.split_once("->").unwrap();
                    let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
                    let variance: Vec<f64> = found.iter().map(|one| one.covariance[from][to][to]).collect();
                    agree(name, &variance, &expected[name], NEAR);
                }
            }
            "n_risk_first" => {
                let mut stops: Vec<f64> = rows.stop.clone();
                stops.sort_by(f64::total_cmp);
                stops.dedup();
                let before: Vec<f64> = std::iter::once(0.0).chain(stops).take(5).collect();
                let at_risk = transitions(&moves, 0.0, &before).unwrap();
                let found: Vec<f64> = at_risk.iter().flat_map(|one| [one.at_risk[0], one.at_risk[1]]).collect();
                agree(key, &found, expected, 0.0);
            }
            "from_s10" => {
                let found = transitions(&moves, 10.0, &[20.0, 60.0]).unwrap();
                agree("at", &[found[0].at, found[1].at], &expected["at"], NEAR);
                agree("P", &[found[0].p.concat(), found[1].p.concat()].concat(), &expected["P"], NEAR);
            }
            "trans_prob_shape" => assert!(expected.as_str().unwrap().contains("row-major")),
            "clos_los_data" => {
                let change = change_in_stay(&self::rows(&case, "los.csv").moves(4), 0, 1).unwrap();
                agree("e_phi", &[change], &expected["e_phi"], NEAR);
            }
            other => panic!("{other} is not checked"),
        }
    }
}
