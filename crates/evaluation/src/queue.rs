//! When a case gets its turn, and how long a queue will be: arithmetic on how many cases a sitting handles.
//!
//! A sitting handles a number of cases that varies. What is known of it is what was seen in earlier sittings, so the
//! number in a coming sitting is taken to be one of those seen, each as likely, and sittings to be independent. The
//! number handled in `m` sittings then has the `m`-fold convolution of that distribution (Feller 1968, *An
//! Introduction to Probability Theory and Its Applications* I, chapter XI.2); it is computed exactly, nothing is
//! drawn. The interval holds what varies between sittings, not the error of having seen few of them: [`Turn::seen`]
//! says how many were seen.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "counts far below 2^52; letters and indices as in the papers"
)]

use crate::{Problem, refuse};

/// How many cases a sitting handled (or how many came in between two sittings): the share of each number, from 0 up.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    share: Vec<f64>,
    seen: usize,
}

impl Counts {
    /// The distribution of what was seen, each observation as likely.
    ///
    /// # Errors
    /// When nothing was seen.
    pub fn observed(counts: &[u32]) -> Result<Self, Problem> {
        let Some(&most) = counts.iter().max() else {
            return Err(refuse::needs("counts", "at least one sitting that was held"));
        };
        let mut share = vec![0.0; most as usize + 1];
        for &count in counts {
            share[count as usize] += 1.0 / counts.len() as f64;
        }
        Ok(Self { share, seen: counts.len() })
    }

    /// Always this number.
    pub fn always(count: u32) -> Self {
        let mut share = vec![0.0; count as usize + 1];
        share[count as usize] = 1.0;
        Self { share, seen: 0 }
    }

    /// The mean number.
    pub fn mean(&self) -> f64 {
        self.share.iter().enumerate().map(|(count, share)| count as f64 * share).sum()
    }

    /// On how many observations it rests; 0 for a fixed number.
    pub fn seen(&self) -> usize {
        self.seen
    }
}

/// When a case gets its turn. Sittings are numbered from 0: the first one to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The chance that it has had its turn at or before each sitting.
    pub by: Vec<f64>,
    /// The sitting before which its turn comes with a chance of at most `(1 − level) / 2`.
    pub earliest: Option<usize>,
    /// The first sitting by which it is more likely than not to have had its turn; none when that is after the last
    /// one.
    pub median: Option<usize>,
    /// The sitting by which it has had its turn with a chance of at least `(1 + level) / 2`; none when after the last
    /// one.
    pub latest: Option<usize>,
    /// On how many earlier sittings this rests.
    pub seen: usize,
}

/// The sitting in which a case gets its turn, when `ahead` cases stand before it.
///
/// `overtaking` is how many cases that go first are added before each sitting (urgent ones); none in a queue in order
/// of arrival, where whoever comes later does not matter to this case.
///
/// # Errors
/// When no sitting is planned, `level` is not between 0 and 1, or no sitting ever handled a case.
pub fn turn(
    ahead: u32,
    handled: &Counts,
    overtaking: Option<&Counts>,
    sittings: usize,
    level: f64,
) -> Result<Turn, Problem> {
    check(handled, sittings, level)?;
    let mut by = Vec::with_capacity(sittings);
    let mut waiting = vec![0.0; ahead as usize + 1];
    waiting[ahead as usize] = 1.0;
    let mut done = 0.0;
    for _ in 0..sittings {
        if let Some(counts) = overtaking {
            waiting = convolve(&waiting, &counts.share);
        }
        let mut left = vec![0.0; waiting.len()];
        for (before, chance) in waiting.iter().enumerate() {
            for (cases, share) in handled.share.iter().enumerate() {
                // the case itself is number `before + 1` in the queue
                if cases > before {
                    done += chance * share;
                } else {
                    left[before - cases] += chance * share;
                }
            }
        }
        waiting = left;
        by.push(f64::min(done, 1.0));
    }
    let tail = (1.0 - level) / 2.0;
    Ok(Turn {
        earliest: first(&by, tail, false),
        median: first(&by, 0.5, true),
        latest: first(&by, 1.0 - tail, true),
        by,
        seen: handled.seen,
    })
}

/// How many cases wait after a sitting.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The mean.
    pub mean: f64,
    /// Bounds that hold at least `level` of the chance, at most `(1 − level) / 2` outside on each side.
    pub lower: u32,
    /// The upper of the two.
    pub upper: u32,
    /// The chance that nobody waits.
    pub empty: f64,
}

/// How many cases wait after each coming sitting, when `waiting` wait now and `arriving` come in before each sitting.
///
/// What a sitting could have handled beyond those who wait is lost (Lindley 1952, *Mathematical Proceedings of the
/// Cambridge Philosophical Society* 48, 277: `W ← max(0, W + A − K)`).
///
/// # Errors
/// As for [`turn`].
pub fn backlog(
    waiting: u32,
    handled: &Counts,
    arriving: &Counts,
    sittings: usize,
    level: f64,
) -> Result<Vec<Waiting>, Problem> {
    check(handled, sittings, level)?;
    let mut now = vec![0.0; waiting as usize + 1];
    now[waiting as usize] = 1.0;
    let tail = (1.0 - level) / 2.0;
    Ok((0..sittings)
        .map(|_| {
            let before = convolve(&now, &arriving.share);
            let mut after = vec![0.0; before.len()];
            for (cases, share) in handled.share.iter().enumerate() {
                for (wait, chance) in before.iter().enumerate() {
                    after[wait.saturating_sub(cases)] += chance * share;
                }
            }
            now = after;
            summary(&now, tail)
        })
        .collect())
}

fn summary(chances: &[f64], tail: f64) -> Waiting {
    let mut below = 0.0;
    let cumulative: Vec<f64> = chances
        .iter()
        .map(|chance| {
            below += chance;
            below
        })
        .collect();
    Waiting {
        mean: chances.iter().enumerate().map(|(wait, chance)| wait as f64 * chance).sum(),
        lower: first(&cumulative, tail, false).unwrap_or(0) as u32,
        upper: first(&cumulative, 1.0 - tail, true).unwrap_or(chances.len() - 1) as u32,
        empty: chances[0],
    }
}

/// The first place where a cumulative chance is above `bound`, or at it when `at`. Sums of shares are rounded, hence
/// the margin.
fn first(cumulative: &[f64], bound: f64, at: bool) -> Option<usize> {
    const ROUNDING: f64 = 1e-12;
    cumulative.iter().position(|&chance| if at { chance >= bound - ROUNDING } else { chance > bound + ROUNDING })
}

fn convolve(left: &[f64], right: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; left.len() + right.len() - 1];
    for (i, a) in left.iter().enumerate() {
        for (j, b) in right.iter().enumerate() {
            sum[i + j] += a * b;
        }
    }
    sum
}

fn check(handled: &Counts, sittings: usize, level: f64) -> Result<(), Problem> {
    if sittings == 0 {
        return Err(refuse::needs("sittings", "at least one sitting to come"));
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(refuse::argument("level", level, "a number between 0 and 1, such as 0.8"));
    }
    if handled.share.len() == 1 {
        return Err(refuse::argument("handled", 0.0, "at least one sitting that handled a case"));
    }
    Ok(())
}
