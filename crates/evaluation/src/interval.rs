//! Intervals for a probability: five scales on which its estimate is nearer to normal.

use crate::{distribution::two_sided, problem, problem::Problem};

/// The scale on which an interval is symmetric (Borgan and Liestøl 1990; Kalbfleisch and Prentice 2002, section 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// p itself
    Plain,
    /// log p
    Log,
    /// log(−log p); never leaves [0, 1], and good in small samples
    #[default]
    LogLog,
    /// log(p / (1 − p))
    Logit,
    /// arcsin √p
    Arcsine,
}

impl Scale {
    /// `plain`, `log`, `loglog`, `logit` or `arcsine`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "plain" => Self::Plain,
            "log" => Self::Log,
            "loglog" => Self::LogLog,
            "logit" => Self::Logit,
            "arcsine" => Self::Arcsine,
            _ => return None,
        })
    }
}

/// Where a probability lies: level and scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence {
    scale: Scale,
    level: f64,
    z: f64,
}

impl Default for Confidence {
    /// 95%, on the scale log(−log p).
    fn default() -> Self {
        Self { scale: Scale::default(), level: 0.95, z: two_sided(0.95) }
    }
}

impl Confidence {
    /// Refuses a level outside (0, 1).
    pub fn new(scale: Scale, level: f64) -> Result<Self, Problem> {
        let level = problem::level(level)?;
        Ok(Self { scale, level, z: two_sided(level) })
    }

    /// The scale.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The level, such as 0.95.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// The factor for a standard error (0.95: 1.96).
    pub fn z(&self) -> f64 {
        self.z
    }

    /// Lower and upper end around `p` with standard error `se`; NaN where the scale has no value (p = 0, and p = 1 on
    /// the scales loglog and logit).
    pub fn around(&self, p: f64, se: f64) -> (f64, f64) {
        around(self.scale, p, self.z * se)
    }
}

/// Ends at `half` (a factor times the standard error of p) to both sides, on a scale.
pub(crate) fn around(scale: Scale, p: f64, half: f64) -> (f64, f64) {
    let none = (f64::NAN, f64::NAN);
    match scale {
        Scale::Plain => ((p - half).clamp(0.0, 1.0), (p + half).clamp(0.0, 1.0)),
        Scale::Log if p <= 0.0 => none,
        Scale::Log => (p * (-half / p).exp(), (p * (half / p).exp()).clamp(0.0, 1.0)),
        Scale::LogLog | Scale::Logit if p <= 0.0 || p >= 1.0 => none,
        Scale::LogLog => {
            let log = p.ln();
            let theta = (half / (p * log)).exp();
            // the derivative is negative: theta < 1 gives the upper end
            ((log / theta).exp(), (log * theta).exp())
        }
        Scale::Logit => {
            let (middle, side) = ((p / (1.0 - p)).ln(), half / (p * (1.0 - p)));
            let back = |x: f64| 1.0 / (1.0 + (-x).exp());
            (back(middle - side), back(middle + side))
        }
        Scale::Arcsine if p <= 0.0 || p >= 1.0 => none,
        Scale::Arcsine => {
            let (middle, side) = (p.sqrt().asin(), 0.5 * half / (p * (1.0 - p)).sqrt());
            let back = |x: f64| x.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2);
            (back(middle - side), back(middle + side))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_holds_the_estimate_and_stays_in_range() {
        for scale in [Scale::Plain, Scale::Log, Scale::LogLog, Scale::Logit, Scale::Arcsine] {
            let confidence = Confidence::new(scale, 0.95).unwrap();
            for (p, se) in [(0.02, 0.03), (0.5, 0.1), (0.98, 0.02)] {
                let (lower, upper) = confidence.around(p, se);
                assert!(0.0 <= lower && lower < p && p < upper && upper <= 1.0, "{scale:?} {p}: {lower} {upper}");
            }
        }
        assert!(Confidence::new(Scale::Plain, 1.0).is_err() && Confidence::new(Scale::Plain, f64::NAN).is_err());
    }
}
