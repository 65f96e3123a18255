//! What a form says, in words: to show it beside what someone else recorded.

use super::{Choice, FieldKind, FieldSpec, FormData, cell};
use crate::text::L;

impl FormData {
    /// Label and words of every field in which something was filled in.
    pub(crate) fn said(&self, l: L) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for field in &self.fields {
            let words = match &field.kind {
                FieldKind::Hidden => continue,
                FieldKind::Repeat { columns, .. } => {
                    let row = |row: usize| {
                        let cells =
                            columns.iter().map(|column| self.words(column, &cell(field.name, row, column.name)));
                        cells.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ")
                    };
                    self.rows(field.name).into_iter().map(row).collect::<Vec<_>>().join("; ")
                }
                _ => self.words(field, field.name),
            };
            if !words.is_empty() {
                out.push((l.t(field.label).into_owned(), words));
            }
        }
        out
    }

    fn words(&self, field: &FieldSpec, name: &str) -> String {
        let labels = |list: &[Choice]| {
            let chosen = list.iter().filter(|choice| self.raws(name).contains(&choice.value));
            chosen.map(|choice| choice.label.clone()).collect::<Vec<_>>().join(", ")
        };
        match &field.kind {
            FieldKind::Date | FieldKind::PartialDate => {
                let parts = ["dag", "maand", "jaar"].map(|part| self.raw(&format!("{name}-{part}")).trim().to_owned());
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
            }
            FieldKind::Select(list)
            | FieldKind::Radios(list)
            | FieldKind::Checkboxes(list)
            | FieldKind::Fixed(list) => labels(list),
            _ => self.raw(name).trim().to_owned(),
        }
    }
}
