//! Lying bars: one for each category, beside one another or in pieces behind one another.

use crate::{
    Axis, Chart, Error, Fact, Words,
    canvas::{Anchor, Canvas, LINE, Size, series, text_width},
    scale::{Scale, ticks},
};

/// Lying bars. A value that is not shown (`None`) has its word in place of a bar.
pub struct Bars<'a> {
    /// Words.
    pub words: Words<'a>,
    /// The axis of the lengths.
    pub axis: Axis<'a>,
    /// The categories, from top to bottom.
    pub categories: Vec<String>,
    /// Series with a value for each category; one is enough.
    pub series: Vec<(String, Vec<Option<f64>>)>,
    /// In pieces behind one another rather than beside one another.
    pub stacked: bool,
}

/// Values of categories in series: checked alike for bars and columns.
pub(crate) fn check(categories: &[String], series: &[(String, Vec<Option<f64>>)]) -> Result<(), Error> {
    if categories.is_empty() || series.is_empty() {
        return Err(Error::Empty);
    }
    for (label, values) in series {
        crate::same_length(label, categories.len(), values.len())?;
        let shown = || values.iter().map(|value| value.unwrap_or(0.0));
        crate::finite(label, shown())?;
        if let Some(at) = shown().position(|value| value < 0.0) {
            return Err(Error::Negative(label.clone(), at));
        }
    }
    Ok(())
}

/// The longest bar: of all series together when stacked.
pub(crate) fn longest(categories: usize, series: &[(String, Vec<Option<f64>>)], stacked: bool) -> f64 {
    let value = |(_, values): &(String, Vec<Option<f64>>), at: usize| values[at].unwrap_or(0.0);
    (0..categories)
        .map(|at| {
            let values = series.iter().map(|one| value(one, at));
            if stacked { values.sum() } else { values.fold(0.0, f64::max) }
        })
        .fold(0.0, f64::max)
}

pub(crate) fn largest<'a>(categories: &'a [String], series: &'a [(String, Vec<Option<f64>>)]) -> Vec<Fact<'a>> {
    let total = |at: usize| series.iter().filter_map(|(_, values)| values[at]).sum::<f64>();
    let most = (0..categories.len()).max_by(|a, b| total(*a).total_cmp(&total(*b)).then(b.cmp(a)));
    most.map(|at| Fact::Largest { label: &categories[at], value: total(at) }).into_iter().collect()
}

/// Squares with the pattern of each series and its name; gives where they end.
pub(crate) fn legend(canvas: &mut Canvas, from: (f64, f64), width: f64, series_names: &[&str]) -> f64 {
    let (mut x, mut y) = from;
    for (number, name) in series_names.iter().enumerate() {
        let needed = 26.0 + text_width(name) + 16.0;
        if x > from.0 && x + needed > width {
            (x, y) = (from.0, y + LINE + 2.0);
        }
        piece(canvas, number, (x, y - 11.0), 14.0, 12.0);
        canvas.text((x + 20.0, y), Anchor::Start, &format!("bst-chart__label {}", series(number)), name);
        x += needed;
    }
    y + LINE
}

/// A filled piece: colour, and lines of its own kind over it (none, upright, level), so that it is known without colour.
pub(crate) fn piece(canvas: &mut Canvas, number: usize, (x, y): (f64, f64), width: f64, height: f64) {
    canvas.rect(&format!("bst-chart__piece {}", series(number)), (x, y), width, height);
    let d: String = match number % 3 {
        1 => places(width, 7.0).map(|at| format!("M{:.1} {y:.1}v{height:.1}", x + at)).collect(),
        2 => places(height, 5.0).map(|at| format!("M{x:.1} {:.1}h{width:.1}", y + at)).collect(),
        _ => String::new(),
    };
    if !d.is_empty() {
        canvas.path("bst-chart__hatch", "", &d);
    }
}

fn places(length: f64, gap: f64) -> impl Iterator<Item = f64> {
    (1..).map(move |n| f64::from(n) * gap).take_while(move |at| *at < length - 1.0)
}

