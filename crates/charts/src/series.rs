//! Lines: their points, their bands, and the people under them.

use crate::{Error, Fact, canvas, finite, same_length, scale::Scale};

/// An interval around a line: `from` and `to` at each of its points.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Band {
    /// The lower ends.
    pub from: Vec<f64>,
    /// The upper ends.
    pub to: Vec<f64>,
}

/// The numbers at risk at each tick of the horizontal axis; none where they are not shown.
pub type Risk = Vec<Option<u64>>;

/// A line with a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// Its name, which stands beside it.
    pub label: String,
    /// Where its points lie on the horizontal axis, in order.
    pub x: Vec<f64>,
    /// Their values.
    pub y: Vec<f64>,
    /// The interval around it.
    pub band: Option<Band>,
    /// Numbers at risk, one for each tick.
    pub risk: Option<Risk>,
}

impl Curve {
    pub(crate) fn check(&self, ticks: Option<usize>) -> Result<(), Error> {
        if self.x.is_empty() {
            return Err(Error::Empty);
        }
        same_length(&self.label, self.x.len(), self.y.len())?;
        finite(&self.label, self.x.iter().copied())?;
        finite(&self.label, self.y.iter().copied())?;
        if let Some(at) = self.x.windows(2).position(|pair| pair[1] < pair[0]) {
            return Err(Error::Order(self.label.clone(), at + 1));
        }
        if let Some(band) = &self.band {
            for ends in [&band.from, &band.to] {
                same_length(&self.label, self.x.len(), ends.len())?;
                finite(&self.label, ends.iter().copied())?;
            }
            if let Some(at) = band.from.iter().zip(&band.to).position(|(from, to)| from > to) {
                return Err(Error::Interval(self.label.clone(), at));
            }
        }
        match (&self.risk, ticks) {
            (Some(risk), Some(ticks)) => same_length(&self.label, ticks, risk.len()),
            _ => Ok(()),
        }
    }

    /// The smallest and the largest value, the band included.
    pub(crate) fn span(&self) -> (f64, f64) {
        let band = self.band.iter().flat_map(|band| band.from.iter().chain(&band.to));
        self.y
            .iter()
            .chain(band)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(*value), most.max(*value)))
    }

    /// Its last value.
    pub(crate) fn last(&self) -> f64 {
        self.y.last().copied().unwrap_or(0.0)
    }

    pub(crate) fn end(&self, at: f64) -> Fact<'_> {
        let interval = self.band.as_ref().and_then(|band| Some((*band.from.last()?, *band.to.last()?)));
        Fact::End { label: &self.label, at, value: self.last(), interval }
    }

    /// The name with the last value: what stands beside the line.
    pub(crate) fn name(&self, format: &dyn Fn(f64) -> String) -> String {
        format!("{} {}", self.label, format(self.last()))
    }
}

/// A path through points, straight or in steps (level until the next point, then up or down).
pub(crate) fn path(x: Scale, y: Scale, points: impl Iterator<Item = (f64, f64)>, steps: bool) -> String {
    let mut d = String::new();
    for (number, (at, value)) in points.enumerate() {
        let (at, value) = (x.at(at), y.at(value));
        match (number, steps) {
            (0, _) => d.push_str(&format!("M{at:.1} {value:.1}")),
            (_, true) => d.push_str(&format!("H{at:.1}V{value:.1}")),
            (_, false) => d.push_str(&format!("L{at:.1} {value:.1}")),
        }
    }
    d
}

/// The outline of a band, in steps or straight; `until` carries the last step on.
pub(crate) fn outline(x: Scale, y: Scale, curve: &Curve, band: &Band, steps: bool, until: f64) -> String {
    let mut points: Vec<(f64, f64, f64)> =
        curve.x.iter().zip(&band.from).zip(&band.to).map(|((x, from), to)| (*x, *from, *to)).collect();
    if steps && let Some((_, from, to)) = points.last().copied() {
        points.push((until, from, to));
    }
    let mut d = path(x, y, points.iter().map(|(at, _, to)| (*at, *to)), steps);
    for (number, (at, from, _)) in points.iter().enumerate().rev() {
        let (across, down) = (x.at(*at), y.at(*from));
        if number + 1 == points.len() {
            d.push_str(&format!("L{across:.1} {down:.1}"));
        } else if steps {
            // going back, the level before a step holds until the step
            let next = x.at(points[number + 1].0);
            d.push_str(&format!("L{next:.1} {down:.1}H{across:.1}"));
        } else {
            d.push_str(&format!("L{across:.1} {down:.1}"));
        }
    }
    d.push('Z');
    d
}

/// How much room names at the right need.
pub(crate) fn room<'a>(names: impl Iterator<Item = &'a str>) -> f64 {
    names.map(canvas::text_width).fold(0.0, f64::max).min(230.0) + 16.0
}

#[allow(clippy::cast_precision_loss, reason = "points of a drawing")]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}
