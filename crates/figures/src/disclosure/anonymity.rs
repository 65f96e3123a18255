//! Microdata: how many people share a combination of what can be known from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

/// How well rows hide among each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anonymity {
    /// The size of the smallest group with one combination (k).
    pub k: usize,
    /// The fewest different sensitive values in a group (l).
    pub l: usize,
    /// How many combinations there are.
    pub classes: usize,
    /// Rows that are alone.
    pub uniques: usize,
}

/// Groups rows by what can be known from elsewhere (`known`, for each row the same columns), beside a sensitive value.
pub fn measure<K: Ord, S: Ord>(known: &[K], sensitive: &[S]) -> Anonymity {
    let mut classes: BTreeMap<&K, (usize, BTreeSet<&S>)> = BTreeMap::new();
    for (key, value) in known.iter().zip(sensitive) {
        let class = classes.entry(key).or_default();
        class.0 += 1;
        class.1.insert(value);
    }
    Anonymity {
        k: classes.values().map(|class| class.0).min().unwrap_or(0),
        l: classes.values().map(|class| class.1.len()).min().unwrap_or(0),
        classes: classes.len(),
        uniques: classes.values().filter(|class| class.0 == 1).count(),
    }
}

/// The rows that fewer than `k` share, by their place: these may not leave as they are.
pub fn below<K: Ord>(known: &[K], k: usize) -> Vec<usize> {
    let mut sizes: BTreeMap<&K, usize> = BTreeMap::new();
    for key in known {
        *sizes.entry(key).or_default() += 1;
    }
    let few = |(place, key): (usize, &K)| (sizes[key] < k).then_some(place);
    known.iter().enumerate().filter_map(few).collect()
}
