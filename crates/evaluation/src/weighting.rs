//! The same comparison by weights: those who were in a group stand for all, by the inverse of the chance of being in
//! it (IPTW), and with the models of the outcome as well (AIPTW), which is right when either the chances or the
//! outcome models are.
//!
//! Ozenne, Scheike, Stærk and Gerds 2020, *Biometrical Journal* 62, 751, section 3: absolute risks of competing
//! outcomes under censoring. Censoring is taken not to depend on anything (its own Kaplan-Meier weights, at the time
//! just before leaving); the chance of a group has a logistic model, one for each group against the rest. Variance by
//! influence functions of all models. With AIPTW the part of those censored is made up from the models (equation 11
//! there).
#![allow(
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use nalgebra::{DMatrix, DVector};

use crate::{
    Event, Problem,
    causes::{Causes, Gradient},
    logistic::{self, Logistic},
    sample::CENSORED,
    standardisation::{Compared, Design, Everyone, Standardised, check},
};

/// The chance of being in a group given the covariates, with an intercept: one logistic model against all others.
///
/// # Errors
/// When lengths differ, a value is not a number, the group is empty, or the covariates separate it from the rest.
pub fn propensity(compared: Compared<'_>, group: usize) -> Result<Logistic, Problem> {
    let columns = compared.covariates.columns();
    let rows = compared.sample.rows();
    for (name, column) in compared.covariates.names().iter().zip(columns) {
        if column.len() != rows {
            let what = format!("has {} values where the others have {rows}; give one for each row", column.len());
            return Err(Problem::column(name.clone(), what));
        }
    }
    let design = DMatrix::from_fn(rows, columns.len() + 1, |row, c| if c == 0 { 1.0 } else { columns[c - 1][row] });
    logistic::fit(&design, &inside(compared, group))
}

fn inside(compared: Compared<'_>, group: usize) -> Vec<bool> {
    compared.groups.of().iter().map(|g| *g as usize == group).collect()
}

/// The average risk of `cause` at each of `times` if everyone were in each group, by inverse chances (IPTW, with
/// weights for censoring).
///
/// # Errors
/// As for [`crate::standardisation::g_formula`] and [`propensity`]; and when everyone still there at a time is
/// censored before it.
pub fn iptw(compared: Compared<'_>, cause: Event, times: &[f64], level: f64) -> Result<Standardised, Problem> {
    Design::of(compared)?;
    check(compared, cause, times)?;
    let censoring = Censoring::of(compared);
    let mut all = Standardised::new(times, compared.groups, level)?;
    for group in 0..compared.groups.count() {
        let weights = Weights::of(compared, group)?;
        let (mut risks, mut influences) = (Vec::new(), Vec::new());
        for time in times {
            let parts: Vec<f64> =
                censoring.outcomes(compared, cause, *time).iter().zip(&weights.weight).map(|(y, w)| y * w).collect();
            let mut influence = weights.influence(&parts);
            let mut slope = censoring.flat();
            for (row, part) in parts.iter().enumerate() {
                censoring.add_before(&mut slope, row, part / parts.len() as f64);
            }
            add(&mut influence, &censoring.influence(&slope));
            risks.push(finish(&parts, &mut influence));
            influences.push(influence);
        }
        all.push(risks, influences);
    }
    Ok(all)
}

