//! Letters: headings, paragraphs and labelled values on A4 pages, as PDF. Knows nothing of what they say.
//!
//! Names stand in their own script: a text is cut into runs of one direction ([`unicode_bidi`]) and one font, each shaped by
//! itself. The same letter gives the same bytes: no clock, nothing from the system.

mod font;
mod layout;

use krilla::{
    Document,
    geom::{PathBuilder, Point},
    metadata::Metadata,
    page::PageSettings,
    paint::Stroke,
};

use font::Fonts;
use layout::{Mark, Sheet};

/// Width of a page, in points.
const WIDTH: f32 = 595.28;
/// Height of a page, in points.
const HEIGHT: f32 = 841.89;
/// Space around the text, in points.
const MARGIN: f32 = 56.0;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its title, also in the properties of the file.
    pub title: String,
    /// Language of its text, as in `nl`.
    pub language: String,
    /// What stands below every page, before the number of the page.
    pub footer: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading of a chapter.
    Chapter(String),
    /// A heading within a chapter.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A label, and beside it what is filled in.
    Row(String, String),
    /// A thin line between two things.
    Line,
}

/// Why a letter could not be written.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A font of the program cannot be read.
    #[error("a font of the program cannot be read")]
    Font,
    /// The PDF.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// The letter as PDF.
///
/// # Errors
/// When a font cannot be read or the PDF not be put together.
pub fn pdf(letter: &Letter) -> Result<Vec<u8>, LetterError> {
    let fonts = Fonts::new().ok_or(LetterError::Font)?;
    let sheets = layout::sheets(letter, &fonts);
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| LetterError::Pdf("no page".to_owned()))?;
    let mut document = Document::new();
    for sheet in &sheets {
        draw(&mut document, size.clone(), sheet, &fonts);
    }
    let metadata = Metadata::new().title(letter.title.clone()).language(letter.language.clone());
    document.set_metadata(metadata.creator("Bestendig".to_owned()));
    document.finish().map_err(|error| LetterError::Pdf(format!("{error:?}")))
}

fn draw(document: &mut Document, size: PageSettings, sheet: &Sheet, fonts: &Fonts) {
    let mut page = document.start_page_with(size);
    let mut surface = page.surface();
    for mark in sheet {
        match mark {
            Mark::Run { x, y, size, run } => {
                let (font, direction) = (fonts.pdf(run.font), run.direction());
                surface.draw_text(Point::from_xy(*x, *y), font, *size, &run.text, false, direction);
            }
            Mark::Line { y } => {
                let mut path = PathBuilder::new();
                path.move_to(MARGIN, *y);
                path.line_to(WIDTH - MARGIN, *y);
                if let Some(path) = path.finish() {
                    surface.set_fill(None);
                    surface.set_stroke(Some(Stroke { width: 0.5, ..Stroke::default() }));
                    surface.draw_path(&path);
                    surface.set_stroke(None);
                    surface.set_fill(Some(krilla::paint::Fill::default()));
                }
            }
        }
    }
    surface.finish();
    page.finish();
}
