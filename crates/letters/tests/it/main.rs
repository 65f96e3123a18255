//! What is in a letter can be read in it, in every script; and the same letter gives the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use letters::{Block, Letter, pdf};

/// What `pdftotext` reads, with single spaces.
fn read(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext (poppler-utils) is there");
    child.stdin.take().unwrap().write_all(pdf).unwrap();
    let text = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without spaces and marks of direction: the reader puts spaces between Arabic letters that do not join.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric() || letter.is_ascii_punctuation()).collect()
}

fn letter(blocks: Vec<Block>) -> Letter {
    Letter { title: "Proefbrief".into(), language: "nl".into(), footer: "voet".into(), blocks }
}

#[test]
fn names_stand_in_their_own_script() {
    let names = ["زبديوس كستدور", "ዘበደዎስ ካስትዱር", "Zebedéüs Kaštđur", "Зебедей Кастдур"];
    let rows = names.iter().map(|name| Block::Row("Naam".into(), (*name).into()));
    let text = read(&pdf(&letter(rows.collect())).unwrap());
    for name in names {
        assert!(bare(&text).contains(&bare(name)), "{name} in {text}");
    }
}

#[test]
fn a_long_letter_goes_on_over_pages_and_loses_no_word() {
    let words: Vec<String> = (0..4000).map(|number| format!("woord{number}")).collect();
    let text = read(&pdf(&letter(vec![Block::Text(words.join(" ")), Block::Text("x".repeat(500))])).unwrap());
    for word in &words {
        assert!(text.contains(word.as_str()), "{word}");
    }
    assert_eq!(text.matches('x').count(), 500);
    assert!(text.contains("1/") && text.contains("voet"));
}

#[test]
fn a_letter_that_no_font_has_is_written_as_its_number() {
    let text = read(&pdf(&letter(vec![Block::Text("漢字 en verder".into())])).unwrap());
    assert!(text.contains("[U+6F22]") && text.contains("verder"), "{text}");
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let one = letter(vec![Block::Chapter("Kop".into()), Block::Text("tekst".into()), Block::Line]);
    assert_eq!(pdf(&one).unwrap(), pdf(&one).unwrap());
}
