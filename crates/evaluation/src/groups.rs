//! Groups: which row belongs to which, and their names.

use std::collections::BTreeMap;

use crate::Problem;

/// Which group each row belongs to. Every group has at least one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    of: Vec<u32>,
    names: Vec<String>,
}

impl Groups {
    /// Groups from labels, in order of number when every label is one, otherwise of text.
    pub fn from_labels<S: AsRef<str>>(labels: &[S]) -> Self {
        let mut codes: BTreeMap<&str, u32> = labels.iter().map(|label| (label.as_ref(), 0)).collect();
        let mut names: Vec<&str> = codes.keys().copied().collect();
        let number = |name: &str| name.parse::<f64>().ok().filter(|value| value.is_finite());
        if names.iter().all(|name| number(name).is_some()) {
            names.sort_by(|a, b| number(a).unwrap_or(0.0).total_cmp(&number(b).unwrap_or(0.0)));
        }
        for (code, name) in (0..).zip(&names) {
            codes.insert(name, code);
        }
        let of = labels.iter().map(|label| codes[label.as_ref()]).collect();
        Self { of, names: names.into_iter().map(str::to_owned).collect() }
    }

    /// Groups from codes 0, 1, … that belong to `names`; a code without a name and a name without a row are refused.
    pub fn from_codes(of: Vec<u32>, names: Vec<String>) -> Result<Self, Problem> {
        let mut seen = vec![false; names.len()];
        for (row, code) in of.iter().enumerate() {
            let Some(seen) = seen.get_mut(*code as usize) else {
                let most = names.len().saturating_sub(1);
                return Err(Problem::at(row, "group", format!("{code} is no group; give a code from 0 to {most}")));
            };
            *seen = true;
        }
        if let Some(empty) = seen.iter().position(|seen| !seen) {
            let what = format!("nobody is in group {}; leave it out, or add its rows", names[empty]);
            return Err(Problem::column("group", what));
        }
        Ok(Self { of, names })
    }

    /// Everyone in one group.
    pub fn one(rows: usize) -> Self {
        Self { of: vec![0; rows], names: vec!["all".to_owned()] }
    }

    /// A group for each pair of a stratum and a group, the groups of a stratum together; some may be empty.
    pub(crate) fn within(&self, strata: &Self) -> Self {
        let (count, pairs) = (self.names.len(), self.names.len() * strata.names.len());
        let code = |(group, stratum): (&u32, &u32)| *stratum * u32::try_from(count).unwrap_or(u32::MAX) + *group;
        Self { of: self.of.iter().zip(&strata.of).map(code).collect(), names: vec![String::new(); pairs] }
    }

    /// The code of each row.
    pub fn of(&self) -> &[u32] {
        &self.of
    }

    /// The name of each code.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many groups there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// The rows of each group, in their order.
    pub fn rows(&self) -> Vec<Vec<usize>> {
        let mut rows = vec![Vec::new(); self.count()];
        for (row, code) in self.of.iter().enumerate() {
            rows[*code as usize].push(row);
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_as_numbers_and_text_as_text() {
        let numbers = Groups::from_labels(&["10", "9", "10"]);
        assert_eq!((numbers.names(), numbers.of()), (&["9".to_owned(), "10".to_owned()][..], &[1, 0, 1][..]));
        let text = Groups::from_labels(&["10", "9", "b"]);
        assert_eq!(text.names(), ["10", "9", "b"]);
    }

    #[test]
    fn an_empty_group_and_an_unknown_code_are_refused() {
        let names = || vec!["a".to_owned(), "b".to_owned()];
        assert!(Groups::from_codes(vec![0, 0], names()).unwrap_err().what.contains("group b"));
        assert_eq!(Groups::from_codes(vec![0, 1, 2], names()).unwrap_err().row, Some(2));
    }
}
