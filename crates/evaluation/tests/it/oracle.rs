//! Reference results: a folder in `tests/oracles` with the data and what R made of them (17 digits; `null`: undefined).

use std::path::PathBuf;

use serde_json::Value;

/// One reference case.
pub(crate) struct Case {
    folder: PathBuf,
    expected: Value,
}

impl Case {
    /// `01_km_lung`, and so on.
    pub(crate) fn open(name: &str) -> Self {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles")).join(name);
        let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
        Self { folder, expected: serde_json::from_str(&text).unwrap() }
    }

    /// What is expected under a path of keys, such as `["km_by_sex_log", "sex=1"]`.
    pub(crate) fn expected(&self, path: &[&str]) -> &Value {
        path.iter().fold(&self.expected["results"], |value, key| {
            value.get(key).unwrap_or_else(|| panic!("{key} of {path:?} is not among the expected results"))
        })
    }

    /// The keys of all results: a test that names the ones it checks sees when one is forgotten.
    pub(crate) fn keys(&self) -> Vec<&str> {
        names(&self.expected["results"])
    }

    /// A column as text.
    pub(crate) fn text(&self, file: &str, column: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join(file)).unwrap();
        let mut lines = text.lines();
        let index = lines.next().unwrap().split(',').position(|name| name == column);
        let index = index.unwrap_or_else(|| panic!("{file} has no column {column}"));
        lines.map(|line| line.split(',').nth(index).unwrap().to_owned()).collect()
    }

    /// A column as numbers; empty is NaN.
    pub(crate) fn column(&self, file: &str, column: &str) -> Vec<f64> {
        let number = |text: String| if text.is_empty() { f64::NAN } else { text.parse().unwrap() };
        self.text(file, column).into_iter().map(number).collect()
    }

    /// A column of codes.
    pub(crate) fn codes<T: std::str::FromStr<Err: std::fmt::Debug>>(&self, file: &str, column: &str) -> Vec<T> {
        self.text(file, column).into_iter().map(|text| text.parse().unwrap()).collect()
    }
}

/// Numbers out of a value: a scalar, a list, or lists of lists row by row. `null` is NaN.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Null => vec![f64::NAN],
        Value::Number(number) => vec![number.as_f64().unwrap()],
        Value::String(text) => vec![text.replace("Inf", "inf").parse().unwrap()],
        Value::Array(all) => all.iter().flat_map(numbers).collect(),
        other => panic!("{other} holds no numbers"),
    }
}

/// Fails unless all numbers agree: to `tolerance`, absolute or relative, whichever is wider; NaN only with NaN.
#[track_caller]
pub(crate) fn agree(what: &str, found: &[f64], expected: &Value, tolerance: f64) {
    let wanted = numbers(expected);
    assert_eq!(found.len(), wanted.len(), "{what}: how many");
    for (index, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let near = (found - wanted).abs() <= tolerance * wanted.abs().max(1.0);
        assert!(near || found.is_nan() && wanted.is_nan(), "{what}[{index}]: {found} where {wanted} is expected");
    }
}

/// The keys of an object, in its order of text.
pub(crate) fn names(value: &Value) -> Vec<&str> {
    // whether an object keeps its own order depends on what else is built
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
