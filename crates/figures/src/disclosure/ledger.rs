//! What was published before, so that two releases side by side give nobody away.
//!
//! "Inflow up to March" and "inflow up to June" are each safe; their difference is the three people who came in between. So
//! each number has a key that names exactly the people in it (figure, place, property, period, known-at date: when one of them
//! differs, so does the key), and an [`Overlay`] says how many people are in each combination of keys. Those combinations
//! are the disjoint groups that an attacker can aim at.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    BASE, Method, Refusal, THRESHOLD,
    attack::{Attack, Interval, NOTHING, Statement},
    suppress::{Cell, Need, State, System, suppress},
    table::Shown,
};

/// How many people are in each combination of published numbers.
///
/// A combination that nobody is in may be added with 0 when an outsider cannot know that nobody is in it; left out, the attack
/// is taken to know, which errs on the safe side.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    groups: BTreeMap<BTreeSet<String>, u64>,
}

impl Overlay {
    /// Counts people who are in exactly these numbers.
    pub fn add<K: Into<String>>(&mut self, keys: impl IntoIterator<Item = K>, people: u64) {
        *self.groups.entry(keys.into_iter().map(Into::into).collect()).or_default() += people;
    }

    /// How many people are in a number.
    pub fn count(&self, key: &str) -> u64 {
        self.groups.iter().filter(|(keys, _)| keys.contains(key)).map(|(_, people)| people).sum()
    }

    /// Only as far as some keys tell people apart.
    fn seen_by(&self, keys: &BTreeSet<&str>) -> Self {
        let mut seen = Self::default();
        for (group, people) in &self.groups {
            seen.add(group.iter().filter(|key| keys.contains(key.as_str())).cloned(), *people);
        }
        seen.groups.remove(&BTreeSet::new());
        seen
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    fn truth(&self) -> Vec<f64> {
        self.groups.values().map(|people| *people as f64).collect()
    }

    /// The places of the groups in a number.
    fn places(&self, key: &str) -> Vec<usize> {
        self.groups.keys().enumerate().filter_map(|(place, keys)| keys.contains(key).then_some(place)).collect()
    }
}

/// What was, or would be, published together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its name, for messages.
    pub name: String,
    /// How it protects.
    pub method: Method,
    /// What is shown for each key.
    pub numbers: BTreeMap<String, Shown>,
}

/// A small group that can be computed too closely.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The numbers it is in; in no other.
    pub keys: Vec<String>,
    /// How many people.
    pub people: u64,
    /// What an attacker knows.
    pub known: Interval,
}

/// All releases about the same people, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    releases: Vec<Release>,
}

impl Ledger {
    /// The releases so far.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// What was shown for a key, if it was published: the same group keeps the same number.
    pub fn shown(&self, key: &str) -> Option<Shown> {
        self.releases.iter().find_map(|release| release.numbers.get(key).copied())
    }

    /// A release by suppression of these numbers, hiding what has to be with everything that was published before. Earlier
    /// numbers cannot be taken back, so a group they give away is refused.
    ///
    /// # Errors
    /// Earlier releases rounded; they give a group away; the solver gave up.
    pub fn suppressed(&self, name: &str, keys: &[String], overlay: &Overlay) -> Result<Release, Refusal> {
        self.same_method(Method::Suppression)?;
        let mut all: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
        all.extend(self.releases.iter().flat_map(|release| release.numbers.keys().map(String::as_str)));
        let seen = overlay.seen_by(&all);
        let (mut cells, mut needs) = (Vec::new(), Vec::new());
        for key in &all {
            let (groups, count) = (seen.places(key), seen.count(key));
            let state = match self.shown(key) {
                Some(Shown::Number(_)) => State::Published,
                Some(_) => State::Hidden,
                None if super::small(count) => State::Hidden,
                None => State::Open,
            };
            needs.extend(Need::of_small(&groups, count));
            cells.push(Cell { groups, state });
        }
        // what lies between the numbers: the difference of two, the overlap of two
        #[allow(clippy::cast_precision_loss, reason = "ten")]
        let between = |(place, people): (usize, &u64)| {
            super::small(*people).then(|| Need { groups: vec![place], down: 0.0, up: THRESHOLD as f64 })
        };
        needs.extend(seen.groups.values().enumerate().filter_map(between));
        let hidden = suppress(&System { truth: seen.truth(), cells }, &needs)?;
        let shown = all.iter().zip(hidden).filter(|(key, _)| keys.iter().any(|wanted| wanted == *key));
        let numbers = shown.map(|(key, hidden)| {
            let count = seen.count(key);
            let shown = match hidden {
                true if super::small(count) => Shown::Small,
                true => Shown::Protecting,
                false => Shown::Number(count),
            };
            ((*key).to_owned(), shown)
        });
        Ok(Release { name: name.to_owned(), method: Method::Suppression, numbers: numbers.collect() })
    }