/// The same with the outcome models (AIPTW).
///
/// # Errors
/// As for [`iptw`].
pub fn aiptw(compared: Compared<'_>, cause: Event, times: &[f64], level: f64) -> Result<Standardised, Problem> {
    let design = Design::of(compared)?;
    check(compared, cause, times)?;
    let causes = design.causes(compared)?;
    let censoring = Censoring::of(compared);
    let mut all = Standardised::new(times, compared.groups, level)?;
    for group in 0..compared.groups.count() {
        let weights = Weights::of(compared, group)?;
        let everyone = Everyone::of(&design, &causes, usize::from(cause), group);
        let (mut risks, mut influences) = (Vec::new(), Vec::new());
        for time in times {
            let rows = weights.weight.len() as f64;
            let outcome = censoring.outcomes(compared, cause, *time);
            let modelled = everyone.at(*time);
            let share: Vec<f64> = weights.weight.iter().map(|w| (1.0 - w) / rows).collect();
            let mut gradient = everyone.gradient(*time, &share);
            let mut slope = censoring.flat();
            let mut missing = vec![0.0; modelled.len()];
            for row in 0..modelled.len() {
                let w = weights.weight[row];
                if w > 0.0 {
                    censoring.add_before(&mut slope, row, outcome[row] * w / rows);
                    let made_up =
                        MadeUp { causes: &causes, censoring: &censoring, cause: usize::from(cause), time: *time };
                    missing[row] = made_up.add(&mut gradient, &mut slope, &design.row(row), row, w / rows);
                }
            }
            let weighted: Vec<f64> = (0..modelled.len())
                .map(|row| (outcome[row] - modelled[row] + missing[row]) * weights.weight[row])
                .collect();
            let parts: Vec<f64> = modelled.iter().zip(&weighted).map(|(risk, rest)| risk + rest).collect();
            let mut influence = weights.influence(&weighted);
            add(&mut influence, &causes.influence(&gradient));
            add(&mut influence, &censoring.influence(&slope));
            risks.push(finish(&parts, &mut influence));
            influences.push(influence);
        }
        all.push(risks, influences);
    }
    Ok(all)
}

/// The mean of the parts; each part's distance from it goes to the influence.
fn finish(parts: &[f64], influence: &mut [f64]) -> f64 {
    let rows = parts.len() as f64;
    let mean = parts.iter().sum::<f64>() / rows;
    for (influence, part) in influence.iter_mut().zip(parts) {
        *influence += (part - mean) / rows;
    }
    mean
}

fn add(to: &mut [f64], other: &[f64]) {
    for (to, other) in to.iter_mut().zip(other) {
        *to += other;
    }
}

/// Inverse chances of those in a group; 0 for the others.
struct Weights {
    model: Logistic,
    weight: Vec<f64>,
}

impl Weights {
    fn of(compared: Compared<'_>, group: usize) -> Result<Self, Problem> {
        let model = propensity(compared, group)?;
        let inside = inside(compared, group);
        let weight = inside.iter().zip(&model.fitted).map(|(inside, p)| if *inside { 1.0 / p } else { 0.0 }).collect();
        Ok(Self { model, weight })
    }

    /// What the error of the chances adds to the mean of parts that carry the weight: `d(1/p) = −(1 − p)/p · x dα`.
    fn influence(&self, parts: &[f64]) -> Vec<f64> {
        let rows = parts.len() as f64;
        let mut slope = DVector::<f64>::zeros(self.model.coefficients.len());
        for (row, part) in parts.iter().enumerate() {
            slope -= self.model.design().row(row).transpose() * (part * (1.0 - self.model.fitted[row]) / rows);
        }
        (self.model.influence() * slope).as_slice().to_vec()
    }
}

/// The hazard of being censored, the same for all.
struct Censoring {
    time: Vec<f64>,
    jump: Vec<f64>,
    at_risk: Vec<f64>,
    /// The chance of not being censored before each of the times, and after all.
    free: Vec<f64>,
    /// How many censoring times lie before, and at or before, the time of each row.
    before: Vec<usize>,
    upto: Vec<usize>,
    censored: Vec<bool>,
}

impl Censoring {
    fn of(compared: Compared<'_>) -> Self {
        let (own, event) = (compared.sample.time(), compared.sample.event());
        let censored: Vec<bool> = event.iter().map(|e| *e == CENSORED).collect();
        let mut time: Vec<f64> = (0..own.len()).filter(|&i| censored[i]).map(|i| own[i]).collect();
        time.sort_by(f64::total_cmp);
        time.dedup();
        let before: Vec<usize> = own.iter().map(|t| time.partition_point(|moment| moment < t)).collect();
        let upto: Vec<usize> = own.iter().map(|t| time.partition_point(|moment| moment <= t)).collect();
        let (mut gone, mut at_risk) = (vec![0.0; time.len()], vec![0.0; time.len()]);
        for row in 0..own.len() {
            if upto[row] > 0 {
                at_risk[upto[row] - 1] += 1.0;
            }
            if censored[row] {
                gone[upto[row] - 1] += 1.0;
            }
        }
        for u in (0..time.len().saturating_sub(1)).rev() {
            at_risk[u] += at_risk[u + 1];
        }
        let jump: Vec<f64> = gone.iter().zip(&at_risk).map(|(gone, at_risk)| gone / at_risk).collect();
        let mut left = 1.0;
        let mut free = vec![1.0];
        for jump in &jump {
            left *= 1.0 - jump;
            free.push(left);
        }
        Self { time, jump, at_risk, free, before, upto, censored }
    }

