//! Places by their size, inside the limits that chance alone would give: differences without a ranking.

use crate::{
    Axis, Chart, Error, Fact, Words,
    canvas::{Anchor, Canvas, LINE, Size, dash, text_width},
    finite,
    scale::{Scale, spread, ticks},
};

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Its name.
    pub label: String,
    /// Its size.
    pub size: f64,
    /// Its value.
    pub value: f64,
}

/// Limits at sizes from small to large.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Their name, such as `95%`.
    pub label: String,
    /// Sizes.
    pub size: Vec<f64>,
    /// Lower limits.
    pub from: Vec<f64>,
    /// Upper limits.
    pub to: Vec<f64>,
}

/// A funnel.
pub struct Funnel<'a> {
    /// Words.
    pub words: Words<'a>,
    /// The axis of the sizes.
    pub x: Axis<'a>,
    /// The axis of the values.
    pub y: Axis<'a>,
    /// The places.
    pub points: Vec<Point>,
    /// The value of the whole, with its name.
    pub centre: (f64, String),
    /// Limits, the narrowest first; a point outside the last is marked.
    pub limits: Vec<Limits>,
}

impl Limits {
    /// The limits at a size, straight between the sizes given.
    fn at(&self, size: f64) -> Option<(f64, f64)> {
        let after = self.size.iter().position(|s| *s >= size)?;
        let before = after.saturating_sub(1);
        let span = self.size[after] - self.size[before];
        let part = if span > 0.0 { (size - self.size[before]) / span } else { 1.0 };
        let between = |ends: &[f64]| ends[before] + part * (ends[after] - ends[before]);
        Some((between(&self.from), between(&self.to)))
    }

    fn check(&self) -> Result<(), Error> {
        if self.size.is_empty() {
            return Err(Error::Empty);
        }
        for ends in [&self.from, &self.to] {
            crate::same_length(&self.label, self.size.len(), ends.len())?;
            finite(&self.label, ends.iter().copied())?;
        }
        finite(&self.label, self.size.iter().copied())?;
        if let Some(at) = self.size.windows(2).position(|pair| pair[1] < pair[0]) {
            return Err(Error::Order(self.label.clone(), at + 1));
        }
        match self.from.iter().zip(&self.to).position(|(from, to)| from > to) {
            Some(at) => Err(Error::Interval(self.label.clone(), at)),
            None => Ok(()),
        }
    }
}

impl Funnel<'_> {
    /// Whether a point lies outside the widest limits, and above.
    fn outside(&self, point: &Point) -> Option<bool> {
        let (from, to) = self.limits.last()?.at(point.size)?;
        (point.value < from || point.value > to).then_some(point.value > to)
    }

    fn across(&self) -> f64 {
        let sizes = self.points.iter().map(|point| point.size);
        sizes.chain(self.limits.iter().flat_map(|limits| limits.size.iter().copied())).fold(0.0, f64::max)
    }

    fn limits(&self, canvas: &mut Canvas, x: Scale, y: Scale) {
        for (number, limits) in self.limits.iter().enumerate() {
            for ends in [&limits.from, &limits.to] {
                let points = limits.size.iter().copied().zip(ends.iter().copied());
                canvas.path("bst-chart__limit", dash(number + 1), &crate::series::path(x, y, points, false));
            }
        }
        canvas.line("bst-chart__mark", "", (x.start, y.at(self.centre.0)), (x.end, y.at(self.centre.0)));
    }

    /// The limits and the centre with their names, at the right edge.
    fn named(&self) -> Vec<(f64, String)> {
        let last = |ends: &[f64]| ends.last().copied().unwrap_or(self.centre.0);
        let mut names = vec![(self.centre.0, self.centre.1.clone())];
        for limits in &self.limits {
            names.extend([(last(&limits.from), limits.label.clone()), (last(&limits.to), limits.label.clone())]);
        }
        names
    }
}

/// A part of the drawing that is taken: left, top, right, bottom.
#[derive(Clone, Copy)]
struct Area(f64, f64, f64, f64);

impl Area {
    fn around((x, y): (f64, f64), size: f64) -> Self {
        Self(x - size / 2.0, y - size / 2.0, x + size / 2.0, y + size / 2.0)
    }

    fn touches(self, other: Self) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }
}

