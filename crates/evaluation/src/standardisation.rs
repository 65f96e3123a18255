//! Case-mix standardisation by the g-formula: what risk everyone would have at each site, or under each method, of
//! competing outcomes.
//!
//! Robins 1986, *Mathematical Modelling* 7, 1393; for competing risks Ozenne, Scheike, Stærk and Gerds 2020,
//! *Biometrical Journal* 62, 751. Each cause has its Cox model with the group and the covariates; the risk of
//! everyone is averaged with the group set to each in turn. Variance by influence functions: of the average and of
//! all coefficients and baseline hazards. What the averages say rests on the covariates holding all that makes people
//! differ, and on the models being right.
#![allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]

use std::collections::HashMap;

use crate::{Event, Groups, Problem, Sample, causes::Causes, distribution::two_sided, regression::Covariates};

/// Who is compared: times and events, the group of each, and what was known of them at the start.
#[derive(Clone, Copy)]
pub struct Compared<'a> {
    /// Times and causes; without delayed entry and weights.
    pub sample: &'a Sample<'a>,
    /// The site or method of each row.
    pub groups: &'a Groups,
    /// Known before time zero.
    pub covariates: &'a Covariates<'a>,
}

/// An average risk, or a difference of two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Risk {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// The interval, symmetric.
    pub lower: f64,
    /// Its end.
    pub upper: f64,
}

/// Average risks of one cause for each group and time, with what each person adds to their error.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardised {
    /// The times asked for.
    pub times: Vec<f64>,
    /// Names of the groups.
    pub groups: Vec<String>,
    risk: Vec<Vec<f64>>,
    influence: Vec<Vec<Vec<f64>>>,
    z: f64,
}

impl Standardised {
    pub(crate) fn new(times: &[f64], groups: &Groups, level: f64) -> Result<Self, Problem> {
        let level = crate::problem::level(level)?;
        Ok(Self {
            times: times.to_vec(),
            groups: groups.names().to_vec(),
            risk: Vec::new(),
            influence: Vec::new(),
            z: two_sided(level),
        })
    }

    pub(crate) fn push(&mut self, risk: Vec<f64>, influence: Vec<Vec<f64>>) {
        self.risk.push(risk);
        self.influence.push(influence);
    }

    /// The risk if everyone were in this group, at the time with this number.
    pub fn risk(&self, group: usize, time: usize) -> Risk {
        self.with(self.risk[group][time], self.influence[group][time].iter().copied())
    }

    /// The risk in one group minus that in another.
    pub fn difference(&self, group: usize, from: usize, time: usize) -> Risk {
        let (one, other) = (&self.influence[group][time], &self.influence[from][time]);
        let influence = one.iter().zip(other).map(|(a, b)| a - b);
        self.with(self.risk[group][time] - self.risk[from][time], influence)
    }

    /// The risk in one group over that in another, with an interval that is symmetric on the logarithm; none when one
    /// of them is zero.
    pub fn ratio(&self, group: usize, from: usize, time: usize) -> Option<Risk> {
        let (a, b) = (self.risk[group][time], self.risk[from][time]);
        if a <= 0.0 || b <= 0.0 {
            return None;
        }
        let (one, other) = (&self.influence[group][time], &self.influence[from][time]);
        let spread = one.iter().zip(other).map(|(x, y)| (x / a - y / b).powi(2)).sum::<f64>().sqrt();
        let estimate = a / b;
        let half = (self.z * spread).exp();
        Some(Risk { estimate, error: estimate * spread, lower: estimate / half, upper: estimate * half })
    }

    fn with(&self, estimate: f64, influence: impl Iterator<Item = f64>) -> Risk {
        let error = influence.map(|one| one * one).sum::<f64>().sqrt();
        Risk { estimate, error, lower: estimate - self.z * error, upper: estimate + self.z * error }
    }
}

/// The average risk of `cause` at each of `times` if everyone were in each group.
///
/// # Errors
/// When lengths differ, entry is delayed or rows are weighted, there is one group, nobody has the cause, a time is
/// negative or after the last one seen, or a model cannot be fitted.
pub fn g_formula(compared: Compared<'_>, cause: Event, times: &[f64], level: f64) -> Result<Standardised, Problem> {
    let design = Design::of(compared)?;
    check(compared, cause, times)?;
    let causes = design.causes(compared)?;
    let mut all = Standardised::new(times, compared.groups, level)?;
    for group in 0..compared.groups.count() {
        let everyone = Everyone::of(&design, &causes, usize::from(cause), group);
        let (mut risks, mut influences) = (Vec::new(), Vec::new());
        for time in times {
            let risk = everyone.at(*time);
            let rows = risk.len() as f64;
            let mean = risk.iter().sum::<f64>() / rows;
            let share = vec![1.0 / rows; risk.len()];
            let mut influence = causes.influence(&everyone.gradient(*time, &share));
            for (influence, risk) in influence.iter_mut().zip(&risk) {
                *influence += (risk - mean) / rows;
            }
            risks.push(mean);
            influences.push(influence);
        }
        all.push(risks, influences);
    }
    Ok(all)
}

