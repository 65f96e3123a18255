//! An outcome that happens or not, of people at sites that differ: logistic regression with sites as draws from a
//! normal distribution.
//!
//! `logit P(event) = x β + σ u`, with `u` standard normal for each site. Likelihood by adaptive Gauss-Hermite
//! quadrature (Pinheiro and Bates 1995, *Journal of Computational and Graphical Statistics* 4, 12), maximised by
//! Newton's method with differences; errors from the Hessian of all parameters. For a stepped wedge: a column for the
//! change and one for each period (Hussey and Hughes 2007).
#![allow(
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "counts far below 2^52; letters as in the papers"
)]

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::{Problem, funnel::counts, refuse};

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct MixedLogistic {
    /// The coefficients, in the order of the columns.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub errors: Vec<f64>,
    /// The standard deviation between sites, on the log odds.
    pub between: f64,
    /// The log-likelihood, without the binomial coefficients.
    pub log_likelihood: f64,
    /// Each site's distance from the mean of sites, on the log odds: the most likely one, and its standard deviation
    /// given the parameters.
    pub sites: Vec<(f64, f64)>,
}

struct Data<'a> {
    design: &'a DMatrix<f64>,
    events: &'a [f64],
    total: &'a [f64],
    /// The rows of each site.
    rows: Vec<Vec<usize>>,
    nodes: Vec<(f64, f64)>,
}

/// Below this a site does not differ from the others for any purpose.
const NO_SPREAD: f64 = -7.0;

/// Fits `events` among `total` in each row on the columns of `design`; `site` is numbered from 0. 15 nodes are enough
/// for most.
///
/// # Errors
/// When counts or lengths cannot be, there are fewer than two sites, columns hang together, or a coefficient has no
/// finite estimate.
pub fn fit(
    design: &DMatrix<f64>,
    events: &[f64],
    total: &[f64],
    site: &[usize],
    nodes: usize,
) -> Result<MixedLogistic, Problem> {
    counts(events, total)?;
    for (what, length) in [("design", design.nrows()), ("site", site.len())] {
        if length != events.len() {
            return Err(refuse::lengths(what, length, events.len()));
        }
    }
    for row in 0..design.nrows() {
        for column in 0..design.ncols() {
            crate::problem::finite(row, "design", design[(row, column)])?;
        }
    }
    if design.nrows() < design.ncols() {
        return Err(refuse::needs("design", "as many rows as columns"));
    }
    let left = design.clone().qr().r();
    if (0..design.ncols()).any(|j| left[(j, j)].abs() < 1e-10 * design.column(j).norm()) {
        return Err(refuse::dependent());
    }
    if nodes == 0 {
        return Err(refuse::argument("nodes", 0.0, "at least 1, such as 15"));
    }
    let sites = site.iter().max().map_or(0, |most| most + 1);
    let mut rows = vec![Vec::new(); sites];
    site.iter().enumerate().for_each(|(row, site)| rows[*site].push(row));
    rows.retain(|rows| !rows.is_empty());
    if rows.len() < 2 {
        return Err(refuse::needs("site", "at least two sites"));
    }
    let data = Data { design, events, total, rows, nodes: gauss_hermite(nodes) };
    // sites that differ by about a factor two in odds, to begin with
    let begin = data.without_sites()?.push(-0.7);
    let (found, hessian) = data.climb(begin)?;
    let covariance = (-hessian).try_inverse().ok_or_else(refuse::dependent)?;
    let columns = design.ncols();
    let spread = found[columns].exp();
    Ok(MixedLogistic {
        coefficients: found.rows(0, columns).iter().copied().collect(),
        errors: (0..columns).map(|j| covariance[(j, j)].sqrt()).collect(),
        between: spread,
        log_likelihood: data.log_likelihood(&found),
        sites: data.sites(&found),
    })
}

