//! What kind of file someone sends, found in its content: a name and a type that a browser tells are worth nothing.
//!
//! Texts of an office (`.docx`, `.odt`) are zip files. They are unpacked here as far as is needed to know what they are, with
//! hard limits: a small file that unpacks to gigabytes, thousands of entries, or names that lead out of a folder is refused.

use std::io::{Cursor, Read as _};

use domain::{document::Media, refusal::Refusal};
use zip::{CompressionMethod, ZipArchive, result::ZipError};

/// Most entries in a zip file.
pub const MOST_ENTRIES: usize = 2000;
/// Bytes to which a zip file may unpack.
pub const LARGEST_UNPACKED: u64 = 200 * 1024 * 1024;
/// How many times larger it may get. A long text packs to a tenth; what packs to a hundredth is no text.
pub const MOST_TIMES: u64 = 100;
/// Below this size the number above means nothing: a few empty lines pack very well.
const SMALL: u64 = 1024 * 1024;

/// Checks a file: what it is by its content, and that its name says the same.
///
/// # Errors
/// An empty file, a kind that is not taken, a name that says something else, a zip file that does harm. Each says what would
/// be right.
pub fn check(name: &str, content: &[u8]) -> Result<Media, Refusal> {
    let wrong = |key| Refusal::new(key).field("file");
    if content.is_empty() {
        return Err(wrong("file-empty"));
    }
    let media = kind_of(content)?;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    if !media.endings().contains(&ending.as_str()) {
        let expected = media.endings().join(", .");
        return Err(wrong("file-other-ending").with("is", media.code()).with("ending", format!(".{expected}")));
    }
    Ok(media)
}

fn kind_of(content: &[u8]) -> Result<Media, Refusal> {
    let unknown = || Refusal::new("file-type-not-taken").field("file");
    if content.starts_with(b"\x89PNG\r\n\x1a\n") && content.ends_with(b"IEND\xaeB`\x82") {
        return Ok(Media::Png);
    }
    if content.starts_with(&[0xff, 0xd8, 0xff]) && content.ends_with(&[0xff, 0xd9]) {
        return Ok(Media::Jpeg);
    }
    if content.starts_with(b"%PDF-") {
        // a PDF that was cut off has no end; readers look for it in the last kilobyte
        let tail = &content[content.len().saturating_sub(1024)..];
        let whole = tail.windows(5).any(|end| end == b"%%EOF");
        return if whole { Ok(Media::Pdf) } else { Err(Refusal::new("file-damaged").field("file")) };
    }
    if content.starts_with(b"PK\x03\x04") {
        return office(content);
    }
    let text = std::str::from_utf8(content).map_err(|_| unknown())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    // a page for a browser or a script is text too, and nothing a partner delivers
    let start = text.trim_start().get(..15).unwrap_or(text.trim_start()).to_lowercase();
    let code = ["<!doctype", "<html", "<svg", "<?xml", "<script", "#!"].iter().any(|begin| start.starts_with(begin));
    if code || !text.chars().all(plain) { Err(unknown()) } else { Ok(Media::Text) }
}

