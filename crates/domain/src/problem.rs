//! What is wrong with a value, in a form that every language can put into words.

use std::{borrow::Cow, fmt};

/// The result of reading a value.
pub type Parsed<T> = Result<T, Problem>;

/// Something wrong: a key for the text on screen, and the values to fill in.
///
/// The key is looked up as `problem-<key>` in the Fluent files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which problem.
    pub key: &'static str,
    /// Values for the text.
    pub args: Vec<(&'static str, Cow<'static, str>)>,
}

impl Problem {
    /// A problem without values.
    pub fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    /// Adds a value for the text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, Cow::Owned(value.to_string())));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key.replace('-', " "))?;
        for (name, value) in &self.args {
            write!(f, ", {name}: {value}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
