//! Reference results: the data of a case as columns, and every number of ours beside theirs.

use std::collections::BTreeMap;

use serde_json::Value;

/// The columns of a CSV, as text.
pub(crate) struct Table(BTreeMap<String, Vec<String>>);

impl Table {
    pub(crate) fn read(case: &str, file: &str) -> Self {
        let path = format!("{}/tests/oracles/{case}/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut lines = text.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"').to_owned()));
        let names: Vec<String> = lines.next().unwrap().collect();
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); names.len()];
        for line in lines {
            let cells: Vec<String> = line.collect();
            assert_eq!(cells.len(), names.len(), "{path}");
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        Self(names.into_iter().zip(columns).collect())
    }

    pub(crate) fn text(&self, name: &str) -> Vec<String> {
        self.0.get(name).unwrap_or_else(|| panic!("no column {name}")).clone()
    }

    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        self.text(name).iter().map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()
    }

    pub(crate) fn flags(&self, name: &str) -> Vec<bool> {
        self.text(name).iter().map(|cell| cell == "1").collect()
    }

    pub(crate) fn codes(&self, name: &str) -> Vec<u32> {
        self.text(name).iter().map(|cell| cell.parse().unwrap()).collect()
    }

    pub(crate) fn events(&self, name: &str) -> Vec<u8> {
        self.text(name).iter().map(|cell| cell.parse().unwrap()).collect()
    }
}

/// `results` of a case.
pub(crate) fn expected(case: &str) -> Value {
    let path = format!("{}/tests/oracles/{case}/expected.json", env!("CARGO_MANIFEST_DIR"));
    let mut whole: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    whole["results"].take()
}

/// Numbers of an expected value: one, a list, or a named list.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Number(number) => vec![number.as_f64().unwrap()],
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        Value::Object(named) => named.values().flat_map(numbers).collect(),
        other => panic!("no number: {other}"),
    }
}

/// Named numbers in the given order of names.
pub(crate) fn in_order(value: &Value, names: &[&str]) -> Vec<f64> {
    assert_eq!(value.as_object().unwrap().len(), names.len());
    names.iter().map(|name| value[name].as_f64().unwrap_or_else(|| panic!("no {name}"))).collect()
}

/// Compares, relative to 1 or to the size of the number; says which one differs.
#[track_caller]
pub(crate) fn close(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}: how many");
    assert!(!ours.is_empty(), "{what}: nothing to compare");
    for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let distance = (ours - theirs).abs() / theirs.abs().max(1e-3);
        assert!(distance <= tolerance, "{what}[{at}]: {ours:.15e}, expected {theirs:.15e} (off by {distance:.1e})");
    }
}

/// A matrix row after row.
pub(crate) fn flat(matrix: &nalgebra::DMatrix<f64>) -> Vec<f64> {
    matrix.row_iter().flat_map(|row| row.iter().copied().collect::<Vec<_>>()).collect()
}
