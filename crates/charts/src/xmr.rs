//! XmR: values in order of time within their natural limits, and under them how much each differs from the one before.

use crate::{
    Axis, Chart, Error, Fact, Words,
    canvas::{Anchor, Canvas, LINE, Size, text_width},
    finite, same_length,
    scale::{Scale, spread, ticks},
};

/// Values and moving ranges.
pub struct Xmr<'a> {
    /// Words.
    pub words: Words<'a>,
    /// The axis of the values.
    pub y: Axis<'a>,
    /// What the moments are.
    pub across: &'a str,
    /// The moments.
    pub moments: Vec<String>,
    /// The values.
    pub values: Vec<f64>,
    /// Which values are signals, by the caller's rules.
    pub signals: Vec<bool>,
    /// Mean, lower and upper natural limit.
    pub limits: (f64, f64, f64),
    /// Upper limit of the moving range.
    pub range_limit: f64,
    /// Names: of the mean, the limits, and the moving range.
    pub names: (&'a str, &'a str, &'a str),
}

impl Xmr<'_> {
    fn ranges(&self) -> Vec<f64> {
        self.values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect()
    }

    /// One panel: its levels with their names, its line and its points.
    fn panel(
        &self,
        canvas: &mut Canvas,
        x: Scale,
        y: Scale,
        points: &[(f64, f64, bool)],
        levels: &[(f64, &str, &str)],
    ) {
        for (value, dash, _) in levels {
            let class = if dash.is_empty() { "bst-chart__mark" } else { "bst-chart__limit" };
            canvas.line(class, dash, (x.start, y.at(*value)), (x.end, y.at(*value)));
        }
        let d = crate::series::path(x, y, points.iter().map(|(at, value, _)| (*at, *value)), false);
        canvas.path("bst-chart__line bst-series-1", "", &d);
        for (at, value, signal) in points {
            let place = (x.at(*at), y.at(*value));
            if *signal {
                canvas.diamond("bst-chart__dot--out", place, 7.0);
            } else {
                canvas.circle("bst-chart__dot--in", place, 4.0);
            }
        }
        let places: Vec<f64> = levels.iter().map(|(value, ..)| y.at(*value) + 4.5).collect();
        for ((value, _, name), place) in levels.iter().zip(spread(&places, LINE - 3.0, y.end, y.start)) {
            let text = format!("{name} {}", (self.y.format)(*value));
            canvas.text((x.end + 8.0, place), Anchor::Start, "bst-chart__soft", &text);
        }
    }
}

impl Chart for Xmr<'_> {
    fn words(&self) -> &Words<'_> {
        &self.words
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let outside = self.signals.iter().enumerate().filter(|(_, signal)| **signal).map(|(at, _)| Fact::Outside {
            label: &self.moments[at],
            value: self.values[at],
            above: self.values[at] > self.limits.0,
        });
        let mut facts: Vec<Fact<'_>> = outside.collect();
        facts.push(Fact::Inside { points: self.values.len() - facts.len() });
        facts
    }

    fn check(&self) -> Result<(), Error> {
        if self.values.is_empty() {
            return Err(Error::Empty);
        }
        same_length(self.across, self.values.len(), self.moments.len())?;
        same_length(self.across, self.values.len(), self.signals.len())?;
        finite(self.y.label, self.values.iter().copied())?;
        let (mean, from, to) = self.limits;
        finite(self.names.1, [mean, from, to, self.range_limit])?;
        if from > to { Err(Error::Interval(self.names.1.to_owned(), 0)) } else { Ok(()) }
    }

    fn paint(&self, size: Size) -> Canvas {
        let (mean, lower, upper) = self.limits;
        let written = |name: &str, value: f64| text_width(&format!("{name} {}", (self.y.format)(value)));
        let right = written(self.names.0, mean).max(written(self.names.1, upper)).max(written(self.names.1, lower));
        let count = crate::series::count(self.values.len());
        let x = Scale { from: 0.5, to: count + 0.5, start: 52.0, end: size.width() - right - 14.0 };
        let all = || self.values.iter().copied().chain([lower, upper]);
        let marks = ticks(all().fold(0.0, f64::min), all().fold(1e-9, f64::max), 5);
        let y = Scale { from: marks[0], to: marks[marks.len() - 1], start: 240.0, end: 36.0 };
        let mut canvas = Canvas::new(0.0);
        canvas.vertical(x, y, &marks, &self.y);
        let at = |n: usize| crate::series::count(n + 1);
        let points: Vec<_> = self
            .values
            .iter()
            .zip(&self.signals)
            .enumerate()
            .map(|(n, (value, signal))| (at(n), *value, *signal))
            .collect();
        let levels = [(mean, "", self.names.0), (upper, "8 3", self.names.1), (lower, "8 3", self.names.1)];
        self.panel(&mut canvas, x, y, &points, &levels);
        let ranges = self.ranges();
        let high = ticks(0.0, ranges.iter().copied().fold(self.range_limit, f64::max).max(1e-9), 2);
        let under = Scale { from: 0.0, to: high[high.len() - 1], start: 370.0, end: 290.0 };
        canvas.vertical(x, under, &high, &Axis { label: self.names.2, format: self.y.format });
        let points: Vec<_> =
            ranges.iter().enumerate().map(|(n, range)| (at(n + 1), *range, *range > self.range_limit)).collect();
        self.panel(&mut canvas, x, under, &points, &[(self.range_limit, "8 3", self.names.1)]);
        canvas.line("bst-chart__axis", "", (x.start, under.start), (x.end, under.start));
        let widest = self.moments.iter().map(|name| text_width(name)).fold(1.0, f64::max) + 8.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
        let every = ((widest * count / (x.end - x.start)).ceil() as usize).max(1);
        for (n, moment) in self.moments.iter().enumerate().filter(|(n, _)| n.is_multiple_of(every)) {
            canvas.text((x.at(at(n)), under.start + 19.0), Anchor::Middle, "bst-chart__soft", moment);
        }
        canvas.text((x.end, under.start + 37.0), Anchor::End, "bst-chart__axis-label", self.across);
        canvas.height = under.start + 46.0;
        canvas
    }
}