/// The columns of the models: a column for each group but the first, then the covariates.
pub(crate) struct Design {
    pub(crate) columns: Vec<Vec<f64>>,
    pub(crate) names: Vec<String>,
    groups: usize,
}

impl Design {
    pub(crate) fn of(compared: Compared<'_>) -> Result<Self, Problem> {
        let Compared { sample, groups, covariates } = compared;
        sample.fits(groups, "group")?;
        if sample.entry().is_some() || sample.weights().is_some() {
            return Err(Problem::whole("standardisation takes no delayed entry and no weights; leave them out"));
        }
        if groups.count() < 2 {
            return Err(Problem::column("group", "there is one group; at least two are needed to compare"));
        }
        for (name, column) in covariates.names().iter().zip(covariates.columns()) {
            if column.len() != sample.rows() {
                let what = format!(
                    "has {} values where the others have {}; give one for each row",
                    column.len(),
                    sample.rows()
                );
                return Err(Problem::column(name.clone(), what));
            }
            for (row, value) in column.iter().enumerate() {
                crate::problem::finite(row, name.clone(), *value)?;
            }
        }
        let of_group = |group: usize| groups.of().iter().map(|g| f64::from(u8::from(*g as usize == group))).collect();
        let columns: Vec<Vec<f64>> =
            (1..groups.count()).map(of_group).chain(covariates.columns().iter().map(|c| c.to_vec())).collect();
        let names = groups.names()[1..].iter().cloned().chain(covariates.names().iter().cloned()).collect();
        Ok(Self { columns, names, groups: groups.count() })
    }

    pub(crate) fn causes(&self, compared: Compared<'_>) -> Result<Causes, Problem> {
        Causes::fit(compared.sample.time(), compared.sample.event(), &self.columns, &self.names)
    }

    /// The covariates of a row as they are.
    pub(crate) fn row(&self, row: usize) -> Vec<f64> {
        self.columns.iter().map(|column| column[row]).collect()
    }

    /// The covariates of a row, in another group.
    fn row_in(&self, row: usize, group: usize) -> Vec<f64> {
        let mut values = self.row(row);
        for (other, value) in values.iter_mut().enumerate().take(self.groups - 1) {
            *value = f64::from(u8::from(other + 1 == group));
        }
        values
    }
}

pub(crate) fn check(compared: Compared<'_>, cause: Event, times: &[f64]) -> Result<(), Problem> {
    compared.sample.has_cause(cause)?;
    let last = compared.sample.time().iter().copied().fold(0.0, f64::max);
    if times.is_empty() {
        return Err(Problem::column("at", "no time is given; give at least one"));
    }
    for (row, time) in times.iter().enumerate() {
        if !(0.0..=last).contains(time) {
            let what = format!("{time} is not possible; give a time from 0 up to the last one seen, {last}");
            return Err(Problem::at(row, "at", what));
        }
    }
    Ok(())
}

/// Everyone, set to one group: rows with the same covariates share one curve.
pub(crate) struct Everyone<'a> {
    causes: &'a Causes,
    cause: usize,
    kinds: Vec<Kind>,
    kind: Vec<usize>,
}

struct Kind {
    row: Vec<f64>,
    ratios: Vec<f64>,
    curve: crate::causes::Curve,
}

impl<'a> Everyone<'a> {
    pub(crate) fn of(design: &Design, causes: &'a Causes, cause: usize, group: usize) -> Self {
        let mut known: HashMap<Vec<u64>, usize> = HashMap::new();
        let mut kinds: Vec<Kind> = Vec::new();
        let kind = (0..design.columns[0].len())
            .map(|row| {
                let values = design.row_in(row, group);
                let key = values.iter().map(|value| value.to_bits()).collect();
                *known.entry(key).or_insert_with(|| {
                    let ratios = causes.ratios(&values);
                    kinds.push(Kind { curve: causes.curve(&ratios, cause), row: values, ratios });
                    kinds.len() - 1
                })
            })
            .collect();
        Self { causes, cause, kinds, kind }
    }

    fn upto(&self, time: f64) -> usize {
        self.causes.time.partition_point(|moment| *moment <= time)
    }

    /// The risk of each row at a time.
    pub(crate) fn at(&self, time: f64) -> Vec<f64> {
        let upto = self.upto(time);
        let of_kind: Vec<f64> = self.kinds.iter().map(|kind| kind.curve.risk(upto)).collect();
        self.kind.iter().map(|kind| of_kind[*kind]).collect()
    }

    /// The gradient of `Σ share · risk` at a time.
    pub(crate) fn gradient(&self, time: f64, share: &[f64]) -> crate::causes::Gradient {
        let mut total = vec![0.0; self.kinds.len()];
        for (kind, share) in self.kind.iter().zip(share) {
            total[*kind] += share;
        }
        let mut gradient = self.causes.flat();
        let upto = self.upto(time);
        for (kind, total) in self.kinds.iter().zip(total) {
            let weight = vec![total; upto];
            self.causes.add_risk(&mut gradient, &kind.row, &kind.ratios, &kind.curve, self.cause, &weight);
        }
        gradient
    }
}
