//! Cause-specific Cox models of all causes together, the absolute risk they give, and what each person adds to its
//! error.
//!
//! Absolute risk: Benichou and Gail 1990, *Biometrics* 46, 813, with event-free survival as a product over the
//! hazards of all causes. Influence functions of coefficients and baseline hazards: Reid and Crépeau 1985,
//! *Biometrika* 72, 1; Ozenne et al. 2017, *The R Journal* 9, 440 (each event sees the full risk set, also where
//! several are tied and fit and baseline are Efron's). In the derivative of event-free survival a factor `1 − dΛ`
//! counts as 1.
#![allow(
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "counts far below 2^52; letters as in the papers"
)]

use nalgebra::{DMatrix, DVector};

use crate::{Event, Problem, cox::Cox, regression::Covariates};

/// The models of all causes on one sample.
pub(crate) struct Causes {
    /// Distinct times of an event of any cause.
    pub(crate) time: Vec<f64>,
    /// How many of these times lie at or before the time of each row.
    at: Vec<usize>,
    event: Vec<Event>,
    models: Vec<Model>,
}

struct Model {
    centre: Vec<f64>,
    beta: Vec<f64>,
    /// The hazard ratio of each row, against the mean of the covariates.
    ratio: Vec<f64>,
    /// Baseline hazard at each time, and the sum before each and after the last.
    jump: Vec<f64>,
    before: Vec<f64>,
    /// Sum of ratios, and mean of covariates, over those at risk.
    s0: Vec<f64>,
    mean: DMatrix<f64>,
    /// Rows × covariates.
    influence: DMatrix<f64>,
}

/// Event-free survival before each time and after the last, and what each time adds to the risk of one cause.
pub(crate) struct Curve {
    pub(crate) free: Vec<f64>,
    pub(crate) added: Vec<f64>,
}

impl Curve {
    /// The risk after the first `times` times.
    pub(crate) fn risk(&self, times: usize) -> f64 {
        self.added[..times].iter().sum()
    }

    /// The risk after 0, 1, … times.
    pub(crate) fn risks(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let after = self.added.iter().map(|added| {
            sum += added;
            sum
        });
        std::iter::once(0.0).chain(after).collect()
    }
}

/// How a number made from the curves moves with each hazard and coefficient.
#[derive(Clone)]
pub(crate) struct Gradient {
    jump: Vec<Vec<f64>>,
    beta: Vec<DVector<f64>>,
}

