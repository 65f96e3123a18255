//! Tails and quantiles of the distributions that tests and intervals need.

use statrs::function::{erf::erfc_inv, gamma::checked_gamma_ur};
use std::f64::consts::{PI, SQRT_2};

/// Quantile of the standard normal distribution; NaN outside (0, 1).
pub fn normal_quantile(p: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return f64::NAN;
    }
    let z = -SQRT_2 * erfc_inv(2.0 * p);
    // one step of Newton: the inverse alone has 11 digits
    z + (normal_tail(z) - (1.0 - p)) / normal_density(z)
}

/// P(Z > z) for a standard normal Z.
pub fn normal_tail(z: f64) -> f64 {
    // by the incomplete gamma function: the error function of the library has 11 digits
    let tail = 0.5 * checked_gamma_ur(0.5, 0.5 * z * z).unwrap_or(1.0);
    if z < 0.0 { 1.0 - tail } else { tail }
}

/// Density of the standard normal distribution.
pub fn normal_density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// What to multiply a standard error with, for a two-sided interval at this level (0.95: 1.96).
pub fn two_sided(level: f64) -> f64 {
    normal_quantile(0.5 + 0.5 * level)
}

/// P(X > x) for X chi-square with `df` degrees of freedom; NaN when `df` is 0 or `x` is not a number.
pub fn chi_square_tail(x: f64, df: usize) -> f64 {
    if df == 0 || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "degrees of freedom are few")]
    checked_gamma_ur(0.5 * df as f64, 0.5 * x).unwrap_or(f64::NAN)
}

/// P-values adjusted for being several, by Holm (1979): the chance of any false finding stays under the level.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let (order, n) = (ordered(p), p.len());
    let (mut adjusted, mut most) = (vec![f64::NAN; n], 0.0_f64);
    for (rank, index) in order.into_iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "tests are few")]
        let factor = (n - rank) as f64;
        most = most.max((p[index] * factor).min(1.0));
        adjusted[index] = most;
    }
    adjusted
}

/// P-values adjusted for being several, by Benjamini and Hochberg (1995): the share of false findings among the findings.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let (order, n) = (ordered(p), p.len());
    let (mut adjusted, mut least) = (vec![f64::NAN; n], 1.0_f64);
    for (rank, index) in order.into_iter().enumerate().rev() {
        #[expect(clippy::cast_precision_loss, reason = "tests are few")]
        let factor = n as f64 / (rank + 1) as f64;
        least = least.min(p[index] * factor);
        adjusted[index] = least;
    }
    adjusted
}

fn ordered(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz and Stegun (1964), tables 26.1 and 26.8; more digits from their defining integrals.
    #[test]
    fn tails_and_quantiles_are_those_of_the_tables() {
        assert!((two_sided(0.95) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((normal_quantile(0.005) + 2.575_829_303_548_901).abs() < 1e-12);
        assert!((normal_tail(1.0) - 0.158_655_253_931_457_05).abs() < 1e-14);
        assert!((chi_square_tail(3.841_458_820_694_124, 1) - 0.05).abs() < 1e-12);
        assert!((chi_square_tail(9.487_729_036_781_154, 4) - 0.05).abs() < 1e-12);
        assert!(chi_square_tail(0.0, 3) >= 1.0 && chi_square_tail(1.0, 0).is_nan() && normal_quantile(1.0).is_nan());
    }

    #[test]
    fn adjusted_values_keep_their_order_and_stay_in_range() {
        let p = [0.01, 0.04, 0.03, 0.5];
        let near = |found: Vec<f64>, wanted: [f64; 4]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-15);
        assert!(near(holm(&p), [0.04, 0.09, 0.09, 0.5]));
        assert!(near(benjamini_hochberg(&p), [0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5]));
    }
}
