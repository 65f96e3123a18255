//! What a command answers: JSON, with the warnings of the guards in it.

use std::io::{ErrorKind, Write as _};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

/// Fewer than this at risk, and an estimate rests on very few.
pub(super) const FEW: f64 = 10.0;

/// An answer in the making.
pub(super) struct Answer {
    fields: Map<String, Value>,
    warnings: Vec<Value>,
}

impl Answer {
    /// Every answer names its command, its method (paper, variance, risk set) and how many rows it rests on.
    pub(super) fn new(command: &str, method: &str, rows: usize) -> Self {
        let mut fields = Map::new();
        fields.insert("command".into(), json!(command));
        fields.insert("version".into(), json!(env!("CARGO_PKG_VERSION")));
        fields.insert("method".into(), json!(method));
        fields.insert("rows".into(), json!(rows));
        Self { fields, warnings: Vec::new() }
    }

    pub(super) fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.into(), value.into());
    }

    /// A guard: on the caller's own file it warns, on the store it would refuse.
    pub(super) fn warn(&mut self, guard: &str, text: impl Into<String>) {
        self.warnings.push(json!({ "guard": guard, "text": text.into() }));
    }

    /// The guard on few at risk: `groups` with the earliest time at which it holds.
    pub(super) fn warn_few(&mut self, group: &str, time: f64, people: f64) {
        let text =
            format!("group {group}: {people} at risk at {time}, fewer than {FEW}; what follows rests on very few");
        self.warn("few-at-risk", text);
    }

    pub(super) fn print(mut self) -> Result<()> {
        for warning in &self.warnings {
            eprintln!("warning: {}", warning["text"].as_str().unwrap_or_default());
        }
        self.fields.insert("warnings".into(), self.warnings.into());
        let mut text = serde_json::to_vec_pretty(&Value::Object(self.fields))?;
        text.push(b'\n');
        match std::io::stdout().lock().write_all(&text) {
            // who reads it had enough
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written.context("the answer could not be written"),
        }
    }
}
