//! Groups by their size, within what chance alone would give: never a ranking.
//!
//! The size of a group is the number of people who, all followed to the end, would give the standard error it has: `p (1 - p) / se²`. Limits
//! are those of the normal approximation around the whole (Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202).

use evaluation::funnel::limit_normal;

use super::safe::Results;

/// A funnel plot's numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// Code, size and chance of each group that may be told.
    pub points: Vec<(String, f64, f64)>,
    /// The chance of everyone together.
    pub centre: f64,
    /// Sizes, and the limits at each: of 95% and of 99.8%.
    pub sizes: Vec<f64>,
    /// Lower and upper limits of 95%.
    pub inner: (Vec<f64>, Vec<f64>),
    /// Lower and upper limits of 99.8%.
    pub outer: (Vec<f64>, Vec<f64>),
}

/// The funnel of a class within a horizon (by their places); none when fewer than three groups may be told.
pub fn funnel(results: &Results, class: usize, horizon: usize) -> Option<Funnel> {
    let (everyone, groups) = results.groups.split_first()?;
    let chance = |group: &super::safe::Group| group.classes.get(class)?.within.get(horizon)?.told();
    let centre = chance(everyone)?.value;
    if !(centre > 0.0 && centre < 1.0) {
        return None;
    }
    let point = |group: &super::safe::Group| {
        let told = chance(group).filter(|told| told.se > 0.0)?;
        Some((group.name.clone(), told.value * (1.0 - told.value) / told.se.powi(2), told.value))
    };
    let points: Vec<(String, f64, f64)> = groups.iter().filter_map(point).collect();
    if points.len() < 3 {
        return None;
    }
    let sizes = points.iter().map(|(_, size, _)| *size);
    let (least, most) = sizes.fold((f64::INFINITY, 0.0_f64), |(a, b), size| (a.min(size), b.max(size)));
    let steps = 48_u32;
    let (from, to) = ((least * 0.5).max(5.0), most * 1.1);
    let sizes: Vec<f64> = (0..=steps).map(|n| from + (to - from) * f64::from(n) / f64::from(steps)).collect();
    let limits = |tail: f64| {
        let at = |q: f64| sizes.iter().map(|n| limit_normal(*n, centre, q).clamp(0.0, 1.0)).collect::<Vec<f64>>();
        (at(tail), at(1.0 - tail))
    };
    Some(Funnel { inner: limits(0.025), outer: limits(0.001), points, centre, sizes })
}
