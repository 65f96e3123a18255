//! Cox regression: proportional hazards by partial likelihood (Cox 1972, *J. R. Stat. Soc. B* 34:187; 1975, *Biometrika* 62:269).
//!
//! **Ties**: Efron (1977, *JASA* 72:557), Breslow (1974, *Biometrics* 30:89), or the exact conditional likelihood
//! (Cox 1972; recursion of Gail, Lubin and Rubinstein 1981, *Biometrika* 68:703).
//! **Risk set**: a row is at risk on `(entry, time]`; at equal times events come before censoring, and a row that enters at
//! the moment of an event is not yet at risk. Strata have their own baseline; weights multiply a row's part in every sum.
//! **Variance**: inverse of the observed information; with `robust`, weights or clusters the sandwich of Lin and Wei (1989,
//! *JASA* 84:1074), summed within clusters and without a small-sample factor; score residuals follow the handling of ties.

mod concordance;
mod exact;
mod hazard;
mod likelihood;
mod proportional;
mod residuals;
mod rows;

use nalgebra::DMatrix;

pub use concordance::Concordance;
pub use hazard::{Baseline, Predicted};
pub use proportional::{Clock, Proportional};

use crate::Problem;
use crate::regression::newton::maximise;
use crate::regression::{Covariates, between, refusal};
use rows::Rows;

/// How events at the same moment share a risk set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// Each of them half gone, so to say, for the next (the default).
    #[default]
    Efron,
    /// Each sees the full risk set.
    Breslow,
    /// All orders (discrete time); costly with many ties, without weights or robust variance.
    Exact,
}

/// What to fit: one row for each subject, or for each interval `(entry, time]` of a subject.
#[derive(Clone, Debug)]
pub struct Cox<'a> {
    time: &'a [f64],
    event: &'a [bool],
    covariates: &'a Covariates<'a>,
    entry: Option<&'a [f64]>,
    weights: Option<&'a [f64]>,
    strata: Option<&'a [u32]>,
    clusters: Option<&'a [u32]>,
    robust: bool,
    ties: Ties,
}

impl<'a> Cox<'a> {
    /// `time` in the caller's unit; `event` says whether the row ended with the event.
    pub fn new(time: &'a [f64], event: &'a [bool], covariates: &'a Covariates<'a>) -> Self {
        Self {
            time,
            event,
            covariates,
            entry: None,
            weights: None,
            strata: None,
            clusters: None,
            robust: false,
            ties: Ties::Efron,
        }
    }

    /// Delayed entry, or the start of each interval.
    #[must_use]
    pub fn entry(mut self, entry: &'a [f64]) -> Self {
        self.entry = Some(entry);
        self
    }

    /// Case weights, greater than 0. The variance is then robust.
    #[must_use]
    pub fn weights(mut self, weights: &'a [f64]) -> Self {
        self.weights = Some(weights);
        self
    }

    /// A baseline hazard for each stratum.
    #[must_use]
    pub fn strata(mut self, strata: &'a [u32]) -> Self {
        self.strata = Some(strata);
        self
    }

    /// Rows that belong together (one person, one site). The variance is then robust.
    #[must_use]
    pub fn clusters(mut self, clusters: &'a [u32]) -> Self {
        self.clusters = Some(clusters);
        self
    }

    /// The sandwich variance, each row on its own.
    #[must_use]
    pub fn robust(mut self) -> Self {
        self.robust = true;
        self
    }

    /// How ties are handled.
    #[must_use]
    pub fn ties(mut self, ties: Ties) -> Self {
        self.ties = ties;
        self
    }

    /// Fits the model.
    pub fn fit(&self) -> Result<CoxFit, Problem> {
        let rows = Rows::of(self)?;
        let names = self.covariates.names().to_vec();
        let maximum = match self.ties {
            Ties::Exact => {
                if self.weights.is_some() || self.clusters.is_some() || self.robust {
                    return Err(Problem::whole(
                        "exact ties are not offered with weights, clusters or a robust variance: choose Efron",
                    ));
                }
                exact::affordable(&rows)?;
                maximise(rows.p, rows.events(), |beta| exact::derivatives(&rows, beta))
            }
            ties => maximise(rows.p, rows.events(), |beta| likelihood::derivatives(&rows, beta, ties)),
        };
        let maximum = maximum.map_err(|stuck| refusal::stuck(stuck, &names))?;
        let model = maximum.inverse;
        let sandwich = if self.robust || self.weights.is_some() || self.clusters.is_some() {
            Some(residuals::sandwich(&rows, &maximum.beta, self.ties, &model, self.clusters))
        } else {
            None
        };
        let used = sandwich.as_ref().unwrap_or(&model);
        let wald =
            used.clone().try_inverse().map_or(f64::NAN, |inverse| between(&maximum.beta, &inverse, &maximum.beta));
        Ok(CoxFit {
            coefficients: rows.scale.coefficients(&maximum.beta),
            variance: rows.scale.variance(used),
            model_variance: rows.scale.variance(&model),
            robust: sandwich.is_some(),
            loglik: maximum.loglik,
            score_test: maximum.score_test,
            wald,
            steps: maximum.steps,
            events: rows.events(),
            scaled_variance: used.clone(),
            beta: maximum.beta,
            clusters: self.clusters.map(<[u32]>::to_vec),
            ties: self.ties,
            names,
            rows,
        })
    }
}

/// A fitted Cox model.
pub struct CoxFit {
    /// Names of the covariates.
    pub names: Vec<String>,
    /// Log hazard ratio per unit of each covariate.
    pub coefficients: Vec<f64>,
    /// Their variance: robust where that was asked, else the model's.
    pub variance: DMatrix<f64>,
    /// Inverse of the observed information.
    pub model_variance: DMatrix<f64>,
    /// Whether `variance` is the sandwich.
    pub robust: bool,
    /// Log partial likelihood without covariates, and with.
    pub loglik: [f64; 2],
    /// Score test of all coefficients being 0 (at equal times and without covariates: the log-rank test).
    pub score_test: f64,
    /// Wald test with `variance`.
    pub wald: f64,
    /// Newton steps made.
    pub steps: usize,
    /// Rows with an event.
    pub events: usize,
    ties: Ties,
    beta: Vec<f64>,
    scaled_variance: DMatrix<f64>,
    clusters: Option<Vec<u32>>,
    rows: Rows,
}

impl CoxFit {
    /// Standard errors, from `variance`.
    pub fn standard_errors(&self) -> Vec<f64> {
        (0..self.variance.nrows()).map(|j| self.variance[(j, j)].sqrt()).collect()
    }

    /// Twice what the covariates add to the log-likelihood.
    pub fn likelihood_ratio(&self) -> f64 {
        2.0 * (self.loglik[1] - self.loglik[0])
    }

    /// Rows in the model.
    pub fn len(&self) -> usize {
        self.rows.n
    }

    /// Whether there is no row; a fitted model has some.
    pub fn is_empty(&self) -> bool {
        self.rows.n == 0
    }

    fn needs_sums(&self) -> Result<(), Problem> {
        if self.ties == Ties::Exact {
            return Err(Problem::whole("residuals and hazards are not offered with exact ties: choose Efron"));
        }
        Ok(())
    }
}

impl std::fmt::Debug for CoxFit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CoxFit")
            .field("coefficients", &self.coefficients)
            .field("loglik", &self.loglik)
            .finish_non_exhaustive()
    }
}
