//! Are the hazards proportional? Score test of a coefficient that drifts with time, `beta + theta g(t)`
//! (Grambsch and Therneau 1994, *Biometrika* 81:515; the exact score form with the information of each moment).

use super::CoxFit;
use super::likelihood::walk;
use crate::Problem;
use crate::distribution::chi_square_tail;
use crate::regression::newton::quadratic;
use crate::regression::same;

/// The time `g(t)` along which an effect may drift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// One minus Kaplan-Meier just before `t`: an early and a late event weigh alike (the default).
    #[default]
    KaplanMeier,
    /// Time itself.
    Identity,
    /// Its logarithm.
    Log,
}

/// Test of one covariate, or of all together.
#[derive(Clone, Debug, PartialEq)]
pub struct Proportional {
    /// Which covariate; none for all together.
    pub covariate: Option<String>,
    /// Chi-squared.
    pub chi_squared: f64,
    /// Degrees of freedom.
    pub degrees: usize,
    /// Chance of a larger value when the hazards are proportional.
    pub p: f64,
}

impl CoxFit {
    /// Tests each covariate, and all of them together (last).
    pub fn proportional(&self, clock: Clock) -> Result<Vec<Proportional>, Problem> {
        self.needs_sums()?;
        let p = self.rows.p;
        let clock = self.clock(clock);
        let size = p * (p + 1) / 2;
        let (mut score, mut plain, mut once, mut twice) =
            (vec![0.0; p], vec![0.0; size], vec![0.0; size], vec![0.0; size]);
        walk(&self.rows, &self.rows.ratios(&self.beta), true, |moment| {
            let g = clock[moment.at];
            let shares = moment.shares(self.ties);
            for (j, score) in score.iter_mut().enumerate() {
                *score += g * (moment.x[j] - moment.all.one[j] * shares.one + moment.tied.one[j] * shares.one_f);
            }
            moment.add_information(&shares, 1.0, &mut plain);
            moment.add_information(&shares, g, &mut once);
            moment.add_information(&shares, g * g, &mut twice);
        });
        let test = |drifting: &[usize]| {
            let matrix = bordered(p, drifting, &plain, &once, &twice);
            let mut u = vec![0.0; p];
            u.extend(drifting.iter().map(|j| score[*j]));
            let chi_squared = quadratic(&matrix, &u).unwrap_or(f64::NAN);
            let covariate = (drifting.len() == 1 && p > 1).then(|| self.names[drifting[0]].clone());
            Proportional {
                covariate,
                chi_squared,
                degrees: drifting.len(),
                p: chi_square_tail(chi_squared, drifting.len()),
            }
        };
        let mut out: Vec<Proportional> =
            (0..p).map(|j| Proportional { covariate: Some(self.names[j].clone()), ..test(&[j]) }).collect();
        out.push(Proportional { covariate: None, ..test(&(0..p).collect::<Vec<_>>()) });
        Ok(out)
    }

    /// `g` of every group, less its mean over the events (which changes no test, and keeps the numbers small).
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
    fn clock(&self, clock: Clock) -> Vec<f64> {
        let rows = &self.rows;
        let mut g: Vec<f64> = match clock {
            Clock::Identity => rows.groups.iter().map(|group| group.time).collect(),
            Clock::Log => rows.groups.iter().map(|group| group.time.ln()).collect(),
            Clock::KaplanMeier => self.kaplan_meier(),
        };
        let events = rows.events() as f64;
        let mean = rows
            .groups
            .iter()
            .zip(&g)
            .map(|(group, g)| group.deaths as f64 * g)
            .filter(|part| part.is_finite())
            .sum::<f64>()
            / events;
        g.iter_mut().for_each(|value| *value -= mean);
        g
    }

    /// One minus Kaplan-Meier of all rows together, just before the time of each group.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
    fn kaplan_meier(&self) -> Vec<f64> {
        let rows = &self.rows;
        let mut order: Vec<usize> = (0..rows.groups.len()).collect();
        order.sort_by(|a, b| rows.groups[*a].time.total_cmp(&rows.groups[*b].time));
        let mut entries: Vec<f64> = rows.entry.clone().unwrap_or_default();
        entries.sort_by(f64::total_cmp);
        let (mut out, mut survival, mut gone, mut at) = (vec![0.0; order.len()], 1.0, 0_usize, 0);
        while at < order.len() {
            let time = rows.groups[order[at]].time;
            let tied = order[at..].iter().take_while(|group| same(rows.groups[**group].time, time)).count();
            let entered = if rows.entry.is_some() { entries.partition_point(|entry| *entry < time) } else { rows.n };
            let (mut deaths, mut left) = (0, 0);
            for group in &order[at..at + tied] {
                out[*group] = 1.0 - survival;
                deaths += rows.groups[*group].deaths;
                left += rows.groups[*group].rows.len();
            }
            survival *= 1.0 - deaths as f64 / (entered - gone) as f64;
            gone += left;
            at += tied;
        }
        out
    }
}

/// Information of the coefficients and of the drift of some of them.
fn bordered(p: usize, drifting: &[usize], plain: &[f64], once: &[f64], twice: &[f64]) -> Vec<f64> {
    let cell = |i: usize, j: usize| if i >= j { i * (i + 1) / 2 + j } else { j * (j + 1) / 2 + i };
    let mut out = plain.to_vec();
    for (line, drift) in drifting.iter().enumerate() {
        out.extend((0..p).map(|j| once[cell(*drift, j)]));
        out.extend(drifting[..=line].iter().map(|other| twice[cell(*drift, *other)]));
    }
    out
}