impl Data<'_> {
    /// The coefficients when sites do not differ, to begin with.
    fn without_sites(&self) -> Result<DVector<f64>, Problem> {
        let mut beta = DVector::<f64>::zeros(self.design.ncols());
        for _ in 0..30 {
            let chance = (self.design * &beta).map(|eta| 1.0 / (1.0 + (-eta).exp()));
            let mut weighted = self.design.clone();
            for (row, p) in chance.iter().enumerate() {
                weighted.row_mut(row).scale_mut(self.total[row] * p * (1.0 - p));
            }
            let rest = DVector::from_fn(chance.len(), |row, _| self.events[row] - self.total[row] * chance[row]);
            let information = self.design.transpose() * weighted;
            let Some(cholesky) = information.cholesky() else { return Err(refuse::dependent()) };
            let step = cholesky.solve(&(self.design.transpose() * rest));
            beta += &step;
            if step.amax() < 1e-8 {
                return Ok(beta);
            }
        }
        Err(Problem::column(
            "design",
            "separates rows with the event from rows without, so that there is no finite estimate",
        ))
    }

    /// Newton's method with a Hessian by differences; a step that does not climb is halved.
    fn climb(&self, mut at: DVector<f64>) -> Result<(DVector<f64>, DMatrix<f64>), Problem> {
        let mut height = self.log_likelihood(&at);
        let last = at.len() - 1;
        for _ in 0..60 {
            let (slope, hessian) = self.curvature(&at);
            let downhill = -&hessian;
            // away from the top the Hessian may bend the wrong way: lean towards the steepest way up until it does not
            let mut lean = 0.0;
            let step = loop {
                let bent = &downhill + DMatrix::identity(at.len(), at.len()) * lean;
                if let Some(cholesky) = bent.cholesky() {
                    break cholesky.solve(&slope);
                }
                lean = if lean > 0.0 { lean * 4.0 } else { 1e-3 * downhill.amax().max(1e-6) };
                if !lean.is_finite() {
                    return Err(refuse::dependent());
                }
            };
            let mut share = 1.0;
            let mut next = &at + &step;
            while self.log_likelihood(&next) < height && share > 1e-6 {
                share /= 2.0;
                next = &at + &step * share;
            }
            let gained = self.log_likelihood(&next) - height;
            if gained > 0.0 {
                at = next;
                height += gained;
            }
            if at[last] < NO_SPREAD {
                let what = "sites vary no more than chance gives; fit them without a difference between sites";
                return Err(Problem::column("site", what));
            }
            if step.amax() * share < 1e-7 || gained <= 1e-11 {
                let (_, hessian) = self.curvature(&at);
                return Ok((at, hessian));
            }
        }
        Err(Problem::whole(
            "the likelihood has no maximum that 60 steps find; look for extreme values among the columns",
        ))
    }

    /// Slope and Hessian by central differences.
    fn curvature(&self, at: &DVector<f64>) -> (DVector<f64>, DMatrix<f64>) {
        const STEP: f64 = 1e-4;
        let n = at.len();
        let moved = |moves: &[(usize, f64)]| {
            let mut to = at.clone();
            moves.iter().for_each(|(i, by)| to[*i] += by * STEP);
            self.log_likelihood(&to)
        };
        let middle = moved(&[]);
        let (up, down): (Vec<f64>, Vec<f64>) = (0..n).map(|i| (moved(&[(i, 1.0)]), moved(&[(i, -1.0)]))).unzip();
        let slope = DVector::from_fn(n, |i, _| (up[i] - down[i]) / (2.0 * STEP));
        let mut hessian = DMatrix::zeros(n, n);
        for i in 0..n {
            hessian[(i, i)] = (up[i] - 2.0 * middle + down[i]) / (STEP * STEP);
            for j in 0..i {
                let both = moved(&[(i, 1.0), (j, 1.0)]) + moved(&[(i, -1.0), (j, -1.0)]);
                let bend = (both + 2.0 * middle - up[i] - down[i] - up[j] - down[j]) / (2.0 * STEP * STEP);
                hessian[(i, j)] = bend;
                hessian[(j, i)] = bend;
            }
        }
        (slope, hessian)
    }

    /// The log odds of each row without its site, and the standard deviation between sites.
    fn parts(&self, at: &DVector<f64>) -> (DVector<f64>, f64) {
        let columns = self.design.ncols();
        (self.design * at.rows(0, columns), at[columns].exp())
    }

    fn log_likelihood(&self, at: &DVector<f64>) -> f64 {
        let (eta, spread) = self.parts(at);
        self.rows
            .iter()
            .map(|rows| {
                let (mode, width) = self.mode(rows, &eta, spread);
                let height = self.joint(rows, &eta, spread, mode);
                let sum: f64 = self
                    .nodes
                    .iter()
                    .map(|(x, w)| {
                        let u = mode + std::f64::consts::SQRT_2 * width * x;
                        w * (x * x + self.joint(rows, &eta, spread, u) - height).exp()
                    })
                    .sum();
                height + (sum * width / std::f64::consts::PI.sqrt()).ln()
            })
            .sum()
    }

    /// The log of outcomes and site together, without the constant of the normal distribution.
    fn joint(&self, rows: &[usize], eta: &DVector<f64>, spread: f64, u: f64) -> f64 {
        let outcomes: f64 = rows
            .iter()
            .map(|&row| {
                let eta = eta[row] + spread * u;
                // ln(1 + e^η) without overflow
                let grown = eta.max(0.0) + (-eta.abs()).exp().ln_1p();
                self.events[row] * eta - self.total[row] * grown
            })
            .sum();
        outcomes - 0.5 * u * u
    }

    /// The most likely `u` of a site, and the width of the peak there.
    fn mode(&self, rows: &[usize], eta: &DVector<f64>, spread: f64) -> (f64, f64) {
        let (mut u, mut bend) = (0.0_f64, 1.0);
        for _ in 0..50 {
            let (mut slope, mut curve) = (-u, 1.0);
            for &row in rows {
                let p = 1.0 / (1.0 + (-(eta[row] + spread * u)).exp());
                slope += spread * (self.events[row] - self.total[row] * p);
                curve += spread * spread * self.total[row] * p * (1.0 - p);
            }
            let step = (slope / curve).clamp(-2.0, 2.0);
            u += step;
            bend = curve;
            if step.abs() < 1e-12 {
                break;
            }
        }
        (u, bend.sqrt().recip())
    }

    fn sites(&self, at: &DVector<f64>) -> Vec<(f64, f64)> {
        let (eta, spread) = self.parts(at);
        self.rows
            .iter()
            .map(|rows| {
                let (mode, width) = self.mode(rows, &eta, spread);
                (spread * mode, spread * width)
            })
            .collect()
    }
}

/// Nodes and weights for `∫ e^{−x²} f(x) dx` (Golub and Welsch 1969, *Mathematics of Computation* 23, 221).
fn gauss_hermite(nodes: usize) -> Vec<(f64, f64)> {
    let jacobi =
        DMatrix::from_fn(nodes, nodes, |i, j| if i.abs_diff(j) == 1 { (i.max(j) as f64 / 2.0).sqrt() } else { 0.0 });
    let eigen = SymmetricEigen::new(jacobi);
    (0..nodes)
        .map(|k| (eigen.eigenvalues[k], std::f64::consts::PI.sqrt() * eigen.eigenvectors[(0, k)].powi(2)))
        .collect()
}
