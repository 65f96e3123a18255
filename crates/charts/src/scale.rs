//! From numbers to places on the drawing.

/// A straight scale.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl Scale {
    /// Where a value lies; values outside are held at the edge.
    pub(crate) fn at(self, value: f64) -> f64 {
        let span = if self.to > self.from { self.to - self.from } else { 1.0 };
        let part = ((value - self.from) / span).clamp(0.0, 1.0);
        self.start + part * (self.end - self.start)
    }
}

/// Round values from at or below `from` to at or above `to`, about `wanted` of them, in steps of 1, 2, 2.5 or 5 times a power of ten.
pub(crate) fn ticks(from: f64, to: f64, wanted: usize) -> Vec<f64> {
    let span = if to > from { to - from } else { to.abs().max(1.0) };
    #[allow(clippy::cast_precision_loss, reason = "a handful")]
    let rough = span / wanted.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= rough * 0.999);
    let step = step.unwrap_or(power * 10.0);
    let first = (from / step + 1e-9).floor();
    let last = ((from + span) / step - 1e-9).ceil();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
    let count = (last - first).clamp(1.0, 50.0) as u32;
    (0..=count).map(|n| (first + f64::from(n)) * step).collect()
}

/// Moves places apart so that none is nearer than `gap` to the next, between `from` and `to`, in their order from small to large.
pub(crate) fn spread(places: &[f64], gap: f64, from: f64, to: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let mut moved: Vec<f64> = order.iter().map(|n| places[*n].max(from)).collect();
    for n in 1..moved.len() {
        moved[n] = moved[n].max(moved[n - 1] + gap);
    }
    let mut ceiling = to;
    for place in moved.iter_mut().rev() {
        *place = place.min(ceiling);
        ceiling = *place - gap;
    }
    let mut result = vec![0.0; places.len()];
    for (place, n) in moved.into_iter().zip(order) {
        result[n] = place;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover() {
        assert_eq!(ticks(0.0, 24.0, 8), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0]);
        let tenths = ticks(0.0, 0.37, 4);
        assert!(tenths.len() == 5 && (tenths[4] - 0.4).abs() < 1e-12, "{tenths:?}");
        assert_eq!(ticks(0.0, 0.0, 4).len(), 5);
        let around = ticks(-7.0, 12.0, 5);
        assert!(around[0] <= -7.0 && around[around.len() - 1] >= 12.0, "{around:?}");
    }

    #[test]
    fn labels_are_moved_apart_and_stay_inside() {
        assert_eq!(spread(&[10.0, 11.0, 50.0], 15.0, 0.0, 100.0), [10.0, 25.0, 50.0]);
        assert_eq!(spread(&[99.0, 98.0], 15.0, 0.0, 100.0), [100.0, 85.0]);
        assert_eq!(spread(&[], 15.0, 0.0, 100.0), Vec::<f64>::new());
    }
}