impl Causes {
    /// Fits a Cox model for each cause that occurs; `columns` are the covariates, one after another.
    pub(crate) fn fit(time: &[f64], event: &[Event], columns: &[Vec<f64>], names: &[String]) -> Result<Self, Problem> {
        let mut moments: Vec<f64> = (0..time.len()).filter(|&i| event[i] > 0).map(|i| time[i]).collect();
        moments.sort_by(f64::total_cmp);
        moments.dedup();
        let at: Vec<usize> = time.iter().map(|t| moments.partition_point(|moment| moment <= t)).collect();
        let causes = event.iter().copied().max().unwrap_or(0);
        let models = (1..=causes)
            .map(|cause| Model::fit(time, event, cause, columns, names, &moments, &at))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { time: moments, at, event: event.to_vec(), models })
    }

    /// The hazard ratios of someone with these covariates.
    pub(crate) fn ratios(&self, row: &[f64]) -> Vec<f64> {
        self.models.iter().map(|model| model.ratio_of(row)).collect()
    }

    /// The curves of someone with these hazard ratios, for a cause (from 1).
    pub(crate) fn curve(&self, ratios: &[f64], cause: usize) -> Curve {
        let mut going = vec![0.0; self.time.len()];
        for (model, ratio) in self.models.iter().zip(ratios) {
            subtract(&mut going, -ratio, &model.jump);
        }
        let mut left = 1.0_f64;
        let mut free = Vec::with_capacity(self.time.len() + 1);
        free.push(left);
        for hazard in &going {
            left *= (1.0 - hazard).max(0.0);
            free.push(left);
        }
        let own = &self.models[cause - 1].jump;
        let added = own.iter().zip(&free).map(|(jump, free)| free * ratios[cause - 1] * jump).collect();
        Curve { free, added }
    }

    pub(crate) fn flat(&self) -> Gradient {
        Gradient {
            jump: vec![vec![0.0; self.time.len()]; self.models.len()],
            beta: self.models.iter().map(|model| DVector::zeros(model.beta.len())).collect(),
        }
    }

    /// Adds the gradient of `Σ weight(u) · added(u)`: risks at several times, each weighing on all times up to it.
    pub(crate) fn add_risk(
        &self,
        to: &mut Gradient,
        row: &[f64],
        ratios: &[f64],
        curve: &Curve,
        cause: usize,
        weight: &[f64],
    ) {
        let weighted: Vec<f64> = curve.added.iter().zip(weight).map(|(added, weight)| added * weight).collect();
        for ((jump, free), weight) in to.jump[cause - 1].iter_mut().zip(&curve.free).zip(weight) {
            *jump += free * ratios[cause - 1] * weight;
        }
        let total: f64 = weighted.iter().sum();
        let later = after_each(&weighted, total);
        for (k, model) in self.models.iter().enumerate() {
            subtract(&mut to.jump[k], ratios[k], &later);
            let lagged = dot(&weighted, &model.before);
            let own = if k == cause - 1 { total } else { 0.0 };
            model.add_centred(&mut to.beta[k], row, own - ratios[k] * lagged);
        }
    }

    /// Adds the gradient of `Σ weight(m) · free`, event-free survival after the first `m` times.
    pub(crate) fn add_free(&self, to: &mut Gradient, row: &[f64], ratios: &[f64], free: &[f64], weight: &[f64]) {
        let weighted: Vec<f64> = free.iter().zip(weight).map(|(free, weight)| free * weight).collect();
        let total: f64 = weighted.iter().sum();
        let later = after_each(&weighted, total);
        for (k, model) in self.models.iter().enumerate() {
            subtract(&mut to.jump[k], ratios[k], &later);
            // after the first m times the cumulative hazard is that before the next one
            let lagged = dot(&weighted, &model.before);
            model.add_centred(&mut to.beta[k], row, -ratios[k] * lagged);
        }
    }

    /// What each row of the sample adds to the error of the number with this gradient.
    pub(crate) fn influence(&self, gradient: &Gradient) -> Vec<f64> {
        let rows = self.at.len();
        let mut influence = vec![0.0; rows];
        for (k, model) in self.models.iter().enumerate() {
            let slope = &gradient.jump[k];
            let mut through = gradient.beta[k].clone();
            let mut passed = Vec::with_capacity(self.time.len() + 1);
            passed.push(0.0);
            for u in 0..self.time.len() {
                through -= model.mean.column(u) * (slope[u] * model.jump[u]);
                passed.push(passed[u] + slope[u] * model.jump[u] / model.s0[u]);
            }
            let by_beta = &model.influence * through;
            for row in 0..rows {
                let at = self.at[row];
                let own = if usize::from(self.event[row]) == k + 1 { slope[at - 1] / model.s0[at - 1] } else { 0.0 };
                influence[row] += by_beta[row] + own - model.ratio[row] * passed[at];
            }
        }
        influence
    }
}

impl Model {
    fn fit(
        time: &[f64],
        event: &[Event],
        cause: Event,
        columns: &[Vec<f64>],
        names: &[String],
        moments: &[f64],
        at: &[usize],
    ) -> Result<Self, Problem> {
        let is: Vec<bool> = event.iter().map(|e| *e == cause).collect();
        if !is.contains(&true) {
            let what = format!(
                "nobody has cause {cause}, though there are higher ones; number the causes 1, 2, … without a gap"
            );
            return Err(Problem::column("event", what));
        }
        let covariates =
            columns.iter().zip(names).fold(Covariates::new(), |all, (column, name)| all.with(name, column));
        let fit = Cox::new(time, &is, &covariates).fit()?;
        let rows = time.len();
        let p = columns.len();
        let centre: Vec<f64> = columns.iter().map(|column| column.iter().sum::<f64>() / rows as f64).collect();
        let x = DMatrix::from_fn(rows, p, |row, j| columns[j][row] - centre[j]);
        let ratio: Vec<f64> =
            (&x * DVector::from_column_slice(&fit.coefficients)).iter().map(|eta| eta.exp()).collect();
        let mut model = Self {
            centre,
            beta: fit.coefficients,
            ratio,
            jump: vec![0.0; moments.len()],
            before: vec![0.0; moments.len() + 1],
            s0: vec![0.0; moments.len()],
            mean: DMatrix::zeros(p, moments.len()),
            influence: DMatrix::zeros(rows, p),
        };
        model.baseline(&x, &is, at);
        model.influence = model.scores(&x, &is, at) * fit.model_variance;
        Ok(model)
    }

