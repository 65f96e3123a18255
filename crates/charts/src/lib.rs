//! Accessible SVG from numbers: titles and descriptions written from the data, direct labels, dash patterns, no colour alone.
//!
//! Knows nothing of the LVV: words come from the caller.
//!
//! A chart is a struct with its numbers; [`Chart::draw`] gives two drawings of it, a wide one and a narrow one for phones, of
//! which the style sheet shows one (`bst-chart--wide`, `bst-chart--narrow`). Nothing is styled in place: classes for colour,
//! attributes for dashes, so a strict Content-Security-Policy holds. The drawing is one image for a screen reader, with its
//! title and what there is to see in it ([`Fact`]s, in the caller's words); the numbers belong in a table beside it.

mod bars;
mod canvas;
mod columns;
mod forest;
mod funnel;
mod lines;
mod scale;
mod series;
mod steps;
mod xmr;

pub use bars::Bars;
pub use columns::Columns;
pub use forest::{Forest, Row};
pub use funnel::{Funnel, Limits, Point};
pub use lines::{Lines, Mark};
pub use series::{Band, Curve, Risk};
pub use steps::Steps;
pub use xmr::Xmr;

use canvas::{Canvas, Size};

/// Writes a number of an axis: `|value| format!("{:.0}%", value * 100.0)`.
pub type Format<'a> = &'a dyn Fn(f64) -> String;

/// The words of a chart.
pub struct Words<'a> {
    /// Unique on the page: ids in the drawing begin with it. Letters, digits and hyphens.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// Makes sentences of what there is to see.
    pub describe: &'a dyn Fn(&[Fact<'_>]) -> String,
    /// What stands in the place of a number that is not shown, such as `<10`.
    pub hidden: &'a str,
}

/// An axis.
pub struct Axis<'a> {
    /// What is measured, with its unit.
    pub label: &'a str,
    /// How its numbers are written.
    pub format: Format<'a>,
}

/// Something to see in a chart, for its description.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fact<'a> {
    /// Where a line ends, with its interval.
    End {
        /// Which line.
        label: &'a str,
        /// Where on the horizontal axis.
        at: f64,
        /// Its value there.
        value: f64,
        /// The interval there.
        interval: Option<(f64, f64)>,
    },
    /// The longest of the bars.
    Largest {
        /// Which bar.
        label: &'a str,
        /// Its value.
        value: f64,
    },
    /// A point or estimate with its interval.
    Estimate {
        /// Which one.
        label: &'a str,
        /// Its value.
        value: f64,
        /// The interval.
        interval: Option<(f64, f64)>,
    },
    /// A point outside the widest limits.
    Outside {
        /// Which point.
        label: &'a str,
        /// Its value.
        value: f64,
        /// Above them, or below.
        above: bool,
    },
    /// How many points lie within the widest limits.
    Inside {
        /// How many.
        points: usize,
    },
}

/// Why numbers cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// There is nothing to draw.
    Empty,
    /// A number is not finite (the label of its line, bar or point, and its place from 0).
    NotFinite(String, usize),
    /// A line goes back on the horizontal axis.
    Order(String, usize),
    /// Two lists that belong together have another length: what, how many were expected, how many there are.
    Length(String, usize, usize),
    /// A value below zero where a length or a count is meant.
    Negative(String, usize),
    /// An interval that does not hold its own ends in order.
    Interval(String, usize),
    /// An id with something else than letters, digits and hyphens.
    Id(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => write!(f, "there is nothing to draw: give at least one line, bar or point with a value"),
            Self::NotFinite(label, at) => write!(f, "number {at} of \"{label}\" is not finite: leave it out"),
            Self::Order(label, at) => {
                write!(f, "point {at} of \"{label}\" lies before the one it follows: put them in order")
            }
            Self::Length(label, expected, found) => {
                write!(f, "\"{label}\" has {found} values where {expected} belong")
            }
            Self::Negative(label, at) => {
                write!(f, "number {at} of \"{label}\" is below zero: a length is zero or more")
            }
            Self::Interval(label, at) => write!(f, "interval {at} of \"{label}\" ends before it begins"),
            Self::Id(id) => write!(f, "\"{id}\" is no id for a drawing: use letters, digits and hyphens"),
        }
    }
}

impl std::error::Error for Error {}

/// A chart that can be drawn.
pub trait Chart {
    /// Its words.
    fn words(&self) -> &Words<'_>;

    /// What there is to see in it.
    fn facts(&self) -> Vec<Fact<'_>>;

    /// Refuses numbers that cannot be drawn.
    ///
    /// # Errors
    /// Says which number, and what would be right.
    fn check(&self) -> Result<(), Error>;

    #[doc(hidden)]
    fn paint(&self, size: Size) -> Canvas;

    /// The wide and the narrow drawing, one after the other.
    ///
    /// # Errors
    /// Numbers that cannot be drawn; see [`Chart::check`].
    fn draw(&self) -> Result<String, Error> {
        let words = self.words();
        if words.id.is_empty() || !words.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(Error::Id(words.id.to_owned()));
        }
        self.check()?;
        let description = (words.describe)(&self.facts());
        let both = [Size::Wide, Size::Narrow].map(|size| self.paint(size).finish(words, &description, size));
        Ok(both.concat())
    }
}

pub(crate) fn finite(label: &str, values: impl IntoIterator<Item = f64>) -> Result<(), Error> {
    match values.into_iter().position(|value| !value.is_finite()) {
        Some(at) => Err(Error::NotFinite(label.to_owned(), at)),
        None => Ok(()),
    }
}

pub(crate) fn same_length(label: &str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::Length(label.to_owned(), expected, found)) }
}
