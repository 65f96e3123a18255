//! Lines over time, with levels to hold them against.

use crate::{
    Axis, Chart, Curve, Error, Fact, Words,
    canvas::{Anchor, Canvas, LINE, Size, dash, series},
    finite,
    scale::{Scale, spread, ticks},
    series::{outline, path, room},
};

/// A level across the whole chart, such as a capacity.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it is.
    pub label: String,
    /// Where.
    pub value: f64,
}

/// Lines over time.
pub struct Lines<'a> {
    /// Words.
    pub words: Words<'a>,
    /// The horizontal axis.
    pub x: Axis<'a>,
    /// The vertical axis.
    pub y: Axis<'a>,
    /// Ticks of the horizontal axis; numbers that would run into each other are left out.
    pub ticks: Vec<f64>,
    /// The lines.
    pub curves: Vec<Curve>,
    /// Levels.
    pub marks: Vec<Mark>,
}

impl Chart for Lines<'_> {
    fn words(&self) -> &Words<'_> {
        &self.words
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        self.curves.iter().map(|curve| curve.end(curve.x.last().copied().unwrap_or(0.0))).collect()
    }

    fn check(&self) -> Result<(), Error> {
        if self.curves.is_empty() {
            return Err(Error::Empty);
        }
        finite(self.x.label, self.ticks.iter().copied())?;
        for mark in &self.marks {
            finite(&mark.label, [mark.value])?;
        }
        self.curves.iter().try_for_each(|curve| curve.check(None))
    }

    fn paint(&self, size: Size) -> Canvas {
        let names: Vec<String> = self.curves.iter().map(|curve| curve.name(self.y.format)).collect();
        let levels: Vec<String> =
            self.marks.iter().map(|mark| format!("{} {}", mark.label, (self.y.format)(mark.value))).collect();
        let right = match size {
            Size::Wide => room(names.iter().chain(&levels).map(String::as_str)).max(60.0),
            Size::Narrow => 16.0,
        };
        let across = || self.curves.iter().flat_map(|curve| curve.x.iter().copied()).chain(self.ticks.iter().copied());
        let x = Scale {
            from: across().fold(f64::INFINITY, f64::min),
            to: across().fold(f64::NEG_INFINITY, f64::max),
            start: 52.0,
            end: size.width() - right,
        };
        let values = self.curves.iter().map(Curve::span).chain(self.marks.iter().map(|mark| (mark.value, mark.value)));
        let (least, most) = values.fold((0.0_f64, 0.0_f64), |(a, b), (from, to)| (a.min(from), b.max(to)));
        let marks = ticks(least, most.max(least + 1e-9), 5);
        let y = Scale { from: marks[0], to: marks[marks.len() - 1], start: 320.0, end: 36.0 };
        let mut canvas = Canvas::new(0.0);
        canvas.vertical(x, y, &marks, &self.y);
        for (number, curve) in self.curves.iter().enumerate() {
            if let Some(band) = &curve.band {
                let class = format!("bst-chart__band {}", series(number));
                canvas.path(&class, "", &outline(x, y, curve, band, false, x.to));
            }
        }
        for mark in &self.marks {
            canvas.line("bst-chart__mark", "6 4", (x.start, y.at(mark.value)), (x.end, y.at(mark.value)));
        }
        for (number, curve) in self.curves.iter().enumerate() {
            let points = curve.x.iter().copied().zip(curve.y.iter().copied());
            canvas.path(&format!("bst-chart__line {}", series(number)), dash(number), &path(x, y, points, false));
        }
        canvas.horizontal(x, y.start, &self.ticks, &self.x);
        let below = y.start + 58.0;
        if size == Size::Wide {
            let curves = self.curves.iter().map(|curve| y.at(curve.last()) + 4.5);
            let places: Vec<f64> = curves.chain(self.marks.iter().map(|mark| y.at(mark.value) + 4.5)).collect();
            let classes = (0..names.len()).map(|n| format!("bst-chart__label {}", series(n)));
            let classes: Vec<String> =
                classes.chain(levels.iter().map(|_| "bst-chart__mark-label".to_owned())).collect();
            for (number, place) in spread(&places, LINE, y.end, y.start).into_iter().enumerate() {
                let text = names.iter().chain(&levels).nth(number).map_or("", String::as_str);
                canvas.text((x.end + 10.0, place), Anchor::Start, &classes[number], text);
            }
            canvas.height = y.start + 46.0;
        } else {
            let mut y = canvas.key(below, names.iter().enumerate().map(|(n, name)| (n, name.as_str())));
            for level in &levels {
                canvas.line("bst-chart__mark", "6 4", (8.0, y - 4.5), (40.0, y - 4.5));
                canvas.text((48.0, y), Anchor::Start, "bst-chart__mark-label", level);
                y += LINE;
            }
            canvas.height = y - 8.0;
        }
        canvas
    }
}
