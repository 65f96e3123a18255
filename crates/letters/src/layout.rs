//! Breaking text into lines and lines into pages.

use unicode_bidi::{BidiInfo, Level};

use crate::{
    Block, HEIGHT, Letter, MARGIN, WIDTH,
    font::{Fonts, Run},
};

/// Something on a page, measured from its top left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    Run { x: f32, y: f32, size: f32, run: Run },
    Line { y: f32 },
}

/// What stands on one page.
pub(crate) type Sheet = Vec<Mark>;

const BODY: f32 = 9.5;
const LEADING: f32 = 1.35;
/// Width of the labels of rows.
const LABEL: f32 = 150.0;
/// Room for the footer.
const FOOT: f32 = 24.0;

struct Pages<'a> {
    fonts: &'a Fonts,
    sheets: Vec<Sheet>,
    y: f32,
}

/// The pages of a letter.
pub(crate) fn sheets(letter: &Letter, fonts: &Fonts) -> Vec<Sheet> {
    let mut pages = Pages { fonts, sheets: vec![vec![]], y: MARGIN };
    let full = WIDTH - 2.0 * MARGIN;
    pages.text(&letter.title, MARGIN, full, 18.0, true);
    pages.y += 6.0;
    for block in &letter.blocks {
        match block {
            Block::Chapter(text) => pages.heading(text, 13.0),
            Block::Heading(text) => pages.heading(text, 10.5),
            Block::Text(text) => {
                pages.text(text, MARGIN, full, BODY, false);
                pages.y += 3.0;
            }
            Block::Row(label, value) => pages.row(label, value, full),
            Block::Line => {
                pages.room(8.0);
                let y = pages.y + 3.0;
                pages.put(Mark::Line { y });
                pages.y += 8.0;
            }
        }
    }
    pages.footers(&letter.footer);
    pages.sheets
}

impl Pages<'_> {
    fn put(&mut self, mark: Mark) {
        match self.sheets.last_mut() {
            Some(sheet) => sheet.push(mark),
            None => self.sheets.push(vec![mark]),
        }
    }

    /// Goes to a new page when so much does not fit on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > HEIGHT - MARGIN - FOOT {
            self.sheets.push(vec![]);
            self.y = MARGIN;
        }
    }

    fn heading(&mut self, text: &str, size: f32) {
        self.y += size * 0.8;
        // a heading does not stand alone at the end of a page
        self.room(size * LEADING + 3.0 * BODY * LEADING);
        self.text(text, MARGIN, WIDTH - 2.0 * MARGIN, size, true);
        self.y += 2.0;
    }

    fn text(&mut self, text: &str, x: f32, width: f32, size: f32, bold: bool) {
        for line in self.lines(text, width, size, bold) {
            self.room(size * LEADING);
            self.line(&line, x, size, bold);
            self.y += size * LEADING;
        }
    }

    fn row(&mut self, label: &str, value: &str, full: f32) {
        let labels = self.lines(label, LABEL - 8.0, BODY, true);
        let values = self.lines(value, full - LABEL, BODY, false);
        for at in 0..labels.len().max(values.len()) {
            self.room(BODY * LEADING);
            if let Some(line) = labels.get(at) {
                self.line(line, MARGIN, BODY, true);
            }
            if let Some(line) = values.get(at) {
                self.line(line, MARGIN + LABEL, BODY, false);
            }
            self.y += BODY * LEADING;
        }
    }

    /// One line, its runs from left to right as they are seen.
    fn line(&mut self, text: &str, x: f32, size: f32, bold: bool) {
        let (mut x, y) = (x, self.y + size);
        for run in visual(self.fonts, text, bold) {
            let width = self.fonts.width(&run, size);
            self.put(Mark::Run { x, y, size, run });
            x += width;
        }
    }

    fn width(&self, text: &str, size: f32, bold: bool) -> f32 {
        visual(self.fonts, text, bold).iter().map(|run| self.fonts.width(run, size)).sum()
    }

    /// Breaks at spaces; a word that is too long by itself, anywhere.
    fn lines(&self, text: &str, width: f32, size: f32, bold: bool) -> Vec<String> {
        let mut out = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.width(&longer, size, bold) <= width {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    out.push(std::mem::take(&mut line));
                }
                line = self.cut(word, width, size, bold, &mut out);
            }
            out.push(line);
        }
        out
    }

    /// Cuts a word into lines that fit; what is left of it.
    fn cut(&self, word: &str, width: f32, size: f32, bold: bool, out: &mut Vec<String>) -> String {
        let mut line = String::new();
        for letter in word.chars() {
            line.push(letter);
            if self.width(&line, size, bold) > width && line.chars().count() > 1 {
                line.pop();
                out.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
        line
    }

    /// Below every page its number.
    fn footers(&mut self, footer: &str) {
        let all = self.sheets.len();
        for at in 0..all {
            let text = format!("{footer} · {}/{all}", at + 1);
            let (mut x, y) = (MARGIN, HEIGHT - MARGIN + 8.0);
            for run in visual(self.fonts, &text, false) {
                let width = self.fonts.width(&run, 8.0);
                self.sheets[at].push(Mark::Run { x, y, size: 8.0, run });
                x += width;
            }
        }
    }
}

/// The runs of a line in the order in which they are seen, from left to right.
fn visual(fonts: &Fonts, text: &str, bold: bool) -> Vec<Run> {
    let info = BidiInfo::new(text, Some(Level::ltr()));
    let mut out = Vec::new();
    for paragraph in &info.paragraphs {
        let (levels, ranges) = info.visual_runs(paragraph, paragraph.range.clone());
        for range in ranges {
            let right = levels[range.start].is_rtl();
            let mut runs = fonts.runs(&text[range], right, bold);
            if right {
                runs.reverse();
            }
            out.extend(runs);
        }
    }
    out
}
