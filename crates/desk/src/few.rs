//! Few lines of many: the first of a minute each have one of their own, the rest is counted and told in one line.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

/// What happened within one minute.
struct Minute<T> {
    which: i64,
    lines: u32,
    /// The last that has no line of its own, and how many there are of those.
    rest: Option<(T, u32)>,
}

/// Counts by key.
pub(crate) struct Few<K, T> {
    most: u32,
    kept: Mutex<HashMap<K, Minute<T>>>,
}

fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

impl<K: Eq + Hash, T> Few<K, T> {
    /// So many lines a minute for each key.
    pub(crate) fn new(most: u32) -> Self {
        Self { most, kept: Mutex::default() }
    }

    /// Counts one; what is to be written now, each with how many it stands for.
    pub(crate) fn count(&self, key: K, at: Timestamp, one: T) -> Vec<(T, u32)> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let which = minute(at);
        let seen = kept.entry(key).or_insert(Minute { which, lines: 0, rest: None });
        let mut out = Vec::new();
        if seen.which != which {
            out.extend(seen.rest.take());
            (seen.which, seen.lines) = (which, 0);
        }
        if seen.lines < self.most {
            seen.lines += 1;
            out.push((one, 1));
        } else {
            let before = seen.rest.as_ref().map_or(0, |(_, times)| *times);
            seen.rest = Some((one, before.saturating_add(1)));
        }
        out
    }

    /// What was only counted, of minutes that ended (`all`: of the running one too).
    pub(crate) fn rest(&self, now: Timestamp, all: bool) -> Vec<(T, u32)> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |seen: &Minute<T>| all || seen.which != minute(now);
        let out = kept.values_mut().filter(|seen| over(seen)).filter_map(|seen| seen.rest.take()).collect();
        kept.retain(|_, seen| !over(seen));
        out
    }
}
