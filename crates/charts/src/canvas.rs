//! The drawing itself: elements, escaped text, axes, and the words around them.

use std::fmt::Write as _;

use crate::{Axis, Words, scale::Scale};

/// Height of a line of text.
pub(crate) const LINE: f64 = 17.0;

/// Which of the two drawings.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Beside other things, or on the whole width.
    Wide,
    /// On a phone, at about the size it is drawn.
    Narrow,
}

impl Size {
    pub(crate) fn width(self) -> f64 {
        if self == Self::Wide { 720.0 } else { 360.0 }
    }

    fn name(self) -> &'static str {
        if self == Self::Wide { "wide" } else { "narrow" }
    }
}

/// Where a text hangs on its place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// What has been drawn.
#[doc(hidden)]
#[derive(Debug)]
pub struct Canvas {
    pub(crate) height: f64,
    body: String,
}

/// The classes of a series: its colour and its dash by number.
pub(crate) fn series(number: usize) -> String {
    format!("bst-series-{}", number % 6 + 1)
}

/// The dash of a series, as attribute: the first is drawn whole.
pub(crate) fn dash(number: usize) -> &'static str {
    ["", "8 3", "2 3", "10 3 2 3", "5 5", "14 4"][number % 6]
}

/// About how wide a text is drawn.
pub(crate) fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii_lowercase() || c == ' ' { 7.0 } else { 8.2 }).sum()
}

pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // not allowed in XML at all
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

impl Canvas {
    pub(crate) fn new(height: f64) -> Self {
        Self { height, body: String::new() }
    }

    pub(crate) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let class = if class.is_empty() { String::new() } else { format!(r#" class="{class}""#) };
        let text = escape(text);
        let _ = write!(self.body, r#"<text{class} x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#);
    }

    pub(crate) fn path(&mut self, class: &str, dash: &str, d: &str) {
        let dash = if dash.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{dash}""#) };
        let _ = write!(self.body, r#"<path class="{class}"{dash} d="{d}"/>"#);
    }

    pub(crate) fn line(&mut self, class: &str, dash: &str, (x, y): (f64, f64), (x2, y2): (f64, f64)) {
        self.path(class, dash, &format!("M{x:.1} {y:.1}L{x2:.1} {y2:.1}"));
    }

    pub(crate) fn rect(&mut self, class: &str, (x, y): (f64, f64), width: f64, height: f64) {
        let _ = write!(
            self.body,
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{:.1}" height="{height:.1}"/>"#,
            width.max(0.0)
        );
    }

    pub(crate) fn circle(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let _ = write!(self.body, r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{radius}"/>"#);
    }

    pub(crate) fn diamond(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let (left, right, top, bottom) = (x - radius, x + radius, y - radius, y + radius);
        self.path(class, "", &format!("M{left:.1} {y:.1}L{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {bottom:.1}Z"));
    }

    /// Lines across with their values, and what they measure above.
    pub(crate) fn vertical(&mut self, x: Scale, y: Scale, ticks: &[f64], axis: &Axis<'_>) {
        for tick in ticks {
            let at = y.at(*tick);
            self.line("bst-chart__grid", "", (x.start, at), (x.end, at));
            self.text((x.start - 8.0, at + 4.5), Anchor::End, "bst-chart__soft", &(axis.format)(*tick));
        }
        self.text((4.0, y.end - 14.0), Anchor::Start, "bst-chart__axis-label", axis.label);
    }

    /// The line at the bottom with its values, and what they measure below.
    pub(crate) fn horizontal(&mut self, x: Scale, bottom: f64, ticks: &[f64], axis: &Axis<'_>) {
        self.line("bst-chart__axis", "", (x.start, bottom), (x.end, bottom));
        let mut free = f64::NEG_INFINITY;
        for tick in ticks {
            let (at, text) = (x.at(*tick), (axis.format)(*tick));
            let half = text_width(&text) / 2.0;
            self.line("bst-chart__axis", "", (at, bottom), (at, bottom + 5.0));
            // a number that would run into the one before is left out
            if at - half >= free {
                self.text((at, bottom + 19.0), Anchor::Middle, "bst-chart__soft", &text);
                free = at + half + 4.0;
            }
        }
        self.text((x.end, bottom + 37.0), Anchor::End, "bst-chart__axis-label", axis.label);
    }

    /// A short piece of each line with its name, below one another: for a phone, where names do not fit beside the lines.
    pub(crate) fn key<'a>(&mut self, from: f64, labels: impl Iterator<Item = (usize, &'a str)>) -> f64 {
        let mut y = from;
        for (number, label) in labels {
            self.line(&format!("bst-chart__line {}", series(number)), dash(number), (8.0, y - 4.5), (40.0, y - 4.5));
            self.text((48.0, y), Anchor::Start, &format!("bst-chart__label {}", series(number)), label);
            y += LINE;
        }
        y
    }

    pub(crate) fn finish(self, words: &Words<'_>, description: &str, size: Size) -> String {
        let (name, width, height, body) = (size.name(), size.width(), self.height, self.body);
        let id = format!("{}-{name}", words.id);
        let (title, description) = (escape(words.title), escape(description));
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="bst-chart bst-chart--{name}" viewBox="0 0 {width:.0} {height:.0}" role="img" aria-labelledby="{id}-t" aria-describedby="{id}-d" focusable="false"><title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc><g aria-hidden="true">{body}</g></svg>"#
        )
    }
}
