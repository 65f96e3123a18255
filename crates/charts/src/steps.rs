//! Curves in steps, with bands around them and numbers at risk under them: survival, cumulative incidence.

use crate::{
    Axis, Chart, Curve, Error, Fact, Words,
    canvas::{Anchor, Canvas, LINE, Size, dash, series},
    finite,
    scale::{Scale, spread, ticks},
    series::{outline, path, room},
};

/// Curves that stay level until the next point.
pub struct Steps<'a> {
    /// Words.
    pub words: Words<'a>,
    /// The horizontal axis.
    pub x: Axis<'a>,
    /// The vertical axis, from zero.
    pub y: Axis<'a>,
    /// Ticks of the horizontal axis, in order; the numbers at risk stand under them. The axis ends at the last.
    pub ticks: Vec<f64>,
    /// The curves.
    pub curves: Vec<Curve>,
    /// To where each curve runs (it may be cut before the end of the axis).
    pub until: Vec<f64>,
    /// Heading of the numbers at risk.
    pub risk: &'a str,
}

impl Steps<'_> {
    fn top(&self) -> f64 {
        self.curves.iter().map(|curve| curve.span().1).fold(0.0, f64::max)
    }

    fn risks(&self) -> impl Iterator<Item = (usize, &Curve, &Vec<Option<u64>>)> {
        self.curves.iter().enumerate().filter_map(|(n, curve)| Some((n, curve, curve.risk.as_ref()?)))
    }

    /// The numbers at risk, from a place down; gives where they end.
    fn under(&self, canvas: &mut Canvas, size: Size, x: Scale, from: f64) -> f64 {
        let mut y = from;
        if self.risks().next().is_none() {
            return y;
        }
        canvas.text((4.0, y), Anchor::Start, "bst-chart__axis-label", self.risk);
        // one row under several curves is that of all of them
        let own = self.risks().count() == self.curves.len();
        for (number, curve, risk) in self.risks() {
            let label = format!("bst-chart__label {}", series(number));
            y += LINE;
            match size {
                _ if !own => (),
                Size::Wide => canvas.text((x.end + 24.0, y), Anchor::Start, &label, &curve.label),
                Size::Narrow => {
                    canvas.text((4.0, y), Anchor::Start, &label, &curve.label);
                    y += LINE;
                }
            }
            for (tick, people) in self.ticks.iter().zip(risk) {
                let text = people.map_or_else(|| self.words.hidden.to_owned(), |people| people.to_string());
                canvas.text((x.at(*tick), y), Anchor::Middle, "", &text);
            }
        }
        y + LINE
    }
}

impl Chart for Steps<'_> {
    fn words(&self) -> &Words<'_> {
        &self.words
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        self.curves.iter().zip(&self.until).map(|(curve, until)| curve.end(*until)).collect()
    }

    fn check(&self) -> Result<(), Error> {
        if self.curves.is_empty() || self.ticks.len() < 2 {
            return Err(Error::Empty);
        }
        finite(self.x.label, self.ticks.iter().copied())?;
        if let Some(at) = self.ticks.windows(2).position(|pair| pair[1] <= pair[0]) {
            return Err(Error::Order(self.x.label.to_owned(), at + 1));
        }
        crate::same_length(self.x.label, self.curves.len(), self.until.len())?;
        finite(self.x.label, self.until.iter().copied())?;
        self.curves.iter().try_for_each(|curve| {
            curve.check(Some(self.ticks.len()))?;
            match curve.span().0 {
                least if least < 0.0 => Err(Error::Negative(curve.label.clone(), 0)),
                _ => Ok(()),
            }
        })
    }

    fn paint(&self, size: Size) -> Canvas {
        let names: Vec<String> = self.curves.iter().map(|curve| curve.name(self.y.format)).collect();
        let right = match size {
            Size::Wide => room(names.iter().map(String::as_str)).max(60.0) + 14.0,
            Size::Narrow => 16.0,
        };
        let x =
            Scale { from: self.ticks[0], to: self.ticks[self.ticks.len() - 1], start: 52.0, end: size.width() - right };
        let marks = ticks(0.0, self.top().max(1e-9), 5);
        let y = Scale { from: 0.0, to: marks[marks.len() - 1], start: 320.0, end: 36.0 };
        let mut canvas = Canvas::new(0.0);
        canvas.vertical(x, y, &marks, &self.y);
        for (number, (curve, until)) in self.curves.iter().zip(&self.until).enumerate() {
            if let Some(band) = &curve.band {
                let class = format!("bst-chart__band {}", series(number));
                canvas.path(&class, "", &outline(x, y, curve, band, true, *until));
            }
        }
        for (number, (curve, until)) in self.curves.iter().zip(&self.until).enumerate() {
            let points = curve.x.iter().copied().zip(curve.y.iter().copied()).chain([(*until, curve.last())]);
            canvas.path(&format!("bst-chart__line {}", series(number)), dash(number), &path(x, y, points, true));
        }
        canvas.horizontal(x, y.start, &self.ticks, &self.x);
        let mut below = y.start + 58.0;
        if size == Size::Wide {
            let ends: Vec<f64> = self.curves.iter().map(|curve| y.at(curve.last()) + 4.5).collect();
            for (number, place) in spread(&ends, LINE, y.end, y.start).into_iter().enumerate() {
                if (place - ends[number]).abs() > 6.0 || self.until[number] < x.to {
                    let from = (x.at(self.until[number]) + 1.0, ends[number] - 4.5);
                    canvas.line("bst-chart__leader", "", from, (x.end + 8.0, place - 4.5));
                }
                let class = format!("bst-chart__label {}", series(number));
                canvas.text((x.end + 10.0, place), Anchor::Start, &class, &names[number]);
            }
        } else {
            below = canvas.key(below, names.iter().enumerate().map(|(n, name)| (n, name.as_str()))) + 6.0;
        }
        canvas.height = self.under(&mut canvas, size, x, below) + 2.0;
        canvas
    }
}