/// Where the name of a point goes: right of it, left, below or above, the first that is free and inside.
fn beside(at: (f64, f64), label: &str, x: Scale, taken: &[Area]) -> (Anchor, (f64, f64), Area) {
    let width = text_width(label);
    let ways = [
        (Anchor::Start, (at.0 + 11.0, at.1 + 4.5), at.0 + 9.0),
        (Anchor::End, (at.0 - 11.0, at.1 + 4.5), at.0 - 9.0 - width),
        (Anchor::Middle, (at.0, at.1 + 21.0), at.0 - width / 2.0),
        (Anchor::Middle, (at.0, at.1 - 12.0), at.0 - width / 2.0),
    ];
    let area = |way: &(Anchor, (f64, f64), f64)| Area(way.2, way.1.1 - 12.0, way.2 + width, way.1.1 + 3.0);
    let free = |way: &&(Anchor, (f64, f64), f64)| {
        let area = area(way);
        area.0 >= x.start && area.2 <= x.end + 8.0 && !taken.iter().any(|other| area.touches(*other))
    };
    let way = ways.iter().find(free).unwrap_or(&ways[usize::from(at.0 + 9.0 + width > x.end)]);
    (way.0, way.1, area(way))
}

impl Chart for Funnel<'_> {
    fn words(&self) -> &Words<'_> {
        &self.words
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let outside = |point| {
            let Point { label, value, .. }: &Point = point;
            self.outside(point).map(|above| Fact::Outside { label, value: *value, above })
        };
        let mut facts: Vec<Fact<'_>> = self.points.iter().filter_map(outside).collect();
        facts.push(Fact::Inside { points: self.points.len() - facts.len() });
        facts
    }

    fn check(&self) -> Result<(), Error> {
        if self.points.is_empty() {
            return Err(Error::Empty);
        }
        for point in &self.points {
            finite(&point.label, [point.size, point.value])?;
            if point.size < 0.0 {
                return Err(Error::Negative(point.label.clone(), 0));
            }
        }
        finite(&self.centre.1, [self.centre.0])?;
        self.limits.iter().try_for_each(Limits::check)
    }

    fn paint(&self, size: Size) -> Canvas {
        let names = self.named();
        let right = match size {
            Size::Wide => names.iter().map(|(_, name)| text_width(name)).fold(30.0, f64::max) + 16.0,
            Size::Narrow => 16.0,
        };
        let across = ticks(0.0, self.across().max(1.0), if size == Size::Wide { 6 } else { 4 });
        let x = Scale { from: 0.0, to: across[across.len() - 1], start: 52.0, end: size.width() - right };
        let values = self.points.iter().map(|point| point.value).chain([self.centre.0]);
        let limits = self.limits.iter().flat_map(|limits| limits.to.iter().copied());
        let most = values.clone().fold(0.0, f64::max).max(limits.fold(0.0, f64::max).min(self.centre.0 * 3.0));
        let least = values.fold(0.0, f64::min);
        let marks = ticks(least, most.max(least + 1e-9), 5);
        let y = Scale { from: marks[0], to: marks[marks.len() - 1], start: 320.0, end: 36.0 };
        let mut canvas = Canvas::new(0.0);
        canvas.vertical(x, y, &marks, &self.y);
        self.limits(&mut canvas, x, y);
        let mut taken: Vec<Area> =
            self.points.iter().map(|point| Area::around((x.at(point.size), y.at(point.value)), 14.0)).collect();
        for point in &self.points {
            let at = (x.at(point.size), y.at(point.value));
            let (class, text) = match self.outside(point) {
                Some(_) => ("bst-chart__dot--out", "bst-chart__out"),
                None => ("bst-chart__dot--in", ""),
            };
            if self.outside(point).is_some() {
                canvas.diamond(class, at, 7.5);
            } else {
                canvas.circle(class, at, 5.5);
            }
            let (anchor, place, area) = beside(at, &point.label, x, &taken);
            canvas.text(place, anchor, text, &point.label);
            taken.push(area);
        }
        canvas.horizontal(x, y.start, &across, &self.x);
        canvas.height = y.start + 46.0;
        if size == Size::Wide {
            let places: Vec<f64> = names.iter().map(|(value, _)| y.at(*value) + 4.5).collect();
            for ((_, name), place) in names.iter().zip(spread(&places, LINE - 3.0, y.end, y.start)) {
                canvas.text((x.end + 6.0, place), Anchor::Start, "bst-chart__soft", name);
            }
        } else {
            let mut below = y.start + 58.0;
            canvas.line("bst-chart__mark", "", (8.0, below - 4.5), (40.0, below - 4.5));
            canvas.text((48.0, below), Anchor::Start, "bst-chart__soft", &self.centre.1);
            for (number, limits) in self.limits.iter().enumerate() {
                below += LINE;
                canvas.line("bst-chart__limit", dash(number + 1), (8.0, below - 4.5), (40.0, below - 4.5));
                canvas.text((48.0, below), Anchor::Start, "bst-chart__soft", &limits.label);
            }
            canvas.height = below + 8.0;
        }
        canvas
    }
}