impl Bars<'_> {
    fn name_room(&self, size: Size) -> f64 {
        match size {
            Size::Wide => self.categories.iter().map(|name| text_width(name)).fold(40.0, f64::max).min(260.0) + 12.0,
            Size::Narrow => 8.0,
        }
    }

    /// One category's bars from a place down; gives where they end.
    fn category(&self, canvas: &mut Canvas, x: Scale, at: usize, top: f64, thick: f64) -> f64 {
        let (mut y, mut start) = (top, 0.0);
        for (number, (_, values)) in self.series.iter().enumerate() {
            let from = x.at(start);
            let text = values[at].map_or_else(|| self.words.hidden.to_owned(), |value| (self.axis.format)(value));
            let to = values[at].map_or(from, |value| x.at(start + value));
            piece(canvas, number, (from, y), to - from, thick);
            if !self.stacked {
                canvas.text((to + 6.0, y + thick / 2.0 + 4.5), Anchor::Start, "bst-chart__value", &text);
                y += thick + 2.0;
            } else if to - from > text_width(&text) + 14.0 {
                // on a plate of its own: the text is read on every colour and hatch
                let (middle, width) = (f64::midpoint(from, to), text_width(&text) + 8.0);
                canvas.rect("bst-chart__plate", (middle - width / 2.0, y + 3.0), width, thick - 6.0);
                canvas.text((middle, y + thick / 2.0 + 4.5), Anchor::Middle, "bst-chart__value", &text);
            }
            start += if self.stacked { values[at].unwrap_or(0.0) } else { 0.0 };
        }
        if self.stacked {
            // with something hidden the sum would be wrong, and would give it away
            let hidden = self.series.iter().any(|(_, values)| values[at].is_none());
            let total = if hidden { format!("+ {}", self.words.hidden) } else { (self.axis.format)(start) };
            canvas.text((x.at(start) + 6.0, y + thick / 2.0 + 4.5), Anchor::Start, "bst-chart__value", &total);
            y += thick;
        }
        y
    }
}

impl Chart for Bars<'_> {
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
        let longest = longest(self.categories.len(), &self.series, self.stacked).max(1e-9);
        let marks = ticks(0.0, longest, if size == Size::Wide { 5 } else { 3 });
        let top = (self.axis.format)(marks[marks.len() - 1]);
        let start = self.name_room(size);
        let end = size.width() - text_width(&top) - 12.0;
        let x = Scale { from: 0.0, to: marks[marks.len() - 1], start, end };
        let mut canvas = Canvas::new(0.0);
        let mut y = 18.0;
        if self.series.len() > 1 {
            let names: Vec<&str> = self.series.iter().map(|(name, _)| name.as_str()).collect();
            y = legend(&mut canvas, (8.0, y), size.width(), &names) + 4.0;
        }
        let thick = if self.stacked || self.series.len() == 1 { 22.0 } else { 15.0 };
        #[allow(clippy::cast_precision_loss, reason = "a handful")]
        let (count, side_by_side) = (self.categories.len() as f64, self.series.len() as f64);
        let each = if self.stacked { thick } else { side_by_side * (thick + 2.0) };
        let bottom = y + count * (each + 9.0 + if size == Size::Narrow { LINE } else { 0.0 });
        for mark in &marks {
            canvas.line("bst-chart__grid", "", (x.at(*mark), y - 4.0), (x.at(*mark), bottom));
        }
        for (at, name) in self.categories.iter().enumerate() {
            let before = y;
            if size == Size::Narrow {
                canvas.text((8.0, y + 10.0), Anchor::Start, "", name);
                y += LINE;
            }
            let end = self.category(&mut canvas, x, at, y, thick);
            if size == Size::Wide {
                canvas.text((start - 10.0, f64::midpoint(before, end) + 4.0), Anchor::End, "", name);
            }
            y = end + 9.0;
        }
        canvas.horizontal(x, y, &marks, &self.axis);
        canvas.height = y + 46.0;
        canvas
    }
}
