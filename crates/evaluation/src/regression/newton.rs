//! Newton's method for a concave log-likelihood, and a name for each way in which it fails.

use nalgebra::DMatrix;

use super::dot;

/// Log-likelihood, its gradient, and minus its second derivatives (lower triangle, row after row).
#[derive(Clone)]
pub(crate) struct Derivatives {
    pub(crate) loglik: f64,
    pub(crate) score: Vec<f64>,
    pub(crate) information: Vec<f64>,
}

impl Derivatives {
    pub(crate) fn zero(p: usize) -> Self {
        Self { loglik: 0.0, score: vec![0.0; p], information: vec![0.0; p * (p + 1) / 2] }
    }

    fn finite(&self) -> bool {
        self.loglik.is_finite() && self.score.iter().chain(&self.information).all(|value| value.is_finite())
    }
}

/// Why there is no maximum; the number names the covariate, or counts the steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stuck {
    Flat(usize),
    Collinear(usize),
    Separated(usize),
    Slow(usize),
}

/// Where the likelihood is highest.
pub(crate) struct Maximum {
    pub(crate) beta: Vec<f64>,
    /// Log-likelihood without covariates, and with.
    pub(crate) loglik: [f64; 2],
    /// Score test of all coefficients being 0.
    pub(crate) score_test: f64,
    /// Score at the maximum: what is left of it.
    pub(crate) score: Vec<f64>,
    pub(crate) inverse: DMatrix<f64>,
    pub(crate) steps: usize,
}

/// Newton steps until what the next one would gain is below 1e-16 of log-likelihood; that last step is still made.
const ENOUGH: f64 = 1e-16;
const STEPS: usize = 60;
/// Share of a covariate's information that must be left after the covariates before it.
const SINGULAR: f64 = 1e-11;
/// Information for each event below which there is only rounding.
const NOTHING: f64 = 1e-12;

/// Starts at 0. Covariates are expected on a scale where the largest distance from the mean is 1, so that the information of
/// each is at most the number of events.
pub(crate) fn maximise(p: usize, events: usize, mut at: impl FnMut(&[f64]) -> Derivatives) -> Result<Maximum, Stuck> {
    let mut beta = vec![0.0; p];
    let mut here = at(&beta);
    let null = here.loglik;
    #[expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]
    let least = NOTHING * events as f64;
    if let Some(flat) = (0..p).find(|j| here.information[j * (j + 1) / 2 + j] <= least) {
        return Err(Stuck::Flat(flat));
    }
    let mut factor = cholesky(&here.information, p).map_err(Stuck::Collinear)?;
    let mut step = solve(&factor, &here.score, p);
    let score_test = dot(&here.score, &step);
    for steps in 0..STEPS {
        let gain = dot(&here.score, &step);
        // beyond this a likelihood in 64 bits cannot tell better from worse
        if gain <= ENOUGH.max(1e-22 * here.loglik.abs()) {
            if let Some(apart) = farthest(&step, 1e-4) {
                return Err(Stuck::Separated(apart));
            }
            let moved: Vec<f64> = beta.iter().zip(&step).map(|(a, b)| a + b).collect();
            let inverse = inverse(&factor, p);
            return Ok(Maximum {
                beta: moved,
                loglik: [null, here.loglik],
                score_test,
                score: here.score,
                inverse,
                steps,
            });
        }
        let mut share = 1.0;
        let next = loop {
            let tried: Vec<f64> = beta.iter().zip(&step).map(|(a, b)| a + share * b).collect();
            let there = at(&tried);
            if there.finite() && there.loglik >= here.loglik - 1e-9 * here.loglik.abs().max(1.0) {
                beta = tried;
                break there;
            }
            share /= 2.0;
            if share < 1e-6 {
                return Err(Stuck::Slow(steps));
            }
        };
        here = next;
        factor = cholesky(&here.information, p).map_err(Stuck::Separated)?;
        step = solve(&factor, &here.score, p);
    }
    Err(farthest(&step, 1e-4).map_or(Stuck::Slow(STEPS), Stuck::Separated))
}

fn farthest(step: &[f64], least: f64) -> Option<usize> {
    let (at, far) = step.iter().enumerate().map(|(at, value)| (at, value.abs())).max_by(|a, b| a.1.total_cmp(&b.1))?;
    (far > least).then_some(at)
}

/// `L` of `L L'`, packed; or the first column that the ones before it explain.
fn cholesky(matrix: &[f64], p: usize) -> Result<Vec<f64>, usize> {
    let mut lower = matrix.to_vec();
    let cell = |i: usize, j: usize| i * (i + 1) / 2 + j;
    for i in 0..p {
        for j in 0..=i {
            let mut sum = lower[cell(i, j)];
            for k in 0..j {
                sum -= lower[cell(i, k)] * lower[cell(j, k)];
            }
            if i == j {
                if sum.is_nan() || sum <= SINGULAR * matrix[cell(i, i)] {
                    return Err(i);
                }
                lower[cell(i, i)] = sum.sqrt();
            } else {
                lower[cell(i, j)] = sum / lower[cell(j, j)];
            }
        }
    }
    Ok(lower)
}

fn solve(lower: &[f64], right: &[f64], p: usize) -> Vec<f64> {
    let cell = |i: usize, j: usize| i * (i + 1) / 2 + j;
    let mut x = right.to_vec();
    for i in 0..p {
        for k in 0..i {
            x[i] -= lower[cell(i, k)] * x[k];
        }
        x[i] /= lower[cell(i, i)];
    }
    for i in (0..p).rev() {
        for k in i + 1..p {
            x[i] -= lower[cell(k, i)] * x[k];
        }
        x[i] /= lower[cell(i, i)];
    }
    x
}

fn inverse(lower: &[f64], p: usize) -> DMatrix<f64> {
    let mut out = DMatrix::zeros(p, p);
    for j in 0..p {
        let mut unit = vec![0.0; p];
        unit[j] = 1.0;
        for (i, value) in solve(lower, &unit, p).into_iter().enumerate() {
            out[(i, j)] = value;
        }
    }
    out
}

/// `u' M^-1 u` of a symmetric matrix, for tests; none where it has no inverse.
pub(crate) fn quadratic(matrix: &[f64], u: &[f64]) -> Option<f64> {
    let factor = cholesky(matrix, u.len()).ok()?;
    Some(dot(u, &solve(&factor, u, u.len())))
}
