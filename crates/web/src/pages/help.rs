//! Help: the keys, the words, and what to do when something is wrong.

use askama::Template;
use axum::response::Response;

use crate::{
    page::{Shell, render},
    session::Signed,
    text::L,
};

/// The words that are explained, as keys `help-word-…` and `help-means-…`.
const WORDS: &[&str] =
    &["phase", "status", "scenario", "perspective", "term", "rest", "milestone", "obstacle", "fact", "conference"];

/// What can be done, as keys `help-how-…` and `help-do-…`.
const HOW: &[&str] = &["mistake", "conflict", "lost", "hidden", "print", "export"];

#[derive(Template)]
#[template(path = "help.html")]
struct Page {
    shell: Shell,
    l: L,
    how: Vec<(String, String)>,
    words: Vec<(String, String)>,
}

/// The page.
pub(crate) async fn show(signed: Signed) -> Response {
    let l = signed.l;
    let pairs = |keys: &[&str], what: &str, text: &str| {
        let pair = |key: &&str| (l.code(what, key).into_owned(), l.code(text, key).into_owned());
        keys.iter().map(pair).collect::<Vec<_>>()
    };
    let shell = signed.shell(l.t("help-title"));
    let (how, words) = (pairs(HOW, "help-how", "help-do"), pairs(WORDS, "help-word", "help-means"));
    render(&Page { shell, l, how, words })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Lang, Text};

    #[test]
    fn every_word_is_explained_in_every_language() {
        for lang in Lang::ALL {
            for (keys, families) in [(WORDS, ["help-word", "help-means"]), (HOW, ["help-how", "help-do"])] {
                for (key, family) in keys.iter().flat_map(|key| families.map(|family| (key, family))) {
                    assert!(Text::shared().has(lang, &format!("{family}-{key}")), "{family}-{key}");
                }
            }
        }
    }
}