    /// Each row's outcome by `time`, over the chance of having been seen so long.
    fn outcomes(&self, compared: Compared<'_>, cause: Event, time: f64) -> Vec<f64> {
        let (own, event) = (compared.sample.time(), compared.sample.event());
        (0..own.len())
            .map(|row| if own[row] <= time && event[row] == cause { 1.0 / self.free[self.before[row]] } else { 0.0 })
            .collect()
    }

    fn flat(&self) -> Vec<f64> {
        vec![0.0; self.time.len()]
    }

    /// Adds the gradient of a part that was divided by the chance of being seen just before its row's time.
    fn add_before(&self, slope: &mut [f64], row: usize, part: f64) {
        for slope in &mut slope[..self.before[row]] {
            *slope += part;
        }
    }

    /// What each row adds to the error of the number whose gradient in the hazards this is.
    fn influence(&self, slope: &[f64]) -> Vec<f64> {
        let mut passed = vec![0.0];
        for u in 0..self.time.len() {
            passed.push(passed[u] + slope[u] * self.jump[u] / self.at_risk[u]);
        }
        (0..self.upto.len())
            .map(|row| {
                let at = self.upto[row];
                let own = if self.censored[row] { slope[at - 1] / self.at_risk[at - 1] } else { 0.0 };
                own - passed[at]
            })
            .collect()
    }
}

/// What the models make up for those censored: `∫ (F(τ) − F(t)) / (S(t−) G(t−)) dM(t)` up to a time, M being the
/// martingale of censoring.
struct MadeUp<'a> {
    causes: &'a Causes,
    censoring: &'a Censoring,
    cause: usize,
    time: f64,
}

impl MadeUp<'_> {
    /// The integral of one row; adds its gradients, times `share`.
    fn add(&self, gradient: &mut Gradient, slope: &mut [f64], covariates: &[f64], row: usize, share: f64) -> f64 {
        let Self { causes, censoring, cause, time } = *self;
        let ratios = causes.ratios(covariates);
        let curve = causes.curve(&ratios, cause);
        let risks = curve.risks();
        let upto = causes.time.partition_point(|moment| *moment <= time);
        let free = &curve.free;
        let jumps = censoring.upto[row].min(censoring.time.partition_point(|moment| *moment <= time));
        let mut weight = vec![0.0; upto];
        let mut on_free = vec![0.0; upto + 1];
        let (mut integral, mut pieces, mut earlier) = (0.0, Vec::with_capacity(jumps), 0);
        for j in 0..jumps {
            let moment = censoring.time[j];
            while earlier < causes.time.len() && causes.time[earlier] < moment {
                earlier += 1;
            }
            let mut reached = earlier;
            while reached < causes.time.len() && causes.time[reached] <= moment {
                reached += 1;
            }
            let (s, g) = (free[earlier], censoring.free[j]);
            if s <= 0.0 || g <= 0.0 {
                break;
            }
            let own = censoring.censored[row] && j + 1 == censoring.upto[row];
            let martingale = f64::from(u8::from(own)) - censoring.jump[j];
            let piece = martingale / (s * g);
            let rest = risks[upto] - risks[reached];
            integral += rest * piece;
            // F(τ) − F(t) rests on the times after t and up to τ: begun here, added up below
            if let Some(weight) = weight.get_mut(reached) {
                *weight += share * piece;
            }
            on_free[earlier] -= share * rest * piece / s;
            slope[j] -= share * rest / (s * g);
            pieces.push(share * rest * piece);
        }
        let mut later: f64 = pieces.iter().sum();
        for (slope, piece) in slope.iter_mut().zip(&pieces) {
            later -= piece;
            *slope += later;
        }
        let mut sum = 0.0;
        for weight in &mut weight {
            sum += *weight;
            *weight = sum;
        }
        causes.add_risk(gradient, covariates, &ratios, &curve, cause, &weight);
        causes.add_free(gradient, covariates, &ratios, &free[..=upto], &on_free);
        integral
    }
}
