//! Disclosure control: what may leave the house as a number (design.md 6.19).
//!
//! Pure: counts and sums in, decisions out; nothing here knows a store. Three things are kept apart:
//!
//! - **who must be protected**: a group of 1 to 9 people ([`THRESHOLD`]), a cost that a few dominate ([`magnitude`]), a step of
//!   a curve that rests on fewer than ten ([`curve`]), a row of microdata that few share ([`anonymity`]);
//! - **how**: hiding cells ([`suppress`]) or rounding all of them ([`round`]), one [`Method`] for a release and for every
//!   release about the same people, because two views of one cell say more than either;
//! - **whether it holds**: the attack ([`attack`]). Someone adds and subtracts everything that was ever published, by linear
//!   programming, and no small group may come out more closely than its protection. The [`ledger`] keeps what was published.
//!
//! A zero is published: nobody is in it. That everyone of a group shares one property is not looked for.

pub mod anonymity;
pub mod attack;
pub mod curve;
pub mod ledger;
pub mod magnitude;
pub mod round;
mod search;
pub mod suppress;
pub mod table;
mod tableau;

/// Groups of fewer people than this are not shown.
pub const THRESHOLD: u64 = 10;

/// What rounded numbers are a multiple of.
pub const BASE: u64 = 5;

/// How a release protects small groups. One method for a release, and for all releases about the same people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Small cells are left out, and as many others as it takes that they cannot be computed.
    Suppression,
    /// Every number becomes a multiple of five beside it, so that rows and columns still add up.
    Rounding,
}

/// Why numbers cannot be published, or cannot be judged.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// A row has another length than the first.
    #[error("row {row} of the table has {found} cells; the first row has {expected}")]
    Shape {
        /// Which row, from 0.
        row: usize,
        /// Its length.
        found: usize,
        /// The length of the first.
        expected: usize,
    },
    /// No cells.
    #[error("the table has no cells: there is nothing to publish")]
    Empty,
    /// A cost is negative or no number.
    #[error("contribution {index} is {value}: a contribution is a number of zero or more")]
    Contribution {
        /// Which one, from 0.
        index: usize,
        /// What it is.
        value: f64,
    },
    /// A cell names a group that is not there.
    #[error("a cell names group {group}, but there are {groups} groups")]
    Group {
        /// The group named.
        group: usize,
        /// How many there are.
        groups: usize,
    },
    /// Nothing can be hidden any more that would protect a group.
    #[error("a group of {people} people cannot be protected: what was published before already gives it away")]
    Unprotectable {
        /// How many people.
        people: f64,
    },
    /// No additive rounding exists with the numbers that were published before.
    #[error("no rounding keeps the numbers published before and still adds up: publish this table without the overlap")]
    NoRounding,
    /// Another method than the earlier releases.
    #[error("earlier releases used {earlier:?}: a release by {wanted:?} beside them would give small groups away")]
    OtherMethod {
        /// What was used.
        earlier: Method,
        /// What was asked.
        wanted: Method,
    },
    /// A number that was published before with another value for the same people.
    #[error("{key} was published before in {release} in another way; one group keeps one number")]
    SaidOtherwise {
        /// Which number.
        key: String,
        /// In which release.
        release: String,
    },
    /// The attack found groups: the release does not go out.
    #[error("{found} small group(s) can be computed from this release and the earlier ones")]
    GivenAway {
        /// How many.
        found: usize,
    },
    /// The solver gave up; then nothing is published.
    #[error("the linear program could not be solved ({0}); without it nothing is published")]
    Solver(String),
}

/// Whether a group of this many people is too small to show.
pub fn small(people: u64) -> bool {
    (1..THRESHOLD).contains(&people)
}
