//! Estimates with their intervals, one below the other, beside a line to hold them against.

use crate::{
    Axis, Chart, Error, Fact, Words,
    canvas::{Anchor, Canvas, LINE, Size, text_width},
    finite,
    scale::{Scale, ticks},
};

/// An estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Of what.
    pub label: String,
    /// The estimate and its interval; none when it is not shown.
    pub estimate: Option<(f64, f64, f64)>,
    /// What stands behind it, such as the number of people; may be empty.
    pub note: String,
}

/// Dots with intervals.
pub struct Forest<'a> {
    /// Words.
    pub words: Words<'a>,
    /// The axis.
    pub axis: Axis<'a>,
    /// The estimates, from top to bottom.
    pub rows: Vec<Row>,
    /// A line to hold them against, with its name: no difference, or the whole.
    pub reference: Option<(f64, String)>,
}

impl Forest<'_> {
    fn shown(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.rows.iter().filter_map(|row| row.estimate)
    }
}

impl Chart for Forest<'_> {
    fn words(&self) -> &Words<'_> {
        &self.words
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let fact = |row| {
            let Row { label, estimate, .. }: &Row = row;
            estimate.map(|(value, from, to)| Fact::Estimate { label, value, interval: Some((from, to)) })
        };
        self.rows.iter().filter_map(fact).collect()
    }

    fn check(&self) -> Result<(), Error> {
        if self.rows.is_empty() {
            return Err(Error::Empty);
        }
        for (at, row) in self.rows.iter().enumerate() {
            if let Some((value, from, to)) = row.estimate {
                finite(&row.label, [value, from, to])?;
                if from > to {
                    return Err(Error::Interval(row.label.clone(), at));
                }
            }
        }
        self.reference.as_ref().map_or(Ok(()), |(value, label)| finite(label, [*value]))
    }

    fn paint(&self, size: Size) -> Canvas {
        let ends = self.shown().flat_map(|(_, from, to)| [from, to]);
        let ends = ends.chain(self.reference.iter().map(|(value, _)| *value));
        let (least, most) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let (least, most) = if least.is_finite() { (least, most) } else { (0.0, 1.0) };
        // shares begin at zero unless that hides everything
        let from = if least > 0.0 && least < most * 0.6 { 0.0 } else { least };
        let marks = ticks(from, most.max(from + 1e-9), if size == Size::Wide { 5 } else { 3 });
        let left = match size {
            Size::Wide => self.rows.iter().map(|row| text_width(&row.label)).fold(40.0, f64::max).min(240.0) + 20.0,
            Size::Narrow => 14.0,
        };
        let written = |row: &Row| match row.estimate {
            None => self.words.hidden.to_owned(),
            Some((value, from, to)) => {
                let format = self.axis.format;
                format!("{} ({}–{})", format(value), format(from), format(to))
            }
        };
        let right = match size {
            Size::Wide => {
                let widths = self.rows.iter().map(|row| text_width(&written(row)).max(text_width(&row.note)));
                widths.fold(60.0, f64::max) + 20.0
            }
            Size::Narrow => 14.0,
        };
        let x = Scale { from: marks[0], to: marks[marks.len() - 1], start: left, end: size.width() - right };
        let mut canvas = Canvas::new(0.0);
        let high = if size == Size::Wide { 34.0 } else { 50.0 };
        let top = if self.reference.is_some() { 26.0 } else { 10.0 };
        #[allow(clippy::cast_precision_loss, reason = "a handful")]
        let bottom = top + high * self.rows.len() as f64;
        for mark in &marks {
            canvas.line("bst-chart__grid", "", (x.at(*mark), top), (x.at(*mark), bottom));
        }
        if let Some((value, label)) = &self.reference {
            canvas.line("bst-chart__mark", "6 4", (x.at(*value), top - 6.0), (x.at(*value), bottom));
            let half = text_width(label) / 2.0;
            let place = x.at(*value).clamp(half + 2.0, size.width() - half - 2.0);
            canvas.text((place, 14.0), Anchor::Middle, "bst-chart__mark-label", label);
        }
        let mut y = top;
        for row in &self.rows {
            let middle = if size == Size::Wide { y + high / 2.0 } else { y + high - 12.0 };
            if let Some((value, from, to)) = row.estimate {
                canvas.line("bst-chart__interval", "", (x.at(from), middle), (x.at(to), middle));
                for end in [from, to] {
                    canvas.line("bst-chart__interval", "", (x.at(end), middle - 5.0), (x.at(end), middle + 5.0));
                }
                canvas.circle("bst-chart__dot", (x.at(value), middle), 5.5);
            }
            if size == Size::Wide {
                canvas.text((left - 12.0, middle + 4.5), Anchor::End, "", &row.label);
                let lift = if row.note.is_empty() { 4.5 } else { -2.0 };
                canvas.text((x.end + 14.0, middle + lift), Anchor::Start, "bst-chart__value", &written(row));
                canvas.text((x.end + 14.0, middle + lift + LINE - 2.0), Anchor::Start, "bst-chart__soft", &row.note);
            } else {
                canvas.text((8.0, y + 15.0), Anchor::Start, "", &row.label);
                canvas.text((size.width() - 8.0, y + 15.0), Anchor::End, "bst-chart__value", &written(row));
            }
            y += high;
        }
        canvas.horizontal(x, bottom, &marks, &self.axis);
        canvas.height = bottom + 46.0;
        canvas
    }
}
