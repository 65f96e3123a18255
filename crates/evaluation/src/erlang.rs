//! Places and blocked requests: how many places a site needs, and what sharing places gains.
//!
//! Erlang 1917 (B and C); the blocked share depends on the stay only through its mean (Takács 1969, *Annals of
//! Mathematical Statistics* 40, 1360). Offered load is arrivals per unit of time times the mean stay.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use nalgebra::{DMatrix, DVector};

/// The share of requests that find all `places` taken and go away (Erlang B), by the recursion in its inverse, which
/// adds only positive terms and so keeps its relative accuracy for the smallest shares.
pub fn blocked(load: f64, places: u32) -> f64 {
    let mut inverse = 1.0;
    for place in 1..=places {
        inverse = 1.0 + f64::from(place) / load * inverse;
    }
    1.0 / inverse
}

/// The share of requests that must wait (Erlang C); none when the load is not below the places: the queue grows for
/// ever.
pub fn waits(load: f64, places: u32) -> Option<f64> {
    let places_f = f64::from(places);
    if load >= places_f {
        return None;
    }
    let blocked = blocked(load, places);
    Some(blocked / (1.0 - load / places_f * (1.0 - blocked)))
}

/// A queue that is in balance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queue {
    /// The share that must wait.
    pub waits: f64,
    /// The mean number that waits.
    pub length: f64,
    /// The mean wait over everyone, in mean stays.
    pub wait: f64,
    places_over: f64,
}

impl Queue {
    /// The share that waits longer than `time` mean stays.
    pub fn longer_than(&self, time: f64) -> f64 {
        self.waits * (-self.places_over * time).exp()
    }
}

/// A queue with exponential stays (M/M/c); none when the load is not below the places.
pub fn queue(load: f64, places: u32) -> Option<Queue> {
    let waits = waits(load, places)?;
    let places_over = f64::from(places) - load;
    Some(Queue { waits, length: waits * load / places_over, wait: waits / places_over, places_over })
}

/// A queue with room for a limited number (M/M/c/K).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limited {
    /// The chance that it is empty.
    pub empty: f64,
    /// The chance that it is full: the share turned away.
    pub full: f64,
    /// The mean number present.
    pub present: f64,
    /// The mean number that waits.
    pub waiting: f64,
}

/// A queue in which at most `room` are present, `places` of them served (M/M/c/K).
pub fn limited(load: f64, places: u32, room: u32) -> Limited {
    let mut logs = vec![0.0_f64];
    for present in 1..=room {
        let last = logs[logs.len() - 1];
        logs.push(last + (load / f64::from(present.min(places))).ln());
    }
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weight: Vec<f64> = logs.iter().map(|log| (log - top).exp()).collect();
    let sum: f64 = weight.iter().sum();
    let mean = |from: u32| {
        weight.iter().enumerate().map(|(n, w)| (n as f64 - f64::from(from)).max(0.0) * w).sum::<f64>() / sum
    };
    Limited { empty: weight[0] / sum, full: weight[weight.len() - 1] / sum, present: mean(0), waiting: mean(places) }
}

/// The fewest places with which at most `share` of the requests is blocked.
pub fn places_for(load: f64, share: f64) -> u32 {
    let (mut places, mut inverse) = (0, 1.0);
    while 1.0 / inverse > share {
        places += 1;
        inverse = 1.0 + f64::from(places) / load * inverse;
    }
    places
}

/// The blocked share over all requests when each site keeps its own places, and when all share them.
///
/// `sites` holds load and places.
pub fn pooled(sites: &[(f64, u32)]) -> (f64, f64) {
    let load: f64 = sites.iter().map(|site| site.0).sum();
    let apart: f64 = sites.iter().map(|&(load, places)| load * blocked(load, places)).sum();
    (apart / load, blocked(load, sites.iter().map(|site| site.1).sum()))
}

/// Two sites of which the first sends whom it has no place for to the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overflow {
    /// The chance that the first site is full.
    pub first_full: f64,
    /// The chance that the second is full: the share of its own requests that is blocked.
    pub second_full: f64,
    /// The chance that both are: the share of the first site's requests that finds no place at all.
    pub both_full: f64,
}

/// The balance of two sites with overflow from the first to the second, from its Markov chain; none when it has no
/// balance.
///
/// The chain has `(places + 1)²` states, solved as one system: for sites of tens of places, not of hundreds.
pub fn overflow(first: (f64, u32), second: (f64, u32)) -> Option<Overflow> {
    let ((load1, places1), (load2, places2)) = (first, second);
    let (rows, columns) = (places1 as usize + 1, places2 as usize + 1);
    let state = |i: usize, j: usize| i * columns + j;
    let states = rows * columns;
    let mut flow = DMatrix::<f64>::zeros(states, states);
    for i in 0..rows {
        for j in 0..columns {
            let mut to = |target: usize, rate: f64| {
                flow[(target, state(i, j))] += rate;
                flow[(state(i, j), state(i, j))] -= rate;
            };
            if i + 1 < rows {
                to(state(i + 1, j), load1);
            } else if j + 1 < columns {
                to(state(i, j + 1), load1);
            }
            if j + 1 < columns {
                to(state(i, j + 1), load2);
            }
            if i > 0 {
                to(state(i - 1, j), i as f64);
            }
            if j > 0 {
                to(state(i, j - 1), j as f64);
            }
        }
    }
    // one equation of balance follows from the others; the chances sum to one in its place
    flow.row_mut(states - 1).fill(1.0);
    let mut right = DVector::zeros(states);
    right[states - 1] = 1.0;
    let chance = flow.lu().solve(&right)?;
    Some(Overflow {
        first_full: (0..columns).map(|j| chance[state(rows - 1, j)]).sum(),
        second_full: (0..rows).map(|i| chance[state(i, columns - 1)]).sum(),
        both_full: chance[state(rows - 1, columns - 1)],
    })
}
