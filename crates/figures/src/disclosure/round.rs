//! Controlled rounding: every number a multiple of the base beside it, and rows and columns still add up.
//!
//! Zero-restricted: a multiple stays as it is. For a table in two directions the choice up or down is a flow in a network,
//! whose corners are whole numbers, so the linear program gives the rounding nearest to the truth (Cox and Ernst, INFOR 20,
//! 1982, 423-432). An attacker learns of each cell only that it lies less than a base away from what is shown: moving one
//! cell inside by up to `base - 1` moves its totals as far, which their own rounding allows.

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, Variable};

use super::{Refusal, attack::solved, table::Table};

/// The rounded table with its totals as last row and last column: additive, each cell less than `base` from the truth, and
/// the sum of all deviations the smallest possible. `earlier` gives what was published before for a cell, which stays.
///
/// # Errors
/// No such rounding with what was published before; the solver gave up.
pub fn controlled(
    table: &Table,
    base: u64,
    earlier: impl Fn(usize, usize) -> Option<u64>,
) -> Result<Vec<Vec<u64>>, Refusal> {
    let (height, width) = (table.rows() + 1, table.columns() + 1);
    let floor = |row, column| table.count(row, column) / base;
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let mut ups: Vec<Variable> = Vec::new();
    for row in 0..height {
        for column in 0..width {
            let rest = table.count(row, column) % base;
            let ways = bounds(rest, floor(row, column), base, earlier(row, column))?;
            #[allow(clippy::cast_precision_loss, reason = "below the base")]
            let cost = if rest == 0 { 0.0 } else { base as f64 - 2.0 * rest as f64 };
            ups.push(problem.add_var(cost, ways));
        }
    }
    let lines = (0..height)
        .map(|row| (0..width).map(|column| (row, column)).collect::<Vec<_>>())
        .chain((0..width).map(|column| (0..height).map(|row| (row, column)).collect()));
    for line in lines {
        let last = line.len() - 1;
        let sign = |at: usize| if at == last { -1.0 } else { 1.0 };
        let terms: Vec<_> =
            line.iter().enumerate().map(|(at, (row, column))| (ups[row * width + column], sign(at))).collect();
        #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
        let short: f64 =
            line.iter().enumerate().map(|(at, (row, column))| -sign(at) * floor(*row, *column) as f64).sum();
        problem.add_constraint(terms, ComparisonOp::Eq, short);
    }
    let solution = match solved(&problem) {
        Ok(solution) => solution,
        Err(Error::Infeasible) => return Err(Refusal::NoRounding),
        Err(error) => return Err(Refusal::Solver(error.to_string())),
    };
    let up = |row: usize, column: usize| whole(solution.var_value(ups[row * width + column]));
    let rows = (0..height).map(|row| {
        (0..width).map(|column| Ok((floor(row, column) + up(row, column)?) * base)).collect::<Result<Vec<_>, _>>()
    });
    rows.collect()
}

/// Whether a cell may go down (0), up (1) or both.
fn bounds(rest: u64, floor: u64, base: u64, earlier: Option<u64>) -> Result<(f64, f64), Refusal> {
    match earlier {
        None if rest == 0 => Ok((0.0, 0.0)),
        None => Ok((0.0, 1.0)),
        Some(before) if before == floor * base => Ok((0.0, 0.0)),
        Some(before) if rest > 0 && before == (floor + 1) * base => Ok((1.0, 1.0)),
        Some(_) => Err(Refusal::NoRounding),
    }
}

/// Up or not; anything between is a failure of the solver.
fn whole(value: f64) -> Result<u64, Refusal> {
    match value {
        v if v.abs() < 1e-5 => Ok(0),
        v if (v - 1.0).abs() < 1e-5 => Ok(1),
        v => Err(Refusal::Solver(format!("a corner of the rounding is {v}, neither 0 nor 1"))),
    }
}

/// How far a rounded table lies from the truth, all cells and totals together.
pub fn deviation(table: &Table, rounded: &[Vec<u64>]) -> u64 {
    let cells = rounded.iter().enumerate().flat_map(|(row, cells)| cells.iter().enumerate().map(move |c| (row, c)));
    cells.map(|(row, (column, shown))| shown.abs_diff(table.count(row, column))).sum()
}
