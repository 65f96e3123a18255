//! What was found wrong in the files of a programme: where, and what would be right.

use std::{cell::RefCell, collections::BTreeMap, fmt::Display};

use super::{Finding, List};

/// Where something stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) line: usize,
}

/// What a code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Organisation,
    Site,
    Method,
    Classification,
    Retention,
    Prefix,
    Figure,
    Definition,
    FigureTable,
    In(List),
}

impl Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Organisation => f.write_str("organisation"),
            Self::Site => f.write_str("site"),
            Self::Method => f.write_str("method"),
            Self::Classification => f.write_str("classification"),
            Self::Retention => f.write_str("retention ground"),
            Self::Prefix => f.write_str("prefix"),
            Self::Figure => f.write_str("figure"),
            Self::Definition => f.write_str("definition"),
            Self::FigureTable => f.write_str("table"),
            Self::In(list) => write!(f, "entry of the list {}", list.name()),
        }
    }
}

/// What was found while reading: mistakes, codes defined, codes used.
#[derive(Default)]
pub(super) struct Log<'a> {
    findings: RefCell<Vec<Finding>>,
    defined: RefCell<BTreeMap<Target, BTreeMap<String, Place<'a>>>>,
    used: RefCell<Vec<(Place<'a>, Target, String)>>,
}

impl<'a> Log<'a> {
    pub(super) fn find(&self, at: Place<'_>, message: impl Into<String>, remedy: impl Into<String>) {
        let (file, line) = (at.file.to_owned(), at.line);
        self.findings.borrow_mut().push(Finding { file, line, message: message.into(), remedy: remedy.into() });
    }

    /// Notes that a code is defined here; twice is a mistake.
    pub(super) fn define(&self, target: Target, code: &str, at: Place<'a>) {
        let before = self.defined.borrow_mut().entry(target).or_default().insert(code.to_owned(), at);
        if let Some(before) = before {
            self.find(
                at,
                format!("The {target} `{code}` is defined twice; before in {}:{}.", before.file, before.line),
                "keep one of the two, or give this one another code.",
            );
        }
    }

    pub(super) fn use_of(&self, at: Place<'a>, target: Target, code: &str) {
        self.used.borrow_mut().push((at, target, code.to_owned()));
    }

    /// Finds the codes that are used but nowhere defined.
    pub(super) fn undefined(&self) {
        let defined = self.defined.borrow();
        let none = BTreeMap::new();
        for (at, target, code) in self.used.borrow().iter() {
            let known = defined.get(target).unwrap_or(&none);
            if !known.contains_key(code) {
                let known: Vec<&str> = known.keys().map(String::as_str).collect();
                self.find(
                    *at,
                    format!("There is no {target} `{code}`."),
                    format!("{} or define it.", one_of(code, &known)),
                );
            }
        }
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings.into_inner();
        findings.sort();
        findings.dedup();
        findings
    }
}

/// Advice to take one of some words: the nearest where one is near, all where they are few.
pub(super) fn one_of(word: &str, known: &[&str]) -> String {
    let near = known.iter().map(|other| (distance(word, other), *other)).min().filter(|(far, _)| *far <= 2);
    match near {
        Some((_, near)) => format!("did you mean `{near}`? Use that,"),
        None if known.is_empty() => "there are none yet: leave it out,".to_owned(),
        None if known.len() <= 24 => format!("use one of `{}`,", known.join("`, `")),
        None => "use one that exists,".to_owned(),
    }
}

/// How many letters must be put in, left out or changed to make one word of another.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in to.iter().enumerate() {
            let changed = corner + usize::from(letter != *other);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

/// A file: its name, and its text to tell lines by.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

impl<'a> File<'a> {
    pub(super) fn place(self, offset: usize) -> Place<'a> {
        let before = self.text.as_bytes().iter().take(offset);
        Place { file: self.name, line: before.filter(|byte| **byte == b'\n').count() + 1 }
    }
}
