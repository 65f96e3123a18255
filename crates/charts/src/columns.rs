//! Standing columns, for periods that follow one another: beside one another or in pieces on top of one another.

use crate::{
    Axis, Chart, Error, Fact, Words,
    bars::{check, largest, legend, longest, piece},
    canvas::{Anchor, Canvas, Size, text_width},
    scale::{Scale, ticks},
    series::count,
};

/// Standing columns. A value that is not shown (`None`) has its word in place of a column.
pub struct Columns<'a> {
    /// Words.
    pub words: Words<'a>,
    /// The axis of the heights.
    pub axis: Axis<'a>,
    /// What the categories are.
    pub across: &'a str,
    /// The categories, from left to right.
    pub categories: Vec<String>,
    /// Series with a value for each category; one is enough.
    pub series: Vec<(String, Vec<Option<f64>>)>,
    /// In pieces on top of one another rather than beside one another.
    pub stacked: bool,
}

impl Columns<'_> {
    fn column(&self, canvas: &mut Canvas, y: Scale, at: usize, left: f64, width: f64) {
        let (mut x, mut start) = (left, 0.0);
        let each = if self.stacked { width } else { width / count(self.series.len().max(1)) };
        for (number, (_, values)) in self.series.iter().enumerate() {
            let text = values[at].map_or_else(|| self.words.hidden.to_owned(), |value| (self.axis.format)(value));
            let (from, to) = (y.at(start), y.at(start + values[at].unwrap_or(0.0)));
            piece(canvas, number, (x, to), (each - 1.0).max(1.0), from - to);
            if !self.stacked {
                if text_width(&text) <= each + 4.0 || self.series.len() == 1 {
                    canvas.text((x + each / 2.0, to - 5.0), Anchor::Middle, "bst-chart__value", &text);
                }
                x += each;
            }
            start += if self.stacked { values[at].unwrap_or(0.0) } else { 0.0 };
        }
        let hidden = self.series.iter().any(|(_, values)| values[at].is_none());
        if self.stacked && !hidden {
            let total = (self.axis.format)(start);
            canvas.text((left + width / 2.0, y.at(start) - 5.0), Anchor::Middle, "bst-chart__value", &total);
        }
    }
}

impl Chart for Columns<'_> {
    fn words(&self) -> &Words<'_> {
        &self.words
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        largest(&self.categories, &self.series)
    }

    fn check(&self) -> Result<(), Error> {
        check(&self.categories, &self.series)
    }

    fn paint(&self, size: Size) -> Canvas {
        let mut canvas = Canvas::new(0.0);
        let mut top = 30.0;
        if self.series.len() > 1 {
            let names: Vec<&str> = self.series.iter().map(|(name, _)| name.as_str()).collect();
            top = legend(&mut canvas, (8.0, 14.0), size.width(), &names) + 24.0;
        }
        let longest = longest(self.categories.len(), &self.series, self.stacked).max(1e-9);
        let marks = ticks(0.0, longest, 4);
        let y = Scale { from: 0.0, to: marks[marks.len() - 1], start: top + 250.0, end: top };
        let x = Scale { from: 0.0, to: 1.0, start: 52.0, end: size.width() - 10.0 };
        canvas.vertical(x, y, &marks, &self.axis);
        let slot = (x.end - x.start) / count(self.categories.len());
        // names that would run into each other: only every so many
        let widest = self.categories.iter().map(|name| text_width(name)).fold(1.0, f64::max) + 6.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
        let every = ((widest / slot).ceil() as usize).max(1);
        for (at, name) in self.categories.iter().enumerate() {
            let left = x.start + slot * (count(at + 1) - 1.0);
            self.column(&mut canvas, y, at, left + slot * 0.12, slot * 0.76);
            if at.is_multiple_of(every) {
                canvas.text((left + slot / 2.0, y.start + 19.0), Anchor::Middle, "bst-chart__soft", name);
            }
        }
        canvas.line("bst-chart__axis", "", (x.start, y.start), (x.end, y.start));
        canvas.text((x.end, y.start + 37.0), Anchor::End, "bst-chart__axis-label", self.across);
        canvas.height = y.start + 46.0;
        canvas
    }
}
