//! The fonts, which of them has a letter, and how wide a text becomes.

use krilla::text::{Font, TextDirection};
use rustybuzz::{Direction, Face, UnicodeBuffer};

/// A font, as its place in [`Fonts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Latin,
    Bold,
    Arabic,
    Ethiopic,
}

/// A piece of text of one font and one direction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) font: Which,
    /// Whether it is read from the right.
    pub(crate) right: bool,
}

impl Run {
    pub(crate) fn direction(&self) -> TextDirection {
        if self.right { TextDirection::RightToLeft } else { TextDirection::LeftToRight }
    }
}

pub(crate) struct Fonts {
    /// To measure with, and to write with.
    all: [(Face<'static>, Font); 4],
}

impl Fonts {
    pub(crate) fn new() -> Option<Self> {
        let both = |data: &'static [u8]| Some((Face::from_slice(data, 0)?, Font::new(data.to_vec().into(), 0)?));
        let all = [
            both(assets::FONT_LATIN)?,
            both(assets::FONT_LATIN_BOLD)?,
            both(assets::FONT_ARABIC)?,
            both(assets::FONT_ETHIOPIC)?,
        ];
        Some(Self { all })
    }

    pub(crate) fn pdf(&self, which: Which) -> Font {
        self.all[which as usize].1.clone()
    }

    fn has(&self, which: Which, letter: char) -> bool {
        self.all[which as usize].0.glyph_index(letter).is_some()
    }

    /// The font for a letter; the one before it where that has it too, so that a name is not cut at its spaces.
    fn of(&self, letter: char, before: Option<Which>, plain: Which) -> Option<Which> {
        let order = before.into_iter().chain([plain, Which::Latin, Which::Arabic, Which::Ethiopic]);
        order.into_iter().find(|which| self.has(*which, letter))
    }

    /// A text of one direction as runs of one font each, in reading order. A letter that no font has is written as its
    /// number, so that nothing is lost.
    pub(crate) fn runs(&self, text: &str, right: bool, bold: bool) -> Vec<Run> {
        let plain = if bold { Which::Bold } else { Which::Latin };
        let mut out: Vec<Run> = Vec::new();
        let mut put = |letters: &str, font: Which| match out.last_mut() {
            Some(run) if run.font == font => run.text.push_str(letters),
            _ => out.push(Run { text: letters.to_owned(), font, right }),
        };
        let mut before = None;
        for letter in text.chars().filter(|letter| !letter.is_control() && !is_mark(*letter)) {
            match self.of(letter, before, plain) {
                Some(font) => {
                    put(letter.encode_utf8(&mut [0; 4]), font);
                    before = Some(font);
                }
                None => put(&format!("[U+{:04X}]", u32::from(letter)), plain),
            }
        }
        out
    }

    /// How wide a run becomes, in points.
    pub(crate) fn width(&self, run: &Run, size: f32) -> f32 {
        let face = &self.all[run.font as usize].0;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&run.text);
        buffer.set_direction(if run.right { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(face, &[], buffer);
        let advance: i32 = shaped.glyph_positions().iter().map(|glyph| glyph.x_advance).sum();
        #[allow(clippy::cast_precision_loss, reason = "a line is far shorter than 2^23 units")]
        let (advance, unit) = (advance as f32, face.units_per_em() as f32);
        advance / unit * size
    }
}

/// Marks of direction: they are obeyed, not written.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