    /// Adds a release after attacking it together with all earlier ones.
    ///
    /// # Errors
    /// Another method than before, a number that was published otherwise, or small groups that can be computed: then
    /// nothing is added.
    pub fn add(&mut self, release: Release, overlay: &Overlay) -> Result<(), Refusal> {
        self.same_method(release.method)?;
        for (key, shown) in &release.numbers {
            let before = self.releases.iter().find(|earlier| earlier.numbers.get(key).is_some_and(|it| it != shown));
            if let Some(earlier) = before {
                return Err(Refusal::SaidOtherwise { key: key.clone(), release: earlier.name.clone() });
            }
        }
        self.releases.push(release);
        let found = self.attack(overlay);
        let verdict = match found {
            Ok(found) if found.is_empty() => return Ok(()),
            Ok(found) => Refusal::GivenAway { found: found.len() },
            Err(refusal) => refusal,
        };
        self.releases.pop();
        Err(verdict)
    }

    /// The small groups that everything published so far gives away: those an attacker knows to within less than ten people (by
    /// suppression), or more closely than the rounding itself leaves open.
    ///
    /// # Errors
    /// What was published is not what the overlay counts; the solver gave up.
    pub fn attack(&self, overlay: &Overlay) -> Result<Vec<Found>, Refusal> {
        let keys = self.releases.iter().flat_map(|release| release.numbers.keys().map(String::as_str)).collect();
        let seen = overlay.seen_by(&keys);
        let truth = seen.truth();
        let attack = Attack::new(&truth, self.statements(&seen)?)?;
        let method = self.releases.first().map_or(Method::Suppression, |release| release.method);
        let mut found = Vec::new();
        for (place, (keys, people)) in seen.groups.iter().enumerate().filter(|(_, (_, n))| super::small(**n)) {
            let known = attack.interval(&[place])?;
            if known.width() < protection(method) - NOTHING {
                found.push(Found { keys: keys.iter().cloned().collect(), people: *people, known });
            }
        }
        for key in self.releases.iter().flat_map(|release| release.numbers.keys()) {
            let people = seen.count(key);
            let known = attack.interval(&seen.places(key))?;
            if super::small(people) && known.width() < protection(method) - NOTHING {
                found.push(Found { keys: vec![key.clone()], people, known });
            }
        }
        Ok(found)
    }

    /// Everything shown, as statements about the groups.
    fn statements(&self, seen: &Overlay) -> Result<Vec<Statement>, Refusal> {
        let mut statements = Vec::new();
        for release in &self.releases {
            for (key, number) in release.numbers.iter().filter_map(|(key, shown)| Some((key, shown.number()?))) {
                let (from, to) = match release.method {
                    Method::Suppression => (number, number),
                    Method::Rounding => (number.saturating_sub(BASE - 1), number + BASE - 1),
                };
                if !(from..=to).contains(&seen.count(key)) {
                    return Err(Refusal::SaidOtherwise { key: key.clone(), release: release.name.clone() });
                }
                #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
                statements.push(Statement { groups: seen.places(key), from: from as f64, to: to as f64 });
            }
        }
        Ok(statements)
    }

    fn same_method(&self, wanted: Method) -> Result<(), Refusal> {
        match self.releases.first() {
            Some(release) if release.method != wanted => Err(Refusal::OtherMethod { earlier: release.method, wanted }),
            _ => Ok(()),
        }
    }
}

/// How wide the uncertainty about a small group must be.
#[allow(clippy::cast_precision_loss, reason = "ten and four")]
fn protection(method: Method) -> f64 {
    match method {
        Method::Suppression => THRESHOLD as f64,
        Method::Rounding => (BASE - 1) as f64,
    }
}
