//! What the regressions share: named covariates, what can be wrong with them, and how a partial likelihood is maximised.

/// Rows and columns of numbers.
pub type Matrix = DMatrix<f64>;

pub(crate) mod newton;

use nalgebra::DMatrix;

use crate::{Problem, problem::finite};

/// Named columns of numbers, one value per row.
#[derive(Clone, Debug, Default)]
pub struct Covariates<'a> {
    names: Vec<String>,
    columns: Vec<&'a [f64]>,
}

impl<'a> Covariates<'a> {
    /// No column yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more column.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, column: &'a [f64]) -> Self {
        self.names.push(name.into());
        self.columns.push(column);
        self
    }

    /// The names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[&'a [f64]] {
        &self.columns
    }
}

/// Words for what keeps a model from being fitted.
pub(crate) mod refusal {
    use super::newton::Stuck;
    use crate::Problem;

    pub(crate) fn no_events() -> Problem {
        Problem::column("event", "no row has the event to be explained: every one is censored or ended in another way")
    }

    pub(crate) fn constant(covariate: &str) -> Problem {
        let what =
            "has one value for everyone who is at risk together, so its effect cannot be estimated; leave it out";
        Problem::column(covariate.to_owned(), what)
    }

    pub(crate) fn stuck(stuck: Stuck, names: &[String]) -> Problem {
        match stuck {
            Stuck::Flat(at) => constant(&names[at]),
            Stuck::Collinear(at) => {
                Problem::column(names[at].clone(), "follows from the covariates before it; leave one of them out")
            }
            Stuck::Separated(at) => Problem::column(
                names[at].clone(),
                "separates rows with the event from rows without, so its coefficient has no finite estimate; \
                 join categories, or leave it out",
            ),
            Stuck::Slow(steps) => Problem::whole(format!(
                "the likelihood has no maximum after {steps} steps; look for extreme values among the covariates"
            )),
        }
    }
}

/// Checks one column: as long as the rest, and finite.
pub(crate) fn check_column(name: &str, column: &[f64], rows: usize) -> Result<(), Problem> {
    check_length(name, column.len(), rows)?;
    match column.iter().position(|value| !value.is_finite()) {
        Some(row) => finite(row, name.to_owned(), column[row]),
        None => Ok(()),
    }
}

/// Checks that something given for each row is given for each row.
pub(crate) fn check_length(name: &str, found: usize, rows: usize) -> Result<(), Problem> {
    if found == rows {
        return Ok(());
    }
    Err(Problem::column(
        name.to_owned(),
        format!("has {found} values where the others have {rows}; give one for each row"),
    ))
}

/// Centre and scale of each covariate: mean, and the largest distance from it. Sums stay small, and whether a
/// covariate carries information can be told without knowing its unit.
pub(crate) struct Units {
    pub(crate) centre: Vec<f64>,
    pub(crate) width: Vec<f64>,
}

impl Units {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
    pub(crate) fn of(covariates: &Covariates<'_>, rows: usize) -> Result<Self, Problem> {
        if covariates.columns.is_empty() {
            return Err(Problem::whole("there are no covariates; give at least one"));
        }
        let (mut centre, mut width) = (Vec::new(), Vec::new());
        for (name, column) in covariates.names.iter().zip(&covariates.columns) {
            check_column(name, column, rows)?;
            let first = column[0];
            let mean = first + column.iter().map(|value| value - first).sum::<f64>() / rows as f64;
            let far = column.iter().fold(0.0_f64, |far, value| far.max((value - mean).abs()));
            if column.iter().all(|value| same(*value, first)) {
                return Err(refusal::constant(name));
            }
            centre.push(mean);
            width.push(far);
        }
        Ok(Self { centre, width })
    }

    /// The rows in the given order, one after another, centred and scaled.
    pub(crate) fn rows(&self, covariates: &Covariates<'_>, order: &[u32]) -> Vec<f64> {
        let p = self.centre.len();
        let mut x = vec![0.0; order.len() * p];
        for (at, row) in order.iter().enumerate() {
            for (j, column) in covariates.columns.iter().enumerate() {
                x[at * p + j] = (column[*row as usize] - self.centre[j]) / self.width[j];
            }
        }
        x
    }

    /// Coefficients per unit of the covariate.
    pub(crate) fn coefficients(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().zip(&self.width).map(|(beta, width)| beta / width).collect()
    }

    /// A variance matrix per unit of the covariates.
    pub(crate) fn variance(&self, scaled: &DMatrix<f64>) -> DMatrix<f64> {
        DMatrix::from_fn(scaled.nrows(), scaled.ncols(), |i, j| scaled[(i, j)] / (self.width[i] * self.width[j]))
    }

    /// A new subject on the scale of the fit.
    pub(crate) fn apply(&self, x: &[f64]) -> Vec<f64> {
        x.iter().enumerate().map(|(j, value)| (value - self.centre[j]) / self.width[j]).collect()
    }
}

/// A time as a key that sorts as the number does.
pub(crate) fn key(time: f64) -> u64 {
    let bits = (time + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// Whether two times are the same moment: exactly the same number.
pub(crate) fn same(a: f64, b: f64) -> bool {
    key(a) == key(b)
}

/// `a' M b`.
pub(crate) fn between(a: &[f64], matrix: &DMatrix<f64>, b: &[f64]) -> f64 {
    a.iter()
        .enumerate()
        .map(|(i, left)| left * b.iter().enumerate().map(|(j, right)| matrix[(i, j)] * right).sum::<f64>())
        .sum()
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(left, right)| left * right).sum()
}