/// A zip file that is a text of an office, unpacked within limits.
fn office(content: &[u8]) -> Result<Media, Refusal> {
    let wrong = |key| Refusal::new(key).field("file");
    let damaged = |_: ZipError| wrong("file-damaged");
    let mut zip = ZipArchive::new(Cursor::new(content)).map_err(damaged)?;
    if zip.len() > MOST_ENTRIES {
        return Err(wrong("file-too-many-entries").with("most", MOST_ENTRIES));
    }
    let packed = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let most = LARGEST_UNPACKED.min(packed.saturating_mul(MOST_TIMES).max(SMALL));
    let (mut unpacked, mut names) = (0_u64, Vec::new());
    let mut mimetype = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword => wrong("file-locked"),
            _ => wrong("file-damaged"),
        })?;
        if entry.encrypted() {
            return Err(wrong("file-locked"));
        }
        let name = entry.name().map_err(damaged)?.into_owned();
        // names are looked at as they stand: a library may mend one on the way
        let up = name.split(['/', '\\']).any(|part| part == "..");
        if up || name.starts_with('/') || name.contains(['\\', ':', '\0']) || entry.is_symlink() {
            return Err(wrong("file-leads-outside"));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(wrong("file-damaged"));
        }
        // what the file says of its own size is not believed: it is unpacked and counted, and kept nowhere
        let mut piece = [0; 16 * 1024];
        loop {
            let read = entry.read(&mut piece).map_err(|_| wrong("file-damaged"))?;
            if read == 0 {
                break;
            }
            unpacked += u64::try_from(read).unwrap_or(u64::MAX);
            if unpacked > most {
                return Err(wrong("file-unpacks-too-large").with("times", MOST_TIMES));
            }
            if name == "mimetype" && mimetype.len() < 256 {
                mimetype.extend_from_slice(&piece[..read.min(256)]);
            }
        }
        names.push(name);
    }
    let has = |name: &str| names.iter().any(|known| known == name);
    let macros = |name: &String| {
        let name = name.to_lowercase();
        name.ends_with("vbaproject.bin") || name.starts_with("basic/") || name.starts_with("scripts/")
    };
    if names.iter().any(macros) {
        return Err(wrong("file-has-macros"));
    }
    if has("[Content_Types].xml") && has("word/document.xml") {
        return Ok(Media::Docx);
    }
    if mimetype == b"application/vnd.oasis.opendocument.text" && has("content.xml") {
        return Ok(Media::Odt);
    }
    Err(wrong("file-type-not-taken"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, content) in entries {
            writer.start_file(*name, options).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
        let base: [(&str, &[u8]); 2] = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")];
        zipped(&[&base, more].concat())
    }

    fn refused(name: &str, content: &[u8]) -> &'static str {
        let refusal = check(name, content).unwrap_err();
        assert_eq!(refusal.field, Some("file"));
        refusal.problem.key
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82";
    const PDF: &[u8] = b"%PDF-1.7\nverzonnen\n%%EOF\n";

    #[test]
    fn what_is_taken_is_known_by_its_content() {
        let odt = zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<office/>")]);
        for (name, content, media) in [
            ("stuk.pdf", PDF, Media::Pdf),
            ("foto.PNG", PNG, Media::Png),
            ("foto.jpg", b"\xff\xd8\xff\xe0....\xff\xd9", Media::Jpeg),
            ("brief.docx", &docx(&[]), Media::Docx),
            ("brief.odt", &odt, Media::Odt),
            ("notitie.txt", "één regel\r\n".as_bytes(), Media::Text),
        ] {
            assert_eq!(check(name, content), Ok(media), "{name}");
        }
    }

    #[test]
    fn a_name_that_says_something_else_is_refused() {
        assert_eq!(refused("stuk.docx", PDF), "file-other-ending");
        assert_eq!(refused("stuk", PDF), "file-other-ending");
        assert_eq!(refused("stuk.pdf", PNG), "file-other-ending");
        assert_eq!(refused("stuk.pdf.exe", PDF), "file-other-ending");
    }

    #[test]
    fn other_kinds_are_refused() {
        assert_eq!(refused("leeg.pdf", b""), "file-empty");
        assert_eq!(refused("programma.pdf", b"MZ\x90\x00\x03"), "file-type-not-taken");
        assert_eq!(refused("pagina.txt", b"<!DOCTYPE html><script>alert(1)</script>"), "file-type-not-taken");
        assert_eq!(refused("plaatje.txt", b"<svg onload=alert(1)>"), "file-type-not-taken");
        assert_eq!(refused("script.txt", b"#!/bin/sh\n"), "file-type-not-taken");
        assert_eq!(refused("tekst.txt", b"a\x00b"), "file-type-not-taken");
        assert_eq!(refused("half.pdf", b"%PDF-1.7\nafgebroken"), "file-damaged");
        assert_eq!(refused("tabel.docx", &zipped(&[("xl/workbook.xml", b"<x/>")])), "file-type-not-taken");
        let mut cut = docx(&[]);
        cut.truncate(cut.len() / 2);
        assert_eq!(refused("half.docx", &cut), "file-damaged");
    }

    #[test]
    fn a_zip_bomb_is_refused_before_it_has_gone_off() {
        let zeros = vec![0_u8; 64 * 1024 * 1024];
        let bomb = docx(&[("word/media/a.bin", &zeros)]);
        assert!(bomb.len() < 200 * 1024, "64 MB in {} bytes", bomb.len());
        assert_eq!(refused("bom.docx", &bomb), "file-unpacks-too-large");
        let many: Vec<String> = (0..=MOST_ENTRIES).map(|n| format!("word/media/{n}.bin")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
        assert_eq!(refused("veel.docx", &docx(&many)), "file-too-many-entries");
    }

    #[test]
    fn a_zip_that_lies_about_its_size_is_counted_all_the_same() {
        let zeros = vec![0_u8; 8 * 1024 * 1024];
        let mut bomb = docx(&[("word/media/a.bin", &zeros)]);
        // the size unpacked stands as four bytes in the local header and in the directory
        let size = u32::try_from(zeros.len()).unwrap().to_le_bytes();
        let at: Vec<usize> = (0..bomb.len() - 4).filter(|at| bomb[*at..*at + 4] == size).collect();
        assert!(!at.is_empty());
        at.into_iter().for_each(|at| bomb[at..at + 4].copy_from_slice(&16_u32.to_le_bytes()));
        assert!(["file-unpacks-too-large", "file-damaged"].contains(&refused("bom.docx", &bomb)));
    }

    #[test]
    fn entries_that_lead_out_of_a_folder_are_refused() {
        for name in ["../../x", "/etc/passwd", "word\\..\\..\\x", "word/../../x"] {
            // who writes zip files by a library writes no such name: it is put in afterwards, in both places
            let plain = "Z".repeat(name.len());
            let mut content = docx(&[(&plain, b"x")]);
            let at: Vec<usize> =
                (0..content.len() - plain.len()).filter(|at| content[*at..].starts_with(plain.as_bytes())).collect();
            assert_eq!(at.len(), 2);
            at.into_iter().for_each(|at| content[at..at + name.len()].copy_from_slice(name.as_bytes()));
            assert_eq!(refused("brief.docx", &content), "file-leads-outside", "{name}");
        }
    }

    #[test]
    fn links_in_an_office_file_are_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        writer.add_symlink("word/media/a.png", "/etc/passwd", options).unwrap();
        for name in ["[Content_Types].xml", "word/document.xml"] {
            writer.start_file(name, options).unwrap();
        }
        assert_eq!(refused("brief.docx", &writer.finish().unwrap().into_inner()), "file-leads-outside");
    }

    #[test]
    fn macros_are_refused() {
        assert_eq!(refused("brief.docx", &docx(&[("word/vbaProject.bin", b"x")])), "file-has-macros");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_answered(mut content in prop::collection::vec(any::<u8>(), 0..400), start in 0_usize..6) {
            let starts: [&[u8]; 6] = [b"", b"PK\x03\x04", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"<"];
            content.splice(0..0, starts[start].iter().copied());
            let _ = check("stuk.pdf", &content);
        }

        #[test]
        fn a_damaged_text_is_answered(at in 0_usize..500, by in any::<u8>()) {
            let mut content = docx(&[("word/styles.xml", b"<w:styles/>")]);
            let at = at % content.len();
            content[at] ^= by;
            let _ = check("brief.docx", &content);
        }
    }
}