    /// Sums over those at risk, and Efron's baseline hazard.
    fn baseline(&mut self, x: &DMatrix<f64>, is: &[bool], at: &[usize]) {
        let times = self.jump.len();
        let (mut tied, mut tied_ratio) = (vec![0_u32; times], vec![0.0; times]);
        // a row with its time at or after the first `at` times was at risk at each of them
        for row in 0..at.len() {
            if at[row] == 0 {
                continue;
            }
            let last = at[row] - 1;
            self.s0[last] += self.ratio[row];
            let mut column = self.mean.column_mut(last);
            column += x.row(row).transpose() * self.ratio[row];
            if is[row] {
                tied[last] += 1;
                tied_ratio[last] += self.ratio[row];
            }
        }
        for u in (0..times.saturating_sub(1)).rev() {
            self.s0[u] += self.s0[u + 1];
            let next = self.mean.column(u + 1).clone_owned();
            let mut column = self.mean.column_mut(u);
            column += next;
        }
        let mut sum = 0.0;
        for u in 0..times {
            let mut column = self.mean.column_mut(u);
            column /= self.s0[u];
            self.before[u] = sum;
            self.jump[u] = (0..tied[u])
                .map(|gone| 1.0 / (self.s0[u] - f64::from(gone) / f64::from(tied[u]) * tied_ratio[u]))
                .sum();
            sum += self.jump[u];
        }
        self.before[times] = sum;
    }

    /// The score of each row.
    fn scores(&self, x: &DMatrix<f64>, is: &[bool], at: &[usize]) -> DMatrix<f64> {
        let (rows, p) = x.shape();
        let mut passed = vec![(0.0, DVector::<f64>::zeros(p))];
        for u in 0..self.jump.len() {
            let hazard = self.jump[u];
            let (sum, mean) = &passed[u];
            passed.push((sum + hazard, mean + self.mean.column(u) * hazard));
        }
        let mut scores = DMatrix::zeros(rows, p);
        for row in 0..rows {
            let (sum, mean) = &passed[at[row]];
            let own = x.row(row).transpose();
            let mut score = -(&own * *sum - mean) * self.ratio[row];
            if is[row] {
                score += &own - self.mean.column(at[row] - 1);
            }
            scores.row_mut(row).copy_from(&score.transpose());
        }
        scores
    }

    fn add_centred(&self, to: &mut DVector<f64>, row: &[f64], by: f64) {
        for ((to, x), centre) in to.iter_mut().zip(row).zip(&self.centre) {
            *to += (x - centre) * by;
        }
    }

    fn ratio_of(&self, row: &[f64]) -> f64 {
        row.iter().zip(&self.centre).zip(&self.beta).map(|((x, centre), beta)| (x - centre) * beta).sum::<f64>().exp()
    }
}

/// What is left of `total` after each.
fn after_each(values: &[f64], total: f64) -> Vec<f64> {
    let mut left = total;
    values
        .iter()
        .map(|value| {
            left -= value;
            left
        })
        .collect()
}

fn subtract(from: &mut [f64], times: f64, values: &[f64]) {
    for (from, value) in from.iter_mut().zip(values) {
        *from -= times * value;
    }
}

/// Four sums at once, which a processor adds side by side.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let (a, b) = (a[..n].chunks_exact(4), b[..n].chunks_exact(4));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0; 4];
    for (a, b) in a.zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}
