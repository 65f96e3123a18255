//! A table of counts with its margins, and how it is published.

use serde::{Deserialize, Serialize};

use super::{
    BASE, Method, Refusal, THRESHOLD, round,
    suppress::{Cell, Need, State, System, suppress},
};

/// Counts of disjoint groups of people in rows and columns. The totals are made here, so that they cannot differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    rows: usize,
    columns: usize,
    counts: Vec<u64>,
}

/// What is published in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// The number (rounded, when that is the method of the release).
    Number(u64),
    /// Left out because it is small.
    Small,
    /// Left out because otherwise a small one could be computed.
    Protecting,
}

impl Shown {
    /// The number, when it is shown.
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Small | Self::Protecting => None,
        }
    }
}

impl Table {
    /// From rows of equal length, without totals.
    ///
    /// # Errors
    /// No cells, or rows of different length.
    pub fn new(rows: &[Vec<u64>]) -> Result<Self, Refusal> {
        let columns = rows.first().map_or(0, Vec::len);
        if columns == 0 {
            return Err(Refusal::Empty);
        }
        if let Some(row) = rows.iter().position(|row| row.len() != columns) {
            return Err(Refusal::Shape { row, found: rows[row].len(), expected: columns });
        }
        Ok(Self { rows: rows.len(), columns, counts: rows.concat() })
    }

    /// How many rows, without the total.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns, without the total.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// A cell; the row after the last is the total of the rows, the column after the last that of the columns.
    pub fn count(&self, row: usize, column: usize) -> u64 {
        self.groups(row, column).iter().map(|&group| self.counts[group]).sum()
    }

    /// The cells inside that a cell adds up.
    fn groups(&self, row: usize, column: usize) -> Vec<usize> {
        let rows = if row < self.rows { row..row + 1 } else { 0..self.rows };
        let columns = if column < self.columns { column..column + 1 } else { 0..self.columns };
        rows.flat_map(|r| columns.clone().map(move |c| r * self.columns + c)).collect()
    }

    /// Every cell with its totals, row by row.
    fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (rows, columns) = (self.rows, self.columns);
        (0..=rows).flat_map(move |row| (0..=columns).map(move |column| (row, column)))
    }

    /// The table as groups and cells, with small cells hidden already, and what must be protected.
    fn system(&self) -> (System, Vec<Need>) {
        #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
        let truth = self.counts.iter().map(|&count| count as f64).collect();
        let (mut cells, mut needs) = (Vec::new(), Vec::new());
        for (row, column) in self.places() {
            let (groups, count) = (self.groups(row, column), self.count(row, column));
            let state = if super::small(count) { State::Hidden } else { State::Open };
            needs.extend(Need::of_small(&groups, count));
            cells.push(Cell { groups, state });
        }
        (System { truth, cells }, needs)
    }

    /// The table as it may be published, with its totals as last row and last column.
    ///
    /// # Errors
    /// It cannot be protected, or the solver gave up.
    pub fn protect(&self, method: Method) -> Result<Vec<Vec<Shown>>, Refusal> {
        let flat: Vec<Shown> = match method {
            Method::Suppression => {
                let (system, needs) = self.system();
                let hidden = suppress(&system, &needs)?;
                let shown = |((row, column), hidden): ((usize, usize), bool)| match self.count(row, column) {
                    count if super::small(count) => Shown::Small,
                    _ if hidden => Shown::Protecting,
                    count => Shown::Number(count),
                };
                self.places().zip(hidden).map(shown).collect()
            }
            Method::Rounding => {
                let rounded = round::controlled(self, BASE, |_, _| None)?;
                rounded.concat().into_iter().map(Shown::Number).collect()
            }
        };
        Ok(flat.chunks(self.columns + 1).map(<[Shown]>::to_vec).collect())
    }
}

impl Need {
    /// A small group needs that an attacker can exclude neither that it is empty nor that it reaches the threshold.
    #[allow(clippy::cast_precision_loss, reason = "below ten")]
    pub fn of_small(groups: &[usize], count: u64) -> Option<Self> {
        super::small(count).then(|| Self {
            groups: groups.to_vec(),
            down: count as f64,
            up: (THRESHOLD - count) as f64,
        })
    }
}
