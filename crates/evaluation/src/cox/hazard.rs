//! Baseline hazard and the survival expected for a given person's covariates.
//!
//! Hazard: Breslow's estimator with Breslow ties, Efron's with Efron ties; variance of the predicted cumulative hazard:
//! Tsiatis (1981, *Ann. Statist.* 9:93) with the shares of the ties. The interval is symmetric for the cumulative hazard (`log`).

use super::CoxFit;
use super::residuals::Jumps;
use crate::Problem;
use crate::distribution::two_sided;
use crate::regression::{between, dot};

/// Cumulative baseline hazard of one stratum, for covariates that are all 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// The code of the stratum; 0 without strata.
    pub stratum: u32,
    /// Moments with an event, earliest first.
    pub times: Vec<f64>,
    /// Cumulative hazard from each of them on.
    pub hazard: Vec<f64>,
}

/// Expected survival at one moment for one set of covariates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predicted {
    /// When.
    pub time: f64,
    /// Share still without the event.
    pub survival: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit, at most 1.
    pub upper: f64,
}

impl CoxFit {
    /// Cumulative baseline hazard of each stratum.
    pub fn baseline(&self) -> Result<Vec<Baseline>, Problem> {
        self.needs_sums()?;
        let rows = &self.rows;
        let jumps = Jumps::of(rows, &rows.ratios(&self.beta), self.ties);
        let mean = (-dot(&self.coefficients, &rows.scale.centre)).exp();
        let stratum = |stratum: &super::rows::Stratum| {
            let at: Vec<usize> = stratum.groups.clone().rev().filter(|at| jumps.own[*at].is_some()).collect();
            Baseline {
                stratum: stratum.code,
                times: at.iter().map(|at| rows.groups[*at].time).collect(),
                hazard: at.iter().map(|at| jumps.hazard[*at] * mean).collect(),
            }
        };
        Ok(rows.strata.iter().map(stratum).collect())
    }

    /// Expected survival for covariates `x` in a stratum, at `times`, with intervals at `level` (0.95, say).
    pub fn predict(&self, x: &[f64], stratum: u32, times: &[f64], level: f64) -> Result<Vec<Predicted>, Problem> {
        self.needs_sums()?;
        let rows = &self.rows;
        if x.len() != rows.p {
            return Err(Problem::whole(format!("{} covariates are given where the model has {}", x.len(), rows.p)));
        }
        let Some(stratum) = rows.strata.iter().find(|known| known.code == stratum) else {
            return Err(Problem::whole("there is no such stratum in the model"));
        };
        let z = two_sided(level);
        let jumps = Jumps::of(rows, &rows.ratios(&self.beta), self.ties);
        let x = rows.scale.apply(x);
        let ratio = dot(&x, &self.beta).exp();
        let at_time = |time: &f64| {
            let Some(at) = rows.group_at(stratum, *time) else {
                return Predicted { time: *time, survival: 1.0, standard_error: 0.0, lower: 1.0, upper: 1.0 };
            };
            let hazard = jumps.hazard[at] * ratio;
            let drift: Vec<f64> = x.iter().zip(jumps.mean(at)).map(|(x, mean)| x * jumps.hazard[at] - mean).collect();
            let spread = ratio * (jumps.square[at] + between(&drift, &self.scaled_variance, &drift)).sqrt();
            let survival = (-hazard).exp();
            Predicted {
                time: *time,
                survival,
                standard_error: survival * spread,
                lower: (-hazard - z * spread).exp(),
                upper: (-hazard + z * spread).exp().min(1.0),
            }
        };
        Ok(times.iter().map(at_time).collect())
    }
}
